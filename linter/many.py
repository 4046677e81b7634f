"""Many series at once: on several cores, on a cluster (`linter.jobs`), of a whole archive.

A series is linted by itself, whatever it came with; so which process does it makes no
difference to the report.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from linter import jobs
from linter.shell import Failure, complain, fault

if TYPE_CHECKING:
    import argparse
    from argparse import _ActionsContainer
    from collections.abc import Callable, Iterator

    from linter.check import Each
    from linter.finding import Report
    from linter.intake.git import Tree
    from linter.intake.patch import Note, Series
    from linter.intake.public_inbox import Archive
    from rules.registry import Rule

# Bytes of patches that one process has linted before others have started.
_WORTH = 40_000


class _Task:
    """A series, and what a process must know to lint it.  Plain: see `intake.patch`.

    folders  of further rules
    rules    names of those that run
    ruleset  their id, if the process is another machine's, else ''
    tree     the directory, where the process runs
    name     how to speak of the series; if it has one, a fault of ours costs it alone
    """

    __slots__ = ("folders", "name", "rules", "ruleset", "series", "tree")

    def __init__(
        self,
        series: Series,
        folders: tuple[str, ...],
        rules: tuple[str, ...],
        ruleset: str,
        tree: str | None,
        name: str = "",
    ) -> None:
        self.series = series
        self.folders = folders
        self.rules = rules
        self.ruleset = ruleset
        self.tree = tree
        self.name = name


def add_archive_options(p: _ActionsContainer) -> None:
    p.add_argument(
        "--public-inbox",
        metavar="DIR",
        help="every series in a clone of a list archive (public-inbox v2, as lore.kernel.org has "
        "them) that names RMI, the newest first",
    )
    p.add_argument(
        "--after",
        metavar="DATE",
        help="with --public-inbox: only what came on this day or later, say 2026-01-31",
    )


def check_options(options: argparse.Namespace) -> None:
    """Raises Failure for what does not go together."""
    jobs.check_options(options)
    if options.after is not None:
        from datetime import date

        if options.public_inbox is None:
            raise Failure("--after is for --public-inbox")
        try:
            options.after = date.fromisoformat(options.after).isoformat()
        except ValueError:
            raise Failure(f"--after {options.after}: expected a date, 2026-01-31") from None
    inbox = options.public_inbox is not None
    if inbox and (options.inputs or options.git):
        raise Failure("--public-inbox takes no further input")
    if inbox and options.since is not None:
        raise Failure("--since is for two versions of a series; with --public-inbox use --after")
    alone = ("witness", "witness_dir", "diff", "all", *(("thread",) if inbox else ()))
    other = next((name for name in alone if getattr(options, name)), None)
    if other and (inbox or options.executor is not None):
        one = "--public-inbox" if inbox else "--executor"
        raise Failure(f"{one} and --{other.replace('_', '-')} do not go together")


def spread(options: argparse.Namespace, rules: list[Rule], tree: Tree | None) -> Each:
    """Has each of several series linted elsewhere, if that pays; for `check.lint_mails`."""

    def each(series: list[Series]) -> Iterator[Report] | None:
        number = min(options.jobs or _worth(series), len(series))
        if options.executor is None and (len(series) < 2 or (number < 2 and not options.jobs)):
            return None
        return _parts(series, _tasks(options, rules, tree), number, options.executor)

    return each


def _parts(
    series: list[Series], make: Callable[..., _Task], number: int, executor: str | None
) -> Iterator[Report]:
    from linter.progress import Bar

    bar = Bar(len(series), "series")
    try:
        for task, report in jobs.in_order(
            lint, (make(one) for one in series), number, executor, bar.finished
        ):
            if report is None:
                text = "the process that linted it was killed; is there too little memory?"
                raise Failure(f"{task.series.title}: {text}")
            yield report
    finally:
        bar.clear()


def lint_archive(options: argparse.Namespace, rules: list[Rule], tree: Tree | None) -> Report:
    """Lints every series of an archive that names RMI; a few of them are in memory at a time.

    `Report.series` gets those with findings.  What could not be done is told, and the report
    is not `complete` then.  Errors: Failure.
    """
    from linter.check import merge
    from linter.finding import Finding, Report
    from linter.intake.git import GitError
    from linter.intake.public_inbox import Archive
    from linter.progress import Bar

    try:
        archive = Archive(options.public_inbox, options.after)
    except GitError as error:
        raise Failure(str(error)) from None
    report = Report()
    bar = Bar(0, "")
    linted = 0
    make = _tasks(options, rules, tree)

    def tasks() -> Iterator[_Task]:
        for series in _series(archive, report.notes, look):
            first = series.patches[0].mail
            yield make(series, first.message_id or first.source)

    def look(_: int = 0) -> None:
        bar.counted(f"{archive.mails:,} mails read, {linted:,} series linted")

    try:
        number = options.jobs or jobs.cores()
        for task, part in jobs.in_order(lint, tasks(), number, options.executor, look):
            linted += 1
            part = part or _lost(task.name, "the process that linted it was killed")
            if part.findings:
                report.series.append(task.series)
            merge(report, task.series, part, len(report.series) - 1)
            if not part.complete:
                bar.clear()
                _complain(part.notes)
    finally:
        bar.clear()
    report.notes += archive.notes
    if not archive.mails and archive.complete:
        complain("rmilint", f"{options.public_inbox}: no mail in it")
    if not archive.complete:
        report.complete = False
        _complain(archive.notes)
    report.findings.sort(key=Finding.sort_key)
    return report


def lint(task: _Task) -> Report:
    """Lints one series, in whatever process this is.  Errors: Failure, RuleError."""
    from linter.check import lint_series
    from linter.finding import Report
    from rules.registry import RuleError

    report = Report()
    rules, ruleset = _rules(task.folders, task.rules)
    if task.ruleset not in ("", ruleset):
        raise Failure(f"--executor: a worker has other rules ({ruleset}) than {task.ruleset}")
    try:
        lint_series(task.series, rules, _tree(task.tree, os.getpid()), report)
    except (Failure, RuleError):
        raise
    except Exception as error:
        if not task.name:
            raise
        return _lost(task.name, fault(error))
    return report


def _tasks(
    options: argparse.Namespace, rules: list[Rule], tree: Tree | None
) -> Callable[..., _Task]:
    """Makes a task of a series.  Workers elsewhere have no tree but one that is named."""
    from rules.registry import ruleset_id

    names = tuple(rule.name for rule in rules)
    ruleset = ruleset_id(rules) if options.executor else ""
    directory = options.tree if options.executor or tree is None else tree.directory

    def make(series: Series, name: str = "") -> _Task:
        return _Task(series, tuple(options.rules), names, ruleset, directory, name)

    return make


@lru_cache(maxsize=4)
def _rules(folders: tuple[str, ...], names: tuple[str, ...]) -> tuple[list[Rule], str]:
    """The rules, and their id."""
    import gc

    from rules import registry

    gc.set_threshold(100_000)  # as in `linter.cli`
    rules = registry.select(registry.load(folders), names, ())
    return rules, registry.ruleset_id(rules)


@lru_cache(maxsize=4)
def _tree(directory: str | None, _process: int) -> Tree | None:
    """The tree of a process: one that is forked must not talk to the git of another."""
    from linter.intake.git import GitError, Tree

    if directory is None:
        return None
    try:
        return Tree.open(directory)
    except GitError as error:
        raise Failure(f"--tree: {error}") from None


def _series(archive: Archive, notes: list[Note], look: Callable[[int], None]) -> Iterator[Series]:
    """The series of an archive that name RMI; `notes` gets what was wrong with their mails."""
    from linter.intake.series import group
    from rules.registry import RMI

    for mails in archive.threads([word.encode() for word in RMI], look):
        for mail in mails:
            notes += mail.notes
        for series in group(mails):
            if any(word in patch.mail.body for patch in series.patches for word in RMI):
                yield series


def _worth(series: list[Series]) -> int:
    """How many processes are worth their start."""
    size = sum(len(patch.mail.body) for one in series for patch in one.patches)
    return jobs.cores() if size > _WORTH else 1


def _lost(name: str, text: str) -> Report:
    """In place of the report on a series that could not be linted."""
    from linter.finding import Report
    from linter.intake.patch import Note

    report = Report()
    report.complete = False
    report.notes.append(Note(name, 0, text))
    return report


def _complain(notes: list[Note]) -> None:
    for note in notes:
        complain("rmilint", f"{note.source}: {note.text}")
