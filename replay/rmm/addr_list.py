"""Address range descriptors: how 2.0 names memory in a register or in a list.

One 64-bit word describes `count` blocks of one size that follow each other
(RmiAddrRangeDesc for 4 KiB granules; fact sheet 2.0, section 4; behaviour,
section 9):

    bits 1:0    size of a block: 0 is 4 KiB (level 3) to 3, 512 GiB (level 0)
    bits 11:2   count; 0 makes the descriptor empty
    bits 51:12  address of the first block
    bit  63     state: 0 DELEGATED, 1 UNDELEGATED

Addresses in bytes, levels as of an RTT entry that maps such a block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from replay.rmm.rtt import ADDRESS, ENTRIES, PAGE, level_size

# How a command names output addresses (bits 1:0 of its flags); 15:2 is the list's count.
NONE: Final = 0
SINGLE: Final = 1
LIST: Final = 2
_STATE: Final = 1 << 63
_WORD: Final = 8  # bytes


class Block(NamedTuple):
    """One block of a descriptor; `state` 0 DELEGATED, 1 UNDELEGATED."""

    addr: int
    level: int
    state: int


def descriptor(addr: int, level: int, count: int, state: int = 0) -> int:
    """The word that names `count` blocks of `level` from `addr` on."""
    return addr | count << 2 | 3 - level | (_STATE if state else 0)


def level_of(word: int) -> int:
    return 3 - (word & 3)


def state_of(word: int) -> int:
    return word >> 63


def count_of(word: int) -> int:
    return word >> 2 & 0x3FF


def kind_of(flags: int) -> int:
    """NONE, SINGLE or LIST; 3 is reserved."""
    return flags & 3


def list_count(flags: int) -> int:
    """Descriptors that the caller says its list has room for."""
    return flags >> 2 & 0x3FFF


def clipped(addr: int, count: int) -> int:
    """Descriptors of a list that are looked at: it never crosses its granule."""
    return min(count, ENTRIES, (PAGE - addr % PAGE) // _WORD)


def blocks(words: Iterable[int]) -> Iterator[Block]:
    """The blocks that descriptors name, in their order; empty ones name none."""
    for word in words:
        level, state, addr = level_of(word), word >> 63, word & ADDRESS
        size = level_size(level)
        for at in range(addr, addr + count_of(word) * size, size):
            yield Block(at, level, state)


class Collector:
    """Descriptors of what an unmap command takes away, in the order it does.

    SINGLE holds one ascending run; LIST at most `room` descriptors, where a block
    is joined to either end of an earlier one of its size; NONE takes everything
    and tells nothing.  Only a list says the state (behaviour, section 14, item 7).
    """

    def __init__(self, kind: int, room: int, state: int = 0) -> None:
        self.kind = kind
        self.room = 1 if kind == SINGLE else room
        self.state = state if kind == LIST else 0
        self._runs: list[list[int]] = []  # [address, level, count]

    def add(self, addr: int, level: int) -> bool:
        """Take a block in; False if there is no place for it."""
        if self.kind == NONE:
            return True
        size = level_size(level)
        for run in self._runs:
            if run[1] != level:
                continue
            if addr == run[0] + run[2] * size:
                run[2] += 1
                return True
            if addr + size == run[0] and self.kind == LIST:
                run[0] = addr
                run[2] += 1
                return True
        if len(self._runs) == self.room:
            return False
        self._runs.append([addr, level, 1])
        return True

    def words(self) -> list[int]:
        """The descriptors, in the order in which they were opened."""
        return [descriptor(addr, level, count, self.state) for addr, level, count in self._runs]
