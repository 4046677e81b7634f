"""Each SMC and each allocation fails once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import EACH_FAILS, Case
from linter.witness.scenario import EVERY, Answer, Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

# The second page of several is refused, by an RMM that asks for no more of them.
_AT_ONCE = Answer("RMI_REC_CREATE", EVERY, (0,))
_SECOND = tuple(Answer("RMI_GRANULE_RANGE_DELEGATE", nth, (1,)) for nth in (1, 2))
CASES = (
    *(
        Case(Scenario(answers=(_AT_ONCE, answer)), Scenario(answers=(_AT_ONCE,)))
        for answer in _SECOND
    ),
    *EACH_FAILS,
)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.leaked(attempt) or oracle.taken_back(attempt)
