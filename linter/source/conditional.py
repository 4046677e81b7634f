"""The `#if ... #endif` groups of a text."""

from __future__ import annotations

from linter.source.edit import CHAR, COMMENT, DIRECTIVE, LINE_COMMENT, STRING, either

Line = tuple[int, int, bytes]  # (start, end, word) of a directive
Group = list[Line]  # the lines of one `#if ... #endif`

_CONDITION = (
    STRING,
    CHAR,
    COMMENT,
    LINE_COMMENT,
    rb"#[ \t]*(?=(if|ifdef|ifndef|elif|else|endif)\b)" + DIRECTIVE[1:],
    DIRECTIVE,
)


def conditions(text: bytes) -> tuple[list[Group], list[Line]]:
    """The `#if` groups of a text, inner ones first, and the directives without a partner."""
    if b"#" not in text:
        return [], []
    groups: list[Group] = []
    lone: list[Line] = []
    stack: list[Group] = []
    for m in either(*_CONDITION).finditer(text):
        word = m[1]
        if word is None:
            continue
        line = (m.start(), m.end(), word)
        if word.startswith(b"if"):
            stack.append([line])
        elif not stack:
            lone.append(line)
        else:
            stack[-1].append(line)
            if word == b"endif":
                groups.append(stack.pop())
    for group in stack:
        lone += group
    return groups, lone
