"""A page and a block are mapped; the RMM refuses the descriptor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario
from replay.rmm.values import RMI_ERROR_INPUT

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = tuple(
    Case(Scenario(arguments=range_), Scenario(arguments="zero")) for range_ in ("page", "block")
)


def harm(attempt: Attempt, finding: Finding) -> str:
    """The RMM refuses as wrong input what the function asks."""
    if "size code" not in finding.message:
        return ""
    for event in attempt.smcs:
        if oracle.status(event) == RMI_ERROR_INPUT and "MAP" in event.text:
            return f"{oracle.call(event)}: the RMM does not take this; {oracle.ending(attempt)}"
    return ""
