"""What an act of the realm may lead to: an answer to the realm, or an exit to the host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from replay.rmm.rtt import level_size
from replay.rmm.run_page import RecExit, Want
from replay.rmm.values import ASSIGNED, DESTROYED, EXIT_SYNC, RAM

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

EC_DATA_ABORT: Final = 0x24  # ESR_EL2.EC, from a lower exception level
SEEN: Final = 9  # registers of a step: x0 to x8
_RESULTS: Final = 4  # SMCCC: a call may change x0 to x3, and further results it defines

Registers: TypeAlias = list[Want]  # from x0 on, as the realm may find them


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may follow an act.

    `what` names the act for reports; `answers` are the registers with which the realm
    may go on, `exit` what the host may be told instead.  `judged` is False where the
    model cannot tell: then anything may follow.
    """

    what: str
    answers: tuple[Registers, ...] = ()
    exit: RecExit | None = None
    judged: bool = True


def answer(call: Sequence[Want], *results: Want) -> Registers:
    """Registers after an SMC made with `call`: its results from x0 on.

    The rest of x0 to x3 may be anything, what is above stays (SMCCC).
    """
    spare = max(_RESULTS - len(results), 0)
    return [*results, *[None] * spare, *call[len(results) + spare :]]


def stage2_abort(ipa: int, level: int) -> RecExit:
    """The Data Abort that the RMM reports when it cannot reach a page for the realm.

    As if the realm had touched it: translation fault at `level`, nothing to emulate.
    HPFAR has no place for an offset in the page, but the reference puts `ipa >> 8` there.
    (tf-rmm-behaviour, section 11.3.)
    """
    fault = 0x2B if level == -1 else 0x04 | level
    hpfar = frozenset((ipa >> 12 << 4, ipa >> 8))
    return RecExit(EXIT_SYNC, esr=EC_DATA_ABORT << 26 | fault, hpfar=hpfar)


def reach(m: Rmm, realm: Realm, ipa: int) -> int | RecExit | None:
    """What the RMM meets at a protected `ipa` that a call names: a PA, or the exit it causes.

    None where the realm has no memory (RIPAS EMPTY or DEV): it is told so.
    """
    walk = m.walk(realm, ipa, 3)
    if walk is None or walk.rtte.ripas not in (RAM, DESTROYED):
        return None
    if walk.rtte.state == ASSIGNED and walk.rtte.ripas == RAM:
        return walk.rtte.addr + (ipa & (level_size(walk.level) - 1))
    return stage2_abort(ipa, walk.level)
