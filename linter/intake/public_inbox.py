"""Read an archive in public-inbox v2 form: bare git repositories, one mail a commit.

`DIR/git/0.git`, `DIR/git/1.git`, ... are the archive's epochs (public-inbox-v2-format(5));
DIR may also be `git` itself or one epoch.  Each commit has a mail as the file `m`, or as `d`
one that is taken back.

The newest mail comes first.  Of a mail that may be of a series no more is kept than what
tells its thread; when nothing has come to a thread for a while, its mails are read again if
one of them has the words that are looked for.  So memory does not grow with the archive.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from linter.intake.git import GitError, Tree, git_command, git_environment
from linter.intake.mail import read_mails
from linter.intake.patch import Mail, Note
from linter.lazy import regex

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Iterator
    from typing import IO

_WINDOW = 20_000  # mails that may come between two of one thread
_MOST_MAILS = 2_000  # of one thread
_MOST_BYTES = 64 << 20  # of one thread
_LIMIT = 16 << 20  # bytes of a mail
_MOST_IDS = 16  # of one mail that are looked at
_MOST_SUBJECT = 1_000  # bytes of a subject that are
_BUFFER = 1 << 20

_EPOCH = regex(r"(\d{1,6})\.git")
_FOLD = regex(rb"\n[ \t]+")
_SUBJECT = regex(rb"^subject:[ \t]*(.*)", re.I | re.M)
_REPLY = regex(rb"(?:re|aw|antw|sv|vs|wg|fwd?)(?:\[\d{1,3}\])?:", re.I)
_TAGGED = regex(rb"\[[^\]]{0,200}(?:patch|rfc|\d/\d)|=\?", re.I)
_NUMBERED = regex(rb"\[([^\]]{0,200}?)\d{1,4}(/\d{1,4})[^\]]{0,100}\]")
_DIFF = regex(rb"^(?:diff --git |Index: |--- \S.*\n\+\+\+ \S)", re.M)
_OWN_ID = regex(rb"^message-id:[^<\n]{0,100}<([^<>\s]{1,250})>", re.I | re.M)
_PARENTS = regex(rb"^(?:references|in-reply-to):(.*)", re.I | re.M)
_FROM = regex(rb"^from:[ \t]*(.*)", re.I | re.M)
_ID = regex(rb"<([^<>\s]{1,250})>")
# In what is encoded, words cannot be looked for.
_ENCODED = regex(rb"^content-transfer-encoding:[ \t]*(?:base64|quoted-printable)", re.I | re.M)


class _Letter(NamedTuple):
    """What is kept of a mail: where it is, how long, and whether it has the words."""

    at: int  # how many mails were read before it
    epoch: str
    blob: str
    size: int
    named: bool


class _Thread:
    """Mails that belong together."""

    __slots__ = ("ids", "last", "letters")

    def __init__(self) -> None:
        self.ids: set[bytes] = set()
        self.letters: list[_Letter] = []
        self.last = 0  # `at` of the mail that came to it last


class Archive:
    """An archive; `notes` says what of it could not be read.

    `after` is a date, `2026-01-31`: mails that came before it are left out.  `complete` is
    False if git could not read all of it.  Raises GitError if DIR is no archive.
    """

    def __init__(self, directory: str, after: str | None = None) -> None:
        self.epochs = _epochs(directory)
        self.after = after
        self.notes: list[Note] = []
        self.complete = True
        self.mails = 0  # read so far
        self._trees: dict[str, Tree] = {}

    def threads(
        self, words: Iterable[bytes], look: Callable[[int], None] | None = None
    ) -> Iterator[list[Mail]]:
        """The mails of each thread with a patch that has one of the words, in order of arrival.

        Replies are left out, for a series is linted as it was posted.  `look` is told now and
        then how many mails have been read.
        """
        wanted = re.compile(b"|".join(map(re.escape, words)))
        try:
            for letters in _gather(self._letters(wanted, look)):
                mails = [mail for letter in letters for mail in self._read(letter)]
                if any(wanted.search(_bytes(mail.body)) for mail in mails):
                    yield mails
        finally:
            for tree in self._trees.values():
                tree.close()

    def _letters(
        self, wanted: re.Pattern[bytes], look: Callable[[int], None] | None
    ) -> Iterator[tuple[_Letter, list[bytes]]]:
        """Every mail that may be of a series, with the ids that tell its thread."""
        for epoch in self.epochs:
            try:
                for blob, size, raw in _blobs(epoch, self.after):
                    self.mails += 1
                    if look is not None and not self.mails % 500:
                        look(self.mails)
                    if raw is None:
                        text = f"{size >> 20} MB, which is no mail; not read"
                        self.notes.append(Note(_name(epoch, blob), 0, text))
                        continue
                    ids = _ids(raw)
                    if ids is not None:
                        named = wanted.search(raw) is not None or _ENCODED.search(raw) is not None
                        yield _Letter(self.mails, epoch, blob, size, named), ids
            except GitError as error:
                self.complete = False
                self.notes.append(Note(epoch, 0, f"not read to its end: {error}"))

    def _read(self, letter: _Letter) -> list[Mail]:
        tree = self._trees.get(letter.epoch)
        if tree is None:
            tree = self._trees[letter.epoch] = Tree.open(letter.epoch)
        text = tree.blob(letter.blob)
        source = _name(letter.epoch, letter.blob)
        if text is None:
            self.notes.append(Note(source, 0, "gone while the archive was read"))
            return []
        return read_mails(_bytes(text), source)


def _epochs(directory: str) -> list[str]:
    """The repositories of an archive, the newest first."""
    if not os.path.isdir(directory):
        raise GitError(f"{directory}: not a directory")
    for place in (os.path.join(directory, "git"), directory):
        if not os.path.isdir(place):
            continue
        found = {int(name[1]): name[0] for name in map(_EPOCH.fullmatch, os.listdir(place)) if name}
        if found:
            return [os.path.join(place, found[number]) for number in sorted(found, reverse=True)]
    tree = Tree.open(directory)
    if tree.git and (not tree.roots or tree.roots[0] == tree.directory):
        return [directory]
    raise GitError(f"{directory}: no public-inbox archive (git/0.git, or a bare repository)")


def _name(epoch: str, blob: str) -> str:
    """What a note calls a mail; `git -C 0.git show BLOB` prints it."""
    return f"{os.path.basename(os.path.normpath(epoch))}:{blob[:12]}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# -- threads


def _ids(raw: bytes) -> list[bytes] | None:
    """The ids that tell the thread of a patch or cover letter, None of any other mail."""
    if b"\r\n" in raw[:1000]:
        raw = raw.replace(b"\r\n", b"\n")
    end = raw.find(b"\n\n")
    head = _FOLD.sub(b" ", raw if end < 0 else raw[:end])
    found = _SUBJECT.search(head)
    subject = found[1][:_MOST_SUBJECT] if found else b""
    if _REPLY.match(subject) or not (_TAGGED.search(subject) or _DIFF.search(raw)):
        return None
    own = _OWN_ID.search(head)
    ids = [own[1]] if own else []
    for line in _PARENTS.findall(head):
        ids += _ID.findall(line)
    ids = ids[:_MOST_IDS]
    number = _NUMBERED.search(subject)
    if len(ids) < 2 and number:
        # Posted without a thread: the sender, the version and the total have to do.
        sender = _FROM.search(head)
        ids.append(b" ".join((sender[1] if sender else b"", number[1], number[2])))
    return ids


def _gather(letters: Iterable[tuple[_Letter, list[bytes]]]) -> Iterator[list[_Letter]]:
    """The threads that have the words, each in order of arrival, as soon as they are over."""
    threads: dict[_Thread, None] = {}  # the one to which nothing has come for longest is first
    by_id: dict[bytes, _Thread] = {}
    for letter, ids in letters:
        known = dict.fromkeys(by_id[name] for name in ids if name in by_id)
        # If it joins threads, the largest takes the others in.
        thread, *others = sorted(known, key=lambda t: -len(t.ids)) or [_Thread()]
        for other in others:
            thread.letters += other.letters
            thread.ids |= other.ids
            by_id.update(dict.fromkeys(other.ids, thread))
            del threads[other]
        threads.pop(thread, None)
        threads[thread] = None
        thread.letters.append(letter)
        thread.last = letter.at
        thread.ids.update(ids)
        by_id.update(dict.fromkeys(ids, thread))
        over = [thread] if _full(thread) else []
        for other in threads:
            if other.last > letter.at - _WINDOW:
                break
            over.append(other)
        for other in over:
            del threads[other]
            for name in other.ids:
                del by_id[name]
            yield from _wanted(other)
    for thread in threads:
        yield from _wanted(thread)


def _full(thread: _Thread) -> bool:
    letters = thread.letters
    return len(letters) >= _MOST_MAILS or sum(letter.size for letter in letters) >= _MOST_BYTES


def _wanted(thread: _Thread) -> Iterator[list[_Letter]]:
    """The mails of a thread, the oldest first, if one of them has the words."""
    if any(letter.named for letter in thread.letters):
        yield sorted(thread.letters, reverse=True)


# -- git


def _blobs(epoch: str, after: str | None) -> Iterator[tuple[str, int, bytes | None]]:
    """Blob, size and text of every mail, the newest first; no text of one too large.

    git lists a blob once, where it meets it first: a mail that was taken back is met as `d`.
    Errors: GitError, after what could be read.
    """
    import subprocess
    import tempfile

    since = [f"--since={after}T00:00:00Z"] if after else []
    listing = git_command(
        epoch,
        "rev-list",
        "--all",
        "--objects",
        "--in-commit-order",
        "--filter=object:type=blob",
        "--filter-provided-objects",
        *since,
    )
    format_ = "--batch=%(objectname) %(objectsize) %(rest)"
    reading = git_command(epoch, "cat-file", "--buffer", format_)
    environment = git_environment()
    with tempfile.TemporaryFile() as complaints:
        try:
            lister = subprocess.Popen(
                listing,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment,
            )
            reader = subprocess.Popen(
                reading,
                stdin=lister.stdout,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment,
                bufsize=_BUFFER,
            )
        except OSError as error:
            raise GitError(f"git: {error.strerror}") from error
        assert lister.stdout is not None and reader.stdout is not None
        lister.stdout.close()  # the reader has it
        try:
            yield from _answers(reader.stdout)
            status = reader.wait() or lister.wait()
        finally:
            _end(reader)
            _end(lister)
        if status:
            complaints.seek(0)
            said = complaints.read(4000).decode("utf-8", "replace").strip()
            raise GitError(said or f"git ended with status {status}")


def _answers(stream: IO[bytes]) -> Iterator[tuple[str, int, bytes | None]]:
    """What `git cat-file --batch` says of the files `m`."""
    while head := stream.readline():
        blob, _, rest = head.decode("ascii", "replace").rstrip("\n").partition(" ")
        size, _, name = rest.partition(" ")
        if not size.isdigit():  # `missing`: the repository is damaged, or has only a part
            continue
        left = int(size) + 1
        if name == "m" and left <= _LIMIT:
            yield blob, left - 1, stream.read(left)[:-1]
            continue
        if name == "m":
            yield blob, left - 1, None
        while left > 0 and (some := stream.read(min(left, _BUFFER))):
            left -= len(some)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
