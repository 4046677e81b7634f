"""The ways on which a variable stays without a value."""

from __future__ import annotations

import pytest

from linter.follow import new_unit, new_world
from linter.source.explore import UNSET
from rules.plainc import Ways


def reaches_end(body: str) -> bool:
    """May `x` come to `return x` without a value?"""
    source = f"int f(int a, int n)\n{{\n\tint x;\n{body}\n\treturn x;\n}}\n"
    world = new_world()
    unit = new_unit("a.c", source, world)
    world.add(unit)
    facts = unit.functions[0].facts
    start = next(at.point for at in facts.defs("x"))
    walk = Ways(facts, start, "x")
    return any(facts.reads(point, "x") and state.get("x") == UNSET for point, state in walk)


@pytest.mark.parametrize(
    "body",
    [
        "if (a) x = 1;",
        "while (a < n) { x = 1; a++; }",
        "for (int i = 0; i < n; i++) x = i;",
        "if (ok(a)) x = 1; a = 2; if (ok(a)) return 0;",  # `a` is another now
    ],
)
def test_stays_unset(body: str) -> None:
    assert reaches_end(body)


@pytest.mark.parametrize(
    "body",
    [
        "x = 1;",
        "if (a) x = 1; if (!a) return 0;",
        "if (ok(a)) x = 1; if (!ok(a)) return 0;",  # the same question has the same answer
        "int i = 0; while (i < 4) { x = i; i++; }",
        "int i = 0; while (i < NR_SLOTS) { x = i; i++; }",
        "int i = 0; while (i < ARRAY_SIZE(slots)) { x = i; i++; }",
        "switch (a) { case 1: x = 1; break; case 2: x = 2; break; }",  # not for us to say
    ],
)
def test_is_set(body: str) -> None:
    assert not reaches_end(body)
