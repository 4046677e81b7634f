"""Sets of states by granule, against a plain dictionary of sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.rmm import partial_granules
from replay.rmm.doubt import States
from replay.rmm.moves import ENDLESS, Moves, after, moves_of
from replay.rmm.partial_granules import History, PartialGranules
from replay.rmm.unknown import Open
from replay.rmm.values import DATA, DELEGATED, RD, RTT, UNDELEGATED

PAGE = 4096
BASE, PAGES = 0x8000_0000, 6000
DELEGATES = moves_of(frozenset({"RMI_GRANULE_DELEGATE"}), "1.0")
TABLES = moves_of(frozenset({"RMI_RTT_CREATE", "RMI_RTT_DESTROY"}), "1.0")
REALMS = moves_of(frozenset({"RMI_REALM_CREATE", "RMI_REALM_DESTROY"}), "1.0")


def bank(history: History) -> PartialGranules:
    return PartialGranules([(BASE, PAGES * PAGE)], PAGE, history)


def test_a_state_is_known_until_calls_pass_unseen() -> None:
    history = History()
    granules = bank(history)
    granules.set(BASE, DELEGATED)
    assert granules.state(BASE) == DELEGATED
    history.add(TABLES, 1)
    state = granules.state(BASE)
    assert isinstance(state, States)
    assert state.names() == ["DELEGATED", "RTT"]
    assert state != DATA  # which it cannot be
    with pytest.raises(Open):
        assert state == RTT
    granules.set(BASE, RTT)
    assert granules.state(BASE) == RTT
    assert granules.state(BASE + PAGE) == UNDELEGATED  # nobody delegates
    assert granules.state(BASE + 1) is None
    assert granules.state(BASE - PAGE) is None


def test_where_the_memory_map_is_not_known_any_address_may_be_memory() -> None:
    granules = PartialGranules([], PAGE, History(), bits=40)
    with pytest.raises(Open):
        granules.has(BASE)
    assert not granules.has(1 << 40)
    granules.set(BASE, DELEGATED)  # a call that succeeded says so
    assert granules.has(BASE + 8)
    assert granules.state(BASE) == DELEGATED


def test_where_many_are_known_by_themselves_a_short_range_is_kept_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partial_granules, "_NAMED", 10)
    granules = bank(History())
    granules.set_range(BASE, BASE + 8 * PAGE, DELEGATED)
    granules.set_range(BASE + 4 * PAGE, BASE + 12 * PAGE, DATA)
    assert granules.named() == {BASE + n * PAGE for n in range(4)}
    found = [granules.state(BASE + n * PAGE) for n in range(13)]
    assert found == [DELEGATED] * 4 + [DATA] * 8 + [UNDELEGATED]


def test_a_run_ends_where_the_state_does_and_is_open_where_it_is_too_long_to_look() -> None:
    granules = bank(History())
    granules.set_range(BASE, BASE + 5000 * PAGE, DELEGATED)
    granules.set(BASE + 10 * PAGE, DATA)
    assert granules.run(BASE, BASE + 20 * PAGE) == (DELEGATED, BASE + 10 * PAGE)
    assert granules.run(BASE, BASE + 8 * PAGE) == (DELEGATED, BASE + 8 * PAGE)
    with pytest.raises(Open):
        granules.run(BASE + 11 * PAGE, BASE + 5000 * PAGE)


def test_a_granule_that_left_and_came_back_may_be_another_object() -> None:
    history = History()
    history.add(REALMS, 1)
    assert not history.replaced(RD, 0)
    history.add(DELEGATES, 5)
    assert not history.replaced(RD, 0)
    history.add(REALMS, 1)
    assert history.replaced(RD, 0)
    assert not history.replaced(RD, 1)


Step = tuple[str, int, int, Moves]  # set: page, state; range: pages; hide: calls, of what

STATES = st.sampled_from([UNDELEGATED, DELEGATED, RTT])
NONE: Moves = ()
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, PAGES - 1), STATES, st.just(NONE)),
        st.tuples(st.just("range"), st.integers(0, PAGES), st.integers(0, PAGES), st.just(NONE)),
        st.tuples(
            st.just("hide"),
            st.sampled_from([1, 2, ENDLESS]),
            st.just(0),
            st.sampled_from([DELEGATES, TABLES]),
        ),
    ),
    max_size=60,
)


@given(STEPS, st.lists(st.integers(0, PAGES - 1), min_size=1, max_size=30))
def test_the_possible_states_are_those_of_a_plain_model(
    steps: list[Step], looked: list[int]
) -> None:
    """Never fewer; and the same ones while the history is short."""
    history = History()
    granules = bank(history)
    plain = dict.fromkeys(looked, 1 << UNDELEGATED)
    for kind, one, two, moves in steps:
        if kind == "set":
            granules.set(BASE + one * PAGE, two)
            plain |= {page: 1 << two for page in plain if page == one}
        elif kind == "range":
            low, high = sorted((one, two))
            granules.set_range(BASE + low * PAGE, BASE + high * PAGE, DELEGATED)
            plain |= {page: 1 << DELEGATED for page in plain if low <= page < high}
        else:
            history.add(moves, one)
            plain = {page: after(mask, moves, one) for page, mask in plain.items()}
    for page, mask in plain.items():
        found = granules.mask(BASE + page * PAGE)
        assert found | mask == found
        if len(history) <= 32:
            assert found == mask
