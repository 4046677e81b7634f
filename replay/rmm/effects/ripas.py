"""RIPAS: the initial one, and on the realm's request (1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.effects import Expected, Got
from replay.rmm.model import Unknown
from replay.rmm.rtt import set_ripas, skip_with_ripas
from replay.rmm.values import RAM

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.rec import Rec
    from replay.rmm.rtt import Walk


def rtt_init_ripas(m: Rmm, walk: Walk | None, base: int, walk_top: int, got: Got) -> Expected:
    """RTT_INIT_RIPAS: RAM up to `walk_top`, or as far as the RMM says that it went."""
    if walk is None:
        raise Unknown("no walk for a base outside of the IPA space")
    set_ripas(walk, base, walk_top if got is None else got[1], RAM)
    return 0, walk_top


def rtt_set_ripas(
    m: Rmm, rec: Rec, walk: Walk | None, base: int, top: int, walk_top: int, got: Got
) -> Expected:
    """RTT_SET_RIPAS: the realm's request is granted up to `walk_top`.

    Where the trace does not tell whether DESTROYED entries may change, both ends
    are right, and the one that was seen tells.  With a base inside of an entry that
    has the RIPAS already the formula goes back to the entry's start; to stay is right too.
    """
    if walk is None:
        raise Unknown("no walk for a base outside of the IPA space")
    out = min(top, walk_top)
    seen = out if got is None else got[1]
    right = out
    if rec.ripas_destroyed is None:
        short = min(top, skip_with_ripas(walk, base, top, True))
        if short != out and seen in (short, out):
            rec.ripas_destroyed = seen == out
            right = seen
    if out < base == seen:
        right = base
    set_ripas(walk, base, seen, rec.ripas_value)
    rec.ripas_addr = seen
    return 0, right
