"""Read the diffs in a text: patches, quoted patches, diffs inside replies.

The parser is a state machine over the lines of one quote depth:

    state   on                                     goes to
    -----   ------------------------------------   -------------------------
    TEXT    diff --git a/x b/x                     HEAD, a file begins
            --- x, +++ y and then @@               HEAD, a file begins
            --- a/x, +++ b/y                       HEAD, a file begins
            @@ -a,b +c,d @@                        BODY, of the last file
            any other @@ behind a file's header    TEXT, with a note
            diff --cc, diff --combined             TEXT, with a note
            anything else                          TEXT
    HEAD    index, modes, rename, copy, ---, +++   HEAD
            GIT binary patch, Binary files         TEXT
            anything else                          TEXT, line read again
    BODY    ' ', '+', '-', '', '\\' while the      BODY
            header's counts want more lines
            the counts are met                     TEXT
            anything else: the hunk is damaged     TEXT, after `lenient.mend`

A file whose header promises hunks and that has none gets a note, too, unless
it is quoted.

In BODY only the counts decide: `--- x` may be a removed line and `-- ` is one
only as long as the header still wants lines.  `lenient` puts right what mail
archives, mailers and reviewers do to hunks, and says so in `Hunk.repairs`.

Input is untrusted: nothing here raises, and the work is linear in the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from linter.intake import quote
from linter.intake.patch import DERIVED, FileDiff, Hunk, Line, Note
from linter.lazy import regex

HUNK = regex(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_CRLF = regex(r"(?m)^[> ]*+(?:diff --git|@@ -|--- ).*\r$")
_INDEX = regex(r"index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?")
# How editors' git front ends head a file: `modified   kernel/fork.c`.
_STATUS = regex(r"(?:modified|new file|renamed) +(\S+)$")
_NAMES = regex(r"--- (?:a/|/dev/null\b)[^\n]*\n\+\+\+ (?:b/|/dev/null\b)")
_EMPTY_BLOBS = ("e69de29", "473a0f4")  # of SHA-1 and of SHA-256
_ESCAPE = regex(r'\\([abfnrtv"\\]|[0-7]{1,3})')
_ESCAPED = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, '"': 34, "\\": 92}
_FIRST = frozenset("d-@+")  # what a line that may end TEXT starts with
_MARKS = frozenset("+- ")
_new_line = tuple.__new__


class Diffs(NamedTuple):
    """The diffs of a text in order, and notes that belong to none of them."""

    files: list[FileDiff]
    notes: list[Note]


def parse_diff(text: str, source: str = "", first_line: int = 1) -> Diffs:
    """Every diff in `text`, unquoted or quoted at any depth, in order.

    `source` and `first_line` (1-based) say where the text comes from and are
    used in notes and in `src`.  Never raises; what is lost has a note.
    """
    result = Diffs([], [])
    if not any(mark in text for mark in ("@@ -", "diff --", "\n+++ ", "\n>")):
        return result
    if "\r\n" in text and _CRLF.search(text):
        text = text.replace("\r\n", "\n")
    depths = quote.streams(text, first_line)
    for stream in depths:
        _Parser(stream, source, result).run()
    if len(depths) > 1:
        result.files.sort(key=_start)
    return result


def _start(file: FileDiff) -> int:
    return file.src


class _Parser:
    """One run over the lines of one quote depth."""

    __slots__ = (
        "at",
        "file",
        "fixed",
        "named",
        "notes",
        "old_end",
        "out",
        "source",
        "srcs",
        "stream",
        "texts",
    )

    def __init__(self, stream: quote.Stream, source: str, result: Diffs) -> None:
        self.stream = stream
        self.texts = stream.texts
        self.srcs = stream.srcs
        self.fixed = stream.fixed
        self.source = source
        self.out = result.files
        self.notes = result.notes
        self.named: set[FileDiff] = set()  # files with a `+++` line: hunks must follow
        self.file: FileDiff | None = None  # the file that hunks go to
        self.old_end = 0  # its hunks reach up to here, in old lines
        self.at = 0

    def run(self) -> None:
        """State TEXT."""
        texts = self.texts
        end = len(texts)
        first = len(self.out)
        stray = count = 0  # quoted added lines that no header stands above
        while self.at < end:
            text = texts[self.at]
            if text[:1] not in _FIRST:
                self.at += 1
            elif text[0] == "+":
                stray = stray or self.at + 1
                count += self.stream.depth > 0
                self.at += 1
            elif text.startswith("diff --git "):
                self._git_header()
            elif text.startswith("@@ -") or (self.file and text.startswith("@@ ")):
                self._hunk()
            elif text.startswith("--- ") and self._names_follow():
                self._begin(None, None)
                self._head()
            else:
                if text.startswith(("diff --cc ", "diff --combined ")):
                    self.file = None
                    self._note(self.at, "combined diff of a merge: not read")
                self.at += 1

        if count:
            why = f"quoted added lines without a hunk header, {count} in all: not read"
            self.notes.append(Note(self.source, self.srcs[stray - 1], why))
        for file in self.out[first:]:
            if not file.hunks and file.complete and self._wants_hunks(file):
                file.complete = False
                if not file.depth:  # reviewers quote a header and cut its hunks
                    why = f"{file.path}: no hunk that can be read"
                    file.notes.append(Note(self.source, file.src, why))

    def _wants_hunks(self, file: FileDiff) -> bool:
        """Must hunks follow the file's header?  Not if only its name or mode changes."""
        if file.binary:
            return False
        blobs = (blob for blob in (file.old_blob, file.new_blob) if blob)
        filled = not all(blob.startswith(_EMPTY_BLOBS) for blob in blobs)
        return file.status == "modified" or file in self.named or filled

    def _note(self, at: int, text: str) -> None:
        note = Note(self.source, self.srcs[at], text)
        (self.file.notes if self.file else self.notes).append(note)

    def _names_follow(self) -> bool:
        old, new, behind = (*self.texts[self.at : self.at + 3], "", "")[:3]
        if not new.startswith("+++ ") or behind.startswith("@@@"):
            return False
        return behind.startswith("@@ ") or _NAMES.match(f"{old}\n{new}") is not None

    def _begin(self, old_path: str | None, new_path: str | None) -> None:
        self.file = FileDiff(old_path, new_path, self.srcs[self.at])
        self.file.depth = self.stream.depth
        self.old_end = 0
        self.out.append(self.file)

    def _git_header(self) -> None:
        names, *after = self.texts[self.at : self.at + 2]
        names = names[len("diff --git ") :]
        wrapped = bool(after) and after[0].startswith(("b/", '"b/'))
        if wrapped:
            # A mailer broke the line between its two names.
            names += " " + after[0]
        self._begin(*git_names(names))
        self.at += 2 if wrapped else 1
        self._head()

    def _head(self) -> None:
        """State HEAD: what stands between `diff --git` and the first hunk."""
        file = self.file
        assert file is not None
        texts = self.texts
        end = len(texts)
        while self.at < end:
            text = texts[self.at]
            if text.startswith("index "):
                blobs = _INDEX.match(text)
                if blobs:
                    old, new, mode = blobs.groups()
                    file.old_blob = old if old.strip("0") else None
                    file.new_blob = new if new.strip("0") else None
                    if mode:
                        file.old_mode = file.new_mode = mode
            elif text.startswith("--- "):
                file.old_path = _file_name(text[4:], "a/")
            elif text.startswith("+++ "):
                file.new_path = _file_name(text[4:], "b/")
                if file.new_path is None:
                    file.status = "deleted"
                elif file.old_path is None:
                    file.status = "added"
                self.named.add(file)
                self.at += 1
                return
            elif text.startswith("new file mode "):
                file.status, file.old_path, file.new_mode = "added", None, text[14:].strip()
            elif text.startswith("deleted file mode "):
                file.status, file.new_path, file.old_mode = "deleted", None, text[18:].strip()
            elif text.startswith("old mode "):
                file.status, file.old_mode = "mode", text[9:].strip()
            elif text.startswith("new mode "):
                file.status, file.new_mode = "mode", text[9:].strip()
            elif text.startswith("rename from "):
                file.status, file.old_path = "renamed", _unquote(text[12:])
            elif text.startswith("rename to "):
                file.status, file.new_path = "renamed", _unquote(text[10:])
            elif text.startswith("copy from "):
                file.status, file.old_path = "copied", _unquote(text[10:])
            elif text.startswith("copy to "):
                file.status, file.new_path = "copied", _unquote(text[8:])
            elif text.startswith(("GIT binary patch", "Binary files ")):
                file.binary = True
                self._note(self.at, "binary file: not read")
                self.at += 1
                return
            elif not text.startswith(("similarity index ", "dissimilarity index ")):
                return
            self.at += 1

    def _hunk(self) -> None:
        """State BODY, from its header on."""
        begin = self.at
        header = self.texts[begin]
        numbers = HUNK.match(header)
        if numbers is None:
            self._note(begin, "hunk header cannot be read: its lines are not checked")
            if self.file:
                self.file.complete = False
            self.at += 1
            return
        a, b, c, d = numbers.groups()
        hunk = Hunk(
            int(a),
            1 if b is None else int(b),
            int(c),
            1 if d is None else int(d),
            header[numbers.end() :].strip(),
            self.srcs[begin],
        )
        named = _STATUS.match(self.texts[begin - 1]) if begin else None
        if named:
            self._begin(named.group(1), named.group(1))
        elif self.file is None or hunk.old_start < self.old_end:
            # The file's header was trimmed away, or belongs to a file before.
            self.file = None
            self._begin(None, None)
            self._note(begin, "hunk without a file header: the file is not known")
        file = self.file
        assert file is not None
        if file.status == "mode":
            file.status = "modified"
        self.old_end = hunk.old_start + hunk.old_count
        self.at = begin + 1
        if self._strict(hunk):
            file.hunks.append(hunk)
            self._surplus(hunk)
        else:
            from linter.intake import lenient

            hunks, notes, self.at = lenient.mend(self.stream, begin + 1, hunk, header)
            file.hunks += hunks
            file.complete = file.complete and bool(hunks)
            file.notes += [Note(self.source, line, why) for line, why in notes]

    def _surplus(self, hunk: Hunk) -> None:
        """Tell of added lines right behind a hunk: its counts are stale, or a header is lost."""
        if self.stream.depth:
            return  # `run` counts them
        count = 0
        for at in range(self.at, len(self.texts)):
            text = self.texts[at]
            if text[:1] not in _MARKS or text.startswith(("--", "+++ ")):
                break
            count += text[0] == "+"
        if count and self.file:
            why = f"added lines behind the hunk that its header does not count, {count} in all"
            self._note(self.at, f"{why}: not read")
            self.file.complete = False

    def _strict(self, hunk: Hunk) -> bool:
        """Fill the hunk by its counts; False (and nothing done) if they do not fit."""
        texts, srcs = self.texts, self.srcs
        old, new = hunk.old_start, hunk.new_start
        old_end, new_end = old + hunk.old_count, new + hunk.new_count
        lines: list[Line] = []
        add = lines.append
        at = self.at
        for at in range(self.at, len(texts)):
            text = texts[at]
            kind = text[:1]
            if kind == "+":
                if new == new_end:
                    break
                add(_new_line(Line, (kind, text[1:], None, new, srcs[at], True)))
                new += 1
            elif kind == " " or not kind:
                # An empty line is a blank one: some tools strip the blank.
                if old == old_end or new == new_end:
                    break
                add(_new_line(Line, (" ", text[1:], old, new, srcs[at], True)))
                old += 1
                new += 1
            elif kind == "-":
                if old == old_end:
                    break
                add(_new_line(Line, (kind, text[1:], old, None, srcs[at], True)))
                old += 1
            elif lines and text.startswith("\\ "):
                lines[-1] = lines[-1]._replace(eol=False)
            else:
                break
            at += 1
        if old != old_end or new != new_end or (lines and self._runs_over(hunk, lines, at)):
            return False
        if self.fixed:
            hunk.repairs = sorted({self.fixed[x.src] for x in lines if x.src in self.fixed})
            if hunk.repairs:
                hunk.confidence = DERIVED
        hunk.lines = lines
        self.at = at
        return True

    def _runs_over(self, hunk: Hunk, lines: list[Line], end: int) -> bool:
        """Did empty lines behind the hunk stand in for blank context that is lost?

        They may if they end it and the three lines before the first change,
        which git writes, are not there.
        """
        if self.texts[end - 1] or hunk.old_start == 1:
            return False
        return any(line.kind != " " for line in lines[:3])


def git_names(names: str) -> tuple[str | None, str | None]:
    """The two paths after `diff --git `, without their a/ and b/.

    Unquoted names may hold blanks; then only the split with two equal names
    is certain, as a rename repeats its names in lines of their own.
    """
    names = names.strip()
    if names.startswith('"') or names.endswith('"'):
        parts = re.findall(r'"(?:[^"\\]|\\.)*+"|[^ "]+', names)
        if len(parts) == 2:
            return _prefixed(_unquote(parts[0]), "a/"), _prefixed(_unquote(parts[1]), "b/")
    half = len(names) // 2
    old, new = names[:half], names[half + 1 :]
    if names[half : half + 1] != " " or _prefixed(old, "a/") != _prefixed(new, "b/"):
        old, _, new = names.partition(" b/")
        new = "b/" + new if new else old
    return _prefixed(old, "a/"), _prefixed(new, "b/")


def _file_name(name: str, prefix: str) -> str | None:
    """The path of a `---` or `+++` line; a time stamp may follow a tab."""
    name = _unquote(name.partition("\t")[0].rstrip())
    return None if name == "/dev/null" else _prefixed(name, prefix)


def _prefixed(name: str, prefix: str) -> str:
    return name[2:] if name.startswith(prefix) else name


def _unquote(name: str) -> str:
    """Undo git's C-style quoting; the escapes are bytes of UTF-8."""
    name = name.strip()
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    out = bytearray()
    at = 0
    for escape in _ESCAPE.finditer(name, 1, len(name) - 1):
        out += _bytes(name[max(at, 1) : escape.start()])
        code = escape.group(1)
        out.append(_ESCAPED[code] if code in _ESCAPED else int(code, 8) & 255)
        at = escape.end()
    out += _bytes(name[max(at, 1) : -1])
    return out.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that no byte of a mail can be
        return text.encode("utf-8", "replace")
