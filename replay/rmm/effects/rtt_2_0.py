"""Tables, entries and RIPAS in 2.0.

Tables are made, taken away and folded as in 1.0; but an RMM other than the
reference may do all of this as an operation that goes on in an OP_CONTINUE.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from replay.rmm.effects import Expected, Got
from replay.rmm.effects import rtt as tables
from replay.rmm.operation import now_or_later
from replay.rmm.sweep import followed, init_ripas, ripas
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_DEV,
    ASSIGNED_NS,
    DESTROYED,
    MASK64,
    TABLE,
    UNASSIGNED,
    UNASSIGNED_NS,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.rec import Rec
    from replay.rmm.rtt import Table, Walk
    from replay.rmm.sweep import Plan


def rtt_create(m: Rmm, walk: Walk, rtt: int, ipa: int, level: int, got: Got) -> Expected:
    """RTT_CREATE, RTT_AUX_CREATE."""

    def work(last: Got) -> Expected:
        return tables.rtt_create(m, walk, rtt, ipa, level, last)

    return now_or_later(m, got, work, (rtt,))


def rtt_destroy(m: Rmm, realm: Realm, walk: Walk, child: Table, ipa: int, got: Got) -> Expected:
    """RTT_DESTROY, RTT_AUX_DESTROY."""
    return now_or_later(m, got, lambda last: tables.rtt_destroy(m, realm, walk, child, ipa, last))


def rtt_fold(m: Rmm, walk: Walk, child: Table, got: Got) -> Expected:
    """RTT_FOLD, RTT_AUX_FOLD."""
    return now_or_later(m, got, lambda last: tables.rtt_fold(m, walk, child, last))


def rtt_read_entry(m: Rmm, walk: Walk, got: Got) -> Expected:
    """RTT_READ_ENTRY."""
    rtte = walk.rtte
    level = walk.level & MASK64
    if rtte.state == TABLE:
        return (0, level, TABLE, rtte.addr, 0)
    if rtte.state == UNASSIGNED_NS:
        return (0, level, UNASSIGNED, 0, 0)
    if rtte.state == ASSIGNED_NS:
        return (0, level, ASSIGNED, rtte.addr | rtte.attr << 2, 0)
    shown = 0 if rtte.state == ASSIGNED_DEV and rtte.ripas == DESTROYED else rtte.addr
    return (0, level, rtte.state, shown, rtte.ripas)


def rtt_init_ripas(m: Rmm, walk: Walk, base: int, top: int, got: Got) -> Expected:
    """RTT_INIT_RIPAS."""

    def work(last: Got) -> Expected:
        return _sweep(m, ripas(walk, base, top, init_ripas), walk, last)[0]

    return now_or_later(m, got, work)


def rtt_set_ripas(m: Rmm, rec: Rec, plan: Plan, walk: Walk, got: Got) -> Expected:
    """RTT_SET_RIPAS."""

    def work(last: Got) -> Expected:
        expected, rec.ripas_addr = _sweep(m, plan, walk, last)
        return expected

    return now_or_later(m, got, work)


def rtt_set_ripas_refused(m: Rmm, rec: Rec, plan: Plan, walk: Walk, row: str, got: Got) -> None:
    """An auxiliary mapping was in the way: what came before it has changed all the same."""
    if row == "aux":
        _carry_out(plan, walk, plan.reach)


def rtt_set_s2ap(m: Rmm, rec: Rec, plan: Plan, walk: Walk, got: Got) -> Expected:
    """RTT_SET_S2AP."""
    expected, rec.s2ap_base = _sweep(m, plan, walk, got)
    return expected


def rtt_set_s2ap_refused(m: Rmm, rec: Rec, plan: Plan, walk: Walk, row: str, got: Got) -> None:
    """An entry reached beyond top: what comes before it has changed all the same."""
    if row in ("partial", "aux_partial"):
        rec.s2ap_base = plan.reach
        _carry_out(plan, walk, plan.reach)


def rtt_dev_validate(m: Rmm, rec: Rec, plan: Plan, walk: Walk, got: Got) -> Expected:
    """RTT_DEV_VALIDATE."""
    expected, reach = _sweep(m, plan, walk, got)
    if rec.dev_mem is not None:
        base, top, addr = rec.dev_mem
        rec.dev_mem = reach, top, addr + reach - base
    return expected


def _sweep(m: Rmm, plan: Plan, walk: Walk, got: Got) -> tuple[Expected, int]:
    """(the registers expected, the IPA that the model went to)."""
    out_top, reach = followed(m, plan.reach, plan.base, plan.size, got)
    _carry_out(plan, walk, min(reach, plan.reach))
    return (0, out_top), reach


def _carry_out(plan: Plan, walk: Walk, reach: int) -> None:
    """Write the entries up to IPA `reach`: at once, as no count depends on what changes."""
    number = (reach - plan.base) // plan.size
    at = walk.index
    walk.rtt.entries[at : at + number] = array("Q", plan.entries[:number])
