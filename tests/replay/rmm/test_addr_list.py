"""Address range descriptors, against enumeration of the pages they name."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from replay.rmm import addr_list
from replay.rmm.addr_list import LIST, NONE, SINGLE, Collector

PAGE, BLOCK, GIB = 1 << 12, 1 << 21, 1 << 30

# Words out of traces of the reference, and what they name (address, blocks, size, state).
KNOWN = [
    (0x0000_0008_8002_C024, 0x8_8002_C000, 9, PAGE, 0),
    (0x8000_0008_8800_B004, 0x8_8800_B000, 1, PAGE, 1),
    (0x0000_0000_4000_0006, 0x4000_0000, 1, GIB, 0),
    (0x0000_0008_8801_C000, 0x8_8801_C000, 0, PAGE, 0),
]


def test_words_of_the_reference() -> None:
    for word, addr, count, size, state in KNOWN:
        assert list(addr_list.blocks([word])) == [
            (addr + n * size, 3 - {PAGE: 0, BLOCK: 1, GIB: 2}[size], state) for n in range(count)
        ]
        assert addr_list.state_of(word) == state
        level = addr_list.level_of(word)
        assert addr_list.descriptor(addr, level, count, state) == word


@given(st.integers(0, (1 << 64) - 1))
def test_ignored_bits(word: int) -> None:
    """Bits 62:52 mean nothing (behaviour, section 9)."""
    junk = 0x7FF << 52
    assert list(addr_list.blocks([word ^ junk])) == list(addr_list.blocks([word]))


def test_flags() -> None:
    for kind in (NONE, SINGLE, LIST, 3):
        for count in (0, 1, 512, 0x3FFF):
            flags = kind | count << 2 | 7 << 16
            assert (addr_list.kind_of(flags), addr_list.list_count(flags)) == (kind, count)


@given(st.integers(0, 1023), st.integers(0, 1 << 14))
def test_a_list_ends_with_its_page(slot: int, count: int) -> None:
    addr = 7 * PAGE + 8 * (slot % 512)
    seen = addr_list.clipped(addr, count)
    assert seen == len([n for n in range(count) if n < 512 and addr + 8 * n < 8 * PAGE])


@st.composite
def _unmapped(draw: st.DrawFn) -> list[tuple[int, int]]:
    """(address, level) of blocks, each once, often neighbours."""
    pages = draw(st.lists(st.integers(0, 12), unique=True, max_size=10))
    level = draw(st.sampled_from([2, 3]))
    size = PAGE << 9 * (3 - level)
    return [(n * size, level) for n in pages]


@given(_unmapped(), st.integers(1, 5))
def test_a_list_tells_of_every_block_once(blocks: list[tuple[int, int]], room: int) -> None:
    told = Collector(LIST, room, 1)
    took = 0
    for addr, level in blocks:
        if not told.add(addr, level):
            break
        took += 1
    words = told.words()
    assert len(words) <= room
    named = [(b.addr, b.level) for b in addr_list.blocks(words)]
    assert sorted(named) == sorted(blocks[:took])
    assert all(addr_list.state_of(word) for word in words)
    if took < len(blocks):
        # It refused for want of room, not for nothing: no descriptor has this one beside it.
        addr, level = blocks[took]
        size = PAGE << 9 * (3 - level)
        assert len(words) == room
        assert not {addr - size, addr + size} & {a for a, _ in named}


@given(_unmapped())
def test_a_single_descriptor_only_ascends(blocks: list[tuple[int, int]]) -> None:
    told = Collector(SINGLE, 0, 1)
    took = 0
    while took < len(blocks) and told.add(*blocks[took]):
        took += 1
    wanted = 0
    for (before, level), (after, _) in pairwise(blocks):
        if after != before + (PAGE << 9 * (3 - level)):
            break
        wanted += 1
    assert took == (wanted + 1 if blocks else 0)
    words = told.words()
    # The state is never said here (behaviour, section 14, item 7).
    assert words == [blocks[0][0] | took << 2 | 3 - blocks[0][1]] if blocks else not words


def test_nothing_is_told_without_a_form() -> None:
    told = Collector(NONE, 0)
    assert all(told.add(n * 3 * PAGE, 3) for n in range(600))
    assert told.words() == []


def test_sizes_are_not_joined() -> None:
    told = Collector(LIST, 2)
    assert told.add(BLOCK - PAGE, 3)
    assert told.add(BLOCK, 2)
    assert [addr_list.level_of(w) for w in told.words()] == [3, 2]
