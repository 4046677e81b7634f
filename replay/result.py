"""What judging a trace gives: one `TraceResult`, made by `run`, shown by the reports.

Its size is bounded however long the trace is: violations that say the same are one
`Group` (the first in full, of the others the line), notes likewise, and only so many
groups are kept.  It is plain data, so that it can come from another process.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

    from replay.coverage import Coverage
    from replay.record import Record
    from replay.verdict import Reason

KINDS: Final = ("ok", "violation", "unknown", "assumed")

MOST_LINES: Final = 1_000  # of a group
MOST_GROUPS: Final = 1_000  # of a trace, of violations and of notes each
MOST_FULL: Final = 10_000  # violations, or notes, kept in full where all are asked for
MOST_LISTED: Final = 100  # unreadable lines of a trace, and differences of its checkpoints

_VALUE: Final = re.compile(r"0x[0-9a-f]+|\d+")


def kind_of(text: str) -> str:
    """What texts have in common that say the same of other values."""
    return _VALUE.sub("#", text)


@dataclass(frozen=True, slots=True)
class Violation:
    """A call whose result is not permitted (or that had none), with what explains it."""

    line: int
    seq: int | None
    command: str
    arguments: tuple[tuple[str, int], ...]
    got: str
    permitted: tuple[str, ...]
    conditions: tuple[Reason, ...]
    why: str
    notes: tuple[str, ...]
    view: tuple[str, ...]
    story: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about a call that is no violation."""

    line: int
    command: str
    text: str


@dataclass(frozen=True, slots=True)
class Hazard:
    """What the host did wrong, or is about to, though every result may be permitted.

    Found by the watcher of a rule; `line` and `seq` are of the call in which it is
    plain, `lines` of the calls that make it up, `message` is one sentence.  Whoever runs
    the watcher puts in the rule's name and its severity.
    """

    line: int
    seq: int | None
    message: str
    lines: tuple[int, ...] = ()
    rule: str = ""
    severity: str = ""


T = TypeVar("T", Violation, Note, Hazard)


@dataclass(slots=True)
class Group(Generic[T]):
    """Violations, notes or hazards that say the same; `full` are the first of them."""

    full: list[T] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # the first MOST_LINES
    count: int = 0


class Groups(Generic[T]):
    """Collects what says the same under one key; bounded (see above)."""

    def __init__(self, every: bool) -> None:
        self._groups: dict[Hashable, Group[T]] = {}
        self._full = MOST_FULL if every else 0  # left for others than the first of a group

    def add(self, key: Hashable, line: int, one: T) -> None:
        """One more."""
        group = self._groups.get(key)
        if group is None:
            # Past the bound all go into one group: it says how many more there are.
            group = self._groups.setdefault(
                key if len(self._groups) < MOST_GROUPS else None, Group()
            )
        group.count += 1
        if len(group.lines) < MOST_LINES:
            group.lines.append(line)
        if not group.full:
            group.full.append(one)
        elif self._full:
            self._full -= 1
            group.full.append(one)

    def groups(self) -> list[Group[T]]:
        """In the order of their first lines."""
        return sorted(self._groups.values(), key=lambda group: group.lines[0])


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the trace and what is to say of it."""

    line: int
    text: str


@dataclass(slots=True)
class TraceResult:
    """One trace, judged.

    `error` says why it was not judged at all, or not to its end (`error_line`: the line
    of the trace that it is about; 0: of none); `unread` are
    lines that could not be read or judged (`unread_count` of them, not all listed).
    """

    path: str
    rmi: str = ""  # empty: not judged at all
    calls: int = 0
    by_command: dict[str, Counter[str]] = field(default_factory=dict)  # name -> kind -> calls
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)  # (name, why) -> calls
    assumed: Counter[tuple[str, str]] = field(default_factory=Counter)  # likewise
    violations: list[Group[Violation]] = field(default_factory=list)
    hazards: list[Group[Hazard]] = field(default_factory=list)
    notes: list[Group[Note]] = field(default_factory=list)
    checkpoints_equal: int = 0
    checkpoints_different: int = 0
    differences: list[Listed] = field(default_factory=list)
    unread: list[Listed] = field(default_factory=list)
    unread_count: int = 0
    error: str = ""
    error_line: int = 0
    last_line: int = 0
    state: list[str] = field(default_factory=list)  # the model at the end, if asked for
    coverage: Coverage | None = None
    record: Record | None = None  # what a picture needs, if asked for

    @property
    def verdicts(self) -> Counter[str]:
        """Calls by kind of verdict."""
        return sum(self.by_command.values(), Counter())

    @property
    def note_count(self) -> int:
        return sum(group.count for group in self.notes)

    @property
    def hazard_count(self) -> int:
        return sum(group.count for group in self.hazards)

    @property
    def hazardous(self) -> bool:
        """A rule found something that is more than a remark."""
        return any(group.full[0].severity != "info" for group in self.hazards)

    @property
    def conforms(self) -> bool:
        """Nothing is wrong in what was judged."""
        return not self.violations and not self.checkpoints_different

    @property
    def complete(self) -> bool:
        """The whole trace could be read and judged."""
        return not self.error and not self.unread_count
