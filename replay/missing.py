"""Where calls are missing from a trace, and how many at most.

`seq` counts the calls of the RMM since its reset, so a gap in it says how many; a `lost`
event says where a capture lost some; otherwise, with `omits`, any number of the calls
listed there may stand before each line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.moves import ENDLESS
from replay.rmm.values import STATUS_NAME

if TYPE_CHECKING:
    from replay.rmm.partial import PartialRmm
    from traces.event import Header

_DONE = ("", "SUCCESS", "INCOMPLETE")


class Missing:
    """What may be missing from one trace; `every` are the names of all commands."""

    def __init__(self, header: Header, every: frozenset[str]) -> None:
        self._said = header.from_reset
        self._omitted = every if not header.omits or header.omits == "any" else _listed(header)
        self._endless = bool(header.omits)
        # Nothing that is listed has left an operation open.
        self._ended = isinstance(header.omits, tuple | list) and all(
            _name(one.status) == "SUCCESS" for one in header.omits
        )
        self._begun = False
        self._next: int | None = None  # the number of the next call, if the trace counts them

    def up_to(self, m: PartialRmm, seq: int | None) -> None:
        """Let happen in the model what may have happened before the call of this number."""
        if not self._begun:
            self._begin(m, seq)
        if seq is not None and self._next is not None:
            calls = max(seq - self._next, 0)
            self._next += calls
        else:  # nobody counts; or a checkpoint does not say where it stands
            calls = ENDLESS if self._endless or self._next is not None else 0
        m.hide(calls, self._omitted, ended=self._endless and self._ended)

    def called(self, seq: int | None) -> None:
        """The call of this number is there."""
        if seq is not None:
            self._next = max(seq + 1, self._next or 0)

    def _begin(self, m: PartialRmm, seq: int | None) -> None:
        """Whether the trace begins when the RMM did: as it says, else if it counts its calls."""
        self._begun = True
        if seq is not None:
            self._next = seq if self._said is False else 0
        if not (seq is not None if self._said is None else self._said):
            m.begins_in_mid_life()


def _listed(header: Header) -> frozenset[str]:
    """The commands of which the capture leaves out what changes something.

    In 1.0 a refusal changes nothing; in 2.0 it may, and it may end an operation.
    """
    return frozenset(
        one.command
        for one in header.omits
        if not isinstance(one, str) and (_name(one.status) in _DONE or header.rmi != "1.0")
    )


def _name(status: str | int | None) -> str:
    """A status as `STATUS_NAME` has it; empty where all are meant."""
    if isinstance(status, int):
        return STATUS_NAME.get(status & 0xFF, "?")
    return "" if status is None else status.removeprefix("RMI_")
