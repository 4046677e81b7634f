"""Which state every granule is in: an interval map that costs what its runs cost.

Memory is delegated in long ranges but used page by page.  So the map has two
layers: runs of equal state, sorted, that begin and end on chunk boundaries
(2 MiB with 4 KiB granules); and, for a chunk whose granules differ, one byte a
granule.  Chunks that have become uniform again go back into the runs when there
are many: pages come and go, and each such move costs.  A terabyte in one state
is one run; every second page of it is half a kilobyte a chunk.

States are the numbers of `values`; what is not memory has none.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from replay.rmm.values import UNDELEGATED

CHUNK = 512  # granules in a chunk
_MIXED = 255  # the run of chunks that have a byte a granule
_KEPT = 4096  # chunks with a byte a granule, some 2 MB, before any is looked at again


class Granules:
    """States of the granules inside `banks`: (base, size) in bytes, in any order.

    Banks may touch or overlap; a granule that lies in one only partly is none.
    All begin UNDELEGATED.
    """

    def __init__(self, banks: list[tuple[int, int]], granule: int = 4096) -> None:
        self.granule = granule
        self._page = granule.bit_length() - 1
        self._chunk = self._page + CHUNK.bit_length() - 1
        self._off = granule - 1
        self._banks = _joined(
            [(-(-base & -granule), base + size & -granule) for base, size in banks]
        )
        self._starts = [base for base, _ in self._banks]
        # Runs over chunk numbers; a gap between banks lies inside of a run and is
        # kept out by the bank lookup.
        self._at: list[int] = [0]
        self._is: list[int] = [UNDELEGATED]
        self._mixed: dict[int, bytearray] = {}
        self._most = _KEPT
        # Told (base, top, state) of granules that are about to change, if anybody wants to know.
        self.changing: Callable[[int, int, int], None] | None = None
        # Most calls name granules of one bank again and again.
        self._low, self._high = self._banks[0] if self._banks else (0, 0)

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"changing": None}  # nobody looks on at a copy

    def has(self, addr: int) -> bool:
        """Whether `addr` (at any alignment) lies in memory."""
        if self._low <= addr < self._high:
            return True
        i = bisect_right(self._starts, addr) - 1
        return i >= 0 and addr < self._banks[i][1]

    def state(self, addr: int) -> int | None:
        """The state of the granule at `addr`; None if unaligned or not memory."""
        if addr & self._off or not (self._low <= addr < self._high or self.has(addr)):
            return None
        mixed = self._mixed.get(addr >> self._chunk)
        if mixed is not None:
            return mixed[(addr >> self._page) & (CHUNK - 1)]
        return self._is[bisect_right(self._at, addr >> self._chunk) - 1]

    def set(self, addr: int, state: int) -> None:
        """Put the granule at `addr`, which is one, into `state`."""
        if self.changing is not None:
            self.changing(addr, addr + self.granule, state)
        number = addr >> self._chunk
        mixed = self._mixed.get(number)
        if mixed is None:
            old = self._is[bisect_right(self._at, number) - 1]
            if old == state:
                return
            if len(self._mixed) >= self._most:
                self._tidy()
            mixed = self._mixed[number] = bytearray([old]) * CHUNK
            self._set_chunks(number, number + 1, _MIXED)
        mixed[(addr >> self._page) & (CHUNK - 1)] = state

    def set_range(self, base: int, top: int, state: int) -> None:
        """Put the granules of [base, top), which is memory, into `state`."""
        chunk = CHUNK << self._page
        low, high = -(-base // chunk), top // chunk
        if low >= high:
            for addr in range(base, top, self.granule):
                self.set(addr, state)
            return
        for addr in range(base, low * chunk, self.granule):
            self.set(addr, state)
        if self.changing is not None:
            self.changing(low * chunk, high * chunk, state)
        if len(self._mixed) < high - low:
            gone = [n for n in self._mixed if low <= n < high]
        else:
            gone = [n for n in range(low, high) if n in self._mixed]
        for number in gone:
            del self._mixed[number]
        self._set_chunks(low, high, state)
        for addr in range(high * chunk, top, self.granule):
            self.set(addr, state)

    def run(self, addr: int, limit: int) -> tuple[int | None, int]:
        """(state of the granule at `addr`, end of its run of equal state up to `limit`).

        A run ends with its bank.  Of what is no granule: (None, the next granule).
        """
        state = self.state(addr)
        if state is None:
            return None, addr + self.granule
        limit = min(limit, self._bank_end(addr))
        here = addr
        while here < limit:
            number = here >> self._chunk
            mixed = self._mixed.get(number)
            if mixed is None:
                i = bisect_right(self._at, number)
                if self._is[i - 1] != state:
                    break
                here = self._at[i] << self._chunk if i < len(self._at) else limit
            else:
                rest = mixed[(here >> self._page) & (CHUNK - 1) :]
                other = len(rest.lstrip(bytes((state,))))  # from the first of another state on
                here += (len(rest) - other) << self._page
                if other:
                    break
        return state, min(here, limit)

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """(base, granules, state) of every maximal run in memory, in address order."""
        for base, top in self._banks:
            at = base
            while at < top:
                state, end = self.run(at, top)
                assert state is not None
                yield at, (end - at) >> self._page, state
                at = end

    def _tidy(self) -> None:
        """Put the chunks that are uniform back into the runs."""
        for number, mixed in list(self._mixed.items()):
            if mixed.count(mixed[0]) == CHUNK:
                del self._mixed[number]
                self._set_chunks(number, number + 1, mixed[0])
        self._most = max(_KEPT, 2 * len(self._mixed))

    def _bank_end(self, addr: int) -> int:
        return self._banks[bisect_right(self._starts, addr) - 1][1]

    def _set_chunks(self, low: int, high: int, state: int) -> None:
        """Make the chunks [low, high) one run, joined with its neighbours where these are equal."""
        at, values = self._at, self._is
        first = bisect_left(at, low)
        last = bisect_right(at, high)  # the runs [first, last) begin in [low, high]
        above = values[last - 1]
        new = [(low, state)] if not first or values[first - 1] != state else []
        if above != state:
            new.append((high, above))
        at[first:last] = [begin for begin, _ in new]
        values[first:last] = [value for _, value in new]


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges (base, top) in order, those that touch or overlap made one, empty ones dropped."""
    found: list[tuple[int, int]] = []
    for base, top in sorted(ranges):
        if found and base <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], top))
        elif base < top:
            found.append((base, top))
    return found
