"""The result types: what is wrong, where, why, and how it is known; and all of it.

Shared by the linter (a place in a patch) and by the trace half of the rules
(a place in a trace).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from linter.intake.patch import Note, Patch, Series

ERROR = "error"
WARNING = "warning"
INFO = "info"
SEVERITIES = (ERROR, WARNING, INFO)  # worst first


class Related(NamedTuple):
    """Another place that the finding rests on: the assignment, the use."""

    path: str
    line: int  # 1-based
    text: str  # what that place has to do with it


class Edit(NamedTuple):
    """Text to put in the place of other text, in the file that a finding is in.

    From (line, column) up to and without (end_line, end_column): 1-based, columns count bytes.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class PatchRef(NamedTuple):
    """The patch a finding belongs to: `[PATCH v13 index/total]`."""

    index: int  # type: ignore[assignment]  # nobody searches this tuple
    total: int
    subject: str
    message_id: str


def patch_ref(patch: Patch) -> PatchRef:
    """How findings name a patch; several diffs of one mail have the same name."""
    mail = patch.mail
    return PatchRef(patch.index, patch.total, mail.subject.text, mail.message_id)


class Finding:
    """One hazard at one place.

    `line` and `column` are 1-based, columns count bytes, tabs are one;
    `end` is the (line, column) just past the construct.  `fingerprint` is
    stable over the versions of a series (see `run.fingerprint`).  `edits`,
    all of them together, mend it; their lines are of the file after the patch.
    """

    __slots__ = (
        "catalogue",
        "column",
        "edits",
        "end",
        "evidence",
        "fingerprint",
        "fix",
        "fragment",
        "function",
        "introduced_in",
        "line",
        "line_text",
        "message",
        "patch",
        "path",
        "related",
        "removed_in",
        "rule",
        "series",
        "severity",
        "why",
        "witness",
    )

    def __init__(
        self,
        rule: str,
        severity: str,
        path: str,
        line: int,
        column: int,
        end: tuple[int, int],
        message: str,
    ) -> None:
        self.rule = rule
        self.severity = severity
        self.path = path
        self.line = line
        self.column = column
        self.end = end
        self.message = message
        self.catalogue: tuple[str, ...] = ()
        self.line_text = ""
        self.function = ""
        self.why = ""
        self.fix = ""
        self.evidence: tuple[str, ...] = ()
        self.related: tuple[Related, ...] = ()
        self.edits: tuple[Edit, ...] = ()
        self.patch: PatchRef | None = None
        self.introduced_in: PatchRef | None = None
        self.removed_in: PatchRef | None = None
        self.fragment = False
        self.witness: object | None = None
        self.fingerprint = ""
        self.series = 0  # which series of the input, in order of arrival

    def sort_key(self) -> tuple[int, int, str, int, int, str]:
        patch = self.patch.index if self.patch else 0
        return (self.series, patch, self.path, self.line, self.column, self.rule)


class Report:
    """What was found, what could not be checked, and how much was looked at."""

    __slots__ = (
        "complete",
        "files",
        "findings",
        "not_checked_lines",
        "notes",
        "patches",
        "series",
        "suppressed",
        "unchecked_patches",
    )

    def __init__(self) -> None:
        self.complete = True  # False: something could not be done, which has been told
        self.findings: list[Finding] = []
        self.notes: list[Note] = []
        self.series: list[Series] = []  # of the input, in order of arrival
        self.patches = 0
        self.files = 0
        self.not_checked_lines = 0
        self.suppressed = 0  # findings that a baseline holds back
        self.unchecked_patches: list[PatchRef] = []
