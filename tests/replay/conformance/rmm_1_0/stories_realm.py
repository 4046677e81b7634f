"""Stories of granules, realms, RECs and versions."""

from __future__ import annotations

from tests.replay.conformance import pages
from tests.replay.conformance.host import MB2, PAGE, PROTECTED, Guest
from tests.replay.conformance.rmm_1_0.fixture import FIXTURES
from tests.replay.conformance.rmm_1_0.stories import new_realm, running_realm, story
from tests.replay.conformance.rmm_1_0.world import AUX_COUNT, VMID_BITS, World, platform
from tests.replay.conformance.stimulus import Defects, Stimulus, Story

# --- versions and features ------------------------------------------------------


def _version(revisions: str, req: str, lower: str, higher: str) -> Story:
    """An RMM of these revisions is asked for `req` (fact sheet 1.0, section 9)."""

    def build() -> Stimulus:
        w = World(platform(revisions=[_revision(r) for r in revisions.split(",")]))
        out = (_revision(lower), _revision(higher))
        return Stimulus(w, "VERSION", {"req": _revision(req)}, out=out, out_fail=out)

    return build


def _revision(text: str) -> int:
    major, minor = text.split(".")
    return int(major, 0) << 16 | int(minor)


story("RMI_VERSION ok")(_version("1.0", "1.0", "1.0", "1.0"))
story("ver.reserved_bit31")(_version("1.0", "0x8001.0", "1.0", "1.0"))
for _has, _req, _lower, _higher in (
    ("1.0", "0.9", "1.0", "1.0"),
    ("1.0", "2.0", "1.0", "1.0"),
    ("1.0,1.1", "1.0", "1.0", "1.1"),
    ("1.0,1.1", "1.1", "1.1", "1.1"),
    ("1.0,1.1", "1.2", "1.1", "1.1"),
    ("1.0,1.1", "2.0", "1.1", "1.1"),
    ("1.0,1.1,1.3", "1.2", "1.1", "1.3"),
    ("2.0,2.1", "1.0", "2.1", "2.1"),
    ("1.0,2.0", "1.0", "1.0", "2.0"),
    ("1.0,2.0", "1.5", "1.0", "2.0"),
    ("1.0,2.0", "3.0", "2.0", "2.0"),
):
    story(f"ver.{{{_has}}}.{_req}")(_version(_has, _req, _lower, _higher))


@story("features.index0")
def _() -> Stimulus:
    w = World()
    return Stimulus(w, "FEATURES", {"index": 0}, out=(w.engine.header.features[0],))


@story("features.index1")
def _() -> Stimulus:
    return Stimulus(World(), "FEATURES", {"index": 1}, out=(0,))


# --- granules ---------------------------------------------------------------------


@story("gr.delegate_undelegate_cycle")
def _() -> Stimulus:
    w = World()
    page = w.delegated()
    w.do("GRANULE_UNDELEGATE", page)
    return Stimulus(w, "GRANULE_DELEGATE", {"addr": page})


@story("gr.undelegate_undelegated")
def _() -> Stimulus:
    w = World()
    return Stimulus(w, "GRANULE_UNDELEGATE", {"addr": w.page()})


def _of_state(name: str, state: str) -> Story:
    def build() -> Stimulus:
        w = World()
        return Stimulus(w, name, {"addr": w.granule_in(state)})

    return build


for _state in ("RD", "REC", "REC_AUX", "RTT", "DATA"):
    story(f"gr.delegate_{_state.lower()}")(_of_state("GRANULE_DELEGATE", _state))
story("gr.undelegate_rtt")(_of_state("GRANULE_UNDELEGATE", "RTT"))


@story("gr.undelegate_after_destroy")
def _() -> Stimulus:
    w, guest = new_realm(3)
    data = w.data(guest, PROTECTED)
    w.do("DATA_DESTROY", guest.rd, PROTECTED, out=[data, PROTECTED + MB2])
    return Stimulus(w, "GRANULE_UNDELEGATE", {"addr": data})


# --- realms -----------------------------------------------------------------------


def _create(w: World, *, width: int, start: int, num_start: int, vmid: int = 7) -> Stimulus:
    root = w.delegated(num_start, num_start * PAGE)
    rd, page = w.delegated(), w.page()
    mem = w.realm_params(page, root, width=width, start=start, num_start=num_start, vmid=vmid)
    return Stimulus(w, "REALM_CREATE", {"rd": rd, "params_ptr": page}, mem)


def _shape(width: int, start: int, num_start: int) -> Story:
    def build() -> Stimulus:
        w = World()
        stimulus = _create(w, width=width, start=start, num_start=num_start)
        rd = stimulus.args["rd"]

        def after() -> None:
            # Every one of its tables is there, empty; the upper half unprotected.
            guest = Guest(rd, 0)
            for n in range(2 * num_start):
                ipa = n * (1 << width) // (2 * num_start)
                w.reads(guest, ipa, start, state=0)

        stimulus.after = after
        return stimulus

    return build


for _w, _s, _n in ((34, 2, 16), (40, 1, 2), (48, 0, 1), (43, 1, 16)):
    story(f"realm.start_{_w}_{_s}_{_n}")(_shape(_w, _s, _n))
for _w, _s, _n in ((40, 1, 1), (35, 2, 32), (40, 2, 16), (40, -1, 1), (49, 0, 2)):
    story(f"realm.badstart_{_w}_{_s}_{_n}")(_shape(_w, _s, _n))


@story("realm.create_twice_same_rd")
def _() -> Stimulus:
    w = World()
    guest = w.realm()
    stimulus = _create(w, width=40, start=0, num_start=1)
    stimulus.args["rd"] = guest.rd
    return stimulus


@story("realm.vmid_reuse_after_destroy")
def _() -> Stimulus:
    w = World()
    guest = w.realm()  # VMID 0
    w.do("REALM_DESTROY", guest.rd)
    return _create(w, width=40, start=0, num_start=1, vmid=0)


@story("realm.rd_equals_last_root")
def _() -> Stimulus:
    w = World()
    root, page = w.delegated(2, 2 * PAGE), w.page()
    mem = w.realm_params(page, root, width=40, start=1, num_start=2)
    return Stimulus(w, "REALM_CREATE", {"rd": root + PAGE, "params_ptr": page}, mem)


@story("realm.vmid_width8")
def _() -> Stimulus:
    return _create(World(), width=40, start=0, num_start=1, vmid=1 << VMID_BITS)


@story("realm.flags_reserved")
def _() -> Stimulus:
    w = World()
    root, rd, page = w.delegated(), w.delegated(), w.page()
    mem = w.realm_params(page, root, flags=1 << 3)
    return Stimulus(w, "REALM_CREATE", {"rd": rd, "params_ptr": page}, mem)


@story("realm.activate_twice")
def _() -> Stimulus:
    w, guest = new_realm()
    w.activate(guest)
    return Stimulus(w, "REALM_ACTIVATE", {"rd": guest.rd})


@story("realm.destroy_new")
def _() -> Stimulus:
    return FIXTURES["RMI_REALM_DESTROY"](World(), Defects(frozenset()))


@story("realm.destroy_active_clean")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.do("REC_DESTROY", rec)
    w.destroy_tables(guest)
    return Stimulus(w, "REALM_DESTROY", {"rd": guest.rd})


@story("realm.destroy_twice")
def _() -> Stimulus:
    w, guest = new_realm()
    w.do("REALM_DESTROY", guest.rd)
    return Stimulus(w, "REALM_DESTROY", {"rd": guest.rd})


@story("realm.full_teardown")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    data = w.data(guest, PROTECTED)
    w.do("REC_DESTROY", rec)
    w.do("DATA_DESTROY", guest.rd, PROTECTED, out=[data, PROTECTED + MB2])
    w.destroy_tables(guest)

    def after() -> None:
        aux = (rec + PAGE * (i + 1) for i in range(AUX_COUNT))
        for granule in (guest.rd, guest.root, data, rec, *aux, *guest.tables.values()):
            w.do("GRANULE_UNDELEGATE", granule)

    return Stimulus(w, "REALM_DESTROY", {"rd": guest.rd}, after=after)


@story("meas.rim_frozen")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.activate(guest)
    src, rec, params = w.page(), w.delegated(), w.page()
    aux = [w.delegated() for _ in range(AUX_COUNT)]
    w.do("DATA_CREATE", guest.rd, w.delegated(), PROTECTED, src, 0, mem={src: bytes(8)}, x0=2)
    w.do("RTT_INIT_RIPAS", guest.rd, PROTECTED, PROTECTED + PAGE, x0=2)
    w.do("REC_CREATE", guest.rd, rec, params, mem=pages.rec_params(params, aux), x0=2)
    return Stimulus(w, "REALM_ACTIVATE", {"rd": guest.rd})


@story("meas.same_params_same_rim")
def _() -> Stimulus:
    w = World()
    first = _create(w, width=40, start=0, num_start=1, vmid=1)
    w.do("REALM_CREATE", *first.args.values(), mem=first.mem)
    second = _create(w, width=40, start=0, num_start=1, vmid=2)
    assert second.mem is not None
    second.mem[second.args["params_ptr"] + 0x400] = bytes(range(64))  # the RPV
    return second


# --- RECs -------------------------------------------------------------------------


def _rec_create(w: World, guest: Guest, index: int, *, runnable: bool = True) -> Stimulus:
    rec, page = w.delegated(), w.page()
    aux = [w.delegated() for _ in range(AUX_COUNT)]
    mem = pages.rec_params(page, aux, index=index, runnable=runnable)
    return Stimulus(w, "REC_CREATE", {"rd": guest.rd, "rec": rec, "params_ptr": page}, mem)


@story("rec.index16")
def _() -> Stimulus:
    w, guest = new_realm()
    for _n in range(16):
        w.rec(guest)
    return _rec_create(w, guest, 16)


@story("rec.index_not_reused")
def _() -> Stimulus:
    w, guest = new_realm()
    w.do("REC_DESTROY", w.rec(guest))
    return _rec_create(w, guest, 0)


@story("rec.dup_mpidr")
def _() -> Stimulus:
    w, guest = new_realm()
    w.rec(guest)
    return _rec_create(w, guest, 0)


@story("rec.aux_equals_rec")
def _() -> Stimulus:
    w, guest = new_realm()
    rec, page = w.delegated(), w.page()
    mem = pages.rec_params(page, [rec, *(w.delegated() for _ in range(AUX_COUNT - 1))])
    return Stimulus(w, "REC_CREATE", {"rd": guest.rd, "rec": rec, "params_ptr": page}, mem)


def _rec_runnable(runnable: bool) -> Story:
    def build() -> Stimulus:
        w, guest = new_realm()
        return _rec_create(w, guest, 0, runnable=runnable)

    return build


story("rec.not_runnable_rim")(_rec_runnable(False))
story("rec.runnable_rim")(_rec_runnable(True))


@story("rec.destroy_active")
def _() -> Stimulus:
    w, _, rec = running_realm()
    return Stimulus(w, "REC_DESTROY", {"rec": rec})


@story("rec.destroy_running")
def _() -> Stimulus:
    w, _, rec = running_realm()
    w.begin(rec)
    return Stimulus(w, "REC_DESTROY", {"rec": rec})


@story("rec.destroy_twice")
def _() -> Stimulus:
    w, guest = new_realm()
    rec = w.rec(guest)
    w.do("REC_DESTROY", rec)
    return Stimulus(w, "REC_DESTROY", {"rec": rec})
