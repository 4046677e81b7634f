"""Files rebuilt from hunks: against difflib, `git apply` and real repositories."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.intake.diff import parse_diff
from linter.intake.git import Tree
from linter.intake.mail import parse_subject, read_mails, read_path
from linter.intake.patch import DERIVED, UNKNOWN, Hunk, Mail, Patch, Series
from linter.intake.series import group
from linter.intake.snapshot import (
    BASE,
    BLOB,
    CREATED,
    FRAGMENT,
    TREE,
    FileState,
    Rejected,
    Snapshot,
    apply,
    snapshots,
)

CLEAN = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"} | {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A U Thor"), ("EMAIL", "author@example.org"))
}


def git(cwd: Path, *arguments: str, data: bytes = b"") -> bytes:
    command = ["git", *arguments]
    env = os.environ | CLEAN
    return subprocess.run(
        command, cwd=cwd, env=env, input=data, check=True, capture_output=True
    ).stdout


def unified(old: str, new: str, context: int = 3) -> list[Hunk]:
    """The hunks between two texts whose last lines end, by difflib."""
    lines = difflib.unified_diff(
        old.splitlines(True), new.splitlines(True), "a/x", "b/x", n=context
    )
    files = parse_diff("diff --git a/x b/x\n" + "".join(lines)).files
    return files[0].hunks


def patch(diff: str, subject: str = "[PATCH] x", kind: str = "patch") -> Patch:
    mail = Mail("test", 1, parse_subject(subject), diff)
    return Patch(mail, parse_diff(diff, "test").files, kind)


def series_of(*patches: Patch) -> Series:
    series = Series("x", 1, len(patches))
    series.patches += patches
    return series


def only(snapshot: Snapshot) -> FileState:
    (state,) = snapshot.changed
    return state


# Hunks on a text.

LINES = st.lists(
    st.sampled_from(["{", "}", "", "\tx = 1;", "\treturn 0;", "a", "b\r"]), max_size=30
)


@settings(deadline=None, max_examples=150)
@given(LINES, LINES, st.integers(0, 4))
def test_both_ways_between_any_two_texts(before: list[str], after: list[str], context: int) -> None:
    old = "".join(f"{line}\n" for line in before)
    new = "".join(f"{line}\n" for line in after)
    # splitlines() of the oracle cuts at CR, too.
    if old == new or "\r" in old + new:
        return
    hunks = unified(old, new, context)
    forward = apply(old, hunks, search=False)
    assert forward.text == new
    assert not forward.moved
    assert [after[number - 1] for number in sorted(forward.added)] == [
        line.text for hunk in hunks for line in hunk.added
    ]
    backward = apply(new, hunks, post=True, search=False)
    assert backward.text == old
    assert backward.added == forward.added


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.integers(0, 10**6), unique=True, min_size=12, max_size=60),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=20).map(
        lambda xs: [f"new {x}" for x in xs]
    ),
    st.data(),
)
def test_hunks_find_their_lines_when_the_text_has_grown(
    numbers: list[int], above: list[str], data: st.DataObject
) -> None:
    before = [f"line {number}" for number in numbers]
    after = list(before)
    for _ in range(3):
        after[data.draw(st.integers(0, len(after) - 1))] += " changed"
    old, new = ("".join(f"{line}\n" for line in lines) for lines in (before, after))
    hunks = unified(old, new)
    top = "".join(f"{line}\n" for line in above)
    with pytest.raises(Rejected):
        apply(top + old, hunks, search=False)
    result = apply(top + old, hunks)
    assert result.text == top + new
    assert [distance for _, distance in result.moved] == [len(above)]
    shifted = result.text.split("\n")
    assert all(shifted[number - 1].endswith("changed") for number in result.added)


def test_a_displaced_hunk_must_have_one_place() -> None:
    hunks = unified("a\nb\nc\n", "a\nB\nc\n")
    assert apply("x\na\nb\nc\n", hunks).text == "x\na\nB\nc\n"
    with pytest.raises(Rejected, match="not there"):
        apply("x\na\nb\nc\na\nb\nc\n", hunks)
    with pytest.raises(Rejected, match="not there"):
        apply("x\n" * 1100 + "a\nb\nc\n", hunks)
    # At the stated place it is right, whatever comes later.
    assert apply("a\nb\nc\na\nb\nc\n", hunks).text == "a\nB\nc\na\nb\nc\n"


def test_blank_lines_alone_are_no_place() -> None:
    hunks = unified("\n\n", "\nx\n\n")
    with pytest.raises(Rejected):
        apply("a\n\n\nb\n", hunks)


def test_hunks_keep_their_order() -> None:
    text = "".join(f"{number}\n" for number in range(40))
    hunks = unified(text, text.replace("5\n", "five\n", 1).replace("\n30\n", "\nthirty\n"))
    assert len(hunks) == 2
    with pytest.raises(Rejected):
        apply(text, hunks[::-1])
    with pytest.raises(Rejected):
        apply(text, [hunks[0], hunks[0]])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"a\nb", b"a\nb\n"),
        (b"a\nb\n", b"a\nb"),
        (b"a\nb", b"a\nc"),
        (b"a\nb", b"a\nb\nc"),
        (b"a\nb", b"a\n"),
        (b"x\na\nb", b"a\nb"),
        (b"a", b""),
        (b"", b"a"),
        (b"", b"\n"),
        (b"\xff\n", b"\xff\xe9\n"),
        (b"a\r\nb\r\n", b"a\r\nc\r\n"),
        (b"".join(b"%d\n" % n for n in range(50)), b"".join(b"%d\n" % n for n in range(0, 50, 7))),
    ],
)
@pytest.mark.parametrize("context", [0, 3])
def test_ends_of_files_and_odd_bytes_as_git_has_them(
    tmp_path: Path, old: bytes, new: bytes, context: int
) -> None:
    (tmp_path / "old").write_bytes(old)
    (tmp_path / "new").write_bytes(new)
    command = ["git", "diff", "--no-index", f"-U{context}", "old", "new"]
    diff = subprocess.run(command, cwd=tmp_path, capture_output=True).stdout
    (file,) = parse_diff(diff.decode("utf-8", "surrogateescape")).files
    before, after = (data.decode("utf-8", "surrogateescape") for data in (old, new))
    assert apply(before, file.hunks, search=False).text == after
    assert apply(after, file.hunks, post=True, search=False).text == before


def test_an_incomplete_hunk_can_only_be_looked_up() -> None:
    old = "".join(f"{number}\n" for number in range(9))
    (hunk,) = unified(old, old.replace("4\n", "four\n"))
    new = old.replace("4\n", "four\n")
    del hunk.lines[-2:]
    with pytest.raises(Rejected, match="incomplete"):
        apply(old, [hunk])
    result = apply(new, [hunk], post=True, short=True)
    assert result.text is None
    assert result.added == {5}
    hunk.confidence = UNKNOWN
    hunk.new_start = 1
    assert apply("x\n" + new, [hunk], post=True, search=False, short=True).added == {6}


def test_a_repaired_hunk_leaves_the_blanks_of_the_text() -> None:
    old = "int f(void)\n{\n\tint  x = 1;\n\n\treturn x;\n}\n"
    (hunk,) = unified(old, old.replace("= 1", "= 2"))
    hunk.lines = [line._replace(text=line.text.strip().replace("  ", " ")) for line in hunk.lines]
    with pytest.raises(Rejected):
        apply(old, [hunk])
    hunk.confidence = DERIVED
    assert apply(old, [hunk]).text == "int f(void)\n{\nint x = 2;\n\n\treturn x;\n}\n"
    new = old.replace("= 1", "= 2")
    assert apply(new, [hunk], post=True).added == {3}


def test_absurd_numbers_are_refused() -> None:
    (hunk,) = unified("a\nb\n", "a\nc\n")
    for start in (0, 3, 10**9):
        hunk.old_start = start
        with pytest.raises(Rejected):
            apply("a\nb\n", [hunk], search=False)
    (hunk,) = unified("a\n", "a\nb\n", context=0)
    hunk.old_start = 10**9
    with pytest.raises(Rejected):
        apply("a\n", [hunk])


def test_a_hundred_thousand_hunks_take_seconds_at_most() -> None:
    lines = [f"line {number}" for number in range(400_000)]
    (model,) = unified("a\nb\nc\n", "a\nB\nc\n")
    hunks = []
    for middle in range(2, 400_000, 4):  # 0-based number of the changed line
        hunk = Hunk(middle, 3, middle, 3)
        texts = (lines[middle - 1], lines[middle], "new", lines[middle + 1])
        hunk.lines = [
            line._replace(text=text) for line, text in zip(model.lines, texts, strict=True)
        ]
        hunks.append(hunk)
    text = "\n".join(lines) + "\n"
    began = time.perf_counter()
    result = apply(text, hunks)
    assert result.added == set(range(3, 400_000, 4))
    moved = apply("first\n" + text, hunks)
    assert moved.added == set(range(4, 400_001, 4))
    assert len(moved.moved) == 1
    assert time.perf_counter() - began < 10


def test_hunks_that_are_hard_to_find_take_seconds_at_most() -> None:
    # In a de Bruijn sequence every run of 14 lines is unique and made of the
    # two same lines, so that a thousand places look right for each hunk.
    bits = [0] * 14
    seen = {tuple(bits)}
    while True:
        for bit in (1, 0):
            run = (*bits[-13:], bit)
            if run not in seen:
                seen.add(run)
                bits.append(bit)
                break
        else:
            break
    lines = ["zero" if bit == 0 else "one" for bit in bits]
    (model,) = unified("a\n" * 14, "a\n" * 7 + "new\n" + "a\n" * 7, context=7)
    hunks = []
    for at in range(100, len(lines) - 100, 16):
        hunk = Hunk(at + 1 + at % 3, 14, at + 1, 15)
        texts = [*lines[at : at + 7], "new", *lines[at + 7 : at + 14]]
        hunk.lines = [
            line._replace(text=text) for line, text in zip(model.lines, texts, strict=True)
        ]
        hunks.append(hunk)
    text = "\n".join(lines) + "\n"
    assert len(hunks) > 1000
    assert len(apply(text, hunks[:4]).added) == 4, "a few of them are found"
    began = time.perf_counter()
    with pytest.raises(Rejected):
        apply(text, hunks)
    assert time.perf_counter() - began < 5


# A series without a tree.

CREATE = """\
diff --git a/kvm/rmi.c b/kvm/rmi.c
new file mode 100644
index 000000000000..111111111111
--- /dev/null
+++ b/kvm/rmi.c
@@ -0,0 +1,3 @@
+int one;
+int two;
+int three;
"""
CHANGE = """\
diff --git a/kvm/rmi.c b/kvm/rmi.c
index 111111111111..222222222222 100644
--- a/kvm/rmi.c
+++ b/kvm/rmi.c
@@ -1,3 +1,4 @@
 int one;
-int two;
+int deux;
+int more;
 int three;
"""
OTHER = """\
diff --git a/kvm/mmu.c b/kvm/mmu.c
index 333333333333..444444444444 100644
--- a/kvm/mmu.c
+++ b/kvm/mmu.c
@@ -10,2 +10,3 @@ int mmu(void)
 before
+added
 after
"""
DELETE = """\
diff --git a/kvm/rmi.c b/kvm/rmi.c
deleted file mode 100644
index 111111111111..000000000000
--- a/kvm/rmi.c
+++ /dev/null
@@ -1,3 +0,0 @@
-int one;
-int two;
-int three;
"""
ONE = "int one;\nint two;\nint three;\n"
TWO = "int one;\nint deux;\nint more;\nint three;\n"


def test_a_created_file_is_followed() -> None:
    first, second, third = snapshots(series_of(patch(CREATE), patch(CHANGE), patch(OTHER)))
    state = only(first)
    assert (state.path, state.origin, state.deleted) == ("kvm/rmi.c", CREATED, False)
    assert (state.before, state.text, set(state.added)) == ("", ONE, {1, 2, 3})
    state = only(second)
    assert (state.before, state.text, set(state.added)) == (ONE, TWO, {2, 3})
    assert state.origin == CREATED
    assert third.files["kvm/rmi.c"] is state
    assert (first.lookup("kvm/rmi.c"), third.lookup("kvm/rmi.c")) == (ONE, TWO)
    assert list(third.files) == ["kvm/rmi.c"]
    assert not first.notes + second.notes + third.notes


def test_an_older_file_is_a_fragment() -> None:
    (snapshot,) = snapshots(series_of(patch(OTHER)))
    state = only(snapshot)
    assert (state.origin, state.text, state.before) == (FRAGMENT, None, None)
    assert state.added == {11}
    assert len(state.hunks) == 1
    assert snapshot.lookup("kvm/mmu.c") is None
    assert not snapshot.files
    assert not snapshot.notes


def test_snapshots_are_made_when_they_are_asked_for() -> None:
    series = series_of(patch(CREATE))
    walk = snapshots(series)
    series.patches.append(patch(CHANGE))
    assert [only(snapshot).text for snapshot in walk] == [ONE, TWO]


def test_a_rejected_hunk_is_told_once_and_the_rest_are_fragments() -> None:
    wrong = CHANGE.replace("-int two;", "-int zwei;")
    later = CHANGE.replace("two", "deux")
    walk = list(snapshots(series_of(patch(CREATE), patch(wrong), patch(later), patch(OTHER))))
    assert [only(snapshot).origin for snapshot in walk] == [CREATED, FRAGMENT, FRAGMENT, FRAGMENT]
    assert only(walk[1]).added == {2, 3}
    (note,) = [note for snapshot in walk for note in snapshot.notes]
    assert note.source == "test"
    assert note.line == 5, "the line of the @@"
    assert "kvm/rmi.c: hunk rejected" in note.text
    assert walk[0].lookup("kvm/rmi.c") == ONE
    assert walk[2].lookup("kvm/rmi.c") is None


def test_a_displaced_hunk_is_told() -> None:
    grown = CREATE.replace("+1,3 @@\n", "+1,5 @@\n+zero\n+zero\n")
    _, second = snapshots(series_of(patch(grown), patch(CHANGE)))
    assert only(second).text == "zero\nzero\n" + TWO
    assert only(second).added == {4, 5}
    (note,) = second.notes
    assert "2 lines below" in note.text


def test_a_cut_new_file_is_a_fragment() -> None:
    (snapshot,) = snapshots(series_of(patch(CREATE.replace("+1,3", "+1,30"))))
    assert only(snapshot).origin == FRAGMENT
    assert only(snapshot).added == {1, 2, 3}
    assert "incomplete" in snapshot.notes[0].text


@pytest.mark.parametrize("found", [True, False])
def test_a_file_whose_hunk_is_lost_is_a_fragment(found: bool) -> None:
    """Neither its pre-image nor an empty file is what the patch makes; the post-image is."""

    class Blobs:
        """A tree that has both images of CHANGE, or only the older one."""

        def blob(self, blob_id: str) -> str | None:
            return ONE if blob_id.startswith("1") else TWO if found else None

        def file(self, path: str, rev: str | None = None) -> str:
            return ONE

    def lose(diff: str) -> Patch:
        return patch("\n".join(re.sub("^@@ .*", "@@ x @@", line) for line in diff.splitlines()))

    (created,) = snapshots(series_of(lose(CREATE)))
    assert (only(created).origin, created.files) == (FRAGMENT, {})
    tree: Any = Blobs()
    (changed,) = snapshots(series_of(lose(CHANGE)), tree)
    state = only(changed)
    assert (state.text, state.before, state.added) == (TWO if found else None, None, frozenset())


def test_a_file_of_which_one_hunk_is_lost_is_a_fragment() -> None:
    lost = CHANGE + "@@ lost @@\n+int four;\n"
    walk = list(snapshots(series_of(patch(CREATE), patch(lost), patch(CHANGE))))
    assert [only(snapshot).origin for snapshot in walk] == [CREATED, FRAGMENT, FRAGMENT]
    assert only(walk[1]).added == {2, 3}


def test_deleted_and_made_again() -> None:
    walk = list(snapshots(series_of(patch(CREATE), patch(DELETE), patch(CREATE))))
    state = only(walk[1])
    assert (state.path, state.deleted, state.text) == ("kvm/rmi.c", True, None)
    assert state.before == ONE
    assert not state.added
    assert [snapshot.lookup("kvm/rmi.c") for snapshot in walk] == [ONE, None, ONE]
    assert not walk[1].files


def test_renamed_and_copied() -> None:
    def moved(word: str, new: str) -> str:
        hunk = CHANGE[CHANGE.index("@@") :]
        return (
            f"diff --git a/kvm/rmi.c b/kvm/{new}\nsimilarity index 80%\n"
            f"{word} from kvm/rmi.c\n{word} to kvm/{new}\n"
            f"--- a/kvm/rmi.c\n+++ b/kvm/{new}\n{hunk}"
        )

    bare = (
        "diff --git a/kvm/new.c b/kvm/last.c\nsimilarity index 100%\n"
        "rename from kvm/new.c\nrename to kvm/last.c\n"
    )
    walk = list(
        snapshots(
            series_of(
                patch(CREATE),
                patch(moved("copy", "copy.c")),
                patch(moved("rename", "new.c")),
                patch(bare),
            )
        )
    )
    assert walk[1].files["kvm/rmi.c"].text == ONE
    assert walk[1].files["kvm/copy.c"].text == TWO
    assert list(walk[2].files) == ["kvm/copy.c", "kvm/new.c"]
    assert walk[2].lookup("kvm/rmi.c") is None
    assert only(walk[2]).added == {2, 3}
    assert only(walk[3]).text == TWO
    assert not only(walk[3]).added
    assert list(walk[3].files) == ["kvm/copy.c", "kvm/last.c"]


def test_only_c_is_rebuilt() -> None:
    (snapshot,) = snapshots(series_of(patch(CREATE.replace("rmi.c", "Kconfig"))))
    assert only(snapshot).origin == FRAGMENT
    assert only(snapshot).path == "kvm/Kconfig"
    assert not snapshot.notes


def test_diffs_of_replies_stand_alone() -> None:
    first, twin, reply, last = snapshots(
        series_of(
            patch(CREATE),
            patch(CREATE, kind="reply"),
            patch(CHANGE, kind="reply"),
            patch(CHANGE),
        )
    )
    assert only(first).text == ONE
    assert only(twin).text == ONE
    assert only(reply).origin == FRAGMENT
    assert only(last).text == TWO


def damaged(diff: str) -> st.SearchStrategy[str]:
    """The diff with lines lost, doubled, swapped or without their first blank."""
    lines = diff.splitlines()

    def damage(spots: list[tuple[int, str]]) -> str:
        result = list(lines)
        for spot, what in spots:
            at = spot % max(len(result), 1)
            if what == "lost":
                del result[at : at + 1]
            elif what == "twice":
                result[at:at] = result[at : at + 1]
            elif what == "swapped":
                result[at : at + 2] = result[at : at + 2][::-1]
            else:
                result[at : at + 1] = [line.lstrip() for line in result[at : at + 1]]
        return "".join(f"{line}\n" for line in result)

    spot = st.tuples(st.integers(0, 99), st.sampled_from(["lost", "twice", "swapped", "lstrip"]))
    return st.lists(spot, max_size=2).map(damage)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([CREATE, CHANGE, DELETE, OTHER]).flatmap(damaged), max_size=6))
def test_whatever_the_mails_hold_added_lines_are_the_patch_s(diffs: list[str]) -> None:
    for snapshot in snapshots(series_of(*(patch(diff) for diff in diffs))):
        for state in snapshot.changed:
            stated = [line for hunk in state.hunks for line in hunk.added]
            if state.text is None:
                assert state.added == {line.new for line in stated if line.new is not None}
                continue
            text = state.text.split("\n")
            assert [text[number - 1] for number in sorted(state.added)] == [
                line.text for line in stated
            ]
        for path, state in {state.path: state for state in snapshot.changed}.items():
            assert (snapshot.files.get(path) is state) == (state.text is not None)
        for path, state in snapshot.files.items():
            assert state.text is not None
            assert snapshot.lookup(path) == state.text


# A series with a tree.

MMU = "arch/arm64/kvm/mmu.c"
RMI = "arch/arm64/kvm/rmi.c"


class Repo:
    """Three commits over a file that was there before and one that was not."""

    def __init__(self, top: Path) -> None:
        self.top = top
        git(top, "init", "--quiet", "--initial-branch=main")
        lines = [f"int line_{number};" for number in range(1, 61)]
        self.texts = []
        self.commits = []
        for step in range(4):
            if step:
                lines[step * 15] = f"int changed_{step};"
                if step < 3:
                    lines.insert(5, f"int added_{step};")
                (top / RMI).write_text("".join(f"int rmi_{n};\n" for n in range(step)))
            (top / MMU).parent.mkdir(parents=True, exist_ok=True)
            (top / MMU).write_text("\n".join(lines) + "\n")
            (top / "arch/arm64/kvm/arm.h").write_text("int arm;\n")
            git(top, "add", "--all")
            git(top, "commit", "--quiet", "-m", f"step {step}")
            self.texts.append((top / MMU).read_text())
            self.commits.append(git(top, "rev-parse", "HEAD").decode().strip())

    def mails(self, *flags: str) -> list[Mail]:
        data = git(self.top, "format-patch", "--stdout", *flags, f"{self.commits[0]}..main")
        return read_mails(data, "mbox")


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    return Repo(tmp_path_factory.mktemp("linux"))


def walk(mails: list[Mail], tree: Tree | None) -> list[Snapshot]:
    (series,) = group(mails)
    return list(snapshots(series, tree))


def state_of(snapshot: Snapshot, path: str) -> FileState:
    (state,) = [state for state in snapshot.changed if state.path == path]
    return state


def without_index(mails: list[Mail]) -> list[Mail]:
    for mail in mails:
        mail.body = re.sub(r"(?m)^index .*\n", "", mail.body)
    return mails


def added_lines(old: str, new: str) -> set[int]:
    return {
        number
        for number, line in enumerate(new.splitlines(), 1)
        if line not in old.splitlines()  # all lines differ from each other
    }


def test_one_mail_in_its_repository(repo: Repo) -> None:
    with Tree.open(str(repo.top)) as tree:
        for step in (1, 2, 3):
            (snapshot,) = walk([repo.mails()[step - 1]], tree)
            state = state_of(snapshot, MMU)
            assert state.origin == BLOB
            assert state.text == repo.texts[step]
            assert state.before == repo.texts[step - 1]
            assert state.added == added_lines(state.before, state.text)
            assert snapshot.lookup("arch/arm64/kvm/arm.h") == "int arm;\n"
            assert snapshot.lookup("arch/arm64/kvm/absent.h") is None
            assert not snapshot.notes
        # Patch 3 changes a file that an earlier patch creates.
        assert state_of(snapshot, RMI).text == "int rmi_0;\nint rmi_1;\nint rmi_2;\n"
        assert state_of(snapshot, RMI).added == {3}


def test_the_same_mail_without_it(repo: Repo) -> None:
    (snapshot,) = walk([repo.mails()[1]], None)
    assert {state.origin for state in snapshot.changed} == {FRAGMENT}
    assert snapshot.lookup("arch/arm64/kvm/arm.h") is None


def test_a_clone_that_has_only_the_pre_image(repo: Repo, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "clone")
    git(tmp_path / "clone", "fetch", "--quiet", str(repo.top), repo.commits[0])
    with Tree.open(str(tmp_path / "clone")) as tree:
        steps = walk(repo.mails(), tree)
    for step, snapshot in enumerate(steps, 1):
        state = state_of(snapshot, MMU)
        assert (state.before, state.text) == (repo.texts[step - 1], repo.texts[step])
        assert state.origin == BLOB
        assert state_of(snapshot, RMI).origin == CREATED


def test_the_base_commit(repo: Repo, tmp_path: Path) -> None:
    mails = without_index(repo.mails(f"--base={repo.commits[0]}"))
    assert group(mails)[0].base_commit == repo.commits[0]
    git(tmp_path, "init", "--quiet", "clone")
    git(tmp_path / "clone", "fetch", "--quiet", str(repo.top), repo.commits[0])
    with Tree.open(str(tmp_path / "clone")) as tree:
        steps = walk(mails, tree)
        assert [state_of(snapshot, MMU).text for snapshot in steps] == repo.texts[1:]
        assert {state_of(snapshot, MMU).origin for snapshot in steps} == {BASE}
        assert steps[0].lookup("arch/arm64/kvm/arm.h") == "int arm;\n"


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_plain_directory_that_fits(repo: Repo, tmp_path: Path, place: str) -> None:
    (tmp_path / MMU).parent.mkdir(parents=True)
    (tmp_path / MMU).write_text(repo.texts[0 if place == "before" else 1])
    with Tree.open(str(tmp_path)) as tree:
        snapshot = walk(repo.mails(), tree)[0]
    state = state_of(snapshot, MMU)
    assert (state.origin, state.before, state.text) == (TREE, *repo.texts[:2])
    assert state.added == added_lines(*repo.texts[:2])


def test_a_plain_directory_that_does_not_fit(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / MMU).parent.mkdir(parents=True)
    # One line more at the top: git would apply it, but who knows what else differs.
    (tmp_path / MMU).write_text("// other\n" + repo.texts[0])
    with Tree.open(str(tmp_path)) as tree:
        snapshot = walk(repo.mails(), tree)[0]
    assert state_of(snapshot, MMU).origin == FRAGMENT
    assert [note.text for note in snapshot.notes if MMU in note.text]
    assert snapshot.lookup(MMU) is None, "the tree's file is not the file after this patch"


def test_a_tree_that_lacks_an_earlier_patch_is_not_taken(repo: Repo, tmp_path: Path) -> None:
    first, _, third = repo.mails()
    first.body = first.body.replace(" int line_5;", " int line_unlike;")
    (tmp_path / MMU).parent.mkdir(parents=True)
    (tmp_path / MMU).write_text(repo.texts[2])  # patch 3 would fit
    with Tree.open(str(tmp_path)) as tree:
        assert state_of(walk([third], tree)[0], MMU).origin == TREE
        steps = walk([first, third], tree)
    assert [state_of(snapshot, MMU).origin for snapshot in steps] == [FRAGMENT, FRAGMENT]


def test_a_deleted_file_is_not_looked_up_in_the_tree(tmp_path: Path) -> None:
    (tmp_path / "kvm").mkdir()
    (tmp_path / "kvm" / "rmi.c").write_text(ONE)
    with Tree.open(str(tmp_path)) as tree:
        (snapshot,) = snapshots(series_of(patch(DELETE)), tree)
        assert snapshot.lookup("kvm/rmi.c") is None
    assert only(snapshot).deleted


def test_only_the_blobs_of_sources_are_asked_for() -> None:
    asked: list[str | None] = []

    class Asked(Tree):
        def blob(self, blob_id: str | None) -> str | None:
            asked.append(blob_id)
            return None

    tree = Asked("/nonexistent", (), git=True)
    diffs = [DELETE, CHANGE, DELETE.replace("rmi.c", "Makefile"), CHANGE.replace("rmi.c", "a.rst")]
    for diff in diffs:
        list(snapshots(series_of(patch(diff)), tree))
    assert asked == ["1" * 12, "2" * 12, "1" * 12]


def test_insertions_without_context_do_not_prove_a_tree(tmp_path: Path) -> None:
    (tmp_path / "kvm").mkdir()
    (tmp_path / "kvm" / "mmu.c").write_text("unrelated\n" * 20)
    diff = OTHER.replace("@@ -10,2 +10,3 @@ int mmu(void)\n before\n", "@@ -10,0 +11 @@\n")
    diff = diff.replace(" after\n", "")
    with Tree.open(str(tmp_path)) as tree:
        (snapshot,) = snapshots(series_of(patch(diff)), tree)
    assert only(snapshot).origin == FRAGMENT


def test_a_blob_id_is_not_believed_blindly(repo: Repo) -> None:
    # The patch was edited by hand after `git format-patch` wrote it.
    mail = repo.mails()[0]
    mail.body = mail.body.replace("+int changed_1;", "+int edited;")
    with Tree.open(str(repo.top)) as tree:
        (snapshot,) = walk([mail], tree)
    state = state_of(snapshot, MMU)
    assert state.text == repo.texts[1].replace("changed_1", "edited")
    assert state.before == repo.texts[0]


def test_a_gap_in_the_series_is_filled_from_the_repository(repo: Repo) -> None:
    # Patch 3 fits the text without patch 2, too, a line displaced.
    first, _, third = repo.mails()
    with Tree.open(str(repo.top)) as tree:
        steps = walk([first, third], tree)
    assert state_of(steps[1], MMU).text == repo.texts[3]


def test_a_quoted_part_of_a_patch_in_the_repository(repo: Repo, tmp_path: Path) -> None:
    body = repo.mails()[0].body.splitlines()
    cut = next(number for number, line in enumerate(body) if line.startswith("+int added_1"))
    quoted = "".join(f"> {line}\n" for line in body[: cut + 1]) + "\nWhy?\n"
    mail = Mail("reply", 1, parse_subject("Re: [PATCH 1/3] step 1"), quoted)
    with Tree.open(str(repo.top)) as tree:
        (snapshot,) = walk([mail], tree)
    state = state_of(snapshot, MMU)
    assert (state.origin, state.text, state.before) == (BLOB, repo.texts[1], None)
    assert state.added == {6}

    git(tmp_path, "init", "--quiet", "clone")
    git(tmp_path / "clone", "fetch", "--quiet", str(repo.top), repo.commits[0])
    with Tree.open(str(tmp_path / "clone")) as tree:
        (snapshot,) = walk([mail], tree)
    state = state_of(snapshot, MMU)
    assert (state.origin, state.text) == (FRAGMENT, None), "half a patch makes no file"
    assert state.added == {6}


def test_a_hostile_mail_reads_nothing_outside(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "secret.c").write_text("before\nafter\n")
    (tmp_path / "tree").mkdir()
    for path in ("../secret.c", f"{tmp_path}/secret.c", "a/../../secret.c"):
        diff = OTHER.replace("kvm/mmu.c", path).replace("-10,2 +10,3", "-1,2 +1,3")
        with Tree.open(str(tmp_path / "tree")) as tree:
            (snapshot,) = snapshots(series_of(patch(diff)), tree)
            assert all(state.text is None for state in snapshot.changed)
            assert snapshot.lookup(path) is None


# The real thing.

VERSIONS = ["v4", "v5", "v6", "v7", "v8", "v9", "v10", "v12", "v13"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_corpus_as_git_apply_has_it(shared: Path, tmp_path: Path, version: str) -> None:
    (series,) = group(read_path(str(shared / "corpus" / f"cca-kvm-{version}.mbox")))
    steps = list(snapshots(series))
    assert not [note for snapshot in steps for note in snapshot.notes]
    files = steps[-1].files
    assert len(files) == 5
    git(tmp_path, "init", "--quiet")
    includes = [f"--include={path}" for path in files]
    for one in series.patches:
        if any(file.path in files for file in one.files):
            data = one.mail.body.encode("utf-8", "surrogateescape")
            git(tmp_path, "apply", "--whitespace=nowarn", *includes, "-", data=data)
    for path, state in files.items():
        assert state.text is not None
        assert state.text.encode("utf-8", "surrogateescape") == (tmp_path / path).read_bytes()
        assert state.origin == CREATED
