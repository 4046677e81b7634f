"""The window of calls that may still change places, judged ahead by a copy of the judge."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, Generic, NamedTuple

from msgspec import structs

from linter.shell import fault
from replay.overlap.begins import with_begins
from replay.overlap.commute import Commuting
from replay.overlap.copies import Copies
from replay.overlap.orders import Found, J, Step, passes, search
from replay.verdict import ASSUMED, VIOLATION
from traces.event import Event, Problem, Smc, TraceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from replay.verdict import Verdict
    from traces.event import Header
    from traces.formats.jsonl import Item

BEHIND: Final = 64  # calls, judged already, that may still come later than they did
AHEAD: Final = 32  # calls that may come before one that returned earlier
MOST: Final = 5_000  # what a search may cost, in calls judged
_WIDER: Final = 2_000  # and one that begins before what overlaps
_CREDIT: Final = 100_000  # what all searches of a trace may cost, and for each call:
_EARNED: Final = 2


class _Remark(NamedTuple):
    """What a search found for a call that is a violation in the order of return.

    `explained`: an order in which it is none; else how many were `tried`, and whether
    these are not all of them.
    """

    explained: bool
    tried: int = 0
    cut: bool = False


class Overlaps(Generic[J]):
    """Hands the lines of one trace on in an order that explains the results.

    `judge` is the one that will judge them; it must have judged what was handed on when
    the next is asked for.  Without times nothing is done.
    """

    def __init__(self, header: Header, judge: J) -> None:
        self._rmi = header.rmi
        self._judge = judge
        self._commuting = Commuting(header)
        self._steps: list[Step] = []
        self._done = 0  # of these, judged ahead
        self._first = 0  # of these, that a search need not look before
        self._until = -1  # when the last of these ends
        self._gone = -1  # when the last call ended that cannot change its place any more
        self._count = 0
        self._credit = _CREDIT
        self._remarks: dict[int, _Remark] = {}  # by line

    def ordered(self, items: Iterable[Header | Item]) -> Iterator[Header | Item]:
        """The lines in an order that explains the results, and an `smc_begin` where a call lasts.

        What the reading raises is raised when all lines before it are handed on.
        """
        lines = _Lines(items)
        for item in lines:
            if isinstance(item, Smc) and item.t is not None:
                rest = with_begins(chain((item,), lines), self._rmi)
                yield from self._explained(rest)
            else:
                yield item
        if lines.error is not None:
            raise lines.error

    def amended(self, verdict: Verdict) -> Verdict:
        """The verdict of a call that was handed on, with what the search says of it."""
        remark = self._remarks.pop(verdict.smc.line, None) if self._remarks else None
        if remark is None:
            return verdict
        if verdict.kind != VIOLATION:
            note = "explained by another order of overlapping calls"
        elif not remark.cut:
            note = f"permitted in none of {remark.tried} orders of overlapping calls"
        else:
            why = (
                f"in the order of return: {verdict.why}; not all orders of overlapping calls "
                "could be tried"
            )
            return structs.replace(verdict, kind=ASSUMED, why=why)
        return structs.replace(verdict, notes=(*verdict.notes, note))

    # --- ahead of the judge -------------------------------------------------------

    def _explained(self, items: Iterable[Header | Item]) -> Iterator[Header | Item]:
        try:
            self._ahead = Copies(self._judge).one()
        except Exception as error:  # a fault of ours
            yield Problem(0, f"overlapping calls are judged in the order of return, {fault(error)}")
            yield from items
            return
        for item in items:
            step = self._step(item)
            if step is None:
                if isinstance(item, Smc | Event) and item.name != "note":
                    yield from self._settled()
                    passes(self._ahead, item)
                yield item
                continue
            self._steps.append(step)
            if len(self._steps) - self._done > AHEAD:
                yield from self._advanced()
        yield from self._settled()

    def _step(self, item: Header | Item) -> Step | None:
        """The line as something that may change places; None: it stays where it is."""
        if isinstance(item, Smc):
            smc: Smc | None = item
        elif isinstance(item, Event) and item.name == "smc_begin":
            smc = item.smc
        else:
            return None
        if smc is None or smc.t is None:
            return None
        t_end = smc.t_end
        if smc.r is None:  # the trace tells of an entry; of a call without a result nothing follows
            t_end = smc.t if isinstance(item, Event) else None
        if t_end is None:
            return None
        self._count += 1
        self._credit += _EARNED
        about, lasts = self._commuting.about(smc), self._commuting.lasts(smc)
        return Step(item, self._count, smc.cpu, smc.t, max(smc.t, t_end), lasts, about)

    def _advanced(self) -> Iterator[Item]:
        """Judge one step more, ahead; what is far enough behind it is handed on."""
        step = self._steps[self._done]
        if step.t > self._until and self._closed():
            self._first = self._done
        self._done += 1
        self._until = max(self._until, step.t_end)
        if not passes(self._ahead, step.item) and not self._reordered(step):
            yield from self._handed(self._done)  # what comes is to be explained without it
        if self._done > BEHIND:
            self._gone = max(self._gone, self._last(self._done - BEHIND))
            yield from self._handed(self._done - BEHIND)

    def _closed(self) -> bool:
        """Nothing that comes overlaps with what is judged ahead."""
        return all(step.t > self._until for step in self._steps[self._done :])

    def _settled(self) -> Iterator[Item]:
        """All that is left: nothing that comes can change places with it."""
        while self._done < len(self._steps):
            yield from self._advanced()
        yield from self._handed(self._done)

    def _handed(self, count: int) -> Iterator[Item]:
        steps, self._steps = self._steps[:count], self._steps[count:]
        self._done -= count
        self._first = max(0, self._first - count)
        yield from (step.item for step in steps)

    def _last(self, count: int) -> int:
        """When the last of the first `count` ends; an RMI_REC_ENTER overlaps with too much."""
        return max((step.t_end for step in self._steps[:count] if not step.lasts), default=-1)

    def _reordered(self, wrong: Step) -> bool:
        """`wrong` was a violation, the last one judged: look for an order in which none is."""
        found: Found[J] | None = None
        if self._first + 1 < self._done or not self._closed():
            found = self._search(self._first, MOST)
        if self._first and (found is None or not found.order):
            # Results that fitted may have led to another state: look farther back.
            wider = self._search(0, _WIDER)
            found = wider if wider.order else found
        if found is None:
            return False
        if found.judge is not None:
            self._ahead = found.judge
            numbers = {step.number for step in found.order}
            rest = [step for step in self._steps if step.number not in numbers]
            self._steps, self._done = found.order + rest, len(found.order)
            self._until = max(self._until, *(step.t_end for step in found.order))
            self._remarks[wrong.item.line] = _Remark(explained=True)
            return True
        cut = found.cut
        if not wrong.lasts:  # else it is looked for among the calls around its entry and its end
            late = len(self._steps) - self._done >= AHEAD and self._steps[-1].t <= wrong.t_end
            cut = cut or late or self._gone >= wrong.t
        if cut:
            self._gone = max(self._gone, self._last(self._done))
        if cut or found.tries > 1:
            self._remarks[wrong.item.line] = _Remark(False, found.tries, cut)
        return False

    def _search(self, first: int, most: int) -> Found[J]:
        """Look for another order of the steps from `first` on."""
        nothing: Found[J] = Found([], None, 0, True, 0)
        if self._credit <= 0:
            return nothing
        try:
            start = Copies(self._judge)
            cost = start.cost
            if first:
                judge = start.one()
                for step in self._steps[:first]:
                    passes(judge, step.item)
                start = Copies(judge)
                cost += 2 * start.cost + first
        except Exception:  # a fault of ours: it must not look like a verdict
            return nothing
        steps = self._steps[first : self._done]
        steps += [step for step in self._steps[self._done :] if step.t <= self._until]
        found = search(start, steps, self._done - first, min(most, self._credit))
        self._credit -= cost + found.cost
        return found._replace(order=self._steps[:first] + found.order if found.order else [])


class _Lines:
    """An iterator over lines that ends where the reading fails, and keeps why."""

    def __init__(self, items: Iterable[Header | Item]) -> None:
        self._items = iter(items)
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[Header | Item]:
        return self

    def __next__(self) -> Header | Item:
        try:
            return next(self._items)
        except (TraceError, OSError) as error:
            self.error = error
            raise StopIteration from None
