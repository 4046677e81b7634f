"""RSI: what each call may lead to (fact sheet 1.0, section 7)."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.rmm.realm_side import rsi
from replay.rmm.realm_side.outcome import Outcome, stage2_abort
from replay.rmm.rtt import make_entry
from replay.rmm.run_page import fits
from replay.rmm.values import (
    ASSIGNED,
    DESTROYED,
    EMPTY,
    EXIT_HOST_CALL,
    EXIT_RIPAS_CHANGE,
    EXIT_SYNC,
    RAM,
    UNASSIGNED,
)
from tests.replay.rmm.small_realm import (
    DATA0,
    GONE,
    LEAF,
    MAPPED,
    MAPPED_EMPTY,
    MAPPED_GONE,
    NO_MEMORY,
    PAGE,
    PROTECTED_TOP,
    RD0,
    UNMAPPED,
    small_realm,
    step,
)

MARK = [0xA0 + n for n in range(9)]  # x4 and above: nobody may touch them


def call(fid: int, *arguments: int, rmi: str = "1.0", da: bool = False) -> Outcome:
    m = small_realm(rmi).m
    m.realms[RD0].da = da
    x = [fid, *arguments, *MARK[1 + len(arguments) :]]
    return rsi.rsi(m, m.realms[RD0], x)


def results(outcome: Outcome, count: int) -> list[object]:
    """The first registers of the only answer; what is above x3 is as the realm had it."""
    assert outcome.exit is None
    (registers,) = outcome.answers
    assert len(registers) == 9
    above = max(count, 4)
    assert registers[above:] == MARK[above:]
    return list(registers[:count])


@pytest.mark.parametrize(
    ("rmi", "asked", "expected"),
    [
        ("1.0", 0x1_0000, [0, 0x1_0000, 0x1_0000]),
        ("1.0", 0x1_0001, [1, 0x1_0000, 0x1_0000]),
        ("1.0", 0x2_0000, [1, 0x1_0000, 0x1_0000]),
        ("1.0", 0, [1, 0x1_0000, 0x1_0000]),
        ("2.0", 0x1_0000, [0, 0x1_0000, 0x1_0001]),
        ("2.0", 0x1_0001, [0, 0x1_0001, 0x1_0001]),
        ("2.0", 0x1_0002, [1, 0x1_0001, 0x1_0001]),
        ("2.0", 0xFFFF, [1, 0x1_0001, 0x1_0001]),
    ],
)
def test_version(rmi: str, asked: int, expected: list[int]) -> None:
    assert results(call(rsi.VERSION, asked, rmi=rmi), 3) == expected


def test_features() -> None:
    assert results(call(rsi.FEATURES, 0), 2) == [0, 0]
    assert results(call(rsi.FEATURES, 0, rmi="2.0", da=True), 2) == [0, 1]
    assert results(call(rsi.FEATURES, 1, rmi="2.0", da=True), 2) == [0, 0]


@pytest.mark.parametrize("index", range(5))
def test_measurement_read(index: int) -> None:
    assert results(call(rsi.MEASUREMENT_READ, index), 9) == [0, *[None] * 8]


def test_measurement_limits() -> None:
    assert results(call(rsi.MEASUREMENT_READ, 5), 1) == [1]
    for index, size, status in [(0, 8, 1), (1, 64, 0), (4, 0, 0), (5, 8, 1), (1, 65, 1)]:
        assert results(call(rsi.MEASUREMENT_EXTEND, index, size), 1) == [status]


def test_token_init_gives_a_bound() -> None:
    assert results(call(rsi.ATTESTATION_TOKEN_INIT), 2) == [0, None]


@pytest.mark.parametrize("fid", [0xC4000195, 0xC400019A, 0xC40001A1, 0xC40001A3])
def test_what_is_not_modelled_is_not_judged(fid: int) -> None:
    assert not call(fid, MAPPED, rmi="2.0").judged


# --- pages that the RMM touches for the realm ---------------------------------


@pytest.mark.parametrize("fid", [rsi.HOST_CALL, rsi.REALM_CONFIG])
@pytest.mark.parametrize("ipa", [0x80, PROTECTED_TOP, 1 << 40, NO_MEMORY, MAPPED_EMPTY, 1 << 30])
def test_no_page_to_use(fid: int, ipa: int) -> None:
    assert results(call(fid, ipa), 1) == [1]


@pytest.mark.parametrize("fid", [rsi.HOST_CALL, rsi.REALM_CONFIG])
@pytest.mark.parametrize("ipa", [UNMAPPED, GONE, MAPPED_GONE])
def test_a_page_that_only_the_host_can_give(fid: int, ipa: int) -> None:
    outcome = call(fid, ipa)
    assert outcome.answers == ()
    exit = outcome.exit
    assert exit is not None
    # Data Abort from a lower level, translation fault at level 3.
    assert (exit.reason, exit.esr) == (EXIT_SYNC, 0x9000_0007)
    assert fits(exit.hpfar, ipa >> 8)
    assert exit.gprs == [0] * 31


@pytest.mark.parametrize(
    ("level", "fault"), [(-1, 0b101011), (0, 0b000100), (1, 0b000101), (2, 0b000110), (3, 0b000111)]
)
def test_an_abort_made_up_by_the_rmm(level: int, fault: int) -> None:
    exit = stage2_abort(0x1234_5100, level)
    assert exit.esr == 0x9000_0000 | fault
    # FIPA alone, or as the reference has it with what is below a page.
    assert exit.hpfar == frozenset((0x12_3450, 0x12_3451))


def test_realm_config_needs_a_whole_page() -> None:
    assert results(call(rsi.REALM_CONFIG, 0x100), 1) == [1]
    assert results(call(rsi.REALM_CONFIG, MAPPED), 1) == [0]


def test_host_call_shows_what_is_known_of_the_structure() -> None:
    m = small_realm().m
    m.realm_memory.write(DATA0 + 0x100, (0x5_1234).to_bytes(8, "little") + bytes([7, *[0] * 7]))
    exit = rsi.rsi(m, m.realms[RD0], step(rsi.HOST_CALL, 0x100)).exit
    assert exit is not None
    assert (exit.reason, exit.imm) == (EXIT_HOST_CALL, 0x1234)
    assert exit.gprs == [7, *[None] * 30]


@pytest.mark.parametrize("fid", [rsi.REALM_CONFIG, rsi.ATTESTATION_TOKEN_CONTINUE])
def test_what_the_rmm_writes_into_a_page_is_not_known(fid: int) -> None:
    m = small_realm().m
    for page in (DATA0, DATA0 + PAGE):
        m.realm_memory.write(page, bytes(8))
    rsi.rsi(m, m.realms[RD0], step(fid, PROTECTED_TOP))
    rsi.rsi(m, m.realms[RD0], step(fid, MAPPED))
    assert m.realm_memory.word(DATA0) is None
    assert m.realm_memory.word(DATA0 + PAGE) == 0


# --- RIPAS --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "top"),
    [(1, PAGE), (0, PAGE + 1), (PAGE, PAGE), (2 * PAGE, PAGE), (0, PROTECTED_TOP + PAGE)],
)
def test_ranges_that_are_none(base: int, top: int) -> None:
    assert results(call(rsi.IPA_STATE_SET, base, top, RAM), 1) == [1]
    assert results(call(rsi.IPA_STATE_GET, base, top), 1) == [1]


@pytest.mark.parametrize("ripas", [DESTROYED, 3, 1 << 32])
def test_a_realm_asks_for_ram_or_empty(ripas: int) -> None:
    assert results(call(rsi.IPA_STATE_SET, 0, PAGE, ripas), 1) == [1]


@pytest.mark.parametrize("ripas", [EMPTY, RAM])
def test_ipa_state_set_asks_the_host(ripas: int) -> None:
    outcome = call(rsi.IPA_STATE_SET, PAGE, PROTECTED_TOP, ripas, 1)
    assert outcome.answers == ()
    exit = outcome.exit
    assert exit is not None
    assert exit.reason == EXIT_RIPAS_CHANGE
    assert (exit.ripas_base, exit.ripas_top, exit.ripas_value) == (PAGE, PROTECTED_TOP, ripas)
    assert (exit.esr, exit.gprs) == (0, [0] * 31)


ENTRY = st.tuples(st.sampled_from([UNASSIGNED, ASSIGNED]), st.sampled_from([EMPTY, RAM]))


@given(st.lists(ENTRY, min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 40))
def test_ipa_state_get_against_enumeration(
    entries: list[tuple[int, int]], first: int, pages: int
) -> None:
    m = small_realm().m
    table = m.rtts[LEAF]
    # The last pages of the table, so that runs may go on into the next 2 MiB (EMPTY).
    values = [make_entry(hipas, ripas, DATA0 * (hipas == ASSIGNED)) for hipas, ripas in entries]
    table.entries[500:] = array("Q", values)
    states = [ripas for _, ripas in entries] + [EMPTY] * 60
    base = (500 + first) * PAGE
    outcome = rsi.rsi(m, m.realms[RD0], step(rsi.IPA_STATE_GET, base, base + pages * PAGE))
    (answer,) = outcome.answers
    status, top, ripas = answer[:3]
    assert (status, ripas) == (0, states[first])
    run = 0
    while run < pages and states[first + run] == states[first]:
        run += 1
    for n in range(pages + 2):
        assert fits(top, base + n * PAGE) == (1 <= n <= run), n
    assert not fits(top, base + PAGE // 2)
