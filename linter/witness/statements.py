"""Runs C statements: one function a kind of node.

`execute` gives None where the next statement follows, else a `Signal`.  With
`seek` it does not begin at the beginning but at a node inside: that is how
`goto` and `case` get into the middle of a block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import text
from linter.source.nodes import SCOPE, callee
from linter.witness import blocks, calls, declare, expressions, iterate, loops, objects, switch
from linter.witness.ctype import VOID, CType, Record, Void
from linter.witness.frame import Scope
from linter.witness.outcome import Stop
from linter.witness.signals import BODY, BREAK, CONTINUE, Jump, Signal
from linter.witness.value import Unknown, Value, convert

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from linter.witness.run import Run


def run_body(run: Run, body: Node, result: CType, name: str) -> Value | Unknown:
    """The body of a function; gives what it returns."""
    signal = execute(run, body)
    if signal is None or signal.value is None:
        if isinstance(result, Void):
            return Value(VOID, 0)
        if signal is not None and signal.kind != "return":
            raise Stop(f"{signal.kind} {signal.label} leads nowhere")
        return run.unknown(result, f"what {name}() returns without a return")
    return Value(VOID, 0) if isinstance(result, Void) else convert(signal.value, result)


def execute(run: Run, node: Node, seek: Node | None = None) -> Signal | None:
    """Runs one statement, or what of it comes from `seek` on."""
    handler = _HANDLERS.get(node.type)
    if handler is None:
        if node.type.endswith("_expression") or node.type == "identifier":
            handler = _lone
        else:
            raise Stop(f"{node.type} is not supported")
    if seek is None and node.type not in _SILENT:
        frame = run.frame
        frame.line = frame.at(node)
        run.step()
        run.executed[frame.path, frame.line] += 1
        if run.on_line is not None:
            run.on_line(run, run.place)
    try:
        return handler(run, node, seek)
    except Jump as jump:
        return jump.signal


# -- blocks ------------------------------------------------------------------


def _compound(run: Run, node: Node, seek: Node | None) -> Signal | None:
    scope = Scope()
    frame = run.frame
    frame.scopes.append(scope)
    try:
        signal = blocks.sequence(run, node, node.named_children, seek)
        if signal is not None and signal.kind == "return" and scope.objects:
            signal = blocks.outlive(run, signal)
        blocks.run_endings(scope, 0)
    except Jump:
        blocks.run_endings(scope, 0)
        blocks.leave(run, scope)
        raise
    blocks.leave(run, scope)
    return signal


def statement_expression(run: Run, block: Node) -> Value | Unknown:
    """`({ ...; x; })`: the value of the last statement."""
    statements = [c for c in block.named_children if c.type != "comment"]
    scope = Scope()
    frame = run.frame
    frame.scopes.append(scope)
    value: Value | Unknown = Value(VOID, 0)
    last = statements[-1] if statements else None
    signal = None
    if last is not None and last.type == "expression_statement" and last.named_children:
        signal = blocks.sequence(run, block, statements[:-1], None)
        if signal is None:
            run.step()
            frame.line = frame.at(last)
            value = run.evaluate(last.named_children[0])
    else:
        signal = blocks.sequence(run, block, statements, None)
    if isinstance(value.ctype, Record) and isinstance(value, Value):
        value = blocks.outlive(run, Signal("return", value)).value or value
    blocks.run_endings(scope, 0)
    blocks.leave(run, scope)
    if signal is not None:
        raise Jump(signal)
    return value


# -- simple statements -------------------------------------------------------


def _expression(run: Run, node: Node, seek: Node | None) -> Signal | None:
    for one in node.named_children:
        if one.type != "comment":
            return _lone(run, one, None)
    return None


def _lone(run: Run, node: Node, seek: Node | None) -> Signal | None:
    if node.type == "call_expression":
        name = callee(node)
        if name == BODY:
            return iterate.body(run)
        if name and run.world.function(name) is None:
            snippet = calls.macro(run, node, name)
            if snippet is not None and snippet.value is None:
                with run.expansion(name, snippet):
                    return _statements(run, snippet.statements)
    run.evaluate(node)
    return None


def block_of(run: Run, nodes: list[Node]) -> Signal | None:
    """Statements with a scope of their own."""
    run.frame.scopes.append(scope := Scope())
    signal = _statements(run, nodes)
    blocks.run_endings(scope, 0)
    blocks.leave(run, scope)
    return signal


def _statements(run: Run, nodes: list[Node]) -> Signal | None:
    """Statements of a macro: what they declare is in the scope around the call."""
    parent = nodes[0].parent if nodes else None
    return blocks.sequence(run, parent, nodes, None) if parent is not None else None


def _declaration(run: Run, node: Node, seek: Node | None) -> Signal | None:
    declare.declaration(run, node)
    return None


def _return(run: Run, node: Node, seek: Node | None) -> Signal | None:
    parts = objects.inner(node)
    if not parts:
        return Signal("return", Value(VOID, 0))
    value = run.evaluate(parts[0])
    return Signal("return", value)


def _goto(run: Run, node: Node, seek: Node | None) -> Signal | None:
    return Signal("goto", None, text(objects.child(node, "label")))


def _labeled(run: Run, node: Node, seek: Node | None) -> Signal | None:
    label = objects.child(node, "label")
    return blocks.sequence(run, node, [c for c in node.named_children if c != label], seek)


def _if(run: Run, node: Node, seek: Node | None) -> Signal | None:
    then = objects.child(node, "consequence")
    other = node.child_by_field_name("alternative")
    if seek is not None:
        for branch in (then, other):
            if branch is not None and _inside(seek, branch):
                return execute(run, branch, seek if seek != branch else None)
    question = objects.child(node, "condition")
    guarded = _scope_guard(question)
    if guarded is not None:
        return _scoped(run, guarded, then)
    if expressions.condition(run, question):
        return execute(run, then)
    return execute(run, other) if other is not None else None


def _scope_guard(question: Node) -> list[Node] | None:
    parts = objects.inner(question)
    if len(parts) == 1 and (parts[0].text or b"").startswith(SCOPE):
        return iterate.operands(parts[0])
    return None


def _scoped(run: Run, operands: list[Node], body: Node) -> Signal | None:
    """`scoped_guard(mutex, &lock) body`."""
    if len(operands) < 2:
        raise Stop("a scope without a lock")
    kind = text(operands[1])
    ending = run.kernel.enter(run, kind, tuple(operands[2:]))
    if ending is None:
        raise Stop(f"scoped_guard({kind}) is not known")
    try:
        signal = execute(run, body)
    except Jump:
        ending()
        raise
    ending()
    return _loop_signal(signal)


def _loop_signal(signal: Signal | None) -> Signal | None:
    """scoped_guard() is a `for` loop: `break` and `continue` only leave it."""
    return None if signal in (BREAK, CONTINUE) else signal


def _else(run: Run, node: Node, seek: Node | None) -> Signal | None:
    return blocks.sequence(run, node, objects.inner(node), seek)


def _inside(node: Node, around: Node) -> bool:
    return around.start_byte <= node.start_byte and node.end_byte <= around.end_byte


def _case_statement(run: Run, node: Node, seek: Node | None) -> Signal | None:
    constant = node.child_by_field_name("value")
    inner = [c for c in node.named_children if c != constant]
    return blocks.sequence(run, node, inner, seek)


def _nothing(run: Run, node: Node, seek: Node | None) -> Signal | None:
    return None


def _attributed(run: Run, node: Node, seek: Node | None) -> Signal | None:
    inner = [c for c in node.named_children if c.type != "attribute_declaration"]
    return blocks.sequence(run, node, inner, seek)


def _ifdef(run: Run, node: Node, seek: Node | None) -> Signal | None:
    """`#ifdef` in a body: what is configured the kernel has to know."""
    name = text(node.child_by_field_name("name"))
    if not name or node.type != "preproc_ifdef":
        raise Stop("`#if` inside a function is not supported")
    known = run.world.define(name) is not None or bool(run.kernel.constant(name))
    if not known and name.startswith("CONFIG_") and run.kernel.constant(name) is None:
        raise Stop(f"whether {name} is set is not known")
    wanted = known == (text(node.children[0]) == "#ifdef")
    alternative = node.child_by_field_name("alternative")
    head = node.child_by_field_name("name")
    if wanted:
        inner = [c for c in node.named_children if c not in (head, alternative)]
        return blocks.sequence(run, node, inner, seek)
    if alternative is None:
        return None
    return blocks.sequence(run, alternative, alternative.named_children, seek)


_SILENT = frozenset({"comment", "compound_statement", "else_clause", "case_statement"})
_HANDLERS: dict[str, Callable[[Run, Node, Node | None], Signal | None]] = {
    "attributed_statement": _attributed,
    "break_statement": lambda *_: BREAK,
    "case_statement": _case_statement,
    "comment": _nothing,
    "compound_statement": _compound,
    "continue_statement": lambda *_: CONTINUE,
    "declaration": _declaration,
    "do_statement": lambda *a: loops.do(*a),
    "else_clause": _else,
    "expression_statement": _expression,
    "for_statement": lambda *a: loops.for_(*a),
    "goto_statement": _goto,
    "if_statement": _if,
    "labeled_statement": _labeled,
    "preproc_ifdef": _ifdef,
    "return_statement": _return,
    "switch_statement": lambda *a: switch.switch(*a),
    "while_statement": lambda *a: loops.while_(*a),
    "preproc_def": _nothing,
    "preproc_function_def": _nothing,
    "preproc_call": _nothing,
    "struct_specifier": _nothing,
    "union_specifier": _nothing,
    "enum_specifier": _nothing,
    "type_definition": _nothing,
}
