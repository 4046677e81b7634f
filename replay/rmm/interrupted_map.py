"""A map command that an interrupt cuts in two: it has one block in hand (2.0)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from replay.rmm.interrupted import Expected, InHand
from replay.rmm.interrupts import Interrupts, looked_times, waits
from replay.rmm.operation import Operation, begun, goes_on, is_incomplete, open_operation
from replay.rmm.rtt import MARK
from replay.rmm.values import (
    ASSIGNED,
    DELEGATED,
    RMI_BUSY,
    RMI_ERROR_INPUT,
    RMI_ERROR_RTT,
    RMI_SUCCESS,
    UNASSIGNED,
    result,
)

if TYPE_CHECKING:
    from replay.rmm.addr_list import Block
    from replay.rmm.mapping import Mapping as MapCommand
    from replay.rmm.model import Rmm
    from traces.event import Smc

# Which argument of a command is the IPA of an entry that a map command may have in hand.
_IPA = {
    "RMI_RTT_READ_ENTRY": 1,
    "RMI_RTT_DATA_MAP": 1,
    "RMI_RTT_DATA_MAP_INIT": 2,
    "RMI_RTT_DEV_MAP": 2,
}


class MapInHand(InHand):
    """A map command at work: it has block `at` in hand, and `done` bytes of it taken.

    `back`: one of its granules cannot be taken, what was taken is being given back.
    `sure`: that it is this block was seen.
    """

    def __init__(self, m: Rmm, mapping: MapCommand) -> None:
        super().__init__(m, mapping.devices)
        self.mapping = mapping
        self.rtt = mapping.walk.rtt
        self.blocks = mapping.candidates()
        self.at = 0
        self.done = 0
        self.back = False
        self.sure = False

    # --- how far interrupts let it go: nothing is changed ------------------------------

    def run(self, interrupts: Interrupts) -> bool:
        """Begin; whether an interrupt stops it within a block."""
        self.at = 0
        while not interrupts.pending() and self.at < len(self.blocks):
            if self.mapping.takes and not self.mapped():
                self.done = 0
                if self.stops(interrupts):
                    return True
                if self.back:
                    return False
            self.at += 1
        return False

    def stops(self, interrupts: Interrupts) -> bool:
        """Take the granules in hand, or give them back; whether an interrupt comes in between."""
        page = self.m.granule
        while not self.back and self.done < self.mapping.size:
            if interrupts.pending():
                return True
            self.back = not self.takeable(self.block.addr + self.done)
            self.done += 0 if self.back else page
        while self.back and self.done:
            if interrupts.pending():
                return True
            self.done -= page
        return False

    # --- what it has in hand -----------------------------------------------------------

    @property
    def block(self) -> Block:
        return self.blocks[self.at]

    @property
    def index(self) -> int:
        return self.mapping.walk.index + self.at

    @property
    def ipa(self) -> int:
        return self.mapping.base + self.at * self.mapping.size

    def granules(self) -> range:
        return range(self.block.addr, self.block.addr + self.mapping.size, self.m.granule)

    def mapped(self) -> bool:
        """The block in hand is mapped already: there is nothing to take."""
        return self.mapped_at(self.at)

    def mapped_at(self, number: int) -> bool:
        entry = self.rtt.entries[self.mapping.walk.index + number]
        return self.mapping.mapped(self.blocks[number], entry)

    def can_end_well(self) -> bool:
        """Nothing keeps the block in hand from being mapped."""
        return not self.back and all(map(self.takeable, self.granules()[self.pages_done() :]))

    def takeable(self, addr: int) -> bool:
        """A granule of the block in hand that is not taken yet can be."""
        return self.state_of(addr) == DELEGATED and self.block not in self.blocks[: self.at]

    def pages_done(self) -> int:
        return self.done // self.m.granule

    # --- what it does to the model --------------------------------------------------------

    def hold(self) -> None:
        """Mark the entry in hand, and take its granules as far as it came."""
        done, self.done = self.done, 0
        self.came(done)
        self.rtt.set(self.index, self.rtt.entries[self.index] | MARK)

    def came(self, done: int) -> None:
        """So much of the block in hand is taken now."""
        first, page = self.block.addr, self.m.granule
        for addr in range(first + self.done, first + done, page):
            self.put(addr, self.taken)
        for addr in range(first + done, first + self.done, page):
            self.put(addr, DELEGATED)
        self.done = done

    def seen(self, addr: int, state: int) -> None:
        offset = addr - self.block.addr
        if state == DELEGATED:
            self.came(min(offset, self.done))
        elif self.state_of(addr) == DELEGATED and not self.is_last(offset):
            self.came(offset + self.m.granule)

    def is_last(self, offset: int) -> bool:
        """The last granule of the last block: with it the command would have ended."""
        last = self.mapping.size - self.m.granule
        return offset == last and self.at == len(self.blocks) - 1

    def finish(self) -> None:
        """Map the block in hand."""
        old = self.rtt.entries[self.index] & ~MARK
        self.rtt.set(self.index, self.mapping.entry(self.block, old))
        self.came(self.mapping.size)

    def give_back(self) -> None:
        """Leave the block in hand as it was."""
        self.came(0)
        self.rtt.set(self.index, self.rtt.entries[self.index] & ~MARK)

    def advance(self, to: int) -> None:
        """It was seen to have come to block `to`: those before it are mapped."""
        while self.at < min(to, len(self.blocks) - 1):
            self.finish()
            self.at, self.done, self.back, self.sure = self.at + 1, 0, False, False
            while self.mapped() and self.at < len(self.blocks) - 1:
                self.at += 1
            self.hold()

    def ranges(self) -> Iterator[tuple[int, int]]:
        yield self.block.addr, self.block.addr + self.mapping.size

    def observe(self, name: str, smc: Smc, got: Sequence[int]) -> None:
        super().observe(name, smc, got)
        self.settle()
        at, mapping = _IPA.get(name), self.mapping
        if at is None or smc.x[0] != mapping.rd:
            return
        number, within = divmod(smc.x[at] - mapping.base, mapping.size)
        if within or not self.at <= number < len(self.blocks):
            return
        entry = self.rtt.entries[mapping.walk.index + number]
        if entry & 7 != UNASSIGNED or (entry & MARK and number != self.at):
            return  # what was seen has another reason
        if name == "RMI_RTT_READ_ENTRY":
            in_use = got[0] == RMI_SUCCESS and got[1:3] == [mapping.level, ASSIGNED]
        elif got[0] == RMI_BUSY and self.m.cpus == 1:
            self.advance(number)
            self.sure = True
            return
        else:
            in_use = got[0] == result(RMI_ERROR_RTT, mapping.level)
        if in_use:
            self.advance(number + 1)

    def adopt(self, listed: list[tuple[int, int, int]]) -> None:
        for number in range(self.at, len(self.blocks)):
            last = self.blocks[number].addr + self.mapping.size - self.m.granule
            if self.state_of(last) == DELEGATED and any(
                base <= last < top and state == self.taken for base, top, state in listed
            ):
                self.advance(number + 1)
        super().adopt(listed)
        self.settle()

    def settle(self) -> None:
        """A block whose last granule was seen to be taken is done with."""
        if self.done == self.mapping.size:
            self.advance(self.at + 1)

    # --- the operation ------------------------------------------------------------------

    def begin(self, got: Sequence[int] | None) -> Expected | None:
        """Stop in a block; None if there is none in which it could."""
        m, interrupts = self.m, Interrupts(self.m.interrupt)
        if not self.run(interrupts):
            free = (n for n in range(len(self.blocks)) if not self.mapped_at(n))
            self.at = next(free, len(self.blocks))
            self.done, self.back = 0, False
        if self.at == len(self.blocks):
            return None
        waits(m, got)
        self.mapping.carry_out(self.blocks[: self.at])
        self.hold()
        op = begun(m, self.step, in_hand=self, pauses=m.choices.pauses)
        return open_operation(m, op, got)

    def step(self, m: Rmm, op: Operation, got: Sequence[int] | None) -> Expected:
        """OP_CONTINUE: only the block in hand is finished."""
        if got is not None and is_incomplete(got):
            self.interrupted_again()
            waits(m, got)
            return (goes_on(op), 0, 0)
        op.pauses -= got is None
        if got is None and op.pauses:
            return (goes_on(op), 0, 0)
        size = self.mapping.size
        if got is not None and got[0] == RMI_SUCCESS and got[1] > self.ipa + size and not self.sure:
            self.advance((got[1] - self.mapping.base) // size - 1)
        m.operations.close(op)
        if got is not None and got[0] == RMI_SUCCESS and got[1] == self.ipa + size:
            self.others_gave_back(m)
        looked_times(m, len(self.granules()) - self.pages_done())
        well = self.can_end_well()
        ipa, went = self.ipa, well
        if got is not None:
            went = got[0] == RMI_SUCCESS and (well or got[1] > ipa)
        self.finish() if went else self.give_back()
        if well:
            return (RMI_SUCCESS, ipa + size)
        op.why = "not all granules of the block in hand were DELEGATED"
        return (RMI_SUCCESS, ipa) if self.at else (RMI_ERROR_INPUT, 0)

    def others_gave_back(self, m: Rmm) -> None:
        """The block in hand could be taken, so no other operation has any of it."""
        for op in m.operations.open.values():
            if op.in_hand is not None:
                for addr in self.granules()[self.pages_done() :]:
                    op.in_hand.observe_granule(addr, DELEGATED)

    def interrupted_again(self) -> None:
        """Go on as far as interrupts let it, if that is what was seen."""
        before, back = self.done, self.back
        stops = self.stops(Interrupts(self.m.interrupt))
        after, self.done = self.done, before
        if stops:
            self.came(after)
        else:
            self.back = back
