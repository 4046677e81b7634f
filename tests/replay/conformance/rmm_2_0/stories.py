"""The cases of 2.0 that are a story of their own: where they are kept, what they share."""

from __future__ import annotations

from typing import Final

from tests.replay.conformance.host import PROTECTED, Guest
from tests.replay.conformance.rmm_2_0.world import World, platform
from tests.replay.conformance.stimulus import Stories

STORIES: Final = Stories()
story = STORIES.story


def new_realm(level: int = 0, ipa: int = PROTECTED) -> tuple[World, Guest]:
    """A world with one NEW realm, which has tables for `ipa` down to `level`."""
    w = World()
    guest = w.realm()
    w.tables(guest, ipa, level)
    return w, guest


def running_realm(*, cpus: int = 1) -> tuple[World, Guest, int]:
    """A world with an ACTIVE realm of one REC that has not run yet."""
    w = World(platform(cpus=cpus))
    guest = w.realm()
    rec = w.rec(guest)
    w.activate(guest)
    return w, guest, rec
