"""Tests of linter/thread/fit.py: a proposed diff in a text that it was not made for."""

from __future__ import annotations

from difflib import unified_diff
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.intake.diff import parse_diff
from linter.intake.patch import Hunk
from linter.thread.fit import Misfit, put


def hunks(diff: str) -> list[Hunk]:
    return parse_diff("--- a/x.c\n+++ b/x.c\n" + diff).files[0].hunks


TEXT = "one();\ntwo();\n\tthree();\nfour();\nfive();\nsix();\nseven();\n"
DIFF = hunks("@@ -2,3 +2,3 @@\n two();\n-\tthree();\n+\tthird();\n four();\n")


def test_a_diff_that_fits() -> None:
    assert put(TEXT, DIFF) == TEXT.replace("three", "third")


def test_it_may_stand_elsewhere() -> None:
    above = "new();\n" * 50
    assert put(above + TEXT, DIFF) == above + TEXT.replace("three", "third")


def test_blanks_and_blank_lines_may_differ() -> None:
    text = TEXT.replace("\t", "        ").replace("two();\n", "two();\n\n")
    assert put(text, DIFF) == text.replace("        three", "\tthird")


def test_the_outer_context_may_differ() -> None:
    text = TEXT.replace("two", "TWO").replace("four", "FOUR")
    assert put(text, DIFF) == text.replace("three", "third")


def test_of_two_places_the_nearer_one() -> None:
    gap = "gap();\n" * 20
    twice = TEXT + gap + TEXT
    far = hunks("@@ -29,3 +29,3 @@\n two();\n-\tthree();\n+\tthird();\n four();\n")
    assert put(twice, DIFF) == TEXT.replace("three", "third") + gap + TEXT
    assert put(twice, far) == TEXT + gap + TEXT.replace("three", "third")


def test_a_part_of_a_file_has_lines_of_its_own() -> None:
    late = hunks("@@ -1002,3 +1002,3 @@\n two();\n-\tthree();\n+\tthird();\n four();\n")
    assert put(TEXT + TEXT, late, 1001) == TEXT.replace("three", "third") + TEXT


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(Misfit, match=r"the lines of @@ -2,3 are not there") as error:
        put(TEXT.replace("three", "other"), DIFF)
    assert error.value.hunk is DIFF[0]


def test_a_hunk_of_nothing_but_new_lines_has_no_place() -> None:
    with pytest.raises(Misfit):
        put(TEXT, hunks("@@ -0,0 +1 @@\n+new();\n"))


LINE = st.integers(0, 25).map(lambda n: f"call_{n}();")


@given(st.lists(LINE, min_size=1, unique=True), st.data())
def test_as_the_difference_of_two_texts(old: list[str], data: st.DataObject) -> None:
    """Lines stay, go, or come: what `unified_diff` says of it leads to the new text."""
    new: list[str] = []
    for n, line in enumerate(old):
        if data.draw(st.booleans()):
            new.append(f"new_{n}();")
        if data.draw(st.booleans()):
            new.append(line)
    diff = "".join(f"{line}\n" for line in unified_diff(old, new, lineterm=""))
    if not diff:
        return
    before, after = ("".join(f"{line}\n" for line in text) for text in (old, new))
    assert (
        put(before, parse_diff(diff.replace("--- \n+++ \n", "--- a/x\n+++ b/x\n")).files[0].hunks)
        == after
    )


def test_a_text_that_fits_nearly_everywhere_costs_little() -> None:
    old = "".join(" same();\n" for _ in range(3_000))
    many = hunks(f"@@ -1,3001 +1,3001 @@\n{old}-last();\n+end();\n")
    begin = process_time()
    with pytest.raises(Misfit):
        put("same();\n" * 50_000, many)
    assert process_time() - begin < 3
