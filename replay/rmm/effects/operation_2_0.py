"""Stateful operations of 2.0: donation, reclaim, continuation; creation and end of RECs.

The reference's answers are known to the bit (fact sheet tf-rmm-behaviour, section
9).  Another implementation may ask for other memory, in other portions, or for
none: what it says is followed as long as granules stay accounted for.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from struct import pack
from typing import TYPE_CHECKING

from replay.rmm.addr_list import LIST, Collector, blocks, clipped
from replay.rmm.effects import OK, Expected, Got
from replay.rmm.model import Unknown
from replay.rmm.operation import (
    Operation,
    Request,
    begun,
    bring_back,
    goes_on,
    incomplete,
    is_incomplete,
    judged,
    learn,
    open_operation,
)
from replay.rmm.rec import Rec
from replay.rmm.rtt import level_size
from replay.rmm.values import (
    DELEGATED,
    INTERNAL,
    MEM_DONATE,
    MEM_NONE,
    MEM_RECLAIM,
    PARTIAL,
    REC,
    REC_AUX,
    RMI_ERROR_INPUT,
    RMI_SUCCESS,
)

if TYPE_CHECKING:
    from replay.rmm.helpers.operation import Donation
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.rec import RecParams
    from replay.spec.table import Command, Held

_ANY_ROOM = 1 << 16  # descriptors; more than an operation has granules


# --- what all operations share -----------------------------------------------------------


def start(m: Rmm, op: Operation, got: Got) -> Expected:
    """Begin an operation; an implementation that needs no memory may end it at once."""
    if got is None or is_incomplete(got):
        return open_operation(m, op, got)
    if not m.traits.sequence:
        return op.step(m, op, got)
    wanted = incomplete(op.wants)
    if got[0] == RMI_SUCCESS:
        with suppress(Unknown):  # not permitted, whether the model can follow or not
            op.step(m, op, got)
    return (wanted,)


def fail(m: Rmm, op: Operation, ends: tuple[int, ...], got: Got) -> Expected:
    """The operation fails: what the host gave goes back first, then the status is told."""
    op.ends = ends
    if m.traits.sequence or op.given:
        op.wants = MEM_RECLAIM
        return (goes_on(op), *quiet(m))
    return _end_failed(m, op, got)


def _end_failed(m: Rmm, op: Operation, got: Got) -> Expected:
    """The last answer of a failed operation; its objects are plain granules again."""
    ends = op.ends or ()
    m.operations.close(op)
    bring_back(m, op)
    for addr in (*op.objects, *op.given):
        m.put(addr, DELEGATED)
    if got is not None and (got[0] in ends or not ends):
        return (got[0], *quiet(m))
    return (ends[0] if ends else RMI_ERROR_INPUT, *quiet(m))


def quiet(m: Rmm) -> tuple[int | None, int | None]:
    """X1 and X2 of a later answer: the reference clears them, the host ignores them."""
    return (0, 0) if m.traits.sequence else (None, None)


def _refusals(m: Rmm, stage: Command, held: list[Held]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(results that a stage demands, results that it permits beside success)."""
    rows = stage.conditions
    fails = [row for row in held if not rows[row[0]].permits]
    permits = tuple(row[1] for row in held if rows[row[0]].permits)
    return tuple(row[1] for row in stage.permitted(fails, m.traits.sequence)), permits


def op_continue(m: Rmm, op: Operation, got: Got) -> Expected:
    """OP_CONTINUE: the next step; an operation that goes on after it waits again."""
    if got is not None and is_incomplete(got) and not m.traits.sequence and op.ends is None:
        learn(op, got)
        if op.wants == MEM_RECLAIM and op.name == "RMI_REC_CREATE":
            op.ends = _rec_create_refusals(m, op)
        return (got[0],)
    expected = _end_failed(m, op, got) if op.ends is not None else op.step(m, op, got)
    if got is not None and expected[0] is not None and got[0] != expected[0]:
        if op.why:
            m.problems.append(f"{op.name} has failed: {op.why}")
        _adopt(m, op, got)
    return expected


def _adopt(m: Rmm, op: Operation, got: Sequence[int]) -> None:
    """Go where a result leads that was not permitted."""
    if is_incomplete(got):
        m.operations.open[op.handle] = op
        learn(op, got)
        return
    m.operations.close(op)
    bring_back(m, op)
    for addr in (*op.objects, *op.given):
        if m.gstate(addr) in (PARTIAL, op.becomes):
            m.put(addr, DELEGATED)


def op_cancel(m: Rmm, op: Operation, got: Got) -> Expected:
    """OP_CANCEL: as a failure whose status the specification leaves open."""
    op.ends = ()
    if got is not None and is_incomplete(got):
        learn(op, got)
        return (got[0],)
    _end_failed(m, op, got)
    return (RMI_SUCCESS,)


# --- memory ------------------------------------------------------------------------------


def op_mem_donate(m: Rmm, op: Operation, donation: Donation, got: Got) -> Expected:
    """OP_MEM_DONATE: granules in the list's order, up to the first that is not DELEGATED."""
    assert op.request is not None
    taken: list[int] = []
    seen: set[int] = set()
    for addr in islice(donation.addrs, op.request.granules):
        if m.gstate(addr) != DELEGATED or addr in seen:
            break
        taken.append(addr)
        seen.add(addr)
    if not m.traits.sequence and got is not None:
        return _donated(m, op, taken, got)
    # Contiguous memory comes as a whole or not at all.
    if donation.granules and (not taken or len(taken) < donation.granules * op.request.contiguous):
        op.ends = (RMI_ERROR_INPUT,)
        op.why = "the first granule of a donation, or one of contiguous memory, was not DELEGATED"
        op.wants = MEM_RECLAIM
        return (goes_on(op), 0, 0)
    _take(m, op, taken)
    left = op.request.granules - len(taken)
    if left:
        op.request = Request.pages(left, contiguous=op.request.contiguous)
    elif op.later:
        op.request = op.later.pop(0)
    else:
        op.request = None
        op.wants = MEM_NONE
        return (goes_on(op), len(taken), 0)
    return (goes_on(op), len(taken), op.request.word)


def _donated(m: Rmm, op: Operation, possible: list[int], got: Sequence[int]) -> Expected:
    """As another implementation says: X1 granules of those that can be taken."""
    if not is_incomplete(got):
        return (incomplete(MEM_NONE),)
    if got[1] > len(possible):
        m.problems.append(f"{got[1]} granules consumed, but only {len(possible)} are DELEGATED")
    _take(m, op, possible[: got[1]])
    learn(op, got)
    if op.wants == MEM_RECLAIM:
        op.ends = ()
    return (got[0],)


def _take(m: Rmm, op: Operation, addrs: list[int]) -> None:
    for addr in addrs:
        m.put(addr, op.becomes)
    op.given += addrs


def op_mem_reclaim(m: Rmm, op: Operation, list_addr: int, count: int, got: Got) -> Expected:
    """OP_MEM_RECLAIM: granules go back as they are listed; X1 counts descriptors."""
    if not m.traits.sequence and got is not None:
        return _reclaimed(m, op, list_addr, got)
    room = clipped(list_addr, count)
    if not room:
        return (goes_on(op), 0)
    _list(m, op, room)
    written, op.listed = op.listed[:room], op.listed[room:]
    _check_list(m, list_addr, written)
    if not op.listed and not op.given:
        op.wants = MEM_NONE
    return (goes_on(op), len(written))


def op_mem_reclaim_refused(
    m: Rmm, op: Operation, list_addr: int, count: int, row: str, got: Got
) -> None:
    """The reference has taken granules back before it finds that it cannot write the list."""
    if row == "list_ns" and m.traits.sequence:
        _list(m, op, clipped(list_addr, count))


def _list(m: Rmm, op: Operation, room: int) -> None:
    """Make descriptors of at most `room` granules, unless some wait to be written yet."""
    if op.listed:
        return
    # The reference gives all back at once; of another, what is not listed yet is not the host's.
    number = len(op.given) if op.at_once and m.traits.sequence else room
    ranges = Collector(LIST, _ANY_ROOM)
    for addr in op.given[:number]:
        m.put(addr, DELEGATED)
        ranges.add(addr, 3)
    del op.given[:number]
    op.listed = ranges.words()


def _check_list(m: Rmm, addr: int, words: list[int]) -> None:
    out = m.writes(addr, pack(f"<{len(words)}Q", *words))
    if out is None:
        return
    seen = out.words(addr, len(words))
    for i, (want, have) in enumerate(zip(words, seen, strict=True)):
        if want != have:
            m.problems.append(f"descriptor {i} of the list is {have:#x}, expected {want:#x}")


def _reclaimed(m: Rmm, op: Operation, list_addr: int, got: Sequence[int]) -> Expected:
    """As another implementation says: the granules that its list names."""
    if not is_incomplete(got):
        return (incomplete(MEM_RECLAIM),)
    out = m.smc.memory_out if m.smc is not None else None
    if out is not None and clipped(list_addr, got[1]) == got[1]:
        for block in blocks(out.words(list_addr, got[1])):
            for addr in range(block.addr, block.addr + level_size(block.level), m.granule):
                if addr in op.given:
                    op.given.remove(addr)
                elif m.gstate(addr) != INTERNAL:  # what an earlier operation was given
                    m.problems.append(f"{addr:#x} is given back, but was not donated")
                    break
                m.put(addr, DELEGATED)
    learn(op, got)
    if op.wants != MEM_RECLAIM:
        if out is not None and op.given:
            m.problems.append(f"{len(op.given)} granules were not given back")
        for addr in op.given:
            m.put(addr, DELEGATED)
        op.given.clear()
    return (got[0],)


# --- RECs --------------------------------------------------------------------------------


def rec_create(m: Rmm, rec: int, got: Got) -> Expected:
    """REC_CREATE: the granule is PARTIAL until the last OP_CONTINUE."""
    op = begun(
        m,
        _rec_create_step,
        wants=MEM_DONATE,
        request=Request.pages(m.traits.max_rec_aux),
        becomes=REC_AUX,
        objects=(rec,),
    )
    return start(m, op, got)


def _rec_create_refusals(m: Rmm, op: Operation) -> tuple[int, ...] | None:
    """With what an operation ends that gives its memory back; None if nothing is against it.

    What is against it now may be gone when it ends.
    """
    stage = op.stages["final"]
    try:
        held, _ = judged(m, stage, op.x)
    except Unknown:
        return None
    demanded, permitted = _refusals(m, stage, held)
    return (*demanded, *permitted) or None


def _rec_create_step(m: Rmm, op: Operation, got: Got) -> Expected:
    """The memory is there: now realm and parameters are looked at."""
    stage = op.stages["final"]
    held, (realm, params, rec) = judged(m, stage, op.x)
    m.judged = (stage, held)
    demanded, permitted = _refusals(m, stage, held)
    if demanded:
        op.why = stage.conditions[held[0][0]].meaning
    succeeds = not demanded if got is None else got[0] == RMI_SUCCESS
    if succeeds and realm is not None and params is not None:
        rec_create_final(m, realm, params, rec, got)
        m.recs[rec].aux, op.given = op.given, []
        m.operations.close(op)
        return (incomplete(MEM_RECLAIM) if demanded else RMI_SUCCESS, *quiet(m))
    if demanded or (permitted and not succeeds):
        return fail(m, op, (*demanded, *permitted), got)
    return (RMI_SUCCESS, *quiet(m))


def rec_create_final(m: Rmm, realm: Realm, params: RecParams, rec: int, got: Got) -> Expected:
    """The last step of REC_CREATE: the REC, without its auxiliary granules."""
    created = Rec(rec, realm.rd, params.mpidr, bool(params.flags & 1), [])
    created.gprs[: len(params.gprs)] = params.gprs
    created.pc = params.pc
    m.put(rec, REC)
    m.recs[rec] = created
    realm.rec_index += 1
    realm.num_recs += 1
    return OK


def rec_destroy(m: Rmm, rec: Rec, got: Got) -> Expected:
    """REC_DESTROY: the realm has one REC less at once, the memory comes back by and by."""
    realm = m.realms.get(rec.owner)
    if realm is not None:
        realm.num_recs -= 1
    op = begun(
        m,
        release,
        wants=MEM_RECLAIM if rec.aux or m.traits.sequence else MEM_NONE,
        given=list(rec.aux),
        objects=(rec.addr,),
    )
    return start(m, op, got)


def release(m: Rmm, op: Operation, got: Got) -> Expected:
    """The end of an operation that destroys: its objects are plain granules again."""
    for addr in (*op.objects, *op.given):
        m.put(addr, DELEGATED)
    op.given.clear()
    m.operations.close(op)
    return (RMI_SUCCESS, *quiet(m))
