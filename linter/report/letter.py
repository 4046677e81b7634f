"""A reply as a file that a mail program opens as a draft: headers, encoding, who gets it.

Left to the program that sends it: From (its user's), Date and Message-ID (of the
moment it is sent).  The headers are written here, not by `email.message`, which
folds long Message-IDs in a way that breaks the thread.
"""

from __future__ import annotations

import re
from email.header import Header
from email.utils import formataddr, getaddresses
from textwrap import wrap
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.intake.patch import Mail

WIDTH = 72  # columns of prose on a mailing list

_LONG = 900  # bytes of a line; mail allows 998
_MANY = 100  # ancestors that are named; mail programs look at the first and the last ones
_ADDRESS = regex(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", re.ASCII)
_ID = regex(r"[!-;=?-~]+")  # what may stand in <>
_REPLY = regex(r"re:\s*", re.IGNORECASE)
_CODE = regex(r"`[^`]*`")
_CLAUSE = regex(r"(?:`[^`]*`|\([^()]*\)|[^:;`(]|[:;](?! )|[`(])+")


def letter(mail: Mail, body: list[str]) -> bytes:
    """The reply to `mail` with these lines of text; UTF-8 whatever the mail holds."""
    sender = _people(mail.sender)[:1]
    others = _people(f"{mail.to}, {mail.cc}")
    said = {address.lower() for _, address in sender}
    head = _field("Subject", _words(_subject(mail), "Subject"))
    head += _field("To", *map(_person, sender))
    head += _field("Cc", *(_person(who) for who in others if who[1].lower() not in said))
    if _is_id(mail.message_id):
        head += _field("In-Reply-To", f"<{mail.message_id}>")
        head += _field("References", *_ancestors(mail), comma="")
    text = "\n".join(body).rstrip("\n") + "\n"
    data, encoding = _encoded(text.encode("utf-8", "backslashreplace"))
    head += "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\n\n".encode("ascii") + data


def attribution(mail: Mail) -> str:
    """`On DATE, NAME wrote:`, as far as the mail says; '' if it does not say who."""
    who = next((name or address for name, address in _people(mail.sender)), "")
    name = plain(who or mail.sender.strip())
    if not name:
        return ""
    date = plain(" ".join(mail.date.split()))[:80]
    return f"On {date}, {name} wrote:" if date else f"{name} wrote:"


def prose(text: str, first: str = "", then: str | None = None) -> list[str]:
    """Text as lines of a mail; `code` and words stay whole, and none looks like a quote.

    The first line begins with `first`, the others with `then` (default: blanks).
    """
    whole = _CODE.sub(lambda code: code.group().replace(" ", "\0"), plain(" ".join(text.split())))
    whole = whole.replace(" >", "\0>")
    lines = wrap(
        whole,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first) if then is None else then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [(" " if line[:1] == ">" else "") + line.replace("\0", " ") for line in lines]


def sentence(text: str) -> str:
    """`text` with a capital, if it begins with a word, and a full stop."""
    if re.match(r"[a-z]+[ ,;:]", text):
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?", ":", ";")) else text + "."


def gist(message: str) -> str:
    """The first clause of a message: what is wrong, without what comes of it."""
    found = _CLAUSE.match(message)
    return found.group().rstrip() if found else message


def _subject(mail: Mail) -> str:
    text = plain(mail.subject.text)
    reply = _REPLY.match(text)
    return f"Re: {text[reply.end() :] if reply else text or 'your mail'}"


def _people(value: str) -> list[tuple[str, str]]:
    """The (name, address) of a header that is decoded already, each address once.

    What holds no address is a piece of the next one's name: `Doe, Jane <jane@x>`.
    """
    found: dict[str, tuple[str, str]] = {}
    before: list[str] = []
    try:
        listed = getaddresses([plain(value[:100_000])])
    except RecursionError:  # comments in comments in comments
        return []
    for name, address in listed:
        if "@" not in address:
            before += [part for part in (name or address,) if part]
            continue
        if _ADDRESS.fullmatch(address):
            whole = ", ".join([*before, name]) if name else ""
            found.setdefault(address.lower(), (whole, address))
        before = []
    return list(found.values())


def _person(who: tuple[str, str]) -> str:
    name, address = who
    return formataddr(who) if name.isascii() else f"{_words(name)} <{address}>"


def _words(text: str, field: str = "") -> str:
    """A header's text, folded, in encoded words if it is not ASCII."""
    text = text.encode("utf-8", "backslashreplace").decode()
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name=field or None).encode(linesep="\n")


def _field(name: str, *values: str, comma: str = ",") -> str:
    return f"{name}: " + f"{comma}\n ".join(values) + "\n" if values else ""


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def _ancestors(mail: Mail) -> Iterator[str]:
    """The thread from its start to the mail."""
    above = mail.references or ((mail.in_reply_to,) if mail.in_reply_to else ())
    chain = [name for name in dict.fromkeys(above) if _is_id(name) and name != mail.message_id]
    if len(chain) > _MANY:
        chain = [chain[0], *chain[1 - _MANY :]]
    for name in (*chain, mail.message_id):
        yield f"<{name}>"


def _encoded(data: bytes) -> tuple[bytes, str]:
    if max(map(len, data.split(b"\n"))) > _LONG:
        from quopri import encodestring

        return encodestring(data), "quoted-printable"
    return data, "7bit" if data.isascii() else "8bit"
