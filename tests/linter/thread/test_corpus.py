"""Real threads: what reviewers raised is found where the label table says it is.

The archive that the corpus comes from keeps two lines of each quote, so remarks below the
last quote of a mail, and those on commit messages, have no line.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from time import process_time

import pytest

from linter.check import lint_mails
from linter.intake.mail import read_path
from linter.report.thread import text
from linter.thread.read import NEAR, Thread, line_of, read
from linter.thread.remarks import Remark
from rules.registry import load
from tests.labels import added_lines, table

# Rows of the label table with a person's name and without a line in this archive, as the
# mails show; all others must be found.
LINELESS = {
    ("B-H11", "v13"): "on the cover letter",
    ("B-H17", "v13"): "the quoted line is lost, and the next one kept is a lone brace",
    ("B-H31", "v13"): "on the commit message",
    ("B-H36", "v12"): "below the last quote of the mail, of which two lines are kept",
    ("B-H42", "v12"): "said by the author in the patch",
    ("B-H42", "v13"): "said by the author in the patch",
    ("B-H45", "v12"): "on the documentation, in another patch",
    ("B-H47", "v12"): "on the commit message",
    ("B-H49", "v12"): "on the documentation, in another patch",
    ("B-H49", "v13"): "on the commit message",
    ("B-H51", "v13"): "on the cover letter",
    ("B-H57", "v13"): "on the commit message",
    ("B-H72", "v13"): "the quoted line is lost, and the next one kept is a lone brace",
}


@cache
def of_file(path: Path) -> Thread:
    rules = load()
    return read(0, lint_mails(read_path(str(path)), rules), rules, None)


def corpus(shared: Path, version: str) -> Thread:
    return of_file(shared / f"corpus/cca-kvm-{version}.mbox")


def seed(shared: Path, number: str) -> Thread:
    return of_file(next((shared / "seeds").glob(f"{number}_*.txt")))


def found_where(shared: Path, row: dict[str, str]) -> bool:
    """Is there a remark of the person that the row names, at a line that it names?"""
    indexes = {int(part.split("/")[0]) for part in row["patch"].split("+")}
    anchors = [" ".join(anchor.split()) for anchor in row["anchors"].split(" ;; ")]
    added = added_lines(shared, row["version"])
    wanted = {n for i in indexes for a in anchors for n in added.get((i, row["file"], a), [])}
    return any(
        remark.patch is not None
        and remark.patch.index in indexes
        and remark.spot is not None
        and remark.spot.file.path == row["file"]
        and remark.who.split()[-1] in row["raised_by"]
        and any(remark.block[0].number - NEAR <= n <= line_of(remark) + NEAR for n in wanted)
        for remark in corpus(shared, row["version"]).remarks
    )


def test_labelled_remarks_stand_at_their_lines(shared: Path) -> None:
    rows = [
        row
        for row in table(shared / "facts/hazard-labels-v12-v13.tsv")
        if re.match(r"[A-Z][\w.-]* ", row["raised_by"])
    ]
    named = {(row["hazard"], row["version"]) for row in rows}
    located = {(row["hazard"], row["version"]) for row in rows if found_where(shared, row)}
    assert named - located == set(LINELESS)
    assert len(named) == 33


def test_v13_is_read_in_time(shared: Path) -> None:
    begin = process_time()
    rules = load()
    mails = read_path(str(shared / "corpus/cca-kvm-v13.mbox"))
    assert text([read(0, lint_mails(mails, rules), rules, None)])
    assert process_time() - begin < 10


def proposals(found: Thread) -> list[tuple[str, list[str], list[str]]]:
    """Who proposed a diff that was linted, which rules' findings it takes away and brings."""
    return [
        (r.who, [f.rule for f in r.outcome.removed], [f.rule for f in r.outcome.added])
        for r in found.remarks
        if r.outcome and r.outcome.where
    ]


def test_proposals_of_v13(shared: Path) -> None:
    """M. Poirier's diff leaves `end` rounded up; S. Price's frees what was leaked."""
    assert proposals(corpus(shared, "v13")) == [
        ("Wei-Lin Chang", [], []),
        ("Wei-Lin Chang", [], []),
        ("Mathieu Poirier", ["widened-range"], []),
        ("Steven Price", ["destroy-skipped-for-realm"], []),
    ]


def where(remark: Remark) -> tuple[str, int, str]:
    """File name, line, function."""
    assert remark.spot is not None
    return (remark.spot.file.path.rpartition("/")[2], line_of(remark), remark.function)


def test_an_archive_text_of_several_mails(shared: Path) -> None:
    found = seed(shared, "000")
    first = found.remarks[0]
    assert (first.who, *where(first)) == (
        "Mathieu Poirier",
        "rmi.c",
        113,
        "rmi_verify_memory_tracking",
    )
    assert [answer.who for answer in first.answers][:2] == ["Suzuki K Poulose"] * 2
    assert proposals(found) == [("Mathieu Poirier", ["widened-range"], [])]
    assert {remark.who for remark in found.remarks[1:]} == {"Suzuki K Poulose"}


def test_an_archive_text_without_quote_marks(shared: Path) -> None:
    remark = seed(shared, "001").remarks[0]
    assert remark.who == "one of Suzuki K Poulose, Steven Price, Gavin Shan"
    assert where(remark)[2] == "realm_map_protected"
    assert remark.outcome is not None
    assert {f.rule for f in remark.outcome.removed} == {"exact-last-level", "warn-and-continue"}


@pytest.mark.parametrize(
    ("number", "places"),
    [
        # By hand: the added lines are counted from their `@@` header in the text.
        ("002", [("rmi.c", 38, "rmi_undelegate_range"), ("rmi.c", 43, "rmi_undelegate_range")]),
    ],
)
def test_quoted_patches_of_the_archive(
    shared: Path, number: str, places: list[tuple[str, int, str]]
) -> None:
    found = seed(shared, number)
    assert [where(remark) for remark in found.remarks] == places
    assert {remark.who for remark in found.remarks} == {"Marc Zyngier"}
