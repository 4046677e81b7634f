"""REC_ENTER: conditions, what an entry completes, what an exit leaves, what is a violation."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.engine import Engine
from replay.rmm.effects.enter import rec_enter
from replay.rmm.helpers.enter import gicv3_config_valid
from replay.rmm.rec import PsciRequest
from replay.rmm.rtt import make_entry
from replay.rmm.values import (
    DESTROYED,
    EMPTY,
    REALM_NEW,
    REALM_SYSTEM_OFF,
    REALM_ZOMBIE,
    REC_READY,
    REC_RUNNING,
    UNASSIGNED,
)
from replay.verdict import Verdict
from tests.replay.rmm.small_realm import (
    DATA0,
    LEAF,
    MAPPED,
    NO_MEMORY,
    PAGE,
    RD0,
    REC0,
    REC1,
    REC2,
    RUN,
    RUN2,
    UNMAPPED,
    UNPROTECTED,
    complete_call,
    enter_call,
    small_realm,
    step,
    why,
)
from traces.event import Event

IRQ, FIQ = {0: 1}, {0: 2}
EMUL_MMIO, INJECT_SEA, REJECT = 1, 2, 16
MINUS_4 = (1 << 64) - 4  # PSCI: ALREADY_ON
LOAD = 0x93C5_8007  # ldr x5 at an unprotected IPA, as a_lifecycle10 has it
HPFAR = UNPROTECTED >> 8
VERSION, STATE_SET, STATE_GET, HOST_CALL = (0xC4000190 + n for n in (0, 7, 8, 9))
VERSION_ANSWER = step(0, 0x1_0000, 0x1_0000)


def ok(engine: Engine, *arguments: object, **options: object) -> Verdict:
    verdict = engine.judge(enter_call(*arguments, **options))  # type: ignore[arg-type]
    assert verdict.kind == "ok", why(verdict)
    return verdict


def wrong(engine: Engine, *arguments: object, **options: object) -> str:
    verdict = engine.judge(enter_call(*arguments, **options))  # type: ignore[arg-type]
    assert verdict.kind == "violation", why(verdict)
    return verdict.why


def fiq(*before: tuple[str, list[int]]) -> list[tuple[str, list[int]]]:
    return [*before, ("fiq", [])]


# --- conditions ---------------------------------------------------------------


def held(engine: Engine, **options: object) -> set[str]:
    engine.judge(enter_call(**options))  # type: ignore[arg-type]
    rows = engine.commands[0xC400015C].conditions
    return {rows[bit].id for bit, _, _ in engine.held if not rows[bit].permits}


@pytest.mark.parametrize(
    ("rmi", "options", "ids"),
    [
        ("1.0", {}, set()),
        ("1.0", {"run": RUN + 8}, {"run_align"}),
        ("1.0", {"run": 0x1000}, {"run_bound"}),
        ("1.0", {"run": DATA0}, {"run_pas"}),
        ("1.0", {"rec": REC0 + 8}, {"rec_align"}),
        ("1.0", {"rec": 0x1000}, {"rec_bound"}),
        ("1.0", {"rec": RD0}, {"rec_gran_state"}),
        ("1.0", {"rec": REC2}, {"rec_runnable"}),
        ("1.0", {"flags": EMUL_MMIO}, {"rec_mmio"}),
        ("1.0", {"flags": INJECT_SEA}, set()),
        ("1.0", {"words": {0x300: 1}}, {"rec_gicv3"}),
        ("2.0", {}, set()),
        ("2.0", {"run": DATA0}, {"run_ns", "run_gpf"}),
        ("2.0", {"run": RUN + 8}, {"run_ns"}),
        ("2.0", {"rec": RD0}, {"rec_state"}),
        ("2.0", {"rec": REC2}, {"runnable"}),
        ("2.0", {"flags": EMUL_MMIO}, {"mmio"}),
        ("2.0", {"flags": INJECT_SEA}, {"sea"}),
        ("2.0", {"flags": INJECT_SEA | EMUL_MMIO}, {"sea"}),
        ("2.0", {"words": {0x300: 1}}, set()),
    ],
)
def test_conditions_of_the_arguments(rmi: str, options: dict[str, object], ids: set[str]) -> None:
    assert held(small_realm(rmi), result=1, **options) == ids


@pytest.mark.parametrize(
    ("rmi", "state", "x0"),
    [
        ("1.0", REALM_NEW, 0x002),
        ("1.0", REALM_SYSTEM_OFF, 0x102),
        ("2.0", REALM_NEW, 0x002),
        ("2.0", REALM_SYSTEM_OFF, 0x002),
        ("2.0", REALM_ZOMBIE, 0x002),
    ],
)
def test_state_of_the_realm(rmi: str, state: int, x0: int) -> None:
    for result in (0x000, 0x002, 0x102, 0x003):
        engine = small_realm(rmi)
        engine.m.realms[RD0].state = state
        verdict = engine.judge(enter_call(result=result))
        assert (verdict.kind == "ok") == (result == x0)


def test_rec_conditions_are_not_ordered_with_the_realm_s() -> None:
    for result in (0x002, 0x003):
        engine = small_realm()
        engine.m.realms[RD0].state = REALM_NEW
        assert engine.judge(enter_call(REC2, result=result)).kind == "ok"


@pytest.mark.parametrize("rmi", ["1.0", "2.0"])
def test_pending_psci_call(rmi: str) -> None:
    engine = small_realm(rmi)
    engine.m.recs[REC0].psci = PsciRequest(0xC4000003, 2, 0, 0)
    assert held(engine, result=3) == {"rec_psci" if rmi == "1.0" else "psci"}
    assert engine.m.recs[REC0].psci is not None


# --- GIC ----------------------------------------------------------------------

PENDING = 1 << 62
LR = st.one_of(
    st.builds(
        lambda state, hw, priority, pintid, vintid: (
            state << 62 | hw << 61 | priority << 48 | pintid << 32 | vintid
        ),
        st.integers(0, 3),
        st.integers(0, 7).map(lambda n: n == 0),
        st.sampled_from([0, 0x08, 0x80, 0xF8, 0xF8, 0x08, 0x04, 0x01]),
        st.sampled_from([0, 0, 0, 1 << 9, 1 << 9, 1, 1 << 12, 0x201]),
        st.sampled_from([0, 5, 27, 1019, 1020, 1055, 1056, 1120, 4096, 8191, 8192, 65535, 65536]),
    ),
    st.integers(0, 2**64 - 1),
)


def valid_by_the_facts(hcr: int, lrs: list[int], extended: bool) -> bool:
    """The rules of the fact sheet, one by one (5 bits of priority, 16 of INTID, 4 LRs)."""
    for bit in range(64):
        if hcr >> bit & 1 and bit not in (1, 2, 3, 4, 5, 6, 7, 14):
            return False
    numbers = []
    for lr in lrs[:4]:
        if lr >> 62 == 0:
            continue
        vintid = lr & 0xFFFF_FFFF
        if lr >> 61 & 1:
            return False
        if (lr >> 48 & 0xFF) % 8:
            return False
        if lr >> 32 & 0x1FFF not in (0, 1 << 9):
            return False
        ranges = [(0, 1019), (8192, 65535)] + [(1056, 1119), (4096, 5119)] * extended
        if not any(low <= vintid <= high for low, high in ranges):
            return False
        numbers.append(vintid)
    return len(numbers) == len(set(numbers))


@given(st.lists(LR, min_size=16, max_size=16), st.sampled_from([0, 0x40FE, 1, 0x2, 0x100]))
def test_gic_state_against_the_rules(lrs: list[int], hcr: int) -> None:
    m = small_realm().m
    assert gicv3_config_valid(m, hcr, lrs) == valid_by_the_facts(hcr, lrs, extended=False)


@given(st.lists(LR, min_size=16, max_size=16))
def test_extended_interrupts(lrs: list[int]) -> None:
    engine = small_realm()
    object.__setattr__(
        engine.m.traits, "gic", tuple({**dict(engine.m.traits.gic), "ext_range": 1}.items())
    )
    assert gicv3_config_valid(engine.m, 0, lrs) == valid_by_the_facts(0, lrs, extended=True)


@pytest.mark.parametrize(
    ("lr", "valid"),
    [
        (PENDING | 1019, True),
        (PENDING | 1020, False),
        (PENDING | 8191, False),
        (PENDING | 8192, True),
        (PENDING | 65535, True),
        (PENDING | 65536, False),
        (PENDING | 1 << 60 | 0xF8 << 48 | 27, True),  # group 1
        (PENDING | 0x04 << 48 | 27, False),
        (PENDING | 1 << 41 | 27, True),  # EOI
        (PENDING | 1 << 32 | 27, False),
        (PENDING | 1 << 40 | 27, False),
        (PENDING | 1 << 42 | 27, False),
        (PENDING | 1 << 44 | 27, False),
        (PENDING | 1 << 61 | 27, False),
        (1 << 63 | 1 << 61 | 27, False),
        (1 << 61 | 1 << 32 | 1020, True),  # not in use: what it holds does not matter
    ],
)
def test_each_rule_of_a_list_register(lr: int, valid: bool) -> None:
    assert gicv3_config_valid(small_realm().m, 0, [0, 0, 0, lr]) == valid
    assert gicv3_config_valid(small_realm().m, 0, [0, 0, 0, 0, lr])  # there are but four


def test_gic_that_the_header_does_not_describe() -> None:
    m = small_realm(name="").m
    object.__setattr__(m.traits, "gic", ())
    # The number of list registers is in feature register 0: four.
    assert gicv3_config_valid(m, 0, [PENDING | 1, PENDING | 2, 0, 0, PENDING | 1])
    assert not gicv3_config_valid(m, 0, [PENDING | 1, 0, 0, PENDING | 1])
    assert gicv3_config_valid(m, 0, [PENDING | 0xFF << 48 | 70000])


# --- the realm's registers ----------------------------------------------------


def test_registers_go_through_an_interrupt() -> None:
    engine = small_realm()
    engine.m.recs[REC0].gprs = list(range(100, 131))
    seen = list(range(100, 109))
    for _ in range(2):
        ok(engine, realm=fiq(("enter", seen)), out=FIQ)
    lost = [*seen[:8], 0]
    text = wrong(engine, realm=fiq(("enter", lost)), out=FIQ)
    assert text == "x8 is 0x0 after the entry, expected 0x6c"
    ok(engine, realm=fiq(("enter", lost)), out=FIQ)  # told once
    assert engine.m.recs[REC0].gprs == [*lost, *[None] * 22]


def test_an_answer_is_found_after_it() -> None:
    engine = small_realm()
    call = ("smc", step(VERSION, 0x1_0000))
    ok(engine, realm=fiq(("enter", step()), call, ("enter", VERSION_ANSWER)), out=FIQ)
    # An interrupt before the realm went on: it finds the answer later.
    ok(engine, realm=[("enter", VERSION_ANSWER), call], out=IRQ)
    text = wrong(engine, realm=fiq(("enter", step(1, 0x1_0000, 0x1_0000))), out=FIQ)
    assert text == "x0 is 0x1 after the entry, expected 0x0"


def test_what_the_rmm_answers_itself_does_not_exit() -> None:
    engine = small_realm()
    steps = [("enter", step()), ("smc", step(VERSION, 0x1_0000))]
    text = wrong(engine, realm=steps, out={0: 3})
    assert text == "RSI_VERSION is for the RMM to answer; the REC exited with PSCI"


def test_what_the_host_must_decide_exits() -> None:
    engine = small_realm()
    call = ("smc", step(STATE_SET, 0, PAGE, 1))
    text = wrong(engine, realm=fiq(("enter", step()), call, ("enter", step())), out=FIQ)
    assert text == "after RSI_IPA_STATE_SET the realm went on; the REC must exit with RIPAS_CHANGE"


def test_other_smcs_do_not_exist() -> None:
    engine = small_realm()
    call = ("smc", step(0x8600_FF01, 7))
    gone = ("enter", [(1 << 64) - 1, 7, *[0] * 7])
    ok(engine, realm=fiq(("enter", step()), call, gone), out=FIQ)
    assert "x0 is" in wrong(engine, realm=fiq(gone, call, ("enter", step())), out=FIQ)


def test_with_others_at_work_only_interrupts_are_certain() -> None:
    engine = small_realm()
    get = ("smc", step(STATE_GET, 0, PAGE))
    steps = [("enter", step()), get, ("host_smc", []), ("enter", step(0, PAGE, 2))]
    ok(engine, realm=fiq(*steps), out=FIQ)
    assert "exit is PSCI" in wrong(engine, realm=fiq(("host_smc", [])), out={0: 3})


def test_steps_may_be_short_or_long() -> None:
    engine = small_realm()
    ok(engine, realm=fiq(("enter", []), ("smc", [0xC4000191]), ("enter", [])), out=FIQ)
    ok(engine, realm=[("enter", [0] * 40), ("sync", [])], out={0: 0})
    rec = engine.m.recs[REC0]
    assert len(rec.gprs) == 31
    rec.gprs[20] = 1
    assert "x20 is 0x0" in wrong(engine, realm=fiq(("enter", [0] * 31)), out=FIQ)


def test_another_plane_is_not_judged() -> None:
    engine = small_realm("2.0")
    enter_plane = ("smc", step(0xC40001A3, 1, 0x1000))
    call = ("smc", step(VERSION, 0x1_0000))
    steps = [("enter", step()), enter_plane, ("enter", step(9, 9)), call]
    ok(engine, realm=fiq(*steps, ("enter", step(8, 8))), out=FIQ)
    ok(engine, realm=fiq(("enter", step(7, 7))), out=FIQ)
    ok(engine, REC1, realm=fiq(("enter", step())), out=FIQ)
    assert wrong(engine, REC1, realm=fiq(("enter", step(7, 7))), out=FIQ)


def test_where_nothing_was_captured_nothing_is_known() -> None:
    engine = small_realm()
    assert engine.judge(enter_call()).kind == "unknown"
    ok(engine, out=IRQ)
    assert engine.m.recs[REC0].gprs == [None] * 31
    ok(engine, realm=fiq(("enter", step(1, 2, 3))), out=FIQ)


def test_an_answer_that_is_made_up_completes_what_is_pending() -> None:
    engine = small_realm()
    m = engine.m
    rec = m.recs[REC0]
    rec.ripas_base, rec.ripas_addr, rec.ripas_top = 0, PAGE, PAGE
    m.smc = enter_call()
    assert rec_enter(m, rec, m.realms[RD0], None, RUN, None) == (0,)
    assert rec.ripas_top == 0
    assert m.smc.realm is not None
    assert m.smc.realm[0] == ("enter", step(0, PAGE, 0))


# --- MMIO ---------------------------------------------------------------------


def abort(engine: Engine, esr: int = LOAD) -> None:
    steps = [("enter", step()), ("sync", [esr, 0x8000_0010, HPFAR])]
    ok(engine, realm=steps, out={0x100: 0x91C0_8007, 0x108: 0x10, 0x110: HPFAR})


def test_emulated_load() -> None:
    engine = small_realm()
    abort(engine)
    rec = engine.m.recs[REC0]
    assert (rec.emulatable_abort, rec.unprotected_abort) == (True, True)
    value = 0x1122_3344_5566_7788
    after = step(0, 0, 0, 0, 0, value)
    ok(engine, flags=EMUL_MMIO, gprs=[value], realm=fiq(("enter", after)), out=FIQ)
    assert not rec.emulatable_abort
    assert held(engine, flags=EMUL_MMIO, result=3) == {"rec_mmio"}


def test_load_that_is_not_emulated() -> None:
    for flags in (0, INJECT_SEA, INJECT_SEA | EMUL_MMIO):
        engine = small_realm()
        abort(engine)
        ok(engine, flags=flags, gprs=[7], realm=fiq(("enter", step())), out=FIQ)


def test_load_into_a_register_that_no_step_shows() -> None:
    engine = small_realm()
    abort(engine, esr=LOAD & ~(31 << 16) | 20 << 16)
    ok(engine, flags=EMUL_MMIO, gprs=[9], realm=fiq(("enter", step())), out=FIQ)
    # It is seen when the realm stores it.
    store = LOAD & ~(31 << 16) | 20 << 16 | 1 << 6
    steps = [("enter", step()), ("sync", [store, 0x10, HPFAR])]
    exit = {0x100: 0x91C0_8047, 0x108: 0x10, 0x110: HPFAR, 0x200: 9}
    ok(engine, realm=steps, out=exit)
    assert "exit.gprs[0] is 0x8, expected 0x9" in wrong(engine, realm=steps, out={**exit, 0x200: 8})


def test_aborts_that_cannot_be_emulated() -> None:
    engine = small_realm()
    steps = [("enter", step()), ("sync", [0x9200_0007, 0, HPFAR])]
    ok(engine, realm=steps, out={0x100: 0x9200_0007, 0x110: HPFAR})
    rec = engine.m.recs[REC0]
    assert (rec.unprotected_abort, rec.emulatable_abort) == (True, False)
    assert held(engine, flags=EMUL_MMIO, result=3) == {"rec_mmio"}
    # INJECT_SEA is served; with EMUL_MMIO the text permits it, the table does not.
    verdict = ok(engine, flags=EMUL_MMIO | INJECT_SEA, realm=fiq(("enter", step())), out=FIQ)
    assert "INJECT_SEA" in verdict.notes[0]


@pytest.mark.parametrize("ipa", [UNMAPPED, UNPROTECTED])
def test_inject_sea_after_aborts(ipa: int) -> None:
    for rmi, result in product(("1.0", "2.0"), (0, 3)):
        engine = small_realm(rmi)
        steps = [("enter", step()), ("sync", [0x9200_0007, 0, ipa >> 8])]
        esr = 0x9000_0007 if ipa == UNMAPPED else 0x9200_0007
        ok(engine, realm=steps, out={0x100: esr, 0x110: ipa >> 8})
        smc = enter_call(
            flags=INJECT_SEA, realm=None if result else fiq(("enter", step())), out=FIQ
        )
        assert smc.r is not None
        smc.r[0] = result
        refused = rmi == "2.0" and ipa == UNMAPPED
        assert (engine.judge(smc).kind == "ok") == (refused == bool(result))


def test_an_abort_that_only_the_steps_tell() -> None:
    engine = small_realm()
    steps = [("enter", step()), ("sync", [0x9200_0007, 0, HPFAR])]
    ok(engine, realm=steps)
    rec = engine.m.recs[REC0]
    assert (rec.unprotected_abort, rec.emulatable_abort) == (True, False)
    ok(engine, realm=[("enter", step()), ("sync", [LOAD, 0, HPFAR])])
    assert (rec.unprotected_abort, rec.emulatable_abort) == (True, True)


def test_emulation_that_should_have_been_refused_is_followed() -> None:
    engine = small_realm()
    steps = [("enter", step()), ("sync", [LOAD, 0x10, UNMAPPED >> 8])]
    ok(engine, realm=steps, out={0x100: 0x9000_0007, 0x110: UNMAPPED >> 8})
    after = step(0, 0, 0, 0, 0, 0x77)
    text = wrong(engine, flags=EMUL_MMIO, gprs=[0x77], realm=fiq(("enter", after)), out=FIQ)
    assert text == "a failure condition holds"
    ok(engine, realm=fiq(("enter", after)), out=FIQ)


# --- RIPAS --------------------------------------------------------------------


def ripas_change(engine: Engine, value: int, top: int = 4 * PAGE, flags: int = 1) -> None:
    steps = [("enter", step()), ("smc", step(STATE_SET, PAGE, top, value, flags))]
    ok(engine, realm=steps, out={0: 4, 0x500: PAGE, 0x508: top, 0x510: value})


@pytest.mark.parametrize(
    ("value", "done", "flags", "response"),
    [
        (1, PAGE, 0, 0),
        (1, PAGE, REJECT, 1),
        (1, 2 * PAGE, REJECT, 1),
        (1, 4 * PAGE, REJECT, 0),  # complete: nothing is left to refuse
        (0, PAGE, REJECT, 0),  # EMPTY cannot be refused
        (0, 4 * PAGE, 0, 0),
    ],
)
def test_ripas_change(value: int, done: int, flags: int, response: int) -> None:
    engine = small_realm()
    ripas_change(engine, value)
    rec = engine.m.recs[REC0]
    assert (rec.ripas_base, rec.ripas_addr, rec.ripas_top) == (PAGE, PAGE, 4 * PAGE)
    assert (rec.ripas_value, rec.ripas_destroyed) == (value, True)
    rec.ripas_addr = done  # as RTT_SET_RIPAS leaves it
    after = step(0, done, response, 0, 1)
    ok(engine, flags=flags, realm=fiq(("enter", after)), out=FIQ)
    assert (rec.ripas_addr, rec.ripas_top) == (0, 0)
    ok(engine, flags=flags, realm=fiq(("enter", after)), out=FIQ)  # and once only


def test_ripas_change_that_is_answered_wrongly() -> None:
    engine = small_realm()
    ripas_change(engine, 1, flags=0)
    assert engine.m.recs[REC0].ripas_destroyed is False
    text = wrong(engine, flags=REJECT, realm=fiq(("enter", step(0, PAGE, 0))), out=FIQ)
    assert text == "x2 is 0x0 after the entry, expected 0x1"


def test_ripas_exit_that_says_something_else() -> None:
    engine = small_realm()
    steps = [("enter", step()), ("smc", step(STATE_SET, PAGE, 2 * PAGE, 1))]
    text = wrong(engine, realm=steps, out={0: 4, 0x500: PAGE, 0x508: 3 * PAGE, 0x510: 1})
    assert text == "exit.ripas_top is 0x3000, expected 0x2000"
    assert engine.m.recs[REC0].ripas_top == 3 * PAGE  # what the host was told counts


def test_a_failing_entry_leaves_the_change_pending() -> None:
    engine = small_realm()
    ripas_change(engine, 1)
    assert engine.judge(enter_call(flags=EMUL_MMIO, result=3)).kind == "ok"
    assert engine.m.recs[REC0].ripas_top == 4 * PAGE


def test_the_exit_alone_is_enough() -> None:
    engine = small_realm()
    ok(engine, out={0: 4, 0x500: PAGE, 0x508: 2 * PAGE, 0x510: 1})
    rec = engine.m.recs[REC0]
    assert (rec.ripas_addr, rec.ripas_top, rec.ripas_destroyed) == (PAGE, 2 * PAGE, None)
    ok(engine, out={0: 3, 0x200: 0xC4000003, 0x208: 2})
    assert rec.ripas_top == 0
    assert rec.psci == PsciRequest(0xC4000003, 2, None, None)


# --- host calls ---------------------------------------------------------------


def host_call(engine: Engine, ipa: int = MAPPED) -> None:
    steps = [("enter", step()), ("smc", step(HOST_CALL, ipa))]
    ok(engine, realm=steps, out={0: 5})


def test_host_call() -> None:
    engine = small_realm()
    write = {"pa": DATA0, "data": (0x1234).to_bytes(8, "little").hex() + "05" + "00" * 7}
    engine.event(Event(line=1, name="realm_write", fields=write))
    steps = [("enter", step()), ("smc", step(HOST_CALL, MAPPED))]
    text = wrong(engine, realm=steps, out={0: 5, 0x200: 6, 0x600: 0x1234})
    assert text == "exit.gprs[0] is 0x6, expected 0x5"
    # The host's registers go into the structure: the next call shows them.
    ok(engine, gprs=range(50, 81), realm=fiq(("enter", step(0, MAPPED))), out=FIQ)
    steps[0] = ("enter", step(0, MAPPED))
    gprs = {0x200 + 8 * n: 50 + n for n in range(31)}
    ok(engine, realm=steps, out={0: 5, 0x600: 0x1234, **gprs})


def test_host_call_whose_page_is_gone_at_the_entry() -> None:
    engine = small_realm()
    host_call(engine)
    table = engine.m.rtts[LEAF]
    mapped = table.entries[0]
    table.set(0, make_entry(UNASSIGNED, DESTROYED))
    gone = {0: 0, 0x100: 0x9000_0007, 0x110: 0}
    ok(engine, out=gone)
    rec = engine.m.recs[REC0]
    assert rec.host_call
    assert held(engine, flags=EMUL_MMIO, result=3) == {"rec_mmio"}
    # The realm may not run, whatever the RMM says.
    other = small_realm()
    host_call(other)
    other.m.rtts[LEAF].set(0, make_entry(UNASSIGNED, DESTROYED))
    assert "the exit is FIQ, expected SYNC" in wrong(
        other, realm=fiq(("enter", step(0, MAPPED))), out=FIQ
    )
    # With its page back the call completes.
    table.set(0, mapped)
    ok(engine, realm=fiq(("enter", step(0, MAPPED))), out=FIQ)
    assert not rec.host_call


def test_host_call_whose_page_became_empty() -> None:
    engine = small_realm()
    host_call(engine)
    engine.m.rtts[LEAF].set(0, make_entry(UNASSIGNED, EMPTY))
    ok(engine, realm=fiq(("enter", step(1, MAPPED))), out=FIQ)


def test_a_call_that_met_an_abort_is_made_again() -> None:
    engine = small_realm()
    call = step(HOST_CALL, UNMAPPED)
    exit = {0x100: 0x9000_0007, 0x110: UNMAPPED >> 8}
    ok(engine, realm=[("enter", step()), ("smc", call)], out=exit)
    ok(engine, realm=[("enter", call), ("smc", call)], out=exit)
    call = step(HOST_CALL, NO_MEMORY)
    refused = ("enter", step(1, NO_MEMORY))
    steps = fiq(("enter", step(HOST_CALL, UNMAPPED)), ("smc", call), refused)
    ok(engine, realm=steps, out=FIQ)


# --- PSCI ---------------------------------------------------------------------


def test_cpu_on_from_the_call_to_the_first_instruction() -> None:
    engine = small_realm()
    engine.m.recs[REC2].gprs[1] = 0x55  # as REC_CREATE's parameters may have it
    call = ("smc", step(0xC4000003, 2, 0x1000, 0x77))
    ok(engine, realm=[("enter", step()), call], out={0: 3, 0x200: 0xC4000003, 0x208: 2})
    rec = engine.m.recs[REC0]
    assert rec.psci == PsciRequest(0xC4000003, 2, 0x1000, 0x77)
    assert engine.judge(enter_call(result=3)).kind == "ok"
    assert engine.judge(complete_call(REC0, REC2)).kind == "ok"
    ok(engine, realm=fiq(("enter", step())), out=FIQ)
    text = wrong(engine, REC2, realm=fiq(("enter", step(0x77, 0x55))), out=FIQ)
    assert text == "x1 is 0x55 after the entry, expected 0x0"


def test_a_function_number_is_32_bits() -> None:
    """What stands above it in x0 may be shown to the host, or not."""
    for shown in (0xC4000003, 0x1234_5678_C400_0003):
        engine = small_realm()
        call = ("smc", step(0x1234_5678_C400_0003, 2, 0x1000, 0x77))
        ok(engine, realm=[("enter", step()), call], out={0: 3, 0x200: shown, 0x208: 2})
        assert engine.m.recs[REC0].psci == PsciRequest(0xC4000003, 2, 0x1000, 0x77)
        assert engine.judge(complete_call(REC0, REC2)).kind == "ok"


def test_cpu_off_and_system_off() -> None:
    engine = small_realm()
    off = [("enter", step()), ("smc", step(0x84000002))]
    ok(engine, REC1, realm=off, out={0: 3, 0x200: 0x84000002})
    assert held(engine, rec=REC1, result=3) == {"rec_runnable"}
    off[1] = ("smc", step(0x84000008))
    ok(engine, realm=off, out={0: 3, 0x200: 0x84000008})
    assert held(engine, result=0x102) == {"system_off"}
    assert engine.m.realms[RD0].state == REALM_SYSTEM_OFF


def test_cpu_suspend_returns_success() -> None:
    engine = small_realm()
    call = [("enter", step()), ("smc", step(0xC4000001, 1, 2, 3, 4))]
    ok(engine, realm=call, out={0: 3, 0x200: 0xC4000001})
    assert wrong(engine, realm=fiq(("enter", step(1, 0, 0, 0, 4))), out=FIQ).startswith("x0 is")
    ok(engine, realm=[("enter", step(1, 0, 0, 0, 4)), call[1]], out={0: 3, 0x200: 0xC4000001})
    ok(engine, realm=fiq(("enter", step(0, 0, 0, 0, 4))), out=FIQ)


def test_an_entry_with_a_call_pending_is_told_once() -> None:
    engine = small_realm()
    rec = engine.m.recs[REC0]
    rec.psci = PsciRequest(0xC4000003, 1, 0, 0)
    rec.gprs[20] = 5
    assert wrong(engine, realm=fiq(("enter", step(MINUS_4))), out=FIQ)
    assert not rec.psci_pending
    assert rec.gprs[20] == 5  # x0 to x3 may be what an answer would have put there
    ok(engine, realm=fiq(("enter", step(MINUS_4))), out=FIQ)


# --- 2.0: permissions ----------------------------------------------------------


def test_s2ap_change() -> None:
    engine = small_realm("2.0")
    rec = engine.m.recs[REC0]
    steps = [("enter", step()), ("smc", step(0xC40001A1, 0, PAGE, 3, 0xC0))]
    ok(engine, realm=steps, out={0: 7, 0x508: 0, 0x520: 0, 0x528: PAGE})
    assert (rec.s2ap_base, rec.s2ap_top) == (0, PAGE)
    rec.s2ap_base = PAGE  # as RTT_SET_S2AP leaves it
    steps = fiq(("enter", step(0, PAGE, 1, 0xC0, 0xC0)))
    ok(engine, flags=32, realm=steps, out=FIQ)
    assert rec.s2ap_top == 0


def test_s2ap_change_goes_from_tree_to_tree() -> None:
    """The cookie: next IPA and tree.  After a tree comes the next one, from the begin."""
    engine = small_realm("2.0")
    m, rec = engine.m, engine.m.recs[REC0]
    m.traits = replace(m.traits, tree_in_cookie=True)
    realm = m.realms[RD0]
    realm.tree_per_plane = True
    realm.trees.append(realm.trees[0])
    out = {0: 7, 0x520: PAGE, 0x528: 3 * PAGE}

    def asks(cookie: int, *before: int) -> None:
        call = ("smc", step(0xC40001A1, PAGE, 3 * PAGE, 3, cookie))
        ok(engine, realm=[("enter", step(*before)), call], out=out)

    asks(0)
    rec.s2ap_base = 2 * PAGE  # as RTT_SET_S2AP leaves it
    call = ("smc", step(0xC40001A1, PAGE, 3 * PAGE, 3, PAGE))
    ok(engine, realm=[("enter", step(0, 2 * PAGE, 0, 2 * PAGE)), call], out=out)
    rec.s2ap_base = 3 * PAGE
    asks(PAGE | 1, 0, PAGE, 0, PAGE | 1, PAGE)
    rec.s2ap_base = 2 * PAGE
    asks(PAGE | 1, 0, 2 * PAGE, 0, 2 * PAGE | 1, PAGE | 1)
    rec.s2ap_base = 3 * PAGE
    text = wrong(engine, realm=fiq(("enter", step(0, 3 * PAGE, 0, 1, PAGE | 1))), out=FIQ)
    assert text == "x3 is 0x1 after the entry, expected 0x0"


def test_device_memory_that_waits_for_the_host() -> None:
    engine = small_realm("2.0")
    rec = engine.m.recs[REC0]
    steps = [("enter", step()), ("smc", step(0xC400019F, 1))]
    ok(engine, realm=steps, out={0: 9, 0x540: PAGE, 0x548: 3 * PAGE, 0x550: DATA0})
    assert rec.dev_mem == (PAGE, 3 * PAGE, DATA0)
    ok(engine, realm=fiq(("enter", step(5, 6, 7, 8))), out=FIQ)
    assert rec.dev_mem is None


# --- while it runs -------------------------------------------------------------


def begin(engine: Engine, seq: int = 7) -> None:
    smc = enter_call(seq=seq)
    smc.r = None
    engine.event(Event(line=1, name="smc_begin", fields={}, smc=smc))


def test_a_rec_that_runs() -> None:
    engine = small_realm()
    realm, rec = engine.m.realms[RD0], engine.m.recs[REC0]
    begin(engine)
    assert (rec.state, realm.running) == (REC_RUNNING, 1)
    assert held(engine, run=RUN2, result=3) == {"rec_state"}
    ok(engine, REC1, run=RUN2, realm=fiq(("enter", step())), out=FIQ)
    assert realm.running == 1
    ok(engine, seq=7, realm=fiq(("enter", step())), out=FIQ)
    assert (rec.state, realm.running) == (REC_READY, 0)


def test_a_call_that_begins_with_a_failure_does_not_run() -> None:
    engine = small_realm()
    engine.m.realms[RD0].state = REALM_SYSTEM_OFF
    begin(engine)
    assert engine.m.recs[REC0].state == REC_READY
    ok(engine, seq=7, result=0x102)


@pytest.mark.parametrize("result", [0, 1, 3])
def test_the_run_page_is_lost_meanwhile(result: int) -> None:
    engine = small_realm()
    begin(engine)
    engine.event(Event(line=2, name="gpt", fields={"addr": RUN, "pas": "SECURE"}))
    smc = enter_call(seq=7, result=result, realm=fiq(("enter", step())))
    verdict = engine.judge(smc)
    assert (verdict.kind == "ok") == (result != 3)
    assert verdict.notes == (
        ("the run page left the Non-secure PAS while the REC ran",) if result == 1 else ()
    )
    assert engine.m.recs[REC0].state == REC_READY


def test_a_refusal_without_a_reason() -> None:
    for result in (1, 2, 3):
        engine = small_realm()
        verdict = engine.judge(enter_call(result=result))
        assert (verdict.kind, verdict.permitted) == ("violation", ("SUCCESS",))
        assert verdict.why == "no failure condition holds: the command must succeed"


def test_a_step_of_a_kind_nobody_knows_is_remarked_on() -> None:
    """A newer capture may know more: the call is judged as far as it can be."""
    verdict = ok(small_realm("1.0"), realm=[("unheard_of", [])], out=FIQ)
    assert verdict.notes == ("what the realm did is not judged: `unheard_of` is not known",)
