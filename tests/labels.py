"""Compares findings with what reviewers said, row by row.

The tables lie in `../shared/facts`; a row is about one function (and, in the
label table, about certain added lines) of one version of the series.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from linter.check import lint_mails
from linter.finding import INFO, Finding, Report
from linter.intake.diff import parse_diff
from linter.intake.mail import read_path
from rules.registry import load

# The catalogue names of rules that this repository has.
FAMILIES = frozenset(name for rule in load() for name in rule.catalogue)


class Row(NamedTuple):
    """One row of a table, with whether the findings agree."""

    hazard: str
    rule: str
    version: str
    function: str
    expect: str
    label: str
    good: bool
    why: str


def table(path: Path) -> list[dict[str, str]]:
    """A tab-separated table with a heading."""
    lines = path.read_text().splitlines()
    head = lines[0].split("\t")
    return [dict(zip(head, line.split("\t"), strict=True)) for line in lines[1:] if line]


@cache
def report(shared: Path, version: str) -> Report:
    """Everything found in one version of the corpus."""
    return lint_mails(read_path(str(shared / f"corpus/cca-kvm-{version}.mbox")), load(), None)


@cache
def added_lines(shared: Path, version: str) -> dict[tuple[int, str, str], list[int]]:
    """(patch, path, stripped text) -> new line numbers, for every added line."""
    found: dict[tuple[int, str, str], list[int]] = {}
    for mail in read_path(str(shared / f"corpus/cca-kvm-{version}.mbox")):
        if mail.subject.reply or mail.subject.index is None:
            continue
        for file in parse_diff(mail.body).files:
            for hunk in file.hunks:
                for line in hunk.added:
                    text = " ".join(line.text.split())
                    found.setdefault((mail.subject.index, file.path, text), []).append(
                        line.new or 0
                    )
    return found


def above_info(findings: list[Finding]) -> list[Finding]:
    return [f for f in findings if f.severity != INFO]


def names(cell: str) -> set[str]:
    """The catalogue names in a cell such as `WARN-NORETURN + magic level`."""
    return set(re.findall(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+", cell))


def functions(cell: str) -> set[str]:
    """The function names in a cell such as `a, b (mmu.c)` or `a -> b`."""
    bare = re.sub(r"\([^)]*\)", " ", cell)
    return set(re.findall(r"[a-z_][a-z0-9_]{3,}", bare)) - {"same", "like"}


def version_rows(shared: Path) -> list[Row]:
    """hazard-versions: fires or silent, function by function."""
    rows = []
    last: dict[str, set[str]] = {}
    for line in table(shared / "facts/hazard-versions-v4-v13.tsv"):
        wanted = names(line["rule"])
        if not wanted & FAMILIES:
            continue
        where = functions(line["function"]) or last.get(line["hazard"][:4], set())
        last[line["hazard"][:4]] = where
        renamed = "→" in line["function"]
        found = report(shared, line["version"]).findings
        hits = [
            f
            # of what the author disputed, and reviewers let be, the finding is info
            for f in (found if "disputed" in line["label"] else above_info(found))
            if wanted & set(f.catalogue) and any(_same(f.function, n, renamed) for n in where)
        ]
        benign = "benign" in line["rule"]
        good = bool(hits) == (line["expect"] == "fires")
        if benign:  # a sample of a false positive: never above info
            good = not hits
        why = "; ".join(f"{f.path}:{f.line} [{f.rule}]" for f in hits) or "no finding"
        rows.append(
            Row(
                line["hazard"],
                line["rule"],
                line["version"],
                line["function"],
                "silent" if benign else line["expect"],
                line["label"],
                good,
                why,
            )
        )
    return rows


def _same(function: str, name: str, renamed: bool) -> bool:
    """Names that end in `_`, and the old name of a renamed function, are beginnings."""
    return function == name or ((renamed or name.endswith("_")) and function.startswith(name))


def label_rows(shared: Path, *, files: str = "yes") -> list[dict[str, str]]:
    """hazard-labels: the rows of our families, each with `hit` and `by` added."""
    rows = []
    for line in table(shared / "facts/hazard-labels-v12-v13.tsv"):
        if line["rule"] not in FAMILIES or line["whole_file_in_series"] != files:
            continue
        hits = _covering(shared, line)
        line["hit"] = "yes" if hits else "no"
        line["by"] = "; ".join(f"{f.line} [{f.rule}]" for f in hits)
        rows.append(line)
    return rows


def _covering(shared: Path, row: dict[str, str]) -> list[Finding]:
    """Findings above info that cover an anchor of the row under its rule."""
    where = added_lines(shared, row["version"])
    wanted = functions(row["function"])
    hits = []
    for patch in re.findall(r"(\d+)/\d+", row["patch"]):
        lines = [
            number
            for anchor in row["anchors"].split(" ;; ")
            for number in where.get((int(patch), row["file"], " ".join(anchor.split())), [])
        ]
        for finding in above_info(report(shared, row["version"]).findings):
            if finding.patch is None or finding.patch.index != int(patch):
                continue
            if finding.path != row["file"] or row["rule"] not in finding.catalogue:
                continue
            if wanted and finding.function not in wanted:
                continue
            covered = set(range(finding.line, finding.end[0] + 1))
            covered |= {r.line for r in finding.related if r.path == finding.path}
            if covered & set(lines):
                hits.append(finding)
    return hits


def look_alike_hits(shared: Path) -> list[tuple[dict[str, str], Finding]]:
    """Look-alikes reported above info as what they are not."""
    found = []
    known = {rule.name for rule in load()}
    for row in table(shared / "facts/look-alikes-v12-v13.tsv"):
        rule = row["must_not_be_reported_as"].split()[0]
        if rule not in known:
            continue
        lines = added_lines(shared, row["version"]).get(
            (int(row["patch"]), row["file"], " ".join(row["line"].split())), []
        )
        for finding in above_info(report(shared, row["version"]).findings):
            if (
                finding.rule == rule
                and finding.path == row["file"]
                and finding.patch is not None
                and finding.patch.index == int(row["patch"])
                and finding.line in lines
            ):
                found.append((row, finding))
    return found


def main(place: Path) -> None:
    """Prints the tables; what a row rests on behind it."""
    for expect in ("fires", "silent"):
        for own in (False, True):
            rows = [r for r in version_rows(place) if r.expect == expect]
            rows = [r for r in rows if (r.label[0] == "O") == own]
            whose = "own" if own else "reviewers"
            print(f"versions {expect} {whose}: {sum(r.good for r in rows)}/{len(rows)}")
            for row in rows:
                if not row.good:
                    print("   ", row.version, row.hazard, row.rule, row.function, "->", row.why)
    for kind in ("yes", "no"):
        for label in label_rows(place, files=kind):
            keys = ("score", "ast", "hit", "hazard", "version", "patch", "rule", "function", "by")
            print("label", *(label[key] for key in keys))
    for alike, finding in look_alike_hits(place):
        print("look-alike", alike["id"], alike["version"], alike["line"], finding.line)


if __name__ == "__main__":
    import sys

    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared").resolve())
