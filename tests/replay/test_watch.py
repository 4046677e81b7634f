"""The rules' watchers beside the judge: who is shown what, what is kept, what a fault costs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from replay import run as run_module
from replay.cli import Status
from replay.report import json as json_report
from replay.report import text
from replay.result import MOST_GROUPS, MOST_LINES, Group, Hazard, TraceResult
from replay.rmm.model import Rmm
from replay.rmm.values import DELEGATED, UNDELEGATED
from replay.run import Options, run_trace
from replay.watch import Watcher, watchers
from rules import registry
from rules.registry import RuleError
from tests.replay.make_samples import INPUT, RAM, Script
from traces.event import PAGE

DELEGATE, UNDELEGATE = "RMI_GRANULE_DELEGATE", "RMI_GRANULE_UNDELEGATE"


def script() -> Script:
    """Lines 2, 3 and 4."""
    s = Script("1.0")
    s.call("GRANULE_DELEGATE", RAM.base)
    s.call("GRANULE_UNDELEGATE", RAM.base)
    s.call("RMM_ACTIVATE", r=2**64 - 1)  # no such function in 1.0
    return s


def watched(
    monkeypatch: pytest.MonkeyPatch, *watches: type, s: Script | None = None, **options: Any
) -> TraceResult:
    """The trace under watchers made up, called a, b ...; warnings."""
    made = [
        Watcher("ab"[n], "warning", watch, getattr(watch, "COMMANDS", None))
        for n, watch in enumerate(watches)
    ]
    monkeypatch.setattr(run_module, "watchers", lambda: tuple(made))
    return run_trace(BytesIO((s or script()).text()), "t", Options(**options))


def test_a_watcher_sees_the_model_before_and_after_each_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []

    class Watch:
        def before(self, call: Any, rmm: Any) -> None:
            seen.append(("before", call.line, rmm.gstate(RAM.base)))

        def after(self, call: Any, verdict: Any, rmm: Any) -> None:
            seen.append(("after", verdict.command, verdict.kind, rmm.gstate(RAM.base)))

        def end(self, rmm: Any) -> None:
            seen.append("end")

    watched(monkeypatch, Watch)
    assert seen == [
        ("before", 2, UNDELEGATED),
        ("after", DELEGATE, "ok", DELEGATED),
        ("before", 3, DELEGATED),
        ("after", UNDELEGATE, "ok", UNDELEGATED),
        ("before", 4, UNDELEGATED),
        ("after", "RMI_RMM_ACTIVATE", "ok", UNDELEGATED),
        "end",
    ]


def test_it_sees_the_commands_that_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    class Watch:
        COMMANDS = frozenset({UNDELEGATE})

        def before(self, call: Any, rmm: Any) -> None:
            seen.append(call.line)

        def after(self, call: Any, verdict: Any, rmm: Any) -> None:
            seen.append(call.line)

    watched(monkeypatch, Watch)
    assert seen == [3, 3]


def test_each_trace_has_its_own_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watch:
        def __init__(self) -> None:
            self.calls = 0

        def after(self, call: Any, verdict: Any, rmm: Any) -> None:
            self.calls += 1

        def end(self, rmm: Any) -> list[Hazard]:
            return [Hazard(4, None, f"{self.calls} calls")]

    for _ in range(2):
        [group] = watched(monkeypatch, Watch).hazards
        assert group.full[0].message == "3 calls"


def test_a_restart_of_the_rmm_is_another_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watch:
        def __init__(self) -> None:
            self.calls = 0

        def after(self, call: Any, verdict: Any, rmm: Any) -> list[Hazard]:
            self.calls += 1
            return [Hazard(call.line, None, f"call {self.calls}")]

    s = script()
    s.event("boot")
    s.call("GRANULE_DELEGATE", RAM.base)
    [group] = watched(monkeypatch, Watch, s=s, every=True).hazards
    assert [hazard.message for hazard in group.full] == ["call 1", "call 2", "call 3", "call 1"]


class Complains:
    """Of every call but the last."""

    COMMANDS = frozenset({DELEGATE, UNDELEGATE})

    def after(self, call: Any, verdict: Any, rmm: Any) -> Iterable[Hazard]:
        yield Hazard(call.line, call.seq, f"page {call.x[0]:#x} is lent", (2, call.line))


def test_what_says_the_same_is_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    result = watched(monkeypatch, Complains)
    [group] = result.hazards
    assert (group.count, group.lines, len(group.full)) == (2, [2, 3], 1)
    assert group.full[0] == Hazard(2, 0, f"page {RAM.base:#x} is lent", (2, 2), "a", "warning")
    assert (result.hazard_count, result.hazardous, result.conforms) == (2, True, True)
    [group] = watched(monkeypatch, Complains, every=True).hazards
    assert [h.line for h in group.full] == [2, 3]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watch:
        def end(self, rmm: Any) -> Iterable[Hazard]:
            for n in range(2 * MOST_GROUPS):
                yield Hazard(n, None, "-" * (n + 1), tuple(range(2 * MOST_LINES)))

    result = watched(monkeypatch, Watch)
    assert result.hazard_count == 2 * MOST_GROUPS
    assert len(result.hazards) == MOST_GROUPS + 1
    assert len(result.hazards[0].full[0].lines) == MOST_LINES


def test_a_remark_is_no_reason_to_fail() -> None:
    result = TraceResult("t")
    assert not result.hazardous
    for severity, status in (("info", 0), ("warning", 1), ("error", 1)):
        one = Hazard(1, None, "m", rule="a", severity=severity)
        result.hazards = [Group([one], [1], 1)]
        seen = Status()
        list(seen.watch(iter([result]), None))
        assert seen.value == status


def test_the_end_is_that_of_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watch:
        def end(self, rmm: Any) -> list[Hazard]:
            return [Hazard(4, None, "over")]

    assert watched(monkeypatch, Watch).hazard_count == 1
    assert watched(monkeypatch, Watch, stop_at=3).hazard_count == 0
    cut = script().text()[:-10]
    assert run_trace(BytesIO(cut), "t", Options()).hazard_count == 1
    assert run_trace(BytesIO(cut), "t", Options(strict=True)).hazard_count == 0


# --- faults of watchers


def test_a_watcher_that_fails_is_told_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watch:
        def before(self, call: Any, rmm: Any) -> Iterable[Hazard]:
            if call.line == 3:
                raise KeyError("gone")
            yield Hazard(call.line, call.seq, "seen")

    result = watched(monkeypatch, Watch, Complains)
    assert {(g.full[0].rule, g.count) for g in result.hazards} == {("a", 1), ("b", 2)}
    assert dict(result.verdicts) == {"ok": 3}
    [item] = result.unread
    assert item.line == 3
    assert item.text.startswith("not watched for a any more, internal error: KeyError: 'gone' (")
    assert not result.complete


def test_what_the_model_cannot_tell_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Open(Exception):
        pass

    class Watch:
        def after(self, call: Any, verdict: Any, rmm: Any) -> Iterable[Hazard]:
            if call.line == 3:
                raise Open
            yield Hazard(call.line, call.seq, "seen")

    monkeypatch.setattr(Rmm, "doubt", (Open,))
    result = watched(monkeypatch, Watch)
    assert [group.lines for group in result.hazards] == [[2, 4]]
    assert result.complete


def test_one_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watch:
        def __init__(self) -> None:
            raise ValueError("no")

    result = watched(monkeypatch, Watch, Complains)
    assert "not watched for a any more" in result.unread[0].text
    assert result.hazard_count == 2


def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> None:
    """A package of rules with one rule, `loud`, and its files."""
    (tmp_path / "loud").mkdir()
    for name, content in files.items():
        (tmp_path / "loud" / f"{name}.py").write_text(content, encoding="utf-8")
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "registry.py"))


RULE = 'SEVERITY = "info"\nNEEDS = "line"\nTITLE = "t"\ndef check(unit): return ()\n'
WATCH = "class Watch:\n    pass\n"


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        ({"rule": RULE, "watch": WATCH}, "info"),
        ({"rule": RULE, "watch": 'SEVERITY = "error"\n' + WATCH}, "error"),
        ({"watch": 'SEVERITY = "warning"\n' + WATCH}, "warning"),  # a rule for traces alone
    ],
)
def test_a_severity_is_the_rules_or_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], severity: str
) -> None:
    folder(tmp_path, monkeypatch, **files)
    [(name, found, _)] = registry.watches()
    assert (name, found) == ("loud", severity)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (WATCH, "watch.py: SEVERITY is None, not one of error, warning, info"),
        ('SEVERITY = "bad"\n' + WATCH, "watch.py: SEVERITY is 'bad', not one of"),
        ('SEVERITY = "info"\n', "watch.py: no class Watch"),
        ("import nothing_like_it\n", "watch.py:1: "),
    ],
)
def test_a_broken_watcher_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, said: str
) -> None:
    folder(tmp_path, monkeypatch, watch=content)
    with pytest.raises(RuleError) as error:
        registry.watches()
    assert f"loud/{said}" in str(error.value)
    monkeypatch.setattr(run_module, "watchers", lambda: registry.watches())
    result = run_trace(BytesIO(script().text()), "t", Options())
    assert f"loud/{said}" in result.error
    assert not result.complete  # exit status 2


def test_the_rules_here_are_found_with_their_own_severity() -> None:
    found = {watcher.rule: watcher.severity for watcher in watchers()}
    assert found["widened-range"] == "error"
    assert found["unbounded-retry"] == "warning"


# --- reports


def test_a_hazard_is_a_line_of_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    result = watched(monkeypatch, Complains)
    lines = list(text.trace(result))
    assert lines == [
        f"t:2: warning: page {RAM.base:#x} is lent [a]",
        "    and 1 more like it: line 3",
    ]
    assert "  hazards: 2 warnings" in list(text.summary(result))
    every = watched(monkeypatch, Complains, every=True)
    assert list(text.trace(every, verbose=True)) == [
        f"t:2: warning: page {RAM.base:#x} is lent [a]",
        f"t:3: warning: page {RAM.base:#x} is lent [a]",
        "    lines 2, 3",
    ]


def test_hazards_stand_in_the_order_of_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watch:
        def end(self, rmm: Any) -> list[Hazard]:
            return [Hazard(line, None, "x" * line) for line in (4, 2, 3)]

    result = watched(monkeypatch, Watch, every=True)
    for verbose in (False, True):
        shown = [line.split(":")[1] for line in text.trace(result, verbose)]
        assert shown == ["2", "3", "4"]
    assert [h["line"] for h in json_report.trace(result)["hazards"]] == [2, 3, 4]


def test_a_message_cannot_break_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    class Watch:
        def end(self, rmm: Any) -> list[Hazard]:
            return [Hazard(2, None, "a\x1b[31m\nb")]

    result = watched(monkeypatch, Watch)
    assert not any(c < " " for line in text.trace(result) for c in line)


def test_a_hazard_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    result = watched(monkeypatch, Complains, every=True)
    found = json.loads(json_report.render([result]))["traces"][0]
    assert found["hazard_count"] == 2
    assert found["hazards"][1] == {
        "line": 3,
        "seq": 1,
        "rule": "a",
        "severity": "warning",
        "message": f"page {RAM.base:#x} is lent",
        "lines": [2, 3],
    }


def test_watching_needs_no_tree_sitter() -> None:
    import subprocess
    import sys

    code = "import sys; from replay.watch import watchers; watchers(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    names = done.stdout.split()
    assert "rules._loaded_widened_range_watch" in names
    assert not [n for n in names if n.startswith(("tree_sitter", "linter.source"))]


def test_an_error_that_is_no_hazard() -> None:
    """What the RMM refuses once is no business of a watcher."""
    s = Script("1.0")
    s.call("GRANULE_UNDELEGATE", RAM.base + PAGE, r=INPUT)
    assert run_trace(BytesIO(s.text()), "t", Options()).hazards == []
