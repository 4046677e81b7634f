"""Realm parameters and the geometry of starting tables, against the fact sheet's lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.rmm.realm import (
    Realm,
    RealmParams,
    is_live,
    new_roots,
    rtt_config_valid,
    supported,
)
from replay.rmm.rtt import Rtte, level_size, make_entry
from replay.rmm.values import ASSIGNED, ASSIGNED_NS, EMPTY, TABLE, UNASSIGNED, UNASSIGNED_NS
from traces.event import Memory

# Fact sheet 1.0, section 3, "RTT geometry": (starting level, width) -> starting tables.
WITHOUT_LPA2 = (
    {(0, w): 1 for w in range(40, 49)}
    | {(1, w): 1 for w in range(32, 40)}
    | {(1, 40): 2, (1, 41): 4, (1, 42): 8, (1, 43): 16}
    | {(2, 32): 4, (2, 33): 8, (2, 34): 16}
)
WITH_LPA2 = (
    {(-1, w): 1 for w in range(49, 53)}
    | WITHOUT_LPA2
    | {(0, 49): 2, (0, 50): 4, (0, 51): 8, (0, 52): 16}
)


@pytest.mark.parametrize(("lpa2", "legal"), [(False, WITHOUT_LPA2), (True, WITH_LPA2)])
def test_legal_geometries(lpa2: bool, legal: dict[tuple[int, int], int]) -> None:
    numbers = (0, 1, 2, 3, 4, 5, 8, 16, 17, 32, 1 << 31)
    found = {
        (level, width): number
        for level in range(-3, 6)
        for width in range(256)
        for number in numbers
        if rtt_config_valid(width, level, number, lpa2=lpa2, pa_width=52)
    }
    assert found == legal


def test_level_0_needs_44_bits_of_physical_address() -> None:
    assert not rtt_config_valid(40, 0, 1, lpa2=False, pa_width=43)
    assert rtt_config_valid(40, 0, 1, lpa2=False, pa_width=44)
    assert rtt_config_valid(39, 1, 1, lpa2=False, pa_width=32)


@pytest.mark.parametrize("geometry", sorted(WITH_LPA2.items()))
def test_starting_tables_of_a_new_realm(geometry: tuple[tuple[int, int], int]) -> None:
    """Every entry of the IPA space: EMPTY and UNASSIGNED below the middle, _NS above."""
    (level, width), number = geometry
    roots = new_roots(0x40000, level, number, width)
    size = level_size(level)
    assert [root.addr for root in roots] == [0x40000 + i * 0x1000 for i in range(number)]
    assert [root.base for root in roots] == [i * 512 * size for i in range(number)]
    assert {len(root.entries) for root in roots} == {16 if level == -1 else 512}
    assert {(root.level, root.refs) for root in roots} == {(level, 0)}
    entries = [Rtte(e) for root in roots for e in root.entries]
    middle = 1 << (width - 1)
    assert len(entries) * size >= 2 * middle  # the tables hold the whole space
    for i, entry in enumerate(entries):
        want = UNASSIGNED if i * size < middle else UNASSIGNED_NS
        assert (entry.state, entry.ripas, entry.addr, entry.attr) == (want, EMPTY, 0, 0)


def test_parameters_stand_where_the_abi_says() -> None:
    """Every byte of the page is different from its neighbours; offsets of RmiRealmParams."""
    page = bytes(i % 251 for i in range(4096))
    params = RealmParams(Memory({0x5000: page}), 0x5000)

    def at(offset: int, size: int) -> int:
        return int.from_bytes(page[offset : offset + size], "little")

    assert params.flags == at(0x0, 8)
    assert params.s2sz == at(0x8, 1)
    assert params.sve_vl == at(0x10, 1)
    assert params.num_bps == at(0x18, 1)
    assert params.num_wps == at(0x20, 1)
    assert params.pmu_num_ctrs == at(0x28, 1)
    assert params.hash_algo == at(0x30, 1)
    assert params.vmid == at(0x800, 2)
    assert params.rtt_base == at(0x808, 8)
    assert params.rtt_level_start == at(0x810, 8)
    assert params.rtt_num_start == at(0x818, 4)


def test_the_starting_level_is_signed() -> None:
    page = bytearray(4096)
    page[0x810:0x818] = b"\xff" * 8
    assert RealmParams(Memory({0: bytes(page)}), 0).rtt_level_start == -1


# What the 1.0 reference offers (behaviour sheet, section 3): 48 bits, LPA2, one break-
# and watchpoint each (encoded minus one), a PMU of 31 counters, both hashes, no SVE.
REGISTER = 0x28FFC104130
SVE = REGISTER | 1 << 9 | 5 << 10


def params(**values: int) -> RealmParams:
    """Parameters that the reference offers, but for those given."""
    made = RealmParams(Memory({0: bytes(4096)}), 0)
    for name, value in ({"s2sz": 48, "num_bps": 1, "num_wps": 1} | values).items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("given", "register", "wanted"),
    [
        ({}, REGISTER, True),
        ({"s2sz": 32}, REGISTER, True),
        ({"s2sz": 31}, REGISTER, False),
        ({"s2sz": 49}, REGISTER, False),
        ({"num_bps": 0}, REGISTER, False),
        ({"num_bps": 2}, REGISTER, False),
        ({"num_wps": 0}, REGISTER, False),
        ({"num_wps": 2}, REGISTER, False),
        ({"flags": 1}, REGISTER, True),
        ({"flags": 1}, REGISTER & ~(1 << 8), False),
        ({"sve_vl": 9}, REGISTER, True),  # nobody looks: SVE is not asked for
        ({"flags": 2}, REGISTER, False),
        ({"flags": 2, "sve_vl": 5}, SVE, True),
        ({"flags": 2, "sve_vl": 6}, SVE, False),
        ({"pmu_num_ctrs": 40}, REGISTER, True),
        ({"flags": 4, "pmu_num_ctrs": 31}, REGISTER, True),
        ({"flags": 4, "pmu_num_ctrs": 32}, REGISTER, False),
        ({"flags": 4, "pmu_num_ctrs": 0}, REGISTER, False),  # needs FEAT_HPMN0
        ({"flags": 4, "pmu_num_ctrs": 1}, REGISTER & ~(1 << 26), False),
        ({"hash_algo": 1}, REGISTER, True),
        ({"hash_algo": 0}, REGISTER & ~(1 << 32), False),
        ({"hash_algo": 1}, REGISTER & ~(1 << 33), False),
        ({"hash_algo": 2}, REGISTER, True),  # params_valid refuses that
    ],
)
def test_what_the_feature_register_offers(
    given: dict[str, int], register: int, wanted: bool
) -> None:
    assert supported(params(**given), register, hpmn0=False) is wanted


def test_a_pmu_without_counters_needs_a_feature() -> None:
    assert supported(params(flags=4, pmu_num_ctrs=0), REGISTER, hpmn0=True)


# --- liveness ------------------------------------------------------------------


def realm(width: int = 40, level: int = 1, number: int = 2) -> Realm:
    return Realm(
        0x1000,
        ipa_width=width,
        level_start=level,
        num_start=number,
        trees=[new_roots(0x4000, level, number, width)],
    )


def test_a_new_realm_is_not_live() -> None:
    assert not is_live(realm())


def test_recs_make_it_live() -> None:
    made = realm()
    made.num_recs = 1
    assert is_live(made)


@given(
    st.sampled_from([(ASSIGNED, True), (TABLE, True), (ASSIGNED_NS, False)]),
    st.integers(0, 1),
    st.integers(0, 511),
)
def test_entries_of_a_starting_table_make_it_live(
    entry: tuple[int, bool], root: int, index: int
) -> None:
    """ASSIGNED and TABLE do, the host's own memory does not."""
    state, live = entry
    made = realm()
    made.trees[0][root].set(index, make_entry(state))
    assert is_live(made) is live


def test_the_unprotected_half_begins_in_the_middle() -> None:
    assert realm(width=40).protected_top == 1 << 39
