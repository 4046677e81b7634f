"""Findings as SARIF 2.1.0, for code scanning, dashboards and editors.

Lines are those of the files with all patches applied, as a viewer has them open.  A result
that a later patch takes away stands at the first line of its file, for a server wants a
line; `properties` say which patch brings a finding, and its line there.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from linter import __version__
from linter.finding import ERROR, INFO, WARNING
from linter.plain import plain, plain_text, without_surrogates
from linter.report.atend import AtEnd
from linter.report.patches import gone
from linter.report.text import UNCHECKED, heading
from linter.witnessed import lines as witness_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.finding import Finding, Report
    from linter.intake.patch import Note
    from linter.report.atend import Spot
    from rules.registry import Rule

VERSION = "2.1.0"
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"

_LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}
_CALLED = re.compile(r"\s*(?P<call>.*?)\s+\[(?P<file>[^][:]+):(?P<line>[0-9]{1,7})\]")

Object = dict[str, Any]


def render(report: Report, rules: Iterable[Rule]) -> str:
    """The report as JSON text with a final newline; `rules` are those that have run."""
    found = {finding.rule for finding in report.findings}
    told = [rule for rule in rules if rule.name in found]
    run = {
        "tool": {
            "driver": {
                "name": "rmilint",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in told],
            }
        },
        "invocations": [{"executionSuccessful": report.complete, **_notifications(report)}],
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The top of the tree that the patches are for."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": _Results(report, [rule.name for rule in told]).all(),
    }
    log = {"$schema": SCHEMA, "version": VERSION, "runs": [run]}
    return json.dumps(log, indent=1, allow_nan=False) + "\n"


def _rule(rule: Rule) -> Object:
    readme = without_surrogates(rule.readme())
    return {
        "id": rule.name,
        "shortDescription": {"text": f"{plain(rule.title)}."},
        "fullDescription": {"text": plain(" ".join((rule.why or rule.title).split()))},
        "help": {"text": plain_text(readme), "markdown": readme},
        "defaultConfiguration": {"level": _LEVELS[rule.severity], "enabled": rule.default},
        "properties": {"tags": list(rule.catalogue)},
    }


def _notifications(report: Report) -> Object:
    """What could not be read or checked."""
    told = [{"level": "note", "message": _message(_told(note))} for note in report.notes]
    for patch in report.unchecked_patches:
        text = f"{plain(heading(patch))}: {UNCHECKED}"
        told.append({"level": "warning", "message": _message(text)})
    return {"toolExecutionNotifications": told} if told else {}


def _told(note: Note) -> str:
    where = f"{note.source}:{note.line}" if note.line else note.source
    return f"{plain(where)}: {plain(note.text)}"


class _Results:
    """The results of a report."""

    def __init__(self, report: Report, rules: list[str]) -> None:
        self._report = report
        self._at_end = AtEnd(report)
        self._index = {name: number for number, name in enumerate(rules)}

    def all(self) -> list[Object]:
        """In the order of the report."""
        return [self._result(finding) for finding in self._report.findings]

    def _result(self, finding: Finding) -> Object:
        text = "\n".join([plain(finding.message) + gone(finding), *witness_lines(finding)])
        result: Object = {"ruleId": finding.rule}
        if finding.rule in self._index:
            result["ruleIndex"] = self._index[finding.rule]
        result |= {
            "level": _LEVELS[finding.severity],
            "message": _message("\n".join(map(plain, text.split("\n")))),
            "locations": [self._place(finding)],
        }
        related = [self._elsewhere(finding, *place) for place in finding.related]
        if found := [place for place in related if place]:
            result["relatedLocations"] = [{"id": n, **place} for n, place in enumerate(found, 1)]
        if flows := [*self._path(finding), *self._witness(finding)]:
            result["codeFlows"] = flows
        # GitHub goes by the first name alone, and counts equal ones behind the colon.
        result["partialFingerprints"] = {
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
            "rmilint/v1": finding.fingerprint,
        }
        result["properties"] = _properties(finding)
        return result

    def _place(self, finding: Finding, message: str = "") -> Object:
        """The location of a finding."""
        spot = self._spot(finding)
        physical = {
            "artifactLocation": _artifact(spot.path if spot else finding.path),
            "region": _region(finding, spot.line) if spot else {"startLine": 1},
        }
        location: Object = {"physicalLocation": physical}
        if finding.function:
            name = plain(finding.function)
            location["logicalLocations"] = [{"name": name, "kind": "function"}]
        if message:
            location["message"] = _message(message)
        return location

    def _spot(self, finding: Finding) -> Spot | None:
        """Where a finding is in the end, None if it is gone."""
        if finding.removed_in is not None:
            return None
        return self._at_end.spot(finding, finding.path, finding.line)

    def _elsewhere(self, finding: Finding, path: str, line: int, text: str) -> Object | None:
        """Another place, of the files after the finding's patch; None if it is gone."""
        spot = self._at_end.spot(finding, path, line)
        if spot is None:
            return None
        physical = {"artifactLocation": _artifact(spot.path), "region": {"startLine": spot.line}}
        return {"physicalLocation": physical, "message": _message(plain(text))}

    def _path(self, finding: Finding) -> list[Object]:
        """The way through the file, as the lines stand: what the finding rests on, and itself."""
        here = [place for place in finding.related if place.path == finding.path]
        steps = [(place.line, self._elsewhere(finding, *place)) for place in here]
        if not steps or self._spot(finding) is None:
            return []
        steps.append((finding.line, self._place(finding, plain(finding.message))))
        steps.sort(key=lambda step: step[0])
        there = [{"location": place} for _, place in steps if place]
        return [_flow("the lines that make it up", there)]

    def _witness(self, finding: Finding) -> list[Object]:
        """The calls of a witness, and the values of the variables when it came to the line."""
        found = finding.witness
        if not isinstance(found, dict) or found["kind"] != "witness" or not self._spot(finding):
            return []
        steps = [
            {"location": place} for call in found["calls"] if (place := self._call(finding, call))
        ]
        last: Object = {
            "location": self._place(finding, plain(found["ending"] or finding.message)),
            "importance": "essential",
        }
        if found["values"]:
            last["state"] = {
                plain(name): _message(plain(value)) for name, value in found["values"].items()
            }
        return [_flow("\n".join(map(plain, found["text"])), [*steps, last])]

    def _call(self, finding: Finding, call: str) -> Object | None:
        """Where a call of a witness was made; None if nobody can tell."""
        match = _CALLED.fullmatch(call)
        if not match:
            return None
        path = self._named(finding, match["file"])
        return self._elsewhere(finding, path, int(match["line"]), match["call"]) if path else None

    def _named(self, finding: Finding, name: str) -> str | None:
        if finding.path.rpartition("/")[2] == name:
            return finding.path
        paths = {
            file.path
            for series in self._report.series[finding.series : finding.series + 1]
            for patch in series.patches
            for file in patch.files
            if file.path.rpartition("/")[2] == name
        }
        return paths.pop() if len(paths) == 1 else None


def _flow(text: str, steps: list[Object]) -> Object:
    return {"message": _message(text), "threadFlows": [{"locations": steps}]}


def _artifact(path: str) -> Object:
    uri = quote(path.encode("utf-8", "surrogateescape"))
    if path.startswith("/"):  # one of the files of --all
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": ROOT}


def _region(finding: Finding, line: int) -> Object:
    """What a finding marks; our columns count bytes, those of SARIF characters."""
    region: Object = {"startLine": line, "startColumn": _column(finding, finding.column)}
    if finding.end[0] == finding.line:
        region["endColumn"] = max(_column(finding, finding.end[1]), region["startColumn"])
    else:
        region["endLine"] = line + finding.end[0] - finding.line
    if finding.line_text:
        region["snippet"] = _message(without_surrogates(finding.line_text))
    return region


def _column(finding: Finding, column: int) -> int:
    raw = finding.line_text.encode("utf-8", "surrogateescape")
    if not raw:
        return column
    return len(raw[: column - 1].decode("utf-8", "surrogateescape")) + 1


def _properties(finding: Finding) -> Object:
    """What SARIF has no place for."""
    found: Object = {"lineInPatch": finding.line, "tags": list(finding.catalogue)}
    if finding.patch:
        found["patch"] = plain(heading(finding.patch))
        found["messageId"] = plain(finding.patch.message_id)
    if finding.removed_in:
        found["removedIn"] = plain(heading(finding.removed_in))
    if finding.fix:
        found["fix"] = plain(" ".join(finding.fix.split()))
    if finding.evidence:
        found["evidence"] = [plain(text) for text in finding.evidence]
    return found


def _message(text: str) -> Object:
    return {"text": text}
