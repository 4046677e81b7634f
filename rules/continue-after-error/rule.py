"""continue-after-error: an error is noticed, and the loop goes on with its leavings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.leavings import ignored
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("ERR-CONTINUE",)
WORDS = (RMI, ("while", "for"))
NEEDS = FUNCTION
TITLE = "`continue` after an unexpected error, with a cursor that the failed call left"
WHY = (
    "The out-value of a call that failed in an unexpected way is not defined: it may be 0 or the "
    "old value. As the loop's cursor it starts the loop over or keeps it where it is."
)
FIX = "Leave the loop: `break`, or return the error."
EVIDENCE = (
    "realm_unmap_private_range() in v13 and later: else if (WARN_ON(ret)) continue;",
    "TF-RMM writes 0 to the out register on some errors (RTT_DATA_UNMAP)",
)


def check(function: Function) -> Iterator[Finding]:
    for site, noticed, out, cursor, taken in ignored(function.facts):
        left = (
            f"`{cursor}` taken from `{out}`, which that failed call left behind"
            if taken
            else f"`{cursor}` as it was: it asks for the same address again"
        )
        yield function.finding(
            noticed,
            f"if {site.name}() fails with anything unexpected, the loop goes on with {left}",
            related=[function.place(site.node, f"{site.name}() is called here")],
        )
