"""What is done with a value at a place where it is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.source.explore import subject
from linter.source.expr import strip, text
from linter.source.facts import STATUS_REGISTER
from linter.source.nodes import callee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.facts import Facts
    from linter.source.flow import Point

_CUTS = re.compile(r"^(?:u?min|min_not_zero|clamp)(?:_t|_val|\d)?$|^array_index_nospec$")


def takers(facts: Facts, point: Point, node: Node) -> Iterator[str]:
    """The calls that a use is an argument of, the innermost first."""
    for site in facts.sites:
        if site.point is point and any(
            arg.start_byte <= node.start_byte < arg.end_byte for arg in site.call.args
        ):
            yield site.name


def _operation(node: Node) -> tuple[Node | None, str]:
    """The expression that a value stands in, and its operator."""
    above = node.parent
    while above is not None and strip(above) == node:
        above = above.parent
    return above, text(above.child_by_field_name("operator")) if above is not None else ""


def is_cut(node: Node) -> bool:
    """`x & MASK`, `min(x, LIMIT)`: whatever was wrong with x is cut off."""
    above, operator = _operation(node)
    if above is not None and above.type == "argument_list" and above.parent is not None:
        return bool(_CUTS.match(callee(above.parent)))
    return operator in ("&", "&=", "%", "%=") and above is not None and "pointer" not in above.type


def is_tested(node: Node) -> bool:
    """`x ? a : b`, `ok = x < LIMIT`: only a truth is taken from x."""
    above, operator = _operation(node)
    if above is None:
        return False
    if above.type == "conditional_expression":
        condition = above.child_by_field_name("condition")
        return condition is not None and strip(condition) == node
    return operator in ("!", "==", "!=", "<", "<=", ">", ">=")


def holds_status(facts: Facts, point: Point, name: str) -> bool:
    """Is a variable the RMI status that a call answered, or a copy of it?"""
    if STATUS_REGISTER.search(name):
        return True
    for at in facts.sources(point, name):
        value = None if at.definition.value is None else strip(at.definition.value)
        if value is not None and (
            subject(value)[1]
            or (
                value.type == "call_expression"
                and facts.world.is_status(callee(value), facts.function)
            )
        ):
            return True
    return False
