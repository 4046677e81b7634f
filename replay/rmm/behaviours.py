"""Ways in which an RMM may answer, by name: permitted ones, and faults.

A behaviour is a value; `respond.Responder` acts on it.  Of the permitted ones each does
only what the specification, the machine and the implementation's traits allow where it
is asked, so the judge never objects.  The faulty ones are what a host may meet on a
broken RMM, and what a judge must notice.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from replay.rmm.choices import WHOLE, Choices
from replay.rmm.operation import Request
from replay.rmm.values import (
    MASK64,
    RMI_BLOCKED,
    RMI_BUSY,
    RMI_ERROR_INPUT,
    RMI_ERROR_RTT,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
    result,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.spec.table import Command

# Registers instead of the right ones, before anything is done; None: not of this command.
Instead: TypeAlias = Callable[["Command", Sequence[int]], list[int] | None]
# Spoils the registers X0.. (in place) of a command that has done its work.
Afterwards: TypeAlias = Callable[["Rmm", "Command", Sequence[int], list[int]], None]

FOR_EVER: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How an RMM answers.

    name       what it is called by
    text       one line on it
    faulty     it answers what is not permitted
    choices    what it does where the outcome is open
    row        of several failure conditions that may decide, which does
    refuses    it also makes use of results that are permitted but not demanded (`may` rows)
    busy       how often a call is told BUSY before it is served, FOR_EVER included
    blocks     BLOCKED while a stateful operation is open, but not to what goes on with it
    lacks      it has no optional commands
    unwritten  what a register holds in which no output is demanded
    mix        names of behaviours, one of which is taken for each call
    instead    a fault: answers without doing anything
    after      a fault: answers wrongly what was done rightly
    """

    name: str
    text: str
    faulty: bool = False
    choices: Choices = WHOLE
    row: Literal["first", "last", "any"] = "first"
    refuses: bool = False
    busy: int = 0
    blocks: bool = False
    lacks: bool = False
    unwritten: Literal["zero", "argument", "ones"] = "zero"
    mix: tuple[str, ...] = ()
    instead: Instead | None = None
    after: Afterwards | None = None


# --- permitted -----------------------------------------------------------------------


def strides(number: int) -> Behaviour:
    """A range command does `number` entries or granules a call: partial success."""
    return Behaviour(
        name=f"stride-{number}",
        text=f"a range command does at most {number} entries or granules a call",
        choices=Choices(stride=number),
    )


def busy(times: int) -> Behaviour:
    """BUSY so often before each call is served, where another CPU may be in the RMM."""
    often = "for ever" if times == FOR_EVER else f"{times} times"
    name = "busy-for-ever" if times == FOR_EVER else f"busy-{times}"
    return Behaviour(name=name, text=f"every call is told BUSY {often} first", busy=times)


_PERMITTED: Final = (
    Behaviour(name="plain", text="does all that it is asked for, at once"),
    Behaviour(
        name="last-condition",
        text="where several failure conditions may decide, the last one does",
        row="last",
    ),
    Behaviour(
        name="refuses",
        text="refuses whatever it may refuse",
        row="any",
        refuses=True,
    ),
    strides(1),
    strides(3),
    busy(2),
    busy(FOR_EVER),
    Behaviour(
        name="blocks",
        text="BLOCKED to every other call while a stateful operation is open",
        blocks=True,
    ),
    Behaviour(
        name="continues",
        text="INCOMPLETE: what may be interrupted goes on with OP_CONTINUE, and stops half-way",
        choices=Choices(pauses=2, stride=2),
    ),
    Behaviour(
        name="never-ends",
        text="INCOMPLETE for ever: every OP_CONTINUE is interrupted again",
        choices=Choices(pauses=FOR_EVER),
    ),
    Behaviour(
        name="donates",
        text="INCOMPLETE: what may be interrupted wants two granules first and keeps them",
        choices=Choices(pauses=1, asks=Request.pages(2), first_handle=0x1000),
    ),
    Behaviour(
        name="reclaims",
        text="INCOMPLETE: wants four contiguous granules first, and gives them back at the end",
        choices=Choices(pauses=1, asks=Request.pages(4, contiguous=True), gives_back=True),
    ),
    Behaviour(
        name="cancellable",
        text="INCOMPLETE: a stateful operation wants a granule and may be given up",
        choices=Choices(pauses=1, asks=Request.pages(1), gives_back=True, cancellable=True),
    ),
    Behaviour(name="lacks", text="has none of the optional commands", lacks=True),
    Behaviour(
        name="unwritten",
        text="leaves registers as the caller had them where no output is demanded",
        unwritten="argument",
    ),
    Behaviour(
        name="garbage",
        text="leaves ones in registers where no output is demanded",
        unwritten="ones",
    ),
)

_ANY: Final = Behaviour(
    name="any",
    text="answers each call in one of the permitted ways, by chance",
    mix=tuple(b.name for b in _PERMITTED if b.name not in ("busy-for-ever", "never-ends")),
)

# --- faulty ----------------------------------------------------------------------------


def always(name: str, text: str, x0: int) -> Behaviour:
    """Answers `x0` to everything and does nothing."""
    return Behaviour(name=name, text=text, faulty=True, instead=lambda command, x: [x0])


def rtt_error(level: int) -> Behaviour:
    """Every walk ends at `level`."""

    def instead(command: Command, x: Sequence[int]) -> list[int] | None:
        walks = command.name.startswith("RMI_RTT_") or "DATA_" in command.name
        return [result(RMI_ERROR_RTT, level)] if walks else None

    return Behaviour(
        name=f"rtt-error-{level}",
        text=f"ERROR_RTT at level {level} whatever the tables are",
        faulty=True,
        instead=instead,
    )


def _no_progress(command: Command, x: Sequence[int]) -> list[int] | None:
    return None if "base" not in command.inputs else [RMI_SUCCESS, x[command.inputs.index("base")]]


def _too_far(m: Rmm, command: Command, x: Sequence[int], r: list[int]) -> None:
    if r[0] == RMI_SUCCESS and command.outputs[:1] in (("out_top",), ("next",)):
        r[1] += m.granule


def _wrong_level(m: Rmm, command: Command, x: Sequence[int], r: list[int]) -> None:
    if r[0] & 0xFF == RMI_ERROR_RTT:
        r[0] = result(RMI_ERROR_RTT, (r[0] >> 8) + 1)


def _wrong_address(m: Rmm, command: Command, x: Sequence[int], r: list[int]) -> None:
    for register, name in enumerate(command.outputs, 1):
        if r[0] == RMI_SUCCESS and name in ("data", "rtt", "desc"):
            r[register] ^= m.granule


def _unwritten(m: Rmm, command: Command, x: Sequence[int], r: list[int]) -> None:
    if r[0] & 0xFF in (RMI_SUCCESS, RMI_INCOMPLETE):
        r[1:] = x[: len(r) - 1]


def _used_handle(m: Rmm, command: Command, x: Sequence[int], r: list[int]) -> None:
    others = [handle for handle in m.operations.open if handle != r[1]]
    if r[0] & 0xFF == RMI_INCOMPLETE and command.inputs[:1] != ("handle",) and others:
        r[1] = others[0]


def _consumes(m: Rmm, command: Command, x: Sequence[int], r: list[int]) -> None:
    if command.name == "RMI_OP_MEM_DONATE" and r[0] & 0xFF == RMI_INCOMPLETE:
        r[1] += 1


def _wrong_memory(m: Rmm, command: Command, x: Sequence[int], r: list[int]) -> None:
    """The first word is that of another exit, another descriptor, another configuration."""
    written = m.written or {}
    for addr, data in written.items():
        (word,) = struct.unpack_from("<Q", data)
        written[addr] = struct.pack("<Q", (word + (1 << 12 | 1)) & MASK64) + data[8:]


def _after(name: str, text: str, after: Afterwards) -> Behaviour:
    return Behaviour(name=name, text=text, faulty=True, after=after)


_FAULTY: Final = (
    always("unknown-status", "a status that does not exist", 0x7F),
    always("input-error", "ERROR_INPUT to everything", RMI_ERROR_INPUT),
    always("busy-alone", "BUSY, though no other CPU can be in the RMM", RMI_BUSY),
    always("blocked-idle", "BLOCKED, though no operation may be open", RMI_BLOCKED),
    always("does-nothing", "SUCCESS to everything, and nothing done", RMI_SUCCESS),
    rtt_error(2),
    Behaviour(
        name="no-progress",
        text="a range command succeeds without having come further",
        faulty=True,
        instead=_no_progress,
    ),
    _after("too-far", "a range command tells that it came a granule further", _too_far),
    _after("wrong-level", "ERROR_RTT with the level below", _wrong_level),
    _after("wrong-address", "tells another granule than the one concerned", _wrong_address),
    _after("unwritten-success", "leaves the outputs of a success unwritten", _unwritten),
    _after("used-handle", "gives a handle that another operation has", _used_handle),
    _after("consumes-too-much", "tells that it took a granule more than it did", _consumes),
    _after("wrong-memory", "writes something else into the host's memory", _wrong_memory),
)

BEHAVIOURS: Final = {b.name: b for b in (*_PERMITTED, _ANY, *_FAULTY)}
