"""Compare the model with the true granule states that a trace states now and then.

Events `granules` (every granule that is not UNDELEGATED, as runs of equal state
and reference count) and `granule` (one of them).  How a trace cuts its runs does
not matter: both sides are compared granule for granule, and a difference is one
line for each stretch in which both sides stay the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from replay.rmm import interrupted
from replay.rmm.values import (
    DATA,
    GRANULE_NAME,
    RD,
    REC,
    REC_RUNNING,
    RTT,
    UNDELEGATED,
)

if TYPE_CHECKING:
    from replay.rmm.granules import Granules
    from replay.rmm.model import Rmm
    from traces.event import Event

_NAMES = frozenset(GRANULE_NAME)
_NS = "NS"  # how the 2.0 reference calls UNDELEGATED


class _Run(NamedTuple):
    """Granules of one state and reference count; addresses in bytes, `top` exclusive."""

    base: int
    top: int
    state: str
    references: int


_NOTHING = (GRANULE_NAME[UNDELEGATED], 0)


def compare(m: Rmm, event: Event) -> list[str]:
    """What differs, one line each; an empty list if the model agrees."""
    if event.name == "granule":
        addr = event.fields["addr"]
        given = [_run(addr, 1, event.fields["state"], event.fields["ref"], m.granule)]
        _learn(m, given)
        return _differences(given, _one(m, addr), m.granule)
    runs: list[tuple[int, int, str, int]] = event.fields["list"]
    given = sorted(_run(base, count, state, ref, m.granule) for base, count, state, ref in runs)
    _learn(m, given)
    wrong = _differences(given, list(_runs(m, m.granules)), m.granule)
    if "dev" in event.fields:
        listed = sorted(_run(addr, 1, state, 0, m.granule) for addr, state in event.fields["dev"])
        devices = list(_runs(m, m.devices))
        wrong += [f"device {line}" for line in _differences(listed, devices, m.granule)]
    return wrong


def _learn(m: Rmm, given: list[_Run]) -> None:
    """What an interrupted command has in hand may be in one state or another."""
    if m.operations.open:
        listed = [(r.base, r.top, GRANULE_NAME.index(r.state)) for r in given if r.state in _NAMES]
        interrupted.compare_with(m, listed)


def refs(m: Rmm, addr: int, state: int) -> int:
    """The reference count that the reference would keep for a granule."""
    if state == RD:
        return m.realms[addr].num_recs if addr in m.realms else 0
    if state == RTT:
        return m.rtts[addr].refs + m.rtts[addr].aux_refs if addr in m.rtts else 0
    if state == DATA:
        return m.data_refs.get(addr, 0)
    if state == REC:
        return int(addr in m.recs and m.recs[addr].state == REC_RUNNING)
    return 0


def _run(base: int, count: int, state: str, references: int, granule: int) -> _Run:
    name = GRANULE_NAME[UNDELEGATED] if state == _NS else state
    return _Run(base, base + count * granule, name, references)


def _one(m: Rmm, addr: int) -> list[_Run]:
    state = m.gstate(addr)
    if state is None:
        return [_Run(addr, addr + m.granule, "no granule", 0)]
    return [_Run(addr, addr + m.granule, GRANULE_NAME[state], refs(m, addr, state))]


def _runs(m: Rmm, granules: Granules) -> Iterator[_Run]:
    """The model's side, granule for granule where each has its own reference count."""
    size = m.granule
    for base, count, state in granules.runs():
        if state == UNDELEGATED:
            continue
        name, top = GRANULE_NAME[state], base + count * size
        if state in (RD, RTT, REC) or (state == DATA and m.data_refs):
            for addr in range(base, top, size):
                yield _Run(addr, addr + size, name, refs(m, addr, state))
        else:
            yield _Run(base, top, name, 0)


def _differences(given: list[_Run], model: list[_Run], granule: int) -> list[str]:
    """Both in order of their addresses; what neither lists is UNDELEGATED."""
    cuts = sorted({edge for run in (*given, *model) for edge in (run.base, run.top)})
    bases = [run.base for run in given], [run.base for run in model]
    wrong: list[tuple[int, int, tuple[str, int], tuple[str, int]]] = []
    for base, top in pairwise(cuts):
        seen, have = _at(given, bases[0], base), _at(model, bases[1], base)
        if seen == have:
            continue
        if wrong and wrong[-1][1:] == (base, seen, have):
            wrong[-1] = (wrong[-1][0], top, seen, have)
        else:
            wrong.append((base, top, seen, have))
    return [
        f"{base:#x}: {_count((top - base) // granule, 'granule')} {_words(seen)}, "
        f"in the model {_words(have)}"
        for base, top, seen, have in wrong
    ]


def _at(runs: list[_Run], bases: list[int], addr: int) -> tuple[str, int]:
    i = bisect_right(bases, addr) - 1
    return (runs[i].state, runs[i].references) if i >= 0 and addr < runs[i].top else _NOTHING


def _words(granule: tuple[str, int]) -> str:
    state, references = granule
    return f"{state} with {_count(references, 'reference')}" if references else state


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
