"""Generated from rmm-1.0/ripas.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rtt_init_ripas(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    base = x[1]
    top = x[2]
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
    if top <= base:  # size_valid
        held.append((3, v.RMI_ERROR_INPUT, None))
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.is_protected(m, h.to_address(m, top - 4096), realm)):  # top_bound
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if realm is not None and realm.state != v.REALM_NEW:  # realm_state
            held.append((5, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        walk = h.RttWalk(m, rd, base, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (not h.level_aligned(m, base, walk.level)):  # base_align
            held.append((6, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if walk is not None and walk.rtte.state != v.UNASSIGNED:  # rtte_state
            held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(7)
    if top & m.offset_mask:  # top_gran_align
        held.append((8, v.RMI_ERROR_INPUT, None))
    try:
        walk_top = h.RttSkipEntriesWithRipas(m, walk, base, top, False) if walk is not None else None
    except m.doubt:
        walk_top = m.open
    try:
        if walk_top is not None and base == walk_top:  # no_progress
            if walk is not None:
                held.append((9, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(9)
    return held, (walk, base, walk_top)


def rmi_rtt_set_ripas(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rec_ptr = x[1]
    base = x[2]
    top = x[3]
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
    if rec_ptr & m.offset_mask:  # rec_align
        held.append((3, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rec_ptr):  # rec_bound
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if (g1 := m.gstate(rec_ptr)) is not None and g1 != v.REC:  # rec_gran_state
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        rec = h.Rec(m, rec_ptr)
    except m.doubt:
        rec = m.open
    try:
        if rec is not None and rec.state == v.REC_RUNNING:  # rec_state
            held.append((6, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if rec is not None and rec.owner != rd:  # rec_owner
            held.append((7, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(7)
    if top <= base:  # size_valid
        held.append((8, v.RMI_ERROR_INPUT, None))
    try:
        if rec is not None and base != rec.ripas_addr:  # base_bound
            held.append((9, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if rec is not None and top > rec.ripas_top:  # top_bound
            held.append((10, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(10)
    try:
        walk = h.RttWalk(m, rd, base, 3)
    except m.doubt:
        walk = m.open
    try:
        ripas = walk.rtte.ripas if walk is not None else None
    except m.doubt:
        ripas = m.open
    try:
        if walk is not None and ripas is not None and (rec is not None) and (not h.level_aligned(m, base, walk.level) and ripas != rec.ripas_value):  # base_align
            held.append((11, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(11)
    if top & m.offset_mask:  # top_gran_align
        held.append((12, v.RMI_ERROR_INPUT, None))
    try:
        walk_top = h.RttSkipEntriesWithRipas(m, walk, base, top, h.keeps_destroyed(m, rec)) if walk is not None and rec is not None else None
    except m.doubt:
        walk_top = m.open
    try:
        if walk_top is not None and ripas is not None and (rec is not None) and (base == walk_top and ripas != rec.ripas_value):  # no_progress
            if walk is not None:
                held.append((13, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(13)
    try:
        if rec is not None and ripas is not None and (h.destroyed_unknown(m, rec) and ripas == v.DESTROYED):  # destroyed
            if walk is not None:
                held.append((14, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(14)
    return held, (rec, walk, base, top, walk_top)


COMMANDS = [
    Command(
        name="RMI_RTT_INIT_RIPAS",
        fid=0xC4000168,
        inputs=("rd", "base", "top"),
        outputs=("out_top",),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("size_valid", "top <= base", "RMI_ERROR_INPUT", None, None, "the range is empty"),
            Condition("top_bound", "not is_protected(to_address(top - 4096), realm)", "RMI_ERROR_INPUT", None, None, "the range does not end in the protected half"),
            Condition("realm_state", "realm.state != REALM_NEW", "RMI_ERROR_REALM", "0", None, "the realm is not NEW"),
            Condition("base_align", "not level_aligned(base, walk.level)", "RMI_ERROR_RTT", "walk.level", None, "base lies inside of an entry"),
            Condition("rtte_state", "walk.rtte.state != UNASSIGNED", "RMI_ERROR_RTT", "walk.level", None, "the first entry is not UNASSIGNED"),
            Condition("top_gran_align", "not granule_aligned(top)", "RMI_ERROR_INPUT", None, None, "top is not aligned to a granule"),
            Condition("no_progress", "base == walk_top", "RMI_ERROR_RTT", "walk.level", None, "the range does not hold the first entry"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x6, 0x6, 0x6, 0x0, 0x106),
        sequence=False,
        gate="any",
        judge=rmi_rtt_init_ripas,
        effect="rtt_init_ripas",
        success=(
            "the entries in [base, walk_top): RAM",
            "measurements[0] is extended, once for each entry",
            "out_top = walk_top",
        ),
        order=(
            (("rd_bound", "rd_state"), ("realm_state",)),
            (("rd_bound", "rd_state"), ("base_align", "rtte_state")),
            (("rd_bound", "rd_state"), ("no_progress",)),
            (("top_gran_align",), ("no_progress",)),
        ),
    ),
    Command(
        name="RMI_RTT_SET_RIPAS",
        fid=0xC4000169,
        inputs=("rd", "rec_ptr", "base", "top"),
        outputs=("out_top",),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("rec_align", "not granule_aligned(rec_ptr)", "RMI_ERROR_INPUT", None, None, "rec_ptr is not aligned to a granule"),
            Condition("rec_bound", "not delegable(rec_ptr)", "RMI_ERROR_INPUT", None, None, "rec_ptr is not memory that can be delegated"),
            Condition("rec_gran_state", "gstate(rec_ptr) != REC", "RMI_ERROR_INPUT", None, None, "the granule at rec_ptr is not REC"),
            Condition("rec_state", "rec.state == REC_RUNNING", "RMI_ERROR_REC", "0", None, "the REC is running"),
            Condition("rec_owner", "rec.owner != rd", "RMI_ERROR_REC", "0", None, "the REC belongs to another realm"),
            Condition("size_valid", "top <= base", "RMI_ERROR_INPUT", None, None, "the range is empty"),
            Condition("base_bound", "base != rec.ripas_addr", "RMI_ERROR_INPUT", None, None, "base is not where the realm's request stands"),
            Condition("top_bound", "top > rec.ripas_top", "RMI_ERROR_INPUT", None, None, "top lies beyond the realm's request"),
            Condition("base_align", "not level_aligned(base, walk.level) and ripas != rec.ripas_value", "RMI_ERROR_RTT", "walk.level", None, "base lies inside of an entry that must change"),
            Condition("top_gran_align", "not granule_aligned(top)", "RMI_ERROR_INPUT", None, None, "top is not aligned to a granule"),
            Condition("no_progress", "base == walk_top and ripas != rec.ripas_value", "RMI_ERROR_RTT", "walk.level", None, "the range does not hold the first entry, or that is DESTROYED and must stay so"),
            Condition("destroyed", "destroyed_unknown(rec) and ripas == DESTROYED", "RMI_ERROR_RTT", "walk.level", None, "the first entry is DESTROYED, and the trace does not tell whether the realm lets it change", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x30, 0x30, 0x0, 0x0, 0x0, 0x206, 0x0, 0x1006, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_rtt_set_ripas,
        effect="rtt_set_ripas",
        success=(
            "the entries in [base, walk_top): the RIPAS that the realm asked for",
            "rec.ripas_addr = out_top = min(top, walk_top)",
        ),
        order=(
            (("rd_bound", "rd_state"), ("base_align",)),
            (("rd_bound", "rd_state"), ("no_progress",)),
            (("rec_bound", "rec_gran_state"), ("rec_state", "rec_owner")),
            (("base_bound",), ("base_align",)),
            (("top_gran_align",), ("no_progress",)),
        ),
    ),
]
