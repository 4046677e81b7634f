"""`while`, `do`, `for`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from linter.witness import blocks, declare, expressions, iterate, objects, statements
from linter.witness.frame import Loop, Scope
from linter.witness.outcome import Stop
from linter.witness.signals import BREAK, CONTINUE, Jump, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from linter.witness.run import Run


def while_(run: Run, node: Node, seek: Node | None) -> Signal | None:
    question, body = objects.child(node, "condition"), objects.child(node, "body")
    named = iterate.name(run, node)
    if named:
        if seek is not None:
            raise Stop(f"a jump into {named}()")
        return iterate.run_loop(run, node, named, body)

    def more() -> bool:
        return expressions.condition(run, question)

    return _loop(run, node, body, more, None, seek, first=True)


def do(run: Run, node: Node, seek: Node | None) -> Signal | None:
    question, body = objects.child(node, "condition"), objects.child(node, "body")
    return _loop(
        run, node, body, lambda: expressions.condition(run, question), None, seek, first=False
    )


def for_(run: Run, node: Node, seek: Node | None) -> Signal | None:
    body = objects.child(node, "body")
    start = node.child_by_field_name("initializer")
    question = node.child_by_field_name("condition")
    update = node.child_by_field_name("update")
    scope = Scope()
    run.frame.scopes.append(scope)
    if start is not None and seek is None:
        if start.type == "declaration":
            declare.declaration(run, start)
        else:
            run.evaluate(start)

    def more() -> bool:
        return question is None or expressions.condition(run, question)

    def after() -> None:
        if update is not None:
            run.evaluate(update)

    try:
        signal = _loop(run, node, body, more, after, seek, first=True)
        blocks.run_endings(scope, 0)
    except Jump:
        blocks.leave(run, scope)
        raise
    blocks.leave(run, scope)
    return signal


def _loop(
    run: Run,
    node: Node,
    body: Node,
    more: Callable[[], bool],
    after: Callable[[], None] | None,
    seek: Node | None,
    *,
    first: bool,
) -> Signal | None:
    with looping(run) as loop:
        signal = _rounds(run, loop, node, body, more, after, seek, asked=first and seek is None)
    return None if signal is BREAK else signal


@contextmanager
def looping(run: Run) -> Iterator[Loop]:
    """A loop that runs; after a Halt it stays, for the report to look at."""
    frame = run.frame
    frame.loops.append(loop := Loop(run.place))
    try:
        yield loop
    except Jump:
        frame.loops.pop()
        raise
    frame.loops.pop()


def _rounds(
    run: Run,
    loop: Loop,
    node: Node,
    body: Node,
    more: Callable[[], bool],
    after: Callable[[], None] | None,
    seek: Node | None,
    *,
    asked: bool,
) -> Signal | None:
    frame = run.frame
    while True:
        if asked:
            frame.line = frame.at(node)
            if not more():
                return None
        asked = True
        run.round(loop)
        signal = statements.execute(run, body, seek if seek is not None and seek != body else None)
        seek = None
        if signal is not None and signal is not CONTINUE:
            return signal
        if after is not None:
            frame.line = frame.at(node)
            after()
