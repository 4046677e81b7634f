"""What is kept for a picture: told against the story of each sample, by hand."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from io import BytesIO

import pytest

from replay import recorder
from replay.engine import Engine
from replay.record import NOT_KNOWN, PLAIN, REFUSED, WAITED, Record
from replay.recorder import Recorder
from replay.result import KINDS
from replay.rmm.values import (
    DATA,
    DELEGATED,
    RD,
    REC,
    REC_AUX,
    RMI_INCOMPLETE,
    RTT,
    UNDELEGATED,
)
from replay.run import Options, run_trace
from replay.verdict import OK, Verdict
from tests.replay import make_samples as samples
from tests.replay.fids import RMM_2_0
from tests.replay.make_samples import RAM, STORIES, Script
from traces.event import PAGE, Event, Smc
from traces.formats.jsonl import read


def record_of(script: Script) -> Record:
    result = run_trace(BytesIO(script.text()), "a.jsonl", Options(record=True))
    assert not result.error and not result.unread
    assert result.record is not None
    return result.record


def final_states(record: Record) -> dict[int, int]:
    """Granules that are not as they were at first, by replaying the changes alone."""
    states: dict[int, int] = {}
    for change in record.changes:
        for addr in range(change.base, change.top, PAGE):
            assert states.get(addr, record.first) == change.before
            states[addr] = change.after
    return {addr: state for addr, state in states.items() if state != record.first}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_changes_add_up_to_the_state_of_the_model(story: Callable[[], Script]) -> None:
    script = story()
    engine = Engine(script.header)
    looking_on = Recorder(engine)
    number = 0
    for item in read(BytesIO(script.text()), name="a"):
        if isinstance(item, Smc):
            number += 1
            looking_on.call(number, engine.judge(item))
        elif isinstance(item, Event):
            engine.event(item)
    known = {
        base + n * PAGE: state
        for base, count, state in engine.m.granules.runs()
        if state != UNDELEGATED
        for n in range(count)
    }
    assert final_states(looking_on.record) == known


def test_planted_is_kept_as_its_story_goes() -> None:
    record = record_of(samples.planted())
    # Calls 3 to 11 delegate, 12 makes the realm, 13 and 14 tables, 16 and 17 map data,
    # 19 makes the REC, 20 activates, 21 is the fault.
    assert len(record.calls) == 21
    assert [(c.number, c.base) for c in record.changes[:9]] == [
        (3 + n, samples.RD + n * PAGE) for n in range(9)
    ]
    later = {(c.number, c.base, c.top - c.base, c.before, c.after) for c in record.changes[9:]}
    assert later == {
        (12, samples.RD, PAGE, DELEGATED, RD),
        (12, samples.ROOT, PAGE, DELEGATED, RTT),
        (13, samples.L2, PAGE, DELEGATED, RTT),
        (14, samples.L3, PAGE, DELEGATED, RTT),
        (16, samples.DATA0, PAGE, DELEGATED, DATA),
        (17, samples.DATA1, PAGE, DELEGATED, DATA),
        (19, samples.REC0, PAGE, DELEGATED, REC),
        (19, samples.AUX0, 2 * PAGE, DELEGATED, REC_AUX),
        (21, samples.DATA1, PAGE, DATA, UNDELEGATED),
    }
    [realm], [rec] = record.realms, record.recs
    assert (realm.addr, realm.begin, realm.end) == (samples.RD, 12, None)
    assert realm.states == [(12, "NEW"), (20, "ACTIVE")]
    assert (rec.addr, rec.begin, rec.end, rec.realm) == (samples.REC0, 19, None, 0)
    fault = record.calls[-1]
    assert (fault.line, KINDS[fault.kind], fault.mark) == (27, "violation", PLAIN)
    assert record.names[fault.command].name == "RMI_GRANULE_UNDELEGATE"
    assert (fault.x, fault.r) == ((samples.DATA1,), (0,))
    assert [reason.id for reason in record.held[fault.held]] == ["gran_state"]
    assert record.told[21].permitted == ("ERROR_INPUT",)
    assert [number for number, _, _ in record.notes] == [1, 3, 12, 18, 21]


def test_a_realm_and_its_rec_end() -> None:
    record = record_of(samples.life_1_0())
    [realm], [rec] = record.realms, record.recs
    names = {c.number: record.names[c.command].name for c in record.calls}
    assert realm.end is not None and names[realm.end] == "RMI_REALM_DESTROY"
    assert rec.end is not None and names[rec.end] == "RMI_REC_DESTROY"
    entered = [c for c in record.calls if names[c.number] == "RMI_REC_ENTER"]
    assert entered and all((c.realm, c.rec) == (0, 0) for c in entered)


def test_an_operation_belongs_to_the_realm_that_it_was_begun_for() -> None:
    record = record_of(samples.operation())
    donates = [c for c in record.calls if record.names[c.command].name == "RMI_OP_MEM_DONATE"]
    assert donates and all(c.realm == 0 for c in donates)


def test_a_handle_may_be_that_of_another_operation_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_OBJECTS", 1)
    s = samples.operation()
    engine = Engine(s.header)
    looking_on = Recorder(engine)
    for number, rec in ((1, RAM.base), (2, RAM.base + PAGE)):
        destroy = Smc(
            number, RMM_2_0["REC_DESTROY"], [rec] + [0] * 7, [RMI_INCOMPLETE, 7] + [0] * 6
        )
        looking_on.call(number, Verdict(OK, destroy, "RMI_REC_DESTROY"))
    assert looking_on._handles == {7: (None, RAM.base + PAGE)}


def test_refusals_and_what_is_tried_again() -> None:
    s = Script("1.0")
    s.call("GRANULE_DELEGATE", RAM.base)
    s.call("GRANULE_DELEGATE", RAM.base, r=1)
    s.call("GRANULE_DELEGATE", RAM.base, r=1)
    s.call("GRANULE_UNDELEGATE", RAM.base)
    s.call("GRANULE_DELEGATE", RAM.base)
    marks = [call.mark for call in record_of(s).calls]
    assert marks == [PLAIN, REFUSED, WAITED, PLAIN, PLAIN]
    busy = record_of(samples.busy())
    statuses = {c.r[0] & 0xFF for c in busy.calls if c.mark == WAITED}
    assert 10 in statuses  # BUSY


def test_after_a_restart_memory_is_as_at_first() -> None:
    script = samples.planted()  # its realm and REC are there to the end
    assert {life.end for life in record_of(script).realms} == {None}
    script.event("boot")
    script.call("GRANULE_DELEGATE", RAM.base)
    record = record_of(script)
    assert final_states(record) == {RAM.base: DELEGATED}
    lives = [*record.realms, *record.recs]
    assert [life.end for life in lives] == [21, 21]


def test_a_range_is_one_change() -> None:
    s = samples.STORIES["operation-2.0"]()
    record = record_of(s)
    delegated = [c for c in record.changes if c.after == DELEGATED and c.before == UNDELEGATED]
    assert [(c.base, c.top) for c in delegated] == [(samples.RD, samples.POOL_TOP)]


def test_bounds_hold_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("CALLS", 4), ("CHANGES", 3), ("NOTES", 2), ("OBJECTS", 0), ("TOLD", 0)):
        monkeypatch.setattr(recorder, f"MOST_{name}", most)
    record = record_of(samples.planted())
    assert [c.number for c in record.calls] == [1, 2, 3, 4, 21]  # the violation, too
    assert (record.calls_until, record.odd) == (5, 1)
    assert (len(record.changes), record.changes_until) == (3, 6)
    assert (len(record.notes), record.notes_until) == (2, 12)
    assert (record.realms, record.recs, record.lives_until) == ([], [], 12)
    assert (record.told, record.untold) == ({}, 1)


def test_names_of_strangers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_NAMES", 2)
    s = Script("1.0")
    s.call("GRANULE_DELEGATE", RAM.base)
    s.items += [Smc(0, 0xC400_F000 + n, [n], [0], seq=9 + n, name=f"OTHER_{n}") for n in range(5)]
    record = record_of(s)
    named = [record.names[c.command].name for c in record.calls]
    assert named == ["RMI_GRANULE_DELEGATE", "OTHER_0", *["(others)"] * 4]
    assert [c.x for c in record.calls[1:]] == [(), (1,), (2,), (3,), (4,)]


def test_a_copy_of_the_model_tells_nobody() -> None:
    engine = Engine(samples.planted().header)
    looking_on = Recorder(engine)
    copy = pickle.loads(pickle.dumps(engine.m.granules))
    copy.set(RAM.base, DELEGATED)
    looking_on.event(Event(1, "note", {"text": "nothing"}))
    assert looking_on.record.changes == []
    engine.m.granules.set(RAM.base, DELEGATED)
    assert len(looking_on.record.changes) == 1


def test_of_an_incomplete_trace_the_first_state_is_not_known() -> None:
    header = samples.planted().header
    header.complete = False
    header.omits = "any"
    assert Recorder(Engine(header)).record.first == NOT_KNOWN
