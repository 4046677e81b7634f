"""`--since OLD`: what became of the findings of an earlier version of a series.

Two findings are one if their fingerprints are equal (rule, function, statement), in the
same file or else in another one.  Of those that are left, one rule has to be about the
same function and statement, or statement alone where one of the versions does not have
the function of the other (it was renamed or split), or about the same function alone if
nothing else of that rule is left in it (the statement was rewritten).
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from linter.finding import INFO
from linter.shell import FAILED, OK, Failure, complain

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from linter.baseline import Baseline
    from linter.finding import Finding, PatchRef, Report
    from linter.intake.patch import FileDiff

    Key = Callable[[Finding], Hashable]

PATCH, FUNCTION, FILE, LINE = "patch", "function", "file", "line"
FORMATS = ("text", "json", "mail")
MANY = 100  # equal statements that are looked at to find the one that was moved


class Pair(NamedTuple):
    """One finding in two versions; `changed` is what of PATCH ... LINE is another now."""

    old: Finding
    new: Finding
    changed: tuple[str, ...]


class Changes(NamedTuple):
    """What became of the findings; each list in the order of its report."""

    fixed: list[Finding]
    dropped: set[str]  # fingerprints of those fixed whose function is gone
    still: list[Pair]
    moved: list[Pair]  # to another patch, function or file
    new: list[Finding]
    not_checked: int  # lines of the later version

    @property
    def above_info(self) -> bool:
        """Is anything there, still or again, that is more than info?"""
        now = [*(pair.new for pair in (*self.still, *self.moved)), *self.new]
        return any(f.severity != INFO for f in now)


def compare(old: Report, new: Report) -> Changes:
    """Matches the findings of two versions one to one."""
    before, after = _Shown(old), _Shown(new)
    left = {id(f): f for f in old.findings}
    right = {id(f): f for f in new.findings}
    pairs: list[tuple[Finding, Finding]] = []

    def take(key: Key, fits: Callable[[Finding, Finding], bool] | None = None) -> None:
        """Pairs what is left and has the same key, in order."""
        waiting: dict[Hashable, list[Finding]] = {}
        for finding in right.values():
            waiting.setdefault(key(finding), []).append(finding)
        for finding in [*left.values()]:
            for other in waiting.get(key(finding), [])[:MANY]:
                if fits is None or fits(finding, other):
                    pairs.append((finding, other))
                    del left[id(finding)], right[id(other)]
                    waiting[key(finding)].remove(other)
                    break

    def renamed(one: Finding, other: Finding) -> bool:
        return one.function not in after.names or other.function not in before.names

    take(lambda f: (f.fingerprint, f.path, title(f.patch)))
    take(lambda f: (f.fingerprint, f.path))
    take(lambda f: f.fingerprint)
    take(lambda f: (*_place(f), _statement(f)))
    take(lambda f: (*_place(f), f.message))
    take(lambda f: (f.rule, _statement(f)), renamed)
    alone = _single(left.values()) & _single(right.values())
    take(_place, lambda one, other: _place(one) in alone)

    at = {id(finding): n for n, finding in enumerate(new.findings)}
    pairs.sort(key=lambda pair: at[id(pair[1])])
    still: list[Pair] = []
    moved: list[Pair] = []
    for one, other in pairs:
        changed = tuple(_changed(one, other, before.paths, after.paths))
        (moved if {*changed} - {LINE} else still).append(Pair(one, other, changed))
    gone = {f.fingerprint for f in left.values() if f.function and f.function not in after.names}
    added = [*right.values()]
    return Changes([*left.values()], gone, still, moved, added, new.not_checked_lines)


class _Shown:
    """What the series of a report show, in the lines that they leave or add."""

    def __init__(self, report: Report) -> None:
        self.paths: set[str] = set()
        self.names: set[str] = set()
        for series in report.series:
            for patch in series.patches:
                for file in patch.files:
                    self.paths.add(file.path)
                    self._read(file)

    def _read(self, file: FileDiff) -> None:
        for hunk in file.hunks:
            self.names.update(re.findall(r"\w+", hunk.section))
            for line in hunk.new_text():
                self.names.update(re.findall(r"\w+", line.text))


def _changed(one: Finding, other: Finding, before: set[str], after: set[str]) -> Iterator[str]:
    """Where a finding is another; a file that was only renamed is the same."""
    if title(one.patch) != title(other.patch):
        yield PATCH
    if one.function != other.function:
        yield FUNCTION
    if one.path != other.path and (one.path in after or other.path in before):
        yield FILE
    if _statement(one) != _statement(other):
        yield LINE


def title(patch: PatchRef | None) -> str:
    """What a patch is called, whatever its number, version and subsystem.

    Numbers change whenever a patch is put before it, `arm64: RME:` became `arm64: RMI:`.
    """
    if patch is None:
        return ""
    from linter.intake.mail import parse_subject

    return parse_subject(patch.subject).title.rpartition(": ")[2].rstrip(".").lower()


def label(report: Report, other: Report, path: str) -> str:
    """What a version is called: `v13` if that tells it from the other one, else its file."""
    own, others = ({series.version for series in r.series} for r in (report, other))
    return (
        f"v{own.pop()}"
        if len(own) == 1 and not own & others
        else os.path.basename(path.rstrip("/"))
    )


def incomplete(report: Report) -> list[str]:
    """The series of which patches are missing: findings in these pass for fixed, or for new."""
    texts = []
    for series in report.series:
        here = len({patch.index for patch in series.patches})
        if here < series.total:
            texts.append(f"only {here} of {series.total} patches are here: {series.title}")
    return texts


def _place(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.function or finding.path


def _single(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    """The places that one finding alone has."""
    return {place for place, n in Counter(map(_place, findings)).items() if n == 1}


def _statement(finding: Finding) -> str:
    return " ".join(finding.line_text.split())


def check(options: argparse.Namespace) -> None:
    """Refuses options that ask for something else.  Errors: Failure."""
    for name in ("all", "diff", "write_baseline", "public_inbox"):
        if getattr(options, name):
            raise Failure(f"--since does not go with --{name.replace('_', '-')}")
    if options.format not in (None, *FORMATS):
        raise Failure(f"--since writes {', '.join(FORMATS)}, not {options.format}")


def command(
    options: argparse.Namespace,
    new: Report,
    lint: Callable[[argparse.Namespace], Report],
    known: Baseline | None,
) -> int:
    """Writes what became of the findings of the earlier version, which `lint` looks at.

    What is in the baseline `known` is out of `new` already.

    Returns the exit status.  Errors: Failure.
    """
    import argparse

    from linter.report import since as report

    earlier = argparse.Namespace(**vars(options) | {"inputs": [options.since], "git": None})
    old = lint(earlier)
    if not old.patches:
        raise Failure("--since: nothing to compare with")
    if known:
        from linter.baseline import suppress

        suppress(old, known, ())
    source = options.git or (options.inputs or ["standard input"])[0]
    versions = label(old, new, options.since), label(new, old, source)
    for version, which in zip(versions, (old, new), strict=True):
        for text in incomplete(which):
            complain("rmilint", f"{version}: {text}")
    changes = compare(old, new)
    if options.format == "mail":
        from linter.drafts import write

        write(report.mail(changes, new, versions, options.verbose), options.out_dir)
    elif options.format == "json":
        sys.stdout.write(report.render(changes, old, new, versions))
    else:
        sys.stdout.write(report.text(changes, versions, options.verbose))
    if not (old.complete and new.complete):
        return FAILED
    return 1 if changes.above_info else OK
