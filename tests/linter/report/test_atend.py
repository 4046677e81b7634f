"""Lines followed to the end of a series: against texts in which every line is told apart."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from linter.check import lint_mails
from linter.finding import Finding, PatchRef
from linter.intake.mail import read_mails, read_path
from linter.intake.snapshot import snapshots
from linter.report.atend import AtEnd, Spot
from rules import registry

Make = Callable[..., Any]

RULES = registry.select(registry.load([]), ["warn-as-status"], [])


def mail(index: int, total: int, diff: str) -> str:
    return (
        "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
        f"Message-ID: <{index}@example.org>\n"
        "From: Ada Author <ada@example.org>\n"
        f"Subject: [PATCH {index}/{total}] change {index}\n\n---\n{diff}-- \n2.39.5\n\n"
    )


def diff(path: str, old: list[str] | None, new: list[str], was: str = "") -> str:
    """A diff as git writes it; `old` None creates the file, `was` renames it."""
    if old == new and not was:
        return ""
    before = was or path
    head = f"diff --git a/{before} b/{path}\n"
    if old is None:
        head += "new file mode 100644\n"
    if was:
        head += f"similarity index 90%\nrename from {was}\nrename to {path}\n"
    a = "/dev/null" if old is None else f"a/{before}"
    lines = difflib.unified_diff(
        [f"{x}\n" for x in old or []], [f"{x}\n" for x in new], a, f"b/{path}", n=3
    )
    return head + "".join(lines)


def found_at(finding: Make, index: int, total: int, **values: Any) -> Finding:
    ref = PatchRef(index, total, f"[PATCH {index}/{total}] change {index}", f"{index}@example.org")
    made: Finding = finding(patch=ref, **values)
    return made


def versions() -> st.SearchStrategy[list[list[str]]]:
    """States of one file: each takes some lines away and brings new ones, no two lines alike."""
    step = st.tuples(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))

    def grow(steps: list[tuple[set[int], set[int]]]) -> list[list[str]]:
        states = [[f"line {n}" for n in range(12)]]
        for number, (gone, before) in enumerate(steps):
            state: list[str] = []
            for at, line in enumerate(states[-1]):
                if at in before:
                    state.append(f"step {number} at {at}")
                if at not in gone:
                    state.append(line)
            states.append([*state, f"step {number} at the end"] if 30 in before else state)
        return states

    return st.lists(step, min_size=1, max_size=4).map(grow)


@settings(max_examples=60, deadline=None)
@given(states=versions(), rename=st.booleans())
def test_a_line_is_found_where_the_last_state_has_it(
    finding: Make, states: list[list[str]], rename: bool
) -> None:
    path, text, total = "a.c", "", len(states)
    was: list[str] | None = None
    for index, state in enumerate(states, 1):
        last = "b.c" if rename and index == total else path
        text += mail(index, total, diff(last, was, state, "" if last == path else path))
        path, was = last, state
    report = lint_mails(read_mails(text.encode(), "series"), RULES)
    for index, state in enumerate(states, 1):
        name = path if index == total else "a.c"
        for line, said in enumerate(state, 1):
            spot = AtEnd(report).spot(found_at(finding, index, total), name, line)
            expected = states[-1].index(said) + 1 if said in states[-1] else None
            assert spot == (expected and Spot(path, expected))


def test_what_is_in_no_series_stays(finding: Make, report: Make) -> None:
    lone = finding()
    assert AtEnd(report([lone])).spot(lone, "a.c", 7) == Spot("a.c", 7)


def test_a_file_that_is_deleted_has_no_lines(finding: Make) -> None:
    gone = (
        "diff --git a/a.c b/a.c\ndeleted file mode 100644\n--- a/a.c\n+++ /dev/null\n"
        "@@ -1,2 +0,0 @@\n-one\n-two\n"
    )
    text = mail(1, 2, diff("a.c", None, ["one", "two"])) + mail(2, 2, gone)
    report = lint_mails(read_mails(text.encode(), "series"), RULES)
    assert AtEnd(report).spot(found_at(finding, 1, 2), "a.c", 1) is None


def test_a_hunk_that_stands_elsewhere_moves_its_lines(finding: Make) -> None:
    """The numbers of the second mail are off by ten, so the file is found by its lines."""
    lines = [f"line {n}" for n in range(1, 41)]
    new = [*lines[:30], "new", *lines[30:]]
    second = diff("a.c", lines, new).replace("@@ -28,6 +28,7 @@", "@@ -18,6 +18,7 @@")
    text = mail(1, 2, diff("a.c", None, lines)) + mail(2, 2, second)
    report = lint_mails(read_mails(text.encode(), "series"), RULES)
    assert any("below its place" in note.text for note in report.notes)
    spots = [AtEnd(report).spot(found_at(finding, 1, 2), "a.c", n) for n in (20, 30, 31, 40)]
    assert [spot and spot.line for spot in spots] == [20, 30, 32, 41]


def test_a_real_series_has_each_finding_s_line_where_it_is_said_to_be(shared: Path) -> None:
    """Of the files that the series creates, whose last text is known without a tree."""
    mails = read_path(str(shared / "corpus" / "cca-kvm-v13.mbox"))
    report = lint_mails(mails, registry.load([]))
    (series,) = report.series
    last = [s for s in snapshots(series) if s.patch.kind != "reply"][-1]
    at_end, moved = AtEnd(report), 0
    for found in report.findings:
        spot = at_end.spot(found, found.path, found.line)
        assert spot or found.removed_in
        text = spot and last.lookup(spot.path)
        if spot and text is not None:
            assert text.split("\n")[spot.line - 1] == found.line_text
            moved += spot.line != found.line
    assert moved > 20  # it is not that nothing moves
