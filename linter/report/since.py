"""What became of the findings of an earlier version: text, `rmilint-since/1`, a mail."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from linter.finding import INFO
from linter.plain import plain
from linter.report.json import clean, finding_dict
from linter.report.letter import gist, letter, prose
from linter.report.mail import Reply, file_name, signature
from linter.since import FILE, FUNCTION, PATCH, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linter.finding import Finding, PatchRef, Report
    from linter.since import Changes, Pair

    Versions = tuple[str, str]  # what the earlier and the later one are called

FORMAT = "rmilint-since/1"


class Row(NamedTuple):
    """A finding, and what there is to say of the version that it is not of."""

    finding: Finding
    before: PatchRef | None
    remarks: list[str]


class Entry(NamedTuple):
    """What a mail says of a finding, but for the place."""

    clause: str
    rule: str
    remarks: str


class Group(NamedTuple):
    title: str
    said: str  # in a sentence, behind a number
    rows: list[Row]


def groups(changes: Changes, versions: Versions, verbose: bool) -> list[Group]:
    """What is told, in its order; findings that are info now, or were, only if `verbose`."""
    old, new = versions
    fixed = [
        Row(f, None, ["the function is gone"] if f.fingerprint in changes.dropped else [])
        for f in changes.fixed
    ]
    parts = (
        (f"Fixed since {old}", "fixed", fixed),
        ("Still there", "still there", [_row(pair) for pair in changes.still]),
        ("Moved", "moved", [_row(pair) for pair in changes.moved]),
        (f"New in {new}", "new", [Row(f, None, []) for f in changes.new]),
    )
    return [
        Group(name, said, [row for row in rows if verbose or row.finding.severity != INFO])
        for name, said, rows in parts
    ]


def _row(pair: Pair) -> Row:
    old, remarks = pair.old, []
    if FUNCTION in pair.changed:
        remarks.append(f"was in {old.function}()" if old.function else "was in no function")
    if FILE in pair.changed:
        remarks.append(f"was in {old.path}")
    if PATCH in pair.changed and old.patch:
        remarks.append(f"was in {title(old.patch)!r}")
    return Row(pair.new, old.patch, remarks)


def text(changes: Changes, versions: Versions, verbose: bool = False) -> str:
    """One line a finding below the title of its group, and a summary."""
    told = groups(changes, versions, verbose)
    out: list[str] = []
    for group in told:
        if group.rows:
            out += [f"{group.title} ({len(group.rows)})"]
            out += [_line(row, versions[0]) for row in group.rows] + [""]
    return "".join(line + "\n" for line in [*out, summary(told, versions[1], changes.not_checked)])


def summary(told: Sequence[Group], new: str, not_checked: int) -> str:
    """`17 fixed, 30 still there, 2 moved, 5 new`, and what could not be looked at."""
    said = ", ".join(f"{len(group.rows)} {group.said}" for group in told if group.rows)
    if not_checked:
        lines = "1 line" if not_checked == 1 else f"{not_checked} lines"
        said = f"{said or 'nothing found'}; {lines} of {new} not checked"
    return said or "nothing found"


def _line(row: Row, old: str) -> str:
    f = row.finding
    where = [_number(f.patch), *([f"{_number(row.before)} in {old}"] if row.before else [])]
    where += [f"gone in {_number(f.removed_in)}"] if f.removed_in else []
    said = ", ".join(filter(None, [*where, *row.remarks]))
    place = f"{plain(f.path)}:{f.line}:{f.column}: {f.severity}"
    return f"{place}: {plain(f.message)} [{plain(f.rule)}] ({plain(said)})"


def _number(patch: PatchRef | None) -> str:
    return f"{patch.index}/{patch.total}" if patch else ""


def render(changes: Changes, old: Report, new: Report, versions: Versions) -> str:
    """The changes as JSON text with a final newline, info findings included."""
    sides = [
        {
            "version": version,
            "patches": report.patches,
            "not_checked_lines": report.not_checked_lines,
        }
        for version, report in zip(versions, (old, new), strict=True)
    ]
    found = {
        "format": FORMAT,
        "old": sides[0],
        "new": sides[1],
        "fixed": [
            finding_dict(f) | {"function_gone": f.fingerprint in changes.dropped}
            for f in changes.fixed
        ],
        "still_there": [_pair_dict(pair) for pair in changes.still],
        "moved": [_pair_dict(pair) for pair in changes.moved],
        "added": [finding_dict(f) for f in changes.new],
        "summary": {
            "fixed": len(changes.fixed),
            "still_there": len(changes.still),
            "moved": len(changes.moved),
            "added": len(changes.new),
        },
    }
    return json.dumps(clean(found), indent=1, allow_nan=False) + "\n"


def _pair_dict(pair: Pair) -> dict[str, Any]:
    return {
        "changed": list(pair.changed),
        "old": finding_dict(pair.old),
        "new": finding_dict(pair.new),
    }


def mail(changes: Changes, new: Report, versions: Versions, verbose: bool = False) -> list[Reply]:
    """A reply to the cover letter of the later version, or to its first patch without one."""
    series = new.series[0] if new.series else None
    if series is None:
        return []
    first = series.cover or series.patches[0].mail
    told = groups(changes, versions, verbose)
    said = summary(told, versions[1], changes.not_checked)
    body = [*prose(f"Compared with {versions[0]}, as far as rmilint can tell: {said}."), ""]
    for group in told:
        if group.rows:
            body += [f"{group.title}:", "", *_patches(group.rows, versions[0])]
    data = letter(first, [*body, *signature()])
    return [Reply(f"{file_name(first, 0)}.eml", data, bool(first.message_id))]


def _patches(rows: Sequence[Row], old: str) -> Iterator[str]:
    """The rows patch by patch; what is said of several functions is said once."""
    patches: dict[tuple[PatchRef | None, PatchRef | None], dict[Entry, dict[str, int]]] = {}
    for row in rows:
        entry, place = _entry(row)
        places = patches.setdefault((row.finding.patch, row.before), {}).setdefault(entry, {})
        places[place] = places.get(place, 0) + 1
    for (patch, before), said in patches.items():
        number = _number(patch) + (f" ({_number(before)} in {old})" if before else "")
        yield from prose(f"{number} {_title(patch)}".strip(), "  ")
        for entry, places in said.items():
            named = [p + (f" ({n} times)" if p and n > 1 else "") for p, n in places.items()]
            times = f" ({places['']} times)" if places.get("", 0) > 1 else ""
            where = f"{', '.join(filter(None, named))}: " if any(places) else ""
            remarks = f" ({entry.remarks})" if entry.remarks else ""
            yield from prose(f"{where}{entry.clause} [{entry.rule}]{remarks}{times}", "  - ")
        yield ""


def _entry(row: Row) -> tuple[Entry, str]:
    """What is said of a finding, and the function or file; '' where the words name it."""
    f = row.finding
    where = f"{f.function}()" if f.function else os.path.basename(f.path)
    clause = gist(f.message)
    remarks = [*row.remarks, *([f"gone in {_number(f.removed_in)}"] if f.removed_in else [])]
    own = f.function and re.search(rf"\b{re.escape(f.function)}\b", clause)
    return Entry(clause, f.rule, ", ".join(remarks)), "" if own else where


def _title(patch: PatchRef | None) -> str:
    from linter.intake.mail import parse_subject

    return parse_subject(patch.subject).title if patch else ""
