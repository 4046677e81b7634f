"""Calls that only the newer drafts have (profile 2.0-bet3; see `fixture`)."""

from __future__ import annotations

from tests.replay.conformance.host import GB, PAGE, RAM_BASE
from tests.replay.conformance.rmm_2_0.fixture import fixture
from tests.replay.conformance.rmm_2_0.world import RECLAIM, World, platform
from tests.replay.conformance.stimulus import Defects, Stimulus

NONE, FINE = 1, 2  # states of tracking


def world(*, active: bool = True) -> World:
    """An RMM of bet3; which one is not said, so no order of checks is demanded."""
    return World(platform(rmi="2.0-bet3"), active=active)


def _pending(w: World) -> None:
    """A tracking region is on its way from FINE to NONE."""
    w.do("GRANULE_TRACKING_SET", RAM_BASE, 0, NONE, x0=RECLAIM, out=[0])


@fixture
def rmm_deactivate(bad: Defects) -> Stimulus:
    w = world(active=not bad.has("rmm_state"))
    if bad.has("sro_idle") and "rmm_state" not in bad.wanted:
        _pending(w)  # an operation that holds no granule
    if bad.has("in_use"):
        w.delegated()
    return Stimulus(w, "RMM_DEACTIVATE")


@fixture
def rmm_state_get(bad: Defects) -> Stimulus:
    return Stimulus(world(), "RMM_STATE_GET", out=(1,))


@fixture
def granule_tracking_set(bad: Defects) -> Stimulus:
    w = world()
    if bad.has("pending"):
        _pending(w)
    addr = RAM_BASE + (PAGE if bad.has("addr") else 0)
    args = {"addr": addr, "category": 0, "state": 9 if bad.has("state") else FINE}
    return Stimulus(w, "GRANULE_TRACKING_SET", args)


@fixture
def gpt_l1_destroy(bad: Defects) -> Stimulus:
    bad.has("static")  # always
    addr = RAM_BASE + (PAGE if bad.has("align") else 0)
    return Stimulus(world(), "GPT_L1_DESTROY", {"addr": addr})


@fixture
def gpt_info(bad: Defects) -> Stimulus:
    base = RAM_BASE + (PAGE if bad.has("align") else 0)
    return Stimulus(
        world(), "GPT_INFO", {"base": base, "top": RAM_BASE + GB}, out=(RAM_BASE + GB, 1)
    )
