"""Each SMC fails once, and a range is delegated by and by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = (
    *(
        Case(Scenario(behaviour=behaviour, arguments=range_), statuses=(1, 0x204), failing=True)
        for behaviour, range_ in (("plain", "page"), ("stride-1", "pages"), ("plain", "block"))
    ),
)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.freed_while_delegated(attempt)
