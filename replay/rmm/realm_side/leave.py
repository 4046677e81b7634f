"""The end of an entry: what the exit leaves in the REC and in the realm.

The exit structure is what counts; the act of the realm that led to it adds what the
host is not told.  Fact sheet 1.0, section 6 (exit table).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.realm_side import aborts
from replay.rmm.realm_side import psci as _psci
from replay.rmm.rec import PsciRequest, Rec
from replay.rmm.run_page import RecExit, known
from replay.rmm.values import (
    EXIT_DEV_MEM_MAP,
    EXIT_HOST_CALL,
    EXIT_PSCI,
    EXIT_RIPAS_CHANGE,
    EXIT_S2AP_CHANGE,
    EXIT_SYNC,
    REALM_ACTIVE,
    REALM_SYSTEM_OFF,
)

if TYPE_CHECKING:
    from replay.rmm.realm import Realm
    from replay.rmm.realm_side.steps import Step


def leave(realm: Realm, rec: Rec, exit: RecExit, act: Step | None) -> None:
    """Note an exit.  `act` is what the realm did last, None where the trace does not tell."""
    rec.forget_exit()
    rec.pc = None
    call = act[1] if act is not None and act[0] == "smc" else None
    if exit.reason == EXIT_SYNC:
        _abort(realm, rec, exit, act)
    elif exit.reason == EXIT_RIPAS_CHANGE:
        rec.ripas_base = rec.ripas_addr = known(exit.ripas_base) or 0
        rec.ripas_top = known(exit.ripas_top) or 0
        rec.ripas_value = known(exit.ripas_value) or 0
        rec.ripas_destroyed = None if call is None else bool(call[4] & 1)
    elif exit.reason == EXIT_PSCI:
        _psci_call(realm, rec, exit, call)
    elif exit.reason == EXIT_HOST_CALL:
        rec.host_call = True
        rec.host_call_ipa = None if call is None else call[1]
    elif exit.reason == EXIT_S2AP_CHANGE:
        rec.s2ap_base = known(exit.s2ap_base) or 0
        rec.s2ap_top = known(exit.s2ap_top) or 0
        rec.s2ap_cookie = None if call is None else call[4] or _first_cookie(realm, call[1])
        rec.s2ap_index = None if call is None else call[3]
    elif exit.reason == EXIT_DEV_MEM_MAP:
        base, top, pa = map(known, (exit.dev_mem_base, exit.dev_mem_top, exit.dev_mem_pa))
        rec.dev_mem = base or 0, top or 0, pa or 0


def _first_cookie(realm: Realm, base: int) -> int:
    """The cookie that a change of permissions from `base` on begins with: in the primary tree."""
    return base if realm.tree_per_plane else 0


def _abort(realm: Realm, rec: Rec, exit: RecExit, act: Step | None) -> None:
    """Which kind of Data Abort it was, if it was one."""
    raw = act[1][0] if act is not None and act[0] == "sync" else None
    told = known(exit.esr)
    esr = raw if told is None else told
    if esr is None or not aborts.is_data_abort(esr):
        return
    unprotected = aborts.ipa_of(known(exit.hpfar) or 0) >= realm.protected_top
    rec.unprotected_abort = unprotected
    rec.emulatable_abort = unprotected and aborts.is_emulatable(esr)
    rec.abort = raw  # the host is not told the register


def _psci_call(realm: Realm, rec: Rec, exit: RecExit, call: list[int] | None) -> None:
    fid = (known(exit.gprs[0]) or (0 if call is None else call[0])) & 0xFFFF_FFFF
    if fid == _psci.CPU_OFF:
        rec.runnable = False
    elif fid in (_psci.SYSTEM_OFF, _psci.SYSTEM_RESET):
        if realm.state == REALM_ACTIVE:
            realm.state = REALM_SYSTEM_OFF
    elif fid in _psci.CPU_SUSPEND:
        rec.gprs[:4] = [_psci.SUCCESS, None, None, None]
    else:
        mpidr = known(exit.gprs[1]) or 0
        entry, context = (None, None) if call is None else (call[2], call[3])
        rec.psci = PsciRequest(fid, mpidr, entry, context)
        rec.named_mpidr = mpidr
