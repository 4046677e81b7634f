"""Each SMC and each allocation fails once; what is read then, nobody wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import EACH_FAILS, Case
from linter.witness.scenario import Answer, Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

_NO_TABLE = tuple(Answer(f"RMI_RTT_{what}_RIPAS", 0, (0x204,)) for what in ("SET", "INIT"))
CASES = (
    # A table is missing, and there is no page for one.
    Case(Scenario(answers=_NO_TABLE, failing=frozenset((0,))), Scenario()),
    *EACH_FAILS,
)


def harm(attempt: Attempt, finding: Finding) -> str:
    """The value that the message names."""
    return oracle.uninitialised(attempt, finding.message.split("`")[1])
