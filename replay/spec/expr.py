"""Expressions of the tables: what is allowed in one.

They are the Python-like ones of the facts (`not level_aligned(ipa, level-1)`),
parsed by Python itself and held to a white list: names of the command, numbers
and functions; no assignment, no lambda, no string, no underscore.  What they
mean, and how they become Python, is translate.py's.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

_ALLOWED = (
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.Invert,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Mod,
    ast.FloorDiv,
    ast.LShift,
    ast.RShift,
    ast.BitAnd,
    ast.BitOr,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.IfExp,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.Tuple,
    ast.GeneratorExp,
    ast.comprehension,
    ast.Name,
    ast.Constant,
    ast.Load,
    ast.Store,
)
# How a report of a node that is not allowed calls it; any other goes by Python's name.
_CALLED = {"Pow": "`**`", "Div": "`/` (use `//`)", "Is": "`is`", "IsNot": "`is not`"}


class ExprError(Exception):
    """An expression that is not one; `column` counts from 0 in its text."""

    def __init__(self, column: int, text: str) -> None:
        super().__init__(text)
        self.column = column
        self.text = text


def parse(text: str) -> ast.expr:
    """The expression, held to the white list (but not yet its names).  Raises ExprError."""
    for column, char in enumerate(text):
        if not (char.isascii() and char.isprintable()):
            raise ExprError(column, f"{char!r} may not stand in an expression")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # `1or 2`: Python only warns
            tree = ast.parse(text, mode="eval").body
        _check(tree, 0)
    except SyntaxError as error:
        # At the end of the text Python may give the place as one before its begin.
        column = error.offset - 1 if error.offset else len(text)
        raise ExprError(column, f"expected an expression: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise ExprError(0, "expected an expression that is less deep") from None
    return tree


def _check(node: ast.AST, around: int, parent: ast.AST | None = None) -> None:
    """Outer before inner, left before right; `around`: column of what has none (operators)."""
    where = getattr(node, "col_offset", around)
    if not isinstance(node, _ALLOWED):
        kind = type(node).__name__
        raise ExprError(where, f"{_CALLED.get(kind, kind)} is not allowed in an expression")
    if isinstance(node, ast.Constant) and not isinstance(node.value, int):
        raise ExprError(where, "only numbers, True and False may stand here")
    if isinstance(node, ast.Call) and (not isinstance(node.func, ast.Name) or node.keywords):
        raise ExprError(where, "a call needs a plain function name and positional arguments")
    if isinstance(node, ast.GeneratorExp) and not (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Name)
        and parent.func.id in ("any", "all")
    ):
        raise ExprError(where, "`for` may stand in any() and all() only")
    if isinstance(node, ast.comprehension) and (
        not isinstance(node.target, ast.Name) or node.is_async
    ):
        raise ExprError(node.target.col_offset, "expected `for NAME in ...`")
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    if name.startswith("_"):
        raise ExprError(where, f"`{name}`: names must not begin with an underscore")
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Constant):
        raise ExprError(node.slice.col_offset, "expected a number or a slice in the brackets")
    for child in ast.iter_child_nodes(node):
        _check(child, where, node)


def names(tree: ast.expr) -> Iterator[str]:
    """Names that the expression reads; functions and what a `for` binds not among them."""
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    bound = {
        n.target.id
        for n in ast.walk(tree)
        if isinstance(n, ast.comprehension) and isinstance(n.target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in bound:
            yield node.id
