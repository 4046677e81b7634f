"""A REC that is entered again and again though its realm has come to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.result import Hazard
from replay.rmm.values import (
    REALM_STATE_NAME,
    REALM_SYSTEM_OFF,
    REALM_ZOMBIE,
    RMI_ERROR_REALM,
    result_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replay.rmm.model import Rmm
    from replay.rmm.rec import Rec
    from replay.verdict import Verdict
    from traces.event import Smc

# The first refusal is how a host learns that another vCPU turned the realm off; the
# second may be a VMM that asks once more.
MANY = 3
_MOST = 4096  # RECs that are counted


class Watch:
    """Counts, for each REC, the refusals since the realm's state is one that does not change."""

    COMMANDS = frozenset({"RMI_REC_ENTER"})

    def __init__(self) -> None:
        self._refused: dict[int, tuple[Rec, list[int]]] = {}  # by REC: lines

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterator[Hazard]:
        if call.r is None or call.r[0] & 0xFF != RMI_ERROR_REALM or rmm.partial:
            return
        rec = rmm.recs.get(call.x[0])
        realm = None if rec is None else rmm.realms.get(rec.owner)
        if rec is None or realm is None or realm.state not in (REALM_SYSTEM_OFF, REALM_ZOMBIE):
            return
        known, lines = self._refused.get(rec.addr, (None, []))
        if known is not rec:  # another REC in the same granule
            if len(self._refused) >= _MOST:
                self._refused.clear()
            lines = []
            self._refused[rec.addr] = (rec, lines)
        if len(lines) >= MANY:
            return  # it is told once
        lines.append(call.line)
        if len(lines) == MANY:
            yield Hazard(
                call.line,
                call.seq,
                f"RMI_REC_ENTER of the REC {rec.addr:#x} was answered {result_name(call.r[0])} "
                f"{MANY} times, and the realm {realm.rd:#x} is {REALM_STATE_NAME[realm.state]} "
                "for good: the host goes on as if the REC had run",
                tuple(lines),
            )
