"""gpr-index: a trapped register access is emulated with register 0 of the REC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import constant, path_of, squeeze, strip
from rules.abi import version
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("ABI-GPR-INDEX", "ABI-GPR-BOUND")
WORDS = (RMI, ("gprs[",), ("_get_rt", "_RT_"))
NEEDS = PART
TITLE = "a trapped system register access moves gprs[0], whichever register the guest named"
WHY = (
    "Since RMM 2.0 the value of a trapped system register access is in the entry of `gprs` that "
    "the instruction names. Only the data of emulated MMIO is always in gprs[0]."
)
FIX = (
    "Use the number of the register as the index: gprs[rt], and mind that 31 is the zero register."
)
EVIDENCE = (
    "Suzuki K Poulose on [PATCH v13 20/48]: the register number is the index; agreed",
    "not so for RMM 1.0, where gprs[0] is right",
)

_RT = regex(r"_get_rt\(|_RT_(?:MASK|SHIFT)\b")
_GPRS = regex(r"(?:^|->|\.)gprs\[\]$")
_SETS = regex(r"^(?:__)?vcpu_set_reg$")
_GETS = regex(r"\bvcpu_get_reg\(")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    if version(function.world).startswith("2"):
        places = [*_set_from_first(facts), *_first_set_from(facts)]
        if places:
            (node, what), rest = places[0], places[1:]
            yield function.finding(
                node,
                f"{what}, so an access that names any other register than x0 gets the value of "
                "x0: RMM 2.0 keeps it in the entry that the instruction names",
                related=[function.place(n, "and gprs[0] here") for n, _ in rest],
                catalogue=("ABI-GPR-INDEX",),
            )
    yield from _unbounded(function, facts)


def _names_register(facts: Facts, point: Point, node: Node | None) -> bool:
    """Is this the number of the register that the trapped instruction names?"""
    if node is None:
        return False
    if _RT.search(squeeze(node)):
        return True
    path = path_of(strip(node))
    return path.isidentifier() and any(
        at.definition.value is not None and bool(_RT.search(squeeze(at.definition.value)))
        for at in facts.reaching(point, path)
    )


def _is_first(node: Node | None) -> bool:
    """Is this `..gprs[0]`?"""
    node = None if node is None else strip(node)
    index = None if node is None else node.child_by_field_name("index")
    return bool(
        node is not None
        and node.type == "subscript_expression"
        and _GPRS.search(path_of(node))
        and index is not None
        and constant(index) == "0"
    )


def _values(facts: Facts, point: Point, node: Node) -> Iterator[Node]:
    """An expression, and what it was set to where it is a variable."""
    yield node
    path = path_of(strip(node))
    for at in facts.reaching(point, path) if path.isidentifier() else ():
        if at.definition.value is not None:
            yield at.definition.value


def _set_from_first(facts: Facts) -> Iterator[tuple[Node, str]]:
    for site in facts.calls(_SETS.match):
        args = site.call.args
        named = len(args) == 3 and _names_register(facts, site.point, args[1])
        if named and any(_is_first(value) for value in _values(facts, site.point, args[2])):
            yield site.node, f"register `{squeeze(args[1])}` is set to gprs[0]"


def _first_set_from(facts: Facts) -> Iterator[tuple[Node, str]]:
    for point in facts.points:
        for d in facts.effects(point).defs:
            if d.value is None or not _is_first(d.node):
                continue
            for value in _values(facts, point, d.value):
                source = strip(value)
                args = source.child_by_field_name("arguments")
                named = [] if args is None else args.named_children
                if _GETS.search(squeeze(source)) and any(
                    _names_register(facts, point, a) for a in named
                ):
                    yield d.node, f"gprs[0] is set to register `{squeeze(named[-1])}`"


def _unbounded(function: Function, facts: Facts) -> Iterator[Finding]:
    """`gprs[rt]` where nothing keeps the zero register, 31, out."""
    for point in facts.points:
        found = facts.effects(point)
        for node in [n for _, n in found.uses] + [d.node for d in found.defs]:
            index = node.child_by_field_name("index")
            if index is None or not _GPRS.search(path_of(node)):
                continue
            name = path_of(strip(index))
            if not name.isidentifier() or not _names_register(facts, point, index):
                continue
            if not any(p.kind == "cond" and facts.reads(p, name) for p in facts.points):
                yield function.finding(
                    node,
                    f"`{name}` may be 31, the zero register, and gprs[] has no entry for it",
                    severity="info",
                    catalogue=("ABI-GPR-BOUND",),
                )
                return
