"""Diffs are built, then damaged as mailers, archives and reviewers damage them."""

from __future__ import annotations

import itertools
from random import Random
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linter.intake.diff import Diffs, parse_diff
from linter.intake.patch import DERIVED, EXACT, UNKNOWN

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

# A patch as data: what every reading of it is held against.
Row = tuple[str, str, int | None, int | None]  # kind, text, old line, new line


class Wanted(NamedTuple):
    start: tuple[int, int, int, int]
    section: str
    rows: list[Row]


class Patch(NamedTuple):
    files: list[tuple[str, list[Wanted]]]


def code(number: int, kind: int) -> str:
    """A line of C that occurs once, or a line that occurs everywhere."""
    return (
        f"\tret_{number} = rmi_call(base, {number});",
        f"\tif (size_{number} < PAGE_SIZE)",
        f"static int helper_{number}(struct kvm *kvm)",
        f"\t\treturn -E{number};",
        "}",
        f"/* step_{number} */",
        "",
    )[kind]


@st.composite
def patches(draw: st.DrawFn) -> Patch:
    """A well-formed patch as git writes it: three lines of context, changes not far apart.

    Hypothesis draws the shape; the text comes from a seed, which is much faster.
    """
    pick = Random(draw(st.integers(0, 2**20)))
    shape = draw(
        st.lists(  # files, their hunks, and how many groups of changes each has
            st.lists(st.integers(1, 3), min_size=1, max_size=3), min_size=1, max_size=3
        )
    )
    number = 0
    files = []
    for name, groups_of_hunks in enumerate(shape):
        old, shift = pick.randint(2, 9), 0
        hunks = []
        for groups in groups_of_hunks:
            marks = "   "
            for group in range(groups):
                gap = " " * pick.randint(1, 6) if group else ""
                marks += gap + pick.choice(["+", "-+", "--++", "+++", "-", "++++++"])
            marks += "   "
            start, new = old, old + shift
            rows: list[Row] = []
            for before, mark in zip("+" + marks, marks, strict=False):
                number += 1
                # A run of context between changes starts with a line that is not blank.
                text = code(number, pick.randint(0, 5 if mark != before else 6))
                at = (None if mark == "+" else old, None if mark == "-" else new)
                rows.append((mark, text, *at))
                old += mark != "+"
                new += mark != "-"
            counts = (start, old - start, start + shift, new - start - shift)
            hunks.append(Wanted(counts, f"int section_{name}(void)", rows))
            shift = new - old
            old += pick.randint(4, 40)
        files.append((f"arch/arm64/kvm/file_{name}.c", hunks))
    return Patch(files)


def header(hunk: Wanted) -> str:
    a, b, c, d = hunk.start
    return f"@@ -{a},{b} +{c},{d} @@ {hunk.section}"


def written(patch: Patch) -> list[str]:
    lines = []
    for path, hunks in patch.files:
        lines += [f"diff --git a/{path} b/{path}", "index 1234567..89abcde 100644"]
        lines += [f"--- a/{path}", f"+++ b/{path}"]
        for hunk in hunks:
            lines.append(header(hunk))
            lines += [kind + text for kind, text, _, _ in hunk.rows]
    return lines


def is_context(line: str) -> bool:
    return line.startswith(" ")


def rows_read(diffs: Diffs) -> list[tuple[str, list[Wanted]]]:
    return [
        (
            file.path,
            [
                Wanted(
                    (h.old_start, h.old_count, h.new_start, h.new_count),
                    h.section,
                    [(x.kind, x.text, x.old, x.new) for x in h.lines],
                )
                for h in file.hunks
            ],
        )
        for file in diffs.files
    ]


def added(patch: Patch) -> list[tuple[str, str, int | None]]:
    return [
        (path, text, new)
        for path, hunks in patch.files
        for hunk in hunks
        for kind, text, _, new in hunk.rows
        if kind == "+"
    ]


def added_read(diffs: Diffs, sure: bool = False) -> list[tuple[str, str, int | None]]:
    return [
        (file.path, x.text, x.new)
        for file in diffs.files
        for hunk in file.hunks
        if not (sure and hunk.confidence == UNKNOWN)
        for x in hunk.added
    ]


def confidences(diffs: Diffs) -> set[str]:
    return {hunk.confidence for file in diffs.files for hunk in file.hunks}


def text_of(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


@given(patches(), st.sampled_from(["", "\r"]), st.booleans())
@QUICK
def test_well_formed_is_exact(patch: Patch, ending: str, trailer: bool) -> None:
    lines = ["Some words.", "", *written(patch), *(["-- ", "2.43.0", ""] if trailer else [])]
    diffs = parse_diff((ending + "\n").join(lines) + ending + "\n")
    assert rows_read(diffs) == patch.files
    assert confidences(diffs) == {EXACT}
    assert not diffs.notes
    assert not any(file.notes or h.repairs for file in diffs.files for h in file.hunks)


@given(patches(), st.sampled_from(["> ", ">", ">> ", "> > ", ">>", "> >> "]), st.data())
@QUICK
def test_quoted_with_comments_between_is_exact(
    patch: Patch, mark: str, data: st.DataObject
) -> None:
    lines = ["On Monday somebody wrote:"]
    for line in written(patch):
        lines.append(mark + line)
        if data.draw(st.integers(0, 9)) == 0:
            lines += ["", "Why is this not in the patch before?", ""]
    diffs = parse_diff(text_of(lines))
    assert rows_read(diffs) == patch.files
    assert confidences(diffs) == {EXACT}
    assert {file.depth for file in diffs.files} == {mark.count(">")}


@given(patches(), st.booleans())
@QUICK
def test_context_without_its_blank(patch: Patch, flat: bool) -> None:
    """Only the leading blank is lost, or (`flat`) all the indentation."""
    lines = [
        (line[1:].lstrip() if flat else line[1:]) if is_context(line) else line
        for line in written(patch)
    ]
    # The trailer shows that an empty line before it is of the hunk.
    diffs = parse_diff(text_of([*lines, "-- ", "2.43.0"]))
    assert added_read(diffs) == added(patch)
    assert UNKNOWN not in confidences(diffs)
    for file, (_, hunks) in zip(diffs.files, patch.files, strict=True):
        for hunk, wanted in zip(file.hunks, hunks, strict=True):
            assert [(x.kind, x.text.lstrip(), x.old, x.new) for x in hunk.lines] == [
                (kind, text.lstrip(), old, new) for kind, text, old, new in wanted.rows
            ]


@given(patches(), st.booleans(), st.sampled_from(["", "> ", ">> "]))
@QUICK
def test_blank_context_lost(patch: Patch, flat: bool, mark: str) -> None:
    """Blank context lines are gone, with `flat` the other ones lost their blank too."""
    lines = []
    for line in written(patch):
        if is_context(line):
            if not line.strip():
                continue
            if flat:
                line = line.lstrip()
        lines.append(mark + line)
    diffs = parse_diff(text_of(lines))
    found = added_read(diffs)
    assert [(path, text) for path, text, _ in found] == [
        (path, text) for path, text, _ in added(patch)
    ]
    assert set(added_read(diffs, sure=True)) <= set(added(patch))
    # Between groups of changes the place of a lost line may not be known; with
    # one group, or none lost there and more of the file behind, it always is.
    for file, (_, hunks) in zip(diffs.files, patch.files, strict=True):
        for hunk, wanted in zip(file.hunks, hunks, strict=True):
            changes = [k for k, row in enumerate(wanted.rows) if row[0] != " "]
            middle = wanted.rows[changes[0] : changes[-1] + 1]
            last = wanted is hunks[-1] and any(kind == " " for kind, *_ in middle)
            if not last and not any(kind == " " and not text for kind, text, _, _ in middle):
                assert hunk.confidence in (EXACT, DERIVED)
                assert [x.new for x in hunk.added] == [n for k, _, _, n in wanted.rows if k == "+"]


WORDS = st.lists(st.integers(100, 999), min_size=12, max_size=16).map(
    lambda numbers: " ".join(f"part_{n}" for n in numbers)
)


@given(patches(), WORDS, st.integers(60, 76), st.booleans(), st.sampled_from(["", "> "]))
@QUICK
def test_wrapped_added_line(patch: Patch, words: str, width: int, flat: bool, mark: str) -> None:
    """One added line of each hunk is long and was wrapped."""
    long = "\tcall(" + words + ");"
    whole, lines = [], []
    for line in written(patch):
        if line.startswith("+\tret"):
            whole.append(long)
            at = long.rindex(" ", 0, width + 10)
            lines += [mark + "+" + long[:at], mark + long[at + 1 :]]
        else:
            if flat and is_context(line):
                line = line.lstrip()
            lines.append(mark + line)
    diffs = parse_diff(text_of(lines))
    found = added_read(diffs)
    wanted = [
        (path, long if text.startswith("\tret") else text, new) for path, text, new in added(patch)
    ]
    assert [(p, t) for p, t, _ in found] == [(p, t) for p, t, _ in wanted]
    assert set(added_read(diffs, sure=True)) <= set(wanted)
    if not flat:
        assert found == wanted
    if whole:
        assert EXACT not in confidences(diffs) or len(patch.files) + len(patch.files[0][1]) > 2


@given(patches(), st.sampled_from(["", "> "]))
@QUICK
def test_no_break_spaces(patch: Patch, mark: str) -> None:
    """Indents come as U+00A0 and blanks, the blank of a context line too."""
    lines = [
        mark + (line[:1].replace(" ", "\xa0") + line[1:].replace("\t", "\xa0 \xa0 "))
        if line[:1] in "+- " and not line.startswith(("+++", "---"))
        else mark + line
        for line in written(patch)
    ]
    diffs = parse_diff(text_of(lines))
    assert added_read(diffs) == [(p, t.replace("\t", " " * 4), n) for p, t, n in added(patch)]
    for file in diffs.files:
        for hunk in file.hunks:
            assert not any("\xa0" in x.text for x in hunk.lines)
            assert (hunk.confidence == DERIVED) == bool(hunk.repairs)


@given(patches(), st.data(), st.sampled_from(["> ", ">> "]), st.booleans(), st.booleans())
@QUICK
def test_quote_ends_inside(
    patch: Patch, data: st.DataObject, mark: str, flat: bool, talk: bool
) -> None:
    lines = written(patch)
    cut = data.draw(st.integers(5, len(lines)))
    kept = [line.lstrip() if flat and is_context(line) else line for line in lines[:cut]]
    quoted = [mark + line for line in kept]
    diffs = parse_diff(text_of(quoted + (["", "Is that so?", "", "Thanks,"] if talk else [])))
    there = sum(line.startswith("+") and not line.startswith("+++") for line in kept)
    assert added_read(diffs) == added(patch)[:there]
    # If as many old lines are missing as new ones, or text is flat and has no
    # blank context line, then such lines may be lost before the end as well.
    here = itertools.takewhile(lambda line: not line.startswith(("@@", "diff ")), lines[cut:])
    rest = [line for line in here if line[:1] in "+-"]
    if not flat and lines[cut - 1][0] in "+-" and sum(44 - ord(line[0]) for line in rest) != 0:
        assert len(patch.files) > 1 or UNKNOWN not in confidences(diffs)
    if added_read(diffs) != added(patch) and lines[cut - 1][:1] == "+" and lines[cut][:1] == "+":
        assert any(note.text for file in diffs.files for note in file.notes)


@given(patches(), st.data())
@QUICK
def test_lines_left_out(patch: Patch, data: st.DataObject) -> None:
    """`[...]` inside a hunk: what follows it is there, its numbers are not known."""
    path, hunks = patch.files[0]
    rows = hunks[0].rows
    changes = [k for k, row in enumerate(rows) if row[0] != " "]
    at = data.draw(st.integers(changes[0], changes[-1]))
    lines = written(patch)
    begin = lines.index(header(hunks[0])) + 1
    shorter = [*lines[: begin + at], "[...]", *lines[begin + at + 1 :]]
    diffs = parse_diff(text_of(["> " + line for line in shorter]))
    gone = rows[at]
    rest = [
        (p, t) for p, t, n in added(patch) if not (p == path and n == gone[3] and gone[0] == "+")
    ]
    assert [(p, t) for p, t, _ in added_read(diffs)] == rest
    assert set(added_read(diffs, sure=True)) <= set(added(patch))
    assert any(note.line for file in diffs.files for note in file.notes)


DAMAGE = st.sets(st.sampled_from(["bare", "flat", "lost", "cut", "talk", "nbsp", "crlf", "twice"]))


@given(patches(), DAMAGE, st.data())
@settings(QUICK, max_examples=150)
def test_all_at_once(patch: Patch, damage: set[str], data: st.DataObject) -> None:
    """Whatever happened: what is read is part of the patch, what is sure has its number."""
    lines = written(patch)
    complete = True
    if "cut" in damage:
        cut = data.draw(st.integers(5, len(lines)))
        complete = not any(line.startswith("+") for line in lines[cut:])
        lines = lines[:cut]
    out = []
    for line in lines:
        if is_context(line):
            if "lost" in damage and not line.strip():
                continue
            if "flat" in damage:
                line = line.lstrip()
            elif "bare" in damage:
                line = line[1:]
        if "nbsp" in damage:
            line = line.replace("\t", "\xa0 \xa0 ")
        out.append("> " + line)
        if "talk" in damage and data.draw(st.integers(0, 7)) == 0:
            out += ["Should this really be here at all?", ""]
    if "twice" in damage:
        out = ["> " + line for line in out]
    text = ("\r\n" if "crlf" in damage else "\n").join(out)
    diffs = parse_diff(text)
    wanted = [(p, t.replace("\t", " " * 4), n) for p, t, n in added(patch)]
    found = [(p, t.replace("\t", " " * 4), n) for p, t, n in added_read(diffs)]
    assert {(p, t) for p, t, _ in found} <= {(p, t) for p, t, _ in wanted}
    sure = {(p, t.replace("\t", " " * 4), n) for p, t, n in added_read(diffs, sure=True)}
    # That a blank line was lost cannot be seen if the hunk's end is lost as
    # well and the rest of the context is whole.
    if not ({"lost", "cut"} <= damage and damage.isdisjoint({"bare", "flat"})):
        assert sure <= set(wanted)
    if complete:
        assert [(p, t) for p, t, _ in found] == [(p, t) for p, t, _ in wanted]


SCRAPS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "diff --git a/x b/x",
                "diff --cc x",
                "--- a/x",
                "+++ b/x",
                "--- /dev/null",
                "@@ -1,3 +1,4 @@ int f(void)",
                "@@ -0,0 +1 @@",
                "@@ -9999999999,1 +1 @@",
                "@@ -1,3 +1,4",
                "index 123..456 100644",
                "\\ No newline at end of file",
                "-- ",
                "2.43.0",
                "GIT binary patch",
                "[...]",
                "",
                " ",
                "+",
                "-",
                "rename from x",
                "new file mode 100644",
            ]
        ),
        st.text(max_size=12),
        st.text("+- >\\@\x00\xa0\udcff\ud800\r\tab;", max_size=90),
    ),
    max_size=40,
)


@given(SCRAPS, st.lists(st.sampled_from(["", "> ", ">", ">> "]), min_size=1, max_size=5))
@settings(QUICK, max_examples=300)
def test_never_raises(scraps: list[str], marks: list[str]) -> None:
    text = "\n".join(marks[k % len(marks)] + scrap for k, scrap in enumerate(scraps))
    diffs = parse_diff(text, "scraps", 100)
    last = 100 + text.count("\n")
    for file in diffs.files:
        assert 100 <= file.src <= last
        for hunk in file.hunks:
            assert hunk.confidence in (EXACT, DERIVED, UNKNOWN)
            assert all(100 <= x.src <= last for x in hunk.lines)
            olds = [x.old for x in hunk.lines if x.old is not None]
            news = [x.new for x in hunk.lines if x.new is not None]
            assert olds == sorted(set(olds)) and news == sorted(set(news))
            if hunk.confidence == EXACT:
                assert len(olds) == hunk.old_count and len(news) == hunk.new_count
    for note in [*diffs.notes, *(note for file in diffs.files for note in file.notes)]:
        assert note.source == "scraps" and 100 <= note.line <= last
