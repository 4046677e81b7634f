"""Creation and end of RECs in 2.0: tf-rmm-behaviour, sections 11.1 and 11.2."""

from __future__ import annotations

import pytest

from replay.rmm.values import DELEGATED, PARTIAL, REC_AUX, REC_RUNNING
from replay.rmm.values import REC as REC_STATE
from tests.replay.rmm.desk import (
    ASKED,
    AUX,
    BLOCKED,
    BUSY,
    DONATE,
    FEATURES,
    INCOMPLETE,
    INPUT,
    LIST,
    NS,
    PAGE,
    PARAMS,
    RD,
    REALM,
    REC,
    RECLAIM,
    REFERENCE,
    SUCCESS,
    Desk,
    descriptor,
    ready,
    rec_params,
    words,
)


def test_a_recs_life() -> None:
    desk = ready()
    assert desk.state(REC) == PARTIAL
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    assert desk.states(AUX, 5) == [REC_AUX] * 4 + [DELEGATED]
    desk.finish(0, r=[SUCCESS])
    rec, realm = desk.m.recs[REC], desk.m.realms[RD]
    assert desk.state(REC) == REC_STATE
    assert (rec.owner, rec.mpidr, rec.runnable, rec.pc) == (RD, 0, True, 0x1000)
    assert rec.gprs[:9] == [0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0]
    assert rec.aux == [AUX, AUX + PAGE, AUX + 2 * PAGE, AUX + 3 * PAGE]
    assert (realm.num_recs, realm.rec_index) == (1, 1)
    assert not desk.m.operations.open
    desk.ok("OP_CONTINUE", 0, 0, r=[INPUT])  # the handle is dead

    desk.ok("REC_DESTROY", REC, r=[RECLAIM, 0])
    assert (desk.state(REC), realm.num_recs, realm.rec_index) == (PARTIAL, 0, 1)
    desk.ok("REC_DESTROY", REC, r=[INPUT])
    listed = {LIST: words(descriptor(AUX, 4))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 512, r=[INCOMPLETE, 1], out=listed)
    assert desk.states(AUX, 4) == [DELEGATED] * 4
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    assert desk.state(REC) == DELEGATED
    assert REC not in desk.m.recs


def test_a_destroyed_recs_index_is_gone() -> None:
    desk = ready()
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.finish(0, r=[SUCCESS])
    desk.ok("REC_DESTROY", REC, r=[RECLAIM, 0])
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 9, r=[INCOMPLETE, 1])
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[DONATE, 0, ASKED])
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.finish(0, r=[RECLAIM])  # MPIDR 0 was used
    assert desk.m.operations.open[0].ends == (INPUT,)


@pytest.mark.parametrize(
    ("rd", "params", "memory", "status"),
    [
        (RD, PARAMS + 8, None, INPUT),  # not aligned
        (RD, REC, None, INPUT),  # no page of the host
        (RD + PAGE, PARAMS, rec_params(), INPUT),  # an RTT
        (RD + 1, PARAMS, rec_params(), INPUT),
        (NS, PARAMS, rec_params(), INPUT),
        (RD, PARAMS, rec_params(1), INPUT),  # not the next index
        (RD, PARAMS, rec_params(1 << 4), INPUT),  # a reserved bit
        (RD, PARAMS, rec_params(1 << 63), INPUT),
        (RD, PARAMS, rec_params(1 << 32), INPUT),
    ],
)
def test_a_rec_that_cannot_be(rd: int, params: int, memory: bytes | None, status: int) -> None:
    """It is found at the last step: the host gets its memory back, then the status."""
    desk = ready(rec=False)
    mem = None if memory is None else {params: memory}
    desk.ok("REC_CREATE", rd, REC, params, r=[DONATE, 0, ASKED], mem=mem)
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.ok("OP_CONTINUE", 0, 0, r=[RECLAIM], mem=mem)
    assert desk.state(REC) == PARTIAL
    desk.ok("OP_CONTINUE", 0, 0, r=[INPUT])  # not its turn
    out = {LIST: words(descriptor(AUX, 4))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 4, r=[INCOMPLETE, 1], out=out)
    desk.ok("OP_CONTINUE", 0, 0, r=[status], mem=mem)
    assert desk.states(AUX, 4) == [DELEGATED] * 4
    assert desk.state(REC) == DELEGATED
    assert not desk.m.operations.open


@pytest.mark.parametrize("command", ["REALM_ACTIVATE", "REALM_TERMINATE"])
def test_a_rec_for_a_realm_that_is_not_new(command: str) -> None:
    desk = ready()
    desk.ok(command, RD, r=[SUCCESS])
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.finish(0, r=[RECLAIM])
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 4, r=[INCOMPLETE, 1])
    desk.ok("OP_CONTINUE", 0, 0, r=[REALM])


def test_a_realm_with_all_the_recs_it_may_have() -> None:
    """MAX_RECS_ORDER says how many; checked before the realm's state."""
    desk = Desk(features=FEATURES | {1: 0})  # order 0: none
    desk.realm(RD)
    desk.delegate(REC)
    desk.delegate(AUX, 4)
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[DONATE, 0, ASKED])
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.finish(0, r=[RECLAIM])
    assert desk.m.operations.open[0].ends == (REALM,)


def test_wrong_ends() -> None:
    """A status that was not announced, or an end before the memory is back."""
    desk = ready()
    desk.wrong("OP_CONTINUE", 0, 0, r=[SUCCESS])
    desk = ready()
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.wrong("OP_CONTINUE", 0, 0, r=[INPUT], mem={PARAMS: rec_params()})
    assert desk.state(REC) == DELEGATED  # adopted
    desk = ready()
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.wrong("OP_CONTINUE", 0, 0, r=[SUCCESS], mem={PARAMS: rec_params(5)})
    assert REC in desk.m.recs  # adopted
    desk = ready()
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.wrong("OP_CONTINUE", 0, 0, r=[RECLAIM], mem={PARAMS: rec_params(0)})
    assert desk.m.operations.open  # adopted
    for r in ([SUCCESS], [INCOMPLETE, 0], [DONATE, 1, ASKED], [DONATE, 0, 5 << 2], [REALM]):
        desk = ready(rec=False)
        desk.wrong("REC_CREATE", RD, REC, PARAMS, r=r)


def test_a_rec_that_runs_stays() -> None:
    desk = ready()
    desk.donate(descriptor(AUX, 4), r=[INCOMPLETE, 4])
    desk.finish(0, r=[SUCCESS])
    desk.m.recs[REC].state = REC_RUNNING
    desk.ok("REC_DESTROY", REC, r=[3])
    assert desk.held() == ["running"]
    desk.wrong("REC_DESTROY", REC, r=[RECLAIM, 0])


def test_destruction_needs_a_context() -> None:
    desk = Desk({**REFERENCE, "sro_contexts": 1}, cpus=2)
    desk.delegate(AUX)
    desk.ok("REC_CREATE", RD, AUX, PARAMS, r=[DONATE, 0, ASKED])
    for status in (BLOCKED, BUSY):
        desk.ok("REC_DESTROY", REC, r=[status])
    assert desk.held() == ["sro", "sro_all_sealed", "rec_state"]
