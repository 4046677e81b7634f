"""Calls of RECs, PSCI and stateful operations (see `fixture`)."""

from __future__ import annotations

from tests.replay.conformance import pages
from tests.replay.conformance.host import PAGE, PROTECTED, Run
from tests.replay.conformance.rmm_2_0.fixture import CPU_ON, fixture, world
from tests.replay.conformance.rmm_2_0.world import (
    AUX_COUNT,
    CONTINUE,
    DONATE,
    REC_REQUEST,
    RECLAIM,
    UNDELEGATED,
    World,
    ranges,
)
from tests.replay.conformance.stimulus import Defects, Stimulus


@fixture
def rec_create(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    rec, page = w.page() if bad.has("rec_state") else w.delegated(), w.page()
    return Stimulus(
        w,
        "REC_CREATE",
        {"rd": guest.rd, "rec": rec, "params_ptr": page},
        pages.rec_params(page),
        out=(0, REC_REQUEST),
        x0=DONATE,
    )


@fixture
def rec_destroy(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    rec = w.rec(guest)
    if bad.has("running"):
        w.activate(guest)
        w.begin(rec)

    def after() -> None:
        # PARTIAL until the granules are back.
        w.do("GRANULE_RANGE_UNDELEGATE", rec, rec + PAGE, x0=1, out=[rec])
        page = w.page()
        mem_out = pages.words(page, {0: ranges((rec + PAGE, AUX_COUNT))[0]})
        w.do("OP_MEM_RECLAIM", 0, page, 512, mem_out=mem_out, x0=CONTINUE, out=[1])
        w.do("OP_CONTINUE", 0, 0)
        w.undelegate(rec)

    args = {"rec": w.delegated() if bad.has("rec_state") else rec}
    return Stimulus(w, "REC_DESTROY", args, out=(0,), x0=RECLAIM, after=after)


@fixture
def rec_enter(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    rec = w.rec(guest, runnable=not bad.has("runnable"))
    w.rec(guest, runnable=False)
    if not bad.has("realm_state"):
        w.activate(guest)
    if bad.has("psci"):
        w.psci_call(rec, CPU_ON, 1)
    if bad.has("running"):
        w.begin(rec)
    run, read = w.run_page(flags=bad.has("mmio") | bad.has("sea") << 1)
    mem: dict[int, bytes] | None = read
    if bad.has("run_ns"):
        w.delegate(run)
        mem = None
    args = {"rec": w.delegated() if bad.has("rec_state") else rec, "run_ptr": run}
    return Stimulus(w, "REC_ENTER", args, mem, run=Run.interrupted())


@fixture
def psci_complete(bad: Defects) -> Stimulus:
    w = world(bad)
    guest = w.realm()
    caller, target = w.rec(guest), w.rec(guest, runnable=False)
    third = w.rec(guest, runnable=False)
    w.activate(guest)
    if bad.has("running"):
        w.begin(caller)
    elif not bad.has("pending"):
        w.psci_call(caller, CPU_ON, 1, PROTECTED, 0x55)
    if bad.has("target"):
        target = third
    if bad.has("states"):
        target = w.delegated()
    if bad.has("align"):
        target += 8
    if bad.has("owner"):
        foreign = w.realm()
        w.rec(foreign)
        target = w.rec(foreign, runnable=False)

    def after() -> None:
        w.enter(caller, Run.interrupted())

    status = -4 if bad.has("status") else 0  # ALREADY_ON, which is not the host's to say
    args = {"calling_rec": caller, "target_rec": target, "status": status}
    return Stimulus(w, "PSCI_COMPLETE", args, after=after)


# --- stateful operations ----------------------------------------------------------


@fixture
def op_continue(bad: Defects) -> Stimulus:
    w = World()
    w.sealed()
    bad.has("expected")  # it waits for granules, not for this
    return Stimulus(w, "OP_CONTINUE", {"handle": 7 if bad.has("handle") else 0, "flags": 0})


@fixture
def op_cancel(bad: Defects) -> Stimulus:
    w = World()
    w.sealed()
    bad.has("can_cancel")  # no operation of this version can be cancelled
    return Stimulus(w, "OP_CANCEL", {"handle": 7 if bad.has("handle") else 0})


@fixture
def op_mem_donate(bad: Defects) -> Stimulus:
    w = World()
    if bad.has("contig_partial"):
        return half_of_a_block(w)
    if bad.has("expected"):
        w.do("REC_DESTROY", w.rec(w.realm()), x0=RECLAIM, out=[0])
    else:
        w.sealed()
    first = w.delegated(AUX_COUNT + 1)
    count = AUX_COUNT + 1 if bad.has("too_much") else AUX_COUNT
    state = UNDELEGATED if bad.has("list_valid") else 0
    at, mem = w.listed(ranges((first, count), state=state))
    if bad.has("list_ns"):
        w.delegate(at)
        mem = {}
    handle = 7 if bad.has("handle") else 0
    args = {"handle": handle, "list_addr": at + 4 if bad.has("align") else at, "list_count": 1}
    return Stimulus(w, "OP_MEM_DONATE", args, mem, out=(AUX_COUNT, 0), x0=CONTINUE)


def half_of_a_block(w: World) -> Stimulus:
    """One of two granules that must lie in a row."""
    w.smmu(full=False)
    at, mem = w.listed(ranges((w.delegated(), 1)))
    args = {"handle": 0, "list_addr": at, "list_count": 1}
    return Stimulus(w, "OP_MEM_DONATE", args, mem)


@fixture
def op_mem_reclaim(bad: Defects) -> Stimulus:
    w = World()
    rec = w.rec(w.realm())
    if bad.has("expected"):
        w.sealed()
    else:
        w.do("REC_DESTROY", rec, x0=RECLAIM, out=[0])
    page = w.delegated() if bad.has("list_ns") else w.page()
    if bad.has("align"):
        page += 4
    args = {"handle": 7 if bad.has("handle") else 0, "list_addr": page, "list_count": 512}
    mem_out = pages.words(page, {0: ranges((rec + PAGE, AUX_COUNT))[0]})
    return Stimulus(w, "OP_MEM_RECLAIM", args, out=(1,), x0=CONTINUE, mem_out=mem_out)
