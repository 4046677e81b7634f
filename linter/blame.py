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


def written(path: str, history: list[tuple[PatchRef, FileState]]) -> list[Written]:
    """The lines of a file as it is in the end, with their history."""
    lines: list[Written] = []
    for ref, state in history:
        if state.path != path or state.text is None:
            continue
        old, lines = iter(lines), []
        for number, text in enumerate(state.text.split("\n"), 1):
            if number in state.added:
                line = Written(text, ref)
            else:  # what a patch does not add was there before, in the same order
                line = next((o for o in old if o.text == text), None) or Written(text, None)
            line.numbers[ref.index] = number
            lines.append(line)
    return lines


def place(finding: Finding, lines: list[Written]) -> bool:
    """Gives a finding the patch that completed it, and the numbers that its lines had then."""
    related = [r for r in finding.related if r.path == finding.path]
    numbers = [*range(finding.line, finding.end[0] + 1), *(r.line for r in related)]
    refs = [ref for n in numbers if n <= len(lines) and (ref := lines[n - 1].ref) is not None]
    if not refs:
        return False
    finding.patch = ref = max(refs, key=lambda ref: ref.index)

    def then(number: int) -> int:
        return lines[number - 1].numbers.get(ref.index, number) if number <= len(lines) else number

    finding.line, finding.end = then(finding.line), (then(finding.end[0]), finding.end[1])
    finding.related = tuple(
        r._replace(line=then(r.line)) if r.path == finding.path else r for r in finding.related
    )
    return True
