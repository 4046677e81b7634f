"""Runs rules over the snapshots of a series.

A series is followed patch by patch (`linter.follow`); files are taken as they are.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from linter.finding import Finding, Report
from linter.follow import (
    C_FILE,
    MAX_SOURCE,
    TOO_LARGE,
    Run,
    lines_note,
    new_unit,
    new_world,
    of_all,
)
from linter.intake.patch import Mail, Note
from linter.run import findings_of
from rules.registry import SERIES, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from linter.intake.git import Tree
    from linter.intake.patch import FileDiff, Series

    Each = Callable[[list[Series]], Iterator[Report] | None]


def lint_mails(
    mails: list[Mail],
    rules: list[Rule],
    tree: Tree | None = None,
    runs: list[Run] | None = None,
    each: Each | None = None,
) -> Report:
    """Lints every series found in the mails; `runs` gets what was learnt of each.

    `each` may have them linted elsewhere, several at once (`linter.many`).
    """
    from linter.intake.series import group

    report = Report()
    for mail in mails:
        report.notes.extend(mail.notes)
    report.series = group(mails)
    elsewhere = each(report.series) if each else None
    parts = elsewhere or _here(report.series, rules, tree, runs)
    for number, (series, part) in enumerate(zip(report.series, parts, strict=True)):
        merge(report, series, part, number)
    report.findings.sort(key=Finding.sort_key)
    return report


def _here(
    all_series: list[Series], rules: list[Rule], tree: Tree | None, runs: list[Run] | None
) -> Iterator[Report]:
    for series in all_series:
        part = Report()
        lint_series(series, rules, tree, part, runs)
        yield part


def merge(report: Report, series: Series, part: Report, number: int) -> None:
    """Adds to `report` the `part` that is about the series of this number."""
    report.notes += [*series.notes, *part.notes]
    report.findings += part.findings
    for finding in part.findings:
        finding.series = number
    report.patches += part.patches
    report.files += part.files
    report.not_checked_lines += part.not_checked_lines
    report.unchecked_patches += part.unchecked_patches
    report.complete &= part.complete


def lint_series(
    series: Series,
    rules: list[Rule],
    tree: Tree | None,
    report: Report,
    runs: list[Run] | None = None,
) -> None:
    """Lints one series patch by patch and adds to `report`."""
    from linter.intake.missing import note, unknown
    from linter.intake.snapshot import snapshots

    run = Run(rules, report)
    if runs is not None:
        runs.append(run)
    missing: list[FileDiff] = []
    for snapshot in snapshots(series, tree):
        if tree is not None:
            missing += unknown(snapshot)
        if snapshot.patch.kind == "reply":  # it stands alone: nothing builds on it
            alone = Run(rules, report)
            alone.seen, alone.alone = run.seen, True
            alone.patch(snapshot)
            if runs is not None:
                runs.append(alone)
        else:
            run.patch(snapshot)
    run.series()
    if tree is not None and (told := note(tree, series, missing)):
        report.notes.append(told)


def lint_files(paths: Iterable[str], rules: list[Rule]) -> Report:
    """Lints every line of C files, or of all C files below folders.

    They are read first, so that each is seen with the wrappers of all others.
    """
    report, world = Report(), new_world()
    for path in _c_files(paths):
        with open(path, "rb") as file:
            source = file.read()
        report.files += 1
        if not any(rule.wants(source) for rule in rules):
            continue
        if len(source) > MAX_SOURCE:
            report.not_checked_lines += source.count(b"\n")
            report.notes.append(Note(path, 0, TOO_LARGE))
            continue
        world.add(new_unit(path, source, world))
    for unit in world.units:
        path = unit.path
        report.findings.extend(findings_of(unit, rules, unit.functions))
        report.not_checked_lines += sum(last - first + 1 for first, last in unit.unparsed)
        for first, last in unit.unparsed:
            report.notes.append(Note(path, first, lines_note(first, last)))
    # what a rule about a series wants to see at once
    wanted = [rule for rule in rules if rule.needs == SERIES]
    together = [u for u in world.units if any(rule.wants(u.source) for rule in wanted)]
    report.findings.extend(of_all(together, rules))
    report.findings.sort(key=Finding.sort_key)
    return report


def _c_files(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, names in os.walk(path, onerror=_raise):
                folders.sort()
                for name in sorted(names):
                    if name.endswith(C_FILE):
                        yield os.path.join(folder, name)
        else:
            yield path


def _raise(error: OSError) -> None:
    """For os.walk(), which passes over what it cannot read unless told otherwise."""
    raise error
