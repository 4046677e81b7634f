"""Every WARN of a function: as a statement, and as the condition of an `if`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.source.nodes import WARNS, arguments, callee
from rules.conditions import fires_if

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.facts import Facts
    from linter.source.flow import Edge, Point


class Warned(NamedTuple):
    """A WARN: `node` is the macro's call, `condition` what must hold for it to fire.

    `point` is the first step of the condition.
    """

    name: str
    node: Node
    point: Point
    condition: Node


def warnings(facts: Facts) -> Iterator[Warned]:
    """The WARNs of a function, in source order."""
    seen: set[int] = set()
    for point in facts.points:
        if point.warn and point.node is not None:
            node = macro(point)
            if node is not None and node.start_byte not in seen:
                seen.add(node.start_byte)
                yield Warned(point.warn, node, point, arguments(node)[0])
        for site in facts.sites if not point.warn else ():
            known = site.point is point and site.name in WARNS and site.call.args
            if known and site.node.start_byte not in seen:
                seen.add(site.node.start_byte)
                yield Warned(site.name, site.node, point, fires_if(site))


def macro(point: Point) -> Node | None:
    """The call of the WARN macro that a condition stands in."""
    node = point.node
    while node is not None and callee(node) != point.warn:
        node = node.parent
    return node


def fires(point: Point, edge: Edge) -> Node | None:
    """The WARN around a condition, if it fires where this edge is taken."""
    outer = macro(point) if point.warn else None
    if outer is None:
        return None
    node, truth = point.node, True
    while node is not None and node != outer:
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.text == b"!" and node != point.node:
            truth = not truth
        node = node.parent
    inside = edge.target.node
    if inside is not None and outer.start_byte <= inside.start_byte < outer.end_byte:
        return None  # the next one of `a && b`
    return outer if edge.when == truth else None
