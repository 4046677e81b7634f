"""What an RMM chooses where the specification leaves the outcome open.

The judge follows what it sees and asks nothing here.  When an answer has to be made
up (`respond`), an effect that is given no result looks at `Rmm.choices`.  Each is a
wish: an implementation that may not do so (its traits say) does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replay.rmm.operation import Request


@dataclass(frozen=True, slots=True)
class Choices:
    """The defaults are those of an RMM that does all it is asked for, at once (2.0).

    stride        entries, or granules, that a range command does in one call; 0: all
    pauses        answers INCOMPLETE before a command that may be interrupted has ended;
                  -1: it never ends
    asks          memory that such a command wants first
    gives_back    it returns that memory before it ends, with OP_MEM_RECLAIM
    cancellable   it may be given up, with OP_CANCEL
    first_handle  operations get the free handles from this one on
    """

    stride: int = 0
    pauses: int = 0
    asks: Request | None = None
    gives_back: bool = False
    cancellable: bool = False
    first_handle: int = 0


WHOLE = Choices()
