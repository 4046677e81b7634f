"""Operations that stop half-way and want to be continued or given memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

_DRIVEN = (
    *(
        Case(Scenario(behaviour=behaviour), Scenario(behaviour="does-nothing"))
        for behaviour in ("continues", "donates", "reclaims", "plain")
    ),
    Case(Scenario(), Scenario(behaviour="does-nothing"), statuses=(0xD, 0x10D)),
)


def CASES(finding: Finding) -> tuple[Case, ...]:
    """What drives an operation gives up where there is no memory; what does not, at once."""
    if "returns on" in finding.message:
        return (Case(Scenario(), failing=True),)
    return _DRIVEN


def harm(attempt: Attempt, finding: Finding) -> str:
    """An operation of the finding's function: one of memory around it is another's."""
    told = oracle.abandoned(attempt)
    other = told.startswith("RMI_GRANULE_") and "granule" not in finding.function
    return "" if other else told
