"""What the lines of a hunk may stand in: guesses at the text before and behind them.

The brackets that a hunk closes without having opened them say what it begins in, those it leaves
open what it ends in.  Every guess is a beginning and an end to be put around the lines.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from linter.source.edit import CHAR, COMMENT, DIRECTIVE, LINE_COMMENT, STRING, either, skip_space

if TYPE_CHECKING:
    from collections.abc import Iterator


class Level(NamedTuple):
    """One bracket that the hunk closes without having opened it."""

    offset: int
    closer: bytes
    column: int
    cases: bool  # `case` labels stand directly inside it
    semicolons: bool  # `;` stands directly inside it
    after: bytes  # the text that follows, to the end of the line and a little beyond


class Shape(NamedTuple):
    """The brackets of a text that have no partner, and what stands at the outermost level."""

    closers: list[Level]
    openers: list[tuple[int, bytes]]  # (offset, bracket), outermost first
    cases: bool
    edge: bool  # code at the left edge, outside any bracket


_TOKEN = either(
    STRING,
    CHAR,
    COMMENT,
    LINE_COMMENT,
    DIRECTIVE,
    rb"[][(){}]()",
    rb"\b(?:case|default)\b()",
    rb"(?<=\n)[A-Za-z_](?!\w*:(?!:))()",
    rb";()",
)
_NO_CODE = b"(?:\\s|%s|%s|%s)*+" % (COMMENT, LINE_COMMENT, DIRECTIVE)
_PARTNER = {b")": b"(", b"]": b"[", b"}": b"{"}


def shape(text: bytes) -> Shape:
    """Match the brackets of rewritten text."""
    closers: list[Level] = []
    stack: list[tuple[int, bytes]] = []
    cases = edge = semicolons = False
    for m in _TOKEN.finditer(b"\n" + text):
        if not m.lastindex:
            continue
        token, pos = m[0], m.start() - 1
        if m.lastindex == 4:
            semicolons = semicolons or not stack
        elif m.lastindex == 3:
            edge = edge or not stack
        elif m.lastindex == 2:
            cases = cases or not stack
        elif token in b"([{":
            stack.append((pos, token))
        else:
            # A brace outranks what was left open inside it.
            while stack and stack[-1][1] != _PARTNER[token] and token == b"}":
                stack.pop()
            if stack and stack[-1][1] == _PARTNER[token]:
                stack.pop()
            elif not stack:
                line = text.rfind(b"\n", 0, pos) + 1
                after = text[pos + 1 : pos + 200].lstrip()
                closers.append(Level(pos, token, pos - line, cases, semicolons, after))
                cases = edge = semicolons = False
    return Shape(closers, stack, cases, edge)


_OPERAND_MISSING = rb"(?:[-+*/%|^<>=!?:.]|&&|&[^&])(?!\w*:)"
_CALL = b"_("
_BODY = b"void _(void) {"
# What the outermost lines may stand in: (strategy, beginning, end).
_TOP = ("top", b"", b"")
_IN_BODY = ("body", _BODY, b"}")
_IN_SWITCH = ("switch", _BODY + b" switch (_) {", b"}}")
_IN_STRUCT = ("struct", b"struct _ {", b"};")
_IN_ENUM = ("enum", b"enum _ {", b"};")
_IN_INITIALISER = ("initialiser", b"int _[] = {", b"};")
_IN_ARGUMENTS = ("arguments", _BODY + b" _(", b"); }")
_IN_PARAMETERS = ("parameters", b"void _(", b");")


def _outermost(form: Shape, text: bytes, section: str) -> list[tuple[str, bytes, bytes]]:
    if form.closers and form.closers[-1].closer == b"}" and form.closers[-1].column == 0:
        return [_TOP]
    inside = [_IN_BODY, _IN_STRUCT, _IN_INITIALISER, _IN_ENUM, _IN_PARAMETERS, _IN_ARGUMENTS]
    head = section.strip()
    if form.cases:
        inside.insert(0, _IN_SWITCH)
    elif re.match(r"(?:typedef\s+|static\s+)?(?:struct|union)\s+\w*\s*\{?$", head):
        inside.insert(0, _IN_STRUCT)
    elif re.match(r"(?:typedef\s+)?enum\b[^(]*$", head):
        inside.insert(0, _IN_ENUM)
    elif "=" in head and "(" not in head:
        inside.insert(0, _IN_INITIALISER)
    if form.edge or either(_NO_CODE).fullmatch(text) or _ends_parameters(form, text):
        inside.insert(0, _TOP)
    else:
        inside.append(_TOP)
    return list(dict.fromkeys(inside))


def _ends_parameters(form: Shape, text: bytes) -> bool:
    """Whether the last unmatched parenthesis is behind a function's parameters."""
    if not form.closers or form.closers[-1].closer != b")":
        return False
    at = form.closers[-1].offset + 1
    return re.match(rb"[^\n;{}]*\n\{", text[at : at + 200]) is not None


def _opener(level: Level, outer: str) -> list[bytes]:
    """What may have stood where the hunk's unmatched bracket was opened, likeliest first."""
    after = level.after
    if level.closer == b"]":
        return [b"_["]
    if level.closer == b")":
        if outer == "top":
            return [b"void _("]
        if after.startswith(b"{"):
            return [b"if (", b"void _("]
        if after[:1].isalnum() or after[:1] in (b"_", b"*"):
            return [b"if (", _CALL, b"("]
        return [_CALL, b"(", b"void (*_)("]
    if level.column == 0:
        records = [b"struct _ {", b"int _[] = {", b"enum _ {"]
        if not level.semicolons:
            records = [b"int _[] = {", b"enum _ {", b"struct _ {"]
        return [*records, _BODY] if after.startswith(b";") else [_BODY, *records]
    if after.startswith(b"else"):
        return [b"if (_) {"]
    if re.match(rb"while\b.*\)\s*;", after):
        return [b"do {", b"{"]
    if level.cases:
        return [b"switch (_) {"]
    if after.startswith((b",", b"}")) and outer in ("initialiser", "top"):
        return [b"{"]
    if after.startswith(b")"):
        return [b"{", b"({"]
    if after.startswith(b";"):
        return [b"struct {"] if level.semicolons else [b"int _[] = {", b"struct {"]
    if level.semicolons and after[:1].isalpha() and re.match(rb"\w+(?:\[\w*\])?;", after):
        return [b"struct {", b"{"]
    if outer == "struct":
        return [b"struct {"]
    # what a block that ends in `return` or `break` is followed by runs, too
    return [b"if (_) {", b"{"] if level.semicolons else [b"{"]


_DO = rb"\bdo\s*\Z"
_LIST = rb"(?:=|\benum(?:\s+\w+)?)\s*\Z"
_RECORD = rb"\b(?:struct|union)(?:\s+\w+)?\s*\Z"
_FOR = rb"\bfor\s*\Z"
_CONDITION = rb"\b(?:if|while|switch)\s*\Z"


def _ending(text: bytes, form: Shape, outer: str) -> bytes:
    """What closes the brackets that the hunk leaves open."""
    ends: list[bytes] = []
    listing = outer in ("initialiser", "enum", "arguments")  # a statement cannot end here
    for offset, bracket in form.openers:
        before = text[max(0, offset - 80) : offset]
        if bracket == b"{":
            if re.search(_DO, before):
                ends.append(b"} while (_);")
                listing = False
            elif listing or re.search(_LIST, before):
                ends.append(b"}" if listing else b"};")
                listing = not before.rstrip().endswith(b"(")
            elif re.search(_RECORD, before):
                ends.append(b"};")
            else:
                ends.append(b"}")
        elif bracket == b"[":
            ends.append(b"]")
            listing = True
        elif re.search(_FOR, before):
            ends.append(b";" * max(0, 2 - text.count(b";", offset)) + b") ;")
            listing = True
        elif re.search(_CONDITION, before):
            ends.append(b") ;")
            listing = True
        else:
            ends.append(b")" if listing else b");")
            listing = True
    return b"".join(reversed(ends))


_LAST = rb"(\w+|[^\w\s])\s*\Z"


def _tails(text: bytes) -> list[bytes]:
    """What may finish the statement that the hunk ends in, likeliest first."""
    text = text.rstrip()
    if text.endswith(b"*/"):
        text = text[: text.rfind(b"/*")]
    m = re.search(_LAST, text[-200:])
    last = m[1] if m else b";"
    if last in (b";", b"{", b"}"):
        return [b"", b";"]
    if last in (b"else", b":", b")"):
        return [b";", b"", b" _;", b" {}"]
    if last == b"do":
        return [b" ; while (_);"]
    if last == b",":
        return [b"", b" _", b" _;", b" int _"]
    if last.isalnum() or last in b"\"'_]":
        return [b";", b"", b" _;", b" = _;"]
    if last == b"?":
        return [b" _ : _;", b" _ : _"]
    return [b" _;", b" _", b""]


def surroundings(text: bytes, form: Shape, section: str) -> Iterator[tuple[str, bytes, bytes]]:
    """(strategy, beginning, end), likeliest first."""
    first = skip_space(text, 0)
    start = text[first : first + 8]
    leads = [b""]
    if re.match(rb"else\b", start):
        leads = [b"if (_) ;"]
    elif re.match(_OPERAND_MISSING, start):
        # `*p = 0;` more often than the rest of a product
        leads = [b"", b"_ "] if start[:1] in b"*&-+!" else [b"_ ", b"_ ? _ ", b""]
    tails = _tails(text)
    outermost = _outermost(form, text, section)
    # The second round is for a beginning that is part of a statement and does not look like it.
    second = [b"if (_) ", b"_ ? ", b"_ "]
    for likely, contexts in ((leads, outermost), (second, outermost[:1])):
        for name, begin, end in contexts:
            ending = _ending(text, form, name) + end
            options = [
                _opener(level, name if k == len(form.closers) - 1 else "")
                for k, level in enumerate(form.closers)
            ]
            if len(options) > 4:  # keep the product small: only the outermost levels vary
                options = [o[:1] for o in options[:-4]] + options[-4:]
            for lead, tail in product(likely, tails):
                for openers in product(*options):
                    yield name, begin + b"".join(reversed(openers)) + lead, tail + ending
