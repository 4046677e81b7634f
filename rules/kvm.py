"""What rules about KVM's own files share: what a realm's VM or vCPU runs, and where.

Of these files a series mostly shows hunks, so functions may be parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, strip
from linter.source.nodes import callee
from rules.registry import RMI

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

_PREDICATE = regex(r"^(?:\w+_)?(?:is|are)_(?:a_)?(?:realm|rec)(?:_vm|_vcpu)?$")
_MEMBER = regex(r"(?:->|\.)is_realm$")


def is_predicate(name: str) -> bool:
    """Does a function of this name ask whether a VM is a realm, or a vCPU a REC?"""
    return bool(_PREDICATE.match(name))


def asks_for_realm(facts: Facts, point: Point) -> bool:
    """Is a condition true for a realm (or a REC) and for nothing else?"""
    return (
        point.kind == "cond" and point.node is not None and _is_realm(facts, point, point.node, 0)
    )


def _is_realm(facts: Facts, point: Point, node: Node, depth: int) -> bool:
    node = strip(node)
    if node.type == "call_expression":
        return is_predicate(callee(node))
    path = path_of(node)
    if _MEMBER.search(path):
        return True
    if not path.isidentifier() or depth > 2:
        return False
    values = [at.definition.value for at in facts.reaching(point, path)]
    return bool(values) and all(v is not None and _is_realm(facts, point, v, 1) for v in values)


def ways(facts: Facts, *, realm: bool) -> set[Point]:
    """The points that a realm's VM or vCPU can come to; or, without `realm`, any other one."""
    entry = facts.flow.entry
    seen, todo = {entry}, [entry]
    while todo:
        point = todo.pop()
        asks = asks_for_realm(facts, point)
        for edge in point.edges:
            if edge.target not in seen and (not asks or edge.when == realm):
                seen.add(edge.target)
                todo.append(edge.target)
    return seen


def under_realm(facts: Facts, point: Point) -> Point | None:
    """The condition that lets only a realm come to a point, if there is one."""
    asked = [p for p in facts.points if asks_for_realm(facts, p)]
    if asked and point not in ways(facts, realm=False):
        return next((p for p in asked if facts.flow.dominates(p, point)), asked[0])
    return None


def bodies(units: Iterable[Unit]) -> Iterator[tuple[Unit, Function]]:
    """Every function, and every part of one that a hunk shows, in the order of the patches."""
    for unit in units:
        for function in (*unit.functions, *unit.parts):
            yield unit, function


def whole(function: Function) -> bool:
    """Is all of a function known?"""
    return function in function.unit.functions


def shows_end(function: Function) -> bool:
    """Is the closing brace of a function among the lines that are known?"""
    row = function.node.end_point[0] + function.shift
    return whole(function) or function.unit.line_text(row).startswith("}")


def many_patches(units: Iterable[Unit]) -> bool:
    """Is this more than one patch of several, so that what no patch holds is missing?"""
    refs = {(u.patch.index, u.patch.total) for u in units if u.patch is not None}
    return len(refs) != 1 or all((total or 0) <= 1 for _, total in refs)


def about_cca(units: Iterable[Unit]) -> bool:
    """Is one of the files about the RMM?"""
    return any(word.encode() in unit.source for unit in units for word in RMI)
