"""Generated from rmm-2.0/operation.rmi by generate.py; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm import values as v
from replay.rmm.helpers import v2_0 as h
from replay.spec.table import Command, Condition, Judged, Rows

if TYPE_CHECKING:
    from replay.rmm.model import Rmm


def rmi_op_continue(m: Rmm, x: Sequence[int]) -> Judged:
    handle = x[0]
    held: Rows = []
    try:
        if not h.is_operation(m, handle):  # handle
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        op = h.Operation(m, handle)
    except m.doubt:
        op = m.open
    try:
        if op is not None and op.wants != v.MEM_NONE:  # expected
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    return held, (op,)


def rmi_op_cancel(m: Rmm, x: Sequence[int]) -> Judged:
    handle = x[0]
    held: Rows = []
    try:
        if not h.is_operation(m, handle):  # handle
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        op = h.Operation(m, handle)
    except m.doubt:
        op = m.open
    try:
        if op is not None and (not op.can_cancel):  # can_cancel
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    return held, (op,)


def rmi_op_mem_donate(m: Rmm, x: Sequence[int]) -> Judged:
    handle = x[0]
    list = x[1]
    count = x[2]
    held: Rows = []
    try:
        if not h.is_operation(m, handle):  # handle
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    try:
        op = h.Operation(m, handle)
    except m.doubt:
        op = m.open
    try:
        if op is not None and op.wants != v.MEM_DONATE:  # expected
            held.append((1, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(1)
    if list % 8 != 0:  # align
        held.append((2, v.RMI_ERROR_INPUT, None))
    try:
        if not h.ns_list(m, list):  # list_ns
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    try:
        given = h.DonatedMemory(m, op, list, count) if op is not None else None
    except m.doubt:
        given = m.open
    try:
        if given is not None and (not given.valid):  # list_valid
            held.append((4, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(4)
    try:
        request = op.request if op is not None else None
    except m.doubt:
        request = m.open
    try:
        if given is not None and request is not None and (given.granules > request.granules):  # too_much
            held.append((5, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(5)
    try:
        if request is not None and given is not None and (request.contiguous and given.granules not in (0, request.granules)):  # contig_partial
            held.append((6, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(6)
    return held, (op, given)


def rmi_op_mem_reclaim(m: Rmm, x: Sequence[int]) -> Judged:
    handle = x[0]
    list = x[1]
    count = x[2]
    held: Rows = []
    try:
        if not h.is_operation(m, handle):  # handle
            held.append((0, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(0)
    if list % 8 != 0:  # align
        held.append((1, v.RMI_ERROR_INPUT, None))
    try:
        op = h.Operation(m, handle)
    except m.doubt:
        op = m.open
    try:
        if op is not None and op.wants != v.MEM_RECLAIM:  # expected
            held.append((2, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(2)
    try:
        if count != 0 and (not h.ns_list(m, list)):  # list_ns
            held.append((3, v.RMI_ERROR_INPUT, None))
    except m.doubt:
        m.doubted.append(3)
    return held, (op, list, count)


COMMANDS = [
    Command(
        name="RMI_OP_CONTINUE",
        fid=0xC4000203,
        inputs=("handle", "flags"),
        outputs=("value", "request"),
        conditions=(
            Condition("handle", "not is_operation(handle)", "RMI_ERROR_INPUT", None, None, "no operation waits under this handle"),
            Condition("expected", "op.wants != MEM_NONE", "RMI_ERROR_INPUT", None, None, "the operation waits for memory to be donated or taken back"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="operation",
        judge=rmi_op_continue,
        effect="op_continue",
        success=(
            "the operation goes on; it has ended if the result is not INCOMPLETE or BUSY",
        ),
        any_status=True,
    ),
    Command(
        name="RMI_OP_CANCEL",
        fid=0xC400020A,
        inputs=("handle",),
        outputs=("value",),
        conditions=(
            Condition("handle", "not is_operation(handle)", "RMI_ERROR_INPUT", None, None, "no operation waits under this handle"),
            Condition("can_cancel", "not op.can_cancel", "RMI_ERROR_INPUT", None, None, "the operation cannot be cancelled"),
        ),
        before=(0x0, 0x0),
        sequence=True,
        gate="operation",
        judge=rmi_op_cancel,
        effect="op_cancel",
        success=(
            "the operation is given up; memory goes back to the host first",
        ),
    ),
    Command(
        name="RMI_OP_MEM_DONATE",
        fid=0xC4000208,
        inputs=("handle", "list", "count"),
        outputs=("consumed", "request"),
        conditions=(
            Condition("handle", "not is_operation(handle)", "RMI_ERROR_INPUT", None, None, "no operation waits under this handle"),
            Condition("expected", "op.wants != MEM_DONATE", "RMI_ERROR_INPUT", None, None, "the operation does not wait for a donation"),
            Condition("align", "list % 8 != 0", "RMI_ERROR_INPUT", None, None, "the list is not aligned to 8 bytes"),
            Condition("list_ns", "not ns_list(list)", "RMI_ERROR_INPUT", None, None, "the list is not in a page of the host that the RMM can read"),
            Condition("list_valid", "not given.valid", "RMI_ERROR_INPUT", None, None, "a descriptor is misaligned, or is not what was asked for"),
            Condition("too_much", "given.granules > request.granules", "RMI_ERROR_INPUT", None, None, "more memory than was asked for"),
            Condition("contig_partial", "request.contiguous and given.granules not in (0, request.granules)", "RMI_ERROR_INPUT", None, None, "contiguous memory must come at once"),
        ),
        before=(0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="operation",
        judge=rmi_op_mem_donate,
        effect="op_mem_donate",
        success=(
            "the granules consumed belong to the operation",
        ),
    ),
    Command(
        name="RMI_OP_MEM_RECLAIM",
        fid=0xC4000209,
        inputs=("handle", "list", "count"),
        outputs=("written",),
        conditions=(
            Condition("handle", "not is_operation(handle)", "RMI_ERROR_INPUT", None, None, "no operation waits under this handle"),
            Condition("align", "list % 8 != 0", "RMI_ERROR_INPUT", None, None, "the list is not aligned to 8 bytes"),
            Condition("expected", "op.wants != MEM_RECLAIM", "RMI_ERROR_INPUT", None, None, "the operation has no memory to give back"),
            Condition("list_ns", "count != 0 and not ns_list(list)", "RMI_ERROR_INPUT", None, None, "the list is not in a page of the host that the RMM can write"),
        ),
        before=(0x0, 0x0, 0x0, 0x0),
        sequence=True,
        gate="operation",
        judge=rmi_op_mem_reclaim,
        effect="op_mem_reclaim",
        success=(
            "the granules that were listed are DELEGATED",
        ),
    ),
]
