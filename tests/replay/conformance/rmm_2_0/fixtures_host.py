"""Calls of boot, granules and realms (see `fixture`)."""

from __future__ import annotations

from typing import Any

from tests.replay.conformance import pages
from tests.replay.conformance.host import DEVICE, GB, PAGE, PROTECTED
from tests.replay.conformance.rmm_2_0.fixture import fixture, rd_of, world, wrong_state
from tests.replay.conformance.rmm_2_0.world import World, platform
from tests.replay.conformance.stimulus import Defects, Stimulus

# --- boot -------------------------------------------------------------------------


@fixture
def version(bad: Defects) -> Stimulus:
    req = 0x10000 if bad.has("version") else 0x20000
    out = (0x20000, 0x20000)
    return Stimulus(World(active=False), "VERSION", {"req": req}, out=out, out_fail=out)


@fixture
def features(bad: Defects) -> Stimulus:
    w = World(active=False)
    return Stimulus(w, "FEATURES", {"index": 1}, out=(w.engine.header.features[1],))


@fixture
def rmm_config_get(bad: Defects) -> Stimulus:
    w = World()
    page = w.delegated() if bad.has("ptr_ns") else w.page()
    pointer = page + 8 if bad.has("ptr_align") else page
    out = pages.words(page, {0: 0})
    return Stimulus(w, "RMM_CONFIG_GET", {"config_ptr": pointer}, mem_out=out)


@fixture
def rmm_config_set(bad: Defects) -> Stimulus:
    w = World(active=bad.has("rmm_state"))
    page = w.page()
    pointer = page + 8 if bad.has("ptr_align") else page
    if bad.has("ptr_ns"):
        pointer = DEVICE
    mem = pages.words(page, {0: int(bad.has("value"))})
    return Stimulus(w, "RMM_CONFIG_SET", {"config_ptr": pointer}, mem)


@fixture
def rmm_activate(bad: Defects) -> Stimulus:
    w = World(active=bad.has("rmm_state"))
    return Stimulus(w, "RMM_ACTIVATE", after=lambda: w.do("RMM_ACTIVATE", x0=0xB))


# --- granules ---------------------------------------------------------------------


@fixture
def granule_tracking_get(bad: Defects) -> Stimulus:
    w = World()
    base = w.page()
    top = base if bad.has("bounds") else base + 4 * PAGE
    args = {"base": base + 8 if bad.has("align") else base, "top": top}
    return Stimulus(w, "GRANULE_TRACKING_GET", args, out=(0, 2, top))


@fixture
def granule_range_delegate(bad: Defects) -> Stimulus:
    w = World()
    base = w.page(4)
    top = base + 4 * PAGE
    if bad.has("size"):
        top = base
    if bad.has("gran_state"):
        w.delegate(base)
    if bad.has("gpt"):
        w.event("gpt", addr=base, pas="SECURE")
    if bad.has("align"):
        base += 8
    args = {"base": base, "top": top}
    return Stimulus(w, "GRANULE_RANGE_DELEGATE", args, out=(base + PAGE,), out_fail=(base,))


@fixture
def granule_range_undelegate(bad: Defects) -> Stimulus:
    w = World()
    page = w.page() if bad.has("gran_state") else w.delegated(4)
    base = page + 8 if bad.has("align") else page
    args = {"base": base, "top": base if bad.has("size") else page + 4 * PAGE}

    def after() -> None:
        w.delegate(base)

    return Stimulus(
        w, "GRANULE_RANGE_UNDELEGATE", args, out=(base + PAGE,), out_fail=(base,), after=after
    )


@fixture
def gpt_l1_create(bad: Defects) -> Stimulus:
    # That it is static always holds.
    bad.has("static")
    return Stimulus(World(), "GPT_L1_CREATE", {"addr": 34 * GB + (PAGE if bad.has("align") else 0)})


# --- realms -----------------------------------------------------------------------


@fixture
def realm_create(bad: Defects) -> Stimulus:
    full = bad.has("vmid")
    w = World(platform(da=not bad.has("da"), lpa2=not bad.has("lpa2"), vmids=1 if full else 256))
    if full:
        w.realm()
    fields: dict[str, Any] = {}
    flags = 0
    if bad.has("s2sz"):
        fields["width"] = 49
    if bad.has("bps_wps"):
        fields["num_bps"] = 2
    if bad.has("sve"):
        flags |= 1 << 1
    if "da" in bad.wanted:
        flags |= 1 << 3
    if bad.has("mec"):
        flags |= 2 << 7
    if "lpa2" in bad.wanted:
        flags |= 1 << 0
    if bad.has("pmu"):
        flags |= 1 << 2
    if bad.has("ipa_sl"):
        fields["start"] = 2
    if bad.has("rtt_num"):
        fields["num_start"] = 2
    if bad.has("planes"):
        fields |= {"planes": 4, "flags1": 1}
    if bad.has("plane_tree"):
        fields |= {"planes": 1, "flags1": 0}
    if bad.has("hash"):
        fields["hash_algo"] = 3
    root = w.delegated(4, 4 * PAGE)
    if bad.has("rtt_align"):
        fields |= {"start": 1, "num_start": 2}
        root += PAGE
    if bad.has("rtt_state"):
        w.undelegate(root)
    rd = w.page() if bad.has("rd_state") else w.delegated()
    page = w.page()
    mem = pages.realm_params(page, root, flags=flags, **fields)
    if bad.has("ats"):
        mem |= pages.words(page, {0x440: 1})  # of a plane that the realm does not have
    if bad.has("params_ns"):
        w.delegate(page)
        mem = {}

    def after() -> None:
        w.do("GRANULE_RANGE_UNDELEGATE", root, root + PAGE, x0=1, out=[root])
        w.do("RTT_READ_ENTRY", rd, 0, 0, out=[0, 0, 0, 0])
        w.do("RTT_READ_ENTRY", rd, 1 << 39, 0, out=[0, 0, 0, 0])
        w.do("REALM_ACTIVATE", rd)

    return Stimulus(w, "REALM_CREATE", {"rd": rd, "params_ptr": page}, mem, after=after)


@fixture
def realm_activate(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm()
    wrong_state(w, guest, bad, off=False)
    return Stimulus(w, "REALM_ACTIVATE", {"rd": rd_of(w, guest, bad)})


@fixture
def realm_terminate(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    if bad.has("running"):
        rec = w.rec(guest)
        w.activate(guest)
        w.begin(rec)

    def after() -> None:
        w.do("REALM_DESTROY", guest.rd)

    return Stimulus(w, "REALM_TERMINATE", {"rd": rd_of(w, guest, bad)}, after=after)


@fixture
def realm_destroy(bad: Defects) -> Stimulus:
    w = World()
    guest = w.realm()
    if bad.has("live"):
        w.tables(guest, PROTECTED, 1)
    if bad.has("recs"):
        w.rec(guest)
    if not bad.has("zombie"):
        w.do("REALM_TERMINATE", guest.rd)

    def after() -> None:
        w.undelegate(guest.rd)
        w.undelegate(guest.root)

    return Stimulus(w, "REALM_DESTROY", {"rd": rd_of(w, guest, bad)}, after=after)
