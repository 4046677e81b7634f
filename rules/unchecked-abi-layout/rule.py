"""unchecked-abi-layout: nothing in the build checks a structure that is shared with the RMM."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.finding import Related
from linter.lazy import regex
from rules.abi_layout import shared
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.unit import Unit


SEVERITY = "warning"
CATALOGUE = ("ABI-STRUCT-ASSERT",)
WORDS = (RMI, ("struct rec_", "struct realm_", "struct rmm_", "struct rmi_", "struct arm_"))
NEEDS = SERIES
TITLE = "no assertion checks the size of a structure that is shared with the RMM"
WHY = (
    "Offsets come from padding that is counted by hand; a field that is added without taking its "
    "size from the padding moves everything behind it, and the build says nothing."
)
FIX = "Put static_assert(sizeof(struct ...) == SZ_4K) below each, or assert the offsets."
EVIDENCE = ("reviewed on [PATCH v14 04/44]: asked for four times; the same structures in v13",)

# `sizeof(..) > PAGE_SIZE` lets every wrong layout pass
_CHECK = regex(
    rb"\b(?:static_assert|_Static_assert|(?:COMPILETIME|BUILD_BUG|BUILD_ASSERT|ASSERT)\w*)\s*\("
    rb"([^;]{0,400})\)\s*;"
)
_EXACT = regex(rb"[=!]=")
_STRUCT = regex(rb"\bstruct\s+(\w+)")
_VARIABLE = regex(rb"sizeof\s*\(?\s*\*\s*(?:\w+(?:->|\.))*(\w+)")


def check(units: list[Unit]) -> Iterator[Finding]:
    asserted = {tag for unit in units for tag in _asserted(unit.source)}
    if asserted >= {"rec_enter", "rec_exit"}:
        asserted.add("rec_run")  # it is the two, one behind the other
    for unit in units:
        if unit.fragment:
            continue  # the assertion may stand where nobody sees it
        open_ = {
            tag: node
            for tag, node in unit.structs.items()
            if tag not in asserted and _wanted(tag) and node.type == "struct_specifier"
        }
        if open_:
            yield _finding(unit, open_)


def _wanted(tag: str) -> bool:
    """Is it one that has a page of its own?"""
    return not tag.endswith(("rec_enter", "rec_exit")) and bool(
        shared(tag, "1") or shared(tag, "2")
    )


def _finding(unit: Unit, structs: dict[str, Node]) -> Finding:
    """One for a file: a reviewer asks once."""
    places = {tag: node.child_by_field_name("name") or node for tag, node in structs.items()}
    (first, place), *rest = places.items()
    others = f" (nor of {', '.join(tag for tag, _ in rest)})" if rest else ""
    return unit.finding(
        place,
        f"nothing in the build checks that struct {first} is as large as the RMM takes it to "
        f"be{others}: an error in its padding shows only when an RMM reads it",
        related=[Related(unit.path, unit.line(node), "not checked either") for _, node in rest],
    )


def _asserted(source: bytes) -> Iterator[str]:
    """The structures of which a source checks size or offsets."""
    for found in _CHECK.finditer(source):
        if not _EXACT.search(found[1]):
            continue
        for tag in _STRUCT.findall(found[1]):
            yield tag.decode()
        for name in _VARIABLE.findall(found[1]):
            declared = re.findall(rb"struct\s+(\w+)\s*\*\s*" + re.escape(name) + rb"\b", source)
            yield from (tag.decode() for tag in declared)
