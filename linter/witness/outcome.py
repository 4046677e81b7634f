"""How a run ends, and what it tells while it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from linter.witness.value import Unknown, Value

RETURNED = "returned"
STOPPED = "stopped"  # something that the interpreter does not know
ENDLESS = "endless"  # the budget is spent
FAULT = "fault"  # NULL, BUG(), out of bounds ...


class Place(NamedTuple):
    """A line of a file as the patch leaves it (1-based)."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Event(NamedTuple):
    """Something that happened: `kind` is smc, warn, alloc, free, lock, unlock, fault, note ...

    `step` is the number of statements that had run; `values` depend on the kind.
    """

    kind: str
    path: str
    line: int
    text: str
    values: dict[str, object]
    step: int


class Assumption(NamedTuple):
    """What a branch on an unknown value took for granted."""

    text: str  # "struct realm.ia_bits == 48"
    path: str
    line: int
    open: bool  # the other side is possible as well

    def __str__(self) -> str:
        return f"{self.text} ({self.path}:{self.line})"


class Outcome(NamedTuple):
    """`kind` is one of the above; `value` is what the function returned (void: None).

    `trail` names the calls that were open, outermost first; `state` is what the
    loop that does not end looks like, each time round (ENDLESS only).
    """

    kind: str
    reason: str
    path: str
    line: int
    value: Value | Unknown | None = None
    trail: tuple[str, ...] = ()
    state: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} at {self.path}:{self.line}: {self.reason}"


class Halt(Exception):
    """Ends a run; `Run.call` adds where it was and makes an `Outcome` of it."""

    kind = STOPPED

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Stop(Halt):
    """What comes next is not known: never a guess."""


class Fault(Halt):
    """The kernel would crash here, or worse."""

    kind = FAULT


class Endless(Halt):
    """The budget of statements, SMCs or forks is spent."""

    kind = ENDLESS
