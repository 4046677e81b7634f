"""ERROR_RTT with a level below the last one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

_BELOW, _FAR_BELOW = 0x404, 0xFF04
CASES = tuple(
    Case(Scenario(arguments=range_), statuses=(_BELOW, _FAR_BELOW)) for range_ in ("page", "block")
)


def harm(attempt: Attempt, finding: Finding) -> str:
    """No warning at the line, and the function goes on."""
    if oracle.warned(attempt, finding) is not None:
        return ""
    trace = attempt.run.trace
    for event, after in pairwise(attempt.smcs):
        asked = any(trace.index(event) < v.events <= trace.index(after) for v in attempt.visits)
        if asked and oracle.status(event) in (_BELOW, _FAR_BELOW):
            return (
                f"{oracle.call(event)}, no warning, and the function goes on: {oracle.call(after)}"
            )
    return ""
