"""What the worlds of all versions share: an engine, calls that are judged, pages, tables.

Every call of a set-up goes through the judge with the result that the facts
demand (stated by the caller, never asked of the model) and must be `ok`; a
set-up that the model does not accept stops the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from replay.engine import Engine
from replay.rmm.rec import PsciRequest
from replay.rmm.values import MASK64, REC_RUNNING, result_name
from replay.verdict import OK, Verdict
from tests.replay.conformance import pages
from traces.event import REGISTERS, Event, Header, Smc

PAGE: Final = 0x1000
MB2: Final = 0x20_0000
GB: Final = 0x4000_0000

RAM_BASE: Final = 0x8_8000_0000
DEVICE: Final = 0x1000_0000  # a bank that is no memory

HIGH: Final = 1 << 48  # RAM of the machine with wide addresses

# Realms have IPAs of 40 bits, unless told otherwise.
PROTECTED: Final = 0x4060_0000  # an IPA in the midst of things, aligned to 2 MiB
UNPROTECTED: Final = (1 << 39) + PROTECTED
OUTSIDE: Final = 1 << 40

EMPTY, RAM, DESTROYED = range(3)  # RIPAS

# REC exits (fact sheet 1.0, section 4)
SYNC, IRQ, FIQ, PSCI, RIPAS_CHANGE, HOST_CALL = range(6)
ZEROS: Final = (0,) * 9

Steps = list[tuple[str, list[int]]]


class SetUpError(Exception):
    """A call of the set-up was not `ok`: its verdict in words."""


@dataclass
class Run:
    """What a realm does in one REC_ENTER, and the exit that comes of it."""

    steps: Steps
    reason: int = IRQ
    gprs: Sequence[int] = ()
    fields: dict[int, int] = field(default_factory=dict)  # offset in RmiRecExit -> u64

    @staticmethod
    def interrupted(at: Sequence[int] = ZEROS) -> Run:
        """The realm does nothing until an IRQ comes; `at`: x0..x8 as it begins."""
        return Run([("enter", list(at)), ("irq", [])])

    @staticmethod
    def calls(*x: int, at: Sequence[int] = ZEROS) -> Steps:
        """The realm begins with `at` in x0..x8 and issues an SMC."""
        return [("enter", list(at)), ("smc", padded(x))]

    def written(self, run: int) -> dict[int, bytes]:
        """The exit structure, sparse."""
        gprs = {0x200 + 8 * i: value for i, value in enumerate(self.gprs)}
        return pages.words(run + 0x800, {0: self.reason} | gprs | self.fields)


@dataclass
class Guest:
    """A realm as its host knows it: `tables` by (tree, level, IPA of the first entry)."""

    rd: int
    root: int
    start: int = 0  # level of the starting tables
    tables: dict[tuple[int, int, int], int] = field(default_factory=dict)
    recs: list[int] = field(default_factory=list)
    aux_roots: tuple[int, ...] = ()
    active: bool = False


class Host:
    """An RMM, and the host that calls it; how granules and RECs are made is the version's."""

    def __init__(self, header: Header, fids: Mapping[str, int]) -> None:
        self.engine = Engine(header)
        self.pretended = False  # something was written into the model
        self._fids = fids
        self._free = RAM_BASE
        self._seq = 0

    def smc(
        self,
        name: str,
        *x: int,
        mem: dict[int, bytes] | None = None,
        run: Run | None = None,
        mem_out: dict[int, bytes] | None = None,
    ) -> Smc:
        """A call that has no result yet; `run` for REC_ENTER only."""
        self._seq += 1
        return Smc(
            line=self._seq,
            seq=self._seq,
            fid=self._fids[name],
            name="RMI_" + name,
            x=registers([value & MASK64 for value in x]),
            mem=mem,
            realm=None if run is None else run.steps,
            mem_out=mem_out if run is None else run.written(x[1]),
        )

    def judge(self, smc: Smc, x0: int, *out: int) -> Verdict:
        """The verdict if this is what the call returned."""
        smc.r = registers([x0, *out])
        return self.engine.judge(smc)

    def do(
        self,
        name: str,
        *x: int,
        out: Sequence[int] = (),
        mem: dict[int, bytes] | None = None,
        run: Run | None = None,
        mem_out: dict[int, bytes] | None = None,
        x0: int = 0,
    ) -> None:
        """A call of the set-up: it succeeds (or gives `x0`), with X1.. as in `out`."""
        verdict = self.judge(self.smc(name, *x, mem=mem, run=run, mem_out=mem_out), x0, *out)
        if verdict.kind != OK:
            held = ", ".join(reason.id for reason in verdict.conditions)
            raise SetUpError(
                f"{name}({', '.join(map(hex, x))}) -> {result_name(x0)} {list(map(hex, out))}"
                f" is {verdict.kind}: {verdict.why}{f' [{held}]' if held else ''}"
            )

    def event(self, name: str, smc: Smc | None = None, **fields: object) -> None:
        """Something that is no call."""
        self._seq += 1
        self.engine.event(Event(self._seq, name, fields, smc))

    def page(self, count: int = 1, align: int = PAGE) -> int:
        """Granules of the host that nobody has used."""
        at = -(-self._free // align) * align
        self._free = at + count * PAGE
        return at

    def delegate(self, base: int, count: int = 1) -> None:
        """Granules in a row, one a call."""
        raise NotImplementedError

    def delegated(self, count: int = 1, align: int = PAGE) -> int:
        """DELEGATED granules in a row that nobody has used."""
        base = self.page(count, align)
        self.delegate(base, count)
        return base

    # --- realms and tables --------------------------------------------------------

    def activate(self, guest: Guest) -> None:
        if not guest.active:
            self.do("REALM_ACTIVATE", guest.rd)
            guest.active = True

    def system_off(self, guest: Guest) -> None:
        """The realm switches itself off, on a REC of its own."""
        rec = self.rec(guest)
        self.activate(guest)
        fid = 0x8400_0008
        self.enter(rec, Run(Run.calls(fid), PSCI, [fid]))

    def table(self, guest: Guest, ipa: int, level: int, tree: int = 0) -> int:
        """The RTT of a level below the starting one that covers `ipa`, and those above it."""
        for at in range(guest.start + 1, level + 1):
            base = ipa - ipa % level_size(at - 1)
            if (tree, at, base) not in guest.tables:
                rtt = guest.tables[tree, at, base] = self.delegated()
                if tree:
                    self.do("RTT_AUX_CREATE", guest.rd, rtt, base, at, tree)
                else:
                    self.do("RTT_CREATE", guest.rd, rtt, base, at)
        return guest.tables[tree, level, ipa - ipa % level_size(level - 1)]

    def tables(self, guest: Guest, ipa: int, level: int) -> None:
        """The RTTs for `ipa` down to a level; the starting one is there anyway."""
        if level > guest.start:
            self.table(guest, ipa, level)

    def destroy_tables(self, guest: Guest) -> None:
        """Remove the tables for PROTECTED, deepest first; nothing else is in them.

        So every time the rest of the parent's 512 entries ends the non-live run.
        """
        for level, top in ((3, 2 * GB), (2, 1 << 39), (1, 1 << 48)):
            base = max(ipa for _, at, ipa in guest.tables if at == level)
            rtt = guest.tables[0, level, base]
            self.do("RTT_DESTROY", guest.rd, base, level, out=[rtt, top])

    def init_ripas(self, guest: Guest, base: int, top: int) -> None:
        """RAM in [base, top), which one table covers."""
        self.do("RTT_INIT_RIPAS", guest.rd, base, top, out=[top])

    def reads(
        self,
        guest: Guest,
        ipa: int,
        level: int,
        *,
        state: int,
        desc: int = 0,
        ripas: int = 0,
        at: int | None = None,
    ) -> None:
        """READ_ENTRY must find this (`at`: where the walk ends, if above `level`)."""
        out = [level if at is None else at, state, desc, ripas]
        self.do("RTT_READ_ENTRY", guest.rd, ipa, level, out=out)

    # --- RECs that run ------------------------------------------------------------

    def rec(self, guest: Guest) -> int:
        """The next REC of a NEW realm; its auxiliary granules follow it."""
        raise NotImplementedError

    def run_page(
        self, *, flags: int = 0, gprs: Sequence[int] = (), hcr: int = 0, lrs: Sequence[int] = ()
    ) -> tuple[int, dict[int, bytes]]:
        """A page with RmiRecEnter and what is in it."""
        run = self.page()
        return run, pages.rec_enter(run, flags=flags, gprs=gprs, hcr=hcr, lrs=lrs)

    def enter(self, rec: int, what: Run, *, flags: int = 0, gprs: Sequence[int] = ()) -> None:
        run, mem = self.run_page(flags=flags, gprs=gprs)
        self.do("REC_ENTER", rec, run, mem=mem, run=what)

    def begin(self, rec: int) -> None:
        """REC_ENTER on another CPU, which does not come back before the case ends."""
        run, mem = self.run_page()
        self.event("smc_begin", self.smc("REC_ENTER", rec, run, mem=mem))

    def pretend(self, rec: int, *, running: bool = False, psci: PsciRequest | None = None) -> None:
        """Write into the model what no calls lead to (the only place that does)."""
        state = self.engine.m.recs[rec]
        state.state = REC_RUNNING if running else state.state
        state.psci = psci or state.psci
        self.pretended = True

    def psci_call(self, rec: int, fid: int, mpidr: int, *more: int) -> None:
        """The realm asks for CPU_ON or AFFINITY_INFO: it exits with the request pending."""
        self.enter(rec, Run(Run.calls(fid, mpidr, *more), PSCI, [fid, mpidr]))

    def ripas_request(
        self,
        rec: int,
        base: int,
        top: int,
        ripas: int,
        flags: int = 0,
        at: Sequence[int] = ZEROS,
    ) -> None:
        """The realm asks for a RIPAS in [base, top); flags bit 0: also where DESTROYED."""
        steps = Run.calls(0xC400_0197, base, top, ripas, flags, at=at)
        self.enter(rec, Run(steps, RIPAS_CHANGE, fields={0x500: base, 0x508: top, 0x510: ripas}))


def registers(values: Sequence[int]) -> list[int]:
    """As the reader of traces fills them up."""
    return [*values, *[0] * (REGISTERS - len(values))]


def padded(x: Sequence[int]) -> list[int]:
    """x0..x8 of a realm."""
    return [*x, *[0] * (9 - len(x))]


def level_size(level: int) -> int:
    """Bytes that an entry of a level maps (own arithmetic: 4 KiB, times 512 a level up)."""
    size = PAGE
    for _ in range(3 - level):
        size *= 512
    return size
