"""What the rules say of C that has nothing to do with the RMM.

    python bench/noise.py FOLDER...

The words that make a file one about the RMM are switched off, so every file is
parsed and every rule asked; what comes out is noise, or a hazard of the same
kind in other code. Prints each finding above info and the counts per lines.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from linter.check import lint_files
from linter.finding import ERROR, INFO, WARNING
from rules.registry import RMI, load


def main() -> None:
    rules = load()
    for rule in rules:
        rule.words = tuple(group for group in rule.words if group is not RMI)
    lines = sum(
        path.read_bytes().count(b"\n")
        for folder in sys.argv[1:]
        for path in Path(folder).rglob("*.[ch]")
    )
    findings = [f for f in lint_files(sys.argv[1:], rules).findings if f.severity != INFO]
    for finding in findings:
        where = f"{finding.path}:{finding.line}"
        print(f"{where}: {finding.severity}: {finding.message} [{finding.rule}]")
    for severity in (ERROR, WARNING):
        count = sum(f.severity == severity for f in findings)
        print(f"{severity}: {count} in {lines} lines")


if __name__ == "__main__":
    main()
