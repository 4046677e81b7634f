"""Generated from rmm-2.0/rec.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rec_create(m: Rmm, x: Sequence[int]) -> Judged:
    rec = x[1]
    held: Rows = []
    try:
        if not m.gstate(rec) == v.DELEGATED:  # rec_state
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_context(m) and h.other_cpus(m):  # sro
            held.append((1, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if h.no_context(m):  # sro_all_sealed
            held.append((2, v.RMI_BLOCKED, None))
    except m.doubt:
        m.doubted.append(2)
    return held, (rec,)


def rmi_rec_create__final(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rec = x[1]
    params_ptr = x[2]
    held: Rows = []
    try:
        if not h.ns_page(m, params_ptr):  # params_ns
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not m.gstate(rd) == v.RD:  # rd_state
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.num_recs >= h.max_recs(m):  # rec_limit
            held.append((2, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if realm is not None and realm.state != v.REALM_NEW:  # realm_state
            held.append((3, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        params = h.RecParams(m, params_ptr)
    except m.doubt:
        params = m.open
    try:
        if params is not None and realm is not None and (h.mpidr_malformed(m, params.mpidr) or h.mpidr_taken(m, realm, params.mpidr) or (m.traits.mpidr_in_order and (not h.mpidr_next(m, realm, params.mpidr)))):  # mpidr
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if realm is not None and params is not None and (not m.traits.sequence and (not h.mpidr_next(m, realm, params.mpidr))):  # mpidr_next
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    return held, (realm, params, rec)


def rmi_rec_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    rec = x[0]
    held: Rows = []
    try:
        if h.no_context(m) and h.other_cpus(m):  # sro
            held.append((0, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if h.no_context(m):  # sro_all_sealed
            held.append((1, v.RMI_BLOCKED, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.gstate(rec) == v.REC:  # rec_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        found = h.Rec(m, rec)
    except m.doubt:
        found = m.open
    try:
        if found is not None and found.state == v.REC_RUNNING:  # running
            held.append((3, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(3)
    return held, (found,)


COMMANDS = [
    Command(
        name="RMI_REC_CREATE",
        fid=0xC400015A,
        inputs=("rd", "rec", "params_ptr"),
        outputs=("handle", "request"),
        conditions=(
            Condition("rec_state", "not is_granule(rec, DELEGATED)", "RMI_ERROR_INPUT", None, None, "rec is not a delegated granule"),
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free; a call on another CPU may hold one", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for stateful operations waits for the host"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rec_create,
        effect="rec_create",
        success=(
            "gstate(rec) = PARTIAL, until the operation ends",
        ),
        stages={
            "final": Command(
                name="RMI_REC_CREATE/final",
                fid=0xC400015A,
                inputs=("rd", "rec", "params_ptr"),
                outputs=(),
                conditions=(
                    Condition("params_ns", "not ns_page(params_ptr)", "RMI_ERROR_INPUT", None, None, "params_ptr is not a page of the host that the RMM can read"),
                    Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
                    Condition("rec_limit", "realm.num_recs >= max_recs()", "RMI_ERROR_REALM", "0", None, "the realm has as many RECs as it may have"),
                    Condition("realm_state", "realm.state != REALM_NEW", "RMI_ERROR_REALM", "0", None, "the realm is not NEW"),
                    Condition("mpidr", "mpidr_malformed(params.mpidr) or mpidr_taken(realm, params.mpidr) or impl.mpidr_in_order and not mpidr_next(realm, params.mpidr)", "RMI_ERROR_INPUT", None, None, "the MPIDR is malformed, taken or not the next one"),
                    Condition("mpidr_next", "not impl.sequence and not mpidr_next(realm, params.mpidr)", "RMI_ERROR_INPUT", None, None, "an implementation may want RECs to be created in order", permits=True),
                ),
                before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
                sequence=True,
                gate="any",
                judge=rmi_rec_create__final,
                effect="rec_create_final",
                success=(
                    "gstate(rec) = REC",
                ),
            ),
        },
        any_status=True,
    ),
    Command(
        name="RMI_REC_DESTROY",
        fid=0xC400015B,
        inputs=("rec",),
        outputs=("handle", "request"),
        conditions=(
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free; a call on another CPU may hold one", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for stateful operations waits for the host"),
            Condition("rec_state", "not is_granule(rec, REC)", "RMI_ERROR_INPUT", None, None, "rec is no REC"),
            Condition("running", "found.state == REC_RUNNING", "RMI_ERROR_REC", "0", None, "the REC is running"),
        ),
        before=(0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rec_destroy,
        effect="rec_destroy",
        success=(
            "gstate(rec) = PARTIAL, then DELEGATED when the operation has ended",
        ),
    ),
]
