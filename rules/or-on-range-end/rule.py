"""or-on-range-end: an address bit is OR-ed into the end of a range, which may hold it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, paths_in, squeeze, strip, text
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("END-OR-BIT", "RMI-RANGE-OR")
WORDS = (RMI, ("|",), ("for", "while"))
NEEDS = FUNCTION
TITLE = "an address bit is OR-ed into the end of a range"
WHY = (
    "The end is the address behind the last one. For a range that reaches up to the bit, the end "
    "has the bit set already, and the OR leaves it: the range comes out empty."
)
FIX = "Add the bit to both ends: `start += bit; end += bit;`."
EVIDENCE = (
    "v3 to v14, the unmapping of the shared half: end |= shared_bit; `+=` since v16",
    "the teardown passes 1 << (ia_bits - 1) as the end, which is the shared bit itself",
)

# `end | (size - 1)`, `end | ~MASK`: the last address of a block, where the end is included
_INCLUSIVE = regex(r"-1\b|~|MASK")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    told: set[int] = set()
    for loop in facts.flow.loops:
        for test, cursor, end in _ends(facts, loop):
            starts = {bit for _, bit in _ored(facts, loop.head, cursor, outside=loop)}
            for place, bit in [*_ored(facts, loop.head, path_of(end)), *_here(end)]:
                if bit not in starts or place.start_byte in told:
                    continue
                if _kept_below(facts, path_of(end), bit):
                    continue
                told.add(place.start_byte)
                yield function.finding(
                    place,
                    f"`{_short(end, bit)}` is the address behind the range: where it is {bit} "
                    f"already, the OR changes nothing, `{cursor}` starts at or behind it and the "
                    "loop does nothing",
                    related=[function.place(test, "the loop ends here")],
                )


def _short(end: Node, bit: str) -> str:
    return path_of(end) or squeeze(end).replace(f"|{bit}", "").strip("()")


def _ends(facts: Facts, loop: Loop) -> Iterator[tuple[Node, str, Node]]:
    """(test, cursor, end) for each `cursor < end` that the loop goes on for."""
    for test in facts.loop_tests(loop):
        node = strip(test.node) if test.node is not None else None
        operator = text(node.child_by_field_name("operator")) if node is not None else ""
        if node is None or operator not in ("<", ">", "!="):
            continue
        sides = [node.child_by_field_name(side) for side in ("left", "right")]
        for side, other in (sides, sides[::-1]):
            if side is None or other is None:
                continue
            cursor, ends = path_of(strip(side)), paths_in(other)
            moves = any(facts.writes(p, cursor) for p in loop.body) if cursor else False
            if moves and not any(facts.writes(p, end) for p in loop.body for end in ends):
                yield node, cursor, strip(other)


def _here(end: Node) -> Iterator[tuple[Node, str]]:
    """`at < (end | bit)`: the bit is set in the test itself."""
    if text(end.child_by_field_name("operator")) == "|":
        for side in ("left", "right"):
            node = end.child_by_field_name(side)
            if node is not None and not _INCLUSIVE.search(squeeze(node)):
                yield end, squeeze(strip(node))


def _ored(
    facts: Facts, point: Point, name: str, *, outside: Loop | None = None, depth: int = 4
) -> Iterator[tuple[Node, str]]:
    """The statements that OR a bit into a value on its way to a point, and the bit."""
    for at in facts.reaching(point, name):
        if outside is not None and at.point in outside.body:
            continue
        definition = at.definition
        place = at.point.node or definition.node
        yield from ((place, bit) for bit in _bits(definition))
        if definition.value is None or not depth:
            continue
        source = path_of(strip(definition.value))
        if definition.how == "update":
            source = name
        if source.isidentifier() and definition.how in ("init", "assign", "update"):
            yield from _ored(facts, at.point, source, depth=depth - 1)


def _bits(definition: Def) -> Iterator[str]:
    """`B` of `x |= B` and of `x = y | B`."""
    value, above = definition.value, definition.node.parent
    if value is None or above is None:
        return
    if definition.how == "update":
        found = [value] if text(above.child_by_field_name("operator")) == "|=" else []
    else:
        node = strip(value)
        is_or = text(node.child_by_field_name("operator")) == "|"
        sides = [node.child_by_field_name(side) for side in ("left", "right")] if is_or else []
        found = [side for side in sides if side is not None]
    yield from (s for node in found if not _INCLUSIVE.search(s := squeeze(strip(node))))


def _kept_below(facts: Facts, end: str, bit: str) -> bool:
    """Is the end somewhere set against the bit, so that it may be known to lie below?"""
    return any(
        point.kind == "cond"
        and point.node is not None
        and end in paths_in(point.node)
        and bit in squeeze(point.node)
        for point in facts.points
    )
