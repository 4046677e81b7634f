"""How calls that were not captured may have changed a granule.

A set of states is a number, bit `s` for state `s`.  One call changes a granule at
most once, and a command only as its success does (RMM 1.0 section B4; fact sheet
rmm-2.0, section 4 on).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from replay.rmm.values import (
    DATA,
    DELEGATED,
    GRANULE_NAME,
    RD,
    REC,
    REC_AUX,
    RTT,
    UNDELEGATED,
)

ENDLESS: Final = 1 << 62  # more calls than anybody makes
EVERY: Final = (1 << len(GRANULE_NAME)) - 1

Moves = tuple[int, ...]  # by state: the states that one call may lead to, its own among them

# What stands here does exactly this to granules; any other command may do anything
# (stateful operations, devices).
_PLAIN: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "RMI_GRANULE_DELEGATE": ((UNDELEGATED, DELEGATED),),
    "RMI_GRANULE_UNDELEGATE": ((DELEGATED, UNDELEGATED),),
    "RMI_GRANULE_RANGE_DELEGATE": ((UNDELEGATED, DELEGATED),),
    "RMI_GRANULE_RANGE_UNDELEGATE": ((DELEGATED, UNDELEGATED),),
    "RMI_RTT_CREATE": ((DELEGATED, RTT),),
    "RMI_RTT_AUX_CREATE": ((DELEGATED, RTT),),
    "RMI_RTT_DESTROY": ((RTT, DELEGATED),),
    "RMI_RTT_AUX_DESTROY": ((RTT, DELEGATED),),
    "RMI_RTT_FOLD": ((RTT, DELEGATED),),
    "RMI_RTT_AUX_FOLD": ((RTT, DELEGATED),),
    "RMI_DATA_CREATE": ((DELEGATED, DATA),),
    "RMI_DATA_CREATE_UNKNOWN": ((DELEGATED, DATA),),
    "RMI_DATA_DESTROY": ((DATA, DELEGATED),),
    "RMI_RTT_DATA_MAP_INIT": ((DELEGATED, DATA),),
    "RMI_RTT_DATA_MAP": ((DELEGATED, DATA),),
    "RMI_RTT_DATA_UNMAP": ((DATA, DELEGATED),),
    "RMI_REALM_CREATE": ((DELEGATED, RD), (DELEGATED, RTT)),
    "RMI_REALM_DESTROY": ((RD, DELEGATED), (RTT, DELEGATED)),
    "RMI_REC_CREATE": ((DELEGATED, REC), (DELEGATED, REC_AUX)),
    "RMI_REC_DESTROY": ((REC, DELEGATED), (REC_AUX, DELEGATED)),
} | dict.fromkeys(
    (
        *("RMI_VERSION", "RMI_FEATURES", "RMI_REALM_ACTIVATE", "RMI_REALM_TERMINATE"),
        *("RMI_REC_ENTER", "RMI_REC_AUX_COUNT", "RMI_PSCI_COMPLETE", "RMI_RTT_READ_ENTRY"),
        *("RMI_RTT_INIT_RIPAS", "RMI_RTT_SET_RIPAS", "RMI_RTT_SET_S2AP", "RMI_RTT_DEV_VALIDATE"),
        *("RMI_RTT_MAP_UNPROTECTED", "RMI_RTT_UNMAP_UNPROTECTED"),
        *("RMI_RTT_UNPROT_MAP", "RMI_RTT_UNPROT_UNMAP"),
        *("RMI_RMM_CONFIG_GET", "RMI_RMM_CONFIG_SET", "RMI_RMM_STATE_GET", "RMI_GPT_INFO"),
        *("RMI_GRANULE_TRACKING_GET", "RMI_GRANULE_TRACKING_SET"),
        *("RMI_PDEV_GET_STATE", "RMI_VDEV_GET_STATE"),
    ),
    (),
)

# Of 2.0 these are operations.
_OPERATIONS: Final = {"RMI_REALM_CREATE", "RMI_REALM_DESTROY", "RMI_REC_CREATE", "RMI_REC_DESTROY"}


@cache
def moves_of(commands: frozenset[str], rmi: str) -> Moves:
    """What one call of any of these commands may do to a granule."""
    found = [1 << state for state in range(len(GRANULE_NAME))]
    for command in commands:
        plain = _PLAIN.get(command)
        if plain is None or (rmi != "1.0" and command in _OPERATIONS):
            return (EVERY,) * len(GRANULE_NAME)
        for old, new in plain:
            found[old] |= 1 << new
    return tuple(found)


def after(mask: int, moves: Moves, calls: int) -> int:
    """The states that are possible after at most so many calls."""
    while calls:
        wider = mask
        for state, to in enumerate(moves):
            if mask >> state & 1:
                wider |= to
        if wider == mask:
            return mask
        mask, calls = wider, calls - 1
    return mask


def replaced(state: int, moves: Moves, calls: int) -> bool:
    """Whether a granule may have left `state` and come back to it."""
    away = moves[state] & ~(1 << state)
    return calls > 1 and bool(after(away, moves, calls - 1) >> state & 1)


def joined(several: Iterable[Moves]) -> Moves:
    """What a call of any of several kinds may do."""
    found = [0] * len(GRANULE_NAME)
    for moves in several:
        found = [a | b for a, b in zip(found, moves, strict=True)]
    return tuple(found)
