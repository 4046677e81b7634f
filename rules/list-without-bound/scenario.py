"""An RMM that counts further than the list is long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Answer, Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

_MANY = 300  # granules; the lists have 256 entries


def CASES(finding: Finding) -> tuple[Case, ...]:
    """The RMM asks for too many, or counts too many; which, the finding says."""
    if "is a count of the RMM" in finding.message:
        what = "RMI_OP_MEM_DONATE" if "donated" in finding.message else "RMI_OP_MEM_RECLAIM"
        answer = Answer(what, 0, (0xD, _MANY))
    else:
        answer = Answer("RMI_REC_CREATE", 0, (0x10D, 0, _MANY << 2))
    return (Case(Scenario(answers=(answer,)), Scenario()),)


def harm(attempt: Attempt, finding: Finding) -> str:
    """An access behind the list; where entries are stored, by that very line."""
    counted = "is a count of the RMM" in finding.message
    if not counted and attempt.outcome.line != finding.line:
        return ""
    return oracle.crash(attempt)
