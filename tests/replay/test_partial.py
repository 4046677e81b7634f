"""Traces that leave calls out: only what no course of these permits is a violation."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest

from replay.partial import PartialEngine
from replay.rmm import partial_checkpoint, values
from replay.run import Options, run_trace
from replay.verdict import Difference
from tests.replay.make_samples import (
    DATA0,
    INPUT,
    L2,
    L3,
    LEVEL1,
    LEVEL2,
    PARAMS,
    RAM,
    RD,
    REALM,
    REC0,
    ROOT,
    RTT,
    RUN,
    SUCCESS,
    Script,
    realm_params,
    rec_params,
)
from traces.event import PAGE, Event, Omission, Smc
from traces.formats.jsonl import read

OK, ASSUMED, VIOLATION = "ok", "assumed", "violation"
CONSOLE = tuple(
    Omission(f"RMI_{name}", "RMI_SUCCESS")
    for name in ("GRANULE_DELEGATE", "GRANULE_UNDELEGATE", "RTT_CREATE", "RTT_DESTROY", "REC_ENTER")
)


def partial(**header: Any) -> Script:
    """A trace of 1.0 that is said to be incomplete."""
    s = Script("1.0")
    s.header.complete = False
    for name, value in header.items():
        setattr(s.header, name, value)
    return s


def items_of(s: Script, *, numbered: bool = False) -> list[Smc | Event]:
    """As they are read; without `numbered` no call has a number, so nobody knows of gaps."""
    _header, *items = read(BytesIO(s.text()))
    found = [item for item in items if isinstance(item, Smc | Event)]
    for item in found:
        if isinstance(item, Smc) and not numbered:
            item.seq = None
    return found


def kinds(s: Script, *, numbered: bool = False) -> list[str]:
    """The verdicts, and the names of what else is found."""
    engine = PartialEngine(s.header)
    found = []
    for item in items_of(s, numbered=numbered):
        if isinstance(item, Smc):
            found.append(engine.judge(item).kind)
        else:
            found += [type(one).__name__ for one in engine.event(item)]
    return found


def call(s: Script, name: str, *x: int, r: int | Sequence[int] = SUCCESS, **more: Any) -> None:
    s.call(name, *x, r=r if isinstance(r, int) else tuple(r), **more)


def realm_to_level_3(s: Script) -> None:
    """A realm with tables for IPA 0 down to level 3, all captured."""
    for granule in (RD, ROOT, L2, L3, DATA0):
        call(s, "GRANULE_DELEGATE", granule)
    call(s, "REALM_CREATE", RD, PARAMS, mem=realm_params("1.0"))
    call(s, "RTT_CREATE", RD, L2, 0, 2)
    call(s, "RTT_CREATE", RD, L3, 0, 3)


# --- where calls are missing ----------------------------------------------------------------


def test_a_capture_from_the_middle_of_a_life_learns_what_its_results_show() -> None:
    s = partial()
    call(s, "GRANULE_UNDELEGATE", DATA0)  # so it was DELEGATED, and is the host's
    call(s, "GRANULE_UNDELEGATE", DATA0)  # must be refused
    call(s, "GRANULE_DELEGATE", DATA0, r=INPUT)  # must succeed
    assert kinds(s) == [ASSUMED, VIOLATION, VIOLATION]


def test_a_gap_in_the_numbers_says_how_much_may_have_happened() -> None:
    s = partial()
    s.call("GRANULE_DELEGATE", DATA0, seq=0)
    s.call("GRANULE_DELEGATE", DATA0, seq=1)
    s.call("GRANULE_DELEGATE", DATA0, seq=3)  # one call is missing: it may have undelegated
    s.call("GRANULE_DELEGATE", DATA0, seq=4)
    assert kinds(s, numbered=True) == [OK, VIOLATION, ASSUMED, VIOLATION]


def test_one_missing_call_cannot_have_done_two_things() -> None:
    """From the host's memory to a REC a granule needs two calls."""
    s = partial()
    s.call("GRANULE_UNDELEGATE", REC0, seq=0, r=INPUT)
    s.call("REC_DESTROY", REC0, seq=2)
    assert kinds(s, numbered=True) == [OK, VIOLATION]
    s = partial()
    s.call("GRANULE_UNDELEGATE", REC0, seq=0, r=INPUT)
    s.call("REC_DESTROY", REC0, seq=3)
    assert kinds(s, numbered=True) == [OK, ASSUMED]


def test_calls_that_a_capture_never_shows_may_stand_before_each_line() -> None:
    s = partial(omits=CONSOLE, from_reset=True)
    call(s, "GRANULE_DELEGATE", DATA0, r=INPUT)  # it may have been delegated before
    call(s, "REALM_ACTIVATE", RD)  # but a realm cannot have been created unseen
    assert kinds(s) == [ASSUMED, VIOLATION]


def test_what_the_console_leaves_out_does_not_end_a_realm() -> None:
    s = partial(omits=CONSOLE, from_reset=True, memory_contents=False)
    call(s, "REALM_CREATE", RD, PARAMS)
    call(s, "REALM_CREATE", RD, PARAMS)  # the granule is a realm
    call(s, "GRANULE_UNDELEGATE", RD, r=INPUT)
    call(s, "REALM_DESTROY", RD)
    call(s, "REALM_DESTROY", RD)
    assert kinds(s) == [ASSUMED, VIOLATION, OK, ASSUMED, VIOLATION]


def test_where_a_capture_lost_calls_it_says_so_itself() -> None:
    s = partial(from_reset=True)
    call(s, "GRANULE_DELEGATE", DATA0)
    s.event("lost", count=1)
    call(s, "GRANULE_DELEGATE", DATA0)
    call(s, "GRANULE_DELEGATE", DATA0)
    assert kinds(s) == [OK, ASSUMED, VIOLATION]


@pytest.mark.parametrize("loss", [{"cpu": 1}, {"until": 40}])
def test_calls_of_one_cpu_are_lost_while_others_go_on(loss: dict[str, int]) -> None:
    """CPU 1 undelegates what CPU 0 delegates, unseen, until it is heard of again."""
    s = partial(from_reset=True)
    s.event("lost", count=5, **loss)
    for _ in range(3):
        call(s, "GRANULE_DELEGATE", DATA0)
    call(s, "GRANULE_UNDELEGATE", RD, r=INPUT)
    call(s, "GRANULE_DELEGATE", DATA0)
    call(s, "GRANULE_DELEGATE", DATA0)
    found = items_of(s)
    for n, item in enumerate(found):
        if isinstance(item, Smc):
            item.t, item.t_end = 10 * n, 10 * n + 5
            item.cpu = 1 if 10 * n > 40 else 0
    engine = PartialEngine(s.header)
    seen = [engine.judge(i).kind if isinstance(i, Smc) else engine.event(i) for i in found]
    assert seen[1:4] == [ASSUMED] * 3
    assert seen[-1] == VIOLATION


def test_a_call_whose_result_is_lost_may_be_done_late() -> None:
    """CPU 1 delegates, and was not seen to return; CPU 0 does it too, then undelegates."""
    s = partial(from_reset=True)
    s.items.append(Smc(0, 0xC400_0151, [DATA0, *[0] * 7], cpu=1))
    call(s, "GRANULE_DELEGATE", DATA0)
    call(s, "GRANULE_UNDELEGATE", DATA0)
    call(s, "GRANULE_UNDELEGATE", DATA0)  # of what CPU 1 has delegated meanwhile
    assert VIOLATION not in kinds(s)


def test_after_a_boot_nothing_is_left_of_what_was() -> None:
    s = partial(from_reset=False)
    call(s, "GRANULE_DELEGATE", DATA0)
    call(s, "GRANULE_DELEGATE", DATA0)
    s.event("boot")
    call(s, "GRANULE_UNDELEGATE", DATA0)  # at reset it is the host's
    call(s, "GRANULE_DELEGATE", DATA0)
    assert kinds(s) == [ASSUMED, VIOLATION, VIOLATION, OK]
    s.items[-2:] = []
    call(s, "GRANULE_DELEGATE", DATA0)
    assert kinds(s) == [ASSUMED, VIOLATION, OK]


def test_a_call_whose_result_was_lost_may_have_succeeded_or_not() -> None:
    s = partial(from_reset=True)
    s.items.append(Smc(0, 0xC400_0151, [DATA0, *[0] * 7]))
    call(s, "GRANULE_DELEGATE", DATA0, r=INPUT)
    s.items.append(Smc(0, 0xC400_0152, [DATA0, *[0] * 7]))
    call(s, "GRANULE_DELEGATE", DATA0)
    call(s, "GRANULE_DELEGATE", RD, r=INPUT)  # of which nothing was lost
    assert kinds(s) == ["unknown", ASSUMED, "unknown", ASSUMED, ASSUMED]


# --- three values ---------------------------------------------------------------------------


def test_what_no_state_permits_is_a_violation_whatever_is_missing() -> None:
    s = partial(omits="any")
    call(s, "GRANULE_DELEGATE", DATA0 + 8)  # not a granule
    call(s, "GRANULE_DELEGATE", RAM.base - PAGE)  # not memory
    call(s, "GRANULE_DELEGATE", DATA0, r=REALM)  # a status that the command does not have
    call(s, "RTT_CREATE", RD, L3, PAGE, 3)  # not aligned to what a table describes
    assert kinds(s) == [VIOLATION] * 4


def test_what_some_state_permits_is_none() -> None:
    s = partial(omits="any")
    for r in (SUCCESS, INPUT, SUCCESS, INPUT):
        call(s, "GRANULE_DELEGATE", DATA0, r=r)
        call(s, "RTT_CREATE", RD, L3, 0, 3, r=RTT | 2 << 8)
        call(s, "DATA_CREATE", RD, DATA0, 0, RUN, r=REALM, mem={RUN: b"\1"})
    assert kinds(s) == [ASSUMED] * 12


def test_a_condition_that_holds_for_certain_wins_over_those_in_doubt() -> None:
    """rd is no realm for certain: what the walk says cannot be told."""
    s = partial(from_reset=True)
    call(s, "RTT_CREATE", RD, L3, 0, 3, r=RTT | 2 << 8)
    call(s, "RTT_CREATE", RD, L3, 0, 3, r=INPUT)
    assert kinds(s) == [VIOLATION, OK]


def test_a_realm_whose_parameters_nobody_saw_is_still_a_realm() -> None:
    s = partial(from_reset=True, memory_contents=False)
    for granule in (RD, ROOT, L2):
        call(s, "GRANULE_DELEGATE", granule)
    call(s, "REALM_CREATE", RD, PARAMS)
    call(s, "GRANULE_UNDELEGATE", RD)  # violation: it is the realm's descriptor
    call(s, "REALM_CREATE", RD, PARAMS, r=INPUT)  # it would be, had the last call not been
    call(s, "GRANULE_UNDELEGATE", L2, r=INPUT)  # it may be the realm's starting table
    assert kinds(s) == [OK, OK, OK, ASSUMED, VIOLATION, OK, ASSUMED]


def test_the_levels_of_tables_are_learnt_from_what_succeeds() -> None:
    s = partial()
    realm_to_level_3(s)
    kept = len(s.items)
    s.call("GRANULE_DELEGATE", DATA0 + PAGE, seq=kept + 1)  # one call is missing before it
    s.call("RTT_READ_ENTRY", RD, 0, 3, r=(SUCCESS, 3, 0, 0, 0), seq=kept + 2)
    s.call("DATA_CREATE_UNKNOWN", RD, DATA0, 0, r=RTT | 1 << 8, seq=kept + 3)  # not so high up
    s.call("DATA_CREATE_UNKNOWN", RD, DATA0, LEVEL2, r=RTT | 2 << 8, seq=kept + 4)
    s.call("RTT_CREATE", RD, DATA0 + PAGE, LEVEL1, 3, r=RTT | 1 << 8, seq=kept + 5)
    assert kinds(s, numbered=True)[kept:] == [ASSUMED, ASSUMED, VIOLATION, ASSUMED, ASSUMED]


def test_a_granule_that_the_rmm_hands_out_must_have_been_what_it_is_said_to_be() -> None:
    s = partial(from_reset=True)
    realm_to_level_3(s)
    s.event("lost", count=1)
    call(s, "DATA_DESTROY", RD, 0, r=(SUCCESS, DATA0, PAGE))  # one call may have mapped it
    call(s, "DATA_DESTROY", RD, LEVEL1, r=(SUCCESS, RAM.base, LEVEL1 + PAGE))  # two calls
    call(s, "DATA_DESTROY", RD, PAGE, r=(SUCCESS, 0x1000, 2 * PAGE))  # which is no memory
    assert kinds(s)[-3:] == [ASSUMED, VIOLATION, VIOLATION]


def test_only_registers_that_were_seen_are_judged() -> None:
    s = partial(from_reset=True)
    realm_to_level_3(s)
    call(s, "RTT_READ_ENTRY", RD, 0, 3, r=(SUCCESS, 2, 0, 0, 0))  # it ends at level 3
    s.items[-1].seen = 1  # type: ignore[union-attr]
    call(s, "RTT_READ_ENTRY", RD, 0, 3, r=(SUCCESS, 2, 0, 0, 0))
    call(s, "DATA_CREATE_UNKNOWN", RD, DATA0, LEVEL1, r=RTT)  # the index is 1
    s.items[-1].seen = 0  # type: ignore[union-attr]
    assert kinds(s)[-3:] == [ASSUMED, VIOLATION, OK]


@pytest.mark.parametrize(
    ("registers", "kind"),
    [({"x": 1}, "unknown"), ({"x": 2}, OK), ({"x": "2"}, OK), ({}, OK), (None, OK)],
)
def test_a_call_whose_arguments_were_not_all_captured_is_not_judged(
    registers: Any, kind: str
) -> None:
    s = partial(from_reset=True, other={"registers": registers})
    call(s, "GRANULE_DELEGATE", DATA0)
    call(s, "REALM_CREATE", RD, PARAMS, r=INPUT)  # rd is not DELEGATED
    assert kinds(s) == [OK, kind]


def test_a_call_that_others_overlapped_is_no_violation() -> None:
    s = partial(from_reset=True, cpus=2)
    seq = s.begin("GRANULE_DELEGATE", DATA0, cpu=1)
    call(s, "GRANULE_DELEGATE", DATA0, cpu=0)
    s.call("GRANULE_DELEGATE", DATA0, cpu=1, seq=seq)
    call(s, "GRANULE_DELEGATE", DATA0, cpu=0)
    assert kinds(s, numbered=True) == [ASSUMED, ASSUMED, VIOLATION]


# --- true states, and the whole way ----------------------------------------------------------


def test_a_checkpoint_narrows_and_may_contradict() -> None:
    s = partial(from_reset=True)
    call(s, "GRANULE_DELEGATE", DATA0)
    s.event("lost", count=1)
    s.items.append(Event(0, "granules", {"list": [(DATA0, 1, "DELEGATED", 0)]}))
    call(s, "GRANULE_DELEGATE", DATA0)
    s.items.append(Event(0, "granules", {"list": [(DATA0, 1, "RTT", 0)]}))
    assert kinds(s) == [OK, VIOLATION, Difference.__name__]


def test_a_checkpoint_of_any_size_costs_so_much_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial_checkpoint, "_MOST", 100)
    engine = PartialEngine(partial(from_reset=True).header)
    runs = [(RAM.base + n * 60 * PAGE, 60, "RTT", 0) for n in range(3)]
    assert len(engine.event(Event(0, "granules", {"list": runs}))) == 60  # all of the first
    assert len(engine.m.granules.named()) == 180
    assert engine.event(Event(0, "granules", {"list": runs})) == []


def test_a_realm_that_was_another_one_since_is_not_the_first() -> None:
    """RD, then DELEGATED, then RD: nothing that was known of the first realm holds."""
    s = partial(from_reset=True)
    realm_to_level_3(s)
    engine = PartialEngine(s.header)
    for item in items_of(s):
        assert isinstance(item, Smc) and engine.judge(item).kind == OK
    m = engine.m
    first = m.realms.known(RD)
    assert first is not None
    m.hide(1, {"RMI_REALM_DESTROY"})
    m.learn(RD, values.DELEGATED)
    m.hide(1, {"RMI_REALM_CREATE"})
    m.learn(RD, values.RD)
    assert m.realms.get(RD) is not first


def test_the_judge_can_be_copied_in_mid_trace() -> None:
    s = partial(from_reset=True)
    realm_to_level_3(s)
    s.event("lost", count=3)
    call(s, "REC_CREATE", RD, REC0, PARAMS, mem=rec_params("1.0"))
    call(s, "DATA_DESTROY", RD, 0, r=(SUCCESS, DATA0, PAGE))
    call(s, "REC_DESTROY", REC0)
    call(s, "REC_DESTROY", REC0)
    plain, engine, copied = kinds(s), PartialEngine(s.header), []
    for item in items_of(s):
        engine = pickle.loads(pickle.dumps(engine))
        if isinstance(item, Smc):
            copied.append(engine.judge(item).kind)
        else:
            engine.event(item)
    assert copied == plain
    assert plain[-2:] == [ASSUMED, VIOLATION]


@pytest.mark.parametrize("memory", [(), (RAM,)])
def test_the_command_judges_and_says_what_it_assumed(memory: tuple[Any, ...]) -> None:
    s = partial(omits=CONSOLE, memory=memory, memory_contents=False)
    call(s, "GRANULE_DELEGATE", DATA0, r=INPUT)
    call(s, "REALM_CREATE", RD, PARAMS)
    call(s, "REALM_CREATE", RD, PARAMS)
    for item in s.items:
        if isinstance(item, Smc):
            item.seq = None
    result = run_trace(BytesIO(s.text()), "t", Options(state=True))
    assert result.error == ""
    assert dict(result.verdicts) == {"assumed": 2, "violation": 1}
    assert sum(result.assumed.values()) == 2
    assert any("DELEGATE" in name and "delegated" in why for name, why in result.assumed)
    assert result.state[0] == "RMI 1.0, as far as the captured calls tell"
    assert any(line.startswith(f"granule {RD:#x}: RD") for line in result.state)
