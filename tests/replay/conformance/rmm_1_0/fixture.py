"""The valid call of each command of 1.0, and how to make each thing in it wrong.

A fixture builds what the case's `setup` says, minds the defects that are matters
of the situation, and gives the call; `situation` then spoils the addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.replay.conformance.host import MB2, OUTSIDE, PAGE, PROTECTED, UNPROTECTED, Guest
from tests.replay.conformance.rmm_1_0.world import World
from tests.replay.conformance.stimulus import Defects, Stimulus

Fixture = Callable[[World, Defects], Stimulus]
FIXTURES: Final[dict[str, Fixture]] = {}

CPU_ON: Final = 0xC400_0003


def fixture(function: Fixture) -> Fixture:
    FIXTURES["RMI_" + function.__name__.upper()] = function
    return function


def wrong_state(w: World, guest: Guest, bad: Defects) -> None:
    """Bring the realm into the state that is wrong for the call."""
    if bad.has("realm ACTIVE"):
        w.activate(guest)
    elif bad.has("realm SYSTEM_OFF"):
        w.system_off(guest)


def protected_ipa(bad: Defects) -> int:
    """An IPA for commands that want a protected one."""
    if bad.has("ipa unprotected"):
        return UNPROTECTED
    return OUTSIDE if bad.has("ipa outside") else PROTECTED


def tables_for(w: World, guest: Guest, ipa: int, bad: Defects, level: int = 3) -> None:
    """Tables down to `level`, or one less if the walk shall be short.

    Outside of the IPA space no walk exists, whatever else shall be wrong with it.
    """
    short = bad.has("walk short")
    if ipa >= OUTSIDE:
        return
    if short:
        level = level - 1 if bad.level is None else bad.level
    w.tables(guest, ipa, level)


def block(w: World, guest: Guest, ipa: int, *, skew: int = 0) -> tuple[int, int]:
    """512 data pages in a row, folded unless `skew`ed; (first PA, PA of their table)."""
    rtt = w.table(guest, ipa, 3)
    first = w.delegated(512 + skew, MB2) + skew * PAGE
    for i in range(512):
        w.data(guest, ipa + i * PAGE, pa=first + i * PAGE)
    if not skew:
        w.do("RTT_FOLD", guest.rd, ipa, 3, out=[rtt])
        del guest.tables[0, 3, ipa]
    return first, rtt
