"""The valid call of each command of 2.0, and how to make each condition of it hold.

A fixture takes the ids of the failure conditions that shall hold; the words of
commands-2.0.json behind an id say how.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.replay.conformance.host import Guest, Host
from tests.replay.conformance.rmm_2_0.world import World, platform
from tests.replay.conformance.stimulus import Defects, Stimulus

Fixture = Callable[[Defects], Stimulus]
FIXTURES: Final[dict[str, Fixture]] = {}

CPU_ON: Final = 0xC400_0003

DEVICE: Final = "a device that works: no trace has one"


def fixture(function: Fixture) -> Fixture:
    FIXTURES["RMI_" + function.__name__.upper()] = function
    return function


def seal(w: Host) -> None:
    """Use up a context."""
    assert isinstance(w, World)
    w.sealed()


def world(bad: Defects) -> World:
    """A world with what the machine must have, or lack, for a defect."""
    if bad.has("feat"):
        return World(platform(da=False))
    if "lpa2" in bad.wanted:
        return World(platform(pa_width=52))
    if {"sro", "sro_all_sealed"} & bad.wanted:
        return World(platform(sro_contexts=1, cpus=2 if "sro" in bad.wanted else 1))
    return World(platform(cpus=2) if "running" in bad.wanted else None)


def rd_of(w: World, guest: Guest, bad: Defects) -> int:
    """The realm, or a granule that is none."""
    return w.delegated() if bad.has("rd_state") else guest.rd


def wrong_state(w: World, guest: Guest, bad: Defects, *, off: bool) -> None:
    """A realm that is ACTIVE, or SYSTEM_OFF, where it should not be."""
    if bad.has("realm_state"):
        if off:
            w.system_off(guest)
        else:
            w.activate(guest)
