"""What a run takes for granted about unknown values.

Of every label a range and the numbers it cannot be are known.  A branch that
these do not decide takes the next of the `decisions` given, then the first
side; the explorer runs again with another list.
"""

from __future__ import annotations

from typing import NamedTuple

from linter.witness.ctype import CType, Int, spell
from linter.witness.outcome import Assumption, Endless, Place
from linter.witness.value import (
    NEGATED,
    WORD,
    Test,
    Unknown,
    Value,
    integer,
    shown,
)


class Range(NamedTuple):
    """Numbers from `low` to `high`, without those in `gaps`."""

    low: int
    high: int
    gaps: frozenset[int] = frozenset()

    def with_(self, operator: str, constant: int) -> Range:
        """What is left where the comparison holds; empty if low > high."""
        low, high, gaps = self
        match operator:
            case "==":
                held = low <= constant <= high and constant not in gaps
                return Range(constant, constant) if held else Range(1, 0)
            case "!=":
                gaps |= {constant}
            case "<":
                high = min(high, constant - 1)
            case "<=":
                high = min(high, constant)
            case ">":
                low = max(low, constant + 1)
            case ">=":
                low = max(low, constant)
        while low in gaps and low <= high:
            low += 1
        while high in gaps and low <= high:
            high -= 1
        return Range(low, high, gaps)

    @property
    def empty(self) -> bool:
        return self.low > self.high


def whole(ctype: CType) -> Range:
    """Every number of a type."""
    if isinstance(ctype, Int):
        if ctype.name == "bool":
            return Range(0, 1)
        if ctype.signed:
            return Range(-(1 << ctype.bits - 1), (1 << ctype.bits - 1) - 1)
        return Range(0, (1 << ctype.bits) - 1)
    return Range(0, WORD)


class Assumptions:
    """`taken` is every choice so far, `opened` whether the other side was left for later."""

    def __init__(self, decisions: list[bool], limit: int) -> None:
        self._decisions = decisions
        self._limit = limit
        self._ranges: dict[str, Range] = {}
        self.taken: list[bool] = []
        self.log: list[Assumption] = []

    def number(self, value: Unknown) -> Value | None:
        """The one value it can have still, if it is only one."""
        known = self._ranges.get(value.label)
        if known is not None and known.low == known.high:
            return integer(known.low, value.ctype)
        if value.test is not None:
            certain = self._certain(value.test)
            return None if certain is None else integer(int(certain), value.ctype)
        return None

    def _view(self, test: Test) -> tuple[str, Range, int]:
        """The range to look at, and what the constant is there.

        A comparison may be made in another type than the last one: `(u64)x < 5` after `x < 0`.
        Where the conversion moves all that is left by one amount the range serves both.
        """
        known = self._ranges.get(test.subject)
        if known is None:
            return test.subject, whole(test.ctype), test.constant
        low, high = (integer(n, test.ctype).number for n in known[:2])
        if high - low == known.high - known.low:
            return test.subject, known, test.constant + known.low - low
        name = f"({spell(test.ctype)})({test.subject})"
        return name, self._ranges.get(name) or whole(test.ctype), test.constant

    def _certain(self, test: Test) -> bool | None:
        """What a comparison gives, where that is decided by now."""
        _, known, constant = self._view(test)
        if known.with_(test.operator, constant).empty:
            return False
        return True if known.with_(NEGATED[test.operator], constant).empty else None

    def bind(self, name: str, number: int, text: str, place: Place) -> None:
        """Takes for granted that a label is that number."""
        self._ranges[name] = Range(number, number)
        self.log.append(Assumption(text, place.path, place.line, False))

    def limit(self, name: str, low: int, high: int) -> None:
        """What is known of an unknown value from where it comes, no assumption."""
        self._ranges[name] = Range(low, high)

    def decide(self, value: Unknown, place: Place) -> bool:
        """Is it true?  Endless when there were too many questions."""
        test = value.test or Test(value.label, "!=", 0, value.ctype)
        certain = self._certain(test)
        if certain is not None:
            return certain
        name, known, constant = self._view(test)
        answer = self._choose()
        operator = test.operator if answer else NEGATED[test.operator]
        self._ranges[name] = known.with_(operator, constant)
        text = f"{test.subject} {operator} {shown(test.constant)}"
        self.log.append(Assumption(text, place.path, place.line, True))
        return answer

    def _choose(self) -> bool:
        if len(self.taken) >= self._limit:
            raise Endless(f"more than {self._limit} branches on unknown values")
        at = len(self.taken)
        answer = self._decisions[at] if at < len(self._decisions) else True
        self.taken.append(answer)
        return answer


def prefixes(taken: list[bool], given: int) -> list[list[bool]]:
    """The decisions that lead to the sides a run did not take, nearest last.

    `given` is the number of decisions the run was started with.
    """
    return [[*taken[:at], False] for at in range(given, len(taken)) if taken[at]]
