"""Each SMC fails once; a warning a fault would be enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = (Case(Scenario(), statuses=(1, 0x204, 0x304)),)


def trigger(attempt: Attempt, finding: Finding) -> bool:
    return oracle.warned(attempt, finding) is not None


def harm(attempt: Attempt, finding: Finding) -> str:
    fired = oracle.printed(attempt)
    if len(fired) < 2:
        return ""
    places = ", ".join(f"{e.text} at {e.path}:{e.line}" for e in fired[:3])
    return f"one fault, {len(fired)} warnings: {places}"
