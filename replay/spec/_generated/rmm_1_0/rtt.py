"""Generated from rmm-1.0/rtt.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rtt_create(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rtt = x[1]
    ipa = x[2]
    level = v.signed(x[3])
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
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.rtt_level_valid(m, realm, level) or h.rtt_level_is_starting(m, realm, level)):  # level_bound
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if not h.level_aligned(m, ipa, level - 1):  # ipa_align
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if realm is not None and 0 <= (g1 := realm.ipa_width) < 256 and (ipa >= 1 << g1):  # ipa_bound
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    if rtt & m.offset_mask:  # rtt_align
        held.append((6, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rtt):  # rtt_bound
            held.append((7, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if (g2 := m.gstate(rtt)) is not None and g2 != v.DELEGATED:  # rtt_state
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if realm is not None and (not realm.feat_lpa2 and rtt >= 1 << 48):  # rtt_bound2
            held.append((9, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(9)
    try:
        walk = h.RttWalk(m, rd, ipa, level - 1)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < level - 1:  # rtt_walk
            held.append((10, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(10)
    try:
        if walk is not None and walk.rtte.state == v.TABLE:  # rtte_state
            held.append((11, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(11)
    return held, (walk, rtt, ipa, level)


def rmi_rtt_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
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
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.rtt_level_valid(m, realm, level) or h.rtt_level_is_starting(m, realm, level)):  # level_bound
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if not h.level_aligned(m, ipa, level - 1):  # ipa_align
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if realm is not None and 0 <= (g1 := realm.ipa_width) < 256 and (ipa >= 1 << g1):  # ipa_bound
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        walk = h.RttWalk(m, rd, ipa, level - 1)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < level - 1:  # rtt_walk
            walk_top = h.RttSkipNonLiveEntries(m, walk, ipa)
            held.append((6, v.result(v.RMI_ERROR_RTT, walk.level), ((2, walk_top),)))
    except m.doubt:
        m.doubted.append(6)
    try:
        if walk is not None and walk.rtte.state != v.TABLE:  # rtte_state
            walk_top = h.RttSkipNonLiveEntries(m, walk, ipa)
            held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), ((2, walk_top),)))
    except m.doubt:
        m.doubted.append(7)
    try:
        child = h.RttBelow(m, walk) if walk is not None else None
    except m.doubt:
        child = m.open
    try:
        if child is not None and h.rtt_is_live(m, child):  # rtt_live
            held.append((8, v.result(v.RMI_ERROR_RTT, level), ((2, ipa),)))
    except m.doubt:
        m.doubted.append(8)
    try:
        if walk is not None and (walk.level < level - 1 and walk.rtte.live):  # inside
            block = h.align_down(m, ipa, walk.level)
            held.append((9, v.result(v.RMI_ERROR_RTT, walk.level), ((2, block),)))
    except m.doubt:
        m.doubted.append(9)
    return held, (realm, walk, child, ipa)


def rmi_rtt_fold(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
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
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.rtt_level_valid(m, realm, level) or h.rtt_level_is_starting(m, realm, level)):  # level_bound
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if not h.level_aligned(m, ipa, level - 1):  # ipa_align
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if realm is not None and 0 <= (g1 := realm.ipa_width) < 256 and (ipa >= 1 << g1):  # ipa_bound
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        walk = h.RttWalk(m, rd, ipa, level - 1)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < level - 1:  # rtt_walk
            held.append((6, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if walk is not None and walk.rtte.state != v.TABLE:  # rtte_state
            held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(7)
    try:
        child = h.RttBelow(m, walk) if walk is not None else None
    except m.doubt:
        child = m.open
    try:
        if child is not None and (not h.rtt_is_homogeneous(m, child)):  # rtt_homo
            held.append((8, v.result(v.RMI_ERROR_RTT, level), None))
    except m.doubt:
        m.doubted.append(8)
    return held, (walk, child)


def rmi_rtt_read_entry(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
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
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.rtt_level_valid(m, realm, level)):  # level_bound
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if not h.level_aligned(m, ipa, level):  # ipa_align
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if realm is not None and 0 <= (g1 := realm.ipa_width) < 256 and (ipa >= 1 << g1):  # ipa_bound
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        walk = h.RttWalk(m, rd, ipa, level)
    except m.doubt:
        walk = m.open
    return held, (realm, walk)


COMMANDS = [
    Command(
        name="RMI_RTT_CREATE",
        fid=0xC400015D,
        inputs=("rd", "rtt", "ipa", "level"),
        outputs=(),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("level_bound", "not rtt_level_valid(realm, level) or rtt_level_is_starting(realm, level)", "RMI_ERROR_INPUT", None, None, "no table can be created at this level"),
            Condition("ipa_align", "not level_aligned(ipa, level - 1)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to what the table describes"),
            Condition("ipa_bound", "ipa >= 1 << realm.ipa_width", "RMI_ERROR_INPUT", None, None, "ipa lies outside of the IPA space"),
            Condition("rtt_align", "not granule_aligned(rtt)", "RMI_ERROR_INPUT", None, None, "rtt is not aligned to a granule"),
            Condition("rtt_bound", "not delegable(rtt)", "RMI_ERROR_INPUT", None, None, "rtt is not memory that can be delegated"),
            Condition("rtt_state", "gstate(rtt) != DELEGATED", "RMI_ERROR_INPUT", None, None, "the granule at rtt is not DELEGATED"),
            Condition("rtt_bound2", "not realm.feat_lpa2 and rtt >= 1 << 48", "RMI_ERROR_INPUT", None, None, "rtt lies above 48 bits and the realm is without LPA2"),
            Condition("rtt_walk", "walk.level < level - 1", "RMI_ERROR_RTT", "walk.level", None, "the parent table is missing"),
            Condition("rtte_state", "walk.rtte.state == TABLE", "RMI_ERROR_RTT", "walk.level", None, "the table is there already"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2e, 0x2e),
        sequence=False,
        gate="any",
        judge=rmi_rtt_create,
        effect="rtt_create",
        success=(
            "gstate(rtt) = RTT",
            "the parent entry: TABLE, to rtt",
            "the new entries: state, RIPAS and attributes of the parent's, addresses in a row",
        ),
        order=(
            (("rd_bound", "rd_state"), ("rtt_walk", "rtte_state")),
            (("level_bound", "ipa_bound"), ("rtt_walk", "rtte_state")),
        ),
    ),
    Command(
        name="RMI_RTT_DESTROY",
        fid=0xC400015E,
        inputs=("rd", "ipa", "level"),
        outputs=("rtt", "top"),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("level_bound", "not rtt_level_valid(realm, level) or rtt_level_is_starting(realm, level)", "RMI_ERROR_INPUT", None, None, "no table at this level can be destroyed"),
            Condition("ipa_align", "not level_aligned(ipa, level - 1)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to what the table describes"),
            Condition("ipa_bound", "ipa >= 1 << realm.ipa_width", "RMI_ERROR_INPUT", None, None, "ipa lies outside of the IPA space"),
            Condition("rtt_walk", "walk.level < level - 1", "RMI_ERROR_RTT", "walk.level", "top == walk_top", "the parent table is missing"),
            Condition("rtte_state", "walk.rtte.state != TABLE", "RMI_ERROR_RTT", "walk.level", "top == walk_top", "there is no table"),
            Condition("rtt_live", "rtt_is_live(child)", "RMI_ERROR_RTT", "level", "top == ipa", "the table holds data or a table"),
            Condition("inside", "walk.level < level - 1 and walk.rtte.live", "RMI_ERROR_RTT", "walk.level", "top == block", "top is the start of the block that holds ipa: so says the formula, where the table of outcomes says ipa", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2e, 0x2e, 0x6, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_rtt_destroy,
        effect="rtt_destroy",
        success=(
            "the parent entry: UNASSIGNED, DESTROYED (unprotected: UNASSIGNED_NS)",
            "the table's granule: DELEGATED; rtt = its address",
            "top = the next live IPA of the parent table, or its end",
        ),
        order=(
            (("rd_bound", "rd_state"), ("rtt_walk", "rtte_state", "rtt_live")),
            (("level_bound", "ipa_bound"), ("rtt_walk", "rtte_state")),
        ),
    ),
    Command(
        name="RMI_RTT_FOLD",
        fid=0xC4000166,
        inputs=("rd", "ipa", "level"),
        outputs=("rtt",),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("level_bound", "not rtt_level_valid(realm, level) or rtt_level_is_starting(realm, level)", "RMI_ERROR_INPUT", None, None, "no table at this level can be folded"),
            Condition("ipa_align", "not level_aligned(ipa, level - 1)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to what the table describes"),
            Condition("ipa_bound", "ipa >= 1 << realm.ipa_width", "RMI_ERROR_INPUT", None, None, "ipa lies outside of the IPA space"),
            Condition("rtt_walk", "walk.level < level - 1", "RMI_ERROR_RTT", "walk.level", None, "the parent table is missing"),
            Condition("rtte_state", "walk.rtte.state != TABLE", "RMI_ERROR_RTT", "walk.level", None, "there is no table"),
            Condition("rtt_homo", "not rtt_is_homogeneous(child)", "RMI_ERROR_RTT", "level", None, "the table's entries are not as one block"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2e, 0x2e, 0x6),
        sequence=False,
        gate="any",
        judge=rmi_rtt_fold,
        effect="rtt_fold",
        success=(
            "the parent entry: state, RIPAS, attributes and first address of the table's entries",
            "the table's granule: DELEGATED; rtt = its address",
        ),
        order=(
            (("rd_bound", "rd_state"), ("rtt_walk", "rtte_state", "rtt_homo")),
            (("level_bound", "ipa_bound"), ("rtt_walk", "rtte_state")),
        ),
    ),
    Command(
        name="RMI_RTT_READ_ENTRY",
        fid=0xC4000161,
        inputs=("rd", "ipa", "level"),
        outputs=("walk_level", "state", "desc", "ripas"),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("level_bound", "not rtt_level_valid(realm, level)", "RMI_ERROR_INPUT", None, None, "the realm has no tables at this level"),
            Condition("ipa_align", "not level_aligned(ipa, level)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to the level"),
            Condition("ipa_bound", "ipa >= 1 << realm.ipa_width", "RMI_ERROR_INPUT", None, None, "ipa lies outside of the IPA space"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_rtt_read_entry,
        effect="rtt_read_entry",
        success=(
            "walk_level = the level where the walk ended",
            "state, desc, ripas = the entry there; no RIPAS is specified for a TABLE",
        ),
    ),
]
