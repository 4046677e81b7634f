"""What the traffic of test_respond has found: others are at work before an operation ends.

Of an RMM that is not the reference, whose every command may be an operation.
"""

from __future__ import annotations

import struct

from replay.rmm.values import GRANULE_NAME
from replay.verdict import OK, VIOLATION
from tests.replay.rmm.desk import (
    GLOBAL,
    INCOMPLETE,
    INPUT,
    NS,
    OTHER,
    PAGE,
    RAM,
    REALM,
    SUCCESS,
    Desk,
    realm_params,
    rec_params,
)
from tests.replay.rmm.small_realm import REC2, enter_call, small_realm

ROOT = RAM + PAGE
CANCEL = 4 << 8


def incomplete(wants: int) -> int:
    return INCOMPLETE | wants << 8


def test_a_range_that_others_have_taken_meanwhile_ends_with_an_error() -> None:
    for end, kind in ([INPUT], OK), ([SUCCESS, RAM + PAGE], VIOLATION):
        desk = Desk(OTHER)
        desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[incomplete(0), 7])
        desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[SUCCESS, RAM + PAGE])
        desk.delegate(ROOT)
        desk.ok("REALM_CREATE", RAM, NS, r=[SUCCESS], mem={NS: realm_params(ROOT)})
        assert desk.call("OP_CONTINUE", 7, r=end).kind == kind


def test_a_realm_in_the_making_keeps_its_granules() -> None:
    """PARTIAL until it ends; DELEGATED again if it fails, a realm if not."""
    for end, state in ([GLOBAL], "DELEGATED"), ([SUCCESS], "RD"):
        desk = Desk(OTHER)
        desk.delegate(RAM)
        desk.delegate(ROOT)
        params = {NS: realm_params(ROOT)}
        desk.ok("REALM_CREATE", RAM, NS, r=[incomplete(0), 0], mem=params)
        for addr in (RAM, ROOT):
            assert GRANULE_NAME[desk.state(addr) or 0] == "PARTIAL"
            desk.ok("GRANULE_RANGE_UNDELEGATE", addr, addr + PAGE, r=[INPUT])
        desk.call("OP_CONTINUE", 0, r=end)
        assert GRANULE_NAME[desk.state(RAM) or 0] == state


def test_a_realm_that_is_being_destroyed_is_none_any_more() -> None:
    for last, after in ("OP_CONTINUE", INPUT), ("OP_CANCEL", REALM):  # a ZOMBIE is not NEW
        desk = Desk(OTHER)
        desk.realm(RAM)
        desk.ok("REALM_TERMINATE", RAM, r=[SUCCESS])
        desk.ok("REALM_DESTROY", RAM, r=[INCOMPLETE | CANCEL, 0])
        desk.ok("REALM_ACTIVATE", RAM, r=[INPUT])
        desk.ok(last, 0, r=[SUCCESS])
        state = "DELEGATED" if last == "OP_CONTINUE" else "RD"
        assert GRANULE_NAME[desk.state(RAM) or 0] == state
        desk.ok("REALM_ACTIVATE", RAM, r=[after])


def test_why_a_rec_was_refused_holds_to_the_end() -> None:
    """The memory comes back first; that nothing is against the REC any more comes too late."""
    desk = Desk(OTHER)
    desk.realm(RAM)
    rec, aux, run = RAM + 8 * PAGE, RAM + 9 * PAGE, {NS: rec_params(0x100000000)}
    desk.delegate(rec, 2)
    desk.ok("REC_CREATE", RAM, rec, NS, r=[incomplete(1), 0, 1 << 2])
    given = {NS + PAGE: struct.pack("<Q", aux | 1 << 2)}
    desk.ok("OP_MEM_DONATE", 0, NS + PAGE, 1, r=[INCOMPLETE, 1], mem=given)
    desk.ok("OP_CONTINUE", 0, r=[incomplete(2)], mem=run)
    desk.ok("OP_MEM_RECLAIM", 0, NS + PAGE, 1, r=[INCOMPLETE, 1], out=given)
    desk.ok("OP_CONTINUE", 0, r=[INPUT])  # the parameters are not read again
    assert GRANULE_NAME[desk.state(rec) or 0] == "DELEGATED"


def test_cpu_on_of_a_rec_made_out_of_order() -> None:
    """2.0: an MPIDR beyond the number of RECs ever made; the host is asked to start its REC."""
    bench = small_realm("2.0", "another")
    bench.m.recs[REC2].mpidr = 5
    request = [0xC400_0003, 5, 0x1000, 9, 0, 0, 0, 0, 0]
    steps = [("enter", [0] * 9), ("smc", request)]
    out = {0: 3, 0x200: 0xC400_0003, 0x208: 5}  # PSCI
    verdict = bench.judge(enter_call(realm=steps, out=out))
    assert verdict.kind == OK, verdict
