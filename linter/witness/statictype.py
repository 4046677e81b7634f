"""The type of an expression that is not evaluated: `sizeof(x)`, `typeof(x)`, `a ? b : c`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import squeeze, text
from linter.source.nodes import arguments, callee, unwrap
from linter.witness import blocks, calls, expand, expressions, objects
from linter.witness.ctype import (
    INT,
    LONG,
    ULONG,
    VOID,
    Array,
    CType,
    Function,
    Opaque,
    Pointer,
    Record,
    common,
    promote,
    spell,
)
from linter.witness.frame import Scope
from linter.witness.layout import decayed
from linter.witness.outcome import Stop
from linter.witness.value import COMPARISONS, arithmetic

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.run import Run

_LITERALS = ("number_literal", "char_literal", "true", "false", "null")


def type_of(run: Run, node: Node) -> CType:
    """The type before decay: an array stays one."""
    node = unwrap(node)
    child = objects.child
    match node.type:
        case "identifier":
            return _name(run, node)
        case "string_literal" | "concatenated_string":
            return objects.locate(run, node).ctype
        case "sizeof_expression" | "alignof_expression" | "offsetof_expression":
            return ULONG
        case "cast_expression" | "compound_literal_expression":
            return run.types.descriptor(child(node, "type"), run.frame.context.unit)
        case "field_expression":
            return _member(run, node)
        case "subscript_expression":
            return _pointee(type_of(run, child(node, "argument")), node)
        case "pointer_expression":
            target = type_of(run, child(node, "argument"))
            if text(node.child_by_field_name("operator")) == "&":
                return Pointer(target)
            return _pointee(target, node)
        case "unary_expression":
            if text(child(node, "operator")) == "!":
                return INT
            return promote(arithmetic(type_of(run, child(node, "argument"))))
        case "update_expression":
            return type_of(run, child(node, "argument"))
        case "assignment_expression":
            return type_of(run, child(node, "left"))
        case "comma_expression":
            return type_of(run, child(node, "right"))
        case "binary_expression":
            return _binary(run, node)
        case "conditional_expression":
            first = node.child_by_field_name("consequence") or child(node, "condition")
            one = decayed(type_of(run, first))
            other = decayed(type_of(run, child(node, "alternative")))
            if isinstance(one, (Pointer, Record)):
                return one
            if isinstance(other, (Pointer, Record)):
                return other
            return common(arithmetic(one), arithmetic(other))
        case "call_expression":
            return _call(run, node)
        case kind if kind in _LITERALS:
            return run.evaluate(node).ctype
        case "parenthesized_expression":  # a statement expression
            return _last(run, node)
    raise Stop(f"the type of `{squeeze(node)[:60]}` is not known")


def _name(run: Run, node: Node) -> CType:
    var = run.variable(text(node))
    if var is not None:
        return var.ctype
    found = run.world.define(text(node))
    if found is None or found[1].params is not None:
        return run.evaluate(node).ctype
    snippet = run.parse(expand.template(*found).body + "\n;")
    if snippet.value is None or text(node) in run.expanding:
        raise Stop(f"the type of `{text(node)}` is not known")
    with run.expansion(text(node), snippet):
        return type_of(run, snippet.value)


def _member(run: Run, node: Node) -> CType:
    base = type_of(run, objects.child(node, "argument"))
    if text(node.child_by_field_name("operator")) == "->":
        base = _pointee(base, node)
    if isinstance(base, Opaque):
        base = run.types.opaque(base)
    if not isinstance(base, Record):
        raise Stop(f"`{squeeze(node)[:60]}`: {spell(base)} has no fields")
    return run.types.field(base, text(objects.child(node, "field"))).ctype


def _pointee(ctype: CType, node: Node) -> CType:
    match ctype:
        case Pointer(to):
            return to
        case Array(of, _):
            return of
        case Opaque(name):
            return Opaque(f"*{name}")
    raise Stop(f"`{squeeze(node)[:60]}`: {spell(ctype)} is no pointer")


def _binary(run: Run, node: Node) -> CType:
    operator = text(objects.child(node, "operator"))
    if operator in COMPARISONS or operator in ("&&", "||"):
        return INT
    cast = expressions.cast_of_sign(run, node)
    if cast is not None:
        return cast
    one = decayed(type_of(run, objects.child(node, "left")))
    other = decayed(type_of(run, objects.child(node, "right")))
    if isinstance(one, Pointer) and isinstance(other, Pointer):
        return LONG
    for side in (one, other):
        if isinstance(side, Pointer):
            return side
    if operator in ("<<", ">>"):
        return promote(arithmetic(one))
    return common(arithmetic(one), arithmetic(other))


def _call(run: Run, node: Node) -> CType:
    name = callee(node)
    function = run.world.function(name) if name else None
    if function is not None:
        return run.signature(function).result
    found = run.world.define(name) if name else None
    if found is not None and found[1].params is not None:
        snippet = calls.macro(run, node, name)
        if snippet is not None and snippet.value is not None:
            with run.expansion(name, snippet):
                return type_of(run, snippet.value)
    if name in run.index.prototypes:
        return prototype(run, name)
    function_node = objects.child(node, "function")
    inside = unwrap(function_node)
    if inside is not function_node and inside.type == "identifier" and calls.is_type(run, inside):
        return run.types.specifier(inside, run.frame.context.unit)
    known = run.kernel.result(name) if name else None
    if known is not None:
        return run.types.of_text(known)
    if name and arguments(node) and name in _LIKE_FIRST:
        return type_of(run, arguments(node)[0])
    if not name:
        pointer = type_of(run, function_node)
        if isinstance(pointer, Pointer):
            pointer = pointer.to
        if isinstance(pointer, Function):
            return pointer.result
    raise Stop(f"the type of {name or squeeze(node)[:40]}() is not known")


# Macros whose type is that of their first argument.
_LIKE_FIRST = frozenset(
    {"ALIGN", "ALIGN_DOWN", "MAX", "MIN", "PTR_ALIGN", "READ_ONCE", "WRITE_ONCE", "clamp", "max"}
    | {"min", "round_down", "round_up", "rounddown", "roundup", "xchg"}
)


def prototype(run: Run, name: str) -> CType:
    """What a function returns of which only the prototype is known."""
    declared = run.index.prototypes[name]
    kind = declared.node.child_by_field_name("type")
    if kind is None:
        raise Stop(f"{name}() has no type")
    base = run.types.specifier(kind, declared.unit)
    ctype = run.types.declare(declared.declarator, base, declared.unit)[1]
    return ctype.result if isinstance(ctype, Function) else ctype


def _last(run: Run, node: Node) -> CType:
    block = node.named_children[0]
    *before, last = [c for c in block.named_children if c.type != "comment"] or [block]
    if last.type != "expression_statement" or not last.named_children:
        return VOID
    run.frame.scopes.append(scope := Scope())
    try:
        blocks.skip_to(run, before)  # its variables have a type, no value
        return type_of(run, last.named_children[0])
    finally:
        blocks.leave(run, scope)
