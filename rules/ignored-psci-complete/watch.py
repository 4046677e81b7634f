"""A REC that is entered while its PSCI request waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from replay.result import Hazard
from replay.rmm.values import RMI_ERROR_REC, RMI_SUCCESS, result_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replay.rmm.model import Rmm
    from replay.rmm.rec import PsciRequest, Rec
    from replay.verdict import Verdict
    from traces.event import Smc

_ENTER = "RMI_REC_ENTER"
_COMPLETE = "RMI_PSCI_COMPLETE"
# A host that is refused once and then completes the request has noticed.
MANY = 2
_MOST = 4096  # requests that are remembered


@dataclass(slots=True)
class _Pending:
    """A request: the lines of the entries that were refused, and of what was to complete it."""

    request: PsciRequest
    entries: list[int] = field(default_factory=list)
    completion: int = 0  # 0: nobody has tried
    got: str = ""
    told: bool = False


class Watch:
    """Counts the refusals of REC_ENTER while one request is pending; each request is told once."""

    COMMANDS = frozenset({_ENTER, _COMPLETE})

    def __init__(self) -> None:
        self._known: dict[int, _Pending] = {}  # by REC

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterator[Hazard]:
        if call.r is None or call.r[0] == RMI_SUCCESS or rmm.partial:
            return
        rec = rmm.recs.get(call.x[0])
        if rec is None or rec.psci is None:
            return
        pending = self._pending(rec, rec.psci)
        if verdict.command == _COMPLETE:
            pending.completion, pending.got = call.line, result_name(call.r[0])
        elif call.r[0] & 0xFF == RMI_ERROR_REC and not pending.told:
            pending.entries.append(call.line)
            if pending.completion or len(pending.entries) >= MANY:
                pending.told = True
                yield _told(call, rec, pending)

    def _pending(self, rec: Rec, request: PsciRequest) -> _Pending:
        pending = self._known.get(rec.addr)
        if pending is None or pending.request is not request:
            if len(self._known) >= _MOST:
                self._known.clear()
            pending = self._known[rec.addr] = _Pending(request)
        return pending


def _told(call: Smc, rec: Rec, pending: _Pending) -> Hazard:
    tried = "nobody has completed it"
    if pending.completion:
        tried = (
            f"PSCI_COMPLETE was answered {pending.got} in line {pending.completion}, and nobody "
            "has heeded that"
        )
    return Hazard(
        call.line,
        call.seq,
        f"{_ENTER} of the REC {rec.addr:#x}, whose PSCI call {pending.request.fid:#x} waits for "
        f"PSCI_COMPLETE: {tried}",
        tuple(line for line in (pending.completion, *pending.entries) if line),
    )
