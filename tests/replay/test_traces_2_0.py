"""Real traces of the reference's RMM 2.0: every call judged, every checkpoint compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from replay.engine import Engine
from replay.verdict import OK, UNKNOWN, VIOLATION, Difference, Verdict
from traces.event import Event, Header, Problem, Smc
from traces.formats.jsonl import read

# What the reference does wrong (fact sheet tf-rmm-behaviour, section 14): item, and what.
FAULTS = {
    ("c16_crash_level_lt_start", 9): "1: UNPROT_MAP of a block above the starting level dies",
    ("c25_lock_leak_rtt_destroy_aux_ref", 129): "3: RTT_DESTROY dies of a table left locked before",
}
# What the facts do not tell.
NOT_MODELLED = {
    ("c19_pdev_vdev_psmmu", 146): "PDEV_STREAM_CONNECT is known by name only",
}

CALLS = 47_581 + 2  # and two that never came back
CHECKPOINTS = 69 + 11  # `granules` and `granule` events
OK_SHARE = 0.995


@dataclass
class Judged:
    """All traces, judged: (trace, seq) of the calls that are not plainly ok."""

    calls: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    violations: dict[tuple[str, int | None], Verdict] = field(default_factory=dict)
    unknown: dict[tuple[str, int | None], Verdict] = field(default_factory=dict)
    notes: dict[tuple[str, int | None], tuple[str, ...]] = field(default_factory=dict)
    checkpoints: int = 0
    differences: list[tuple[str, Difference]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _judge(path: Path, judged: Judged) -> None:
    name = path.name.removesuffix(".jsonl.gz")
    engine: Engine | None = None
    with path.open("rb") as file:
        for item in read(file, name=path.name):
            if isinstance(item, Header):
                engine = Engine(item)
                continue
            if isinstance(item, Problem):
                judged.problems.append(item)
                continue
            assert engine is not None
            verdicts: list[Verdict] = []
            if isinstance(item, Smc):
                judged.calls += 1
                verdicts = [engine.judge(item)]
            elif isinstance(item, Event):
                judged.checkpoints += item.name in ("granules", "granule")
                for said in engine.event(item):
                    if isinstance(said, Difference):
                        judged.differences.append((name, said))
                    else:
                        judged.calls += 1
                        verdicts.append(said)
            for verdict in verdicts:
                at = (name, verdict.smc.seq)
                judged.kinds[verdict.kind] += 1
                if verdict.kind == VIOLATION:
                    judged.violations[at] = verdict
                elif verdict.kind == UNKNOWN:
                    judged.unknown[at] = verdict
                if verdict.notes:
                    judged.notes[at] = verdict.notes


@pytest.fixture(scope="module")
def judged(shared: Path) -> Judged:
    paths = sorted((shared / "traces").glob("*.jsonl.gz"))
    paths = [path for path in paths if "10" not in path.name]
    assert len(paths) == 23
    found = Judged()
    for path in paths:
        _judge(path, found)
    return found


def test_every_line_is_read(judged: Judged) -> None:
    assert not judged.problems
    assert judged.calls == CALLS


def test_violations_are_faults_of_the_reference(judged: Judged) -> None:
    assert judged.violations.keys() == FAULTS.keys()
    for verdict in judged.violations.values():
        assert verdict.got == "no result"


def test_nearly_all_calls_are_judged(judged: Judged) -> None:
    assert judged.kinds[OK] >= OK_SHARE * judged.calls
    assert judged.unknown.keys() == NOT_MODELLED.keys()


def test_order_of_checks_is_the_references(judged: Judged) -> None:
    """The reference itself is never let off with the note `order`."""
    assert not [at for at, notes in judged.notes.items() if "order" in notes]


def test_every_checkpoint_is_equal(judged: Judged) -> None:
    assert judged.differences == []
    assert judged.checkpoints == CHECKPOINTS
