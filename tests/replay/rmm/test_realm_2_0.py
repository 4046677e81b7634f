"""Realms of 2.0: tf-rmm-behaviour, section 8."""

from __future__ import annotations

from typing import Any

import pytest

from replay.rmm.values import DELEGATED, REALM_NEW, REALM_ZOMBIE, RTT, UNASSIGNED, UNASSIGNED_NS
from replay.rmm.values import RD as RD_STATE
from tests.replay.rmm.desk import (
    GLOBAL,
    INCOMPLETE,
    INPUT,
    NS,
    OTHER,
    PAGE,
    RAM,
    RAM_TOP,
    REALM,
    REFERENCE,
    SUCCESS,
    Desk,
    page,
    realm_params,
)

RD_AT = RAM
ROOT = RAM + 0x10000  # aligned for up to 16 starting tables


def _create(desk: Desk, x0: int, mem: bytes, rd: int = RD_AT) -> bool:
    """Whether REALM_CREATE with these parameters may give `x0`."""
    return desk.call("REALM_CREATE", rd, NS, r=[x0], mem={NS: mem}).kind == "ok"


def _accepted() -> dict[tuple[int, int], int]:
    """tf-rmm-behaviour 8.1, without LPA2: (level, width) -> number of starting tables."""
    accepted = {(0, width): 1 for width in range(40, 49)}
    accepted |= {(1, width): 1 for width in range(32, 40)}
    accepted |= {(1, 40): 2, (1, 41): 4, (1, 42): 8, (1, 43): 16}
    accepted |= {(2, 32): 4, (2, 33): 8, (2, 34): 16}
    return accepted


@pytest.mark.parametrize("level", [-2, -1, 0, 1, 2, 3, 4, 1 << 62, -(1 << 62)])
def test_geometry(level: int) -> None:
    accepted = _accepted()
    for width in (0, *range(31, 50), 64, 1 << 31):
        for number in (0, 1, 2, 3, 4, 8, 16, 32, 1 << 31):
            desk = Desk()
            desk.delegate(RD_AT)
            desk.delegate(ROOT, 16)
            params = realm_params(ROOT, s2sz=width, level=level, number=number)
            fits = accepted.get((level, width)) == number
            assert _create(desk, SUCCESS if fits else INPUT, params), (level, width, number)
            if level in (1, 2) and number in (0, 16, 1 << 31):
                continue  # enough of the contrary
            break_ = Desk()
            break_.delegate(RD_AT)
            break_.delegate(ROOT, 16)
            assert not _create(break_, INPUT if fits else SUCCESS, params)


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        ({"s2sz": 31}, "s2sz"),
        ({"s2sz": 49}, "s2sz"),
        ({"s2sz": 0x100 + 40}, "s2sz"),  # it has 32 bits
        ({"bps": 0}, "bps_wps"),
        ({"bps": 2}, "bps_wps"),
        ({"wps": 0}, "bps_wps"),
        ({"wps": 2}, "bps_wps"),
        ({"flags0": 2}, "sve"),
        ({"flags0": 4}, "pmu"),
        ({"flags0": 4, "counters": 1}, "pmu"),
        ({"flags0": 2 << 7}, "mec"),
        ({"level": 2}, "ipa_sl"),
        ({"number": 2}, "rtt_num"),
        ({"planes": 4}, "planes"),
        ({"ats_plane": 1}, "ats"),
        ({"planes": 1, "flags1": 0}, "plane_tree"),
        ({"planes": 1, "flags1": 3}, "plane_tree"),
        ({"flags1": 2}, "plane_tree"),
        ({"planes": 1, "aux": [ROOT + PAGE + 8]}, "rtt_align"),
        ({"algorithm": 3}, "hash"),
        ({"planes": 1, "aux": [ROOT]}, "rtt_state"),
        ({"planes": 1, "aux": [RD_AT]}, "rd_state"),
    ],
)
def test_parameters_one_by_one(change: dict[str, Any], condition: str) -> None:
    desk = Desk()
    desk.delegate(RD_AT)
    desk.delegate(ROOT, 4)
    params = realm_params(ROOT, **change)
    assert _create(desk, INPUT, params)
    assert condition in desk.held()
    assert not _create(desk, GLOBAL, params)
    assert {desk.state(RD_AT), desk.state(ROOT)} == {DELEGATED}  # nothing was taken
    assert not _create(desk, SUCCESS, params)


@pytest.mark.parametrize(
    "change",
    [
        {"flags0": 1},  # LPA2
        {"flags0": 8},  # device assignment
        {"flags0": 1 << 7},  # private memory encryption
        {"flags0": 1 << 40},  # a bit that nobody knows
        {"algorithm": 1},
        {"algorithm": 2},  # SHA-384, which feature register 1 does not offer
        {"flags1": 1},  # a tree a plane, without planes
        {"planes": 3, "ats_plane": 3},
    ],
)
def test_parameters_that_are_fine(change: dict[str, Any]) -> None:
    desk = Desk()
    desk.delegate(RD_AT)
    desk.delegate(ROOT, 4)
    assert _create(desk, SUCCESS, realm_params(ROOT, **change))


def test_other_features_other_limits() -> None:
    desk = Desk(features={0: 0x104130 | 1 << 9 | 3 << 10, 1: 0x142A9, 2: 0, 3: 0, 4: 0})
    desk.delegate(RD_AT)
    desk.delegate(ROOT, 4)
    assert _create(desk, INPUT, realm_params(ROOT, flags0=8)), "no device assignment"
    assert desk.held() == ["da"]
    assert _create(desk, INPUT, realm_params(ROOT, planes=1)), "no planes"
    assert _create(desk, INPUT, realm_params(ROOT, flags0=2, sve_vl=4))
    assert _create(desk, GLOBAL, realm_params(ROOT, flags0=1 << 7)), "no private MECID"
    assert _create(desk, SUCCESS, realm_params(ROOT, flags0=2, sve_vl=3))


def test_lpa2_is_a_feature() -> None:
    desk = Desk(features={0: 0x104130 & ~0x100})
    desk.delegate(RD_AT)
    desk.delegate(ROOT)
    assert _create(desk, INPUT, realm_params(ROOT, flags0=1))
    assert desk.held() == ["lpa2"]
    assert _create(desk, SUCCESS, realm_params(ROOT))


def test_another_implementation_may_stick_to_what_it_offers() -> None:
    desk = Desk(OTHER)
    desk.delegate(RD_AT)
    desk.delegate(ROOT)
    sha384 = realm_params(ROOT, algorithm=2)
    assert _create(desk, INPUT, sha384)
    assert not _create(desk, INPUT, realm_params(ROOT, algorithm=1))
    assert _create(desk, GLOBAL, realm_params(ROOT)), "it may be out of VMIDs"
    assert _create(desk, SUCCESS, sha384)


def test_vmids_run_out() -> None:
    """One VMID a plane; the reference's CPU has 256 of them, here it is 5."""
    desk = Desk({**REFERENCE, "vmids": 5})
    desk.realm(RAM, planes=3)
    desk.delegate(RD_AT + 0x20000)
    desk.delegate(ROOT, 4)
    rd = RD_AT + 0x20000
    assert _create(desk, GLOBAL, realm_params(ROOT, planes=1), rd)
    assert not _create(desk, INPUT, realm_params(ROOT, planes=1), rd)
    assert _create(desk, SUCCESS, realm_params(ROOT), rd)


@pytest.mark.parametrize(
    ("width", "level", "protected", "shared"),
    [
        # (entries below the middle of the IPA space, above it) of each table, by hand:
        (40, 0, [1], [1]),  # an entry is 512 GiB
        (34, 1, [8], [8]),  # an entry is 1 GiB
        (40, 1, [512, 0], [0, 512]),
        (32, 2, [512, 512, 0, 0], [0, 0, 512, 512]),
    ],
)
def test_starting_tables(width: int, level: int, protected: list[int], shared: list[int]) -> None:
    desk = Desk()
    number = len(protected)
    desk.delegate(RD_AT)
    desk.delegate(ROOT, number)
    assert _create(desk, SUCCESS, realm_params(ROOT, s2sz=width, level=level, number=number))
    for i, (own, host) in enumerate(zip(protected, shared, strict=True)):
        table = desk.m.rtts[ROOT + i * PAGE]
        assert desk.state(table.addr) == RTT
        assert (table.level, table.refs) == (level, 0)
        assert table.base == i * 512 * (4096 << 9 * (3 - level))
        kinds = [entry & 7 for entry in table.entries]
        assert kinds[:own] == [UNASSIGNED] * own
        assert kinds[own : own + host] == [UNASSIGNED_NS] * host
        assert not any(table.entries[own + host :])  # beyond the IPA space


def test_a_realms_life() -> None:
    desk = Desk()
    desk.realm(RAM, planes=2)
    realm = desk.m.realms[RAM]
    assert (desk.state(RAM), realm.state, realm.aux_planes) == (RD_STATE, REALM_NEW, 2)
    assert [tree[0].addr for tree in realm.trees] == [RAM + PAGE, RAM + 2 * PAGE, RAM + 3 * PAGE]
    desk.ok("REALM_DESTROY", RAM, r=[REALM])  # not terminated yet
    desk.ok("REALM_ACTIVATE", RAM, r=[SUCCESS])
    desk.ok("REALM_ACTIVATE", RAM, r=[REALM])
    desk.ok("REALM_TERMINATE", RAM, r=[SUCCESS])
    desk.ok("REALM_TERMINATE", RAM, r=[SUCCESS])
    assert realm.state == REALM_ZOMBIE
    desk.ok("REALM_ACTIVATE", RAM, r=[REALM])
    desk.wrong("REALM_ACTIVATE", RAM, r=[REALM | 1 << 8])  # the index is 0
    for rd in (RAM + PAGE, RAM + 8, RAM_TOP, 0, NS):
        for name in ("REALM_ACTIVATE", "REALM_TERMINATE", "REALM_DESTROY"):
            desk.ok(name, rd, r=[INPUT])
    desk.ok("REALM_DESTROY", RAM, r=[SUCCESS])
    assert desk.m.granules.run(RAM, RAM_TOP) == (DELEGATED, RAM + 4 * PAGE)
    assert not desk.m.realms and not desk.m.rtts


def test_a_realm_that_maps_something_stays() -> None:
    desk = Desk()
    desk.realm(RAM)
    desk.ok("REALM_TERMINATE", RAM, r=[SUCCESS])
    desk.delegate(ROOT)
    desk.ok("RTT_CREATE", RAM, ROOT, 0, 1, r=[SUCCESS])
    desk.ok("REALM_DESTROY", RAM, r=[REALM])
    assert desk.held() == ["live"]
    desk.wrong("REALM_DESTROY", RAM, r=[SUCCESS])


def test_a_realm_that_runs_is_not_terminated() -> None:
    desk = Desk(cpus=2)
    desk.realm(RAM)
    desk.m.realms[RAM].running = 1
    desk.ok("REALM_TERMINATE", RAM, r=[REALM])
    desk.wrong("REALM_TERMINATE", RAM, r=[SUCCESS])


def test_realm_commands_may_be_operations_elsewhere() -> None:
    desk = Desk(OTHER, rmi="2.0-bet3")
    desk.realm(RAM)
    desk.ok("REALM_TERMINATE", RAM, r=[INCOMPLETE, 9])
    assert desk.m.realms[RAM].state == REALM_NEW
    desk.ok("OP_CONTINUE", 9, 0, r=[SUCCESS])
    assert desk.m.realms[RAM].state == REALM_ZOMBIE
    desk = Desk()
    desk.realm(RAM)
    desk.wrong("REALM_TERMINATE", RAM, r=[INCOMPLETE, 0])


def test_parameters_that_were_not_captured() -> None:
    """Then nobody can tell; a page that is no page of the host is another matter."""
    desk = Desk()
    desk.delegate(RD_AT)
    assert desk.call("REALM_CREATE", RD_AT, NS, r=[SUCCESS]).kind == "unknown"
    desk.ok("REALM_CREATE", RD_AT, RD_AT, r=[INPUT])
    assert page({}) == bytes(PAGE)
