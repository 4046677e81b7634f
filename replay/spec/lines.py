"""Lines of a table, joined to directives; where each piece of one stands, for errors."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass


class TableError(Exception):
    """A table that cannot be read: `file:line:column: what was expected`."""


@dataclass(frozen=True)
class Spot:
    """Where a piece of a table stands; lines and columns count from 1."""

    path: str
    line: int
    column: int

    def error(self, text: str) -> TableError:
        return TableError(f"{self.path}:{self.line}:{self.column}: {text}")


@dataclass(frozen=True)
class Text:
    """A directive's text, its lines joined by blanks, which remembers where each piece stood.

    `pieces` are (offset in the text, line, column), ascending.
    """

    path: str
    text: str
    pieces: tuple[tuple[int, int, int], ...]

    def spot(self, offset: int = 0) -> Spot:
        at = bisect_right(self.pieces, (offset, 1 << 31)) - 1
        begin, line, column = self.pieces[at]
        return Spot(self.path, line, column + offset - begin)


def directives(text: str, path: str) -> Iterator[Text]:
    """Each directive; comments and blank lines dropped, lines that go on joined.

    A line goes on while a bracket is open, or after a `\\`; what goes on must be
    indented deeper than where it began, so that a forgotten bracket is found
    where it is and not at the end of the file.
    """
    held = Text(path, "", ())
    indent = 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].rstrip()
        if not line.strip():
            continue
        column = len(line) - len(line.lstrip()) + 1
        if not held.pieces:
            indent = column
        elif column <= indent:
            raise _goes_on(held)
        joined = held.text + (" " if held.text else "")
        held = Text(
            path,
            joined + line.strip().removesuffix("\\").rstrip(),
            (*held.pieces, (len(joined), number, column)),
        )
        if not line.endswith("\\") and _unclosed(held.text) is None:
            yield held
            held = Text(path, "", ())
    if held.pieces:
        raise _goes_on(held)


def _goes_on(held: Text) -> TableError:
    bracket = _unclosed(held.text)
    if bracket is None:
        return held.spot(len(held.text)).error("expected a deeper indented line after `\\`")
    return held.spot(bracket).error(f"`{held.text[bracket]}` is never closed")


def _unclosed(text: str) -> int | None:
    """Where the innermost bracket stands that is open at the end; a meaning has none."""
    opened = []
    for i, char in enumerate(text.partition("--")[0]):
        if char in "([":
            opened.append(i)
        elif char in ")]" and opened:
            opened.pop()
    return opened[-1] if opened else None
