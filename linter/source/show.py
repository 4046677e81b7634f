"""What a rule is told of a C file: points, edges, reads, writes and calls.

    python -m linter.source.show FILE [FUNCTION]

For who writes a rule.  A line is a point of `flow`, with what `facts.effects` says of it
and, where the way forks, the line it goes on at.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from linter.plain import plain
from linter.source.unit import Unit
from linter.source.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.source.flow import Edge, Point
    from linter.source.unit import Function

USAGE = "usage: python -m linter.source.show FILE [FUNCTION]"


def shown(function: Function) -> Iterator[str]:
    """A function, line by line."""
    summary = function.world.summary(function.name, function)
    returns = ", ".join(sorted(summary.returns)) if summary is not None else ""
    told = f"gives {returns or 'nothing known'}"
    if summary is not None and summary.firmware:
        told += "; reaches the RMM"
    yield f"{function.path}:{function.lines.start}: {function.name}(): {told}"
    for point in function.facts.points:
        if point.kind not in ("exit", "dead"):
            row = f"{_line(function, point):>6}  {point.kind:6}  {_effects(function, point)}"
            yield row.rstrip()


def _effects(function: Function, point: Point) -> str:
    found = function.facts.effects(point)
    parts = [f"calls {call.name or 'through a pointer'}" for call in found.calls]
    parts += [f"sets {d.name} ({d.how})" for d in found.defs]
    parts += [f"reads {path}" for path in dict.fromkeys(path for path, _ in found.uses)]
    if point.warn:
        parts.append(f"inside {point.warn}")
    if len(point.edges) > 1:
        parts += [_way(function, edge) for edge in point.edges]
    return "; ".join(parts)


def _way(function: Function, edge: Edge) -> str:
    when = "either way" if edge.when is None else f"if {edge.when}"
    return f"{when} -> {_line(function, edge.target) or edge.target.kind}"


def _line(function: Function, point: Point) -> str:
    return "" if point.node is None else str(function.line(point.node))


def main(arguments: list[str]) -> int:
    if not 1 <= len(arguments) <= 2:
        print(USAGE, file=sys.stderr)
        return 2
    path, *names = arguments
    try:
        source = Path(path).read_bytes()
    except OSError as error:
        print(f"{plain(path)}: {error.strerror}", file=sys.stderr)
        return 2
    world = World()
    unit = Unit(path, source, world)
    world.add(unit)
    functions = [f for f in unit.functions if not names or f.name in names]
    for function in functions:
        print(*map(plain, shown(function)), sep="\n")
    if not functions:
        print(f"{plain(path)}: no such function in it", file=sys.stderr)
    return 0 if functions else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
