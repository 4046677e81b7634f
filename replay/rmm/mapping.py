"""Mapping a range: RTT_DATA_MAP, RTT_UNPROT_MAP and RTT_DEV_MAP of 2.0.

The host names blocks (one descriptor, or a list of them); the RMM puts them one
after the other into the entries from `base` on, within one table, until one does
not go in.  If not even the first does, that is the command's error: what keeps
it out is told apart here, because each way has its own status (behaviour,
section 10.7).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from replay.rmm import addr_list
from replay.rmm.interrupts import comes
from replay.rmm.model import Unknown
from replay.rmm.rtt import ADDRESS, KIND, MARK, level_size, make_entry
from replay.rmm.sweep import put
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_DEV,
    ASSIGNED_NS,
    DATA,
    DELEGATED,
    DESTROYED,
    EMPTY,
    MAPPED,
    RMI_SUCCESS,
    UNASSIGNED,
    UNASSIGNED_NS,
)

if TYPE_CHECKING:
    from replay.rmm.addr_list import Block
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.rtt import Walk

RESERVED_MEMATTR = 4  # the one MemAttr value that stands for nothing
_NO_LPA2 = 1 << 48


class Wanted:
    """The blocks that a map command asks for; `level` and `state` are the first descriptor's."""

    __slots__ = ("level", "state", "words")

    def __init__(self, words: list[int]) -> None:
        self.words = words
        self.level = addr_list.level_of(words[0])
        self.state = addr_list.state_of(words[0])


class Mapping:
    """One map command at work; a subclass knows what may be mapped and how.

    `first` is the block for the entry at `base`, None if the list has none that
    may be used; `unseen`: it was not looked at, as an interrupt was pending.
    `takes` says whether a mapping uses its granules up, `devices` whether these
    are a device's.
    """

    takes = True
    devices = False

    def __init__(
        self, m: Rmm, realm: Realm, walk: Walk, base: int, top: int, wanted: Wanted
    ) -> None:
        self.m = m
        self.rd = realm.rd
        self.walk = walk
        self.base = base
        self.top = top
        self.words = wanted.words
        self.level = wanted.level
        self.size = level_size(wanted.level)
        self.pa_limit = 1 << 52 if realm.feat_lpa2 else _NO_LPA2
        block = next(addr_list.blocks(wanted.words), None)
        self.first = block if block is not None and self.usable(block) else None
        self.unseen = _stopped_first(m, base)

    # --- the ways in which a block does not go in -----------------------------------

    def usable(self, block: Block) -> bool:
        """Named in a state that this command takes."""
        return not block.state

    def misfit(self, block: Block, ipa: int) -> bool:
        """Of another size than the entry, or reaching out of the range."""
        return block.level != self.level or ipa + self.size > self.top

    def malformed(self, block: Block) -> bool:
        """At no address that a descriptor of this level can hold."""
        return bool(block.addr & (self.size - 1)) or block.addr + self.size > self.pa_limit

    def refused(self, block: Block, entry: int) -> bool:
        """The entry holds something else."""
        raise NotImplementedError

    def unready(self, block: Block) -> bool:
        """Its granules cannot be taken."""
        return False

    # --- what keeps the first one out: for the conditions ------------------------------

    @property
    def entry_fault(self) -> bool:
        """The entry and the first block do not go together (-> ERROR_RTT)."""
        block = self.first
        if block is None or self.unseen:
            return False
        if self.misfit(block, self.base):
            return True
        return not self.malformed(block) and self.refused(block, self.walk.rtte)

    @property
    def address_fault(self) -> bool:
        """There is no first block, or its address cannot be one (-> ERROR_INPUT)."""
        block = self.first
        if self.unseen:
            return False
        if block is None:
            return True
        return not self.misfit(block, self.base) and self.malformed(block)

    @property
    def granule_fault(self) -> bool:
        """The granules of the first block cannot be taken (-> ERROR_INPUT)."""
        block = self.first
        if block is None or self.unseen:
            return False
        if self.misfit(block, self.base) or self.malformed(block):
            return False
        return not self.mapped(block, self.walk.rtte) and self.unready(block)

    # --- the work -----------------------------------------------------------------------

    def mapped(self, block: Block, entry: int) -> bool:
        """The entry maps this very block already: nothing is to do, and that is fine."""
        return entry & 7 == ASSIGNED and entry & ADDRESS == block.addr

    def entry(self, block: Block, old: int) -> int:
        """The entry that maps the block."""
        raise NotImplementedError

    def take(self, block: Block) -> None:
        """Note the new state of the block's granules."""

    def accepted(self, anyhow: int = 0) -> list[Block]:
        """The blocks that go in, one an entry from `base` on.

        Up to IPA `anyhow` what keeps a block out is overlooked: for an RMM that
        went further than it may.
        """
        return self._blocks(anyhow, also_unready=False)

    def candidates(self) -> list[Block]:
        """These, and the next one if it is only its granules that keep it out.

        That is found out when they are taken one by one.
        """
        return self._blocks(0, also_unready=True)

    def _blocks(self, anyhow: int, *, also_unready: bool) -> list[Block]:
        found: list[Block] = []
        taken: set[int] = set()  # a block named twice is no longer free the second time
        ipa = self.base
        entries = self.walk.rtt.entries
        room = islice(addr_list.blocks(self.words), len(entries) - self.walk.index)
        for index, block in enumerate(room, self.walk.index):
            old = entries[index]
            out = (
                bool(old & MARK)
                or not self.usable(block)
                or self.misfit(block, ipa)
                or self.malformed(block)
                or self.refused(block, old)
            )
            if not out and not self.mapped(block, old):
                out = block.addr in taken or self.unready(block)
                if out and also_unready:
                    found.append(block)
            if out and (ipa >= anyhow or block.level != self.level or block.level < 1):
                break
            if self.takes:
                taken.add(block.addr)
            found.append(block)
            ipa += self.size
        return found

    def carry_out(self, found: list[Block]) -> None:
        """Map the blocks."""
        rtt = self.walk.rtt
        for index, block in enumerate(found, self.walk.index):
            old = rtt.entries[index]
            if not self.mapped(block, old):
                rtt.set(index, self.entry(block, old))
                self.take(block)


class DataMapping(Mapping):
    """RTT_DATA_MAP: granules of the host become a realm's data, RIPAS unchanged."""

    def refused(self, block: Block, entry: int) -> bool:
        return entry & 7 != UNASSIGNED and not self.mapped(block, entry)

    def unready(self, block: Block) -> bool:
        if self.size == self.m.granule:
            return self.m.gstate(block.addr) != DELEGATED
        end = block.addr + self.size
        return self.m.granules.run(block.addr, end) != (DELEGATED, end)

    def entry(self, block: Block, old: int) -> int:
        return old & KIND & ~7 | ASSIGNED | block.addr

    def take(self, block: Block) -> None:
        put(self.m, block.addr, self.size, DATA)


class UnprotMapping(Mapping):
    """RTT_UNPROT_MAP: memory of the host, wherever it is, with the host's attributes.

    `attr`: MemAttr in bits 2:0, read in bit 4, write in bit 5.
    """

    takes = False
    attr = 0

    def usable(self, block: Block) -> bool:
        return True

    def malformed(self, block: Block) -> bool:
        return self.attr & 7 == RESERVED_MEMATTR or super().malformed(block)

    def refused(self, block: Block, entry: int) -> bool:
        return entry & 7 != UNASSIGNED_NS and not self.mapped(block, entry)

    def mapped(self, block: Block, entry: int) -> bool:
        return entry == self.entry(block, entry)

    def entry(self, block: Block, old: int) -> int:
        return make_entry(ASSIGNED_NS, 0, block.addr, self.attr)


class DevMapping(Mapping):
    """RTT_DEV_MAP: a device's granules, RIPAS unchanged; RAM must not become a device."""

    devices = True

    def malformed(self, block: Block) -> bool:
        return super().malformed(block) or not self.m.devices.has(block.addr)

    def refused(self, block: Block, entry: int) -> bool:
        return entry & 7 != UNASSIGNED or entry >> 3 & 3 not in (EMPTY, DESTROYED)

    def mapped(self, block: Block, entry: int) -> bool:
        return False

    def unready(self, block: Block) -> bool:
        end = block.addr + self.size
        return self.m.devices.run(block.addr, end) != (DELEGATED, end)

    def entry(self, block: Block, old: int) -> int:
        return old & KIND & ~7 | ASSIGNED_DEV | block.addr

    def take(self, block: Block) -> None:
        end = block.addr + self.size
        if self.m.devices.run(block.addr, end) == (DELEGATED, end):
            self.m.devices.set_range(block.addr, end, MAPPED)


def _stopped_first(m: Rmm, base: int) -> bool:
    """An interrupt was announced, and the RMM was seen to stop before the first block for it."""
    got = None if m.smc is None else m.smc.r
    return comes(m) and got is not None and got[0] == RMI_SUCCESS and got[1] == base


def in_flight(m: Rmm, rd: int, ipa: int) -> bool:
    """Whether a map command that was interrupted, and leaves no mark, holds the entry at `ipa`.

    It holds one entry of its range, but which one is only seen when it has
    finished.  Raises Unknown where there is more than one.
    """
    for op in m.operations.open.values():
        if op.holds is not None and op.holds[0] == rd:
            _, base, top = op.holds
            if base <= ipa < top:
                if top - base == m.granule:
                    return True
                raise Unknown("a map command that has not finished may hold this entry")
    return False
