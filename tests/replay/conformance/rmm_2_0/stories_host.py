"""Stories of boot, granules and realms."""

from __future__ import annotations

from tests.replay.conformance import pages
from tests.replay.conformance.host import GB, PAGE, PROTECTED, Guest, Run
from tests.replay.conformance.rmm_2_0.stories import new_realm, running_realm, story
from tests.replay.conformance.rmm_2_0.world import World, platform
from tests.replay.conformance.stimulus import Stimulus, Story

# --- boot -------------------------------------------------------------------------


def _version(req: int) -> Story:
    out = (0x20000, 0x20000)
    return lambda: Stimulus(World(active=False), "VERSION", {"req": req}, out=out, out_fail=out)


story("boot.version_2_0")(_version(0x20000))
story("boot.version_1_0")(_version(0x10000))
story("boot.version_2_1")(_version(0x20001))


@story("boot.features_5")
def _() -> Stimulus:
    return Stimulus(World(active=False), "FEATURES", {"index": 5}, out=(0,))


@story("boot.activate_twice")
def _() -> Stimulus:
    return Stimulus(World(), "RMM_ACTIVATE", judged_only=True)


@story("boot.config_unaligned")
def _() -> Stimulus:
    w = World(active=False)
    page = w.page()
    return Stimulus(w, "RMM_CONFIG_SET", {"config_ptr": page + 8}, pages.words(page, {0: 0}))


@story("boot.config_get")
def _() -> Stimulus:
    w = World()
    page = w.page()
    return Stimulus(w, "RMM_CONFIG_GET", {"config_ptr": page}, mem_out=pages.words(page, {0: 0}))


@story("boot.gate_before_args")
def _() -> Stimulus:
    w = World(active=False)
    base = w.page()
    args = {"base": base + 8, "top": base + PAGE}
    return Stimulus(w, "GRANULE_RANGE_DELEGATE", args, judged_only=True)


# --- granules ---------------------------------------------------------------------


def _range(
    w: World, base: int, granules: int, done: int, name: str = "GRANULE_RANGE_DELEGATE"
) -> Stimulus:
    """A range command of which `done` granules are handled."""
    args = {"base": base, "top": base + granules * PAGE}
    return Stimulus(w, name, args, out=(base + done * PAGE,), out_fail=(base,))


@story("rng.progress_one")
def _() -> Stimulus:
    w = World()
    return _range(w, w.page(4), 4, 1)


@story("rng.universal")
@story("rng.progress_many")
def _() -> Stimulus:
    w = World(platform(rmi="2.0-bet3"))
    base = w.page(4)
    stimulus = _range(w, base, 4, 3)

    def after() -> None:
        for granule in range(base, base + 3 * PAGE, PAGE):
            w.undelegate(granule)

    stimulus.after = after
    return stimulus


@story("rng.loop")
def _() -> Stimulus:
    w = World()
    base = w.page(4)
    w.delegate(base, 3)
    return _range(w, base + 3 * PAGE, 1, 1)


@story("rng.already_T")
def _() -> Stimulus:
    w = World()
    return _range(w, w.delegated(), 1, 0)


def _skips(name: str, base: int, w: World) -> Stimulus:
    """Nothing is left to do: passed over (a refusal may come too: fact sheet rmm-2.0)."""
    stimulus = _range(w, base, 1, 1, name)
    stimulus.judged_only = stimulus.only_right = True
    return stimulus


@story("rng.already_bet3")
def _() -> Stimulus:
    w = World(platform(rmi="2.0-bet3"))
    return _skips("GRANULE_RANGE_DELEGATE", w.delegated(), w)


@story("rng.second_bad_T")
def _() -> Stimulus:
    w = World()
    rd = w.realm().rd
    # The granule before the RD is the realm's root; a hole is made by a realm destroyed.
    w.do("REALM_TERMINATE", rd)
    w.do("REALM_DESTROY", rd)
    before = rd - PAGE
    w.undelegate(before)
    page, root = w.page(), w.delegated()
    w.do("REALM_CREATE", rd, page, mem=pages.realm_params(page, root))
    stimulus = _range(w, before, 2, 1)

    def after() -> None:
        w.do("GRANULE_RANGE_DELEGATE", rd, rd + PAGE, x0=1, out=[rd])

    stimulus.after = after
    return stimulus


@story("rng.first_is_data")
def _() -> Stimulus:
    w = World()
    return _range(w, w.granule_in("DATA"), 1, 0)


@story("rng.inverted")
def _() -> Stimulus:
    w = World()
    return _range(w, w.page() + PAGE, -1, 0)


@story("rng.undelegate_one")
def _() -> Stimulus:
    w = World()
    return _range(w, w.delegated(4), 4, 1, "GRANULE_RANGE_UNDELEGATE")


@story("rng.undelegate_ns_T")
def _() -> Stimulus:
    w = World()
    return _range(w, w.page(), 1, 0, "GRANULE_RANGE_UNDELEGATE")


@story("rng.undelegate_ns_bet3")
def _() -> Stimulus:
    w = World(platform(rmi="2.0-bet3"))
    return _skips("GRANULE_RANGE_UNDELEGATE", w.page(), w)


@story("rng.undelegate_rec_aux")
def _() -> Stimulus:
    w = World()
    return _range(w, w.granule_in("REC_AUX"), 1, 0, "GRANULE_RANGE_UNDELEGATE")


@story("trk.hole")
def _() -> Stimulus:
    args = {"base": 1 << 40, "top": (1 << 40) + PAGE}
    return Stimulus(World(), "GRANULE_TRACKING_GET", args, out=(0, 1, args["top"]))


@story("gpt.create_T")
def _() -> Stimulus:
    return Stimulus(World(), "GPT_L1_CREATE", {"addr": 34 * GB})


@story("gpt.create_bet3")
def _() -> Stimulus:
    w = World(platform(rmi="2.0-bet3"))
    # How its tables are made the header does not say: other answers are right as well.
    return Stimulus(w, "GPT_L1_CREATE", {"addr": 34 * GB}, judged_only=True, only_right=True)


# --- realms -----------------------------------------------------------------------


def _create(*, hash_algo: int = 0, vmid: int = 0) -> Stimulus:
    w = World()
    root, rd, page = w.delegated(), w.delegated(), w.page()
    mem = pages.realm_params(page, root, hash_algo=hash_algo, vmid=vmid)
    return Stimulus(w, "REALM_CREATE", {"rd": rd, "params_ptr": page}, mem)


story("realm.no_vmid_param")(lambda: _create(vmid=0xFFFF))
story("realm.hash_384")(lambda: _create(hash_algo=2))
story("realm.hash_3")(lambda: _create(hash_algo=3))


def _of_realm(name: str, w: World, guest: Guest) -> Stimulus:
    return Stimulus(w, name, {"rd": guest.rd})


@story("realm.destroy_without_terminate")
def _() -> Stimulus:
    return _of_realm("REALM_DESTROY", *new_realm())


@story("realm.terminate_new")
def _() -> Stimulus:
    w, guest = new_realm()
    stimulus = _of_realm("REALM_TERMINATE", w, guest)
    stimulus.after = lambda: w.do("REALM_ACTIVATE", guest.rd, x0=2)
    return stimulus


@story("realm.terminate_running")
def _() -> Stimulus:
    w, guest, rec = running_realm(cpus=2)
    w.begin(rec)
    return _of_realm("REALM_TERMINATE", w, guest)


@story("realm.activate_zombie")
def _() -> Stimulus:
    w, guest = new_realm()
    w.do("REALM_TERMINATE", guest.rd)
    return _of_realm("REALM_ACTIVATE", w, guest)


@story("realm.destroy_zombie_with_rec")
def _() -> Stimulus:
    w, guest, _rec = running_realm()
    w.do("REALM_TERMINATE", guest.rd)
    return _of_realm("REALM_DESTROY", w, guest)


@story("realm.destroy_zombie_live")
def _() -> Stimulus:
    w, guest = new_realm(1)
    w.do("REALM_TERMINATE", guest.rd)
    return _of_realm("REALM_DESTROY", w, guest)


def _enter(w: World, rec: int) -> Stimulus:
    run, mem = w.run_page()
    return Stimulus(w, "REC_ENTER", {"rec": rec, "run_ptr": run}, mem, run=Run.interrupted())


@story("realm.enter_zombie")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.do("REALM_TERMINATE", guest.rd)
    return _enter(w, rec)


@story("realm.enter_system_off")
def _() -> Stimulus:
    w, guest = new_realm()
    rec = w.rec(guest)
    w.system_off(guest)
    return _enter(w, rec)


@story("realm.teardown")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    data = w.data(guest, PROTECTED)
    w.do("REALM_TERMINATE", guest.rd)
    w.destroy_rec(rec)
    w.unmap(guest, PROTECTED, data)
    w.destroy_tables(guest)

    def after() -> None:
        for granule in (guest.rd, guest.root, data, rec, *guest.tables.values()):
            w.undelegate(granule)

    return Stimulus(w, "REALM_DESTROY", {"rd": guest.rd}, after=after)
