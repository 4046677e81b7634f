"""Stories of tables."""

from __future__ import annotations

from collections.abc import Callable

from tests.replay.conformance.host import (
    DESTROYED,
    EMPTY,
    GB,
    MB2,
    PAGE,
    PROTECTED,
    RAM,
    UNPROTECTED,
    Guest,
)
from tests.replay.conformance.rmm_1_0.stories import destroyed_page, new_realm, story
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Stimulus, Story

P, U = PROTECTED, UNPROTECTED

# --- tables -----------------------------------------------------------------------


def _rtt_create(
    w: World, guest: Guest, ipa: int, level: int, after: Callable[[], None] | None = None
) -> Stimulus:
    args = {"rd": guest.rd, "rtt": w.delegated(), "ipa": ipa, "level": level}
    return Stimulus(w, "RTT_CREATE", args, after=after)


@story("rtt.unfold_assigned_ns")
def _() -> Stimulus:
    w, guest = new_realm(2, U)
    # S2AP read/write, MemAttr 1: all that the host says beside the address.
    desc = w.page(512, MB2) | 0b11 << 6 | 1 << 2
    w.map_ns(guest, U, 2, desc)

    def after() -> None:
        for i in range(512):
            w.reads(guest, U + i * PAGE, 3, state=1, desc=desc + i * PAGE)

    return _rtt_create(w, guest, U, 3, after)


@story("rtt.unfold_unassigned_ns")
def _() -> Stimulus:
    w, guest = new_realm(2, U)

    def after() -> None:
        for i in range(512):
            w.reads(guest, U + i * PAGE, 3, state=0)

    return _rtt_create(w, guest, U, 3, after)


@story("rtt.create_order")
def _() -> Stimulus:
    w, guest = new_realm()
    return _rtt_create(w, guest, P, 3)


@story("rtt.rd_as_rtt")
def _() -> Stimulus:
    w, guest = new_realm(2)
    stimulus = _rtt_create(w, guest, P, 3)
    stimulus.args["rtt"] = guest.rd
    return stimulus


def _fold(
    w: World, guest: Guest, ipa: int, level: int = 3, after: Callable[[], None] | None = None
) -> Stimulus:
    rtt = guest.tables[0, level, ipa]
    args = {"rd": guest.rd, "ipa": ipa, "level": level}

    def checked() -> None:
        w.do("GRANULE_UNDELEGATE", rtt)
        if after is not None:
            after()

    return Stimulus(w, "RTT_FOLD", args, out=(rtt,), after=checked)


def _pages(w: World, guest: Guest, addresses: list[int]) -> None:
    """Data with RIPAS RAM at P, one page an address."""
    w.tables(guest, P, 3)
    w.init_ripas(guest, P, P + MB2)
    for address in addresses:
        w.do("GRANULE_DELEGATE", address)
    for i, address in enumerate(addresses):
        w.data(guest, P + i * PAGE, pa=address)


def _fold_pages(skew: int, swap: bool) -> Story:
    def build() -> Stimulus:
        w, guest = new_realm(3)
        first = w.page(512 + skew, MB2) + skew * PAGE
        addresses = [first + i * PAGE for i in range(512)]
        if swap:
            addresses[-1], addresses[-2] = addresses[-2], addresses[-1]
        _pages(w, guest, addresses)
        return _fold(
            w, guest, P, after=lambda: w.reads(guest, P, 3, at=2, state=1, desc=first, ripas=RAM)
        )

    return build


story("rtt.fold_assigned")(_fold_pages(0, swap=False))
story("rtt.fold_assigned_noncontig")(_fold_pages(0, swap=True))
story("rtt.fold_assigned_unaligned")(_fold_pages(1, swap=False))


@story("rtt.fold_mixed_ripas")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.init_ripas(guest, P + 100 * PAGE, P + 101 * PAGE)
    return _fold(w, guest, P)


@story("rtt.fold_destroyed")
def _() -> Stimulus:
    w, guest = new_realm(3)
    # A table destroyed leaves one DESTROYED entry; unfolded, 512 of them.
    w.do("RTT_DESTROY", guest.rd, P, 3, out=[guest.tables.pop((0, 3, P)), 2 * GB])
    w.tables(guest, P, 3)
    return _fold(w, guest, P, after=lambda: w.reads(guest, P, 3, at=2, state=0, ripas=DESTROYED))


@story("rtt.fold_with_table")
def _() -> Stimulus:
    w, guest = new_realm(3)
    return _fold(w, guest, P - P % GB, 2)


@story("rtt.fold_ns_attr_mixed")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    first = w.page(512, MB2)
    for i in range(512):
        w.map_ns(guest, U + i * PAGE, 3, first + i * PAGE | (4 if i == 200 else 0))
    return _fold(w, guest, U)


@story("rtt.fold_unassigned_ns")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return _fold(w, guest, U, after=lambda: w.reads(guest, U, 3, at=2, state=0))


@story("rtt.fold_1g_to_512g")
def _() -> Stimulus:
    w, guest = new_realm(1, U)
    for i in range(512):
        w.map_ns(guest, (1 << 39) + i * GB, 1, i * GB)
    return _fold(w, guest, 1 << 39, 1)


def _destroy(w: World, guest: Guest, out_rtt: tuple[int, ...] = ()) -> Stimulus:
    args = {"rd": guest.rd, "ipa": P, "level": 3}
    return Stimulus(w, "RTT_DESTROY", args, None, (guest.tables[0, 3, P], 2 * GB), out_rtt)


@story("rtt.destroy_live_entry")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.data(guest, P + 77 * PAGE)
    return _destroy(w, guest, (0, P))


@story("rtt.destroy_ripas")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.init_ripas(guest, P, P + MB2)
    stimulus = _destroy(w, guest)
    stimulus.after = lambda: w.reads(guest, P, 3, at=2, state=0, ripas=DESTROYED)
    return stimulus


@story("rtt.destroy_starting")
def _() -> Stimulus:
    w, guest = new_realm()
    return Stimulus(w, "RTT_DESTROY", {"rd": guest.rd, "ipa": 0, "level": 0})


def _read(w: World, guest: Guest, level: int, *out: int) -> Stimulus:
    return Stimulus(w, "RTT_READ_ENTRY", {"rd": guest.rd, "ipa": P, "level": level}, out=out)


@story("rtt.read_short")
def _() -> Stimulus:
    w, guest = new_realm(1)
    return _read(w, guest, 3, 1, 0, 0, EMPTY)


@story("rtt.read_table")
def _() -> Stimulus:
    w, guest = new_realm(3)
    return _read(w, guest, 2, 2, 2, guest.tables[0, 3, P], 0)


@story("rtt.read_assigned_destroyed")
def _() -> Stimulus:
    w, guest = new_realm(3)
    destroyed_page(w, guest)
    return _read(w, guest, 3, 3, 1, w.data(guest, P), DESTROYED)
