"""What a patch series is: lines, hunks, files, mails, patches.

Only data; the readers are `diff`, `mail`, `series` and `git`.  The classes
are plain `__slots__` classes because the checker is started once a patch and
importing `dataclasses` alone costs more than parsing the patch.

Text is `str`.  Bytes that are not UTF-8 become lone surrogates
(`errors="surrogateescape"`), so that `encode()` of a line gives the file's
bytes back.  Lines never hold their newline; only LF ends a line.
"""

from __future__ import annotations

from typing import NamedTuple

# How sure the line numbers of a hunk are.
EXACT = "exact"  # the counts of the header match the body
DERIVED = "derived"  # the body was repaired or cut short, the numbers follow from the header
UNKNOWN = "unknown"  # no usable header, or too much is missing


class Line(NamedTuple):
    """One line of a hunk.

    `old` and `new` are 1-based line numbers in the pre- and post-image (None
    where the line is not in that image); `src` is the 1-based line of the
    input that it was read from.  `eol` is False for the last line of a file
    that has no newline at its end.
    """

    kind: str  # ' ', '+' or '-'
    text: str
    old: int | None
    new: int | None
    src: int
    eol: bool = True


class Hunk:
    """One `@@ -a,b +c,d @@ section` and its lines."""

    __slots__ = (
        "confidence",
        "lines",
        "moved",
        "new_count",
        "new_start",
        "old_count",
        "old_start",
        "repairs",
        "section",
        "src",
    )

    def __init__(
        self,
        old_start: int,
        old_count: int,
        new_start: int,
        new_count: int,
        section: str = "",
        src: int = 0,
    ) -> None:
        self.old_start = old_start
        self.old_count = old_count
        self.new_start = new_start
        self.new_count = new_count
        self.section = section
        self.src = src
        self.lines: list[Line] = []
        self.confidence = EXACT
        self.moved = 0  # how many lines below its stated place the file has it
        self.repairs: list[str] = []  # what was damaged and put right, in words

    @property
    def added(self) -> list[Line]:
        return [line for line in self.lines if line.kind == "+"]

    def new_text(self) -> list[Line]:
        """The lines of the post-image, in order."""
        return [line for line in self.lines if line.kind != "-"]

    def old_text(self) -> list[Line]:
        """The lines of the pre-image, in order."""
        return [line for line in self.lines if line.kind != "+"]


class FileDiff:
    """What one diff does to one file.

    `old_path` is None for a new file, `new_path` for a deleted one.  The blob
    ids are those of the `index` line, possibly abbreviated, None if absent.
    `depth` is the quote depth the diff was found at (0: not quoted).
    `complete` is False if hunks could not be read: then `hunks` do not make
    the post-image.
    """

    __slots__ = (
        "binary",
        "complete",
        "depth",
        "hunks",
        "new_blob",
        "new_mode",
        "new_path",
        "notes",
        "old_blob",
        "old_mode",
        "old_path",
        "src",
        "status",
    )

    def __init__(self, old_path: str | None, new_path: str | None, src: int = 0) -> None:
        self.old_path = old_path
        self.new_path = new_path
        self.src = src
        # 'modified', 'added', 'deleted', 'renamed', 'copied' or 'mode'
        self.status = "modified"
        self.old_blob: str | None = None
        self.new_blob: str | None = None
        self.old_mode: str | None = None
        self.new_mode: str | None = None
        self.binary = False
        self.complete = True
        self.depth = 0
        self.hunks: list[Hunk] = []
        self.notes: list[Note] = []

    @property
    def path(self) -> str:
        """The path a reader would name: the new one, else the old one."""
        return self.new_path or self.old_path or ""


class Note(NamedTuple):
    """Something that could not be read or was repaired: never silent.

    `source` is the input's name, `line` its 1-based line (0: not known).
    """

    source: str
    line: int
    text: str


class Subject(NamedTuple):
    """`[RFC PATCH v13 10/48] arm64: RMI: ...` taken apart."""

    text: str  # the whole subject, unfolded
    title: str  # without `Re:` and brackets
    reply: bool
    patch: bool  # a bracket says PATCH or RFC, or numbers it
    version: int  # 1 if none is given
    # None for an unnumbered patch
    index: int | None  # type: ignore[assignment]  # nobody searches this tuple
    total: int | None
    tags: tuple[str, ...]  # 'RFC', 'RESEND', a tree's name ...


class Mail:
    """One message, decoded.

    `line` is the 1-based line of `source` it starts at; `body_line` the line
    its body starts at (body lines keep their distance from it unless the body
    was transfer-encoded; then `body_exact` is False).  `located` is False for
    a commit: no file of the user has these lines.
    """

    __slots__ = (
        "body",
        "body_exact",
        "body_line",
        "cc",
        "date",
        "headers",
        "in_reply_to",
        "line",
        "located",
        "message_id",
        "notes",
        "references",
        "sender",
        "source",
        "subject",
        "to",
    )

    def __init__(self, source: str, line: int, subject: Subject, body: str) -> None:
        self.source = source
        self.line = line
        self.subject = subject
        self.body = body
        self.body_line = line
        self.body_exact = True
        self.located = True
        self.message_id = ""  # without angle brackets; '' if the mail has none
        self.in_reply_to = ""
        self.references: tuple[str, ...] = ()
        self.sender = ""
        self.to = ""
        self.cc = ""
        self.date = ""
        self.headers = True  # False: plain text without mail headers
        self.notes: list[Note] = []

    def note(self, line: int, text: str) -> Note:
        """A note on a line of `source`, without the line where the user has no such file."""
        return Note(self.source, line if self.located else 0, text)


class Patch:
    """One patch of a series: a mail (or commit) and the files it changes.

    `kind` is 'patch', or 'reply' for a diff that was found inside a reply
    (quoted, or proposed by the reviewer).
    """

    __slots__ = ("files", "index", "kind", "mail", "notes", "total")

    def __init__(self, mail: Mail, files: list[FileDiff], kind: str = "patch") -> None:
        self.mail = mail
        self.files = files
        self.kind = kind
        self.index = mail.subject.index or 1
        self.total = mail.subject.total or 1
        self.notes: list[Note] = []


class Series:
    """The patches of one posting, in order, with what was said about it."""

    __slots__ = ("base_commit", "cover", "notes", "patches", "replies", "title", "total", "version")

    def __init__(self, title: str, version: int, total: int) -> None:
        self.title = title
        self.version = version
        self.total = total
        self.patches: list[Patch] = []
        self.cover: Mail | None = None
        self.replies: list[Mail] = []
        self.base_commit: str | None = None
        self.notes: list[Note] = []
