"""Where a finding stands in the text of a patch: which file, hunk and line."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from linter.finding import patch_ref

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.intake.patch import Patch

BELOW = 3  # a comment stands below the last line of its construct if that is so near


class Spot(NamedTuple):
    """A line of a patch: indices."""

    file: int
    hunk: int
    row: int


class Shown:
    """The lines that a patch leaves in its files and shows: where they are."""

    def __init__(self, patch: Patch) -> None:
        self.by_number: dict[tuple[str, int], Spot] = {}
        self._by_text: dict[tuple[str, str], list[tuple[int, Spot]]] = {}
        for f, file in enumerate(patch.files):
            for h, hunk in enumerate(file.hunks):
                for r, line in enumerate(hunk.lines):
                    if line.kind == "-":
                        continue
                    number, spot = (line.new or 0) + hunk.moved, Spot(f, h, r)
                    self.by_number[file.path, number] = spot
                    text = line.text.rstrip("\r")
                    self._by_text.setdefault((file.path, text), []).append((number, spot))
        for known in self._by_text.values():
            known.sort()

    def find(self, finding: Finding) -> tuple[int, Spot] | None:
        """The line of a finding, and how far that is from the number that the finding gives.

        Its text decides, and of equal lines the nearest: where the hunks were repaired
        the numbers of the mail and of the file may differ.
        """
        text = finding.line_text.rstrip("\r")
        known = self._by_text.get((finding.path, text), [])
        at = bisect_left(known, (finding.line,))
        near = [
            (abs(number - finding.line), spot) for number, spot in known[max(at - 1, 0) : at + 1]
        ]
        return min(near, default=None)


def home(finding: Finding, shown: dict[Patch, Shown]) -> tuple[Patch, Spot | None]:
    """The patch that a finding stands at, and its line if the patch shows it.

    Several diffs of one mail are patches that the finding's `patch` does not tell apart.
    """
    patches = [patch for patch in shown if patch_ref(patch) == finding.patch] or list(shown)
    found = [(*hit, n) for n, p in enumerate(patches) if (hit := shown[p].find(finding))]
    if not found:
        return patches[0], None
    _, spot, n = min(found, key=lambda hit: (hit[0], hit[2]))
    return patches[n], spot


def construct(patch: Patch, finding: Finding, first: Spot) -> list[Spot]:
    """The lines that a finding is about, or its first line alone if they are many.

    `first` is where it stands; what is said of it belongs below the last of them.
    """
    lines = patch.files[first.file].hunks[first.hunk].lines
    spots = [first]
    wanted = finding.end[0] - finding.line
    row = first.row + 1
    if wanted <= BELOW:
        while len(spots) <= wanted and row < len(lines) and lines[row].kind != "-":
            spots.append(first._replace(row=row))
            row += 1
    return spots
