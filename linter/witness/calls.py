"""What `f(...)` means: a function or macro of the patch, a word of the kernel's, a pointer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.source.expr import squeeze, text
from linter.source.nodes import arguments, unwrap
from linter.witness import declare, expand, signals
from linter.witness.ctype import VOID, Opaque, Record
from linter.witness.outcome import Stop
from linter.witness.value import Unknown, Value, convert
from linter.witness.vocabulary import CallSite

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.source.declarations import Define
    from linter.source.unit import Unit
    from linter.witness.expand import Snippet
    from linter.witness.run import Run

_CAST = re.compile(r"^(?:__)?(?:[us](?:8|16|32|64)|[bl]e(?:16|32|64)|bool|\w+_t)$")


def call(run: Run, node: Node) -> Value | Unknown:
    """The value of a call expression."""
    function = node.child_by_field_name("function")
    if function is None:
        raise Stop(f"`{squeeze(node)[:60]}` is not supported")
    target = unwrap(function)
    if target.type == "identifier":
        name = text(target)
        if function is not target and is_type(run, target):  # `(u64)(x)` is a call to the parser
            ctype = run.types.specifier(target, run.frame.context.unit)
            return convert(run.evaluate(arguments(node)[-1]), ctype)
        return _named(run, node, name)
    if target.type == "call_expression" and text(target.child_by_field_name("function")) == "guard":
        kind = ",".join(text(a) for a in arguments(target))
        declare.guard(run, kind, tuple(arguments(node)), node.start_byte)
        return Value(VOID, 0)
    pointer = run.evaluate(target)
    if isinstance(pointer, Unknown) or isinstance(pointer.ctype, Opaque):
        entry = run.kernel.entry(squeeze(target))
        if entry is not None:
            return _entry(run, node, squeeze(target), entry)
    return run.invoke(pointer, _values(run, node))


def is_type(run: Run, node: Node) -> bool:
    """Does an identifier that stands in parentheses name a type?"""
    name = text(node)
    if run.variable(name) is not None:
        return False
    return run.types.is_type(name) or run.original(node).startswith(("typeof", "__typeof"))


def _named(run: Run, node: Node, name: str) -> Value | Unknown:
    if run.frame.find(name) is not None:
        return run.invoke(run.evaluate(_function(node)), _values(run, node))
    if name == signals.BODY:
        raise Stop("the body of a loop stands in an expression")
    asker = run.frame.context.unit
    function = next((f for f in asker.functions if f.name == name), None)
    function = function or run.world.function(name)
    if function is not None and function.node.child_by_field_name("body") is not None:
        run.frame.line = run.frame.at(node)
        return run.call_function(function, _values(run, node))
    snippet = macro(run, node, name)
    if snippet is not None:
        if snippet.value is None:
            raise Stop(f"{name}() is used as a value, and is no expression")
        with run.expansion(name, snippet):
            return run.evaluate(snippet.value)
    raw = run.kernel.raw(name)
    if raw is not None:
        return raw(run, [], site(run, node, name, []))
    entry = run.kernel.entry(name)
    if entry is not None:
        return _entry(run, node, name, entry)
    if run.variable(name) is not None:
        return run.invoke(run.evaluate(_function(node)), _values(run, node))
    raise Stop(f"{name}() is not known")


def _entry(run: Run, node: Node, name: str, entry: object) -> Value | Unknown:
    args = _values(run, node)
    run.frame.line = run.frame.at(node)
    assert callable(entry)
    value: Value | Unknown = entry(run, args, site(run, node, name, args))
    return value


def _function(node: Node) -> Node:
    found = node.child_by_field_name("function")
    assert found is not None
    return found


def _values(run: Run, node: Node) -> list[Value | Unknown]:
    """The arguments, in order; a struct is copied, for the next one may change it."""
    values = []
    for argument in arguments(node):
        value = run.evaluate(argument)
        if isinstance(value.ctype, Record) and isinstance(value, Value):
            copy = run.temporary(value.ctype, "an argument")
            run.store(copy.address, value.ctype, value)
            value = Value(value.ctype, copy.address)
        values.append(value)
    return values


def site(run: Run, node: Node, name: str, args: list[Value | Unknown]) -> CallSite:
    unit = run.frame.context.unit
    listed = node.child_by_field_name("arguments")
    nodes = tuple(arguments(node)) if listed is not None else ()
    texts = tuple(expand.arguments(unit.original(listed))) if listed is not None else ()
    types = tuple(a.ctype for a in args)
    line = run.frame.at(node)
    run.frame.line = line
    return CallSite(name, node, unit, run.frame.path, line, types, nodes, texts)


def macro(run: Run, node: Node, name: str) -> Snippet | None:
    """The expansion of a call to a function-like macro of the patch, None if it is none."""
    found = run.world.define(name)
    if found is None or found[1].params is None:
        return None
    unit, define = found
    if name in run.expanding and re.search(rf"\b{name}\b", define.value):
        return None  # in its own body it is no macro
    listed = node.child_by_field_name("arguments")
    args = expand.arguments(run.original(listed)) if listed is not None else []
    run.step()
    return run.parse(expand.expansion(expand.template(unit, define), args) + "\n;")


def constant_macro(run: Run, name: str, unit: Unit, define: Define) -> Value | Unknown:
    """The value of an object-like macro of the patch."""
    body = expand.template(unit, define).body
    if not body:
        raise Stop(f"`{name}` is a macro without a value")
    run.step()
    snippet = run.parse(body + "\n;")
    if snippet.value is None:
        raise Stop(f"`{name}` is a macro, and no expression")
    with run.expansion(name, snippet):
        return run.evaluate(snippet.value)
