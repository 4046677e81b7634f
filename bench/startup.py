"""Where the milliseconds of one run go.

    python bench/startup.py [PATCH] [--runs N]

b4 starts the checker once a patch, so start-up is most of the cost.  The
phases are timed inside the process by wrapping the functions they begin at;
the imports are those of `-X importtime`, by package.  Medians, in ms.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "lend-v2.mbox"
RUN = "import sys; from linter.cli import main; sys.exit(main())"

# Runs rmilint and prints the seconds of each phase on standard error.  A phase
# that runs inside another is taken out of it.
DRIVER = """
import sys, time
t0 = time.perf_counter()
spent, stack = {}, []

def timed(name, owner, attribute):
    inner = getattr(owner, attribute)
    def outer(*args, **kwargs):
        stack.append(0.0)
        start = time.perf_counter()
        try:
            return inner(*args, **kwargs)
        finally:
            took = time.perf_counter() - start
            spent[name] = spent.get(name, 0.0) + took - stack.pop()
            if stack:
                stack[-1] += took
    setattr(owner, attribute, outer)

import linter.cli, linter.check, linter.run, linter.report.text
import linter.intake.mail, linter.intake.series, linter.intake.snapshot, linter.intake.git
import linter.source.dialect, linter.source.unit, rules.registry
spent["import"] = time.perf_counter() - t0
timed("options", linter.cli, "parser")
timed("load rules", rules.registry, "load")
timed("read mails", linter.intake.mail, "read_mails")
timed("series", linter.intake.series, "group")
timed("prefilter", rules.registry.Rule, "wants")
timed("prefilter", rules.registry.Rule, "wants_body")
timed("parse", linter.source.dialect, "parse")
timed("rules", linter.run, "run_rule")
timed("snapshots and checks", linter.check, "lint_mails")
timed("output", linter.report.text, "short")
timed("rest of main", linter.cli, "main")
linter.cli.main([])
import json
print(json.dumps(spent), file=sys.stderr)
"""


def run(arguments: list[str], data: bytes) -> tuple[float, str]:
    """Wall seconds and standard error of one Python process."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        input=data,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    return time.perf_counter() - start, done.stderr.decode()


def median_ms(arguments: list[str], data: bytes, runs: int) -> float:
    return statistics.median(run(arguments, data)[0] for _ in range(runs)) * 1e3


def imports(data: bytes) -> dict[str, float]:
    """Own import time by top-level package, ours by module, in ms."""
    groups: dict[str, float] = defaultdict(float)
    for line in run(["-X", "importtime", "-c", RUN], data)[1].splitlines():
        found = re.match(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", line)
        if found:
            package = found[2].partition(".")[0]
            ours = package in ("linter", "rules")
            groups[found[2] if ours else package] += int(found[1]) / 1e3
    return dict(groups)


def phases(data: bytes, runs: int) -> dict[str, float]:
    """Seconds inside the process by phase, medians, in ms."""
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        for name, seconds in json.loads(run(["-c", DRIVER], data)[1].splitlines()[-1]).items():
            taken[name].append(seconds * 1e3)
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> None:
    options = argparse.ArgumentParser(description="where the milliseconds of a run go")
    options.add_argument("patch", nargs="?", default=str(SAMPLE))
    options.add_argument("--runs", type=int, default=9)
    given = options.parse_args()
    data = Path(given.patch).read_bytes()

    whole = median_ms(["-c", RUN], data, given.runs)
    print(f"{whole:7.1f}  whole process, {len(data)} bytes on standard input")
    print(f"{median_ms(['-c', 'pass'], data, given.runs):7.1f}  of it a bare interpreter")
    for title, table in (("phases", phases(data, given.runs)), ("imports", imports(data))):
        print(f"\n{title}")
        for name, ms in sorted(table.items(), key=lambda item: -item[1])[:16]:
            if ms >= 0.05:
                print(f"{ms:7.1f}  {name}")


if __name__ == "__main__":
    main()
