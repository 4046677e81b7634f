"""Rewrites that are searched for, where the first parse found a syntax error.

`dialect.rewrite` knows the kernel's words; a tree has more macros than any list.  Here a file that
still has an error is cut into its top-level pieces, and in every piece that does not parse, the
`remedies` for each error are tried; the one that leaves least in error nodes is kept, if it leaves
less than there was.  Pieces that parse are not touched.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from linter.source.conditional import conditions
from linter.source.edit import CHAR, COMMENT, LINE_COMMENT, STRING, Change, blanks, either
from linter.source.remedies import Put, assembler_branches, remedies

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

_MAX_ERRORS = 12  # places looked at in one piece before giving up on it


def repair(
    src: bytes,
    text: bytes,
    changes: list[Change],
    tree: Tree,
    parser: Parser,
    budget: int = 400_000,
) -> tuple[Tree, bytes, list[Change]]:
    """Lessen the errors of `tree` over `text`; gives back what it was given if nothing helps.

    `text` is `src` with `changes` made to it; so is what comes back.  About `budget` bytes, and
    four times the text, may be parsed.
    """
    broken = errors(tree.root_node)
    puts = [put for put in assembler_branches(text) if any(_overlap(put, e) for e in broken)]
    whole = _put(text, puts)
    budget += 4 * len(text)
    for start, end in _pieces(whole):
        found, spent = _repair_piece(_pair_conditions(whole[start:end]), parser, budget)
        puts += [put._replace(start=put.start + start) for put in found]
        budget -= spent
    if not puts:
        return tree, text, changes
    repaired = _put(text, puts)
    better = parser.parse(repaired)
    if error_bytes(better.root_node) >= error_bytes(tree.root_node):
        return tree, text, changes
    kept = [c for c in changes if not any(_swallows(put, c) for put in puts)]
    made = [
        Change(p.start, end, src[p.start : end], p.kind, p.name)
        for p in puts
        for end in (p.start + len(p.text),)
    ]
    return better, repaired, sorted(kept + made)


def _lossless(puts: list[Put]) -> bool:
    return all(put.kind == "directive" for put in puts)


def _put(text: bytes, puts: list[Put]) -> bytes:
    out = bytearray(text)
    for put in puts:
        out[put.start : put.start + len(put.text)] = put.text
    return bytes(out)


def _overlap(put: Put, span: tuple[int, int]) -> bool:
    return put.start <= span[1] and span[0] <= put.start + len(put.text)


def _swallows(put: Put, change: Change) -> bool:
    return put.start <= change.start and change.end <= put.start + len(put.text)


def error_bytes(root: Node) -> int:
    """How much of the tree is in error nodes; a missing token counts as one byte."""
    return sum(max(1, end - start) for start, end in errors(root))


def errors(root: Node) -> list[tuple[int, int]]:
    """(start, end) of the outermost error nodes and missing tokens, in order."""
    found = []
    stack = [root] if root.has_error else []
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            found.append((node.start_byte, node.end_byte))
        elif node.has_error:
            stack.extend(reversed(node.children))
    return found


_EDGE = either(STRING, CHAR, COMMENT, LINE_COMMENT, rb"(?<=\n)\}[^\n{]*\n()")


def _pieces(text: bytes) -> list[tuple[int, int]]:
    """The text cut behind every closing brace at the left edge."""
    cuts = [0, *(m.end() for m in _EDGE.finditer(text) if m.lastindex), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if a < b]


def _pair_conditions(piece: bytes) -> bytes:
    """A piece without the directives whose partner stands in another piece."""
    if b"#" not in piece:
        return piece
    out = bytearray(piece)
    for start, end, _ in conditions(piece)[1]:
        out[start:end] = blanks(piece[start:end])
    return bytes(out)


def _repair_piece(piece: bytes, parser: Parser, budget: int) -> tuple[list[Put], int]:
    """(what to put where, bytes parsed); parses at most about `budget` bytes."""
    if budget <= 0:
        return [], 0
    done: list[Put] = []
    root = parser.parse(piece).root_node
    spent = len(piece)
    score = error_bytes(root)
    hopeless = 0  # errors at the front that nothing helps
    while score and hopeless < _MAX_ERRORS and spent < budget:
        found = errors(root)
        if hopeless >= len(found):
            break
        best: tuple[bytes, Node, list[Put]] | None = None
        for puts in remedies(piece, found, hopeless):
            trial = _put(piece, puts)
            if trial == piece:
                continue
            trial_root = parser.parse(trial).root_node
            spent += len(piece)
            left = error_bytes(trial_root)
            if left < score:
                score, best = left, (trial, trial_root, puts)
            if not score or spent > budget or (best and best[2] is puts and _lossless(puts)):
                break
        if best is None:
            hopeless += 1
        else:
            piece, root = best[:2]
            done += best[2]
            hopeless = 0
    return done, spent
