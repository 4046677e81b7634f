"""Stories of mapping and unmapping ranges."""

from __future__ import annotations

from tests.replay.conformance import pages
from tests.replay.conformance.host import (
    DESTROYED,
    EMPTY,
    MB2,
    PAGE,
    PROTECTED,
    RAM,
    UNPROTECTED,
    Guest,
)
from tests.replay.conformance.rmm_2_0.stories import new_realm, story
from tests.replay.conformance.rmm_2_0.world import (
    LIST,
    NONE,
    SINGLE,
    UNDELEGATED,
    UNPROT_FLAGS,
    World,
    ranges,
)
from tests.replay.conformance.stimulus import Stimulus, Story

P, U = PROTECTED, UNPROTECTED


# --- mapping data -----------------------------------------------------------------


def _map(
    w: World,
    guest: Guest,
    oaddr: int,
    *,
    base: int = P,
    size: int = PAGE,
    done: int = PAGE,
    flags: int = SINGLE,
    mem: dict[int, bytes] | None = None,
    level: int = 0,
) -> Stimulus:
    args = {"rd": guest.rd, "base": base, "top": base + size, "flags": flags, "oaddr": oaddr}
    return Stimulus(w, "RTT_DATA_MAP", args, mem, out=(base + done,), level=level)


def _pages(count: int, *, new: bool = True) -> Story:
    def build() -> Stimulus:
        w, guest = new_realm(3)
        if not new:
            w.activate(guest)
        data = w.delegated(count)
        stimulus = _map(w, guest, ranges((data, count))[0], size=count * PAGE, done=count * PAGE)

        def after() -> None:
            for i in range(count):
                w.reads(guest, P + i * PAGE, 3, state=1, desc=data + i * PAGE, ripas=EMPTY)

        stimulus.after = after
        return stimulus

    return build


story("map.single_4k")(_pages(1, new=False))
story("map.single_run")(_pages(4, new=False))
story("map.new_realm")(_pages(1))


@story("map.page_without_rtt")
def _() -> Stimulus:
    w, guest = new_realm(2)
    return _map(w, guest, ranges((w.delegated(), 1))[0])


@story("map.range_too_small")
def _() -> Stimulus:
    w, guest = new_realm(2)
    return _map(w, guest, ranges((w.page(512, MB2), 1), size=1)[0])


@story("map.list_count0")
def _() -> Stimulus:
    w, guest = new_realm(3)
    at, mem = w.listed(ranges((w.delegated(), 1)))
    return _map(w, guest, at, flags=LIST, mem=mem)


@story("map.type_none")
def _() -> Stimulus:
    w, guest = new_realm(3)
    return _map(w, guest, ranges((w.delegated(), 1))[0], flags=NONE)


@story("map.list_short")
def _() -> Stimulus:
    w, guest = new_realm(3)
    at, mem = w.listed(ranges((w.delegated(), 1), (w.delegated(), 1)))
    flags = LIST | 2 << 2
    return _map(w, guest, at, flags=flags, mem=mem, size=4 * PAGE, done=2 * PAGE)


@story("map.idempotent")
def _() -> Stimulus:
    w, guest = new_realm(3)
    data = w.data(guest, P)
    stimulus = _map(w, guest, ranges((data, 1))[0])
    stimulus.after = lambda: w.reads(guest, P, 3, state=1, desc=data)
    return stimulus


@story("map.other_pa")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.data(guest, P)
    return _map(w, guest, ranges((w.delegated(), 1))[0])


@story("map.draining")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.drain(guest, P)
    return _map(w, guest, ranges((w.delegated(), 1))[0])


@story("map.first_not_delegated")
def _() -> Stimulus:
    w, guest = new_realm(3)
    return _map(w, guest, ranges((w.page(), 1))[0])


@story("map.block_part_not_delegated")
def _() -> Stimulus:
    w, guest = new_realm(2)
    data = w.delegated(512, MB2)
    w.undelegate(data + 100 * PAGE)
    stimulus = _map(w, guest, ranges((data, 1), size=1)[0], size=MB2)
    stimulus.after_failure = lambda: w.undelegate(data)
    return stimulus


@story("map.unprotected")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return _map(w, guest, ranges((w.delegated(), 1))[0], base=U)


def _init(w: World, guest: Guest, data: int) -> Stimulus:
    src = w.page()
    args = {"rd": guest.rd, "data": data, "ipa": P, "src": src, "flags": 1}
    return Stimulus(w, "RTT_DATA_MAP_INIT", args, pages.words(src, {0: 1}))


@story("map.init_order")
def _() -> Stimulus:
    w, guest = new_realm(2)
    return _init(w, guest, w.page())


@story("map.init_active")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.activate(guest)
    return _init(w, guest, w.delegated())


@story("map.init_rim")
def _() -> Stimulus:
    w, guest = new_realm(3)
    data = w.delegated()
    stimulus = _init(w, guest, data)
    stimulus.after = lambda: w.reads(guest, P, 3, state=1, desc=data, ripas=RAM)
    return stimulus


# --- unmapping data ---------------------------------------------------------------


def _unmap(
    w: World,
    guest: Guest,
    *out: int,
    base: int = P,
    size: int = PAGE,
    flags: int = NONE,
    oaddr: int = 0,
    name: str = "RTT_DATA_UNMAP",
) -> Stimulus:
    args = {"rd": guest.rd, "base": base, "top": base + size, "flags": flags, "oaddr": oaddr}
    return Stimulus(w, name, args, out=out)


def _unmaps_listed(w: World, stimulus: Stimulus, written: list[int], count: int) -> Stimulus:
    """Make it one with a list of `count` slots for what is unmapped."""
    page = w.page()
    stimulus.args |= {"flags": LIST | count << 2, "oaddr": page}
    stimulus.mem_out = pages.words(page, {8 * i: word for i, word in enumerate(written)})
    return stimulus


@story("unmap.nonlive_too_large")
def _() -> Stimulus:
    w, guest = new_realm(2)
    return _unmap(w, guest)


@story("unmap.none")
def _() -> Stimulus:
    w, guest = new_realm(3)
    data = w.data(guest, P, 2)
    stimulus = _unmap(w, guest, P + 2 * PAGE, 0, 0, size=2 * PAGE)
    stimulus.after = lambda: w.undelegate(data + PAGE)
    return stimulus


def _scattered(w: World, guest: Guest, count: int) -> list[int]:
    """Pages at P.. whose PAs have a gap after each."""
    found = [w.delegated() for _ in range(2 * count)][::2]
    for i, page in enumerate(found):
        w.data(guest, P + i * PAGE, pa=page)
    return found


@story("unmap.single_break")
def _() -> Stimulus:
    w, guest = new_realm(3)
    found = _scattered(w, guest, 2)
    out = (P + PAGE, *ranges((found[0], 1)), 0)
    stimulus = _unmap(w, guest, *out, size=2 * PAGE, flags=SINGLE)
    stimulus.after = lambda: w.reads(guest, P + PAGE, 3, state=1, desc=found[1])
    return stimulus


@story("unmap.list")
def _() -> Stimulus:
    w, guest = new_realm(3)
    written = ranges(*((page, 1) for page in _scattered(w, guest, 4)))
    stimulus = _unmap(w, guest, P + 4 * PAGE, 0, 4, size=4 * PAGE)
    return _unmaps_listed(w, stimulus, written, 8)


@story("unmap.list_full")
def _() -> Stimulus:
    w, guest = new_realm(3)
    written = ranges(*((page, 1) for page in _scattered(w, guest, 4)[:2]))
    stimulus = _unmap(w, guest, P + 2 * PAGE, 0, 2, size=4 * PAGE)
    return _unmaps_listed(w, stimulus, written, 2)


@story("unmap.nothing_mapped")
def _() -> Stimulus:
    w, guest = new_realm(3)
    return _unmap(w, guest, P + 2 * PAGE, 0, 0, size=2 * PAGE)


def _of_block(offset: int) -> Story:
    def build() -> Stimulus:
        w, guest = new_realm(2)
        w.block(guest, P)
        return _unmap(w, guest, base=P + offset)

    return build


story("unmap.block_partial")(_of_block(0))
story("unmap.inside_block")(_of_block(PAGE))


def _leaves(ripas: int, left: int) -> Story:
    """What RIPAS an unmapped page has."""

    def build() -> Stimulus:
        w, guest = new_realm(3)
        if ripas == RAM:
            w.init_ripas(guest, P, P + PAGE)
        w.data(guest, P)
        stimulus = _unmap(w, guest, P + PAGE, 0, 0)
        stimulus.after = lambda: w.reads(guest, P, 3, state=0, ripas=left)
        return stimulus

    return build


story("unmap.ripas_ram")(_leaves(RAM, DESTROYED))
story("unmap.ripas_empty")(_leaves(EMPTY, EMPTY))


# --- the unprotected half ---------------------------------------------------------


def _map_ns(w: World, guest: Guest, page: int, *, base: int = U, flags: int = 0) -> Stimulus:
    args = {
        "rd": guest.rd,
        "base": base,
        "top": base + PAGE,
        "flags": SINGLE | UNPROT_FLAGS | flags,
        "oaddr": ranges((page, 1), state=UNDELEGATED)[0],
    }
    return Stimulus(w, "RTT_UNPROT_MAP", args, out=(base + PAGE,))


@story("unprot.identical")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return _map_ns(w, guest, w.map_ns(guest, U))


@story("unprot.bad_s2ap")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return _map_ns(w, guest, w.page(), flags=1 << 21)


@story("unprot.protected")
def _() -> Stimulus:
    w, guest = new_realm(3)
    return _map_ns(w, guest, w.page(), base=P)


@story("unprot.system_off")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    w.system_off(guest)
    return _map_ns(w, guest, w.page())


def _unmap_ns(w: World, guest: Guest, *out: int, flags: int = NONE) -> Stimulus:
    return _unmap(w, guest, *out, base=U, flags=flags, name="RTT_UNPROT_UNMAP")


@story("unprot.unmap")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    w.map_ns(guest, U)
    stimulus = _unmap_ns(w, guest, U + PAGE, 0, 0)
    stimulus.after = lambda: w.reads(guest, U, 3, state=0)
    return stimulus


@story("unprot.unmap_twice")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    return _unmap_ns(w, guest, U + PAGE, 0, 0)


@story("unprot.single_desc_state")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    page = w.map_ns(guest, U)
    return _unmap_ns(w, guest, U + PAGE, *ranges((page, 1)), 0, flags=SINGLE)


@story("unprot.list_desc_state")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    page = w.map_ns(guest, U)
    stimulus = _unmap_ns(w, guest, U + PAGE, 0, 1)
    return _unmaps_listed(w, stimulus, ranges((page, 1), state=UNDELEGATED), 8)
