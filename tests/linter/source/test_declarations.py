"""Macros, structs and constant expressions of a file."""

from __future__ import annotations

import pytest

from linter.source.unit import Unit
from linter.source.world import World

HEADER = b"""\
#define RMI_ABI_MAJOR_VERSION 2
#define RMI_X_MASK GENMASK(7, 4) /* four bits */
#define RMI_X_TWO (RMI_X_ONE | \\
 BIT(3)) // and one more
#define RMI_X_ONE 0x10UL
#define RMI_X_LOOP RMI_X_LOOP
#define RMI_GUARD
#define RMI_OF(x) ((x) & RMI_X_MASK)
struct rmi_page {
 u64 flags;
 union {
  u64 inner;
 };
};
struct rmi_later;
"""


def world(*sources: bytes) -> World:
    made = World()
    for number, source in enumerate(sources):
        made.add(Unit(f"{number}.h", source, made))
    return made


def test_macros_by_name() -> None:
    (unit,) = world(HEADER).units
    values = {name: (d.value, d.params) for name, d in unit.defines.items()}
    assert values == {
        "RMI_ABI_MAJOR_VERSION": ("2", None),
        "RMI_X_MASK": ("GENMASK(7, 4)", None),
        "RMI_X_TWO": ("(RMI_X_ONE | BIT(3))", None),
        "RMI_X_ONE": ("0x10UL", None),
        "RMI_X_LOOP": ("RMI_X_LOOP", None),
        "RMI_GUARD": ("", None),
        "RMI_OF": ("((x) & RMI_X_MASK)", ("x",)),
    }


def test_structs_that_are_laid_out() -> None:
    (unit,) = world(HEADER).units
    assert list(unit.structs) == ["rmi_page"]
    known = world(b"", HEADER).struct("rmi_page")
    assert known is not None
    assert known[0].path == "1.h"
    assert world(HEADER).struct("rmi_later") is None


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7),
        ("1 << 4 | 2", 18),
        ("~0xFFUL & 0xF0F", 0xF00),
        ("(512 - 8) / 8", 63),
        ("SZ_2M", 2 << 20),
        ("BIT_ULL(63)", 1 << 63),
        ("GENMASK(63, 0)", (1 << 64) - 1),
        ("UL(3)", 3),
        ("RMI_X_TWO", 0x18),
        ("RMI_X_MASK >> 4", 15),
        ("-1", -1),
        ("RMI_X_LOOP", None),
        ("RMI_OF", None),
        ("RMI_GUARD", None),
        ("unknown", None),
        ("(u64)1", None),
        ("1 << 64", None),
        ("GENMASK(3, 4)", None),
        ("7 / 0", None),
        ("a ? b : c", None),
        ("__import__('os')", None),
        ("", None),
        ("5if", None),  # a warning of Python would go to stderr
        ("0x1and 2", None),
    ],
)
def test_constant_expressions(source: str, value: int | None) -> None:
    assert world(HEADER).number(source) == value


def test_a_macro_of_another_file() -> None:
    made = world(b"int f(void) { return 0; }\n", HEADER)
    found = made.define("RMI_X_MASK")
    assert found is not None
    assert (found[0].path, found[1].node.start_point[0]) == ("1.h", 1)
    assert made.define("RMI_Y") is None


def test_a_function_without_a_name_is_nobodys() -> None:
    """Else a call through a pointer, which has no name either, would mean it."""
    made = world(b"SYSCALL_DEFINE0(rest)\n{\n\treturn 0;\n}\nint f(void) { return 0; }\n")
    assert made.function("") is None
    assert made.function("f") is not None
