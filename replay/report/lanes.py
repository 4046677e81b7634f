"""Memory as lanes: which granules of a trace are drawn in one row.

A *piece* is memory that always was in one state, as a whole: no change began or ended
inside it.  Where there are few pieces each has a lane of its own; where there are many,
neighbours share one, and lanes end at the roundest addresses.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import NamedTuple


class Lane(NamedTuple):
    """Memory of one row: it lies in [base, top); `size` bytes of it ever changed."""

    base: int
    top: int
    size: int


def lanes(ranges: Iterable[tuple[int, int]], most: int) -> list[Lane]:
    """At most `most` lanes, in address order, that hold the ranges (base, top) of all changes."""
    pieces = _pieces(ranges)
    if not pieces:
        return []
    starts = [base for base, _ in pieces]
    # The lane of most pieces is cut in two until there are enough of them.
    heap = [(-len(pieces), 0, len(pieces))]
    heapify(heap)
    while len(heap) < most and heap[0][0] < -1:
        _, first, end = heappop(heap)
        cut = bisect_left(starts, _roundest(starts[first], starts[end - 1]))
        heappush(heap, (first - cut, first, cut))
        heappush(heap, (cut - end, cut, end))
    return [
        Lane(
            pieces[first][0], pieces[end - 1][1], sum(top - base for base, top in pieces[first:end])
        )
        for _, first, end in sorted(heap, key=lambda lane: lane[1])
    ]


def _pieces(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pieces (base, top) that the ends of all ranges cut their union into."""
    depth: dict[int, int] = {}  # how many more ranges begin than end here
    for base, top in ranges:
        depth[base] = depth.get(base, 0) + 1
        depth[top] = depth.get(top, 0) - 1
    found = []
    inside, begin = 0, 0
    for at in sorted(depth):
        if inside:
            found.append((begin, at))
        inside += depth[at]
        begin = at
    return found


def _roundest(low: int, high: int) -> int:
    """The address in (low, high] that the largest power of two divides."""
    bit = (low ^ high).bit_length() - 1
    return high >> bit << bit
