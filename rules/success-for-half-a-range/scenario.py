"""The second granule is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = (
    Case(Scenario(behaviour="stride-1", arguments="pages"), statuses=(1,), commands=("RMI_GRAN",)),
)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.half(attempt)
