"""SMMUs, physical and virtual devices of 2.0: tf-rmm-behaviour, section 12."""

from __future__ import annotations

import pytest

from replay.rmm.device import Psmmu
from replay.rmm.rec import Rec
from replay.rmm.values import (
    DELEGATED,
    DEVICE_UNSEEN,
    INTERNAL,
    MAPPED,
    PARTIAL,
    PDEV,
    PDEV_READY,
    PSMMU_ST_L2,
    VDEV_ERROR,
    VDEV_LOCKED,
    VDEV_NEW,
    VDEV_STARTED,
    VDEV_UNLOCKED,
)
from replay.rmm.values import REC as REC_STATE
from tests.replay.rmm.desk import (
    ASKED,
    AUX,
    BLOCKED,
    BUSY,
    DEVICE,
    DONATE,
    FEATURES,
    INCOMPLETE,
    INPUT,
    LIST,
    MINUS_1,
    NS,
    PAGE,
    RAM,
    RD,
    REALM,
    RECLAIM,
    REFERENCE,
    SUCCESS,
    Desk,
    descriptor,
    page,
    words,
)

SMMU = 0x5000_0000


def _smmu() -> Desk:
    desk = Desk({**REFERENCE, "psmmu_ns_base": [SMMU]})
    desk.delegate(AUX, 16)
    return desk


def _activate(desk: Desk) -> None:
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[DONATE, 0, 0x10008], mem={NS: words(1)})
    desk.donate(descriptor(AUX, 2), r=[DONATE, 2, 0x10004])
    desk.donate(descriptor(AUX + 2 * PAGE), r=[DONATE, 1, 0x10004])
    desk.donate(descriptor(AUX + 3 * PAGE), r=[INCOMPLETE, 1])
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])


def test_an_smmus_life() -> None:
    desk = _smmu()
    desk.ok("PSMMU_DEACTIVATE", SMMU, r=[INPUT])
    _activate(desk)
    assert desk.states(AUX, 5) == [INTERNAL] * 4 + [DELEGATED]
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[INPUT], mem={NS: words(0)})
    desk.ok("PSMMU_ST_L2_CREATE", SMMU, 0x100, r=[DONATE, 0, 0x10004])
    desk.donate(descriptor(AUX + 4 * PAGE), r=[INCOMPLETE, 1])
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    assert desk.state(AUX + 4 * PAGE) == PSMMU_ST_L2
    desk.ok("PSMMU_DEACTIVATE", SMMU, r=[INPUT])  # it has a table
    desk.ok("PSMMU_ST_L2_DESTROY", SMMU, 0x200, r=[INPUT])
    desk.ok("PSMMU_ST_L2_DESTROY", SMMU, 0x100, r=[RECLAIM, 0])
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 1, r=[INCOMPLETE, 1])
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    desk.ok("PSMMU_DEACTIVATE", SMMU, r=[RECLAIM, 0])
    out = {LIST: words(descriptor(AUX, 4))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 9, r=[INCOMPLETE, 1], out=out)
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    assert desk.states(AUX, 5) == [DELEGATED] * 5
    _activate(desk)


def test_a_table_that_the_smmu_cannot_have() -> None:
    """It is inactive, or has the table: that shows when the memory is there, which goes back."""
    desk = _smmu()
    at = AUX + 8 * PAGE

    def refused() -> None:
        desk.ok("PSMMU_ST_L2_CREATE", SMMU, 0x100, r=[DONATE, 0, 0x10004])
        desk.donate(descriptor(at), r=[INCOMPLETE, 1])
        desk.ok("OP_CONTINUE", 0, 0, r=[RECLAIM])
        assert desk.state(at) == INTERNAL
        out = {LIST: words(descriptor(at))}
        desk.ok("OP_MEM_RECLAIM", 0, LIST, 1, r=[INCOMPLETE, 1], out=out)
        desk.ok("OP_CONTINUE", 0, 0, r=[INPUT])
        assert desk.state(at) == DELEGATED

    refused()
    _activate(desk)
    desk.ok("PSMMU_ST_L2_CREATE", SMMU, 0x100, r=[DONATE, 0, 0x10004])
    desk.donate(descriptor(AUX + 4 * PAGE), r=[INCOMPLETE, 1])
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    refused()


def test_memory_of_an_smmu_comes_and_goes_as_a_whole() -> None:
    desk = _smmu()
    start = {NS: words(0)}
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[DONATE, 0, 0x10008], mem=start)
    desk.donate(descriptor(AUX + 4 * PAGE, 2), r=[DONATE, 2, 0x10004])
    desk.donate(descriptor(AUX + 9 * PAGE), r=[DONATE, 1, 0x10004])
    desk.donate(descriptor(AUX + 7 * PAGE), r=[INCOMPLETE, 1])
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    desk.ok("PSMMU_DEACTIVATE", SMMU, r=[RECLAIM, 0])
    runs = [descriptor(AUX + 4 * PAGE, 2), descriptor(AUX + 9 * PAGE), descriptor(AUX + 7 * PAGE)]
    for n, run in enumerate(runs):
        left = INCOMPLETE if n == 2 else RECLAIM
        desk.ok("OP_MEM_RECLAIM", 0, LIST, 1, r=[left, 1], out={LIST: words(run)})
        assert desk.states(AUX, 16) == [DELEGATED] * 16
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    # One granule of two is not DELEGATED: neither is taken.
    desk.ok("GRANULE_RANGE_UNDELEGATE", AUX + PAGE, AUX + 2 * PAGE, r=[0, AUX + 2 * PAGE])
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[DONATE, 0, 0x10008], mem=start)
    desk.donate(descriptor(AUX, 2), r=[RECLAIM, 0])
    assert desk.state(AUX) == DELEGATED
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 1, r=[INCOMPLETE, 0])
    desk.ok("OP_CONTINUE", 0, 0, r=[INPUT])


def test_an_smmu_that_cannot_be() -> None:
    desk = _smmu()
    params = {NS: words(0)}
    desk.ok("PSMMU_ACTIVATE", SMMU + PAGE, NS, r=[INPUT], mem=params)
    desk.ok("PSMMU_ACTIVATE", SMMU, AUX, r=[INPUT])
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[INPUT], mem={NS: words(2)})
    desk.wrong("PSMMU_ACTIVATE", SMMU, NS, r=[INPUT], mem=params)
    desk = Desk(REFERENCE, features=FEATURES | {2: 0})
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[5], mem=params)
    desk.wrong("PSMMU_ACTIVATE", SMMU, NS, r=[MINUS_1], mem=params)


NO_DEVICES = FEATURES | {2: 0}
PSMMU = ["PSMMU_ACTIVATE", "PSMMU_DEACTIVATE", "PSMMU_ST_L2_CREATE", "PSMMU_ST_L2_DESTROY"]
PDEV_VDEV = [
    *("PDEV_CREATE", "PDEV_GET_STATE", "PDEV_ABORT", "PDEV_STOP", "PDEV_DESTROY"),
    *("VDEV_CREATE", "VDEV_GET_STATE", "VDEV_LOCK", "VDEV_START", "VDEV_UNLOCK"),
    *("VDEV_DESTROY", "VDEV_ABORT", "VDEV_COMPLETE"),
]
TALK = [
    *("PDEV_COMMUNICATE", "PDEV_SET_PUBKEY", "PDEV_STREAM_DISCONNECT", "PDEV_STREAM_COMPLETE"),
    *("PDEV_STREAM_KEY_REFRESH", "VDEV_COMMUNICATE", "VDEV_GET_MEASUREMENTS"),
    "VDEV_GET_INTERFACE_REPORT",
]


@pytest.mark.parametrize("name", [*PSMMU, *PDEV_VDEV, *TALK])
def test_devices_without_device_assignment(name: str) -> None:
    """SMMU commands answer status 5; PDEV and VDEV commands -1, the facts name 5 too."""
    x = (0, NS, 0, NS)
    mem = {NS: page({})}
    desk = Desk(features=NO_DEVICES)
    if name in PSMMU:
        desk.ok(name, *x, r=[5], mem=mem)
        desk.wrong(name, *x, r=[MINUS_1], mem=mem)
    else:
        desk.ok(name, *x, r=[MINUS_1], mem=mem)
        assert desk.call(name, *x, r=[5], mem=mem).kind == ("violation" if name in TALK else "ok")
    desk.wrong(name, *x, r=[SUCCESS], mem=mem)
    Desk().wrong(name, *x, r=[MINUS_1], mem=mem)


def test_without_device_assignment_nothing_else_counts() -> None:
    desk = Desk({**REFERENCE, "psmmu_ns_base": [SMMU]}, features=NO_DEVICES)
    for name in PSMMU:
        desk.wrong(name, SMMU + PAGE, NS, r=[INPUT], mem={NS: page({})})
        desk.ok(name, SMMU + PAGE, NS, r=[5], mem={NS: page({})})
    desk.wrong("PDEV_CREATE", AUX + 8, NS, r=[INPUT], mem={NS: _pdev(3)})
    desk.ok("PDEV_CREATE", AUX + 8, NS, r=[5], mem={NS: _pdev(3)})


def test_devices_need_a_context() -> None:
    desk = Desk({**REFERENCE, "sro_contexts": 1, "psmmu_ns_base": [SMMU]}, cpus=2)
    desk.delegate(AUX, 8)
    smmu = desk.m.psmmus.setdefault(SMMU, Psmmu())
    smmu.tables[7] = AUX + 7 * PAGE
    desk.ok("REC_CREATE", 0, AUX, NS, r=[DONATE, 0, ASKED])
    for status in (BLOCKED, BUSY):
        smmu.active = False
        desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[status], mem={NS: words(0)})
        smmu.active = True
        desk.ok("PSMMU_DEACTIVATE", SMMU, r=[status])
        desk.ok("PSMMU_ST_L2_CREATE", SMMU, 0, r=[status])
        desk.ok("PSMMU_ST_L2_DESTROY", SMMU, 7, r=[status])
        desk.ok("PDEV_CREATE", AUX + PAGE, NS, r=[status], mem={NS: _pdev(3)})
    desk.ok("PDEV_CREATE", AUX + PAGE, NS, r=[SUCCESS], mem={NS: _pdev(0)})  # a root port


def test_stream_ids() -> None:
    desk = _smmu()
    desk.ok("PSMMU_ST_L2_CREATE", SMMU, 1 << 32, r=[INPUT])
    desk.wrong("PSMMU_ST_L2_CREATE", SMMU, 1 << 32, r=[DONATE, 0, 0x10004])
    desk.ok("PSMMU_ST_L2_CREATE", SMMU, 1 << 16, r=[INPUT])  # it may have so few bits
    desk.wrong("PSMMU_ST_L2_CREATE", SMMU, 0xFFFF, r=[INPUT])
    _smmu().ok("PSMMU_ST_L2_CREATE", SMMU, 1 << 16, r=[DONATE, 0, 0x10004])


def _pdev(flags: int) -> bytes:
    return page({0: flags, 0x10: 0x100, 0x28: 0, 0x30: 0x100})


@pytest.mark.parametrize(("flags", "x0"), [(2, 5), (4, 5), (6, 5), (8, INPUT), (10, INPUT)])
def test_categories_of_devices(flags: int, x0: int) -> None:
    """An endpoint without SPDM, other categories, an unknown flag."""
    desk = Desk()
    desk.delegate(AUX)
    desk.ok("PDEV_CREATE", AUX, NS, r=[x0], mem={NS: _pdev(flags)})
    desk.wrong("PDEV_CREATE", AUX, NS, r=[SUCCESS], mem={NS: _pdev(flags)})


def test_a_root_port() -> None:
    desk = Desk()
    desk.delegate(AUX, 2)
    desk.ok("PDEV_CREATE", AUX, NS, r=[SUCCESS], mem={NS: _pdev(0)})
    assert desk.state(AUX) == PDEV
    desk.ok("PDEV_GET_STATE", AUX, r=[SUCCESS, 0])
    desk.wrong("PDEV_GET_STATE", AUX, r=[SUCCESS, 3])
    desk.ok("PDEV_DESTROY", AUX, r=[6])
    assert desk.call("PDEV_COMMUNICATE", AUX, NS, r=[SUCCESS]).kind == "unknown"
    desk.ok("PDEV_GET_STATE", AUX, r=[SUCCESS, 3])  # learnt
    desk.wrong("PDEV_GET_STATE", AUX, r=[SUCCESS, 4])
    desk.ok("PDEV_STOP", AUX, r=[SUCCESS])
    desk.ok("PDEV_GET_STATE", AUX, r=[SUCCESS, 4])
    desk.ok("PDEV_DESTROY", AUX, r=[SUCCESS])
    assert desk.state(AUX) == DELEGATED
    desk.ok("PDEV_GET_STATE", AUX, r=[INPUT])


def test_an_endpoint_and_its_virtual_device() -> None:
    desk = Desk()
    desk.delegate(AUX, 8)
    desk.realm(RD, da=True)
    desk.ok("PDEV_CREATE", AUX, NS, r=[DONATE, 0, 3 << 2], mem={NS: _pdev(3)})
    assert desk.state(AUX) == PARTIAL
    desk.donate(descriptor(AUX + PAGE, 3), r=[INCOMPLETE, 3])
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    vdev = AUX + 4 * PAGE
    create = (RD, AUX, vdev, NS)
    params = {NS: page({})}
    desk.ok("VDEV_CREATE", *create, r=[6], mem=params)  # the PDEV is not READY
    desk.m.pdevs[AUX].state = 3
    desk.ok("VDEV_CREATE", *create, r=[SUCCESS], mem=params)
    desk.ok("REALM_TERMINATE", RD, r=[SUCCESS])
    desk.ok("REALM_DESTROY", RD, r=[REALM])  # it has a VDEV
    desk.ok("VDEV_LOCK", RD, AUX, vdev, r=[6])
    desk.ok("VDEV_DESTROY", RD, AUX, vdev, r=[SUCCESS])
    desk.ok("REALM_DESTROY", RD, r=[SUCCESS])
    assert desk.m.pdevs[AUX].vdevs == 0
    desk.m.pdevs[AUX].state = 4
    desk.ok("PDEV_DESTROY", AUX, r=[RECLAIM, 0])
    out = {LIST: words(descriptor(AUX + PAGE, 3))}
    desk.ok("OP_MEM_RECLAIM", 0, LIST, 9, r=[INCOMPLETE, 1], out=out)
    desk.ok("OP_CONTINUE", 0, 0, r=[SUCCESS])
    assert desk.states(AUX, 5) == [DELEGATED] * 5


def test_a_realm_without_devices_has_no_virtual_one() -> None:
    desk = Desk()
    desk.delegate(AUX, 2)
    desk.realm(RD)
    desk.ok("PDEV_CREATE", AUX, NS, r=[SUCCESS], mem={NS: _pdev(0)})
    desk.ok("VDEV_CREATE", RD, AUX, AUX + PAGE, NS, r=[REALM], mem={NS: page({})})
    desk.ok("VDEV_CREATE", RD, RD, AUX + PAGE, NS, r=[INPUT], mem={NS: page({})})


VDEV_AT = AUX + 4 * PAGE
OTHER_RD = RAM + 0x40000
DEVICE_ERROR = 6


def _vdev(state: int) -> Desk:
    """Realms at RD and OTHER_RD, two root ports, and a VDEV of RD and the first port."""
    desk = Desk()
    desk.delegate(AUX, 8)
    desk.realm(RD, da=True)
    desk.realm(OTHER_RD, da=True)
    for pdev in (AUX, AUX + PAGE):
        desk.ok("PDEV_CREATE", pdev, NS, r=[SUCCESS], mem={NS: _pdev(0)})
        desk.m.pdevs[pdev].state = PDEV_READY
    desk.ok("VDEV_CREATE", RD, AUX, VDEV_AT, NS, r=[SUCCESS], mem={NS: page({})})
    desk.m.vdevs[VDEV_AT].state = state
    return desk


@pytest.mark.parametrize(
    ("name", "states", "foreign"),
    [
        ("VDEV_LOCK", {VDEV_UNLOCKED}, INPUT),
        ("VDEV_START", {VDEV_LOCKED}, INPUT),
        ("VDEV_UNLOCK", {VDEV_LOCKED, VDEV_STARTED, VDEV_ERROR}, DEVICE_ERROR),
        ("VDEV_DESTROY", {VDEV_NEW, VDEV_UNLOCKED}, DEVICE_ERROR),
    ],
)
def test_states_of_a_virtual_device(name: str, states: set[int], foreign: int) -> None:
    """`foreign`: what another realm's RD is answered."""
    for state in (VDEV_NEW, VDEV_UNLOCKED, VDEV_LOCKED, VDEV_STARTED, VDEV_ERROR):
        right, wrong = (SUCCESS, DEVICE_ERROR) if state in states else (DEVICE_ERROR, SUCCESS)
        _vdev(state).ok(name, RD, AUX, VDEV_AT, r=[right])
        _vdev(state).wrong(name, RD, AUX, VDEV_AT, r=[wrong])
    state = min(states)
    _vdev(state).ok(name, RD, AUX + PAGE, VDEV_AT, r=[DEVICE_ERROR])
    _vdev(state).ok(name, OTHER_RD, AUX, VDEV_AT, r=[foreign])
    _vdev(state).wrong(name, OTHER_RD, AUX, VDEV_AT, r=[SUCCESS])
    for x in ((AUX, AUX, VDEV_AT), (RD, RD, VDEV_AT), (RD, AUX, AUX)):
        _vdev(state).ok(name, *x, r=[INPUT])
    for status in (SUCCESS, DEVICE_ERROR):  # after a COMMUNICATE nobody knows
        _vdev(DEVICE_UNSEEN).ok(name, RD, AUX, VDEV_AT, r=[status])


def test_mapped_memory_keeps_a_virtual_device_locked() -> None:
    desk = _vdev(VDEV_LOCKED)
    desk.wrong("VDEV_UNLOCK", RD, AUX, VDEV_AT, r=[16])
    desk = _vdev(VDEV_LOCKED)
    desk.m.devices.set(DEVICE, MAPPED)
    desk.ok("VDEV_UNLOCK", RD, AUX, VDEV_AT, r=[16])


def test_abort() -> None:
    desk = _vdev(VDEV_NEW)
    for status in (DEVICE_ERROR, SUCCESS):  # whether something goes on is not known
        desk.ok("PDEV_ABORT", AUX, r=[status])
        desk.ok("VDEV_ABORT", RD, AUX, VDEV_AT, r=[status])
    for status, judge in ((DEVICE_ERROR, desk.ok), (SUCCESS, desk.wrong)):  # now it is idle
        judge("PDEV_ABORT", AUX, r=[status])
        judge("VDEV_ABORT", RD, AUX, VDEV_AT, r=[status])
    desk.ok("VDEV_ABORT", OTHER_RD, AUX, VDEV_AT, r=[DEVICE_ERROR])
    desk.ok("PDEV_ABORT", VDEV_AT, r=[INPUT])


def test_a_port_with_virtual_devices_is_not_stopped() -> None:
    desk = _vdev(VDEV_NEW)
    desk.ok("PDEV_STOP", AUX, r=[DEVICE_ERROR])
    desk.wrong("PDEV_STOP", AUX, r=[SUCCESS])
    desk = _vdev(VDEV_NEW)
    desk.ok("PDEV_STOP", AUX + PAGE, r=[SUCCESS])
    for status in (DEVICE_ERROR, SUCCESS):  # the stop may not be through
        desk.ok("PDEV_DESTROY", AUX + PAGE, r=[status])


def test_addresses_of_new_devices() -> None:
    desk = _vdev(VDEV_NEW)
    free, mem = AUX + 5 * PAGE, {NS: page({})}
    for x in ((RD + 1, AUX, free, NS), (RD, AUX, free + 8, NS), (RD, AUX, free, NS + 8)):
        desk.ok("VDEV_CREATE", *x, r=[INPUT], mem=mem)
        desk.wrong("VDEV_CREATE", *x, r=[DEVICE_ERROR], mem=mem)
    desk.ok("VDEV_CREATE", RD, AUX, free, RD, r=[INPUT])  # parameters in a realm
    desk.ok("VDEV_CREATE", RD, AUX, NS, NS, r=[INPUT], mem=mem)
    desk.wrong("VDEV_CREATE", RD, AUX, NS, NS, r=[SUCCESS], mem=mem)
    for pdev, params in ((free + 8, NS), (free, NS + 8)):
        desk.ok("PDEV_CREATE", pdev, params, r=[INPUT], mem={NS: _pdev(0)})
        assert "align" in desk.held()
    desk.wrong("PDEV_CREATE", free + 8, NS, r=[5], mem={NS: _pdev(2)})


def test_what_is_no_device() -> None:
    """An address that is something else, or nothing."""
    desk = _vdev(VDEV_NEW)
    for name in ("PDEV_GET_STATE", "PDEV_STOP", "PDEV_DESTROY", "PDEV_ABORT", "VDEV_GET_STATE"):
        for addr in (RD, AUX + 6 * PAGE, NS, 0, AUX + 8):
            desk.ok(name, addr, r=[INPUT])
            desk.wrong(name, addr, r=[DEVICE_ERROR])
    for x in ((AUX, AUX, VDEV_AT), (RD, RD, VDEV_AT), (RD, AUX, AUX)):
        desk.ok("VDEV_ABORT", *x, r=[INPUT])
        desk.wrong("VDEV_ABORT", *x, r=[SUCCESS])
    desk.ok("VDEV_COMPLETE", AUX, VDEV_AT, r=[INPUT])
    desk.wrong("VDEV_COMPLETE", AUX, VDEV_AT, r=[DEVICE_ERROR])
    desk = Desk({**REFERENCE, "psmmu_ns_base": [SMMU]})
    for name in PSMMU[1:]:
        desk.ok(name, SMMU + PAGE, 0, r=[INPUT])
        desk.wrong(name, SMMU + PAGE, 0, r=[DONATE, 0, 0x10004])
        desk.wrong(name, SMMU + PAGE, 0, r=[RECLAIM, 0])


def test_what_a_trace_does_not_tell() -> None:
    """Results that are permitted because the model cannot see their reason."""
    desk = _vdev(VDEV_NEW)
    free, mem = AUX + 5 * PAGE, {NS: page({})}
    for status in (INPUT, DEVICE_ERROR):  # parameters; category and streams of the PDEV
        desk.ok("VDEV_CREATE", RD, AUX, free, NS, r=[status], mem=mem)
    desk.ok("PDEV_CREATE", free, NS, r=[INPUT], mem={NS: _pdev(0)})  # the platform's devices
    desk.ok("PDEV_STOP", AUX + PAGE, r=[DEVICE_ERROR])  # streams
    desk.m.put(free, REC_STATE)
    desk.m.recs[free] = Rec(free, RD, 0, True, [])
    for status in (INPUT, DEVICE_ERROR, SUCCESS):  # what the REC asked for
        desk.ok("VDEV_COMPLETE", free, VDEV_AT, r=[status])
    desk = _smmu()
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[INPUT], mem={NS: words(0, 1)})
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[DONATE, 0, 0x10008], mem={NS: words(0)})
    desk.ok("PSMMU_ACTIVATE", SMMU, NS, r=[INPUT], mem={NS: words(0)})  # being activated


def test_states_and_granules_of_new_devices() -> None:
    desk = _vdev(VDEV_NEW)
    free, mem = AUX + 5 * PAGE, {NS: page({})}
    desk.m.pdevs[AUX].state = 0  # NEW
    desk.wrong("VDEV_CREATE", RD, AUX, free, NS, r=[SUCCESS], mem=mem)
    desk = _vdev(VDEV_NEW)
    desk.wrong("VDEV_CREATE", RD, AUX, free, RD, r=[SUCCESS])  # parameters in a realm
    desk.wrong("PDEV_CREATE", RD, NS, r=[SUCCESS], mem={NS: _pdev(0)})
    desk = Desk()
    desk.ok("PDEV_STREAM_KEY_PURGE", 0, 0, 0, r=[5])
    desk.wrong("PDEV_STREAM_KEY_PURGE", 0, 0, 0, r=[INPUT])
