"""Findings by patch: for reports that give each patch a result, the clean ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.finding import SEVERITIES, patch_ref
from linter.report.text import heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.finding import Finding, PatchRef, Report


class Checked(NamedTuple):
    """A patch, or a file where the input is files, and what was found in it."""

    ref: PatchRef | None
    name: str  # `[PATCH v2 1/3] subject`, or the path of the file
    findings: list[Finding]
    unchecked: bool  # it names RMI, and nothing of it could be checked
    reply: bool  # no patch that was posted, but a diff inside a reply


def by_patch(report: Report) -> list[Checked]:
    """Every patch of the input in order, then the files that belong to none."""
    found: dict[tuple[int, PatchRef | str], Checked] = {}
    for number, series in enumerate(report.series):
        for patch in series.patches:
            ref = patch_ref(patch)
            checked = Checked(ref, heading(ref), [], False, patch.kind == "reply")
            found.setdefault((number, ref), checked)
    for finding in report.findings:
        ref_or_none, path = finding.patch, finding.path
        key = (finding.series, ref_or_none or path)
        if key not in found:
            found[key] = Checked(ref_or_none, heading(ref_or_none) or path, [], False, False)
        found[key].findings.append(finding)
    unchecked = dict.fromkeys(report.unchecked_patches)
    told = {checked.ref for checked in found.values()}
    for ref in unchecked:
        if ref not in told:
            found[0, ref] = Checked(ref, heading(ref), [], True, False)
    return [c._replace(unchecked=c.ref in unchecked) for c in found.values()]


def worst(findings: Iterable[Finding]) -> str | None:
    """The worst severity among the findings, None if there are none."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in found), None)


def gone(finding: Finding) -> str:
    """` (gone in 3/3)` if a later patch takes it away, else nothing."""
    removed = finding.removed_in
    return f" (gone in {removed.index}/{removed.total})" if removed else ""
