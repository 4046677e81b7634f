"""Every call to give memory back is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import EVERY, Answer, Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

_REFUSED = tuple(
    Answer(f"RMI_{what}", EVERY, (1,))
    for what in ("GRANULE_UNDELEGATE", "GRANULE_RANGE_UNDELEGATE", "DATA_DESTROY", "RTT_DATA_UNMAP")
)
CASES = (
    Case(Scenario(arguments="pages", answers=_REFUSED), Scenario(arguments="pages")),
    Case(Scenario(arguments="pages", answers=_REFUSED), Scenario(), statuses=(1,)),
)


def harm(attempt: Attempt, finding: Finding) -> str:
    """More than one warning by the same line."""
    fired = [e for e in oracle.printed(attempt) if e.line == finding.line]
    if len(fired) < 2:
        return ""
    return f"{fired[0].text} fires {len(fired)} times in one call; {oracle.ending(attempt)}"
