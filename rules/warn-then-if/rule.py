"""warn-then-if: WARN_ON(x), and in the next line `if (x)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.amend import remove, replace
from linter.source.expr import constant, effects, squeeze, strip, text
from rules.registry import PART, RMI
from rules.uses import reads_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("WARN-THEN-IF",)
WORDS = (RMI, ("WARN",), ("if",))
NEEDS = PART
TITLE = "WARN_ON(x) is followed by `if (x)`"
WHY = "WARN_ON() gives its condition back. Two tests of one thing drift apart with the next change."
FIX = "if (WARN_ON(x)) ..."
EVIDENCE = ("Gavin Shan on the v6 series: realm_map_protected(), twice; changed in v7",)


def check(function: Function) -> Iterator[Finding]:
    for warn in function.facts.warns():
        statement = warn.point.node
        if statement is None or len(warn.call.args) != 1 or not warn.name.startswith("WARN_ON"):
            continue
        after = statement.next_named_sibling
        while after is not None and after.type == "comment":
            after = after.next_named_sibling
        if after is None or after.type != "if_statement":
            continue
        condition = after.child_by_field_name("condition")
        asked = warn.call.args[0]
        if condition is None or _calls(asked) or _truth(condition) != _truth(asked):
            continue
        said = " ".join(text(asked).split())
        yield function.finding(
            statement,
            f"{warn.name}({said}) is followed by an `if` on the same: one "
            f"`if ({warn.name}({said}))` does both",
            related=[function.place(after, "the second test")],
            edits=[
                remove(statement),
                replace(condition, f"({warn.name}({function.unit.original(asked)}))"),
            ],
        )


def _calls(node: Node) -> bool:
    """`WARN_ON(f())`, `if (f())`: two calls are no two tests of one value."""
    return any(not reads_only(call.name) for call in effects(node).calls)


def _truth(node: Node) -> str:
    """A condition in one spelling: `x` for `x != 0`, `x != NULL`."""
    node = strip(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = text(node.child_by_field_name("operator"))
    if (
        left is not None
        and right is not None
        and operator in ("!=", "==")
        and constant(right) == "0"
    ):
        inner = _truth(left)
        return inner if operator == "!=" else f"!{inner}"
    argument = node.child_by_field_name("argument")
    if operator == "!" and argument is not None:
        return f"!{_truth(argument)}"
    return squeeze(node)
