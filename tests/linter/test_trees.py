"""Where the whole file comes from: each way must let a rule see a function to its ends."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from linter import cli
from tests.small_tree import ARM, LINE, MMU, RULE, commit, git, mail, make

Capture = pytest.CaptureFixture[str]
Patcher = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("kernel") / "tree")


@pytest.fixture
def lint(monkeypatch: Patcher, capsys: Capture, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`lint(folder, arguments, text)`: the report of rmilint, started in a folder."""
    home = tmp_path_factory.mktemp("home")

    def run(folder: Path, arguments: list[str], text: str = "") -> dict[str, Any]:
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.chdir(folder)
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        status = cli.main(["--format", "json", *arguments])
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert status == (1 if report["findings"] else 0)
        return report

    return run


def seen(report: dict[str, Any]) -> list[tuple[str, str, int, bool]]:
    return [(f["rule"], f["path"], f["line"], f["fragment"]) for f in report["findings"]]


WHOLE = [(RULE, MMU, LINE, False)]


def test_without_a_tree_the_function_is_not_whole(made: Path, tmp_path: Path, lint: Any) -> None:
    """The control: nothing below would be found by the hunk alone."""
    assert seen(lint(tmp_path, [], mail(made))) == []


def test_a_range_of_commits(made: Path, lint: Any) -> None:
    report = lint(made, ["--git", "HEAD~2..HEAD"])
    assert seen(report) == WHOLE
    assert report["findings"][0]["patch"]["index"] == 1
    assert seen(lint(made, ["--git", "HEAD~1..HEAD"])) == []
    assert seen(lint(made, ["--git", "HEAD~1"])) == WHOLE


@pytest.mark.parametrize("place", [".", "arch/arm64"])
def test_one_mail_inside_the_tree(made: Path, lint: Any, place: str) -> None:
    assert seen(lint(made / place, [], mail(made))) == WHOLE


def test_a_mail_and_the_tree_by_name(made: Path, tmp_path: Path, lint: Any) -> None:
    (tmp_path / "x.patch").write_text(mail(made))
    assert seen(lint(tmp_path, ["--tree", str(made), "x.patch"])) == WHOLE


def test_a_bare_repository(made: Path, tmp_path: Path, lint: Any) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(made), "bare.git")
    assert seen(lint(tmp_path, ["--tree", "bare.git"], mail(made))) == WHOLE
    assert seen(lint(tmp_path, ["--tree", "bare.git", "--git", "HEAD~2..HEAD"])) == WHOLE


def test_a_plain_directory_with_the_files_as_they_were(
    made: Path, tmp_path: Path, lint: Any
) -> None:
    for path in (MMU, ARM):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(git(made, "show", f"HEAD~2:{path}"))
    assert seen(lint(tmp_path, [], mail(made))) == []  # a directory is no tree unless it is named
    assert seen(lint(tmp_path, ["--tree", "."], mail(made))) == WHOLE


def test_the_base_commit_where_no_blob_is_named(made: Path, tmp_path: Path, lint: Any) -> None:
    """Mails without `index` lines, and a work tree that has moved on."""
    git(tmp_path, "clone", "-q", str(made), "copy")
    tree = tmp_path / "copy"
    base = git(tree, "rev-parse", "HEAD~2").strip()
    commit(tree, MMU, "/* gone */\n", "Empty the file")
    bare = re.sub(r"^index .*\n", "", mail(made), flags=re.M)
    assert seen(lint(tree, [], bare)) == []
    told = bare.replace("\n-- \n", f"\nbase-commit: {base}\n-- \n")
    assert seen(lint(tree, [], told)) == WHOLE


def test_a_linked_work_tree(made: Path, tmp_path: Path, lint: Any) -> None:
    git(tmp_path, "clone", "-q", str(made), "copy")
    git(tmp_path / "copy", "worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "HEAD~2")
    assert seen(lint(tmp_path / "linked", ["--git", "HEAD..origin/main"])) == WHOLE
    assert seen(lint(tmp_path / "linked", [], mail(made))) == WHOLE


# -- what is not there -------------------------------------------------------


@pytest.fixture
def shallow(made: Path, tmp_path: Path) -> Any:
    def clone(depth: int) -> Path:
        git(tmp_path, "clone", "-q", f"--depth={depth}", made.as_uri(), "shallow")
        return tmp_path / "shallow"

    return clone


def test_a_shallow_clone_that_has_the_range(shallow: Any, lint: Any) -> None:
    assert seen(lint(shallow(3), ["--git", "HEAD~2..HEAD"])) == WHOLE


@pytest.mark.parametrize("revisions", ["HEAD~2..HEAD", "HEAD~1"])
def test_a_shallow_clone_that_ends_too_early(
    shallow: Any, capsys: Capture, monkeypatch: Patcher, revisions: str
) -> None:
    """`HEAD~1` is there, but not what was before it: it would seem to bring the whole tree."""
    monkeypatch.chdir(shallow(2))
    assert cli.main(["--no-config", "--git", revisions]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "this clone is shallow: `git fetch --unshallow`" in err


def test_a_base_that_is_not_there_is_told(
    made: Path, tmp_path: Path, lint: Any, capsys: Capture, monkeypatch: Patcher
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    commit(other, "readme", "another project\n", "Begin")
    text = mail(made, "--base=HEAD~2")
    report = lint(other, [], text)
    assert seen(report) == []
    blob = git(made, "rev-parse", f"HEAD~2:{MMU}")[:12]
    base = git(made, "rev-parse", "HEAD~2")[:12]
    named = re.search(r"^index ([0-9a-f]+)\.\.", text, re.M)
    assert named and blob.startswith(named[1])
    (said,) = (note for note in report["notes"] if "repository" in note["text"])
    assert said["text"] == (
        f"the text of {MMU} (blob {named[1]}) is not in this repository; only the hunks are "
        f"checked; the series is for commit {base}"
    )
    # as b4 starts it, a word would be a complaint about the patch
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert cli.main([]) == 0
    assert capsys.readouterr() == ("", "")


def test_git_that_refuses_to_work_is_told(made: Path, tmp_path: Path, lint: Any) -> None:
    """As in a container whose user does not own the tree."""
    shutil.copytree(made, tmp_path / "broken")
    (tmp_path / "broken" / ".git" / "HEAD").write_text("nothing\n")
    (tmp_path / "broken" / MMU).unlink()
    report = lint(tmp_path / "broken", [], mail(made))
    assert seen(report) == []
    assert any(note["text"].startswith("fatal: ") for note in report["notes"])
