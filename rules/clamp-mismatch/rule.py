"""clamp-mismatch: the value is tested against one limit and cut to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import path_of, paths_in, squeeze, strip, text
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("CLAMP-MISMATCH",)
WORDS = (RMI, (">", "<"), ("*",), ("if", "?"))
NEEDS = FUNCTION
TITLE = "A value is tested against one product and cut to another one"
WHY = (
    "Where the second product is the larger one the value is not cut but raised: the count of "
    "the RMM is then taken for more than there is, and what follows frees or keeps too much."
)
FIX = "Use one expression, or min()."
EVIDENCE = ("the clamp of what was donated in a later version; put right in the merged code",)

_BOUNDS = {">": 1, ">=": 1, "<": -1, "<=": -1}
_MIRROR = {1: -1, -1: 1}


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        if point.kind != "cond" or point.node is None:
            continue
        tested = _tested(point.node)
        if tested is None:
            continue
        name, limit, when = tested
        cut = _cut(facts, point, name)
        if cut is None or not _mismatch(limit, cut) or not when:
            continue
        yield function.finding(
            cut.parent or cut,
            f"`{name}` is tested against `{text(limit)}` but cut to `{text(cut)}`: where that is "
            "larger, the value goes up instead of down",
            related=[function.place(point.node, "tested here")],
        )


def _tested(node: Node) -> tuple[str, Node, bool] | None:
    """(name, limit, is it an upper one) of `name > limit`."""
    node = strip(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    side = _BOUNDS.get(text(node.child_by_field_name("operator")), 0)
    if left is None or right is None or not side:
        return None
    if not path_of(strip(left)):
        left, right, side = right, left, _MIRROR[side]
    name = path_of(strip(left))
    return (name, strip(right), side > 0) if name else None


def _cut(facts: Facts, point: Point, name: str) -> Node | None:
    """What a name is set to right where the condition holds."""
    for edge in point.edges:
        if edge.when is True:
            for definition in facts.effects(edge.target).defs:
                if definition.name == name and definition.how == "assign" and definition.value:
                    return strip(definition.value)
    return None


def _mismatch(limit: Node, cut: Node) -> bool:
    """Two products with one factor in common, that differ in the name that is the other?"""
    one, other = _factors(limit), _factors(cut)
    if len(one) != 2 or len(other) != 2 or set(one) == set(other):
        return False
    common = set(one) & set(other)
    if len(common) != 1:
        return False
    rest = [(set(factors) - common).pop() for factors in (one, other)]
    names = paths_in(limit) | paths_in(cut)
    return all(factor in names for factor in rest)


def _factors(node: Node) -> list[str]:
    node = strip(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or text(node.child_by_field_name("operator")) != "*":
        return []
    return [squeeze(strip(left)), squeeze(strip(right))]
