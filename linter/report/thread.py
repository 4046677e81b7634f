"""A thread as text to read beside the mails, and as one JSON object (`rmilint-thread/1`)."""

from __future__ import annotations

import json
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from linter.plain import plain
from linter.report.json import clean, finding_dict
from linter.report.letter import gist
from linter.thread.read import line_of

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.intake.patch import Note, Patch
    from linter.thread.fixes import Outcome
    from linter.thread.read import Thread
    from linter.thread.remarks import Remark

FORMAT = "rmilint-thread/1"
WIDTH = 78  # columns; what is longer is wrapped, but for paths, names and Message-IDs
_MOST = 3  # lines of what somebody or the linter says
_INDENT = "    "


def text(threads: list[Thread], verbose: bool = False) -> str:
    """Remarks by patch, in the order of the thread, and what the linter has to say of them.

    `verbose` lists what the linter found and nobody raised; else there is only a count.
    """
    out: list[str] = []
    for thread in threads:
        for patch, remarks in _by_patch(thread):
            out += [_title(thread, patch), ""]
            for remark in remarks:
                out += [*_remark(remark), ""]
        if verbose and thread.not_raised:
            out += ["Found, and raised by nobody:", ""]
            out += [*map(_missed, thread.not_raised), ""]
        out += [_summary(thread)]
    return "".join(line + "\n" for line in out)


def _by_patch(thread: Thread) -> list[tuple[Patch | None, list[Remark]]]:
    """Remarks by patch, in the order of the series; the cover letter comes first."""
    groups: dict[int, tuple[Patch | None, list[Remark]]] = {}
    for remark in thread.remarks:
        index = remark.patch.index if remark.patch else 0
        groups.setdefault(index, (remark.patch, []))[1].append(remark)
    return [groups[index] for index in sorted(groups)]


def _title(thread: Thread, patch: Patch | None) -> str:
    if patch is None:
        cover = thread.series.cover
        return plain(cover.subject.text if cover else thread.series.title) or "The series"
    subject = plain(patch.mail.subject.text)
    at = subject.find("[")
    if patch.mail.subject.reply and at > 0:
        return subject[at:]
    return subject if at == 0 else f"[PATCH {patch.index}/{patch.total}] {subject}".rstrip()


def _remark(remark: Remark) -> list[str]:
    out = [f"{_place(remark)}: {_name(remark.who)}"]
    if remark.words:
        out += _lines("", plain(remark.words), then="")
    if remark.mail.message_id:
        out.append(f"{_INDENT}<{plain(remark.mail.message_id)}>")
    for finding in remark.found:
        out += _lines("found here: ", _finding(finding))
    if remark.outcome:
        out += _outcome(remark, remark.outcome)
    for answer in remark.answers:
        out += _lines("> ", f"{_name(answer.who)}: {plain(answer.words)}")
    return out


def _name(who: str) -> str:
    return plain(who) or "somebody"


def _place(remark: Remark) -> str:
    """`path:line: function()`, as far as it is known."""
    if remark.spot is None:
        return "on all of it"
    where = f"{plain(remark.spot.file.path)}:{line_of(remark)}"
    if remark.function:
        where += f": {plain(remark.function)}()"
    return where if remark.sure else f"{where}, or below"


def _outcome(remark: Remark, outcome: Outcome) -> list[str]:
    files = list(dict.fromkeys(plain(file.path) for file in remark.fixes))
    out = [f"{_INDENT}proposed: a diff to {', '.join(files)}"]
    inner = _INDENT + "  "
    if outcome.where:
        out.append(f"{inner}linted {outcome.where}: {_effect(outcome)}")
    for mark, findings in (("- ", outcome.removed), ("+ ", outcome.added)):
        for finding in findings:
            out += _lines(f"  {mark}", _finding(finding), then="    ")
    notes = map(plain, outcome.notes)
    return out + [
        inner + (n.removeprefix(f"{files[0]}: ") if len(files) == 1 else n) for n in notes
    ]


def _effect(outcome: Outcome) -> str:
    if not outcome.removed and not outcome.added:
        return "no finding goes or comes"
    return f"{_count(len(outcome.removed), 'finding')} gone, {len(outcome.added)} new"


def _finding(finding: Finding) -> str:
    """Line and rule first, then what is wrong, without what comes of it."""
    said = gist(plain(finding.message))
    return f"{finding.line}: {finding.severity} [{plain(finding.rule)}] {said}"


def _summary(thread: Thread) -> str:
    placed = [remark for remark in thread.remarks if remark.spot]
    found = sum(bool(remark.found) for remark in placed)
    text = f"{_count(len(placed), 'remark')} on lines ({found} where something is found), "
    text += f"{thread.elsewhere} elsewhere"
    diffs = sum(bool(remark.fixes) for remark in thread.remarks)
    if diffs:
        text += f"; {_count(diffs, 'diff')} proposed"
    return f"{text}; {_count(len(thread.not_raised), 'finding')} that nobody raised"


def _count(n: int, one: str) -> str:
    return f"{n} {one}" if n == 1 else f"{n} {one}s"


def _missed(finding: Finding) -> str:
    """As in the report of findings, so that editors find the line."""
    place = f"{plain(finding.path)}:{finding.line}:{finding.column}"
    said = f"{finding.severity}: {plain(finding.message)} [{plain(finding.rule)}]"
    patch = finding.patch
    return f"{place}: {said} ({patch.index}/{patch.total})" if patch else f"{place}: {said}"


def _lines(mark: str, text: str, then: str = "  ") -> list[str]:
    """The text behind a mark, wrapped; what is more than some lines is left out."""
    return wrap(
        text,
        WIDTH,
        initial_indent=_INDENT + mark,
        subsequent_indent=_INDENT + then,
        break_on_hyphens=False,
        max_lines=_MOST,
        placeholder="…",
    )


def render(threads: list[Thread], notes: list[Note]) -> str:
    """The threads as JSON text with a final newline; equal threads give equal text."""
    return json.dumps(clean(to_dict(threads, notes)), indent=1, allow_nan=False) + "\n"


def to_dict(threads: list[Thread], notes: list[Note]) -> dict[str, Any]:
    """The threads as plain dicts and lists; every field is always present."""
    return {
        "format": FORMAT,
        "threads": [_thread_dict(thread) for thread in threads],
        "notes": [note._asdict() for note in notes],
    }


def _thread_dict(thread: Thread) -> dict[str, Any]:
    return {
        "title": thread.series.title,
        "version": thread.series.version,
        "patches": len(thread.series.patches),
        "remarks": [_remark_dict(remark) for remark in thread.remarks],
        "elsewhere": thread.elsewhere,
        "not_raised": [finding_dict(finding) for finding in thread.not_raised],
    }


def _remark_dict(remark: Remark) -> dict[str, Any]:
    spot, patch = remark.spot, remark.patch
    block = [s.number + s.hunk.moved for s in remark.block]
    return {
        "who": remark.who,
        "words": remark.words,
        "message_id": remark.mail.message_id,
        "source": {"name": remark.mail.source, "line": remark.src},
        "patch": patch
        and {"index": patch.index, "total": patch.total, "subject": patch.mail.subject.text},
        "path": spot.file.path if spot else None,
        "line": line_of(remark) if spot else None,
        "exact": remark.sure,
        "quoted": {"first": block[0], "last": block[-1]} if block else None,
        "function": remark.function,
        "found": [finding_dict(finding) for finding in remark.found],
        "proposed": remark.outcome
        and {
            "paths": list(dict.fromkeys(file.path for file in remark.fixes)),
            "linted": remark.outcome.where,
            "removed": [finding_dict(finding) for finding in remark.outcome.removed],
            "added": [finding_dict(finding) for finding in remark.outcome.added],
            "notes": remark.outcome.notes,
        },
        "answers": [answer._asdict() for answer in remark.answers],
    }
