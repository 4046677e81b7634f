"""An RMM that answers what the warning is about: ERROR_RTT at the last level, a size of 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

_RTT_3, _RTT_2, _INPUT = 0x304, 0x204, 1
CASES = (
    *(
        Case(Scenario(arguments=range_), statuses=(_RTT_3, _RTT_2, _INPUT), failing=True)
        for range_ in ("page", "block")
    ),
    Case(Scenario(arguments="zero"), Scenario(arguments="page")),
)
REFUTES = True


def trigger(attempt: Attempt, finding: Finding) -> bool:
    """The warning fired."""
    return oracle.warned(attempt, finding) is not None


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.after_warning(attempt, finding)
