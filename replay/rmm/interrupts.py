"""Interrupts that wait for the RMM: when the next one comes, as far as a trace tells (2.0).

The event `irq_after` says how often the RMM may look before it finds one.  The count
is kept by those commands that look (behaviour, section 10.10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from replay.rmm.values import signed

if TYPE_CHECKING:
    from replay.rmm.model import Rmm

NEVER = -1
SOON = -2


class Interrupts:
    """Looking for a pending interrupt: each look counts, and one that waits stays.

    `left`: how often none will be seen yet, or NEVER; SOON where one comes, but it is
    not known when; None where nobody told.
    """

    __slots__ = ("left",)

    def __init__(self, left: int | None) -> None:
        self.left = left

    def pending(self) -> bool:
        if self.left == 0:
            return True
        if self.left is not None and self.left > 0:
            self.left -= 1
        return False


def comes(m: Rmm) -> bool:
    """An interrupt was announced: the RMM may stop wherever it looks for one."""
    return m.interrupt is not None and m.interrupt != NEVER


def looked(m: Rmm, left: int | None = SOON) -> None:
    """The RMM has looked for an interrupt, how often is not known where `left` is not given."""
    if comes(m):
        m.interrupt = left


def looked_times(m: Rmm, times: int) -> None:
    """It has looked so often and found none."""
    looked(m, SOON if m.interrupt is None or m.interrupt < times else m.interrupt - times)


def waits(m: Rmm, got: Sequence[int] | None) -> None:
    """It was seen to stop for one."""
    if got is not None:
        looked(m, 0)


def looks(fields: Mapping[str, Any]) -> int | None:
    """The number of an `irq_after` event, whatever its key; -1 for never, None without one."""
    for key, value in fields.items():
        if key == "seq":
            continue
        if isinstance(value, str) and value.startswith("0x"):
            with suppress(ValueError):
                value = int(value, 16)
        if isinstance(value, int) and not isinstance(value, bool):
            return max(signed(value), NEVER)
    return None
