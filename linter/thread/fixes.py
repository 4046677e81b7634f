"""A diff that somebody proposes: does it apply, and which findings does it take or bring?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from linter.finding import INFO, Finding
from linter.follow import C_FILE, MAX_SOURCE, new_unit, new_world
from linter.run import findings_of
from linter.thread.fit import Misfit, put

if TYPE_CHECKING:
    from linter.intake.patch import FileDiff, Hunk, Line
    from linter.intake.snapshot import Snapshot
    from linter.source.unit import Unit
    from linter.source.world import World
    from rules.registry import Rule


MAX_FILES = 30  # of one proposal
MAX_TRIES = 2000  # hunks of a proposal times hunks of a patch
_END = "at the end of the series"


class Outcome(NamedTuple):
    """What came of linting with and without a proposal.

    `where` says on what it was tried, '' if on nothing; `notes` what of it could not be.
    `size` is how many characters were linted.
    """

    where: str
    removed: list[Finding]
    added: list[Finding]
    notes: list[str]
    size: int = 0


class Piece(NamedTuple):
    """Text to lint: a whole file, or with `first`, its 1-based line, a part of one."""

    path: str
    text: str
    first: int | None = None
    section: str = ""


def outcome(
    files: list[FileDiff],
    source: str,
    after: Snapshot | None,
    end: Snapshot | None,
    rules: list[Rule],
) -> Outcome:
    """Try a proposal on the files as they are after a patch, else at the end of the series.

    Where a file is not known whole, the lines that the patch shows are tried; if they are
    too few, the diff is read by itself, before and after.  Errors: RuleError.
    """
    if len(files) > MAX_FILES:
        return Outcome("", [], [], [f"a diff to more than {MAX_FILES} files; not linted"])
    notes: list[str] = []
    where: list[str] = []
    before: list[Piece] = []
    behind: list[Piece] = []
    for file in files:
        if not file.path.endswith(C_FILE):
            notes.append(f"{file.path}: no C, not linted")
            continue
        for snapshot in (after, end):
            if snapshot is None:
                continue
            place = _END if snapshot is not after else f"after {_number(snapshot)}"
            try:
                pair = _applied(file, snapshot)
            except Misfit as error:
                said = f"{file.path}: does not apply {place}: {error} ({source}:{error.hunk.src})"
                notes.append(said)
                continue
            if pair is not None:
                before.append(pair[0])
                behind.append(pair[1])
                where.append(place)
                break
        else:
            _in_part(file, after, before, behind, where, notes)
    size = sum(len(piece.text) for piece in behind)
    if size > MAX_SOURCE:
        return Outcome("", [], [], [*notes, "too large; not linted"])
    if where:
        notes = [n for n in notes if _END not in where or " does not apply after " not in n]
    context = end if _END in where else after or end
    was = _lint(before, context, rules)
    now = _lint(behind, context, rules)
    return Outcome(
        ", ".join(dict.fromkeys(where)), _without(was, now), _without(now, was), notes, size
    )


def _without(these: list[Finding], those: list[Finding]) -> list[Finding]:
    """Findings that the others have not; one whose statement only looks otherwise stays."""
    same = {f.fingerprint for f in those}
    alike = Counter((f.rule, f.message) for f in those)
    result = []
    for finding in these:
        if finding.fingerprint in same:
            alike[finding.rule, finding.message] -= 1
    for finding in these:
        if finding.fingerprint in same:
            continue
        if alike[finding.rule, finding.message] > 0:
            alike[finding.rule, finding.message] -= 1
        else:
            result.append(finding)
    return result


def _applied(file: FileDiff, snapshot: Snapshot) -> tuple[Piece, Piece] | None:
    """The file before and after, None if it is not known whole.  Errors: Misfit."""
    text = "" if file.old_path is None else snapshot.lookup(file.path)
    if text is None:
        return None
    if file.old_path is None:
        new = "".join(line.text + "\n" for hunk in file.hunks for line in hunk.added)
        return Piece(file.path, ""), Piece(file.path, new)
    return Piece(file.path, text), Piece(file.path, put(text, file.hunks))


def _in_part(
    file: FileDiff,
    after: Snapshot | None,
    before: list[Piece],
    behind: list[Piece],
    where: list[str],
    notes: list[str],
) -> None:
    """Try a proposal where only hunks of the file are known."""
    shown = [s for s in after.changed if s.path == file.path and not s.deleted] if after else []
    if not shown:
        if not any(note.startswith(f"{file.path}: does not apply") for note in notes):
            notes.append(f"{file.path}: not a file of this series")
        return
    if shown[0].text is not None:
        return  # known whole, and refused
    pairs, rest = _into_hunks(file, shown[0].hunks)
    if pairs and after:
        where.append(f"in what {_number(after)} shows of it")
    if rest:
        where.append("by itself where no patch shows the lines")
    pairs += [
        (_image(file.path, hunk, hunk.old_text()), _image(file.path, hunk, hunk.new_text()))
        for hunk in rest
    ]
    before += [old for old, _ in pairs]
    behind += [new for _, new in pairs]


def _into_hunks(file: FileDiff, shown: list[Hunk]) -> tuple[list[tuple[Piece, Piece]], list[Hunk]]:
    """Hunks of a patch with those of a proposal applied, and the hunks that fit nowhere."""
    if len(file.hunks) * len(shown) > MAX_TRIES:
        return [], file.hunks
    pairs: list[tuple[Piece, Piece]] = []
    rest = file.hunks
    for hunk in shown:
        piece = _image(file.path, hunk, hunk.new_text())
        text = piece.text
        left: list[Hunk] = []
        for proposed in rest:
            try:
                text = put(text, [proposed], piece.first or 1)
            except Misfit:
                left.append(proposed)
        if len(left) < len(rest):
            pairs.append((piece, piece._replace(text=text)))
        rest = left
    return pairs, rest


def _image(path: str, hunk: Hunk, lines: list[Line]) -> Piece:
    text = "".join(line.text + "\n" for line in lines)
    return Piece(path, text, hunk.new_start, hunk.section)


def unit_of(piece: Piece, world: World) -> Unit:
    """The piece as rules see it."""
    if piece.first is None:
        return new_unit(piece.path, piece.text, world)
    lines = list(range(piece.first, piece.first + piece.text.count("\n")))
    return new_unit(piece.path, piece.text, world, lines=lines, section=piece.section)


def _lint(pieces: list[Piece], snapshot: Snapshot | None, rules: list[Rule]) -> list[Finding]:
    """What the rules say of the pieces, seen with the other files of the snapshot."""
    wanted = [p for p in pieces if any(rule.wants(_bytes(p.text)) for rule in rules)]
    if not wanted:
        return []
    world = new_world()
    units = [unit_of(piece, world) for piece in wanted]
    own = {piece.path for piece in pieces}
    room = MAX_SOURCE
    for state in snapshot.files.values() if snapshot else ():
        if state.path not in own and state.path.endswith(C_FILE) and state.text is not None:
            room -= len(state.text)
            if room >= 0 and "rmi_" in state.text:
                world.add(new_unit(state.path, state.text, world))
    for unit in units:
        world.add(unit)
    found = [f for unit in units for f in findings_of(unit, rules, unit.functions)]
    return [finding for finding in found if finding.severity != INFO]


def _number(snapshot: Snapshot) -> str:
    return f"{snapshot.patch.index}/{snapshot.patch.total}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
