"""A REC that asked for a change of RIPAS is entered again as if it had not.

The host may do a part of the change, or reject one to RAM; the realm is told which.
If it does neither the realm can only ask again.  Nothing can be done where the RMM
refuses the first page itself: it is DESTROYED, and the realm wants that to stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from replay.result import Hazard
from replay.rmm.rtt import LEVEL_PAGE
from replay.rmm.run_page import RecRun
from replay.rmm.values import RIPAS_NAME, RMI_ERROR_RTT, RMI_SUCCESS, result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replay.rmm.model import Rmm
    from replay.verdict import Verdict
    from traces.event import Smc

SEVERITY = "warning"  # the realm is not lost, it just does not get on

_CHANGE: Final = "RMI_RTT_SET_RIPAS"
_MOST_RECS: Final = 4096  # that are watched


class Watch:
    """Looks at the request before a REC_ENTER; reports it if the realm did run."""

    COMMANDS = frozenset({"RMI_REC_ENTER", _CHANGE})

    def __init__(self) -> None:
        self._exits: dict[int, int] = {}  # REC whose request the host can meet -> line of the exit
        self._request: tuple[int, int, int] | None = None  # base, top, RIPAS: nothing of it done

    def before(self, call: Smc, rmm: Rmm) -> None:
        self._request = None
        rec = None if rmm.partial else rmm.recs.get(call.x[0])
        if rec is not None and rec.ripas_base == rec.ripas_addr < rec.ripas_top:
            self._request = rec.ripas_base, rec.ripas_top, rec.ripas_value

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterator[Hazard]:
        if call.r is None or rmm.partial:
            return
        if verdict.command == _CHANGE:
            if call.r[0] == result(RMI_ERROR_RTT, LEVEL_PAGE):
                self._exits.pop(call.x[1], None)
        elif call.r[0] == RMI_SUCCESS:
            asked = self._exits.pop(call.x[0], None)
            if asked is not None and self._request is not None and not _rejects(call):
                yield _hazard(call, asked, *self._request)
            rec = rmm.recs.get(call.x[0])
            if rec is not None and rec.ripas_top and len(self._exits) < _MOST_RECS:
                self._exits[rec.addr] = call.line


def _rejects(call: Smc) -> bool:
    """Whether the host rejects the change; True, too, where that was not captured."""
    mem, run = call.memory, call.x[1]
    if mem is None or not mem.page(run):
        return True
    return bool(RecRun(mem, run).enter.flags.ripas_response)


def _hazard(call: Smc, asked: int, base: int, top: int, ripas: int) -> Hazard:
    name = RIPAS_NAME[ripas] if ripas < len(RIPAS_NAME) else f"{ripas:#x}"
    return Hazard(
        call.line,
        call.seq,
        f"the REC {call.x[0]:#x} asked for RIPAS {name} from {base:#x} to {top:#x}, and is "
        "entered again with nothing of that done and nothing rejected",
        (asked, call.line),
    )
