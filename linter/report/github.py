"""Findings as GitHub's workflow commands: each becomes an annotation of its line.

    ::error file=F,line=L,endLine=M,title=T::message

The lines are those of the files with all patches applied, which is what a pull request
shows; what a later patch takes away is annotated at its file.  GitHub shows ten errors
and ten warnings a step; the log has all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.finding import ERROR, INFO, WARNING
from linter.plain import plain
from linter.report.atend import AtEnd
from linter.report.patches import gone
from linter.report.text import UNCHECKED, heading
from linter.witnessed import lines as witness_lines

if TYPE_CHECKING:
    from linter.finding import Finding, Report

_COMMANDS = {ERROR: "error", WARNING: "warning", INFO: "notice"}


def render(report: Report) -> str:
    """One line a finding, then the patches that could not be checked."""
    at_end = AtEnd(report)
    rows = [_command(finding, at_end) for finding in report.findings]
    for patch in report.unchecked_patches:
        text = _data(f"{plain(heading(patch))}: {UNCHECKED}")
        rows.append(f"::warning title=rmilint::{text}")
    return "".join(row + "\n" for row in rows)


def _command(finding: Finding, at_end: AtEnd) -> str:
    """The workflow command of a finding."""
    spot = None
    if finding.removed_in is None:
        spot = at_end.spot(finding, finding.path, finding.line)
    place = {"file": plain(spot.path if spot else finding.path)}
    if spot:
        place["line"] = str(spot.line)
        if finding.end[0] == finding.line:  # GitHub takes columns within one line alone
            place |= {"col": str(finding.column), "endColumn": str(finding.end[1])}
        else:
            place["endLine"] = str(spot.line + finding.end[0] - finding.line)
    place["title"] = plain(finding.rule)
    properties = ",".join(f"{name}={_property(value)}" for name, value in place.items())
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(_text(finding))}"


def _text(finding: Finding) -> str:
    """What stands in the annotation."""
    lines = [plain(finding.message), *map(plain, witness_lines(finding))]
    if finding.patch is not None and finding.patch.total > 1:
        lines.append(f"{plain(heading(finding.patch))}, line {finding.line}{gone(finding)}")
    for label, text in (("why", finding.why), ("fix", finding.fix)):
        if text:
            lines.append(f"{label}: {plain(' '.join(text.split()))}")
    return "\n".join(lines)


def _data(text: str) -> str:
    """Text as the message of a command: it may not end the line, nor look escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """The same for a property, which may not end there either."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
