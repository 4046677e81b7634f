"""Generated from rmm-2.0/map.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rtt_data_map_init(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    data = x[1]
    ipa = x[2]
    src = x[3]
    flags = x[4]
    held: Rows = []
    if flags > 1:  # flags
        held.append((0, v.RMI_ERROR_INPUT, None))
    if data == rd:  # alias
        held.append((1, v.RMI_ERROR_INPUT, None))
    try:
        if not m.gstate(src) == v.UNDELEGATED:  # src
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if not m.gstate(rd) == v.RD:  # rd_state
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.state != v.REALM_NEW:  # realm_state
            held.append((4, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if realm is not None and (not h.ipa_at(m, realm, ipa, 3) or not h.is_protected(m, ipa, realm)):  # ipa
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if realm is not None and (not realm.feat_lpa2 and data >= 281474976710656):  # lpa2
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        walk = h.RttWalk(m, rd, ipa, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < 3:  # rtt_walk
            held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if walk is not None and (walk.level == 3 and walk.rtte.state != v.UNASSIGNED):  # rtte_state
            held.append((8, v.result(v.RMI_ERROR_RTT, 3), None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if h.in_flight(m, rd, ipa):  # drain
            held.append((9, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if walk is not None and (data == walk.rtt_addr or not m.gstate(data) == v.DELEGATED):  # data_state
            held.append((10, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(10)
    try:
        if (g0 := m.ns_access(src)) is not None and (m.gstate(src) == v.UNDELEGATED and (not g0)):  # src_gpf
            held.append((11, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(11)
    return held, (walk, data)


def rmi_rtt_data_map(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    base = x[1]
    top = x[2]
    flags = x[3]
    oaddr = x[4]
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
        if not m.gstate(rd) == v.RD:  # rd_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.state not in (v.REALM_NEW, v.REALM_ACTIVE):  # realm_state
            held.append((3, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(3)
    if top <= base:  # size
        held.append((4, v.RMI_ERROR_INPUT, None))
    try:
        if not h.map_form_valid(m, flags, oaddr):  # oaddr
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        wanted = h.Wanted(m, flags, oaddr)
    except m.doubt:
        wanted = m.open
    try:
        if wanted is not None and wanted.state != 0:  # desc_state
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if realm is not None and wanted is not None and ((g0 := h.size_of(m, wanted.level)) != 0) and (not h.level_maps(m, realm, wanted.level) or base % g0 != 0 or (not not top & m.offset_mask) or (not h.range_in(m, realm, base, top)) or (h.ends_protected(m, realm, base, top) != 2)):  # ipa
            held.append((7, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if wanted is not None and top - base < h.size_of(m, wanted.level):  # block_size
            held.append((8, v.result(v.RMI_ERROR_RTT, wanted.level), None))
    except m.doubt:
        m.doubted.append(8)
    try:
        walk = h.RttWalk(m, rd, base, wanted.level) if wanted is not None else None
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and wanted is not None and (walk.level != wanted.level):  # rtt_walk
            held.append((9, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(9)
    try:
        mapping = h.DataMapping(m, realm, walk, base, top, wanted) if realm is not None and walk is not None and (wanted is not None) else None
    except m.doubt:
        mapping = m.open
    try:
        if mapping is not None and mapping.entry_fault:  # rtte_state
            if wanted is not None:
                held.append((10, v.result(v.RMI_ERROR_RTT, wanted.level), None))
    except m.doubt:
        m.doubted.append(10)
    try:
        if mapping is not None and (h.in_flight(m, rd, base) and (not mapping.unseen)):  # drain
            held.append((11, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(11)
    try:
        if mapping is not None and (mapping.address_fault or (mapping.granule_fault and (not h.goes_on(m)))):  # gran_state
            held.append((12, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(12)
    return held, (mapping,)


def rmi_rtt_unprot_map(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    base = x[1]
    top = x[2]
    flags = x[3]
    oaddr = x[4]
    held: Rows = []
    try:
        if not m.gstate(rd) == v.RD:  # rd_state
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.state not in (v.REALM_NEW, v.REALM_ACTIVE):  # realm_state
            held.append((1, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(1)
    if top <= base:  # size
        held.append((2, v.RMI_ERROR_INPUT, None))
    try:
        if not h.map_form_valid(m, flags, oaddr):  # oaddr
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        wanted = h.Wanted(m, flags, oaddr)
    except m.doubt:
        wanted = m.open
    try:
        if realm is not None and wanted is not None and ((g0 := h.size_of(m, wanted.level)) != 0) and (not h.level_maps(m, realm, wanted.level) or base % g0 != 0 or (not not top & m.offset_mask) or (not h.range_in(m, realm, base, top)) or (h.ends_protected(m, realm, base, top) == 2)):  # ipa
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if wanted is not None and top - base < h.size_of(m, wanted.level):  # block_size
            held.append((5, v.result(v.RMI_ERROR_RTT, wanted.level), None))
    except m.doubt:
        m.doubted.append(5)
    if flags >> 21 & 3 != 0:  # attr
        held.append((6, v.RMI_ERROR_INPUT, None))
    try:
        walk = h.RttWalk(m, rd, base, wanted.level) if wanted is not None else None
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and wanted is not None and (walk.level != wanted.level):  # rtt_walk
            held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(7)
    try:
        mapping = h.UnprotMapping(m, realm, walk, base, top, wanted, flags) if realm is not None and walk is not None and (wanted is not None) else None
    except m.doubt:
        mapping = m.open
    try:
        if mapping is not None and mapping.address_fault:  # desc
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if mapping is not None and (h.in_flight(m, rd, base) and (not mapping.unseen)):  # drain
            if wanted is not None:
                held.append((9, v.result(v.RMI_ERROR_RTT, wanted.level), None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if mapping is not None and mapping.entry_fault:  # rtte_state
            if wanted is not None:
                held.append((10, v.result(v.RMI_ERROR_RTT, wanted.level), None))
    except m.doubt:
        m.doubted.append(10)
    return held, (mapping,)


def rmi_rtt_dev_map(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    vdev = x[1]
    base = x[2]
    top = x[3]
    flags = x[4]
    oaddr = x[5]
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
        if not m.gstate(rd) == v.RD:  # rd_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.state not in (v.REALM_NEW, v.REALM_ACTIVE):  # realm_state
            held.append((3, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if realm is not None and (not h.dev_inputs_valid(m, realm, base, top, flags, oaddr)):  # inputs
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        wanted = h.Wanted(m, flags, oaddr)
    except m.doubt:
        wanted = m.open
    try:
        if wanted is not None and (top > base and top - base < h.size_of(m, wanted.level)):  # block_size
            held.append((5, v.result(v.RMI_ERROR_RTT, wanted.level), None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if not m.gstate(vdev) == v.VDEV or not h.vdev_of(m, rd, vdev):  # vdev
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        walk = h.RttWalk(m, rd, base, wanted.level) if wanted is not None else None
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and wanted is not None and (walk.level != wanted.level):  # rtt_walk
            held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(7)
    try:
        mapping = h.DevMapping(m, realm, walk, base, top, wanted) if realm is not None and walk is not None and (wanted is not None) else None
    except m.doubt:
        mapping = m.open
    try:
        if mapping is not None and mapping.address_fault:  # range
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if mapping is not None and mapping.entry_fault:  # rtte_state
            if wanted is not None:
                held.append((9, v.result(v.RMI_ERROR_RTT, wanted.level), None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if mapping is not None and (h.in_flight(m, rd, base) and (not mapping.unseen)):  # drain
            held.append((10, v.RMI_BUSY, None))
    except m.doubt:
        m.doubted.append(10)
    try:
        if mapping is not None and (mapping.granule_fault and (not h.goes_on(m))):  # gran_state
            held.append((11, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(11)
    try:
        if m.gstate(vdev) == v.VDEV:  # other_device
            held.append((12, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(12)
    return held, (mapping,)


COMMANDS = [
    Command(
        name="RMI_RTT_DATA_MAP_INIT",
        fid=0xC4000153,
        inputs=("rd", "data", "ipa", "src", "flags"),
        outputs=(),
        conditions=(
            Condition("flags", "flags > 1", "RMI_ERROR_INPUT", None, None, "flags has a bit that means nothing"),
            Condition("alias", "data == rd", "RMI_ERROR_INPUT", None, None, "data is the realm's descriptor"),
            Condition("src", "not is_granule(src, UNDELEGATED)", "RMI_ERROR_INPUT", None, None, "src is not memory of the host"),
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("realm_state", "realm.state != REALM_NEW", "RMI_ERROR_REALM", None, None, "the realm is not NEW"),
            Condition("ipa", "not ipa_at(realm, ipa, 3) or not is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not a page of the protected half"),
            Condition("lpa2", "not realm.feat_lpa2 and data >= 0x1000000000000", "RMI_ERROR_INPUT", None, None, "data has more bits than a realm without LPA2 can hold"),
            Condition("rtt_walk", "walk.level < 3", "RMI_ERROR_RTT", "walk.level", None, "the walk ends above a page"),
            Condition("rtte_state", "walk.level == 3 and walk.rtte.state != UNASSIGNED", "RMI_ERROR_RTT", "3", None, "the entry is in use"),
            Condition("drain", "in_flight(rd, ipa)", "RMI_BUSY", None, None, "an interrupted command has the entry in hand"),
            Condition("data_state", "data == walk.rtt_addr or not is_granule(data, DELEGATED)", "RMI_ERROR_INPUT", None, None, "data is not DELEGATED"),
            Condition("src_gpf", "is_granule(src, UNDELEGATED) and not ns_access(src)", "RMI_ERROR_INPUT", None, None, "src is in a physical address space that the RMM does not read"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_data_map_init,
        effect="rtt_data_map_init",
        success=(
            "gstate(data) = DATA",
            "the entry is ASSIGNED, RAM; data is a copy of src",
        ),
    ),
    Command(
        name="RMI_RTT_DATA_MAP",
        fid=0xC40001F5,
        inputs=("rd", "base", "top", "flags", "oaddr"),
        outputs=("out_top",),
        conditions=(
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for a stateful operation waits for the host"),
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("realm_state", "realm.state not in (REALM_NEW, REALM_ACTIVE)", "RMI_ERROR_REALM", None, None, "the realm has ended"),
            Condition("size", "top <= base", "RMI_ERROR_INPUT", None, None, "the range is empty or backwards"),
            Condition("oaddr", "not map_form_valid(flags, oaddr)", "RMI_ERROR_INPUT", None, None, "flags and oaddr name neither a descriptor nor a list that can be read"),
            Condition("desc_state", "wanted.state != 0", "RMI_ERROR_INPUT", None, None, "the first descriptor does not name delegated memory"),
            Condition("ipa", "not level_maps(realm, wanted.level) or base % size_of(wanted.level) != 0 or not granule_aligned(top) or not range_in(realm, base, top) or ends_protected(realm, base, top) != 2", "RMI_ERROR_INPUT", None, None, "the range is not in the protected half or not aligned to the first block's size, or no table of the realm holds such a block"),
            Condition("block_size", "top - base < size_of(wanted.level)", "RMI_ERROR_RTT", "wanted.level", None, "the first block is larger than the range"),
            Condition("rtt_walk", "walk.level != wanted.level", "RMI_ERROR_RTT", "walk.level", None, "the walk does not come to an entry of the first block's size"),
            Condition("rtte_state", "mapping.entry_fault", "RMI_ERROR_RTT", "wanted.level", None, "the first entry is in use, or the first block has another size or leaves the range"),
            Condition("drain", "in_flight(rd, base) and not mapping.unseen", "RMI_BUSY", None, None, "an interrupted command has the entry in hand"),
            Condition("gran_state", "mapping.address_fault or (mapping.granule_fault and not goes_on())", "RMI_ERROR_INPUT", None, None, "there is no first block, or its address cannot be one, or it is not all DELEGATED"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_data_map,
        effect="rtt_data_map",
        success=(
            "the blocks are DATA, the entries of [base, out_top) ASSIGNED with the RIPAS they had",
        ),
    ),
    Command(
        name="RMI_RTT_UNPROT_MAP",
        fid=0xC40001FB,
        inputs=("rd", "base", "top", "flags", "oaddr"),
        outputs=("out_top",),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("realm_state", "realm.state not in (REALM_NEW, REALM_ACTIVE)", "RMI_ERROR_REALM", None, None, "the realm has ended"),
            Condition("size", "top <= base", "RMI_ERROR_INPUT", None, None, "the range is empty or backwards"),
            Condition("oaddr", "not map_form_valid(flags, oaddr)", "RMI_ERROR_INPUT", None, None, "flags and oaddr name neither a descriptor nor a list that can be read"),
            Condition("ipa", "not level_maps(realm, wanted.level) or base % size_of(wanted.level) != 0 or not granule_aligned(top) or not range_in(realm, base, top) or ends_protected(realm, base, top) == 2", "RMI_ERROR_INPUT", None, None, "the range is protected or not aligned to the first block's size, or no table of the realm holds such a block"),
            Condition("block_size", "top - base < size_of(wanted.level)", "RMI_ERROR_RTT", "wanted.level", None, "the first block is larger than the range"),
            Condition("attr", "flags >> 21 & 3 != 0", "RMI_ERROR_INPUT", None, None, "flags ask for more than the right to read and write"),
            Condition("rtt_walk", "walk.level != wanted.level", "RMI_ERROR_RTT", "walk.level", None, "the walk does not come to an entry of the first block's size"),
            Condition("desc", "mapping.address_fault", "RMI_ERROR_INPUT", None, None, "there is no first block, its address cannot be one, or MemAttr is the reserved value"),
            Condition("drain", "in_flight(rd, base) and not mapping.unseen", "RMI_ERROR_RTT", "wanted.level", None, "an interrupted command has the entry in hand"),
            Condition("rtte_state", "mapping.entry_fault", "RMI_ERROR_RTT", "wanted.level", None, "the first entry holds something else, or the first block has another size or leaves the range"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_unprot_map,
        effect="rtt_unprot_map",
        success=(
            "the entries of [base, out_top) map the blocks with these attributes",
        ),
    ),
    Command(
        name="RMI_RTT_DEV_MAP",
        fid=0xC40001F7,
        inputs=("rd", "vdev", "base", "top", "flags", "oaddr"),
        outputs=("out_top",),
        conditions=(
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for a stateful operation waits for the host"),
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("realm_state", "realm.state not in (REALM_NEW, REALM_ACTIVE)", "RMI_ERROR_REALM", None, None, "the realm has ended"),
            Condition("inputs", "not dev_inputs_valid(realm, base, top, flags, oaddr)", "RMI_ERROR_INPUT", None, None, "the range is empty, not in the protected half or not aligned to the first block's size, or flags and oaddr name no delegated memory"),
            Condition("block_size", "top > base and top - base < size_of(wanted.level)", "RMI_ERROR_RTT", "wanted.level", None, "the first block is larger than the range", permits=True),
            Condition("vdev", "not is_granule(vdev, VDEV) or not vdev_of(rd, vdev)", "RMI_ERROR_INPUT", None, None, "vdev is no virtual device of this realm"),
            Condition("rtt_walk", "walk.level != wanted.level", "RMI_ERROR_RTT", "walk.level", None, "the walk does not come to an entry of the first block's size"),
            Condition("range", "mapping.address_fault", "RMI_ERROR_INPUT", None, None, "there is no first block, or its address is not one of a device"),
            Condition("rtte_state", "mapping.entry_fault", "RMI_ERROR_RTT", "wanted.level", None, "the first entry is in use or RAM, or the first block has another size or leaves the range"),
            Condition("drain", "in_flight(rd, base) and not mapping.unseen", "RMI_BUSY", None, None, "an interrupted command has the entry in hand"),
            Condition("gran_state", "mapping.granule_fault and not goes_on()", "RMI_ERROR_INPUT", None, None, "the first block is not all DELEGATED"),
            Condition("other_device", "is_granule(vdev, VDEV)", "RMI_ERROR_INPUT", None, None, "the ranges of a device are not known here: the first block may be outside of them", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_dev_map,
        effect="rtt_data_map",
        success=(
            "the blocks are MAPPED, the entries of [base, out_top) ASSIGNED_DEV with the RIPAS they had",
        ),
    ),
]
