"""Generated from rmm-2.0/granule.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_granule_tracking_get(m: Rmm, x: Sequence[int]) -> Judged:
    base = x[0]
    top = x[1]
    held: Rows = []
    try:
        if base > h.max_pa(m) or top > h.max_pa(m) or base > top or (top - base < h.granule_size(m)):  # bounds
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    if not not base & m.offset_mask or not not top & m.offset_mask:  # align
        held.append((1, v.RMI_ERROR_INPUT, None))
    return held, (base, top)


def rmi_granule_tracking_get_2_0_bet0(m: Rmm, x: Sequence[int]) -> Judged:
    addr = x[0]
    held: Rows = []
    try:
        if addr > h.max_pa(m):  # bounds
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    if addr % 1073741824 != 0:  # align
        held.append((1, v.RMI_ERROR_INPUT, None))
    try:
        if not h.is_memory(m, addr):  # hole
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    return held, (addr,)


def rmi_granule_tracking_set(m: Rmm, x: Sequence[int]) -> Judged:
    addr = x[0]
    category = x[1]
    state = x[2]
    held: Rows = []
    try:
        if addr > h.max_pa(m) or not h.tracking_aligned(m, addr):  # addr
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    if state not in (v.TRACKING_NONE, v.TRACKING_FINE, v.TRACKING_COARSE):  # state
        held.append((1, v.RMI_ERROR_INPUT, None))
    try:
        if h.tracking_pending(m, addr):  # pending
            held.append((2, v.RMI_BLOCKED, None))
    except m.doubt:
        m.doubted.append(2)
    return held, (addr, category, state)


def rmi_granule_range_delegate(m: Rmm, x: Sequence[int]) -> Judged:
    base = x[0]
    top = x[1]
    held: Rows = []
    try:
        if not not base & m.offset_mask or not not top & m.offset_mask:  # align
            held.append((0, v.RMI_ERROR_INPUT, ((1, h.reference(m, base)),)))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not h.has_granule(m, base, top):  # size
            held.append((1, v.RMI_ERROR_INPUT, ((1, h.reference(m, base)),)))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not h.delegates(m, base, v.UNDELEGATED, v.DELEGATED):  # gran_state
            held.append((2, v.RMI_ERROR_INPUT, ((1, h.reference(m, base)),)))
    except m.doubt:
        m.doubted.append(2)
    try:
        if h.elsewhere(m, base):  # gpt
            held.append((3, v.RMI_ERROR_INPUT, ((1, h.reference(m, base)),)))
    except m.doubt:
        m.doubted.append(3)
    try:
        if m.traits.range_skips and h.tracked_is(m, base, v.DELEGATED):  # already
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    return held, (base, top)


def rmi_granule_range_undelegate(m: Rmm, x: Sequence[int]) -> Judged:
    base = x[0]
    top = x[1]
    held: Rows = []
    try:
        if not not base & m.offset_mask or not not top & m.offset_mask:  # align
            held.append((0, v.RMI_ERROR_INPUT, ((1, h.reference(m, base)),)))
    except m.doubt:
        m.doubted.append(0)
    try:
        if not h.has_granule(m, base, top):  # size
            held.append((1, v.RMI_ERROR_INPUT, ((1, h.reference(m, base)),)))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not h.delegates(m, base, v.DELEGATED, v.UNDELEGATED):  # gran_state
            held.append((2, v.RMI_ERROR_INPUT, ((1, h.reference(m, base)),)))
    except m.doubt:
        m.doubted.append(2)
    try:
        if m.traits.range_skips and h.tracked_is(m, base, v.UNDELEGATED):  # already
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    return held, (base, top)


def rmi_gpt_l1_create(m: Rmm, x: Sequence[int]) -> Judged:
    addr = x[0]
    held: Rows = []
    try:
        if (g0 := h.l0_gpt_size(m)) != 0 and addr % g0 != 0:  # align
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        if m.traits.sequence:  # static
            held.append((1, v.RMI_ERROR_GPT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if not m.traits.sequence and addr > h.max_pa(m):  # bound
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if not m.traits.sequence:  # made
            held.append((3, v.RMI_ERROR_GPT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        if not m.traits.sequence:  # made_at_boot
            held.append((4, v.RMI_ERROR_GLOBAL, None))
    except m.doubt:
        m.doubted.append(4)
    return held, (addr,)


def rmi_gpt_l1_destroy(m: Rmm, x: Sequence[int]) -> Judged:
    addr = x[0]
    held: Rows = []
    try:
        if (g0 := h.l0_gpt_size(m)) != 0 and (addr > h.max_pa(m) or addr % g0 != 0):  # align
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    if True:  # static
        held.append((1, v.RMI_ERROR_GLOBAL, None))
    return held, (addr,)


def rmi_gpt_info(m: Rmm, x: Sequence[int]) -> Judged:
    base = x[0]
    top = x[1]
    held: Rows = []
    try:
        if (g0 := h.l0_gpt_size(m)) != 0 and (base % g0 != 0 or top % g0 != 0 or base >= h.max_pa(m) or (top > h.max_pa(m) + 1) or (top <= base)):  # align
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    return held, (base, top)


COMMANDS = [
    Command(
        name="RMI_GRANULE_TRACKING_GET",
        fid=0xC40001E1,
        inputs=("base", "top"),
        outputs=("category", "state", "next"),
        conditions=(
            Condition("bounds", "base > max_pa() or top > max_pa() or base > top or top - base < granule_size()", "RMI_ERROR_INPUT", None, None, "the range is empty, backwards or beyond the physical address space"),
            Condition("align", "not granule_aligned(base) or not granule_aligned(top)", "RMI_ERROR_INPUT", None, None, "base or top is not aligned to a granule"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="any",
        judge=rmi_granule_tracking_get,
        effect="tracking_get",
        success=(
            "[base, next) has one category and one state of tracking",
        ),
    ),
    Command(
        name="RMI_GRANULE_TRACKING_GET",
        fid=0xC40001E1,
        inputs=("addr",),
        outputs=("category", "state"),
        conditions=(
            Condition("bounds", "addr > max_pa()", "RMI_ERROR_INPUT", None, None, "addr is beyond the physical address space"),
            Condition("align", "addr % 0x40000000 != 0", "RMI_ERROR_INPUT", None, None, "addr does not begin a tracking region of 1 GiB"),
            Condition("hole", "not is_memory(addr)", "RMI_ERROR_INPUT", None, None, "there is no memory at addr, even if there is some further on in its region", permits=True),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="any",
        judge=rmi_granule_tracking_get_2_0_bet0,
        effect="tracking_get_region",
        success=(
            "the tracking region at addr has this category and state of tracking",
        ),
        versions=("2.0-bet0",),
    ),
    Command(
        name="RMI_GRANULE_TRACKING_SET",
        fid=0xC40001E3,
        inputs=("addr", "category", "state"),
        outputs=("handle", "request"),
        conditions=(
            Condition("addr", "addr > max_pa() or not tracking_aligned(addr)", "RMI_ERROR_INPUT", None, None, "addr does not begin a tracking region"),
            Condition("state", "state not in (TRACKING_NONE, TRACKING_FINE, TRACKING_COARSE)", "RMI_ERROR_INPUT", None, None, "state is none that a host may ask for"),
            Condition("pending", "tracking_pending(addr)", "RMI_BLOCKED", None, None, "another change of this region has not ended"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_granule_tracking_set,
        effect="tracking_set",
        success=(
            "the region is tracked as asked for",
        ),
        optional=True,
    ),
    Command(
        name="RMI_GRANULE_RANGE_DELEGATE",
        fid=0xC40001F1,
        inputs=("base", "top"),
        outputs=("next",),
        conditions=(
            Condition("align", "not granule_aligned(base) or not granule_aligned(top)", "RMI_ERROR_INPUT", None, "next == reference(base)", "base or top is not aligned to a granule"),
            Condition("size", "not has_granule(base, top)", "RMI_ERROR_INPUT", None, "next == reference(base)", "the range has no granule"),
            Condition("gran_state", "not delegates(base, UNDELEGATED, DELEGATED)", "RMI_ERROR_INPUT", None, "next == reference(base)", "the first granule is no memory, or delegated already"),
            Condition("gpt", "elsewhere(base)", "RMI_ERROR_INPUT", None, "next == reference(base)", "the first granule is in another physical address space"),
            Condition("already", "impl.range_skips and tracked_is(base, DELEGATED)", "RMI_ERROR_INPUT", None, None, "the first granule is delegated already; it might have been passed over", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_granule_range_delegate,
        effect="range_delegate",
        success=(
            "the granules of [base, next) are delegated",
        ),
        any_status=True,
    ),
    Command(
        name="RMI_GRANULE_RANGE_UNDELEGATE",
        fid=0xC40001F2,
        inputs=("base", "top"),
        outputs=("next",),
        conditions=(
            Condition("align", "not granule_aligned(base) or not granule_aligned(top)", "RMI_ERROR_INPUT", None, "next == reference(base)", "base or top is not aligned to a granule"),
            Condition("size", "not has_granule(base, top)", "RMI_ERROR_INPUT", None, "next == reference(base)", "the range has no granule"),
            Condition("gran_state", "not delegates(base, DELEGATED, UNDELEGATED)", "RMI_ERROR_INPUT", None, "next == reference(base)", "the first granule is no memory, not delegated, or in use"),
            Condition("already", "impl.range_skips and tracked_is(base, UNDELEGATED)", "RMI_ERROR_INPUT", None, None, "the first granule is not delegated; it might have been passed over", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_granule_range_undelegate,
        effect="range_undelegate",
        success=(
            "the granules of [base, next) are the host's again, wiped",
        ),
        any_status=True,
    ),
    Command(
        name="RMI_GPT_L1_CREATE",
        fid=0xC40001F3,
        inputs=("addr",),
        outputs=(),
        conditions=(
            Condition("align", "addr % l0_gpt_size() != 0", "RMI_ERROR_INPUT", None, None, "addr is not aligned to what an entry of the L0 GPT covers"),
            Condition("static", "impl.sequence", "RMI_ERROR_GPT", None, None, "the tables are made at boot: nothing to create"),
            Condition("bound", "not impl.sequence and addr > max_pa()", "RMI_ERROR_INPUT", None, None, "addr is beyond the physical address space", permits=True),
            Condition("made", "not impl.sequence", "RMI_ERROR_GPT", None, None, "the table exists", permits=True),
            Condition("made_at_boot", "not impl.sequence", "RMI_ERROR_GLOBAL", None, None, "the tables are made at boot", permits=True),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_gpt_l1_create,
        effect="gpt_l1_create",
        success=(),
    ),
    Command(
        name="RMI_GPT_L1_DESTROY",
        fid=0xC40001F4,
        inputs=("addr",),
        outputs=(),
        conditions=(
            Condition("align", "addr > max_pa() or addr % l0_gpt_size() != 0", "RMI_ERROR_INPUT", None, None, "addr is not aligned to what an entry of the L0 GPT covers"),
            Condition("static", "True", "RMI_ERROR_GLOBAL", None, None, "the tables are made at boot: nothing to destroy"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="active",
        judge=rmi_gpt_l1_destroy,
        effect="gpt_l1_destroy",
        success=(),
        optional=True,
    ),
    Command(
        name="RMI_GPT_INFO",
        fid=0xC4000211,
        inputs=("base", "top"),
        outputs=("next", "state"),
        conditions=(
            Condition("align", "base % l0_gpt_size() != 0 or top % l0_gpt_size() != 0 or base >= max_pa() or top > max_pa() + 1 or top <= base", "RMI_ERROR_INPUT", None, None, "the range is empty, out of bounds or not aligned to what L0 entries cover"),
        ),
        before=(0x0,),
        sequence=True,
        gate="active",
        judge=rmi_gpt_info,
        effect="gpt_info",
        success=(
            "next is the end of the entry of base; state says who makes its L1 table",
        ),
        optional=True,
    ),
]
