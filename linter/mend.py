"""`--diff`: what the rules are sure to mend, as one diff on top of the series.

A finding stands at the patch that brings it; its edits must fit the files as the
last patch leaves them.  Of a file that is known whole, that state is linted once
more.  Of one that is known by its hunks alone, the lines of every hunk are
followed through the later patches, and what they show of the last state is the
text to mend and its context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.follow import new_unit, new_world, of_all
from linter.intake.patch import UNKNOWN, Note
from linter.run import findings_of
from linter.source import amend
from rules.registry import SERIES, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from linter.finding import Edit, Finding, PatchRef
    from linter.follow import Run
    from linter.intake.patch import Hunk
    from linter.intake.snapshot import FileState

CONTEXT = 3  # lines shown before and after a change

NO_NEWLINE = "\\ No newline at end of file"


class Mended(NamedTuple):
    """A diff, '' if there is nothing to mend; how many findings it mends; what it leaves out."""

    diff: str
    number: int
    notes: list[Note]


class Mending(NamedTuple):
    """A finding with its edits in the file as it is in the end; None: they have no place there."""

    finding: Finding
    edits: tuple[Edit, ...] | None


class Text(NamedTuple):
    """The lines of a file by number, as far as they are known.

    All of them in a `whole` one; its last is '' if the file ends with a newline.
    """

    lines: dict[int, str]
    whole: bool


def mend_series(run: Run, findings: Iterable[Finding]) -> Mended:
    """Mends what a series leaves, of the given findings."""
    wanted = {id(finding) for finding in findings}
    reported = [f for f in run.reported if id(f) in wanted and f.removed_in is None]
    mendings = list(_in_whole_files(run, [f for f in reported if f.path in run.units]))
    for finding in reported:
        if finding.edits and finding.path not in run.units:
            mendings.append(Mending(finding, _carried(finding, run.hunks.get(finding.path, []))))
    texts: dict[str, Text] = {}
    for path in {mending.finding.path for mending in mendings}:
        unit = run.units.get(path)
        texts[path] = _whole(unit.source) if unit else _shown(run.hunks.get(path, []))
    mendings.sort(key=lambda mending: mending.finding.sort_key())
    return _mended(mendings, texts)


def mend_files(findings: list[Finding]) -> Mended:
    """Mends files that were linted as they are."""
    mendings = [Mending(finding, finding.edits) for finding in findings if finding.edits]
    texts: dict[str, Text] = {}
    for path in {mending.finding.path for mending in mendings}:
        with open(path, "rb") as file:
            texts[path] = _whole(file.read())
    return _mended(mendings, texts)


def _whole(source: bytes) -> Text:
    rows = source.decode("utf-8", "surrogateescape").split("\n")
    return Text(dict(enumerate(rows, 1)), True)


# -- edits at the end of the series ---------------------------------------------


def _in_whole_files(run: Run, reported: list[Finding]) -> Iterator[Mending]:
    """Lints the last state of the files again: there the places are right."""
    names = {finding.rule for finding in reported}
    rules = [rule for rule in run.rules if rule.name in names]
    now = {(f.path, f.fingerprint): f for f in _last(run, rules)}
    for finding in reported:
        key = finding.fingerprint
        for other, known in run.open.get(finding.path, {}).items():
            if known is finding:
                key = other  # its function has another name by now
        last = now.get((finding.path, key))
        if last is not None and last.edits:
            yield Mending(finding, last.edits)
        elif finding.edits:
            yield Mending(finding, None)


def _last(run: Run, rules: list[Rule]) -> Iterator[Finding]:
    """What the rules say of the whole files after the last patch."""
    world = new_world()
    units = [new_unit(path, unit.source, world) for path, unit in run.units.items()]
    for unit in units:
        world.add(unit)
    for unit in units:
        yield from findings_of(unit, rules, unit.functions)
    if any(rule.needs == SERIES for rule in rules):
        yield from of_all([*units, *run.pieces], rules)


def _carried(finding: Finding, states: list[tuple[PatchRef, FileState]]) -> tuple[Edit, ...] | None:
    """A finding's edits, taken from its own patch through the later ones."""
    at = next((n for n, (ref, _) in enumerate(states) if ref == finding.patch), None)
    if at is None:
        return None
    edits: list[Edit] = []
    for edit in finding.edits:
        moved: Edit | None = edit
        for _, state in states[at + 1 :]:
            moved = _through(moved, state) if moved else None
        if moved is None:
            return None
        edits.append(moved)
    return tuple(edits)


def _through(edit: Edit, state: FileState) -> Edit | None:
    """The edit after one more patch, None if that touches its lines."""
    if not _countable(state):
        return None
    last = edit.end_line - (edit.end_column == 1 and edit.end_line > edit.line)
    lines = [_where(line, state.hunks) for line in range(edit.line, last + 1)]
    first = lines[0]
    if first is None or lines != [*range(first, first + len(lines))]:
        return None
    by = first - edit.line
    return edit._replace(line=first, end_line=edit.end_line + by)


def _shown(states: list[tuple[PatchRef, FileState]]) -> Text:
    """What the hunks of all patches tell of a file after the last one."""
    known: dict[int, str] = {}
    for _, state in states:
        if not _countable(state):
            known = {}
            continue
        moved = {_where(line, state.hunks): text for line, text in known.items()}
        known = {line: text for line, text in moved.items() if line is not None}
        for hunk in state.hunks:
            # a last line without a newline has no place in a context that may go on
            shown = [line for line in hunk.new_text() if line.new is not None and line.eol]
            known.update((line.new or 0, line.text) for line in shown)
    return Text(known, False)


def _countable(state: FileState) -> bool:
    """Can it be said where the lines of the file before the patch are after it?"""
    return not state.deleted and all(hunk.confidence != UNKNOWN for hunk in state.hunks)


def _where(line: int, hunks: list[Hunk]) -> int | None:
    """The number that a line has after the hunks; None if it is gone."""
    by = 0
    for hunk in hunks:
        last = hunk.old_start + hunk.old_count - 1 if hunk.old_count else hunk.old_start
        if line < hunk.old_start or (not hunk.old_count and line <= last):
            break
        if line <= last:
            return next((x.new for x in hunk.lines if x.old == line), None)
        by += hunk.new_count - hunk.old_count
    return line + by


# -- one diff --------------------------------------------------------------------


class _Change(NamedTuple):
    """The lines [first, last] of a file become `new`; last is first - 1 where nothing goes."""

    first: int
    last: int
    new: list[str]


def _mended(mendings: list[Mending], texts: dict[str, Text]) -> Mended:
    accepted: dict[str, list[Edit]] = {}
    notes: list[Note] = []
    count = 0
    for finding, edits in mendings:
        known = accepted.setdefault(finding.path, [])
        why = _refused(finding.path, edits, known, texts)
        if why:
            notes.append(Note(finding.path, finding.line, f"{why} [{finding.rule}]"))
        elif edits is not None:
            known += [edit for edit in edits if edit not in known]
            count += 1
    out: list[str] = []
    for path in sorted(path for path, edits in accepted.items() if edits):
        changes = _changes(accepted[path], texts[path].lines)
        if changes:
            out += _file_diff(path, changes, texts[path])
    return Mended("".join(line + "\n" for line in out), count, notes)


def _refused(
    path: str, edits: tuple[Edit, ...] | None, known: list[Edit], texts: dict[str, Text]
) -> str:
    """Why the edits of a finding are left out; '' if they are taken."""
    if edits is None:
        return "not mended: a later patch changes these lines"
    if not path.isprintable() or '"' in path or "\\" in path:
        return "not mended: an odd path"
    lines, whole = texts[path]
    for edit in edits:
        if whole and edit.end_line >= len(lines) and lines[len(lines)]:
            return "not mended: no newline at the end of the file"
        # without a line on each side git could not find the place
        below = edit.end_line + (edit.end_column > 1 or edit.end_line == edit.line)
        around = range(max(edit.line - 1, 1), below + 1)
        if not whole and not all(line in lines for line in around):
            return "not mended: the patch does not show enough of the lines around"
        if any(_overlap(edit, other) for other in known if edit != other):
            return "not mended: its change and that of another finding overlap"
    return ""


def _overlap(a: Edit, b: Edit) -> bool:
    """Do they change the same text, or put something into the same place?"""
    if a[:2] == b[:2]:
        return True
    return a[:2] < b[2:4] and b[:2] < a[2:4]


def _changes(edits: list[Edit], text: dict[int, str]) -> list[_Change]:
    """The edits as runs of whole lines, in order, as small as they can be."""
    changes: list[_Change] = []
    todo = sorted(edits)
    while todo:
        first, last = todo[0].line, todo[0].end_line
        n = 1
        while n < len(todo) and todo[n].line <= last:
            last = max(last, todo[n].end_line)
            n += 1
        cluster, todo = todo[:n], todo[n:]
        old = [text.get(line, "") for line in range(first, last + 1)]
        new = _edited(old, [amend.moved(edit, -first) for edit in cluster])
        while old and new and old[-1] == new[-1]:
            del old[-1], new[-1]  # from the end: behind the last newline there is no line
            last -= 1
        while old and new and old[0] == new[0]:
            del old[0], new[0]
            first += 1
        if old or new:
            changes.append(_Change(first, last, new))
    return changes


def _edited(lines: list[str], edits: list[Edit]) -> list[str]:
    """The lines after the edits, whose lines count from 0."""
    rows = [line.encode("utf-8", "surrogateescape") for line in lines]
    for edit in reversed(edits):
        head = rows[edit.line][: edit.column - 1]
        tail = rows[edit.end_line][edit.end_column - 1 :]
        new = head + edit.text.encode("utf-8", "surrogateescape") + tail
        rows[edit.line : edit.end_line + 1] = new.split(b"\n")
    return [row.decode("utf-8", "surrogateescape") for row in rows]


def _file_diff(path: str, changes: list[_Change], text: Text) -> Iterator[str]:
    """Header and hunks for one file, as git writes them."""
    tab = "\t" if " " in path else ""
    yield f"diff --git a/{path} b/{path}"
    yield f"--- a/{path}{tab}"
    yield f"+++ b/{path}{tab}"
    drift = 0  # how many lines the hunks so far have added
    while changes:
        n = 1
        while n < len(changes) and _near(changes[n - 1], changes[n], text):
            n += 1
        together, changes = changes[:n], changes[n:]
        start, rows = _hunk(together, text)
        old = sum(row[0] in " -" for row in rows)
        new = sum(row[0] in " +" for row in rows)
        yield f"@@ -{start},{old} +{start + drift},{new} @@"
        yield from rows
        drift += new - old


def _near(a: _Change, b: _Change, text: Text) -> bool:
    """Do they belong into one hunk: would what is shown around them meet?"""
    between = range(a.last + 1, b.first)
    return len(between) <= 2 * CONTEXT and all(line in text.lines for line in between)


def _hunk(changes: list[_Change], text: Text) -> tuple[int, list[str]]:
    """The first line of a hunk, and what it shows."""
    lines, whole = text
    # The row behind the last newline is no line; one without a newline is marked.
    end = len(lines) - (not lines[len(lines)]) if whole else 0
    first = changes[0].first
    start = next((n + 1 for n in range(first - 1, 0, -1) if n not in lines), 1)
    start = max(start, first - CONTEXT)
    at = start
    rows: list[str] = []
    new: list[str] = []
    for change in changes:
        if change.first > at:  # what touches is shown as one
            rows, new = rows + new, []
        rows += [" " + lines[line] for line in range(at, change.first)]
        rows += ["-" + lines[line] for line in range(change.first, change.last + 1)]
        new += ["+" + line for line in change.new]
        at = change.last + 1
    rows += new
    for line in range(at, at + CONTEXT):
        if line not in lines or (whole and line > end):
            break
        rows.append(" " + lines[line])
        if whole and line == len(lines):
            rows.append(NO_NEWLINE)
    return start, rows
