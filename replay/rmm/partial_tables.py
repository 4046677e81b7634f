"""Tables of a realm of which only some entries are known.

A result that needed a walk to come to some level shows that there are tables down to
it.  Where such a table lies may not be known: it gets a place that no memory has.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from replay.rmm.doubt import Objects, known_of
from replay.rmm.rtt import (
    ADDRESS,
    ENTRIES,
    NOWHERE,
    Table,
    entries_of,
    level_size,
    make_entry,
)
from replay.rmm.unknown import Open
from replay.rmm.values import RTT, TABLE

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

_ELSEWHERE: Final = 1 << 51  # from here on the model puts tables whose place is not known


class PartialEntries:
    """The entries of a table, by index; one that is not known is Open."""

    __slots__ = ("_known", "_length")

    def __init__(self, length: int) -> None:
        self._known: dict[int, int] = {}
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return array("Q", [self[i] for i in range(*index.indices(self._length))])
        entry = self._known.get(index)
        if entry is None:
            raise Open("an entry of a table is not known")
        return entry

    def __setitem__(self, index: int | slice, entry: Any) -> None:
        if isinstance(index, slice):
            self._known.update(zip(range(*index.indices(self._length)), entry, strict=True))
        else:
            self._known[index] = entry

    def __iter__(self) -> Iterator[int]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return bool(self[:] == other)

    __hash__ = None  # type: ignore[assignment]

    def count(self, entry: int) -> int:
        return int(self[:].count(entry))

    def forget(self, index: int) -> None:
        """The entry may be another."""
        self._known.pop(index, None)

    def forget_leaves(self) -> None:
        """Only which tables there are is still known."""
        self._known = {i: entry for i, entry in self._known.items() if entry & 7 == TABLE}

    def known_ones(self) -> list[int]:
        """The entries that are known."""
        return list(self._known.values())


class PartialTable(Table):
    """A table of which `entries` are PartialEntries; how many of them count is Open."""

    __slots__ = ()

    def __init__(self, addr: int | None, level: int, base: int) -> None:
        if addr is not None:
            self.addr = addr
        self.level = level
        self.base = base
        self.entries = PartialEntries(entries_of(level))  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        raise Open("what the captured calls tell of a table is not all")

    def set(self, index: int, entry: int) -> None:
        self.entries[index] = entry

    def forget(self, index: int) -> None:
        """An entry is not known any more."""
        entries = partial_entries(self)
        assert entries is not None
        entries.forget(index)


def partial_entries(table: Table) -> PartialEntries | None:
    """The entries of a table of which not all are known; None of another table."""
    entries: object = table.entries
    return entries if isinstance(entries, PartialEntries) else None


def loosened(table: Table) -> PartialEntries:
    """The entries of a table, which from now on need not all be known."""
    entries = partial_entries(table)
    if entries is None:
        entries = PartialEntries(len(table.entries))
        entries[:] = table.entries
        table.__class__ = PartialTable
        table.entries = entries  # type: ignore[assignment]
        for name in ("refs", "aux_refs"):
            with suppress(AttributeError):
                delattr(table, name)
    return entries


class Tables(Objects[Table]):
    """The tables by address, those that lie nowhere included."""

    def __init__(self, m: Rmm) -> None:
        super().__init__(m, RTT, _unplaced)
        self._nowhere: dict[int, Table] = {}

    def get(self, addr: int, default: Any = None) -> Any:
        if addr in self._nowhere:
            return self._nowhere[addr]
        return super().get(addr, default)

    def __getitem__(self, addr: int) -> Table:
        table = self._nowhere.get(addr)
        return super().__getitem__(addr) if table is None else table

    def below(self, entry: int) -> Table | None:
        """The table that a TABLE entry points to, if anything is known of it."""
        addr = entry & ADDRESS
        return self._nowhere.get(addr) or self.known(addr)

    def clear(self) -> None:
        super().clear()
        self._nowhere.clear()

    def entry_of(self, level: int, base: int) -> int:
        """The entry that points to a new one of these."""
        addr = _ELSEWHERE + (len(self._nowhere) << 12)
        self._nowhere[addr] = PartialTable(None, level, base)
        return make_entry(TABLE, addr=addr) | NOWHERE


def emptied(root: Table) -> Table:
    """The same table, nothing being known of its entries."""
    return PartialTable(root.addr, root.level, root.base)


def reach(m: Any, realm: Realm, ipa: int, level: int) -> tuple[Table, int] | None:
    """(table of `level` on the way to `ipa`, index in it), made where it must be; None if
    the realm's geometry is not known, or there cannot be such a table."""
    at = _root(realm, ipa)
    if at is None or at[0].level > level:
        return None
    table, index = at
    while table.level < level:
        entry = _entry(table, index)
        if entry is None:
            size = level_size(table.level)
            entry = m.rtts.entry_of(table.level + 1, ipa & -size)
            table.set(index, entry)
        elif entry & 7 != TABLE:
            return None
        below = m.rtts.below(entry)
        if known_of(below, "level") is None:  # it was a granule, with nothing known of the table
            return None
        table, index = below, below.index(ipa)
    return table, index


def depth(m: Any, realm: Realm, ipa: int) -> int:
    """The level that a walk for `ipa` reaches for certain; -1 if nothing is known."""
    at = _root(realm, ipa)
    if at is None:
        level = known_of(realm, "rtt_level_start")
        return -1 if level is None else int(level)
    table, index = at
    while (entry := _entry(table, index)) is not None and entry & 7 == TABLE:
        below = m.rtts.below(entry)
        if known_of(below, "level") is None:
            return table.level + 1
        table, index = below, below.index(ipa)
    return table.level


def _root(realm: Realm, ipa: int) -> tuple[Table, int] | None:
    trees = known_of(realm, "trees")
    width = known_of(realm, "ipa_width")
    if trees is None or width is None or ipa >> width:
        return None
    roots = trees[0]
    place = (ipa >> (level_size(roots[0].level).bit_length() - 1)) // ENTRIES
    if place >= len(roots):
        return None
    return roots[place], roots[place].index(ipa)


def _entry(table: Table, index: int) -> int | None:
    try:
        return table.entries[index]
    except Open:
        return None


def _unplaced(addr: int) -> Table:
    table: Table = object.__new__(PartialTable)
    table.addr = addr
    return table
