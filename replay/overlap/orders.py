"""The search for an order of calls in which none is a violation.

Depth first along the usual order; first the orders that differ from it in one place, then
in two, and so on.  Orders that differ only in places of calls that commute are the same;
what was a violation stays one past calls that do not concern it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, NamedTuple, Protocol, TypeVar

from replay.overlap.commute import commute
from replay.verdict import VIOLATION
from traces.event import Event, Smc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from replay.overlap.commute import About
    from replay.overlap.copies import Copies
    from replay.verdict import Difference, Verdict


class Judge(Protocol):
    """What judges calls one by one: `engine.Engine`, or another."""

    def judge(self, smc: Smc) -> Verdict: ...

    def event(self, event: Event) -> list[Verdict | Difference]: ...


J = TypeVar("J", bound=Judge)


class Step(NamedTuple):
    """A call, or its entry (then `item` is an smc_begin), between `t` and `t_end` (ns).

    `number` counts in the order of the lines; `lasts`: the call is an RMI_REC_ENTER, that takes
    effect twice.
    """

    item: Smc | Event
    number: int
    cpu: int
    t: int
    t_end: int
    lasts: bool
    about: About

    def precedes(self, other: Step) -> bool:
        """Whether it is certain to have been before `other`."""
        return self.number < other.number and (self.cpu == other.cpu or self.t_end < other.t)


class Found(NamedTuple, Generic[J]):
    """What came of a search.

    order  the steps in an order without a violation, not all of them; empty: none found
    judge  as it is after these
    tries  orders that ended in a violation
    cut    the search was given up before all orders were seen
    cost   of the search, in calls judged
    """

    order: list[Step]
    judge: J | None
    tries: int
    cut: bool
    cost: int


def passes(judge: Judge, item: Smc | Event) -> bool:
    """Judge one more; False if it is a violation.

    A fault of ours passes: it will be told of where the call is judged for good.
    """
    try:
        if isinstance(item, Smc):
            return judge.judge(item).kind != VIOLATION
        judge.event(item)
    except Exception:
        return True
    return True


def search(start: Copies[J], steps: Sequence[Step], needed: int, most: int) -> Found[J]:
    """Look for an order that has at least the first `needed` of `steps`, from `start` on.

    `most` bounds the cost.
    """
    return _Search(start, steps, needed, most).run()


_PLACES: Final = (1, 2, 3, 1 << 20)  # in which an order may differ; at last, in any number


class _CutError(Exception):
    """The search has cost what it may."""


class _Search(Generic[J]):
    def __init__(self, start: Copies[J], steps: Sequence[Step], needed: int, most: int) -> None:
        self.start = start
        self.steps = steps
        self.most = most
        self.needed = (1 << needed) - 1
        self.before = [  # of each step a mask of those that must come before
            sum(1 << i for i, other in enumerate(steps) if other.precedes(step)) for step in steps
        ]
        self.cost = 0
        self.tries = 0
        self.limited = False  # orders were left out because they differ in too many places
        self.path: list[int] = []
        self.judge: J | None = None  # has judged `path`; None: has gone astray

    def run(self) -> Found[J]:
        found = cut = False
        try:
            for places in _PLACES:
                self.limited = False
                found = self._extend(0, set(), places)
                if found or not self.limited:
                    break
        except _CutError:
            cut = True
        order = [self.steps[n] for n in self.path] if found else []
        return Found(order, self.judge if found else None, self.tries, cut, self.cost)

    def _extend(self, done: int, fails: set[int], places: int) -> bool:
        """Go on from `path`; True if that leads to an order that is looked for.

        `fails` are steps that are violations here, more as they are found; in so many
        `places` the order may differ from the usual one yet.
        """
        if not self.needed & ~done:
            return True
        first = True
        for n in self._ready(done):
            left = places if first else places - 1
            first = False
            if n in fails or self._seen_otherwise(n):
                continue
            if left < 0:
                self.limited = True
                break
            if not self._passes(n):
                self.tries += 1
                fails.add(n)
                continue
            self.path.append(n)
            deeper = {other for other in fails if self._commute(other, n)}
            if self._extend(done | 1 << n, deeper, left):
                return True
            self.path.pop()
            self.judge = None
            fails |= {other for other in deeper if self._commute(other, n)}
        return False

    def _ready(self, done: int) -> Iterator[int]:
        """The steps that may come next, in their usual order."""
        return (
            n for n, before in enumerate(self.before) if not done >> n & 1 and not before & ~done
        )

    def _seen_otherwise(self, n: int) -> bool:
        """The step might have come before the last one: that order is tried for itself."""
        return bool(self.path) and n < self.path[-1] and self._commute(n, self.path[-1])

    def _commute(self, one: int, other: int) -> bool:
        return commute(self.steps[one].about, self.steps[other].about)

    def _passes(self, n: int) -> bool:
        """Judge a step after `path`."""
        judge = self.judge
        if judge is None:
            self._pay(self.start.cost + len(self.path))
            judge = self.judge = self.start.one()
            for earlier in self.path:
                passes(judge, self.steps[earlier].item)
        self._pay(1)
        if passes(judge, self.steps[n].item):
            return True
        self.judge = None
        return False

    def _pay(self, cost: int) -> None:
        self.cost += cost
        if self.cost > self.most:
            raise _CutError
