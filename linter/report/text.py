"""Findings as text: one line each for programs, a readable page for a terminal.

`short` is a contract with `b4 prep --check`: every line it prints becomes a
warning there, a line with `ERROR:` a failure, and silence a pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.finding import ERROR, INFO, SEVERITIES, WARNING
from linter.plain import plain
from linter.witnessed import lines as witness_lines
from linter.witnessed import refuted

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.finding import Finding, PatchRef, Report
    from linter.intake.patch import Note

WIDTH = 80  # columns that prose is wrapped at, unless the caller knows better
CODE_WIDTH = 120  # columns of code shown; what is longer is cut

UNCHECKED = "names RMI, but nothing of it could be checked"  # said of a patch

_MANY = {ERROR: "errors", WARNING: "warnings", INFO: "info"}

# Severity or part of the page -> parameters of the escape sequence.
_STYLES = {ERROR: "1;31", WARNING: "1;33", INFO: "2", "heading": "1", "caret": "32", "note": "2"}


def short(report: Report, verbose: bool = False, ids: bool = False) -> str:
    """One line a finding; info findings and notes only if `verbose`.

    If the input holds more than one patch, the line ends with the finding's; with `ids`
    its Message-ID as well, which tells the postings of an archive apart.
    A patch that names RMI and of which nothing could be checked has a line of
    its own: silence would say that it is clean.
    """
    shown = [f for f in report.findings if verbose or f.severity != INFO or refuted(f)]
    several = any(f.series for f in report.findings)
    rows = []
    for f in shown:
        patch = _patch(f, report.patches, several)
        if ids and f.patch and f.patch.message_id:
            patch += f" <{plain(f.patch.message_id)}>"
        rows.append(_row(f"{_place(f)}{_level(f)}: {_message(f)}{patch}", f.severity))
        rows += [_row(line, INFO) for line in _witness(f)]
    rows += [_row(unchecked(patch), WARNING) for patch in report.unchecked_patches]
    if verbose:
        rows += [_row(_note(note), INFO) for note in report.notes]
        rows += [f"-: note: {_suppressed(report)}"] if report.suppressed else []
    return "".join(row + "\n" for row in rows)


def long(report: Report, colour: bool = False, width: int = WIDTH) -> str:
    """Grouped by patch, with the code, the reasons, the notes and a summary.

    Prose is wrapped at `width` columns; code, names and paths stay whole.
    """
    paint = _colour if colour else _no_colour
    # Without a patch (--all) each file is a group.  Several mails may quote the same patch.
    groups: dict[tuple[int, PatchRef | str], list[Finding]] = {}
    for finding in report.findings:
        key = (finding.series, finding.patch or finding.path)
        groups.setdefault(key, []).append(finding)
    out: list[str] = []
    told: set[tuple[str, str, str]] = set()  # reasons are given once
    for findings in groups.values():
        first = findings[0]
        out += [paint("heading", heading(first.patch) or plain(first.path)), ""]
        for finding in findings:
            out += _message_lines(finding, paint, width)
            out += _frame(finding, paint)
            out += [paint("note", line) for line in _witness(finding)]
            reasons = (finding.rule, finding.why, finding.fix)
            if reasons not in told:
                told.add(reasons)
                out += _prose("why: ", finding.why, width) + _prose("fix: ", finding.fix, width)
            out.append("")
    rest = [unchecked(patch) for patch in report.unchecked_patches]
    rest += [paint("note", _note(note)) for note in report.notes]
    out += [*rest, ""] if rest else []
    out.append(summary(report))
    return "".join(line + "\n" for line in out)


def heading(patch: PatchRef | None) -> str:
    """`[PATCH v13 10/48] subject`; empty without a patch."""
    if patch is None:
        return ""
    from linter.intake.mail import parse_subject

    subject = plain(patch.subject)
    # what `Re:` or `Fwd:` stands before is numbered as well
    if subject.startswith("[") or parse_subject(patch.subject).patch:
        return subject
    return f"[PATCH {patch.index}/{patch.total}] {subject}".rstrip()


def summary(report: Report) -> str:
    """What was found and what was looked at, in one line."""
    where = _count(report.files, "file", "files")
    if report.patches:
        where = f"{_count(report.patches, 'patch', 'patches')}, {where}"
    text = f"{tally(report.findings)} in {where}"
    if report.not_checked_lines:
        text += f"; {_count(report.not_checked_lines, 'line', 'lines')} not checked"
    if report.suppressed:
        text += f"; {_suppressed(report)}"
    mendable = sum(bool(f.edits) and f.removed_in is None for f in report.findings)
    if mendable:
        text += f"; --diff mends {mendable}"
    return text


def tally(findings: list[Finding]) -> str:
    """`2 errors, 1 warning`, or that there is nothing."""
    found = []
    for severity in SEVERITIES:
        n = sum(finding.severity == severity for finding in findings)
        if n:
            found.append(_count(n, severity, _MANY[severity]))
    return ", ".join(found) or "nothing found"


def _suppressed(report: Report) -> str:
    return f"{_count(report.suppressed, 'finding', 'findings')} in the baseline not reported"


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _place(finding: Finding) -> str:
    return f"{plain(finding.path)}:{finding.line}:{finding.column}: "


def _level(finding: Finding) -> str:
    """The severity; in capitals what b4 shall count as a failure."""
    return "ERROR" if finding.severity == ERROR else finding.severity


def _row(line: str, severity: str) -> str:
    """A line in which b4 finds `ERROR:` if and only if it is one, whatever a patch says."""
    return line if severity == ERROR else line.replace("ERROR:", "error:")


def _message(finding: Finding) -> str:
    return f"{plain(finding.message)} [{plain(finding.rule)}]"


def _patch(finding: Finding, patches: int, several: bool) -> str:
    """` (27/48, gone in 30/48)` for one of `patches` patches, else nothing.

    The version is said where the input holds more than one series, because
    there are `several` with findings or more patches than this one has.
    """
    patch, removed = finding.patch, finding.removed_in
    if patch is None or patches < 2:
        return ""
    text = f"{patch.index}/{patch.total}"
    if several or patches > patch.total:
        from linter.intake.mail import parse_subject

        text = f"v{parse_subject(patch.subject).version} {text}"
    return f" ({text}, gone in {removed.index}/{removed.total})" if removed else f" ({text})"


def _witness(finding: Finding) -> list[str]:
    """What came of running it, indented."""
    return [f"    {plain(line)}" for line in witness_lines(finding)]


def _note(note: Note) -> str:
    line = f":{note.line}" if note.line else ""
    return f"{plain(note.source)}{line}: note: {plain(note.text)}"


def unchecked(patch: PatchRef) -> str:
    return f"{heading(patch)}: {UNCHECKED}"


# The page on a terminal.

if TYPE_CHECKING:
    Paint = Callable[[str, str], str]


def _colour(style: str, text: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[m"


def _no_colour(style: str, text: str) -> str:
    return text


def _message_lines(finding: Finding, paint: Paint, width: int) -> list[str]:
    """The line of the short form, wrapped, with the severity painted."""
    place, level, removed = _place(finding), finding.severity, finding.removed_in
    gone = f" (gone in patch {removed.index}/{removed.total})" if removed else ""
    lines = _wrap(_message(finding) + gone, " " * len(f"{place}{level}: "), "    ", width)
    if level == INFO:
        lines[0] = f"{place}{level}: {lines[0].lstrip()}"
        return [paint(INFO, line) for line in lines]
    lines[0] = f"{place}{paint(level, level)}: {lines[0].lstrip()}"
    return lines


def _frame(finding: Finding, paint: Paint) -> list[str]:
    """The line with a mark under the construct, then the places it rests on."""
    if not finding.line_text.strip():
        return _related(finding)
    code = _columns(finding.line_text.rstrip("\r"))
    number = f"{finding.line:6}"
    lines = [f"{number} | {code[:CODE_WIDTH]}".rstrip()]
    raw = finding.line_text.encode("utf-8", "surrogateescape")
    same_line = finding.end[0] == finding.line
    start = len(_columns(_bytes_before(raw, finding.column)))
    stop = len(_columns(_bytes_before(raw, finding.end[1]))) if same_line else len(code)
    if start < CODE_WIDTH:
        mark = "^" + "~" * (min(stop, CODE_WIDTH) - start - 1)
        lines.append(f"{' ' * len(number)} | {' ' * start}{paint('caret', mark)}")
    return lines + _related(finding)


def _related(finding: Finding) -> list[str]:
    lines = []
    for place in finding.related:
        here = place.path == finding.path
        where = f"{place.line:6}" if here else f"  {plain(place.path)}:{place.line}"
        lines.append(f"{where}: {plain(place.text)}")
    return lines


def _prose(label: str, text: str, width: int) -> list[str]:
    first = f"  {label}"
    return _wrap(plain(" ".join(text.split())), first, " " * len(first), width) if text else []


def _wrap(text: str, first: str, then: str, width: int) -> list[str]:
    from textwrap import wrap

    return wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,  # names and paths stay whole
        break_on_hyphens=False,
    )


def _columns(code: str) -> str:
    """A line of code as it stands on a terminal, tabs expanded."""
    return "\t".join(plain(part) for part in code.split("\t")).expandtabs(8)


def _bytes_before(raw: bytes, column: int) -> str:
    """What stands before the 1-based byte column."""
    return raw[: column - 1].decode("utf-8", "surrogateescape")
