"""Lanes hold what changed, no more, and no two of them the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replay.report.lanes import Lane, lanes

RANGES = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 40)).map(lambda r: (r[0], r[0] + r[1])),
    max_size=25,
)


def test_a_piece_has_its_own_lane_where_there_is_room() -> None:
    # One page of a range of eight changes alone: what is before and after it, does not.
    assert lanes([(0x1000, 0x9000), (0x3000, 0x4000)], 8) == [
        Lane(0x1000, 0x3000, 0x2000),
        Lane(0x3000, 0x4000, 0x1000),
        Lane(0x4000, 0x9000, 0x5000),
    ]


def test_neighbours_share_a_lane_and_lanes_end_at_round_addresses() -> None:
    pages = [(base, base + 0x1000) for base in range(0x5000, 0xB000, 0x1000)]
    assert lanes(pages, 2) == [Lane(0x5000, 0x8000, 0x3000), Lane(0x8000, 0xB000, 0x3000)]


def test_a_gap_is_no_part_of_what_changed() -> None:
    assert lanes([(0, 1), (9, 10)], 1) == [Lane(0, 10, 2)]
    assert lanes([], 5) == []


def test_a_terabyte_beside_a_page_is_two_lanes() -> None:
    assert lanes([(0x1000, 0x2000), (1 << 40, 2 << 40)], 64) == [
        Lane(0x1000, 0x2000, 0x1000),
        Lane(1 << 40, 2 << 40, 1 << 40),
    ]


@given(RANGES, st.integers(1, 12))
def test_lanes_are_in_order_and_cover_the_ranges(ranges: list[tuple[int, int]], most: int) -> None:
    found = lanes(ranges, most)
    touched = {at for base, top in ranges for at in range(base, top)}
    covered = [at for lane in found for at in range(lane.base, lane.top) if at in touched]
    assert covered == sorted(touched)
    assert len(found) <= most
    for lane in found:
        assert lane.base in touched and lane.top - 1 in touched
        assert lane.size == len(touched & set(range(lane.base, lane.top)))


@given(RANGES)
def test_with_room_for_all_no_range_ends_inside_of_a_lane(ranges: list[tuple[int, int]]) -> None:
    ends = {end for pair in ranges for end in pair}
    for lane in lanes(ranges, 1000):
        assert not ends & set(range(lane.base + 1, lane.top))
