"""What is done with a value at a place where it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import subject
from linter.source.expr import strip, text
from linter.source.facts import STATUS_REGISTER
from linter.source.nodes import TRANSPARENT, WARNS, callee
from rules.vocabulary import is_conversion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

# the name of a predicate, or of a check that answers with an errno
_ASKS = regex(
    r"(?:^|_)(?:is|has|supports?|valid\w*|check(?:s|ed)?|verify|ok|test|in_range|aligned|present"
    r"|none|empty|contains?|\w*cmp)(?:_|$)"
)
_CUTS = regex(r"^(?:u?min|min_not_zero|clamp)(?:_t|_val|\d)?$|^array_index_nospec$")


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


def is_index(node: Node) -> bool:
    """`table[x]`, `table[x - 1]`: does a use decide which element is meant?"""
    above = node.parent
    while above is not None and above.type in ("parenthesized_expression", "binary_expression"):
        node, above = above, above.parent
    return (
        above is not None
        and above.type == "subscript_expression"
        and above.child_by_field_name("index") == node
    )


def limits_rounds(facts: Facts, point: Point, node: Node, name: str) -> bool:
    """`i < n`: is a value, in the test of a loop, all that a counter of the loop runs up to?"""
    above, operator = _operation(node)
    side = "right" if operator in ("<", "<=") else "left" if operator in (">", ">=") else ""
    limit = above.child_by_field_name(side) if above is not None and side else None
    if limit is None or strip(limit) != node:
        return False
    counters = {path for path, _ in facts.effects(point).uses} - {name}
    for loop in facts.flow.loops:
        tests = facts.loop_tests(loop)
        written = {d.name for p in loop.body for d in facts.effects(p).defs}
        if point in tests and not any(facts.writes(p, name) for p in loop.body):
            stepped = counters & written
            return bool(stepped) and not any(
                facts.reads(test, counter) for test in tests if test != point for counter in stepped
            )
    return False


def reads_only(name: str) -> bool:
    """A macro that takes a value apart, not a function that does something."""
    return name.isupper() or name in WARNS or name in ("FIELD_GET", "u64_get_bits")


def asks(function: Function, name: str, depth: int = 2) -> bool:
    """Does a call only look at its arguments, so that as a condition it tests them?"""
    if reads_only(name) or name in TRANSPARENT or is_conversion(name):
        return True
    asked = function.facts.called(name)
    if asked is None or not depth:
        return bool(_ASKS.search(name))
    facts = asked.facts
    kept = {d.name for p in facts.points for d in facts.effects(p).defs}
    return all(name.isidentifier() for name in kept) and all(
        asks(asked, site.name, depth - 1) for site in facts.sites
    )


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
