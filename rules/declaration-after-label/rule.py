"""declaration-after-label: `case X: int y;`, which older compilers do not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import text
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
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


def check(unit: Unit) -> Iterator[Finding]:
    for node in unit.nodes("case_statement", "labeled_statement"):
        declaration = _first(node)
        if declaration is not None:
            found = unit.finding(
                declaration,
                f"this declaration stands directly behind `{_label(node)}`: GCC before 11 takes "
                "it for an error",
            )
            function = unit.function_at(found.line)
            found.function = function.name if function is not None else ""
            yield found


def _first(node: Node) -> Node | None:
    """What stands behind the label, if it is a declaration."""
    at = next((n for n, c in enumerate(node.children) if c.type == ":"), None)
    rest = [c for c in node.children[at + 1 :] if c.type != "comment"] if at is not None else []
    return rest[0] if rest and rest[0].type == "declaration" else None


def _label(node: Node) -> str:
    return " ".join(text(node).split(":")[0].split()) + ":"
