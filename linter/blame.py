"""Which patch of a series wrote which line of a file, and where the line stood then.

A rule over the series sees files as they are in the end; what it says is told of the
patch that completed it, with the line numbers of that patch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linter.finding import Finding, PatchRef
    from linter.intake.snapshot import FileState


class Written:
    """A line: which patch wrote it (None: it was there), and its number after each patch."""

    __slots__ = ("numbers", "ref", "text")

    def __init__(self, text: str, ref: PatchRef | None) -> None:
        self.text = text
        self.ref = ref
        self.numbers: dict[int, int] = {}  # by the patch's index in the series

    def then(self, index: int) -> int:
        """Its number after that patch; after the one that wrote it, if that came later."""
        before = [at for at in self.numbers if at <= index]
        return self.numbers[max(before) if before else min(self.numbers)]


class Blame:
    """The whole files of a series, patch by patch; worked out for a file when asked."""

    def __init__(self) -> None:
        self._states: dict[str, list[tuple[PatchRef, FileState]]] = {}
        self._lines: dict[str, list[Written]] = {}

    def add(self, ref: PatchRef, state: FileState) -> None:
        """A file as it is after a patch."""
        self._states.setdefault(state.path, []).append((ref, state))
        self._lines.pop(state.path, None)

    def rename(self, old: str, new: str) -> None:
        """The file goes on under another name."""
        if old in self._states:
            self._states[new] = self._states.pop(old)

    def texts(self, patch: int) -> dict[str, str]:
        """The whole files as they are after a patch (its index), by the names of the end."""
        found = {}
        for path, states in self._states.items():
            known = [s.text for ref, s in states if ref.index <= patch and s.text is not None]
            if known:
                found[path] = known[-1]
        return found

    @property
    def last(self) -> int:
        """The index of the last patch that changes a whole file; 0 if none does."""
        return max((ref.index for states in self._states.values() for ref, _ in states), default=0)

    def lines(self, path: str) -> list[Written]:
        """The lines of a file as it is in the end; [] if it is not known whole."""
        if path not in self._lines:
            self._lines[path] = _written(self._states.get(path, []))
        return self._lines[path]

    def place(self, finding: Finding) -> bool:
        """Gives a finding the patch that completed it, and the numbers its lines had then.

        False if no patch of the series wrote any of them.  One in a fragment knows its patch.
        """
        if finding.patch is None:
            lines = self.lines(finding.path)
            related = [r.line for r in finding.related if r.path == finding.path]
            numbers = [*range(finding.line, finding.end[0] + 1), *related]
            refs = [r for n in numbers if n <= len(lines) and (r := lines[n - 1].ref) is not None]
            if not refs:
                return False
            finding.patch = ref = max(refs, key=lambda ref: ref.index)
            finding.line = self._then(finding.path, finding.line, ref)
            finding.end = (self._then(finding.path, finding.end[0], ref), finding.end[1])
        if (patch := finding.patch) is not None:
            finding.related = tuple(
                r._replace(line=self._then(r.path, r.line, patch)) for r in finding.related
            )
        return True

    def _then(self, path: str, number: int, ref: PatchRef) -> int:
        lines = self.lines(path)
        return lines[number - 1].then(ref.index) if number <= len(lines) else number


def _written(states: list[tuple[PatchRef, FileState]]) -> list[Written]:
    """The lines of the last state, with their history."""
    lines: list[Written] = []
    for ref, state in states:
        old, at = lines, 0
        lines = []
        for number, text in enumerate((state.text or "").split("\n"), 1):
            line = Written(text, ref if number in state.added else None)
            if line.ref is None:  # what a patch does not add was there before, in the same order
                same = next((n for n in range(at, len(old)) if old[n].text == text), None)
                if same is not None:
                    line, at = old[same], same + 1
            line.numbers[ref.index] = number
            lines.append(line)
    return lines
