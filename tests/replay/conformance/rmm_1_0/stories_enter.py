"""Stories of REC_ENTER: its conditions, its exits, its responses.

Of an exit the judge must take the right one and refuse a wrong one (`Stimulus.wrong`).
"""

from __future__ import annotations

from tests.replay.conformance.host import (
    EMPTY,
    FIQ,
    HOST_CALL,
    IRQ,
    PAGE,
    PROTECTED,
    RAM,
    SYNC,
    UNPROTECTED,
    ZEROS,
    Guest,
    Run,
)
from tests.replay.conformance.rmm_1_0.stories import (
    destroyed_page,
    entered,
    new_realm,
    running_realm,
    running_with_data,
    story,
)
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Stimulus, Story

P, U = PROTECTED, UNPROTECTED

# ESR_EL2 of aborts from a lower level (Arm ARM): EC, IL, ISV, SAS, SRT, SF, WnR, FSC.
DATA_ABORT = 0x24 << 26
FETCH_ABORT = 0x20 << 26
IL = 1 << 25
ISV = 1 << 24
DOUBLEWORD = 3 << 22
SF = 1 << 15
WRITE = 1 << 6
TRANSLATION_3 = 0b000111  # at level 3
SRT_5 = 5 << 16

ESR, FAR, HPFAR = 0x100, 0x108, 0x110  # in RmiRecExit


# --- conditions of REC_ENTER ----------------------------------------------------------


@story("enter.new")
def _() -> Stimulus:
    w, guest = new_realm()
    return entered(w, w.rec(guest), Run.interrupted())


@story("enter.system_off")
def _() -> Stimulus:
    w, guest = new_realm()
    rec = w.rec(guest)
    w.system_off(guest)
    return entered(w, rec, Run.interrupted())


def _gic(hcr: int = 0, *lrs: int) -> Story:
    def build() -> Stimulus:
        w, _, rec = running_realm()
        return entered(w, rec, Run.interrupted(), hcr=hcr, lrs=lrs)

    return build


_PENDING = 1 << 62
story("enter.gic_hcr_en")(_gic(1))
story("enter.gic_lr_hw")(_gic(0, _PENDING | 1 << 61 | 32))
story("enter.gic_lr_dup_vintid")(_gic(0, _PENDING | 32, _PENDING | 32))


def _aborted(*, write: bool, value: int = 0) -> Run:
    """An access of 8 bytes with x5 to the unprotected page U, which is not mapped."""
    seen = DATA_ABORT | ISV | DOUBLEWORD | SF | TRANSLATION_3 | (WRITE if write else 0)
    at = [0, 0, 0, 0, 0, value, 0, 0, 0]
    steps = [("enter", at), ("sync", [seen | IL | SRT_5, U + 0x18, U >> 8])]
    fields = {ESR: seen, FAR: 0x18, HPFAR: U >> 8}
    return Run(steps, SYNC, [value] if write else (), fields)


@story("enter.emul_mmio_ok")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.tables(guest, U, 3)
    w.enter(rec, _aborted(write=False))
    right = Run.interrupted([0, 0, 0, 0, 0, 0x1234, 0, 0, 0])
    return entered(w, rec, right, wrong=Run.interrupted(), flags=1, gprs=[0x1234])


@story("enter.inject_and_emul")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.tables(guest, U, 3)
    w.enter(rec, _aborted(write=False))
    # The abort is injected, the load not completed: x5 stays.
    emulated = Run.interrupted([0, 0, 0, 0, 0, 0x1234, 0, 0, 0])
    return entered(w, rec, Run.interrupted(), wrong=emulated, flags=3, gprs=[0x1234])


# --- exits ----------------------------------------------------------------------------


@story("exit.hostcall")
def _() -> Stimulus:
    w, data, rec = running_with_data()
    gprs = [0x100 + i for i in range(31)]
    struct = b"".join(value.to_bytes(8, "little") for value in (0x4321, *gprs))
    w.event("realm_write", pa=data, data=struct.hex())
    steps = Run.calls(0xC400_0199, P)

    def after() -> None:
        w.enter(rec, Run.interrupted([0, P, *ZEROS[2:]]), gprs=[7] * 31)

    right = Run(steps, HOST_CALL, gprs, {0x600: 0x4321})
    # The model keeps no memory of realms: it can tell that there was a call, not which.
    return entered(w, rec, right, wrong=Run(steps, IRQ), after=after)


@story("exit.da_emul_write")
def _() -> Stimulus:
    w, _, rec = _with_x5(0x1122_3344_5566_7788)
    right = _aborted(write=True, value=0x1122_3344_5566_7788)
    wrong = Run(right.steps, SYNC, [0x1122_3344_5566_7789], right.fields)
    return entered(w, rec, right, wrong=wrong)


def _with_x5(value: int) -> tuple[World, Guest, int]:
    w, guest = new_realm(3, U)
    rec = w.rec(guest, gprs=[0, 0, 0, 0, 0, value])
    w.activate(guest)
    return w, guest, rec


@story("exit.da_unprot_isv0")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.tables(guest, U, 3)
    esr = DATA_ABORT | IL | TRANSLATION_3
    steps = [("enter", [*ZEROS]), ("sync", [esr, U + 0x18, U >> 8])]
    right = Run(steps, SYNC, fields={ESR: esr, HPFAR: U >> 8})
    # FAR alone does not make it wrong: the reference tells the offset.
    wrong = Run(steps, SYNC, [5], fields={ESR: esr, HPFAR: U >> 8})
    return entered(w, rec, right, wrong=wrong)


def _protected_abort(w: World, rec: int) -> Stimulus:
    """A load at P: whatever the syndrome says of the access is not for the host."""
    raw = DATA_ABORT | IL | ISV | DOUBLEWORD | SRT_5 | SF | TRANSLATION_3
    esr = DATA_ABORT | TRANSLATION_3
    steps = [("enter", [*ZEROS]), ("sync", [raw, P + 0x18, P >> 8])]
    right = Run(steps, SYNC, fields={ESR: esr, HPFAR: P >> 8})
    wrong = Run(steps, SYNC, fields={ESR: esr | ISV, FAR: 0x18, HPFAR: P >> 8})
    return entered(w, rec, right, wrong=wrong)


@story("exit.da_prot_ram_unassigned")
def _() -> Stimulus:
    w, guest = new_realm(3)
    w.init_ripas(guest, P, P + PAGE)
    rec = w.rec(guest)
    w.activate(guest)
    return _protected_abort(w, rec)


@story("exit.destroyed")
def _() -> Stimulus:
    w, guest = new_realm(3)
    destroyed_page(w, guest)
    rec = w.rec(guest)
    w.activate(guest)
    once = _protected_abort(w, rec)
    assert once.run is not None
    w.enter(rec, once.run)
    return _protected_abort(w, rec)


@story("noexit.fetch_unprot")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.tables(guest, U, 3)
    sync = ("sync", [FETCH_ABORT | IL | TRANSLATION_3, U, U >> 8])
    stays = [("enter", [*ZEROS]), sync, ("enter", [*ZEROS]), ("irq", [])]
    leaves = Run(stays[:2], SYNC, fields={ESR: FETCH_ABORT | TRANSLATION_3, HPFAR: U >> 8})
    return entered(w, rec, Run(stays), wrong=leaves)


@story("exit.irq")
def _() -> Stimulus:
    w, _, rec = running_realm()
    wrong = Run(Run.interrupted().steps, FIQ)
    return entered(w, rec, Run.interrupted(), wrong=wrong)


@story("exit.gpf_unprot")
def _() -> Stimulus:
    w, guest = new_realm(3, U)
    page = w.map_ns(guest, U)
    w.do("GRANULE_DELEGATE", page)
    rec = w.rec(guest)
    w.activate(guest)
    esr = DATA_ABORT | ISV | DOUBLEWORD | SF | 0b101000  # granule protection fault
    steps = [("enter", [*ZEROS]), ("sync", [esr | IL | SRT_5, U + 0x18, U >> 8])]
    right = Run(steps, SYNC, fields={ESR: esr, FAR: 0x18, HPFAR: U >> 8})
    return entered(w, rec, right)


@story("exit.ripas_zero_fields")
def _() -> Stimulus:
    w, guest, rec = running_realm()
    w.ripas_request(rec, P, P + PAGE, RAM)
    at = [0, P, *ZEROS[2:]]
    steps = Run.interrupted(at).steps
    wrong = Run(steps, IRQ, fields={0x500: P, 0x508: P + PAGE, 0x510: 1})

    def after() -> None:
        w.do("RTT_SET_RIPAS", guest.rd, rec, P, P + PAGE, x0=1)

    return entered(w, rec, Run(steps), wrong=wrong, after=after)


# --- RIPAS responses --------------------------------------------------------------------


def _response(ripas: int, flags: int, answer: int) -> Story:
    """Nothing was changed; the host re-enters with its response."""

    def build() -> Stimulus:
        w, _, rec = running_realm()
        w.ripas_request(rec, P, P + 3 * PAGE, ripas)
        right = Run.interrupted([0, P, answer, *ZEROS[3:]])
        wrong = Run.interrupted([0, P, 1 - answer, *ZEROS[3:]])
        return entered(w, rec, right, wrong=wrong, flags=flags)

    return build


REJECT = 1 << 4
story("ripas.reject")(_response(RAM, REJECT, 1))
story("ripas.reject_empty")(_response(EMPTY, REJECT, 0))
story("ripas.accept_none")(_response(RAM, 0, 0))
