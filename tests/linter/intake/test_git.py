"""Files out of repositories and directories: found, bounded, never written."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from linter.intake import git
from linter.intake.git import GitError, Tree, read_range, safe_path
from linter.intake.patch import Note
from linter.intake.series import group

PATH = "arch/arm64/kernel/rmi.c"
IDENTITY = {
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05 +0000",
    "GIT_COMMITTER_NAME": "A U Thor",
    "GIT_COMMITTER_EMAIL": "author@example.org",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05 +0000",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


def run(cwd: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env=os.environ | IDENTITY,
        check=True,
        capture_output=True,
    )
    return done.stdout.decode().strip()


def commit(repo: Path, files: dict[str, str], message: str) -> str:
    for path, text in files.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_text(text)
    run(repo, "add", "--all")
    run(repo, "commit", "--quiet", "-m", message)
    return run(repo, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of three commits; two of them change PATH."""
    repo = tmp_path_factory.mktemp("git") / "linux"
    repo.mkdir()
    run(repo, "init", "--quiet", "--initial-branch=main")
    numbers = "".join(f"{number}\n" for number in range(50))
    base = {PATH: "one\ntwo\nthree\n", "Makefile": "all:\n", "kvm/a.c": numbers}
    commit(repo, base, "base")
    ends = numbers.replace("10\n", "ten\n").replace("20\n", "twenty\n")
    commit(repo, {PATH: "one\n2\nthree\n", "kvm/a.c": ends}, "second")
    run(repo, "mv", "kvm/a.c", "kvm/b.c")
    commit(repo, {PATH: "one\n2\nthree\nfour\n", "kvm/new.c": "int new;\n"}, "third")
    return repo


def tracks(folder: Path) -> dict[str, tuple[int, int]]:
    """Name, size and time of everything below `folder`."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in [".", *names]:
            status = os.lstat(os.path.join(place, name))
            found[os.path.join(place, name)] = (status.st_size, status.st_mtime_ns)
    return found


@pytest.mark.parametrize("path", ["a.c", "arch/arm64/kvm/rmi.c", "a b/c..h", "..c", ".gitignore"])
def test_ordinary_paths_are_safe(path: str) -> None:
    assert safe_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x.c",
        "a/../../x.c",
        "a/..",
        "./a.c",
        "a//b.c",
        "a/",
        ".git/config",
        "sub/.GIT/config",
        "a\0.c",
        "a.c\nHEAD:b.c",
        "a/" * 3000 + "b.c",
    ],
)
def test_other_paths_are_not(path: str, made: Path) -> None:
    assert not safe_path(path)
    with Tree.open(str(made)) as tree:
        assert tree.file(path) is None
        assert tree.file(path, run(made, "rev-parse", "HEAD")) is None
        # Nor does it put the conversation with git out of step.
        assert tree.blob(run(made, "rev-parse", "HEAD:Makefile")) == "all:\n"


def test_no_directory_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("file", "absent"):
        with pytest.raises(GitError, match=name):
            Tree.open(str(tmp_path / name))


def test_blobs_by_id(made: Path) -> None:
    old = run(made, "rev-parse", f"HEAD~2:{PATH}")
    new = run(made, "rev-parse", f"HEAD:{PATH}")
    with Tree.open(str(made)) as tree:
        assert tree.blob(old) == "one\ntwo\nthree\n"
        assert tree.blob(new[:12]) == "one\n2\nthree\nfour\n"
        assert tree.blob(new.upper()) == "one\n2\nthree\nfour\n"


def test_only_ids_of_blobs_are_answered(made: Path) -> None:
    with Tree.open(str(made)) as tree:
        for name in (
            "HEAD",
            "HEAD:Makefile",
            "--help",
            "",
            None,
            "0" * 40,
            "0" * 7,
            "12",
            "e" * 39,
        ):
            assert tree.blob(name) is None, name
        assert tree.blob(run(made, "rev-parse", "HEAD")) is None
        assert tree.blob(run(made, "rev-parse", "HEAD^{tree}")) is None
        # The conversation is still in step.
        assert tree.blob(run(made, "rev-parse", "HEAD:Makefile")) == "all:\n"


def test_one_process_and_only_when_asked(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(real(*args, **options))
        return started[-1]

    blob = run(made, "rev-parse", "HEAD:Makefile")
    second = run(made, "rev-parse", "HEAD~1")
    monkeypatch.setattr(subprocess, "Popen", popen)
    tree = Tree.open(str(made))
    assert tree.file(PATH) is not None
    assert tree.blob("0" * 40) is None
    assert not started
    assert tree.blob(blob) == "all:\n"
    assert tree.file(PATH, second) == "one\n2\nthree\n"
    assert len(started) == 1
    tree.close()
    assert started[0].returncode is not None
    assert tree.blob(blob) == "all:\n", "a closed tree opens again"
    tree.close()
    assert len(started) == 2


def test_bytes_that_are_no_utf8_come_back(tmp_path: Path) -> None:
    run(tmp_path, "init", "--quiet")
    data = b"/* \xe9\xff */\r\nlast"
    (tmp_path / "latin.c").write_bytes(data)
    run(tmp_path, "add", "--all")
    with Tree.open(str(tmp_path)) as tree:
        for text in (tree.file("latin.c"), tree.blob(run(tmp_path, "hash-object", "latin.c"))):
            assert text is not None
            assert text.encode("utf-8", "surrogateescape") == data


def test_a_file_in_a_commit(made: Path) -> None:
    base = run(made, "rev-parse", "HEAD~2")
    with Tree.open(str(made)) as tree:
        assert tree.file(PATH, base) == "one\ntwo\nthree\n"
        assert tree.file(PATH, base[:10]) == "one\ntwo\nthree\n"
        assert tree.file("kvm/new.c", base) is None
        assert tree.file("kvm", run(made, "rev-parse", "HEAD")) is None
        assert tree.file(PATH, "main") is None, "a mail may name commits by id only"
        assert tree.file(PATH, "f" * 40) is None


def test_paths_start_at_the_top(made: Path) -> None:
    with Tree.open(str(made / "arch" / "arm64")) as tree:
        assert tree.file(PATH) == "one\n2\nthree\nfour\n"
        assert tree.blob(run(made, "rev-parse", "HEAD:Makefile")) == "all:\n"


def test_a_linked_work_tree(made: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    run(tmp_path, "clone", "--quiet", str(made), str(clone))
    run(clone, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"), "HEAD~1")
    with Tree.open(str(tmp_path / "linked")) as tree:
        assert tree.file(PATH) == "one\n2\nthree\n"
        assert tree.blob(run(made, "rev-parse", f"HEAD:{PATH}")) == "one\n2\nthree\nfour\n"


def test_a_bare_repository(made: Path, tmp_path: Path) -> None:
    run(tmp_path, "clone", "--quiet", "--bare", str(made), "bare.git")
    with Tree.open(str(tmp_path / "bare.git")) as tree:
        assert tree.file(PATH) == "one\n2\nthree\nfour\n"
        assert tree.file("HEAD") is None, "a file of git itself is no file of the tree"
        assert tree.blob(run(made, "rev-parse", f"HEAD~2:{PATH}")) == "one\ntwo\nthree\n"


def test_a_plain_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.c").write_text("int a;\n")
    monkeypatch.setenv("PATH", "")  # git is not even looked for
    with Tree.open(str(tmp_path)) as tree:
        assert tree.file("a.c") == "int a;\n"
        assert tree.file("b.c") is None
        assert tree.blob("1" * 40) is None
        assert tree.file("a.c", "1" * 40) is None
        assert not tree.git
        assert not tree.error


def test_an_archive_inside_an_unrelated_repository(made: Path) -> None:
    unpacked = made / "unpacked"
    (unpacked / "virt").mkdir(parents=True)
    (unpacked / "virt" / "main.c").write_text("int main;\n")
    with Tree.open(str(unpacked)) as tree:
        assert tree.file("virt/main.c") == "int main;\n"


def test_links_must_stay_in_the_tree(tmp_path: Path) -> None:
    (tmp_path / "secret.c").write_text("secret\n")
    root = tmp_path / "tree"
    (root / "real").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("token\n")
    (root / "real" / "in.c").write_text("inside\n")
    (root / "out.c").symlink_to("../secret.c")
    (root / "absolute.c").symlink_to(tmp_path / "secret.c")
    (root / "up").symlink_to("..")
    (root / "meta.c").symlink_to(".git/config")
    (root / "loop.c").symlink_to("loop.c")
    (root / "alias.c").symlink_to("real/in.c")
    with Tree.open(str(root)) as tree:
        assert tree.file("alias.c") == "inside\n"
        for path in ("out.c", "absolute.c", "up/secret.c", "up/tree/.git/config", "meta.c"):
            assert tree.file(path) is None, path
        assert tree.file("loop.c") is None
        # Out and in again is inside.
        assert tree.file("up/tree/real/in.c") == "inside\n"


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.c")
    (tmp_path / "dir.c").mkdir()
    (tmp_path / "null.c").symlink_to("/dev/null")
    with Tree.open(str(tmp_path)) as tree:
        for path in ("fifo.c", "dir.c", "null.c", "dir.c/x.c", "\udcff\ud800.c"):
            assert tree.file(path) is None, path


def test_huge_files_are_left_out(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "LIMIT", 16)
    with Tree.open(str(made)) as tree:
        assert tree.file(PATH) is None  # 19 bytes
        assert tree.blob(run(made, "rev-parse", f"HEAD:{PATH}")) is None
        assert tree.blob(run(made, "rev-parse", f"HEAD~2:{PATH}")) == "one\ntwo\nthree\n"
        assert tree.file("Makefile") == "all:\n"


def test_git_that_refuses_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    (tmp_path / "a.c").write_text("int a;\n")
    with Tree.open(str(tmp_path)) as tree:
        assert tree.blob("1" * 40) is None
        assert "not a git repository" in tree.error
        monkeypatch.setenv("PATH", "")
        assert tree.blob("2" * 40) is None, "git is not asked again"
        assert "not a git repository" in tree.error
        assert tree.file("a.c") == "int a;\n"


def test_no_git_at_all(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with Tree.open(str(made)) as tree:
        assert tree.blob("1" * 40) is None
        assert tree.error == "git: No such file or directory"
    with pytest.raises(GitError, match="No such file"):
        read_range(str(made), "HEAD~1..HEAD")


def test_a_hook_s_environment_does_not_lead_away(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = run(made, "rev-parse", f"HEAD:{PATH}")
    run(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    with Tree.open(str(made)) as tree:
        assert tree.blob(blob) == "one\n2\nthree\nfour\n"
    assert [mail.subject.title for mail in read_range(str(made), "HEAD~1..HEAD")] == ["third"]


def test_nothing_is_written(made: Path) -> None:
    before = tracks(made)
    with Tree.open(str(made)) as tree:
        tree.file(PATH)
        tree.file(PATH, run(made, "rev-parse", "HEAD"))
        tree.blob(run(made, "rev-parse", f"HEAD:{PATH}"))
        tree.blob("1" * 40)
    read_range(str(made), "HEAD~2..HEAD")
    assert tracks(made) == before


def test_a_partial_clone_fetches_nothing(made: Path, tmp_path: Path) -> None:
    run(tmp_path, "clone", "--quiet", str(made), "server")
    run(tmp_path / "server", "config", "uploadpack.allowFilter", "true")
    url = f"file://{tmp_path}/server"
    run(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", url, "partial")
    blob = run(made, "rev-parse", f"HEAD:{PATH}")
    before = tracks(tmp_path / "partial")
    with Tree.open(str(tmp_path / "partial")) as tree:
        assert tree.blob(blob) is None
    assert tracks(tmp_path / "partial") == before


def test_a_range_as_mails(made: Path) -> None:
    mails = read_range(str(made), "HEAD~2..HEAD")
    assert [mail.subject.text for mail in mails] == ["[PATCH 1/2] second", "[PATCH 2/2] third"]
    assert f"--- a/{PATH}\n+++ b/{PATH}\n" in mails[0].body
    assert "--- /dev/null\n+++ b/kvm/new.c\n@@ -0,0 +1 @@\n+int new;\n" in mails[1].body
    assert run(made, "rev-parse", f"HEAD:{PATH}") in mails[1].body


def test_a_range_of_several_authors_is_one_series(made: Path, tmp_path: Path) -> None:
    run(tmp_path, "clone", "--quiet", str(made), "clone")
    repo = tmp_path / "clone"
    (repo / "logo").write_bytes(b"\0\1")
    commit(repo, {"kvm/new.c": "int newer;\n"}, "fourth")
    run(repo, "commit", "--quiet", "--amend", "--no-edit", "--author=B <b@example.org>")
    run(repo, "commit", "--quiet", "--allow-empty", "-m", "empty")
    mails = read_range(str(repo), "HEAD~4..HEAD")
    assert len({mail.sender for mail in mails}) == 2
    (series,) = group(mails)
    titles = [patch.mail.subject.title for patch in series.patches]
    assert titles == ["second", "third", "fourth", "empty"]
    assert series.notes == []
    assert series.patches[3].notes == [Note('commit "empty"', 0, "no diff in this patch")]
    # The stream that git writes has lines, but nobody can look them up.
    found = [note for patch in series.patches for file in patch.files for note in file.notes]
    assert found == [Note('commit "fourth"', 0, "logo: binary file: not read")]


def test_one_commit_as_a_mail(made: Path) -> None:
    (mail,) = read_range(str(made), "HEAD~1")
    assert mail.subject.title == "second"
    assert read_range(str(made), "HEAD..HEAD") == []


@pytest.mark.parametrize("revisions", ["", "-1", "--output=x", "nowhere", "HEAD..nowhere", "a\0b"])
def test_a_wrong_range_is_an_error(made: Path, revisions: str) -> None:
    with pytest.raises(GitError) as caught:
        read_range(str(made), revisions)
    assert str(caught.value)


def test_a_range_needs_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        read_range(str(tmp_path), "HEAD")
    with pytest.raises(GitError, match="cannot change to"):
        read_range(str(tmp_path / "absent"), "HEAD")


def test_no_configuration_changes_the_mails(made: Path, tmp_path: Path) -> None:
    def taken(repo: Path) -> list[tuple[str, ...]]:
        mails = read_range(str(repo), "HEAD~2..HEAD")
        return [(one.body, one.message_id, one.to, one.sender) for one in mails]

    plain = taken(made)
    assert "@@ -18,7 +18,7 @@" in plain[0][0], "two hunks"
    assert "rename from kvm/a.c" in plain[1][0]
    clone = tmp_path / "clone"
    run(tmp_path, "clone", "--quiet", str(made), str(clone))
    (tmp_path / "order").write_text("kvm/*\n")
    for name, value in {
        "color.ui": "always",
        "core.pager": "false",
        "diff.algorithm": "patience",
        "diff.context": "0",
        "diff.external": "false",
        "diff.interHunkContext": "9",
        "diff.mnemonicPrefix": "true",
        "diff.noprefix": "true",
        "diff.orderFile": str(tmp_path / "order"),
        "diff.renames": "false",
        "diff.loud.textconv": "tr a-z A-Z <",
        "format.attach": "boundary",
        "format.coverLetter": "true",
        "format.from": "true",
        "format.notes": "true",
        "format.numbered": "false",
        "format.outputDirectory": str(tmp_path / "out"),
        "format.signature": "signed",
        "format.subjectPrefix": "RFC",
        "format.thread": "deep",
        "format.to": "list@example.org",
        "format.useAutoBase": "true",
        "log.showSignature": "true",
    }.items():
        run(clone, "config", name, value)
    (clone / ".git" / "info" / "attributes").write_text("*.c diff=loud\n")
    mails = read_range(str(clone), "HEAD~2..HEAD")
    assert taken(clone) == plain
    assert [mail.subject.text for mail in mails] == ["[PATCH 1/2] second", "[PATCH 2/2] third"]
    assert not (tmp_path / "out").exists()


def test_a_commit_message_begins_no_mail(made: Path, tmp_path: Path) -> None:
    run(tmp_path, "clone", "--quiet", str(made), "clone")
    message = "title\n\nFrom 1234 Mon Sep 17 00:00:00 2001\nFrom: x\nSubject: [PATCH] y\n\nz"
    commit(tmp_path / "clone", {"x.c": "int x;\n"}, message)
    (mail,) = read_range(str(tmp_path / "clone"), "HEAD")
    assert mail.subject.title == "title"
    assert "+int x;\n" in mail.body
