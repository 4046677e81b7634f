"""Stateful operations: requests, donation, reclaim, handles.

Expectations are by hand from tf-rmm-behaviour, section 9; the reference here has 4
contexts and takes 4 granules for a REC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.addr_list import blocks
from replay.rmm.operation import Request
from replay.rmm.rtt import level_size
from replay.rmm.values import DELEGATED, PARTIAL, REC_AUX, UNDELEGATED
from tests.replay.rmm.desk import (
    ASKED,
    AUX,
    BLOCKED,
    BUSY,
    DEVICE,
    DONATE,
    INCOMPLETE,
    INPUT,
    LIST,
    MINUS_1,
    NS,
    PAGE,
    PARAMS,
    RAM,
    RD,
    REC,
    RECLAIM,
    REFERENCE,
    Desk,
    descriptor,
    ready,
    rec_params,
    words,
)

# --- requests ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "contiguous", "word"),
    [
        (16, False, 0x40),  # what REC_CREATE asks for
        (10, False, 0x28),
        (2, True, 0x10008),  # stream table of an SMMU
        (1, True, 0x10004),
        (512, False, 1 | 1 << 2),  # one block of 2 MiB
        (513, False, 513 << 2),
        (3 << 18, False, 2 | 3 << 2),  # three blocks of 1 GiB
    ],
)
def test_request_words(number: int, contiguous: bool, word: int) -> None:
    request = Request.pages(number, contiguous=contiguous)
    assert request.word == word
    assert request.granules == number
    assert Request.of(word) == request


@given(st.integers(0, (1 << 19) - 1))
def test_a_request_is_its_word(word: int) -> None:
    assert Request.of(word).word == word


@given(st.integers(1, 0x3FFF), st.integers(0, 3))
def test_requests_use_the_largest_blocks(number: int, size: int) -> None:
    granules = number << 9 * size
    request = Request.pages(granules)
    assert request.granules == granules
    assert request.size == max(s for s in range(4) if granules % (1 << 9 * s) == 0)


# --- donation ---------------------------------------------------------------------------


def test_donation_in_portions() -> None:
    desk = ready()
    desk.donate(r=[DONATE, 0, ASKED])
    desk.donate(0, descriptor(AUX, 0), r=[DONATE, 0, ASKED])  # empty descriptors
    desk.donate(descriptor(AUX, 2), 0, descriptor(AUX + 4 * PAGE), r=[DONATE, 3, 1 << 2])
    desk.donate(descriptor(AUX + 9 * PAGE), r=[INCOMPLETE, 1])
    taken = [n for n, state in enumerate(desk.states(AUX, 16)) if state == REC_AUX]
    assert taken == [0, 1, 4, 9]


def test_donation_stops_at_what_cannot_be_taken() -> None:
    """A granule that is the host's, and one that is listed twice."""
    desk = ready()
    desk.donate(descriptor(AUX), descriptor(AUX), descriptor(AUX + PAGE), r=[DONATE, 1, 3 << 2])
    desk.donate(descriptor(AUX + PAGE), descriptor(NS), r=[DONATE, 1, 2 << 2])
    assert desk.states(AUX, 3) == [REC_AUX, REC_AUX, DELEGATED]


def test_a_first_granule_that_cannot_be_taken_ends_it() -> None:
    desk = ready()
    desk.donate(descriptor(AUX), r=[DONATE, 1, 3 << 2])
    desk.donate(descriptor(NS), descriptor(AUX + PAGE), r=[RECLAIM])
    desk.ok("OP_MEM_DONATE", 0, LIST, 1, r=[INPUT], mem={LIST: words(descriptor(AUX + PAGE))})
    out = {LIST: words(descriptor(AUX))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 4, r=[INCOMPLETE, 1], out=out)
    desk.ok("OP_CONTINUE", 0, 0, r=[INPUT])
    assert (desk.state(AUX), desk.state(REC)) == (DELEGATED, DELEGATED)


def test_nothing_to_give_back() -> None:
    """Failed at the very first granule: one RECLAIM, of nothing, is asked for all the same."""
    desk = ready()
    desk.donate(descriptor(NS), r=[RECLAIM])
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 0, r=[RECLAIM, 0])
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 1, r=[INCOMPLETE, 0])
    desk.ok("OP_CONTINUE", 0, 0, r=[INPUT])


BIG = RAM + (2 << 20)


@pytest.mark.parametrize(
    ("descriptors", "condition"),
    [
        ([descriptor(AUX, 5)], "too_much"),
        ([descriptor(AUX, 2), descriptor(AUX + 8 * PAGE, 3)], "too_much"),
        ([descriptor(BIG, 1, 1)], "too_much"),  # 2 MiB
        ([descriptor(AUX, 1, 1)], "list_valid"),  # 2 MiB, not aligned to it
        ([descriptor(AUX, 1, state=1)], "list_valid"),
        ([0, descriptor(AUX, 1, state=1)], "list_valid"),
    ],
)
def test_lists_that_are_refused(descriptors: list[int], condition: str) -> None:
    """Nothing changes, and the operation waits for a donation as before."""
    desk = ready()
    desk.donate(*descriptors, r=[INPUT])
    assert condition in desk.held()
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])


@pytest.mark.parametrize("at", [0, LIST + 1, LIST + 4, AUX, DEVICE, MINUS_1 - 0xFFF])
def test_a_list_that_cannot_be_read(at: int) -> None:
    desk = ready()
    for count in (0, 1):
        desk.ok("OP_MEM_DONATE", 0, at, count, r=[INPUT])
        desk.wrong("OP_MEM_DONATE", 0, at, count, r=[DONATE, 0, ASKED])


def test_a_list_ends_with_its_page() -> None:
    desk = ready()
    last = LIST + PAGE - 8
    mem = {last: words(descriptor(AUX))}
    desk.ok("OP_MEM_DONATE", 0, last, 4, r=[DONATE, 1, 3 << 2], mem=mem)


def test_contiguous_memory_comes_at_once() -> None:
    desk = Desk({**REFERENCE, "psmmu_ns_base": [DEVICE]})
    desk.delegate(AUX, 16)
    desk.ok("PSMMU_ACTIVATE", DEVICE, NS, r=[DONATE, 0, 0x10008], mem={NS: words(0)})
    for wrong, condition in (
        ([descriptor(AUX)], "contig_partial"),
        ([descriptor(AUX), descriptor(AUX + PAGE)], "list_valid"),
        ([descriptor(AUX + PAGE, 2)], "list_valid"),  # not aligned to its size
    ):
        desk.donate(*wrong, r=[INPUT])
        assert condition in desk.held()
    desk.donate(r=[DONATE, 0, 0x10008])
    desk.donate(descriptor(AUX, 2), r=[DONATE, 2, 0x10004])


# --- reclaim ----------------------------------------------------------------------------


def _failed(addrs: Sequence[int], asked: int) -> Desk:
    """An operation that has failed and holds these granules."""
    desk = Desk({**REFERENCE, "max_rec_aux": asked})
    desk.realm(RD)
    desk.delegate(REC)
    for addr in addrs:
        desk.delegate(addr)
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[DONATE, 0, asked << 2])
    left = asked - len(addrs)
    desk.donate(*map(descriptor, addrs), r=[DONATE, len(addrs), left << 2])
    desk.donate(descriptor(NS), r=[RECLAIM])
    return desk


def test_sixteen_granules_by_seven() -> None:
    """The example of section 9.2: 7, 7 and 2 granules, one descriptor each."""
    desk = _failed([AUX + i * PAGE for i in range(16)], 17)
    for base, count, x0 in ((0, 7, RECLAIM), (7, 7, RECLAIM), (14, 2, INCOMPLETE)):
        out = {LIST: words(descriptor(AUX + base * PAGE, count))}
        desk.ok("OP_MEM_RECLAIM", 0, LIST, 7, r=[x0, 1], out=out)
        assert desk.state(AUX + (base + count - 1) * PAGE) == DELEGATED


def test_neighbours_are_merged_at_either_end() -> None:
    """Granules 5, 9, 6, 4, 8: [4, 7) and [8, 10)."""
    desk = _failed([AUX + i * PAGE for i in (5, 9, 6, 4, 8)], 8)
    out = {LIST: words(descriptor(AUX + 4 * PAGE, 3), descriptor(AUX + 8 * PAGE, 2))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 64, r=[INCOMPLETE, 2], out=out)


def test_a_wrong_list_is_seen() -> None:
    for listed in (descriptor(AUX, 3), descriptor(AUX + PAGE, 2), descriptor(AUX, 2, state=1)):
        desk = _failed([AUX, AUX + PAGE], 4)
        verdict = desk.wrong(
            "OP_MEM_RECLAIM", 0, LIST, 64, r=[INCOMPLETE, 1], out={LIST: words(listed)}
        )
        assert f"{listed:#x}" in verdict.why
    desk = _failed([AUX, AUX + PAGE], 4)
    desk.wrong("OP_MEM_RECLAIM", 0, LIST, 64, r=[INCOMPLETE, 2])
    desk = _failed([AUX, AUX + PAGE], 4)
    desk.wrong("OP_MEM_RECLAIM", 0, LIST, 64, r=[RECLAIM, 1])


def test_a_list_that_cannot_be_written() -> None:
    """The granules are DELEGATED already, and told at the next try, whatever its count."""
    desk = _failed([AUX, AUX + 4 * PAGE, AUX + 5 * PAGE], 4)
    desk.ok("OP_MEM_RECLAIM", 0, LIST + 4, 2, r=[INPUT])  # not aligned: nothing happens
    assert desk.state(AUX) == REC_AUX
    desk.ok("OP_MEM_RECLAIM", 0, RD, 2, r=[INPUT])
    assert desk.states(AUX, 6)[0::4] == [DELEGATED, DELEGATED]
    assert desk.state(AUX + 5 * PAGE) == REC_AUX
    desk.ok("OP_MEM_RECLAIM", 0, 0, 0, r=[RECLAIM, 0])  # no list, no page looked at
    out = {LIST: words(descriptor(AUX))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 1, r=[RECLAIM, 1], out=out)
    out = {LIST: words(descriptor(AUX + 4 * PAGE))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 9, r=[RECLAIM, 1], out=out)
    out = {LIST: words(descriptor(AUX + 5 * PAGE))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 9, r=[INCOMPLETE, 1], out=out)


@given(st.permutations(range(12)), st.lists(st.integers(1, 6), min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_reclaim_gives_back_what_was_donated(order: list[int], counts: list[int]) -> None:
    """Whatever the order and the portions: each granule once, none left, none invented."""
    addrs = [AUX + n * PAGE for n in order]
    desk = _failed(addrs, 16)
    expected: Iterator[int] = iter(addrs)
    back: list[int] = []
    for count in counts:
        held = len(addrs) - len(back)
        portion = [next(expected) for _ in range(min(count, held))]
        ranges = _by_hand(portion)
        out = {LIST: words(*(descriptor(base, n) for base, n in ranges))}
        x0 = RECLAIM if held > count else INCOMPLETE
        desk.ok("OP_MEM_RECLAIM", 0, LIST, count, r=[x0, len(ranges)], out=out)
        back += portion
        assert {a for a in addrs if desk.state(a) == DELEGATED} == set(back)
        if x0 == INCOMPLETE:
            break
    assert sorted(back) == sorted(addrs)


def _by_hand(portion: list[int]) -> list[tuple[int, int]]:
    """Ranges as section 9.2 says, by sets: a granule joins the first range it borders on."""
    ranges: list[set[int]] = []
    for addr in portion:
        for pages in ranges:
            if {addr - PAGE, addr + PAGE} & pages:
                pages.add(addr)
                break
        else:
            ranges.append({addr})
    return [(min(pages), len(pages)) for pages in ranges]


# --- handles and contexts ---------------------------------------------------------------


def test_the_lowest_free_handle() -> None:
    desk = ready(rec=False)
    for n in range(3):
        desk.ok("REC_CREATE", RD, AUX + n * PAGE, PARAMS, r=[DONATE, n, ASKED])
    desk.donate(descriptor(NS), r=[RECLAIM], handle=1)
    desk.ok("OP_MEM_RECLAIM", 1, LIST, 1, r=[INCOMPLETE, 0])
    desk.ok("OP_CONTINUE", 1, 0, r=[INPUT])
    desk.wrong("REC_CREATE", RD, REC, PARAMS, r=[DONATE, 3, ASKED])
    assert set(desk.m.operations.open) == {0, 2, 3}  # adopted: what the host goes on with
    desk.ok("REC_CREATE", RD, AUX + 8 * PAGE, PARAMS, r=[DONATE, 1, ASKED])


def test_no_context_is_free() -> None:
    """BLOCKED, at the place in the order of checks that each command has for it."""
    desk = ready(rec=False)
    for n in range(4):
        desk.ok("REC_CREATE", RD, AUX + n * PAGE, PARAMS, r=[DONATE, n, ASKED])
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[BLOCKED])
    desk.ok("REC_CREATE", RD, NS, PARAMS, r=[INPUT])
    desk.ok("REC_DESTROY", NS, r=[BLOCKED])
    desk.ok("RTT_DATA_MAP", 1, 2, 3, r=[BLOCKED])
    desk.ok("RTT_DATA_UNMAP", 1, 2, 3, r=[BLOCKED])
    desk.ok("RTT_DEV_UNMAP", 1, 2, 3, r=[BLOCKED])
    desk.wrong("REC_DESTROY", NS, r=[INPUT])
    desk.wrong("REC_CREATE", RD, REC, PARAMS, r=[BUSY])  # there is no other CPU
    desk.wrong("REC_CREATE", RD, REC, PARAMS, r=[DONATE, 4, ASKED])


def test_the_reference_is_blocked_only_then() -> None:
    desk = ready()
    desk.wrong("REC_CREATE", RD, AUX, PARAMS, r=[BLOCKED])
    desk.wrong("REALM_ACTIVATE", RD, r=[BLOCKED])


def test_another_cpu_may_hold_a_context() -> None:
    desk = Desk({**REFERENCE, "sro_contexts": 1}, cpus=2)
    desk.delegate(AUX, 2)
    desk.ok("REC_CREATE", RD, AUX, PARAMS, r=[DONATE, 0, ASKED])
    for status in (BLOCKED, BUSY):
        desk.ok("REC_CREATE", RD, AUX + PAGE, PARAMS, r=[status])


def test_only_the_expected_call_goes_on() -> None:
    desk = ready()
    mem = {LIST: words(descriptor(AUX, 4))}
    calls = {
        "OP_MEM_DONATE": (LIST, 1),
        "OP_MEM_RECLAIM": (LIST, 1),
        "OP_CONTINUE": (0,),
        "OP_CANCEL": (),
    }

    def only(name: str) -> None:
        for other in calls.keys() - {name}:
            desk.ok(other, 0, *calls[other], r=[INPUT], mem=mem)
            assert len(desk.held()) == 1
        for other, x in calls.items():
            for handle in (1, 160, MINUS_1):
                desk.ok(other, handle, *x, r=[INPUT], mem=mem)

    only("OP_MEM_DONATE")
    desk.ok("OP_MEM_DONATE", 0, LIST, 1, r=[INCOMPLETE, 4], mem=mem)
    only("OP_CONTINUE")
    desk.finish(3, r=[RECLAIM])
    only("OP_MEM_RECLAIM")


# --- a long run -------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_granules_stay_accounted_for(moves: list[int]) -> None:
    """Operations that donate and take back at will: no granule is lost, none is in two hands."""
    desk = Desk()
    pool = [AUX + n * PAGE for n in range(12)]
    for addr in pool:
        desk.delegate(addr)
    for move in moves:
        _anything(desk, pool, move)
        ops = desk.m.operations.open
        held = [a for op in ops.values() for a in (*op.given, *op.objects)]
        assert len(held) == len(set(held))
        for addr in pool:
            assert (desk.state(addr) in (PARTIAL, REC_AUX)) == (addr in held)
        for op in ops.values():
            assert all(desk.state(a) == PARTIAL for a in op.objects)
        listed = [b.addr for op in ops.values() for b in blocks(op.listed)]
        assert all(desk.state(a) == DELEGATED for a in listed)


def _anything(desk: Desk, pool: list[int], move: int) -> None:
    """Call what may be called now, with the result that the model itself gives."""
    free = [a for a in pool if desk.state(a) == DELEGATED]
    ops = desk.m.operations.open
    if (move == 0 or not ops) and free:
        handle = desk.m.operations.free_handle()
        r = [BLOCKED] if desk.m.operations.full else [DONATE, handle, ASKED]
        desk.ok("REC_CREATE", RD, free[0], PARAMS, r=r)
        return
    handle, op = list(ops.items())[move % len(ops)]
    if op.request is not None and op.wants == 1:
        offer = free[: move % 3] or [NS]
        taken = 0 if offer == [NS] else min(len(offer), op.request.granules)
        offer = offer[: op.request.granules] if offer != [NS] else offer
        left = op.request.granules - taken
        r = [RECLAIM] if not taken else [DONATE, taken, left << 2] if left else [INCOMPLETE, taken]
        desk.donate(*map(descriptor, offer), r=r, handle=handle)
    elif op.wants == 2:
        room = 1 + move % 3
        portion = _by_hand(op.given[:room])
        x0 = RECLAIM if len(op.given) > room else INCOMPLETE
        desk.ok("OP_MEM_RECLAIM", handle, LIST, room, r=[x0, len(portion)])
    else:
        r = [RECLAIM] if op.ends is None else [INPUT]  # there is no realm at RD
        desk.ok("OP_CONTINUE", handle, 0, r=r, mem={PARAMS: rec_params()})


def test_blocks_of_the_desk_are_what_they_seem() -> None:
    """The descriptors of these tests, read back."""
    (block,) = blocks([descriptor(BIG, 1, 1)])
    assert (block.addr, level_size(block.level), block.state) == (BIG, 2 << 20, 0)
    assert [b.addr for b in blocks([descriptor(AUX, 2)])] == [AUX, AUX + PAGE]
    assert UNDELEGATED == 0
