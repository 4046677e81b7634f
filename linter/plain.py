"""Text from a patch or a trace, made safe to show.

Paths, subjects, code and names come from strangers.  Control characters could
drive the terminal, a newline could forge a line of the report, and bidirectional
overrides could show code in another order than the compiler reads it; so
everything that is not printable becomes a visible escape.
"""

from __future__ import annotations

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def plain(text: str) -> str:
    """`text` on one line, without anything that a terminal would act on."""
    # str.isprintable is false for controls, formats (bidi, zero width), lone
    # surrogates, unassigned code points and every space but U+0020.
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def plain_text(text: str) -> str:
    """Like `plain`, but line ends stay and tabs become blanks."""
    return "\n".join(plain(line.rstrip("\r")) for line in text.expandtabs().split("\n"))


def plain_error(error: BaseException) -> str:
    """The error's type and, if it has one, its text, on one line."""
    name, text = type(error).__name__, plain(str(error))
    return f"{name}: {text}" if text else name


def without_surrogates(text: str) -> str:
    """`text` as valid Unicode: each lone surrogate becomes a visible escape."""
    if text.isascii():
        return text
    return "".join(_escape(c) if "\ud800" <= c <= "\udfff" else c for c in text)


def _escape(c: str) -> str:
    if c in _NAMED:
        return _NAMED[c]
    code = ord(c)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8 (surrogateescape)
        code -= 0xDC00
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
