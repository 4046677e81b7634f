"""What a reply quotes of a patch: each commented line, a few above it, comments below.

> diff --git a/x.c b/x.c
> @@ -27,3 +27,53 @@ int lend_probe(phys_addr_t first, phys_addr_t last)
> [...]
> +int lend_take_back(phys_addr_t base, unsigned long size)
> +{
[the lines above]
> +			continue;

The comment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.intake.diff import HUNK
from linter.lazy import regex
from linter.plain import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from linter.intake.patch import FileDiff, Hunk, Line, Patch
    from linter.report.place import Spot

CUT = "[...]"
WHOLE = 12  # so many lines above a comment are quoted as they are
ABOVE = 6  # of more these, and the line that the function begins with
FEW = 2  # lines that are not worth a cut

_ENDS = ("", "}", "*/")  # no line to begin with
_HEAD = regex(r"[A-Za-z_](?!.*:$)")  # what a function begins with, and no label


def quoted(
    patch: Patch, comments: Mapping[Spot, Sequence[str]], grounds: Mapping[Spot, Collection[Spot]]
) -> list[str]:
    """The lines of a reply: what is quoted of the patch, and the comments, in its order.

    A comment is text of several lines; it has a blank line on either side.  Its `grounds`,
    the lines that it rests on, are quoted as well if they stand above it in its function.
    """
    out: list[str] = []
    body = patch.mail.body.split("\n")
    hunks: dict[tuple[int, int], list[Spot]] = {}
    for spot in sorted(comments):
        hunks.setdefault((spot.file, spot.hunk), []).append(spot)
    told = -1
    for (f, h), spots in hunks.items():
        file, hunk = patch.files[f], patch.files[f].hunks[h]
        mark = "> " * (file.depth + 1)
        if f != told:
            told = f
            out += [mark + line for line in _file_lines(file, patch, body)]
        out.append(mark + _hunk_line(hunk, file, patch, body))
        done = 0
        for spot in spots:
            rows = [s.row for s in grounds.get(spot, ()) if (s.file, s.hunk) == (f, h)]
            quote = _lines(hunk.lines, done, spot.row, rows)
            out += [(mark + text).rstrip(" ") for text in quote]
            out += ["", *"\n\n".join(comments[spot]).split("\n"), ""]
            done = spot.row + 1
    return out


def _lines(lines: Sequence[Line], done: int, row: int, grounds: Collection[int]) -> Iterator[str]:
    """The quote up to line `row`, of which the lines before `done` are quoted already."""
    start, head = row - ABOVE, _head(lines, done, row)
    if row - done <= WHOLE:
        start = done
    elif head is not None and row - head <= WHOLE:
        start = head
    while start < row and start > done and lines[start].text.strip() in _ENDS:
        start += 1
    shown = {*range(start, row + 1), *([] if head is None else [head])}
    shown.update(n for n in grounds if (done if head is None else head) <= n < row)
    for n in sorted(shown):
        if n - done > FEW:
            yield CUT
            done = n
        for line in lines[done : n + 1]:
            yield _text(line)
        done = n + 1


def _head(lines: Sequence[Line], done: int, row: int) -> int | None:
    """Where, at or behind `done`, begins the function or macro that line `row` is in."""
    macro = True
    for at in range(row, done - 1, -1):
        text = lines[at].text
        macro = macro and (at == row or text.endswith("\\"))
        if lines[at].kind == "-":
            continue
        if _HEAD.match(text) or (macro and text.startswith("#define ")):
            return at
        if text.startswith("}") and at < row:
            return None  # what began above has ended
    return None


def _text(line: Line) -> str:
    return line.kind + _plain(line.text.rstrip("\r")) if line.text.strip() else line.kind.strip()


def _plain(text: str) -> str:
    """Code as it is, but for what a terminal would act on; tabs stay."""
    return "\t".join(map(plain, text.split("\t")))


def _file_lines(file: FileDiff, patch: Patch, body: list[str]) -> list[str]:
    """What names the file, as the mail has it; the rest of its header is left out."""
    first = _of(body, file.src - patch.mail.body_line)
    if file.depth == 0 and first.startswith("--- "):  # no git
        return [_plain(first), _plain(_of(body, file.src - patch.mail.body_line + 1))]
    if file.depth == 0 and first.startswith("diff --git ") and " b/" in first:
        return [_plain(first)]
    return [_plain(f"diff --git a/{file.old_path or file.path} b/{file.path}")]


def _hunk_line(hunk: Hunk, file: FileDiff, patch: Patch, body: list[str]) -> str:
    first = _of(body, hunk.src - patch.mail.body_line)
    if file.depth == 0 and HUNK.match(first):
        return _plain(first)
    old, new = f"{hunk.old_start},{hunk.old_count}", f"{hunk.new_start},{hunk.new_count}"
    return _plain(f"@@ -{old} +{new} @@ {hunk.section}".rstrip())


def _of(body: list[str], at: int) -> str:
    return body[at].rstrip("\r") if 0 <= at < len(body) else ""
