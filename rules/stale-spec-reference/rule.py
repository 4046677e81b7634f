"""stale-spec-reference: a comment names another version of the specification than the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from linter.finding import Related
from linter.lazy import regex
from linter.source.expr import text
from rules.abi import version
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.unit import Unit


SEVERITY = "warning"
CATALOGUE = ("ABI-SPECREF",)
WORDS = (RMI, ("DEN0137", "den0137", "RMM spec", "Management Monitor"))
NEEDS = LINE
TITLE = "a comment names another version of the RMM specification than the code is for"
WHY = (
    "Who checks a number against the document that the comment names finds other commands, "
    "other structures and other statuses than the code uses."
)
FIX = "Name the version, and the link, that RMI_ABI_MAJOR_VERSION and _MINOR_VERSION stand for."
EVIDENCE = ("reviewed on [PATCH v13 04/48], and again on v14",)

_SUBJECT = regex(r"DEN0137|\bRMM\s+spec|Management\s+Monitor", re.IGNORECASE)
# `version 1.0-rel0`, `DEN0137 1.0`, `RMM spec v2.0-bet1`
_WRITTEN = regex(
    r"\b(?:version\s+v?|v(?=\d\.\d)|spec(?:ification)?\s+v?|DEN0137\W{1,3}v?)"
    r"(?P<major>\d)\.(?P<minor>\d)(?:[-\w]*\w)?",
    re.IGNORECASE,
)
_LINK = regex(r"/den0137/(?P<major>\d)-(?P<minor>\d)\w*|DEN0137_(?P<a>\d)\.(?P<b>\d)[\w.-]*", re.I)


class Mention(NamedTuple):
    at: int  # characters from the start of the comment
    what: str
    version: str


def check(unit: Unit) -> Iterator[Finding]:
    declared = version(unit.world)
    if not declared:
        return
    for comment in unit.nodes("comment"):
        source = text(comment)
        if not _SUBJECT.search(source):
            continue
        written = [_mention(found) for found in _WRITTEN.finditer(source)]
        if any(mention.version == declared for mention in written):
            written = []  # the others are told of for comparison
        links = [_mention(found) for found in _LINK.finditer(source)]
        stale = [mention for mention in (*written, *links) if mention.version != declared]
        if not stale:
            continue
        first = min(stale)
        row = comment.start_point[0] + source[: first.at].count("\n")
        found = unit.finding(
            comment,
            f'the comment names "{first.what}" of the specification and the code is for '
            f"{declared}: who checks the code against that document finds other values",
            related=[Related(*place, "what the code is for") for place in _declared(unit)],
        )
        # on the line that names the version, not where the comment begins
        found.line = unit.line_of_row(row)
        found.line_text = unit.line_text(row)
        found.column = found.line_text.find(first.what.split()[0]) + 1
        found.end = (found.line, len(found.line_text) + 1)
        yield found


def _mention(found: re.Match[str]) -> Mention:
    groups = found.groupdict()
    major = groups["major"] or groups.get("a")
    minor = groups["minor"] or groups.get("b")
    return Mention(found.start(), " ".join(found[0].split()).strip("/"), f"{major}.{minor}")


def _declared(unit: Unit) -> Iterator[tuple[str, int]]:
    known = unit.world.define("RMI_ABI_MAJOR_VERSION")
    if known is not None:
        yield known[0].path, known[0].line(known[1].node)
