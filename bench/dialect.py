"""How much of kernel C the parser can read, raw and after the dialect's rewrites.

    python bench/dialect.py TREE... [--mbox FILE...] [--errors N]

For every .c and .h file below the given folders, two counts of functions that are lost:

- *nodes*: `function_definition` nodes (not those inside another), and how many hold an error node.
  A function that vanished in a larger error is not in this count, hence
- *openings*: places in the text that look like the beginning of a function body (a `{` at the left
  edge, or at the end of an unindented line behind `)`), found without the parser, after comments,
  strings and directives are taken out.  An opening is lost unless it is the body of a
  `function_definition` without an error; it is *blanked* if a branch of an `#if` was hidden.

With --mbox, the same for the files that the patches of a series create, after every patch, and for
its hunks as fragments: how many parse, and how many lines had to be dropped.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from linter.intake.mail import read_path
from linter.intake.series import group
from linter.intake.snapshot import CREATED, snapshots
from linter.source import dialect, fragment
from linter.source.dialect import BLANKED, Change
from linter.source.edit import CHAR, COMMENT, DIRECTIVE, LINE_COMMENT, STRING, blanks, either
from linter.source.repair import errors

if TYPE_CHECKING:
    from tree_sitter import Node

NO_CODE = either(COMMENT, LINE_COMMENT, DIRECTIVE, STRING, CHAR)
OPENING = re.compile(rb"^(?:[A-Za-z_][^\n:;={}]*\)[^\n:;={}()]*|)(\{)", re.MULTILINE)
NOT_A_HEAD = re.compile(rb"(?:=|\b(?:struct|union|enum)\s+\w+|\b(?:struct|union|enum))\s*\Z")


class Count(NamedTuple):
    """Functions of one text."""

    nodes: int
    broken: int  # nodes with an error
    openings: int
    lost: int  # openings that are no sound function
    blanked: int  # ... because their branch is hidden

    def __add__(self, other: Count) -> Count:  # type: ignore[override]
        return Count(*(a + b for a, b in zip(self, other, strict=True)))

    def show(self) -> str:
        return (
            f"{self.broken}/{self.nodes} nodes with an error ({self.broken / self.nodes:.2%}), "
            f"{self.lost}/{self.openings} openings lost ({self.lost / self.openings:.2%}), "
            f"{self.blanked} of them blanked"
        )


NONE = Count(0, 0, 0, 0, 0)


def functions(root: Node) -> Iterator[Node]:
    """The outermost function definitions."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "function_definition":
            yield node
        else:
            stack.extend(node.children)


def openings(src: bytes) -> list[int]:
    """Offsets of the braces that begin a function's body."""
    bare = NO_CODE.sub(lambda m: blanks(m[0]), src)
    found = []
    for m in OPENING.finditer(bare):
        at = m.start(1)
        if m.end() - m.start() > 1 or not NOT_A_HEAD.search(bare, 0, at):
            before = bare[:at].rstrip()
            if before.endswith((b")", b"]")) or re.search(rb"\)\s*\w+\Z", before):
                found.append(at)
    return found


def count(src: bytes, root: Node, changes: list[Change]) -> Count:
    nodes = list(functions(root))
    bodies = [node.child_by_field_name("body") for node in nodes if not node.has_error]
    sound = {body.start_byte for body in bodies if body is not None}
    places = openings(src)
    lost = [at for at in places if at not in sound]
    hidden = [(c.start, c.end) for c in changes if c.kind in BLANKED]
    blanked = sum(any(a <= at < b for a, b in hidden) for at in lost)
    return Count(len(nodes), sum(n.has_error for n in nodes), len(places), len(lost), blanked)


def measure(folder: str, show: int) -> None:
    """Print the counts of one folder, the speed, and the first places that do not parse."""
    parser = dialect.default_parser()
    raw = done = NONE
    size = 0
    seconds = {"parse raw": 0.0, "rewrite": 0.0, "dialect.parse": 0.0}
    left: list[str] = []
    for path in sorted(Path(folder).rglob("*.[ch]")):
        src = path.read_bytes()
        size += len(src)
        start = time.perf_counter()
        tree = parser.parse(src)
        seconds["parse raw"] += time.perf_counter() - start
        start = time.perf_counter()
        dialect.rewrite(src)
        seconds["rewrite"] += time.perf_counter() - start
        start = time.perf_counter()
        parsed = dialect.parse(src)
        seconds["dialect.parse"] += time.perf_counter() - start
        if dialect.restore(parsed.source, parsed.changes) != src:
            sys.exit(f"{path}: the rewritten text cannot be restored")
        raw += count(src, tree.root_node, [])
        done += count(src, parsed.tree.root_node, parsed.changes)
        for at, end in errors(parsed.tree.root_node):
            line = src.count(b"\n", 0, at) + 1
            left.append(f"    {path}:{line}: {src[at : max(end, at + 20)][:50]!r}")
    print(f"{folder}: {size / 1e6:.2f} MB")
    print(f"  raw  {raw.show()}")
    print(f"  now  {done.show()}")
    print("  " + ", ".join(f"{k} {size / 1e6 / s:.1f} MB/s" for k, s in seconds.items()))
    print("\n".join(left[:show]))


def measure_series(path: str) -> None:
    """Print the counts over the files a series creates, and over its hunks."""
    done = NONE
    files = unread = 0
    hunks: Counter[bool] = Counter()
    dropped = lines = 0
    for series in group(read_path(path)):
        for snapshot in snapshots(series):
            for state in snapshot.changed:
                if not state.path.endswith((".c", ".h")):
                    continue
                if state.origin == CREATED and state.text is not None:
                    src = state.text.encode("utf-8", "surrogateescape")
                    parsed = dialect.parse(src)
                    files += 1
                    unread += parsed.tree.root_node.has_error
                    done += count(src, parsed.tree.root_node, parsed.changes)
                for hunk in state.hunks:
                    text = "".join(line.text + "\n" for line in hunk.new_text())
                    if text:
                        piece = fragment.parse(
                            text.encode("utf-8", "surrogateescape"), hunk.section
                        )
                        hunks[piece.ok] += 1
                        dropped += sum(b - a + 1 for a, b in piece.dropped)
                        lines += text.count("\n")
    print(f"{path}: {unread} of {files} states of created files hold an error")
    print(f"  {done.show()}")
    print(
        f"  {hunks[True]} of {hunks.total()} hunks parse ({hunks[True] / hunks.total():.1%}), "
        f"{dropped} of {lines} lines dropped"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("tree", nargs="*", help="folder of kernel source")
    options.add_argument("--mbox", nargs="*", default=[], help="patch series")
    options.add_argument("--errors", type=int, default=10, help="places to show per folder")
    given = options.parse_args()
    for folder in given.tree:
        measure(folder, given.errors)
    for path in given.mbox:
        measure_series(path)


if __name__ == "__main__":
    main()
