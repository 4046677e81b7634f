"""page-size-mix: a loop over the granules of a page, where a page is one granule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import squeeze, strip, text
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("ABI-PAGE-SIZE-MIX",)
WORDS = (RMI, ("PAGE_SIZE",), ("+=",))
NEEDS = FUNCTION
TITLE = "A loop over the granules of a page, in code that runs only where a page is one granule"
WHY = (
    "The loop takes exactly one turn. What stands behind it for more than one, the undo of half "
    "a page before all, has never run, and the two names for one size hide which is meant."
)
FIX = "Use one of the two sizes throughout, or support hosts with larger pages and drop the check."
EVIDENCE = ("Marc Zyngier on [PATCH v12 20/46]; the loops are gone in v13",)

_CHECK = regex(rb"PAGE_SIZE\s*[!=]=|[!=]=\s*PAGE_SIZE")
_BELOW = ("<", "!=")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for loop in facts.flow.loops:
        found = _granules(facts, loop)
        if found is None:
            continue
        test, step, size = found
        gate = _gate(function, size)
        if gate is None:
            continue
        where, node = gate
        yield function.finding(
            test,
            f"the host's page is one granule here, {where.name}() gives up otherwise: this loop "
            f"over PAGE_SIZE in steps of {step} takes one turn, and nothing of it beyond that "
            "has ever run",
            related=[where.place(node, "other page sizes end here")],
        )


def _granules(facts: Facts, loop: Loop) -> tuple[Node, str, int] | None:
    """The test, the step and its size, of a loop from 0 to PAGE_SIZE by another size's name."""
    for test in facts.loop_tests(loop):
        node = strip(test.node) if test.node is not None else None
        left = node.child_by_field_name("left") if node is not None else None
        right = node.child_by_field_name("right") if node is not None else None
        if node is None or left is None or right is None:
            continue
        if text(node.child_by_field_name("operator")) not in _BELOW or text(right) != "PAGE_SIZE":
            continue
        for step in _steps(facts, loop, squeeze(left)):
            size = facts.world.number(step)
            if step != "PAGE_SIZE" and size is not None:
                return node, step, size
    return None


def _steps(facts: Facts, loop: Loop, counter: str) -> Iterator[str]:
    """What is added to a counter each turn."""
    for point in loop.body:
        for definition in facts.effects(point).defs:
            if definition.name == counter and definition.how == "update" and definition.value:
                yield squeeze(strip(definition.value))


def _gate(function: Function, size: int) -> tuple[Function, Node] | None:
    """The place in the file where a host with another page size is turned away."""
    for other in function.unit.functions:
        if not _CHECK.search(other.source):
            continue
        for point in other.facts.points:
            if point.kind == "cond" and point.node is not None:
                operator, against = _against(point.node)
                if operator and other.world.number(against) == size and _gives_up(point, operator):
                    return other, point.node
    return None


def _against(node: Node) -> tuple[str, str]:
    """`!=` and `SZ_4K` of `PAGE_SIZE != SZ_4K`."""
    node = strip(node)
    operator = text(node.child_by_field_name("operator"))
    sides = [squeeze(node.child_by_field_name(side)) for side in ("left", "right")]
    if operator in ("==", "!=") and "PAGE_SIZE" in sides:
        return operator, sides[1 - sides.index("PAGE_SIZE")]
    return "", ""


def _gives_up(point: Point, operator: str) -> bool:
    """Does the other page size lead straight to a return?"""
    for edge in point.edges:
        if edge.when is (operator == "!="):
            at = edge.target
            for _ in range(4):  # a message, then the return
                if at.kind == "return":
                    return True
                if len(at.edges) != 1:
                    return False
                at = at.edges[0].target
    return False
