"""Stories of RIPAS, as the host sets it at first and as the realm asks for it."""

from __future__ import annotations

from tests.replay.conformance.host import (
    EMPTY,
    MB2,
    PAGE,
    PROTECTED,
    RAM,
    UNPROTECTED,
    ZEROS,
    Guest,
    Run,
)
from tests.replay.conformance.rmm_1_0.stories import new_realm, running_realm, story
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Stimulus, Story

P, U = PROTECTED, UNPROTECTED

# --- initial RIPAS ------------------------------------------------------------------


def _init(
    w: World, guest: Guest, top: int, out_top: int, *, base: int = P, last: int = 3
) -> Stimulus:
    def after() -> None:
        size = PAGE if last == 3 else MB2
        w.reads(guest, out_top - size, last, state=0, ripas=RAM)

    args = {"rd": guest.rd, "base": base, "top": top}
    return Stimulus(w, "RTT_INIT_RIPAS", args, out=(out_top,), after=after)


def _init_in(level: int, size: int, done: int) -> Story:
    def build() -> Stimulus:
        w, guest = new_realm(level)
        return _init(w, guest, P + size, P + done, last=level)

    return build


story("ripas.init_full_rtt")(_init_in(3, MB2, MB2))
story("ripas.init_partial")(_init_in(3, 2 * MB2, MB2))
story("ripas.init_level2")(_init_in(2, 2 * MB2, 2 * MB2))
story("ripas.size_top_eq_base")(_init_in(3, 0, 0))


@story("ripas.init_stop_at_assigned")
def _() -> Stimulus:
    w, guest = new_realm(3)
    data = w.data(guest, P + PAGE)
    stimulus = _init(w, guest, P + 2 * PAGE, P + 2 * PAGE)
    stimulus.after = lambda: w.reads(guest, P + PAGE, 3, state=1, desc=data, ripas=RAM)
    return stimulus


@story("ripas.init_stop_at_table")
def _() -> Stimulus:
    w, guest = new_realm(2)
    w.tables(guest, P + MB2, 3)
    return _init(w, guest, P + 2 * MB2, P + MB2, last=2)


@story("ripas.init_first_assigned")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.data(guest, P)
    return _init(w, guest, P + PAGE, 0)


@story("ripas.init_twice")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.init_ripas(guest, P, P + PAGE)
    return _init(w, guest, P + PAGE, P + PAGE)


@story("ripas.init_cross_half")
def _() -> Stimulus:
    base = (1 << 39) - PAGE
    w, guest = new_realm(3, base)
    return _init(w, guest, 1 << 39, 1 << 39, base=base)


# --- RIPAS at run time ----------------------------------------------------------------


def _set(w: World, guest: Guest, rec: int, base: int, top: int, out_top: int) -> Stimulus:
    args = {"rd": guest.rd, "rec": rec, "base": base, "top": top}
    return Stimulus(w, "RTT_SET_RIPAS", args, out=(out_top,))


@story("ripas.set_full")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    top = P + 3 * PAGE
    w.ripas_request(rec, P, top, RAM)
    stimulus = _set(w, guest, rec, P, top, top)

    def after() -> None:
        for ipa in range(P, top, PAGE):
            w.reads(guest, ipa, 3, state=0, ripas=RAM)
        w.reads(guest, top, 3, state=0, ripas=EMPTY)
        w.enter(rec, Run.interrupted([0, top, *ZEROS[2:]]))

    stimulus.after = after
    return stimulus


@story("ripas.set_repeat_base")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.ripas_request(rec, P, P + 3 * PAGE, RAM)
    w.do("RTT_SET_RIPAS", guest.rd, rec, P, P + PAGE, out=[P + PAGE])
    return _set(w, guest, rec, P, P + 3 * PAGE, 0)


@story("ripas.set_no_request")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.enter(rec, Run.interrupted())
    return _set(w, guest, rec, P, P + PAGE, 0)


@story("ripas.set_size_top_eq_base")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.ripas_request(rec, P, P + 3 * PAGE, RAM)
    return _set(w, guest, rec, P, P, 0)


def _destroyed_run(flags: int) -> tuple[World, Guest, int]:
    """A realm that asks for RAM at P, where three pages are DESTROYED."""
    w, guest = new_realm(3)
    w.init_ripas(guest, P, P + 3 * PAGE)
    pages = [w.data(guest, P + i * PAGE) for i in range(3)]
    for i, page in reversed(list(enumerate(pages))):
        w.do("DATA_DESTROY", guest.rd, P + i * PAGE, out=[page, P + MB2])
    rec = w.rec(guest)
    w.activate(guest)
    w.ripas_request(rec, P, P + 3 * PAGE, RAM, flags)
    return w, guest, rec


@story("ripas.set_destroyed_change")
def _() -> Stimulus:
    w, guest, rec = _destroyed_run(1)
    stimulus = _set(w, guest, rec, P, P + 3 * PAGE, P + 3 * PAGE)
    stimulus.after = lambda: w.reads(guest, P + 2 * PAGE, 3, state=0, ripas=RAM)
    return stimulus


@story("ripas.set_first_destroyed_nochange")
def _() -> Stimulus:
    w, guest, rec = _destroyed_run(0)
    return _set(w, guest, rec, P, P + 3 * PAGE, 0)


@story("ripas.set_stops_at_table")
def _() -> Stimulus:
    w, guest = new_realm(2)
    w.tables(guest, P + MB2, 3)
    rec = w.rec(guest)
    w.activate(guest)
    w.ripas_request(rec, P, P + 2 * MB2, RAM)
    stimulus = _set(w, guest, rec, P, P + 2 * MB2, P + MB2)
    stimulus.after = lambda: w.reads(guest, P, 2, state=0, ripas=RAM)
    return stimulus


def _same_value(offset: int) -> Story:
    """A level-2 entry is RAM already; the realm asks for a page of it, as RAM."""

    def build() -> Stimulus:
        w, guest = new_realm(2)
        w.init_ripas(guest, P, P + MB2)
        rec = w.rec(guest)
        w.activate(guest)
        base = P + offset
        w.ripas_request(rec, base, base + PAGE, RAM)
        return _set(w, guest, rec, base, base + PAGE, P)

    return build


story("ripas.set_same_value_block")(_same_value(0))
story("ripas.set_same_value_unaligned")(_same_value(PAGE))
