"""The conformance cases of the facts against the model."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from replay.verdict import OK, VIOLATION
from tests.replay.conformance.cases import Case, load
from tests.replay.conformance.execute import FAILED, NOT_RUN, PASSED, REPORTED, Outcome, run
from tests.replay.conformance.host import PAGE
from tests.replay.conformance.rmm_2_0.world import World, platform

KINDS_1_0 = [
    *("fail", "prio", "free", "ok", "acs"),
    *("data", "enter", "exit", "features", "gr", "meas", "noexit", "ns", "psci", "realm"),
    *("rec", "ripas", "rsi", "rtt", "ver"),
]
KINDS_2_0 = [
    *("fail", "prio", "ok", "gate"),
    *("boot", "enter", "gpt", "map", "psci", "read", "realm", "rec", "removed", "ripas", "rng"),
    *("sro", "trk", "unimpl", "unmap", "unprot"),
]
KINDS = [("1.0", kind) for kind in KINDS_1_0] + [("2.0", kind) for kind in KINDS_2_0]

# Not strict, and the model goes by the letter; the reason of each.
DIFFER = {
    "ver.reserved_bit31": "bit 31 of the request should be zero: both results are taken",
    "realm.flags_reserved": "reserved flags should be zero: no failure condition says more",
    "enter.gic_lr_dup_vintid": "two list registers of one vINTID are architecturally invalid",
    "ripas.set_same_value_block": "nothing must change, so nothing fails (model-notes 3.4)",
    "ripas.set_same_value_unaligned": "nothing must change, so nothing fails (model-notes 3.4)",
}


@pytest.fixture(scope="module")
def every_case(shared: Path) -> list[Case]:
    return load(shared)


@pytest.fixture(scope="module")
def cases(every_case: list[Case]) -> list[Case]:
    return [case for case in every_case if case.spec == "1.0"]


@pytest.fixture(scope="module")
def outcomes(every_case: list[Case]) -> list[Outcome]:
    return [run(case) for case in every_case]


def _name(outcome: Outcome) -> str:
    return f"{outcome.case.command} {outcome.case.id}"


@pytest.mark.parametrize(("spec", "kind"), KINDS)
def test_cases_of_a_kind(spec: str, kind: str, outcomes: list[Outcome]) -> None:
    mine = [o for o in outcomes if (o.case.spec, o.case.kind) == (spec, kind)]
    assert any(outcome.result != NOT_RUN for outcome in mine)
    wrong = [f"{_name(o)}: {o.why}" for o in mine if o.result == FAILED]
    assert not wrong, "\n".join(wrong)


def test_every_kind_is_tested(every_case: list[Case]) -> None:
    assert {(case.spec, case.kind) for case in every_case} == set(KINDS)


def test_what_differs_without_being_wrong_is_known(outcomes: list[Outcome]) -> None:
    reported = {o.case.id for o in outcomes if o.result == REPORTED and o.case.spec == "1.0"}
    assert reported == set(DIFFER)


def test_the_mechanical_cases_of_1_0_are_all_run(outcomes: list[Outcome]) -> None:
    kinds = [("1.0", kind) for kind in ("fail", "prio", "free")]
    left = [o for o in outcomes if o.result == NOT_RUN and (o.case.spec, o.case.kind) in kinds]
    assert not left


def test_what_is_not_run_has_one_of_few_reasons(outcomes: list[Outcome]) -> None:
    left = [o for o in outcomes if o.result == NOT_RUN and o.case.spec == "1.0"]
    assert Counter(outcome.why for outcome in left) == {
        "attestation tokens are not modelled": 9,
        "a trace does not show what a realm does without leaving it": 1,
    }


def test_most_of_2_0_is_run(outcomes: list[Outcome]) -> None:
    # What is left are devices, and what no trace shows.
    mine = [outcome for outcome in outcomes if outcome.case.spec == "2.0"]
    ran = [outcome for outcome in mine if outcome.result != NOT_RUN]
    assert len(ran) >= 0.85 * len(mine)


def _delegates(progress: int) -> str:
    """The verdict where RANGE_DELEGATE of two granules says it got so far (bytes)."""
    w = World(platform(rmi="2.0-bet3"))
    base = w.page(4)
    smc = w.smc("GRANULE_RANGE_DELEGATE", base, base + 2 * PAGE)
    return w.judge(smc, 0, base + progress).kind


@pytest.mark.parametrize("progress", [PAGE, 2 * PAGE])
def test_a_range_command_may_stop_after_any_granule(progress: int) -> None:
    assert _delegates(progress) == OK


@pytest.mark.parametrize("progress", [0, 8, PAGE + 8, 3 * PAGE])
def test_a_range_command_must_make_progress_inside_of_its_range(progress: int) -> None:
    assert _delegates(progress) == VIOLATION


# --- the executor can fail ----------------------------------------------------------


def _case(cases: list[Case], command: str, case_id: str) -> Case:
    return next(c for c in cases if (c.command, c.id) == (command, case_id))


def _with(case: Case, **fields: object) -> Case:
    return replace(case, fields=case.fields | fields)


def test_a_wrong_status_is_noticed(cases: list[Case]) -> None:
    case = _case(cases, "RMI_DATA_CREATE", "fail.realm_state")
    assert run(case).result == PASSED
    assert "permitted" in run(_with(case, expected_x0=3)).why


def test_a_wrong_index_is_noticed(cases: list[Case]) -> None:
    case = _case(cases, "RMI_REC_ENTER", "enter.system_off")
    assert run(case).result == PASSED
    assert "permitted" in run(_with(case, expected_x0=2)).why


def test_a_condition_too_much_is_noticed(cases: list[Case]) -> None:
    case = _case(cases, "RMI_RTT_CREATE", "fail.rtt_state")
    assert "hold" in run(_with(case, violates=["rtt_state", "rtt_align"])).why


def test_a_result_too_few_is_noticed(cases: list[Case]) -> None:
    case = _case(cases, "RMI_DATA_CREATE", "free.src_align|realm_state")
    assert run(case).result == PASSED
    assert "permitted" in run(_with(case, allowed=[["RMI_ERROR_INPUT", 0]])).why


def test_a_defect_that_nobody_knows_is_not_run(cases: list[Case]) -> None:
    case = _case(cases, "RMI_REALM_ACTIVATE", "fail.realm_state")
    assert run(replace(case, stimulus="X; but the moon is full")).result == NOT_RUN
    assert run(replace(case, stimulus="X; but ipa in the Unprotected half")).result == NOT_RUN


def test_a_case_that_is_not_strict_is_only_reported(cases: list[Case]) -> None:
    case = _case(cases, "RMI_REALM_ACTIVATE", "fail.realm_state")
    assert run(_with(case, expected_x0=1)).result == FAILED
    assert run(_with(case, expected_x0=1, strict=False)).result == REPORTED
