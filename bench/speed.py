"""Speed of rmilint as ratios against peers, measured in the same run.

    python bench/speed.py --linux TREE --mbox FILE [--all DIR] [--runs N]

Prints our time as a share of the peer's (below 1: we are faster):

- one patch on standard input, whole processes, median of paired runs, and the
  peak memory of both;
- every patch of the mbox, one process each, against checkpatch the same way,
  and the whole mbox in one process against the sum of these;
- `--all` over a directory against a bare tree-sitter parse of the same files.
"""

from __future__ import annotations

import argparse
import mailbox
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
RMILINT = [sys.executable, "-c", "import sys; from linter.cli import main; sys.exit(main())"]
PARSE = """
import os, sys, tree_sitter, tree_sitter_c
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c.language()))
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith((".c", ".h")):
            with open(os.path.join(folder, name), "rb") as file:
                parser.parse(file.read())
"""


class Run(NamedTuple):
    """One process: wall seconds, peak resident memory in MB, bytes printed."""

    seconds: float
    megabytes: float
    printed: int


def run(command: list[str], data: bytes = b"") -> Run:
    """Run a command with `data` on standard input; exit status above 1 raises."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as printed:
        given.write(data)
        given.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=given,
            stdout=printed,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            cwd="/",  # no git repository to look into, as for checkpatch --no-tree
        )
        # wait4 gives the usage of this child alone.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            printed.seek(0)
            raise SystemExit(f"{command}: {printed.read().decode(errors='replace')}")
        return Run(seconds, usage.ru_maxrss / 1024, printed.tell())


def patches_of(path: str) -> list[bytes]:
    """The mails of an mbox whose subject says PATCH, without replies."""
    return [
        mail.as_bytes()
        for mail in mailbox.mbox(path)
        if "PATCH" in str(mail["Subject"]) and not str(mail["Subject"]).lower().startswith("re:")
    ]


def paired(ours: list[str], peer: list[str], data: bytes, runs: int) -> None:
    """Alternate both commands, so that a noisy machine hits both alike."""
    run(ours, data), run(peer, data)  # warm the caches
    pairs = [(run(ours, data), run(peer, data)) for _ in range(runs)]
    us, them = (statistics.median(p[i].seconds for p in pairs) for i in (0, 1))
    ratio = statistics.median(p[0].seconds / p[1].seconds for p in pairs)
    memory, peers = (max(p[i].megabytes for p in pairs) for i in (0, 1))
    print(
        f"one patch ({len(data)} bytes): {us * 1e3:.0f} ms, {ratio:.2f} of checkpatch "
        f"({them * 1e3:.0f} ms; median of {runs} pairs); "
        f"peak {memory:.0f} MB, {memory / peers:.2f} of checkpatch"
    )


def series(ours: list[str], peer: list[str], mbox: str, patches: list[bytes]) -> None:
    """Every patch by itself, then the whole series in one process, against checkpatch."""
    pairs = [(run(ours, patch), run(peer, patch)) for patch in patches]
    ratios = sorted(us.seconds / them.seconds for us, them in pairs)
    us, them = (sum(p[i].seconds for p in pairs) for i in (0, 1))
    print(
        f"{len(patches)} patches one by one: {us:.1f} s, {us / them:.2f} of checkpatch "
        f"({them:.1f} s); of single patches {ratios[0]:.2f} to {ratios[-1]:.2f}, "
        f"median {statistics.median(ratios):.2f}"
    )
    whole = run([*RMILINT, mbox])
    print(
        f"the series in one process: {whole.seconds:.2f} s, {whole.seconds / them:.3f} of "
        f"checkpatch one by one; peak {whole.megabytes:.0f} MB"
    )


def directory(path: str, runs: int) -> None:
    pairs = [
        (run([*RMILINT, "--all", path]), run([sys.executable, "-c", PARSE, path]))
        for _ in range(runs)
    ]
    us, floor = (statistics.median(p[i].seconds for p in pairs) for i in (0, 1))
    ratio = statistics.median(p[0].seconds / p[1].seconds for p in pairs)
    memory = max(p[0].megabytes for p in pairs)
    print(
        f"--all {path}: {us:.2f} s, bare parse {floor:.2f} s, {ratio:.2f} of it "
        f"(median of {runs} pairs); peak {memory:.0f} MB"
    )


def main() -> None:
    options = argparse.ArgumentParser(description="speed of rmilint against its peers")
    options.add_argument("--linux", required=True, help="a Linux tree, for scripts/checkpatch.pl")
    options.add_argument("--mbox", required=True, help="a series")
    options.add_argument("--all", help="default: arch/arm64 of the tree")
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--limit", type=int, help="only the first N patches one by one")
    given = options.parse_args()
    given.linux, given.mbox = os.path.abspath(given.linux), os.path.abspath(given.mbox)
    given.all = os.path.abspath(given.all or os.path.join(given.linux, "arch/arm64"))

    checkpatch = ["perl", os.path.join(given.linux, "scripts/checkpatch.pl"), "--no-tree", "-"]
    patches = patches_of(given.mbox)
    # The patch in the middle by size stands for the series.
    middle = sorted(patches, key=len)[len(patches) // 2]
    paired(RMILINT, checkpatch, middle, given.runs)
    series(RMILINT, checkpatch, given.mbox, patches[: given.limit])
    directory(given.all, max(given.runs // 3, 1))


if __name__ == "__main__":
    main()
