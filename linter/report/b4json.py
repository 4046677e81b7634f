"""What `b4 review` takes from its `review-perpatch-check-cmd`: a JSON list of results.

b4 hands over one mail and shows one cell a patch and tool, so there is one result; its
`details` is text, which b4 reads as a list of findings with a mark each.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from linter.finding import ERROR, INFO, WARNING
from linter.plain import plain
from linter.report.patches import gone, worst
from linter.report.text import UNCHECKED, heading, tally
from linter.witnessed import lines as witness_lines

if TYPE_CHECKING:
    from linter.finding import Finding, Report

TOOL = "rmilint"
_STATUS = {ERROR: "fail", WARNING: "warn", INFO: "pass"}


def render(report: Report) -> str:
    """JSON text with a final newline; the list is empty if there was no patch (a cover letter)."""
    results = []
    if report.patches:
        findings = report.findings
        status = _STATUS[worst(findings) or INFO]
        summary = tally(findings)
        details = [_detail(finding) for finding in findings]
        for patch in report.unchecked_patches:
            status = "warn" if status == "pass" else status
            summary = f"{summary}; not checked" if findings else UNCHECKED
            text = f"{plain(heading(patch))}: {UNCHECKED}"
            details.append({"status": "warn", "description": text})
        result = {"tool": TOOL, "status": status, "summary": summary}
        if details:
            result["details"] = json.dumps(details)
        results.append(result)
    return json.dumps(results, indent=1) + "\n"


def _detail(finding: Finding) -> dict[str, str]:
    """A finding as b4's own reader of checkpatch gives one: `srcline` is shown below it."""
    place = f"{plain(finding.path)}:{finding.line}:{finding.column}"
    text = f"{place}: {plain(finding.message)} [{plain(finding.rule)}]{gone(finding)}"
    text = "\n    ".join([text, *map(plain, witness_lines(finding))])
    detail = {"status": _STATUS[finding.severity], "description": text}
    if finding.line_text.strip():
        detail["srcline"] = plain(finding.line_text.strip())
    return detail
