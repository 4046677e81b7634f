"""Decode a mail: header block, transfer encodings, charsets, parts, flowed text.

The `email` package is not used: importing it costs more than reading a patch,
it recurses with the nesting of the parts, and it turns a body that does not
match its charset into question marks where the bytes must survive.  Nothing
here raises; what cannot be decoded is read as UTF-8 and noted.
"""

from __future__ import annotations

import binascii
import re

from linter.lazy import regex

_FIELD = regex(r"([!-9;-~]{1,80}):[ \t]*(.*)")
_WORD = regex(r"=\?([\w.*:+-]{1,40})\?([bBqQ])\?([^? \t\n]*)\?=(?:\s+(?==\?))?")
# Text encodings only: Python's codecs also know zip, hex and worse.
_TEXT_CODEC = regex(
    r"(?:utf|us-?ascii|ascii|iso-?\d|iso_|latin|l\d|windows-|cp\d|koi8|gb|big5|euc|shift|sjis|mac|hz|tis)",
    re.IGNORECASE,
)
_DEPTH = 8  # multiparts within multiparts
_QUOTE = regex(r">+")


def is_field(line: str) -> bool:
    return _FIELD.match(line) is not None


def fields(block: str) -> dict[str, str]:
    """A header block: lower-case names to unfolded values, the first of each name."""
    found: dict[str, list[str]] = {}
    value: list[str] = []
    for line in block.split("\n"):
        if line[:1] in (" ", "\t"):
            value.append(line.strip())
            continue
        field = _FIELD.match(line)
        value = [field.group(2).strip()] if field else []
        if field:
            found.setdefault(field.group(1).lower(), value)
    return {name: " ".join(parts).strip() for name, parts in found.items()}


def words(value: str) -> str:
    """A header's value with its RFC 2047 encoded words decoded."""
    return _WORD.sub(_decoded_word, value) if "=?" in value else value


def _decoded_word(word: re.Match[str]) -> str:
    charset, encoding, text = word.groups()
    raw = text.encode("utf-8", "replace")
    try:
        if encoding in "bB":
            data = binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
        else:
            data = binascii.a2b_qp(raw, header=True)
    except binascii.Error:
        return word.group()
    return to_text(data, charset.partition("*")[0])[0]


def to_text(data: bytes, charset: str) -> tuple[str, str]:
    """Bytes as text, and what went wrong ('' if nothing did)."""
    charset = charset.strip().lower() or "utf-8"
    why = ""
    if charset not in ("utf-8", "utf8", "us-ascii", "ascii"):
        try:
            if _TEXT_CODEC.match(charset):
                text = data.decode(charset)
                text.encode()  # UTF-7 may leave half of a character, which is no text
                return text, ""
            why = f"unknown charset {charset[:40]!r}"
        except (LookupError, ValueError):  # ValueError: also a NUL in the name
            why = f"text is not in the charset {charset[:40]!r} that the mail names"
        why += ", read as UTF-8"
    return data.decode("utf-8", "surrogateescape"), why


def body_text(head: dict[str, str], body: bytes, depth: int = 0) -> tuple[str, bool, list[str]]:
    """The text of a body: (text, whether its lines are the mail's own, what went wrong).

    Of a multipart the plain text and the patches come, one behind the other.
    """
    kind = head.get("content-type", "").lower()
    encoding = head.get("content-transfer-encoding", "").strip().lower()
    if kind.startswith("multipart/"):
        return _parts(head["content-type"], body, depth)
    exact = True
    problems = []
    if encoding == "quoted-printable":
        body, exact = binascii.a2b_qp(body), False
    elif encoding == "base64":
        exact = False
        try:
            body = binascii.a2b_base64(body)
        except binascii.Error:
            body, problem = _some_base64(body)
            problems.append(problem)
    text, why = to_text(body, _parameter(head.get("content-type", ""), "charset"))
    if why:
        problems.append(why)
    if "\r\n" in text and not exact and text.count("\r\n") == text.count("\n"):
        text = text.replace("\r\n", "\n")
    if "format" in kind and _parameter(kind, "format") == "flowed":
        text, exact = unflow(text, _parameter(kind, "delsp") == "yes"), False
    return text, exact, problems


def _some_base64(body: bytes) -> tuple[bytes, str]:
    """What can be decoded of broken base64: up to the last whole group."""
    body = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    return binascii.a2b_base64(body[: len(body) // 4 * 4]), "broken base64, read as far as it goes"


def _parts(content_type: str, body: bytes, depth: int) -> tuple[str, bool, list[str]]:
    boundary = _parameter(content_type, "boundary")
    if not boundary or depth >= _DEPTH:
        why = "multipart without a boundary" if not boundary else "parts are nested too deep"
        return body.decode("utf-8", "surrogateescape"), False, [why + ": read as it is"]
    texts: list[str] = []
    problems: list[str] = []
    mark = b"\n--" + boundary.encode("utf-8", "surrogateescape")
    for part in (b"\n" + body).split(mark)[1:]:
        if part.startswith(b"--"):
            break
        # The rest of the boundary's line is padding.
        block, _, content = part.partition(b"\n")[2].partition(b"\n\n")
        if block.startswith(b"\n"):  # a part without headers
            block, content = b"", part.partition(b"\n")[2][1:]
        head = fields(block.decode("utf-8", "surrogateescape"))
        if _is_text(head):
            text, _, wrong = body_text(head, content, depth + 1)
            texts.append(text)
            problems += wrong
        elif head.get("content-type", "").lower().startswith("text/html"):
            problems.append("HTML part: not read")
    return "\n".join(texts), False, problems


def _is_text(head: dict[str, str]) -> bool:
    kind = head.get("content-type", "text/plain").lower()
    if kind.startswith(("text/plain", "text/x-patch", "text/x-diff", "multipart/")):
        return True
    name = _parameter(kind, "name") or _parameter(
        head.get("content-disposition", "").lower(), "filename"
    )
    return name.endswith((".patch", ".diff"))


def _parameter(value: str, name: str) -> str:
    """`name=...` of a structured header, '' if it is not there."""
    found = re.search(rf';\s*{name}\s*=\s*(?:"([^"]*)"|([^\s;"]+))', value, re.IGNORECASE)
    return (found.group(1) or found.group(2) or "") if found else ""


def unflow(text: str, delsp: bool = False) -> str:
    """Undo format=flowed (RFC 3676): join soft line breaks, take the stuffing off.

    A diff that went through a flowed mail keeps its lines apart: a line that
    starts as a line of a diff does is never the rest of the line before, and
    a blank line is not a soft break.
    """
    out: list[list[str]] = []  # pieces of each joined line
    open_depth = -1  # quote depth of a line that ends in a soft break
    for line in text.split("\n"):
        marks = _QUOTE.match(line)
        depth = marks.end() if marks else 0
        rest = line[depth:]
        if rest.startswith(" "):
            rest = rest[1:]
        soft = rest.endswith(" ") and not rest.isspace() and rest != "-- "
        if soft and delsp:
            rest = rest[:-1]
        if depth == open_depth and rest and not rest.startswith((" ", "+", "-", "@@", "diff ")):
            out[-1].append(rest)
        else:
            out.append([">" * depth + " " + rest if depth else rest])
        open_depth = depth if soft else -1
    return "\n".join(["".join(pieces) for pieces in out])
