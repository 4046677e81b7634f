"""Generated from rmm-1.0/rec.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rec_aux_count(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    held: Rows = []
    if rd & m.offset_mask:  # rd_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rd):  # rd_bound
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if (g0 := m.gstate(rd)) is not None and g0 != v.RD:  # rd_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    return held, (rd,)


def rmi_rec_create(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rec = x[1]
    params_ptr = x[2]
    held: Rows = []
    if params_ptr & m.offset_mask:  # params_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(params_ptr):  # params_bound
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if (g0 := m.ns_access(params_ptr)) is not None and (not g0):  # params_pas
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
        if (g1 := m.gstate(rec)) is not None and g1 != v.DELEGATED:  # rec_state
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    if rd & m.offset_mask:  # rd_align
        held.append((6, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rd):  # rd_bound
            held.append((7, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if (g2 := m.gstate(rd)) is not None and g2 != v.RD:  # rd_state
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.state != v.REALM_NEW:  # realm_state
            held.append((9, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if realm is not None and 0 <= (g3 := m.traits.max_recs_order) < 256 and (realm.num_recs == (1 << g3) - 1):  # num_recs
            held.append((10, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(10)
    try:
        params = h.RecParams(m, params_ptr)
    except m.doubt:
        params = m.open
    try:
        if params is not None and realm is not None and (h.rec_index_of(m, params.mpidr) != realm.rec_index):  # mpidr_index
            held.append((11, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(11)
    try:
        if params is not None and (g4 := h.rec_aux_count(m, rd)) is not None and (params.num_aux != g4):  # num_aux
            held.append((12, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(12)
    try:
        if params is not None and (not all((not a & m.offset_mask for a in params.aux[:params.num_aux]))):  # aux_align
            held.append((13, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(13)
    try:
        if params is not None and h.aux_alias(m, rec, params.aux, params.num_aux):  # aux_alias
            held.append((14, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(14)
    try:
        if params is not None and (not all((m.delegable(a) and (not not a & m.offset_mask or m.gstate(a) == v.DELEGATED) for a in params.aux[:params.num_aux]))):  # aux_state
            held.append((15, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(15)
    try:
        if params is not None and params.mpidr & ~4294967055 != 0:  # mpidr_sbz
            held.append((16, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(16)
    return held, (realm, rec, params)


def rmi_rec_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    rec_ptr = x[0]
    held: Rows = []
    if rec_ptr & m.offset_mask:  # rec_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rec_ptr):  # rec_bound
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if (g0 := m.gstate(rec_ptr)) is not None and g0 != v.REC:  # rec_gran_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        rec = h.Rec(m, rec_ptr)
    except m.doubt:
        rec = m.open
    try:
        if rec is not None and rec.state == v.REC_RUNNING:  # rec_state
            held.append((3, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(3)
    return held, (rec,)


COMMANDS = [
    Command(
        name="RMI_REC_AUX_COUNT",
        fid=0xC4000167,
        inputs=("rd",),
        outputs=("aux_count",),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_rec_aux_count,
        effect="rec_aux_count",
        success=(
            "aux_count = the number of auxiliary granules that a REC of the realm needs, at most 16",
        ),
    ),
    Command(
        name="RMI_REC_CREATE",
        fid=0xC400015A,
        inputs=("rd", "rec", "params_ptr"),
        outputs=(),
        conditions=(
            Condition("params_align", "not granule_aligned(params_ptr)", "RMI_ERROR_INPUT", None, None, "params_ptr is not aligned to a granule"),
            Condition("params_bound", "not delegable(params_ptr)", "RMI_ERROR_INPUT", None, None, "params_ptr is not memory that can be delegated"),
            Condition("params_pas", "not ns_access(params_ptr)", "RMI_ERROR_INPUT", None, None, "the parameters do not lie in Non-secure memory"),
            Condition("rec_align", "not granule_aligned(rec)", "RMI_ERROR_INPUT", None, None, "rec is not aligned to a granule"),
            Condition("rec_bound", "not delegable(rec)", "RMI_ERROR_INPUT", None, None, "rec is not memory that can be delegated"),
            Condition("rec_state", "gstate(rec) != DELEGATED", "RMI_ERROR_INPUT", None, None, "the granule at rec is not DELEGATED"),
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("realm_state", "realm.state != REALM_NEW", "RMI_ERROR_REALM", "0", None, "the realm is not NEW"),
            Condition("num_recs", "realm.num_recs == (1 << impl.max_recs_order) - 1", "RMI_ERROR_REALM", "0", None, "the realm has as many RECs as it may"),
            Condition("mpidr_index", "rec_index_of(params.mpidr) != realm.rec_index", "RMI_ERROR_INPUT", None, None, "mpidr does not name the next REC index"),
            Condition("num_aux", "params.num_aux != rec_aux_count(rd)", "RMI_ERROR_INPUT", None, None, "num_aux is not what RMI_REC_AUX_COUNT says"),
            Condition("aux_align", "not all(granule_aligned(a) for a in params.aux[:params.num_aux])", "RMI_ERROR_INPUT", None, None, "an auxiliary granule is not aligned"),
            Condition("aux_alias", "aux_alias(rec, params.aux, params.num_aux)", "RMI_ERROR_INPUT", None, None, "an auxiliary granule is named twice, or is the REC"),
            Condition("aux_state", "not all(delegable(a) and (not granule_aligned(a) or gstate(a) == DELEGATED) for a in params.aux[:params.num_aux])", "RMI_ERROR_INPUT", None, None, "an auxiliary granule is not DELEGATED"),
            Condition("mpidr_sbz", "params.mpidr & ~0xFFFFFF0F != 0", "RMI_ERROR_INPUT", None, None, "mpidr bits 7:4 or 63:32 are set: they should be zero, but no failure condition says what happens else", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x180, 0x180, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_rec_create,
        effect="rec_create",
        success=(
            "realm.rec_index += 1; realm.num_recs += 1",
            "gstate(rec) = REC; the auxiliary granules: REC_AUX",
            "the REC is READY; owner, MPIDR, PC, x0 to x7 and runnable as asked for, x8 to x30 zero",
            "no RIPAS change and no host call is pending",
            "if runnable: measurements[0] is extended",
        ),
        order=(
            (("rd_bound", "rd_state"), ("realm_state", "num_recs")),
        ),
    ),
    Command(
        name="RMI_REC_DESTROY",
        fid=0xC400015B,
        inputs=("rec_ptr",),
        outputs=(),
        conditions=(
            Condition("rec_align", "not granule_aligned(rec_ptr)", "RMI_ERROR_INPUT", None, None, "rec_ptr is not aligned to a granule"),
            Condition("rec_bound", "not delegable(rec_ptr)", "RMI_ERROR_INPUT", None, None, "rec_ptr is not memory that can be delegated"),
            Condition("rec_gran_state", "gstate(rec_ptr) != REC", "RMI_ERROR_INPUT", None, None, "the granule at rec_ptr is not REC"),
            Condition("rec_state", "rec.state == REC_RUNNING", "RMI_ERROR_REC", "0", None, "the REC is running"),
        ),
        before=(0x0, 0x0, 0x0, 0x6),
        sequence=False,
        gate="any",
        judge=rmi_rec_destroy,
        effect="rec_destroy",
        success=(
            "the granules of the REC: DELEGATED",
            "realm.num_recs -= 1",
        ),
        order=(
            (("rec_bound", "rec_gran_state"), ("rec_state",)),
        ),
    ),
]
