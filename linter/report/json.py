"""Findings as one JSON object (`rmilint/1`), for programs.

The text is ASCII.  A byte that was not UTF-8 reaches us as a lone surrogate;
JSON forbids those and many readers refuse them, so it is written as the visible
`\\xNN`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from linter.finding import SEVERITIES
from linter.intake.patch import Note
from linter.plain import without_surrogates
from linter.report.text import UNCHECKED, heading

if TYPE_CHECKING:
    from linter.finding import Finding, Report

FORMAT = "rmilint/1"


def render(report: Report) -> str:
    """The report as JSON text with a final newline; equal reports give equal text."""
    return json.dumps(clean(to_dict(report)), indent=1, allow_nan=False) + "\n"


def to_dict(report: Report) -> dict[str, Any]:
    """The report as plain dicts and lists; every field is always present."""
    notes = report.notes + [Note(heading(p), 0, UNCHECKED) for p in report.unchecked_patches]
    return {
        "format": FORMAT,
        "findings": [finding_dict(finding) for finding in report.findings],
        "notes": [note._asdict() for note in notes],
        "summary": {
            "patches": report.patches,
            "files": report.files,
            "by_severity": {
                severity: sum(f.severity == severity for f in report.findings)
                for severity in SEVERITIES
            },
            "suppressed": report.suppressed,
            "not_checked_lines": report.not_checked_lines,
        },
    }


def finding_dict(f: Finding) -> dict[str, Any]:
    """One finding; the keys in the order of the design, absent references null."""
    return {
        "rule": f.rule,
        "catalogue": list(f.catalogue),
        "severity": f.severity,
        "path": f.path,
        "line": f.line,
        "line_text": f.line_text,
        "column": f.column,
        "end": {"line": f.end[0], "column": f.end[1]},
        "function": f.function,
        "message": f.message,
        "why": f.why,
        "fix": f.fix,
        "evidence": list(f.evidence),
        "related": [place._asdict() for place in f.related],
        "edits": [edit._asdict() for edit in f.edits],
        "series": f.series,
        "patch": f.patch and f.patch._asdict(),
        "introduced_in": f.introduced_in and f.introduced_in._asdict(),
        "removed_in": f.removed_in and f.removed_in._asdict(),
        "fragment": f.fragment,
        "witness": f.witness,
        "fingerprint": f.fingerprint,
    }


def clean(value: Any) -> Any:
    """`value` with lone surrogates made visible in every string."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value
