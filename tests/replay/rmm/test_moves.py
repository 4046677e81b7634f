"""What calls that nobody saw may have done to a granule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replay.rmm.moves import ENDLESS, EVERY, Moves, after, joined, moves_of, replaced
from replay.rmm.values import DATA, DELEGATED, GRANULE_NAME, RD, REC, REC_AUX, RTT, UNDELEGATED


def bits(*states: int) -> int:
    return sum(1 << state for state in states)


def one(*commands: str, rmi: str = "1.0") -> Moves:
    return moves_of(frozenset(f"RMI_{name}" for name in commands), rmi)


def test_one_call_moves_a_granule_once() -> None:
    both = one("GRANULE_DELEGATE", "RTT_CREATE")
    assert after(bits(UNDELEGATED), both, 0) == bits(UNDELEGATED)
    assert after(bits(UNDELEGATED), both, 1) == bits(UNDELEGATED, DELEGATED)
    assert after(bits(UNDELEGATED), both, 2) == bits(UNDELEGATED, DELEGATED, RTT)
    assert after(bits(RTT), both, ENDLESS) == bits(RTT)


def test_what_the_console_leaves_out_never_ends_a_realm() -> None:
    hidden = one(
        *("GRANULE_DELEGATE", "GRANULE_UNDELEGATE", "RTT_CREATE", "RTT_DESTROY"),
        *("DATA_CREATE", "DATA_DESTROY", "REC_ENTER"),
    )
    assert after(bits(RD), hidden, ENDLESS) == bits(RD)
    assert after(bits(DATA), hidden, ENDLESS) == bits(UNDELEGATED, DELEGATED, RTT, DATA)


def test_in_2_0_what_makes_realms_and_recs_is_an_operation() -> None:
    """A granule may then be PARTIAL, or what a later call makes of it."""
    assert after(bits(DELEGATED), one("REC_CREATE"), 1) == bits(DELEGATED, REC, REC_AUX)
    assert after(bits(DELEGATED), one("REC_CREATE", rmi="2.0"), 1) == EVERY


def test_a_realm_may_be_another_after_two_calls_not_after_one() -> None:
    moves = one("REALM_CREATE", "REALM_DESTROY")
    assert not replaced(RD, moves, 1)
    assert replaced(RD, moves, 2)
    assert not replaced(RD, one("REALM_DESTROY"), ENDLESS)


def test_a_command_that_nobody_knows_may_do_anything() -> None:
    assert after(bits(UNDELEGATED), one("PDEV_CREATE"), 1) == EVERY


some_moves = st.lists(
    st.integers(0, EVERY), min_size=len(GRANULE_NAME), max_size=len(GRANULE_NAME)
).map(lambda rows: tuple(row | 1 << state for state, row in enumerate(rows)))


@given(some_moves, st.integers(0, len(GRANULE_NAME) - 1), st.integers(0, 20))
def test_after_is_every_walk_of_that_length(moves: Moves, state: int, calls: int) -> None:
    reached = {state}
    for _ in range(calls):
        reached |= {to for s in reached for to in range(len(GRANULE_NAME)) if moves[s] >> to & 1}
    assert after(1 << state, moves, calls) == bits(*reached)


@given(some_moves, some_moves)
def test_joined_moves_are_either(a: Moves, b: Moves) -> None:
    both = joined([a, b])
    assert all(both[s] == a[s] | b[s] for s in range(len(GRANULE_NAME)))
