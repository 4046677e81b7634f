"""True granule states in a trace that leaves calls out: what they contradict, what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.doubt import States
from replay.rmm.values import GRANULE_NAME, UNDELEGATED

if TYPE_CHECKING:
    from replay.rmm.partial import PartialRmm
    from traces.event import Event

_NS = "NS"  # how the 2.0 reference calls UNDELEGATED
_MOST = 1 << 16  # granules of an event that are taken one by one


def compare(m: PartialRmm, event: Event) -> list[str]:
    """Granules that no course of the missing calls brings into the state that the event
    (`granules` or `granule`) gives, one line each; afterwards all these states are known."""
    granule = m.granules.granule
    if event.name == "granule":
        runs = [(event.fields["addr"], 1, event.fields["state"])]
        named: set[int] = set()
    else:
        runs = [(base, count, state) for base, count, state, _ in event.fields["list"]]
        named = set(m.granules.named())
    wrong: list[str] = []
    room = min(_MOST, m.granules.room)
    for base, count, name in runs:
        state = UNDELEGATED if name == _NS else GRANULE_NAME.index(name)
        if count > max(room, 1):
            m.granules.set_range(base, base + count * granule, state)
            named -= {addr for addr in named if base <= addr < base + count * granule}
            continue
        room -= count
        for addr in range(base, base + count * granule, granule):
            wrong += _one(m, addr, state)
            named.discard(addr)
    for addr in sorted(named):  # what is not listed is the host's
        wrong += _one(m, addr, UNDELEGATED)
    return wrong


def _one(m: PartialRmm, addr: int, state: int) -> list[str]:
    if not m.may_be_granule(addr):
        return []
    possible = m.granules.mask(addr)
    m.learn(addr, state)
    if possible >> state & 1:
        return []
    names = " or ".join(States(possible).names())
    return [f"{addr:#x} is {GRANULE_NAME[state]}, the calls permit {names} only"]
