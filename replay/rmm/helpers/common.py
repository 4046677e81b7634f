"""Granules, realms, walks and entries (RMM 1.0 section B3; fact sheet 1.0, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm import realm as _realm
from replay.rmm import rec as _rec
from replay.rmm import rtt
from replay.rmm.model import Unknown
from replay.rmm.rtt import PAGE, Rtte, Table, Walk
from replay.rmm.values import ASSIGNED_NS, MASK64, TABLE

if TYPE_CHECKING:
    from replay.rmm.model import Rmm

# Descriptor bits that the host controls: MemAttr[2:0] in 4:2, S2AP in 7:6.
_ATTRIBUTES = 0b11011100
_MEM_ATTR = 0b11100
_RESERVED_MEM_ATTR = 0b10000  # with FEAT_S2FWB, 0b100 means nothing


# --- objects ------------------------------------------------------------------


def Realm(m: Rmm, rd: int) -> _realm.Realm | None:
    """The realm whose descriptor is at `rd`."""
    return m.realms.get(rd)


def Rec(m: Rmm, addr: int) -> _rec.Rec | None:
    """The REC at `addr`."""
    return m.recs.get(addr)


def RealmParams(m: Rmm, addr: int) -> _realm.RealmParams | None:
    """The parameters at `addr`; None where the RMM cannot read them.

    Raises Unknown if it can but the trace does not have them.
    """
    if not m.ns_access(addr):
        return None
    params = m.realm_params(addr)
    if params is None:
        raise Unknown("the page of parameters was not captured")
    return params


def RecParams(m: Rmm, addr: int) -> _rec.RecParams | None:
    """As RealmParams, for a REC."""
    if not m.ns_access(addr):
        return None
    params = m.rec_params(addr)
    if params is None:
        raise Unknown("the page of parameters was not captured")
    return params


# --- realm parameters ---------------------------------------------------------


def realm_params_valid_encoding(m: Rmm, params: _realm.RealmParams) -> bool:
    """No enumeration has a reserved value; flags that should be zero are not looked at."""
    return params.hash_algo in (0, 1)


def realm_params_supported(m: Rmm, params: _realm.RealmParams) -> bool:
    """Feature register 0 offers what is asked for.

    Raises Unknown if nobody has seen the register.
    """
    return _realm.supported(params, m.feature_register(), hpmn0=m.traits.hpmn0)


def rtt_config_valid(m: Rmm, width: int, level: int, number: int, lpa2: bool) -> bool:
    """`number` starting tables at `level` make an IPA space of `width` bits."""
    return _realm.rtt_config_valid(width, level, number, lpa2=lpa2, pa_width=m.pa_width)


def rtts_state_equal(m: Rmm, base: int, number: int, state: int) -> bool:
    """All of the starting tables are in `state`.

    Only as many are looked at as there may be: rtt_config_valid refuses a larger number.
    """
    gstate = m.gstate
    for i in range(min(number, _realm.MAX_STARTING_TABLES)):
        if gstate(base + i * PAGE) != state:
            return False
    return True


def vmid_valid(m: Rmm, vmid: int) -> bool:
    return not vmid >> m.traits.vmid_bits


def vmid_free(m: Rmm, vmid: int) -> bool:
    return vmid not in m.vmids


def realm_is_live(m: Rmm, rd: int) -> bool:
    """Has RECs, or a starting table holds data or a table; false if there is no realm."""
    realm = m.realms.get(rd)
    return realm is not None and _realm.is_live(realm)


# --- REC parameters -----------------------------------------------------------


def rec_aux_count(m: Rmm, rd: int) -> int | None:
    """How many auxiliary granules a REC of the realm needs; None if there is no realm.

    Raises Unknown if neither the header nor an earlier call told.
    """
    if rd not in m.realms:
        return None
    if not m.traits.max_rec_aux:
        raise Unknown("nobody has asked yet how many auxiliary granules a REC needs")
    return m.traits.max_rec_aux


def rec_index_of(m: Rmm, mpidr: int) -> int:
    """The REC index that an RmiRecMpidr names."""
    return _rec.rec_index_of(mpidr)


def aux_alias(m: Rmm, rec: int, aux: list[int], number: int) -> bool:
    """One of the first `number` auxiliary granules is the REC, or is named twice."""
    used = aux[:number]
    return rec in used or len(set(used)) < len(used)


# --- addresses and levels -----------------------------------------------------


def level_aligned(m: Rmm, addr: int, level: int) -> bool:
    """Aligned to what one entry of `level` maps; never, for a level that does not exist."""
    return -1 <= level <= 3 and not addr & (rtt.level_size(level) - 1)


def align_down(m: Rmm, addr: int, level: int) -> int:
    """The start of the entry of `level` that holds `addr`."""
    return addr & -rtt.level_size(level)


def to_address(m: Rmm, value: int) -> int:
    """As a register would hold it: what is below zero comes out huge."""
    return value & MASK64


def is_protected(m: Rmm, ipa: int, realm: _realm.Realm) -> bool:
    """In the protected half of the realm's IPA space."""
    return ipa < realm.protected_top


def rtt_level_valid(m: Rmm, realm: _realm.Realm, level: int) -> bool:
    """The realm may have a table at `level`."""
    return realm.rtt_level_start <= level <= 3


def rtt_level_is_starting(m: Rmm, realm: _realm.Realm, level: int) -> bool:
    return level == realm.rtt_level_start


def level_block_or_page(m: Rmm, realm: _realm.Realm, level: int) -> bool:
    """An entry of `level` may map memory (whether or not the realm has such tables)."""
    return 1 <= level <= 3


# --- walks and tables -----------------------------------------------------------


def RttWalk(m: Rmm, rd: int, ipa: int, level: int) -> Walk | None:
    """Where the walk for `ipa` down to `level` ends."""
    realm = m.realms.get(rd)
    return None if realm is None else m.walk(realm, ipa, level)


def RttBelow(m: Rmm, walk: Walk) -> Table | None:
    """The table that the entry of a walk points to; None if it is no TABLE.

    Raises Unknown if a faulty RMM has given its granule away.
    """
    if walk.rtte.state != TABLE:
        return None
    table = m.rtts.get(walk.rtte.addr)
    if table is None:
        raise Unknown("the table below is no table any more")
    return table


def RttSkipNonLiveEntries(m: Rmm, walk: Walk, ipa: int) -> int:
    """The first live IPA at or after `ipa` in the table of the walk."""
    return rtt.skip_non_live(walk, ipa)


def RttSkipEntriesWithRipas(
    m: Rmm, walk: Walk, base: int, top: int, stop_at_destroyed: bool
) -> int:
    """How far RIPAS can be set from `base` on in the table of the walk."""
    return rtt.skip_with_ripas(walk, base, top, stop_at_destroyed)


def keeps_destroyed(m: Rmm, rec: _rec.Rec) -> bool:
    """The realm asked for a RIPAS change, but not of DESTROYED entries."""
    return rec.ripas_destroyed is False


def destroyed_unknown(m: Rmm, rec: _rec.Rec) -> bool:
    """The trace does not tell whether the realm lets DESTROYED entries change."""
    return rec.ripas_destroyed is None


def rtt_is_live(m: Rmm, table: Table) -> bool:
    """Holds data or a table."""
    return table.refs != 0


def rtt_is_homogeneous(m: Rmm, table: Table) -> bool:
    return rtt.fold(table) is not None


# --- descriptors of unprotected mappings ----------------------------------------


def _lpa2(m: Rmm, rd: int) -> bool:
    """Without a realm, descriptors are read as without LPA2: their checks need no realm."""
    realm = m.realms.get(rd)
    return realm is not None and realm.feat_lpa2


def desc_valid_unprotected(m: Rmm, desc: int, rd: int) -> bool:
    """Only bits that the host controls are set, and MemAttr is not the reserved one."""
    allowed = rtt.DESC_ADDRESS_LPA2 if _lpa2(m, rd) else rtt.ADDRESS
    return not desc & ~(allowed | _ATTRIBUTES) and desc & _MEM_ATTR != _RESERVED_MEM_ATTR


def RttEntryFromDescriptor(m: Rmm, desc: int, rd: int) -> Rtte:
    """The ASSIGNED_NS entry that a descriptor of the host describes."""
    return Rtte(rtt.from_descriptor(desc, ASSIGNED_NS, _lpa2(m, rd)))
