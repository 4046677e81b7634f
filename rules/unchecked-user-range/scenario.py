"""A request whose end wraps around; the control asks for four pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = (Case(Scenario(arguments="wrap"), Scenario(arguments="pages")),)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.wraps(attempt)
