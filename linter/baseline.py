"""A list of findings that are known and shall not be reported again.

One line a finding, its fields set apart by tabs:

    fingerprint, rule, path, function, message

Only the fingerprint decides, and it survives a re-post; the rest is for those who
read the file, or who delete a line of it to see that finding again.  Blank lines
and those that begin with `#` are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.intake.patch import Note
from linter.lazy import regex
from linter.plain import plain

if TYPE_CHECKING:
    from collections.abc import Container

    from linter.finding import Finding, Report

HEAD = """\
# rmilint baseline: findings that are not reported.  Delete a line to see its finding.
# fingerprint, rule, path, function, message
"""

_FINGERPRINT = regex(r"[0-9a-f]{16}")


class BaselineError(Exception):
    """A baseline that cannot be read; one line."""


class Entry(NamedTuple):
    """One line of a baseline."""

    line: int
    fingerprint: str
    rule: str
    text: str  # all that stands behind the fingerprint


class Baseline(NamedTuple):
    path: str
    entries: list[Entry]


def read(path: str) -> Baseline:
    """Raises OSError, or BaselineError with file and line."""
    entries: list[Entry] = []
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for number, line in enumerate(file, 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if not _FINGERPRINT.fullmatch(words[0]):
                raise BaselineError(plain(f"{path}:{number}: {words[0]!r:.40} is no fingerprint"))
            rule = words[1] if len(words) > 1 else ""
            entries.append(Entry(number, words[0], rule, " ".join(words[1:])))
    return Baseline(path, entries)


def render(findings: list[Finding]) -> str:
    """A baseline that holds these findings, in an order that lines and patches do not change."""
    rows = set()
    for f in findings:
        fields = (f.fingerprint, f.rule, f.path, f.function, f.message)
        rows.add(tuple(plain(field) for field in fields))
    ordered = sorted(rows, key=lambda row: (row[2], row[3], row[1], row[4], row[0]))
    return HEAD + "".join("\t".join(row) + "\n" for row in ordered)


def suppress(
    report: Report, baseline: Baseline, rules: Container[str], every: bool = False
) -> None:
    """Takes the findings of the baseline out of the report and counts them there.

    Entries that match nothing are told: one by one if `every`, else by number.  Those of
    rules that did not run (`rules` did) are not among them.
    """
    known = {entry.fingerprint for entry in baseline.entries}
    met = {f.fingerprint for f in report.findings} & known
    before = len(report.findings)
    report.findings = [f for f in report.findings if f.fingerprint not in known]
    report.suppressed += before - len(report.findings)
    stale = [e for e in baseline.entries if e.fingerprint not in met and e.rule in rules]
    if every:
        for entry in stale:
            text = f"matches nothing: {entry.text or entry.fingerprint}"
            report.notes.append(Note(baseline.path, entry.line, text))
    elif stale:
        number = f"{len(stale)} {'entry matches' if len(stale) == 1 else 'entries match'}"
        report.notes.append(Note(baseline.path, 0, f"{number} nothing; -v names them"))
