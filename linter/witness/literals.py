"""Numbers, characters and strings as C spells them."""

from __future__ import annotations

import re
from functools import lru_cache

from linter.witness.ctype import INT, LLONG, LONG, UINT, ULLONG, ULONG, Int
from linter.witness.outcome import Stop
from linter.witness.value import Value, integer

_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]{1,64}|0[bB][01]{1,64}|\d{1,64})([uUlL]{0,3})")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)", re.S)
_NAMED = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)


@lru_cache(maxsize=512)
def number(source: str) -> Value:
    """An integer literal with the type that C gives it."""
    if source.startswith(("-", "+")):  # the parser takes the sign for a part of it
        return _signed(source[0], number(source[1:].strip()))
    match = _NUMBER.fullmatch(source.replace("'", ""))
    if match is None:
        raise Stop(f"the number {source[:40]} is not known")
    digits, suffix = match[1], match[2].lower()
    base = 16 if digits[:2] in ("0x", "0X") else 2 if digits[:2] in ("0b", "0B") else 10
    if base == 10 and digits[0] == "0" and len(digits) > 1:
        base = 8
    try:
        value = int(digits.removeprefix("0b").removeprefix("0B"), base)
    except ValueError:
        raise Stop(f"the number {source[:40]} is not known") from None
    return Value(_type(value, suffix, base == 10), value & (1 << 64) - 1)


def _signed(sign: str, value: Value) -> Value:
    return integer(-value.number, value.ctype) if sign == "-" else value


def _type(value: int, suffix: str, decimal: bool) -> Int:
    longs = suffix.count("l")
    pairs = [(INT, UINT), (LONG, ULONG), (LLONG, ULLONG)][longs:]
    for signed, unsigned in pairs:
        if "u" not in suffix and value < 1 << signed.bits - 1:
            return signed
        if ("u" in suffix or not decimal) and value < 1 << unsigned.bits:
            return unsigned
    if value < 1 << 64:
        return ULLONG
    raise Stop(f"the number {value} has more than 64 bits")


def plain(value: int) -> Value:
    """A constant known by value alone: `int` where it fits, as a literal would be."""
    for ctype in (INT, LONG):
        if -(1 << ctype.bits - 1) <= value < 1 << ctype.bits - 1:
            return integer(value, ctype)
    return integer(value, ULONG)


def character(source: str) -> Value:
    data = _unescape(source.strip().removeprefix("L")[1:-1])
    if len(data) != 1:
        raise Stop(f"the character {source[:20]} is not known")
    return integer(data[0], INT)


def string(source: str) -> bytes:
    """The bytes of one or several strings side by side, with the final NUL."""
    return b"".join(_unescape(m[1]) for m in _STRING.finditer(source)) + b"\0"


def _unescape(source: str) -> bytes:
    out = bytearray()
    at = 0
    for match in _ESCAPE.finditer(source):
        out += source[at : match.start()].encode("utf-8", "surrogateescape")
        code = match[1]
        if code[0] == "x":
            out.append(int(code[1:], 16) & 0xFF)
        elif code[0] in "01234567":
            out.append(int(code, 8) & 0xFF)
        else:
            out.append(_NAMED.get(code) or (ord(code) & 0xFF))
        at = match.end()
    return bytes(out + source[at:].encode("utf-8", "surrogateescape"))
