"""Generated from rmm-2.0/rtt.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rtt_create(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    rtt = x[1]
    ipa = x[2]
    level = v.signed(x[3])
    held: Rows = []
    try:
        if not m.gstate(rtt) == v.DELEGATED or not m.gstate(rd) == v.RD:  # states
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not realm.rtt_level_start < level <= 3):  # level
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if realm is not None and (not h.ipa_at(m, realm, ipa, level - 1)):  # ipa
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if realm is not None and (not realm.feat_lpa2 and rtt >= 281474976710656):  # lpa2
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        walk = h.RttWalk(m, rd, ipa, level - 1)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < level - 1:  # rtt_walk
            held.append((4, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if walk is not None and (walk.level == level - 1 and walk.rtte.state == v.TABLE):  # rtte_state
            held.append((5, v.result(v.RMI_ERROR_RTT, level - 1), None))
    except m.doubt:
        m.doubted.append(5)
    return held, (walk, rtt, ipa, level)


def rmi_rtt_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
    held: Rows = []
    try:
        if not m.gstate(rd) == v.RD:  # rd_state
            held.append((0, v.RMI_ERROR_INPUT, ((2, h.reference(m, 0)),)))
    except m.doubt:
        m.doubted.append(0)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not realm.rtt_level_start < level <= 3):  # level
            held.append((1, v.RMI_ERROR_INPUT, ((2, h.reference(m, 0)),)))
    except m.doubt:
        m.doubted.append(1)
    try:
        if realm is not None and (not h.ipa_at(m, realm, ipa, level - 1)):  # ipa
            held.append((2, v.RMI_ERROR_INPUT, ((2, h.reference(m, 0)),)))
    except m.doubt:
        m.doubted.append(2)
    try:
        walk = h.RttWalk(m, rd, ipa, level - 1)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (walk.level < level - 1 or walk.rtte.state != v.TABLE):  # rtt_walk
            next = h.RttSkipNonLiveEntries(m, walk, ipa)
            held.append((3, v.result(v.RMI_ERROR_RTT, walk.level), ((2, next),)))
    except m.doubt:
        m.doubted.append(3)
    try:
        child = h.RttBelow(m, walk) if walk is not None else None
    except m.doubt:
        child = m.open
    try:
        if walk is not None and child is not None and (walk.level == level - 1 and child.refs != 0):  # rtt_live
            held.append((4, v.result(v.RMI_ERROR_RTT, level), ((2, ipa),)))
    except m.doubt:
        m.doubted.append(4)
    try:
        if walk is not None and realm is not None and (walk.level == level - 1 and h.aux_shares(m, realm, ipa)):  # aux_ref
            held.append((5, v.result(v.RMI_ERROR_RTT, walk.level), ((2, ipa),)))
    except m.doubt:
        m.doubted.append(5)
    return held, (realm, walk, child, ipa)


def rmi_rtt_fold(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
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
        if realm is not None and (not realm.rtt_level_start < level <= 3):  # level
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if realm is not None and (not h.ipa_at(m, realm, ipa, level - 1)):  # ipa
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        walk = h.RttWalk(m, rd, ipa, level - 1)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and walk.level < level - 1:  # rtt_walk
            held.append((3, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if walk is not None and realm is not None and (walk.level == level - 1 and (walk.rtte.state != v.TABLE or h.aux_shares(m, realm, ipa) or h.folds_too_high(m, walk))):  # rtte_state
            held.append((4, v.result(v.RMI_ERROR_RTT, level - 1), None))
    except m.doubt:
        m.doubted.append(4)
    try:
        child = h.RttBelow(m, walk) if walk is not None else None
    except m.doubt:
        child = m.open
    try:
        if walk is not None and child is not None and (walk.level == level - 1 and (not h.folds(m, child))):  # rtt_homo
            held.append((5, v.result(v.RMI_ERROR_RTT, level), None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if walk is not None and child is not None and (walk.level == level - 1 and h.permissions_differ(m, child)):  # permissions
            held.append((6, v.result(v.RMI_ERROR_RTT, level), None))
    except m.doubt:
        m.doubted.append(6)
    return held, (walk, child)


def rmi_rtt_read_entry(m: Rmm, x: Sequence[int]) -> Judged:
    rd = x[0]
    ipa = x[1]
    level = v.signed(x[2])
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
        if realm is not None and (not realm.rtt_level_start <= level <= 3):  # level
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if realm is not None and (not h.ipa_at(m, realm, ipa, level)):  # ipa
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        walk = h.RttWalk(m, rd, ipa, level)
    except m.doubt:
        walk = m.open
    return held, (walk,)


COMMANDS = [
    Command(
        name="RMI_RTT_CREATE",
        fid=0xC400015D,
        inputs=("rd", "rtt", "ipa", "level"),
        outputs=(),
        conditions=(
            Condition("states", "not is_granule(rtt, DELEGATED) or not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm, or the granule for the table is not DELEGATED"),
            Condition("level", "not realm.rtt_level_start < level <= 3", "RMI_ERROR_INPUT", None, None, "level is no level below the starting tables"),
            Condition("ipa", "not ipa_at(realm, ipa, level - 1)", "RMI_ERROR_INPUT", None, None, "ipa is outside of the realm or not where a table of this level may begin"),
            Condition("lpa2", "not realm.feat_lpa2 and rtt >= 0x1000000000000", "RMI_ERROR_INPUT", None, None, "rtt has more bits than a realm without LPA2 can hold"),
            Condition("rtt_walk", "walk.level < level - 1", "RMI_ERROR_RTT", "walk.level", None, "the walk ends above the entry that is to hold the table"),
            Condition("rtte_state", "walk.level == level - 1 and walk.rtte.state == TABLE", "RMI_ERROR_RTT", "level-1", None, "the entry holds a table already"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_create,
        effect="rtt_create",
        success=(
            "gstate(rtt) = RTT",
            "the entry holds the table, whose entries are what the entry was",
        ),
    ),
    Command(
        name="RMI_RTT_DESTROY",
        fid=0xC400015E,
        inputs=("rd", "ipa", "level"),
        outputs=("rtt", "top"),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, "top == reference(0)", "rd is no realm"),
            Condition("level", "not realm.rtt_level_start < level <= 3", "RMI_ERROR_INPUT", None, "top == reference(0)", "level is no level below the starting tables"),
            Condition("ipa", "not ipa_at(realm, ipa, level - 1)", "RMI_ERROR_INPUT", None, "top == reference(0)", "ipa is outside of the realm or not where a table of this level may begin"),
            Condition("rtt_walk", "walk.level < level - 1 or walk.rtte.state != TABLE", "RMI_ERROR_RTT", "walk.level", "top == next", "there is no such table"),
            Condition("rtt_live", "walk.level == level - 1 and child.refs != 0", "RMI_ERROR_RTT", "level", "top == ipa", "the table holds protected mappings or tables"),
            Condition("aux_ref", "walk.level == level - 1 and aux_shares(realm, ipa)", "RMI_ERROR_RTT", "walk.level", "top == ipa", "an auxiliary tree shares the table"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_destroy,
        effect="rtt_destroy",
        success=(
            "gstate(rtt) = DELEGATED",
            "the entry is UNASSIGNED, DESTROYED where it is protected",
        ),
    ),
    Command(
        name="RMI_RTT_FOLD",
        fid=0xC4000166,
        inputs=("rd", "ipa", "level"),
        outputs=("rtt",),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("level", "not realm.rtt_level_start < level <= 3", "RMI_ERROR_INPUT", None, None, "level is no level below the starting tables"),
            Condition("ipa", "not ipa_at(realm, ipa, level - 1)", "RMI_ERROR_INPUT", None, None, "ipa is outside of the realm or not where a table of this level may begin"),
            Condition("rtt_walk", "walk.level < level - 1", "RMI_ERROR_RTT", "walk.level", None, "the walk ends above the entry that holds the table"),
            Condition("rtte_state", "walk.level == level - 1 and (walk.rtte.state != TABLE or aux_shares(realm, ipa) or folds_too_high(walk))", "RMI_ERROR_RTT", "level-1", None, "the entry holds no table, or one that an auxiliary tree shares, or cannot hold the block that its mappings would make"),
            Condition("rtt_homo", "walk.level == level - 1 and not folds(child)", "RMI_ERROR_RTT", "level", None, "the entries of the table are not alike"),
            Condition("permissions", "walk.level == level - 1 and permissions_differ(child)", "RMI_ERROR_RTT", "level", None, "the realm gave the entries overlay indices that may stand for different permissions", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_fold,
        effect="rtt_fold",
        success=(
            "gstate(rtt) = DELEGATED",
            "the entry is what the table's entries were, joined",
        ),
    ),
    Command(
        name="RMI_RTT_READ_ENTRY",
        fid=0xC4000161,
        inputs=("rd", "ipa", "level"),
        outputs=("walk_level", "state", "desc", "ripas"),
        conditions=(
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("level", "not realm.rtt_level_start <= level <= 3", "RMI_ERROR_INPUT", None, None, "level is no level of the realm's tables"),
            Condition("ipa", "not ipa_at(realm, ipa, level)", "RMI_ERROR_INPUT", None, None, "ipa is outside of the realm or not aligned to an entry of this level"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_read_entry,
        effect="rtt_read_entry",
        success=(
            "the entry where the walk ends, and its level",
        ),
    ),
]
