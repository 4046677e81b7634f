"""late-cleanup-variable: a `__free()` variable begins as NULL and is set somewhere below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import constant
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import At, Facts
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("C-CLEANUP-NULL",)
WORDS = (RMI, ("NULL",))
NEEDS = FUNCTION
TITLE = "a __free() variable is declared as NULL and set further down"
WHY = (
    "linux/cleanup.h asks for one definition: what is freed, and how, is then read in one place, "
    "and the order of the clean-ups is the order of what was got."
)
FIX = "Declare it where it is set: struct page *p __free(page) = alloc_page(...);"
EVIDENCE = ("review of [PATCH v14 08/44], agreed for three places; include/linux/cleanup.h",)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        for definition in facts.effects(point).defs:
            if (
                definition.how == "init"
                and definition.value is not None
                and constant(definition.value) == "0"
                and point.node is not None
                and _freed_by_scope(function, point.node)
            ):
                found = _only_assignment(facts, definition.name, point.node)
                if found is not None and found.point.node is not None:
                    yield _finding(function, facts, definition.name, point.node, found)


def _freed_by_scope(function: Function, node: Node) -> bool:
    return any(node.start_byte <= at < node.end_byte for at in function.unit.cleanups)


def _only_assignment(facts: Facts, name: str, declaration: Node) -> At | None:
    """The one place that sets the variable, if it stands in the block of the declaration."""
    found = [at for at in facts.defs(name) if at.point.node != declaration]
    if len(found) != 1 or found[0].definition.how != "assign":
        return None
    statement = found[0].point.node
    while statement is not None and statement.type != "expression_statement":
        if statement.type != "assignment_expression" and not statement.type.endswith("expression"):
            return None
        statement = statement.parent
    same = statement is not None and statement.parent == declaration.parent
    return found[0] if same else None


def _finding(function: Function, facts: Facts, name: str, declaration: Node, found: At) -> Finding:
    node = found.point.node
    assert node is not None
    line = function.line(node)
    jumps = [
        p
        for p in facts.points
        if p.kind == "goto"
        and p.node is not None
        and p.node.type == "goto_statement"
        and declaration.start_byte < p.node.start_byte < node.start_byte
    ]
    more = (
        f"; the goto in line {function.line(jumps[0].node)} must not jump over it then"
        if jumps and jumps[0].node is not None
        else ""
    )
    return function.finding(
        declaration,
        f"`{name}` is NULL until line {line} sets it, once and always: declare it there, with what "
        f"it is to free{more}",
        related=[function.place(node, "declare it here")],
    )
