"""`switch`: finds the label, then runs the body from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import expressions, objects, statements
from linter.witness.signals import BREAK, Signal

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.run import Run
    from linter.witness.value import Unknown, Value


def switch(run: Run, node: Node, seek: Node | None) -> Signal | None:
    body = objects.child(node, "body")
    if seek is None:
        value = run.evaluate(objects.child(node, "condition"))
        seek = _case(run, body, value)
        if seek is None:
            return None
    signal = statements.execute(run, body, seek)
    return None if signal is BREAK else signal


def _case(run: Run, body: Node, value: Value | Unknown) -> Node | None:
    """The `case` that the value selects, `default` if none does."""
    default = None
    for label in _cases(body):
        constant = label.child_by_field_name("value")
        if constant is None:
            default = label
        elif _selected(run, constant, value):
            return label
    return default


def _cases(body: Node) -> list[Node]:
    """The case labels of a switch, not those of one inside it."""
    found, todo = [], list(reversed(body.named_children))
    while todo:
        node = todo.pop()
        if node.type == "case_statement":
            found.append(node)
        if node.type != "switch_statement" and not node.type.endswith("_expression"):
            todo.extend(reversed(node.named_children))
    return found


def _selected(run: Run, constant: Node, value: Value | Unknown) -> bool:
    run.step()
    if _is_range(run, constant):
        low = run.evaluate(objects.child(constant, "left"))
        high = run.evaluate(objects.child(constant, "right"))
        return run.truth(expressions.apply(run, ">=", value, low)) and run.truth(
            expressions.apply(run, "<=", value, high)
        )
    return run.truth(expressions.apply(run, "==", value, run.evaluate(constant)))


def _is_range(run: Run, constant: Node) -> bool:
    """Was it `1 ... 3`?  The dialect has put `||` there."""
    operator = constant.child_by_field_name("operator")
    if operator is None or operator.type != "||":
        return False
    changes = run.frame.context.unit.changes
    return any(c.kind == "range" and c.start < operator.end_byte <= c.end for c in changes)
