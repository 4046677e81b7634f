"""Lvalues: which object `p->x[i]` names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.source.expr import squeeze, text
from linter.witness import initial
from linter.witness.ctype import CHAR, Array, CType, Int, Opaque, Pointer, Record, spell
from linter.witness.frame import Var
from linter.witness.literals import string
from linter.witness.outcome import Fault, Stop
from linter.witness.value import Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.run import Run


class Spot(NamedTuple):
    """The object that an lvalue names; `name` is how the source calls it."""

    address: int
    ctype: CType
    name: str


class Vague(Stop):
    """Which object it is depends on an unknown index: can be read (unknown), not written."""

    def __init__(self, reason: str, ctype: CType) -> None:
        super().__init__(reason)
        self.ctype = ctype


def child(node: Node, field: str) -> Node:
    found = node.child_by_field_name(field)
    if found is None:
        raise Stop(f"`{squeeze(node)[:60]}` has no {field}")
    return found


def inner(node: Node) -> list[Node]:
    """The children that are code."""
    return [c for c in node.named_children if c.type != "comment"]


def locate(run: Run, node: Node) -> Spot:
    """Where the object of an lvalue is."""
    match node.type:
        case "identifier":
            name = text(node)
            var = run.variable(name)
            if var is not None:
                return Spot(var.address, var.ctype, name)
            macro = run.world.define(name)
            if macro is not None and macro[1].params is None and macro[1].value:
                snippet = run.parse(macro[1].value + ";")
                if snippet.value is not None and text(snippet.value) != name:
                    run.step()
                    with run.frame.within(run.in_snippet(snippet, run.frame.line)):
                        return locate(run, snippet.value)
            raise Stop(f"`{name}` is not known")
        case "parenthesized_expression":
            parts = inner(node)
            if len(parts) == 1 and parts[0].type != "compound_statement":
                return locate(run, parts[0])
        case "field_expression":
            return _member(run, node)
        case "pointer_expression" if text(node.child_by_field_name("operator")) == "*":
            return pointee(run, run.evaluate(child(node, "argument")), squeeze(node))
        case "subscript_expression":
            return _element(run, node)
        case "compound_literal_expression":
            return literal(run, node)
        case "string_literal" | "concatenated_string":
            return string_spot(run, node)
        case "call_expression" | "conditional_expression" | "assignment_expression":
            value = run.evaluate(node)
            if isinstance(value.ctype, Record) and isinstance(value, Value):
                return Spot(value.bits, value.ctype, squeeze(node))
        case "comma_expression":
            run.evaluate(child(node, "left"))
            return locate(run, child(node, "right"))
        case "cast_expression":
            return locate(run, child(node, "value"))._replace(
                ctype=run.types.descriptor(child(node, "type"), run.frame.context.unit)
            )
    raise Stop(f"`{squeeze(node)[:60]}` is no object")


def _member(run: Run, node: Node) -> Spot:
    field = text(child(node, "field"))
    name = squeeze(node)
    base = child(node, "argument")
    if text(node.child_by_field_name("operator")) == "->":
        spot = pointee(run, run.evaluate(base), f"*{squeeze(base)}")
    else:
        spot = locate(run, base)
    ctype = spot.ctype
    if isinstance(ctype, Opaque):
        ctype = run.types.opaque(ctype)
    if not isinstance(ctype, Record):
        raise Stop(f"`{name}`: {spell(ctype)} has no fields")
    found = run.types.field(ctype, field)
    if spot.address == 0 and ctype.open:  # its made-up offset would hide the NULL
        raise Fault(f"a NULL pointer is followed: `{name}`")
    return Spot(spot.address + found.offset & (1 << 64) - 1, found.ctype, name)


def pointee(run: Run, pointer: Value | Unknown, name: str) -> Spot:
    to: CType
    match pointer.ctype:
        case Pointer(to):
            pass
        case Opaque(what):
            to = Opaque(f"*{what}")
        case _:
            raise Stop(f"`{name}`: {spell(pointer.ctype)} is no pointer")
    return Spot(run.follow(pointer), to, name)


def _element(run: Run, node: Node) -> Spot:
    base, index = run.evaluate(child(node, "argument")), run.evaluate(child(node, "index"))
    if isinstance(base.ctype, Int):
        base, index = index, base
    name = squeeze(node)
    spot = pointee(run, base, name)
    if isinstance(index, Unknown):
        raise Vague(f"`{name}`: the index is not known: {index.label}", spot.ctype)
    at = index.number
    if at == 0:
        return spot
    address = spot.address + at * run.types.size(spot.ctype)
    return spot._replace(address=address & (1 << 64) - 1)


def literal(run: Run, node: Node) -> Spot:
    ctype = run.types.descriptor(child(node, "type"), run.frame.context.unit)
    var = initial.initialised(run, ctype, child(node, "value"), "a compound literal")
    return Spot(var.address, var.ctype, squeeze(node)[:40])


def string_spot(run: Run, node: Node) -> Spot:
    source = run.original(node)
    data = string(source) if node.type == "string_literal" else _joined(run, node)
    key = ("string", data)
    if key not in run.statics:
        made = run.memory.static(len(data), f"the string {source[:40]}")
        run.memory.write(made.base, data)
        run.statics[key] = Var(made.base, Array(CHAR, len(data)), None)
    return Spot(run.statics[key].address, Array(CHAR, len(data)), source)


def _joined(run: Run, node: Node) -> bytes:
    parts = [c for c in inner(node) if c.type == "string_literal"]
    return b"".join(string(run.original(p))[:-1] for p in parts) + b"\0"
