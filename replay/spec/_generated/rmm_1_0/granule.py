"""Generated from rmm-1.0/granule.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v1_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_granule_delegate(m: Rmm, x: Sequence[int]) -> Judged:
    addr = x[0]
    held: Rows = []
    if addr & m.offset_mask:  # gran_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(addr):  # gran_bound
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if (g0 := m.gstate(addr)) is not None and g0 != v.UNDELEGATED:  # gran_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if (g1 := m.gpt(addr)) is not None and g1 != v.GPT_NS:  # gran_gpt
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    return held, (addr,)


def rmi_granule_undelegate(m: Rmm, x: Sequence[int]) -> Judged:
    addr = x[0]
    held: Rows = []
    if addr & m.offset_mask:  # gran_align
        held.append((0, v.RMI_ERROR_INPUT, None))
    try:
        if not m.delegable(addr):  # gran_bound
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    try:
        if (g0 := m.gstate(addr)) is not None and g0 != v.DELEGATED:  # gran_state
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    return held, (addr,)


COMMANDS = [
    Command(
        name="RMI_GRANULE_DELEGATE",
        fid=0xC4000151,
        inputs=("addr",),
        outputs=(),
        conditions=(
            Condition("gran_align", "not granule_aligned(addr)", "RMI_ERROR_INPUT", None, None, "addr is not aligned to a granule"),
            Condition("gran_bound", "not delegable(addr)", "RMI_ERROR_INPUT", None, None, "addr is not memory that can be delegated"),
            Condition("gran_state", "gstate(addr) != UNDELEGATED", "RMI_ERROR_INPUT", None, None, "the granule is delegated or in use"),
            Condition("gran_gpt", "gpt(addr) != GPT_NS", "RMI_ERROR_INPUT", None, None, "the granule is not in the Non-secure PAS"),
        ),
        before=(0x0, 0x0, 0x0, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_granule_delegate,
        effect="granule_delegate",
        success=(
            "gstate(addr) = DELEGATED",
            "gpt(addr) = GPT_REALM",
        ),
    ),
    Command(
        name="RMI_GRANULE_UNDELEGATE",
        fid=0xC4000152,
        inputs=("addr",),
        outputs=(),
        conditions=(
            Condition("gran_align", "not granule_aligned(addr)", "RMI_ERROR_INPUT", None, None, "addr is not aligned to a granule"),
            Condition("gran_bound", "not delegable(addr)", "RMI_ERROR_INPUT", None, None, "addr is not memory that can be delegated"),
            Condition("gran_state", "gstate(addr) != DELEGATED", "RMI_ERROR_INPUT", None, None, "the granule at addr is not DELEGATED"),
        ),
        before=(0x0, 0x0, 0x0),
        sequence=False,
        gate="any",
        judge=rmi_granule_undelegate,
        effect="granule_undelegate",
        success=(
            "gpt(addr) = GPT_NS",
            "gstate(addr) = UNDELEGATED",
            "the content is wiped",
        ),
    ),
]
