"""Each SMC and each allocation fails once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = tuple(
    Case(Scenario(arguments=range_), statuses=(1, 0x204, 0x304), failing=True)
    for range_ in ("page", "block")
)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.leaked(attempt)
