"""The interpreter against gcc: the same text, the same arguments, the same answers."""

from __future__ import annotations

import ctypes
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linter.source.unit import Unit
from linter.source.world import World
from linter.witness.ctype import LONG
from linter.witness.outcome import Outcome
from linter.witness.run import Run
from linter.witness.value import Value, integer
from linter.witness.vocabulary import Bare

if TYPE_CHECKING:
    from tests.linter.witness.conftest import Compiler

SOURCE = (Path(__file__).parent / "programs.c").read_text()
PROGRAMS = re.findall(r"^long (t_\w+)\(", SOURCE, re.M)
ARGUMENTS = [(a, b) for a in (0, 1, 2, 3, 6, 9, 255, -1, -77, 1 << 40) for b in (0, 1, 2, 7, -5)]
ARGUMENTS += [(0x123456789ABCDEF, -0x7FFFFFFF12345678), (5, 5), (14, 14)]


class Words(Bare):
    """The one word that the programs use and C has not."""

    def constant(self, name: str) -> int | Value | None:
        return 0 if name == "fallthrough" else None


def world_of(source: str, path: str = "a.c") -> World:
    world = World()
    world.add(Unit(path, source.encode(), world))
    return world


def number(outcome: Outcome) -> int:
    assert outcome.kind == "returned", outcome
    assert isinstance(outcome.value, Value), outcome
    return outcome.value.number


@pytest.fixture(scope="module")
def library(compiled: Compiler) -> ctypes.CDLL:
    return compiled(SOURCE)


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(SOURCE)


@pytest.mark.parametrize("name", PROGRAMS)
def test_like_gcc(name: str, library: ctypes.CDLL, world: World) -> None:
    theirs = getattr(library, name)
    theirs.restype, theirs.argtypes = ctypes.c_long, (ctypes.c_long, ctypes.c_long)
    run = Run(world, Words())  # one run for all, for statics live on in the library as well
    for a, b in ARGUMENTS:
        ours = number(run.start(name, [integer(a, LONG), integer(b, LONG)]))
        assert ours == theirs(a, b), (name, a, b)


OBJECTS = ["c", "h", "i", "u", "q", "w", "f", "n[u & 1]", "s.x", "p->y"]


def _expression(dice: random.Random, depth: int) -> str:
    """C without undefined behaviour, over variables of every width and sign."""
    if not depth or dice.random() < 0.1:
        literals = ["1", "-1", "0x80000000", "7u", "0x7fffffffL", "255", "(1ULL << 40)", "'x'"]
        return dice.choice(
            ["c", "h", "i", "u", "q", "w", "f", "n[i & 1]", "s.x", "p->y", *literals]
        )
    one, other = (_expression(dice, depth - 1) for _ in range(2))
    kind = dice.randrange(9)
    if kind < 4:
        operator = dice.choice(
            ["+", "-", "*", "&", "|", "^", "==", "!=", "<", "<=", ">", ">=", "&&", "||", ","]
        )
        return f"({one} {operator} {other})"
    if kind == 4:
        return f"(({one}) {dice.choice(['/', '%'])} ((({other}) & 0xff) + 1))"
    if kind == 5:
        return f"(({one}) {dice.choice(['<<', '>>'])} (({other}) & 15))"
    if kind == 6:
        return f"({dice.choice(['-', '~', '!', '+'])}({one}))"
    if kind == 7:
        return f"(({one}) ? ({other}) : ({_expression(dice, depth - 1)}))"
    kinds = ["u8", "s16", "u32", "long", "u64", "bool", "int", "typeof(u)", "unsigned char"]
    return f"(({dice.choice(kinds)})({one}))"


def test_random_expressions(compiled: Compiler) -> None:
    dice = random.Random(11)
    source = "struct point { int x; long y; };\n"
    for n in range(150):
        target = dice.choice(OBJECTS)
        operator = dice.choice(["=", "+=", "-=", "*=", "&=", "|=", "^="])
        source += (
            f"long r{n}(long a, long b) {{ u8 c = a; s16 h = b; int i = a ^ b; u32 u = a;"
            " long q = b; u64 w = a + b; bool f = a & 4; int n[2] = { b, a };"
            " struct point s = { a, b }, *p = &s;\n"
            f"{target} {operator} {_expression(dice, 4)};\n"
            "return c + h + i + u + q + w + f + n[0] + n[1] + s.x + s.y +"
            f" ({_expression(dice, 3)}) + sizeof({_expression(dice, 3)}); }}\n"
        )
    library, run = compiled(source), Run(world_of(source), Words())
    for n in range(150):
        theirs = getattr(library, f"r{n}")
        theirs.restype, theirs.argtypes = ctypes.c_long, (ctypes.c_long, ctypes.c_long)
        for a, b in [(0, 0), (5, -3), (-1, 1 << 33), (0x1234567890ABCDEF, -0x8000), (255, 128)]:
            ours = number(run.start(f"r{n}", [integer(a, LONG), integer(b, LONG)]))
            assert ours == theirs(a, b), source.split("long r")[n + 1]
