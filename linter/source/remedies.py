"""What may cure a syntax error: same-length rewrites around its place.

Every remedy is a list of `Put`, to be made together.  Kinds, beside those of `dialect`:

    directive   a line of an `#if` group blanked, all its code kept
    branch      lines of an `#if` group blanked with the code of the branches not kept
    statement   `MACRO(x)` without semicolon -> `MACRO,x;`
    block       `name(args) {` of an unknown macro -> `if (e,args) {`
    string      a macro call among string literals made one identifier
    operator    `f(a, ==, b)`: the operator made an identifier
    skipped     a macro call at the left edge that is no C at all, blanked

Of several remedies that help equally the first is taken, so those that hide code come last.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.conditional import Group, conditions
from linter.source.edit import (
    Edit,
    blanks,
    close_paren,
    header,
    skip_space,
    type_to_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WINDOW = 8_192  # bytes looked at around an error
_MATCHES = 24  # places in them that one kind of remedy is tried at


class Put(NamedTuple):
    """Replace as many bytes as `text` has."""

    start: int
    text: bytes
    kind: str
    name: str


class Place(NamedTuple):
    """An error at [start, end) of a piece; [first, last) are the lines around it.

    `errors` are all errors of the piece.
    """

    piece: bytes
    errors: list[tuple[int, int]]
    start: int
    end: int
    first: int
    last: int

    def find(self, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
        """Matches in the lines around the error, not too many."""
        return islice(pattern.finditer(self.piece, self.first, self.last), _MATCHES)


def remedies(piece: bytes, errors: list[tuple[int, int]], number: int) -> Iterator[list[Put]]:
    """Rewrites that may cure the error with this number, the safest first."""
    start, end = errors[number]
    first = piece.rfind(b"\n", 0, max(0, piece.rfind(b"\n", 0, start))) + 1
    last = piece.find(b"\n", piece.find(b"\n", end) + 1 or len(piece))
    last = len(piece) if last < 0 else last + 1
    first, last = max(first, start - _WINDOW), min(last, start + _WINDOW)
    place = Place(piece, errors, start, end, first, last)
    for remedy in _REMEDIES:
        yield from remedy(place)


def _each_then_all(found: list[list[Put]]) -> Iterator[list[Put]]:
    yield from found[:8]
    if len(found) > 1:
        yield [put for puts in found for put in puts]


# -- conditions -------------------------------------------------------------

_ASSEMBLY = regex(rb"#[ \t]*(ifdef|ifndef)[ \t]+__ASSEMBL(?:Y|ER)__\b")


def assembler_branches(text: bytes) -> list[Put]:
    """The branches of a header that are assembler source, blanked."""
    puts: list[Put] = []
    if b"__ASSEMBL" in text:
        for group in conditions(text)[0]:
            m = _ASSEMBLY.match(text, group[0][0])
            if m and (m[1] == b"ifdef" or len(group) == 3):
                puts += _one_branch(text, group, 1 if m[1] == b"ifdef" else 0)
    return puts


def _near(place: Place) -> list[Group]:
    """The `#if` groups that touch the error or hold it."""
    return [
        group
        for group in conditions(place.piece)[0]
        if any(a < place.last and place.first < b for a, b, _ in group)
        or group[0][0] <= place.start <= group[-1][1]
    ]


def _unconditional(place: Place) -> Iterator[list[Put]]:
    """`#if` groups without `#else`: only the lines of the directives go."""
    plain = [group for group in conditions(place.piece)[0] if len(group) == 2]
    broken = [
        group
        for group in plain
        if any(a <= end and start <= b for a, b, _ in group for start, end in place.errors)
    ]
    if len(broken) > 1:
        yield [put for group in broken for put in _without_lines(place.piece, group)]
    near = [group for group in _near(place) if len(group) == 2]
    for group in near[:_MATCHES]:
        yield _without_lines(place.piece, group)


def _branches(place: Place) -> Iterator[list[Put]]:
    """`#if` groups with `#else`: one branch is kept."""
    near = _near(place)
    for group in near[:_MATCHES]:
        if len(group) > 2:
            for keep in range(len(group) - 1):
                yield _one_branch(place.piece, group, keep)
    if len(near) > 1:
        yield [put for group in reversed(near) for put in _first_branch(place.piece, group)]


def _first_branch(piece: bytes, group: Group) -> list[Put]:
    return _without_lines(piece, group) if len(group) == 2 else _one_branch(piece, group, 0)


def _without_lines(piece: bytes, group: Group) -> list[Put]:
    return [Put(a, blanks(piece[a:b]), "directive", word.decode()) for a, b, word in group]


def _one_branch(piece: bytes, group: Group, keep: int) -> list[Put]:
    """Blank the group but for the branch with the number `keep`."""
    puts = [
        Put(line[0], blanks(piece[line[0] : after[0]]), "branch", line[2].decode())
        for number, (line, after) in enumerate(pairwise(group))
        if number != keep
    ]
    kept = [line for number, line in enumerate(group) if number in (keep, len(group) - 1)]
    return puts + _without_lines(piece, kept)


_MISPLACED = regex(rb"#[ \t]*(include|define|undef|pragma)\b[^\n]*(?<!\\)(?=\n)")


def _misplaced_directives(place: Place) -> Iterator[list[Put]]:
    """`#include` in the middle of an initialiser."""
    found = [
        [Put(m.start(), blanks(m[0]), "directive", m[1].decode())] for m in place.find(_MISPLACED)
    ]
    yield from _each_then_all(found)


# -- expressions ------------------------------------------------------------

_TYPE_ARGUMENT = regex(
    rb"(?:,|(?<=\w)(?<!return)(?<!sizeof)(?<!\bif)(?<!while)[ \t]*\()"
    rb"(?=(\s*(?:const\s+)?(?:(?:struct|union|enum)\s+\w+|"
    rb"(?:unsigned|signed|long|short|int|char|void)(?:[ \t]+\w+)*|\w+)[\s*]*(?:const[\s*]*)?)[,)])"
)


def _types(place: Place) -> Iterator[list[Put]]:
    """Types among the arguments of a call."""
    found = []
    for m in place.find(_TYPE_ARGUMENT):
        edit = Edit(place.piece)
        if type_to_name(edit, m.start(1), m.end(1)):
            found.append(_puts(edit))
    yield from _each_then_all(found)


def _puts(edit: Edit) -> list[Put]:
    return [Put(c.start, bytes(edit.out[c.start : c.end]), c.kind, c.name) for c in edit.changes]


_BEHIND_STRING = regex(rb'"[ \t\n]*(\w+)[ \t]*(?=\()')
_BEFORE_STRING = regex(rb'\b(\w+)[ \t]*(?=\([^()"\n]*\)[ \t\n]*")')


def _strings(place: Place) -> Iterator[list[Put]]:
    """`"a" MACRO(x) "b"`: the call made one identifier."""
    found = []
    for pattern in (_BEHIND_STRING, _BEFORE_STRING):
        for m in place.find(pattern):
            close, _ = close_paren(place.piece, m.end())
            text = place.piece[m.start(1) : close]
            if close > 0 and b"\n" not in text:
                name = re.sub(rb"\W", b"_", text)
                found.append([Put(m.start(1), name, "string", text.decode(errors="replace"))])
    yield from _each_then_all(found)


_OPERATOR = regex(rb"(?<=[(,])[ \t]*([-+*/%<>=!&|^]{1,3})[ \t]*(?=[,)])")


def _operators(place: Place) -> Iterator[list[Put]]:
    """`MACRO(a, >=, b)`."""
    yield from _each_then_all(
        [
            [Put(m.start(1), b"_" * len(m[1]), "operator", m[1].decode())]
            for m in place.find(_OPERATOR)
        ]
    )


_ASM = regex(rb"\b(?:asm|__asm__)\b[^(;]*\(")


def _assembler(place: Place) -> Iterator[list[Put]]:
    """Everything between the parentheses of an `asm` that holds the error."""
    piece = place.piece
    for m in islice(_ASM.finditer(piece, max(0, place.start - 4096), place.end), _MATCHES):
        close, _ = close_paren(piece, m.end() - 1)
        if close >= place.start and close - m.end() > 3:
            text = b'""' + blanks(piece[m.end() + 2 : close - 1])
            yield [Put(m.end(), text, "asm", "asm")]


# -- declarations -----------------------------------------------------------

_NAME = regex(rb"\b[A-Za-z_]\w+\b")
_KEYWORDS = frozenset(
    b"""auto break case char const continue default do double else enum extern float for goto if
    inline int long register return short signed sizeof static struct switch typedef union unsigned
    void volatile while bool asm""".split()
)


def _attributes(place: Place) -> Iterator[list[Put]]:
    """An unknown word between a type and a declarator, or behind a declarator."""
    piece, start, end = place.piece, place.start, place.end
    near = max(place.first, start - 60), min(place.last, end + 60)
    found = [m for m in islice(_NAME.finditer(piece, *near), 64) if m[0] not in _KEYWORDS]
    macros = [m for m in found if m[0].startswith(b"__") or m[0].isupper()]
    for m in macros:
        before, after, _ = _neighbours(piece, m)
        at_edge = m.start() == 0 or piece[m.start() - 1] == 0x0A
        if not (at_edge or _DECLARED.match(before)):
            continue
        if after == b"(" and (before != b")" or m[0].startswith(b"__")):
            close, _ = close_paren(piece, skip_space(piece, m.end()))
            if close > 0:
                text = blanks(piece[m.start() : close])
                yield [Put(m.start(), text, "attribute", m[0].decode())]
        elif after and (after in b"*=;{,)" or _NAME_BYTE.match(after)):
            yield [Put(m.start(), b" " * len(m[0]), "attribute", m[0].decode())]
    for m in found:  # three plain words in a row, on one line
        before, after, one_line = _neighbours(piece, m)
        touching = m not in macros and start - 1 <= m.end() and m.start() <= end + 1
        if touching and one_line and _NAME_BYTE.match(before) and _DECLARATOR.match(after):
            yield [Put(m.start(), b" " * len(m[0]), "attribute", m[0].decode())]


_DECLARED = regex(rb"[\w*\])}]")
_DECLARATOR = regex(rb"[\w*]")
_NAME_BYTE = regex(rb"\w")
_NO_TYPE = regex(rb"\b(?:return|goto|case|else|sizeof|do)\s*\Z")


def _neighbours(piece: bytes, m: re.Match[bytes]) -> tuple[bytes, bytes, bool]:
    """The bytes before and after a word, white space skipped, and whether all is on one line."""
    head = piece[max(0, m.start() - 80) : m.start()]
    after = skip_space(piece, m.end())
    before = b"" if _NO_TYPE.search(head) else head.rstrip()[-1:]
    one_line = b"\n" not in head[len(head.rstrip()) :] and b"\n" not in piece[m.end() : after]
    return before, piece[after : after + 1], one_line


# -- statements -------------------------------------------------------------

_LONE_CALL = regex(rb"(?<=\n)[ \t]*(\w+)[ \t]*(?=\()")
_LONE_NAME = regex(rb"(?<=\n)[ \t]*([A-Z][A-Z0-9_]+)(?=[ \t]*\n)")
_BLOCK = regex(rb"(?<=[;{})\s])(\w{5,})[ \t]*(?=\()")
_LOOPING = regex(rb"for_|each|loop|while")


def _statements(place: Place) -> Iterator[list[Put]]:
    """`MACRO(x)` or `MACRO` on a line of its own, without semicolon."""
    piece = place.piece
    for m in place.find(_LONE_NAME):
        yield [Put(m.end(1) - 1, b";", "statement", m[1].decode())]
    for m in place.find(_LONE_CALL):
        close, _ = close_paren(piece, m.end())
        if m[1] in _KEYWORDS or close < 0 or piece[close : close + 1] not in b" \t\n":
            continue
        follow = piece[skip_space(piece, close) :][:1]
        if _NAME_BYTE.match(follow) or follow in b"}#*":
            empty = not piece[m.end() + 1 : close - 1].strip()
            name = m[1].decode()
            yield [
                Put(m.end(), b" " if empty else b",", "statement", name),
                Put(close - 1, b";", "statement", name),
            ]


def _blocks(place: Place) -> Iterator[list[Put]]:
    """`name(args) {` of an unknown macro, where a statement may begin."""
    piece = place.piece
    for m in place.find(_BLOCK):
        close, _ = close_paren(piece, m.end())
        if close < 0 or m[1] in _KEYWORDS or piece[: m.start()].rstrip()[-1:] not in b";{}):":
            continue
        after = skip_space(piece, close)
        if piece[after : after + 1] == b"{" or (
            b"\n" in piece[close:after] and _NAME_BYTE.match(piece, after)
        ):
            edit = Edit(piece)
            if _LOOPING.search(m[1]) and len(m[1]) > 7:
                header(edit, b"while (", m.start(1), m.end(), close, "loop")
            else:
                header(edit, b"if (", m.start(1), m.end(), close, "block")
            yield _puts(edit)


_TOP_CALL = regex(rb"(?:(?<=\n)|\A)(static[ \t]+)?([A-Za-z_]\w*)[ \t]*(?=\()")


def _top_calls(place: Place) -> Iterator[list[Put]]:
    """A macro call at the left edge that holds the error: without its `static`, or not at all."""
    piece = place.piece
    for m in islice(_TOP_CALL.finditer(piece, 0, place.last), 2 * _MATCHES):
        close, _ = close_paren(piece, m.end())
        if close < place.start or m.end() > place.end or m[2] in _KEYWORDS:
            continue
        name = m[2].decode()
        after = skip_space(piece, close)
        follow = piece[after : after + 1]
        if m[1] and follow == b";":
            yield [Put(m.start(1), b" " * len(m[1]), "declare", name)]
        if not follow or follow not in b"{=,":
            stop = after + 1 if follow == b";" else close
            yield [Put(m.start(), blanks(piece[m.start() : stop]), "skipped", name)]


_REMEDIES: tuple[Callable[[Place], Iterator[list[Put]]], ...] = (
    _unconditional,
    _misplaced_directives,
    _types,
    _attributes,
    _strings,
    _operators,
    _blocks,
    _statements,
    _assembler,
    _branches,
    _top_calls,
)
