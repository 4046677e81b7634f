"""The watchers of the rules against their example traces.

A note `expect: rule-name` stands behind the line on which the rule's watcher must report;
behind the last call, too, what it reports at the end.  `expect: violation` stands behind
a call whose result is not permitted: no story needs one unless it says so.
"""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from replay.result import TraceResult
from replay.rmm.model import Rmm
from replay.run import Options, run_path
from replay.watch import watchers
from tests.replay.make_samples import SAMPLES
from tests.rules.make_traces import STORIES
from tests.rules.make_traces import path as path_of
from traces.event import Event, Header, Smc
from traces.formats.jsonl import read

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "traces"
EXAMPLES = sorted((ROOT / "rules").glob("*/examples/*.jsonl"))
WATCHED = sorted(watcher.rule for watcher in watchers())
MARK = "expect: "


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


def marks(path: Path) -> tuple[list[tuple[int, str]], int]:
    """((line, what) of every mark, lines of the file)."""
    found, line = [], 0
    with path.open("rb") as stream:
        for item in read(stream, name=path.name, strict=True):
            text = item.fields.get("text", "") if isinstance(item, Event) else ""
            if text.startswith(MARK):
                found.append((line, text.removeprefix(MARK)))
            elif isinstance(item, Smc | Header):
                line = item.line
    return found, item.line


def judged(path: Path) -> TraceResult:
    return run_path(str(path), Options(every=True))


def fired(result: TraceResult) -> list[tuple[int, str]]:
    return sorted((h.line, h.rule) for group in result.hazards for h in group.full)


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_hazards_stand_on_the_marked_lines(path: Path) -> None:
    rule = path.parent.parent.name
    expected, lines = marks(path)
    assert {what for _, what in expected} <= {rule, "violation"}
    assert lines <= 60, "too long to be read"
    result = judged(path)
    assert result.complete
    found = Counter(one for one in fired(result) if one[1] == rule)
    found += Counter((v.line, "violation") for g in result.violations for v in g.full)
    said = [h.message for group in result.hazards for h in group.full]
    assert found == Counter(expected), said
    assert not result.verdicts["unknown"]
    assert any(what == rule for _, what in expected) == path.name.startswith("bad_")
    for group in result.hazards:
        for hazard in group.full:
            assert hazard.message
            assert not hazard.message.endswith(".")
            assert all(1 < line <= lines for line in hazard.lines)


@pytest.mark.parametrize("rule", WATCHED)
def test_a_watcher_is_shown_from_both_sides(rule: str) -> None:
    names = [path.name for path in EXAMPLES if path.parent.parent.name == rule]
    assert any(name.startswith("bad_") for name in names)
    assert any(name.startswith("good_") for name in names)


def test_only_rules_with_a_watcher_have_example_traces() -> None:
    assert {path.parent.parent.name for path in EXAMPLES} == set(WATCHED)


@pytest.mark.parametrize("story", sorted(STORIES))
def test_the_trace_is_what_its_script_says(story: str) -> None:
    assert path_of(story).read_bytes() == STORIES[story]().text()


@pytest.mark.parametrize("rule", WATCHED)
def test_the_readme_says_what_is_seen_in_a_trace(rule: str) -> None:
    assert "\n## In a trace\n\n" in (ROOT / "rules" / rule / "README.md").read_text("utf-8")


# --- traces in which nothing is wrong


@pytest.mark.parametrize("name", ["life-1.0", "life-2.0", "ripas-1.0", "busy-2.0"])
def test_nothing_is_said_of_a_clean_sample(name: str) -> None:
    assert fired(judged(SAMPLES / f"{name}.jsonl")) == []


@pytest.mark.parametrize("name", ["a_lifecycle", "a_lifecycle10"])
def test_nothing_is_said_of_the_reference_in_its_life(name: str) -> None:
    path = REAL / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("the shared traces are not here")
    result = judged(path)
    assert result.calls > 100
    assert fired(result) == []
    with gzip.open(path) as stream:  # there was something to watch
        assert b"RMI_REC_ENTER" in stream.read()


# --- traces that leave calls out

# What they see is in the calls themselves, or in a state that the model is sure of.
SURE = {"unbounded-retry", "no-progress", "widened-range", "touch-while-delegated"}
UNSURE = {"ignored-psci-complete", "status-as-exit-code"}
BAD = [path for path in EXAMPLES if path.name.startswith("bad_")]


@pytest.mark.parametrize(
    "path",
    [path for path in BAD if path.parent.parent.name in SURE | UNSURE],
    ids=name_of,
)
def test_where_calls_may_be_missing_only_what_is_sure_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = path.parent.parent.name
    before = fired(judged(path))
    monkeypatch.setattr(Rmm, "partial", True)
    after = [one for one in fired(judged(path)) if one[1] == rule]
    assert after == [one for one in before if one[1] == rule and rule in SURE]
