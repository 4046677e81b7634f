"""Findings as one self-contained HTML page: the series as a reviewer reads it.

What no finding is about is folded or one line.  The page is whole, and can be
printed, without JavaScript, which only filters.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from linter.finding import SEVERITIES, patch_ref
from linter.intake.patch import Note
from linter.lazy import regex
from linter.page import render as fill
from linter.report.beside import PatchView, beside, loose
from linter.report.links import evidence, lore
from linter.report.text import UNCHECKED, heading, summary
from linter.witnessed import lines as witness_lines

if TYPE_CHECKING:
    from linter.finding import Finding, Report
    from linter.intake.patch import Mail, Patch, Series

LONG = 400  # characters of a run of code that are shown
MESSAGE = 20_000  # characters of a commit message that are shown

_TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")
_FROM = regex(r"\s*From:[ \t]*(\S.*)\n")
_END = regex(r"^(?:---[ \t]*|---[ \t]\S.*|diff --git .*|Index: .*)$", re.M)  # of a message


class SeriesView(NamedTuple):
    series: Series
    name: str  # of its anchors
    title: str
    patches: list[PatchView]


def render(report: Report) -> bytes:
    """The report as a page, UTF-8; equal reports give equal pages."""
    findings = dict(enumerate(report.findings, 1))
    own: list[dict[int, Finding]] = [{} for _ in report.series]
    for n, finding in findings.items():
        if own and finding.patch is not None:
            own[finding.series][n] = finding
    views = [_series(s, f"series-{at}", own[at]) for at, s in enumerate(report.series)]
    shown = [(at, view) for at, series in enumerate(views) for view in series.patches]
    homes = {card.number: view.anchor for _, view in shown for card in view.cards}
    # Diffs of one mail are told apart by nothing: the first counts.
    patches = {(at, patch_ref(view.patch)): view.anchor for at, view in reversed(shown)}
    return fill(
        _TEMPLATES,
        "findings.html",
        series=views,
        files=loose({n: f for n, f in findings.items() if n not in homes}),
        findings=findings,
        homes=homes,
        patch_anchors=patches,
        counts={s: sum(f.severity == s for f in report.findings) for s in SEVERITIES},
        rules=sorted({f.rule for f in report.findings}),
        notes=[*report.notes, *(Note(heading(p), 0, UNCHECKED) for p in report.unchecked_patches)],
        summary=summary(report),
        author=author,
        message=message,
        heading=_heading,
        label=_label,
        lore=lore,
        evidence=evidence,
        spans=spans,
        cut=cut,
        witness=witness_lines,
        proof=_proof,
    )


def author(mail: Mail) -> str:
    """Who wrote a patch: its own `From:` line, else who sent it."""
    found = _FROM.match(mail.body)
    return found.group(1) if found else mail.sender


def message(mail: Mail | None) -> str:
    """What a mail says before its diff; '' where mail and talk cannot be told apart."""
    if mail is None or not mail.headers:
        return ""
    first, end = _FROM.match(mail.body), _END.search(mail.body)
    text = mail.body[first.end() if first else 0 : end.start() if end else None]
    return cut(text.strip(), MESSAGE)


def spans(text: str) -> list[tuple[str, bool]]:
    """A message cut into prose and `code`."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return [(text, False)]
    return [(part, bool(n % 2)) for n, part in enumerate(parts) if part]


def cut(text: str, most: int = LONG) -> str:
    """The text, or what fits of it and how much does not."""
    return text if len(text) <= most else f"{text[:most]} [... {len(text) - most:,} more]"


def _series(series: Series, name: str, findings: dict[int, Finding]) -> SeriesView:
    version = f", v{series.version}" if series.version > 1 else ""
    title = (series.title or series.patches[0].mail.source) + version
    return SeriesView(series, name, title, beside(series, f"{name}-patch-", findings))


def _heading(patch: Patch) -> str:
    mail = patch.mail
    if mail.subject.text:
        return heading(patch_ref(patch))
    line = patch.files[0].src if patch.files and mail.located else 0
    return f"{mail.source}:{line}" if line else mail.source


def _label(finding: Finding, views: list[SeriesView]) -> str:
    patch = finding.patch
    if patch is None:
        return ""
    version = f"v{views[finding.series].series.version} " if len(views) > 1 else ""
    return f"{version}{patch.index}/{patch.total}"


def _proof(finding: Finding) -> dict[str, list[str]]:
    """What a witness knows beside its story."""
    found = finding.witness if isinstance(finding.witness, dict) else {}
    values = [f"{name} = {value}" for name, value in found.get("values", {}).items()]
    return {"values at the line": values, "taken for granted": found.get("assumptions", [])}
