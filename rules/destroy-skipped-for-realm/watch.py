"""Granules of a realm that is gone never come back to the host.

What a realm gives up while it lives, and at its end, is kept in mind until the host
undelegates it.  A host that gives such a granule to another realm instead keeps a pool:
then what it still has at the end is no loss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from replay.result import Hazard
from replay.rmm import addr_list
from replay.rmm.granules import Granules
from replay.rmm.rtt import ADDRESS, level_size
from replay.rmm.values import (
    DATA,
    DELEGATED,
    GRANULE_NAME,
    RD,
    REC,
    REC_AUX,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
    RTT,
    UNDELEGATED,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.rec import Rec
    from replay.verdict import Verdict
    from traces.event import Smc

_TABLES: Final = frozenset(
    {"RMI_RTT_DESTROY", "RMI_RTT_FOLD", "RMI_RTT_AUX_DESTROY", "RMI_RTT_AUX_FOLD"}
)
_MOST_REALMS: Final = 250  # watched at a time: their numbers must be states of `Granules`
_GOES_ON: Final = 16  # lines after its last granule before a realm counts as forgotten


@dataclass(slots=True, eq=False)
class _Life:
    """A realm, from its first granule to its last.

    `kept` counts what it gave up and the host did not take back.  `line` and `seq` are of
    its REALM_DESTROY (0 while it lives), `last` is the line where the host last took
    something back, `returned` that it ever did; `followed`: a realm was created since.
    """

    rd: int
    number: int
    kept: int = 0
    line: int = 0
    seq: int | None = None
    last: int = 0
    returned: bool = False
    followed: bool = False


class _Kept:
    """What realms gave up: whose it was, and as what."""

    def __init__(self, rmm: Rmm) -> None:
        banks = [(bank.base, bank.size) for bank in rmm.banks if bank.kind == "conventional"]
        self._of = Granules(banks, rmm.granule)  # the number of a life, 0: nobody's
        self._was = Granules(banks, rmm.granule)
        self._page = rmm.granule
        self.lives: dict[int, _Life] = {}  # by number

    def new(self, rd: int) -> _Life | None:
        """A realm of which nothing is kept yet; None if there are too many."""
        if len(self.lives) >= _MOST_REALMS:
            for life in [life for life in self.lives.values() if life.line and not life.kept]:
                del self.lives[life.number]
        for number in range(1, _MOST_REALMS + 1):
            if number not in self.lives:
                life = self.lives[number] = _Life(rd, number)
                return life
        return None

    def put(self, life: _Life, base: int, size: int, was: int) -> None:
        if self._of.has(base) and self._of.has(base + size - 1):
            self._of.set_range(base, base + size, life.number)
            self._was.set_range(base, base + size, was)
            life.kept += size // self._page

    def take(self, base: int, top: int) -> set[int]:
        """Forget [base, top); the numbers of those whose it was."""
        found = set()
        while base < top and self._of.has(base):
            number, end = self._of.run(base, top)
            if number:
                self._of.set_range(base, end, 0)
                self.lives[number].kept -= (end - base) // self._page
                found.add(number)
            base = end
        return found

    def all(self) -> Iterator[tuple[_Life, int, int, int]]:
        """(whose, base, top, as what), in the order of addresses."""
        for base, number, owner in self._of.runs():
            top = base + number * self._page
            while owner and base < top:
                was, end = self._was.run(base, top)
                assert was is not None
                yield self.lives[owner], base, end, was
                base = end


class Watch:
    """Keeps what realms give up; what is left of it at the end is lost, if it is nobody's."""

    COMMANDS = frozenset(
        {
            *_TABLES,
            "RMI_DATA_DESTROY",
            "RMI_RTT_DATA_UNMAP",
            "RMI_REC_DESTROY",
            "RMI_REALM_CREATE",
            "RMI_REALM_DESTROY",
            "RMI_GRANULE_UNDELEGATE",
            "RMI_GRANULE_RANGE_UNDELEGATE",
        }
    )

    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._alive: dict[int, _Life] = {}  # by RD
        self._pool = False
        self._realm: Realm | None = None  # that the call names first,
        self._rec: Rec | None = None  # or REC, as they were before it

    def before(self, call: Smc, rmm: Rmm) -> None:
        if not rmm.partial:
            self._realm = rmm.realms.get(call.x[0])
            self._rec = rmm.recs.get(call.x[0])

    def after(self, call: Smc, verdict: Verdict, rmm: Rmm) -> None:
        got, name, x, page = call.r, verdict.command, call.x, rmm.granule
        if got is None or got[0] & 0xFF not in (RMI_SUCCESS, RMI_INCOMPLETE) or rmm.partial:
            return
        if self._kept is None:
            self._kept = _Kept(rmm)
        kept = self._kept
        if name == "RMI_REALM_CREATE":
            for life in kept.lives.values():
                life.followed = True
        elif name == "RMI_REC_DESTROY":
            if self._rec is not None:
                self._gives_up(kept, self._rec.owner, self._rec.addr, page, REC)
                for addr in self._rec.aux:
                    self._gives_up(kept, self._rec.owner, addr, page, REC_AUX)
        elif got[0] != RMI_SUCCESS:
            pass  # goes on as an operation: what it does in the end is not followed
        elif "UNDELEGATE" in name:
            for number in kept.take(x[0], got[1] if "RANGE" in name else x[0] + page):
                kept.lives[number].returned = True
                kept.lives[number].last = call.line
        elif name in _TABLES:
            self._gives_up(kept, x[0], got[1], page, RTT)
        elif name == "RMI_DATA_DESTROY":
            self._gives_up(kept, x[0], got[1], page, DATA)
        elif name == "RMI_RTT_DATA_UNMAP":
            for word in _told(call, got):
                size = addr_list.count_of(word) * level_size(addr_list.level_of(word))
                if size:
                    self._gives_up(kept, x[0], word & ADDRESS, size, DATA)
        elif self._realm is not None and x[0] not in rmm.realms:
            self._ends(kept, call, self._realm, page)

    def end(self, rmm: Rmm) -> Iterator[Hazard]:
        if self._kept is None or rmm.smc is None or self._pool:
            return
        lost: dict[int, Counter[int]] = {}  # number of a life -> what it was -> granules
        for life, base, top, was in self._kept.all():
            while life.line and base < top:
                now, end = rmm.granules.run(base, top)
                if now == DELEGATED:
                    lost.setdefault(life.number, Counter())[was] += (end - base) // rmm.granule
                elif now != UNDELEGATED:
                    return  # it was used again: a pool
                base = end
        for life in self._kept.lives.values():
            counts = lost.get(life.number)
            over = rmm.smc.line - life.last >= _GOES_ON
            if counts is not None and over and (life.returned or life.followed):
                yield _hazard(life, counts)

    def _gives_up(self, kept: _Kept, rd: int, base: int, size: int, was: int) -> None:
        life = self._alive.get(rd) or kept.new(rd)
        if life is not None:
            self._alive[rd] = life
            if kept.take(base, base + size) - {life.number}:
                self._pool = True
            kept.put(life, base, size, was)

    def _ends(self, kept: _Kept, call: Smc, realm: Realm, page: int) -> None:
        for tree in realm.trees:
            for table in tree:
                self._gives_up(kept, realm.rd, table.addr, page, RTT)
        self._gives_up(kept, realm.rd, realm.rd, page, RD)
        life = self._alive.pop(realm.rd, None)
        if life is not None:
            life.line = life.last = call.line
            life.seq = call.seq
            life.followed = False


def _told(call: Smc, got: Sequence[int]) -> list[int]:
    """The descriptors in which RTT_DATA_UNMAP says what it took away."""
    form, at, count = addr_list.kind_of(call.x[3]), call.x[4], got[3]
    if form == addr_list.SINGLE:
        return [got[2]]
    memory = call.memory_out
    if form != addr_list.LIST or memory is None:
        return []
    return memory.words(at, addr_list.clipped(at, count))


def _hazard(life: _Life, counts: Counter[int]) -> Hazard:
    what = ", ".join(f"{GRANULE_NAME[was]} {n}" for was, n in sorted(counts.items()))
    number = counts.total()
    return Hazard(
        life.line,
        life.seq,
        f"{number} granule{'s' if number > 1 else ''} delegated for the realm {life.rd:#x} "
        f"never came back after its end: {what}",
    )
