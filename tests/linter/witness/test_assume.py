"""Ranges of unknown values: what is decided without a question, and what is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.witness.assume import Assumptions, Range, prefixes, whole
from linter.witness.ctype import BOOL, INT, LONG, SCHAR, U8, UINT, ULLONG, VOID_PTR, Int
from linter.witness.outcome import Endless, Place
from linter.witness.value import Unknown, Value, binary, compare, convert, integer

HERE = Place("a.c", 1)
OPERATORS = ["==", "!=", "<", "<=", ">", ">="]
SMALL = {"u8": U8, "s8": SCHAR, "int": INT, "unsigned": UINT, "u64": ULLONG, "long": LONG}


@given(
    st.integers(-128, 255),
    st.lists(
        st.tuples(
            st.sampled_from(OPERATORS), st.integers(-300, 300), st.sampled_from(sorted(SMALL))
        ),
        max_size=8,
    ),
    st.sampled_from([U8, SCHAR]),
)
def test_never_decides_against_a_value_that_is_left(
    number: int, tests: list[tuple[str, int, str]], ctype: Int
) -> None:
    """Plays a run in which `x` really has a value: every answer that is certain is right."""
    real, x = integer(number, ctype), Unknown(ctype, "x")
    for at, (operator, constant, kind) in enumerate(tests):
        right = integer(constant, SMALL[kind])
        truth = binary(operator, convert(real, SMALL[kind]), right)
        assert isinstance(truth, Value)
        asked = binary(operator, convert(x, SMALL[kind]), right)
        if at == 0:
            answers: list[bool] = []
        answers.append(truth.bits != 0)
        if isinstance(asked, Value):
            assert asked.bits == truth.bits
    # The same questions in order, answered as they are where a question is asked at all.
    assumptions = Assumptions([], 100)
    for operator, constant, kind in tests:
        right = integer(constant, SMALL[kind])
        truth = binary(operator, convert(real, SMALL[kind]), right)
        asked = binary(operator, convert(x, SMALL[kind]), right)
        assert isinstance(truth, Value)
        if isinstance(asked, Unknown):
            assumptions._decisions = [*assumptions.taken, truth.bits != 0]
            assert assumptions.decide(asked, HERE) == (truth.bits != 0)
    known = assumptions.number(x)
    assert known is None or known == real


@given(
    st.lists(st.tuples(st.sampled_from(OPERATORS), st.integers(-9, 9)), max_size=6),
    st.integers(-10, 10),
)
def test_a_range_holds_what_the_comparisons_leave(
    tests: list[tuple[str, int]], number: int
) -> None:
    left = Range(-10, 10)
    for operator, constant in tests:
        left = left.with_(operator, constant)
    inside = left.low <= number <= left.high and number not in left.gaps
    assert inside == all(compare(operator, number, constant) for operator, constant in tests)


def test_whole_types() -> None:
    assert whole(SCHAR) == Range(-128, 127)
    assert whole(BOOL) == Range(0, 1)
    assert whole(VOID_PTR) == Range(0, (1 << 64) - 1)


def test_decisions_are_replayed_then_the_first_side_is_taken() -> None:
    assumptions = Assumptions([False, True], 3)
    answers = [assumptions.decide(Unknown(INT, name), HERE) for name in "abc"]
    assert answers == [False, True, True]
    assert prefixes(assumptions.taken, 2) == [[False, True, False]]
    assert prefixes(assumptions.taken, 0) == [[False, False], [False, True, False]]
    with pytest.raises(Endless):
        assumptions.decide(Unknown(INT, "d"), HERE)


def test_a_pointer_that_is_no_error() -> None:
    assumptions = Assumptions([], 9)
    p = Unknown(VOID_PTR, "p")
    error = binary(">=", p, integer(-4095, ULLONG))
    assert isinstance(error, Unknown)
    assumptions._decisions = [False]
    assert not assumptions.decide(error, HERE)
    again = binary("<", p, integer(-4095, ULLONG))
    assert isinstance(again, Unknown)
    assert assumptions.decide(again, HERE)
    assert len(assumptions.taken) == 1
    assert assumptions.log[0].text == "p < 0xfffffffffffff001"
