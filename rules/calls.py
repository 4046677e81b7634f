"""What the rules' watchers share: a call by the names of its table, and calls in a row.

For `watch.py` only: the half of the rules that reads code runs without the model.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from replay import explain
from replay.spec.commands import FUNCTION, commands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replay.spec.table import Command
    from traces.event import Smc

_PAUSE = 1_000_000  # ns: who waits so long between two calls does not spin
_MOST_CPUS = 4096  # whose last calls are kept
_MOST_LINES = 64  # of a row


@cache
def _commands(rmi: str) -> dict[int, Command]:
    return commands_of(rmi)


def command(call: Smc, rmi: str) -> Command | None:
    """The table of the command; None if this version has none."""
    return _commands(rmi).get(call.fid & FUNCTION)


@cache
def places(rmi: str, name: str) -> dict[str, int]:
    """Where each argument of a command stands in `Smc.x`; empty if this version has it not."""
    found = [known.inputs for known in _commands(rmi).values() if known.name == name]
    return {argument: at for inputs in found for at, argument in enumerate(inputs)}


def in_words(call: Smc, rmi: str) -> str:
    """`RMI_GRANULE_DELEGATE 0x80100000`."""
    known = command(call, rmi)
    if known is None:
        return f"the function {call.fid:#x}"
    return explain.call(known, call.x)


@dataclass(slots=True)
class Row:
    """Calls of one CPU that follow each other: same function, same arguments, same `answer`.

    What the call reads in memory is an argument, too, if the trace has it.  `lines` are
    those of the first calls, `last` is the last call.
    """

    first: Smc
    last: Smc
    answer: Hashable
    count: int = 1
    lines: list[int] = field(default_factory=list)

    @property
    def time(self) -> int | None:
        """ns from the first entry to the last return (or entry); None if the trace has no times."""
        end = self.last.t if self.last.t_end is None else self.last.t_end
        return None if self.first.t is None or end is None else end - self.first.t


class Rows:
    """The row that each CPU is in; a pause of a millisecond ends one, too."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}  # by CPU

    def __len__(self) -> int:
        """How many CPUs are in one."""
        return len(self._rows)

    def goes_on(self, call: Smc, answer: Hashable) -> Row | None:
        """Take in the next call; the row that it ends, if there was one.

        `answer`: what must be the same; None for a call that begins no row.
        """
        row = self._rows.get(call.cpu)
        if row is None:
            if answer is not None:
                self._begin(call, answer)
            return None
        first = row.first
        if (
            answer == row.answer
            and call.fid == first.fid
            and call.x == first.x
            and call.mem == first.mem
        ):
            before = row.last.t if row.last.t_end is None else row.last.t_end
            if call.t is None or before is None or call.t - before < _PAUSE:
                row.last = call
                row.count += 1
                if len(row.lines) < _MOST_LINES:
                    row.lines.append(call.line)
                return None
        del self._rows[call.cpu]
        if answer is not None:
            self._begin(call, answer)
        return row

    def rest(self) -> Iterator[Row]:
        """The rows that the trace ends in."""
        yield from self._rows.values()

    def _begin(self, call: Smc, answer: Hashable) -> None:
        if len(self._rows) >= _MOST_CPUS:  # no machine: a CPU number that means nothing
            self._rows.clear()
        self._rows[call.cpu] = Row(call, call, answer, lines=[call.line])


def lasting(time: int | None) -> str:
    """` within 1.3 ms`; nothing where the time, in ns, is not known."""
    if time is None or time < 0:
        return ""
    for unit, size in (("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)):
        if time >= size:
            return f" within {time / size:.3g} {unit}"
    return f" within {time} ns"
