"""Data granules and unprotected mappings of 1.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got, reached
from replay.rmm.rtt import LEVEL_PAGE, make_entry, skip_non_live
from replay.rmm.values import (
    ASSIGNED,
    DATA,
    DELEGATED,
    DESTROYED,
    RAM,
    UNASSIGNED,
    UNASSIGNED_NS,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.rtt import Rtte, Walk


def data_create(m: Rmm, walk: Walk | None, data: int, got: Got) -> Expected:
    """DATA_CREATE: a page of RAM, whatever RIPAS was there before."""
    walk = reached(walk, LEVEL_PAGE)
    m.put(data, DATA)
    walk.set(make_entry(ASSIGNED, RAM, data))
    return OK


def data_create_unknown(m: Rmm, walk: Walk | None, data: int, got: Got) -> Expected:
    """DATA_CREATE_UNKNOWN: a page under the RIPAS that is there."""
    walk = reached(walk, LEVEL_PAGE)
    m.put(data, DATA)
    walk.set(make_entry(ASSIGNED, walk.rtte.ripas, data))
    return OK


def data_destroy(m: Rmm, walk: Walk | None, ipa: int, got: Got) -> Expected:
    """DATA_DESTROY: what was RAM is DESTROYED now."""
    walk = reached(walk, LEVEL_PAGE)
    old = walk.rtte
    m.put(old.addr, DELEGATED)
    walk.set(make_entry(UNASSIGNED, DESTROYED if old.ripas == RAM else old.ripas))
    return 0, old.addr, skip_non_live(walk, ipa)


def rtt_map_unprotected(m: Rmm, walk: Walk | None, level: int, rtte: Rtte, got: Got) -> Expected:
    """RTT_MAP_UNPROTECTED: the host's page or block."""
    reached(walk, level).set(rtte)
    return OK


def rtt_unmap_unprotected(m: Rmm, walk: Walk | None, ipa: int, level: int, got: Got) -> Expected:
    """RTT_UNMAP_UNPROTECTED."""
    walk = reached(walk, level)
    walk.set(make_entry(UNASSIGNED_NS))
    return 0, skip_non_live(walk, ipa)
