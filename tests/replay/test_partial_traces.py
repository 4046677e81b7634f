"""Traces of which something is cut away: nothing is made up, and faults are still noticed.

Cutting cannot make a permitted result wrong.  So whatever is left out of a complete trace,
there may be no violation and no difference on a line where the complete trace has none.
The cuts are those of bench/replay_partial.py, which tries more of them.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from bench.replay_mutations import faults
from bench.replay_partial import CUTS, Items, wrong
from replay.overlap.copies import Copies
from replay.partial import PartialEngine
from replay.verdict import VIOLATION
from tests.replay.fids import RMM_1_0
from traces.event import REGISTERS, Bank, Event, Header, Omission, Smc
from traces.formats.jsonl import read

SAMPLES = Path(__file__).resolve().parents[2] / "traces" / "samples"

# What the issue asks of every trace; the others are for a part of the traces each.
OF_ALL = (
    *("console", "10 % dropped", "50 % dropped", "90 % dropped"),
    *("no memory", "mid-life"),
)
BEGINNING = 800  # lines of every trace that each of OF_ALL gets
WHOLE = 3000  # lines of a trace that one of all the cuts gets


class Trace(NamedTuple):
    name: str
    header: Header
    items: Items
    known: frozenset[int]  # lines where the complete trace has a violation


def _load(path: Path, lines: int) -> Trace:
    items: Items = []
    with path.open("rb") as stream:
        found = read(stream, name=path.name)
        header = next(found)
        assert isinstance(header, Header)
        items = [item for item in islice(found, lines) if isinstance(item, Smc | Event)]
    return Trace(path.name, header, items, frozenset(line for _, line in faults(header, items)))


def _made_up(trace: Trace, cut: str, lines: int) -> list[str]:
    """What is said of the cut trace, and not of the complete one."""
    rng = Random(f"{trace.name} {cut}")
    header, items = CUTS[cut](trace.header, trace.items[:lines], rng, trace.known)
    return [
        f"{trace.name}:{line}: {text}"
        for line, text in wrong(header, items)
        if line not in trace.known
    ]


@pytest.fixture(scope="module")
def traces(shared: Path) -> list[Trace]:
    """The real traces, as far as they are looked at here."""
    paths = sorted((shared / "traces").glob("*.jsonl.gz"))
    assert len(paths) > 30
    return [_load(path, WHOLE) for path in paths]


@pytest.mark.parametrize("cut", OF_ALL)
def test_nothing_is_made_up_of_the_beginning_of_any_trace(traces: list[Trace], cut: str) -> None:
    assert [text for trace in traces for text in _made_up(trace, cut, BEGINNING)] == []


@pytest.mark.parametrize("number", range(len(CUTS)))
def test_nothing_is_made_up_of_longer_traces(traces: list[Trace], number: int) -> None:
    cut = list(CUTS)[number]
    some = traces[number :: len(CUTS)]
    assert [text for trace in some for text in _made_up(trace, cut, WHOLE)] == []


@pytest.mark.parametrize("cut", CUTS)
def test_nothing_is_made_up_of_our_samples(cut: str) -> None:
    paths = sorted(SAMPLES.glob("*.jsonl"))
    assert paths
    assert [text for path in paths for text in _made_up(_load(path, WHOLE), cut, WHOLE)] == []


@pytest.mark.parametrize("name", ["life-1.0", "operation-2.0"])
def test_a_copy_goes_on_as_the_engine(name: str) -> None:
    trace = _load(SAMPLES / f"{name}.jsonl", WHOLE)
    header, items = CUTS["10 % dropped"](trace.header, trace.items, Random(1), trace.known)
    calls = [item for item in items if isinstance(item, Smc)]
    assert 10 < len(calls) < len(trace.items)
    engine = PartialEngine(header)
    for middle, smc in enumerate(calls):
        copy = Copies(engine).one()
        engine.judge(smc)
        copied = [copy.judge(other) for other in calls[middle:]]
        fresh = PartialEngine(header)
        straight = [fresh.judge(other) for other in calls][middle:]
        assert [(v.kind, v.why) for v in copied] == [(v.kind, v.why) for v in straight]


# --- faults that must be noticed ------------------------------------------------------------

G = 0x8000_1000  # a granule
NOT_MEMORY = 0x4000_0000
MACHINE = Header(
    rmi="1.0",
    granule_size=4096,
    pa_width=48,
    memory=(Bank(0x8000_0000, 0x4000_0000),),
    complete=False,
    omits="any",
    from_reset=True,
)
MID_LIFE: dict[str, Any] = {"omits": (), "from_reset": False}
Call = tuple[int | None, str, list[int], list[int]]  # seq, command, X1.., X0..


def _kinds(calls: list[Call], **header: Any) -> list[str]:
    """The verdicts of calls in a trace of MACHINE, some of its header being another."""
    engine = PartialEngine(replace(MACHINE, **header))
    return [engine.judge(_smc(n, *call)).kind for n, call in enumerate(calls)]


def _smc(n: int, seq: int | None, name: str, x: list[int], r: list[int]) -> Smc:
    return Smc(
        line=n + 2,
        seq=seq,
        fid=RMM_1_0[name],
        x=x + [0] * (REGISTERS - len(x)),
        r=r + [0] * (REGISTERS - len(r)),
    )


# DELEGATE takes an undelegated granule only.  An UNDELEGATE between would be one call.
@pytest.mark.parametrize(("missing", "is_wrong"), [(0, True), (1, False), (7, False)])
def test_delegated_twice(missing: int, is_wrong: bool) -> None:
    kinds = _kinds([(0, "GRANULE_DELEGATE", [G], [0]), (1 + missing, "GRANULE_DELEGATE", [G], [0])])
    assert kinds[0] != VIOLATION
    assert (kinds[1] == VIOLATION) is is_wrong


# At reset every granule is undelegated, and to become a REC it takes two calls that name it.
@pytest.mark.parametrize(("missing", "is_wrong"), [(0, True), (1, True), (100, False)])
def test_a_rec_out_of_nothing(missing: int, is_wrong: bool) -> None:
    (kind,) = _kinds([(missing, "REC_DESTROY", [G], [0])])
    assert (kind == VIOLATION) is is_wrong


# DATA_DESTROY hands out a granule that was DATA: DELEGATE, then DATA_CREATE, are two calls.
@pytest.mark.parametrize(("missing", "is_wrong"), [(0, True), (1, True), (2, False)])
def test_handed_out_what_was_the_hosts(missing: int, is_wrong: bool) -> None:
    destroy = [0, G, 0x1000]  # SUCCESS, data, top
    kinds = _kinds(
        [
            (10, "GRANULE_UNDELEGATE", [G], [0]),
            (11 + missing, "DATA_DESTROY", [0x8100_0000, 0], destroy),
        ],
        **MID_LIFE,
    )
    assert kinds[0] != VIOLATION
    assert (kinds[1] == VIOLATION) is is_wrong


def test_any_number_of_calls_of_one_command_is_not_any_call() -> None:
    """Only DATA_CREATE is left out: nothing brings a delegated granule back to the host."""
    omits = (Omission("RMI_DATA_CREATE", "SUCCESS"),)
    delegate: Call = (None, "GRANULE_DELEGATE", [G], [0])
    again = _kinds([delegate, delegate], omits=omits)
    assert again[1] == VIOLATION
    # It may be DATA now, and then there is nothing to undelegate; or DELEGATED still.
    for status in (0, 1):
        assert VIOLATION not in _kinds(
            [delegate, (None, "GRANULE_UNDELEGATE", [G], [status])], omits=omits
        )


def test_mid_life_learns() -> None:
    """Nothing is known of a granule until a result tells: then it is."""
    delegate: Call = (None, "GRANULE_DELEGATE", [G], [0])
    kinds = _kinds([delegate, delegate], **MID_LIFE)
    assert kinds[0] != VIOLATION
    assert kinds[1] == VIOLATION


def test_what_no_history_permits() -> None:
    """No memory there; a status that 1.0 does not have; a walk below the level asked for."""
    assert _kinds([(None, "GRANULE_DELEGATE", [NOT_MEMORY], [0])], **MID_LIFE) == [VIOLATION]
    assert _kinds([(None, "GRANULE_DELEGATE", [G], [9])], **MID_LIFE) == [VIOLATION]
    walk = [0, 3, 0, 0, 0]  # SUCCESS, walk_level, state, desc, ripas
    below: Call = (None, "RTT_READ_ENTRY", [G, 0, 2], walk)
    assert _kinds([below], **MID_LIFE) == [VIOLATION]


def test_without_a_map_an_address_may_be_memory_but_not_twice_free() -> None:
    delegate: Call = (None, "GRANULE_DELEGATE", [NOT_MEMORY], [0])
    kinds = _kinds([delegate, delegate], memory=(), **MID_LIFE)
    assert kinds[0] != VIOLATION
    assert kinds[1] == VIOLATION


@pytest.mark.parametrize(("count", "is_wrong"), [(1, False), (50, False), (0, True)])
def test_lost_calls_explain_what_they_can(count: int, is_wrong: bool) -> None:
    engine = PartialEngine(replace(MACHINE, omits=()))
    delegate = _smc(0, None, "GRANULE_DELEGATE", [G], [0])
    assert engine.judge(delegate).kind != VIOLATION
    if count:
        assert engine.event(Event(3, "lost", {"count": count})) == []
    assert (engine.judge(delegate).kind == VIOLATION) is is_wrong


@pytest.mark.parametrize("state", ["UNDELEGATED", "RD", "DATA"])
def test_a_checkpoint_contradicts_what_was_seen(state: str) -> None:
    engine = PartialEngine(replace(MACHINE, omits=()))
    engine.judge(_smc(0, 0, "GRANULE_DELEGATE", [G], [0]))
    (difference,) = engine.event(Event(3, "granule", {"addr": G, "state": state, "seq": 0}))
    assert f"{G:#x} is {state}" in str(difference)


def test_a_checkpoint_tells() -> None:
    """After it the granule is the host's, and no call is missing: it can be delegated once."""
    engine = PartialEngine(replace(MACHINE, **MID_LIFE))
    assert engine.event(Event(2, "granule", {"addr": G, "state": "UNDELEGATED"})) == []
    delegate = _smc(0, None, "GRANULE_DELEGATE", [G], [0])
    assert [engine.judge(delegate).kind == VIOLATION for _ in range(2)] == [False, True]
