"""The begin of an entry: what the last exit left open is completed.

Fact sheet 1.0, section 6; tf-rmm-behaviour sections 10.6, 10.6b and 11.3 for 2.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from replay.rmm.realm_side import aborts
from replay.rmm.realm_side.outcome import reach
from replay.rmm.realm_side.rsi import RSI_ERROR_INPUT, RSI_SUCCESS
from replay.rmm.rec import Rec
from replay.rmm.rtt import PAGE
from replay.rmm.run_page import RecEnter, RecExit
from replay.rmm.values import RAM

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

_REJECT: Final = 1


def complete(m: Rmm, realm: Realm, rec: Rec, enter: RecEnter | None) -> RecExit | None:
    """Bring the REC to where the realm goes on; `enter` is None if it was not captured.

    Returns the exit if the REC cannot run yet: the structure of a pending host call has
    lost its page.
    """
    if rec.psci is not None:
        # No permitted entry comes here.  Whatever the realm finds is taken as it is.
        rec.psci = None
        rec.gprs[:4] = [None] * 4
    if rec.host_call:
        exit = _host_call(m, realm, rec, enter)
        if exit is not None:
            return exit
    if rec.abort is not None:
        _mmio(rec, rec.abort, enter)
    if rec.ripas_top:
        _ripas(rec, enter)
    if rec.s2ap_top:
        _s2ap(m, realm, rec, enter)
    if rec.dev_mem is not None:
        rec.gprs[:4] = [None] * 4  # the facts do not say what the realm finds
    rec.forget_exit()
    return None


def _s2ap(m: Rmm, realm: Realm, rec: Rec, enter: RecEnter | None) -> None:
    """RSI_MEM_SET_PERM_INDEX returns: where to go on, the host's response, a cookie.

    With a tree for each plane the reference names the tree in the cookie; when one is
    done it goes on at the begin of the range in the next (behaviour, section 10.6b).
    """
    base: int | None = rec.s2ap_base
    cookie = rec.s2ap_cookie
    if realm.tree_per_plane:
        if cookie is None or not m.traits.tree_in_cookie:
            base = base if base != rec.s2ap_top else None
            cookie = None
        else:
            first, tree = cookie & -PAGE, cookie & (PAGE - 1)
            if base == rec.s2ap_top:
                base, tree = (first, tree + 1) if tree + 1 < len(realm.trees) else (base, 0)
                cookie = first | tree if tree else 0
            else:
                cookie = rec.s2ap_base | tree
    response = None if enter is None else enter.flags.s2ap_response
    rec.gprs[:4] = [RSI_SUCCESS, base, response, cookie]


def _mmio(rec: Rec, esr: int, enter: RecEnter | None) -> None:
    """EMUL_MMIO: the access is done, a load gets the host's value.  INJECT_SEA wins over it."""
    load = not aborts.is_write(esr)
    if enter is None:
        if load:
            _set(rec, esr, None)
    elif enter.flags.emul_mmio and not enter.flags.inject_sea and load:
        _set(rec, esr, aborts.loaded(esr, enter.gpr(0)))


def _set(rec: Rec, esr: int, value: int | None) -> None:
    target = aborts.register(esr)
    if target is not None:
        rec.gprs[target] = value


def _host_call(m: Rmm, realm: Realm, rec: Rec, enter: RecEnter | None) -> RecExit | None:
    """The host's registers go into the realm's structure, if that is still in memory."""
    result: int | None = None
    if rec.host_call_ipa is not None:
        met = reach(m, realm, rec.host_call_ipa)
        if isinstance(met, RecExit):
            return met
        result = RSI_ERROR_INPUT if met is None else RSI_SUCCESS
        if met is not None and enter is None:
            m.realm_memory.forget(met & -PAGE)
        elif met is not None and enter is not None:
            m.realm_memory.answer_host_call(met, enter.gprs)
    rec.gprs[0] = result
    rec.host_call = False
    rec.host_call_ipa = None
    return None


def _ripas(rec: Rec, enter: RecEnter | None) -> None:
    """RSI_IPA_STATE_SET returns: how far the host came, and whether it refuses the rest.

    Only a change to RAM that is not complete can be refused.
    """
    refused: int | None = 0
    if rec.ripas_value == RAM and rec.ripas_addr != rec.ripas_top:
        refused = None if enter is None else int(enter.flags.ripas_response == _REJECT)
    rec.gprs[:4] = [RSI_SUCCESS, rec.ripas_addr, refused, None]
