"""An unmap command that an interrupt cuts in two: its entries are gone already (2.0)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from replay.rmm.interrupted import Expected, InHand
from replay.rmm.interrupts import looked, waits
from replay.rmm.operation import Operation, begun, goes_on, is_incomplete, open_operation
from replay.rmm.rtt import ADDRESS, MARK
from replay.rmm.unmapping import unmapped
from replay.rmm.values import (
    ASSIGNED_DEV,
    ASSIGNED_NS,
    DELEGATED,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.unmapping import Unmapping


class UnmapInHand(InHand):
    """An unmap command at work: the entries are taken away, but not all of their granules.

    `released`: granules that were seen to be the host's again, and may be in use elsewhere.
    """

    def __init__(self, m: Rmm, unmapping: Unmapping) -> None:
        super().__init__(m, unmapping.kind == ASSIGNED_DEV)
        self.unmapping = unmapping
        self.rtt = unmapping.walk.rtt
        self.released: set[int] = set()
        self.addrs: list[int] = []
        if unmapping.kind != ASSIGNED_NS:
            self.addrs = [self.rtt.entries[index] & ADDRESS for index in unmapping.indices]

    def ranges(self) -> Iterator[tuple[int, int]]:
        return ((addr, addr + self.unmapping.size) for addr in self.addrs)

    def seen(self, addr: int, state: int) -> None:
        if state == DELEGATED and addr not in self.released:
            self.released.add(addr)
            self.put(addr, DELEGATED)

    def begin(
        self, got: Sequence[int] | None, told: Callable[[Sequence[int] | None], Expected]
    ) -> Expected:
        """Stop before the first granule; `told` gives the registers of the end."""

        def step(m: Rmm, op: Operation, got: Sequence[int] | None) -> Expected:
            op.pauses -= got is None
            if op.pauses if got is None else is_incomplete(got):
                waits(m, got)
                return (goes_on(op), 0, 0)
            m.operations.close(op)
            looked(m)
            self.finish()
            return told(got)

        for index in self.unmapping.indices:
            self.rtt.set(index, unmapped(self.rtt.entries[index]) | MARK)
        waits(self.m, got)
        op = begun(self.m, step, in_hand=self, pauses=self.m.choices.pauses)
        return open_operation(self.m, op, got)

    def finish(self) -> None:
        for index in self.unmapping.indices:
            self.rtt.set(index, self.rtt.entries[index] & ~MARK)
        for base, top in self.ranges():
            for addr in range(base, top, self.m.granule):
                if addr not in self.released:
                    self.put(addr, DELEGATED)
