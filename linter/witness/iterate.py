"""`for_each_x(...)`: a macro of the patch is expanded around the body, others the kernel runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import blocks, expand, loops, objects, signals, statements
from linter.witness.outcome import Stop
from linter.witness.vocabulary import CallSite

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.run import Run
    from linter.witness.signals import Signal


def operands(node: Node) -> list[Node]:
    """What stands between the commas."""
    if node.type != "comma_expression":
        return [node]
    left, right = objects.child(node, "left"), objects.child(node, "right")
    return [*operands(left), *operands(right)]


def name(run: Run, node: Node) -> str:
    """The macro that the dialect made this `while` of, '' if it is one of the patch."""
    unit = run.frame.context.unit
    if node.start_byte + len(b"while (") not in unit.iterators:
        return ""
    for change in unit.changes:
        if change.kind == "loop" and change.start == node.start_byte:
            return change.name
    return ""


def run_loop(run: Run, node: Node, macro: str, body: Node) -> Signal | None:
    question = objects.child(node, "condition")
    unit = run.frame.context.unit
    raw = tuple(operands(objects.inner(question)[0])[1:])
    texts = _texts(run, node, question)
    found = run.world.define(macro)
    if found is not None and found[1].params is not None:
        source = expand.expansion(expand.template(*found), texts)
        run.step()
        snippet = run.parse(f"{source} {{ {signals.BODY}(); }}")
        run.frame.bodies.append((body, run.frame.context))
        try:
            with run.expansion(macro, snippet):
                around = snippet.unit.functions[0].node
                return blocks.sequence(run, around, snippet.statements, None)
        finally:
            run.frame.bodies.pop()
    entry = run.kernel.loop(macro)
    if entry is None:
        raise Stop(f"{macro}() is not known")
    line = run.frame.at(node)
    site = CallSite(macro, node, unit, run.frame.path, line, (), raw, tuple(texts))
    with loops.looping(run) as loop:
        for _ in entry(run, site):
            run.round(loop)
            signal = statements.execute(run, body)
            if signal is not None and signal is not signals.CONTINUE:
                return None if signal is signals.BREAK else signal
    return None


def _texts(run: Run, node: Node, question: Node) -> list[str]:
    """The arguments as written: behind the parenthesis of the macro's name."""
    unit = run.frame.context.unit
    source = unit.source[node.start_byte - unit.lead : question.end_byte - unit.lead]
    text = source.decode("utf-8", "surrogateescape")
    opening = text.find("(")
    return [a for a in expand.arguments(text[opening:]) if a] if opening >= 0 else []


def body(run: Run) -> Signal | None:
    """The body of the loop around, where the expansion of its macro has it."""
    if not run.frame.bodies:
        raise Stop("a loop's body outside of its loop")
    node, context = run.frame.bodies.pop()
    expanding, run.expanding = run.expanding, []
    try:
        with run.frame.within(context):
            return statements.execute(run, node)
    finally:
        run.expanding = expanding
        run.frame.bodies.append((node, context))
