"""Findings as JUnit XML, the form that Jenkins, GitLab and others show as tests.

A test suite a patch, and in it a failed case a finding; a clean patch has one case that
passed.  What is only information, or could not be checked, is a case that was skipped.
The names of cases hold no lines: a server tells by them what is new.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from linter.finding import INFO
from linter.plain import plain
from linter.report.patches import by_patch, gone
from linter.report.text import UNCHECKED
from linter.witnessed import lines as witness_lines

if TYPE_CHECKING:
    from linter.finding import Finding, Report
    from linter.report.patches import Checked

NAME = "rmilint"


def render(report: Report) -> str:
    """An XML document, in ASCII."""
    root = Element("testsuites", name=NAME)
    for patch in by_patch(report):
        _suite(root, patch)
    if not len(root):  # a document without a test is an error to some readers
        _passed(SubElement(root, "testsuite", name=NAME), "no patch")
    for suite in root:
        _count(suite)
    _count(root)
    indent(root)
    text = tostring(root, encoding="us-ascii", xml_declaration=True).decode("ascii")
    return f"{text}\n"


def _suite(root: Element, patch: Checked) -> None:
    suite = SubElement(root, "testsuite", name=plain(patch.name))
    names: Counter[tuple[str, str]] = Counter()
    for finding in patch.findings:
        where = f" in {plain(finding.function)}()" if finding.function else ""
        name = f"{plain(finding.rule)}{where}"
        names[finding.path, name] += 1
        nth = names[finding.path, name]
        if nth > 1:  # a server drops the second of two cases with one name
            name += f" #{nth}"
        path = plain(finding.path)
        case = SubElement(
            suite, "testcase", classname=path, name=name, file=path, line=str(finding.line)
        )
        _tell(case, finding)
    if patch.unchecked:
        case = SubElement(suite, "testcase", classname=NAME, name="checked")
        SubElement(case, "skipped", message=UNCHECKED)
    elif not patch.findings:
        _passed(suite, "nothing found")


def _passed(suite: Element, name: str) -> None:
    SubElement(suite, "testcase", classname=NAME, name=name)


def _tell(case: Element, finding: Finding) -> None:
    message = f"{plain(finding.message)}{gone(finding)}"
    if finding.severity == INFO:
        told = SubElement(case, "skipped", message=f"info: {message}")
    else:
        told = SubElement(case, "failure", type=finding.severity, message=message)
    place = f"{plain(finding.path)}:{finding.line}:{finding.column}"
    lines = [f"{place}: {finding.severity}: {message} [{plain(finding.rule)}]"]
    if finding.line_text.strip():
        lines.append(f"    {plain(finding.line_text.strip())}")
    lines += [f"{plain(r.path)}:{r.line}: {plain(r.text)}" for r in finding.related]
    lines += map(plain, witness_lines(finding))
    for label, text in (("why", finding.why), ("fix", finding.fix)):
        if text:
            lines.append(f"{label}: {plain(' '.join(text.split()))}")
    told.text = "\n".join(lines)


def _count(target: Element) -> None:
    """Gives an element the numbers of the cases in it."""
    target.set("tests", str(sum(1 for _ in target.iter("testcase"))))
    target.set("failures", str(sum(1 for _ in target.iter("failure"))))
    target.set("errors", "0")
    target.set("skipped", str(sum(1 for _ in target.iter("skipped"))))
