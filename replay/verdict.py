"""What the judge says of a call: the verdict, and the words that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from replay.rmm.values import ANY, result_name
from traces.event import Smc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replay.spec.table import Command, Held

OK: Final = "ok"
VIOLATION: Final = "violation"
UNKNOWN: Final = "unknown"
ASSUMED: Final = "assumed"


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition that held: its id, what it says, and the result it demands."""

    id: str
    when: str
    meaning: str
    result: str


class Verdict(Struct):
    """What the judge says of one call.  (A Struct: one is made a call.)

    `got` and `permitted` are results as `result_name` prints them; `why` is one
    sentence; `notes` are remarks that are no violation; `view` what the model
    knows of the addresses concerned, `story` the last calls that made it so.
    """

    kind: str
    smc: Smc
    command: str
    got: str = ""
    permitted: tuple[str, ...] = ()
    conditions: tuple[Reason, ...] = ()
    why: str = ""
    notes: tuple[str, ...] = ()
    view: tuple[str, ...] = ()
    story: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A checkpoint of the trace that does not equal the model's state."""

    line: int
    text: str


def reasons(command: Command, held: Sequence[Held]) -> tuple[Reason, ...]:
    """The conditions that held, as a report shows them."""
    rows = command.conditions
    return tuple(
        Reason(
            rows[bit].id,
            rows[bit].when,
            rows[bit].meaning,
            ("may be " if rows[bit].permits else "") + result_name(x0),
        )
        for bit, x0, _ in held
    )


def name_of(smc: Smc) -> str:
    """Of a call that no table has, as far as a report can use it."""
    return (smc.name or f"{smc.fid:#x}")[:40]


def differences(
    command: Command, demanded: Sequence[tuple[int, int]], got: Sequence[int]
) -> list[str]:
    """Outputs that are not as demanded: (register number, value)."""
    return [
        f"{_output(command, n)} is {got[n]:#x}, expected {value:#x}"
        for n, value in demanded
        if value != ANY and got[n] != value
    ]


def _output(command: Command, register: int) -> str:
    names = command.outputs
    return names[register - 1] if 0 < register <= len(names) else f"X{register}"
