"""Realm translation tables: entries, tables, walks, scans, folding.

RMM 1.0 section A5.5 and the functions of section B (fact sheet, section 3).
A table holds its 512 entries as 64-bit words in an array, as the hardware's
does: a realm of 64 GB in pages costs 128 MB here, as there.  An entry is

    bits 2:0   HIPAS (UNASSIGNED, ASSIGNED, TABLE, ASSIGNED_DEV, *_NS)
    bits 4:3   RIPAS (EMPTY, RAM, DESTROYED, DEV); 0 where there is none
    bits 11:5  attributes: MemAttr and S2AP of an ASSIGNED_NS entry, overlay
               index of a protected one
    bits 51:12 output address, or the address of the next table
    bit 52     MARK: an interrupted map or unmap command has it in hand (2.0)
    bit 53     NOWHERE: a table whose place is not known (`partial_tables`)

so that equal entries are equal numbers and contiguous ones an arithmetic row.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Container
from typing import Final

from replay.rmm.unknown import Open
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_DEV,
    ASSIGNED_NS,
    DESTROYED,
    TABLE,
    UNASSIGNED,
    UNASSIGNED_NS,
)

PAGE: Final = 4096
ENTRIES: Final = 512
LEVEL_PAGE: Final = 3

KIND: Final = 0xFFF  # everything but the address
_RIPAS: Final = 0b11000
_ATTR: Final = 0x7F << 5
ADDRESS: Final = ((1 << 52) - 1) & ~0xFFF
MARK: Final = 1 << 52
NOWHERE: Final = 1 << 53
# Address bits of a descriptor with LPA2, where 9:8 are bits 51:50.
DESC_ADDRESS_LPA2: Final = ((1 << 50) - 1) & ~0xFFF | 0x300
# Where an entry's low byte, with HIPAS and RIPAS, stands in memory.
_LOW_BYTE: Final = 0 if sys.byteorder == "little" else 7
_LIVE: Final = (ASSIGNED, TABLE, ASSIGNED_DEV, ASSIGNED_NS)
# An entry of these holds a reference on its table; a mapping of NS memory does not.
_COUNTED: Final = (ASSIGNED, TABLE, ASSIGNED_DEV)


def shift(level: int) -> int:
    """log2 of what one entry of `level` maps."""
    return 12 + 9 * (LEVEL_PAGE - level)


def level_size(level: int) -> int:
    """Bytes that one entry of `level` maps: 4 KiB at 3, 2 MiB at 2, 1 GiB at 1."""
    return 1 << (12 + 9 * (LEVEL_PAGE - level))


def entries_of(level: int) -> int:
    """Entries of a table of `level`: 16 at -1 (LPA2), else 512."""
    return 16 if level == -1 else ENTRIES


def make_entry(hipas: int, ripas: int = 0, addr: int = 0, attr: int = 0) -> int:
    """An entry from its fields; address bits that it has no room for are lost."""
    return addr & ADDRESS | attr << 5 | ripas << 3 | hipas


class Rtte(int):
    """An entry, read by field."""

    __slots__ = ()

    @property
    def state(self) -> int:
        """HIPAS."""
        return self & 7

    @property
    def ripas(self) -> int:
        return self >> 3 & 3

    @property
    def attr(self) -> int:
        return self >> 5 & 0x7F

    @property
    def addr(self) -> int:
        if self & NOWHERE:
            raise Open("where a table lies was not captured")
        return self & ADDRESS

    @property
    def live(self) -> bool:
        """Has an address: a mapping or a table."""
        return self & 7 in _LIVE

    @property
    def marked(self) -> bool:
        """An interrupted map or unmap command has it in hand."""
        return bool(self & MARK)


def _counts(entry: int) -> bool:
    """Whether an entry holds a reference on its table."""
    return entry & 7 in _COUNTED or entry > ADDRESS | KIND


class Table:
    """One RTT granule.

    `base` is the IPA of its first entry, `refs` the number of its entries that
    are TABLE, ASSIGNED or ASSIGNED_DEV, or marked (what makes it live), `aux_refs` how
    many the reference counts beyond that by mistake (an auxiliary starting table, 2.0).  Who
    knows `refs` beforehand says so: counting is slow.
    """

    __slots__ = ("addr", "aux_refs", "base", "entries", "level", "refs")

    def __init__(
        self, addr: int, level: int, base: int, entries: array[int], refs: int | None = None
    ) -> None:
        self.addr = addr
        self.level = level
        self.base = base
        self.entries = entries
        self.refs = sum(e & 7 in _COUNTED for e in entries) if refs is None else refs
        self.aux_refs = 0

    def set(self, index: int, entry: int) -> None:
        """Write an entry and keep the count."""
        old = self.entries[index]
        self.refs += _counts(entry) - _counts(old)
        self.entries[index] = entry

    def index(self, ipa: int) -> int:
        return (ipa >> (12 + 9 * (LEVEL_PAGE - self.level))) & (ENTRIES - 1)


class Walk:
    """Where a walk ended: its level, the table and the entry in it."""

    __slots__ = ("index", "level", "rtt", "rtte")

    def __init__(self, level: int, rtt: Table, index: int) -> None:
        self.level = level
        self.rtt = rtt
        self.index = index
        self.rtte = Rtte(rtt.entries[index])

    @property
    def rtt_addr(self) -> int:
        return self.rtt.addr

    def set(self, entry: int) -> None:
        """Write the entry where the walk ended."""
        self.rtt.set(self.index, entry)
        self.rtte = Rtte(entry)


def walk(roots: list[Table], tables: dict[int, Table], ipa: int, level: int) -> Walk:
    """RttWalk: follow TABLE entries from the starting tables down to `level`.

    `roots` are the concatenated starting tables in address order.  The caller
    has checked that `ipa` lies in the IPA space.
    """
    at = roots[0].level
    bits = 12 + 9 * (LEVEL_PAGE - at)
    index = ipa >> bits
    rtt = roots[index >> 9]
    index &= ENTRIES - 1
    while at < level:
        entry = rtt.entries[index]
        if entry & 7 != TABLE:
            break
        rtt = tables[entry & ADDRESS]
        at += 1
        bits -= 9
        index = ipa >> bits & (ENTRIES - 1)
    return Walk(at, rtt, index)


def new_table(addr: int, level: int, base: int, parent: int) -> Table:
    """The table that an unfolded `parent` entry (of level - 1) becomes (RTT_CREATE)."""
    parent &= ~MARK
    hipas = parent & 7
    if hipas in (ASSIGNED, ASSIGNED_DEV, ASSIGNED_NS):
        step = level_size(level)
        entries = array("Q", range(parent, parent + ENTRIES * step, step))
    else:
        entries = array("Q", [parent]) * ENTRIES
    return Table(addr, level, base, entries, ENTRIES if hipas in _COUNTED else 0)


def fold(rtt: Table, *, permissions: bool = True) -> int | None:
    """The parent entry that a homogeneous table folds into; None if it is not (RTT_FOLD).

    Mappings need consecutive addresses, the first aligned to the parent's entry
    size, and a level at which the parent may hold a block (child level 2 or 3).
    Without `permissions` those of protected entries need not be the same.
    """
    entries = rtt.entries
    if not permissions and entries[0] & 7 in (UNASSIGNED, ASSIGNED, ASSIGNED_DEV):
        entries = array("Q", [entry & ~_ATTR for entry in entries])
    first = entries[0]
    hipas = first & 7
    if hipas in (UNASSIGNED, UNASSIGNED_NS):
        return first if entries.count(first) == ENTRIES else None
    if hipas == TABLE or rtt.level not in (2, 3):
        return None
    step = level_size(rtt.level)
    if (first & ADDRESS) % (step * ENTRIES):
        return None
    row = array("Q", range(first, first + ENTRIES * step, step))
    return first if entries == row else None


def destroyed(protected: bool) -> int:
    """The parent entry after RTT_DESTROY."""
    return make_entry(UNASSIGNED, DESTROYED) if protected else make_entry(UNASSIGNED_NS)


def _marks(hipas: Container[int], ripas: int | None = None) -> bytes:
    """For `_first`: the low bytes of entries with one of these HIPAS, or with this RIPAS."""
    return bytes(b & 7 in hipas or b >> 3 & 3 == ripas for b in range(256))


_LIVE_MARKS: Final = _marks(_LIVE)
_TABLE_MARKS: Final = _marks((TABLE,))
_TABLE_OR_DESTROYED_MARKS: Final = _marks((TABLE,), DESTROYED)


def _first(entries: array[int], index: int, end: int, marks: bytes) -> int:
    """The index of the first marked entry in [index, end), else `end`.

    In C over the low bytes of the entries: a loop over 512 of them would cost more
    than the rest of the call.
    """
    low = entries[index:end].tobytes()[_LOW_BYTE::8]
    found = low.translate(marks).find(1)
    return end if found < 0 else index + found


def skip_non_live(w: Walk, ipa: int) -> int:
    """RttSkipNonLiveEntries: the first live IPA at or after `ipa` in the table of the walk.

    `ipa` itself where its entry is live, even if it lies inside of a block;
    else the end of the run of entries that are not live, or of the table.
    """
    if w.rtte.live:
        return ipa
    entries = w.rtt.entries
    index = _first(entries, w.index, len(entries), _LIVE_MARKS)
    size = level_size(w.level)
    return (ipa & -size) + (index - w.index) * size


def skip_with_ripas(w: Walk, base: int, top: int, stop_at_destroyed: bool) -> int:
    """RttSkipEntriesWithRipas: how far RIPAS can change from `base` on in the walk's table.

    Up to `top`, the first TABLE or (if asked) the first DESTROYED entry, or the
    table's end, rounded down to whole entries; so at most `base` where nothing can.
    """
    size = level_size(w.level)
    first = base & -size
    entries = w.rtt.entries
    end = max(w.index, min(len(entries), w.index - (first - top) // size))  # rounded up
    marks = _TABLE_OR_DESTROYED_MARKS if stop_at_destroyed else _TABLE_MARKS
    index = _first(entries, w.index, end, marks)
    return min(first + (index - w.index) * size, top) & -size


def set_ripas(w: Walk, base: int, top: int, ripas: int) -> None:
    """Set the RIPAS of the entries in [base, top) of the walk's table, from the walk's entry on."""
    size = level_size(w.level)
    entries = w.rtt.entries
    end = min(len(entries), w.index + (top - (base & -size)) // size)
    for i in range(w.index, end):
        if entries[i] & 7 in (UNASSIGNED, ASSIGNED):
            entries[i] = entries[i] & ~_RIPAS | ripas << 3


def from_descriptor(desc: int, hipas: int, lpa2: bool) -> int:
    """The entry of a descriptor of the host: address, MemAttr (4:2), S2AP (7:6)."""
    addr = desc & DESC_ADDRESS_LPA2 & ADDRESS | (desc & 0x300) << 42 if lpa2 else desc & ADDRESS
    return make_entry(hipas, 0, addr, desc >> 2 & 0x3F)


def to_descriptor(entry: Rtte, lpa2: bool) -> int:
    """An entry's address and attributes as the host reads them (RTT_READ_ENTRY)."""
    if lpa2:
        return entry.addr & DESC_ADDRESS_LPA2 | entry.addr >> 42 & 0x300 | entry.attr << 2
    return entry.addr | entry.attr << 2
