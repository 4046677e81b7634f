"""Calls of granules, data and RIPAS (see `fixture`)."""

from __future__ import annotations

from tests.replay.conformance.host import (
    EMPTY,
    GB,
    MB2,
    PAGE,
    PROTECTED,
    RAM,
    UNPROTECTED,
    ZEROS,
    Guest,
    Run,
)
from tests.replay.conformance.rmm_1_0.fixture import (
    block,
    fixture,
    protected_ipa,
    tables_for,
    wrong_state,
)
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Defects, Stimulus

# --- granules ---------------------------------------------------------------------


@fixture
def granule_delegate(w: World, bad: Defects) -> Stimulus:
    page = w.page()

    def after() -> None:
        w.do("GRANULE_DELEGATE", page, x0=1)  # is DELEGATED now
        w.do("GRANULE_UNDELEGATE", page)

    return Stimulus(w, "GRANULE_DELEGATE", {"addr": page}, after=after)


@fixture
def granule_undelegate(w: World, bad: Defects) -> Stimulus:
    return Stimulus(w, "GRANULE_UNDELEGATE", {"addr": w.delegated()})


# --- data ---------------------------------------------------------------------------


@fixture
def data_create(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    ipa = _data_situation(w, guest, bad)
    wrong_state(w, guest, bad)
    src, data = w.page(), w.delegated()

    def after() -> None:
        w.reads(guest, ipa, 3, state=1, desc=data, ripas=RAM)
        w.do("GRANULE_UNDELEGATE", data, x0=1)  # is DATA now

    args = {"rd": guest.rd, "data": data, "ipa": ipa, "src": src, "flags": 1}
    return Stimulus(w, "DATA_CREATE", args, mem={src: bytes(8)}, after=after)


@fixture
def data_create_unknown(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    ipa = _data_situation(w, guest, bad)
    w.activate(guest)
    return Stimulus(w, "DATA_CREATE_UNKNOWN", {"rd": guest.rd, "data": w.delegated(), "ipa": ipa})


def _data_situation(w: World, guest: Guest, bad: Defects) -> int:
    ipa = protected_ipa(bad)
    tables_for(w, guest, ipa, bad)
    if bad.has("entry assigned"):
        if ipa == UNPROTECTED:
            w.map_ns(guest, ipa)
        else:
            w.data(guest, ipa)
    return ipa


@fixture
def data_destroy(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    ipa = protected_ipa(bad)
    short = bad.has("walk short")
    tables_for(w, guest, ipa, bad)
    data = 0
    if ipa == PROTECTED and not short and not bad.has("entry unassigned"):
        # RAM, that the end of the page can be seen.
        w.init_ripas(guest, ipa, ipa + PAGE)
        data = w.data(guest, ipa)

    def after() -> None:
        w.reads(guest, ipa, 3, state=0, ripas=2)
        w.do("GRANULE_UNDELEGATE", data)

    # Nothing else is mapped: the run of non-live entries ends with the table, of
    # level 3 (2 MiB) or, if that is missing, of level 2 (1 GiB).
    top = 2 * GB if short else ipa + MB2
    return Stimulus(
        w, "DATA_DESTROY", {"rd": guest.rd, "ipa": ipa}, None, (data, top), (0, top), after=after
    )


# --- RIPAS --------------------------------------------------------------------------------


@fixture
def rtt_init_ripas(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    base, pages = PROTECTED, 1
    inside = bad.has("base inside block")
    if inside or bad.has("top inside block"):
        w.tables(guest, base, 2)
        base += PAGE if inside else 0
    else:
        w.tables(guest, base, 3)
    if bad.has("entry assigned"):
        if inside:
            block(w, guest, PROTECTED)
        else:
            w.data(guest, base)
    top = _top(base, pages, 1 << 39, bad)
    wrong_state(w, guest, bad)
    args = {"rd": guest.rd, "base": base, "top": top}
    return Stimulus(w, "RTT_INIT_RIPAS", args, out=(top,))


def _top(base: int, pages: int, limit: int, bad: Defects) -> int:
    """The end of a range, or a wrong one; `limit` is the largest that is right."""
    top = base + pages * PAGE
    if bad.has("top limit"):
        top = limit + PAGE
    if bad.has("top below"):
        top = base - PAGE
    return top + 1 if bad.has("unaligned top") else top


@fixture
def rtt_set_ripas(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    rec = w.rec(guest)
    inside, within = bad.has("base inside block"), bad.has("top inside block")
    base = PROTECTED + (PAGE if inside else 0)
    moved = bad.has("base moved")
    # Where the walk must find the block's first page, the request lies a page before.
    first = base - PAGE if moved and within else base
    _ram(w, guest, 2 if inside or within else 3)
    w.activate(guest)
    w.ripas_request(rec, first, base + 4 * PAGE, EMPTY)
    if bad.has("rec foreign"):
        other = w.realm()
        rec = w.rec(other)
        w.activate(other)
        w.ripas_request(rec, first, base + 4 * PAGE, EMPTY)
    if bad.has("rec running"):
        w.pretend(rec, running=True)  # entering it would end the request
    if moved and not within:
        base += PAGE
    pages = 1 if within else 3
    top = _top(base, pages, PROTECTED + 5 * PAGE, bad)

    def after() -> None:
        w.reads(guest, base, 3, state=0, ripas=EMPTY)
        w.enter(rec, Run.interrupted([0, top, *ZEROS[2:]]))

    args = {"rd": guest.rd, "rec": rec, "base": base, "top": top}
    return Stimulus(w, "RTT_SET_RIPAS", args, out=(top,), after=after)


def _ram(w: World, guest: Guest, level: int) -> None:
    """RIPAS RAM from PROTECTED on, 2 MiB, in entries of a level."""
    w.tables(guest, PROTECTED, level)
    w.init_ripas(guest, PROTECTED, PROTECTED + MB2)
