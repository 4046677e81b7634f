"""Each SMC fails once; a status that comes out of the function is no errno."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = (Case(Scenario(), statuses=(1, 0x204, 0x304)),)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.status_for_errno(attempt) if attempt.visits else ""
