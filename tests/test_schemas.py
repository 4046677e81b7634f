"""docs/*.schema.json: every real report is valid, and no field of one is undocumented."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from linter.check import lint_mails
from linter.intake.mail import read_path
from linter.report.json import render
from rules import registry

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SAMPLE = ROOT / "samples" / "lend-v2.mbox"
TRACES = ROOT / "traces" / "samples"


def closed(schema: Any) -> Any:
    """The schema with each object held to the properties that it names."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    if isinstance(made.get("properties"), dict) and "type" in made:
        made.setdefault("additionalProperties", False)
    return made


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((DOCS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(closed(schema))


FINDINGS = validator("findings")
REPLAY = validator("replay")


def run(module: str, *arguments: str) -> Any:
    command = f"import sys; from {module}.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", command, *arguments, "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode in (0, 1, 2), done.stderr
    return json.loads(done.stdout)


def test_findings_of_the_sample_with_witnesses(tmp_path: Path) -> None:
    report = run("linter", "--no-config", "--witness-dir", str(tmp_path), str(SAMPLE))
    FINDINGS.validate(report)
    kinds = {f["witness"] and f["witness"]["kind"] for f in report["findings"]}
    assert "witness" in kinds


def test_findings_of_files_and_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int f(void)\n{\n\treturn WARN_ON(rmi_lend());\n}\n")
    FINDINGS.validate(run("linter", "--no-config", "--all", str(tmp_path)))
    (tmp_path / "x").write_text("no patch\n")
    report = run("linter", "--no-config", str(tmp_path / "x"))
    FINDINGS.validate(report)
    assert report["notes"]


def test_findings_of_a_real_series(shared: Path) -> None:
    mails = read_path(str(shared / "corpus" / "cca-kvm-v13.mbox"))
    FINDINGS.validate(json.loads(render(lint_mails(mails, registry.load([])))))


def test_verdicts_of_the_samples() -> None:
    traces = sorted(map(str, TRACES.glob("*.jsonl")))
    report = run("replay", *traces, "--coverage")
    REPLAY.validate(report)
    told = [trace for trace in report["traces"] if trace["violations"]]
    assert told and any(trace["hazards"] for trace in report["traces"])


def test_verdicts_with_the_state_and_of_what_is_no_trace(tmp_path: Path) -> None:
    planted = str(TRACES / "planted-1.0.jsonl")
    report = run("replay", planted, "--stop-at", "20", "--state")
    REPLAY.validate(report)
    assert report["traces"][0]["state"]
    (tmp_path / "broken.jsonl").write_text('{"format": "rmi-trace/1"\n{]\n')
    report = run("replay", str(tmp_path / "broken.jsonl"))
    REPLAY.validate(report)
    assert report["traces"][0]["error"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "rmilint/2"),
        (("findings", 0, "line"), 0),
        (("findings", 0, "severity"), "fatal"),
        (("findings", 0, "fingerprint"), "no"),
        (("findings", 0, "new_field"), 1),
        (("summary", "patches"), "3"),
    ],
)
def test_what_differs_is_refused(path: tuple[Any, ...], value: Any) -> None:
    good = json.loads(render(lint_mails(read_path(str(SAMPLE)), registry.load([]))))
    FINDINGS.validate(good)
    bad = copy.deepcopy(good)
    at = bad
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    with pytest.raises(ValidationError):
        FINDINGS.validate(bad)
