"""REC_ENTER: the realm runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.model import Unknown
from replay.rmm.realm_side.entry import complete
from replay.rmm.realm_side.leave import leave
from replay.rmm.realm_side.play import play
from replay.rmm.realm_side.steps import follow
from replay.rmm.rec import GPRS
from replay.rmm.run_page import EXIT, RecExit, choose_exit, exit_bytes, read_exit
from replay.rmm.values import (
    REC_READY,
    REC_RUNNING,
    RMI_ERROR_INPUT,
    RMI_SUCCESS,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.realm_side.steps import Step
    from replay.rmm.rec import Rec
    from replay.rmm.run_page import RecEnter, RecRun
    from traces.event import Smc


def rec_enter_begin(
    m: Rmm, rec: Rec, realm: Realm | None, run: RecRun | None, run_ptr: int
) -> None:
    """The call has entered and will return later: until then the REC is RUNNING."""
    rec.state = REC_RUNNING
    if realm is not None:  # else a fault was adopted, see rec_enter
        realm.running += 1


def rec_enter_end(m: Rmm, rec: Rec, realm: Realm | None, run: RecRun | None, run_ptr: int) -> None:
    """A call that had begun returns."""
    rec.state = REC_READY
    if realm is not None:  # else a fault was adopted, see rec_enter
        realm.running -= 1


def rec_enter(
    m: Rmm, rec: Rec, realm: Realm | None, run: RecRun | None, run_ptr: int, got: Got
) -> Expected:
    """REC_ENTER.

    Completes what the last exit left open, follows the realm (from `realm` of the call
    where the trace has it), and keeps what the exit leaves behind.  Where nothing was
    seen `realm` is what the realm is to do; it becomes what the realm did.
    """
    if realm is None:  # after a fault that was adopted
        raise Unknown("the realm of the REC is gone")
    enter = None if run is None else run.enter
    smc = m.smc
    assert smc is not None
    if got is None:
        _play(m, realm, rec, enter, smc, run_ptr)
        return OK
    if got[0] != RMI_SUCCESS and not _run_page_lost(m, run_ptr, got):
        m.problems.append("no failure condition holds: the command must succeed")
        return OK
    out = smc.memory_out
    seen = read_exit(out, run_ptr) if out is not None and out.page(run_ptr + EXIT) else None
    exit, act = _run(m, realm, rec, enter, smc.realm, seen)
    if exit is None:
        raise Unknown("neither the exit nor what the realm did was captured")
    leave(realm, rec, exit, act)
    return (got[0],)


def _play(m: Rmm, realm: Realm, rec: Rec, enter: RecEnter | None, smc: Smc, run_ptr: int) -> None:
    """Make up what happens in the REC, and write the exit."""
    exit, act = complete(m, realm, rec, enter), None
    if exit is None:
        exit, act, smc.realm = play(m, realm, rec, smc.realm or ())
    else:
        exit, smc.realm = choose_exit(exit), None
    leave(realm, rec, exit, act)
    m.writes(run_ptr + EXIT, exit_bytes(exit))


def _run(
    m: Rmm,
    realm: Realm,
    rec: Rec,
    enter: RecEnter | None,
    steps: list[Step] | None,
    seen: RecExit | None,
) -> tuple[RecExit | None, Step | None]:
    """(the exit, the act of the realm that led to it), None where not known."""
    at_once = complete(m, realm, rec, enter)
    if at_once is not None and seen is not None:
        wrong = at_once.differences(seen)
        if not wrong:
            return seen, None
        m.problems += wrong
    if steps:
        return follow(m, realm, rec, steps, seen)
    if at_once is None:
        rec.gprs = [None] * GPRS
        rec.forget_exit()
    return seen or at_once, None


def _run_page_lost(m: Rmm, run_ptr: int, got: Sequence[int]) -> bool:
    """The run page left the host's reach while the realm ran: the exit could not be written.

    The specification's text permits ERROR_INPUT then, its table does not have it.
    """
    if got[0] != RMI_ERROR_INPUT or m.ns_access(run_ptr):
        return False
    m.notes.append("the run page left the Non-secure PAS while the REC ran")
    return True
