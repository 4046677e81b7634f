"""Each SMC fails once; the host then reads what the RMM has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import EACH_FAILS

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = EACH_FAILS


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.crash(attempt) or oracle.freed_while_delegated(attempt)
