"""Creation, activation and end of realms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.model import Unknown
from replay.rmm.realm import Realm, new_roots, rtt_config_valid
from replay.rmm.values import DELEGATED, RD, REALM_ACTIVE, RTT

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import RealmParams


def realm_create(m: Rmm, rd: int, params: RealmParams, got: Got) -> Expected:
    """REALM_CREATE (1.0): the descriptor and the starting tables.

    Raises Unknown where a faulty RMM took a geometry that does not exist.
    """
    width, level, number = params.s2sz, params.rtt_level_start, params.rtt_num_start
    if not rtt_config_valid(width, level, number, lpa2=params.lpa2, pa_width=m.pa_width):
        raise Unknown("starting tables that do not fit the IPA width")
    roots = new_roots(params.rtt_base, level, number, width)
    for root in roots:
        m.put(root.addr, RTT)
        m.rtts[root.addr] = root
    m.put(rd, RD)
    m.realms[rd] = Realm(
        rd,
        ipa_width=width,
        level_start=level,
        num_start=number,
        trees=[roots],
        lpa2=params.lpa2,
        hash_algo=params.hash_algo,
        vmid=params.vmid,
    )
    m.vmids.add(params.vmid)
    return OK


def realm_activate(m: Rmm, realm: Realm, got: Got) -> Expected:
    """REALM_ACTIVATE."""
    realm.state = REALM_ACTIVE
    return OK


def realm_destroy(m: Rmm, realm: Realm, got: Got) -> Expected:
    """REALM_DESTROY (1.0): the descriptor and the starting tables are DELEGATED again."""
    for root in realm.trees[0]:
        m.put(root.addr, DELEGATED)
    m.put(realm.rd, DELEGATED)
    m.vmids.discard(realm.vmid)
    return OK
