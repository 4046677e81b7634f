"""Realms of 2.0: what the conditions of REALM_CREATE and REALM_DESTROY ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm import params_2_0 as _params
from replay.rmm.model import Unknown
from replay.rmm.rtt import PAGE as _PAGE
from replay.rmm.values import DELEGATED

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

# hash_algo (0 SHA-256, 1 SHA-512, 2 SHA-384) -> its bit in feature register 1.
_HASH_BIT = {0: 3, 1: 5, 2: 4}


def RealmParams2(m: Rmm, addr: int) -> _params.RealmParams | None:
    """The parameters at `addr`; None where the RMM cannot read them.

    Raises Unknown if it can but the trace does not have them.
    """
    if not m.ns_access(addr):
        return None
    mem = m.page(addr)
    if mem is None:
        raise Unknown("the page of parameters was not captured")
    return _params.RealmParams(mem, addr)


def tables_needed(m: Rmm, params: _params.RealmParams) -> int | None:
    """Starting tables that the IPA space needs; None if the level does not suit it."""
    return params.tables_needed(m.pa_width)


def ipa_level_valid(m: Rmm, params: _params.RealmParams) -> bool:
    """Whether the level of the starting tables suits the size of the IPA space."""
    return params.tables_needed(m.pa_width) is not None


def root_tables(m: Rmm, params: _params.RealmParams) -> list[int] | None:
    """Addresses of all starting tables, tree by tree; None for an absurd number."""
    return params.roots()


def roots_aligned(m: Rmm, params: _params.RealmParams) -> bool:
    """Whether each tree's starting tables are aligned to their size together."""
    size = params.rtt_num_start * _PAGE
    return size > 0 and all(base % size == 0 for base in params.tree_bases())


def plane_tree_valid(m: Rmm, params: _params.RealmParams, feature3: int) -> bool:
    """Whether feature register 3 offers the trees and permissions asked for."""
    return _params.plane_tree_valid(params, feature3)


def hash_offered(m: Rmm, params: _params.RealmParams, feature1: int) -> bool:
    """Whether feature register 1 offers the hash algorithm."""
    return bool(feature1 >> _HASH_BIT.get(params.hash_algo, 63) & 1)


def all_delegated(m: Rmm, addrs: list[int]) -> bool:
    """Whether these are delegated granules, each of them once."""
    return len(set(addrs)) == len(addrs) and all(m.gstate(a) == DELEGATED for a in addrs)


def taken_as_root(m: Rmm, rd: int, params: _params.RealmParams) -> bool:
    """Whether `rd` is one of the starting tables as well."""
    roots = params.roots()
    return roots is not None and rd in roots


def vmids_used(m: Rmm) -> int:
    """VMIDs in use: one a plane of every realm."""
    return sum(1 + realm.aux_planes for realm in m.every(m.realms))


def private_mecids(m: Rmm) -> int:
    """Realms with a memory encryption context of their own."""
    return sum(realm.mec_private for realm in m.every(m.realms))


def trees_live(m: Rmm, realm: Realm) -> bool:
    """Whether a starting table of any tree has a live entry."""
    return any(table.refs for tree in realm.trees for table in tree)
