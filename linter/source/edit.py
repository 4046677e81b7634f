"""Same-length edits of C text, and the few lexical patterns that they need."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

COMMENT = rb"/\*.*?(?:\*/|\Z)"
LINE_COMMENT = rb"//(?:[^\n\\]|\\.)*+"
STRING = rb'"(?:[^"\\\n]|\\.)*+"?'
CHAR = rb"'(?:[^'\\\n]|\\.)*+'?"
DIRECTIVE = rb"#(?:[^\n\\/]|\\.|/\*.*?(?:\*/|\Z)|/)*+"


@cache
def either(*patterns: bytes) -> re.Pattern[bytes]:
    """A pattern that matches any of these; `.` matches newlines.

    Called where it is used: compiling all patterns would be a tenth of the start-up time.
    """
    return re.compile(b"|".join(patterns), re.DOTALL)


class Change(NamedTuple):
    """`source[start:end]` was `original`; `name` is the macro or word that made it necessary."""

    start: int
    end: int
    original: bytes
    kind: str
    name: str


class Edit:
    """A source with same-length edits on top of it.

    `skipped` maps the end of a comment or directive to its start, as far as the text was scanned:
    what is needed for looking backwards.
    """

    __slots__ = ("changes", "out", "patience", "skipped", "src")

    def __init__(self, src: bytes, out: bytes | None = None) -> None:
        self.src = src
        self.out = bytearray(src if out is None else out)
        self.changes: list[Change] = []
        self.skipped: dict[int, int] = {}
        self.patience = 500_000 + len(src)  # brackets looked at before giving up on pairing them

    def put(self, start: int, text: bytes, kind: str, name: str) -> None:
        """Replace as many bytes as `text` has.  `text` must keep the newlines in place."""
        end = start + len(text)
        self.out[start:end] = text
        self.changes.append(Change(start, end, self.src[start:end], kind, name))

    def blank(self, start: int, end: int, kind: str, name: str) -> None:
        self.put(start, blanks(self.src[start:end]), kind, name)

    def close(self, opening: int) -> tuple[int, list[int]]:
        """`close_paren`, until the patience is at an end."""
        if self.patience <= 0:
            return -1, []
        found = close_paren(self.src, opening)
        end = found[0] if found[0] >= 0 else opening + _MAX_CALL
        self.patience -= (end - opening) // 8 + 1
        return found

    def before(self, pos: int) -> int:
        """The offset just past the token before `pos`; 0 behind a directive or at the beginning."""
        src = self.src
        while pos:
            if src[pos - 1] in b" \t\r\n":
                pos -= 1
            elif pos in self.skipped:
                pos = self.skipped[pos]
                if src[pos] == 0x23:  # '#'
                    return 0
            else:
                break
        return pos

    def word_before(self, pos: int) -> bytes:
        """The word that ends at `pos`, b"" if none does; long ones are cut at the front."""
        m = _WORD_BEFORE.search(self.src, max(0, pos - 100), pos)
        return m[0] if m else b""

    def whole_word(self, start: int) -> bool:
        """Whether a word begins at `start` (and not before it)."""
        return not start or not _WORD_BYTE.match(self.src, start - 1)


_WORD_BEFORE = re.compile(rb"\w*\Z")
_WORD_BYTE = re.compile(rb"\w")
_NOT_NEWLINE = re.compile(rb"[^\n]")


def blanks(text: bytes) -> bytes:
    """White space of the same length and with the same newlines."""
    return _NOT_NEWLINE.sub(b" ", text) if b"\n" in text else b" " * len(text)


def restore(text: bytes, changes: list[Change]) -> bytes:
    """The source that `text` was rewritten from."""
    out = bytearray(text)
    for change in changes:
        out[change.start : change.end] = change.original
    return bytes(out)


_BRACKET = either(rb"[][(){},]", STRING, CHAR, COMMENT, LINE_COMMENT)
_SPACE = re.compile(b"(?:[ \t\n\r]|%s|%s|\\\\\n)*" % (COMMENT, LINE_COMMENT), re.DOTALL)
_MAX_CALL = 16_384  # bytes; a parenthesis that is open for longer was never closed


def close_paren(src: bytes, opening: int) -> tuple[int, list[int]]:
    """(offset just past the partner of `src[opening]`, offsets of its own commas), or (-1, [])."""
    depth = 0
    commas: list[int] = []
    for m in _BRACKET.finditer(src, opening, opening + _MAX_CALL):
        token = src[m.start()]
        if token in b"([{":
            depth += 1
        elif token in b")]}":
            depth -= 1
            if depth == 0:
                return m.end(), commas
        elif token == 0x2C and depth == 1:  # ','
            commas.append(m.start())
    return -1, []


def skip_space(src: bytes, pos: int) -> int:
    """The offset of the next token."""
    m = _SPACE.match(src, pos)
    return m.end() if m else pos


def header(edit: Edit, keyword: bytes, start: int, opening: int, close: int, kind: str) -> None:
    """`name(args)` -> `keyword tail,args)`: a statement header that keeps the arguments in place.

    The tail of the name is the first operand of a comma expression.  `close` is the offset just
    past the parenthesis.  A name that is not longer than the keyword is left alone.
    """
    src = edit.src
    name = src[start:opening].rstrip()
    if len(name) <= len(keyword):
        return
    tail = bytearray(name[len(keyword) :])
    if tail[:1].isdigit():
        tail[0] = 0x5F  # '_'
    comma = b"," if src[opening + 1 : close - 1].strip() else b" "
    edit.put(
        start, keyword + tail + b" " * (opening - start - len(name)) + comma, kind, name.decode()
    )


_BASIC = rb"(?:unsigned|signed|long|short|int|char|void|bool|float|double)"
_TYPE = (
    rb"\s*(?P<const>(?:(?:const|volatile)\s+)*)"
    rb"(?:(?P<tag>(?:struct|union|enum)\s+)\w+|(?P<basic>%s(?:[ \t]+%s)*)|(?P<other>\w+))"
    rb"(?P<stars>[\s*]*(?:const[\s*]*)*)" % (_BASIC, _BASIC)
)


def type_to_name(edit: Edit, start: int, end: int) -> bool:
    """Make the type that is the whole of `src[start:end]` an identifier; False if it is no type."""
    m = either(_TYPE).fullmatch(edit.src, start, end)
    if m is None or (m["other"] and not (m["const"] or b"*" in m["stars"])):
        return False
    name = b" ".join(m[0].split()).decode()
    for group in ("const", "tag", "stars"):
        if m[group] and m[group].strip():
            edit.blank(m.start(group), m.end(group), "type", name)
    if m["basic"] and m["basic"].split() != [m["basic"]]:
        edit.put(m.start("basic"), re.sub(rb"[ \t]", b"_", m["basic"]), "type", name)
    return True
