"""dead-code: a statement that can never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import remove
from linter.source.expr import squeeze, strip, text
from linter.source.nodes import NORETURN, callee
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.amend import Amendment
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("C-DEADCODE",)
WORDS = (RMI, ("break", "return", "goto", "continue", "switch"))
NEEDS = FUNCTION
TITLE = "a statement that can never run"
WHY = (
    "Left over from an older version, it tells the reader of an error path that does not exist; "
    "and where the case cannot happen in this configuration the compiler could have said so."
)
FIX = "Drop the statement, or the jump before it; for a constant use BUILD_BUG() in the default."
EVIDENCE = (
    "Steven Price, the author, on [PATCH v12 17/46]: a return behind a break, dropped in v14",
    "review of [PATCH v14 08/44]: the default of switch (PAGE_SIZE) cannot happen: BUILD_BUG()",
)

_JUMPS = {
    "break_statement": "break",
    "continue_statement": "continue",
    "goto_statement": "goto",
    "return_statement": "return",
}
_FIXED = regex(r"^(?:PAGE_S(?:IZE|HIFT)|CONFIG_\w+)$")
_BUILD = regex(rb"\b(?:BUILD_BUG|compiletime_assert|static_assert|unreachable)\b")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.flow.points:
        if point.kind == "switch":
            yield from _constant_switch(function, point)
        elif point not in facts.live and not point.preds and point.node is not None:
            yield from _behind_jump(function, point.node)


def _behind_jump(function: Function, node: Node) -> Iterator[Finding]:
    """`break; return -EINVAL;`, but not the `break` that every case ends with."""
    statement = _statement(node)
    before = statement.prev_named_sibling
    while before is not None and before.type == "comment":
        before = before.prev_named_sibling
    jump = _JUMPS.get(before.type, "") if before is not None else ""
    if before is None or not jump or statement.type == "break_statement":
        return
    if before.next_sibling is None or before.end_byte > statement.start_byte:
        return
    if _may_be_reached(function, before, statement):
        return
    yield function.finding(
        statement,
        f"this never runs: the `{jump}` in line {function.line(before)} leaves before it",
        related=[function.place(before, "here the way ends")],
        edits=_left_over(statement, before),
    )


def _may_be_reached(function: Function, jump: Node, statement: Node) -> bool:
    """Has it a label, or stands an #if between the jump and it?

    An `asm goto`, a macro or another configuration may name a label.
    """
    if statement.type == "labeled_statement" or statement.type.startswith("preproc_"):
        return True
    return any(
        change.kind in ("directive", "branch")
        and jump.end_byte <= change.start <= statement.start_byte
        for change in function.unit.changes
    )


def _left_over(statement: Node, before: Node) -> Iterator[Amendment]:
    """A jump behind the jump.  Of anything else it may be the jump that is wrong."""
    after = statement.next_named_sibling
    alone = after is None or after.type in ("case_statement", "labeled_statement")
    plain = statement.type in ("return_statement", "continue_statement")  # no label loses its goto
    if plain and statement.prev_named_sibling == before and alone:
        yield remove(statement, comment=True)


def _statement(node: Node) -> Node:
    """The statement that a point is the first step of."""
    above = node.parent
    while above is not None and above.start_byte <= node.start_byte:
        if not node.type.endswith("statement") or above.type in ("if_statement", "while_statement"):
            if above.type in ("compound_statement", "case_statement"):
                break
            node, above = above, above.parent
            continue
        break
    return node


def _constant_switch(function: Function, point: Point) -> Iterator[Finding]:
    """switch (PAGE_SIZE): which case it is was known when this was compiled."""
    name = squeeze(strip(point.node)) if point.node is not None else ""
    if not _FIXED.match(name):
        return
    statement = point.node.parent if point.node is not None else None
    body = statement.child_by_field_name("body") if statement is not None else None
    for case in body.named_children if body is not None else []:
        if case.type != "case_statement" or case.child_by_field_name("value") is not None:
            continue
        steps = [c for c in case.named_children if c.type != "comment"]
        if not steps or _BUILD.search(case.text or b"") or not _is_error(steps):
            continue
        yield function.finding(
            steps[0],
            f"this can be known when the kernel is built: {name} is a constant, so the default is "
            "either never reached or always",
            related=[function.place(case, "BUILD_BUG() here would say so")],
        )


def _is_error(steps: list[Node]) -> bool:
    """Does the default complain or give up?  One with a use of its own is none of ours."""
    last = steps[-1]
    if last.type == "return_statement":
        return "-E" in text(last)
    calls = [s.named_children[0] for s in steps if s.type == "expression_statement"]
    return any(
        c.type == "call_expression" and (callee(c).startswith("WARN") or callee(c) in NORETURN)
        for c in calls
    )
