"""Generated from rmm-2.0/psci.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_psci_complete(m: Rmm, x: Sequence[int]) -> Judged:
    calling_rec = x[0]
    target_rec = x[1]
    status = x[2]
    held: Rows = []
    if not not calling_rec & m.offset_mask or not not target_rec & m.offset_mask:  # align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if calling_rec == target_rec or not m.gstate(calling_rec) == v.REC or (not m.gstate(target_rec) == v.REC):  # states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        c = h.Rec(m, calling_rec)
    except m.doubt:
        c = m.open
    try:
        if c is not None and c.state == v.REC_RUNNING:  # running
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if c is not None and (not c.psci_pending):  # pending
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        t = h.Rec(m, target_rec)
    except m.doubt:
        t = m.open
    try:
        if t is not None and c is not None and (t.owner != c.owner):  # owner
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if c is not None and t is not None and (not h.names_rec(m, c, t)):  # target
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if c is not None and (not h.psci_return_known(m, c, status)):  # status
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    return held, (c, t, status)


def rmi_psci_complete_2_0_bet3(m: Rmm, x: Sequence[int]) -> Judged:
    calling_rec = x[0]
    status = x[1]
    held: Rows = []
    if calling_rec & m.offset_mask:  # align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.gstate(calling_rec) == v.REC:  # states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        c = h.Rec(m, calling_rec)
    except m.doubt:
        c = m.open
    try:
        if c is not None and c.state == v.REC_RUNNING:  # running
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if c is not None and (not c.psci_pending):  # pending
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if c is not None and (not h.psci_return_known(m, c, status)):  # status
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        t = h.RequestedRec(m, c) if c is not None else None
    except m.doubt:
        t = m.open
    return held, (c, t, status)


COMMANDS = [
    Command(
        name="RMI_PSCI_COMPLETE",
        fid=0xC4000164,
        inputs=("calling_rec", "target_rec", "status"),
        outputs=(),
        conditions=(
            Condition("align", "not granule_aligned(calling_rec) or not granule_aligned(target_rec)", "RMI_ERROR_INPUT", None, None, "a REC's address is not aligned to a granule"),
            Condition("states", "calling_rec == target_rec or not is_granule(calling_rec, REC) or not is_granule(target_rec, REC)", "RMI_ERROR_INPUT", None, None, "not two different RECs"),
            Condition("running", "c.state == REC_RUNNING", "RMI_ERROR_INPUT", None, None, "the caller runs"),
            Condition("pending", "not c.psci_pending", "RMI_ERROR_INPUT", None, None, "no PSCI call of the caller waits for an answer"),
            Condition("owner", "t.owner != c.owner", "RMI_ERROR_INPUT", None, None, "the RECs belong to different realms"),
            Condition("target", "not names_rec(c, t)", "RMI_ERROR_INPUT", None, None, "the PSCI call names another MPIDR than the target's"),
            Condition("status", "not psci_return_known(c, status)", "RMI_ERROR_INPUT", None, None, "neither SUCCESS nor, for CPU_ON, DENIED"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_psci_complete,
        effect="psci_complete_2_0",
        success=(
            "as in 1.0",
        ),
        any_status=True,
    ),
    Command(
        name="RMI_PSCI_COMPLETE",
        fid=0xC4000164,
        inputs=("calling_rec", "status"),
        outputs=(),
        conditions=(
            Condition("align", "not granule_aligned(calling_rec)", "RMI_ERROR_INPUT", None, None, "the REC's address is not aligned to a granule"),
            Condition("states", "not is_granule(calling_rec, REC)", "RMI_ERROR_INPUT", None, None, "not a REC"),
            Condition("running", "c.state == REC_RUNNING", "RMI_ERROR_INPUT", None, None, "the caller runs"),
            Condition("pending", "not c.psci_pending", "RMI_ERROR_INPUT", None, None, "no PSCI call of the caller waits for an answer"),
            Condition("status", "not psci_return_known(c, status)", "RMI_ERROR_INPUT", None, None, "neither SUCCESS nor, for CPU_ON, DENIED"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_psci_complete_2_0_bet3,
        effect="psci_complete_2_0",
        success=(
            "as in 1.0",
        ),
        versions=("2.0-bet3",),
        any_status=True,
    ),
]
