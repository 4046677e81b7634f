"""Calls that overlap: `smc_begin`, then what other CPUs do, then the call's own line."""

from __future__ import annotations

from replay.engine import Engine
from replay.verdict import OK, VIOLATION, Verdict
from tests.replay.fids import RMM_1_0, RMM_2_0
from traces.event import Bank, Event, Header, Smc

RAM = 0x8000_0000
PAGE = 4096
SUCCESS, INPUT, GLOBAL, NOT_SUPPORTED = 0, 1, 11, (1 << 64) - 1


def engine(rmi: str = "1.0") -> Engine:
    header = Header(
        rmi=rmi,  # type: ignore[arg-type]
        granule_size=4096,
        pa_width=48,
        memory=(Bank(RAM, 1 << 24),),
        cpus=2,
    )
    return Engine(header)


def smc(name: str, *x: int, r: list[int] | None = None, seq: int | None = None) -> Smc:
    padded = None if r is None else [*r, *[0] * (8 - len(r))]
    return Smc(1, (RMM_1_0 | RMM_2_0)[name], [*x, *[0] * (8 - len(x))], padded, seq=seq)


def begin(judge: Engine, call: Smc) -> None:
    judge.event(Event(1, "smc_begin", {}, call))


def only(found: list[object]) -> Verdict:
    [verdict] = found
    assert isinstance(verdict, Verdict)
    return verdict


def test_a_refusal_may_be_from_any_time_of_the_call() -> None:
    """CPU 1 delegates the granule while CPU 0 is about to: either may lose."""
    judge = engine()
    begin(judge, smc("GRANULE_DELEGATE", RAM, seq=1))
    assert judge.judge(smc("GRANULE_DELEGATE", RAM, r=[SUCCESS], seq=2)).kind == OK
    assert judge.judge(smc("GRANULE_DELEGATE", RAM, r=[INPUT], seq=1)).kind == OK
    # What could be refused when it entered may be refused, though it would succeed by now.
    begin(judge, smc("GRANULE_DELEGATE", RAM, seq=3))
    assert judge.judge(smc("GRANULE_UNDELEGATE", RAM, r=[SUCCESS], seq=4)).kind == OK
    assert judge.judge(smc("GRANULE_DELEGATE", RAM, r=[INPUT], seq=3)).kind == OK


def test_both_cannot_win() -> None:
    judge = engine()
    begin(judge, smc("GRANULE_DELEGATE", RAM, seq=1))
    judge.judge(smc("GRANULE_DELEGATE", RAM, r=[SUCCESS], seq=2))
    verdict = judge.judge(smc("GRANULE_DELEGATE", RAM, r=[SUCCESS], seq=1))
    assert verdict.kind == VIOLATION
    assert [reason.id for reason in verdict.conditions] == ["gran_state", "gran_gpt"]


def test_a_call_returns_as_itself_only() -> None:
    """By its seq, function and arguments: another call is judged by itself."""
    judge = engine()
    begin(judge, smc("GRANULE_UNDELEGATE", RAM))
    assert judge.judge(smc("GRANULE_DELEGATE", RAM, r=[SUCCESS])).kind == OK
    begin(judge, smc("GRANULE_DELEGATE", RAM, seq=7))
    assert judge.judge(smc("GRANULE_DELEGATE", RAM + PAGE, r=[SUCCESS], seq=7)).kind == OK
    assert judge.m.gstate(RAM + PAGE) == 1
    assert judge.judge(smc("GRANULE_UNDELEGATE", RAM, r=[SUCCESS], seq=7)).kind == OK


def test_a_begun_call_meets_the_gate_as_well() -> None:
    judge = engine("2.0")
    call = smc("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, seq=1)
    begin(judge, call)
    returned = smc("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[GLOBAL], seq=1)
    assert judge.judge(returned).kind == OK
    begin(judge, call)
    returned = smc("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[SUCCESS, RAM + PAGE], seq=1)
    assert judge.judge(returned).kind == VIOLATION


def test_a_crash_takes_the_call_that_had_begun() -> None:
    judge = engine()
    begin(judge, smc("GRANULE_UNDELEGATE", RAM, seq=5))
    verdict = only(judge.event(Event(2, "crash", {"seq": 5})))  # type: ignore[arg-type]
    assert (verdict.command, verdict.permitted) == ("RMI_GRANULE_UNDELEGATE", ("ERROR_INPUT",))


def test_a_crash_before_activation_owed_error_global() -> None:
    judge = engine("2.0")
    call = smc("GRANULE_RANGE_DELEGATE", RAM, RAM)
    verdict = only(judge.event(Event(2, "crash", {}, call)))  # type: ignore[arg-type]
    assert verdict.permitted == ("ERROR_GLOBAL",)


def test_why_nobody_could_wait() -> None:
    """BUSY and BLOCKED: the report says what was permitted, and why this was not."""
    verdict = engine().judge(smc("GRANULE_DELEGATE", RAM, r=[10]))
    assert (verdict.permitted, verdict.why) == (("SUCCESS",), "1.0 has no such status")
    judge = engine("2.0")
    judge.judge(smc("RMM_ACTIVATE", r=[SUCCESS]))
    verdict = judge.judge(smc("GRANULE_RANGE_DELEGATE", RAM + 1, RAM, r=[14]))
    assert verdict.permitted == ("ERROR_INPUT",)
    assert verdict.why == "no operation is open"
