"""An RMM that is busy for ever; the control is busy twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = (Case(Scenario(behaviour="busy-for-ever"), Scenario(behaviour="busy-2")),)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.endless(attempt)
