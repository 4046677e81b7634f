"""ERROR_RTT to each attempt to map: an entry of another size is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = tuple(
    Case(Scenario(behaviour="rtt-error-2", arguments=range_), Scenario(arguments=range_))
    for range_ in ("page", "pages")
)


def trigger(attempt: Attempt, finding: Finding) -> bool:
    return bool(attempt.visits)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.success_after_failure(attempt)
