"""`--diff`: one diff on top of the series, that git applies and that mends."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.check import lint_files, lint_series
from linter.finding import WARNING, Edit, Finding, Report
from linter.follow import Run
from linter.intake.git import Tree
from linter.intake.patch import UNKNOWN
from linter.mend import Mended, mend_files, mend_series
from linter.source.amend import replace
from linter.source.unit import Unit
from rules.registry import LINE, SERIES, Rule
from tests.linter.test_check import Files, diff, patches


def check(unit: Unit) -> Iterator[Finding]:
    """`bad` is to be `good`; `bad2` too, and what stands around it."""
    for node in unit.nodes("identifier"):
        if node.text == b"bad":
            yield unit.finding(node, "bad", edits=[replace(node, "good")])
        elif node.text == b"bad2" and node.parent is not None:
            yield unit.finding(node, "bad too", edits=[replace(node.parent, "good()")])


def check_all(units: list[Unit]) -> Iterator[Finding]:
    for unit in units:
        yield from check(unit)


def rule(needs: str = LINE, **declared: Any) -> Rule:
    names = {"SEVERITY": WARNING, "NEEDS": needs, "TITLE": "bad", "check": check}
    return Rule("/rules/bad-name", {**names, **declared})


BAD = rule()
BAD_SERIES = rule(SERIES, check=check_all)


def mend(*steps: Files, tree: str = "", by: Rule = BAD) -> tuple[Mended, Report]:
    """Mends what the series leaves that makes these trees one after another."""
    report, runs = Report(), list[Run]()
    series = patches(*map(diff, steps[:-1], steps[1:]))
    lint_series(series, [by], Tree.open(tree) if tree else None, report, runs)
    (run,) = runs
    return mend_series(run, report.findings), report


def apply(change: str, files: Files, folder: Path) -> Files:
    """The files after git has applied a diff to them."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    if change:
        done = subprocess.run(
            ["git", "apply", "-"],
            input=change.encode("utf-8", "surrogateescape"),
            cwd=folder,
            capture_output=True,
            env=os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)},
        )
        assert done.returncode == 0, f"{done.stderr.decode()}\n{change}"
    return {path: (folder / path).read_text() for path in files}


def text(*lines: str, pad: int = 12) -> str:
    """A file with these lines, and others around and between them."""
    out = [f"int a{n};" for n in range(pad)]
    for line in lines:
        out += [line, *(f"int b{len(out) + n};" for n in range(pad))]
    return "\n".join(out) + "\n"


def said(mended: Mended) -> list[str]:
    return [note.text for note in mended.notes]


# -- whole files -------------------------------------------------------------------


def test_the_diff_is_as_git_writes_it() -> None:
    mended, _ = mend({}, {"k/a.c": text("int x = bad;", pad=4)})
    assert mended == Mended(
        "diff --git a/k/a.c b/k/a.c\n--- a/k/a.c\n+++ b/k/a.c\n@@ -2,7 +2,7 @@\n"
        " int a1;\n int a2;\n int a3;\n-int x = bad;\n+int x = good;\n"
        " int b4;\n int b5;\n int b6;\n",
        1,
        [],
    )


@pytest.mark.parametrize("by", [BAD, BAD_SERIES], ids=["file", "series"])
def test_edits_stand_where_the_last_patch_leaves_the_lines(tmp_path: Path, by: Rule) -> None:
    first = text("int x = bad;", "int y = bad;")
    last = "int new;\nint more;\n" + first.replace("int y = bad", "long y = bad")
    mended, report = mend({}, {"a.c": first}, {"a.c": last}, by=by)
    assert mended.number == len([f for f in report.findings if f.removed_in is None])
    assert apply(mended.diff, {"a.c": last}, tmp_path) == {"a.c": last.replace("bad", "good")}


def test_what_a_later_patch_mends_is_left_alone() -> None:
    mended, report = mend({}, {"a.c": text("int x = bad;")}, {"a.c": text("int x = 1;")})
    assert [f.removed_in is not None for f in report.findings] == [True]
    assert mended == Mended("", 0, [])


def test_what_is_not_asked_for_is_left_alone() -> None:
    report, runs = Report(), list[Run]()
    lint_series(patches(diff({}, {"a.c": text("int x = bad;")})), [BAD], None, report, runs)
    assert mend_series(runs[0], []) == Mended("", 0, [])


def test_files_of_a_tree(tmp_path: Path) -> None:
    """Only the file tells what stands around the hunk's lines, and how far it has moved."""
    (tmp_path / "tree").mkdir()
    old = text("int x = 1;", pad=40)
    new = text("int x = bad;", pad=40)
    (tmp_path / "tree" / "a.c").write_text("int shifted;\n" * 3 + old)
    mended, _ = mend({"a.c": old}, {"a.c": new}, tree=str(tmp_path / "tree"))
    final = {"a.c": new}
    assert apply(mended.diff, final, tmp_path) == {"a.c": new.replace("bad", "good")}


def test_near_changes_share_a_hunk(tmp_path: Path) -> None:
    for gap in range(10):
        final = {"a.c": text("int x = bad;", "int y = bad;", pad=gap)}
        mended, _ = mend({}, final)
        assert mended.diff.count("@@ -") == (1 if gap <= 6 else 2)
        mended_files = apply(mended.diff, final, tmp_path)
        assert mended_files == {"a.c": final["a.c"].replace("bad", "good")}


def test_changes_that_touch_are_shown_as_one() -> None:
    final = {"a.c": text("int x = bad;", "int y = bad;", pad=0)}
    mended, _ = mend({}, final)
    changed = [line for line in mended.diff.splitlines()[4:] if line[0] in "-+"]
    assert [line[0] for line in changed] == ["-", "-", "+", "+"]


def test_several_files_in_one_diff(tmp_path: Path) -> None:
    final = {"a b.c": text("int x = bad;"), "b.c": text("int x = bad;"), "c.c": text("int x;")}
    mended, _ = mend({}, final)
    assert mended.number == 2
    good = {path: source.replace("bad", "good") for path, source in final.items()}
    assert apply(mended.diff, final, tmp_path) == good


# -- files of which the hunks are known ----------------------------------------------


def test_a_hunk_is_context_enough(tmp_path: Path) -> None:
    old, new = {"a.c": text("int x = 1;", pad=30)}, {"a.c": text("int x = bad;", pad=30)}
    mended, _ = mend(old, new)
    assert (mended.number, mended.notes) == (1, [])
    assert apply(mended.diff, new, tmp_path) == {"a.c": new["a.c"].replace("bad", "good")}


def test_later_patches_move_the_lines_of_a_hunk(tmp_path: Path) -> None:
    zero = text("int x = 1;", "int y = 1;", pad=30)
    one = zero.replace("x = 1", "x = bad")
    two = one.replace("y = 1", "y = bad").replace("int a3;\n", "int a3;\nint c;\nint d;\n")
    three = two.replace("int a7;\n", "")
    mended, _ = mend(*({"a.c": source} for source in (zero, one, two, three)))
    assert (mended.number, mended.notes) == (2, [])
    assert "\n@@ -29,7 +29,7 @@\n" in mended.diff
    assert apply(mended.diff, {"a.c": three}, tmp_path) == {"a.c": three.replace("bad", "good")}


def test_a_later_patch_that_changes_the_line_is_in_the_way() -> None:
    zero = text("int x = 1;", pad=30)
    one, two = (zero.replace("x = 1", f"x = {value}") for value in ("bad", "2"))
    mended, _ = mend(*({"a.c": source} for source in (zero, one, two)))
    assert mended.diff == ""
    assert said(mended) == ["not mended: a later patch changes these lines [bad-name]"]


def test_a_later_patch_that_deletes_the_file_is_in_the_way() -> None:
    zero = text("int x = 1;", pad=30)
    one = zero.replace("x = 1", "x = bad")
    mended, _ = mend({"a.c": zero}, {"a.c": one}, {})
    assert (mended.diff, len(mended.notes)) == ("", 1)


def test_a_line_at_the_edge_of_a_hunk_is_no_place() -> None:
    """At the end of the file there is no context; git would want to be told that it is the end."""
    zero = text(pad=30)
    mended, _ = mend({"a.c": zero}, {"a.c": zero + "int x = bad;\n"})
    assert mended.diff == ""
    assert said(mended) == [
        "not mended: the patch does not show enough of the lines around [bad-name]"
    ]


def test_a_hunk_without_line_numbers_ends_what_is_known() -> None:
    zero = text("int x = 1;", pad=30)
    one = zero.replace("x = 1", "x = bad")
    report, runs = Report(), list[Run]()
    series = patches(
        diff({"a.c": zero}, {"a.c": one}), diff({"a.c": one}, {"a.c": one + "int z;\n"})
    )
    series.patches[1].files[0].hunks[0].confidence = UNKNOWN
    lint_series(series, [BAD], None, report, runs)
    mended = mend_series(runs[0], report.findings)
    assert (mended.diff, len(mended.notes)) == ("", 1)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_the_patches_do_the_diff_applies(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    lines = [f"int a{n};" for n in range(60)]
    steps = ["".join(line + "\n" for line in lines)]
    serial = 100
    for _ in range(data.draw(st.integers(1, 4))):
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(lines) - 1))
            serial += 1
            kind = data.draw(st.sampled_from(["bad", "new", "gone", "other"]))
            new = {"bad": [f"int x{serial} = bad;"], "gone": [], "other": [f"int o{serial};"]}
            lines[at : at + 1] = new.get(kind, [lines[at], f"int n{serial};", f"int m{serial};"])
        steps.append("".join(line + "\n" for line in lines))
    if any(a == b for a, b in pairwise(steps)):
        return
    mended, report = mend(*({"a.c": step} for step in steps))
    after = apply(mended.diff, {"a.c": steps[-1]}, folder)["a.c"]
    assert after.count("good") == mended.number
    assert after.replace("good", "bad") == steps[-1]
    assert mended.number + len(mended.notes) == len(report.findings)
    # nothing but the end of a file and what a later patch took is left
    told = {note.text for note in mended.notes}
    assert all("a later patch" in note or "enough" in note for note in told)


# -- edits ---------------------------------------------------------------------------


def finding(path: str, *edits: Edit) -> Finding:
    made = Finding("some-rule", WARNING, path, edits[0].line, 1, (1, 2), "m")
    made.edits = edits
    return made


def files(folder: Path, source: str, *edits: tuple[Edit, ...]) -> Mended:
    (folder / "a.c").write_text(source)
    return mend_files([finding("a.c", *some) for some in edits])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_of_two_that_overlap_the_first_wins(here: Path) -> None:
    source = "one two three\nfour\n"
    both = Edit(1, 5, 1, 8, "2"), Edit(1, 7, 2, 1, "")
    mended = files(here, source, both[:1], both[1:])
    assert apply(mended.diff, {"a.c": source}, here) == {"a.c": "one 2 three\nfour\n"}
    assert mended.number == 1
    assert said(mended) == [
        "not mended: its change and that of another finding overlap [some-rule]"
    ]


def test_a_finding_is_mended_wholly_or_not(here: Path) -> None:
    source = "one two three\nfour\n"
    mended = files(
        here, source, (Edit(1, 1, 1, 4, "1"),), (Edit(2, 1, 2, 5, "4"), Edit(1, 2, 1, 3, ""))
    )
    assert apply(mended.diff, {"a.c": source}, here) == {"a.c": "1 two three\nfour\n"}


def test_the_same_edit_of_two_findings_is_made_once(here: Path) -> None:
    source = "int x;\nf(x);\ng(x);\n"
    same = Edit(1, 6, 1, 6, " = 0")
    mended = files(here, source, (same,), (same,))
    assert apply(mended.diff, {"a.c": source}, here) == {"a.c": source.replace("x;", "x = 0;", 1)}
    assert (mended.number, mended.notes) == (2, [])


def test_two_edits_on_a_line(here: Path) -> None:
    source = "one ü two\n"
    mended = files(here, source, (Edit(1, 8, 1, 11, "2"),), (Edit(1, 1, 1, 4, "1"),))
    assert apply(mended.diff, {"a.c": source}, here) == {"a.c": "1 ü 2\n"}


def test_bytes_that_are_no_utf8_stay(here: Path) -> None:
    (here / "a.c").write_bytes(b"\xff one\ntwo\n")
    mended = mend_files([finding("a.c", Edit(1, 3, 1, 6, "1"))])
    assert mended.diff.encode("utf-8", "surrogateescape").split(b"\n")[4:6] == [
        b"-\xff one",
        b"+\xff 1",
    ]


def test_a_file_without_a_last_newline(here: Path) -> None:
    source = "one\ntwo\nthree"
    mended = files(here, source, (Edit(1, 1, 1, 4, "1"),), (Edit(3, 1, 3, 2, "T"),))
    assert apply(mended.diff, {"a.c": source}, here) == {"a.c": "1\ntwo\nthree"}
    assert said(mended) == ["not mended: no newline at the end of the file [some-rule]"]


@pytest.mark.parametrize("path", ["a\n.c", 'a".c', "a\\.c", "a\x1b.c"])
def test_odd_paths_are_left_out(here: Path, path: str) -> None:
    (here / path).write_text("one\n")
    mended = mend_files([finding(path, Edit(1, 1, 1, 4, "1"))])
    assert (mended.diff, said(mended)) == ("", ["not mended: an odd path [some-rule]"])


WORDS = st.lists(st.sampled_from(["", "x", "yy", "ü", "\n", "z\n", "\n\n"]), max_size=3).map(
    "".join
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_edits_come_out_as_they_are_meant(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    rows = data.draw(
        st.lists(st.sampled_from(["a", "bb", "", "\tc d", "é"]), min_size=1, max_size=30)
    )
    source = "".join(row + "\n" for row in rows)
    raw = source.encode()
    # offsets between characters
    places = sorted(data.draw(st.lists(st.integers(0, len(source)), max_size=6)))
    spans = [
        (len(source[:a].encode()), len(source[:b].encode()))
        for a, b in zip(places[::2], places[1::2], strict=False)
    ]
    edits: list[Edit] = []
    expected, done = b"", 0
    for start, end in spans:
        if edits and start <= done:
            continue
        new = data.draw(WORDS)
        edits.append(Edit(*place(raw, start), *place(raw, end), new))
        expected += raw[done:start] + new.encode()
        done = end
    expected += raw[done:]
    if expected and not expected.endswith(b"\n"):
        return
    cwd = Path.cwd()
    os.chdir(folder)
    try:
        mended = files(folder, source, *((edit,) for edit in edits))
    finally:
        os.chdir(cwd)
    assert mended.notes == []
    if expected:  # git takes an empty file for a deleted one
        assert apply(mended.diff, {"a.c": source}, folder)["a.c"].encode() == expected


def place(raw: bytes, offset: int) -> tuple[int, int]:
    return raw.count(b"\n", 0, offset) + 1, offset - (raw.rfind(b"\n", 0, offset) + 1) + 1


# -- the real thing --------------------------------------------------------------------


def test_files_that_were_linted_as_they_are(here: Path) -> None:
    source = text("int x = bad;", "int y = f(bad2);", "int z = f(bad2, bad);")
    (here / "a.c").write_text(source)
    report = lint_files(["a.c"], [BAD])
    mended = mend_files(report.findings)
    assert (mended.number, len(mended.notes)) == (3, 1)
    after = apply(mended.diff, {"a.c": source}, here)["a.c"]
    assert after.count("good") == 3
    assert len(lint_files(["a.c"], [BAD]).findings) == 0
