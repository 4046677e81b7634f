"""What C expressions give: one function a kind of node.

`evaluate` gives a value (`objects.locate` the object of an lvalue), in the scope of `run.frame`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import squeeze, text
from linter.source.nodes import unwrap
from linter.witness import calls, statements
from linter.witness.ctype import (
    INT,
    U8,
    ULONG,
    VOID,
    VOID_PTR,
    CType,
    Function,
    Int,
    Opaque,
    Pointer,
    Record,
    Void,
    common,
    scalar,
    spell,
)
from linter.witness.layout import decayed
from linter.witness.literals import character, number, plain
from linter.witness.objects import Vague, child, inner, literal, locate, pointee, string_spot
from linter.witness.outcome import Stop
from linter.witness.value import (
    COMPARISONS,
    Unknown,
    Value,
    binary,
    convert,
    difference,
    integer,
    truth,
    unary,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from linter.witness.run import Run


def evaluate(run: Run, node: Node) -> Value | Unknown:
    """The value of an expression; arrays and functions decay to pointers."""
    handler = _HANDLERS.get(node.type)
    if handler is None:
        raise Stop(f"`{squeeze(node)[:60]}`: {node.type} is not supported")
    value = handler(run, node)
    return run.settle(value) if isinstance(value, Unknown) else value


def condition(run: Run, node: Node) -> bool:
    """The truth of an expression; forks on unknown ones, `&&` and `||` one side at a time."""
    node = unwrap(node)
    if node.type == "binary_expression":
        operator = text(node.child_by_field_name("operator"))
        if operator == "&&":
            return condition(run, child(node, "left")) and condition(run, child(node, "right"))
        if operator == "||":
            return condition(run, child(node, "left")) or condition(run, child(node, "right"))
    if node.type == "unary_expression" and text(node.child_by_field_name("operator")) == "!":
        return not condition(run, child(node, "argument"))
    return run.truth(evaluate(run, node), squeeze(node))


def _read(run: Run, node: Node) -> Value | Unknown:
    try:
        spot = locate(run, node)
    except Vague as vague:
        if not scalar(vague.ctype) and not isinstance(vague.ctype, Opaque):
            raise
        return run.unknown(vague.ctype, squeeze(node))
    return run.load(spot.address, spot.ctype, spot.name)


def _identifier(run: Run, node: Node) -> Value | Unknown:
    name = text(node)
    var = run.variable(name)
    if var is not None:
        return run.load(var.address, var.ctype, name)
    value = run.enumerator(name)
    if value is not None:
        return value
    function = run.world.function(name)
    if function is not None:
        unit = function.unit if function.static else None
        signature = run.signature(function)
        ctype = Function(signature.result, tuple(p for _, p in signature.params))
        return Value(Pointer(ctype), run.address_of(name, unit))
    found = run.world.define(name)
    if found is not None and found[1].params is None and name not in run.expanding:
        return calls.constant_macro(run, name, *found)
    known = run.kernel.constant(name)
    if known is not None:
        return plain(known) if isinstance(known, int) else known
    if name in run.index.prototypes:
        return Value(VOID_PTR, run.address_of(name, None))
    raise Stop(f"`{name}` is not known")


def _parenthesized(run: Run, node: Node) -> Value | Unknown:
    parts = inner(node)
    if len(parts) != 1:
        raise Stop(f"`{squeeze(node)[:60]}` is not supported")
    if parts[0].type == "compound_statement":
        return statements.statement_expression(run, parts[0])
    return evaluate(run, parts[0])


def _pointer(run: Run, node: Node) -> Value | Unknown:
    if text(node.child_by_field_name("operator")) == "*":
        argument = evaluate(run, child(node, "argument"))
        if isinstance(argument.ctype, Pointer) and isinstance(argument.ctype.to, Function):
            return argument
        spot = pointee(run, argument, squeeze(node))
        return run.load(spot.address, spot.ctype, spot.name)
    target = unwrap(child(node, "argument"))
    if target.type == "identifier" and run.variable(text(target)) is None:
        value = _identifier(run, target)
        if isinstance(value.ctype, Pointer) and isinstance(value.ctype.to, Function):
            return value
    spot = locate(run, target)
    return Value(Pointer(spot.ctype), spot.address)


def _unary(run: Run, node: Node) -> Value | Unknown:
    operator = text(child(node, "operator"))
    target = child(node, "argument")
    if operator in ("++", "--"):
        return _step(run, target, operator, first=True)
    if operator == "!":
        return unary("!", _truth_of(run, target))
    return unary(operator, evaluate(run, target))


def _truth_of(run: Run, node: Node) -> Value | Unknown:
    value = evaluate(run, node)
    if isinstance(value.ctype, (Record, Void)):
        raise Stop(f"`{squeeze(node)[:60]}`: {spell(value.ctype)} has no truth value")
    return value


def _binary(run: Run, node: Node) -> Value | Unknown:
    operator = text(child(node, "operator"))
    left, right = child(node, "left"), child(node, "right")
    if operator in ("&&", "||"):
        return truth(condition(run, node))
    cast = cast_of_sign(run, node)
    if cast is not None:
        return convert(unary(operator, evaluate(run, right)), cast)
    return apply(run, operator, evaluate(run, left), evaluate(run, right))


def cast_of_sign(run: Run, node: Node) -> CType | None:
    """The type in `(u64) -x`, which the parser takes for a subtraction; None if it is one."""
    left = child(node, "left")
    if left.type != "parenthesized_expression":
        return None
    name = unwrap(left)
    if name.type != "identifier" or not calls.is_type(run, name):
        return None
    operator, right = text(child(node, "operator")), child(node, "right")
    if operator not in ("-", "+") or right.type == "binary_expression":
        raise Stop(f"`{squeeze(node)[:60]}` could be parsed in two ways")
    return run.types.specifier(name, run.frame.context.unit)


def apply(run: Run, operator: str, one: Value | Unknown, other: Value | Unknown) -> Value | Unknown:
    """An operator, on pointers too."""
    if operator in COMPARISONS:
        return binary(operator, one, other)
    left, right = one.ctype, other.ctype
    if isinstance(left, Pointer) and isinstance(right, Pointer) and operator == "-":
        return difference(one, other, run.types.size(left.to))
    if isinstance(right, Pointer) and operator == "+" and not isinstance(left, Pointer):
        one, other, left = other, one, right
    if isinstance(left, Pointer) and operator in ("+", "-"):
        if isinstance(other, Value) and other.bits == 0:
            return one
        size = run.types.size(left.to)
        step = convert(other, ULONG)
        if size != 1:
            step = binary("*", step, integer(size, ULONG))
        if isinstance(one, Unknown) and isinstance(step, Value):
            one = Value(left, run.follow(one))
        return convert(binary(operator, convert(one, ULONG), step), left)
    return binary(operator, one, other)


def _assign(run: Run, node: Node) -> Value | Unknown:
    operator = text(child(node, "operator"))
    left, right = child(node, "left"), child(node, "right")
    if operator == "=":
        value = evaluate(run, right)
        spot = locate(run, left)
    else:
        spot = locate(run, left)
        old = run.load(spot.address, spot.ctype, spot.name)
        value = apply(run, operator[:-1], old, evaluate(run, right))
    run.store(spot.address, spot.ctype, value)
    if isinstance(spot.ctype, Record):
        return Value(spot.ctype, spot.address)
    return run.load(spot.address, spot.ctype, spot.name)


def _update(run: Run, node: Node) -> Value | Unknown:
    operator = text(child(node, "operator"))
    target = child(node, "argument")
    if target.type == "unary_expression" and target.end_byte < node.end_byte:
        # `!n--` is parsed as `(!n)--`
        value = _step(run, child(target, "argument"), operator, first=False)
        return unary(text(child(target, "operator")), value)
    operator_node = child(node, "operator")
    return _step(run, target, operator, first=operator_node.start_byte < target.start_byte)


def _step(run: Run, target: Node, operator: str, *, first: bool) -> Value | Unknown:
    spot = locate(run, target)
    old = run.load(spot.address, spot.ctype, spot.name)
    new = apply(run, operator[0], old, integer(1, INT))
    run.store(spot.address, spot.ctype, new)
    return run.load(spot.address, spot.ctype, spot.name) if first else old


def _conditional(run: Run, node: Node) -> Value | Unknown:
    question, other = child(node, "condition"), child(node, "alternative")
    first = node.child_by_field_name("consequence")
    value: Value | Unknown | None = None
    if first is None:  # `a ?: b`
        value = evaluate(run, question)
        taken = run.truth(value, squeeze(question))
    else:
        taken = condition(run, question)
    value = (value or evaluate(run, first or question)) if taken else evaluate(run, other)
    left, right = _known_type(run, first or question), _known_type(run, other)
    if isinstance(left, Int) and isinstance(right, Int):
        return convert(value, common(left, right))
    if isinstance(left, Pointer) and isinstance(value.ctype, Int):
        return convert(value, left)
    if isinstance(right, Pointer) and isinstance(value.ctype, Int):
        return convert(value, right)
    return value


def _known_type(run: Run, node: Node) -> CType | None:
    """The static type, None where it is not known: then the value's own has to do."""
    try:
        return run.type_of(node)
    except Stop:
        return None


def _cast(run: Run, node: Node) -> Value | Unknown:
    ctype = run.types.descriptor(child(node, "type"), run.frame.context.unit)
    value = evaluate(run, child(node, "value"))
    return Value(VOID, 0) if ctype is VOID else convert(value, ctype)


def _sizeof(run: Run, node: Node) -> Value | Unknown:
    kind = node.child_by_field_name("type")
    unit = run.frame.context.unit
    if kind is not None:
        return integer(run.types.size(run.types.descriptor(kind, unit)), ULONG)
    target = unwrap(child(node, "value"))
    if target.type == "identifier" and run.variable(text(target)) is None:
        written = run.original(target)
        if run.types.is_type(written):
            return integer(run.types.size(run.types.of_text(written)), ULONG)
    return integer(run.types.size(run.type_of(target)), ULONG)


def _offsetof(run: Run, node: Node) -> Value | Unknown:
    record = run.types.descriptor(child(node, "type"), run.frame.context.unit)
    if not isinstance(record, Record):
        raise Stop(f"offsetof of {spell(record)}")
    return integer(run.types.field(record, text(child(node, "member"))).offset, ULONG)


def _alignof(run: Run, node: Node) -> Value | Unknown:
    kind = run.types.descriptor(child(node, "type"), run.frame.context.unit)
    return integer(run.types.align(kind), ULONG)


def _comma(run: Run, node: Node) -> Value | Unknown:
    evaluate(run, child(node, "left"))
    return evaluate(run, child(node, "right"))


def _compound(run: Run, node: Node) -> Value | Unknown:
    spot = literal(run, node)
    return run.load(spot.address, spot.ctype, spot.name)


def _string_value(run: Run, node: Node) -> Value | Unknown:
    spot = string_spot(run, node)
    return Value(decayed(spot.ctype), spot.address)


_HANDLERS: dict[str, Callable[[Run, Node], Value | Unknown]] = {
    "identifier": _identifier,
    "field_expression": _read,
    "subscript_expression": _read,
    "parenthesized_expression": _parenthesized,
    "pointer_expression": _pointer,
    "unary_expression": _unary,
    "binary_expression": _binary,
    "assignment_expression": _assign,
    "update_expression": _update,
    "conditional_expression": _conditional,
    "cast_expression": _cast,
    "sizeof_expression": _sizeof,
    "offsetof_expression": _offsetof,
    "alignof_expression": _alignof,
    "comma_expression": _comma,
    "compound_literal_expression": _compound,
    "call_expression": lambda run, node: calls.call(run, node),
    "number_literal": lambda run, node: number(text(node)),
    "char_literal": lambda run, node: character(run.original(node)),
    "string_literal": _string_value,
    "concatenated_string": _string_value,
    "true": lambda run, node: integer(1, U8),
    "false": lambda run, node: integer(0, U8),
    "null": lambda run, node: Value(VOID_PTR, 0),
}
