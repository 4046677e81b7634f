"""Generated from rmm-2.0/enter.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rec_enter(m: Rmm, x: Sequence[int]) -> Judged:
    rec = x[0]
    run_ptr = x[1]
    held: Rows = []
    try:
        if not m.gstate(run_ptr) == v.UNDELEGATED:  # run_ns
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(rec) == v.REC:  # rec_state
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        R = h.Rec(m, rec)
    except m.doubt:
        R = m.open
    try:
        if R is not None and R.state == v.REC_RUNNING:  # running
            held.append((2, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if (g0 := m.ns_access(run_ptr)) is not None and (not g0):  # run_gpf
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        realm = h.Realm(m, R.owner) if R is not None else None
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.state != v.REALM_ACTIVE:  # realm_state
            held.append((4, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if R is not None and (not R.runnable):  # runnable
            held.append((5, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if R is not None and R.psci_pending:  # psci
            held.append((6, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(6)
    if False:  # vgic
        held.append((7, v.RMI_ERROR_REC, None))
    try:
        run = h.RecRun(m, run_ptr)
    except m.doubt:
        run = m.open
    try:
        if run is not None and R is not None and (run.enter.flags.inject_sea and (not R.unprotected_abort)):  # sea
            held.append((8, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if run is not None and R is not None and (run.enter.flags.emul_mmio and (not run.enter.flags.inject_sea) and (not R.emulatable_abort)):  # mmio
            held.append((9, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(9)
    return held, (R, realm, run, run_ptr)


COMMANDS = [
    Command(
        name="RMI_REC_ENTER",
        fid=0xC400015C,
        inputs=("rec", "run_ptr"),
        outputs=(),
        conditions=(
            Condition("run_ns", "not is_granule(run_ptr, UNDELEGATED)", "RMI_ERROR_INPUT", None, None, "the run page is no granule of the host's"),
            Condition("rec_state", "not is_granule(rec, REC)", "RMI_ERROR_INPUT", None, None, "rec is not a REC"),
            Condition("running", "R.state == REC_RUNNING", "RMI_ERROR_REC", "0", None, "the REC runs on another CPU"),
            Condition("run_gpf", "not ns_access(run_ptr)", "RMI_ERROR_INPUT", None, None, "the run page is not in a PAS that the host can use"),
            Condition("realm_state", "realm.state != REALM_ACTIVE", "RMI_ERROR_REALM", "0", None, "the realm is NEW, SYSTEM_OFF or ZOMBIE"),
            Condition("runnable", "not R.runnable", "RMI_ERROR_REC", "0", None, "the REC is off: nobody has started it, or it has called CPU_OFF"),
            Condition("psci", "R.psci_pending", "RMI_ERROR_REC", "0", None, "a PSCI call of the REC waits for PSCI_COMPLETE"),
            Condition("vgic", "False", "RMI_ERROR_REC", "0", None, "the virtual GIC state in the hardware is not valid"),
            Condition("sea", "run.enter.flags.inject_sea and not R.unprotected_abort", "RMI_ERROR_REC", "0", None, "INJECT_SEA, but the last exit was no Data Abort at an unprotected IPA"),
            Condition("mmio", "run.enter.flags.emul_mmio and not run.enter.flags.inject_sea and not R.emulatable_abort", "RMI_ERROR_REC", "0", None, "EMUL_MMIO, but the last exit was no emulatable Data Abort"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rec_enter,
        effect="rec_enter",
        success=(
            "run.exit says why the realm stopped; a field that the reason does not name is 0",
        ),
        any_status=True,
    ),
]
