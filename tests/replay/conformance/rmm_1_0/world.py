"""Situations of RMM 1.0.

Realms have IPAs of 40 bits and one starting table of level 0, so that all of the
three lower levels can be missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

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
    SetUpError,
)
from tests.replay.fids import RMM_1_0
from traces.event import Bank, Header

AUX_COUNT: Final = 4
VMID_BITS: Final = 8


def platform(
    *,
    pa_width: int = 48,
    lpa2: bool = False,
    max_recs_order: int = 10,
    revisions: Sequence[int] = (0x10000,),
) -> Header:
    """A machine with RAM, a device and, if its PAs are wider than 48 bits, RAM up there."""
    banks = [Bank(RAM_BASE, GB), Bank(DEVICE, 16 * MB2, "device-ncoh")]
    if pa_width > 48:
        banks.append(Bank(HIGH, MB2))
    # S2SZ, LPA2, one break- and one watchpoint (register value: number minus
    # one), 31 PMU counters, SHA-256 but not SHA-512, four list registers.
    feature0 = pa_width if pa_width == 52 else 48
    feature0 |= lpa2 << 8 | 1 << 14 | 1 << 20 | 1 << 26 | 31 << 27 | 1 << 32 | 3 << 34
    return Header(
        rmi="1.0",
        granule_size=PAGE,
        pa_width=pa_width,
        memory=tuple(banks),
        features={0: feature0 | max_recs_order << 38},
        cpus=2,
        implementation={
            "revisions": list(revisions),
            "max_rec_aux": AUX_COUNT,
            "max_recs_order": max_recs_order,
            "vmid_bits": VMID_BITS,
            "gic": {"num_lrs": 4, "pri_bits": 5, "vintid_bits": 16, "ext_range": 0},
            "hpmn0": 0,
        },
    )


class World(Host):
    """An RMM and its host."""

    def __init__(self, header: Header | None = None) -> None:
        super().__init__(header or platform(), RMM_1_0)
        self._vmid = 0

    # --- granules -----------------------------------------------------------------

    def delegate(self, base: int, count: int = 1) -> None:
        for i in range(count):
            self.do("GRANULE_DELEGATE", base + i * PAGE)

    def high(self, *, delegate: bool = True) -> int:
        """A granule at 2^48, on the wide platform."""
        if delegate:
            self.delegate(HIGH)
        return HIGH

    def secure(self) -> int:
        """A granule that the Secure world has taken."""
        page = self.page()
        self.event("gpt", addr=page, pas="SECURE")
        return page

    def granule_in(self, state: str) -> int:
        """A granule in the state of that name, of another realm where it is of one."""
        if state == "UNDELEGATED":
            return self.page()
        if state == "DELEGATED":
            return self.delegated()
        if state == "REALM":  # the PAS, not a state
            return self.delegated()
        if state == "SECURE":
            return self.secure()
        other = self.realm()
        if state == "RD":
            return other.rd
        if state == "RTT":
            self.table(other, 0, 1)
            return other.tables[0, 1, 0]
        if state == "DATA":
            return self.data(other, PROTECTED)
        rec = self.rec(other)
        if state == "REC":
            return rec
        if state == "REC_AUX":
            return rec + PAGE  # see rec()
        raise SetUpError(f"nobody knows how to bring a granule into state {state}")

    # --- realms -------------------------------------------------------------------

    def realm(
        self, *, width: int = 40, start: int = 0, num_start: int = 1, lpa2: bool = False
    ) -> Guest:
        """A NEW realm."""
        root = self.delegated(num_start, num_start * PAGE)
        rd = self.delegated()
        params = self.page()
        self.do(
            "REALM_CREATE",
            rd,
            params,
            mem=self.realm_params(
                params, root, width=width, start=start, num_start=num_start, flags=int(lpa2)
            ),
        )
        return Guest(rd, root, start)

    def realm_params(
        self, page: int, root: int, *, vmid: int | None = None, **fields: Any
    ) -> dict[int, bytes]:
        """RmiRealmParams in the page at `page`; the next free VMID unless given."""
        if vmid is None:
            vmid = self._vmid
            self._vmid += 1
        return pages.realm_params(page, root, vmid=vmid, **fields)

    # --- memory -------------------------------------------------------------------

    def data(self, guest: Guest, ipa: int, *, pa: int | None = None) -> int:
        """A page of unknown content at a protected IPA; its PA."""
        self.tables(guest, ipa, 3)
        data = self.delegated() if pa is None else pa
        self.do("DATA_CREATE_UNKNOWN", guest.rd, data, ipa)
        return data

    def map_ns(self, guest: Guest, ipa: int, level: int = 3, desc: int | None = None) -> int:
        """Map host memory at an unprotected IPA; the descriptor."""
        self.tables(guest, ipa, level)
        if desc is None:
            desc = self.page()
        self.do("RTT_MAP_UNPROTECTED", guest.rd, ipa, level, desc)
        return desc

    # --- RECs ---------------------------------------------------------------------

    def rec(self, guest: Guest, *, runnable: bool = True, gprs: Sequence[int] = ()) -> int:
        """The next REC of a NEW realm; its auxiliary granules follow it."""
        rec = self.delegated(1 + AUX_COUNT)
        aux = [rec + PAGE * (i + 1) for i in range(AUX_COUNT)]
        page = self.page()
        mem = pages.rec_params(page, aux, index=len(guest.recs), runnable=runnable, gprs=gprs)
        self.do("REC_CREATE", guest.rd, rec, page, mem=mem)
        guest.recs.append(rec)
        return rec
