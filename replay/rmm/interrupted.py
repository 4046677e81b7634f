"""Map and unmap commands that a pending interrupt cuts in two (2.0).

Built to look for interrupts, the reference stops in the middle of RTT_DATA_MAP,
RTT_DEV_MAP and the unmap commands, answers INCOMPLETE and goes on in OP_CONTINUE
(behaviour, section 10.10).  Meanwhile

* the entries in hand read as UNASSIGNED and are marked (`rtt.MARK`): no map command
  takes them, unmap commands pass over them, their table stays in use;
* of the granules in hand some have changed hands already and some have not.

How far it came is told by nothing but the number of times that it may look for an
interrupt (event `irq_after`).  Where that is not told, the least is assumed, and
what later calls and checkpoints show moves it on (`observe`, `compare_with`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from replay.rmm import addr_list
from replay.rmm.rtt import PAGE, level_size
from replay.rmm.values import (
    DATA,
    DELEGATED,
    MAPPED,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from traces.event import Smc

Expected: TypeAlias = tuple[int | None, ...]

# Which argument of a command names a granule that must be DELEGATED.
_GRANULE = {
    "RMI_GRANULE_RANGE_UNDELEGATE": 0,
    "RMI_REC_CREATE": 1,
    "RMI_RTT_CREATE": 1,
    "RMI_RTT_AUX_CREATE": 1,
    "RMI_RTT_DATA_MAP_INIT": 1,
}


def _taken_by_map(smc: Smc, got: Sequence[int]) -> Iterator[int]:
    """The granules that a RTT_DATA_MAP took, as it says."""
    base, flags, oaddr = smc.x[1], smc.x[3], smc.x[4]
    if got[0] != RMI_SUCCESS or got[1] <= base:
        return
    words = [oaddr]
    if addr_list.kind_of(flags) == addr_list.LIST:
        count = addr_list.clipped(oaddr, addr_list.list_count(flags))
        words = smc.memory.words(oaddr, count) if smc.memory is not None else []
    ipa = base
    for block in addr_list.blocks(words):
        size = level_size(block.level)
        if ipa + size > got[1]:
            return
        yield from range(block.addr, block.addr + size, PAGE)
        ipa += size


def _whole_granules(base: int, top: int) -> bool:
    """A range that only the state of its first granule can be a reason to refuse."""
    return not (base | top) & (PAGE - 1) and top >= base + PAGE


class InHand:
    """What an interrupted command has in hand.  Its granules are DELEGATED or `taken`."""

    def __init__(self, m: Rmm, devices: bool) -> None:
        self.m = m
        self.granule_map = m.devices if devices else m.granules
        self.taken = MAPPED if devices else DATA

    def state_of(self, addr: int) -> int | None:
        return self.granule_map.state(addr)

    def put(self, addr: int, state: int) -> None:
        """Move a granule in hand; what is neither DELEGATED nor taken is another's by now."""
        if self.state_of(addr) not in (DELEGATED, self.taken):
            return
        if self.taken == DATA:
            self.m.put(addr, state)
        else:
            self.granule_map.set(addr, state)

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Where the granules in hand are: [base, top) each."""
        raise NotImplementedError

    def seen(self, addr: int, state: int) -> None:
        """A granule in hand was seen to be in this state."""
        raise NotImplementedError

    def observe(self, name: str, smc: Smc, got: Sequence[int]) -> None:
        """See from a call, before it is judged, how far this had come."""
        if name == "RMI_RTT_DATA_MAP":
            for addr in _taken_by_map(smc, got):
                self.observe_granule(addr, DELEGATED)
        elif name in _GRANULE:
            addr = smc.x[_GRANULE[name]]
            if got[0] & 0xFF in (RMI_SUCCESS, RMI_INCOMPLETE):
                self.observe_granule(addr, DELEGATED)
            elif name == "RMI_GRANULE_RANGE_UNDELEGATE" and _whole_granules(addr, smc.x[1]):
                self.observe_granule(addr, self.taken)

    def observe_granule(self, addr: int, state: int) -> None:
        if any(base <= addr < top for base, top in self.ranges()):
            self.seen(addr, state)

    def adopt(self, listed: list[tuple[int, int, int]]) -> None:
        """See the same from a checkpoint: [base, top) and the state of runs of granules."""
        for low, high in self.ranges():
            for base, top, state in listed:
                if state in (DELEGATED, self.taken):
                    for addr in range(max(low, base), min(high, top), self.m.granule):
                        self.seen(addr, state)


def observe(m: Rmm, name: str, smc: Smc) -> None:
    """Learn from a call that has returned how far interrupted commands had come."""
    if smc.r is not None:
        for op in m.operations.open.values():
            if op.in_hand is not None:
                op.in_hand.observe(name, smc, smc.r)


def compare_with(m: Rmm, listed: list[tuple[int, int, int]]) -> None:
    """Learn the same from a checkpoint."""
    for op in m.operations.open.values():
        if op.in_hand is not None:
            op.in_hand.adopt(listed)
