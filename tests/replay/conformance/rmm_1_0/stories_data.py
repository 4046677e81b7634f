"""Stories of data and of unprotected mappings."""

from __future__ import annotations

from tests.replay.conformance.host import (
    DESTROYED,
    DEVICE,
    GB,
    MB2,
    PAGE,
    PROTECTED,
    UNPROTECTED,
    Guest,
)
from tests.replay.conformance.rmm_1_0.fixture import block
from tests.replay.conformance.rmm_1_0.stories import destroyed_page, new_realm, story
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Stimulus, Story

P, U = PROTECTED, UNPROTECTED

# --- data -------------------------------------------------------------------------


def _data_create(w: World, guest: Guest, ipa: int = P, *, flags: int = 0) -> Stimulus:
    src = w.page()
    args = {"rd": guest.rd, "data": w.delegated(), "ipa": ipa, "src": src, "flags": flags}
    return Stimulus(w, "DATA_CREATE", args, mem={src: bytes(8)})


def _data_destroy(w: World, guest: Guest, data: int, top: int) -> Stimulus:
    return Stimulus(w, "DATA_DESTROY", {"rd": guest.rd, "ipa": P}, None, (data, top), (0, top))


@story("data.same_ipa_twice")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.data(guest, P)
    return _data_create(w, guest)


@story("data.flags_measure")
def _() -> Stimulus:
    w, guest = new_realm(3)
    first = _data_create(w, guest, flags=1)
    w.do("DATA_CREATE", *first.args.values(), mem=first.mem)
    return _data_create(w, guest, P + PAGE, flags=0)


@story("data.src_eq_other_realm_data")
def _() -> Stimulus:
    w, guest = new_realm(3)
    stimulus = _data_create(w, guest)
    stimulus.args["src"], stimulus.mem = w.granule_in("DATA"), None
    return stimulus


@story("data.unknown_destroyed")
def _() -> Stimulus:
    w, guest = new_realm(3)
    destroyed_page(w, guest)
    data = w.delegated()
    return Stimulus(
        w,
        "DATA_CREATE_UNKNOWN",
        {"rd": guest.rd, "data": data, "ipa": P},
        after=lambda: w.reads(guest, P, 3, state=1, desc=data, ripas=DESTROYED),
    )


@story("data.destroy_destroyed")
def _() -> Stimulus:
    w, guest = new_realm(3)
    destroyed_page(w, guest)
    stimulus = _data_destroy(w, guest, w.data(guest, P), P + MB2)
    stimulus.after = lambda: w.reads(guest, P, 3, state=0, ripas=DESTROYED)
    return stimulus


@story("data.destroy_top_next")
def _() -> Stimulus:
    w, guest = new_realm(3)
    data = w.data(guest, P)
    w.data(guest, P + 3 * PAGE)
    return _data_destroy(w, guest, data, P + 3 * PAGE)


@story("data.destroy_unmapped_top")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.data(guest, P + 2 * PAGE)
    return _data_destroy(w, guest, 0, P + 2 * PAGE)


@story("data.destroy_no_rtt_top")
def _() -> Stimulus:
    w, guest = new_realm(2)
    w.tables(guest, P + 5 * MB2, 3)  # the next entry that is live
    return _data_destroy(w, guest, 0, P + 5 * MB2)


@story("data.destroy_block_top")
def _() -> Stimulus:
    w, guest = new_realm(3)
    block(w, guest, P)
    return _data_destroy(w, guest, 0, P)


@story("data.destroy_input_top")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return Stimulus(w, "DATA_DESTROY", {"rd": guest.rd, "ipa": U})


@story("meas.order_dependent")
def _() -> Stimulus:
    w, guest = new_realm(3)
    first = _data_create(w, guest, P + PAGE)
    w.do("DATA_CREATE", *first.args.values(), mem=first.mem)
    return _data_create(w, guest, P)


# --- unprotected mappings -----------------------------------------------------------


def _map(w: World, guest: Guest, ipa: int, level: int, desc: int) -> Stimulus:
    args = {"rd": guest.rd, "ipa": ipa, "level": level, "desc": desc}
    return Stimulus(
        w,
        "RTT_MAP_UNPROTECTED",
        args,
        after=lambda: w.reads(guest, ipa, level, state=1, desc=desc),
    )


def _map_block(level: int) -> Story:
    def build() -> Stimulus:
        w, guest = new_realm(level, U)
        return _map(w, guest, (1 << 39) + GB, level, GB)

    return build


story("ns.map_block_l2")(_map_block(2))
story("ns.map_block_l1")(_map_block(1))


@story("ns.map_over_table")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return _map(w, guest, U, 2, w.page(512, MB2))


@story("ns.map_realm_pa")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return _map(w, guest, U, 3, w.delegated())


@story("ns.map_device_pa")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return _map(w, guest, U, 3, DEVICE)


def _unmap(w: World, guest: Guest, top: int) -> Stimulus:
    args = {"rd": guest.rd, "ipa": U, "level": 3}
    return Stimulus(w, "RTT_UNMAP_UNPROTECTED", args, None, (top,), (top,))


@story("ns.unmap_top")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    w.map_ns(guest, U)
    w.map_ns(guest, U + 4 * PAGE)
    return _unmap(w, guest, U + 4 * PAGE)


@story("ns.unmap_twice")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    w.map_ns(guest, U)
    w.do("RTT_UNMAP_UNPROTECTED", guest.rd, U, 3, out=[U + MB2])
    return _unmap(w, guest, U + MB2)
