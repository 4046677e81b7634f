"""host-level-size: a size of the host's page tables stands for one of the RMM's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import strip, text
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("ABI-LEVEL-SIZE",)
WORDS = (RMI, ("PUD_S", "P4D_S", "PGDIR_S"))
NEEDS = FUNCTION
TITLE = "PUD_SIZE or P4D_SIZE is used for a block size that the RMM defines"
WHY = (
    "The RMM counts levels as the architecture does, whatever the host kernel is built with. "
    "Where the kernel has fewer levels, the upper ones are folded and PUD_SIZE, P4D_SIZE and "
    "PGDIR_SIZE are the same number: the host then hands over or takes back a range of another "
    "size than the RMM means."
)
FIX = "Compute it from the level: BIT(ARM64_HW_PGTABLE_LEVEL_SHIFT(level))."
EVIDENCE = ("review of [PATCH v14] donate_req_to_size(); the same code is in [PATCH v13 48/48]",)

_UPPER = regex(r"^(?:PUD|P4D|PGDIR)_(?:SIZE|SHIFT)$")
_LOWER = ("PAGE_SIZE", "PMD_SIZE", "SZ_4K", "SZ_2M")
_INSIDE = regex(r"\b(?:PUD|P4D|PGDIR)_(?:SIZE|SHIFT)\b")
_CODED = regex(r"^\(?(?:0[xX][0-9a-fA-F]+|\d+|[A-Z]\w*)[uUlL]*\)?$")
_ABOUT = regex(rb'#include\s+[<"]asm/rmi_|\bSMC_RMI_')


def check(function: Function) -> Iterator[Finding]:
    if not _is_abi(function.unit):
        return
    used = sorted(_uses(function), key=lambda node: node.start_byte)
    if not used:
        return
    names = list(dict.fromkeys(_INSIDE.findall(text(node))[0] for node in used))
    yield function.finding(
        used[0],
        f"{' and '.join(names)} {'are' if names[1:] else 'is'} the host's: built with fewer "
        "page table levels the kernel folds them, and the size is not the one that the RMM "
        "means by this level",
        related=[function.place(node, "and here") for node in used[1:]],
    )


def _is_abi(unit: Unit) -> bool:
    """Is the file about the interface with the RMM, not about the host's own tables?"""
    name = unit.path.rsplit("/", 1)[-1]
    return name.startswith(("rmi", "rme")) or bool(_ABOUT.search(unit.source))


def _uses(function: Function) -> Iterator[Node]:
    """Sizes of upper levels that a level's number is turned into, or that are told apart."""
    for point in function.facts.points:
        node = point.node
        if node is None:
            continue
        if point.kind == "switch":
            yield from _labels(node)
        elif point.kind == "return":
            for child in node.named_children:
                yield from _values(node, strip(child))
        else:
            for definition in function.facts.effects(point).defs:
                value = definition.value
                if value is not None and definition.how in ("init", "assign"):
                    yield from _values(node, strip(value))


def _labels(subject: Node) -> Iterator[Node]:
    """`case PUD_SIZE:` of the switch that a subject is of."""
    above = subject
    while above.type != "switch_statement":
        if above.parent is None:
            return
        above = above.parent
    body = above.child_by_field_name("body")
    for child in body.named_children if body is not None else []:
        value = child.child_by_field_name("value") if child.type == "case_statement" else None
        if value is not None and _UPPER.match(text(strip(value))):
            yield value


def _values(statement: Node, value: Node) -> Iterator[Node]:
    """`return PUD_SIZE;` where a case or a comparison has picked the level, or a table of sizes."""
    if value.type == "initializer_list":  # a table, by code
        sizes = [text(strip(child)) for child in value.named_children]
        if any(map(_UPPER.match, sizes)) and any(size in sizes for size in _LOWER):
            yield statement
    elif value.type == "conditional_expression":
        sides = (value.child_by_field_name("consequence"), value.child_by_field_name("alternative"))
        inner = [strip(side) for side in sides if side is not None]
        if any(_UPPER.match(text(side)) for side in inner):
            yield statement
            return
        for side in inner:
            if side.type == "conditional_expression":
                yield from _values(statement, side)
    elif _UPPER.match(text(value)) and _picked(statement):
        yield statement


def _picked(statement: Node) -> bool:
    """Does a statement stand below `case 2:` or `if (level == 2)`?"""
    above = statement.parent
    while above is not None and above.type != "function_definition":
        if above.type == "case_statement":
            value = above.child_by_field_name("value")
            return value is not None and bool(_CODED.match(text(value)))
        if above.type == "if_statement":
            condition = above.child_by_field_name("condition")
            test = strip(condition) if condition is not None else None
            right = test.child_by_field_name("right") if test is not None else None
            return right is not None and bool(_CODED.match(text(strip(right))))
        above = above.parent
    return False
