"""A call that is made again and again though the answer stays the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.result import Hazard
from replay.rmm.values import RMI_BLOCKED, RMI_BUSY, RMI_INCOMPLETE, RMI_SUCCESS, result_name
from rules.calls import Row, Rows, in_words, lasting, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replay.rmm.model import Rmm
    from replay.verdict import Verdict
    from traces.event import Smc

# An error does not pass by asking again: a second try may be a race, a few more user
# space that asks once more, but not this many with nothing in between.
ERRORS = 16
# BUSY and BLOCKED pass when another CPU is done.  Linux waits for that with a pause and
# without a limit, and reviewers let it be: what is short is no storm.
WAITS = 32
SHORT = 100_000  # ns


class Watch:
    """Rows of calls of one CPU that differ in nothing."""

    def __init__(self) -> None:
        self._rows = Rows()

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterator[Hazard] | None:
        x0 = RMI_SUCCESS if call.r is None else call.r[0]
        if x0 == RMI_SUCCESS and not self._rows:
            return None
        status = x0 & 0xFF
        if status in (RMI_BUSY, RMI_BLOCKED):
            answer: int | None = RMI_BUSY  # whichever it is, somebody has to give way
        elif status in (RMI_SUCCESS, RMI_INCOMPLETE) or _may_differ(call, verdict, rmm):
            answer = None
        else:
            answer = x0
        over = self._rows.goes_on(call, answer)
        return None if over is None else _told(over, rmm)

    def end(self, rmm: Rmm) -> Iterator[Hazard]:
        for row in self._rows.rest():
            yield from _told(row, rmm)


def _may_differ(call: Smc, verdict: Verdict, rmm: Rmm) -> bool:
    """Whether it has parameters that were not captured: others each time, perhaps."""
    return call.mem is None and "params_ptr" in places(rmm.rmi, verdict.command)


def _told(row: Row, rmm: Rmm) -> Iterator[Hazard]:
    waits = row.answer == RMI_BUSY
    if row.count < (WAITS if waits else ERRORS):
        return
    if waits and row.time is not None and row.time < SHORT:
        return
    last = row.last
    assert last.r is not None
    yield Hazard(
        last.line,
        last.seq,
        f"{in_words(last, rmm.rmi)} was answered {result_name(last.r[0])} {row.count} times in a "
        f"row on CPU {last.cpu}{lasting(row.time)}",
        tuple(row.lines),
    )
