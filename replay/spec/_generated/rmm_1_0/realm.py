"""Generated from rmm-1.0/realm.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_realm_create(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    params_ptr = x[1]
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
    try:
        params = h.RealmParams(m, params_ptr)
    except m.doubt:
        params = m.open
    try:
        if params is not None and (not h.realm_params_valid_encoding(m, params)):  # params_valid
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if params is not None and (not h.realm_params_supported(m, params)):  # params_supp
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if params is not None and params.rtt_base <= rd <= params.rtt_base + (params.rtt_num_start - 1) * 4096:  # alias
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
        if (g1 := m.gstate(rd)) is not None and g1 != v.DELEGATED:  # rd_state
            held.append((8, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(8)
    try:
        if params is not None and (g2 := (params.rtt_num_start * 4096)) != 0 and (params.rtt_num_start != 0 and params.rtt_base % g2 != 0):  # rtt_align
            held.append((9, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(9)
    try:
        if params is not None and (not h.rtt_config_valid(m, params.s2sz, params.rtt_level_start, params.rtt_num_start, params.lpa2)):  # rtt_num_level
            held.append((10, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(10)
    try:
        if params is not None and (not h.rtts_state_equal(m, params.rtt_base, params.rtt_num_start, v.DELEGATED)):  # rtt_state
            held.append((11, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(11)
    try:
        if params is not None and (not h.vmid_valid(m, params.vmid) or not h.vmid_free(m, params.vmid)):  # vmid_valid
            held.append((12, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(12)
    try:
        if params is not None and params.flags >> 3 != 0:  # flags_sbz
            held.append((13, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(13)
    return held, (rd, params)


def rmi_realm_activate(m: Rmm, x: Sequence[int]) -> Judged:
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
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and realm.state != v.REALM_NEW:  # realm_state
            held.append((3, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(3)
    return held, (realm,)


def rmi_realm_destroy(m: Rmm, x: Sequence[int]) -> Judged:
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
    try:
        if h.realm_is_live(m, rd):  # realm_live
            held.append((3, v.RMI_ERROR_REALM, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    return held, (realm,)


COMMANDS = [
    Command(
        name="RMI_REALM_CREATE",
        fid=0xC4000158,
        inputs=("rd", "params_ptr"),
        outputs=(),
        conditions=(
            Condition("params_align", "not granule_aligned(params_ptr)", "RMI_ERROR_INPUT", None, None, "params_ptr is not aligned to a granule"),
            Condition("params_bound", "not delegable(params_ptr)", "RMI_ERROR_INPUT", None, None, "params_ptr is not memory that can be delegated"),
            Condition("params_pas", "not ns_access(params_ptr)", "RMI_ERROR_INPUT", None, None, "the parameters do not lie in Non-secure memory"),
            Condition("params_valid", "not realm_params_valid_encoding(params)", "RMI_ERROR_INPUT", None, None, "a parameter has a reserved encoding (hash_algo)"),
            Condition("params_supp", "not realm_params_supported(params)", "RMI_ERROR_INPUT", None, None, "feature register 0 does not offer what the parameters ask for"),
            Condition("alias", "params.rtt_base <= rd <= params.rtt_base + (params.rtt_num_start - 1) * 4096", "RMI_ERROR_INPUT", None, None, "rd is one of the starting tables"),
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != DELEGATED", "RMI_ERROR_INPUT", None, None, "the granule at rd is not DELEGATED"),
            Condition("rtt_align", "params.rtt_num_start != 0 and params.rtt_base % (params.rtt_num_start * 4096) != 0", "RMI_ERROR_INPUT", None, None, "the starting tables are not aligned to their total size"),
            Condition("rtt_num_level", "not rtt_config_valid(params.s2sz, params.rtt_level_start, params.rtt_num_start, params.lpa2)", "RMI_ERROR_INPUT", None, None, "level and number of the starting tables do not fit the IPA width"),
            Condition("rtt_state", "not rtts_state_equal(params.rtt_base, params.rtt_num_start, DELEGATED)", "RMI_ERROR_INPUT", None, None, "a starting table is not DELEGATED"),
            Condition("vmid_valid", "not vmid_valid(params.vmid) or not vmid_free(params.vmid)", "RMI_ERROR_INPUT", None, None, "the VMID is too wide or in use"),
            Condition("flags_sbz", "params.flags >> 3 != 0", "RMI_ERROR_INPUT", None, None, "flags bits 63:3 are set: they should be zero, but no failure condition says what happens else", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_realm_create,
        effect="realm_create",
        success=(
            "gstate(rd) = RD; the realm is NEW, without RECs",
            "the starting tables: RTT; protected entries UNASSIGNED, EMPTY; unprotected ones UNASSIGNED_NS",
            "the attributes are those of the parameters; the VMID is in use",
            "measurements[0] is the initial one, the others are zero",
        ),
    ),
    Command(
        name="RMI_REALM_ACTIVATE",
        fid=0xC4000157,
        inputs=("rd",),
        outputs=(),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("realm_state", "realm.state != REALM_NEW", "RMI_ERROR_REALM", "0", None, "the realm is not NEW"),
        ),
        before=(0x0, 0x0, 0x0, 0x6),
        sequence=False,
        gate="any",
        judge=rmi_realm_activate,
        effect="realm_activate",
        success=(
            "realm.state = REALM_ACTIVE",
        ),
        order=(
            (("rd_bound", "rd_state"), ("realm_state",)),
        ),
    ),
    Command(
        name="RMI_REALM_DESTROY",
        fid=0xC4000159,
        inputs=("rd",),
        outputs=(),
        conditions=(
            Condition("rd_align", "not granule_aligned(rd)", "RMI_ERROR_INPUT", None, None, "rd is not aligned to a granule"),
            Condition("rd_bound", "not delegable(rd)", "RMI_ERROR_INPUT", None, None, "rd is not memory that can be delegated"),
            Condition("rd_state", "gstate(rd) != RD", "RMI_ERROR_INPUT", None, None, "the granule at rd is not RD"),
            Condition("realm_live", "realm_is_live(rd)", "RMI_ERROR_REALM", "0", None, "the realm has RECs, or a starting table holds data or a table"),
        ),
        before=(0x0, 0x0, 0x0, 0x6),
        sequence=False,
        gate="any",
        judge=rmi_realm_destroy,
        effect="realm_destroy",
        success=(
            "the starting tables and rd: DELEGATED",
            "the VMID is free",
        ),
        order=(
            (("rd_bound", "rd_state"), ("realm_live",)),
        ),
    ),
]
