"""Each SMC fails once; then the loop goes on with what the failed call left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = tuple(
    Case(Scenario(arguments=range_), statuses=(1, 2, 0x204, 0x304)) for range_ in ("pages", "page")
)


def harm(attempt: Attempt, finding: Finding) -> str:
    """Addresses that the call never named, or a loop without an end."""
    return oracle.strays(attempt) or oracle.endless(attempt) or oracle.uninitialised(attempt)
