"""A hunk's post-image, made into something that can be parsed.

A hunk begins and ends anywhere: inside a comment, a `#define`, an argument list, a switch.  `parse`
blanks what belongs to a construct that is not all there, guesses from the unmatched brackets what
the lines stand in, puts a matching beginning before them and an end behind, and takes the first
guess that parses without an error.

The beginning holds no newline: row r of the tree is line r of the hunk; only offsets (and the
columns of row 0) are shifted by `len(prefix)`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from linter.source import dialect
from linter.source.conditional import Group, conditions
from linter.source.edit import CHAR, LINE_COMMENT, STRING, Change, Edit, either
from linter.source.surround import shape, surroundings

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree


class Fragment:
    """A parsed hunk.

    `source` is `prefix`, the rewritten text, and what closes it; `changes` have offsets in it.
    `dropped` are 1-based ranges of the hunk's lines (both ends included) that were blanked because
    they are part of something incomplete.  `strategy` says what the lines were taken for.  Kinds of
    change, beside those of `dialect`: 'comment' (half a comment), 'macro' (half a `#define`) and
    'dropped', all blanked.
    """

    __slots__ = ("changes", "dropped", "ok", "prefix", "source", "strategy", "text_end", "tree")

    def __init__(
        self,
        tree: Tree,
        source: bytes,
        changes: list[Change],
        prefix: bytes,
        text_end: int,
        strategy: str,
        dropped: list[tuple[int, int]],
    ) -> None:
        self.tree = tree
        self.source = source
        self.changes = changes
        self.prefix = prefix
        self.text_end = text_end  # offset in `source` where the hunk's own text ends
        self.strategy = strategy
        self.dropped = dropped
        self.ok = not tree.root_node.has_error

    def complete(self, node: Node) -> bool:
        """Whether the hunk's own lines hold all of `node`, with nothing dropped inside."""
        if node.start_byte < len(self.prefix) or node.end_byte > self.text_end:
            return False
        first, last = node.start_point[0] + 1, node.end_point[0] + 1
        return not node.has_error and all(b < first or a > last for a, b in self.dropped)

    def unparsed(self) -> list[tuple[int, int]]:
        """1-based ranges of the hunk's lines that no rule can have seen."""
        parsed = dialect.Parsed(self.tree, self.source, self.changes)
        rows = max(1, self.source[: self.text_end].rstrip(b"\n").count(b"\n") + 1)
        spans = [(min(a, rows), min(b, rows)) for a, b in dialect.unparsed(parsed)]
        return dialect.merge([*spans, *self.dropped])


_MAX_TRIES = 48
_REPAIR = 50_000  # bytes parsed to repair a hunk
_MAX_DROP = 65_536  # bytes; in a longer hunk nothing is dropped
_MAX_BYTES = 600_000  # parsed for one hunk, beyond the first few tries


class _Attempt(NamedTuple):
    """The best that was found for one text."""

    bad: int  # bytes in error nodes
    strategy: str
    tree: Tree
    source: bytes
    changes: list[Change]  # with offsets in `source`
    prefix: bytes


def parse(text: bytes, section: str = "", parser: Parser | None = None) -> Fragment:
    """The best tree for a hunk's post-image lines (`\\n` at the end of each).

    `section` is what stands behind the second `@@` of the hunk header.  Never fails: a text that
    cannot be parsed comes back with `ok` False and the tree that has least in error nodes.
    """
    parser = parser or dialect.default_parser()
    cut = Edit(text)
    dropped = _cut_incomplete(cut)
    best = _attempt(bytes(cut.out), section, parser, _REPAIR)
    if best.bad and len(text) < _MAX_DROP:
        for edges in _edges(bytes(cut.out)):
            trial = Edit(text, bytes(cut.out))
            trial.changes = list(cut.changes)
            for start, end in edges:
                trial.blank(start, end, "dropped", "")
            attempt = _attempt(bytes(trial.out), section, parser, 0)
            if attempt.bad == 0:
                best, cut = attempt, trial
                dropped += [_lines(text, start, end) for start, end in edges]
                break
    shift = len(best.prefix)
    lost = [c._replace(start=c.start + shift, end=c.end + shift) for c in cut.changes]
    changes = [
        c._replace(original=text[c.start - shift : c.end - shift])
        for c in best.changes
        if not any(o.start <= c.start and c.end <= o.end for o in lost)
    ]
    return Fragment(
        best.tree,
        best.source,
        sorted([*lost, *changes]),
        best.prefix,
        shift + len(text),
        best.strategy,
        dialect.merge(dropped),
    )


def _lines(text: bytes, start: int, end: int) -> tuple[int, int]:
    """The 1-based lines of `text[start:end]`, whole lines."""
    first = text.count(b"\n", 0, start) + 1
    return first, first + max(0, text.count(b"\n", start, end) - 1)


def _attempt(text: bytes, section: str, parser: Parser, budget: int) -> _Attempt:
    """Try what the text may stand in until one way parses; repair the best if none does."""
    rewritten = _rewrite(text)
    form = shape(rewritten.text)
    best: tuple[int, str, bytes, bytes, Tree] | None = None
    spent = 0
    for tries, (name, begin, end) in enumerate(surroundings(rewritten.text, form, section)):
        if tries >= _MAX_TRIES or (tries > 3 and spent > _MAX_BYTES):
            break
        if not text.endswith(b"\n"):
            end = b"\n" + end
        source = begin + rewritten.text + end
        tree = parser.parse(source)
        spent += len(source)
        bad = _error_bytes(tree.root_node)
        if best is None or bad < best[0]:
            best = (bad, name, begin, end, tree)
        if bad == 0:
            break
    assert best is not None
    bad, name, begin, end, tree = best
    source = begin + rewritten.text + end
    shift = len(begin)
    changes = [c._replace(start=c.start + shift, end=c.end + shift) for c in rewritten.changes]
    if bad and budget:
        from linter.source.repair import repair  # most hunks do not need it

        raw = begin + text + end
        better, repaired, more = repair(raw, source, changes, tree, parser, budget)
        inside = all(shift <= c.start and c.end <= shift + len(text) for c in more)
        if better is not tree and inside:
            tree, source, changes = better, repaired, more
            bad = _error_bytes(tree.root_node)
    return _Attempt(bad, name, tree, source, changes, begin)


def _error_bytes(root: Node) -> int:
    if not root.has_error:
        return 0
    from linter.source.repair import error_bytes

    return error_bytes(root)


def _rewrite(text: bytes) -> dialect.Rewritten:
    """`dialect.rewrite`, with the macro calls that go on behind the hunk closed for its sake."""
    closing = b""
    for _, bracket in reversed(shape(text).openers):
        closing += b") {}" if bracket == b"(" else b"]" if bracket == b"[" else b"}"
    whole = dialect.rewrite(text + closing)
    changes = [c for c in whole.changes if c.end <= len(text)]
    if len(changes) == len(whole.changes):
        return dialect.Rewritten(whole.text[: len(text)], changes)
    edit = Edit(text)
    for c in changes:
        edit.put(c.start, whole.text[c.start : c.end], c.kind, c.name)
    return dialect.Rewritten(bytes(edit.out), changes)


_STATEMENT_END = rb"(?:[;{}]|\*/)[ \t]*\n|\n[ \t]*\n"


def _edges(text: bytes) -> list[list[tuple[int, int]]]:
    """What may be dropped of a text that does not parse: its first lines, its last, or both.

    They are taken to be the rest of a statement, and the beginning of one, if they are few.
    """
    first = re.search(_STATEMENT_END, text)
    ends = [m.end() for m in re.finditer(_STATEMENT_END, text)]
    few = max(3, text.count(b"\n") // 3)
    head = (0, first.end()) if first and text.count(b"\n", 0, first.end()) <= few else None
    tail = (ends[-1], len(text)) if ends and text.count(b"\n", ends[-1]) <= few else None
    if tail and tail[0] >= len(text.rstrip()):
        tail = None
    found = [[edge] for edge in (head, tail) if edge]
    return [*found, [head, tail]] if head and tail and head[1] <= tail[0] else found


_COMMENT_LINES = rb"(?:[ \t]*\*(?:[ \t][^\n]*)?\r?\n)+\s*"


def _closes_comment(text: bytes, close: int) -> bool:
    """Whether the first `*/` ends a comment that began before the hunk."""
    if close < 0 or 0 <= text.find(b"/*") < close:
        return False
    line = text[text.rfind(b"\n", 0, close) + 1 : close].lstrip()
    return line.startswith(b"*") or line.count(b'"') % 2 == 0  # else it stands in a string


def _cut_incomplete(edit: Edit) -> list[tuple[int, int]]:
    """Blank half a comment or half a `#define` at the edges, and directives without a partner.

    Gives the 1-based line ranges that are code no rule will see.
    """
    text = edit.src
    dropped: list[tuple[int, int]] = []
    # A comment that began before the hunk.
    close = text.find(b"*/")
    if _closes_comment(text, close):
        edit.blank(0, close + 2, "comment", "")
    elif re.fullmatch(_COMMENT_LINES, text):
        edit.blank(0, len(text), "comment", "")
    # A macro's body whose `#define` is not here, or which goes on behind the hunk.
    row = end = 0
    for row, line in enumerate(text.splitlines(keepends=True)):
        if not line.rstrip().endswith(b"\\") or line.lstrip().startswith(b"#"):
            if row:
                end += len(line)
                edit.blank(0, end, "macro", "")
                dropped.append((1, row + 1))
            break
        end += len(line)
    else:
        if end:
            edit.blank(0, end, "macro", "")
            dropped.append((1, row + 1))
    tail = bytes(edit.out).rstrip()
    if tail.endswith(b"\\"):
        edit.blank(len(tail) - 1, len(tail), "macro", "")
    # A comment that goes on behind the hunk, and conditions without a partner.
    for m in either(*_UNCLOSED).finditer(bytes(edit.out)):
        if m.lastindex:
            edit.blank(m.start(), m.end(), "comment", "")
    groups, lone = conditions(bytes(edit.out))
    for start, stop, word in lone:
        edit.blank(start, stop, "directive", word.decode())
    for group in groups:
        _keep_first_branch(edit, group)
    return dropped


def _keep_first_branch(edit: Edit, group: Group) -> None:
    """Blank the other branches of an `#if` if the brackets of the first have no partner in it."""
    first = shape(edit.src[group[0][1] : group[1][0]])
    if len(group) == 2 or not (first.closers or first.openers):
        return
    for (start, stop, word), after in pairwise(group):
        kept = start == group[0][0]
        kind = "directive" if kept else "branch"
        edit.blank(start, stop if kept else after[0], kind, word.decode())
    edit.blank(*group[-1][:2], "directive", "endif")


_UNCLOSED = (STRING, CHAR, rb"/\*.*?\*/", LINE_COMMENT, rb"/\*.*()")
