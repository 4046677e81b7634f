"""PSCI_COMPLETE: the host answers a PSCI call of a realm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.model import Unknown
from replay.rmm.realm_side import psci as _psci
from replay.rmm.rec import GPRS
from replay.rmm.values import RMI_ERROR_INPUT, RMI_SUCCESS

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.rec import PsciRequest, Rec


def psci_complete(m: Rmm, caller: Rec, target: Rec, status: int, got: Got) -> Expected:
    """PSCI_COMPLETE (1.0).  `caller` finds its answer in x0; a CPU_ON starts `target`."""
    request = caller.psci
    if request is not None:
        _answer(caller, target, request, status, 0)
    return OK


def psci_complete_2_0(m: Rmm, caller: Rec, target: Rec | None, status: int, got: Got) -> Expected:
    """PSCI_COMPLETE (2.0).

    Of a CPU_ON whose target runs already the reference completes the request even where
    it refuses the host's DENIED (tf-rmm-behaviour, sections 11.4 and 14, item 8).  It
    leaves x1 to x30 of a REC that starts as they were; that 1.0 wants zeros is no rule here.
    """
    request = caller.psci
    if request is None:
        return OK
    if target is None:  # only where the RMM looks for it (bet3)
        raise Unknown("the REC that the PSCI call names does not exist any more")
    if status == _psci.DENIED and target.runnable:
        if m.traits.denied_completes:
            _answer(caller, target, request, _psci.SUCCESS, None)
        return (RMI_ERROR_INPUT,)
    if got is None or got[0] == RMI_SUCCESS:  # else a refusal that should not be: no change
        _answer(caller, target, request, status, None)
    return OK


def _answer(
    caller: Rec, target: Rec, request: PsciRequest, status: int, others: int | None
) -> None:
    """`others` is what a REC that starts finds in x1 to x30."""
    if status != _psci.SUCCESS:
        result = status
    elif request.fid in _psci.AFFINITY_INFO:
        result = _psci.ON if target.runnable else _psci.OFF
    elif target.runnable:
        result = _psci.ALREADY_ON
    else:
        target.gprs = [request.context, *[others] * (GPRS - 1)]
        target.pc = request.entry
        target.runnable = True
        result = _psci.SUCCESS
    caller.gprs[:4] = [result, 0, 0, 0]
    caller.psci = None
    caller.named_mpidr = 0
