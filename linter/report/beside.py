"""Findings beside the lines of a patch: which hunk, which line, what can be folded.

What `html` shows of a series, as plain data: patches, files, hunks, rows, and below
a row the findings that stand there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.report.place import Shown, Spot, construct, home

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linter.finding import Finding, Related
    from linter.intake.patch import FileDiff, Hunk, Line, Patch, Series

CONTEXT = 8  # rows shown around what a finding is about
FEW = 6  # so many rows more are no reason to fold
MANY = 50_000  # rows of the files with findings; beyond, what is folded is left out

_KINDS = {"+": "added", "-": "removed", " ": "context"}


class Place(NamedTuple):
    """Another place that a finding rests on; `anchor` is its row's, '' if it is not shown."""

    where: str
    text: str
    anchor: str


class Card(NamedTuple):
    """A finding as it is shown; `number` counts from 1 in the order of the report."""

    number: int
    finding: Finding
    related: list[Place]


class Row(NamedTuple):
    """A line of code; `parts` is its text, cut where a mark begins or ends."""

    kind: str  # 'added', 'removed' or 'context'
    old: int | None
    new: int | None
    parts: list[tuple[str, bool]]
    anchor: str  # '' if nothing leads here
    cards: list[Card]


class Run(NamedTuple):
    """Rows in a row; `folded` is how many if they are folded, else 0.

    Folded rows are left out (`rows` is empty) where the page would be too large.
    """

    rows: list[Row]
    folded: int


class HunkView(NamedTuple):
    hunk: Hunk
    runs: list[Run]
    told: bool  # a finding is about it


class FileView(NamedTuple):
    """`hunks` is empty if no finding is in the file."""

    path: str
    change: str  # 'new file', 'renamed from x' ...; mostly ''
    added: int
    removed: int
    hunks: list[HunkView]
    strays: list[Row]  # lines with findings that the patch does not show


class PatchView(NamedTuple):
    patch: Patch
    anchor: str
    files: list[FileView]
    cards: list[Card]


def beside(series: Series, name: str, findings: Mapping[int, Finding]) -> list[PatchView]:
    """The patches of a series with its findings (by their numbers); `name` begins each anchor."""
    spots: dict[Patch, dict[int, Spot | None]] = {patch: {} for patch in series.patches}
    shown = {patch: Shown(patch) for patch in series.patches} if findings else {}
    for n, finding in findings.items():
        patch, spot = home(finding, shown)
        spots[patch][n] = spot
    wanted = {patch: {findings[n].path for n in found} for patch, found in spots.items() if found}
    size = sum(
        len(hunk.lines)
        for patch, paths in wanted.items()
        for file in patch.files
        if file.path in paths
        for hunk in file.hunks
    )
    views = []
    for at, (patch, found) in enumerate(spots.items()):
        drawing = _Drawing(patch, found, findings, shown.get(patch), size <= MANY)
        views.append(drawing.view(f"{name}{at}"))
    return views


def loose(findings: Mapping[int, Finding]) -> list[FileView]:
    """Findings without a series, by file."""
    rows: dict[str, list[Row]] = {}
    for n, finding in findings.items():
        card = Card(n, finding, [_place(finding, place) for place in finding.related])
        rows.setdefault(finding.path, []).append(_frame(card))
    return [FileView(path, "", 0, 0, [], found) for path, found in rows.items()]


class _Drawing:
    """The view of one patch in the making."""

    def __init__(
        self,
        patch: Patch,
        found: Mapping[int, Spot | None],
        findings: Mapping[int, Finding],
        shown: Shown | None,
        keep: bool,  # what is folded
    ) -> None:
        self.patch = patch
        self.keep = keep
        self.cards: list[Card] = []
        self.strays: dict[str, list[Row]] = {}
        self.anchors: dict[Spot, str] = {}
        self.below: dict[Spot, list[Card]] = {}
        self.marks: dict[Spot, list[tuple[int, int]]] = {}
        for n, spot in found.items():
            finding = findings[n]
            card = Card(n, finding, [])
            card.related.extend(self._related(card, shown))
            self.cards.append(card)
            if spot is None:
                self.strays.setdefault(finding.path, []).append(_frame(card))
            else:
                self._put(card, spot)

    def view(self, anchor: str) -> PatchView:
        told = {spot.file for spot in (*self.marks, *self.anchors)}
        files = [self._file(at, file, at in told) for at, file in enumerate(self.patch.files)]
        # it is about a file that the patch does not touch
        files += [FileView(path, "", 0, 0, [], rows) for path, rows in self.strays.items()]
        return PatchView(self.patch, anchor, files, self.cards)

    def _related(self, card: Card, shown: Shown | None) -> list[Place]:
        places = []
        for number, place in enumerate(card.finding.related, 1):
            spot = shown.by_number.get((place.path, place.line)) if shown else None
            anchor = f"finding-{card.number}-{number}"
            anchor = self.anchors.setdefault(spot, anchor) if spot else ""
            places.append(_place(card.finding, place, anchor))
        return places

    def _put(self, card: Card, first: Spot) -> None:
        """Puts a card below its construct, or below the first line of a long one."""
        finding = card.finding
        lines = self.patch.files[first.file].hunks[first.hunk].lines
        wanted = finding.end[0] - finding.line
        spots = construct(self.patch, finding, first)
        for at, spot in enumerate(spots):
            raw = _bytes(lines[spot.row].text)
            start = len(raw) - len(raw.lstrip()) if at else finding.column - 1
            end = finding.end[1] - 1 if at == wanted else len(raw)
            self.marks.setdefault(spot, []).append((start, end))
        self.below.setdefault(spots[-1], []).append(card)

    def _file(self, at: int, file: FileDiff, told: bool) -> FileView:
        hunks = []
        if told or file.path in self.strays:
            hunks = [self._hunk(Spot(at, n, 0), hunk) for n, hunk in enumerate(file.hunks)]
        lines = [line for hunk in file.hunks for line in hunk.lines]
        added = sum(line.kind == "+" for line in lines)
        removed = sum(line.kind == "-" for line in lines)
        strays = self.strays.pop(file.path, [])
        return FileView(file.path, _change(file), added, removed, hunks, strays)

    def _hunk(self, first: Spot, hunk: Hunk) -> HunkView:
        spots = [first._replace(row=n) for n in range(len(hunk.lines))]
        told = [s.row for s in spots if s in self.marks or s in self.anchors]
        runs = []
        for start, end, folded in runs_of(len(spots), told):
            wanted = self.keep or not folded
            rows = [self._row(spots[n], hunk, hunk.lines[n]) for n in range(start, end) if wanted]
            runs.append(Run(rows, end - start if folded else 0))
        return HunkView(hunk, runs, bool(told))

    def _row(self, spot: Spot, hunk: Hunk, line: Line) -> Row:
        old, new = (n + hunk.moved if n else None for n in (line.old, line.new))
        parts = marked(line.text, self.marks.get(spot, ()))
        cards = self.below.get(spot, [])
        return Row(_KINDS[line.kind], old, new, parts, self.anchors.get(spot, ""), cards)


def _place(finding: Finding, place: Related, anchor: str = "") -> Place:
    here = place.path == finding.path
    where = f"line {place.line}" if here else f"{place.path}:{place.line}"
    return Place(where, place.text, anchor)


def _frame(card: Card) -> Row:
    """The line of a finding by itself."""
    finding = card.finding
    text = finding.line_text
    end = finding.end[1] - 1 if finding.end[0] == finding.line else len(_bytes(text))
    parts = marked(text, [(finding.column - 1, end)])
    return Row("context", None, finding.line, parts, "", [card])


def runs_of(rows: int, told: Sequence[int]) -> list[tuple[int, int, bool]]:
    """Cuts `rows` rows into runs (start, end, folded): what is far from any of `told` is folded."""
    if not told:
        return [(0, rows, True)]
    runs: list[tuple[int, int, bool]] = []
    done = 0
    for at in (*told, rows + CONTEXT):
        start = min(max(at - CONTEXT, done), rows)
        if start - done > FEW:
            runs.append((done, start, True))
        else:
            start = done
        end = min(at + CONTEXT + 1, rows)
        if end > start:
            if runs and not runs[-1][2]:
                runs[-1] = (runs[-1][0], end, False)
            else:
                runs.append((start, end, False))
        done = max(done, end)
    return runs


def marked(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text cut into parts, those in the spans (bytes from, up to) marked."""
    raw = _bytes(text.rstrip("\r"))
    parts: list[tuple[bytes, bool]] = []
    done = 0
    for start, end in sorted(spans):
        start, end = max(start, done), min(end, len(raw))
        if start < end:
            parts += [(raw[done:start], False), (raw[start:end], True)]
            done = end
    parts.append((raw[done:], False))
    return [(part.decode("utf-8", "surrogateescape"), on) for part, on in parts if part]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _change(file: FileDiff) -> str:
    if file.status in ("renamed", "copied"):
        return f"{file.status} from {file.old_path}"
    words = {"added": "new file", "deleted": "deleted", "mode": "mode only"}
    return ", ".join(filter(None, [words.get(file.status, ""), "binary" if file.binary else ""]))
