"""Stories of RIPAS, and of what READ_ENTRY shows of it."""

from __future__ import annotations

from tests.replay.conformance.host import DESTROYED, PAGE, PROTECTED, RAM, Guest
from tests.replay.conformance.rmm_2_0.stories import new_realm, story
from tests.replay.conformance.rmm_2_0.world import World
from tests.replay.conformance.stimulus import Stimulus

P = PROTECTED


def _init_ripas(w: World, guest: Guest, base: int = P) -> Stimulus:
    args = {"rd": guest.rd, "base": base, "top": P + PAGE}
    return Stimulus(w, "RTT_INIT_RIPAS", args, out=(P + PAGE,))


@story("ripas.no_rim")
def _() -> Stimulus:
    return _init_ripas(*new_realm(3))


@story("ripas.assigned_empty")
def _() -> Stimulus:
    w, guest = new_realm(3)
    data = w.data(guest, P)
    stimulus = _init_ripas(w, guest)
    stimulus.after = lambda: w.reads(guest, P, 3, state=1, desc=data, ripas=RAM)
    return stimulus


@story("ripas.already_ram")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.init_ripas(guest, P, P + PAGE)
    return _init_ripas(w, guest)


def _destroyed(w: World, guest: Guest) -> None:
    w.init_ripas(guest, P, P + PAGE)
    w.unmap(guest, P, w.data(guest, P))


@story("ripas.destroyed")
def _() -> Stimulus:
    w, guest = new_realm(3)
    _destroyed(w, guest)
    return _init_ripas(w, guest)


@story("ripas.base_unaligned")
def _() -> Stimulus:
    return _init_ripas(*new_realm(3), base=P + 1)


@story("ripas.set_ok")
def _() -> Stimulus:
    w, guest = new_realm(3)
    rec = w.rec(guest)
    w.activate(guest)
    w.ripas_request(rec, P, P + 2 * PAGE, RAM)
    args = {"rd": guest.rd, "rec": rec, "base": P, "top": P + PAGE}
    stimulus = Stimulus(w, "RTT_SET_RIPAS", args, out=(P + PAGE,))
    stimulus.after = lambda: w.do(
        "RTT_SET_RIPAS", guest.rd, rec, P + PAGE, P + 2 * PAGE, out=[P + 2 * PAGE]
    )
    return stimulus


@story("read.assigned_destroyed")
def _() -> Stimulus:
    w, guest = new_realm(3)
    _destroyed(w, guest)
    data = w.data(guest, P)
    args = {"rd": guest.rd, "ipa": P, "level": 3}
    return Stimulus(w, "RTT_READ_ENTRY", args, out=(3, 1, data, DESTROYED))
