"""The lines of a patch, and where in them the quoted lines of a reply stand.

A reply quotes parts of a patch: it leaves lines and headers out, and mailers change
the blanks.  So quoted lines are looked up by what they say, without blanks; of several
places the one counts where most of the following lines stand, too, and of equal ones
the next in order.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from linter.intake.patch import FileDiff, Hunk, Patch

_AHEAD = 16  # lines that are compared to choose between places
_NEARBY = 32  # places that are compared, on either side
_BUDGET = 100_000  # lines compared for one reply, besides some for each line of it
_POOR = 2  # a line of so few characters (`+}`) tells nothing by itself


class Spot(NamedTuple):
    """A line of a patch.

    `number` is its 1-based line in the file after the patch; a removed line and a
    header have that of the line behind them.  `key` is what it says, without blanks.
    """

    file: FileDiff
    hunk: Hunk
    number: int
    key: str


class Listing:
    """All lines of a patch that say something, in order."""

    def __init__(self, patch: Patch) -> None:
        self.spots: list[Spot] = []
        self._index: dict[str, list[int]] = {}
        for file in patch.files:
            for hunk in file.hunks:
                if hunk is file.hunks[0]:
                    names = f"diff --git a/{file.old_path or file.path} b/{file.path}"
                    self._add(file, hunk, hunk.new_start, names)
                header = f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count}"
                self._add(file, hunk, hunk.new_start, header)
                number = hunk.new_start
                for line in hunk.lines:
                    number = line.new or number
                    self._add(file, hunk, number, line.kind + line.text)
                    number += line.new is not None
        self._keys = [spot.key for spot in self.spots]
        self._budget = 0

    def _add(self, file: FileDiff, hunk: Hunk, number: int, text: str) -> None:
        key = squeeze(text)
        if key:
            self._index.setdefault(key, []).append(len(self.spots))
            self.spots.append(Spot(file, hunk, number, key))

    def find(self, texts: list[str]) -> list[int | None]:
        """For each quoted line, without its quote marks, the index of its spot.

        None: the patch has no such line, or the line is blank or too short to tell.
        The work is bounded: where it would be too much, the next place counts.
        """
        self._budget = _BUDGET + 16 * len(texts)
        result: list[int | None] = [None] * len(texts)
        asked = [(at, key) for at, text in enumerate(texts) if (key := squeeze(text))]
        keys = [key for _, key in asked]
        cursor = 0
        for n, (at, _) in enumerate(asked):
            found = self._place(keys, n, cursor)
            if found is not None:
                result[at] = found
                cursor = found + 1
        return result

    def _place(self, keys: list[str], n: int, cursor: int) -> int | None:
        key = keys[n]
        if cursor < len(self._keys) and self._keys[cursor] == key:
            return cursor
        places = self._index.get(key, [])
        middle = bisect_left(places, cursor)
        near = places[middle : middle + _NEARBY] + places[max(0, middle - _NEARBY) : middle][::-1]
        best, length = None, 0
        for place in near:
            run = self._run(keys, n, place) if self._budget > 0 else 1
            self._budget -= run
            if run > length:
                best, length = place, run
        tells = any(len(key) > _POOR for key in keys[n : n + length])
        return best if tells else None

    def _run(self, keys: list[str], n: int, place: int) -> int:
        """How many quoted lines from number `n` on stand at `place` in a row."""
        run = 0
        limit = min(_AHEAD, len(keys) - n, len(self._keys) - place)
        while run < limit and keys[n + run] == self._keys[place + run]:
            run += 1
        return run


def squeeze(text: str) -> str:
    """The text without blanks; of a hunk's header only the numbers."""
    if text.startswith("@@ -"):
        text = text[: text.find("@@", 4)] if "@@" in text[4:] else text
    return "".join(text.split())
