"""Sizes and offsets against gcc; what is not known stays open."""

from __future__ import annotations

import ctypes
import random
from typing import TYPE_CHECKING

import pytest

from linter.source.unit import Unit
from linter.source.world import World
from linter.witness.ctype import (
    INT,
    LONG,
    SLOT,
    UINT,
    ULLONG,
    ULONG,
    Array,
    Int,
    Opaque,
    Pointer,
    Record,
    basic,
)
from linter.witness.layout import Types
from linter.witness.outcome import Stop
from linter.witness.run import Run
from linter.witness.vocabulary import Bare

if TYPE_CHECKING:
    from tests.linter.witness.conftest import Compiler

SCALARS = ["u8", "s16", "u32", "int", "long", "u64", "bool", "void *", "char", "enum e"]


def types_of(source: str, **more: object) -> Types:
    world = World()
    world.add(Unit("a.h", source.encode(), world, **more))  # type: ignore[arg-type]
    run = Run(world, Bare())
    run.start("")  # nothing runs
    from linter.witness.frame import Frame

    run.frames.append(Frame.outside(world.units[0]))
    return run.types


def _members(dice: random.Random, depth: int, names: list[str]) -> str:
    lines = []
    for _ in range(dice.randint(1, 5)):
        name = f"f{len(names)}"
        kind = dice.random()
        if kind < 0.2 and depth:
            inner = _members(dice, depth - 1, names)
            lines.append(f"{dice.choice(['struct', 'union'])} {{ {inner} }};")
            continue
        names.append(name)
        if kind < 0.3 and depth:
            inner = _members(dice, depth - 1, [])
            lines.append(f"struct {{ {inner} }} {name}{dice.choice(['', '[3]'])};")
        elif kind < 0.5:
            lines.append(f"{dice.choice(SCALARS)} {name}[{dice.randint(1, 5)}];")
        else:
            lines.append(f"{dice.choice(SCALARS)} {name};")
    return " ".join(lines)


def test_random_structs(compiled: Compiler) -> None:
    dice = random.Random(20)
    source, checks = "enum e { E1 };\n", []
    for n in range(60):
        names: list[str] = []
        source += f"struct s{n} {{ {_members(dice, 2, names)} }};\n"
        checks += [(f"struct s{n}", name) for name in names]
    asked = "".join(
        f"u64 at{n}(void) {{ return offsetof({tag}, {name}); }}"
        f"u64 size{n}(void) {{ return sizeof({tag}); }}\n"
        for n, (tag, name) in enumerate(checks)
    )
    library, types = compiled(source + asked), types_of(source)
    for n, (tag, name) in enumerate(checks):
        record = types.of_text(tag)
        assert isinstance(record, Record)
        assert types.field(record, name).offset == getattr(library, f"at{n}")(), (tag, name)
        assert types.size(record) == getattr(library, f"size{n}")(), tag
    assert ctypes.sizeof(ctypes.c_long) == 8


def test_what_follows_bit_fields_has_its_place(compiled: Compiler) -> None:
    source = """
    struct a { u32 x : 3; u32 y : 30; u8 z; };
    struct b { u8 p; u16 q : 9; u16 r : 7; u64 s; };
    struct c { u64 t : 1; u8 u; u32 v : 8; u8 w; };
    """
    places = [("a", "z"), ("b", "s"), ("c", "u"), ("c", "w")]
    asked = "".join(
        f"u64 at{n}(void) {{ return offsetof(struct {t}, {f}) * 100 + sizeof(struct {t}); }}"
        for n, (t, f) in enumerate(places)
    )
    library, types = compiled(source + asked), types_of(source)
    for n, (tag, name) in enumerate(places):
        record = types.record("struct", tag)
        ours = types.field(record, name).offset * 100 + types.size(record)
        assert ours == getattr(library, f"at{n}")(), (tag, name)
    with pytest.raises(Stop, match="bit-field"):
        types.field(types.record("struct", "a"), "x")


def test_a_struct_that_nobody_declares_is_open() -> None:
    types = types_of("struct known { struct absent inner; int after; };")
    absent = types.record("struct", "absent")
    one, other = types.field(absent, "one"), types.field(absent, "other")
    assert isinstance(one.ctype, Opaque)
    assert one.offset != other.offset
    assert one.offset % SLOT == other.offset % SLOT == 0
    assert types.field(absent, "one") == one
    with pytest.raises(Stop, match="size of struct absent"):
        types.size(absent)
    known = types.record("struct", "known")  # holds it by value
    assert types.field(known, "after").ctype == INT
    with pytest.raises(Stop, match="size of struct known"):
        types.size(known)


def test_a_hunk_of_a_struct_gives_types_only() -> None:
    types = types_of("struct s {\n\tint first;\n\tstruct page *second;\n};\n", lines=[7, 8, 9, 10])
    record = types.record("struct", "s")
    assert types.field(record, "first").ctype == INT
    assert types.field(record, "second").ctype == Pointer(types.record("struct", "page"))
    assert isinstance(types.field(record, "third").ctype, Opaque)
    with pytest.raises(Stop, match="size"):
        types.size(record)


def test_a_struct_that_is_known_has_no_other_fields() -> None:
    types = types_of("struct s { int first; };")
    with pytest.raises(Stop, match="no field `second`"):
        types.field(types.record("struct", "s"), "second")


def test_packed_is_not_guessed() -> None:
    types = types_of("struct s { char a; long b; } __packed;")
    with pytest.raises(Stop, match="size"):
        types.size(types.record("struct", "s"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("u64", ULLONG),
        ("unsigned int", UINT),
        ("long unsigned int", ULONG),
        ("const phys_addr_t *", Pointer(ULLONG)),
        ("mine_t", Pointer(LONG)),
        ("row_t *", Pointer(Array(INT, 4))),
        ("int[3]", Array(INT, 3)),
        ("enum whatever", UINT),
    ],
)
def test_types_as_text(source: str, expected: Int) -> None:
    types = types_of("typedef long *mine_t;\n#define ROW 4\ntypedef int row_t[ROW];\n")
    assert types.of_text(source) == expected


def test_types_that_nobody_knows() -> None:
    types = types_of("typedef struct loop loop_t;\nstruct loop { loop_t inner[2]; };\n")
    for source in ("nothing", "unsigned nothing", "struct"):
        with pytest.raises(Stop, match="not known"):
            types.of_text(source)
    with pytest.raises(Stop):
        types.size(types.record("struct", "loop"))  # holds itself


def test_basic_words() -> None:
    assert basic(["unsigned", "char"]) == Int("u8", 1, False, 1)
    assert basic(["char"]) == Int("char", 1, False, 1)  # as arm64 has it
    assert basic(["long", "nothing"]) is None
