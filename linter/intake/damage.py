"""What each line of a damaged hunk is: a change, context, a comment.

Lines are judged by their look here; `lenient` holds them against the counts
of the hunk's header.
"""

from __future__ import annotations

from itertools import pairwise

from linter.intake.patch import Hunk
from linter.intake.quote import (
    Stream,
    is_prose,
    is_wrapped,
    joined,
    looks_like_code,
)
from linter.lazy import regex

_TRIM = regex(r"\[\s*(?:\.\.+|…|snip\w*|trim\w*|cut)[^\]]{0,40}\]|<\s*snip\w*\s*>|\.\.\.+$|8<|…$")
_VERSION = regex(r"\d+\.\d[\w.-]*")


# What a line of a damaged hunk is.
ADD, REMOVE, KEEP = "+", "-", " "
BARE = "bare"  # unmarked: context that lost its blank
EMPTY = "empty"  # blank context, or an empty line that does not belong here
GAP = "gap"  # lines of another quote depth stood here
HEAD = "head"  # the tail of the hunk's wrapped header
TALK = "talk"  # the reviewer's words at the depth of the hunk
TRIM = "trim"  # `[...]`: lines were taken out here
BREAKS = frozenset((GAP, TALK, TRIM))
_MARKED = frozenset((ADD, REMOVE, KEEP))
TAILS = 8  # so often may one line be wrapped


class Item:
    __slots__ = ("at", "eol", "glued", "kind", "loose", "src", "text")

    def __init__(self, kind: str, text: str, src: int, at: int) -> None:
        self.kind = kind
        self.text = text
        self.src = src  # line of the input
        self.at = at  # index in the stream
        self.eol = True
        self.glued = False  # the tails of a wrapped line were joined to it
        self.loose = False  # an empty line next to a break


def _is_trailer(text: str) -> bool:
    return text == "-- " or text == "--"


def region(stream: Stream, at: int) -> tuple[int, bool]:
    """Where the hunk ends at the latest, and whether the diff is there to its end.

    It ends at the next header or at a mail's trailer.  If neither follows, or
    the trailer is a person's, the quote may have ended inside the hunk.
    """
    texts = stream.texts
    end = len(texts)
    while at < end:
        text = texts[at]
        first = text[:1]
        if first == "@" and text.startswith("@@ -"):
            return at, True
        if first == "d" and text.startswith("diff --"):
            return at, True
        if first == "-":
            after = texts[at + 1] if at + 1 < end else ""
            if _is_trailer(text):
                return at, _VERSION.fullmatch(after.strip()) is not None
            if text.startswith("--- ") and after.startswith("+++ "):
                return at, True
        at += 1
    return at, False


def keeps_blanks(texts: list[str], begin: int, end: int, header: str) -> bool:
    """Do context lines still start with their blank?

    A line indented with blanks does not tell: it may have lost one of them.
    ` * text` may be the body of a comment that lost its blank.
    """
    kept = lost = indented = 0
    before = header
    for at in range(begin, end):
        text = texts[at]
        first = text[:1]
        if first == " ":
            kept += text[1:2] not in ("", " ", "*")
            indented += not text.isspace()
        elif first not in ("", "+", "-") and looks_like_code(text):
            lost += not is_wrapped(before, text)
        before = text
    return kept >= lost if kept or lost else indented > 0


def is_code(items: list[Item], at: int) -> bool:
    """Are there lines of a diff among the items from index `at` of the stream on?"""
    return any(item.at >= at and item.kind in (*_MARKED, BARE) for item in items)


def classify(
    stream: Stream, begin: int, end: int, hunk: Hunk, header: str, keeps: bool
) -> list[Item]:
    """What each line is.  Wrapped lines are joined, unless `header` is empty."""
    texts, srcs, fixed = stream.texts, stream.srcs, stream.fixed
    limit = 2 * (hunk.old_count + hunk.new_count) + 100
    items: list[Item] = []
    # The line as it came whose tail may follow, and how often it was broken.
    piece, tails = header if keeps or header.endswith((",", "(")) else "", 0
    talking = False  # inside a paragraph of the reviewer
    for at in range(begin, end):
        text, src, mark = texts[at], srcs[at], texts[at][:1]
        if stream.depth and src > srcs[at - 1] + 1 and srcs[at - 1] not in fixed:
            items.append(Item(GAP, "", src, at))
        kind = TALK
        if mark in ("+", "-"):
            if not (talking and is_prose(text[1:])):
                kind = mark
        elif not text or text.isspace():
            kind = KEEP if mark == " " else EMPTY
        elif mark == " ":
            kind = KEEP
        elif text.startswith("\\ "):
            if items and items[-1].kind not in BREAKS:
                items[-1].eol = False
            continue
        elif _TRIM.match(text):
            kind = TRIM
        elif talking:
            continue
        elif (
            piece
            and tails < TAILS
            and is_wrapped(piece, text, not keeps)
            and (items or keeps or text.endswith((",", ")")))
        ):
            if items and items[-1].kind != HEAD:
                items[-1].text = joined(items[-1].text, text)
                items[-1].glued = True
            else:
                items.append(Item(HEAD, text, src, at))
            piece, tails = text, tails + 1
            continue
        elif not keeps and not is_prose(text):
            kind = BARE
        talking = kind == TALK
        joins = kind in _MARKED and (keeps or kind != KEEP) and header
        piece, tails = text if joins else "", 0
        items.append(Item(kind, text[1:] if kind in _MARKED else text, src, at))
        if len(items) > limit:
            break
    if end == len(texts) and items:
        items[-1].loose = True  # the mail may end in an empty line
    for one, two in pairwise(items):
        one.loose = two.kind in BREAKS
        two.loose = two.loose or one.kind in BREAKS
    return items
