"""`rmilint --thread`: prints what was said of patches that have been linted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from linter.shell import Failure

if TYPE_CHECKING:
    import argparse

    from linter.finding import Report
    from linter.intake.git import Tree
    from rules.registry import Rule

_OTHERS = ("git", "all", "diff", "write_baseline", "out_dir", "public_inbox", "since")


def check(options: argparse.Namespace) -> None:
    """Refuses options that ask for something else.  Errors: Failure."""
    for name in _OTHERS:
        if getattr(options, name, None):
            option = name.replace("_", "-")
            raise Failure(f"--thread reads mails; it does not go with --{option}")
    if options.format not in (None, "text", "json"):
        raise Failure(f"--thread writes text or json, not {options.format}")


def write(
    report: Report, options: argparse.Namespace, rules: list[Rule], tree: Tree | None
) -> None:
    """Print what reviewers raised of each series in the report.  Errors: RuleError."""
    from linter.report import thread as shown
    from linter.thread.read import read

    threads = [read(number, report, rules, tree) for number in range(len(report.series))]
    if options.format == "json":
        sys.stdout.write(shown.render(threads, report.notes))
    else:
        sys.stdout.write(shown.text(threads, verbose=options.verbose))
