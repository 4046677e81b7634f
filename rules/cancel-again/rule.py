"""cancel-again: a loop cancels an operation, and does not remember that it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import test_of
from linter.source.expr import constant, text
from rules.registry import PART, RMI
from rules.sro import cancels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("CANCEL-LOOP",)
WORDS = (RMI, ("cancel", "OP_CANCEL"), ("INCOMPLETE",))
NEEDS = PART
TITLE = "An operation may be cancelled again and again: the loop does not remember that it was"
WHY = (
    "A cancelled operation still answers RMI_INCOMPLETE until it is driven to its end. Where the "
    "step that failed fails again, the loop cancels again, and never ends."
)
FIX = "Remember that it was cancelled, and give up when a step fails after that."
EVIDENCE = ("the loop over stateful operations of a later version; a flag was added to it",)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        if point.kind == "join" or not cancels(facts, point):
            continue
        loop = facts.flow.loop_of(point)
        if loop is None or not _drives(facts, loop) or _remembers(facts, loop, point):
            continue
        if point.node is None:
            continue
        yield function.finding(
            point.node,
            "nothing remembers that the operation was cancelled: if the RMM goes on to answer "
            "RMI_INCOMPLETE and the step fails again, the loop cancels it for ever",
        )
        return


def _drives(facts: Facts, loop: Loop) -> bool:
    """Does the loop turn as long as the answer is RMI_INCOMPLETE?"""
    return any("INCOMPLETE" in text(test.node) for test in facts.loop_tests(loop)) or any(
        p.kind == "switch" and any("RMI_INCOMPLETE" in str(e.when) for e in p.edges)
        for p in loop.body
    )


def _remembers(facts: Facts, loop: Loop, cancel: Point) -> bool:
    """Is something set or counted along with the cancelling that the loop tests?"""
    tested = {
        path
        for point in loop.body
        if point.kind in ("cond", "switch")
        for path, _ in facts.effects(point).uses
    }
    tested |= {t.name for p in loop.body if p.node is not None and (t := test_of(p.node))}
    for point in loop.body:
        beside = facts.flow.dominates(point, cancel) or facts.flow.dominates(cancel, point)
        for definition in facts.effects(point).defs if beside else ():
            if definition.name not in tested:
                continue
            if definition.how == "update":
                return True
            known = constant(definition.value) if definition.value is not None else ""
            if definition.how == "assign" and known not in ("", "0"):
                return True
    return False
