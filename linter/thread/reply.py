"""What one mail says: the lines that it quotes, its own words, the diffs it proposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.intake import quote
from linter.intake.diff import parse_diff
from linter.lazy import regex

if TYPE_CHECKING:
    from linter.intake.patch import FileDiff, Mail, Patch

MAX_NAMES = 20  # people whom one text quotes
MAX_WORDS = 400  # characters of a remark that are kept

_NAME = r"[A-Z][\w.'-]*"
_GREETING = regex(
    r"(?i:hi|hello|hey|dear|good (?:day|morning|afternoon|evening))"
    rf"(?:,? (?:all|everyone|{_NAME})){{0,3}}\s?[,.!:]*$"
)
_CLOSING = regex(
    r"(?i:(?:many )?thanks|thank you|thx|cheers|(?:(?:kind|best|warm) )?regards|best|rgds|br)"
    r"\s?[,.!]*$"
)
_TAG = regex(r"[A-Z][A-Za-z]+(?:-[A-Za-z]+)*-(?:by|to|and-\w+-by):\s|(?:Fixes|Link|Closes):\s")
_TRIM = regex(
    r"\[\s*(?:\.\.+|…|snip\w*|trim\w*|cut)[^\]]{0,40}\]$|<\s*snip\w*\s*>$|…+$"
    r"|[-=<>8\s]{2,40}(?i:cut(?: here)?)?[-=<>8\s]{0,40}$"
)
_WROTE = regex(r".{1,300}\bwrote:$")
_WHO_WROTE = regex(r"(?!AM |PM )\b((?:[^\W\d_][\w.'-]*\s+){1,4})(?:<[^<>]*>\s*)?wrote:$")
_FOOTER = regex(r"© |More information about the |mailing list$|_{20,}")
_ADDRESS = regex(r"(.{0,80}?)\s*\b[\w.+-]+(?:@| at )[\w-]+\.[\w.-]+\s*$")
_SHORT_NAME = regex(rf"{_NAME}(?: {_NAME}){{0,2}}[.,]?$")
_LETTER = regex(r"[^\W\d_]")


class Row(NamedTuple):
    """A line of a mail: its 1-based line in the input, quote depth, text without marks."""

    src: int
    depth: int
    text: str


class Reply:
    """A mail that talks about a patch.

    `rows` are all its lines, `quoted` those of quoted text, `fixes` the diffs that it
    proposes.  `names` are the people whom it quotes, in order; `flat` says that an archive
    has lost its quote marks.
    """

    __slots__ = ("fixes", "flat", "mail", "names", "quoted", "rows")

    def __init__(self, mail: Mail, own: list[Patch]) -> None:
        """`own` are the patches that the intake made of diffs in this very mail."""
        self.mail = mail
        body = mail.body.replace("\r\n", "\n")
        self.rows = sorted(
            Row(int(src), stream.depth, text.rstrip())
            for stream in quote.streams(body, mail.body_line)
            for src, text in zip(stream.srcs, stream.texts, strict=True)
        )
        found = dict.fromkeys(name for row in self.rows if (name := wrote(row.text)))
        self.names = list(found)[:MAX_NAMES]
        # An archive that drops quote marks leaves the patch under review at depth 0.
        self.flat = not mail.headers and all(row.depth == 0 for row in self.rows)
        at_top = [file for patch in own if patch.kind == "patch" for file in patch.files]
        if self.flat and not at_top and own:
            at_top = own[0].files
        patched = {file.src for file in at_top}
        lines = {src for file in at_top for src in span(file)}
        self.quoted = [row for row in self.rows if row.depth or row.src in lines]
        self.fixes: list[FileDiff] = [
            file
            for file in parse_diff(body, mail.source, mail.body_line).files
            if not file.depth and file.src not in patched
        ]


def span(file: FileDiff) -> range:
    """The lines of the input that a diff of a file takes up."""
    last = file.src
    for hunk in file.hunks:
        last = max(last, hunk.src, *(line.src for line in hunk.lines))
    return range(file.src, last + 1)


def words(rows: list[Row], reply: Reply) -> list[Row]:
    """Which rows of a reply say something: no greeting, tag, signature, or mark of a cut."""
    mail = reply.mail
    names = mail.sender if mail.sender or mail.headers else " ".join(reply.names)
    kept: list[Row] = []
    closed = signed = False
    for row in rows:
        text = row.text.strip()
        if not text:
            signed = signed and mail.headers  # texts of an archive may go on with another mail
            continue
        if row.text in ("--", "-- ") or signed:
            signed = True
            continue
        if _CLOSING.match(text):
            closed = True
            continue
        if closed and _SHORT_NAME.match(text):
            continue
        if _is_dross(text) or _is_name_of(text, names):
            if _WROTE.match(text) and kept and kept[-1].text.startswith("On "):
                kept.pop()  # the attribution was wrapped
            continue
        kept.append(row)
    return kept


def _is_dross(text: str) -> bool:
    return _LETTER.search(text) is None or any(
        p.match(text) for p in (_TRIM, _GREETING, _TAG, _WROTE, _FOOTER)
    )


def _is_name_of(text: str, sender: str) -> bool:
    """Is the line the sender's name, or a part of it: `Steve`, `M.`?"""
    names = sender.partition("<")[0].casefold().replace("-", " ").split()
    parts = text.casefold().replace("-", " ").strip("~/ ").split()
    return bool(parts) and all(
        any(name.startswith(part.rstrip(".,")) for name in names) for part in parts
    )


def joined(rows: list[Row]) -> str:
    """Rows as one line, cut at MAX_WORDS characters."""
    text = " ".join(" ".join(row.text.split()) for row in rows)
    return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 1].rstrip() + "…"


def voices(rows: list[Row], names: list[str]) -> dict[str, str]:
    """Who wrote what, where several mails are one text: the text of a line -> a name.

    What stands one level deeper below `On ..., NAME wrote:` is theirs.  What stands above
    a line with one of `names`, or a part of it, is signed by them, up to the mail before.
    """
    result: dict[str, str] = {}
    speaking: dict[int, str] = {}  # by depth
    unsigned: list[str] = []
    for row in rows:
        text, name = row.text.strip(), wrote(row.text)
        if name:
            speaking = {depth: who for depth, who in speaking.items() if depth <= row.depth}
            speaking[row.depth + 1] = name
            if not row.depth:
                unsigned = []
        elif row.depth and row.depth in speaking and text:
            result.setdefault(text, speaking[row.depth])
        elif not row.depth and text:
            signer = next((name for name in names if _is_name_of(text, name)), "")
            if signer:
                result.update(dict.fromkeys(filter(lambda t: t not in result, unsigned), signer))
                unsigned = []
            else:
                unsigned.append(text)
    return result


def wrote(text: str) -> str:
    """The name in an attribution (`On ..., NAME <...> wrote:`), else ''."""
    found = _WHO_WROTE.search(text[-200:].rstrip()) if text.rstrip().endswith("wrote:") else None
    return found[1].strip() if found else ""


def sender(mail: Mail) -> str:
    """The name of who sent the mail, as far as known; '' if not."""
    name = mail.sender.partition("<")[0].strip().strip('"').strip()
    if name or mail.headers:
        return name or mail.sender.strip(" <>")
    lines = [line.strip() for line in mail.body[:2000].split("\n")[:8]]
    for before, line in zip(["", *lines], lines, strict=False):
        found = _ADDRESS.match(line)
        if found and (_SHORT_NAME.match(found[1]) or (not found[1] and _SHORT_NAME.match(before))):
            return found[1] or before
    return ""
