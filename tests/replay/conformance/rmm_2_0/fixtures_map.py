"""Calls that map and unmap ranges (see `fixture`)."""

from __future__ import annotations

from tests.replay.conformance import pages
from tests.replay.conformance.host import EMPTY, MB2, PAGE, PROTECTED, RAM, UNPROTECTED
from tests.replay.conformance.rmm_2_0.fixture import DEVICE, fixture, rd_of, world, wrong_state
from tests.replay.conformance.rmm_2_0.world import (
    NONE,
    SINGLE,
    UNDELEGATED,
    UNPROT_DESC,
    UNPROT_FLAGS,
    ranges,
)
from tests.replay.conformance.stimulus import Defects, NotRunnable, Stimulus

P, U = PROTECTED, UNPROTECTED


@fixture
def rtt_data_map_init(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    w.tables(guest, P, 2 if bad.has("rtt_walk") else 3)
    if bad.has("rtte_state"):
        w.data(guest, P)
    wrong_state(w, guest, bad, off=False)
    if bad.has("drain"):
        w.drain(guest, P)
    src = w.delegated() if bad.has("src") else w.page()
    data = w.page() if bad.has("data_state") else w.delegated()
    if bad.has("lpa2"):
        data = w.high()
    flags = 2 if bad.has("flags") else 1
    ipa = U if bad.has("ipa") else P
    if bad.has("alias"):
        data = guest.rd

    def after() -> None:
        w.reads(guest, P, 3, state=1, desc=data, ripas=RAM)

    args = {"rd": rd_of(w, guest, bad), "data": data, "ipa": ipa, "src": src, "flags": flags}
    level = 3 if "rtte_state" in bad.wanted else 2
    mem = None if "src" in bad.wanted else pages.words(src, {0: 1})
    return Stimulus(w, "RTT_DATA_MAP_INIT", args, mem, level=level, after=after)


@fixture
def rtt_data_map(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    large = bad.has("block_size")
    taken = bad.has("rtte_state")
    w.tables(guest, P, 2 if large or bad.has("rtt_walk") else 3)
    if taken:
        w.data(guest, P)
    wrong_state(w, guest, bad, off=True)
    if bad.has("drain"):
        w.drain(guest, P)
    data = w.page() if bad.has("gran_state") else w.delegated()
    base = U if bad.has("ipa") else P
    top = base if bad.has("size") else base + PAGE
    state = UNDELEGATED if bad.has("desc_state") else 0
    desc = ranges((data, 1), size=int(large), state=state)[0]

    def after() -> None:
        w.reads(guest, P, 3, state=1, desc=data, ripas=EMPTY)

    args = {
        "rd": rd_of(w, guest, bad),
        "base": base,
        "top": top,
        "flags": NONE if bad.has("oaddr") else SINGLE,
        "oaddr": desc,
    }
    level = 3 if taken else 2
    return Stimulus(w, "RTT_DATA_MAP", args, out=(top,), level=level, after=after)


@fixture
def rtt_data_unmap(bad: Defects) -> Stimulus:
    w = world(bad)
    shared = bad.has("aux")
    guest = w.realm(planes=int(shared))
    inside = bad.has("base_align")
    if bad.has("first_entry") or inside:
        w.tables(guest, P, 2)
        w.init_ripas(guest, P, P + MB2)
        data = w.block(guest, P)
    else:
        w.tables(guest, P, 3)
        w.init_ripas(guest, P, P + PAGE)
        data = w.data(guest, P)
    if shared:
        w.table(guest, P, 3, 1)
        w.do("RTT_AUX_MAP_PROTECTED", guest.rd, P, 1)
    base = U if bad.has("ipa") else P + PAGE if inside else P
    top = base + PAGE
    args = {
        "rd": rd_of(w, guest, bad),
        "base": base,
        "top": top + 8 if bad.has("align") else top,
        "flags": SINGLE,
        "oaddr": 8 if bad.has("oaddr") else 0,
    }
    return Stimulus(w, "RTT_DATA_UNMAP", args, out=(top, *ranges((data, 1)), 0), level=2)


@fixture
def rtt_unprot_map(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    large, short = bad.has("block_size"), bad.has("rtt_walk")
    w.tables(guest, U, 2 if large or short else 3)
    wrong_state(w, guest, bad, off=True)
    taken = bad.has("rtte_state")
    if taken:
        w.map_ns(guest, U)
    base = P if bad.has("ipa") else U
    top = base if bad.has("size") else base + PAGE
    flags = SINGLE | UNPROT_FLAGS
    if bad.has("oaddr"):
        flags = UNPROT_FLAGS
    if bad.has("attr"):
        flags |= 1 << 21
    if bad.has("desc"):
        flags = SINGLE | 4 << 16 | 3 << 19  # the reserved MemAttr
    page = w.page(512, MB2) if large else w.page()
    oaddr = ranges((page, 1), size=int(large), state=UNDELEGATED)[0]

    def after() -> None:
        w.reads(guest, U, 3, state=1, desc=page | UNPROT_DESC)

    args = {
        "rd": rd_of(w, guest, bad),
        "base": base,
        "top": top,
        "flags": flags,
        "oaddr": oaddr,
    }
    return Stimulus(w, "RTT_UNPROT_MAP", args, out=(top,), level=3 if taken else 2, after=after)


@fixture
def rtt_unprot_unmap(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    base = U
    inside = bad.has("base_align")
    if inside or bad.has("first_entry"):
        w.tables(guest, U, 2)
        base += PAGE if inside else 0
    else:
        w.map_ns(guest, U)
    if bad.has("ipa"):
        base = P
    top = base + PAGE
    args = {
        "rd": rd_of(w, guest, bad),
        "base": base,
        "top": top + 8 if bad.has("align") else top,
        "flags": NONE,
        "oaddr": 8 if bad.has("oaddr") else 0,
    }
    return Stimulus(w, "RTT_UNPROT_UNMAP", args, out=(top, 0, 0), level=2)


@fixture
def rtt_dev_map(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    if bad.wanted <= {"sro", "drain"}:
        raise NotRunnable(DEVICE)
    args = {
        "rd": rd_of(w, guest, bad),
        "vdev": w.delegated(),
        "base": P,
        "top": P + PAGE,
        "flags": NONE if bad.has("inputs") else SINGLE,
        "oaddr": ranges((w.delegated(), 1))[0],
    }
    return Stimulus(w, "RTT_DEV_MAP", args)


@fixture
def rtt_dev_unmap(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    w.tables(guest, P, 3)
    # Nothing is mapped: the empty entry is passed over.
    args = {"rd": rd_of(w, guest, bad), "base": P, "top": P + PAGE, "flags": NONE, "oaddr": 0}
    return Stimulus(w, "RTT_DEV_UNMAP", args, out=(P + PAGE, 0, 0))
