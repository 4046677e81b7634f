"""Which states every granule may be in, where calls are missing from the trace.

A granule is known as of some moment; since then calls may have passed unseen.  So
with each stands a stamp, the number of entries that the history of such calls had,
and what it may be by now is worked out when somebody asks.  Granules of large ranges
are kept as ranges, the others page by page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from replay.rmm.doubt import States, states
from replay.rmm.granules import Granules
from replay.rmm.moves import ENDLESS, EVERY, Moves, after, joined, replaced
from replay.rmm.unknown import Open
from replay.rmm.values import UNDELEGATED

_BY_PAGE = 4096  # granules; a longer range is kept as one
_NAMED = 1 << 20  # granules that are kept page by page; then short ranges are ranges, too
_RECENT = 32  # entries of the history that are taken one by one

_Known = tuple[int, int]  # mask of states, stamp


class History:
    """Calls that may have passed unseen: (what one may do, how many), in order.

    Only the last entries are kept: of more than these a granule may have made as many
    moves as there are states, so how many calls they were does not matter any more.
    """

    def __init__(self) -> None:
        self._recent: list[tuple[Moves, int]] = []
        self._count = 0
        self._kinds: list[Moves] = []  # the different ones among them
        self._any: Moves = ()  # what a call of any kind may do
        self._now: dict[_Known, int] = {}  # what is worked out until the next entry

    def add(self, moves: Moves, calls: int) -> None:
        self._recent.append((moves, calls))
        del self._recent[:-_RECENT]
        self._count += 1
        self._now.clear()
        if moves not in self._kinds:
            self._kinds.append(moves)
            self._any = joined(self._kinds)

    def __len__(self) -> int:
        return self._count

    def since(self, mask: int, stamp: int) -> int:
        """What states that were certain at `stamp` may have become."""
        known = (mask, stamp)
        if known not in self._now:
            for moves, calls in self._passed(stamp):
                mask = after(mask, moves, calls)
            self._now[known] = mask
        return self._now[known]

    def replaced(self, state: int, stamp: int) -> bool:
        """Whether a granule may have left `state` and come back since `stamp`."""
        away = 0
        for moves, calls in self._passed(stamp):
            if after(away, moves, calls) >> state & 1 or replaced(state, moves, calls):
                return True
            away = after(away | moves[state], moves, calls - 1) & ~(1 << state)
        return False

    def _passed(self, stamp: int) -> list[tuple[Moves, int]]:
        """What passed since; many entries as one, which is wider than they are, never narrower."""
        number = self._count - stamp
        if number <= _RECENT:
            return self._recent[len(self._recent) - number :]
        return [(self._any, ENDLESS)]


class PartialGranules(Granules):
    """As Granules, but a state may be States.  `bits`: width of a PA where the memory map is
    not known: then any address may be memory."""

    def __init__(
        self,
        banks: list[tuple[int, int]],
        granule: int,
        history: History,
        *,
        bits: int = 0,
    ) -> None:
        super().__init__(banks, granule)
        self._history = history
        self._first: _Known = (1 << UNDELEGATED, 0)
        self._limit = 1 << bits if bits else 0
        self._known: dict[int, _Known] = {}  # page by page; newer than a range
        self._at: list[int] = [0]  # ranges: where each begins
        self._ranges: list[_Known] = [self._first]

    def has(self, addr: int) -> bool:
        """Whether `addr` lies in memory; Open where the map is not known."""
        if not self._limit:
            return super().has(addr)
        if addr >= self._limit:
            return False
        if addr & -self.granule in self._known:
            return True
        raise Open("the memory map is not known")

    def state(self, addr: int) -> Any:
        """The state, States where there are several; None if unaligned or not memory."""
        if addr & self._off or not self.has(addr):
            return None
        return states(self.mask(addr))

    def mask(self, addr: int) -> int:
        """The states that are possible, as bits."""
        known = self._known.get(addr)
        if known is None:
            known = self._ranges[bisect_right(self._at, addr) - 1]
        return self._history.since(*known)

    def stamp(self, addr: int) -> int:
        """Of when what is known of the granule is."""
        known = self._known.get(addr)
        return (known or self._ranges[bisect_right(self._at, addr) - 1])[1]

    def set(self, addr: int, state: int) -> None:
        if self.changing is not None:
            self.changing(addr, addr + self.granule, state)
        self._known[addr] = (1 << state, len(self._history))

    def set_range(self, base: int, top: int, state: int) -> None:
        if self.changing is not None and base < top:
            self.changing(base, top, state)
        known = (1 << state, len(self._history))
        pages = range(base, top, self.granule)
        if len(pages) <= min(_BY_PAGE, self.room):
            self._known.update(dict.fromkeys(pages, known))
            return
        few = len(pages) <= _BY_PAGE
        for addr in pages if few else [addr for addr in self._known if base <= addr < top]:
            self._known.pop(addr, None)
        above = self._ranges[bisect_right(self._at, top) - 1]
        first, last = bisect_right(self._at, base), bisect_right(self._at, top)
        keep = first - 1 if self._at[first - 1] == base else first
        self._at[keep:last] = [base, top]
        self._ranges[keep:last] = [known, above]

    def run(self, addr: int, limit: int) -> tuple[Any, int]:
        """As of Granules, granule by granule; Open where that would take too long."""
        state = self.state(addr)
        if state is None or isinstance(state, States):
            return state, addr + self.granule
        here = addr + self.granule
        last = min(limit, addr + _BY_PAGE * self.granule)
        while here < last:
            if not (self._limit or super().has(here)) or self.mask(here) != 1 << state:
                return state, here
            here += self.granule
        if here < limit:
            raise Open("a long range of granules")
        return state, limit

    def unknown_at_first(self) -> None:
        """The trace begins in mid-life: nobody knows anything of any granule."""
        self._first = (EVERY, 0)
        self._ranges[0] = self._first

    @property
    def room(self) -> int:
        """How many granules more can be known by themselves."""
        return max(_NAMED - len(self._known), 0)

    def named(self) -> frozenset[int]:
        """The granules of which something is known by themselves."""
        return frozenset(self._known)

    def runs(self) -> Iterator[tuple[int, int, Any]]:
        """(base, granules, state) of what is certain and was named, in address order."""
        for addr in sorted(self._known):
            state = self.state(addr)
            if not isinstance(state, States):
                yield addr, 1, state
