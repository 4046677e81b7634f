"""C's conversions and operators against gcc, for every pair of integer types."""

from __future__ import annotations

import ctypes
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.witness.ctype import BOOL, INT, LLONG, S32, SCHAR, SHORT, U8, U16, U32, ULLONG, Int
from linter.witness.literals import number
from linter.witness.outcome import Fault
from linter.witness.value import Unknown, Value, binary, convert, integer, unary

if TYPE_CHECKING:
    from tests.linter.witness.conftest import Compiler

TYPES: dict[str, Int] = {
    "bool": BOOL,
    "u8": U8,
    "s8": SCHAR,
    "u16": U16,
    "s16": SHORT,
    "u32": U32,
    "s32": S32,
    "u64": ULLONG,
    "s64": LLONG,
}
OPERATORS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "and": "&", "or": "|", "xor": "^",
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "shl": "<<", "shr": ">>",
}  # fmt: skip
UNARY = {"neg": "-", "not": "~", "lnot": "!", "plus": "+"}


def _source() -> str:
    lines = []
    for one in TYPES:
        for name, operator in UNARY.items():
            lines.append(f"u64 {name}_{one}(u64 a) {{ return (s64)({operator}({one})a); }}")
            lines.append(f"u64 size_{name}_{one}(void) {{ return sizeof({operator}({one})1); }}")
        for other in TYPES:
            lines.append(f"u64 cast_{one}_{other}(u64 a) {{ return (s64)({other})({one})a; }}")
            for name, operator in OPERATORS.items():
                lines.append(
                    f"u64 {name}_{one}_{other}(u64 a, u64 b)"
                    f"{{ return (s64)(({one})a {operator} ({other})b); }}"
                )
    return "\n".join(lines)


@pytest.fixture(scope="module")
def library(compiled: Compiler) -> ctypes.CDLL:
    return compiled(_source())


def _call(library: ctypes.CDLL, name: str, *args: int) -> int:
    function = getattr(library, name)
    function.restype = ctypes.c_uint64
    function.argtypes = [ctypes.c_uint64] * len(args)
    return int(function(*args))


WORD = (1 << 64) - 1
NUMBERS = st.one_of(
    st.integers(0, WORD),
    st.integers(-9, 70).map(lambda n: n & WORD),
    st.sampled_from([1 << n for n in (7, 8, 15, 16, 31, 32, 63)]).flatmap(
        lambda n: st.sampled_from([n - 1, n, n + 1, WORD - n])
    ),
)


def _wide(value: Value | Unknown) -> int:
    assert isinstance(value, Value)
    return value.number & WORD


@settings(max_examples=60, deadline=None)
@given(a=NUMBERS, b=NUMBERS)
def test_operators(library: ctypes.CDLL, a: int, b: int) -> None:
    for one, left in TYPES.items():
        x = integer(a, left)
        for other, right in TYPES.items():
            y = integer(b, right)
            assert _wide(convert(x, right)) == _call(library, f"cast_{one}_{other}", a)
            for name, operator in OPERATORS.items():
                try:
                    ours = binary(operator, x, y)
                except Fault:
                    assert name in ("div", "mod", "shl", "shr")  # undefined in C
                    assert y.number <= 0 or name.startswith("sh")
                    continue
                if name in ("div", "mod") and y.number == -1 and x.number < 0:
                    continue  # the smallest number by -1 traps on x86
                assert _wide(ours) == _call(library, f"{name}_{one}_{other}", a, b), (
                    f"({one}){a} {operator} ({other}){b}"
                )


@given(a=NUMBERS)
def test_unary(library: ctypes.CDLL, a: int) -> None:
    for one, ctype in TYPES.items():
        for name, operator in UNARY.items():
            ours = unary(operator, integer(a, ctype))
            assert _wide(ours) == _call(library, f"{name}_{one}", a), (name, one)
            assert isinstance(ours.ctype, Int)
            assert ours.ctype.bytes == _call(library, f"size_{name}_{one}")


def test_division_by_zero_and_wide_shifts_are_faults() -> None:
    for operator, number_ in (("/", 0), ("%", 0), ("<<", 32), (">>", -1), ("<<", 1 << 20)):
        with pytest.raises(Fault):
            binary(operator, integer(1), integer(number_))


def test_division_rounds_to_zero_on_large_numbers() -> None:
    x, y = integer(-((1 << 62) + 1), LLONG), integer(2, LLONG)
    assert _wide(binary("/", x, y)) == -(1 << 61) & WORD
    assert _wide(binary("%", x, y)) == -1 & WORD


def test_literals_have_the_types_of_c(compiled: Compiler) -> None:
    random_ = random.Random(3)
    sources = []
    for _ in range(60):
        value = random_.choice([0, 1, 7, (1 << 31) - 1, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63])
        spelt = random_.choice(["{}", "{:#x}", "0{:o}", "{:#b}"]).format(value)
        if value == 1 << 63 and spelt[0] != "0":
            continue  # too large for a decimal literal without `u`
        sources.append(spelt + random_.choice(["", "u", "UL", "l", "LL", "ull"]))
    text = "\n".join(
        f"u64 v{n}(void) {{ return {s}; }} u64 size{n}(void) {{ return sizeof({s}); }}"
        f" u64 g{n}(void) {{ return (typeof({s}))-1 < 0; }}"
        for n, s in enumerate(sources)
        if not (s.endswith(("l", "LL")) and not s.endswith(("ull", "UL")) and str(1 << 63) in s)
    )
    library = compiled(text)
    for n, source in enumerate(sources):
        if hasattr(library, f"v{n}"):
            ours = number(source)
            assert isinstance(ours.ctype, Int)
            assert ours.bits == _call(library, f"v{n}"), source
            assert ours.ctype.bytes == _call(library, f"size{n}"), source
            assert ours.ctype.signed == bool(_call(library, f"g{n}")), source


def test_what_is_certain_of_an_unknown_value() -> None:
    x = Unknown(INT, "x")
    assert binary("*", x, integer(0)) == integer(0)
    assert binary("&", integer(0), x) == integer(0)
    assert binary("-", x, x) == integer(0)
    assert binary("==", x, x) == integer(1)
    assert binary("+", x, integer(0)) == x
    assert str(binary("<", integer(3), x)) == "x > 3"
    assert str(unary("!", binary("<", integer(3), x))) == "x <= 3"
    assert str(unary("!", unary("!", x))) == "x != 0"
