"""A realm that does what it is told: the steps and the exit that its acts lead to.

For answers that are made up.  What may follow an act, `steps` knows; where that leaves
a choice, the first is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from replay.rmm.realm_side.outcome import SEEN
from replay.rmm.realm_side.steps import OTHERS, Step, outcome_of
from replay.rmm.run_page import RecExit, choose_exit, chosen
from replay.rmm.values import EXIT_IRQ

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.rec import Rec
    from replay.rmm.run_page import Want


def play(m: Rmm, realm: Realm, rec: Rec, acts: Sequence[Step]) -> tuple[RecExit, Step, list[Step]]:
    """Run the REC: (the exit, the act that led to it, the steps as a trace has them).

    `acts` are `smc` with x0 to x8, `sync` and `serror` with a syndrome, `irq`, `fiq`; what
    comes after an exit is not done, and an interrupt ends a realm that does not exit.
    Of an act that is not modelled the realm is not told the end: an interrupt comes first.
    """
    steps = [_enter(rec, rec.gprs[:SEEN])]
    for kind, values in acts:
        if kind in OTHERS or kind == "enter":
            continue
        act = (kind, list(values))
        steps.append(act)
        outcome = outcome_of(m, realm, rec, kind, act[1])
        if kind == "smc":
            rec.gprs[: len(values)] = values
        if not outcome.judged:
            return RecExit(EXIT_IRQ), act, steps
        if outcome.exit is not None:
            return choose_exit(outcome.exit), act, steps
        steps.append(_enter(rec, outcome.answers[0]))
    last: Step = ("irq", [])
    return RecExit(EXIT_IRQ), last, [*steps, last]


def _enter(rec: Rec, found: Sequence[Want]) -> Step:
    """The realm goes on and finds these registers."""
    values = [chosen(want) for want in found]
    rec.gprs[: len(values)] = values
    return ("enter", values)
