"""Puts the remarks of a thread and the findings of the linter together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.finding import INFO
from linter.follow import C_FILE, MAX_SOURCE, new_world
from linter.intake.snapshot import snapshots
from linter.thread.fixes import Outcome, Piece, outcome, unit_of
from linter.thread.listing import squeeze
from linter.thread.remarks import Talk

if TYPE_CHECKING:
    from linter.finding import Finding, Report
    from linter.intake.git import Tree
    from linter.intake.patch import Hunk, Series
    from linter.intake.snapshot import FileState, Snapshot
    from linter.source.unit import Unit
    from linter.thread.remarks import Remark
    from rules.registry import Rule

NEAR = 3  # lines around a quoted block in which a finding is the same matter
MAX_FIXES = 50  # proposals of a thread that are linted
_TELLING = 8  # characters of a line that tell it from others


class Thread(NamedTuple):
    """What was said of one series; `not_raised` are findings above info that nobody saw."""

    series: Series
    remarks: list[Remark]
    elsewhere: int  # remarks on commit messages, on the cover letter, answers that are lost
    not_raised: list[Finding]


def read(number: int, report: Report, rules: list[Rule], tree: Tree | None) -> Thread:
    """The thread of series `number` of a report of `check.lint_mails`.  Errors: RuleError."""
    series = report.series[number]
    talk = Talk(series)
    _look_at_code(series, talk.remarks, rules, tree)
    findings = [finding for finding in report.findings if finding.series == number]
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    raised: set[int] = set()
    for remark in talk.remarks:
        here = by_path.get(remark.spot.file.path, []) if remark.spot else []
        remark.found = [finding for finding in here if _is_about(remark, finding)]
        raised.update(map(id, remark.found))
    rest = [f for f in findings if id(f) not in raised and f.severity != INFO]
    return Thread(series, talk.remarks, talk.elsewhere, rest)


def _look_at_code(
    series: Series, remarks: list[Remark], rules: list[Rule], tree: Tree | None
) -> None:
    """Name the function of each remark, and try the proposals."""
    here: dict[int, list[Remark]] = {}
    for remark in remarks:
        here.setdefault(id(remark.patch), []).append(remark)
    waiting: list[tuple[Remark, Snapshot | None]] = []
    last: Snapshot | None = None
    for snapshot in snapshots(series, tree):
        named: dict[tuple[str, int], Unit] = {}
        for remark in here.pop(id(snapshot.patch), []):
            remark.function = _function(remark, snapshot, named)
            if remark.fixes:
                waiting.append((remark, snapshot))
        if snapshot.patch.kind == "patch":
            last = snapshot
    waiting += [(remark, None) for rest in here.values() for remark in rest if remark.fixes]
    room = 4 * MAX_SOURCE
    for tried, (remark, at) in enumerate(waiting):
        if tried < MAX_FIXES and room > 0:
            remark.outcome = outcome(remark.fixes, remark.mail.source, at, last, rules)
            room -= remark.outcome.size
        else:
            remark.outcome = Outcome("", [], [], ["not tried: too much is proposed"])


def _function(remark: Remark, snapshot: Snapshot, units: dict[tuple[str, int], Unit]) -> str:
    """The function (or macro) that a remark stands in, '' if in none or not known."""
    spot = remark.spot
    if spot is None or not spot.file.path.endswith(C_FILE):
        return ""
    state = next((s for s in snapshot.changed if s.path == spot.file.path), None)
    if state is None or state.deleted:
        return ""
    whole = state.text is not None
    key = (state.path, 0 if whole else id(spot.hunk))
    if key not in units:
        piece = _piece(state, spot.hunk)
        if len(piece.text) > MAX_SOURCE:
            return ""
        units[key] = unit_of(piece, new_world())
    unit, line = units[key], line_of(remark)
    for function in [*unit.functions, *unit.parts]:
        if line in function.lines:
            return function.name
    for macro in unit.macros:
        if unit.line(macro.node) <= line <= unit.line_of_row(macro.node.end_point[0]):
            return macro.name
    return ""


def _piece(state: FileState, hunk: Hunk) -> Piece:
    if state.text is not None:
        return Piece(state.path, state.text)
    text = "".join(line.text + "\n" for line in hunk.new_text())
    return Piece(state.path, text, hunk.new_start, hunk.section)


def line_of(remark: Remark) -> int:
    """The 1-based line of the file after the patch that a remark stands below; 0 if none."""
    spot = remark.spot
    return spot.number + spot.hunk.moved if spot else 0


def _is_about(remark: Remark, finding: Finding) -> bool:
    """Is the finding within the lines that a remark stands below, or next to them?"""
    spot, patch = remark.spot, finding.patch
    if spot is None or remark.patch is None or patch is None:
        return False
    if finding.function != remark.function:
        return False
    block = remark.block
    if patch.index == remark.patch.index:
        first = block[0].number + block[0].hunk.moved - NEAR
        return first <= finding.end[0] and finding.line <= line_of(remark) + NEAR
    key = squeeze(finding.line_text)
    return len(key) >= _TELLING and any(key == s.key.lstrip("+") for s in block)
