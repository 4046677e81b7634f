"""What a picture of a trace needs: plain data, which `replay.recorder` collects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from replay.rmm.values import GRANULE_NAME

if TYPE_CHECKING:
    from replay.verdict import Reason
    from traces.event import Header

NOT_KNOWN: Final = len(GRANULE_NAME)  # the state of a granule, before it was seen

# What a call was beside its verdict.
PLAIN: Final = 0
REFUSED: Final = 1  # an error status
WAITED: Final = 2  # BUSY, BLOCKED, or the same call again after it had been refused


class Call(NamedTuple):
    """One call: the columns of the picture.

    `number` counts the calls of the trace from 1; `command`, `held` are places in the
    record's lists, `realm` and `rec` too, or -1; `x` are the arguments that count, `r`
    X0 and the outputs that count (none: no result was seen).
    """

    number: int
    line: int
    command: int
    kind: int
    mark: int
    realm: int
    rec: int
    cpu: int
    held: int
    x: tuple[int, ...]
    r: tuple[int, ...]


class Change(NamedTuple):
    """A run of granules that went from one state to another in call `number`."""

    number: int
    base: int
    top: int
    before: int
    after: int


class Told(NamedTuple):
    """What is said of a call that is not plainly ok."""

    why: str
    permitted: tuple[str, ...]
    view: tuple[str, ...]
    story: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class Life:
    """A realm, or a REC of realm number `realm`, from the call that made it to its end.

    `states` are (call, state) of a realm; `end` is None where it outlives the trace.
    """

    addr: int
    begin: int
    realm: int = -1
    end: int | None = None
    states: list[tuple[int, str]] = field(default_factory=list)


class Name(NamedTuple):
    """A command as the picture labels its registers."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """A trace as it is drawn; addresses in bytes, calls by their number.

    `first` is the state of all granules before the first call.
    """

    header: Header
    first: int
    calls: list[Call] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    held: list[tuple[Reason, ...]] = field(default_factory=lambda: [()])
    told: dict[int, Told] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    realms: list[Life] = field(default_factory=list)
    recs: list[Life] = field(default_factory=list)
    notes: list[tuple[int, int, str]] = field(default_factory=list)  # call, line, text
    # Of what was left out: the call that was the first.
    calls_until: int | None = None
    odd: int = 0  # calls kept after it
    changes_until: int | None = None
    untold: int = 0
    lives_until: int | None = None
    notes_until: int | None = None
