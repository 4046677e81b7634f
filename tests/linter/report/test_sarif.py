"""SARIF 2.1.0: what the standard asks for, and what is ours to say.

The published schema is not on PyPI.  Where SARIF_SCHEMA names it (npm's
@microsoft/sarif-multitool-linux has it as sarif-2.1.0.json) the reports are held to it.
The other tests check by hand what the standard's text requires of what we write.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from linter.check import lint_mails
from linter.finding import ERROR, Related, Report
from linter.intake.mail import read_mails, read_path
from linter.intake.patch import Note
from linter.report.sarif import render
from rules import registry

Make = Callable[..., Any]
SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "lend-v2.mbox"
RULES = registry.load([])

# The members that the standard (sections 3.13 to 3.54) gives each object we write.
MEMBERS = {
    "log": "$schema version runs",
    "run": "tool invocations originalUriBaseIds columnKind results",
    "driver": "name version semanticVersion rules",
    "rule": "id shortDescription fullDescription help defaultConfiguration properties",
    "result": "ruleId ruleIndex level message locations relatedLocations codeFlows "
    "partialFingerprints properties",
    "location": "id physicalLocation logicalLocations message",
    "physical": "artifactLocation region",
    "region": "startLine startColumn endLine endColumn snippet",
    "flow": "message threadFlows",
    "step": "location importance state",
    "invocation": "executionSuccessful toolExecutionNotifications",
}


def known(name: str, value: dict[str, Any]) -> dict[str, Any]:
    assert set(value) <= set(MEMBERS[name].split()), name
    assert None not in value.values()
    return value


def check_location(value: dict[str, Any]) -> None:
    physical = known("physical", known("location", value)["physicalLocation"])
    uri = physical["artifactLocation"]
    assert uri["uriBaseId"] == "%SRCROOT%"
    # a relative reference of RFC 3986, since there is a base (3.4.4)
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri["uri"])
    assert not uri["uri"].startswith("/")
    region = known("region", physical["region"])
    assert region["startLine"] >= 1
    assert region.get("startColumn", 1) >= 1
    assert region.get("endLine", region["startLine"]) >= region["startLine"]
    if "endColumn" in region and "endLine" not in region:
        assert region["endColumn"] >= region["startColumn"]


def check(text: str) -> list[dict[str, Any]]:
    """The results of a log in which everything is as the standard has it."""
    log = known("log", json.loads(text))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = known("driver", known("run", run)["tool"]["driver"])
    assert run["columnKind"] == "unicodeCodePoints"
    for invocation in run["invocations"]:
        assert isinstance(known("invocation", invocation)["executionSuccessful"], bool)
    ids = [known("rule", rule)["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for result in run["results"]:
        known("result", result)
        if "ruleIndex" in result:
            assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        for location in result["locations"]:
            check_location(location)
        related = result.get("relatedLocations", [])
        assert len({location["id"] for location in related}) == len(related)
        for location in [*related, *(step["location"] for step in steps(result))]:
            check_location(location)
        for name in ("relatedLocations", "codeFlows"):
            assert result.get(name, [1])  # absent rather than empty
        prints = result["partialFingerprints"].values()
        assert all(isinstance(value, str) for value in prints)
    results: list[dict[str, Any]] = run["results"]
    return results


def steps(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for flow in result.get("codeFlows", []):
        for thread in known("flow", flow)["threadFlows"]:
            assert thread["locations"]
            for step in thread["locations"]:
                yield known("step", step)


@pytest.fixture(scope="module")
def schema() -> Draft7Validator:
    path = os.environ.get("SARIF_SCHEMA")
    if not path:
        pytest.skip("SARIF_SCHEMA does not name the published schema")
    return Draft7Validator(json.loads(Path(path).read_text("utf-8-sig")))


@pytest.fixture(scope="module")
def sample() -> Report:
    return lint_mails(read_path(str(SAMPLE)), RULES)


def test_the_published_schema(schema: Draft7Validator, sample: Report, full: Report) -> None:
    for report in (sample, full, Report()):
        schema.validate(json.loads(render(report, RULES)))


@pytest.mark.parametrize("version", ["v12", "v13"])
def test_the_published_schema_on_real_series(
    schema: Draft7Validator, shared: Path, version: str
) -> None:
    report = lint_mails(read_path(str(shared / "corpus" / f"cca-kvm-{version}.mbox")), RULES)
    schema.validate(json.loads(render(report, RULES)))


def test_the_sample(sample: Report) -> None:
    results = check(render(sample, RULES))
    found = [(r["ruleId"], r["level"]) for r in results]
    assert found[:3] == [
        ("widened-range", "error"),
        ("widened-range", "error"),
        ("warn-as-status", "error"),
    ]
    first = results[0]["locations"][0]
    assert first["physicalLocation"]["artifactLocation"]["uri"] == "drivers/firmware/rmi_lend.c"
    region = first["physicalLocation"]["region"]
    assert region["snippet"]["text"] == "\tfirst = ALIGN_DOWN(first, LEND_UNIT);"
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (18, 2, 38)
    assert first["logicalLocations"] == [{"name": "lend_probe", "kind": "function"}]
    # the rounding, then the call that is given the result: both in line order
    (flow,) = results[0]["codeFlows"]
    lines = [
        step["location"]["physicalLocation"]["region"]["startLine"]
        for step in flow["threadFlows"][0]["locations"]
    ]
    assert lines == [18, 22]
    # gone in patch 3: nothing to mark in the last state
    gone = results[2]
    assert gone["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert gone["message"]["text"].endswith("(gone in 3/3)")
    assert gone["properties"]["lineInPatch"] == 18
    assert gone["properties"]["removedIn"].startswith("[PATCH v2 3/3] ")


def test_rules_come_with_their_help(sample: Report) -> None:
    driver = json.loads(render(sample, RULES))["runs"][0]["tool"]["driver"]
    by_id = {rule["id"]: rule for rule in driver["rules"]}
    assert set(by_id) == {finding.rule for finding in sample.findings}
    readme = (Path(registry.__file__).parent / "widened-range" / "README.md").read_text()
    assert by_id["widened-range"]["help"]["markdown"] == readme
    assert by_id["unbounded-retry"]["defaultConfiguration"]["level"] == "warning"


def test_a_witness_is_a_flow_of_calls(finding: Make, report: Make) -> None:
    text = (
        "Message-ID: <1@example.org>\nFrom: Ada <ada@example.org>\nSubject: [PATCH] x\n\n---\n"
        "diff --git a/include/cmds.h b/include/cmds.h\nnew file mode 100644\n"
        "--- /dev/null\n+++ b/include/cmds.h\n@@ -0,0 +1,2 @@\n+int a;\n+int b;\n-- \n2.39.5\n"
    )
    made: Report = lint_mails(read_mails(text.encode(), "x"), RULES)
    proved = finding(path="drivers/lend.c", line=9, end=(9, 12))
    proved.witness = {
        "kind": "witness",
        "text": ["lend(0x1000):", "control: clean"],
        "severity": ERROR,
        "trace": None,
        "calls": [
            "RMI_VERSION(0x20000) = SUCCESS  [cmds.h:2]",
            "... 8 more",
            "RMI_GRANULE_DELEGATE(0x1000) = ERROR_INPUT  [elsewhere.h:7]",
        ],
        "values": {"addr": "0x1000"},
        "ending": "returns 1",
    }
    made.findings = [proved]
    (result,) = check(render(made, RULES))
    (flow,) = result["codeFlows"]
    assert flow["message"]["text"] == "lend(0x1000):\ncontrol: clean"
    call, last = flow["threadFlows"][0]["locations"]
    # of a call whose file cannot be told the text alone speaks
    assert call["location"]["message"]["text"] == "RMI_VERSION(0x20000) = SUCCESS"
    assert call["location"]["physicalLocation"] == {
        "artifactLocation": {"uri": "include/cmds.h", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2},
    }
    assert last["state"] == {"addr": {"text": "0x1000"}}
    assert last["location"]["message"]["text"] == "returns 1"


def test_fingerprints_are_the_finding_s(finding: Make, report: Make) -> None:
    (result,) = check(render(report([finding(fingerprint="0123456789abcdef")]), []))
    assert result["partialFingerprints"] == {
        "primaryLocationLineHash": "0123456789abcdef:1",
        "rmilint/v1": "0123456789abcdef",
    }


def test_a_file_named_from_the_root_needs_no_base(finding: Make, report: Make) -> None:
    """`--all /a/b.c`: an absolute URI (3.4.3), which has no uriBaseId (3.4.4)."""
    text = render(report([finding(path="/src/a b.c")]), [])
    location = json.loads(text)["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "file:///src/a%20b.c"}


def test_columns_count_characters(finding: Make, report: Make) -> None:
    # "/* é */ x" : the byte columns of x are 10 to 11, its characters 9 to 10
    found = finding(line_text="/* é */ x", column=10, end=(7, 11))
    (result,) = check(render(report([found]), []))
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (9, 10)


def test_a_construct_of_several_lines_ends_where_it_ends(finding: Make, report: Make) -> None:
    found = finding(line=40, end=(42, 20), line_text="\tif (x &&")
    (result,) = check(render(report([found]), []))
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["endLine"], "endColumn" in region) == (40, 42, False)


def test_what_was_not_done_is_told(report: Make) -> None:
    made = report([], notes=[Note("x.mbox", 3, "a hunk is lost")], complete=False)
    (invocation,) = json.loads(render(made, []))["runs"][0]["invocations"]
    assert invocation == {
        "executionSuccessful": False,
        "toolExecutionNotifications": [
            {"level": "note", "message": {"text": "x.mbox:3: a hunk is lost"}}
        ],
    }


def of_mail(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Text as the intake gives it: bytes that are no UTF-8 are lone surrogates."""
    mixed = st.one_of(st.binary(max_size=2), st.text(max_size=2).map(str.encode))
    texts = st.lists(mixed, max_size=most).map(lambda parts: b"".join(parts))
    return texts.map(lambda raw: raw.decode("utf-8", "surrogateescape")).filter(
        lambda text: len(text) >= least
    )


@settings(max_examples=80)
@given(
    text=of_mail(20),
    path=of_mail(10, least=1).map(lambda text: text.replace("/", "")).filter(bool),
    column=st.integers(1, 40),
)
def test_hostile_text_stays_text(
    finding: Make, report: Make, text: str, path: str, column: int
) -> None:
    found = finding(
        message=f"x{text}",
        path=f"d/{path}",
        line_text=text,
        column=column,
        end=(7, column + 3),
        function=text,
        related=(Related(f"d/{path}", 3, f"x{text}"),),
    )
    (result,) = check(render(report([found]), []))
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri, errors="surrogateescape") == f"d/{path}"
