"""A small kernel tree in git, with C of our own: what the tests of examples and trees lint.

`arch/arm64/kvm/mmu.c` has a function long enough that a patch to its middle shows neither
end of it; only who has the whole file sees that the patch returns a stale code.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

MMU = "arch/arm64/kvm/mmu.c"
ARM = "arch/arm64/kvm/arm.c"
RULE = "stale-error-code"
LINE = 24  # of the `goto` that the patch adds to mmu.c

_BEFORE = """\
// SPDX-License-Identifier: GPL-2.0
#include <asm/rmi_cmds.h>

static void pool_forget(struct pool *pool)
{
	pool->users = 0;
}

int kvm_pool_start(struct pool *pool)
{
	int rc;

	rc = rmi_errno(rmi_realm_activate(pool->rd));
	if (rc)
		goto forget;

	pool->first = 0;
	pool->last = pool->size;
	pool->users = 1;
	pool->order = 0;
"""
_ADDED = """\

	pool->log = kzalloc(SZ_4K, GFP_KERNEL);
	if (!pool->log)
		goto forget;
"""
_AFTER = """\
	pool->zone = 0;
	pool->ready = false;
	pool->shared = false;
	pool->closing = false;
	pool->ready = true;
	return 0;

forget:
	pool_forget(pool);
	return rc;
}
"""
_ARM = """\
// SPDX-License-Identifier: GPL-2.0
int kvm_pool_users(struct pool *pool)
{
	return pool->users;
}
"""

_KEPT = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
ENVIRONMENT = _KEPT | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada Author",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def git(folder: Path, *arguments: str) -> str:
    """What git prints; nothing of the user's own configuration counts."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def commit(tree: Path, path: str, text: str, subject: str) -> str:
    """Writes a file and commits it; gives the commit's id."""
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    (tree / path).write_text(text)
    git(tree, "add", path)
    git(tree, "commit", "-q", "-m", subject)
    return git(tree, "rev-parse", "HEAD").strip()


def make(tree: Path) -> Path:
    """The tree with three commits: the files, the hazard in mmu.c, something else in arm.c."""
    tree.mkdir()
    git(tree, "init", "-q", "-b", "main")
    (tree / ARM).parent.mkdir(parents=True)
    (tree / ARM).write_text(_ARM)
    git(tree, "add", ARM)
    commit(tree, MMU, _BEFORE + _AFTER, "The files")
    commit(tree, MMU, _BEFORE + _ADDED + _AFTER, "KVM: arm64: Log what a pool does")
    commit(tree, ARM, _ARM + "\nint kvm_pool_limit = 8;\n", "KVM: arm64: Limit the pools")
    return tree


def mail(tree: Path, *options: str) -> str:
    """The mail of the commit that brings the hazard."""
    return git(tree, "format-patch", "-1", "--stdout", *options, "HEAD~1")
