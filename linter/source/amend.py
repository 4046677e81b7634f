"""How a rule says what mends its finding: text for the place of a node, or beside it.

    function.finding(node, message, edits=[replace(bound, "last")])

`check` must be sure: whoever applies the edits gets code that does what was meant,
and the finding is gone.  A rule that is not has `FIX`, which is prose.

Text of more than one line is given without indentation; it gets that of the node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.finding import Edit
from linter.lazy import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

    from linter.source.unit import Unit

# What has a single statement for a body: one more beside it would stand outside.
_BODIES = frozenset(
    {
        "do_statement",
        "else_clause",
        "for_statement",
        "if_statement",
        "switch_statement",
        "while_statement",
    }
)
_NOTHING = regex(rb"\s*(?:/\*(?:(?!\*/).)*\*/|//.*)?\s*")  # a comment at the end of a line
_INDENT = regex(rb"[ \t]*")


class Amendment(NamedTuple):
    """What shall become of a node; made by the functions below."""

    node: Node
    text: str
    how: str  # "replace", "before" (on lines of its own), "after", "remove", "drop"


def replace(node: Node, text: str) -> Amendment:
    """`text` in the place of a node."""
    return Amendment(node, text, "replace")


def insert_before(statement: Node, text: str) -> Amendment:
    """`text` on a line of its own above a statement."""
    return Amendment(statement, text, "before")


def insert_after(statement: Node, text: str) -> Amendment:
    """`text` on a line of its own below a statement."""
    return Amendment(statement, text, "after")


def remove(statement: Node, *, comment: bool = False) -> Amendment:
    """A statement gone, with its lines where nothing else stands on them.

    A comment at their end stays, or goes too: the one that only speaks of the statement.
    """
    return Amendment(statement, "", "drop" if comment else "remove")


def resolve(amendments: Iterable[Amendment], unit: Unit) -> tuple[Edit, ...]:
    """The edits of a file; none at all where one of them cannot be made in it."""
    edits: list[Edit] = []
    for amendment in amendments:
        edit = _edit(amendment, unit)
        if edit is None:
            return ()
        edits.append(edit)
    return tuple(edits)


def moved(edit: Edit, lines: int) -> Edit:
    """The same edit so many lines further down."""
    return edit._replace(line=edit.line + lines, end_line=edit.end_line + lines)


def _would_be_odd(rows: list[bytes], row: int, end_row: int) -> bool:
    """Is the line behind removed ones empty, with an empty one or a `{` before them?"""
    if not row or end_row + 1 >= len(rows) or rows[end_row].strip():
        return False
    return rows[row - 1].rstrip()[-1:] in (b"", b"{")


def _edit(amendment: Amendment, unit: Unit) -> Edit | None:
    node, text, how = amendment
    row, column = node.start_point
    end_row, end_column = node.end_point
    if row == 0:
        column -= unit.lead
    if end_row == 0:
        end_column -= unit.lead
    rows = unit.rows
    if not unit.editable or column < 0 or end_row >= len(rows) or end_column > len(rows[end_row]):
        return None  # a macro's body, or a part of what the repair put around a hunk
    above = node.parent.type if node.parent is not None else ""
    if how != "replace" and (
        above in _BODIES or (how in ("remove", "drop") and above == "labeled_statement")
    ):
        return None
    if b"\r" in rows[row] or b"\r" in rows[end_row]:
        return None
    match = _INDENT.match(rows[row])
    indent = match[0].decode() if match else ""
    text = text.replace("\n", f"\n{indent}")
    alone = not rows[row][:column].strip()  # nothing stands before it on its line
    last = _NOTHING.fullmatch(rows[end_row], end_column) is not None
    if how == "before":
        end_row, end_column = row, column
        text = f"{text}\n{indent}"
    elif how == "after":
        row, column = end_row, len(rows[end_row]) if last else end_column
        end_row, end_column = row, column
        text = f"\n{indent}{text}"
    elif how in ("remove", "drop"):
        # a line of the preprocessor ends where the next one begins
        rest = rows[end_row][end_column:].lstrip() if end_column else b""
        if rest and last and (alone or how == "drop"):
            end_column = len(rows[end_row]) - (len(rest) if how == "remove" else 0)
            rest = rest if how == "remove" else b""
        if not rest and alone:
            column, end_row, end_column = 0, end_row + bool(end_column), 0
            end_row += _would_be_odd(rows, row, end_row)
        elif not rest:
            column = len(rows[row][:column].rstrip())
    line = unit.line_of_row(row)
    # the line below is known by its number alone, also behind the last one of a hunk
    end = unit.line_of_row(end_row - 1) + 1 if end_row > row and not end_column else None
    return Edit(line, column + 1, end or unit.line_of_row(end_row), end_column + 1, text)
