"""Statements in a row, the scopes around them, and jumps into and out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import text
from linter.witness import declare, statements
from linter.witness.ctype import Record
from linter.witness.outcome import Stop
from linter.witness.value import Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.frame import Scope
    from linter.witness.run import Run
    from linter.witness.signals import Signal


def leave(run: Run, scope: Scope) -> None:
    """The scope's variables are gone."""
    for made in scope.objects:
        run.memory.leave(made)
    run.frame.scopes.pop()


def run_endings(scope: Scope, start: int) -> None:
    """Runs what waits for the end of what was declared from offset `start` on, last first."""
    while scope.endings and scope.endings[-1][0] >= start:
        scope.endings.pop()[1]()


def outlive(run: Run, signal: Signal) -> Signal:
    """A struct that is returned is copied to the caller's scope."""
    value = signal.value
    if value is None or not isinstance(value.ctype, Record) or isinstance(value, Unknown):
        return signal
    size = run.types.size(value.ctype)
    made = run.memory.local(size, "a returned struct", where=str(run.place))
    run.memory.copy(made.base, value.bits, size)
    outer = run.frames[-2] if len(run.frames) > 1 else run.frame
    if len(run.frame.scopes) > 2:
        outer = run.frame
        run.frame.scopes[-2].objects.append(made)
    elif outer.scopes:
        outer.scopes[-1].objects.append(made)
    return signal._replace(value=Value(value.ctype, made.base))


def sequence(run: Run, node: Node, children: list[Node], seek: Node | None) -> Signal | None:
    """Statements in a row; a `goto` to one of them goes on there."""
    at = 0
    if seek is not None:
        at = _holding(children, seek)
        skip_to(run, children[:at])
    while True:
        signal = None
        for one in children[at:]:
            inside = seek if seek is not None and seek != one else None
            signal = statements.execute(run, one, inside)
            seek = None
            if signal is not None:
                break
        if signal is None or signal.kind != "goto":
            return signal
        target = _label(node, signal.label)
        if target is None:
            return signal
        run.step()
        run_endings(run.frame.scopes[-1], target.start_byte)
        at, seek = _holding(children, target), target


def _holding(children: list[Node], node: Node) -> int:
    for at, one in enumerate(children):
        if one.start_byte <= node.start_byte and node.end_byte <= one.end_byte:
            return at
    raise Stop("a jump to a place that was not found")


def skip_to(run: Run, children: list[Node]) -> None:
    """Declarations that are jumped over are in scope, without a value."""
    for one in children:
        if one.type == "declaration":
            for declarator in one.children_by_field_name("declarator"):
                declare.one(run, one, declarator, skipped=True)


def _label(node: Node, label: str) -> Node | None:
    """The labelled statement inside a node."""
    todo = [node]
    while todo:
        at = todo.pop()
        if at.type == "labeled_statement" and text(at.child_by_field_name("label")) == label:
            return at
        todo.extend(c for c in at.named_children if not c.type.endswith("_expression"))
    return None
