"""Calls of SMMUs; of devices as far as they fail, for no trace has one (see `fixture`)."""

from __future__ import annotations

from collections.abc import Callable

from tests.replay.conformance import pages
from tests.replay.conformance.host import PAGE
from tests.replay.conformance.rmm_2_0.fixture import DEVICE, FIXTURES, fixture, world
from tests.replay.conformance.rmm_2_0.world import CONTIGUOUS, DONATE, RECLAIM, SMMU, World
from tests.replay.conformance.stimulus import Defects, NotRunnable, Stimulus

_SID = 0x100

Arguments = Callable[[World, Defects], dict[str, int]]


def _fails(name: str, arguments: Arguments) -> None:
    """A call that can be had with its first failures only."""

    def build(bad: Defects) -> Stimulus:
        w = world(bad)
        args = arguments(w, bad)
        if not bad.wanted or bad.left():
            raise NotRunnable(DEVICE)
        mem = pages.words(args["params"], {0: 0}) if "params" in args else None
        return Stimulus(w, name, args, mem)

    FIXTURES["RMI_" + name] = build


@fixture
def psmmu_activate(bad: Defects) -> Stimulus:
    w = world(bad)
    if bad.has("state"):
        w.smmu()
    none = bad.has("params")
    page = w.delegated() if none else w.page()
    args = {"psmmu": SMMU + PAGE if bad.has("psmmu") else SMMU, "params": page}
    mem = None if none else pages.words(page, {0: 0})
    out = (0, CONTIGUOUS | 2 << 2)
    return Stimulus(w, "PSMMU_ACTIVATE", args, mem, out=out, x0=DONATE)


@fixture
def psmmu_deactivate(bad: Defects) -> Stimulus:
    w = world(bad)
    if not bad.has("state") and "feat" not in bad.wanted:
        w.smmu()
    if bad.has("busy"):
        w.level_2_table(_SID)
    args = {"psmmu": SMMU + PAGE if bad.has("psmmu") else SMMU}
    return Stimulus(w, "PSMMU_DEACTIVATE", args, out=(0,), x0=RECLAIM)


def _level_2(name: str, w: World, bad: Defects, sid: int) -> Stimulus:
    args = {"psmmu": SMMU + PAGE if bad.has("psmmu") else SMMU, "sid": sid}
    out, x0 = ((0, CONTIGUOUS | 1 << 2), DONATE) if "CREATE" in name else ((0,), RECLAIM)
    return Stimulus(w, name, args, out=out, x0=x0)


@fixture
def psmmu_st_l2_create(bad: Defects) -> Stimulus:
    w = world(bad)
    if "feat" not in bad.wanted:
        w.smmu()
    return _level_2("PSMMU_ST_L2_CREATE", w, bad, 1 << 40 if bad.has("sid") else _SID)


@fixture
def psmmu_st_l2_destroy(bad: Defects) -> Stimulus:
    w = world(bad)
    if "feat" not in bad.wanted:
        w.smmu()
        if not bad.has("sid"):
            w.level_2_table(_SID)
    return _level_2("PSMMU_ST_L2_DESTROY", w, bad, _SID)


def _pdev(w: World, bad: Defects) -> dict[str, int]:
    bad.has("pdev_state")  # a DELEGATED granule is no PDEV
    return {"pdev": w.delegated(), "params": w.page()}


for _name in ("PDEV_GET_STATE", "PDEV_ABORT", "PDEV_STOP", "PDEV_DESTROY"):
    _fails(_name, _pdev)


def _pdev_create(w: World, bad: Defects) -> dict[str, int]:
    pdev = w.delegated() + (8 if bad.has("align") else 0)
    params = w.delegated() if bad.has("params") else w.page()
    return {"pdev": pdev, "params": params}


_fails("PDEV_CREATE", _pdev_create)


def _vdev(w: World, bad: Defects) -> dict[str, int]:
    bad.has("states")  # none of the granules is what it should be
    unaligned = 8 if bad.has("align") else 0
    return {
        "first": w.delegated() + unaligned,
        "pdev": w.delegated(),
        "vdev": w.delegated(),
        "params": w.page(),
    }


def _vdev_only(w: World, bad: Defects) -> dict[str, int]:
    bad.has("vdev_state")
    return {"vdev": w.delegated()}


_fails("VDEV_GET_STATE", _vdev_only)

for _name in (
    "VDEV_CREATE",
    "VDEV_LOCK",
    "VDEV_START",
    "VDEV_UNLOCK",
    "VDEV_DESTROY",
    "VDEV_ABORT",
    "VDEV_COMPLETE",
):
    _fails(_name, _vdev)
