"""Each SMC fails once, and a range is delegated by and by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness import oracle
from linter.witness.prove import Case
from linter.witness.scenario import Answer, Scenario

if TYPE_CHECKING:
    from linter.finding import Finding
    from linter.witness.explore import Attempt

# REC_CREATE asks for four pages in a row, or a block; the RMM takes the first granule of them
# and refuses the next one.
_ASKED = tuple(
    Answer("RMI_REC_CREATE", 0, (0x10D, 0, word)) for word in (4 << 2 | 1 << 16, 1 << 2 | 1)
)
_REFUSED = Answer("RMI_GRANULE_RANGE_DELEGATE", 2, (1,))
CASES = (
    *(
        Case(Scenario(behaviour="stride-1", answers=(asked, _REFUSED)), Scenario())
        for asked in _ASKED
    ),
    *(
        Case(Scenario(behaviour=behaviour, arguments=range_), statuses=(1, 0x204), failing=True)
        for behaviour, range_ in (("plain", "page"), ("stride-1", "pages"), ("plain", "block"))
    ),
)


def harm(attempt: Attempt, finding: Finding) -> str:
    return oracle.freed_while_delegated(attempt)
