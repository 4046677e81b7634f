"""PSCI: what the RMM answers a realm itself, and what the host is asked.

Fact sheet 1.0, section 8; tf-rmm-behaviour section 11.5 for 2.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from replay.rmm.realm_side.outcome import Outcome, answer
from replay.rmm.rec import GPRS, Rec, rec_index_of, rec_index_of_register
from replay.rmm.run_page import RecExit, Want
from replay.rmm.values import EXIT_PSCI, MASK64

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

VERSION: Final = 0x84000000
CPU_OFF: Final = 0x84000002
SYSTEM_OFF: Final = 0x84000008
SYSTEM_RESET: Final = 0x84000009
FEATURES: Final = 0x8400000A
# Each has a number of its own in SMC32 and SMC64.
CPU_SUSPEND: Final = (0x84000001, 0xC4000001)
CPU_ON: Final = (0x84000003, 0xC4000003)
AFFINITY_INFO: Final = (0x84000004, 0xC4000004)
NUMBERS: Final = frozenset(range(0x84000000, 0x84000020)) | set(range(0xC4000000, 0xC4000020))

# Return codes, as a register holds them.
SUCCESS: Final = 0
ON: Final = 0
OFF: Final = 1
NOT_SUPPORTED: Final = MASK64
INVALID_PARAMETERS: Final = -2 & MASK64
DENIED: Final = -3 & MASK64
ALREADY_ON: Final = -4 & MASK64
INVALID_ADDRESS: Final = -9 & MASK64

_VERSION_1_1: Final = 0x1_0001
_VERSIONS: Final = range(_VERSION_1_1, 1 << 31)  # 1.1 or later
_PRESENT: Final = {CPU_OFF, SYSTEM_OFF, SYSTEM_RESET, FEATURES, *CPU_SUSPEND, *CPU_ON} | {
    *AFFINITY_INFO
}
_SMCCC_VERSION: Final = 0x80000000


def psci(m: Rmm, realm: Realm, rec: Rec, x: Sequence[int]) -> Outcome:
    """What a PSCI call with registers `x` (x0 to x8) may lead to."""
    fid = x[0] & 0xFFFF_FFFF
    if fid == VERSION:
        return Outcome("PSCI_VERSION", (answer(x, _VERSIONS),))
    if fid == FEATURES:
        return Outcome("PSCI_FEATURES", (answer(x, _feature(x[1] & 0xFFFF_FFFF)),))
    if fid == CPU_OFF:
        return Outcome("PSCI_CPU_OFF", exit=_exit(x[0]))
    if fid in (SYSTEM_OFF, SYSTEM_RESET):
        name = "PSCI_SYSTEM_OFF" if fid == SYSTEM_OFF else "PSCI_SYSTEM_RESET"
        return Outcome(name, exit=_exit(x[0]))
    if fid in CPU_SUSPEND:
        return Outcome("PSCI_CPU_SUSPEND", exit=_exit(x[0]))
    if fid in CPU_ON:
        return _cpu_on(m, realm, rec, x)
    if fid in AFFINITY_INFO:
        return _affinity_info(m, realm, rec, x)
    return Outcome(f"PSCI call {fid:#x}", (answer(x, NOT_SUPPORTED),))


def _feature(fid: int) -> Want:
    """The answer to PSCI_FEATURES: whether the RMM implements a function."""
    if fid in (VERSION, _SMCCC_VERSION):  # nobody says
        return frozenset((SUCCESS, NOT_SUPPORTED))
    return SUCCESS if fid in _PRESENT else NOT_SUPPORTED


def _cpu_on(m: Rmm, realm: Realm, rec: Rec, x: Sequence[int]) -> Outcome:
    """The checks are not ordered; a REC that runs already may also be left to the host."""
    _, mpidr, entry = x[:3]
    codes, named, forwarded = _named(m, realm, rec, mpidr)
    if named is not None and named.runnable:
        codes.add(ALREADY_ON)
    if entry >= realm.protected_top:
        codes.add(INVALID_ADDRESS)
        forwarded = False
    return _ask("PSCI_CPU_ON", x, codes, forwarded)


def _affinity_info(m: Rmm, realm: Realm, rec: Rec, x: Sequence[int]) -> Outcome:
    _, mpidr, level = x[:3]
    codes, named, forwarded = _named(m, realm, rec, mpidr)
    if named is rec:
        codes.add(ON)
    if level:
        codes.add(INVALID_PARAMETERS)
        forwarded = False
    return _ask("PSCI_AFFINITY_INFO", x, codes, forwarded)


def _named(m: Rmm, realm: Realm, rec: Rec, mpidr: int) -> tuple[set[int], Rec | None, bool]:
    """(answers due to the MPIDR alone, the REC it names, whether the host may be asked).

    Of an MPIDR whose REC has been destroyed either may be: the reference asks the host.
    """
    index = rec_index_of_register(mpidr)
    named = rec_of(m, realm.rd, index)
    codes = {INVALID_PARAMETERS} if named is None else set()
    known = named is not None or index < realm.rec_index  # RECs need not be made in order (2.0)
    return codes, named, known and named is not rec


def rec_of(m: Rmm, rd: int, index: int) -> Rec | None:
    """The REC of a realm with the index that its MPIDR encodes."""
    for rec in m.every(m.recs):
        if rec.owner == rd and rec_index_of(rec.mpidr) == index:
            return rec
    return None


def _ask(what: str, x: Sequence[int], codes: set[int], forwarded: bool) -> Outcome:
    answers = (answer(x, frozenset(codes)),) if codes else ()
    return Outcome(what, answers, _exit(x[0], x[1]) if forwarded else None)


def _exit(x0: int, mpidr: int = 0) -> RecExit:
    """The function number is w0: what the realm had above it may be shown to the host."""
    return RecExit(EXIT_PSCI, gprs=[function(x0), mpidr, *[0] * (GPRS - 2)])


def function(x0: int) -> Want:
    """How a function number that the realm has in x0 may be shown to the host."""
    fid = x0 & 0xFFFF_FFFF
    return fid if fid == x0 else frozenset((fid, x0))
