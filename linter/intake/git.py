"""Reads files out of a git repository or a plain directory; never writes.

Everything asked for comes from a mail, so it is untrusted: a path may not
leave the tree, a revision and a blob id must be hexadecimal, and git is kept
from fetching, paging, locking and running what a configuration names.
"""

from __future__ import annotations

import os
import stat
from typing import IO, TYPE_CHECKING

from linter.lazy import regex

if TYPE_CHECKING:
    import subprocess

    from linter.intake.patch import Mail

LIMIT = 32 << 20  # bytes; the largest header of Linux has 20 MB, more is no source file

_HEX = regex(r"[0-9a-fA-F]{7,64}\Z")
_FOUND = regex(rb"[0-9a-f]{40,64} (\w+) (\d+)\n\Z")

# Set by git around a hook.  They would bend `-C DIR` to another repository or
# change the form of a diff.  The object directories stay: the quarantine of a
# receive hook is the only place where the new blobs are.
_BENDING = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
)


class GitError(Exception):
    """git, or the directory given, could not do what was asked; the text is git's own."""


def safe_path(path: str) -> bool:
    """Whether `path` (from a patch) can only name a file below the tree's top."""
    if not path or len(path) > 4096 or "\0" in path or "\n" in path:
        return False
    return all(part not in ("", ".", "..") and part.lower() != ".git" for part in path.split("/"))


class Tree:
    """Files of a git repository (work tree, linked work tree, bare) or of a plain directory.

    `roots` are the directories whose files are read as they are, `git` says
    whether git has been found; `error` is git's message if it refused to work.
    """

    __slots__ = ("_batch", "directory", "error", "git", "roots")

    def __init__(self, directory: str, roots: tuple[str, ...], git: bool) -> None:
        self.directory = directory
        self.roots = roots
        self.git = git
        self.error = ""
        self._batch: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, directory: str) -> Tree:
        """The tree that `directory` lies in.  Starts no process.

        Raises GitError if it is not a directory.
        """
        directory = os.path.realpath(directory)
        if not os.path.isdir(directory):
            raise GitError(f"{directory}: not a directory")
        top = directory
        while True:
            if os.path.lexists(os.path.join(top, ".git")):
                # Paths of a patch start at the top; but DIR may also be an
                # unpacked archive inside a repository it does not belong to.
                return cls(directory, tuple(dict.fromkeys((top, directory))), True)
            if _is_bare(top):
                return cls(directory, (), True)
            parent = os.path.dirname(top)
            if parent == top:
                return cls(directory, (directory,), False)
            top = parent

    def blob(self, blob_id: str | None) -> str | None:
        """The text of a blob, by its possibly abbreviated id; None if it is not here."""
        if not self.git or not blob_id or not _HEX.match(blob_id) or not blob_id.strip("0"):
            return None
        return self._object(blob_id)

    def file(self, path: str, rev: str | None = None) -> str | None:
        """The text of a file: as it lies there, or in commit `rev` (a hexadecimal id)."""
        if not safe_path(path):
            return None
        if rev is not None:
            return self._object(f"{rev}:{path}") if self.git and _HEX.match(rev) else None
        for root in self.roots:
            text = _read_below(root, path)
            if text is not None:
                return text
        return None if self.roots else self._object(f"HEAD:{path}")

    def close(self) -> None:
        """End the git process, if there is one.  The tree can still be used."""
        batch, self._batch = self._batch, None
        if batch is not None:
            import atexit

            atexit.unregister(self.close)
            for pipe in (batch.stdin, batch.stdout):
                if pipe is not None:
                    _close(pipe)
            batch.terminate()  # a process forked meanwhile may hold the pipe open
            batch.wait()

    def __enter__(self) -> Tree:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _object(self, name: str) -> str | None:
        """Ask `git cat-file --batch` for one object; only blobs are answered."""
        if self.error:
            return None
        try:
            question = name.encode("utf-8", "surrogateescape") + b"\n"
            batch = self._batch or self._start()
        except (UnicodeEncodeError, GitError):
            return None
        assert batch.stdin is not None and batch.stdout is not None
        try:
            batch.stdin.write(question)
            batch.stdin.flush()
            answer = batch.stdout.readline()
        except OSError:
            answer = b""
        if not answer:  # git has died: it does not like the repository
            self.close()
            self.error = _why(self.directory)
            return None
        found = _FOUND.match(answer)
        if not found:  # "missing", "ambiguous"
            return None
        size = int(found[2])
        if found[1] != b"blob" or size > LIMIT:
            _skip(batch.stdout, size + 1)
            return None
        return batch.stdout.read(size + 1)[:size].decode("utf-8", "surrogateescape")

    def _start(self) -> subprocess.Popen[bytes]:
        import atexit
        import subprocess

        # An abbreviated id of an `index` line always means a blob.
        command = git_command(self.directory, "-c", "core.disambiguate=blob", "cat-file", "--batch")
        try:
            self._batch = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=git_environment(),
            )
        except OSError as error:
            self.error = f"git: {error.strerror}"
            raise GitError(self.error) from error
        atexit.register(self.close)
        return self._batch


def read_range(repo: str, revisions: str) -> list[Mail]:
    """The commits of `A..B`, or one commit if there is no `..`, as mails in order.

    Merges are left out, as `git format-patch` does.  The `source` of a mail
    names its commit.  Raises GitError with git's message if git cannot do it.
    """
    from linter.intake.mail import read_mails

    # `--end-of-options` would do, too, but some versions of git trip over it.
    if not revisions or revisions.startswith("-") or "\0" in revisions:
        raise GitError(f"{revisions!r}: not a range of commits")
    single = () if ".." in revisions else ("-1",)
    config: list[str] = []
    for setting in _FORMAT_CONFIG:
        config += ("-c", setting)
    arguments = (*config, "format-patch", *_FORMAT_FLAGS, *single)
    command = git_command(repo, *arguments, revisions, "--")
    ends = _shallow(repo)
    try:
        if ends:
            _refuse_ends(repo, (*single, revisions), ends)
        patches = _run(command)
    except GitError as error:
        raise GitError(f"{error}\n{_DEEPEN}" if ends else str(error)) from None
    mails = read_mails(patches, revisions)
    for mail in mails:
        mail.located = False
        mail.source = f'commit "{mail.subject.title}"'
        mail.notes = [mail.note(0, note.text) for note in mail.notes]
    return mails


_DEEPEN = "this clone is shallow: `git fetch --unshallow` gets the rest of its history"


def _shallow(repo: str) -> frozenset[str]:
    """The commits whose parents a shallow clone leaves out; none if it is not shallow."""
    command = git_command(repo, "rev-parse", "--git-path", "shallow")
    path = _run(command).decode("utf-8", "surrogateescape").removesuffix("\n")
    try:
        with open(os.path.join(repo, path), encoding="ascii") as file:
            return frozenset(file.read(LIMIT).split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def _refuse_ends(repo: str, revisions: tuple[str, ...], ends: frozenset[str]) -> None:
    """Raises GitError if a commit's parent is not here: it would seem to bring the whole tree."""
    listed = _run(git_command(repo, "rev-list", "--no-merges", *revisions, "--"))
    for commit in listed.decode("ascii").split():
        if commit in ends:
            raise GitError(f"{commit[:12]}: the commit before it is not here")


# What a user's configuration could change in the mails, put back.
_FORMAT_CONFIG = (
    "core.quotePath=true",
    "diff.suppressBlankEmpty=false",
    "diff.relative=false",
    "format.encodeEmailHeaders=true",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
)
_FORMAT_FLAGS = (
    "--stdout",
    "--pretty=mboxrd",  # a `From ` line in a commit message begins no mail
    "-p",  # no diffstat
    "--always",  # a commit without changes is a patch of the series, too
    "--numbered",
    "--start-number=1",
    "--subject-prefix=PATCH",
    "--full-index",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--unified=3",
    "--inter-hunk-context=0",
    "--diff-algorithm=myers",
    "--find-renames=50%",  # a moved file is no added text
    "--submodule=short",
    "-O/dev/null",  # no order file
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-signature",
    "--no-attach",
    "--no-thread",
    "--no-cover-letter",
    "--no-notes",
    "--no-from",
    "--no-to",
    "--no-cc",
    "--no-add-header",
    "--no-base",
)


def git_command(directory: str, *arguments: str) -> list[str]:
    """How to start git in a directory."""
    return ["git", "--no-pager", "-C", directory, *arguments]


def git_environment() -> dict[str, str]:
    """What git may know of the environment: nothing that makes it fetch, lock or ask."""
    env = {name: value for name, value in os.environ.items() if name not in _BENDING}
    env |= {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        # A partial clone would fetch a missing blob: slow, and it writes.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
    }
    return env


def _run(command: list[str]) -> bytes:
    import subprocess

    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=git_environment(),
            check=False,
        )
    except OSError as error:
        raise GitError(f"git: {error.strerror}") from error
    if done.returncode:
        message = done.stderr.decode("utf-8", "replace").strip()
        raise GitError(message or f"git ended with status {done.returncode}")
    return done.stdout


def _why(directory: str) -> str:
    """git's own words why it does not work in `directory`."""
    try:
        _run(git_command(directory, "rev-parse", "--git-dir"))
    except GitError as error:
        return str(error)
    return "git cat-file has ended early"


def _is_bare(directory: str) -> bool:
    return os.path.isfile(os.path.join(directory, "HEAD")) and all(
        os.path.isdir(os.path.join(directory, name)) for name in ("objects", "refs")
    )


def _read_below(root: str, path: str) -> str | None:
    """The text of root/path if that is a regular file below `root`, links resolved."""
    try:
        real = os.path.realpath(os.path.join(root, path))
        if not safe_path(os.path.relpath(real, root)):
            return None
        with open(real, "rb", opener=_open) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return None
            data = stream.read(LIMIT + 1)
    except (OSError, ValueError):  # ValueError: cannot be the name of a file
        return None
    return data.decode("utf-8", "surrogateescape") if len(data) <= LIMIT else None


def _open(path: str, flags: int) -> int:
    # A fifo must not stop the checker, nor a link put there since be followed.
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)


def _skip(stream: IO[bytes], count: int) -> None:
    while count > 0:
        got = len(stream.read(min(count, 1 << 20)))
        if not got:
            return
        count -= got


def _close(pipe: IO[bytes]) -> None:
    import contextlib

    with contextlib.suppress(OSError):  # what git did not read any more
        pipe.close()
