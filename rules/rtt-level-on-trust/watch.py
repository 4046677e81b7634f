"""A table of pages is made and filled in one go, and is as good as one block.

In one go: by calls of one CPU between two entries into a REC.  A realm that takes its
pages one by one has no use for a block, nor has a host that loads an image.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from replay.result import Hazard
from replay.rmm.model import Unknown
from replay.rmm.rtt import ENTRIES, LEVEL_PAGE, PAGE, fold
from replay.rmm.values import ASSIGNED, ASSIGNED_NS, RMI_SUCCESS

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.rtt import Table
    from replay.verdict import Verdict
    from traces.event import Smc

SEVERITY = "info"  # it costs memory and speed, and breaks nothing

# Commands that map pages, and load them: where in their arguments the IPA is.
_MAPS: Final = {
    "RMI_DATA_CREATE_UNKNOWN": 2,
    "RMI_RTT_MAP_UNPROTECTED": 1,
    "RMI_RTT_DATA_MAP": 1,
    "RMI_RTT_UNPROT_MAP": 1,
}
_LOADS: Final = {"RMI_DATA_CREATE": 2, "RMI_RTT_DATA_MAP_INIT": 2}
_MOST_TABLES: Final = 1 << 16
_MOST_CPUS: Final = 4096  # told apart
_SOON: Final = 4  # lines from the end of the trace within which the host may yet fold


@dataclass(slots=True)
class _Table:
    """A table of pages, empty when it was made at `line`.

    All that was mapped so far was mapped in `go`: (CPU, how often it had entered a REC).
    `full` is the line after which it was as one block, 0 if it never was.
    """

    rd: int
    ipa: int
    line: int
    go: tuple[int, int] | None = None
    full: int = 0
    seq: int | None = None


class Watch:
    """Follows tables of pages from their creation; reports a full one when it goes, or at last."""

    COMMANDS = frozenset(
        {*_MAPS, *_LOADS, "RMI_REC_ENTER", "RMI_RTT_CREATE", "RMI_RTT_DESTROY", "RMI_RTT_FOLD"}
    )

    def __init__(self) -> None:
        self._tables: dict[int, _Table] = {}  # by address
        self._entered: Counter[int] = Counter()  # by CPU

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> Iterator[Hazard]:
        got, name, x = call.r, verdict.command, call.x
        if name == "RMI_REC_ENTER":
            self._entered[call.cpu % _MOST_CPUS] += 1
        elif got is None or got[0] != RMI_SUCCESS or rmm.partial:
            return
        elif name == "RMI_RTT_CREATE":
            table = rmm.rtts.get(x[1])
            empty = table is not None and not _maps(table)
            if x[3] == LEVEL_PAGE and empty and len(self._tables) < _MOST_TABLES:
                self._tables[x[1]] = _Table(x[0], x[2], call.line)
        elif name == "RMI_RTT_FOLD":
            self._tables.pop(got[1], None)
        elif name == "RMI_RTT_DESTROY":
            known = self._tables.pop(got[1], None)
            if known is not None and known.full:
                yield _hazard(known)
        elif self._tables:
            self._mapped(call, name, rmm)

    def end(self, rmm: Rmm) -> Iterator[Hazard]:
        last = rmm.smc.line if rmm.smc is not None else 0
        for known in self._tables.values():
            if known.full and last - known.full >= _SOON:
                yield _hazard(known)

    def _mapped(self, call: Smc, name: str, rmm: Rmm) -> None:
        """Something was mapped into a table of pages."""
        ipa = call.x[_LOADS[name] if name in _LOADS else _MAPS[name]]
        table = _table(rmm, call.x[0], ipa)
        known = None if table is None else self._tables.get(table.addr)
        if table is None or known is None:
            return
        cpu = call.cpu % _MOST_CPUS
        go = (cpu, self._entered[cpu])
        if name in _LOADS or (known.go is not None and known.go != go):
            del self._tables[table.addr]
            return
        known.go = go
        if _maps(table) and fold(table) is not None:
            known.full, known.seq = call.line, call.seq


def _table(rmm: Rmm, rd: int, ipa: int) -> Table | None:
    """The table of pages that describes `ipa`; None if there is none."""
    realm = rmm.realms.get(rd)
    with suppress(Unknown):
        walk = None if realm is None else rmm.walk(realm, ipa, LEVEL_PAGE)
        return walk.rtt if walk is not None and walk.level == LEVEL_PAGE else None
    return None


def _maps(table: Table) -> bool:
    """Whether it is worth a closer look: first and last entry are mapped in one row."""
    first, last = table.entries[0], table.entries[-1]
    return first & 7 in (ASSIGNED, ASSIGNED_NS) and last == first + (ENTRIES - 1) * PAGE


def _hazard(table: _Table) -> Hazard:
    return Hazard(
        table.full,
        table.seq,
        f"the table of pages for IPA {table.ipa:#x} of the realm {table.rd:#x} was filled in "
        "one go with what one block could map, and not folded",
        (table.line, table.full),
    )
