"""Which functions to run for a finding, and which line of them to watch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from linter.witness.arguments import recognised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.unit import Function
    from linter.source.world import World

_CALLERS: Final = 12  # that are looked at
_ENTRIES: Final = 3  # functions that are run for one finding


def entries(world: World, finding: Finding) -> Iterator[tuple[Function, tuple[str, int]]]:
    """The function of a finding with the line to watch, and functions that call it.

    First those of which every argument is known what it stands for.  A macro is run by what
    uses it, and no line is watched.
    """
    function = next((f for u in world.units for f in u.functions
                     if f.name == finding.function and f.path == finding.path), None)  # fmt: skip
    line = ("", 0)
    own: list[Function] = []
    if function is not None:
        line = (finding.path, statement_line(function, finding.line))
        own.append(function)
    found = _callers(world, finding.function)
    good = [f for f in (*own, *found) if recognised(f)]
    rest = [f for f in (*own, *found) if f not in good]
    for one in (*good, *rest)[:_ENTRIES]:
        yield one, line


def _callers(world: World, name: str) -> list[Function]:
    """Who calls a function, then who calls those."""
    found: list[Function] = []
    seen, todo = {name}, [name]
    while todo and len(found) < _CALLERS:
        name = todo.pop(0)
        for unit in world.units:
            for caller in unit.functions:
                if caller.name not in seen and _calls(caller, name):
                    seen.add(caller.name)
                    todo.append(caller.name)
                    found.append(caller)
    return found


def _calls(function: Function, name: str) -> bool:
    if name.encode() not in function.source:
        return False
    return re.search(rb"\b%s[ \t]*\(" % re.escape(name.encode()), function.source) is not None


def statement_line(function: Function, line: int) -> int:
    """The line in which the innermost statement around a line begins."""
    unit, best = function.unit, line
    todo = [function.node]
    while todo:
        node = todo.pop()
        first = unit.line_of_row(node.start_point[0]) + function.shift
        last = unit.line_of_row(node.end_point[0]) + function.shift
        if not first <= line <= last:
            continue
        if (
            node.type.endswith("_statement") and node.type != "compound_statement"
        ) or node.type == "declaration":
            best = first
        todo.extend(node.named_children)
    return best
