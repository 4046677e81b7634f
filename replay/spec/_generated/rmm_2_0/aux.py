"""Generated from rmm-2.0/aux.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rtt_aux_create(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rtt = x[1]
    ipa = x[2]
    level = v.signed(x[3])
    index = x[4]
    held: Rows = []
    try:
        if not m.gstate(rtt) == v.DELEGATED or not m.gstate(rd) == v.RD or (not h.aux_place_valid(m, rd, ipa, level)) or h.rtt_too_high(m, rd, rtt):  # base_checks
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.is_protected(m, ipa, realm) or not h.tree_valid(m, realm, index)):  # aux
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        walk = h.AuxWalk(m, rd, ipa, level - 1, index)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (walk.level < level - 1 or walk.rtte.state == v.TABLE):  # rtt_walk
            held.append((2, v.result(v.RMI_ERROR_RTT_AUX, walk.level), None))
    except m.doubt:
        m.doubted.append(2)
    return held, (walk, rtt, ipa, level)


def rmi_rtt_aux_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
    index = x[3]
    held: Rows = []
    try:
        if not m.gstate(rd) == v.RD or not h.aux_place_valid(m, rd, ipa, level):  # base_checks
            held.append((0, v.RMI_ERROR_INPUT, ((2, h.reference(m, 0)),)))
    except m.doubt:
        m.doubted.append(0)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.is_protected(m, ipa, realm) or not h.tree_valid(m, realm, index)):  # aux
            held.append((1, v.RMI_ERROR_INPUT, ((2, h.reference(m, 0)),)))
    except m.doubt:
        m.doubted.append(1)
    try:
        walk = h.AuxWalk(m, rd, ipa, level - 1, index)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (walk.level < level - 1 or walk.rtte.state != v.TABLE or h.table_live(m, walk)):  # rtt_walk
            next = h.aux_next(m, walk, ipa)
            held.append((2, v.result(v.RMI_ERROR_RTT_AUX, h.fault_level(m, walk, level)), ((2, next),)))
    except m.doubt:
        m.doubted.append(2)
    try:
        child = h.RttBelow(m, walk) if walk is not None else None
    except m.doubt:
        child = m.open
    return held, (realm, walk, child, ipa)


def rmi_rtt_aux_fold(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
    index = x[3]
    held: Rows = []
    try:
        if not m.gstate(rd) == v.RD or not h.aux_place_valid(m, rd, ipa, level):  # base_checks
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.is_protected(m, ipa, realm) or not h.tree_valid(m, realm, index)):  # aux
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        walk = h.AuxWalk(m, rd, ipa, level - 1, index)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (walk.level == level - 1 and h.folds_too_high(m, walk)):  # block_level
            held.append((2, v.result(v.RMI_ERROR_RTT, level - 1), None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if walk is not None and (walk.level < level - 1 or walk.rtte.state != v.TABLE or (not h.table_uniform(m, walk))):  # rtt_walk
            held.append((3, v.result(v.RMI_ERROR_RTT_AUX, h.fault_level(m, walk, level)), None))
    except m.doubt:
        m.doubted.append(3)
    try:
        child = h.RttBelow(m, walk) if walk is not None else None
    except m.doubt:
        child = m.open
    try:
        if walk is not None and child is not None and (walk.level == level - 1 and h.permissions_differ(m, child)):  # permissions
            held.append((4, v.result(v.RMI_ERROR_RTT_AUX, level), None))
    except m.doubt:
        m.doubted.append(4)
    return held, (walk, child)


def rmi_rtt_aux_map_protected(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    index = x[2]
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
    try:
        if realm is not None and (not h.ipa_at(m, realm, ipa, 3)):  # ipa
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if realm is not None and (not h.tree_valid(m, realm, index)):  # index
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if realm is not None and (not h.is_protected(m, ipa, realm)):  # prot
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        pri = h.RttWalk(m, rd, ipa, 3)
    except m.doubt:
        pri = m.open
    try:
        if pri is not None and (not h.aux_mappable(m, pri)):  # pri
            held.append((5, v.result(v.RMI_ERROR_RTT, pri.level), ((1, 0), (2, pri.level), (3, pri.rtte.state), (4, pri.rtte.ripas))))
    except m.doubt:
        m.doubted.append(5)
    try:
        aux = h.AuxWalk(m, rd, ipa, 3, index)
    except m.doubt:
        aux = m.open
    try:
        if aux is not None and pri is not None and (aux.level < pri.level):  # aux_level
            held.append((6, v.result(v.RMI_ERROR_RTT_AUX, aux.level), ((1, index), (2, pri.level), (3, aux.rtte.state), (4, pri.rtte.ripas))))
    except m.doubt:
        m.doubted.append(6)
    try:
        if aux is not None and (aux.rtte.state == v.UNASSIGNED and aux.rtte.ripas == v.DESTROYED):  # aux_destroyed
            if pri is not None:
                held.append((7, v.result(v.RMI_ERROR_RTT_AUX, aux.level), ((1, h.reference(m, aux.index)), (2, pri.level), (3, v.AUX_DESTROYED), (4, pri.rtte.ripas))))
    except m.doubt:
        m.doubted.append(7)
    return held, (pri, aux, ipa)


def rmi_rtt_aux_map_unprotected(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    index = x[2]
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
    try:
        if realm is not None and (not h.ipa_at(m, realm, ipa, realm.rtt_level_start) or h.is_protected(m, ipa, realm)):  # ipa
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if realm is not None and (not h.tree_valid(m, realm, index)):  # index
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        pri = h.RttWalk(m, rd, ipa, realm.rtt_level_start) if realm is not None else None
    except m.doubt:
        pri = m.open
    try:
        if pri is not None and pri.rtte.state == v.UNASSIGNED_NS:  # pri
            held.append((4, v.result(v.RMI_ERROR_RTT, pri.level), None))
    except m.doubt:
        m.doubted.append(4)
    try:
        aux = h.AuxWalk(m, rd, ipa, realm.rtt_level_start, index) if realm is not None else None
    except m.doubt:
        aux = m.open
    return held, (pri, aux)


def rmi_rtt_aux_unmap_protected(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    index = x[2]
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
        if realm is not None and (not h.ipa_at(m, realm, ipa, 3)):  # ipa
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if realm is not None and (not h.tree_valid(m, realm, index)):  # index
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if realm is not None and (not h.is_protected(m, ipa, realm)):  # prot
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        aux = h.AuxWalk(m, rd, ipa, 3, index)
    except m.doubt:
        aux = m.open
    try:
        if aux is not None and (not aux.rtte.live):  # aux
            next = h.RttSkipNonLiveEntries(m, aux, ipa)
            held.append((4, v.result(v.RMI_ERROR_RTT_AUX, aux.level), ((1, next),)))
    except m.doubt:
        m.doubted.append(4)
    return held, (aux, ipa)


def rmi_rtt_aux_unmap_unprotected(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    index = x[2]
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
        if realm is not None and (not h.tree_valid(m, realm, index)):  # index
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if realm is not None and (not h.ipa_at(m, realm, ipa, realm.rtt_level_start) or h.is_protected(m, ipa, realm)):  # ipa
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        aux = h.AuxWalk(m, rd, ipa, realm.rtt_level_start, index) if realm is not None else None
    except m.doubt:
        aux = m.open
    return held, (aux, ipa)


COMMANDS = [
    Command(
        name="RMI_RTT_AUX_CREATE",
        fid=0xC400017D,
        inputs=("rd", "rtt", "ipa", "level", "index"),
        outputs=(),
        conditions=(
            Condition("base_checks", "not is_granule(rtt, DELEGATED) or not is_granule(rd, RD) or not aux_place_valid(rd, ipa, level) or rtt_too_high(rd, rtt)", "RMI_ERROR_INPUT", None, None, "rd is no realm, rtt is not DELEGATED, or level or ipa name no place for a table"),
            Condition("aux", "not is_protected(ipa, realm) or not tree_valid(realm, index)", "RMI_ERROR_INPUT", None, None, "ipa is not protected, or index names no auxiliary tree"),
            Condition("rtt_walk", "walk.level < level - 1 or walk.rtte.state == TABLE", "RMI_ERROR_RTT_AUX", "walk.level", None, "the walk ends above the entry that is to hold the table, or it holds one"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_aux_create,
        effect="rtt_create",
        success=(
            "gstate(rtt) = RTT",
            "the entry holds the table, whose entries are what the entry was",
        ),
    ),
    Command(
        name="RMI_RTT_AUX_DESTROY",
        fid=0xC400017E,
        inputs=("rd", "ipa", "level", "index"),
        outputs=("rtt", "top"),
        conditions=(
            Condition("base_checks", "not is_granule(rd, RD) or not aux_place_valid(rd, ipa, level)", "RMI_ERROR_INPUT", None, "top == reference(0)", "rd is no realm, or level or ipa name no place of a table"),
            Condition("aux", "not is_protected(ipa, realm) or not tree_valid(realm, index)", "RMI_ERROR_INPUT", None, "top == reference(0)", "ipa is not protected, or index names no auxiliary tree"),
            Condition("rtt_walk", "walk.level < level - 1 or walk.rtte.state != TABLE or table_live(walk)", "RMI_ERROR_RTT_AUX", "fault_level(walk, level)", "top == next", "there is no such table, or it holds mappings or tables"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_aux_destroy,
        effect="rtt_destroy",
        success=(
            "gstate(rtt) = DELEGATED",
            "the entry is UNASSIGNED, DESTROYED",
        ),
    ),
    Command(
        name="RMI_RTT_AUX_FOLD",
        fid=0xC400017F,
        inputs=("rd", "ipa", "level", "index"),
        outputs=("rtt",),
        conditions=(
            Condition("base_checks", "not is_granule(rd, RD) or not aux_place_valid(rd, ipa, level)", "RMI_ERROR_INPUT", None, None, "rd is no realm, or level or ipa name no place of a table"),
            Condition("aux", "not is_protected(ipa, realm) or not tree_valid(realm, index)", "RMI_ERROR_INPUT", None, None, "ipa is not protected, or index names no auxiliary tree"),
            Condition("block_level", "walk.level == level - 1 and folds_too_high(walk)", "RMI_ERROR_RTT", "level-1", None, "the entry cannot hold the block that the mappings would make"),
            Condition("rtt_walk", "walk.level < level - 1 or walk.rtte.state != TABLE or not table_uniform(walk)", "RMI_ERROR_RTT_AUX", "fault_level(walk, level)", None, "there is no such table, or its entries are not alike"),
            Condition("permissions", "walk.level == level - 1 and permissions_differ(child)", "RMI_ERROR_RTT_AUX", "level", None, "the realm gave the entries overlay indices that may stand for different permissions", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_aux_fold,
        effect="rtt_fold",
        success=(
            "gstate(rtt) = DELEGATED",
            "the entry is what the table's entries were, joined",
        ),
    ),
    Command(
        name="RMI_RTT_AUX_MAP_PROTECTED",
        fid=0xC4000180,
        inputs=("rd", "ipa", "index"),
        outputs=("tree", "level", "state", "ripas"),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("realm_state", "realm.state not in (REALM_NEW, REALM_ACTIVE)", "RMI_ERROR_REALM", None, None, "the realm has ended"),
            Condition("ipa", "not ipa_at(realm, ipa, 3)", "RMI_ERROR_INPUT", None, None, "ipa is outside of the realm or not aligned"),
            Condition("index", "not tree_valid(realm, index)", "RMI_ERROR_INPUT", None, None, "index names no auxiliary tree"),
            Condition("prot", "not is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not protected"),
            Condition("pri", "not aux_mappable(pri)", "RMI_ERROR_RTT", "pri.level", "tree == 0, level == pri.level, state == pri.rtte.state, ripas == pri.rtte.ripas", "the primary tree maps neither RAM nor a validated device there"),
            Condition("aux_level", "aux.level < pri.level", "RMI_ERROR_RTT_AUX", "aux.level", "tree == index, level == pri.level, state == aux.rtte.state, ripas == pri.rtte.ripas", "the auxiliary tree has no table for a mapping as small as the primary one"),
            Condition("aux_destroyed", "aux.rtte.state == UNASSIGNED and aux.rtte.ripas == DESTROYED", "RMI_ERROR_RTT_AUX", "aux.level", "tree == reference(aux.index), level == pri.level, state == AUX_DESTROYED, ripas == pri.rtte.ripas", "a table was destroyed here (the reference gives the entry's index for the tree)"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_aux_map_protected,
        effect="rtt_aux_map_protected",
        success=(
            "the auxiliary entry maps what the primary one does",
        ),
        optional=True,
    ),
    Command(
        name="RMI_RTT_AUX_MAP_UNPROTECTED",
        fid=0xC4000181,
        inputs=("rd", "ipa", "index"),
        outputs=(),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("realm_state", "realm.state not in (REALM_NEW, REALM_ACTIVE)", "RMI_ERROR_REALM", None, None, "the realm has ended"),
            Condition("ipa", "not ipa_at(realm, ipa, realm.rtt_level_start) or is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not unprotected, or inside of an entry of the starting tables"),
            Condition("index", "not tree_valid(realm, index)", "RMI_ERROR_INPUT", None, None, "index names no auxiliary tree"),
            Condition("pri", "pri.rtte.state == UNASSIGNED_NS", "RMI_ERROR_RTT", "pri.level", None, "the primary tree maps nothing there"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_aux_map_unprotected,
        effect="rtt_aux_map_unprotected",
        success=(
            "the starting entry of the auxiliary tree is that of the primary one",
        ),
        optional=True,
    ),
    Command(
        name="RMI_RTT_AUX_UNMAP_PROTECTED",
        fid=0xC4000183,
        inputs=("rd", "ipa", "index"),
        outputs=("top",),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("ipa", "not ipa_at(realm, ipa, 3)", "RMI_ERROR_INPUT", None, None, "ipa is outside of the realm or not aligned"),
            Condition("index", "not tree_valid(realm, index)", "RMI_ERROR_INPUT", None, None, "index names no auxiliary tree"),
            Condition("prot", "not is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not protected"),
            Condition("aux", "not aux.rtte.live", "RMI_ERROR_RTT_AUX", "aux.level", "top == next", "the auxiliary tree maps nothing there"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_aux_unmap_protected,
        effect="rtt_aux_unmap_protected",
        success=(
            "the auxiliary entry is UNASSIGNED, EMPTY",
        ),
        optional=True,
    ),
    Command(
        name="RMI_RTT_AUX_UNMAP_UNPROTECTED",
        fid=0xC4000184,
        inputs=("rd", "ipa", "index"),
        outputs=("top",),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("index", "not tree_valid(realm, index)", "RMI_ERROR_INPUT", None, None, "index names no auxiliary tree"),
            Condition("ipa", "not ipa_at(realm, ipa, realm.rtt_level_start) or is_protected(ipa, realm)", "RMI_ERROR_INPUT", None, None, "ipa is not unprotected, or inside of an entry of the starting tables"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_aux_unmap_unprotected,
        effect="rtt_aux_unmap_unprotected",
        success=(
            "the starting entry of the auxiliary tree is UNASSIGNED_NS",
        ),
        optional=True,
    ),
]
