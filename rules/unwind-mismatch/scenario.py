"""Each SMC and each allocation fails once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import EACH_FAILS

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = EACH_FAILS


def harm(attempt: Attempt, finding: Finding) -> str:
    return (
        oracle.undelegates_foreign(attempt)
        or oracle.freed_while_delegated(attempt)
        or oracle.delegated_for_good(attempt)
        or oracle.leaked(attempt)
        or oracle.crash(attempt)
    )
