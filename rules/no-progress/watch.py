"""A loop over a range that stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.result import Hazard
from replay.rmm.values import RMI_SUCCESS
from replay.spec.commands import FUNCTION, commands_of
from rules.calls import Row, Rows, in_words, lasting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replay.rmm.model import Rmm
    from replay.verdict import Verdict
    from traces.event import Smc

# The RMM may stop for an interrupt before its first entry: one such answer is normal, and
# a second may be.
MANY = 4
_CURSORS = ("out_top", "next")


class Watch:
    """Range calls that succeed, come back with their own base, and are made again."""

    def __init__(self) -> None:
        self._rows = Rows()
        self._at: dict[int, tuple[int, int]] | None = None

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterator[Hazard] | None:
        if self._at is None:
            self._at = _cursors(rmm.rmi)
        at = self._at.get(call.fid & FUNCTION)
        stuck = at and call.r and call.r[0] == RMI_SUCCESS and call.r[at[1]] == call.x[at[0]]
        if not stuck and not self._rows:
            return None
        over = self._rows.goes_on(call, RMI_SUCCESS if stuck else None)
        return None if over is None else _told(over, rmm)

    def end(self, rmm: Rmm) -> Iterator[Hazard]:
        for row in self._rows.rest():
            yield from _told(row, rmm)


def _cursors(rmi: str) -> dict[int, tuple[int, int]]:
    """Of the range commands: where in the arguments the base is, in the results the cursor."""
    return {
        fid: (command.inputs.index("base"), 1 + command.outputs.index(name))
        for fid, command in commands_of(rmi).items()
        for name in _CURSORS
        if "base" in command.inputs and name in command.outputs
    }


def _told(row: Row, rmm: Rmm) -> Iterator[Hazard]:
    if row.count < MANY:
        return
    yield Hazard(
        row.last.line,
        row.last.seq,
        f"{in_words(row.last, rmm.rmi)} succeeded {row.count} times in a row on CPU "
        f"{row.last.cpu} without getting any further{lasting(row.time)}: the loop that calls "
        "it stays at its base",
        tuple(row.lines),
    )
