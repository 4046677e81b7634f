"""Tables of a realm: create, destroy, fold, read (1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from replay.rmm.effects import OK, Expected, Got, reached
from replay.rmm.model import Unknown
from replay.rmm.rtt import (
    Table,
    destroyed,
    fold,
    make_entry,
    new_table,
    skip_non_live,
    to_descriptor,
)
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_NS,
    DELEGATED,
    MASK64,
    RTT,
    TABLE,
    UNASSIGNED,
    UNASSIGNED_NS,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.rtt import Walk

# RmiRttEntryState
_STATE: Final = {UNASSIGNED: 0, UNASSIGNED_NS: 0, ASSIGNED: 1, ASSIGNED_NS: 1, TABLE: 2}


def rtt_create(m: Rmm, walk: Walk | None, rtt: int, ipa: int, level: int, got: Got) -> Expected:
    """RTT_CREATE: the parent entry unfolds into a table.

    Raises Unknown where a faulty RMM put a table in another's place.
    """
    walk = reached(walk, level - 1)
    if walk.rtte.state == TABLE:
        raise Unknown("a new table in the place of another")
    m.put(rtt, RTT)
    m.rtts[rtt] = new_table(rtt, level, ipa, walk.rtte)
    if walk.rtte.marked:  # which the reference does not see: it counts it for ever
        walk.rtt.aux_refs += 1
    walk.set(make_entry(TABLE, addr=rtt))
    return OK


def rtt_destroy(m: Rmm, realm: Realm, walk: Walk, child: Table, ipa: int, got: Got) -> Expected:
    """RTT_DESTROY: the whole range of the table is DESTROYED (unprotected: unmapped)."""
    m.put(child.addr, DELEGATED)
    walk.set(destroyed(ipa < realm.protected_top))
    return 0, child.addr, skip_non_live(walk, ipa)


def rtt_fold(m: Rmm, walk: Walk, child: Table, got: Got) -> Expected:
    """RTT_FOLD: the parent entry takes the place of the table.

    Raises Unknown where a faulty RMM folded what is not homogeneous.
    """
    entry = fold(child)
    if entry is None:
        entry = fold(child, permissions=False)
    if entry is None:
        raise Unknown("a folded table whose entries were not as one block")
    m.put(child.addr, DELEGATED)
    walk.set(entry)
    return 0, child.addr


def rtt_read_entry(m: Rmm, realm: Realm, walk: Walk, got: Got) -> Expected:
    """RTT_READ_ENTRY: the entry where the walk ended; the RIPAS of a TABLE is not specified."""
    entry = walk.rtte
    state = entry.state
    return (
        0,
        walk.level & MASK64,
        _STATE[state],
        to_descriptor(entry, realm.feat_lpa2),
        None if state == TABLE else entry.ripas,
    )
