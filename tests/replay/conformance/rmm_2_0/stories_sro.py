"""Stories of stateful operations, RECs and PSCI."""

from __future__ import annotations

from typing import Literal

from tests.replay.conformance import pages
from tests.replay.conformance.host import PAGE, PROTECTED, Guest, Run
from tests.replay.conformance.rmm_2_0.fixture import CPU_ON
from tests.replay.conformance.rmm_2_0.fixtures_rec import half_of_a_block
from tests.replay.conformance.rmm_2_0.stories import new_realm, running_realm, story
from tests.replay.conformance.rmm_2_0.world import (
    AUX_COUNT,
    CONTINUE,
    DONATE,
    REC_REQUEST,
    RECLAIM,
    World,
    platform,
    ranges,
)
from tests.replay.conformance.stimulus import Stimulus, Story

# --- creating a REC ---------------------------------------------------------------


def _create(w: World, guest: Guest, index: int = 0) -> tuple[Stimulus, int]:
    """(REC_CREATE, the granule of the REC)."""
    rec, page = w.delegated(), w.page()
    args = {"rd": guest.rd, "rec": rec, "params_ptr": page}
    mem = pages.rec_params(page, index=index)
    return Stimulus(w, "REC_CREATE", args, mem, out=(0, REC_REQUEST), x0=DONATE), rec


@story("sro.first_return")
def _() -> Stimulus:
    w, guest = new_realm()
    stimulus, rec = _create(w, guest)
    stimulus.after = lambda: w.do(  # PARTIAL
        "GRANULE_RANGE_UNDELEGATE", rec, rec + PAGE, x0=1, out=[rec]
    )
    return stimulus


@story("sro.pool_sealed")
def _() -> Stimulus:
    w = World(platform(sro_contexts=1))
    guest = w.realm()
    w.sealed()
    stimulus, _rec = _create(w, guest)
    return stimulus


@story("sro.pool_busy")
def _() -> Stimulus:
    # Whether the context is in use on another CPU no trace tells: BLOCKED may come too.
    w = World(platform(sro_contexts=1, cpus=2))
    guest = w.realm()
    w.sealed()
    stimulus, _rec = _create(w, guest)
    stimulus.judged_only = True
    return stimulus


@story("sro.blocked_no_effect")
def _() -> Stimulus:
    w = World(platform(sro_contexts=1))
    guest = w.realm()
    w.sealed()
    stimulus, rec = _create(w, guest)
    stimulus.after_failure = lambda: w.undelegate(rec)
    return stimulus


# --- donating ---------------------------------------------------------------------


def _donate(
    w: World, descriptors: list[int], x0: int | None, *out: int, offset: int = 0
) -> Stimulus:
    at, mem = w.listed(descriptors or [0])
    args = {"handle": 0, "list_addr": at + offset, "list_count": len(descriptors)}
    return Stimulus(w, "OP_MEM_DONATE", args, mem, out=out, x0=x0)


def _wants() -> World:
    """An operation waits for sixteen granules."""
    w = World()
    w.sealed()
    return w


def _aux(w: World, granule: int) -> None:
    """It must be REC_AUX, hence not to be undelegated."""
    w.do("GRANULE_RANGE_UNDELEGATE", granule, granule + PAGE, x0=1, out=[granule])


@story("sro.donate_all")
def _() -> Stimulus:
    w = _wants()
    first = w.delegated(AUX_COUNT)
    stimulus = _donate(w, ranges((first, AUX_COUNT)), CONTINUE, AUX_COUNT, 0)
    stimulus.after = lambda: _aux(w, first + 15 * PAGE)
    return stimulus


@story("sro.donate_singles")
def _() -> Stimulus:
    w = _wants()
    scattered = [w.delegated() for _ in range(2 * AUX_COUNT)][::2]
    return _donate(w, ranges(*((page, 1) for page in scattered)), CONTINUE, AUX_COUNT, 0)


@story("sro.donate_too_much")
def _() -> Stimulus:
    w = _wants()
    return _donate(w, ranges((w.delegated(AUX_COUNT + 1), AUX_COUNT + 1)), None)


@story("sro.donate_empty")
def _() -> Stimulus:
    return _donate(_wants(), [], DONATE, 0, REC_REQUEST)


@story("sro.donate_first_bad")
def _() -> Stimulus:
    w = _wants()
    return _donate(w, ranges((w.page(AUX_COUNT), AUX_COUNT)), RECLAIM, 0, 0)


@story("sro.donate_later_bad")
def _() -> Stimulus:
    w = World()
    rd = w.realm().rd
    w.sealed()
    good = w.delegated(AUX_COUNT)
    rest = 12
    descriptors = ranges((good, 4), (rd, 1), (good + 4 * PAGE, rest - 1))
    stimulus = _donate(w, descriptors, DONATE, 4, rest << 2)
    stimulus.after = lambda: w.undelegate(good + 4 * PAGE)
    return stimulus


@story("sro.donate_contig_partial")
def _() -> Stimulus:
    return half_of_a_block(World())


@story("sro.donate_list_unaligned")
def _() -> Stimulus:
    w = _wants()
    return _donate(w, ranges((w.delegated(AUX_COUNT), AUX_COUNT)), None, offset=4)


# --- reclaiming, going on, cancelling -----------------------------------------------


def _reclaim(w: World, count: int, x0: int | None, written: list[int]) -> Stimulus:
    page = w.page()
    args = {"handle": 0, "list_addr": page, "list_count": count}
    mem_out = pages.words(page, {8 * i: word for i, word in enumerate(written)}) or None
    return Stimulus(w, "OP_MEM_RECLAIM", args, out=(len(written),), x0=x0, mem_out=mem_out)


@story("sro.reclaim_wrong_phase")
def _() -> Stimulus:
    return _reclaim(_wants(), 512, None, [])


def _going(w: World, scattered: bool = False) -> int:
    """A REC_DESTROY that gives granules back; the first of them."""
    guest = w.realm()
    if not scattered:
        rec = w.rec(guest)
        w.do("REC_DESTROY", rec, x0=RECLAIM, out=[0])
        return rec + PAGE
    rec, page = w.delegated(), w.page()
    mem = pages.rec_params(page)
    w.start_rec(guest.rd, rec, page, mem)
    aux = [w.delegated() for _ in range(2 * AUX_COUNT)][::2]
    at, listed = w.listed(ranges(*((granule, 1) for granule in aux)))
    w.do("OP_MEM_DONATE", 0, at, AUX_COUNT, mem=listed, x0=CONTINUE, out=[AUX_COUNT, 0])
    w.do("OP_CONTINUE", 0, 0, mem=mem)
    w.do("REC_DESTROY", rec, x0=RECLAIM, out=[0])
    return aux[0]


@story("sro.reclaim_all")
def _() -> Stimulus:
    w = World()
    first = _going(w)
    stimulus = _reclaim(w, 512, CONTINUE, ranges((first, AUX_COUNT)))
    stimulus.after = lambda: w.undelegate(first + 15 * PAGE)
    return stimulus


@story("sro.reclaim_batches")
def _() -> Stimulus:
    w = World()
    first = _going(w, scattered=True)
    return _reclaim(w, 4, RECLAIM, ranges(*((first + 2 * i * PAGE, 1) for i in range(4))))


@story("sro.reclaim_zero")
def _() -> Stimulus:
    w = World()
    _going(w)
    return _reclaim(w, 0, RECLAIM, [])


@story("sro.continue_bad_handle")
def _() -> Stimulus:
    return Stimulus(World(), "OP_CONTINUE", {"handle": 0, "flags": 0})


@story("sro.cancel_refused")
def _() -> Stimulus:
    return Stimulus(_wants(), "OP_CANCEL", {"handle": 0})


@story("sro.destroy_last")
def _() -> Stimulus:
    w = World()
    first = _going(w)
    page = w.page()
    mem_out = pages.words(page, {0: ranges((first, AUX_COUNT))[0]})
    w.do("OP_MEM_RECLAIM", 0, page, 512, mem_out=mem_out, x0=CONTINUE, out=[1])
    # A failure would be the end of the operation too, and is followed.
    stimulus = Stimulus(w, "OP_CONTINUE", {"handle": 0, "flags": 0}, only_right=True)
    stimulus.after = lambda: w.undelegate(first - PAGE)
    return stimulus


def _fails_late(
    index: int, *, rd: bool, rmi: Literal["2.0", "2.0-bet3"] = "2.0", taken: bool = False
) -> Story:
    """REC_CREATE finds out at the end; the last OP_CONTINUE tells."""

    def build() -> Stimulus:
        w = World(platform(rmi=rmi))
        guest = w.realm()
        if taken:
            w.rec(guest)
        rec, aux, page = w.delegated(), w.delegated(AUX_COUNT), w.page()
        mem = pages.rec_params(page, index=index)
        w.start_rec(w.delegated() if rd else guest.rd, rec, page, mem)
        w.donate(aux)
        w.do("OP_CONTINUE", 0, 0, mem=mem, x0=RECLAIM)
        at = w.page()
        mem_out = pages.words(at, {0: ranges((aux, AUX_COUNT))[0]})
        w.do("OP_MEM_RECLAIM", 0, at, 512, mem_out=mem_out, x0=CONTINUE, out=[1])

        def after() -> None:
            for granule in (rec, aux, aux + 15 * PAGE):
                w.undelegate(granule)

        args = {"handle": 0, "flags": 0}
        return Stimulus(w, "OP_CONTINUE", args, mem, after_failure=after, judged_only=True)

    return build


story("sro.create_fail.rd_rd")(_fails_late(0, rd=True))
story("sro.create_fail.MPIDR_rec_count")(_fails_late(5, rd=False))
story("rec.mpidr_gap_T")(_fails_late(5, rd=False))
story("rec.mpidr_dup_bet3")(_fails_late(0, rd=False, rmi="2.0-bet3", taken=True))


@story("rec.mpidr_gap_bet3")
def _() -> Stimulus:
    w = World(platform(rmi="2.0-bet3"))
    guest = w.realm()
    rec, aux, page = w.delegated(), w.delegated(AUX_COUNT), w.page()
    mem = pages.rec_params(page, index=5)
    w.start_rec(guest.rd, rec, page, mem)
    w.donate(aux)
    args = {"handle": 0, "flags": 0}
    # A failure would be the end of the operation too, and is followed.
    return Stimulus(w, "OP_CONTINUE", args, mem, only_right=True)


@story("sro.rec_running")
def _() -> Stimulus:
    w, _guest, rec = running_realm(cpus=2)
    w.begin(rec)
    return Stimulus(w, "REC_DESTROY", {"rec": rec}, out=(0,))


# --- entering -----------------------------------------------------------------------


def _enter(w: World, rec: int, flags: int = 0) -> Stimulus:
    run, mem = w.run_page(flags=flags)
    return Stimulus(w, "REC_ENTER", {"rec": rec, "run_ptr": run}, mem, run=Run.interrupted())


@story("sro.partial_rec")
def _() -> Stimulus:
    w = World()
    return _enter(w, w.sealed())


def _after_irq(flags: int) -> Story:
    def build() -> Stimulus:
        w, _guest, rec = running_realm()
        w.enter(rec, Run.interrupted())
        return _enter(w, rec, flags)

    return build


story("enter.sea_without_abort")(_after_irq(2))
story("enter.emul_without_abort")(_after_irq(1))


@story("psci.three_args")
def _() -> Stimulus:
    w = World()
    guest = w.realm()
    caller, target = w.rec(guest), w.rec(guest, runnable=False)
    w.activate(guest)
    w.psci_call(caller, CPU_ON, 1, PROTECTED, 0x55)
    args = {"calling_rec": caller, "target_rec": target, "status": 0}
    return Stimulus(w, "PSCI_COMPLETE", args)
