"""late-cleanup-variable: a `__free()` variable begins as NULL and is set somewhere below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import remove, replace
from linter.source.expr import constant, text
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.amend import Amendment
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

_NULL = regex(r"=\s*NULL\s*;$")
_WORD = regex(r"\w+")
_COLUMNS = 80


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
        edits=_moved(function, name, declaration, found),
    )


def _moved(function: Function, name: str, declaration: Node, found: At) -> list[Amendment]:
    """The declaration in the place of the assignment, where no jump can miss it."""
    node, value = found.point.node, found.definition.value
    statement = node.parent if node is not None and node.type.endswith("expression") else node
    block = declaration.parent
    if statement is None or value is None or block is None or block.type != "compound_statement":
        return []
    if not _is_plain(statement, name) or (block.parent and block.parent.type == "switch_statement"):
        return []
    for jump in function.unit.nodes("goto_statement", "labeled_statement"):
        if function.node.start_byte < jump.start_byte < statement.start_byte:
            return []
    for child in block.named_children:
        between = declaration.end_byte <= child.start_byte < statement.start_byte
        if between and name in _WORD.findall(text(child)):
            return []
    head, ends = _NULL.subn("", function.unit.original(declaration))
    given = function.unit.original(value)
    if not ends or "," in head or "\n" in head + given:
        return []
    width = 8 * declaration.start_point[1] + len(f"{head}= {given};")
    return [
        remove(declaration, comment=True),
        replace(statement, f"{head}=" + ("\n\t" if width > _COLUMNS else " ") + f"{given};"),
    ]


def _is_plain(statement: Node, name: str) -> bool:
    """`name = value;` and nothing else."""
    inner = statement.named_children[0] if statement.type == "expression_statement" else None
    return (
        inner is not None
        and inner.type == "assignment_expression"
        and text(inner.child_by_field_name("left")) == name
        and text(inner.child_by_field_name("operator")) == "="
    )
