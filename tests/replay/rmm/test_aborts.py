"""The exit table for exceptions, and MMIO emulation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.rmm.realm_side import aborts
from replay.rmm.realm_side.outcome import Outcome
from tests.replay.rmm.small_realm import (
    GONE,
    MAPPED,
    MAPPED_EMPTY,
    MAPPED_GONE,
    NO_MEMORY,
    RD0,
    UNMAPPED,
    UNPROTECTED,
    small_realm,
)

DATA_ABORT, FETCH = 0x24 << 26, 0x20 << 26
IL, ISV, SF, WNR, SSE = 1 << 25, 1 << 24, 1 << 15, 1 << 6, 1 << 21
TRANSLATION = 7
GPRS = [0x1000 + n for n in range(31)]


def outcome(esr: int, ipa: int, far: int = 0x8010, rmi: str = "1.0") -> Outcome:
    m = small_realm(rmi).m
    return aborts.sync(m, m.realms[RD0], GPRS, [esr, far, ipa >> 8])


@pytest.mark.parametrize("ipa", [NO_MEMORY, MAPPED_EMPTY, 1 << 32, 1 << 40])
@pytest.mark.parametrize("ec", [DATA_ABORT, FETCH])
def test_the_realm_answers_for_what_is_no_memory(ec: int, ipa: int) -> None:
    found = outcome(ec | IL | TRANSLATION, ipa)
    assert found.exit is None
    assert found.answers == (GPRS,)  # an exception in the realm: no register changes


@pytest.mark.parametrize("ipa", [UNMAPPED, GONE, MAPPED_GONE, MAPPED])
@pytest.mark.parametrize("extra", [0, ISV | 3 << 22 | 5 << 16 | SF | WNR])
def test_data_abort_at_a_protected_ipa_tells_only_where(ipa: int, extra: int) -> None:
    told = 1 << 11 | 1 << 10 | 1 << 9 | TRANSLATION  # SET, FnV, EA, DFSC
    found = outcome(DATA_ABORT | IL | told | extra, ipa)
    assert found.answers == ()
    assert found.exit is not None
    assert (found.exit.esr, found.exit.far) == (DATA_ABORT | told, 0)
    assert found.exit.hpfar == ipa >> 8
    assert found.exit.gprs == [0] * 31


def test_instruction_abort() -> None:
    found = outcome(FETCH | IL | ISV | 1 << 10 | 1 << 9 | TRANSLATION, UNMAPPED)
    assert found.exit is not None
    assert (found.exit.esr, found.exit.far) == (FETCH | 1 << 9 | TRANSLATION, 0)
    for esr, ipa in ((FETCH | TRANSLATION, UNPROTECTED), (FETCH | 0x0F, UNMAPPED)):
        assert outcome(esr, ipa).exit is None


@pytest.mark.parametrize(
    ("size", "written"), [(0, 0x05), (1, 0x1005), (2, 0x1005), (3, 0x1005)], ids="bhwx"
)
def test_emulatable_store_shows_the_value(size: int, written: int) -> None:
    esr = DATA_ABORT | IL | ISV | size << 22 | SSE | 5 << 16 | SF | WNR | TRANSLATION
    found = outcome(esr, UNPROTECTED, far=0x8000_1234)
    assert found.exit is not None
    # As a_lifecycle10 has it: IL, SSE and the register number are not told.
    assert found.exit.esr == DATA_ABORT | ISV | size << 22 | SF | WNR | TRANSLATION
    assert (found.exit.far, found.exit.hpfar) == (0x234, UNPROTECTED >> 8)
    assert found.exit.gprs == [written, *[0] * 30]


def test_emulatable_load_shows_no_register() -> None:
    found = outcome(DATA_ABORT | ISV | 3 << 22 | 5 << 16 | TRANSLATION, UNPROTECTED)
    assert found.exit is not None
    assert found.exit.gprs == [0] * 31
    zero = outcome(DATA_ABORT | ISV | 3 << 22 | 31 << 16 | WNR | TRANSLATION, UNPROTECTED)
    assert zero.exit is not None
    assert zero.exit.gprs[0] == 0  # XZR, not x31


def test_unprotected_abort_without_syndrome() -> None:
    esr = DATA_ABORT | IL | WNR | TRANSLATION
    old, new = outcome(esr, UNPROTECTED), outcome(esr, UNPROTECTED, rmi="2.0")
    assert old.exit is not None
    assert new.exit is not None
    told = frozenset((DATA_ABORT | TRANSLATION, DATA_ABORT | IL | TRANSLATION))
    assert (old.exit.esr, old.exit.far) == (told, frozenset((0, 0x10)))
    assert (new.exit.esr, new.exit.far) == (told, 0)
    assert old.exit.gprs == [0] * 31


@pytest.mark.parametrize(("ti", "first"), [(0, 0), (1, 0), (2, None), (3, None)])
def test_waiting(ti: int, first: int | None) -> None:
    found = outcome(0x01 << 26 | IL | 1 << 24 | 0xE << 20 | ti, 0)
    assert found.exit is not None
    assert found.exit.esr == 0x01 << 26 | ti
    assert found.exit.gprs[0] == first  # WFIT, WFET: a timeout


def test_hvc_is_undefined_in_the_realm() -> None:
    assert outcome(0x16 << 26 | IL, 0).answers == (GPRS,)


def test_what_is_not_known_is_not_judged() -> None:
    assert not outcome(0x18 << 26, 0).judged  # a trapped system register
    assert not outcome(DATA_ABORT | ISV | 0x10, UNPROTECTED).judged  # external abort


def test_serror() -> None:
    found = aborts.serror([0x2F << 26 | IL | 1 << 24 | 2 << 10 | 1 << 9 | 1 << 14 | 0x11])
    told = 1 << 24 | 2 << 10 | 1 << 9 | 0x11
    assert found.exit is not None
    assert found.exit.esr == frozenset((told, 0x2F << 26 | told))


@given(st.integers(0, 3), st.booleans(), st.booleans(), st.integers(0, 2**64 - 1))
def test_loads_extend_as_the_access_says(size: int, sse: bool, sf: bool, value: int) -> None:
    esr = DATA_ABORT | ISV | size << 22 | SSE * sse | SF * sf
    width = 1 << size
    read = int.from_bytes(value.to_bytes(8, "little")[:width], "little", signed=sse)
    register = (8 if sf else 4) if sse else 8
    expected = int.from_bytes(read.to_bytes(16, "little", signed=True)[:register], "little")
    if width > register:  # 64 bits into a 32-bit register: no such instruction
        return
    assert aborts.loaded(esr, value) == expected


@given(st.integers(0, 2**64 - 1), st.integers(0, 31))
def test_registers_of_a_syndrome(noise: int, number: int) -> None:
    esr = noise & ~(31 << 16) | number << 16
    assert aborts.register(esr) == (None if number == 31 else number)


@given(st.integers(0, 2**48 - 1))
def test_hpfar_names_a_page(ipa: int) -> None:
    assert aborts.ipa_of((ipa >> 12) << 4 | 0xF | 1 << 63) == ipa & ~0xFFF
