"""From findings to witnesses: real mails, and rules written for the purpose."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from linter import cli
from linter.check import lint_mails
from linter.finding import Finding, Report
from linter.follow import Run
from linter.intake.mail import read_path
from linter.witness import oracle
from linter.witness.command import attach
from linter.witness.entries import statement_line
from linter.witness.explore import Clock, explore
from linter.witness.guest import IPA
from linter.witness.machine import QEMU_SBSA
from linter.witness.prove import Rulebook, prove
from linter.witness.scenario import Answer, Scenario
from linter.witness.worlds import Worlds
from rules import registry
from rules.registry import RuleError

REPLAY = "from replay.cli import main; main()"
CODE = """
static int give(phys_addr_t phys, unsigned long size)
{
	unsigned long top = phys + size;
	unsigned long next;
	unsigned long ret;

	while (phys < top) {
		ret = rmi_granule_range_delegate(phys, top, &next);
		if (ret == RMI_SUCCESS)
			phys = next;
		else if (ret != RMI_BUSY && ret != RMI_BLOCKED)
			return ret;
	}

	return 0;
}
"""


def lint(path: Path, *names: str) -> tuple[Report, list[Run]]:
    runs: list[Run] = []
    rules = [r for r in registry.load() if r.name in names]
    return lint_mails(read_path(str(path)), rules, None, runs), runs


@cache
def corpus(path: Path) -> tuple[Report, list[Run]]:
    """With those rules only that the tests below are about."""
    return lint(path, *(row[1] for row in WITNESSES))


def proved(path: Path, *names: str) -> dict[tuple[str, int], Finding]:
    report, runs = lint(path, *names)
    attach(report, runs, registry.load(), None)
    return {(f.rule, f.line): f for f in report.findings}


def witness(finding: Finding) -> dict[str, Any]:
    assert isinstance(finding.witness, dict)
    return finding.witness


# --- the seeds


def test_seed_000(shared: Path) -> None:
    """The first SMC goes below RAM; with RAM on a gigabyte all is well; the twin is harmless."""
    (path,) = (shared / "seeds").glob("000_*")
    found = proved(path, "widened-range")
    start, end = found["widened-range", 113], found["widened-range", 114]
    assert start.severity == "error" and witness(start)["kind"] == "witness"
    (call,) = witness(start)["calls"]
    assert call.startswith("RMI_GRANULE_TRACKING_GET(0x10040000000) = SUCCESS, 0, 1 ")
    assert witness(start)["ending"] == "returns -ENODEV"
    assert "on control;" in witness(start)["control"]
    assert witness(start)["control"].endswith("returns 0")
    assert witness(start)["values"]["start"] == "0x10043000000"
    # The end is rounded to where the last region ends, which begins in RAM.
    assert witness(end)["kind"] == "refutation"
    assert end.severity == "info" and witness(end)["severity"] == "error"
    for line in (144, 145):  # rmi_create_gpts()
        twin = found["widened-range", line]
        assert twin.severity == "info" and witness(twin)["kind"] == "refutation"


def test_seed_002(shared: Path) -> None:
    """Size 0 issues nothing and is success; an RMM that is busy for ever is asked for ever."""
    (path,) = (shared / "seeds").glob("002_*")
    report, runs = lint(path, "unbounded-retry", "no-progress")
    attach(report, runs, registry.load(), None)
    kinds = {f.rule: (witness(f)["kind"], f.severity) for f in report.findings}
    assert kinds["unbounded-retry"] == ("witness", "error")
    assert kinds["no-progress"] == ("witness", "error")
    finding = report.findings[0]
    world = Worlds(runs).of(finding, QEMU_SBSA)
    assert world is not None
    function = world.function(finding.function)
    assert function is not None
    (attempt,) = explore(world, function, Scenario(arguments="zero"), Clock(5)).attempts
    assert not attempt.smcs and oracle.returned(attempt) == 0


WITNESSES = [
    (12, "warn-and-continue", 578, "fires and the function goes on: RMI_DATA_CREATE("),
    (12, "warn-and-continue", 845, "fires and the function goes on: RMI_DATA_CREATE_UNKNOWN("),
    (12, "error-rtt-taken-for-done", 931, "returns 0"),
    (12, "or-on-range-end", 454, "nothing is done for the range"),
    (13, "unbounded-retry", 202, "again and again"),
    (13, "no-progress", 219, "again and again"),
    (13, "uninitialised-on-path", 224, "returns (int)(uninitialised local `ret`)"),
    (13, "continue-after-error", 688, "the range that was asked for begins at 0xbfe00000"),
    (13, "out-value-on-error", 840, "uninitialised local `top_ipa`"),
    (13, "warn-as-status", 111, "returns 1: RMI_ERROR_INPUT to its caller"),
    (13, "list-without-bound", 178, "has 2200 bytes"),
    (13, "undone-not-freed", 443, "is back from the RMM and is not freed; returns -ENXIO"),
    (13, "status-or-errno", 760, "returns 1: positive, so no errno"),
    (13, "or-on-range-end", 603, "nothing is done for the range"),
    (13, "unchecked-user-range", 897, "kvm_arm_rmi_populate(&kvm, &*args) goes on to RMI_"),
    (13, "free-while-delegated", 96, "frees 0x10044008000, which the RMM has (DELEGATED)"),
    (13, "free-while-delegated", 168, "frees 0x10044200000, which the RMM has (DELEGATED)"),
    (13, "incomplete-not-driven", 305, "= INCOMPLETE(donate), 0, 8 is left unfinished"),
    (13, "rollback-range", 716, "uninitialised local `i`"),
]


@pytest.mark.parametrize(("version", "rule", "line", "words"), WITNESSES)
def test_a_witness_in_the_corpus(
    shared: Path, version: int, rule: str, line: int, words: str
) -> None:
    report, runs = corpus(shared / "corpus" / f"cca-kvm-v{version}.mbox")
    (finding,) = [f for f in report.findings if f.line == line and f.rule == rule]
    rulebook = Rulebook({r.name: r.folder for r in registry.load()})
    verdict = prove(finding, Worlds(runs), rulebook, Clock(8))
    assert verdict.kind == "witness", verdict.text
    assert words in " ".join(verdict.text)
    assert verdict.control is not None and oracle.succeeded(verdict.control)


def test_a_block_in_v12(shared: Path) -> None:
    """realm_map_protected() makes both tables, maps page by page and folds the last one; its
    attempt to have that table beforehand warns, for the level above is not there yet.
    """
    report, runs = corpus(shared / "corpus" / "cca-kvm-v12.mbox")
    (finding,) = [f for f in report.findings if f.line == 845 and f.rule == "warn-and-continue"]
    world = Worlds(runs).of(finding, QEMU_SBSA)
    assert world is not None
    function = world.function("realm_map_protected")
    assert function is not None
    (attempt,) = explore(world, function, Scenario(arguments="block"), Clock(9), smcs=1100).attempts
    done = [e.text for e in attempt.smcs if not oracle.failed(e)]
    assert done.count("RMI_RTT_CREATE") == 2
    assert done.count("RMI_DATA_CREATE_UNKNOWN") == 512
    assert done.count("RMI_RTT_FOLD") == 1
    assert oracle.returned(attempt) == 0
    assert [e.text for e in attempt.events if e.kind == "warn"] == ["WARN(1)"]


def test_a_page_that_the_rmm_refused_counts_as_populated(shared: Path) -> None:
    """The status of RMI_RTT_DATA_MAP_INIT, 1, comes to the ioctl as a number of pages."""
    report, runs = corpus(shared / "corpus" / "cca-kvm-v13.mbox")
    (finding,) = [f for f in report.findings if f.rule == "status-or-errno" and f.line == 760]
    worlds = Worlds(runs)
    later = worlds.at_the_end(finding)
    assert later is not None
    world = worlds.of(later, QEMU_SBSA)
    assert world is not None
    function = world.function("kvm_arm_rmi_populate")
    assert function is not None
    refused = Answer("RMI_RTT_DATA_MAP_INIT", 0, (1,))
    found = explore(world, function, Scenario(arguments="pages", answers=(refused,)), Clock(9))
    ended = [a for a in found.attempts if oracle.returned(a) == 0]
    assert ended
    for attempt in ended:
        assert [e.text for e in attempt.smcs].count("RMI_RTT_DATA_MAP_INIT") == 1
        memory = attempt.run.memory
        (made,) = [o for o in memory.objects() if o.label == "*args"]
        start = made.base + made.size // 2
        fields = attempt.run.types.record("struct", "kvm_arm_rmi_populate").fields
        left = [memory.load(start + fields[name].offset, 8) for name in ("base", "size")]
        assert left == [IPA + 0x1000, 0x3000]  # a page is done, three are left


# --- from the command line


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "give.c"
    path.write_text(CODE)
    return path


def test_one_line_a_finding_then_what_was_seen(
    code: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    select = ["--no-config", "--select", "unbounded-retry", "--all", str(code)]
    assert cli.main(select) == 1
    plain = capsys.readouterr().out
    assert plain.count("\n") == 1 and ": warning: " in plain
    assert cli.main(["--witness", *select]) == 1
    first, *more = capsys.readouterr().out.splitlines()
    assert ": ERROR: " in first
    assert more[0].startswith(
        "    witness: give(0x10081800000, 0x1000) on qemu-sbsa; busy-for-ever"
    )
    assert all(line.startswith("    ") for line in more)
    assert "    error for that, warning by the rule" in more
    assert any(line.startswith("    control: ") for line in more)


def test_json_has_it_all(code: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["--no-config", "--format", "json", "--witness", "--all", str(code)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    (busy,) = [f for f in findings if f["rule"] == "unbounded-retry"]
    assert busy["witness"]["kind"] == "witness"
    assert busy["witness"]["severity"] == "warning" and busy["severity"] == "error"
    assert busy["witness"]["trace"] is None
    cli.main(["--no-config", "--format", "json", "--all", str(code)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert findings and all(f["witness"] is None for f in findings)


def test_a_trace_that_replay_judges(
    code: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "traces"
    options = ["--no-config", "--witness-dir", str(out), "--select", "unbounded-retry"]
    assert cli.main([*options, "--all", str(code)]) == 1
    (trace,) = out.iterdir()
    assert f"    trace: {trace}" in capsys.readouterr().out
    done = subprocess.run(
        [sys.executable, "-c", REPLAY, "--format", "json", str(trace)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    (judged,) = json.loads(done.stdout)["traces"]
    assert judged["calls"] > 20
    assert judged["verdicts"]["violation"] == 0  # BUSY is permitted, for ever too


def test_a_directory_that_cannot_be_written(code: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--no-config", "--witness-dir", str(code), "--select", "unbounded-retry"]
    assert cli.main([*options, "--all", str(code)]) == 2
    assert str(code) in capsys.readouterr().err


@pytest.mark.parametrize("option", [[], ["--witness"]])
def test_what_is_imported(code: Path, option: list[str]) -> None:
    script = (
        "import sys; from linter import cli; cli.main(sys.argv[1:]);"
        "print(*sorted(m for m in sys.modules"
        " if m.startswith(('linter.witness.', 'replay'))), sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--no-config", *option, "--all", str(code)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert bool(done.stderr.strip()) == bool(option)


# --- rules


RULE = """
SEVERITY = "warning"
NEEDS = "function"
TITLE = "a test"
def check(function):
    for call in function.facts.calls("rmi_granule_range_delegate".__eq__):
        yield function.finding(call.node, "a test")
"""
SCENARIO = """
from linter.witness.prove import Case
from linter.witness.scenario import Answer, Scenario
CASES = (Case(Scenario(), Scenario()),)
"""


def lint_with(tmp_path: Path, code: Path, scenario: str | None) -> list[dict[str, Any]]:
    folder = tmp_path / "rules" / "mine"
    folder.mkdir(parents=True)
    (folder / "rule.py").write_text(RULE)
    if scenario is not None:
        (folder / "scenario.py").write_text(scenario)
    options = ["--no-config", "--rules", str(tmp_path / "rules"), "--select", "mine"]
    done = subprocess.run(
        [sys.executable, "-m", "linter.cli", *options, "--format", "json", "--witness", "--all",
         str(code)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 2:
        raise RuleError(done.stderr)
    found = json.loads(done.stdout)["findings"]
    assert isinstance(found, list)
    return found


def test_a_rule_without_scenario_has_no_witness(tmp_path: Path, code: Path) -> None:
    (finding,) = lint_with(tmp_path, code, None)
    assert finding["witness"] is None and finding["severity"] == "warning"


def test_harm_in_the_control_is_no_proof(tmp_path: Path, code: Path) -> None:
    harm = "def harm(attempt, finding):\n    return 'all is lost'\n"
    (finding,) = lint_with(tmp_path, code, SCENARIO + harm)
    assert finding["witness"]["kind"] == "none" and finding["severity"] == "warning"
    assert "the control does not run clean (all is lost): no proof" in finding["witness"]["text"][0]


def test_no_harm_refutes_only_where_the_rule_says_so(tmp_path: Path, code: Path) -> None:
    harm = "def harm(attempt, finding):\n    return ''\n"
    (finding,) = lint_with(tmp_path, code, SCENARIO + harm + "REFUTES = True\n")
    assert finding["witness"]["kind"] == "refutation" and finding["severity"] == "info"


def test_no_harm_alone_decides_nothing(tmp_path: Path, code: Path) -> None:
    harm = "def harm(attempt, finding):\n    return ''\n"
    (finding,) = lint_with(tmp_path, code, SCENARIO + harm)
    assert finding["witness"]["kind"] == "none" and finding["severity"] == "warning"


def test_nothing_is_refuted_where_the_trigger_was_not_met(tmp_path: Path, code: Path) -> None:
    more = "def harm(a, f):\n    return ''\ndef trigger(a, f):\n    return False\nREFUTES = True\n"
    (finding,) = lint_with(tmp_path, code, SCENARIO + more)
    assert finding["witness"]["kind"] == "none"


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("CASES = ()\n", "harm is not defined"),
        ("1/0\n", "scenario.py:1: ZeroDivisionError"),
        (SCENARIO + "def harm(a, f):\n    return a.nothing\n", "rule mine: scenario.py failed"),
    ],
)
def test_a_broken_scenario_is_named(tmp_path: Path, code: Path, scenario: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        lint_with(tmp_path, code, scenario)


def test_every_scenario_of_the_rules_can_be_loaded() -> None:
    loaded = [registry.scenario(r.folder, r.name) for r in registry.load()]
    assert sum(s is not None for s in loaded) >= 16
    for declared in loaded:
        if declared is not None:
            assert declared["CASES"] and callable(declared["harm"])


def test_a_macro_that_nobody_uses_is_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.c"
    path.write_text(
        "#define rmi_again(...) do { \\\n\tarm_smccc_1_1_invoke(__VA_ARGS__); \\\n"
        "} while (RMI_RETURN_STATUS(res.a0) == RMI_BUSY)\n"
    )
    options = ["--no-config", "--witness", "--format", "json", "--select", "unbounded-retry"]
    cli.main([*options, "--all", str(path)])
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["witness"]["kind"] == "none"
    assert finding["witness"]["text"] == [
        "rmi_again() is not here as a whole, and nothing calls it"
    ]


def test_the_line_of_the_statement_around_a_line() -> None:
    from linter.follow import new_unit, new_world

    source = (
        "int f(int a)\n{\n\tif (a &&\n\t    a > 2)\n\t\treturn g(a,\n\t\t\t 3);\n\treturn 0;\n}\n"
    )
    world = new_world()
    unit = new_unit("t.c", source, world)
    (function,) = unit.functions
    assert [statement_line(function, n) for n in (3, 4, 5, 6, 7)] == [3, 3, 5, 5, 7]
