"""Stateful operations of another implementation than the reference: what it may do."""

from __future__ import annotations

from replay.rmm.values import DELEGATED, REC_AUX
from replay.rmm.values import REC as REC_STATE
from tests.replay.rmm.desk import (
    AUX,
    DONATE,
    INCOMPLETE,
    INPUT,
    LIST,
    NS,
    OTHER,
    PAGE,
    PARAMS,
    RD,
    REALM,
    REC,
    RECLAIM,
    SUCCESS,
    Desk,
    descriptor,
    rec_params,
    words,
)


def _other() -> Desk:
    desk = Desk(OTHER)
    desk.realm(RD)
    desk.delegate(REC)
    desk.delegate(AUX, 16)
    return desk


def test_it_may_have_other_handles_and_wishes() -> None:
    desk = _other()
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[DONATE | 1 << 10, 77, 2 << 2])
    desk.wrong("REC_CREATE", RD, AUX + 8 * PAGE, PARAMS, r=[DONATE, 77, 2 << 2])
    desk.ok("OP_MEM_DONATE", 77, LIST, 1, r=[INPUT], mem={LIST: words(descriptor(AUX, 3))})
    desk.donate(descriptor(AUX, 2), r=[DONATE, 1, 5 << 2], handle=77)
    assert desk.states(AUX, 2) == [REC_AUX, DELEGATED]
    desk.donate(descriptor(AUX + PAGE, 4), r=[INCOMPLETE, 4], handle=77)
    desk.finish(0, r=[SUCCESS], handle=77)
    assert desk.m.recs[REC].aux == [AUX + i * PAGE for i in range(5)]


def test_it_may_be_done_at_once() -> None:
    desk = _other()
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[SUCCESS], mem={PARAMS: rec_params()})
    assert desk.state(REC) == REC_STATE
    desk.ok("REC_DESTROY", REC, r=[SUCCESS])
    assert (desk.state(REC), desk.m.realms[RD].num_recs) == (DELEGATED, 0)


def test_it_may_refuse_at_once() -> None:
    desk = _other()
    params = {PARAMS: rec_params(0)}
    desk.ok("REC_CREATE", NS, REC, PARAMS, r=[INPUT], mem=params)
    desk.wrong("REC_CREATE", RD, REC, PARAMS, r=[REALM], mem=params)
    desk.ok("REALM_ACTIVATE", RD, r=[SUCCESS])
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[REALM], mem=params)
    desk.wrong("REC_CREATE", RD, REC, PARAMS, r=[INPUT], mem=params)
    assert desk.state(REC) == DELEGATED
    assert not desk.m.operations.open and not desk.m.recs


def test_it_may_take_any_unused_mpidr() -> None:
    for r in ([SUCCESS], [INPUT]):
        desk = _other()
        mem = {PARAMS: rec_params(0x300)}
        desk.ok("REC_CREATE", RD, REC, PARAMS, r=r, mem=mem)
    desk = _other()
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[SUCCESS], mem={PARAMS: rec_params(0x300)})
    desk.wrong("REC_CREATE", RD, AUX, PARAMS, r=[SUCCESS], mem={PARAMS: rec_params(0x300)})


def test_refusing_does_not_end_another_operation() -> None:
    desk = _other()
    desk.ok("REC_CREATE", RD, AUX, PARAMS, r=[DONATE, 0, 4])
    desk.ok("REC_CREATE", NS, REC, PARAMS, r=[INPUT], mem={PARAMS: rec_params()})
    desk.donate(descriptor(AUX + PAGE), r=[INCOMPLETE, 1])


def test_it_cannot_take_what_is_not_delegated() -> None:
    desk = _other()
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[DONATE, 0, 4 << 2])
    mem = {LIST: words(descriptor(AUX), descriptor(NS))}
    verdict = desk.wrong("OP_MEM_DONATE", 0, LIST, 2, r=[DONATE, 2, 2 << 2], mem=mem)
    assert "only 1" in verdict.why


def test_it_cannot_keep_or_invent_memory() -> None:
    for listed, why in (
        (descriptor(AUX), "not given back"),
        (descriptor(AUX, 3), "was not donated"),
        (descriptor(NS, 2), "was not donated"),
    ):
        desk = _other()
        desk.ok("REC_CREATE", RD, REC, PARAMS, r=[DONATE, 0, 2 << 2])
        desk.donate(descriptor(AUX, 2), r=[INCOMPLETE, 2])
        desk.finish(0, r=[SUCCESS])
        desk.ok("REC_DESTROY", REC, r=[RECLAIM, 6])
        out = {LIST: words(listed)}
        verdict = desk.wrong("OP_MEM_RECLAIM", 6, LIST, 1, r=[INCOMPLETE, 1], out=out)
        assert why in verdict.why


def test_it_may_be_cancelled() -> None:
    desk = _other()
    desk.ok("REC_CREATE", RD, REC, PARAMS, r=[DONATE | 1 << 10, 0, 2 << 2])
    desk.donate(descriptor(AUX), r=[DONATE | 1 << 10, 1, 1 << 2])
    desk.ok("OP_CANCEL", 0, r=[RECLAIM])
    out = {LIST: words(descriptor(AUX))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 1, r=[INCOMPLETE, 1], out=out)
    desk.ok("OP_CONTINUE", 0, 0, r=[INPUT])
    assert (desk.state(AUX), desk.state(REC)) == (DELEGATED, DELEGATED)
    desk.ok("OP_CANCEL", 0, r=[INPUT])
