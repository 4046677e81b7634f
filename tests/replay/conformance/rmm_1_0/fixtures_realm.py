"""Calls of realms, RECs and PSCI (see `fixture`)."""

from __future__ import annotations

from replay.rmm.rec import PsciRequest
from tests.replay.conformance import pages
from tests.replay.conformance.host import PAGE, PROTECTED, PSCI, Guest, Run
from tests.replay.conformance.rmm_1_0.fixture import CPU_ON, fixture, wrong_state
from tests.replay.conformance.rmm_1_0.world import AUX_COUNT, VMID_BITS, World
from tests.replay.conformance.stimulus import Defects, NotRunnable, Stimulus

# --- realms ---------------------------------------------------------------------------


@fixture
def realm_activate(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    wrong_state(w, guest, bad)

    def after() -> None:
        w.do("REALM_ACTIVATE", guest.rd, x0=2)  # is ACTIVE now

    return Stimulus(w, "REALM_ACTIVATE", {"rd": guest.rd}, after=after)


@fixture
def realm_create(w: World, bad: Defects) -> Stimulus:
    start, num_start, width, vmid, hash_algo = 0, 1, 40, 5, 0
    extra: dict[str, int] = {}
    if bad.has("params vmid used"):
        vmid = 0
        w.realm()
    if bad.has("params vmid wide"):
        vmid = 1 << VMID_BITS
    if bad.has("params root unaligned"):
        start, num_start = 1, 2  # 40 bits from level 1: two tables, aligned to 8 KiB
    if bad.has("params rtt_num"):
        num_start = 2
    if bad.has("params s2sz"):
        width = 49
    if bad.has("params hash 0xFF"):
        hash_algo = 0xFF
    if bad.has("params hash 1"):
        hash_algo = 1
    if bad.has("params sve"):
        extra["flags"] = 2
    if bad.has("params pmu"):
        extra |= {"flags": 4, "pmu_num_ctrs": 32}
    if bad.has("params bps"):
        extra["num_bps"] = 63
    if bad.has("params wps"):
        extra["num_wps"] = 63
    root = w.delegated(4, 4 * PAGE)
    if bad.has("params root unaligned"):
        root += PAGE
    if bad.has("unaligned rtt"):
        root += 8
    if bad.has("granule root UNDELEGATED"):
        w.do("GRANULE_UNDELEGATE", root)
    rd = root if bad.has("params alias") else w.delegated()
    params = w.page()
    mem = w.realm_params(
        params,
        root,
        width=width,
        start=start,
        num_start=num_start,
        vmid=vmid,
        hash_algo=hash_algo,
        **extra,
    )

    def after() -> None:
        guest = Guest(rd, root)
        w.reads(guest, 0, 0, state=0)
        w.reads(guest, 1 << 39, 0, state=0)
        w.do("GRANULE_UNDELEGATE", root, x0=1)
        # The VMID is taken, the realm is NEW.
        other, page, table = w.delegated(), w.page(), w.delegated()
        again = w.realm_params(page, table, vmid=vmid)
        w.do("REALM_CREATE", other, page, mem=again, x0=1)
        w.do("REALM_ACTIVATE", rd)

    return Stimulus(w, "REALM_CREATE", {"rd": rd, "params_ptr": params}, mem, after=after)


@fixture
def realm_destroy(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    if bad.has("realm live"):
        w.tables(guest, PROTECTED, 1)

    def after() -> None:
        w.do("GRANULE_UNDELEGATE", guest.rd)
        w.do("GRANULE_UNDELEGATE", guest.root)

    return Stimulus(w, "REALM_DESTROY", {"rd": guest.rd}, after=after)


@fixture
def rec_aux_count(w: World, bad: Defects) -> Stimulus:
    return Stimulus(w, "REC_AUX_COUNT", {"rd": w.realm().rd}, out=(AUX_COUNT,))


# --- RECs -------------------------------------------------------------------------------


@fixture
def rec_create(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    if bad.has("recs full"):
        w.rec(guest)  # the only one, on this platform
    rec = w.delegated()
    aux = [w.delegated() for _ in range(AUX_COUNT)]
    if bad.has("aux alias"):
        aux[0] = aux[1]
    for words in bad.about("aux"):
        aux[0] = aux[0] + 1 if words[0] == "unaligned" else w.granule_in(words[2])
    if bad.has("params num_aux"):
        aux.append(w.delegated())
    wrong_state(w, guest, bad)
    index = len(guest.recs)
    if bad.has("params mpidr"):
        index += 2
    params = w.page()
    mem = pages.rec_params(params, aux, index=index)

    def after() -> None:
        for granule in (rec, *aux):
            w.do("GRANULE_UNDELEGATE", granule, x0=1)
        w.activate(guest)
        w.enter(rec, Run.interrupted())

    args = {"rd": guest.rd, "rec": rec, "params_ptr": params}
    return Stimulus(w, "REC_CREATE", args, mem, after=after)


@fixture
def rec_destroy(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    rec = w.rec(guest)
    if bad.has("rec running"):
        w.activate(guest)
        w.begin(rec)

    def after() -> None:
        for i in range(1 + AUX_COUNT):
            w.do("GRANULE_UNDELEGATE", rec + i * PAGE)
        w.do("REALM_DESTROY", guest.rd)  # no REC is left

    return Stimulus(w, "REC_DESTROY", {"rec": rec}, after=after)


@fixture
def rec_enter(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    runnable = not bad.has("rec not runnable")
    rec = w.rec(guest, runnable=runnable)
    other = w.rec(guest, runnable=False)
    off = w.rec(guest) if bad.has("realm SYSTEM_OFF") else 0
    pending, running = bad.has("psci pending"), bad.has("rec running")
    new = bad.has("realm NEW")
    if new and off:
        raise NotRunnable("a realm has one state")
    # A REC that has never run asks for nothing, and one that asks does not run: what
    # no calls lead to is written into the model.
    runs = runnable and not new
    if not new:
        w.activate(guest)
    if runs:
        w.enter(rec, Run.interrupted())
    if pending and runs:
        w.psci_call(rec, CPU_ON, guest.recs.index(other))
    elif pending:
        w.pretend(rec, psci=PsciRequest(CPU_ON, 1, 0, 0))
    if running and runs and not pending:
        w.begin(rec)
    elif running:
        w.pretend(rec, running=True)
    if off:
        w.enter(off, Run(Run.calls(0x8400_0008), PSCI, [0x8400_0008]))
    flags = 1 if bad.has("enter mmio") else 0
    run, mem = w.run_page(flags=flags, hcr=1 if bad.has("enter gic") else 0)
    return Stimulus(w, "REC_ENTER", {"rec": rec, "run_ptr": run}, mem, run=Run.interrupted())


@fixture
def psci_complete(w: World, bad: Defects) -> Stimulus:
    guest = w.realm()
    none = bad.has("psci none")
    first, second = w.rec(guest), w.rec(guest, runnable=False)
    third = w.rec(guest, runnable=False)
    # x1 of a caller that has not asked is 0, which names the first REC: so that
    # nothing but the request is missing.
    caller, target = (second, first) if none else (first, second)
    w.activate(guest)
    if not none:
        w.psci_call(caller, CPU_ON, 1, PROTECTED, 0x55)
    if bad.has("rec foreign"):
        foreign = w.realm()
        w.rec(foreign)
        target = w.rec(foreign, runnable=False)
    if bad.has("target other"):
        target = third
    if bad.has("target alias"):
        target = caller
    status = -4 if bad.has("status bad") else 0

    def after() -> None:
        # The caller sees SUCCESS, the target its context and zeros.
        w.enter(caller, Run.interrupted())
        w.enter(target, Run.interrupted([0x55, *[0] * 8]))

    args = {"calling_rec": caller, "target_rec": target, "status": status}
    return Stimulus(w, "PSCI_COMPLETE", args, after=after)
