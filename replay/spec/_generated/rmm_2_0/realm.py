"""Generated from rmm-2.0/realm.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_realm_create(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    params_ptr = x[1]
    held: Rows = []
    try:
        if not h.ns_page(m, params_ptr):  # params_ns
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        params = h.RealmParams2(m, params_ptr)
    except m.doubt:
        params = m.open
    try:
        f0 = h.feature(m, 0)
    except m.doubt:
        f0 = m.open
    try:
        if params is not None and f0 is not None and (params.lpa2 and (not f0 >> 8 & 1)):  # lpa2
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if params is not None and f0 is not None and (params.s2sz < 32 or params.s2sz > f0 & 255):  # s2sz
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if params is not None and f0 is not None and (not 1 <= params.num_bps <= f0 >> 14 & 63 or not 1 <= params.num_wps <= f0 >> 20 & 63):  # bps_wps
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if params is not None and f0 is not None and (params.sve and (not f0 >> 9 & 1 or params.sve_vl > f0 >> 10 & 15)):  # sve
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if params is not None and f0 is not None and (params.pmu and (params.pmu_num_ctrs > f0 >> 27 & 31 or (params.pmu_num_ctrs == 0 and (not m.traits.hpmn0)))):  # pmu
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        f2 = h.feature(m, 2)
    except m.doubt:
        f2 = m.open
    try:
        if params is not None and f2 is not None and (params.da and (not f2 & 1)):  # da
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    try:
        if params is not None and params.mec_policy > 1:  # mec
            held.append((7, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if params is not None and (not h.ipa_level_valid(m, params)):  # ipa_sl
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        needed = h.tables_needed(m, params) if params is not None else None
    except m.doubt:
        needed = m.open
    try:
        if params is not None and needed is not None and (params.rtt_num_start != needed):  # rtt_num
            held.append((9, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(9)
    try:
        f3 = h.feature(m, 3)
    except m.doubt:
        f3 = m.open
    try:
        if params is not None and f3 is not None and (params.num_aux_planes > f3 & 15):  # planes
            held.append((10, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(10)
    try:
        if params is not None and params.ats_plane > params.num_aux_planes:  # ats
            held.append((11, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(11)
    try:
        if params is not None and f3 is not None and (not h.plane_tree_valid(m, params, f3)):  # plane_tree
            held.append((12, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(12)
    try:
        if params is not None and (not h.roots_aligned(m, params)):  # rtt_align
            held.append((13, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(13)
    try:
        if params is not None and params.hash_algo not in (0, 1, 2):  # hash
            held.append((14, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(14)
    try:
        f1 = h.feature(m, 1)
    except m.doubt:
        f1 = m.open
    try:
        if params is not None and f1 is not None and (not m.traits.sequence and (not h.hash_offered(m, params, f1))):  # hash_offer
            held.append((15, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(15)
    try:
        if not m.traits.sequence:  # rng
            held.append((16, v.RMI_ERROR_GLOBAL, None))
    except m.doubt:
        m.doubted.append(16)
    try:
        if params is not None and (m.traits.vmids and h.vmids_used(m) + 1 + params.num_aux_planes > m.traits.vmids):  # vmid
            held.append((17, v.RMI_ERROR_GLOBAL, None))
    except m.doubt:
        m.doubted.append(17)
    try:
        f4 = h.feature(m, 4)
    except m.doubt:
        f4 = m.open
    try:
        if params is not None and f4 is not None and (params.mec_policy == 1 and h.private_mecids(m) >= f4):  # mecid
            held.append((18, v.RMI_ERROR_GLOBAL, None))
    except m.doubt:
        m.doubted.append(18)
    try:
        roots = h.root_tables(m, params) if params is not None else None
    except m.doubt:
        roots = m.open
    try:
        if roots is not None and (not h.all_delegated(m, roots)):  # rtt_state
            held.append((19, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(19)
    try:
        if params is not None and (not m.gstate(rd) == v.DELEGATED or h.taken_as_root(m, rd, params)):  # rd_state
            held.append((20, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(20)
    return held, (rd, params, roots)


def rmi_realm_activate(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
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
        if realm is not None and realm.state != v.REALM_NEW:  # realm_state
            held.append((1, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(1)
    return held, (realm,)


def rmi_realm_terminate(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
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
        if realm is not None and realm.running != 0:  # running
            held.append((1, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(1)
    return held, (realm,)


def rmi_realm_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
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
        if realm is not None and realm.num_recs != 0:  # recs
            held.append((1, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if realm is not None and realm.state != v.REALM_ZOMBIE:  # zombie
            held.append((2, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if realm is not None and (h.trees_live(m, realm) or realm.vdevs != 0):  # live
            held.append((3, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(3)
    return held, (realm,)


COMMANDS = [
    Command(
        name="RMI_REALM_CREATE",
        fid=0xC4000158,
        inputs=("rd", "params_ptr"),
        outputs=("handle", "request"),
        conditions=(
            Condition("params_ns", "not ns_page(params_ptr)", "RMI_ERROR_INPUT", None, None, "params_ptr is not a page of the host that the RMM can read"),
            Condition("lpa2", "params.lpa2 and not f0 >> 8 & 1", "RMI_ERROR_INPUT", None, None, "the RMM does not offer LPA2"),
            Condition("s2sz", "params.s2sz < 32 or params.s2sz > (f0 & 0xFF)", "RMI_ERROR_INPUT", None, None, "the IPA space is smaller than 32 bits or larger than the RMM offers"),
            Condition("bps_wps", "not 1 <= params.num_bps <= (f0 >> 14 & 0x3F) or not 1 <= params.num_wps <= (f0 >> 20 & 0x3F)", "RMI_ERROR_INPUT", None, None, "no breakpoint or watchpoint, or more than the RMM offers"),
            Condition("sve", "params.sve and (not f0 >> 9 & 1 or params.sve_vl > (f0 >> 10 & 0xF))", "RMI_ERROR_INPUT", None, None, "the RMM does not offer SVE, or not this vector length"),
            Condition("pmu", "params.pmu and (params.pmu_num_ctrs > (f0 >> 27 & 0x1F) or params.pmu_num_ctrs == 0 and not impl.hpmn0)", "RMI_ERROR_INPUT", None, None, "the RMM does not offer a PMU with this number of counters"),
            Condition("da", "params.da and not f2 & 1", "RMI_ERROR_INPUT", None, None, "the RMM does not offer device assignment"),
            Condition("mec", "params.mec_policy > 1", "RMI_ERROR_INPUT", None, None, "the memory encryption policy is neither shared nor private"),
            Condition("ipa_sl", "not ipa_level_valid(params)", "RMI_ERROR_INPUT", None, None, "the level of the starting tables does not suit the size of the IPA space"),
            Condition("rtt_num", "params.rtt_num_start != needed", "RMI_ERROR_INPUT", None, None, "the IPA space needs another number of starting tables"),
            Condition("planes", "params.num_aux_planes > (f3 & 0xF)", "RMI_ERROR_INPUT", None, None, "more auxiliary planes than the RMM offers"),
            Condition("ats", "params.ats_plane > params.num_aux_planes", "RMI_ERROR_INPUT", None, None, "the plane of ATS is none of the realm's"),
            Condition("plane_tree", "not plane_tree_valid(params, f3)", "RMI_ERROR_INPUT", None, None, "the RMM does not offer these trees or permissions for planes"),
            Condition("rtt_align", "not roots_aligned(params)", "RMI_ERROR_INPUT", None, None, "a set of starting tables is not aligned to its size"),
            Condition("hash", "params.hash_algo not in (0, 1, 2)", "RMI_ERROR_INPUT", None, None, "no such hash algorithm"),
            Condition("hash_offer", "not impl.sequence and not hash_offered(params, f1)", "RMI_ERROR_INPUT", None, None, "the RMM does not offer this hash algorithm", permits=True),
            Condition("rng", "not impl.sequence", "RMI_ERROR_GLOBAL", None, None, "the RMM may lack what it needs to make a realm: a random number, a VMID", permits=True),
            Condition("vmid", "impl.vmids and vmids_used() + 1 + params.num_aux_planes > impl.vmids", "RMI_ERROR_GLOBAL", None, None, "no VMID is free for every plane"),
            Condition("mecid", "params.mec_policy == 1 and private_mecids() >= f4", "RMI_ERROR_GLOBAL", None, None, "no private memory encryption context is free"),
            Condition("rtt_state", "not all_delegated(roots)", "RMI_ERROR_INPUT", None, None, "a starting table is not a delegated granule, or named twice"),
            Condition("rd_state", "not is_granule(rd, DELEGATED) or taken_as_root(rd, params)", "RMI_ERROR_INPUT", None, None, "rd is not a delegated granule, or one of the starting tables"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_realm_create,
        effect="realm_create",
        success=(
            "rd is the RD of a NEW realm; its starting tables are RTTs",
        ),
    ),
    Command(
        name="RMI_REALM_ACTIVATE",
        fid=0xC4000157,
        inputs=("rd",),
        outputs=(),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("realm_state", "realm.state != REALM_NEW", "RMI_ERROR_REALM", "0", None, "the realm is not NEW"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_realm_activate,
        effect="realm_activate",
        success=(
            "realm.state = REALM_ACTIVE",
        ),
    ),
    Command(
        name="RMI_REALM_TERMINATE",
        fid=0xC4000201,
        inputs=("rd",),
        outputs=("handle", "request"),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("running", "realm.running != 0", "RMI_ERROR_REALM", "0", None, "a REC of the realm is running"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_realm_terminate,
        effect="realm_terminate",
        success=(
            "realm.state = REALM_ZOMBIE",
        ),
    ),
    Command(
        name="RMI_REALM_DESTROY",
        fid=0xC4000159,
        inputs=("rd",),
        outputs=("handle", "request"),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("recs", "realm.num_recs != 0", "RMI_ERROR_REALM", "0", None, "the realm has RECs"),
            Condition("zombie", "realm.state != REALM_ZOMBIE", "RMI_ERROR_REALM", "0", None, "the realm was not terminated"),
            Condition("live", "trees_live(realm) or realm.vdevs != 0", "RMI_ERROR_REALM", "0", None, "a starting table maps something, or the realm has VDEVs"),
        ),
        before=(0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_realm_destroy,
        effect="realm_destroy",
        success=(
            "rd and the starting tables are delegated granules",
        ),
    ),
]
