"""Findings as replies to the patches: what a reviewer would write below the lines.

One reply a mail, as a draft for its sender to read, change and send.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from linter import __version__
from linter.finding import INFO
from linter.lazy import regex
from linter.plain import plain
from linter.report.letter import attribution, gist, letter, prose, sentence
from linter.report.links import evidence
from linter.report.place import Shown, Spot, construct, home
from linter.report.quote import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from linter.finding import Finding, Report
    from linter.intake.patch import Mail, Patch, Series

PROOF = 4  # lines of a witness, not counting how they are wrapped
CODE = 64  # characters of a line that a comment names by its number

_LINE = regex(r"(?P<open>\()?\bline (?P<number>\d{1,9})\b(?! once all)")
_RUNS = {
    "witness": "Run against a model of the RMM:",
    "refutation": "Run against a model of the RMM it did no harm:",
}
_SLUG = regex(r"[^a-z0-9]+")


class Reply(NamedTuple):
    """A draft: the name of its file, what is in it, and whether it says what it answers."""

    name: str
    data: bytes
    threads: bool


def render(report: Report, verbose: bool = False) -> list[Reply]:
    """The replies in the order of the patches; info findings only if `verbose`."""
    shown = [f for f in report.findings if verbose or f.severity != INFO]
    replies: dict[str, Reply] = {}
    several = len({f.series for f in shown}) > 1
    for number, series in enumerate(report.series):
        found = [f for f in shown if f.series == number and f.patch is not None]
        for draft in _drafts(series, found):
            version = f"v{series.version}-" if several else ""
            name = _free(version + file_name(draft.mail, draft.index), replies)
            replies[name] = Reply(
                name, letter(draft.mail, draft.body()), bool(draft.mail.message_id)
            )
    return list(replies.values())


def file_name(mail: Mail, index: int) -> str:
    """`0027-re-kvm-arm64-…`, without an ending, whatever the subject holds."""
    slug = _SLUG.sub("-", mail.subject.title.lower())[:52].strip("-")
    return f"{index:04}-re-{slug}" if slug else f"{index:04}-re"


def _free(stem: str, taken: dict[str, Reply]) -> str:
    name, n = f"{stem}.eml", 1
    while name in taken:
        n += 1
        name = f"{stem}-{n}.eml"
    return name


def signature(rules: Iterable[str] = ()) -> list[str]:
    """Says that a tool has drafted the mail, and by which rules."""
    named = ", ".join(sorted(rules))
    return ["-- ", *prose(f"rmilint {__version__}" + (f" ({named})" if named else ""))]


def _drafts(series: Series, findings: list[Finding]) -> list[_Draft]:
    """A draft for each mail of a series with findings."""
    drafts: dict[Mail, _Draft] = {}
    shown = {patch: Shown(patch) for patch in series.patches} if findings else {}
    for finding in findings:
        patch, spot = home(finding, shown)
        draft = drafts.setdefault(patch.mail, _Draft(patch.mail, patch.index))
        draft.put(finding, patch, spot, shown[patch])
    return sorted(drafts.values(), key=lambda draft: draft.index)


class _Draft:
    """The reply to one mail in the making; several diffs in it are several patches."""

    def __init__(self, mail: Mail, index: int) -> None:
        self.mail = mail
        self.index = index
        self.placed: dict[Patch, dict[Spot, list[Finding]]] = {}
        self.shown: dict[Patch, Shown] = {}
        self.strays: list[Finding] = []  # on lines that the mail does not show
        self.messages: set[tuple[str, str]] = set()  # by rule; and what is behind their gist
        self.proven: set[tuple[str, str]] = set()  # once is enough
        self.reasons: set[tuple[str, str]] = set()
        self.rules: set[str] = set()

    def put(self, finding: Finding, patch: Patch, spot: Spot | None, shown: Shown) -> None:
        self.rules.add(finding.rule)
        self.shown[patch] = shown
        if spot is None:
            self.strays.append(finding)
            return
        last = construct(patch, finding, spot)[-1]
        self.placed.setdefault(patch, {}).setdefault(last, []).append(finding)

    def body(self) -> list[str]:
        out = [line for line in (attribution(self.mail),) if line]
        for patch, spots in self.placed.items():
            # comments in the order of the diff: the first of a kind says it all
            comments = {
                spot: ["\n".join(self._comment(f, patch)) for f in spots[spot]]
                for spot in sorted(spots)
            }
            out += quoted(patch, comments, self._grounds(patch, spots))
        if self.strays:
            out += ["", "On what the patch does not show:", ""]
        for finding in self.strays:
            out += [*prose(f"{finding.path}:{finding.line}:"), *self._comment(finding), ""]
        return [*out, *signature(self.rules)]

    def _grounds(self, patch: Patch, spots: Mapping[Spot, list[Finding]]) -> dict[Spot, set[Spot]]:
        """The lines of the patch that what stands at a line rests on."""
        numbers = self.shown[patch].by_number
        return {
            spot: {
                numbers[place.path, place.line]
                for finding in found
                for place in finding.related
                if (place.path, place.line) in numbers
            }
            for spot, found in spots.items()
        }

    def _comment(self, finding: Finding, patch: Patch | None = None) -> list[str]:
        """What is said below a line: what is wrong, why, what to do, how it is known."""
        removed = finding.removed_in
        gone = f" Gone in patch {removed.index}/{removed.total}." if removed else ""
        rule, message = finding.rule, finding.message
        proof = [] if (rule, message) in self.proven else _proof(finding)
        if proof:
            self.proven.add((rule, message))
        if (rule, message) in self.messages:
            return [f"Same here.{gone}", *proof]
        self.messages.add((rule, message))
        said = message if patch is None else self._with_code(finding, patch)
        first = gist(said)
        rest = said[len(first) :]
        if rest and (rule, rest) in self.messages:
            said = f"Same here: {first}"  # what comes of it the reader knows
        self.messages.add((rule, rest))
        out = prose(sentence(said) + gone)
        reasons = (finding.why, finding.fix)
        if reasons not in self.reasons:
            self.reasons.add(reasons)
            text = " ".join(filter(None, [finding.why, suggestion(finding.fix)]))
            out += ["", *prose(text)] if text else []
        out += proof
        links = [link for link in map(evidence, finding.evidence) if link]
        return [*out, "", *(f"See {link}" for link in dict.fromkeys(links))] if links else out

    def _with_code(self, finding: Finding, patch: Patch) -> str:
        """The message; who reads mail sees no line numbers, so the line stands behind one."""
        shown, message = self.shown[patch], finding.message

        def code(found: re.Match[str]) -> str:
            spot = shown.by_number.get((finding.path, int(found["number"])))
            if spot is None:
                return found[0]
            text = patch.files[spot.file].hunks[spot.hunk].lines[spot.row].text.strip()
            text = text.replace("`", "'").rstrip("{ \\") + (" ..." if text.endswith(",") else "")
            if not 3 < len(text) <= CODE or f"`{text.rstrip(';')}`" in message:
                return found[0]
            return f"{found[0]}, `{text}`" if found["open"] else f"{found[0]} (`{text}`)"

        return _LINE.sub(code, message)


def suggestion(fix: str) -> str:
    """A fix as a sentence; what is code alone is said to be one."""
    if not fix or re.match(r"[A-Z][a-z]+[ :,]", fix):
        return fix
    return f"Suggested: {fix}"


def _proof(finding: Finding) -> list[str]:
    """What came of running it, with a blank line before; nothing where that shows nothing."""
    found = finding.witness
    if not isinstance(found, dict) or found["kind"] not in _RUNS:
        return []
    said = [line for line in found["text"] if not line.startswith("assumed: ")]
    spare = max(len(said) - PROOF, 0)
    calls = [n for n, line in enumerate(said) if line.startswith(" ")][:spare]  # the last ones tell
    kept = [line for n, line in enumerate(said) if n not in calls][:PROOF]
    out = ["", *prose(_RUNS[found["kind"]])]
    for line in kept:  # a call is a line of a log
        out += [f"  {plain(line)}"] if line.startswith(" ") else prose(line, "  ", "      ")
    return out
