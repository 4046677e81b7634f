"""A small active realm with its RECs, made by hand, and REC_ENTER calls on it.

The IPA space has 32 bits (protected below 2 GiB); four starting tables at level 2.  One
table of pages maps the first 2 MiB:

    page 0, 1   RAM, mapped to DATA0, DATA0 + 4 KiB
    page 2      RAM, not mapped
    page 3      EMPTY, not mapped
    page 4      DESTROYED, not mapped
    page 5      EMPTY, but mapped
    page 6      DESTROYED, but mapped
    all others  EMPTY, not mapped
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from replay.engine import Engine
from replay.rmm.realm import Realm
from replay.rmm.rec import Rec
from replay.rmm.rtt import Table, make_entry
from replay.rmm.values import (
    ASSIGNED,
    DATA,
    DESTROYED,
    EMPTY,
    RAM,
    RD,
    REALM_ACTIVE,
    REC,
    RMM_ACTIVE,
    RTT,
    TABLE,
    UNASSIGNED,
    UNASSIGNED_NS,
)
from replay.verdict import Verdict
from traces.event import Bank, Header, Smc

PAGE = 4096
RD0 = 0x8_8001_0000
ROOTS = 0x8_8002_0000
LEAF = 0x8_8003_0000
REC0 = 0x8_8004_0000
REC1 = 0x8_8004_1000
REC2 = 0x8_8004_2000
DATA0 = 0x8_8010_0000
RUN = 0x8_8800_2000
RUN2 = 0x8_8800_4000

PROTECTED_TOP = 1 << 31
MAPPED = 0
UNMAPPED = 2 * PAGE
NO_MEMORY = 3 * PAGE
GONE = 4 * PAGE
MAPPED_EMPTY = 5 * PAGE
MAPPED_GONE = 6 * PAGE
UNPROTECTED = PROTECTED_TOP + 0x10_0000

GIC = {"num_lrs": 4, "pri_bits": 5, "vintid_bits": 16, "ext_range": 0}

REC_ENTER = 0xC400015C
PSCI_COMPLETE = 0xC4000164


def small_realm(rmi: str = "1.0", name: str = "tf-rmm") -> Engine:
    """An engine whose model has the realm and three RECs: 0 and 1 run, 2 is off."""
    header = Header(
        rmi=rmi,  # type: ignore[arg-type]
        granule_size=4096,
        pa_width=48,
        memory=(Bank(0x8_8000_0000, 0x2000_0000),),
        features={0: 0x28_FFC1_04130},
        implementation={"name": name, "gic": GIC},
    )
    engine = Engine(header)
    m = engine.m
    m.state = RMM_ACTIVE
    empty = make_entry(UNASSIGNED, EMPTY)
    pages = [
        make_entry(ASSIGNED, RAM, DATA0),
        make_entry(ASSIGNED, RAM, DATA0 + PAGE),
        make_entry(UNASSIGNED, RAM),
        empty,
        make_entry(UNASSIGNED, DESTROYED),
        make_entry(ASSIGNED, EMPTY, DATA0 + 2 * PAGE),
        make_entry(ASSIGNED, DESTROYED, DATA0 + 3 * PAGE),
    ]
    leaf = Table(LEAF, 3, 0, array("Q", pages + [empty] * (512 - len(pages))))
    roots = []
    for n in range(4):
        entry = empty if n < 2 else make_entry(UNASSIGNED_NS)
        roots.append(Table(ROOTS + n * PAGE, 2, n << 30, array("Q", [entry] * 512)))
    roots[0].set(0, make_entry(TABLE, 0, LEAF))
    for table in (*roots, leaf):
        m.put(table.addr, RTT)
        m.rtts[table.addr] = table
    for n in range(4):
        m.put(DATA0 + n * PAGE, DATA)
    realm = Realm(RD0, ipa_width=32, level_start=2, num_start=4, trees=[roots])
    realm.state = REALM_ACTIVE
    realm.rec_index = realm.num_recs = 3
    m.put(RD0, RD)
    m.realms[RD0] = realm
    for index, addr in enumerate((REC0, REC1, REC2)):
        m.put(addr, REC)
        m.recs[addr] = Rec(addr, RD0, index, index < 2, [])
    return engine


def enter_call(
    rec: int = REC0,
    *,
    flags: int = 0,
    gprs: Sequence[int] = (),
    words: Mapping[int, int] | None = None,
    realm: Sequence[tuple[str, list[int]]] | None = None,
    out: Mapping[int, int] | None = None,
    result: int = 0,
    run: int = RUN,
    seq: int = 1,
) -> Smc:
    """A REC_ENTER.  `words` go into the run page, `out` into its exit half, by offset."""
    page = {0: flags, **{0x200 + 8 * n: value for n, value in enumerate(gprs)}, **(words or {})}
    exit = {0: 0, **(out or {})}  # a page of which nothing is listed was not captured
    return Smc(
        line=seq,
        seq=seq,
        fid=REC_ENTER,
        x=[rec, run, *[0] * 6],
        r=[result, *[0] * 7],
        mem=_memory(run, page),
        mem_out=None if out is None else _memory(run + 0x800, exit),
        realm=None if realm is None else list(realm),
    )


def _memory(base: int, words: Mapping[int, int]) -> dict[int, bytes]:
    return {base + at: value.to_bytes(8, "little") for at, value in words.items()}


def complete_call(caller: int, target: int, status: int = 0, result: int = 0) -> Smc:
    """A PSCI_COMPLETE."""
    x = [caller, target, status & (1 << 64) - 1, *[0] * 5]
    return Smc(line=1, fid=PSCI_COMPLETE, x=x, r=[result, *[0] * 7])


def step(*registers: int) -> list[int]:
    """x0 to x8 of a step."""
    return [*registers, *[0] * (9 - len(registers))]


def why(verdict: Verdict) -> str:
    """What a test shows when a verdict is not the wanted one."""
    ids = [reason.id for reason in verdict.conditions]
    return f"{verdict.kind}: {verdict.got}, permitted {verdict.permitted}, {ids}, {verdict.why}"
