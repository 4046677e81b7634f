"""Generated from rmm-1.0/psci.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_psci_complete(m: Rmm, x: Sequence[int]) -> Judged:
    calling_rec = x[0]
    target_rec = x[1]
    status = x[2]
    held: Rows = []
    if calling_rec == target_rec:  # alias
        held.append((0, v.RMI_ERROR_INPUT, None))
    if calling_rec & m.offset_mask:  # calling_align
        held.append((1, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(calling_rec):  # calling_bound
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if (g0 := m.gstate(calling_rec)) is not None and g0 != v.REC:  # calling_state
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    if target_rec & m.offset_mask:  # target_align
        held.append((4, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(target_rec):  # target_bound
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if (g1 := m.gstate(target_rec)) is not None and g1 != v.REC:  # target_state
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        c = h.Rec(m, calling_rec)
    except m.doubt:
        c = m.open
    try:
        if c is not None and (not c.psci_pending):  # pending
            held.append((7, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(7)
    try:
        t = h.Rec(m, target_rec)
    except m.doubt:
        t = m.open
    try:
        if t is not None and c is not None and (t.owner != c.owner):  # owner
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if c is not None and t is not None and (not h.names_rec(m, c, t)):  # target
            held.append((9, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if c is not None and t is not None and (not h.psci_return_permitted(m, c, t, status)):  # status
            held.append((10, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(10)
    return held, (c, t, status)


COMMANDS = [
    Command(
        name="RMI_PSCI_COMPLETE",
        fid=0xC4000164,
        inputs=("calling_rec", "target_rec", "status"),
        outputs=(),
        conditions=(
            Condition("alias", "calling_rec == target_rec", "RMI_ERROR_INPUT", None, None, "caller and target are one REC"),
            Condition("calling_align", "not granule_aligned(calling_rec)", "RMI_ERROR_INPUT", None, None, "calling_rec is not aligned to a granule"),
            Condition("calling_bound", "not delegable(calling_rec)", "RMI_ERROR_INPUT", None, None, "calling_rec is not memory that can be delegated"),
            Condition("calling_state", "gstate(calling_rec) != REC", "RMI_ERROR_INPUT", None, None, "the granule at calling_rec is not REC"),
            Condition("target_align", "not granule_aligned(target_rec)", "RMI_ERROR_INPUT", None, None, "target_rec is not aligned to a granule"),
            Condition("target_bound", "not delegable(target_rec)", "RMI_ERROR_INPUT", None, None, "target_rec is not memory that can be delegated"),
            Condition("target_state", "gstate(target_rec) != REC", "RMI_ERROR_INPUT", None, None, "the granule at target_rec is not REC"),
            Condition("pending", "not c.psci_pending", "RMI_ERROR_INPUT", None, None, "no PSCI call of the caller waits for an answer"),
            Condition("owner", "t.owner != c.owner", "RMI_ERROR_INPUT", None, None, "the RECs belong to different realms"),
            Condition("target", "not names_rec(c, t)", "RMI_ERROR_INPUT", None, None, "the PSCI call names another MPIDR than the target's"),
            Condition("status", "not psci_return_permitted(c, t, status)", "RMI_ERROR_INPUT", None, None, "neither SUCCESS nor, for CPU_ON of a REC that is off, DENIED"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_psci_complete,
        effect="psci_complete",
        success=(
            "c.psci_pending = NO_PSCI_REQUEST_PENDING",
            "CPU_ON, SUCCESS, t runnable: c.gprs[0] = ALREADY_ON",
            "CPU_ON, SUCCESS, t not runnable: t starts at the entry point with x0 = context, x1.. = 0; c.gprs[0] = SUCCESS",
            "AFFINITY_INFO, SUCCESS: c.gprs[0] = ON or OFF, as t.runnable says",
            "DENIED: c.gprs[0] = DENIED",
            "c.gprs[1..3] = 0",
        ),
    ),
]
