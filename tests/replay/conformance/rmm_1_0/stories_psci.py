"""Stories of PSCI."""

from __future__ import annotations

from tests.replay.conformance.host import PROTECTED, PSCI, ZEROS, Run
from tests.replay.conformance.rmm_1_0.fixture import CPU_ON
from tests.replay.conformance.rmm_1_0.stories import entered, new_realm, running_realm, story
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Stimulus

P = PROTECTED
AFFINITY_INFO = 0xC400_0004
SYSTEM_RESET, CPU_OFF, CPU_SUSPEND = 0x8400_0009, 0x8400_0002, 0xC400_0001


def _psci(fid: int, *, runnable: bool = False) -> tuple[World, int, int]:
    """(world, caller, target): the caller has asked `fid` about the target."""
    w, guest = new_realm()
    caller, target = w.rec(guest), w.rec(guest, runnable=runnable)
    w.activate(guest)
    more = (P, 0x55) if fid == CPU_ON else ()
    w.psci_call(caller, fid, 1, *more)
    return w, caller, target


def _complete(w: World, caller: int, target: int, status: int, answer: int | None) -> Stimulus:
    def after() -> None:
        if answer is not None:
            w.enter(caller, Run.interrupted([answer, *ZEROS[1:]]))

    args = {"calling_rec": caller, "target_rec": target, "status": status}
    return Stimulus(w, "PSCI_COMPLETE", args, after=after)


@story("psci.cpu_on_ok")
def _() -> Stimulus:
    w, caller, target = _psci(CPU_ON)
    stimulus = _complete(w, caller, target, 0, 0)
    first = stimulus.after
    assert first is not None

    def after() -> None:
        first()
        w.enter(target, Run.interrupted([0x55, *ZEROS[1:]]))

    stimulus.after = after
    return stimulus


@story("psci.aff_on")
def _() -> Stimulus:
    w, caller, target = _psci(AFFINITY_INFO, runnable=True)
    return _complete(w, caller, target, 0, 0)


@story("psci.aff_off")
def _() -> Stimulus:
    w, caller, target = _psci(AFFINITY_INFO)
    return _complete(w, caller, target, 0, 1)


@story("psci.invalid_status")
def _() -> Stimulus:
    w, caller, target = _psci(CPU_ON)
    return _complete(w, caller, target, 0x1234, None)


@story("psci.enter_before_complete")
def _() -> Stimulus:
    w, caller, _ = _psci(CPU_ON)
    return entered(w, caller, Run.interrupted())


@story("psci.cpu_off")
def _() -> Stimulus:
    w, _, rec = running_realm()
    w.enter(rec, Run(Run.calls(CPU_OFF), PSCI, [CPU_OFF]))
    return entered(w, rec, Run.interrupted())


@story("psci.system_reset")
def _() -> Stimulus:
    w, guest = new_realm()
    rec, other = w.rec(guest), w.rec(guest)
    w.activate(guest)
    w.enter(rec, Run(Run.calls(SYSTEM_RESET), PSCI, [SYSTEM_RESET]))
    return entered(w, other, Run.interrupted())


@story("psci.cpu_suspend")
def _() -> Stimulus:
    w, _, rec = running_realm()
    w.enter(rec, Run(Run.calls(CPU_SUSPEND), PSCI, [CPU_SUSPEND]))
    return entered(w, rec, Run.interrupted(), wrong=Run.interrupted([1, *ZEROS[1:]]))
