"""unchecked-user-range: the end of a range from user space may have wrapped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import effects, path_of, strip, text
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("KVM-UAPI-RANGE",)
WORDS = (RMI, ("->", "copy_from_user"), ("size", "len", "npages", "count"), ("-EINVAL", "-EFAULT"))
NEEDS = FUNCTION
TITLE = "base + size of a request from user space is not tested for a wrap-around"
WHY = (
    "Both numbers come from an ioctl. Where their sum wraps, the end lies below the start, and "
    "tests of alignment alone let that pass: the loops behind them work on another range, or none."
)
FIX = "check_add_overflow(base, size, &end), or refuse `end <= base`, before anything else."
EVIDENCE = ("review of v14: the populate ioctl tests neither overflow nor size 0; agreed",)

_SIZE = regex(r"(?:->|\.)(?:\w*_)?(?:size|len|length|bytes|npages|nr_pages)$")
_RESERVED = regex(r"(?:->|\.)_*(?:reserved|pad|padding)\d*$")
_FLAGS = regex(r"(?:->|\.)flags$")
_FROM_USER = regex(r"^(?:__)?copy_(?:struct_)?from_user$")
_ALIGNED = regex(r"ALIGNED|^offset_in_page$")
_TESTS = regex(r"overflow|valid|check|verify|_ok$|is_\w+_(?:address|range)|in_range|contains")
_ORDER = ("<", "<=", ">", ">=")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        for d in facts.effects(point).defs:
            if d.value is None or d.how not in ("init", "assign") or not d.name.isidentifier():
                continue
            sides = _sum(facts, point, d.value)
            if sides is None or not _from_user(function, facts, sides[1]):
                continue
            base, size = sides
            names = _related(facts, {d.name, base, size})
            if _is_checked(facts, names):
                continue
            yield function.finding(
                d.node.parent or d.node,
                f"`{base}` + `{size}` may wrap: both come from user space, and nothing "
                f"here refuses `{d.name}` when it is not above the start",
            )
            return


def _sum(facts: Facts, point: Point, node: Node) -> tuple[str, str] | None:
    """(base, size) of `r->base + r->size`; either may have been copied to a local before."""
    node = strip(node)
    operator, left = text(node.child_by_field_name("operator")), node.child_by_field_name("left")
    if operator == "-" and left is not None:  # the last byte instead of the end
        return _sum(facts, point, left)
    if node.type != "binary_expression" or operator != "+":
        return None
    sides = [node.child_by_field_name(side) for side in ("left", "right")]
    paths = [_field(facts, point, side) for side in sides if side is not None]
    sizes = [p for p in paths if _SIZE.search(p)]
    bases = [p for p in paths if p and not _SIZE.search(p)]
    if len(sizes) != 1 or len(bases) != 1 or _root(sizes[0]) != _root(bases[0]):
        return None
    return bases[0], sizes[0]


def _field(facts: Facts, point: Point, node: Node) -> str:
    """The member that an expression is, or is a copy of."""
    path = path_of(strip(node))
    if path.isidentifier():
        values = [at.definition.value for at in facts.reaching(point, path)]
        value = values[0] if len(values) == 1 else None
        path = path_of(strip(value)) if value is not None else ""
    return path if re.fullmatch(r"\w+(?:->|\.)\w+", path) else ""


def _root(path: str) -> str:
    return re.split(r"->|\.", path)[0]


def _from_user(function: Function, facts: Facts, size: str) -> bool:
    """Is the struct a request of user space?

    It was copied in here, or by a caller, or the function refuses its unused bits.
    """
    root = _root(size)
    for site in facts.calls(_FROM_USER.match):
        if any(path == root for _, path in site.call.out_args()):
            return True
    if function.param(root) is None:
        return False
    for point in facts.points:
        if point.kind != "cond" or point.node is None:
            continue
        unknown = "~" in text(point.node)  # `r->flags & ~ALL_FLAGS`
        for path, _ in facts.effects(point).uses:
            refuses = _RESERVED.search(path) or (unknown and _FLAGS.search(path))
            if refuses and _root(path) == root:
                return True
    return _caller_copies(function, root)


def _caller_copies(function: Function, root: str) -> bool:
    """Does a caller hand on what it has just copied from user space?"""
    index = next(i for i, param in enumerate(function.params) if param.name == root)
    name = function.name.encode()
    for unit in function.world.units:
        if name not in unit.source or b"copy_from_user" not in unit.source:
            continue
        for caller in (*unit.functions, *unit.parts):
            copied = {
                path
                for site in caller.facts.calls(_FROM_USER.match)
                for _, path in site.call.out_args()
            }
            for site in caller.facts.calls(lambda n: n == function.name) if copied else ():
                if any(i == index and p in copied for i, p in site.call.out_args()):
                    return True
    return False


def _related(facts: Facts, names: set[str]) -> set[str]:
    """The names, and the locals that are computed from one without a call."""
    for _ in range(3):
        for point in facts.points:
            for d in facts.effects(point).defs:
                found = effects(d.value)
                if d.name.isidentifier() and not found.calls:
                    names = names | {d.name for path, _ in found.uses if path in names}
    return names


def _is_checked(facts: Facts, names: set[str]) -> bool:
    """Is one of them set against a bound, or handed to what tests ranges?"""
    for point in facts.points:
        found = facts.effects(point)
        for call in found.calls:
            handed = {path for arg in call.args for path, _ in effects(arg).uses}
            handed |= {path for _, path in call.out_args()}
            if handed & names and _TESTS.search(call.name) and not _ALIGNED.search(call.name):
                return True
        if point.kind == "cond" and point.node is not None:
            operator = text(strip(point.node).child_by_field_name("operator"))
            if operator in _ORDER and any(path in names for path, _ in found.uses):
                loops = [loop for loop in facts.flow.loops if point in facts.loop_tests(loop)]
                if not loops:
                    return True
    return False
