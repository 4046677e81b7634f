"""Calls of tables and RIPAS (see `fixture`)."""

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
from tests.replay.conformance.rmm_2_0.fixture import fixture, rd_of, world, wrong_state
from tests.replay.conformance.rmm_2_0.world import World
from tests.replay.conformance.stimulus import Defects, Stimulus

P, U = PROTECTED, UNPROTECTED


def _ipa(bad: Defects, ipa: int = P) -> int:
    """Not aligned to anything, if it shall be wrong."""
    return ipa + 8 if bad.has("ipa") else ipa


def _level(bad: Defects) -> int:
    return 4 if bad.has("level") else 3


@fixture
def rtt_create(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    short, table = bad.has("rtt_walk"), bad.has("rtte_state")
    w.tables(guest, P, 1 if short else 3 if table else 2)
    rtt = w.high() if bad.has("lpa2") else w.delegated()
    if bad.has("states"):
        rtt = w.page()
    args = {"rd": guest.rd, "rtt": rtt, "ipa": _ipa(bad), "level": _level(bad)}
    return Stimulus(w, "RTT_CREATE", args, level=1 if short else 2)


@fixture
def rtt_destroy(bad: Defects) -> Stimulus:
    if bad.has("aux_ref"):
        return _shared_table()
    w = World()
    guest = w.realm()
    short, live = bad.has("rtt_walk"), bad.has("rtt_live")
    w.tables(guest, P, 2 if short else 3)
    if live:
        w.data(guest, P + 3 * PAGE)
    rtt = guest.tables.get((0, 3, P), 0)

    def after() -> None:
        w.reads(guest, P, 3, at=2, state=0, ripas=2)
        w.undelegate(rtt)

    args = {"rd": rd_of(w, guest, bad), "ipa": _ipa(bad), "level": _level(bad)}
    return Stimulus(
        w,
        "RTT_DESTROY",
        args,
        out=(rtt, 2 * GB),
        out_rtt=(0, P if live else 2 * GB),
        level=3 if live else 2,
        after=after,
    )


def _shared_table() -> Stimulus:
    """A table of the unprotected half that an auxiliary tree shares."""
    w = World()
    guest = w.realm(planes=1)
    half = 1 << 39
    w.table(guest, half, 1)
    w.do("RTT_AUX_MAP_UNPROTECTED", guest.rd, half, 1)
    args = {"rd": guest.rd, "ipa": half, "level": 1}
    return Stimulus(w, "RTT_DESTROY", args, out_rtt=(0, half), level=0)


@fixture
def rtt_fold(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm()
    short, none, mixed = bad.has("rtt_walk"), bad.has("rtte_state"), bad.has("rtt_homo")
    w.tables(guest, P, 1 if short else 2 if none else 3)
    if mixed:
        w.data(guest, P + 3 * PAGE)
    rtt = guest.tables.get((0, 3, P), 0)

    def after() -> None:
        w.reads(guest, P, 3, at=2, state=0)
        w.undelegate(rtt)

    args = {"rd": rd_of(w, guest, bad), "ipa": _ipa(bad), "level": _level(bad)}
    level = 3 if mixed else 2 if none else 1
    return Stimulus(w, "RTT_FOLD", args, out=(rtt,), level=level, after=after)


@fixture
def rtt_read_entry(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm()
    data = w.data(guest, P)
    args = {"rd": rd_of(w, guest, bad), "ipa": _ipa(bad), "level": _level(bad)}
    return Stimulus(w, "RTT_READ_ENTRY", args, out=(3, 1, data, EMPTY))


@fixture
def rtt_init_ripas(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm()
    inside, small = bad.has("base_align"), bad.has("progress")
    w.tables(guest, P, 2 if inside or small else 3)
    base = P + PAGE if inside else P
    top = base if bad.has("size") else base + PAGE
    if bad.has("range"):
        base, top = U, U + (top - base)
    wrong_state(w, guest, bad, off=False)
    args = {"rd": rd_of(w, guest, bad), "base": base, "top": top}
    return Stimulus(w, "RTT_INIT_RIPAS", args, out=(top,), level=2)


@fixture
def rtt_set_ripas(bad: Defects) -> Stimulus:
    w = world(bad)
    planes = 1 if bad.has("aux") else 0
    guest = w.realm(planes=planes)
    rec = w.rec(guest)
    inside, small = bad.has("base_align"), bad.has("progress")
    w.tables(guest, P, 2 if inside or small else 3)
    w.init_ripas(guest, P, P + MB2)
    if planes:
        w.data(guest, P)
        w.activate(guest)
        w.table(guest, P, 3, 1)
        w.do("RTT_AUX_MAP_PROTECTED", guest.rd, P, 1)
    w.activate(guest)
    base = P + PAGE if inside else P
    w.ripas_request(rec, base, base + 2 * PAGE, EMPTY)
    if bad.has("owner"):
        other = w.realm()
        rec = w.rec(other)
        w.activate(other)
        w.ripas_request(rec, base, base + 2 * PAGE, EMPTY)
    if bad.has("running"):
        w.begin(rec)
    if bad.has("states"):
        rec = w.delegated()
    top = base if bad.has("size") else base + 2 * PAGE
    if bad.has("bounds"):
        top += PAGE

    def after() -> None:
        w.reads(guest, base + PAGE, 3, state=0, ripas=EMPTY)
        w.reads(guest, base + 2 * PAGE, 3, state=0, ripas=RAM)
        w.enter(rec, Run.interrupted([0, top, *ZEROS[2:]]))

    args = {"rd": guest.rd, "rec": rec, "base": base, "top": top}
    aux = (P,) * planes  # X1: where an auxiliary mapping is in the way
    return Stimulus(w, "RTT_SET_RIPAS", args, None, (top,), aux, level=2, after=after)


def _asks_nothing(w: World, bad: Defects) -> tuple[Guest, int]:
    """(realm, REC) without any request, or a REC that is wrong for the realm."""
    guest = w.realm()
    rec = w.rec(guest)
    w.activate(guest)
    if bad.has("owner"):
        rec = w.rec(w.realm())
    if bad.has("running"):
        w.begin(rec)
    if bad.has("states"):
        rec = w.delegated()
    return guest, rec


def _of_request(name: str, bad: Defects) -> Stimulus:
    w = world(bad)
    guest, rec = _asks_nothing(w, bad)
    bad.has("bounds")  # nothing was asked for, so no range is right
    top = P if bad.has("size") else P + PAGE
    return Stimulus(w, name, {"rd": guest.rd, "rec": rec, "base": P, "top": top})


@fixture
def rtt_set_s2ap(bad: Defects) -> Stimulus:
    return _of_request("RTT_SET_S2AP", bad)


@fixture
def rtt_dev_validate(bad: Defects) -> Stimulus:
    return _of_request("RTT_DEV_VALIDATE", bad)


# --- auxiliary trees --------------------------------------------------------------


@fixture
def rtt_aux_create(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm(planes=1)
    short = bad.has("rtt_walk")
    w.table(guest, P, 1 if short else 2, 1)
    ipa = P + 8 if bad.has("base_checks") else P
    index = 0 if bad.has("aux") else 1
    args = {"rd": guest.rd, "rtt": w.delegated(), "ipa": ipa, "level": 3, "index": index}
    return Stimulus(w, "RTT_AUX_CREATE", args, level=1)


@fixture
def rtt_aux_destroy(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm(planes=1)
    w.table(guest, P, 2 if bad.has("rtt_walk") else 3, 1)
    ipa = P + 8 if bad.has("base_checks") else P
    index = 0 if bad.has("aux") else 1
    rtt = guest.tables.get((1, 3, P), 0)
    args = {"rd": guest.rd, "ipa": ipa, "level": 3, "index": index}
    return Stimulus(w, "RTT_AUX_DESTROY", args, out=(rtt, 2 * GB), out_rtt=(0, 2 * GB), level=2)


@fixture
def rtt_aux_fold(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm(planes=1)
    w.table(guest, P, 1 if bad.has("rtt_walk") else 3, 1)
    index = 0 if bad.has("aux") else 1
    rtt = guest.tables.get((1, 3, P), 0)
    ipa = P + 8 if bad.has("base_checks") else P
    args = {"rd": guest.rd, "ipa": ipa, "level": 3, "index": index}
    return Stimulus(w, "RTT_AUX_FOLD", args, out=(rtt,), level=1)


@fixture
def rtt_aux_map_protected(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm(planes=1)
    if not bad.has("pri"):
        w.tables(guest, P, 3)
        w.init_ripas(guest, P, P + PAGE)
        w.data(guest, P)
    else:
        w.tables(guest, P, 3)
    short, gone = bad.has("aux_level"), bad.has("aux_destroyed")
    w.table(guest, P, 2 if short else 3, 1)
    if gone:
        # A table destroyed leaves a DESTROYED entry; unfolded, 512 of them.
        rtt = guest.tables.pop((1, 3, P))
        w.do("RTT_AUX_DESTROY", guest.rd, P, 3, 1, out=[rtt, 2 * GB])
        w.table(guest, P, 3, 1)
    wrong_state(w, guest, bad, off=True)
    ipa = P + 8 if bad.has("ipa") else U if bad.has("prot") else P
    args = {"rd": rd_of(w, guest, bad), "ipa": ipa, "index": 0 if bad.has("index") else 1}
    # X1.. of its failures (tf-rmm-behaviour, section 10.11): tree, level and state of
    # the primary entry; or what the auxiliary entry is, and the primary RIPAS.
    out = (0, 0, 0, 0)
    level = 3
    if bad.wanted & {"pri"}:
        out = (0, 3, 0, EMPTY)
    elif short:
        out, level = (1, 3, 0, RAM), 2
    elif gone:
        out = ((P >> 12) & 511, 3, 5, RAM)
    return Stimulus(w, "RTT_AUX_MAP_PROTECTED", args, out_rtt=out, out_fail=out, level=level)
