"""The WARNs of a function, and the ways on which they fire."""

from __future__ import annotations

import pytest

from linter.source.expr import text
from linter.source.unit import Function, Unit
from linter.source.world import World
from rules.warns import fires, warnings


def function(body: str) -> Function:
    world = World()
    unit = Unit("a.c", f"int f(int a, int b) {{ {body} return 0; }}".encode(), world)
    world.add(unit)
    return unit.functions[-1]


@pytest.mark.parametrize(
    ("body", "name", "condition"),
    [
        ("WARN_ON(a);", "WARN_ON", "a"),
        ("if (WARN_ON_ONCE(a < b)) return 1;", "WARN_ON_ONCE", "a < b"),
        ("if (!WARN_ON(g(a))) return 1;", "WARN_ON", "g(a)"),
        ("if (b && WARN_ON(a || b)) return 1;", "WARN_ON", "a || b"),
        ('if (a > 3) WARN(1, "too much\\n");', "WARN", "a > 3"),
        ('WARN(a, "%d\\n", b);', "WARN", "a"),
        ("b = WARN_ON(a);", "WARN_ON", "a"),
    ],
)
def test_each_warn_is_found_once(body: str, name: str, condition: str) -> None:
    (found,) = warnings(function(body).facts)
    assert (found.name, text(found.condition)) == (name, condition)
    assert text(found.node).startswith(name)


def fired(body: str) -> list[tuple[str, object]]:
    """(condition, outcome) of the edges on which a WARN fires."""
    points = function(body).facts.points
    return [(text(p.node), e.when) for p in points for e in p.edges if fires(p, e) is not None]


@pytest.mark.parametrize(
    ("condition", "edges"),
    [
        ("a", [("a", True)]),
        ("!a", [("a", False)]),
        ("a || b", [("a", True), ("b", True)]),
        ("a && b", [("b", True)]),
        ("!(a && b)", [("a", False), ("b", False)]),
        ("!!a", [("a", True)]),
    ],
)
def test_a_warn_fires_where_its_condition_holds(
    condition: str, edges: list[tuple[str, object]]
) -> None:
    assert fired(f"if (WARN_ON({condition})) return 1;") == edges
    assert fired(f"if (!WARN_ON({condition})) return 1;") == edges


def test_a_condition_without_a_warn_fires_nothing() -> None:
    assert fired("if (a) return 1;") == []
