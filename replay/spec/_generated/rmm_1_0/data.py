"""Generated from rmm-1.0/data.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_data_create(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    data = x[1]
    ipa = x[2]
    src = x[3]
    flags = x[4]
    held: Rows = []
    if src & m.offset_mask:  # src_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(src):  # src_bound
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if (g0 := m.ns_access(src)) is not None and (not g0):  # src_pas
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    if data & m.offset_mask:  # data_align
        held.append((3, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(data):  # data_bound
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if (g1 := m.gstate(data)) is not None and g1 != v.DELEGATED:  # data_state
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not realm.feat_lpa2 and data >= 1 << 48):  # data_bound2
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    if rd & m.offset_mask:  # rd_align
        held.append((7, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rd):  # rd_bound
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if (g2 := m.gstate(rd)) is not None and g2 != v.RD:  # rd_state
            held.append((9, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(9)
    if ipa & m.offset_mask:  # ipa_align
        held.append((10, v.RMI_ERROR_INPUT, None))
    try:
        if realm is not None and (not h.is_protected(m, ipa, realm)):  # ipa_bound
            held.append((11, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(11)
    try:
        if realm is not None and realm.state != v.REALM_NEW:  # realm_state
            held.append((12, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(12)
    try:
        walk = h.RttWalk(m, rd, ipa, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < 3:  # rtt_walk
            held.append((13, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(13)
    try:
        if walk is not None and walk.rtte.state != v.UNASSIGNED:  # rtte_state
            held.append((14, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(14)
    if flags >> 1 != 0:  # flags_sbz
        held.append((15, v.RMI_ERROR_INPUT, None))
    return held, (walk, data)


def rmi_data_create_unknown(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    data = x[1]
    ipa = x[2]
    held: Rows = []
    if data & m.offset_mask:  # data_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(data):  # data_bound
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if (g0 := m.gstate(data)) is not None and g0 != v.DELEGATED:  # data_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not realm.feat_lpa2 and data >= 1 << 48):  # data_bound2
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    if rd & m.offset_mask:  # rd_align
        held.append((4, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rd):  # rd_bound
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if (g1 := m.gstate(rd)) is not None and g1 != v.RD:  # rd_state
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    if ipa & m.offset_mask:  # ipa_align
        held.append((7, v.RMI_ERROR_INPUT, None))
    try:
        if realm is not None and (not h.is_protected(m, ipa, realm)):  # ipa_bound
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        walk = h.RttWalk(m, rd, ipa, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < 3:  # rtt_walk
            held.append((9, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if walk is not None and walk.rtte.state != v.UNASSIGNED:  # rtte_state
            held.append((10, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(10)
    return held, (walk, data)


def rmi_data_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
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
    if ipa & m.offset_mask:  # ipa_align
        held.append((3, v.RMI_ERROR_INPUT, None))
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.is_protected(m, ipa, realm)):  # ipa_bound
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        walk = h.RttWalk(m, rd, ipa, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < 3:  # rtt_walk
            walk_top = h.RttSkipNonLiveEntries(m, walk, ipa)
            held.append((5, v.result(v.RMI_ERROR_RTT, walk.level), ((2, walk_top),)))
    except m.doubt:
        m.doubted.append(5)
    try:
        if walk is not None and walk.rtte.state != v.ASSIGNED:  # rtte_state
            walk_top = h.RttSkipNonLiveEntries(m, walk, ipa)
            held.append((6, v.result(v.RMI_ERROR_RTT, walk.level), ((2, walk_top),)))
    except m.doubt:
        m.doubted.append(6)
    try:
        if walk is not None and (walk.level < 3 and walk.rtte.live):  # inside
            block = h.align_down(m, ipa, walk.level)
            held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), ((2, block),)))
    except m.doubt:
        m.doubted.append(7)
    return held, (walk, ipa)


def rmi_rtt_map_unprotected(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
    desc = x[3]
    held: Rows = []
    try:
        if not h.desc_valid_unprotected(m, desc, rd):  # attr_valid
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    if rd & m.offset_mask:  # rd_align
        held.append((1, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(rd):  # rd_bound
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if (g0 := m.gstate(rd)) is not None and g0 != v.RD:  # rd_state
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.level_block_or_page(m, realm, level)):  # level_bound
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        rtte = h.RttEntryFromDescriptor(m, desc, rd)
    except m.doubt:
        rtte = m.open
    try:
        if not h.level_aligned(m, rtte.addr, level):  # addr_align
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if realm is not None and (not realm.feat_lpa2 and rtte.addr >= 1 << 48):  # addr_bound
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if not h.level_aligned(m, ipa, level):  # ipa_align
            held.append((7, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if realm is not None and 0 <= (g1 := realm.ipa_width) < 256 and (ipa >= 1 << g1 or h.is_protected(m, ipa, realm)):  # ipa_bound
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        walk = h.RttWalk(m, rd, ipa, level)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < level:  # rtt_walk
            held.append((9, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if walk is not None and walk.rtte.state != v.UNASSIGNED_NS:  # rtte_state
            held.append((10, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(10)
    try:
        if realm is not None and level < realm.rtt_level_start:  # level_start
            held.append((11, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(11)
    return held, (walk, level, rtte)


def rmi_rtt_unmap_unprotected(m: Rmm, x: Sequence[int]) -> Judged:
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
        if realm is not None and (not h.level_block_or_page(m, realm, level)):  # level_bound
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if not h.level_aligned(m, ipa, level):  # ipa_align
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if realm is not None and 0 <= (g1 := realm.ipa_width) < 256 and (ipa >= 1 << g1 or h.is_protected(m, ipa, realm)):  # ipa_bound
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        walk = h.RttWalk(m, rd, ipa, level)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < level:  # rtt_walk
            walk_top = h.RttSkipNonLiveEntries(m, walk, ipa)
            held.append((6, v.result(v.RMI_ERROR_RTT, walk.level), ((1, walk_top),)))
    except m.doubt:
        m.doubted.append(6)
    try:
        if walk is not None and walk.rtte.state != v.ASSIGNED_NS:  # rtte_state
            walk_top = h.RttSkipNonLiveEntries(m, walk, ipa)
            held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), ((1, walk_top),)))
    except m.doubt:
        m.doubted.append(7)
    try:
        if walk is not None and (walk.level < level and walk.rtte.live):  # inside
            block = h.align_down(m, ipa, walk.level)
            held.append((8, v.result(v.RMI_ERROR_RTT, walk.level), ((1, block),)))
    except m.doubt:
        m.doubted.append(8)
    try:
        if realm is not None and level < realm.rtt_level_start:  # level_start
            held.append((9, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(9)
    return held, (walk, ipa, level)


COMMANDS = [
    Command(
        name="RMI_DATA_CREATE",
        fid=0xC4000153,
        inputs=("rd", "data", "ipa", "src", "flags"),
        outputs=(),
        conditions=(
            Condition("src_align", "not granule_aligned(src)", "RMI_ERROR_INPUT", None, None, "src is not aligned to a granule"),
            Condition("src_bound", "not delegable(src)", "RMI_ERROR_INPUT", None, None, "src is not memory that can be delegated"),
            Condition("src_pas", "not ns_access(src)", "RMI_ERROR_INPUT", None, None, "src is not Non-secure memory"),
            Condition("data_align", "not granule_aligned(data)", "RMI_ERROR_INPUT", None, None, "data is not aligned to a granule"),
            Condition("data_bound", "not delegable(data)", "RMI_ERROR_INPUT", None, None, "data is not memory that can be delegated"),
            Condition("data_state", "gstate(data) != DELEGATED", "RMI_ERROR_INPUT", None, None, "the granule at data is not DELEGATED"),
            Condition("data_bound2", "not realm.feat_lpa2 and data >= 1 << 48", "RMI_ERROR_INPUT", None, None, "data lies above 48 bits and the realm is without LPA2"),
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("ipa_align", "not granule_aligned(ipa)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to a granule"),
            Condition("ipa_bound", "not is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not protected"),
            Condition("realm_state", "realm.state != REALM_NEW", "RMI_ERROR_REALM", "0", None, "the realm is not NEW"),
            Condition("rtt_walk", "walk.level < 3", "RMI_ERROR_RTT", "walk.level", None, "the walk ends above level 3"),
            Condition("rtte_state", "walk.rtte.state != UNASSIGNED", "RMI_ERROR_RTT", "walk.level", None, "the entry is not UNASSIGNED"),
            Condition("flags_sbz", "flags >> 1 != 0", "RMI_ERROR_INPUT", None, None, "flags bits 63:1 are set: they should be zero, but no failure condition says what happens else", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x300, 0xb00, 0xb00, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_data_create,
        effect="data_create",
        success=(
            "gstate(data) = DATA, with the contents of src",
            "the entry: ASSIGNED, RAM, to data",
            "measurements[0] is extended",
        ),
        order=(
            (("rd_bound", "rd_state"), ("realm_state",)),
            (("rd_bound", "rd_state"), ("rtt_walk", "rtte_state")),
            (("ipa_bound",), ("rtt_walk", "rtte_state")),
        ),
    ),
    Command(
        name="RMI_DATA_CREATE_UNKNOWN",
        fid=0xC4000154,
        inputs=("rd", "data", "ipa"),
        outputs=(),
        conditions=(
            Condition("data_align", "not granule_aligned(data)", "RMI_ERROR_INPUT", None, None, "data is not aligned to a granule"),
            Condition("data_bound", "not delegable(data)", "RMI_ERROR_INPUT", None, None, "data is not memory that can be delegated"),
            Condition("data_state", "gstate(data) != DELEGATED", "RMI_ERROR_INPUT", None, None, "the granule at data is not DELEGATED"),
            Condition("data_bound2", "not realm.feat_lpa2 and data >= 1 << 48", "RMI_ERROR_INPUT", None, None, "data lies above 48 bits and the realm is without LPA2"),
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("ipa_align", "not granule_aligned(ipa)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to a granule"),
            Condition("ipa_bound", "not is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not protected"),
            Condition("rtt_walk", "walk.level < 3", "RMI_ERROR_RTT", "walk.level", None, "the walk ends above level 3"),
            Condition("rtte_state", "walk.rtte.state != UNASSIGNED", "RMI_ERROR_RTT", "walk.level", None, "the entry is not UNASSIGNED"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x160, 0x160),
        sequence=False,
        gate="any",
        judge=rmi_data_create_unknown,
        effect="data_create_unknown",
        success=(
            "gstate(data) = DATA, wiped",
            "the entry: ASSIGNED, to data, its RIPAS as before",
        ),
        order=(
            (("rd_bound", "rd_state"), ("rtt_walk", "rtte_state")),
            (("ipa_bound",), ("rtt_walk", "rtte_state")),
        ),
    ),
    Command(
        name="RMI_DATA_DESTROY",
        fid=0xC4000155,
        inputs=("rd", "ipa"),
        outputs=("data", "top"),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("ipa_align", "not granule_aligned(ipa)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to a granule"),
            Condition("ipa_bound", "not is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not protected"),
            Condition("rtt_walk", "walk.level < 3", "RMI_ERROR_RTT", "walk.level", "top == walk_top", "the walk ends above level 3"),
            Condition("rtte_state", "walk.rtte.state != ASSIGNED", "RMI_ERROR_RTT", "walk.level", "top == walk_top", "the entry is not ASSIGNED"),
            Condition("inside", "walk.level < 3 and walk.rtte.live", "RMI_ERROR_RTT", "walk.level", "top == block", "top is the start of the block that holds ipa: so says the formula, where the table of outcomes says ipa", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x16, 0x16, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_data_destroy,
        effect="data_destroy",
        success=(
            "the granule of the entry: DELEGATED; data = its address",
            "the entry: UNASSIGNED; RIPAS RAM becomes DESTROYED, another stays",
            "top = the next live IPA of the table, or the table's end",
        ),
        order=(
            (("rd_bound", "rd_state"), ("rtt_walk", "rtte_state")),
            (("ipa_bound",), ("rtt_walk", "rtte_state")),
        ),
    ),
    Command(
        name="RMI_RTT_MAP_UNPROTECTED",
        fid=0xC400015F,
        inputs=("rd", "ipa", "level", "desc"),
        outputs=(),
        conditions=(
            Condition("attr_valid", "not desc_valid_unprotected(desc, rd)", "RMI_ERROR_INPUT", None, None, "desc has bits that are not the host's, or a reserved MemAttr"),
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("level_bound", "not level_block_or_page(realm, level)", "RMI_ERROR_INPUT", None, None, "no page or block at this level"),
            Condition("addr_align", "not level_aligned(rtte.addr, level)", "RMI_ERROR_INPUT", None, None, "the output address is not aligned to the level"),
            Condition("addr_bound", "not realm.feat_lpa2 and rtte.addr >= 1 << 48", "RMI_ERROR_INPUT", None, None, "the output address lies above 48 bits and the realm is without LPA2"),
            Condition("ipa_align", "not level_aligned(ipa, level)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to the level"),
            Condition("ipa_bound", "ipa >= 1 << realm.ipa_width or is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not unprotected"),
            Condition("rtt_walk", "walk.level < level", "RMI_ERROR_RTT", "walk.level", None, "the walk ends above the level"),
            Condition("rtte_state", "walk.rtte.state != UNASSIGNED_NS", "RMI_ERROR_RTT", "walk.level", None, "the entry is not UNASSIGNED_NS"),
            Condition("level_start", "level < realm.rtt_level_start", "RMI_ERROR_INPUT", None, None, "no walk ends above the starting level, and no failure condition says so", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x11c, 0x11c, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_rtt_map_unprotected,
        effect="rtt_map_unprotected",
        success=(
            "the entry: ASSIGNED_NS, with the address, MemAttr and S2AP of desc",
        ),
        order=(
            (("rd_bound", "rd_state"), ("rtt_walk", "rtte_state")),
            (("level_bound", "ipa_bound"), ("rtt_walk", "rtte_state")),
        ),
    ),
    Command(
        name="RMI_RTT_UNMAP_UNPROTECTED",
        fid=0xC4000162,
        inputs=("rd", "ipa", "level"),
        outputs=("top",),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("level_bound", "not level_block_or_page(realm, level)", "RMI_ERROR_INPUT", None, None, "no page or block at this level"),
            Condition("ipa_align", "not level_aligned(ipa, level)", "RMI_ERROR_INPUT", None, None, "ipa is not aligned to the level"),
            Condition("ipa_bound", "ipa >= 1 << realm.ipa_width or is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not unprotected"),
            Condition("rtt_walk", "walk.level < level", "RMI_ERROR_RTT", "walk.level", "top == walk_top", "the walk ends above the level"),
            Condition("rtte_state", "walk.rtte.state != ASSIGNED_NS", "RMI_ERROR_RTT", "walk.level", "top == walk_top", "the entry is not ASSIGNED_NS"),
            Condition("inside", "walk.level < level and walk.rtte.live", "RMI_ERROR_RTT", "walk.level", "top == block", "top is the start of the block that holds ipa: so says the formula, where the table of outcomes says ipa", permits=True),
            Condition("level_start", "level < realm.rtt_level_start", "RMI_ERROR_INPUT", None, None, "no walk ends above the starting level, and no failure condition says so", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2e, 0x2e, 0x0, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_rtt_unmap_unprotected,
        effect="rtt_unmap_unprotected",
        success=(
            "the entry: UNASSIGNED_NS",
            "top = the next live IPA of the table, or the table's end",
        ),
        order=(
            (("rd_bound", "rd_state"), ("rtt_walk", "rtte_state")),
            (("level_bound", "ipa_bound"), ("rtt_walk", "rtte_state")),
        ),
    ),
]
