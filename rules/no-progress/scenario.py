"""An RMM that answers success and has not moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = tuple(
    Case(Scenario(behaviour="no-progress", arguments=range_), Scenario(arguments=range_))
    for range_ in ("pages", "page")
)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.endless(attempt)
