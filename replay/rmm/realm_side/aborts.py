"""Exceptions that the realm takes to the RMM: told to the host, or given back to the realm.

Fact sheet 1.0, section 6 (exit table) and section 2 (access outcomes);
tf-rmm-behaviour section 11.3.  The host learns no more of a syndrome than it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from replay.rmm.realm_side.outcome import EC_DATA_ABORT, Outcome
from replay.rmm.run_page import RecExit, Want
from replay.rmm.values import EMPTY, EXIT_SERROR, EXIT_SYNC, MASK64

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

EC_WFX: Final = 0x01
EC_HVC: Final = 0x16
EC_INSTRUCTION_ABORT: Final = 0x20

# ESR_EL2: exception class, and of the ISS of aborts what the exit table names.
_EC: Final = 0x3F << 26
_IL: Final = 1 << 25
_ISV: Final = 1 << 24
_SAS: Final = 3 << 22
_SSE: Final = 1 << 21
_SF: Final = 1 << 15
_SET: Final = 3 << 11
_FNV: Final = 1 << 10
_EA: Final = 1 << 9
_WNR: Final = 1 << 6
_FSC: Final = 0x3F
_INSTRUCTION: Final = _EC | _SET | _EA | _FSC
_DATA: Final = _INSTRUCTION | _FNV
_EMULATED: Final = _ISV | _SAS | _SF | _WNR
_TI: Final = 3  # of WFx: WFI, WFE, WFIT or WFET; bit 1: with a timeout
_IDS: Final = 1 << 24
_AET: Final = 7 << 10

_FSC_EXTERNAL: Final = range(0x10, 0x20)  # external aborts, with or without a table walk
_FSC_PERMISSION: Final = range(0x0C, 0x10)
_XZR: Final = 31


def sync(m: Rmm, realm: Realm, gprs: Sequence[Want], syndrome: Sequence[int]) -> Outcome:
    """What an exception (ESR, FAR, HPFAR) may lead to; `gprs` are x0 to x30."""
    esr, far, hpfar = syndrome[:3]
    ec = esr >> 26 & 0x3F
    stays = list(gprs)
    if ec == EC_WFX:
        gpr0: Want = None if esr & 2 else 0  # a timeout
        return Outcome("WFI or WFE", exit=_exit(esr & (_EC | _TI), gpr0=gpr0))
    if ec == EC_HVC:
        return Outcome("HVC", (stays,))
    if esr & _FSC in _FSC_EXTERNAL or ec not in (EC_DATA_ABORT, EC_INSTRUCTION_ABORT):
        return Outcome(f"exception {ec:#x}", judged=False)
    ipa = ipa_of(hpfar)
    data = ec == EC_DATA_ABORT
    what = f"{'Data' if data else 'Instruction'} Abort at {ipa:#x}"
    if ipa >> realm.ipa_width or (not data and _given_back(realm, ipa, esr)):
        return Outcome(what, (stays,))
    if ipa < realm.protected_top:
        walk = m.walk(realm, ipa, 3)
        if walk is not None and walk.rtte.ripas == EMPTY:
            return Outcome(what, (stays,))
        return Outcome(what, exit=_exit(esr & (_DATA if data else _INSTRUCTION), hpfar=hpfar))
    offset = far & 0xFFF
    if not esr & _ISV:
        # The exit table has IL and no FAR; the 1.0 reference clears IL and tells the offset.
        told = frozenset((esr & _DATA, esr & (_DATA | _IL)))
        where = frozenset((0, offset)) if m.rmi == "1.0" else 0
        return Outcome(what, exit=RecExit(EXIT_SYNC, esr=told, far=where, hpfar=hpfar))
    reported = _exit(esr & (_DATA | _EMULATED), hpfar=hpfar, gpr0=written(esr, gprs))
    reported.far = offset
    return Outcome(what, exit=reported)


def _given_back(realm: Realm, ipa: int, esr: int) -> bool:
    """A fetch that the realm has to answer for itself."""
    return ipa >= realm.protected_top or esr & _FSC in _FSC_PERMISSION


def _exit(esr: int, *, hpfar: int = 0, gpr0: Want = 0) -> RecExit:
    exit = RecExit(EXIT_SYNC, esr=esr, hpfar=hpfar)
    exit.gprs[0] = gpr0
    return exit


def serror(syndrome: Sequence[int]) -> Outcome:
    """An SError.  The fact sheet lists EC among what the host sees, the reference leaves it 0."""
    esr = syndrome[0] & (_IDS | _AET | _EA | _FSC)
    told = frozenset((esr, esr | syndrome[0] & _EC))
    return Outcome("SError", exit=RecExit(EXIT_SERROR, esr=told))


def ipa_of(hpfar: int) -> int:
    """The IPA of the page that HPFAR_EL2 names in its bits 47:4."""
    return (hpfar >> 4 & (1 << 44) - 1) << 12


def is_data_abort(esr: int) -> bool:
    return esr >> 26 & 0x3F == EC_DATA_ABORT


def is_emulatable(esr: int) -> bool:
    """Whether the syndrome of a Data Abort describes the access (ISV)."""
    return bool(esr & _ISV)


def is_write(esr: int) -> bool:
    return bool(esr & _WNR)


def register(esr: int) -> int | None:
    """The register that the access of a Data Abort reads or writes; None for XZR."""
    number = esr >> 16 & 0x1F
    return None if number == _XZR else number


def written(esr: int, gprs: Sequence[Want]) -> Want:
    """What the host sees of a store: the value, as wide as the access; 0 of a load."""
    if not esr & _WNR:
        return 0
    source = register(esr)
    if source is None:
        return 0
    value = gprs[source]
    return value & _access(esr) if isinstance(value, int) else None


def loaded(esr: int, value: int) -> int:
    """What a load puts into its register when the host gives `value`."""
    mask = _access(esr)
    value &= mask
    if esr & _SSE and value > mask >> 1:
        value |= MASK64 & ~mask
        if not esr & _SF:
            value &= 0xFFFF_FFFF
    return value


def _access(esr: int) -> int:
    """Mask of an access' bits."""
    return (1 << (8 << ((esr & _SAS) >> 22))) - 1
