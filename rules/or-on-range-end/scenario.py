"""A range that ends at the shared bit; the control ends below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = (Case(Scenario(arguments="half"), Scenario(arguments="pages")),)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.nothing_asked(attempt) if attempt.visits else ""
