"""What the realm did, step by step (`realm` of a REC_ENTER), against what the RMM answered.

A step is `enter` with x0 to x8 as the realm found them, or an act: `smc` with the
registers it called with, `sync`, `serror` with the syndrome, `irq`, `fiq`.  The last
act led to the exit.  Steps are the whole of what the realm does to its registers.
`host_smc` and `gpt` mark what others did meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from replay.rmm.model import Unknown
from replay.rmm.realm_side import aborts, rsi
from replay.rmm.realm_side import psci as _psci
from replay.rmm.realm_side.outcome import SEEN, Outcome, Registers, answer
from replay.rmm.rec import GPRS, Rec
from replay.rmm.run_page import RecExit, fits, known, shown
from replay.rmm.values import EXIT_FIQ, EXIT_IRQ, MASK64

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

Step: TypeAlias = tuple[str, list[int]]

OTHERS: Final = ("host_smc", "gpt")
_ACTS: Final = ("smc", "sync", "irq", "fiq", "serror")
_INTERRUPT: Final = {
    "irq": Outcome("IRQ", exit=RecExit(EXIT_IRQ)),
    "fiq": Outcome("FIQ", exit=RecExit(EXIT_FIQ)),
}


def follow(
    m: Rmm, realm: Realm, rec: Rec, steps: Sequence[Step], seen: RecExit | None
) -> tuple[RecExit | None, Step | None]:
    """Go through the steps and the exit that was seen; what the RMM did wrong is a problem.

    `rec.gprs` follow.  Returns the exit (that the steps imply where none was seen,
    None where they do not tell) and the act that led to it.
    """
    alone = all(kind not in OTHERS for kind, _ in steps)
    act: Step | None = None
    outcome = Outcome("the entry", (list(rec.gprs),), judged=not rec.in_planes)
    for kind, given in steps:
        values = _padded(given)
        if kind == "enter":
            _entered(m, rec, outcome, values)
            act = None
        elif kind not in OTHERS:
            act = (kind, values)
            try:
                outcome = outcome_of(m, realm, rec, kind, values)
            except Unknown:  # a table is gone, after a fault that was adopted
                outcome = Outcome(kind, judged=False)
            if kind not in _ACTS:
                m.notes.append(f"what the realm did is not judged: `{kind[:40]}` is not known")
            if kind == "smc":
                rec.gprs[: len(values)] = values
                rec.in_planes |= values[0] & 0xFFFF_FFFF == rsi.PLANE_ENTER
            if rec.in_planes or not (alone or kind in _INTERRUPT):
                # Which plane it was is not known; or others changed tables or RECs, and
                # no step says before or after what.
                outcome = replace(outcome, judged=False)
    if act is None:
        return seen, None
    if seen is None:
        return outcome.exit, act
    _left(m, rec, outcome, seen)
    return seen, act


def _padded(values: list[int]) -> list[int]:
    """Registers of a step: trailing zeros may be missing, and there are but 31."""
    if len(values) == SEEN:
        return values
    return [*values[:GPRS], *[0] * (SEEN - len(values))]


def outcome_of(m: Rmm, realm: Realm, rec: Rec, kind: str, values: list[int]) -> Outcome:
    """What an act may lead to; raises Unknown if a table is gone, after a fault."""
    if kind == "smc":
        fid = values[0] & 0xFFFF_FFFF
        if rsi.FIRST <= fid <= rsi.LAST:
            return rsi.rsi(m, realm, values)
        if fid in _psci.NUMBERS:
            return _psci.psci(m, realm, rec, values)
        return Outcome(f"SMC {fid:#x}", (answer(values, MASK64),))
    if kind == "sync":
        return aborts.sync(m, realm, rec.gprs, values)
    if kind == "serror":
        return aborts.serror(values)
    return _INTERRUPT.get(kind) or Outcome(kind, judged=False)


def _entered(m: Rmm, rec: Rec, outcome: Outcome, seen: list[int]) -> None:
    """The realm goes on with the registers `seen`."""
    if outcome.judged:
        wrong = _unexpected(outcome, seen)
        if wrong:
            m.problems += wrong
            # Registers that no step shows may be wrong as well.
            rec.gprs[len(seen) :] = [None] * (len(rec.gprs) - len(seen))
    rec.gprs[: len(seen)] = seen


def _unexpected(outcome: Outcome, seen: list[int]) -> list[str]:
    if not outcome.answers:
        told = "" if outcome.exit is None else f" with {outcome.exit.name}"
        return [f"after {outcome.what} the realm went on; the REC must exit{told}"]
    if any(all(map(fits, wanted, seen)) for wanted in outcome.answers):
        return []
    return [
        f"x{n} is {value:#x} after {outcome.what}, expected {shown(want)}"
        for n, (want, value) in enumerate(zip(outcome.answers[0], seen, strict=False))
        if not fits(want, value)
    ]


def _left(m: Rmm, rec: Rec, outcome: Outcome, seen: RecExit) -> None:
    """The REC exited after the last act."""
    if not outcome.judged:
        return
    if outcome.exit is not None:
        m.problems += outcome.exit.differences(seen)
        return
    if seen.reason in (EXIT_IRQ, EXIT_FIQ):
        # An interrupt before the realm could go on: it finds the answer at the next entry.
        if len(outcome.answers) == 1:
            _take(rec, outcome.answers[0])
        return
    m.problems.append(f"{outcome.what} is for the RMM to answer; the REC exited with {seen.name}")


def _take(rec: Rec, registers: Registers) -> None:
    rec.gprs[: len(registers)] = [known(want) for want in registers]
