"""Each SMC and each allocation fails once; the function then says that all went well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import EACH_FAILS

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

CASES = EACH_FAILS


def trigger(attempt: Attempt, finding: Finding) -> bool:
    return any(e.kind == "alloc-failed" for e in attempt.events) or any(
        oracle.failed(e) for e in attempt.smcs
    )


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.success_after_failure(attempt)
