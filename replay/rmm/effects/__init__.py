"""What a command does when none of its failure conditions holds.

One function a command, called as `effect(m, *objects, got)`: the model, what the
table's `do` line names, and the result registers X0.. that were seen (None:
nothing was seen, the function chooses).  It changes the model as the result
implies and returns the registers that it expects, X0 first, None for one that
may be anything; a shorter list leaves the rest free.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from replay.rmm.model import Unknown

if TYPE_CHECKING:
    from replay.rmm.rtt import Walk

Got: TypeAlias = Sequence[int] | None
Expected: TypeAlias = tuple[int | None, ...]
Effect: TypeAlias = Callable[..., Expected]

OK: Expected = (0,)


def reached(walk: Walk | None, level: int) -> Walk:
    """The walk, which must have come to `level`.

    Raises Unknown if not: an RMM that says so is at fault, or was asked for a level
    above the starting one, of which the specification says nothing.
    """
    if walk is None or walk.level != level:
        raise Unknown(f"there is no table of level {level} here")
    return walk
