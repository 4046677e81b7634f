"""REC_ENTER and PSCI: what their conditions ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import rec as _rec
from replay.rmm import run_page as _run_page
from replay.rmm.model import Unknown
from replay.rmm.realm_side import psci as _psci
from replay.rmm.values import REALM_ACTIVE, REC_READY

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

# ICH_HCR_EL2: what the host may set (UIE to VGrp1DIE, TDIR).
_HCR_OF_HOST = 0x40FE
# ICH_LR<n>_EL2
_LR_STATE = 3 << 62
_LR_HW = 1 << 61
_LR_PRIORITY_SHIFT = 48
_LR_PINTID = 0x1FFF << 32
_LR_EOI = 1 << 41
_LR_VINTID = (1 << 32) - 1
# Interrupt numbers: SGI, PPI and SPI; LPI; the extended PPI and SPI.
_LAST_SPI = 1019
_FIRST_LPI = 8192
_EXTENDED = (range(1056, 1120), range(4096, 5120))


def RecRun(m: Rmm, addr: int) -> _run_page.RecRun | None:
    """The run page at `addr`; None where the RMM cannot read it.

    Raises Unknown if it can but the trace does not have it.
    """
    if not m.ns_access(addr):
        return None
    run = m.rec_run(addr)
    if run is None:
        raise Unknown("the run page was not captured")
    return run


def ready_to_run(m: Rmm, rec: _rec.Rec, realm: Realm) -> bool:
    """Whether nothing of the REC or its realm forbids an entry."""
    return (
        realm.state == REALM_ACTIVE
        and rec.state == REC_READY
        and rec.runnable
        and not rec.psci_pending
    )


def gicv3_config_valid(m: Rmm, hcr: int, lrs: Sequence[int]) -> bool:
    """Whether the host's GIC state is one (fact sheet 1.0, section 3, GICv3 validity).

    What depends on the machine's GIC is only asked where the header describes it.
    """
    if hcr & ~_HCR_OF_HOST:
        return False
    gic = dict(m.traits.gic)
    listed = gic.get("num_lrs", (m.features.get(0, 0) >> 34 & 0xF) + 1)
    no_priority = ((1 << 8 - gic.get("pri_bits", 8)) - 1) << _LR_PRIORITY_SHIFT
    res0 = _LR_HW | no_priority | _LR_PINTID & ~_LR_EOI
    last_lpi = (1 << gic.get("vintid_bits", 24)) - 1
    extended = gic.get("ext_range", 1)
    used: set[int] = set()
    for lr in lrs[:listed]:
        if not lr & _LR_STATE:
            continue
        number = lr & _LR_VINTID
        known = (
            number <= _LAST_SPI
            or _FIRST_LPI <= number <= last_lpi
            or (extended and any(number in numbers for numbers in _EXTENDED))
        )
        if lr & res0 or not known or number in used:
            return False
        used.add(number)
    return True


def names_rec(m: Rmm, caller: _rec.Rec, target: _rec.Rec) -> bool:
    """Whether the MPIDR of the caller's PSCI call is the target's.

    x1 of the caller holds it in register layout, the target's is in that of the RMI.  Of
    a caller that asks nothing, what its last PSCI call left in x1 counts: the result is
    the same, and the model need not know the registers.
    """
    return _rec.rec_index_of_register(caller.named_mpidr) == _rec.rec_index_of(target.mpidr)


def RequestedRec(m: Rmm, caller: _rec.Rec) -> _rec.Rec | None:
    """The REC that the caller's PSCI request names (2.0-bet3)."""
    if caller.psci is None:
        return None
    return _psci.rec_of(m, caller.owner, _rec.rec_index_of_register(caller.psci.mpidr))


def psci_return_permitted(m: Rmm, caller: _rec.Rec, target: _rec.Rec, status: int) -> bool:
    """SUCCESS always; DENIED for a CPU_ON of a REC that does not run."""
    return status == _psci.SUCCESS or (
        status == _psci.DENIED and _asks_cpu_on(caller) and not target.runnable
    )


def psci_return_known(m: Rmm, caller: _rec.Rec, status: int) -> bool:
    """SUCCESS always; DENIED for a CPU_ON."""
    return status == _psci.SUCCESS or (status == _psci.DENIED and _asks_cpu_on(caller))


def _asks_cpu_on(caller: _rec.Rec) -> bool:
    return caller.psci is not None and caller.psci.fid in _psci.CPU_ON
