"""RECs: attributes and parameters.

RMM 1.0 sections A2.3 and C (RmiRecParams), fact sheet sections 2, 4 and 6; what 2.0
adds is marked.  The run page is in `run_page`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from traces.event import Memory

GPRS = 31  # x0 to x30


class PsciRequest(NamedTuple):
    """A PSCI call that the host has to answer; None where the trace does not tell."""

    fid: int
    mpidr: int  # in register layout
    entry: int | None
    context: int | None


class Rec:
    """One REC.

    `gprs` are x0 to x30 as the realm will see them at the next entry, `pc` where it
    will go on; None where the trace does not tell.

    A pending RIPAS change: what is left of it is [`ripas_addr`, `ripas_top`), of the
    whole from `ripas_base`; `ripas_top` == 0 where none is pending.
    `ripas_destroyed`: the realm lets DESTROYED entries change too (None: not known).
    `s2ap_base`, `s2ap_top`, `s2ap_cookie`: the same for access permissions (2.0), with
    `s2ap_index` the permission asked for; `dev_mem` (base, top, PA): the same for
    device memory that is to be validated.

    Of the last exit, if it was a Data Abort: `abort` is its syndrome (ESR, with the
    register number where the trace has it), `unprotected_abort` and `emulatable_abort`
    say what the host may ask for at the next entry.

    `psci` is the pending PSCI request or None, `named_mpidr` the MPIDR in x1 as the last
    PSCI call, or its completion, left it; `host_call` a pending host call, which concerns
    the structure at `host_call_ipa` (None: not known).  `in_planes`: it has run in another
    plane than the first, whose registers the model does not tell apart (2.0).
    """

    __slots__ = (
        "abort",
        "addr",
        "aux",
        "dev_mem",
        "emulatable_abort",
        "gprs",
        "host_call",
        "host_call_ipa",
        "in_planes",
        "mpidr",
        "named_mpidr",
        "owner",
        "pc",
        "psci",
        "ripas_addr",
        "ripas_base",
        "ripas_destroyed",
        "ripas_top",
        "ripas_value",
        "runnable",
        "s2ap_base",
        "s2ap_cookie",
        "s2ap_index",
        "s2ap_top",
        "state",
        "unprotected_abort",
    )

    def __init__(self, addr: int, owner: int, mpidr: int, runnable: bool, aux: list[int]) -> None:
        self.addr = addr
        self.owner = owner
        self.mpidr = mpidr
        self.runnable = runnable
        self.aux = aux
        self.state = 0  # REC_READY
        self.gprs: list[int | None] = [0] * GPRS
        self.pc: int | None = 0
        self.psci: PsciRequest | None = None
        self.named_mpidr = 0
        self.host_call = False
        self.host_call_ipa: int | None = None
        self.in_planes = False
        self.forget_exit()

    def forget_exit(self) -> None:
        """No abort, no RIPAS or S2AP change: what every exit and completed entry starts from."""
        self.abort: int | None = None
        self.unprotected_abort = False
        self.emulatable_abort = False
        self.ripas_addr = 0
        self.ripas_base = 0
        self.ripas_top = 0
        self.ripas_value = 0
        self.ripas_destroyed: bool | None = False
        self.s2ap_base = 0
        self.s2ap_top = 0
        self.s2ap_cookie: int | None = None
        self.s2ap_index: int | None = None
        self.dev_mem: tuple[int, int, int] | None = None

    @property
    def psci_pending(self) -> bool:
        return self.psci is not None


class RecParams:
    """RmiRecParams as the host wrote it (4 KiB page)."""

    __slots__ = ("aux", "flags", "gprs", "mpidr", "num_aux", "pc")

    def __init__(self, mem: Memory, page: int) -> None:
        self.flags = mem.u64(page)
        self.mpidr = mem.u64(page + 0x100)
        self.pc = mem.u64(page + 0x200)
        self.gprs = mem.words(page + 0x300, 8)
        self.num_aux = mem.u64(page + 0x800)
        self.aux = mem.words(page + 0x808, 16)


def rec_index_of(mpidr: int) -> int:
    """The REC index that an RmiRecMpidr names: Aff0 counts to 16, the others to 256."""
    return (
        (mpidr & 0xF)
        | (mpidr >> 8 & 0xFF) << 4
        | (mpidr >> 16 & 0xFF) << 12
        | (mpidr >> 24 & 0xFF) << 20
    )


def rec_index_of_register(mpidr: int) -> int:
    """The same of an MPIDR in register layout, where Aff3 stands in bits 39:32."""
    return rec_index_of((mpidr & 0xFFFFFF) | (mpidr >> 32 & 0xFF) << 24)
