"""Tables, walks, scans and folding against plain lists and the definitions in words."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.realm import new_roots
from replay.rmm.rtt import (
    ENTRIES,
    Rtte,
    Table,
    Walk,
    destroyed,
    entries_of,
    fold,
    from_descriptor,
    level_size,
    make_entry,
    new_table,
    set_ripas,
    skip_non_live,
    skip_with_ripas,
    to_descriptor,
    walk,
)
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_NS,
    DESTROYED,
    EMPTY,
    RAM,
    TABLE,
    UNASSIGNED,
    UNASSIGNED_NS,
)

# (starting level, tables, IPA width): one and several tables, with and without LPA2.
GEOMETRIES = [(0, 1, 48), (0, 1, 40), (1, 1, 39), (1, 2, 40), (1, 16, 43), (2, 4, 32), (-1, 1, 50)]
RIPAS = (EMPTY, RAM, DESTROYED)
LIVE = (ASSIGNED, ASSIGNED_NS, TABLE)

Fields: TypeAlias = tuple[int, int, int, int]  # HIPAS, RIPAS, address, attributes


def fields(entry: int) -> Fields:
    e = Rtte(entry)
    return e.state, e.ripas, e.addr, e.attr


def table(entries: list[int], level: int, base: int = 0) -> Table:
    return Table(0x1000, level, base, array("Q", entries))


# --- sizes ---------------------------------------------------------------------


def test_sizes() -> None:
    """Fact sheet 1.0, section 3."""
    sizes = {3: 4 << 10, 2: 2 << 20, 1: 1 << 30, 0: 512 << 30, -1: 256 << 40}
    assert {level: level_size(level) for level in sizes} == sizes
    assert [entries_of(level) for level in (-1, 0, 1, 2, 3)] == [16, 512, 512, 512, 512]


# --- walks ---------------------------------------------------------------------


@dataclass
class Naive:
    """A tree as a dictionary: (level, IPA) of an entry -> its fields.

    Only entries that were written stand in it; another is what the entry above was
    when a table took its place.
    """

    start: int
    width: int
    written: dict[tuple[int, int], Fields] = field(default_factory=dict)
    unfolded: dict[tuple[int, int], Fields] = field(default_factory=dict)  # what a TABLE was

    def entry(self, level: int, ipa: int) -> Fields:
        at = ipa - ipa % level_size(level)
        if (level, at) in self.written:
            return self.written[level, at]
        if level == self.start:
            half = 1 << (self.width - 1)
            return (UNASSIGNED if at < half else UNASSIGNED_NS, EMPTY, 0, 0)
        above = ipa - ipa % level_size(level - 1)
        state, ripas, addr, attr = self.unfolded[level - 1, above]
        return state, ripas, addr + (at - above if state in LIVE else 0), attr

    def walk(self, ipa: int, level: int) -> tuple[int, Fields]:
        at = self.start
        while at < level and self.entry(at, ipa)[0] == TABLE:
            at += 1
        return at, self.entry(at, ipa)


@given(st.sampled_from(GEOMETRIES), st.data())
@settings(max_examples=80, deadline=None)
def test_walks_equal_those_of_a_dictionary(
    geometry: tuple[int, int, int], data: st.DataObject
) -> None:
    start, number, width = geometry
    roots = new_roots(0x100000, start, number, width)
    assert [root.addr for root in roots] == [0x100000 + 0x1000 * i for i in range(number)]
    tables = {root.addr: root for root in roots}
    naive = Naive(start, width)
    # Few places, so that tables are built below tables; the ends of the space among them.
    space = 1 << width
    places = [
        0,
        space - 0x1000,
        space // 2,
        space // 2 - 0x1000,
        *data.draw(st.lists(st.integers(0, space - 1).map(lambda ipa: ipa & -0x1000), max_size=3)),
    ]
    for step in range(data.draw(st.integers(0, 14))):
        ipa = data.draw(st.sampled_from(places))
        found = walk(roots, tables, ipa, data.draw(st.integers(start, 3)))
        at = (found.level, ipa - ipa % level_size(found.level))
        old = naive.entry(found.level, ipa)
        if found.level < 3 and old[0] != TABLE and data.draw(st.booleans()):
            addr = 0x200000 + 0x1000 * step
            tables[addr] = new_table(addr, found.level + 1, at[1], found.rtte)
            found.set(make_entry(TABLE, addr=addr))
            naive.unfolded[at] = old
            naive.written[at] = (TABLE, 0, addr, 0)
        elif found.level in (1, 2, 3) and old[0] != TABLE:
            new = (
                (ASSIGNED, data.draw(st.sampled_from(RIPAS)), step << 30, 0)
                if ipa < space // 2
                else (ASSIGNED_NS, 0, step << 30, data.draw(st.integers(0, 63)))
            )
            found.set(make_entry(*new))
            naive.written[at] = new
    for ipa in [*places, *(p ^ 0x5000 for p in places), *(p ^ 0x40200000 for p in places)]:
        for level in range(start, 4):
            if ipa < space:
                found = walk(roots, tables, ipa, level)
                assert (found.level, fields(found.rtte)) == naive.walk(ipa, level)
                assert found.rtt.level == found.level
                assert found.rtt.base + found.index * level_size(found.level) == (
                    ipa - ipa % level_size(found.level)
                )
    for each in tables.values():
        held = sum(Rtte(e).state in (ASSIGNED, TABLE) for e in each.entries)
        assert each.refs == held


# --- unfold, fold ----------------------------------------------------------------


@st.composite
def parents(draw: st.DrawFn) -> tuple[int, int]:
    """(level, an entry of it that RTT_CREATE can unfold)."""
    level = draw(st.integers(-1, 2))
    states = [UNASSIGNED, UNASSIGNED_NS, *([ASSIGNED, ASSIGNED_NS] if level >= 1 else [])]
    state = draw(st.sampled_from(states))
    ripas = draw(st.sampled_from(RIPAS)) if state in (UNASSIGNED, ASSIGNED) else 0
    addr = attr = 0
    if state in (ASSIGNED, ASSIGNED_NS):
        addr = draw(st.integers(0, (1 << 52) // level_size(level) - 1)) * level_size(level)
        attr = draw(st.integers(0, 63)) if state == ASSIGNED_NS else 0
    return level, make_entry(state, ripas, addr, attr)


@given(parents())
@settings(deadline=None)
def test_folding_undoes_unfolding(parent: tuple[int, int]) -> None:
    level, entry = parent
    child = new_table(0x1000, level + 1, 0, entry)
    state, ripas, addr, attr = fields(entry)
    step = level_size(level + 1) if state in LIVE else 0
    assert [fields(e) for e in child.entries] == [
        (state, ripas, addr + i * step, attr) for i in range(ENTRIES)
    ]
    assert child.refs == (ENTRIES if state == ASSIGNED else 0)
    assert fold(child) == entry


def homogeneous(entries: list[Fields], level: int) -> Fields | None:
    """The fact sheet's table of what a homogeneous RTT becomes."""
    state, ripas, addr, attr = entries[0]
    same = all((e[0], e[1], e[3]) == (state, ripas, attr) for e in entries)
    if not same or state == TABLE:
        return None
    if state in (UNASSIGNED, UNASSIGNED_NS):
        return (state, ripas, 0, 0)
    in_a_row = all(e[2] == addr + i * level_size(level) for i, e in enumerate(entries))
    aligned = addr % level_size(level - 1) == 0
    return (state, ripas, addr, attr) if in_a_row and aligned and level in (2, 3) else None


@given(st.data())
@settings(deadline=None)
def test_homogeneity_is_as_defined(data: st.DataObject) -> None:
    """Tables that are homogeneous but for a few entries, or for their alignment."""
    level, parent = data.draw(parents())
    child = new_table(0x1000, level + 1, 0, parent)
    entries = list(child.entries)
    if data.draw(st.booleans()) and fields(parent)[0] in (ASSIGNED, ASSIGNED_NS):
        entries = [e + level_size(level + 1) & (1 << 52) - 1 for e in entries]
    for _ in range(data.draw(st.integers(0, 2))):
        i = data.draw(st.sampled_from([0, 1, 255, 511]))
        state, ripas, addr, attr = fields(entries[i])
        entries[i] = data.draw(
            st.sampled_from(
                [
                    entries[i],
                    entries[0],
                    make_entry(state, (ripas + 1) % 3, addr, attr),
                    make_entry(state, ripas, addr ^ 0x1000, attr),
                    make_entry(state, ripas, addr, attr ^ 1),
                    make_entry(TABLE, addr=0x5000),
                    make_entry(UNASSIGNED, EMPTY),
                ]
            )
        )
    # An UNASSIGNED entry has neither address nor attributes.
    entries = [
        make_entry(e & 7, Rtte(e).ripas) if e & 7 in (UNASSIGNED, UNASSIGNED_NS) else e
        for e in entries
    ]
    want = homogeneous([fields(e) for e in entries], level + 1)
    have = fold(table(entries, level + 1))
    assert (None if have is None else fields(have)) == want


def test_a_level_1_table_of_blocks_does_not_fold() -> None:
    """A block of 512 GiB does not exist (deviation D16 of the reference)."""
    blocks = [make_entry(ASSIGNED_NS, addr=i << 30) for i in range(ENTRIES)]
    assert fold(table(blocks, 1)) is None
    assert fold(table([make_entry(ASSIGNED_NS, addr=i << 21) for i in range(ENTRIES)], 2)) == (
        make_entry(ASSIGNED_NS)
    )


def test_what_a_destroyed_table_leaves() -> None:
    assert fields(destroyed(True)) == (UNASSIGNED, DESTROYED, 0, 0)
    assert fields(destroyed(False)) == (UNASSIGNED_NS, 0, 0, 0)


# --- scans -----------------------------------------------------------------------


@st.composite
def scans(draw: st.DrawFn) -> tuple[Walk, list[Fields], int]:
    """(a walk that ended in a table of mixed entries, its entries, the IPA walked to)."""
    level = draw(st.integers(-1, 3))
    count = entries_of(level)
    common = draw(st.sampled_from([(UNASSIGNED, EMPTY), (UNASSIGNED_NS, 0), (ASSIGNED, RAM)]))
    entries = [common] * count
    for _ in range(draw(st.integers(0, 4))):
        i = draw(st.integers(0, count - 1))
        state = draw(st.sampled_from([UNASSIGNED, ASSIGNED, UNASSIGNED_NS, ASSIGNED_NS, TABLE]))
        ripas = draw(st.sampled_from(RIPAS)) if state in (UNASSIGNED, ASSIGNED) else 0
        entries[i] = (state, ripas)
    base = draw(st.integers(0, 3)) * count * level_size(level)
    rtt = table([make_entry(*e, addr=0x7000 if e[0] in LIVE else 0) for e in entries], level, base)
    index = draw(st.integers(0, count - 1))
    inside = draw(st.sampled_from([0, 0x1000, level_size(level) - 0x1000])) % level_size(level)
    return (
        Walk(level, rtt, index),
        [fields(e) for e in rtt.entries],
        (base + index * level_size(level) + inside),
    )


def skip_unless(w: Walk, entries: list[Fields], number: int, value: int) -> int:
    """The fact sheet's scan: the first entry at or after the walk's with that value of a field."""
    size = level_size(w.level)
    for i in range(w.index, len(entries)):
        if entries[i][number] == value:
            return w.rtt.base + i * size
    return w.rtt.base + len(entries) * size


@given(scans())
@settings(max_examples=200, deadline=None)
def test_skipping_what_is_not_live(scan: tuple[Walk, list[Fields], int]) -> None:
    w, entries, ipa = scan
    want = min(skip_unless(w, entries, 0, state) for state in LIVE)
    # In a live entry the table of outcomes says ipa, where the formula goes back.
    assert skip_non_live(w, ipa) == max(want, ipa)


@given(scans(), st.integers(-4, 700), st.sampled_from([0, 0x800, 0x1000]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_skipping_to_where_ripas_cannot_change(
    scan: tuple[Walk, list[Fields], int], length: int, rest: int, stop: bool
) -> None:
    w, entries, base = scan
    size = level_size(w.level)
    top = max(base + length * size // 2 + rest, 0)
    reach = skip_unless(w, entries, 0, TABLE)
    if stop:
        reach = min(reach, skip_unless(w, entries, 1, DESTROYED))
    want = min(reach, top)
    assert skip_with_ripas(w, base, top, stop) == want - want % size


@given(scans(), st.integers(0, 700), st.sampled_from(RIPAS))
@settings(max_examples=100, deadline=None)
def test_setting_ripas(scan: tuple[Walk, list[Fields], int], length: int, ripas: int) -> None:
    w, entries, base = scan
    size = level_size(w.level)
    start = base - base % size
    set_ripas(w, base, start + length * size, ripas)
    for i, (state, old, addr, attr) in enumerate(entries):
        changes = w.index <= i < w.index + length and state in (UNASSIGNED, ASSIGNED)
        assert fields(w.rtt.entries[i]) == (state, ripas if changes else old, addr, attr)


def test_setting_ripas_leaves_an_entry_that_is_not_covered() -> None:
    w = Walk(2, table([make_entry(UNASSIGNED)] * ENTRIES, 2), 1)
    set_ripas(w, 2 << 20, (2 << 20) + 0x1000, RAM)
    assert {fields(e)[1] for e in w.rtt.entries} == {EMPTY}


# --- descriptors -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("desc", "lpa2", "addr"),
    [
        (0x8_8900_0000, False, 0x8_8900_0000),
        (0x1000_0000_0000_0, False, 0x1000_0000_0000_0),  # refused later, but read
        (0x1300, True, (0b11 << 50) | 0x1000),
        (0x100, True, 1 << 50),
        (0x2_0000_0000_02D4, True, 1 << 49 | 1 << 51),
    ],
)
def test_addresses_of_descriptors(desc: int, lpa2: bool, addr: int) -> None:
    """With LPA2, bits 9:8 are bits 51:50 of the address."""
    assert Rtte(from_descriptor(desc, ASSIGNED_NS, lpa2)).addr == addr


@given(st.integers(0, 63), st.integers(0, (1 << 40) - 1), st.booleans())
def test_descriptors_come_back(attr: int, number: int, lpa2: bool) -> None:
    """What was mapped is what RTT_READ_ENTRY shows: address, MemAttr 4:2, S2AP 7:6."""
    addr = number << 12
    high = addr >> 50 << 8 if lpa2 else 0
    desc = (addr & (1 << 50) - 1 if lpa2 else addr) | high | (attr & ~0b1000) << 2
    entry = Rtte(from_descriptor(desc, ASSIGNED_NS, lpa2))
    assert (entry.state, entry.addr) == (ASSIGNED_NS, addr)
    assert to_descriptor(entry, lpa2) == desc


def test_writing_an_entry_keeps_the_count() -> None:
    rtt = table([make_entry(UNASSIGNED)] * ENTRIES, 3)
    for index, state, refs in [
        (0, ASSIGNED, 1),
        (1, TABLE, 2),
        (2, ASSIGNED_NS, 2),  # the host's memory keeps no table alive
        (0, ASSIGNED, 2),
        (0, UNASSIGNED, 1),
        (1, UNASSIGNED_NS, 0),
    ]:
        rtt.set(index, make_entry(state))
        assert rtt.refs == refs
