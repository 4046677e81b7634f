"""Version and features of 1.0."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from replay.rmm.effects import Expected, Got
from replay.rmm.model import Unknown
from replay.rmm.traits import max_recs_order
from replay.rmm.values import RMI_ERROR_INPUT, RMI_SUCCESS

if TYPE_CHECKING:
    from replay.rmm.model import Rmm

_REVISION: Final = (1 << 31) - 1  # minor in 15:0, major in 30:16; the rest should be zero
_1_0: Final = 1 << 16


def version(m: Rmm, req: int, got: Got) -> Expected:
    """VERSION: SUCCESS if the revision asked for is served (fact sheet, section 9).

    What an RMM serves beside 1.0 is not known unless its traits say so; what it shows
    is believed.  Bits that should be zero may make a revision one that is not served.
    """
    asked = req & _REVISION
    succeeds = got is not None and got[0] == RMI_SUCCESS
    served = set(m.traits.revisions)
    if not served:
        served = {_1_0} if got is None else {_1_0, got[2], asked if succeeds else _1_0} - {0}
    highest = max(served)
    if asked in served and (req == asked or succeeds):
        return RMI_SUCCESS, asked, highest
    return RMI_ERROR_INPUT, max((r for r in served if r < req), default=highest), highest


def features(m: Rmm, index: int, got: Got) -> Expected:
    """FEATURES: the header's register 0, or the one that the first call showed."""
    if index:
        return RMI_SUCCESS, 0
    value = m.features.get(0)
    if value is None:
        if got is None:
            raise Unknown("feature register 0 is not known")
        value = m.features[0] = got[1]
        m.traits = replace(m.traits, max_recs_order=max_recs_order(value))
    return RMI_SUCCESS, value
