"""Generated from rmm-1.0/enter.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rec_enter(m: Rmm, x: Sequence[int]) -> Judged:
    rec = x[0]
    run_ptr = x[1]
    held: Rows = []
    if run_ptr & m.offset_mask:  # run_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(run_ptr):  # run_bound
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if (g0 := m.ns_access(run_ptr)) is not None and (not g0):  # run_pas
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    if rec & m.offset_mask:  # rec_align
        held.append((3, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rec):  # rec_bound
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if (g1 := m.gstate(rec)) is not None and g1 != v.REC:  # rec_gran_state
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        R = h.Rec(m, rec)
    except m.doubt:
        R = m.open
    try:
        realm = h.Realm(m, R.owner) if R is not None else None
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.state == v.REALM_NEW:  # realm_new
            held.append((6, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if realm is not None and realm.state == v.REALM_SYSTEM_OFF:  # system_off
            held.append((7, v.result(v.RMI_ERROR_REALM, 1), None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if R is not None and R.state == v.REC_RUNNING:  # rec_state
            held.append((8, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if R is not None and (not R.runnable):  # rec_runnable
            held.append((9, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(9)
    try:
        run = h.RecRun(m, run_ptr)
    except m.doubt:
        run = m.open
    try:
        if run is not None and R is not None and (run.enter.flags.emul_mmio and (not R.emulatable_abort)):  # rec_mmio
            held.append((10, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(10)
    try:
        if run is not None and (not h.gicv3_config_valid(m, run.enter.gicv3_hcr, run.enter.gicv3_lrs)):  # rec_gicv3
            held.append((11, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(11)
    try:
        if R is not None and R.psci_pending:  # rec_psci
            held.append((12, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(12)
    try:
        if run is not None and R is not None and (realm is not None) and (run.enter.flags.inject_sea and run.enter.flags.emul_mmio and R.unprotected_abort and (not R.emulatable_abort) and h.ready_to_run(m, R, realm) and h.gicv3_config_valid(m, run.enter.gicv3_hcr, run.enter.gicv3_lrs)):  # mmio_ignored
            held.append((13, v.RMI_SUCCESS, None))
    except m.doubt:
        m.doubted.append(13)
    return held, (R, realm, run, run_ptr)


COMMANDS = [
    Command(
        name="RMI_REC_ENTER",
        fid=0xC400015C,
        inputs=("rec", "run_ptr"),
        outputs=(),
        conditions=(
            Condition("run_align", "not granule_aligned(run_ptr)", "RMI_ERROR_INPUT", None, None, "the run page is not aligned to a granule"),
            Condition("run_bound", "not delegable(run_ptr)", "RMI_ERROR_INPUT", None, None, "the run page is not in memory that can be delegated"),
            Condition("run_pas", "not ns_access(run_ptr)", "RMI_ERROR_INPUT", None, None, "the run page is not in a PAS that the host can use"),
            Condition("rec_align", "not granule_aligned(rec)", "RMI_ERROR_INPUT", None, None, "rec is not aligned to a granule"),
            Condition("rec_bound", "not delegable(rec)", "RMI_ERROR_INPUT", None, None, "rec is not memory that can be delegated"),
            Condition("rec_gran_state", "gstate(rec) != REC", "RMI_ERROR_INPUT", None, None, "the granule at rec is not REC"),
            Condition("realm_new", "realm.state == REALM_NEW", "RMI_ERROR_REALM", "0", None, "the realm has not been activated"),
            Condition("system_off", "realm.state == REALM_SYSTEM_OFF", "RMI_ERROR_REALM", "1", None, "the realm has switched itself off"),
            Condition("rec_state", "R.state == REC_RUNNING", "RMI_ERROR_REC", "0", None, "the REC runs on another CPU"),
            Condition("rec_runnable", "not R.runnable", "RMI_ERROR_REC", "0", None, "the REC is off: nobody has started it, or it has called CPU_OFF"),
            Condition("rec_mmio", "run.enter.flags.emul_mmio and not R.emulatable_abort", "RMI_ERROR_REC", "0", None, "EMUL_MMIO, but the last exit was no emulatable Data Abort"),
            Condition("rec_gicv3", "not gicv3_config_valid(run.enter.gicv3_hcr, run.enter.gicv3_lrs)", "RMI_ERROR_REC", "0", None, "the host's GIC state (gicv3_hcr, gicv3_lrs) is not valid"),
            Condition("rec_psci", "R.psci_pending", "RMI_ERROR_REC", "0", None, "a PSCI call of the REC waits for PSCI_COMPLETE"),
            Condition("mmio_ignored", "run.enter.flags.inject_sea and run.enter.flags.emul_mmio and R.unprotected_abort and not R.emulatable_abort and ready_to_run(R, realm) and gicv3_config_valid(run.enter.gicv3_hcr, run.enter.gicv3_lrs)", "RMI_SUCCESS", None, None, "EMUL_MMIO without an emulatable abort, but INJECT_SEA makes the RMM ignore it (text, not table)", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_rec_enter,
        effect="rec_enter",
        success=(
            "run.exit says why the realm stopped; a field that the reason does not name is 0",
            "R.emulatable_abort iff the exit is an emulatable Data Abort",
        ),
        order=(
            (("rec_align", "rec_bound", "rec_gran_state", "run_pas", "run_bound", "run_align"), ("rec_state", "rec_runnable", "rec_mmio", "realm_new", "system_off", "rec_gicv3", "rec_psci")),
        ),
        any_status=True,
    ),
]
