"""From a case of 2.0 to its call, in the situation that it wants."""

from __future__ import annotations

from typing import Final

from replay.rmm.values import (
    NOT_SUPPORTED,
    RMI_ERROR_GLOBAL,
    RMI_ERROR_RTT,
    RMI_ERROR_RTT_AUX,
    result,
)
from tests.replay.conformance.cases import Case
from tests.replay.conformance.host import PAGE
from tests.replay.conformance.rmm_2_0 import (  # noqa: F401  they fill FIXTURES and STORIES
    fixtures_bet3,
    fixtures_device,
    fixtures_host,
    fixtures_map,
    fixtures_rec,
    fixtures_table,
    stories,
    stories_host,
    stories_map,
    stories_ripas,
    stories_sro,
)
from tests.replay.conformance.rmm_2_0.fixture import DEVICE, FIXTURES, seal
from tests.replay.conformance.rmm_2_0.world import World
from tests.replay.conformance.stimulus import Defects, NotRunnable, Stimulus

_ABSENT: Final = (
    *("GRANULE_DELEGATE", "RTT_MAP_UNPROTECTED"),  # of 1.0
    *("GPT_L1_DESTROY", "VSMMU_CREATE", "VSMMU_DESTROY", "VSMMU_MAP", "VSMMU_UNMAP"),
    "RMM_STATE_GET",
)

_NOT_RUN: Final = {
    "unmap.error_outputs": "a walk to level 3 never ends at a TABLE",
    "unmap.dev_first": "a device that works: no trace has one",
}

# What no calls of a host lead to, or no trace shows.
NOT_SET_UP: Final = {
    **dict.fromkeys(
        ("ptr_gpf", "src_gpf", "run_gpf"),
        "a page that faults although it is the host's: no trace shows that",
    ),
    "partial": "a change of permissions that a realm has asked for: not set up",
    "vgic": "the GIC's registers are in no trace",
    "rng": "random numbers that fail: no trace shows that",
    "mecid": "memory encryption contexts are not modelled",
}

# A first condition that says: there is no such object; the second asks about it.
_NO_OBJECT: Final = {"rd_state", "rec_state", "states", "pdev_state", "vdev_state", "psmmu", "aux"}


def situation(case: Case) -> Stimulus:
    """The case's call in its situation.  Raises NotRunnable with the reason."""
    if case.id in _NOT_RUN:
        raise NotRunnable(_NOT_RUN[case.id])
    told = stories.STORIES.get(case.id)
    if told is not None:
        return told()
    if case.kind == "gate":
        return _gate(case)
    if case.kind in ("fail", "prio", "ok"):
        return build(case.command, Defects(case.violates))
    if case.kind in ("unimpl", "removed"):
        return _absent(case)
    raise NotRunnable(f"no story written for {case.kind}.*")


def build(command: str, bad: Defects) -> Stimulus:
    """The call with its defects, in a world of its own."""
    for defect in sorted(bad.wanted):
        if defect in NOT_SET_UP:
            raise NotRunnable(NOT_SET_UP[defect])
    if bad.wanted == {"rtte_state", "drain"}:
        raise NotRunnable("an entry that an operation holds shows as UNASSIGNED")
    if command not in FIXTURES:
        raise NotRunnable(f"no fixture for {command}")
    stimulus = FIXTURES[command](bad)
    if bad.has("sro_all_sealed"):
        seal(stimulus.world)
    if bad.wanted == {"sro"}:
        # That the context is on another CPU, not waiting for the host, no trace tells:
        # BUSY must be taken, BLOCKED may be as well.
        bad.has("sro")
        seal(stimulus.world)
        stimulus.judged_only = True
    if left := bad.left():
        if "sro" in left:
            raise NotRunnable("every context busy on other CPUs: no trace shows that")
        if "_DEV_" in command:
            raise NotRunnable(DEVICE)
        raise NotRunnable(f"{command}: not set up: {', '.join(sorted(left))}")
    return stimulus


def _gate(case: Case) -> Stimulus:
    """Before activation: an otherwise valid call, which cannot even be prepared."""
    name = case.command.removeprefix("RMI_")
    if case.fields["expected_status"] == "RMI_SUCCESS":
        w = World(active=False)
        if name == "GRANULE_TRACKING_GET":
            base = w.page()
            top = base + PAGE
            return Stimulus(w, name, {"base": base, "top": top}, out=(0, 2, top))
        return build(case.command, Defects(frozenset()))
    return Stimulus(World(active=False), name, x0=RMI_ERROR_GLOBAL, judged_only=True)


def _absent(case: Case) -> Stimulus:
    """A function that this implementation does not have."""
    # The cases leave the RTT_ out.
    name = next(name for name in _ABSENT if name.removeprefix("RTT_") in case.stimulus)
    return Stimulus(World(), name, x0=NOT_SUPPORTED, judged_only=True)


def wrong_ids(case: Case, ids: list[str]) -> str:
    """What is wrong with the ids of the conditions that hold, in their order; empty if nothing.

    The first must be the one that decides; of two that are named the second must
    hold as well, where its object exists.
    """
    named = list(case.fields.get("violates", ()))
    if not named:
        return ""
    if ids[:1] != named[:1]:
        return f"{named[0]} must decide, but {ids[:1]} does"
    if named[0] not in _NO_OBJECT and not set(named) <= set(ids):
        return f"hold: {ids}, expected {named}"
    return ""


def allowed(case: Case, stimulus: Stimulus) -> frozenset[int]:
    """The results that conform; what the case leaves open stands in the stimulus."""
    if case.allowed is not None and {"expected_x0", "expected_index"} & case.fields.keys():
        return case.allowed
    status = case.status
    if stimulus.x0 is not None and stimulus.x0 & 0xFF == status:
        return frozenset({stimulus.x0})
    level = stimulus.level if status in (RMI_ERROR_RTT, RMI_ERROR_RTT_AUX) else 0
    return frozenset({result(status, level)})
