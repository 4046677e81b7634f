"""What a file declares besides functions: macros without a body, structs, numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.expr import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from linter.source.unit import Unit

_COMMENT = regex(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_SUFFIX = regex(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]+\b")
_NO_NUMBER = regex(r"\b(?!(?:0[xX][0-9a-fA-F]+|\d+)\b)\d")  # Python would warn of `0x1and`
_SIZE = regex(r"^SZ_(\d+)([KMGT])$")
_WRAPPERS = frozenset({"UL", "ULL", "_UL", "_ULL", "_AC"})
_DEPTH = 20  # of macros that name macros


class Define(NamedTuple):
    """A `#define`; `params` is None for one without arguments, `value` has no comments."""

    name: str
    value: str
    params: tuple[str, ...] | None
    node: Node


def defines(unit: Unit) -> dict[str, Define]:
    """The macros of a unit by name, in source order; of two with a name the last."""
    found: dict[str, Define] = {}
    for node in unit.nodes("preproc_def", "preproc_function_def"):
        name = text(node.child_by_field_name("name"))
        value = _COMMENT.sub(" ", text(node.child_by_field_name("value")).replace("\\\n", " "))
        listed = node.child_by_field_name("parameters")
        params = None if listed is None else tuple(text(p) for p in listed.named_children)
        found.pop(name, None)
        found[name] = Define(name, " ".join(value.split()).rstrip(";"), params, node)
    return found


def structs(unit: Unit) -> dict[str, Node]:
    """The structs and unions that a unit lays out, by tag, in source order."""
    found: dict[str, Node] = {}
    for node in unit.nodes("struct_specifier", "union_specifier"):
        tag = text(node.child_by_field_name("name"))
        if tag and node.child_by_field_name("body") is not None:
            found[tag] = node
    return found


def number(source: str, lookup: Callable[[str], str | None]) -> int | None:
    """The value of a constant expression, None if it has none that is known here.

    `lookup` gives the text of a macro without arguments.  C and Python agree on
    how these operators bind, comparisons aside, which are not read.
    """
    return _number(source, lookup, _DEPTH)


def _number(source: str, lookup: Callable[[str], str | None], depth: int) -> int | None:
    import ast

    try:
        source = _SUFFIX.sub(r"\1", source.strip())
        if _NO_NUMBER.search(source):
            return None
        tree = ast.parse(source, mode="eval")
        return _value(tree.body, lookup, depth)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _value(node: object, lookup: Callable[[str], str | None], depth: int) -> int | None:
    import ast

    match node:
        case ast.Constant(int() as value):
            return int(value)
        case ast.Name(name):
            if size := _SIZE.match(name):
                return int(size[1]) << 10 * ("KMGT".index(size[2]) + 1)
            source = lookup(name) if depth else None
            return None if source is None else _number(source, lookup, depth - 1)
        case ast.UnaryOp(operator, inner):
            known = _value(inner, lookup, depth)
            if known is None or isinstance(operator, ast.Not):
                return None
            if isinstance(operator, ast.Invert):
                return ~known
            return -known if isinstance(operator, ast.USub) else known
        case ast.BinOp(left, operator, right):
            return _binary(operator, _value(left, lookup, depth), _value(right, lookup, depth))
        case ast.Call(ast.Name(name), arguments):
            values = [_value(argument, lookup, depth) for argument in arguments]
            return _call(name, values)
    return None


def _binary(operator: object, one: int | None, other: int | None) -> int | None:
    import ast

    if one is None or other is None:
        return None
    match operator:
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Mult():
            return one * other
        case ast.Div() | ast.FloorDiv():
            return one // other if other > 0 and one >= 0 else None
        case ast.LShift():
            return one << other if 0 <= other < 64 else None
        case ast.RShift():
            return one >> other if 0 <= other < 64 else None
        case ast.BitOr():
            return one | other
        case ast.BitAnd():
            return one & other
        case ast.BitXor():
            return one ^ other
    return None


def _call(name: str, values: list[int | None]) -> int | None:
    match name, values:
        case (("BIT" | "BIT_ULL"), [int(bit)]) if 0 <= bit < 64:
            return 1 << bit
        case (("GENMASK" | "GENMASK_ULL"), [int(high), int(low)]) if 0 <= low <= high < 64:
            return (1 << high + 1) - (1 << low)
    if name in _WRAPPERS and values:
        return values[0]
    return None
