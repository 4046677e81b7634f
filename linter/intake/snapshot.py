"""The files that a series produces, patch by patch.

A file whose text is known is followed through the series in memory.  The text
comes from, in this order: the series, if it creates the file; the blob ids of
the `index` line, if the tree at hand has them; the base commit of the series;
a file of the tree.  None is believed unless the lines of the hunks are really
there.  What is left is a fragment: hunks without a text.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from linter.intake.patch import EXACT, UNKNOWN, FileDiff, Hunk, Line, Note, Patch, Series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.intake.git import Tree

# Where the text of a file comes from.
CREATED = "created"  # the series creates the file
BLOB = "blob"  # a blob id of an `index` line
BASE = "base"  # the base commit
TREE = "tree"  # a file of the tree that the hunks fit
FRAGMENT = "fragment"  # the text is not known

NEAR = 1000  # lines around its stated place in which a displaced hunk is looked for

_SOURCES = (".c", ".h")  # only these are ever parsed; other files stay fragments


class FileState:
    """One file as it is after one patch.

    `text` is the whole post-image and `before` the whole pre-image, None if
    not known ("" before a created file).  `added` are the 1-based lines of
    `text` that the patch adds; with a displaced hunk they differ from the
    numbers in `hunks`, which are the mail's.  A fragment's `added` are the
    mail's numbers.
    """

    __slots__ = ("added", "before", "deleted", "hunks", "origin", "path", "text")

    def __init__(self, path: str, hunks: list[Hunk]) -> None:
        self.path = path
        self.hunks = hunks
        self.text: str | None = None
        self.before: str | None = None
        self.added: frozenset[int] = frozenset()
        self.origin = FRAGMENT
        self.deleted = False


class Snapshot:
    """All files as they are after one patch.

    `changed` are the files the patch touches, in its order; `files` all files
    of the series whose whole text is known.  Snapshots share the states of
    files that did not change in between.
    """

    __slots__ = ("_hidden", "_outside", "changed", "files", "notes", "patch")

    def __init__(self, patch: Patch, before: Snapshot | None, outside: _Outside) -> None:
        self.patch = patch
        self.changed: list[FileState] = []
        self.files: dict[str, FileState] = dict(before.files) if before else {}
        self.notes: list[Note] = []
        # Touched by the series; if not in `files`: deleted, or a fragment.
        self._hidden: set[str] = set(before._hidden) if before else set()
        self._outside = outside

    def lookup(self, path: str) -> str | None:
        """The text of any file after this patch: the series' own, else the tree's.

        None if there is no such file, or if the series changes it in a way
        that could not be followed.
        """
        state = self.files.get(path)
        if state is not None:
            return state.text
        return None if path in self._hidden else self._outside.file(path)

    def _add(self, diff: FileDiff) -> None:
        """Take in what the patch does to one file."""
        old, new = diff.old_path, diff.new_path
        state = FileState(diff.path, diff.hunks)
        self.changed.append(state)
        known = self.files.get(old) if old is not None else None
        state.deleted = new is None
        source = diff.path.endswith(_SOURCES) and not diff.binary
        if source and new is None:
            state.before = known.text if known else self._outside.blob(diff.old_blob)
        elif source:
            touched = old in self.files or old in self._hidden
            self._find(state, diff, _candidates(diff, known, touched, self._outside))
        if state.text is None:
            state.added = frozenset(x.new for h in diff.hunks for x in h.added if x.new is not None)
        if old is not None and old != new and diff.status != "copied":
            self.files.pop(old, None)
            self._hidden.add(old)
        if new is not None and state.text is not None:
            self.files[new] = state
        elif new is not None:
            self.files.pop(new, None)
            self._hidden.add(new)

    def _find(self, state: FileState, diff: FileDiff, candidates: Iterator[_Candidate]) -> None:
        """Fill `state` from the first text that the hunks fit."""
        mail = self.patch.mail
        refused: Rejected | None = None
        for origin, text, post, search in candidates:
            try:
                short = post and origin == BLOB  # nothing has to be put together
                if not (diff.complete or short):
                    continue
                result = apply(text, diff.hunks, post=post, search=search, short=short)
            except Rejected as error:
                refused = refused or error
                continue
            state.origin = origin
            state.added = result.added
            if post:
                state.text, state.before = text, result.text if diff.complete else None
            else:
                state.text, state.before = result.text, text
            moved, drift = dict(result.moved), 0
            for hunk in diff.hunks:
                hunk.moved = drift = moved.get(hunk, drift)
            for hunk, distance in result.moved:
                where = f"{abs(distance)} lines {'below' if distance > 0 else 'above'} its place"
                self.notes.append(mail.note(hunk.src, f"{state.path}: hunk found {where}"))
            return
        if refused:
            fate = "only the hunks of this file are checked from here on"
            text = f"{state.path}: hunk rejected ({refused}); {fate}"
            self.notes.append(mail.note(refused.hunk.src, text))


def snapshots(series: Series, tree: Tree | None = None) -> Iterator[Snapshot]:
    """Yield one snapshot a patch, in order and lazily.

    A diff out of a reply stands alone: it builds on no patch, and none on it.
    """
    outside = _Outside(tree, series.base_commit)
    last: Snapshot | None = None
    for patch in series.patches:
        alone = patch.kind == "reply"
        snapshot = Snapshot(patch, None if alone else last, outside)
        for diff in patch.files:
            snapshot._add(diff)
        if not alone:
            last = snapshot
        yield snapshot


class _Outside:
    """Files that the series has not made."""

    __slots__ = ("_base", "_read", "_tree")

    def __init__(self, tree: Tree | None, base: str | None) -> None:
        self._tree = tree
        self._base = base
        self._read: dict[str, str | None] = {}

    def blob(self, blob_id: str | None) -> str | None:
        return self._tree.blob(blob_id) if self._tree and blob_id else None

    def base(self, path: str) -> str | None:
        return self._tree.file(path, self._base) if self._tree and self._base else None

    def tree(self, path: str) -> str | None:
        return self._tree.file(path) if self._tree else None

    def file(self, path: str) -> str | None:
        if path not in self._read:
            text = self.base(path)
            self._read[path] = self.tree(path) if text is None else text
        return self._read[path]


class _Candidate(NamedTuple):
    """A text that may be the pre-image of a diff, or its post-image."""

    origin: str
    text: str
    post: bool  # it is the post-image
    search: bool  # hunks may be displaced


def _candidates(
    diff: FileDiff, known: FileState | None, touched: bool, outside: _Outside
) -> Iterator[_Candidate]:
    """What a file's text may come from, best first; `touched`: by an earlier patch."""

    def maybe(origin: str, text: str | None, post: bool, search: bool) -> Iterator[_Candidate]:
        if text is not None:
            yield _Candidate(origin, text, post, search)

    old, new = diff.old_path, diff.path
    if old is None:
        yield _Candidate(CREATED, "", post=False, search=False)
    elif known is not None:
        yield from maybe(known.origin, known.text, post=False, search=False)
    yield from maybe(BLOB, outside.blob(diff.new_blob), post=True, search=False)
    yield from maybe(BLOB, outside.blob(diff.old_blob), post=False, search=False)
    if known is not None:
        yield from maybe(known.origin, known.text, post=False, search=True)
    if touched:
        return  # the files below do not have what the series did so far
    if old is not None and any(line.kind != "+" for hunk in diff.hunks for line in hunk.lines):
        yield from maybe(BASE, outside.base(old), post=False, search=True)
        yield from maybe(TREE, outside.tree(old), post=False, search=False)
    yield from maybe(TREE, outside.tree(new), post=True, search=False)


class Rejected(Exception):
    """A hunk does not fit a text; the message says why."""

    def __init__(self, hunk: Hunk, why: str) -> None:
        super().__init__(f"@@ -{hunk.old_start},{hunk.old_count}: {why}")
        self.hunk = hunk


class Applied(NamedTuple):
    """`text` is the other image, None if a hunk was cut short; `added` are
    1-based lines of the post-image; `moved` names each displaced hunk with its
    distance in lines (positive: further down)."""

    text: str | None
    added: frozenset[int]
    moved: list[tuple[Hunk, int]]


def apply(
    text: str, hunks: list[Hunk], *, post: bool = False, search: bool = True, short: bool = False
) -> Applied:
    """Apply `hunks` to the pre-image `text`, or take them back from the post-image.

    Every line the hunks expect must be there, at the stated place or, with
    `search`, at the only place near it.  `short` allows hunks that were cut
    (a quoted patch): then they are only looked up.  Lines of a repaired hunk
    are compared without their blanks, and the text's own are kept.  One pass,
    linear in lines and hunks.  Raises Rejected.
    """
    image = _Image(text)
    lines = image.lines
    gone, come = ("+", "-") if post else ("-", "+")
    out: list[str] = []
    added: list[int] = []
    moved: list[tuple[Hunk, int]] = []
    whole = True
    eol = image.eol
    done = 0  # lines of the text that are in `out` or gone
    drift = 0  # how far the last hunk was displaced
    for hunk in hunks:
        if hunk.confidence == UNKNOWN or _is_cut(hunk):
            whole = False
            if not short:
                raise Rejected(hunk, "it is incomplete")
        wanted = [line.text for line in hunk.lines if line.kind != come]
        at = None if hunk.confidence == UNKNOWN else _start(hunk, post) + drift
        found = image.find(wanted, at, done, hunk.confidence != EXACT, search or at is None)
        if found is None:
            raise Rejected(hunk, "its lines are not there")
        if at is not None and found != at:
            drift += found - at
            moved.append((hunk, found - _start(hunk, post)))
        out += lines[done:found]
        done = found
        last: Line | None = None
        for line in hunk.lines:
            if line.kind == come:
                out.append(line.text)
            else:
                if line.kind == " ":
                    out.append(lines[done])
                done += 1
            if line.kind != gone:
                last = line
            if line.kind == "+":
                added.append(done if post else len(out))
        if done == len(lines):  # only then the end of the text is the hunk's
            eol = last.eol if last else True
    out += lines[done:]
    other = "\n".join(out) + ("\n" if eol and out else "")
    return Applied(other if whole else None, frozenset(added), moved)


def _start(hunk: Hunk, post: bool) -> int:
    """The 0-based line that the hunk starts at; without lines it names the one before."""
    start, count = (hunk.new_start, hunk.new_count) if post else (hunk.old_start, hunk.old_count)
    return start - 1 if count else start


def _is_cut(hunk: Hunk) -> bool:
    added = sum(line.kind == "+" for line in hunk.lines)
    removed = sum(line.kind == "-" for line in hunk.lines)
    both = len(hunk.lines) - added - removed
    return both + removed != hunk.old_count or both + added != hunk.new_count


class _Image:
    """The lines of a text, and where runs of them are."""

    __slots__ = ("_budget", "_places", "_squeezed", "eol", "lines")

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.eol = not self.lines[-1]
        if self.eol:
            self.lines.pop()
        self._squeezed: list[str] | None = None
        self._places: dict[bool, dict[str, list[int]]] = {}
        # Bounds the work on a text made to match nearly everywhere.
        self._budget = 100_000 + 16 * len(self.lines)

    def find(
        self, wanted: list[str], at: int | None, first: int, loose: bool, search: bool
    ) -> int | None:
        """Where `wanted` stands: at `at`, or at the only place near it, not before `first`."""
        if loose:
            wanted = [_squeeze(line) for line in wanted]
        lines = self._lines(loose)
        size = len(wanted)
        if at is not None and first <= at <= len(lines) and lines[at : at + size] == wanted:
            return at
        if not search or not any(line.strip() for line in wanted):
            return None
        # Look only where the rarest line of the run is.
        index = self._index(loose)
        offset = min(range(size), key=lambda i: len(index.get(wanted[i], ())))
        places = index.get(wanted[offset], [])
        low = first if at is None else max(first, at - NEAR)
        high = len(lines) if at is None else at + NEAR
        found = None
        for place in range(bisect_left(places, low + offset), len(places)):
            start = places[place] - offset
            self._budget -= size
            if start > high or self._budget < 0:
                break
            if lines[start : start + size] == wanted:
                if found is not None:
                    return None
                found = start
        return found if self._budget >= 0 else None

    def _lines(self, loose: bool) -> list[str]:
        if not loose:
            return self.lines
        if self._squeezed is None:
            self._squeezed = [_squeeze(line) for line in self.lines]
        return self._squeezed

    def _index(self, loose: bool) -> dict[str, list[int]]:
        if loose not in self._places:
            places: dict[str, list[int]] = {}
            for number, line in enumerate(self._lines(loose)):
                places.setdefault(line, []).append(number)
            self._places[loose] = places
        return self._places[loose]


def _squeeze(line: str) -> str:
    return "".join(line.split())
