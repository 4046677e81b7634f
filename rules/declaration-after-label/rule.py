"""declaration-after-label: `case X: int y;`, which older compilers do not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import insert_before, replace
from linter.source.expr import declared, text
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.amend import Amendment
    from linter.source.unit import Unit

SEVERITY = "error"
CATALOGUE = ("CASE-DECL",)
WORDS = (RMI, ("case ", "default:", "goto "))
NEEDS = LINE
TITLE = "a declaration stands directly behind a label"
WHY = (
    "A label needs a statement behind it, and before C23 a declaration is none: GCC up to 10, "
    "which the kernel supports, stops with an error."
)
FIX = "Put the case into braces."
EVIDENCE = ("Andre Przywara on [PATCH v9 15/43]: a local in `case RMI_ERROR_RTT:`; braces in v10",)

_JUMPS = frozenset({"break_statement", "continue_statement", "goto_statement", "return_statement"})
_WORD = regex(r"\w+")
_TAIL = regex(r"\s*(?:/\*.*)?")


def check(unit: Unit) -> Iterator[Finding]:
    for node in unit.nodes("case_statement", "labeled_statement"):
        declaration = _first(node)
        if declaration is not None:
            found = unit.finding(
                declaration,
                f"this declaration stands directly behind `{_label(node)}`: GCC before 11 takes "
                "it for an error",
                edits=_braces(unit, node) if node.type == "case_statement" else _empty(node),
            )
            function = unit.function_at(found.line)
            if function is None:
                found.edits = ()  # the end of the case may be out of sight
            found.function = function.name if function is not None else ""
            yield found


def _first(node: Node) -> Node | None:
    """What stands behind the label, if it is a declaration."""
    at = next((n for n, c in enumerate(node.children) if c.type == ":"), None)
    rest = [c for c in node.children[at + 1 :] if c.type != "comment"] if at is not None else []
    return rest[0] if rest and rest[0].type == "declaration" else None


def _label(node: Node) -> str:
    return " ".join(text(node).split(":")[0].split()) + ":"


def _empty(label: Node) -> Iterator[Amendment]:
    """`out:;`"""
    yield from (replace(c, ":;") for c in label.children[:2] if c.type == ":")


def _braces(unit: Unit, case: Node) -> list[Amendment]:
    """`case X: {` and `}`, if nothing behind needs what is declared and the way ends inside."""
    colon = next(c for c in case.children if c.type == ":")
    last, after = case.children[-1], case.next_sibling
    rest = unit.line_text(colon.end_point[0]).encode()[colon.end_point[1] :].decode()
    if last.type not in _JUMPS or after is None or not _TAIL.fullmatch(rest):
        return []
    if after.start_point[0] != last.end_point[0] + 1:
        return []  # the brace would stand behind a comment or an empty line
    names = {
        declared(declarator)[0]
        for child in case.named_children
        if child.type == "declaration"
        for declarator in child.children_by_field_name("declarator")
    }
    while after is not None and after.type != "}":
        if names & set(_WORD.findall(text(after))):
            return []
        after = after.next_sibling
    return [replace(colon, ": {"), insert_before(case.next_sibling or case, "}")]
