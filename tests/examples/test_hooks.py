"""The hooks of examples/hooks: run by git itself where it is there, else as git runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_tree import ARM, ENVIRONMENT, LINE, MMU, RULE, commit, git, mail, make

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ROOT / "examples" / "hooks"
CLEAN = "int kvm_pool_limit = 16;\n"
FOUND = f"{MMU}:{LINE}:3: ERROR: "


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The small tree with both hooks, and a command `rmilint` for them."""
    made = make(tmp_path / "tree")
    for hook in HOOKS.iterdir():
        shutil.copy(hook, made / ".git" / "hooks" / hook.name)
    script = tmp_path / "bin" / "rmilint"
    script.parent.mkdir()
    script.write_text(
        f"#!{sys.executable}\nimport sys\nfrom linter.cli import main\nsys.exit(main())\n"
    )
    script.chmod(0o755)
    return made


def run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    path = f"{tree.parent / 'bin'}{os.pathsep}{ENVIRONMENT['PATH']}"
    more = {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tree.parent)}
    return subprocess.run(
        command, cwd=tree, env=ENVIRONMENT | more, capture_output=True, text=True, timeout=60
    )


# -- pre-push ----------------------------------------------------------------


@pytest.fixture
def remote(tree: Path) -> Path:
    """A bare repository that has the first commit."""
    bare = tree.parent / "remote.git"
    git(tree.parent, "init", "-q", "--bare", str(bare))
    git(tree, "remote", "add", "origin", str(bare))
    git(tree, "push", "-q", "--no-verify", "origin", "HEAD~2:refs/heads/main")
    return bare


def at(remote: Path, branch: str) -> str:
    return git(remote, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}").strip()


def test_a_push_with_a_finding_is_stopped(tree: Path, remote: Path) -> None:
    before = at(remote, "main")
    done = run(tree, "git", "push", "origin", "main")
    assert done.returncode != 0
    assert f"{FOUND}" in done.stderr
    assert f"[{RULE}] (1/2)" in done.stderr
    assert at(remote, "main") == before
    assert run(tree, "git", "push", "--no-verify", "origin", "main").returncode == 0
    assert at(remote, "main") != before


def test_only_what_is_new_is_checked(tree: Path, remote: Path) -> None:
    git(tree, "push", "-q", "--no-verify", "origin", "main")
    new = commit(tree, ARM, CLEAN, "KVM: arm64: More pools")
    done = run(tree, "git", "push", "origin", "main")
    assert done.returncode == 0, done.stderr
    assert RULE not in done.stderr
    assert at(remote, "main") == new


def test_a_new_branch_is_checked_from_where_it_leaves(tree: Path, remote: Path) -> None:
    git(tree, "switch", "-q", "-c", "topic")
    done = run(tree, "git", "push", "origin", "topic")
    assert FOUND in done.stderr
    assert at(remote, "topic") == ""
    git(tree, "push", "-q", "--no-verify", "origin", "main")
    git(tree, "branch", "-q", "other")
    done = run(tree, "git", "push", "origin", "other")  # nothing new in it
    assert (done.returncode, RULE in done.stderr) == (0, False)


def test_a_new_branch_that_has_merged_is_checked_from_the_merge(tree: Path, remote: Path) -> None:
    """What came with the merge is the remote's, though the branch is older."""
    git(tree, "push", "-q", "--no-verify", "origin", "main")
    git(tree, "switch", "-q", "-c", "topic", "HEAD~2")
    commit(tree, "drivers/pool.c", CLEAN, "Pools, first part")
    git(tree, "merge", "-q", "--no-edit", "main")
    commit(tree, "drivers/pool.c", CLEAN + "int more;\n", "Pools, second part")
    done = run(tree, "git", "push", "origin", "topic")
    assert done.returncode == 0, done.stderr
    assert RULE not in done.stderr


def test_deleting_a_branch_checks_nothing(tree: Path, remote: Path) -> None:
    git(tree, "push", "-q", "--no-verify", "origin", "main:refs/heads/old")
    done = run(tree, "git", "push", "origin", ":old")
    assert done.returncode == 0, done.stderr
    assert at(remote, "old") == ""


def test_a_remote_of_which_nothing_is_known(tree: Path) -> None:
    git(tree.parent, "init", "-q", "--bare", "empty.git")
    git(tree, "remote", "add", "empty", str(tree.parent / "empty.git"))
    done = run(tree, "git", "push", "empty", "main")
    assert done.returncode == 0, done.stderr
    assert "refs/heads/main: no commit in common with empty is known, not checked" in done.stderr


def test_commits_of_others_that_were_never_fetched(tree: Path, remote: Path) -> None:
    """A forced push over them: git names a commit that is not here."""
    git(tree.parent, "clone", "-q", str(remote), "colleague")
    colleague = tree.parent / "colleague"
    git(colleague, "switch", "-q", "main")
    commit(colleague, "notes", "theirs\n", "Notes")
    git(colleague, "push", "-q", "origin", "main")
    done = run(tree, "git", "push", "--force", "origin", "main")
    assert done.returncode != 0
    assert FOUND in done.stderr


def test_a_checker_that_is_missing_stops_the_push(tree: Path, remote: Path) -> None:
    (tree.parent / "bin" / "rmilint").unlink()
    before = at(remote, "main")
    assert run(tree, "git", "push", "origin", "main").returncode != 0
    assert at(remote, "main") == before


# -- sendemail-validate ------------------------------------------------------


def validate(tree: Path, text: str) -> subprocess.CompletedProcess[str]:
    """As git send-email runs it: in the top of the tree, with the mail's name."""
    file = tree.parent / "0001-x.patch"
    file.write_text(text)
    return run(tree, str(tree / ".git" / "hooks" / "sendemail-validate"), str(file))


def test_a_mail_with_a_finding_is_refused(tree: Path) -> None:
    done = validate(tree, mail(tree))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(FOUND)
    assert len(done.stderr.splitlines()) == 1


def test_a_clean_mail_and_a_cover_letter_pass(tree: Path) -> None:
    clean = git(tree, "format-patch", "-1", "--stdout", "HEAD")
    cover = (
        "From: Ada Author <ada@example.org>\nSubject: [PATCH 0/2] KVM: arm64: Pools\n\n"
        "Pools for realms.\n\n mmu.c | 4 ++++\n 1 file changed, 4 insertions(+)\n"
    )
    for text in (clean, cover):
        done = validate(tree, text)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(
    subprocess.run(["git", "send-email", "--dump-aliases"], capture_output=True).returncode != 0,
    reason="git send-email is not installed",
)
def test_send_email_asks_the_hook(tree: Path) -> None:
    files = git(tree, "format-patch", "-o", str(tree.parent / "out"), "HEAD~2").split()
    send = ("git", "send-email", "--dry-run", "--quiet", "--to=list@example.org", "--from=a@b.c")
    done = run(tree, *send, *files)
    assert done.returncode != 0
    assert FOUND in done.stderr
    assert run(tree, *send, files[1]).returncode == 0
    assert run(tree, *send, "--no-validate", *files).returncode == 0


@pytest.mark.parametrize("hook", ["pre-push", "sendemail-validate"])
def test_any_shell_can_run_them(hook: str) -> None:
    shell = shutil.which("dash") or "sh"
    subprocess.run([shell, "-n", str(HOOKS / hook)], check=True)
    assert os.access(HOOKS / hook, os.X_OK)
