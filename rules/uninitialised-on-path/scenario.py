"""An empty range, and each SMC or allocation that fails once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Answer, Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

# An RMM that needs neither memory nor time.
_AT_ONCE = tuple(Answer(f"RMI_REC_{what}", 0, (0,)) for what in ("CREATE", "DESTROY"))
CASES = (
    Case(Scenario(arguments="zero"), Scenario(arguments="page")),
    Case(Scenario(behaviour="continues"), Scenario(answers=_AT_ONCE)),
    Case(Scenario(), statuses=(1, 0x204, 0x304), failing=True),
)


def trigger(attempt: Attempt, finding: Finding) -> bool:
    return bool(attempt.visits)


def harm(attempt: Attempt, finding: Finding) -> str:
    """The variable that the message names."""
    return oracle.uninitialised(attempt, finding.message.split("`")[1])
