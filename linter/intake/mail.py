"""Read mails: one patch, an mbox, a maildir, a directory, text of an archive.

A mail is taken apart by a few lines of our own, because b4 starts the checker
once a patch; see `mime` for bodies that are encoded.
"""

from __future__ import annotations

import re

from linter.intake import mime
from linter.intake.patch import Mail, Note, Subject
from linter.lazy import regex

_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
# `From ` lines: an address or a commit, and a date as asctime() writes it.
_FROM = regex(
    rb"^From [^\n]{0,200}?\b" + _DAY + rb" +" + _MONTH + rb" +\d{1,2} [^\n]{0,40}\r?\n"
    rb"(?=[!-9;-~]{1,80}:|>?From )",
    re.MULTILINE,
)
_ESCAPED_FROM = regex(rb"^>(>*From )", re.MULTILINE)
_KNOWN = frozenset(("from", "subject", "message-id"))
_ENDINGS = frozenset(("", ".patch", ".mbox", ".eml", ".txt"))
_FIRST_LINES = 12  # of an archive's text, where its subject stands

_REPLY = regex(r"(?:(?:re|aw|antw|sv|vs|wg|fwd?)(?:\[\d{1,3}\])?:\s*)+", re.IGNORECASE)
_BRACKET = regex(r"\[([^\[\]]{0,200})\]\s*")
_NUMBER = regex(r"(\d{1,4})/(\d{1,4})")
_VERSION = regex(r"(?:PATCH[-_]?)?v(\d{1,4})(?:\.\d+)?", re.IGNORECASE)
_SUBJECT_LINE = regex(
    r"(?:Subject:\s*)?((?:(?:re|aw|fwd?):\s*)*\[[^\]\n]{0,60}(?:PATCH|RFC|\d/\d)[^\]\n]{0,60}\].*)",
    re.IGNORECASE,
)
_ID = regex(r"<([^<>\s]{1,1000})>")


def parse_subject(text: str) -> Subject:
    """Take a subject apart; the version is 1 and the numbers None if not given."""
    text = " ".join(text.split())
    rest = text
    prefix = _REPLY.match(rest)
    reply = prefix is not None
    if prefix:
        rest = rest[prefix.end() :]
    patch = False
    version = 1
    index = total = None
    tags: list[str] = []
    at = 0
    while bracket := _BRACKET.match(rest, at):
        at = bracket.end()
        for word in re.split(r"[\s,]+", bracket.group(1)):
            if number := _NUMBER.fullmatch(word):
                index, total = int(number.group(1)), int(number.group(2))
                patch = True
            elif named := _VERSION.fullmatch(word):
                version = int(named.group(1))
                patch = patch or word[:1] in "pP"
            elif word.upper() == "PATCH":
                patch = True
            elif word:
                tags.append(word)
                patch = patch or word.upper() == "RFC"
    return Subject(text, rest[at:], reply, patch, version, index, total, tuple(tags))


def read_mails(data: bytes, source: str) -> list[Mail]:
    """Every mail in `data`: one mail, an mbox, or an archive's text without headers.

    `source` names the input in `Mail.source` and in notes.  Never raises.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        return []
    if data[:100].lstrip()[:5] != b"From ":
        return [_read_mail(data, source, 1)]
    starts = [found.start() for found in _FROM.finditer(data)]
    if not starts or data[: starts[0]].strip():
        return [_read_mail(data, source, 1)]
    mails = []
    line = 1 + data.count(b"\n", 0, starts[0])
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        raw = data[start:end]
        if b"\n>" in raw:
            raw = _ESCAPED_FROM.sub(rb"\1", raw)
        mails.append(_read_mail(raw, source, line))
        line += raw.count(b"\n")
    return mails


def _read_mail(raw: bytes, source: str, line: int) -> Mail:
    """One mail, with or without its `From ` line; `line` is where it starts."""
    first = raw.find(b"\n")
    if raw[first - 1 : first] == b"\r":
        raw = raw.replace(b"\r\n", b"\n")
    begin = len(raw) - len(raw.lstrip(b"\n"))
    in_mbox = raw.startswith(b"From ", begin)
    if in_mbox:
        begin = raw.find(b"\n", begin) + 1
    blank = raw.find(b"\n\n", begin)
    block = (raw[begin:] if blank < 0 else raw[begin:blank]).decode("utf-8", "surrogateescape")
    if not _is_header(block, in_mbox):
        return _read_archive_text(raw, source, line)
    head = mime.fields(block)
    body = b"" if blank < 0 else raw[blank + 2 :]
    text, exact, problems = mime.body_text(head, body)
    mail = Mail(source, line, parse_subject(mime.words(head.get("subject", ""))), text)
    mail.body_line = line + raw.count(b"\n", 0, len(raw) - len(body))
    mail.body_exact = exact
    mail.message_id = _first_id(head.get("message-id", ""))
    mail.in_reply_to = _first_id(head.get("in-reply-to", ""))
    mail.references = tuple(_ID.findall(head.get("references", "")))
    mail.sender = mime.words(head.get("from", ""))
    mail.to = mime.words(head.get("to", ""))
    mail.cc = mime.words(head.get("cc", ""))
    mail.date = head.get("date", "")
    mail.notes = [Note(source, mail.body_line, problem) for problem in problems]
    return mail


def _is_header(block: str, in_mbox: bool) -> bool:
    """Is this a mail's header block?  Archives print lines that look like one.

    In an mbox it is one even if a line of it is none.
    """
    lines = block.split("\n")
    known = any(line.partition(":")[0].lower() in _KNOWN for line in lines)
    if in_mbox or not known:
        return known
    fields = all(line[:1] in (" ", "\t") or mime.is_field(line) for line in lines)
    return fields and not lines[0].lower().startswith("re:")


def _first_id(value: str) -> str:
    found = _ID.search(value)
    return found.group(1) if found else value.strip().strip("<>")


def _read_archive_text(raw: bytes, source: str, line: int) -> Mail:
    """Text as a web archive shows it: the subject is a guess from its first lines."""
    text = raw.decode("utf-8", "surrogateescape")
    subject = sender = date = ""
    for row in text[:4000].split("\n")[:_FIRST_LINES]:
        found = None if subject else _SUBJECT_LINE.match(row.strip())
        if found:
            subject = found.group(1)
        elif row.startswith("Subject:") and not subject:
            subject = row[8:]
        elif row.startswith("From:") and not sender:
            sender = row[5:].strip()
        elif row.startswith("Date:") and not date:
            date = row[5:].strip()
    mail = Mail(source, line, parse_subject(subject), text)
    mail.headers = False
    mail.sender = sender
    mail.date = date
    return mail


def read_path(path: str) -> list[Mail]:
    """The mails of a file, a maildir or a directory; raises OSError naming the path.

    A directory is read in the order of its names, with what lies below it:
    `.patch`, `.mbox`, `.eml`, `.txt` and names without an ending; in the cur/
    and new/ of a maildir every file.
    """
    import os

    if not os.path.isdir(path):
        with open(path, "rb") as file:
            return read_mails(file.read(), path)
    names: list[str] = []
    for folder, below, files in os.walk(path, onerror=_raise):
        is_maildir = os.path.basename(folder) in ("cur", "new") and not below
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in files:
            whole = os.path.join(folder, name)
            wanted = is_maildir or os.path.splitext(name)[1] in _ENDINGS
            if wanted and not name.startswith(".") and os.path.isfile(whole):
                names.append(whole)
    mails = []
    for name in sorted(names):
        with open(name, "rb") as file:
            mails += read_mails(file.read(), name)
    return mails


def _raise(error: OSError) -> None:
    raise error
