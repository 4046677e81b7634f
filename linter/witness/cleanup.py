"""`__free(name)`: what runs when a variable goes out of scope."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from linter.witness import expand, statements
from linter.witness.frame import Scope
from linter.witness.outcome import Stop

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.witness.frame import Context, Var
    from linter.witness.run import Run

_DEFINE_FREE = re.compile(r"DEFINE_FREE\s*(\(.*\))", re.S)


def declare(run: Run, node: Node, name: str, var: Var, scope: Scope) -> None:
    """Arranges for the clean-up of a variable whose declaration asks for one."""
    context = run.frame.context
    for start, how in context.unit.cleanups.items():
        if node.start_byte <= start < node.end_byte:
            scope.endings.append((node.start_byte, partial(_end, run, context, how, name, var)))


def _end(run: Run, context: Context, how: str, name: str, var: Var) -> None:
    with run.frame.within(context):
        _run(run, how, name, var)


def _run(run: Run, how: str, name: str, var: Var) -> None:
    source = _own(run, how)
    if source is not None:
        snippet = run.parse(source + "\n;")
        run.frame.scopes.append(scope := Scope())
        scope.names["_T"] = var
        with run.expansion(f"__free({how})", snippet):
            statements.block_of(run, snippet.statements)
        run.frame.scopes.pop()
    elif not run.kernel.cleanup(run, how, var.address, var.ctype):
        raise Stop(f"__free({how}) of `{name}` is not known")


def _own(run: Run, how: str) -> str | None:
    """The expression of `DEFINE_FREE(how, type, expression)` in the series."""
    for unit in run.world.units:
        for change in unit.changes:
            if change.kind == "skipped" and change.name == "DEFINE_FREE":
                found = _DEFINE_FREE.search(change.original.decode("utf-8", "replace"))
                parts = expand.arguments(found[1]) if found else []
                if len(parts) >= 3 and parts[0] == how:
                    return ", ".join(parts[2:])
    return None
