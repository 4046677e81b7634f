"""Situations of RMM 2.0, as its reference behaves (profile 2.0-T of the cases)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from tests.replay.conformance import pages
from tests.replay.conformance.host import (
    DEVICE,
    GB,
    HIGH,
    MB2,
    PAGE,
    PROTECTED,
    RAM_BASE,
    Guest,
    Host,
)
from tests.replay.fids import RMM_1_0, RMM_2_0
from traces.event import Bank, Header

SMMU: Final = 0x8_5000_0000

AUX_COUNT: Final = 16
DONATE, RECLAIM, CONTINUE = 0x10D, 0x20D, 0x00D  # INCOMPLETE, and what is wanted next
CONTIGUOUS: Final = 1 << 16  # in a request for granules
REC_REQUEST: Final = AUX_COUNT << 2  # pages of 4 KiB, anywhere

# oaddr_type in the flags of map and unmap
NONE, SINGLE, LIST = range(3)
UNDELEGATED: Final = 1 << 63  # state bit of an address range descriptor
# MemAttr 2, S2AP read and write; and the descriptor that READ_ENTRY shows of it.
UNPROT_FLAGS: Final = 2 << 16 | 3 << 19
UNPROT_DESC: Final = 2 << 2 | 3 << 6


def platform(
    *,
    rmi: Literal["2.0", "2.0-bet3"] = "2.0",
    sro_contexts: int = 160,
    vmids: int = 256,
    da: bool = True,
    lpa2: bool = True,
    cpus: int = 1,
    pa_width: int = 48,
) -> Header:
    """The reference on a machine with RAM and a device.

    Features: S2SZ 48, LPA2, a break- and a watchpoint; SHA-256 and -512, up to 1023
    RECs; device assignment; three auxiliary planes with trees of their own.
    """
    banks = (Bank(RAM_BASE, GB), Bank(DEVICE, 16 * MB2, "device-ncoh"))
    return Header(
        rmi=rmi,
        granule_size=PAGE,
        pa_width=pa_width,
        memory=banks if pa_width == 48 else (*banks, Bank(HIGH, MB2)),
        features={0: 0x104030 | lpa2 << 8, 1: 0x142A9, 2: 0xA0 | da, 3: 3, 4: 0xFFFE},
        cpus=cpus,
        implementation={
            "name": "tf-rmm" if rmi == "2.0" else "",
            "sro_contexts": sro_contexts,
            "max_rec_aux": AUX_COUNT,
            "vmids": vmids,
            "psmmu_ns_base": [SMMU],
        },
    )


def ranges(*blocks: tuple[int, int], size: int = 0, state: int = 0) -> list[int]:
    """Address range descriptors of (first address, blocks of the size code)."""
    return [addr | count << 2 | size | state for addr, count in blocks]


class World(Host):
    """An RMM, ACTIVE unless told otherwise, and its host."""

    def __init__(self, header: Header | None = None, *, active: bool = True) -> None:
        super().__init__(header or platform(), RMM_1_0 | RMM_2_0)  # what is gone is called, too
        if active:
            self.do("RMM_ACTIVATE")

    # --- granules -----------------------------------------------------------------

    def delegate(self, base: int, count: int = 1) -> None:
        top = base + count * PAGE
        for at in range(base, top, PAGE):  # one a call
            self.do("GRANULE_RANGE_DELEGATE", at, top, out=[at + PAGE])

    def high(self) -> int:
        """A DELEGATED granule at 2^48."""
        self.delegate(HIGH)
        return HIGH

    def undelegate(self, granule: int) -> None:
        """It must be DELEGATED."""
        self.do("GRANULE_RANGE_UNDELEGATE", granule, granule + PAGE, out=[granule + PAGE])

    def listed(self, descriptors: Sequence[int]) -> tuple[int, dict[int, bytes]]:
        """A page of the host with a list in it."""
        page = self.page()
        return page, pages.words(page, {8 * i: word for i, word in enumerate(descriptors)})

    # --- realms -------------------------------------------------------------------

    def realm(self, *, planes: int = 0) -> Guest:
        """A NEW realm of 40 bits from level 0; with planes, each has a tree of its own."""
        roots = [self.delegated() for _ in range(1 + planes)]
        rd, page = self.delegated(), self.page()
        mem = pages.realm_params(
            page, roots[0], planes=planes, flags1=int(planes > 0), aux_roots=roots[1:]
        )
        self.do("REALM_CREATE", rd, page, mem=mem)
        return Guest(rd, roots[0], aux_roots=tuple(roots[1:]))

    # --- memory -------------------------------------------------------------------

    def data(self, guest: Guest, ipa: int, count: int = 1, *, pa: int | None = None) -> int:
        """Pages in a row at a protected IPA; their PA."""
        self.tables(guest, ipa, 3)
        data = self.delegated(count) if pa is None else pa
        top = ipa + count * PAGE
        self.do("RTT_DATA_MAP", guest.rd, ipa, top, SINGLE, *ranges((data, count)), out=[top])
        return data

    def block(self, guest: Guest, ipa: int) -> int:
        """A block of data of 2 MiB; its PA."""
        self.tables(guest, ipa, 2)
        data = self.delegated(512, MB2)
        top = ipa + MB2
        self.do("RTT_DATA_MAP", guest.rd, ipa, top, SINGLE, *ranges((data, 1), size=1), out=[top])
        return data

    def map_ns(self, guest: Guest, ipa: int) -> int:
        """A page of the host at an unprotected IPA; its PA."""
        self.tables(guest, ipa, 3)
        page, top = self.page(), ipa + PAGE
        flags = SINGLE | UNPROT_FLAGS
        oaddr = ranges((page, 1), state=UNDELEGATED)[0]
        self.do("RTT_UNPROT_MAP", guest.rd, ipa, top, flags, oaddr, out=[top])
        return page

    def unmap(self, guest: Guest, ipa: int, pa: int) -> None:
        """Take a page of data away; it is DELEGATED then."""
        top = ipa + PAGE
        out = [top, *ranges((pa, 1)), 0]
        self.do("RTT_DATA_UNMAP", guest.rd, ipa, top, SINGLE, 0, out=out)

    # --- RECs and stateful operations ---------------------------------------------

    def rec(self, guest: Guest, *, runnable: bool = True) -> int:
        """The next REC of a NEW realm; its auxiliary granules follow it."""
        rec, page = self.delegated(1 + AUX_COUNT), self.page()
        mem = pages.rec_params(page, index=len(guest.recs), runnable=runnable)
        self.start_rec(guest.rd, rec, page, mem)
        self.donate(rec + PAGE)
        self.do("OP_CONTINUE", 0, 0, mem=mem)
        guest.recs.append(rec)
        return rec

    def start_rec(
        self, rd: int, rec: int, params: int, mem: dict[int, bytes], handle: int = 0
    ) -> None:
        """REC_CREATE: it wants granules; handles are given from 0 on."""
        out = [handle, REC_REQUEST]
        self.do("REC_CREATE", rd, rec, params, mem=mem, x0=DONATE, out=out)

    def donate(self, first: int, handle: int = 0) -> None:
        """Give a new REC all it wants, in a row."""
        at, mem = self.listed(ranges((first, AUX_COUNT)))
        self.do("OP_MEM_DONATE", handle, at, 1, mem=mem, x0=CONTINUE, out=[AUX_COUNT, 0])

    def drain(self, guest: Guest, ipa: int) -> None:
        """A DATA_MAP of a page that an interrupt has stopped: it holds the entry."""
        top = ipa + PAGE
        args = (guest.rd, ipa, top, SINGLE, *ranges((self.delegated(), 1)))
        self.do("RTT_DATA_MAP", *args, x0=CONTINUE, out=[0])

    def smmu(self, *, full: bool = True) -> int:
        """The SMMU, ACTIVE or asking for the first of its granules; those it has."""
        page = self.page()
        mem = pages.words(page, {0: 0})
        self.do("PSMMU_ACTIVATE", SMMU, page, mem=mem, x0=DONATE, out=[0, CONTIGUOUS | 2 << 2])
        first = self.page(4, 4 * PAGE)
        if full:
            self.delegate(first, 4)
            wanted = [CONTIGUOUS | 1 << 2, CONTIGUOUS | 1 << 2, 0]
            for (at, count), left in zip(((0, 2), (2, 1), (3, 1)), wanted, strict=True):
                lst, listed = self.listed(ranges((first + at * PAGE, count)))
                x0 = DONATE if left else CONTINUE
                self.do("OP_MEM_DONATE", 0, lst, 1, mem=listed, x0=x0, out=[count, left])
            self.do("OP_CONTINUE", 0, 0, mem=mem)
        return first

    def level_2_table(self, sid: int) -> int:
        """A level-2 stream table of the SMMU; its granule."""
        want = CONTIGUOUS | 1 << 2
        self.do("PSMMU_ST_L2_CREATE", SMMU, sid, x0=DONATE, out=[0, want])
        granule = self.delegated()
        lst, listed = self.listed(ranges((granule, 1)))
        self.do("OP_MEM_DONATE", 0, lst, 1, mem=listed, x0=CONTINUE, out=[1, 0])
        self.do("OP_CONTINUE", 0, 0)
        return granule

    def sealed(self) -> int:
        """An operation that waits for the host: a REC_CREATE; the granule of its REC."""
        rec, page = self.delegated(), self.page()
        self.start_rec(page, rec, page, pages.rec_params(page))
        return rec

    def destroy_rec(self, rec: int) -> None:
        """REC_DESTROY with all that follows, of a REC that `rec` made."""
        self.do("REC_DESTROY", rec, x0=RECLAIM, out=[0])
        page = self.page()
        mem_out = pages.words(page, {0: ranges((rec + PAGE, AUX_COUNT))[0]})
        self.do("OP_MEM_RECLAIM", 0, page, 512, mem_out=mem_out, x0=CONTINUE, out=[1])
        self.do("OP_CONTINUE", 0, 0)

    def granule_in(self, state: str) -> int:
        """A granule in the state of that name, of another realm where it is of one."""
        if state == "DELEGATED":
            return self.delegated()
        if state == "UNDELEGATED":
            return self.page()
        other = self.realm()
        if state == "RD":
            return other.rd
        if state == "DATA":
            return self.data(other, PROTECTED)
        return self.rec(other) + (PAGE if state == "REC_AUX" else 0)
