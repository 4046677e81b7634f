"""Generated from rmm-2.0/unmap.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_rtt_data_unmap(m: Rmm, x: Sequence[int]) -> Judged:
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
        if not h.page_aligned(m, base, top) or top <= base:  # align
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.range_in(m, realm, base, top) or h.ends_protected(m, realm, base, top) != 2):  # ipa
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if not h.unmap_form_valid(m, flags, oaddr):  # oaddr
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        walk = h.RttWalk(m, rd, base, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (not h.level_aligned(m, base, walk.level)):  # base_align
            held.append((6, v.result(v.RMI_ERROR_RTT, walk.level), ((1, 0), (2, 0), (3, 0))))
    except m.doubt:
        m.doubted.append(6)
    try:
        unmapping = h.DataUnmapping(m, walk, base, top, flags, oaddr) if walk is not None else None
    except m.doubt:
        unmapping = m.open
    try:
        if unmapping is not None and unmapping.fault:  # first_entry
            if walk is not None:
                held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(7)
    try:
        if unmapping is not None and unmapping.aux_fault:  # aux
            held.append((8, v.RMI_ERROR_RTT_AUX, None))
    except m.doubt:
        m.doubted.append(8)
    return held, (unmapping, oaddr)


def rmi_rtt_unprot_unmap(m: Rmm, x: Sequence[int]) -> Judged:
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
        if not h.page_aligned(m, base, top) or top <= base:  # align
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        realm = h.Realm(m, rd)
    except m.doubt:
        realm = m.open
    try:
        if realm is not None and (not h.range_in(m, realm, base, top) or h.ends_protected(m, realm, base, top) != 0):  # ipa
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        if not h.unmap_form_valid(m, flags, oaddr):  # oaddr
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        walk = h.RttWalk(m, rd, base, 3)
    except m.doubt:
        walk = m.open
    try:
        if walk is not None and (not h.level_aligned(m, base, walk.level)):  # base_align
            held.append((6, v.result(v.RMI_ERROR_RTT, walk.level), ((1, 0), (2, 0), (3, 0))))
    except m.doubt:
        m.doubted.append(6)
    try:
        unmapping = h.UnprotUnmapping(m, walk, base, top, flags, oaddr) if walk is not None else None
    except m.doubt:
        unmapping = m.open
    try:
        if unmapping is not None and unmapping.fault:  # first_entry
            if walk is not None:
                held.append((7, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(7)
    return held, (unmapping, oaddr)


def rmi_rtt_dev_unmap(m: Rmm, x: Sequence[int]) -> Judged:
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
        if realm is not None and (not h.page_aligned(m, base, top) or top <= base or (not h.range_in(m, realm, base, top)) or (h.ends_protected(m, realm, base, top) != 2) or (not h.unmap_form_valid(m, flags, oaddr))):  # inputs
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        walk = h.RttWalk(m, rd, base, 3)
    except m.doubt:
        walk = m.open
    try:
        unmapping = h.DevUnmapping(m, walk, base, top, flags, oaddr) if walk is not None else None
    except m.doubt:
        unmapping = m.open
    try:
        if walk is not None and unmapping is not None and (not h.level_aligned(m, base, walk.level) or unmapping.fault):  # first_entry
            held.append((4, v.result(v.RMI_ERROR_RTT, walk.level), None))
    except m.doubt:
        m.doubted.append(4)
    return held, (unmapping, oaddr)


COMMANDS = [
    Command(
        name="RMI_RTT_DATA_UNMAP",
        fid=0xC40001F6,
        inputs=("rd", "base", "top", "flags", "oaddr"),
        outputs=("out_top", "range", "count"),
        conditions=(
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for a stateful operation waits for the host"),
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("align", "not page_aligned(base, top) or top <= base", "RMI_ERROR_INPUT", None, None, "the range is empty or backwards, or not aligned"),
            Condition("ipa", "not range_in(realm, base, top) or ends_protected(realm, base, top) != 2", "RMI_ERROR_INPUT", None, None, "the range is not in the protected half"),
            Condition("oaddr", "not unmap_form_valid(flags, oaddr)", "RMI_ERROR_INPUT", None, None, "flags and oaddr name neither nothing nor a list that can be written"),
            Condition("base_align", "not level_aligned(base, walk.level)", "RMI_ERROR_RTT", "walk.level", "out_top == 0, range == 0, count == 0", "base lies inside of the entry where the walk ends"),
            Condition("first_entry", "unmapping.fault", "RMI_ERROR_RTT", "walk.level", None, "the first entry is larger than the range, or a device's"),
            Condition("aux", "unmapping.aux_fault", "RMI_ERROR_RTT_AUX", None, None, "an auxiliary tree maps memory of the first entry"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_data_unmap,
        effect="rtt_unmap",
        success=(
            "nothing is mapped in [base, out_top); what was RAM there is DESTROYED",
            "the granules are DELEGATED",
        ),
    ),
    Command(
        name="RMI_RTT_UNPROT_UNMAP",
        fid=0xC40001FC,
        inputs=("rd", "base", "top", "flags", "oaddr"),
        outputs=("out_top", "range", "count"),
        conditions=(
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for a stateful operation waits for the host"),
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("align", "not page_aligned(base, top) or top <= base", "RMI_ERROR_INPUT", None, None, "the range is empty or backwards, or not aligned"),
            Condition("ipa", "not range_in(realm, base, top) or ends_protected(realm, base, top) != 0", "RMI_ERROR_INPUT", None, None, "the range is not in the unprotected half"),
            Condition("oaddr", "not unmap_form_valid(flags, oaddr)", "RMI_ERROR_INPUT", None, None, "flags and oaddr name neither nothing nor a list that can be written"),
            Condition("base_align", "not level_aligned(base, walk.level)", "RMI_ERROR_RTT", "walk.level", "out_top == 0, range == 0, count == 0", "base lies inside of the entry where the walk ends"),
            Condition("first_entry", "unmapping.fault", "RMI_ERROR_RTT", "walk.level", None, "the first entry is larger than the range"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_unprot_unmap,
        effect="rtt_unmap",
        success=(
            "nothing is mapped in [base, out_top)",
        ),
    ),
    Command(
        name="RMI_RTT_DEV_UNMAP",
        fid=0xC40001F8,
        inputs=("rd", "base", "top", "flags", "oaddr"),
        outputs=("out_top", "range", "count"),
        conditions=(
            Condition("sro", "no_context() and other_cpus()", "RMI_BUSY", None, None, "no context for a stateful operation is free", permits=True),
            Condition("sro_all_sealed", "no_context()", "RMI_BLOCKED", None, None, "every context for a stateful operation waits for the host"),
            Condition("rd_state", "not is_granule(rd, RD)", "RMI_ERROR_INPUT", None, None, "rd is no realm"),
            Condition("inputs", "not page_aligned(base, top) or top <= base or not range_in(realm, base, top) or ends_protected(realm, base, top) != 2 or not unmap_form_valid(flags, oaddr)", "RMI_ERROR_INPUT", None, None, "the range is empty, not aligned or not in the protected half, or flags and oaddr name neither nothing nor a list that can be written"),
            Condition("first_entry", "not level_aligned(base, walk.level) or unmapping.fault", "RMI_ERROR_RTT", "walk.level", None, "base lies inside of the first entry, or that is larger than the range or no device's"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_rtt_dev_unmap,
        effect="rtt_unmap",
        success=(
            "nothing is mapped in [base, out_top); RIPAS there is DESTROYED unless it was EMPTY",
            "the device's granules are DELEGATED",
        ),
    ),
]
