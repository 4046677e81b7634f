"""Declarations: locals, statics, globals, guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import declared, squeeze, text
from linter.source.nodes import callee
from linter.witness import cleanup, objects
from linter.witness.ctype import Array, CType, Opaque, Void
from linter.witness.initial import initialised, set_initial
from linter.witness.layout import decayed
from linter.witness.outcome import Stop

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.frame import Var
    from linter.witness.run import Run


def declaration(run: Run, node: Node) -> None:
    declarators = node.children_by_field_name("declarator")
    kind = node.child_by_field_name("type")
    if kind is not None and not declarators:
        run.types.specifier(kind, run.frame.context.unit)
    for declarator in declarators:
        one(run, node, declarator)


def one(
    run: Run, node: Node, declarator: Node, *, external: bool = False, skipped: bool = False
) -> Var:
    """One variable.  Outside of functions, or `static`: it lives as long as the run."""
    unit = run.frame.context.unit
    target, value = declarator, None
    if declarator.type == "init_declarator":
        target = objects.child(declarator, "declarator")
        value = declarator.child_by_field_name("value")
    kind = node.child_by_field_name("type")
    name = declared(target)[0]
    made_by = text(kind) if kind is not None else callee(node)
    if made_by.startswith(("DEFINE_", "DECLARE_")):
        return _static(run, node, name, Opaque(name), None, made_by.startswith("DECLARE_"))
    if kind is None:
        raise Stop(f"`{squeeze(node)[:60]}` has no type")
    if text(kind) in ("__auto_type", "auto") and value is not None:
        base: CType = run.type_of(value)
        ctype = decayed(base)
    else:
        base = run.types.specifier(kind, unit)
        ctype = run.types.declare(target, base, unit)[1]
    if isinstance(ctype, Void):
        raise Stop(f"`{name}` has the type void")
    storage = {text(c) for c in node.children if c.type == "storage_class_specifier"}
    if "extern" in storage and run.frame.scopes:
        found = run.index.variable(name, unit)
        var = run.variable(name) if found else run.allocate(ctype, name, kind="global")
        assert var is not None
        run.frame.scopes[-1].names[name] = var
        return var
    if not run.frame.scopes or "static" in storage:
        return _static(run, node, name, ctype, value, external)
    return _local(run, node, name, ctype, None if skipped else value, skipped)


def _static(
    run: Run, node: Node, name: str, ctype: CType, value: Node | None, external: bool
) -> Var:
    key = (id(run.frame.context.unit), "static", name, node.start_byte)
    var = run.statics.get(key)
    if var is None:
        if isinstance(ctype, Array) and ctype.length is None:
            if value is None:
                raise Stop(f"how long `{name}` is, is not known")
            var = initialised(run, ctype, value, name, kind="static")
        else:
            var = run.allocate(ctype, name, zero=not external, kind="static")
            run.statics[key] = var
            if value is not None:
                set_initial(run, var, value)
        run.statics[key] = var
    if run.frame.scopes:
        run.frame.scopes[-1].names[name] = var
    return var


def _local(run: Run, node: Node, name: str, ctype: CType, value: Node | None, skipped: bool) -> Var:
    scope = run.frame.scopes[-1]
    if isinstance(ctype, Array) and ctype.length is None:
        if value is None:
            raise Stop(f"how long `{name}` is, is not known")
        var = initialised(run, ctype, value, name)
        scope.names[name] = var
        return var
    var = run.allocate(ctype, name)
    if var.made is not None:
        scope.objects.append(var.made)
    scope.names[name] = var
    if value is not None:
        set_initial(run, var, value)
    if not skipped:
        cleanup.declare(run, node, name, var, scope)
    return var


def guard(run: Run, kind: str, args: tuple[Node, ...], offset: int) -> None:
    """`guard(kind)(args);`: held to the end of the scope."""
    ending = run.kernel.enter(run, kind, args)
    if ending is None:
        raise Stop(f"guard({kind}) is not known")
    run.frame.scopes[-1].endings.append((offset, ending))
