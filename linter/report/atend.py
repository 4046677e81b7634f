"""Where lines are when the whole series is applied.

A finding has the line that it has after its own patch.  Who looks at the last
state (the files of a merge request, a tree that has the series) needs the line
there, so it is taken through the hunks of the later patches.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from linter.finding import patch_ref
from linter.intake.patch import UNKNOWN

if TYPE_CHECKING:
    from linter.finding import Finding, PatchRef, Report
    from linter.intake.patch import FileDiff, Series


class Spot(NamedTuple):
    """A line of a file."""

    path: str
    line: int


class AtEnd:
    """Follows the places of a report's findings to the end of their series."""

    def __init__(self, report: Report) -> None:
        self._series = report.series
        self._known: dict[int, _Known] = {}

    def spot(self, finding: Finding, path: str, line: int) -> Spot | None:
        """Where a line is in the end that the finding's patch leaves at `path:line`.

        None if it is gone, or if nobody can say.
        """
        ref = finding.patch
        if ref is None or finding.series >= len(self._series):
            return Spot(path, line)
        if finding.series not in self._known:
            self._known[finding.series] = _Known(self._series[finding.series])
        known = self._known[finding.series]
        spot, at = Spot(path, line), known.numbers.get(ref)
        if at is None:  # a diff in a reply: it stands alone
            return spot
        while True:
            later = known.changes.get(spot.path, ())
            first = bisect_right(later, at, key=lambda entry: entry[0])
            if first == len(later):
                return spot
            at, moves = later[first]
            moved = moves.through(spot.line)
            if moved is None:
                return None
            spot = moved


class _Known:
    """The patches of one series."""

    def __init__(self, series: Series) -> None:
        self.numbers: dict[PatchRef, int] = {}
        # By the path before it, each change of a file and which patch makes it.
        self.changes: dict[str, list[tuple[int, _Moves]]] = {}
        for at, patch in enumerate(series.patches):
            if patch.kind == "reply":
                continue
            self.numbers.setdefault(patch_ref(patch), at)
            for diff in patch.files:
                if diff.old_path and diff.status != "copied":
                    self.changes.setdefault(diff.old_path, []).append((at, _Moves(diff)))


class _Moves:
    """What one diff does to the line numbers of its file."""

    def __init__(self, diff: FileDiff) -> None:
        self._diff = diff
        self._starts: list[int] | None = None  # first line of each hunk, before the patch
        self._shifts = [0]  # what is added to a line between hunks, by the hunks before it

    def through(self, line: int) -> Spot | None:
        """Where the line is afterwards."""
        diff = self._diff
        if diff.new_path is None or not diff.complete:
            return None
        if self._starts is None:
            if any(hunk.confidence == UNKNOWN for hunk in diff.hunks):
                return None
            self._starts = []
            for hunk in diff.hunks:
                # a hunk without old lines names the line before it
                self._starts.append(hunk.old_start + hunk.moved + (not hunk.old_count))
                self._shifts.append(self._shifts[-1] + hunk.new_count - hunk.old_count)
        at = bisect_right(self._starts, line)
        if at:
            hunk = diff.hunks[at - 1]
            if line < self._starts[at - 1] + hunk.old_count:
                new = next((x.new for x in hunk.lines if x.old == line - hunk.moved), None)
                return None if new is None else Spot(diff.new_path, new + hunk.moved)
        return Spot(diff.new_path, line + self._shifts[at])
