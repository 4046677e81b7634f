"""JUnit XML: read back by an XML parser, counted, whatever the texts hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from hypothesis import given, settings
from hypothesis import strategies as st

from linter.check import lint_mails
from linter.finding import INFO, Report
from linter.intake.mail import read_path
from linter.report.junit import render
from rules import registry

Make = Callable[..., Any]
SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "lend-v2.mbox"


def counts(element: Element) -> tuple[int, int, int]:
    found = [int(element.attrib[name]) for name in ("tests", "failures", "skipped")]
    return found[0], found[1], found[2]


def test_a_suite_a_patch_and_a_case_a_finding() -> None:
    report = lint_mails(read_path(str(SAMPLE)), registry.load([]))
    root = fromstring(render(report))
    assert counts(root) == (8, 7, 0)
    # what the sample's README promises: three findings, four, and a clean patch
    assert [counts(suite) for suite in root] == [(3, 3, 0), (4, 4, 0), (1, 0, 0)]
    assert [suite.attrib["name"].split("]")[0] for suite in root] == [
        "[PATCH v2 1/3",
        "[PATCH v2 2/3",
        "[PATCH v2 3/3",
    ]
    cases = [(case.attrib["name"], case.attrib.get("line")) for case in root[0]]
    assert cases == [
        ("widened-range in lend_probe()", "18"),
        ("widened-range in lend_probe() #2", "19"),
        ("warn-as-status in lend_start_realm()", "18"),
    ]
    failure = root[0][0][0]
    assert (failure.tag, failure.attrib["type"]) == ("failure", "error")
    assert failure.text is not None
    assert failure.text.split("\n")[1] == "    first = ALIGN_DOWN(first, LEND_UNIT);"
    assert [case.attrib["name"] for case in root[2]] == ["nothing found"]


def test_information_and_what_was_not_checked_is_skipped(full: Report) -> None:
    root = fromstring(render(full))
    assert counts(root) == (4, 2, 2)
    skipped = [element.attrib["message"] for element in root.iter("skipped")]
    assert skipped == [
        "info: the status is compared whole",
        "names RMI, but nothing of it could be checked",
    ]


def test_an_input_without_a_patch_is_a_document_with_a_test(report: Make) -> None:
    root = fromstring(render(report([])))
    assert counts(root) == (1, 0, 0)


@settings(max_examples=80)
@given(text=st.text(st.characters(), max_size=40))
def test_any_text_is_valid_xml(finding: Make, report: Make, text: str) -> None:
    found = finding(message=text, function=text, path=text, line_text=text, why=text)
    soft = finding(message=text, rule=text, severity=INFO)
    assert counts(fromstring(render(report([found, soft])))) == (2, 1, 1)


def test_no_two_cases_of_a_suite_share_a_name(finding: Make, report: Make) -> None:
    found = [finding(line=n, function="f") for n in range(5)]
    names = [case.attrib["name"] for case in fromstring(render(report(found))).iter("testcase")]
    assert len(set(names)) == 5
