"""Where calls are missing from a trace, and how many at most.

`seq` counts the calls of the RMM since its reset, so a gap in it says how many; a `lost`
event says where a capture lost some, of one CPU perhaps while others went on; otherwise,
with `omits`, any number of the calls listed there may stand before each line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from replay.rmm.moves import ENDLESS
from replay.rmm.values import STATUS_NAME

if TYPE_CHECKING:
    from replay.rmm.partial import PartialRmm
    from traces.event import Event, Header, Smc

_DONE = ("", "SUCCESS", "INCOMPLETE")


class _Gap(NamedTuple):
    """Where a capture lost calls, or the result of one, and the other CPUs went on."""

    calls: int  # at most
    commands: frozenset[str]
    cpu: int | None  # None: not known
    until: int | None  # a time

    def over(self, smc: Smc) -> bool:
        """Has it ended when this call is there?  (Of one without result only the entry is.)"""
        if self.until is not None:
            return smc.t is not None and smc.t > self.until
        return smc.cpu == self.cpu and smc.r is not None


class Missing:
    """What may be missing from one trace; `every` are the names of all commands."""

    def __init__(
        self, header: Header, every: frozenset[str], *, from_reset: bool | None = None
    ) -> None:
        self._said = header.from_reset if from_reset is None else from_reset
        self._every = every
        self._omitted = every if not header.omits or header.omits == "any" else _listed(header)
        self._endless = bool(header.omits)
        # Nothing that is listed has left an operation open.
        self._ended = isinstance(header.omits, tuple | list) and all(
            _name(one.status) == "SUCCESS" for one in header.omits
        )
        self._begun = False
        self._next: int | None = None  # the number of the next call, if the trace counts them
        self._gaps: dict[int | None, _Gap] = {}  # by CPU

    def lost(self, m: PartialRmm, event: Event) -> None:
        """Calls are missing here, or from here on."""
        calls = event.fields.get("count") or ENDLESS
        gap = _Gap(calls, self._every, event.fields.get("cpu"), event.fields.get("until"))
        if gap.cpu is None and gap.until is None:
            m.hide(calls, self._every)
        else:
            self._open(gap)

    def without_result(self, m: PartialRmm, smc: Smc, commands: frozenset[str]) -> None:
        """This call is one of these; it is done now, or until its CPU makes the next."""
        m.hide(1, commands)
        self._open(_Gap(1, commands, smc.cpu, None))

    def _open(self, gap: _Gap) -> None:
        """Keep it; two of a CPU as one, which is wider."""
        other = self._gaps.get(gap.cpu)
        if other is not None:
            times = (gap.until, other.until)
            until = None if None in times else max(time for time in times if time is not None)
            calls = min(gap.calls + other.calls, ENDLESS)
            gap = _Gap(calls, gap.commands | other.commands, gap.cpu, until)
        self._gaps[gap.cpu] = gap

    def up_to(self, m: PartialRmm, seq: int | None, smc: Smc | None = None) -> None:
        """Let happen in the model what may have happened before the call of this number.

        `smc` is that call, if it is complete.
        """
        if not self._begun:
            self._begin(m, seq)
        if seq is not None and self._next is not None:
            calls = max(seq - self._next, 0)
            self._next += calls
        else:  # nobody counts; or a checkpoint does not say where it stands
            calls = ENDLESS if self._endless or self._next is not None else 0
        m.hide(calls, self._omitted, ended=self._endless and self._ended)
        if self._gaps:
            gaps = self._gaps.values()
            calls = min(sum(gap.calls for gap in gaps), ENDLESS)
            m.hide(calls, frozenset().union(*{gap.commands for gap in gaps}))
            if smc is not None:
                self._gaps = {gap.cpu: gap for gap in gaps if not gap.over(smc)}

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
