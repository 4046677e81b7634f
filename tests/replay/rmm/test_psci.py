"""PSCI: what the RMM answers itself, what it leaves to the host, and PSCI_COMPLETE."""

from __future__ import annotations

from itertools import product

import pytest

from replay.engine import Engine
from replay.rmm.helpers.enter import (
    names_rec,
    psci_return_known,
    psci_return_permitted,
)
from replay.rmm.realm_side import psci
from replay.rmm.realm_side.outcome import Outcome
from replay.rmm.rec import PsciRequest, Rec
from replay.rmm.run_page import fits
from replay.rmm.values import EXIT_PSCI, REC_RUNNING
from tests.replay.rmm.small_realm import (
    PROTECTED_TOP,
    RD0,
    REC0,
    REC1,
    REC2,
    complete_call,
    small_realm,
    step,
    why,
)

SUCCESS, OFF = 0, 1
MINUS = {n: (1 << 64) - n for n in range(1, 10)}
ENTRY, CONTEXT = 0x1000, 0x77
CPU_ON_64, CPU_ON_32 = 0xC4000003, 0x84000003
AFFINITY_64, AFFINITY_32 = 0xC4000004, 0x84000004


def call(*registers: int) -> Outcome:
    m = small_realm().m
    return psci.psci(m, m.realms[RD0], m.recs[REC0], step(*registers))


def check(outcome: Outcome, codes: set[int], forwarded: bool) -> None:
    """Exactly `codes` may be answered, and the host be asked iff `forwarded`."""
    tried = {SUCCESS, OFF, *MINUS.values()}
    allowed = {c for c in tried for answer in outcome.answers if fits(answer[0], c)}
    assert allowed == codes
    assert (outcome.exit is not None) == forwarded


# --- calls of the realm (fact sheet 1.0, section 8) ---------------------------


def test_version_is_at_least_1_1() -> None:
    (answer,) = call(0x84000000).answers
    versions = [0x1_0000, 0x1_0001, 0x1_0002, 0x2_0000, 1 << 31]
    assert [fits(answer[0], v) for v in versions] == [False, True, True, True, False]
    assert not fits(answer[0], MINUS[1])


@pytest.mark.parametrize(
    ("fid", "codes"),
    [
        *((fid, {SUCCESS}) for fid in (CPU_ON_64, CPU_ON_32, AFFINITY_64, AFFINITY_32)),
        *((fid, {SUCCESS}) for fid in (0xC4000001, 0x84000001, 0x84000002)),
        *((fid, {SUCCESS}) for fid in (0x84000008, 0x84000009, 0x8400000A)),
        *((fid, {MINUS[1]}) for fid in (0x84000005, 0xC4000007, 0xC4000008, 0xC4000190, 0)),
    ],
)
def test_features(fid: int, codes: set[int]) -> None:
    check(call(0x8400000A, fid), codes, forwarded=False)


@pytest.mark.parametrize(
    "fid", [0x84000001, 0xC4000001, 0x84000002, 0x84000008, 0x84000009], ids=hex
)
def test_calls_that_always_exit_tell_only_their_number(fid: int) -> None:
    outcome = call(fid, 1, 2, 3)
    check(outcome, set(), forwarded=True)
    assert outcome.exit is not None
    assert outcome.exit.reason == EXIT_PSCI
    assert outcome.exit.gprs == [fid, *[0] * 30]


@pytest.mark.parametrize("fid", [0x84000005, 0x84000006, 0xC4000010], ids=hex)
def test_other_functions_do_not_exist(fid: int) -> None:
    check(call(fid), {MINUS[1]}, forwarded=False)


@pytest.mark.parametrize("fid", [CPU_ON_32, CPU_ON_64], ids=hex)
@pytest.mark.parametrize(
    ("mpidr", "entry", "codes", "forwarded"),
    [
        (2, ENTRY, set(), True),  # is off
        (1, ENTRY, {MINUS[4]}, True),  # is on: the RMM may know or leave it to the host
        (0, ENTRY, {MINUS[4]}, False),  # the caller itself
        (3, ENTRY, {MINUS[2]}, False),  # nobody
        (2, PROTECTED_TOP, {MINUS[9]}, False),
        (2, PROTECTED_TOP - 4, set(), True),
        (3, PROTECTED_TOP, {MINUS[2], MINUS[9]}, False),  # the checks are not ordered
        (1 << 32, ENTRY, {MINUS[2]}, False),  # Aff3 in register layout: REC 2^20
        (1 << 24 | 2, ENTRY, set(), True),  # bit 24 is no affinity
    ],
)
def test_cpu_on(fid: int, mpidr: int, entry: int, codes: set[int], forwarded: bool) -> None:
    outcome = call(fid, mpidr, entry, CONTEXT)
    check(outcome, codes, forwarded)
    if outcome.exit is not None:
        assert outcome.exit.gprs == [fid, mpidr, *[0] * 29]


@pytest.mark.parametrize("fid", [AFFINITY_32, AFFINITY_64], ids=hex)
@pytest.mark.parametrize(
    ("mpidr", "level", "codes", "forwarded"),
    [
        (1, 0, set(), True),
        (2, 0, set(), True),
        (0, 0, {SUCCESS}, False),  # the caller is on
        (3, 0, {MINUS[2]}, False),
        (1, 1, {MINUS[2]}, False),
        (0, 1, {SUCCESS, MINUS[2]}, False),
    ],
)
def test_affinity_info(fid: int, mpidr: int, level: int, codes: set[int], forwarded: bool) -> None:
    check(call(fid, mpidr, level), codes, forwarded)


def test_a_destroyed_rec_may_be_left_to_the_host() -> None:
    m = small_realm().m
    del m.recs[REC2]
    found = psci.psci(m, m.realms[RD0], m.recs[REC0], step(CPU_ON_64, 2, ENTRY))
    check(found, {MINUS[2]}, forwarded=True)


# --- PSCI_COMPLETE ------------------------------------------------------------


def ask(fid: int, mpidr: int, rmi: str = "1.0", name: str = "tf-rmm") -> Engine:
    """REC 0 has asked; its registers, and those of the others, are marked."""
    engine = small_realm(rmi, name)
    caller = engine.m.recs[REC0]
    caller.psci = PsciRequest(fid, mpidr, ENTRY, CONTEXT)
    caller.named_mpidr = mpidr
    for rec in engine.m.recs.values():
        rec.gprs = list(range(200, 231))
    return engine


@pytest.mark.parametrize(
    ("fid", "target", "status", "x0"),
    [
        (CPU_ON_64, REC2, SUCCESS, SUCCESS),
        (CPU_ON_32, REC2, SUCCESS, SUCCESS),
        (CPU_ON_64, REC1, SUCCESS, MINUS[4]),
        (CPU_ON_64, REC2, MINUS[3], MINUS[3]),
        (AFFINITY_64, REC1, SUCCESS, 0),
        (AFFINITY_32, REC2, SUCCESS, OFF),
    ],
)
def test_what_the_caller_finds(fid: int, target: int, status: int, x0: int) -> None:
    index = {REC1: 1, REC2: 2}[target]
    engine = ask(fid, index)
    verdict = engine.judge(complete_call(REC0, target, status))
    assert verdict.kind == "ok", why(verdict)
    caller, other = engine.m.recs[REC0], engine.m.recs[target]
    assert caller.gprs == [x0, 0, 0, 0, *range(204, 231)]
    assert caller.psci is None
    started = x0 == SUCCESS and fid in (CPU_ON_64, CPU_ON_32)
    assert other.gprs == ([CONTEXT, *[0] * 30] if started else list(range(200, 231)))
    assert other.runnable == (started or target == REC1)
    if started:
        assert other.pc == ENTRY
    # Once is enough.
    again = engine.judge(complete_call(REC0, target, status))
    assert again.kind == "violation"
    # x1 of the caller is 0 now: no MPIDR of these targets.
    assert {"pending", "target"} <= {reason.id for reason in again.conditions}


@pytest.mark.parametrize(
    ("caller", "target", "status", "ids"),
    [
        (REC0, REC0, 0, {"alias", "target"}),
        (REC0, REC1, 0, {"target"}),
        (REC1, REC2, 0, {"pending", "target"}),
        (REC0, REC2, 1, {"status"}),
        (REC0, REC2, MINUS[4], {"status"}),
        (REC0, REC2, 0xFFFF_FFFD, {"status"}),  # -3 in 32 bits is another number
        (REC0 + 8, REC2, 0, {"calling_align"}),
        (REC0, REC2 + 8, 0, {"target_align"}),
        (REC0, 0x1000, 0, {"target_bound"}),
        (RD0, REC2, 0, {"calling_state"}),
    ],
)
def test_conditions_of_1_0(caller: int, target: int, status: int, ids: set[str]) -> None:
    engine = ask(CPU_ON_64, 2)
    verdict = engine.judge(complete_call(caller, target, status))
    assert {reason.id for reason in verdict.conditions} == ids
    assert verdict.kind == "violation"
    other = ask(CPU_ON_64, 2)
    assert other.judge(complete_call(caller, target, status, result=1)).kind == "ok"
    assert other.m.recs[REC0].psci is not None  # a refusal changes nothing


def test_recs_of_two_realms() -> None:
    engine = ask(CPU_ON_64, 2)
    engine.m.recs[REC2].owner = 0
    assert engine.judge(complete_call(REC0, REC2, result=1)).kind == "ok"
    assert engine.judge(complete_call(REC0, REC2)).kind == "violation"


def rec(fid: int | None = None, runnable: bool = False) -> Rec:
    made = Rec(REC0, RD0, 0, runnable, [])
    made.psci = None if fid is None else PsciRequest(fid, 0, None, None)
    return made


def test_psci_return_permitted_by_enumeration() -> None:
    m = small_realm().m
    for fid, on, status in product(
        (CPU_ON_64, CPU_ON_32, AFFINITY_64, AFFINITY_32, None),
        (False, True),
        (SUCCESS, OFF, *MINUS.values(), 0xFFFF_FFFD),
    ):
        cpu_on = fid in (CPU_ON_64, CPU_ON_32)
        denied = status == MINUS[3]
        permitted = status == 0 or (cpu_on and denied and not on)
        assert psci_return_permitted(m, rec(fid), rec(runnable=on), status) == permitted
        assert psci_return_known(m, rec(fid), status) == (status == 0 or (cpu_on and denied))


@pytest.mark.parametrize(
    ("register", "rmi", "same"),
    [
        (0x0, 0x0, True),
        (0xF0, 0x0, True),  # bits 7:4 of Aff0 count nothing
        (0x8000_0000, 0x0, True),  # RES1 of the register
        (0x1_0000_0000, 0x0100_0000, True),  # Aff3: bits 39:32, but 31:24 in RMI
        (0x0100_0000, 0x0100_0000, False),
        (0x12_34_0005, 0x12_34_0005, False),
        (0x34_1205, 0x34_1205, True),
        (0x34_1205, 0x34_1206, False),
        (0x34_1205, 0x34_1105, False),
        (0x34_1205, 0x33_1205, False),
    ],
)
def test_mpidr_layouts(register: int, rmi: int, same: bool) -> None:
    caller, target = rec(), rec()
    caller.named_mpidr, target.mpidr = register, rmi
    assert names_rec(small_realm().m, caller, target) == same


# --- 2.0 ----------------------------------------------------------------------


def test_2_0_leaves_the_registers_of_what_starts() -> None:
    engine = ask(CPU_ON_64, 2, "2.0")
    assert engine.judge(complete_call(REC0, REC2)).kind == "ok"
    assert engine.m.recs[REC2].gprs == [CONTEXT, *[None] * 30]


@pytest.mark.parametrize(("name", "completes"), [("tf-rmm", True), ("other", False)])
def test_2_0_denied_for_a_rec_that_runs(name: str, completes: bool) -> None:
    engine = ask(CPU_ON_64, 1, "2.0", name)
    assert engine.judge(complete_call(REC0, REC1, MINUS[3], result=1)).kind == "ok"
    caller = engine.m.recs[REC0]
    assert (caller.psci is None) == completes
    assert caller.gprs[0] == (MINUS[4] if completes else 200)
    engine = ask(CPU_ON_64, 1, "2.0", name)
    assert engine.judge(complete_call(REC0, REC1, MINUS[3], result=0)).kind == "violation"


@pytest.mark.parametrize(
    ("caller", "target", "status", "first"),
    [
        (REC0 + 1, REC0 + 1, 0, "align"),
        (REC0, REC0, 0, "states"),
        (RD0, REC2, 0, "states"),
        (0x1000, REC2, 0, "states"),
        (REC1, REC2, 0, "pending"),
        (REC0, REC1, 7, "target"),
        (REC0, REC2, 7, "status"),
    ],
)
def test_conditions_of_2_0(caller: int, target: int, status: int, first: str) -> None:
    engine = ask(CPU_ON_64, 2, "2.0")
    verdict = engine.judge(complete_call(caller, target, status))
    assert verdict.conditions[0].id == first, why(verdict)
    assert verdict.kind == "violation"


def test_2_0_caller_that_runs() -> None:
    engine = ask(CPU_ON_64, 2, "2.0")
    engine.m.recs[REC0].state = REC_RUNNING
    assert engine.judge(complete_call(REC0, REC2)).conditions[0].id == "running"


def test_bet3_finds_the_target_itself() -> None:
    engine = ask(CPU_ON_64, 2, "2.0-bet3")
    smc = complete_call(REC0, SUCCESS)
    assert engine.judge(smc).kind == "ok"
    assert engine.m.recs[REC2].runnable
    assert engine.m.recs[REC0].gprs[0] == SUCCESS
    engine = ask(CPU_ON_64, 2, "2.0-bet3")
    assert engine.judge(complete_call(REC0, MINUS[3])).kind == "ok"
    assert engine.m.recs[REC0].gprs[0] == MINUS[3]
    verdict = ask(CPU_ON_64, 2, "2.0-bet3").judge(complete_call(REC0, MINUS[4]))
    assert [reason.id for reason in verdict.conditions] == ["status"]
