"""Unmapping a range: RTT_DATA_UNMAP, RTT_UNPROT_UNMAP and RTT_DEV_UNMAP of 2.0.

From the entry at `base` on, within one table, what is mapped is taken away and
holes are skipped, until something is met that this command does not take away or
that there is no place to tell of (behaviour, section 10.9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.addr_list import NONE, Collector
from replay.rmm.rtt import ADDRESS, KIND, level_size
from replay.rmm.sweep import aux_offset, last_entry, put
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_DEV,
    ASSIGNED_NS,
    DELEGATED,
    DESTROYED,
    EMPTY,
    UNASSIGNED,
    UNASSIGNED_NS,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.rtt import Walk

_HOLES = (UNASSIGNED, UNASSIGNED_NS)


class Unmapping:
    """One unmap command at work: `kind` is the HIPAS that it takes away.

    `reach` is the first IPA that it does not get to, `indices` the entries to
    take away, `told` what the host is told of them.  `fault`: it ends at the
    first entry already, `aux_fault`: because an auxiliary tree maps it too.
    """

    __slots__ = (
        "aux_fault",
        "base",
        "fault",
        "form",
        "indices",
        "kind",
        "m",
        "reach",
        "room",
        "size",
        "told",
        "top",
        "walk",
    )

    def __init__(
        self, m: Rmm, walk: Walk, base: int, top: int, kind: int, form: int, room: int
    ) -> None:
        self.m = m
        self.walk = walk
        self.base = base
        self.top = top
        self.kind = kind
        self.form = form
        self.room = room
        self.size = level_size(walk.level)
        self.scan(top)

    def scan(self, top: int, *, anyhow: bool = False) -> None:
        """Look how far the command gets towards `top`.

        With `anyhow` it gets there: for an RMM that went further than it may.
        """
        walk, kind, size, m = self.walk, self.kind, self.size, self.m
        self.indices = []
        self.told = told = Collector(NONE if anyhow else self.form, self.room, kind == ASSIGNED_NS)
        self.aux_fault = False
        rtt = walk.rtt
        end = last_entry(walk, self.base, top)
        at = walk.index
        if rtt.refs == 0 and kind != ASSIGNED_NS:
            at = max(at, end)  # nothing but holes
        entries = rtt.entries
        while at < end:
            entry = entries[at]
            if entry & 7 == kind:
                addr = entry & ADDRESS
                if kind == ASSIGNED and not anyhow and aux_offset(m, addr, size) is not None:
                    self.aux_fault = at == walk.index
                    break
                if not told.add(addr, walk.level):
                    break
                self.indices.append(at)
            elif entry & 7 not in _HOLES and not anyhow:
                break
            at += 1
        self.reach = self.base + (at - walk.index) * size
        self.fault = at == walk.index and not self.aux_fault

    def granules(self) -> int:
        """How many granules go back to the host."""
        return 0 if self.kind == ASSIGNED_NS else len(self.indices) * self.size // self.m.granule

    def carry_out(self) -> None:
        """Take the entries away, their granules go back to the host."""
        rtt, m, size = self.walk.rtt, self.m, self.size
        for index in self.indices:
            entry = rtt.entries[index]
            rtt.set(index, unmapped(entry))
            addr = entry & ADDRESS
            if entry & 7 == ASSIGNED:
                put(m, addr, size, DELEGATED)
            elif entry & 7 == ASSIGNED_DEV:
                m.devices.set_range(addr, addr + size, DELEGATED)


def unmapped(entry: int) -> int:
    """The entry after its mapping is taken away: what was RAM is DESTROYED now."""
    if entry & 7 == ASSIGNED_NS:
        return UNASSIGNED_NS
    ripas = EMPTY if entry >> 3 & 3 == EMPTY else DESTROYED
    return entry & KIND & ~0x1F | ripas << 3 | UNASSIGNED
