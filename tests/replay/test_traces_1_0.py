"""The traces of the 1.0 reference: what the judge finds is what the facts list, no more, no less.

`tf-rmm-1.0-deviations.tsv` has every call of these traces whose result the
specification does not permit, and the failure conditions that hold in it.  The
`e_errors10_*` traces also name these conditions in a note before a call.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from replay.engine import Engine
from replay.verdict import OK, UNKNOWN, VIOLATION, Difference, Verdict
from traces.event import Event, Header, Smc
from traces.formats.jsonl import read

# Classes of deviations that can be argued for: remarks, no violations.
ARGUABLE = {"D1", "D2", "D13b", "D15"}

CALLS = 41_688  # that returned, of all traces together, as the facts count them

NOTED = 3_396  # of them have a note with their conditions; so have the two that crashed

# The notes on the calls of the other CPU were made before the first of them: this one
# finds the page that an earlier one created.
NOTED_TOO_EARLY = "e_errors10_running seq 130: "

_NOTE = re.compile(r"(CPU1 )?(RMI_\w+): ([\w, ]+)")


@dataclass
class Run:
    """What the judge said of one trace."""

    calls: int = 0
    verdicts: dict[int, Verdict] = field(default_factory=dict)  # by seq; ok and silent ones not
    checkpoints: int = 0
    differences: list[Difference] = field(default_factory=list)
    noted: int = 0  # calls whose true conditions a note names
    mismatches: list[str] = field(default_factory=list)  # of these conditions


def _names(note: str) -> set[str]:
    return set() if note == "none" else set(note.split(", "))


def _run(path: Path) -> Run:
    run = Run()
    with path.open("rb") as stream:
        items = read(stream, name=path.name, strict=True)
        header = next(items)
        assert isinstance(header, Header)
        engine = Engine(header)
        pending: tuple[str, set[str]] | None = None  # for the next call
        nested: deque[tuple[str, set[str]]] = deque()  # for those of the other CPU, in order
        begun: dict[int | None, tuple[str, set[str]]] = {}

        def compare(smc: Smc, wanted: tuple[str, set[str]] | None) -> None:
            if wanted is None:
                return
            name, ids = wanted
            run.noted += 1
            command = engine.commands[smc.fid & ~(1 << 16)]
            rows = [command.conditions[bit] for bit, _, _ in engine.held]
            true = {row.id for row in rows if not row.permits}
            if (command.name, true) != (name, ids):
                run.mismatches.append(f"seq {smc.seq}: {name}: {ids}, but {command.name}: {true}")

        for item in items:
            if isinstance(item, Smc):
                run.calls += 1
                engine.held = []
                verdict = engine.judge(item)
                if verdict.kind != OK or verdict.notes:
                    assert item.seq is not None
                    run.verdicts[item.seq] = verdict
                if item.cpu:
                    compare(item, nested.popleft() if nested else None)
                else:
                    compare(item, begun.pop(item.seq, pending))
                    pending = None
            elif isinstance(item, Event):
                if item.name == "note":
                    if found := _NOTE.fullmatch(item.fields["text"]):
                        note = (found[2], _names(found[3]))
                        if found[1]:
                            nested.append(note)
                        else:
                            pending = note
                elif item.name == "smc_begin" and item.smc is not None and pending:
                    begun[item.smc.seq] = pending
                    pending = None
                run.checkpoints += item.name in ("granules", "granule")
                for wrong in engine.event(item):
                    if isinstance(wrong, Difference):
                        run.differences.append(wrong)
                    else:
                        assert wrong.smc.seq is not None
                        run.verdicts[wrong.smc.seq] = wrong
        assert not nested
    return run


@pytest.fixture(scope="module")
def runs(shared: Path) -> dict[str, Run]:
    """All sixteen traces, judged once."""
    paths = sorted((shared / "traces").glob("*10*.jsonl.gz"))
    assert len(paths) == 16
    return {path.name.removesuffix(".jsonl.gz"): _run(path) for path in paths}


@dataclass(frozen=True)
class Deviation:
    trace: str
    seq: int
    command: str
    kind: str  # D1 .. D18, crash
    conditions: frozenset[str]


@pytest.fixture(scope="module")
def deviations(shared: Path) -> list[Deviation]:
    with (shared / "facts" / "tf-rmm-1.0-deviations.tsv").open() as stream:
        return [
            Deviation(
                row["trace"],
                int(row["seq"]),
                row["command"],
                row["deviation"].split()[0],
                frozenset(filter(None, row["true_conditions"].split(","))),
            )
            for row in csv.DictReader(stream, delimiter="\t")
        ]


def test_every_call_is_judged(runs: dict[str, Run]) -> None:
    assert sum(run.calls for run in runs.values()) == CALLS
    unknown = [v for run in runs.values() for v in run.verdicts.values() if v.kind == UNKNOWN]
    assert unknown == []


def test_violations_are_the_deviations(runs: dict[str, Run], deviations: list[Deviation]) -> None:
    want = {(d.trace, d.seq, d.command, d.kind) for d in deviations if d.kind not in ARGUABLE}
    kinds = {(d.trace, d.seq): d.kind for d in deviations}
    have = {
        (trace, seq, verdict.command, kinds.get((trace, seq), f"none: {verdict.why}"))
        for trace, run in runs.items()
        for seq, verdict in run.verdicts.items()
        if verdict.kind == VIOLATION
    }
    assert sorted(have - want) == []
    assert sorted(want - have) == []


def test_remarks_are_the_arguable_deviations(
    runs: dict[str, Run], deviations: list[Deviation]
) -> None:
    want = {(d.trace, d.seq, d.command) for d in deviations if d.kind in ARGUABLE}
    have = {
        (trace, seq, verdict.command)
        for trace, run in runs.items()
        for seq, verdict in run.verdicts.items()
        if verdict.kind == OK and verdict.notes
    }
    assert have == want


def test_reports_name_the_true_conditions(
    runs: dict[str, Run], deviations: list[Deviation]
) -> None:
    # A result that no condition explains is not checked here: nor is a crash, whose
    # line lacks the memory that the call read.
    for d in deviations:
        if d.kind in ARGUABLE | {"crash"}:
            continue
        verdict = runs[d.trace].verdicts[d.seq]
        assert {reason.id for reason in verdict.conditions} == d.conditions, d


def test_checkpoints_are_equal(runs: dict[str, Run]) -> None:
    assert [d for run in runs.values() for d in run.differences] == []
    assert all(run.checkpoints for name, run in runs.items() if "crash" not in name)


def test_true_conditions_are_those_of_the_notes(runs: dict[str, Run]) -> None:
    wrong = [f"{name} {text}" for name, run in runs.items() for text in run.mismatches]
    assert [text for text in wrong if not text.startswith(NOTED_TOO_EARLY)] == []
    # As many as there are notes of this shape, less those on the two calls that crashed.
    assert sum(run.noted for run in runs.values()) == NOTED
