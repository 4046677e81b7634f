"""The text reports, against golden files written from the contract."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.finding import ERROR, INFO, Edit, Finding, PatchRef, Related, Report
from linter.intake.patch import Note
from linter.report import text

GOLDEN = Path(__file__).parent / "golden"
STYLE = re.compile(r"\x1b\[[0-9;]*m")

Make = Callable[..., Any]


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


def test_one_line_a_finding(full: Report) -> None:
    assert text.short(full) == golden("short.txt")


def test_verbose_adds_info_and_notes(full: Report) -> None:
    assert text.short(full, verbose=True) == golden("verbose.txt")


def test_page_for_a_terminal(full: Report) -> None:
    assert text.long(full) == golden("long.txt")


def test_colour_changes_nothing_but_colour(full: Report) -> None:
    page = text.long(full, colour=True)
    assert STYLE.sub("", page) == golden("long.txt")
    assert "\x1b[1;31merror\x1b[m: first is" in page
    assert "\x1b[1;33mwarning\x1b[m: the status" in page
    # An info finding is dim as a whole.
    assert "\x1b[2minclude/linux/lend.h:9:1: info: the status is compared whole" in page
    assert all(line.count("\x1b[m") * 2 == line.count("\x1b[") for line in page.split("\n"))


def test_silent_when_clean(report: Make) -> None:
    clean = report([], notes=[Note("x.mbox", 3, "repaired")], not_checked_lines=2)
    assert text.short(clean) == ""


def test_info_alone_is_silent(report: Make, finding: Make) -> None:
    assert text.short(report([finding(severity=INFO)])) == ""


def test_clean_page_says_what_was_read(report: Make) -> None:
    assert text.long(report([], patches=1, files=2)) == "nothing found in 1 patch, 2 files\n"
    assert text.long(report([], patches=0, files=1)) == "nothing found in 1 file\n"


def test_only_an_error_reads_as_one_to_b4(report: Make, finding: Make) -> None:
    assert text.short(report([finding(severity=ERROR)])).count("ERROR:") == 1
    quiet = report(
        [finding(message='the log line "ERROR: no" is lost', path="ERROR:.c")],
        notes=[Note("x", 1, "ERROR: no")],
        unchecked_patches=[PatchRef(1, 1, "ERROR: no", "")],
    )
    assert "ERROR:" not in text.short(quiet, verbose=True)


def numbered(index: int, total: int, version: str = "v13", message_id: str = "") -> PatchRef:
    return PatchRef(index, total, f"[PATCH {version} {index}/{total}] x: do", message_id)


@pytest.mark.parametrize(
    ("patches", "series", "removed", "end"),
    [
        (1, 0, None, "[r]"),  # what b4 pipes in says itself which patch it is
        (48, 0, None, "[r] (27/48)"),
        (48, 0, numbered(30, 48), "[r] (27/48, gone in 30/48)"),
        (94, 1, None, "[r] (v13 27/48)"),
        (94, 1, numbered(30, 48), "[r] (v13 27/48, gone in 30/48)"),
        (94, 0, None, "[r] (v13 27/48)"),  # the other series is clean
        (2, 1, None, "[r] (v13 27/48)"),  # a patch of each
    ],
)
def test_a_line_ends_with_the_patch_where_there_are_several(
    report: Make, finding: Make, patches: int, series: int, removed: PatchRef | None, end: str
) -> None:
    found = finding(rule="r", patch=numbered(27, 48), removed_in=removed, series=series)
    assert text.short(report([found], patches=patches)).endswith(f"something is wrong {end}\n")


def test_the_version_is_that_of_the_findings_own_series(report: Make, finding: Make) -> None:
    refs = [numbered(1, 2, ""), numbered(1, 2, "v2"), numbered(2, 2, "RFC v3")]
    found = [finding(patch=ref, series=number) for number, ref in enumerate(refs)]
    rows = text.short(report(found, patches=6)).splitlines()
    assert [row.rpartition(" (")[2] for row in rows] == ["v1 1/2)", "v2 1/2)", "v3 2/2)"]


def test_without_a_patch_no_number_is_made_up(report: Make, finding: Make) -> None:
    assert text.short(report([finding(patch=None)], patches=2)).endswith("[some-rule]\n")


def headings(page: str) -> list[str]:
    return [line for line in page.split("\n") if line.startswith("[PATCH")]


def test_headings_follow_the_findings_without_repeats(report: Make, finding: Make) -> None:
    one, other = numbered(1, 2, message_id="a"), numbered(1, 2, message_id="b")
    newer = numbered(1, 2, "v14", "c")
    found = [
        finding(patch=one, path="a.c"),
        finding(patch=other, path="b.c"),  # another mail that quotes the same patch
        finding(patch=one, path="c.c"),
        finding(patch=newer, path="a.c", series=1),
    ]
    page = text.long(report(found, patches=4))
    assert headings(page) == [one.subject, other.subject, newer.subject]
    first = page[: page.index(other.subject, 1 + len(one.subject))]
    assert "a.c:7" in first
    assert "c.c:7" in first
    assert "b.c:7" not in first


def test_series_that_look_alike_have_a_heading_each(report: Make, finding: Make) -> None:
    ref = PatchRef(1, 1, "x: do", "")
    page = text.long(report([finding(patch=ref), finding(patch=ref, series=1)], patches=2))
    assert headings(page) == ["[PATCH 1/1] x: do"] * 2


def test_without_patches_files_are_the_groups(report: Make, finding: Make) -> None:
    findings = [finding(path="a.c"), finding(path="a.c", line=9), finding(path="b.c")]
    headings = [line for line in text.long(report(findings)).split("\n") if line in ("a.c", "b.c")]
    assert headings == ["a.c", "b.c"]


def test_reasons_are_given_once(report: Make, finding: Make) -> None:
    findings = [finding(line=n, why="It hurts.", fix="Stop.") for n in (1, 2)]
    page = text.long(report(findings))
    assert page.count("why: It hurts.") == 1
    assert page.count("fix: Stop.") == 1


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("[RFC PATCH v13 10/48] arm64: do", "[RFC PATCH v13 10/48] arm64: do"),
        ("arm64: do", "[PATCH 10/48] arm64: do"),
        ("", "[PATCH 10/48]"),
        ("Fwd: [PATCH v13 10/48] arm64: do", "Fwd: [PATCH v13 10/48] arm64: do"),
        ("Re: FW: [RFC v13 10/48] arm64: do", "Re: FW: [RFC v13 10/48] arm64: do"),
        ("Re: arm64: do a[i]", "[PATCH 10/48] Re: arm64: do a[i]"),
    ],
)
def test_heading(subject: str, expected: str) -> None:
    assert text.heading(PatchRef(10, 48, subject, "")) == expected


def mark_of(page: str) -> tuple[str, str]:
    """The code shown and what stands above the mark, blanks included."""
    lines = page.split("\n")
    at = next(i for i, line in enumerate(lines) if re.fullmatch(r" +\| *\^~*", line))
    code = lines[at - 1].split(" | ", 1)[1]
    mark = lines[at].split(" | ", 1)[1]
    return code, code[mark.index("^") : len(mark)]


@pytest.mark.parametrize(
    ("code", "construct"),
    [
        ("\t\tWARN_ON(x);", "WARN_ON(x)"),
        ('\tpr_err("\u00fcber");\tWARN_ON(x);', "WARN_ON(x)"),  # columns count bytes
        ("\tint a\udcff = WARN_ON(x);", "WARN_ON(x)"),
        (" \t WARN_ON(x);\r", "WARN_ON(x)"),
    ],
)
def test_mark_stands_under_the_construct(
    report: Make, finding: Make, code: str, construct: str
) -> None:
    raw = code.encode("utf-8", "surrogateescape")
    start = raw.index(construct.encode()) + 1
    found = finding(line_text=code, column=start, end=(7, start + len(construct)))
    assert mark_of(text.long(report([found])))[1] == construct


def test_overlong_line_is_cut(report: Make, finding: Make) -> None:
    found = finding(line_text="x" * 100_000, column=90_000, end=(7, 90_001))
    page = text.long(report([found]))
    assert max(map(len, page.split("\n"))) < 200
    assert "^" not in page


@pytest.mark.parametrize("width", [60, 80, 100])
def test_prose_is_wrapped_at_the_width(report: Make, finding: Make, width: int) -> None:
    found = finding(message="word " * 80, why="because " * 80, fix="do " * 80)
    page = text.long(report([found]), width=width)
    widest = max(map(len, page.split("\n")))
    assert width - len("because ") < widest <= width


def test_prose_is_wrapped_at_80_unless_told(report: Make, finding: Make) -> None:
    found = report([finding(message="word " * 80)])
    assert text.long(found) == text.long(found, width=80)


hostile = st.text(
    st.characters(categories=("L", "N", "P", "Z", "C")), max_size=30
) | st.sampled_from(
    ["\x1b[31m", "a\nERROR: forged [x]\n", "\u202e", "\x9b1m", "\udc9b", "\u2028", "\r", "\0"]
)


@settings(deadline=None, max_examples=60)
@given(hostile, hostile, hostile, st.integers(-1, 50), st.integers(-1, 50))
def test_hostile_text_neither_drives_the_terminal_nor_forges_lines(
    report: Make, finding: Make, one: str, two: str, three: str, column: int, end: int
) -> None:
    def made(a: str, b: str, c: str) -> Any:
        patch = PatchRef(1, 2, "[" + a, b)
        found: Finding = finding(
            path="p" + a,
            message="m" + b,
            line_text="l" + c,
            rule="r",
            patch=patch,
            removed_in=patch,
            why=c,
            fix=a,
            column=column,
            end=(7, end),
            related=(Related("q" + b, 3, c),),
        )
        return report([found], notes=[Note(a, 1, b)], unchecked_patches=[patch])

    bad, tame = made(one, two, three), made("", "", "")
    for page in (text.short(bad, verbose=True), text.long(bad)):
        assert page.replace("\n", "").isprintable()
        page.encode("utf-8")
    assert text.short(bad, verbose=True).count("\n") == text.short(tame, verbose=True).count("\n")


def test_what_a_baseline_holds_back_is_counted(report: Make, finding: Make) -> None:
    clean = report([], suppressed=2)
    held = "2 findings in the baseline not reported"
    assert text.long(clean) == f"nothing found in 1 patch, 1 file; {held}\n"
    assert text.short(clean) == ""  # b4 would take a line for a warning
    assert text.short(clean, verbose=True) == f"-: note: {held}\n"


def test_what_can_be_mended_is_counted(report: Make, finding: Make) -> None:
    edit = Edit(7, 1, 7, 2, "")
    gone = PatchRef(3, 3, "[PATCH 3/3] undo", "3@example.org")
    some = [finding(edits=(edit,)), finding(), finding(edits=(edit,), removed_in=gone)]
    assert text.summary(report(some)) == "3 warnings in 1 patch, 1 file; --diff mends 1"
