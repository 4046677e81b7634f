"""What the judge of 1.0 does where a trace of the reference does not lead: other
implementations, things that a trace does not tell, and faults."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import pytest

from replay.engine import Engine
from replay.rmm.model import Unknown
from replay.rmm.rtt import make_entry
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_NS,
    DATA,
    DESTROYED,
    EMPTY,
    RAM,
    UNASSIGNED,
    UNDELEGATED,
)
from replay.verdict import OK, UNKNOWN, VIOLATION, Verdict
from tests.replay.fids import RMM_1_0
from traces.event import Bank, Event, GranuleSize, Header, Smc
from traces.formats.jsonl import read

RAM_BASE = 0x8000_0000
REGISTER = 0x28FFC104130  # feature register 0 of the reference
PARAMS = RAM_BASE + 0x100_0000
RD, REC = RAM_BASE, RAM_BASE + 0x1_0000
AUX = [RAM_BASE + 0x2_0000 + i * 0x1000 for i in range(16)]
INPUT, REALM, RTT = 1, 2, 4
PROTECTED_TOP = 1 << 32  # of the realm below
UNMAP = "RTT_UNMAP_UNPROTECTED"


def engine(**header: Any) -> Engine:
    given: dict[str, Any] = {"features": {0: REGISTER}, "granule_size": 4096} | header
    return Engine(Header(rmi="1.0", pa_width=48, memory=(Bank(RAM_BASE, 1 << 28),), **given))


def call(
    e: Engine, name: str, *x: int, r: tuple[int, ...] = (0,), mem: dict[int, bytes] | None = None
) -> Verdict:
    def padded(values: tuple[int, ...]) -> list[int]:
        return [*values, *[0] * (8 - len(values))]

    return e.judge(Smc(1, RMM_1_0[name], padded(x), padded(r), mem=mem))


def realm_params(level: int = 1, number: int = 1) -> dict[int, bytes]:
    """33 bits of IPA; starting tables after the RD."""
    page = bytearray(4096)
    page[0x8] = 33
    page[0x18] = page[0x20] = 1
    struct.pack_into("<QqI", page, 0x808, RD + 0x1000 * number, level, number)
    return {PARAMS: bytes(page)}


def rec_params(mpidr: int = 0) -> dict[int, bytes]:
    page = bytearray(4096)
    struct.pack_into("<Q", page, 0x100, mpidr)
    struct.pack_into("<17Q", page, 0x800, 16, *AUX)
    return {PARAMS: bytes(page)}


def realm(level: int = 1, number: int = 1, **header: Any) -> Engine:
    """A realm with its starting tables, and sixteen granules for RECs."""
    e = engine(**header)
    for addr in (RD, *(RD + 0x1000 * (number + i) for i in range(number)), REC, *AUX):
        assert call(e, "GRANULE_DELEGATE", addr).kind == OK
    assert call(e, "REALM_CREATE", RD, PARAMS, mem=realm_params(level, number)).kind == OK
    return e


def with_tables(e: Engine) -> Engine:
    """Tables of level 2 and 3 at IPA 0."""
    for addr, level in ((RD + 0x4000, 2), (RD + 0x5000, 3)):
        assert call(e, "GRANULE_DELEGATE", addr).kind == OK
        assert call(e, "RTT_CREATE", RD, addr, 0, level).kind == OK
    return e


# --- the machine -----------------------------------------------------------------


@pytest.mark.parametrize("size", [16384, 65536])
def test_other_granule_sizes_are_refused(size: GranuleSize) -> None:
    with pytest.raises(Unknown, match=f"granules of {size // 1024} KiB"):
        engine(granule_size=size)


V = {"1.0": 0x10000, "1.1": 0x10001, "1.2": 0x10002, "1.3": 0x10003, "2.0": 0x20000, "2.1": 0x20001}


@pytest.mark.parametrize(
    ("served", "asked", "status", "lower", "higher"),
    [  # fact sheet 1.0, section 9
        ("1.0", "1.0", 0, "1.0", "1.0"),
        ("1.0", "1.1", 1, "1.0", "1.0"),
        ("1.0", "2.0", 1, "1.0", "1.0"),
        ("1.0 1.1 1.3", "1.2", 1, "1.1", "1.3"),
        ("2.0 2.1", "1.0", 1, "2.1", "2.1"),
        ("1.0 2.0", "1.0", 0, "1.0", "2.0"),
    ],
)
def test_versions(served: str, asked: str, status: int, lower: str, higher: str) -> None:
    e = engine(implementation={"revisions": [V[name] for name in served.split()]})
    right = (status, V[lower], V[higher])
    assert call(e, "VERSION", V[asked], r=right).kind == OK
    for wrong in ((1 - status, *right[1:]), (status, 0, right[2]), (*right[:2], 0x30000)):
        assert call(e, "VERSION", V[asked], r=wrong).kind == VIOLATION


def test_an_rmm_may_serve_more_than_the_trace_uses() -> None:
    assert call(engine(), "VERSION", V["1.0"], r=(0, V["1.0"], V["1.1"])).kind == OK
    assert call(engine(), "VERSION", V["1.0"], r=(1, V["1.0"], V["1.1"])).kind == VIOLATION
    assert call(engine(), "VERSION", V["1.0"], r=(0, V["1.0"], 0)).kind == VIOLATION


def test_bits_of_the_revision_that_should_be_zero() -> None:
    for status in (0, 1):
        got = (status, V["1.0"], V["1.0"])
        assert call(engine(), "VERSION", 1 << 31 | V["1.0"], r=got).kind == OK


def test_the_feature_register_is_learnt() -> None:
    e = engine(features={})
    verdict = call(e, "REALM_CREATE", RD, PARAMS, r=(INPUT,), mem=realm_params())
    assert (verdict.kind, verdict.why) == (UNKNOWN, "feature register 0 is not known")
    assert call(e, "FEATURES", 0, r=(0, REGISTER)).kind == OK
    assert call(e, "FEATURES", 0, r=(0, REGISTER + 1)).kind == VIOLATION
    assert call(e, "FEATURES", 1, r=(0, 1)).kind == VIOLATION


def test_the_number_of_auxiliary_granules_is_learnt() -> None:
    e = realm()
    early = call(e, "REC_CREATE", RD, REC, PARAMS, r=(INPUT,), mem=rec_params())
    assert early.kind == UNKNOWN
    assert call(e, "REC_AUX_COUNT", RD, r=(0, 17)).kind == VIOLATION
    assert call(e, "REC_AUX_COUNT", RD, r=(0, 16)).kind == OK
    assert call(e, "REC_AUX_COUNT", RD, r=(0, 2)).kind == VIOLATION
    assert call(e, "REC_CREATE", RD, REC, PARAMS, mem=rec_params()).kind == OK


@pytest.mark.parametrize("learnt", [False, True])
def test_the_feature_register_bounds_the_number_of_recs(learnt: bool) -> None:
    """MAX_RECS_ORDER, bits 41:38: here 0, so that a realm can have no REC at all."""
    few = REGISTER & ~(0xF << 38)
    e = engine(features={} if learnt else {0: few}, implementation={"max_rec_aux": 16})
    assert call(e, "FEATURES", 0, r=(0, few)).kind == OK
    for addr in (RD, RD + 0x1000, REC, *AUX):
        assert call(e, "GRANULE_DELEGATE", addr).kind == OK
    assert call(e, "REALM_CREATE", RD, PARAMS, mem=realm_params()).kind == OK
    assert call(e, "REC_CREATE", RD, REC, PARAMS, r=(REALM,), mem=rec_params()).kind == OK
    assert call(e, "REC_CREATE", RD, REC, PARAMS, mem=rec_params()).kind == VIOLATION


# --- what the trace does not tell ---------------------------------------------------


def test_parameters_that_were_not_captured() -> None:
    for verdict in (
        call(engine(), "REALM_CREATE", RD, PARAMS, r=(INPUT,)),
        call(realm(), "REC_CREATE", RD, REC, PARAMS, r=(0,)),
    ):
        assert (verdict.kind, verdict.why) == (UNKNOWN, "the page of parameters was not captured")


def test_parameters_that_the_rmm_cannot_read() -> None:
    """No memory is needed to say that a page is not the host's."""
    verdict = call(realm(), "REC_CREATE", RD, REC, RD, r=(INPUT,))
    assert verdict.kind == OK


def asked_for(e: Engine, destroyed: bool | None, value: int = RAM) -> None:
    """A REC whose realm wants pages 0 to 3 changed."""
    e.m.traits = engine(implementation={"max_rec_aux": 16}).m.traits
    assert call(e, "REC_CREATE", RD, REC, PARAMS, mem=rec_params()).kind == OK
    rec = e.m.recs[REC]
    rec.ripas_top, rec.ripas_value, rec.ripas_destroyed = 0x4000, value, destroyed


def page_is(e: Engine, ipa: int, ripas: int) -> None:
    found = e.m.walk(e.m.realms[RD], ipa, 3)
    assert found is not None
    assert found.level == 3
    found.set(make_entry(UNASSIGNED, ripas))


@pytest.mark.parametrize(
    ("destroyed", "ends"), [(True, {0x4000}), (False, {0x2000}), (None, {0x4000, 0x2000})]
)
def test_ripas_changes_up_to_a_destroyed_page(destroyed: bool | None, ends: set[int]) -> None:
    """Whether the realm lets DESTROYED pages change stands in no exit: it shows."""
    for out_top in (0x1000, 0x2000, 0x3000, 0x4000):
        e = with_tables(realm())
        asked_for(e, destroyed)
        page_is(e, 0x2000, DESTROYED)
        verdict = call(e, "RTT_SET_RIPAS", RD, REC, 0, 0x4000, r=(0, out_top))
        assert (verdict.kind == OK) == (out_top in ends)
        assert e.m.recs[REC].ripas_addr == out_top  # followed, right or wrong
        if destroyed is None and out_top in ends:
            assert e.m.recs[REC].ripas_destroyed is (out_top == 0x4000)


@pytest.mark.parametrize(
    ("destroyed", "kinds"),
    [(True, (OK, VIOLATION)), (False, (VIOLATION, OK)), (None, (OK, OK))],
)
def test_ripas_of_a_destroyed_first_page(destroyed: bool | None, kinds: tuple[str, str]) -> None:
    for result, kind in zip(((0, 0x4000), (RTT | 3 << 8,)), kinds, strict=True):
        e = with_tables(realm())
        asked_for(e, destroyed)
        page_is(e, 0, DESTROYED)
        verdict = call(e, "RTT_SET_RIPAS", RD, REC, 0, 0x4000, r=result)
        assert verdict.kind == kind
        assert bool(verdict.notes) == (destroyed is None and result[0] != 0)


def test_ripas_that_is_already_as_wished_inside_of_a_block() -> None:
    """The formula goes back to the block's start; to stay is as good."""
    for out_top, kind in ((0x1000, OK), (0, OK), (0x2000, VIOLATION)):
        e = realm()
        asked_for(e, True, EMPTY)
        rec = e.m.recs[REC]
        rec.ripas_addr = 0x1000
        assert call(e, "RTT_SET_RIPAS", RD, REC, 0x1000, 0x4000, r=(0, out_top)).kind == kind


# --- where the specification leaves it open ---------------------------------------------


def test_flags_that_should_be_zero() -> None:
    for flags in (2, 1 << 63 | 1):
        for status in (0, INPUT):
            e = with_tables(realm())
            mem = {PARAMS: bytes(4096)}
            got = call(e, "DATA_CREATE", RD, REC, 0x1000, PARAMS, flags, r=(status,), mem=mem)
            assert got.kind == OK
            assert [note.startswith("flags bits 63:1") for note in got.notes] == [True] * status
    assert call(e, "DATA_CREATE", RD, AUX[0], 0, PARAMS, 1, r=(INPUT,), mem=mem).kind == VIOLATION


def test_realm_flags_that_should_be_zero() -> None:
    page = bytearray(realm_params()[PARAMS])
    page[0] = 8
    for status in (0, INPUT):
        e = engine()
        for addr in (RD, RD + 0x1000):
            assert call(e, "GRANULE_DELEGATE", addr).kind == OK
        got = call(e, "REALM_CREATE", RD, PARAMS, r=(status,), mem={PARAMS: bytes(page)})
        assert got.kind == OK
        assert [note.startswith("flags bits 63:3") for note in got.notes] == [True] * status


@pytest.mark.parametrize("mpidr", [0x10, 1 << 32])
def test_mpidr_bits_that_should_be_zero(mpidr: int) -> None:
    for status in (0, INPUT):
        e = realm(implementation={"max_rec_aux": 16})
        got = call(e, "REC_CREATE", RD, REC, PARAMS, r=(status,), mem=rec_params(mpidr))
        assert got.kind == OK
        assert [note.startswith("mpidr bits 7:4") for note in got.notes] == [True] * status
        assert (REC in e.m.recs) == (status == 0)


def test_the_ripas_of_a_table_is_not_specified() -> None:
    e = with_tables(realm())
    for ripas in (0, 1, 2):
        assert call(e, "RTT_READ_ENTRY", RD, 0, 2, r=(0, 2, 2, RD + 0x5000, ripas)).kind == OK
    assert call(e, "RTT_READ_ENTRY", RD, 0, 3, r=(0, 3, 0, 0, 1)).kind == VIOLATION


@pytest.mark.parametrize("name", ["DATA_DESTROY", "RTT_DESTROY", UNMAP])
def test_top_inside_of_a_block(name: str) -> None:
    """ipa, as the table of outcomes says, or the block's start, as the formula does."""
    start = PROTECTED_TOP if name == UNMAP else 0
    ipa = start + 0x20_0000
    level = () if name == "DATA_DESTROY" else (3,)
    e = realm()
    block = e.m.walk(e.m.realms[RD], start, 1)
    assert block is not None
    block.set(make_entry(ASSIGNED_NS if name == UNMAP else ASSIGNED, addr=1 << 30))

    def top(value: int) -> Verdict:
        outputs = (0,) * (name != UNMAP)  # `top` is the second, or the only one
        return call(e, name, RD, ipa, *level, r=(RTT | 1 << 8, *outputs, value))

    assert (top(ipa).kind, top(ipa).notes) == (OK, ())
    assert top(start).kind == OK
    assert "the formula" in top(start).notes[0]
    assert top(start + 0x1000).kind == VIOLATION


def test_a_level_above_the_starting_one() -> None:
    """Level 1 where tables begin at 2: no walk, and nothing said of it."""
    e = realm(level=2, number=8)
    refused = call(e, UNMAP, RD, PROTECTED_TOP, 1, r=(INPUT,))
    assert (refused.kind, len(refused.notes)) == (OK, 1)
    assert call(e, UNMAP, RD, PROTECTED_TOP, 1, r=(0, PROTECTED_TOP + (1 << 30))).kind == UNKNOWN
    assert call(e, UNMAP, RD, PROTECTED_TOP, 1, r=(RTT | 2 << 8,)).kind == VIOLATION


# --- faults -------------------------------------------------------------------------


def test_a_fault_is_reported_once() -> None:
    """What should not have succeeded is taken as done."""
    e = with_tables(realm())
    page_is(e, 0x1000, DESTROYED)
    verdict = call(e, "DATA_CREATE", RD, PARAMS + 0x1000, 0x1000, PARAMS, mem={PARAMS: bytes(8)})
    assert verdict.kind == VIOLATION  # the page was never delegated
    assert e.m.gstate(PARAMS + 0x1000) == DATA
    assert call(e, "DATA_DESTROY", RD, 0x1000, r=(0, PARAMS + 0x1000, 0x20_0000)).kind == OK


def test_what_was_delegated_comes_back_non_secure() -> None:
    """Even if it was the Secure world's before, which a faulty RMM overlooked."""
    e = engine()
    e.event(Event(1, "gpt", {"addr": RD, "pas": "SECURE"}))
    assert call(e, "GRANULE_DELEGATE", RD).kind == VIOLATION
    assert call(e, "GRANULE_UNDELEGATE", RD).kind == OK
    assert call(e, "GRANULE_DELEGATE", RD).kind == OK


def test_a_table_that_was_given_away() -> None:
    """Whose content is not known: what hangs on it is unknown too, and raises nothing."""
    e = with_tables(realm())
    table = RD + 0x5000
    assert call(e, "GRANULE_UNDELEGATE", table).kind == VIOLATION
    assert (e.m.gstate(table), table in e.m.rtts) == (UNDELEGATED, False)
    assert call(e, "RTT_READ_ENTRY", RD, 0, 3, r=(0, 3)).kind == UNKNOWN
    assert call(e, "RTT_DESTROY", RD, 0, 3, r=(0, table, 1 << 30)).kind == UNKNOWN
    assert call(e, "RTT_READ_ENTRY", RD, 1 << 30, 3, r=(0, 1)).kind == OK
    assert call(e, "GRANULE_DELEGATE", table).kind == OK


@pytest.mark.parametrize("name", ["a_lifecycle10", "e_errors10_core", "e_errors10_lpa2"])
def test_damaged_traces_raise_nothing(shared: Path, name: str) -> None:
    """Calls dropped and repeated, registers and results replaced: many violations, no crash."""
    dice = random.Random(name)
    with (shared / "traces" / f"{name}.jsonl.gz").open("rb") as stream:
        header, *items = read(stream, name=name)
    assert isinstance(header, Header)
    values = [value for item in items if isinstance(item, Smc) for value in item.x if value]
    e = Engine(header)
    kinds = set()
    for item in items:
        if isinstance(item, Event):
            e.event(item)
        elif isinstance(item, Smc) and item.r is not None and dice.random() > 0.03:
            if dice.random() < 0.05:
                item.r[0] = dice.choice([0, 0, 1, 2, 3, RTT | dice.randrange(4) << 8, RTT | 0xFF00])
            if dice.random() < 0.03:
                item.r[dice.randrange(1, 5)] = dice.choice([*values[:99], dice.getrandbits(64)])
            if dice.random() < 0.03:
                item.x[dice.randrange(4)] = dice.choice([*values, dice.getrandbits(64)])
            for _ in range(1 + (dice.random() < 0.02)):
                kinds.add(e.judge(item).kind)
    assert VIOLATION in kinds


def test_a_register_that_is_no_output_should_be_zero() -> None:
    """Section 1 of the fact sheet: X0 to X16 that a command does not define are zero on return."""
    judge = engine()
    assert call(judge, "GRANULE_DELEGATE", RAM_BASE, r=(0,)).notes == ()
    verdict = call(judge, "GRANULE_DELEGATE", RAM_BASE + 0x1000, r=(0, 7))
    assert verdict.kind == OK
    assert len(verdict.notes) == 1
    assert call(judge, "FEATURES", 0, r=(0, REGISTER)).notes == ()  # X1 is its output
    refused = call(judge, "GRANULE_DELEGATE", RAM_BASE, r=(INPUT, 7))
    assert refused.notes == ()  # undefined on failure
