"""RMI_REC_ENTER lasts as long as the realm runs: its entry becomes a line of its own.

The trace has one line of it, where it returns.  Its conditions are those of its entry,
and until it returns the REC is running: the judge knows how to follow that from an
`smc_begin` line, so one is put where the call entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from replay.spec.commands import FUNCTION, commands_of
from traces.event import Event, Smc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from traces.event import Header, Rmi
    from traces.formats.jsonl import Item

HELD: Final = 4096  # lines: a call that lasts longer begins as late as that before its end


def with_begins(items: Iterable[Header | Item], rmi: Rmi) -> Iterator[Header | Item]:
    """The lines, with an `smc_begin` for every REC_ENTER that others overlap and that has none.

    It comes before all that was still under way when the call entered, but not before an
    earlier call of its own CPU.  Holds back `2 * HELD` lines at most.
    """
    enters = {fid for fid, command in commands_of(rmi).items() if command.effect == "rec_enter"}
    begun: set[int] = set()  # calls that have an smc_begin line, by seq
    held: list[Header | Item] = []
    for item in items:
        if isinstance(item, Event) and item.name == "smc_begin" and item.smc is not None:
            if item.smc.seq is not None:
                begun.add(item.smc.seq)
        elif isinstance(item, Smc) and item.seq is not None and item.seq in begun:
            begun.remove(item.seq)
        elif (
            isinstance(item, Smc)
            and item.fid & FUNCTION in enters
            and item.r is not None
            and item.t is not None
            and item.t_end is not None
        ):
            at = _entry(held, item.cpu, item.t)
            if at < len(held):
                held.insert(at, Event(item.line, "smc_begin", {}, item))
        held.append(item)
        if len(held) >= 2 * HELD:
            yield from held[:HELD]
            del held[:HELD]
    yield from held


def _entry(held: list[Header | Item], cpu: int, t: int) -> int:
    """Where in `held` a call of `cpu` that entered at `t` came in."""
    first = len(held)
    for at in range(len(held) - 1, max(len(held) - 1 - HELD, -1), -1):
        item = held[at]
        call = item.smc if isinstance(item, Event) else item
        if not isinstance(call, Smc) or call.t is None or call.t_end is None:
            continue
        if call.cpu == cpu or (call is item and call.t_end <= t):
            break
        if call is item:
            first = at
    return first
