"""INCOMPLETE, and an operation that asks for what does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Answer, Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

_STRANGE = Answer("RMI_REC_CREATE", 0, (0x30D,))


def CASES(finding: Finding) -> tuple[Case, ...]:
    """A command's wrapper is refused as it is; what drives an operation, in the middle of one."""
    if "becomes 1" in finding.message:
        return (Case(Scenario(answers=(_STRANGE,)), Scenario()),)
    return (Case(Scenario(), Scenario(behaviour="does-nothing"), statuses=(0xD, 0x30D)),)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.one_for_status(attempt)
