"""How each of the kernel's macros is rewritten: one function a construct.

A handler gets the edit and the match of its pattern in `dialect`, rewrites or leaves alone, and
gives the offset from which the text may be looked at again.
"""

from __future__ import annotations

import re
from itertools import pairwise

from linter.lazy import regex
from linter.source import words
from linter.source.edit import (
    CHAR,
    COMMENT,
    LINE_COMMENT,
    STRING,
    Edit,
    blanks,
    either,
    header,
    skip_space,
    type_to_name,
)

Match = re.Match[bytes]

_DEFINE = rb"#[ \t]*define[ \t]+\w+(?:\([^()\n]*\))?"
_DEFINE_EMPTY = _DEFINE + rb"(?=[\s\\])(?:\s|\\\n)*\\?"
_DEFINE_REST = rb"#[ \t]*define[ \t]+\w+\([^()\n]*?(\w+)\.\.\.\)"


def directive(edit: Edit, m: Match) -> None:
    """Three traps in how tree-sitter reads `#define`.

    It looks for the body of `#define A ` (white space, then nothing) in the lines below, which
    vanish from the tree.  It does not know `#define A(x...)`.  It ends a body at a comment, and
    what follows in the next lines of the macro would be code.
    """
    text = m[0]
    if text[-1] in b" \t\r\n\\" and re.fullmatch(_DEFINE_EMPTY, text):
        head = re.match(_DEFINE, text)
        if head:
            edit.put(m.start() + head.end(), b";", "define", "#define")
    if b"...)" in text:
        rest = re.match(_DEFINE_REST, text)
        if rest:
            edit.blank(m.start() + rest.start(1), m.start() + rest.end(1), "define", "#define")
    if b"/*" in text and b"\\\n" in text:
        comments = either(STRING, CHAR, COMMENT, LINE_COMMENT)
        for comment in comments.finditer(edit.src, m.start(), m.end()):
            more = edit.src.find(b"\\\n", comment.end(), m.end()) >= 0
            if more and comment[0].startswith(b"/*"):
                edit.blank(comment.start(), comment.end(), "comment", "#define")


_LONE_NAME = regex(rb"(?:\breturn[ \t]*|[(!&|=?:,;{}][ \t]*)(\()[ \t]*\w+[ \t]*(\))\s*$")


def conjunction(edit: Edit, m: Match) -> int:
    """`(a) && b`, which tree-sitter takes for a cast of the address of the label `b`."""
    start = max(0, m.start() - 100)
    lone = _LONE_NAME.search(edit.src[start : m.start()])
    if lone:
        for at in (start + lone.start(1), start + lone.start(2)):
            edit.blank(at, at + 1, "paren", "(")
    return m.end()


def underscored(edit: Edit, m: Match) -> int:
    """A word that begins with two underscores: mostly an attribute."""
    word, end = m[0], m.end()
    if word in words.ATTRIBUTES:
        edit.blank(m.start(), end, "attribute", word.decode())
    elif word in words.ATTRIBUTE_CALLS or word in words.CLEANUPS:
        opening = skip_space(edit.src, end)
        if edit.src[opening : opening + 1] != b"(":
            return end
        close, _ = edit.close(opening)
        if close < 0 or _is_call(edit, m.start(), close):
            return end
        kind, name = "attribute", word
        if word in words.CLEANUPS:
            kind, name = "cleanup", edit.src[opening + 1 : close - 1].strip()
        edit.blank(m.start(), close, kind, name.decode(errors="replace"))
        return close
    elif word in words.TYPEOFS:
        return type_of(edit, m)
    elif word in (b"__asm__", b"__asm"):
        return assembler(edit, m)
    elif word in words.TYPE_NAME_DECLARATIONS or word == b"__builtin_offsetof":
        return call(edit, m)
    elif b"for_each" in word:
        opening = skip_space(edit.src, end)
        if edit.src[opening : opening + 1] == b"(":
            _loop(edit, m.start(), opening)
    return end


def _is_call(edit: Edit, start: int, close: int) -> bool:
    """Whether `__name(...)` stands in an expression or is a statement, so is no attribute."""
    before = edit.before(start)
    follow = skip_space(edit.src, close)
    if before == 0 or edit.src[before - 1] in b";{}":
        return edit.src[follow : follow + 1] == b";"
    return edit.src[before - 1] in b"=(!<>&|+-/%?:[," or edit.word_before(before) == b"return"


def attribute(edit: Edit, m: Match) -> int:
    """An attribute that is a plain word."""
    if m[0] in words.ATTRIBUTES and edit.whole_word(m.start()):
        edit.blank(m.start(), m.end(), "attribute", m[0].decode())
    return m.end()


def loop(edit: Edit, m: Match) -> int:
    """`list_for_each(p, &head)` -> `while (_each,p, &head)`, where a statement may begin."""
    _loop(edit, m.start() - len(edit.word_before(m.start())), m.end() - 1)
    return m.end()


def _loop(edit: Edit, start: int, opening: int) -> None:
    src = edit.src
    if start == 0 or src[start - 1] == 0x0A:
        return  # at the left edge: the definition of a function
    before = edit.before(start)
    if before and src[before - 1] not in b";{}):" and edit.word_before(before) not in _STARTERS:
        return
    close, _ = edit.close(opening)
    after = skip_space(src, close)
    own_line = b"\n" in src[max(close, 0) : after] and src[after : after + 1] in _OTHER_BODIES
    if close > 0 and (_BODY.match(src, after) or own_line):
        header(edit, b"while (", start, opening, close, "loop")


_STARTERS = (b"else", b"do")
_BODY = regex(rb"[A-Za-z_{]")
_OTHER_BODIES = (b"*", b"(", b"+", b"-", b";")  # on a line of their own
_JUMP = rb"[ \t\n]*(return|goto|continue|break)\b"


def scope(edit: Edit, m: Match) -> int:
    """`scoped_guard(mutex, &lock)` -> `if (ed_guard,mutex, &lock)`."""
    src, opening = edit.src, m.end() - 1
    close, commas = edit.close(opening)
    if close < 0 or not edit.whole_word(m.start()):
        return m.end()
    header(edit, b"if (", m.start(), opening, close, "scope")
    if b"cond" in m[0] and commas:
        # `scoped_cond_guard(class, return -EINTR, lock)`: the second argument is a statement.
        end = commas[1] if len(commas) > 1 else close - 1
        jump = either(_JUMP).match(src, commas[0] + 1, end)
        if jump and skip_space(src, jump.end()) < end:
            edit.blank(jump.start(1), jump.end(), "scope", jump[1].decode())
        elif jump:
            edit.put(jump.start(1), jump[1].upper(), "scope", jump[1].decode())
    return m.end()


def type_of(edit: Edit, m: Match) -> int:
    """`typeof(*p)` -> `typeof____`, a type's name: the operand is never evaluated."""
    src, end = edit.src, m.end()
    opening = skip_space(src, end)
    if not edit.whole_word(m.start()) or src[opening : opening + 1] != b"(":
        return end
    close, _ = edit.close(opening)
    if close < 0:
        return end
    operand = src[end:close]
    name = src[m.start() : close].decode(errors="replace")
    edit.put(end, blanks(operand) if b"\n" in operand else b"_" * len(operand), "type", name)
    return close


def call(edit: Edit, m: Match) -> int:
    """A macro that may have types among its arguments, or is a declaration in disguise."""
    src, name = edit.src, m[0]
    opening = skip_space(src, m.end())
    close, commas = edit.close(opening)
    if close < 0 or not edit.whole_word(m.start()):
        return m.end()
    arguments = [(a + 1, b) for a, b in pairwise([opening, *commas, close - 1])]
    if len(arguments) == 2 and name in words.TYPE_NAME_DECLARATIONS:
        # Of an array type only the element is left.
        bracket = src.find(b"[", opening, commas[0])
        comma = bracket if bracket > 0 else commas[0]
        for start, end in ((m.start(), opening + 1), (comma, commas[0] + 1), (close - 1, close)):
            edit.blank(start, end, "declare", name.decode())
        return commas[0] + 1 if bracket > 0 else m.end()
    if len(arguments) == 2 and name in words.NAME_SIZE_DECLARATIONS:
        for offset, byte in ((opening, b" "), (commas[0], b"["), (close - 1, b"]")):
            edit.put(offset, byte, "declare", name.decode())
        return m.end()
    if name == b"offsetof":
        if len(arguments) == 2 and either(_MEMBER).fullmatch(src, *arguments[1]):
            return m.end()  # tree-sitter knows this one
        edit.put(m.start(), b"O", "type", "offsetof")
    for start, end in arguments:
        type_to_name(edit, start, end)
    if name.startswith((b"DEFINE_", b"DECLARE_")) and commas:
        # `DEFINE_X(a, b);` reads as a call, `static DEFINE_X(a, b);` as nothing at all.
        before = edit.before(m.start())
        if edit.word_before(before) in (b"static", b"extern"):
            edit.blank(before - 6, before, "declare", name.decode())
    return m.end()


_MEMBER = rb"\s*\w+\s*"
_TOP = regex(rb"([A-Za-z_]\w*)[ \t]*\(")
_SYSCALL = rb"(?:\w*SYSCALL_DEFINE\d|BPF_CALL_\d)\Z"
_NO_CODE = (
    rb"(?:(?:TRACE|DEFINE|DECLARE)_EVENT\w*|DECLARE_TRACE\w*|EXTEND_CLASS\w*"
    rb"|(?:DEFINE|DECLARE)_(?:FREE|GUARD|CLASS|LOCK_GUARD_\d)\w*)\Z"
)
_KEYWORDS = frozenset(b"if for while switch return sizeof else do goto case asm".split())
_REST_OF_LINE = regex(rb"[ \t\r]*(?:/[/*][^\n]*)?(?:\n|\Z)")


def top_line(edit: Edit, m: Match) -> int:
    return top(edit, m.end())


def top(edit: Edit, start: int) -> int:
    """A macro call at the left edge: a declaration without semicolon, or a function's head."""
    src = edit.src
    m = _TOP.match(src, start)
    if m is None or m[1] in _KEYWORDS or m[1] in words.ATTRIBUTE_CALLS:
        return start
    name, opening = m[1], m.end() - 1
    close, commas = edit.close(opening)
    if close < 0:
        return start
    after = skip_space(src, close)
    follow = src[after : after + 1]
    if re.match(_NO_CODE, name):
        stop = after + 1 if follow == b";" else close
        edit.blank(start, stop, "skipped", name.decode())
        return stop
    if follow == b"{":
        if re.match(_SYSCALL, name):
            _syscall(edit, opening, close, commas, name.decode())
        return start
    # The line must end here, and what follows must begin at the left edge as well: `name(a)` with
    # `int a;` below it is a function in old C, not a macro.
    ends_line = _REST_OF_LINE.match(src, close)
    at_edge = after == len(src) or (src[after - 1] == 0x0A and follow not in b";=,)[*(")
    before = edit.before(start)
    if ends_line and at_edge and (before == 0 or src[before - 1] in b";})"):
        edit.blank(start, close, "toplevel", name.decode())
        return close
    return start


def _syscall(edit: Edit, opening: int, close: int, commas: list[int], name: str) -> None:
    """`SYSCALL_DEFINE2(name, int, a)` -> `SYSCALL_DEFINE2 name( int  a)`: type and name pair up."""
    if commas:
        edit.put(opening, b" ", "function", name)
        edit.put(commas[0], b"(", "function", name)
        for comma in commas[1::2]:
            edit.put(comma, b" ", "function", name)


def case(edit: Edit, m: Match) -> int:
    """`case A ... B` -> `case A  || B`."""
    if edit.whole_word(m.start()):
        edit.put(m.end() - 3, b" ||", "range", "case")
    return m.end()


_QUALIFIER = rb"(?:__volatile__|__volatile|volatile|__inline__|inline|goto)\b"
_TEMPLATE = (COMMENT, LINE_COMMENT, STRING, rb"\w+[ \t]*\(()", rb":()", rb"\w+", rb"\S")


def assembler(edit: Edit, m: Match) -> int:
    """`asm_volatile_goto(` -> `asm volatile goto(`; calls in the template -> `""`."""
    src, start, end = edit.src, m.start(), m.end()
    if not edit.whole_word(start):
        return end
    if m[0].startswith(b"asm_"):
        edit.put(start, m[0].replace(b"_", b" "), "asm", m[0].decode())
    opening = skip_space(src, end)
    qualified = False
    while qualifier := either(_QUALIFIER).match(src, opening):
        qualified = True
        opening = skip_space(src, qualifier.end())
    if src[opening : opening + 1] != b"(":
        return end
    close, _ = edit.close(opening)
    if close < 0:
        return end
    word = edit.word_before(edit.before(start))
    if word and not qualified and word not in _STARTERS:
        edit.blank(start, close, "asm", "register")  # `register long x asm("x0")`
        return close
    pos = opening + 1
    while part := either(*_TEMPLATE).search(src, pos, close - 1):
        pos = part.end()
        if part.lastindex == 2:  # the operands
            break
        if part.lastindex == 1:
            pos, _ = edit.close(part.end() - 1)
            if pos < 0:
                break
            name = part[0][:-1].rstrip().decode()
            edit.put(part.start(), b'""' + blanks(src[part.start() + 2 : pos]), "asm", name)
    return close
