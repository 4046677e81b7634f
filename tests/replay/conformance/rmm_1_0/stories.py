"""The cases that are a story of their own: where they are kept, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from tests.replay.conformance.host import MB2, PAGE, PROTECTED, Guest, Run
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Stimulus, Stories

STORIES: Final = Stories()  # by case id, after the command where it is not unique
story = STORIES.story


def new_realm(level: int = 0, ipa: int = PROTECTED) -> tuple[World, Guest]:
    """A world with one NEW realm, which has tables for `ipa` down to `level`."""
    w = World()
    guest = w.realm()
    w.tables(guest, ipa, level)
    return w, guest


def running_realm() -> tuple[World, Guest, int]:
    """A world with an ACTIVE realm of one REC that has not run yet."""
    w, guest = new_realm(3)
    rec = w.rec(guest)
    w.activate(guest)
    return w, guest, rec


def running_with_data() -> tuple[World, int, int]:
    """A world with an ACTIVE realm that has a page of RAM at PROTECTED; that page, its REC."""
    w, guest = new_realm(3)
    w.init_ripas(guest, PROTECTED, PROTECTED + PAGE)
    data = w.data(guest, PROTECTED)
    rec = w.rec(guest)
    w.activate(guest)
    return w, data, rec


def destroyed_page(w: World, guest: Guest) -> None:
    """UNASSIGNED DESTROYED at PROTECTED."""
    w.tables(guest, PROTECTED, 3)
    w.init_ripas(guest, PROTECTED, PROTECTED + PAGE)
    data = w.data(guest, PROTECTED)
    w.do("DATA_DESTROY", guest.rd, PROTECTED, out=[data, PROTECTED + MB2])


def entered(
    w: World,
    rec: int,
    run: Run,
    *,
    wrong: Run | None = None,
    flags: int = 0,
    gprs: Sequence[int] = (),
    hcr: int = 0,
    lrs: Sequence[int] = (),
    after: Callable[[], None] | None = None,
) -> Stimulus:
    """REC_ENTER with this run page, in which the realm does what `run` says."""
    page, mem = w.run_page(flags=flags, gprs=gprs, hcr=hcr, lrs=lrs)
    args = {"rec": rec, "run_ptr": page}
    return Stimulus(w, "REC_ENTER", args, mem, run=run, wrong=wrong, after=after)
