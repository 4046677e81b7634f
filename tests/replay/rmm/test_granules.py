"""The interval map against a dictionary a page."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.granules import CHUNK, Granules
from replay.rmm.values import DATA, DELEGATED, RD, UNDELEGATED

PAGE = 4096
Pages: TypeAlias = dict[int, int]  # page number -> state
Change: TypeAlias = tuple[
    int, int, int
]  # bank, first page, state; a page number counts in the bank

_STATES = st.sampled_from([UNDELEGATED, DELEGATED, RD, DATA])
# Two banks that begin and end anywhere in a chunk, with or without a gap between.
_BANKS = st.tuples(
    st.integers(0, 2 * CHUNK),
    st.integers(1, 3 * CHUNK),
    st.integers(0, 2 * CHUNK),
    st.integers(1, 3 * CHUNK),
)


def _banks(shape: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """(first page, pages) of the two banks."""
    base, size, gap, other = shape
    return [(base, size), (base + size + gap, other)]


def _equal(granules: Granules, pages: Pages) -> None:
    last = max(pages) + CHUNK
    for page in range(last):
        assert granules.state(page * PAGE) == pages.get(page), page
        assert granules.has(page * PAGE + 8) == (page in pages)


def _runs(pages: Pages) -> list[tuple[int, int, int]]:
    """Maximal runs of pages that follow each other and have one state."""
    numbered = enumerate(sorted(pages))
    return [
        (run[0] * PAGE, len(run), state)
        for (_, state), group in groupby(numbered, lambda n: (n[1] - n[0], pages[n[1]]))
        if (run := [page for _, page in group])
    ]


@given(
    _BANKS,
    st.lists(st.tuples(st.booleans(), st.integers(0), st.integers(0), _STATES), max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_equals_a_dictionary(
    shape: tuple[int, int, int, int], changes: list[tuple[bool, int, int, int]]
) -> None:
    banks = _banks(shape)
    granules = Granules([(base * PAGE, size * PAGE) for base, size in reversed(banks)])
    pages: Pages = {base + i: UNDELEGATED for base, size in banks for i in range(size)}
    for second, at, length, state in changes:
        base, size = banks[second]
        low = at % size
        high = low + 1 + length % (size - low)
        if high == low + 1:
            granules.set((base + low) * PAGE, state)
        else:
            granules.set_range((base + low) * PAGE, (base + high) * PAGE, state)
        pages |= dict.fromkeys(range(base + low, base + high), state)
    _equal(granules, pages)
    assert list(granules.runs()) == _runs(pages)


@given(
    st.lists(st.tuples(st.integers(0, 2 * CHUNK - 1), _STATES), max_size=40),
    st.integers(0, 2 * CHUNK - 1),
    st.integers(1, 2 * CHUNK + 9),
)
@settings(max_examples=60, deadline=None)
def test_a_run_ends_where_the_state_changes(
    single: list[tuple[int, int]], at: int, limit: int
) -> None:
    granules = Granules([(0, 2 * CHUNK * PAGE)])
    pages = dict.fromkeys(range(2 * CHUNK), UNDELEGATED)
    for page, state in single:
        granules.set(page * PAGE, state)
        pages[page] = state
    end = at
    while pages.get(end) == pages[at] and end < at + limit:
        end += 1
    assert granules.run(at * PAGE, (at + limit) * PAGE) == (pages[at], end * PAGE)


@pytest.mark.parametrize("order", [1, -1, 7])
def test_a_chunk_set_page_by_page_joins_its_neighbours(
    order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uniform again, it costs nothing: delegating a bank page by page ends as one run."""
    monkeypatch.setattr("replay.rmm.granules._KEPT", 4)
    granules = Granules([(0, 4 * CHUNK * PAGE), (4 * CHUNK * PAGE, CHUNK * PAGE)])
    pages = range(4 * CHUNK)
    for page in (page * order % len(pages) for page in pages):  # all: the orders are odd
        granules.set(page * PAGE, DELEGATED)
    assert next(granules.runs()) == (0, 4 * CHUNK, DELEGATED)
    granules.set(4 * CHUNK * PAGE, DELEGATED)  # one chunk too many: now they are looked at
    assert next(granules.runs()) == (0, 4 * CHUNK + 1, DELEGATED)
    assert set(granules._mixed) == {4}
    assert len(granules._at) == 3  # four chunks as one run, the fifth, what lies above


def test_a_terabyte_is_one_run() -> None:
    size = 1 << 40
    granules = Granules([(1 << 40, size)])
    granules.set_range(1 << 40, (1 << 40) + size, DELEGATED)
    assert list(granules.runs()) == [(1 << 40, size // PAGE, DELEGATED)]
    granules.set((1 << 40) + 5 * PAGE, DATA)
    assert [count for _, count, _ in granules.runs()] == [5, 1, size // PAGE - 6]
    assert len(granules._mixed) == 1


def test_what_is_no_granule_has_no_state() -> None:
    granules = Granules([(CHUNK * PAGE, CHUNK * PAGE)])
    assert granules.state(CHUNK * PAGE + 8) is None
    assert granules.state(CHUNK * PAGE - PAGE) is None
    assert granules.state(2 * CHUNK * PAGE) is None
    assert granules.state((1 << 64) - PAGE) is None
    assert Granules([]).state(0) is None
    assert not Granules([]).has(0)
    assert list(Granules([]).runs()) == []


def test_banks_may_touch_and_overlap() -> None:
    granules = Granules([(0x4000, 0x4000), (0x1000, 0x3000), (0x2000, 0x1000)])
    assert list(granules.runs()) == [(0x1000, 7, UNDELEGATED)]
    assert granules.state(0x7000) == UNDELEGATED


def test_a_granule_must_lie_in_its_bank_as_a_whole() -> None:
    granules = Granules([(0x1800, 0x2000), (0x5000, 0x800)])
    assert list(granules.runs()) == [(0x2000, 1, UNDELEGATED)]


@pytest.mark.parametrize("granule", [4096, 16384, 65536])
def test_other_granule_sizes(granule: int) -> None:
    granules = Granules([(0, 1 << 30)], granule)
    granules.set(granule, DELEGATED)
    assert granules.state(granule) == DELEGATED
    assert granules.state(4096 * 3) is (UNDELEGATED if granule == 4096 else None)
    runs = list(granules.runs())
    assert [count for _, count, _ in runs] == [1, 1, (1 << 30) // granule - 2]
    assert all(a[0] + a[1] * granule == b[0] for a, b in pairwise(runs))
