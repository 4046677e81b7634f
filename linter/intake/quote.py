"""Take quote marks off: one text becomes one stream of lines a quote depth.

A reply holds several texts at once: the reviewer's own words, the patch with
`> ` before it, an older reply with `> >`.  A diff lives at one depth, and the
lines between its lines that stand at another depth are comments on it.  So
the lines are sorted by depth first, and the diff parser reads each depth as
if the others were not there.
"""

from __future__ import annotations

from collections.abc import Sequence

from linter.lazy import regex

_MARKS = regex(r">(?: ?>)*+")
_INDENT = regex(r"[> \t\xa0]*+[-+]?[ \t\xa0]*+")
_DIFF_LINE = ("diff --", "@@ -", "--- ", "+++ ", "index ")

# Mailers wrap at 72 to 80 columns; quote marks that were taken off count too.
WRAP_WIDTH = 66
_CODE_END = (";", "{", "}", "*/", ":", "\\")
_NO_TAIL = ("*/", "* ", "#", "}", "/*", "+", "-", "@@", "diff ")
_COMMENT = regex(r"[-+]\s*/?\*")
_WORD = regex(r"[A-Za-z][A-Za-z']*[,.?!:]?$")
_GREETING = regex(r"[A-Z][a-z]*(?: [A-Z][a-z]*)?[,.!]?$")
_C_START = regex(
    r"(?:static|struct|int|unsigned|signed|long|short|char|void|bool|const|volatile|return|case"
    r"|else|if|for|while|do|switch|enum|union|extern|inline|typedef|goto|default|config)\b"
)


class Stream:
    """The lines of one quote depth.

    `texts[k]` stood at line `srcs[k]` of the input.  `fixed` tells, for the
    lines that were changed on the way, what was done to them.
    """

    __slots__ = ("depth", "fixed", "srcs", "texts")

    def __init__(self, depth: int, texts: list[str], srcs: Sequence[int]) -> None:
        self.depth = depth
        self.texts = texts
        self.srcs = srcs
        self.fixed: dict[int, str] = {}


def streams(text: str, first_line: int = 1) -> list[Stream]:
    """The text's lines by quote depth, shallowest first; linear in the text."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    spaced = _plain_indents(lines) if "\xa0" in text else []
    if not (text.startswith(">") or "\n>" in text):
        stream = Stream(0, lines, range(first_line, first_line + len(lines)))
        for k in spaced:
            stream.fixed[first_line + k] = NO_BREAK
        return [stream]
    by_depth = _split(lines, first_line)
    for k in spaced:
        for stream in by_depth.values():
            stream.fixed.setdefault(first_line + k, NO_BREAK)
    return [by_depth[depth] for depth in sorted(by_depth)]


NO_BREAK = "U+00A0 in the indent became a blank"
GLUED = "the tail of a wrapped line was joined to it"


def _plain_indents(lines: list[str]) -> list[int]:
    """Replace the no-break spaces of lines that are indented with them."""
    changed = []
    for k, line in enumerate(lines):
        if "\xa0" in line:
            indent = _INDENT.match(line)
            if indent and "\xa0" in indent.group():
                lines[k] = line.replace("\xa0", " ")
                changed.append(k)
    return changed


def _split(lines: list[str], first_line: int) -> dict[int, Stream]:
    by_depth: dict[int, Stream] = {}
    tight: set[int] = set()  # depths whose mailer writes `>` without a blank
    last: Stream | None = None  # where the line before went
    for k, line in enumerate(lines):
        marks = _MARKS.match(line)
        if marks is None:
            depth, rest = 0, line
            if last is not None and last.depth and _is_tail(lines, k, last.texts[-1]):
                # The mailer wrapped a quoted line and forgot to quote its tail.
                last.texts[-1] = joined(last.texts[-1], line)
                last.fixed[int(last.srcs[-1])] = GLUED
                continue
        else:
            end = marks.end()
            depth, rest = line.count(">", 0, end), line[end:]
            if rest.startswith(_DIFF_LINE):
                tight.add(depth)
            elif rest.startswith(" "):
                if rest.startswith(_DIFF_LINE, 1):
                    tight.discard(depth)
                if depth not in tight:
                    rest = rest[1:]
        stream = by_depth.get(depth)
        if stream is None:
            stream = by_depth[depth] = Stream(depth, [], [])
        stream.texts.append(rest)
        stream.srcs.append(first_line + k)  # type: ignore[attr-defined]
        last = stream
    return by_depth


def _is_tail(lines: list[str], k: int, before: str) -> bool:
    """Is unquoted line `k` the rest of the quoted line before it?"""
    return (
        before[:1] in ("+", "-", " ")
        and k + 1 < len(lines)
        and lines[k + 1].startswith(">")
        and is_wrapped(before, lines[k])
    )


def is_wrapped(before: str, text: str, flat: bool = False) -> bool:
    """Did a mailer break `before` in two, leaving `text` on the next line?

    It did if a string is broken in two.  Else it did if the first word of
    `text` had no room left on the line before, that line does not end as a
    line of C ends, and `text` does not start as one starts or as a reviewer's
    sentence does.  In `flat` text, whose context lost its blanks, `text` may
    be context: then the line before must also look unfinished.
    """
    if before.count('"') % 2 and text.count('"') % 2:
        return True
    if flat and (text[:1] in "\t " or before.endswith("},") or _is_closed(before)):
        return False
    word = text[:80].split(" ", 1)[0]
    return (
        bool(word)
        and len(before) + 1 + len(word) > WRAP_WIDTH
        and not before.endswith(_CODE_END)
        and not text.startswith(_NO_TAIL)
        and not (text[0].isupper() and is_prose(text) and not _COMMENT.match(before))
    )


def _is_closed(text: str) -> bool:
    return text.endswith(")") and text.count("(") == text.count(")")


def is_prose(text: str) -> bool:
    """Does the line read as a sentence, a greeting or a signature, not as C?"""
    text = text[:400].strip()
    if not text or text.endswith((";", "{", "}", "\\", "*/")):
        return False
    if _GREETING.match(text) or text.endswith("wrote:"):
        return True
    words = text.split(None, 4)[:4]
    if len(words) < 3 or _C_START.match(text):
        return False
    return sum(_WORD.match(word) is not None for word in words) >= 3


def looks_like_code(text: str) -> bool:
    """Does the line start or end as only a line of C does?"""
    return text.endswith(_CODE_END[:4]) or _C_START.match(text) is not None or text[0] == "#"


def joined(before: str, tail: str) -> str:
    """The line that a mailer broke in two, at a blank that it may have kept or at a slash."""
    slash = before.endswith("/") and not before.endswith((" /", "*/", "//"))
    return before.rstrip(" ") + ("" if slash else " ") + tail.lstrip(" ")
