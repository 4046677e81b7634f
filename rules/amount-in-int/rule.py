"""amount-in-int: a number of bytes is returned as an int."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import constant, path_of, squeeze, strip, text
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("KVM-UAPI-RET64",)
WORDS = (RMI, ("PAGE_SIZE", "PAGE_SHIFT", "GRANULE_S", "PMD_S", "PUD_S", "SZ_"), ("return",))
NEEDS = FUNCTION
TITLE = "pages are turned into bytes and returned as an int"
WHY = (
    "An int holds bytes up to 2 GB. A larger amount comes out negative, which the caller takes "
    "for an errno, or as a small number, so that it goes on at the wrong place."
)
FIX = "Return a long, or write the progress back into the request and return 0."
EVIDENCE = ("Marc Zyngier on [PATCH v12 06/46]: not fit for 64-bit amounts; fixed in v13",)

_INT = regex(r"^(?:static |inline |__always_inline )*(?:int|s32|unsigned int|u32)$")
_UNIT = regex(r"^\(?(?:\w+_)?(?:PAGE|PMD|PUD|GRANULE)_SIZE\)?$|^SZ_\d+[KMG]$")
_SHIFT = regex(r"^\(?(?:\w+_)?(?:PAGE|PMD|PUD|GRANULE)_SHIFT\)?$")


def check(function: Function) -> Iterator[Finding]:
    if not _INT.match(function.result):
        return
    facts = function.facts
    for point in facts.points:
        if point.kind != "return" or point.node is None:
            continue
        for value in point.node.named_children:
            made = _bytes(facts, point, value, 0)
            if made is not None:
                node, count = made
                yield function.finding(
                    point.node,
                    f"`{squeeze(node)}` does not fit in the {function.result} that "
                    f"{function.name}() returns once `{count}` stands for 2 GB or more",
                )


def _bytes(facts: Facts, point: Point, node: Node, depth: int) -> tuple[Node, str] | None:
    """The product of a number of pages and their size that a value is, and the number."""
    node = strip(node)
    if node.type == "conditional_expression":
        sides = [node.child_by_field_name(side) for side in ("consequence", "alternative")]
        found = [_bytes(facts, point, side, depth) for side in sides if side is not None]
        return next((f for f in found if f is not None), None)
    if node.type == "binary_expression":
        operator = text(node.child_by_field_name("operator"))
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return None
        if operator == "*" and _UNIT.match(squeeze(left)):
            left, right = right, left
        unit = _UNIT if operator == "*" else _SHIFT if operator == "<<" else None
        if unit is not None and unit.match(squeeze(right)) and not _is_small(facts, point, left):
            return node, squeeze(left)
        return None
    path = path_of(node)
    if path.isidentifier() and depth < 2:
        for at in facts.reaching(point, path):
            value = at.definition.value
            if value is not None and at.definition.how in ("init", "assign"):
                found_here = _bytes(facts, at.point, value, depth + 1)
                if found_here is not None:
                    return found_here
    return None


def _is_small(facts: Facts, point: Point, node: Node) -> bool:
    """Is the number a constant, or only ever set to one?"""
    if constant(node):
        return True
    name = path_of(strip(node))
    held = facts.reaching(point, name) if name.isidentifier() else []
    return bool(held) and all(
        at.definition.value is not None and bool(constant(at.definition.value)) for at in held
    )
