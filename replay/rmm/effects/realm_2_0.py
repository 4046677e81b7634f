"""Realms of 2.0: the RMM chooses their VMIDs, and they end in two steps."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.model import Unknown
from replay.rmm.operation import now_or_later
from replay.rmm.realm import Realm
from replay.rmm.rtt import ENTRIES, PAGE, Table, level_size, make_entry
from replay.rmm.values import (
    DELEGATED,
    RD,
    REALM_ZOMBIE,
    RTT,
    UNASSIGNED,
    UNASSIGNED_NS,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.params_2_0 import RealmParams


def realm_create(
    m: Rmm, rd: int, params: RealmParams | None, roots: list[int] | None, got: Got
) -> Expected:
    """REALM_CREATE.  Raises Unknown if the parameters do not describe a realm."""
    if params is None or not roots or params.tables_needed(m.pa_width) is None:
        raise Unknown("the realm's parameters make no sense")

    def done(got: Got) -> Expected:
        number = params.rtt_num_start
        trees = [
            [_starting_table(params, base, i) for i in range(number)]
            for base in params.tree_bases()
        ]
        realm = Realm(
            rd,
            ipa_width=params.s2sz,
            level_start=params.rtt_level_start,
            num_start=number,
            trees=trees,
            lpa2=params.lpa2,
            hash_algo=params.hash_algo,
            aux_planes=params.num_aux_planes,
            tree_per_plane=params.tree_per_plane,
            da=params.da,
        )
        realm.mec_private = params.mec_policy == 1
        for tree in trees:
            for table in tree:
                m.put(table.addr, RTT)
                m.rtts[table.addr] = table
        m.put(rd, RD)
        m.realms[rd] = realm
        return OK

    return now_or_later(m, got, done, (rd, *roots))


def _starting_table(params: RealmParams, base: int, number: int) -> Table:
    """Table `number` of a tree: empty below the middle of the IPA space, the host's above.

    What lies beyond the IPA space is not initialised by the reference: it is not
    live, and nobody can name it.
    """
    level = params.rtt_level_start
    size = level_size(level)
    ipa = number * ENTRIES * size
    protected = min(max((1 << (params.s2sz - 1)) - ipa, 0) // size, ENTRIES)
    inside = min(max((1 << params.s2sz) - ipa, 0) // size, ENTRIES)
    empty, of_host = array("Q", [make_entry(UNASSIGNED)]), array("Q", [make_entry(UNASSIGNED_NS)])
    entries = empty * protected + of_host * (inside - protected) + empty * (ENTRIES - inside)
    return Table(base + number * PAGE, level, ipa, entries)


def realm_terminate(m: Rmm, realm: Realm, got: Got) -> Expected:
    """REALM_TERMINATE, from any state."""

    def done(got: Got) -> Expected:
        realm.state = REALM_ZOMBIE
        return OK

    return now_or_later(m, got, done)


def realm_destroy(m: Rmm, realm: Realm, got: Got) -> Expected:
    """REALM_DESTROY."""

    def done(got: Got) -> Expected:
        for tree in realm.trees:
            for table in tree:
                m.put(table.addr, DELEGATED)
        m.put(realm.rd, DELEGATED)
        return OK

    return now_or_later(m, got, done, (realm.rd,))
