"""Generated from rmm-2.0/ripas.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rtt_init_ripas(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    base = x[1]
    top = x[2]
    held: Rows = []
    if top <= base:  # size
        held.append((0, v.RMI_ERROR_INPUT, None))
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
        if realm is not None and (not h.page_aligned(m, base, top) or h.ends_protected(m, realm, base, top) != 2):  # range
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if realm is not None and realm.state != v.REALM_NEW:  # realm_state
            held.append((3, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        walk = h.RttWalk(m, rd, base, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (not h.level_aligned(m, base, walk.level)):  # base_align
            held.append((4, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if walk is not None and (not h.init_ripas_starts(m, walk, base, top)):  # progress
            held.append((5, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(5)
    return held, (walk, base, top)


def rmi_rtt_set_ripas(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rec_ptr = x[1]
    base = x[2]
    top = x[3]
    held: Rows = []
    if top <= base or not not top & m.offset_mask:  # size
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(rec_ptr) == v.REC:  # states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        rec = h.Rec(m, rec_ptr)
    except m.doubt:
        rec = m.open
    try:
        if rec is not None and rec.state == v.REC_RUNNING:  # running
            held.append((2, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if rec is not None and (m.gstate(rd) == v.RD and rec.owner != rd):  # owner
            held.append((3, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if rec is not None and (base != rec.ripas_addr or top > rec.ripas_top):  # bounds
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        walk = h.RttWalk(m, rd, base, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (not h.level_aligned(m, base, walk.level)):  # base_align
            held.append((5, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(5)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        plan = h.SetRipas(m, realm, rec, walk, base, top) if realm is not None and rec is not None and (walk is not None) else None
    except m.doubt:
        plan = m.open
    try:
        if plan is not None and plan.blocked >= 0:  # aux
            held.append((6, v.RMI_ERROR_RTT_AUX, ((1, plan.blocked),)))
    except m.doubt:
        m.doubted.append(6)
    try:
        if plan is not None and (plan.reach == base and plan.blocked < 0):  # progress
            if walk is not None:
                held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(7)
    return held, (rec, plan, walk)


def rmi_rtt_set_s2ap(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rec_ptr = x[1]
    base = x[2]
    top = x[3]
    held: Rows = []
    if top <= base or not not top & m.offset_mask:  # size
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(rec_ptr) == v.REC:  # states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        rec = h.Rec(m, rec_ptr)
    except m.doubt:
        rec = m.open
    try:
        if rec is not None and rec.state == v.REC_RUNNING:  # running
            held.append((2, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if rec is not None and (m.gstate(rd) == v.RD and rec.owner != rd):  # owner
            held.append((3, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if rec is not None and realm is not None and (0 <= (g0 := realm.ipa_width) < 256) and (base != rec.s2ap_base or top > rec.s2ap_top or base >> g0 != 0):  # bounds
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        index = h.s2ap_tree(m, realm, rec) if realm is not None and rec is not None else None
    except m.doubt:
        index = m.open
    try:
        walk = h.S2apWalk(m, realm, rec, base) if realm is not None and rec is not None else None
    except m.doubt:
        walk = m.open
    try:
        if index is not None and walk is not None and (index == 0 and (not h.level_aligned(m, base, walk.level))):  # base_align
            held.append((5, v.result(v.RMI_ERROR_RTT, walk.level), ((1, base), (2, 0))))
    except m.doubt:
        m.doubted.append(5)
    try:
        if index is not None and walk is not None and (index > 0 and (not h.level_aligned(m, base, walk.level))):  # aux_align
            held.append((6, v.result(v.RMI_ERROR_RTT_AUX, walk.level), ((1, base), (2, index))))
    except m.doubt:
        m.doubted.append(6)
    try:
        plan = h.SetS2ap(m, rec, walk, top) if rec is not None and walk is not None else None
    except m.doubt:
        plan = m.open
    try:
        if index is not None and plan is not None and (index == 0 and plan.beyond and (m.traits.sequence or plan.reach == base)):  # partial
            if walk is not None:
                held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), ((1, plan.reach), (2, 0))))
    except m.doubt:
        m.doubted.append(7)
    try:
        if index is not None and plan is not None and (index > 0 and plan.beyond and (m.traits.sequence or plan.reach == base)):  # aux_partial
            if walk is not None:
                held.append((8, v.result(v.RMI_ERROR_RTT_AUX, walk.level), ((1, plan.reach), (2, index))))
    except m.doubt:
        m.doubted.append(8)
    return held, (rec, plan, walk)


def rmi_rtt_dev_validate(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rec_ptr = x[1]
    base = x[2]
    top = x[3]
    held: Rows = []
    if top <= base or not not top & m.offset_mask:  # size
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.gstate(rd) == v.RD or not m.gstate(rec_ptr) == v.REC:  # states
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        rec = h.Rec(m, rec_ptr)
    except m.doubt:
        rec = m.open
    try:
        if rec is not None and rec.state == v.REC_RUNNING:  # running
            held.append((2, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if rec is not None and (m.gstate(rd) == v.RD and rec.owner != rd):  # owner
            held.append((3, v.RMI_ERROR_REC, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if rec is not None and (not h.dev_request(m, rec, base, top)):  # bounds
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        walk = h.RttWalk(m, rd, base, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (not h.level_aligned(m, base, walk.level)):  # base_align
            held.append((5, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(5)
    try:
        plan = h.ValidateDev(m, rec, walk, base, top) if rec is not None and walk is not None else None
    except m.doubt:
        plan = m.open
    try:
        if plan is not None and plan.reach == base:  # progress
            if walk is not None:
                held.append((6, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(6)
    return held, (rec, plan, walk)


COMMANDS = [
    Command(
        name="RMI_RTT_INIT_RIPAS",
        fid=0xC4000168,
        inputs=("rd", "base", "top"),
        outputs=("out_top",),
        conditions=(
            Condition("size", "top <= base", "RMI_ERROR_INPUT", None, None, "the range is empty or backwards"),
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("range", "not page_aligned(base, top) or ends_protected(realm, base, top) != 2", "RMI_ERROR_INPUT", None, None, "base or top is not aligned, or the range is not in the protected half"),
            Condition("realm_state", "realm.state != REALM_NEW", "RMI_ERROR_REALM", None, None, "the realm is not NEW"),
            Condition("base_align", "not level_aligned(base, walk.level)", "RMI_ERROR_RTT", "walk.level", None, "base lies inside of the entry where the walk ends"),
            Condition("progress", "not init_ripas_starts(walk, base, top)", "RMI_ERROR_RTT", "walk.level", None, "the first entry is larger than the range, or its RIPAS cannot be set"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_init_ripas,
        effect="rtt_init_ripas",
        success=(
            "RIPAS of [base, out_top) is RAM",
        ),
    ),
    Command(
        name="RMI_RTT_SET_RIPAS",
        fid=0xC4000169,
        inputs=("rd", "rec_ptr", "base", "top"),
        outputs=("out_top",),
        conditions=(
            Condition("size", "top <= base or not granule_aligned(top)", "RMI_ERROR_INPUT", None, None, "the range is empty or backwards, or top is not aligned"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(rec_ptr, REC)", "RMI_ERROR_INPUT", None, None, "rd is no realm, or rec is no REC"),
            Condition("running", "rec.state == REC_RUNNING", "RMI_ERROR_REC", None, None, "the REC is running"),
            Condition("owner", "is_granule(rd, RD) and rec.owner != rd", "RMI_ERROR_REC", None, None, "the REC belongs to another realm"),
            Condition("bounds", "base != rec.ripas_addr or top > rec.ripas_top", "RMI_ERROR_INPUT", None, None, "this is not the change that the REC waits for"),
            Condition("base_align", "not level_aligned(base, walk.level)", "RMI_ERROR_RTT", "walk.level", None, "base lies inside of the entry where the walk ends"),
            Condition("aux", "plan.blocked >= 0", "RMI_ERROR_RTT_AUX", None, "out_top == plan.blocked", "an auxiliary tree maps a page that is to become EMPTY"),
            Condition("progress", "plan.reach == base and plan.blocked < 0", "RMI_ERROR_RTT", "walk.level", None, "the first entry is larger than the range, or its RIPAS cannot be set"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_set_ripas,
        effect="rtt_set_ripas",
        success=(
            "RIPAS of [base, out_top) is what the realm asked for",
            "rec.ripas_addr = out_top",
        ),
    ),
    Command(
        name="RMI_RTT_SET_S2AP",
        fid=0xC400018B,
        inputs=("rd", "rec_ptr", "base", "top"),
        outputs=("out_top", "tree"),
        conditions=(
            Condition("size", "top <= base or not granule_aligned(top)", "RMI_ERROR_INPUT", None, None, "the range is empty or backwards, or top is not aligned"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(rec_ptr, REC)", "RMI_ERROR_INPUT", None, None, "rd is no realm, or rec is no REC"),
            Condition("running", "rec.state == REC_RUNNING", "RMI_ERROR_REC", None, None, "the REC is running"),
            Condition("owner", "is_granule(rd, RD) and rec.owner != rd", "RMI_ERROR_REC", None, None, "the REC belongs to another realm"),
            Condition("bounds", "base != rec.s2ap_base or top > rec.s2ap_top or base >> realm.ipa_width != 0", "RMI_ERROR_INPUT", None, None, "this is not the change that the REC waits for"),
            Condition("base_align", "index == 0 and not level_aligned(base, walk.level)", "RMI_ERROR_RTT", "walk.level", "out_top == base, tree == 0", "base lies inside of the entry where the walk ends"),
            Condition("aux_align", "index > 0 and not level_aligned(base, walk.level)", "RMI_ERROR_RTT_AUX", "walk.level", "out_top == base, tree == index", "base lies inside of the entry of the auxiliary tree where the walk ends"),
            Condition("partial", "index == 0 and plan.beyond and (impl.sequence or plan.reach == base)", "RMI_ERROR_RTT", "walk.level", "out_top == plan.reach, tree == 0", "an entry reaches beyond top; what comes before it is done"),
            Condition("aux_partial", "index > 0 and plan.beyond and (impl.sequence or plan.reach == base)", "RMI_ERROR_RTT_AUX", "walk.level", "out_top == plan.reach, tree == index", "an entry of the auxiliary tree reaches beyond top; what comes before it is done"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_set_s2ap,
        effect="rtt_set_s2ap",
        success=(
            "the entries of [base, out_top) have the permissions that the realm asked for",
            "rec.s2ap_base = out_top",
        ),
    ),
    Command(
        name="RMI_RTT_DEV_VALIDATE",
        fid=0xC4000163,
        inputs=("rd", "rec_ptr", "base", "top"),
        outputs=("out_top",),
        conditions=(
            Condition("size", "top <= base or not granule_aligned(top)", "RMI_ERROR_INPUT", None, None, "the range is empty or backwards, or top is not aligned"),
            Condition("states", "not is_granule(rd, RD) or not is_granule(rec_ptr, REC)", "RMI_ERROR_INPUT", None, None, "rd is no realm, or rec is no REC"),
            Condition("running", "rec.state == REC_RUNNING", "RMI_ERROR_REC", None, None, "the REC is running"),
            Condition("owner", "is_granule(rd, RD) and rec.owner != rd", "RMI_ERROR_REC", None, None, "the REC belongs to another realm"),
            Condition("bounds", "not dev_request(rec, base, top)", "RMI_ERROR_INPUT", None, None, "this is not the validation that the REC waits for"),
            Condition("base_align", "not level_aligned(base, walk.level)", "RMI_ERROR_RTT", "walk.level", None, "base lies inside of the entry where the walk ends"),
            Condition("progress", "plan.reach == base", "RMI_ERROR_RTT", "walk.level", None, "the first entry is larger than the range, or maps no device memory or another piece"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_dev_validate,
        effect="rtt_dev_validate",
        success=(
            "RIPAS of [base, out_top) is DEV",
        ),
    ),
]
