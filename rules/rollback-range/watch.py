"""The roll-back of a run that failed takes back more than the run had done.

A run is a range that one CPU delegates, or maps into a realm, call after call, until one
fails.  What it takes back next, in calls that touch each other, is the roll-back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from replay.result import Hazard
from replay.rmm.model import Unknown
from replay.rmm.rtt import LEVEL_PAGE, PAGE, level_size
from replay.rmm.values import (
    DELEGATED,
    RMI_BLOCKED,
    RMI_BUSY,
    RMI_SUCCESS,
    TABLE,
    UNDELEGATED,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replay.rmm.model import Rmm
    from replay.verdict import Verdict
    from traces.event import Smc

# What a command gives, or takes back: granules, a realm's own memory, memory it shares.
_KINDS: Final = ("granules", "data", "shared")
_GIVES: Final = {
    "RMI_GRANULE_DELEGATE": "granules",
    "RMI_GRANULE_RANGE_DELEGATE": "granules",
    "RMI_DATA_CREATE_UNKNOWN": "data",
    "RMI_RTT_DATA_MAP": "data",
    "RMI_RTT_MAP_UNPROTECTED": "shared",
    "RMI_RTT_UNPROT_MAP": "shared",
}
_TAKES: Final = {
    "RMI_GRANULE_UNDELEGATE": "granules",
    "RMI_GRANULE_RANGE_UNDELEGATE": "granules",
    "RMI_DATA_DESTROY": "data",
    "RMI_RTT_DATA_UNMAP": "data",
    "RMI_RTT_UNMAP_UNPROTECTED": "shared",
    "RMI_RTT_UNPROT_UNMAP": "shared",
}
_GOES_ON: Final = frozenset({"RMI_REC_ENTER", "RMI_REALM_DESTROY"})  # not a roll-back any more
_RANGED: Final = ("_DATA_MAP", "_UNPROT_MAP", "_DATA_UNMAP", "_UNPROT_UNMAP")  # as `_RANGE_`
_MOST_RUNS: Final = 4096  # by CPU and kind
_MOST_LINES: Final = 100  # of one roll-back


@dataclass(slots=True)
class _Run:
    """[base, end) was given of [base, top), which lies in `realm`, or is memory.

    `failed` is the line of the call that failed at `end`, `harms` whether it then does harm
    to take back what is there.  The roll-back asked for [low, high); `beyond` are its calls
    that go past `end`, as (line, seq), and `foreign` says that one of them got something.
    """

    realm: int
    base: int
    end: int
    top: int
    failed: int = 0
    harms: bool = False
    low: int = 0
    high: int = 0
    beyond: list[tuple[int, int | None]] = field(default_factory=list)
    foreign: bool = False


class Watch:
    """Follows, by CPU and kind, the run that goes on, and what is taken back after it failed."""

    COMMANDS = frozenset({*_GIVES, *_TAKES, *_GOES_ON})

    def __init__(self) -> None:
        self._runs: dict[tuple[int, str], _Run] = {}  # by CPU and kind

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterable[Hazard]:
        name, got = verdict.command, call.r
        if got is None or got[0] & 0xFF in (RMI_BUSY, RMI_BLOCKED) or rmm.partial:
            return ()
        if name in _GIVES:
            return self._give(call, name, _GIVES[name], got, rmm)
        if name in _TAKES:
            return self._take(call, name, _TAKES[name], got)
        if got[0] == RMI_SUCCESS and self._runs:
            return [hazard for kind in _KINDS for hazard in self._over(call.cpu, kind)]
        return ()

    def end(self, rmm: Rmm) -> Iterator[Hazard]:
        for cpu, kind in list(self._runs):
            yield from self._over(cpu, kind)

    def _give(
        self, call: Smc, name: str, kind: str, got: Sequence[int], rmm: Rmm
    ) -> Iterator[Hazard]:
        """A run begins, goes on or fails."""
        realm, base, top = _asked(name, call.x)
        run = self._runs.get((call.cpu, kind))
        if run is not None and (run.high or run.end != base or run.realm != realm):
            if kind == "granules" or run.realm != realm or not run.base <= base <= run.end:
                yield from self._over(call.cpu, kind)  # else it maps anew: no roll-back
            run = None
        done = _done(name, top, got)
        if got[0] != RMI_SUCCESS:
            if run is not None:
                run.failed = call.line
                run.harms = _loose(rmm, base) if kind == "granules" else _mapped(rmm, realm, base)
            else:
                self._runs.pop((call.cpu, kind), None)
        elif not base < done <= top:
            self._runs.pop((call.cpu, kind), None)  # nothing was done
        elif run is not None:
            run.end, run.top, run.harms = done, max(run.top, top), False
        elif len(self._runs) < _MOST_RUNS:
            self._runs[call.cpu, kind] = _Run(realm, base, done, top)

    def _take(self, call: Smc, name: str, kind: str, got: Sequence[int]) -> Iterator[Hazard]:
        """The roll-back, if the run has failed."""
        run = self._runs.get((call.cpu, kind))
        if run is None:
            return
        realm, base, top = _asked(name, call.x)
        touches = not run.high or (base <= run.high and run.low <= top)
        if not touches or realm != run.realm or base >= top:
            yield from self._over(call.cpu, kind)
            return
        run.low = min(run.low, base) if run.high else base
        run.high = max(run.high, top)
        if top > run.end and len(run.beyond) < _MOST_LINES:
            run.beyond.append((call.line, call.seq))
        if got[0] == RMI_SUCCESS and _done(name, top, got) > run.end:
            run.foreign = True

    def _over(self, cpu: int, kind: str) -> Iterator[Hazard]:
        """A run and its roll-back are over."""
        run = self._runs.pop((cpu, kind), None)
        if run is None or not run.beyond or not run.harms:
            return
        if kind != "granules" and not run.foreign:
            return  # holes are passed over: nothing was lost
        size = run.high - run.low
        if run.low < run.end < run.high:
            how = f"the roll-back goes on to {run.high:#x}"
        elif run.low == run.end and PAGE < size == run.top - run.base:
            how = f"the roll-back begins there and goes to {run.high:#x}"
        else:
            return
        if run.foreign:
            how += ", and takes what this run had not given"
        what = "delegation" if kind == "granules" else "mapping"
        number = (run.end - run.base) // PAGE
        of = f", {number} page{'s' if number > 1 else ''} from {run.base:#x} on"
        line, seq = run.beyond[0]
        lines = (run.failed, *(line for line, _ in run.beyond))
        yield Hazard(line, seq, f"{what} failed at {run.end:#x}{of}, but {how}", lines)


def _asked(name: str, x: Sequence[int]) -> tuple[int, int, int]:
    """(realm, base, top) of what a call names; realm 0 for memory."""
    if name in ("RMI_GRANULE_DELEGATE", "RMI_GRANULE_UNDELEGATE"):
        return 0, x[0], x[0] + PAGE
    if name in ("RMI_GRANULE_RANGE_DELEGATE", "RMI_GRANULE_RANGE_UNDELEGATE"):
        return 0, x[0], x[1]
    if name == "RMI_DATA_CREATE_UNKNOWN":
        return x[0], x[2], x[2] + PAGE
    if name == "RMI_DATA_DESTROY":
        return x[0], x[1], x[1] + PAGE
    if name in ("RMI_RTT_MAP_UNPROTECTED", "RMI_RTT_UNMAP_UNPROTECTED"):
        return x[0], x[1], x[1] + level_size(min(max(signed(x[2]), 0), LEVEL_PAGE))
    return x[0], x[1], x[2]


def _done(name: str, top: int, got: Sequence[int]) -> int:
    """Where a call that succeeded came to: 2.0 says so, 1.0 does all or nothing."""
    return got[1] if "_RANGE_" in name or name.endswith(_RANGED) else top


def _loose(rmm: Rmm, addr: int) -> bool:
    """Whether a granule is not in use: one that is cannot be undelegated by mistake."""
    return rmm.gstate(addr) in (None, UNDELEGATED, DELEGATED)


def _mapped(rmm: Rmm, realm: int, ipa: int) -> bool:
    """Whether something is mapped at `ipa`."""
    known = rmm.realms.get(realm)
    with suppress(Unknown):
        walk = None if known is None else rmm.walk(known, ipa, LEVEL_PAGE)
        return walk is not None and walk.rtte.live and walk.rtte.state != TABLE
    return False
