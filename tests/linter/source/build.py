"""C text made into units and functions."""

from __future__ import annotations

from typing import Any

from linter.source.explore import Value
from linter.source.flow import Flow, Point
from linter.source.unit import Function, Unit
from linter.source.world import World

PATH = "arch/arm64/kvm/rmi.c"


def unit(source: str, path: str = PATH, world: World | None = None, **options: Any) -> Unit:
    """A unit that its world knows."""
    made = Unit(path, source.encode(), World() if world is None else world, **options)
    made.world.add(made)
    return made


def world(**files: str) -> World:
    """A world of files; `kvm_rmi` stands for the path `kvm/rmi.c`, `asm_rmi_h` for a header."""
    made = World()
    for name, source in files.items():
        stem = name.removesuffix("_h")
        unit(source, stem.replace("_", "/") + (".h" if stem != name else ".c"), made)
    return made


def function(source: str, name: str = "") -> Function:
    """The first function of a source, or the one of that name."""
    found = [f for f in unit(source).functions if not name or f.name == name]
    assert found, source
    return found[0]


def body(statements: str, params: str = "int a, int b, int c") -> Function:
    """A function around some statements; they begin on line 2."""
    return function(f"int f({params}) {{\n{statements}\n}}")


def line(point: Point) -> int:
    """The line a point stands on, 0 for entry and exit."""
    return point.node.start_point[0] + 1 if point.node is not None else 0


def source_text(point: Point) -> str:
    return " ".join((point.node.text or b"").decode().split()) if point.node is not None else ""


def at(where: Function | Flow, wanted: str, kind: str = "") -> Point:
    """The only point whose text, without a final `;`, is `wanted`."""
    flow = where.facts.flow if isinstance(where, Function) else where
    found = [
        p
        for p in flow.points
        if source_text(p).rstrip(";") == wanted and kind in ("", p.kind) and p.kind != "join"
    ]
    assert len(found) == 1, (wanted, found)
    return found[0]


def allows(value: Value, number: int) -> bool:
    """May a variable of which `value` is known hold `number`?"""
    if value.eq and int(value.eq, 0) != number:
        return False
    sign = "-" if number < 0 else "+" if number else "0"
    return str(number) not in value.ne and sign in (value.sign or "-0+")
