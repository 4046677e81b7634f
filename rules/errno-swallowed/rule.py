"""errno-swallowed: a call's negative errno is replaced by the number for success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import NONZERO, subject, test_of
from linter.source.expr import constant
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("ERRNO-SWALLOWED",)
WORDS = (RMI, ("return",), ("< 0", "<0", "0 >", "0>"))
NEEDS = PART
TITLE = "a negative errno is overwritten with the number for success"
WHY = (
    "An exit handler returns a negative errno to leave to user space and 1 to run the guest again. "
    "Where the errno is replaced by 1 the guest goes on, and nobody hears of what failed."
)
FIX = "Return the errno; where the failure is the guest's, answer the guest before it can arise."
EVIDENCE = ("reviewed on [PATCH v7 28/45]: the host call's handler; the block is gone in v8",)

_POSITIVE = regex(r"^[1-9]\d*$")


def check(function: Function) -> Iterator[Finding]:
    if function.result == "bool":
        return
    facts = function.facts
    for test in facts.points:
        asked = test_of(test.node) if test.kind == "cond" and test.node is not None else None
        if asked is None or (asked.op, asked.against) != ("<", "0") or asked.status:
            continue
        name = asked.name
        call = _asked_call(facts, test, name)
        for edge in test.edges if call else ():
            if edge.when is not True:
                continue
            for point in _overwritten(facts, edge.target, name):
                assert point.node is not None and test.node is not None
                yield function.finding(
                    point.node,
                    f"`{name}` holds the negative errno of {call}(), and a positive number is "
                    "returned in its place: the caller goes on as if nothing had failed",
                    related=[function.place(test.node, "here it is known to be negative")],
                )


def _asked_call(facts: Facts, test: Point, name: str) -> str:
    """The call whose result is tested: one that may answer with an errno, as far as is known."""
    calls = {at.definition.call for at in facts.reaching(test, name)}
    if len(calls) != 1 or (call := calls.pop()) is None or call.name.isupper():
        return ""
    known = facts.world.summary(call.name, facts.function) is not None
    return call.name if not known or facts.world.is_errno(call.name, facts.function) else ""


def _overwritten(facts: Facts, start: Point, name: str) -> Iterator[Point]:
    """Where the errno is overwritten with a positive number that is then returned."""
    walk = facts.explore(start, {name: NONZERO._replace(sign="-")})
    for point, state in walk:
        given = point.node.named_children if point.kind == "return" and point.node else []
        if any(_POSITIVE.match(constant(child)) for child in given):
            yield point
        if not facts.writes(point, name):
            continue
        walk.skip()
        for d in facts.effects(point).defs:
            known = constant(d.value) if d.how == "assign" and d.value is not None else ""
            negative = d.name == name and state.get(name).sign == "-"
            if negative and _POSITIVE.match(known) and _is_returned(facts, point, name):
                yield point


def _is_returned(facts: Facts, start: Point, name: str) -> bool:
    def gives(point: Point) -> bool:
        node = point.node
        return (
            point.kind == "return"
            and node is not None
            and any(subject(child)[0] == name for child in node.named_children)
        )

    return facts.flow.path(start, gives, lambda p: facts.writes(p, name)) is not None
