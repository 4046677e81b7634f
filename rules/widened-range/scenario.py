"""Machines whose RAM does not begin, or does not end, on the boundary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Scenario
from linter.witness.value import Value

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

_CONTROL = Scenario("control", arguments="bank")
CASES = tuple(
    Case(Scenario(machine, arguments="bank"), _CONTROL)
    for machine in ("qemu-sbsa", "off-the-end", "fvp")
)
REFUTES = True
_GIB = 1 << 30


def trigger(attempt: Attempt, finding: Finding) -> bool:
    """What is rounded was not aligned before."""
    found = re.match(r"`(\w+)`", finding.message)
    if found is None:
        return False
    values = [visit.locals.get(found[1]) for visit in attempt.visits]
    return any(isinstance(value, Value) and value.bits % _GIB for value in values)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.outside(attempt)
