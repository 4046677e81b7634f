"""Tables, ranges and auxiliary trees of 2.0 (tf-rmm-behaviour, section 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm import addr_list, mapping, sweep, unmapping
from replay.rmm import realm as _realm
from replay.rmm import rec as _rec
from replay.rmm.model import Unknown
from replay.rmm.operation import is_incomplete
from replay.rmm.rtt import ADDRESS, ENTRIES, Walk, fold, level_size, skip_non_live
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_DEV,
    ASSIGNED_NS,
    DEV,
    RAM,
    TABLE,
    UNDELEGATED,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.rtt import Table

_LEVEL_BLOCK = 2  # a table of this level or of the next one may fold into a block


# --- addresses ------------------------------------------------------------------


def ipa_at(m: Rmm, realm: _realm.Realm, ipa: int, level: int) -> bool:
    """In the realm's IPA space, and aligned to what an entry of `level` maps."""
    return not ipa >> realm.ipa_width and -1 <= level <= 3 and not ipa % level_size(level)


def range_in(m: Rmm, realm: _realm.Realm, base: int, top: int) -> bool:
    """First and last page of [base, top) lie in the realm's IPA space."""
    return not base >> realm.ipa_width and not (top - m.granule) >> realm.ipa_width


def ends_protected(m: Rmm, realm: _realm.Realm, base: int, top: int) -> int:
    """How many of first and last page of [base, top) are protected: 0, 1 or 2."""
    half = realm.protected_top
    return (base < half) + (top - m.granule < half)


def page_aligned(m: Rmm, base: int, top: int) -> bool:
    """Both ends of a range stand on granules."""
    return not (base | top) & m.offset_mask


def size_of(m: Rmm, level: int) -> int:
    """Bytes that an entry of `level` maps."""
    return level_size(level)


def level_maps(m: Rmm, realm: _realm.Realm, level: int) -> bool:
    """An entry of `level` may map memory, and the realm has tables of that level."""
    return max(1, realm.rtt_level_start) <= level <= 3


# --- tables ------------------------------------------------------------------------


def folds_too_high(m: Rmm, walk: Walk) -> bool:
    """The entry's table is full of mappings, but an entry so high up may hold none.

    A table of protected mappings counts all of its entries.  One of unprotected
    mappings counts none, so its entries are looked at.
    """
    child = m.rtts.get(walk.rtte.addr)
    if child is None or child.level >= _LEVEL_BLOCK:
        return False
    if child.refs:
        return child.refs == ENTRIES
    first, step = child.entries[0], level_size(child.level)
    if first & 7 != ASSIGNED_NS or first & ADDRESS & (step * ENTRIES - 1):
        return False
    return list(child.entries) == list(range(first, first + step * ENTRIES, step))


def folds(m: Rmm, child: Table) -> bool:
    """The table's entries are alike, but for permissions that a realm has given them."""
    return fold(child) is not None or fold(child, permissions=False) is not None


def permissions_differ(m: Rmm, child: Table) -> bool:
    """The table's entries are alike, but were given different overlay indices.

    Whether they stand for the same permissions the RMM alone knows (2.0).
    """
    return fold(child) is None and fold(child, permissions=False) is not None


def aux_shares(m: Rmm, realm: _realm.Realm, ipa: int) -> bool:
    """An auxiliary tree shares the tables below the starting entry of an unprotected `ipa`."""
    if not realm.tree_per_plane or ipa < realm.protected_top or ipa >> realm.ipa_width:
        return False
    start = realm.rtt_level_start
    walks = (m.walk(realm, ipa, start, tree) for tree in range(1, len(realm.trees)))
    return any(walk is not None and walk.rtte.state == TABLE for walk in walks)


def fault_level(m: Rmm, walk: Walk, level: int) -> int:
    """Where a table cannot be taken away: at the walk's end, or in the table itself."""
    return level if walk.level == level - 1 and walk.rtte.state == TABLE else walk.level


# --- ranges: what is asked for, and what keeps the first entry from being done -----------


def list_valid(m: Rmm, flags: int, oaddr: int) -> bool:
    """The list at `oaddr` is aligned, not empty, and the RMM can read and write it."""
    count = addr_list.clipped(oaddr, addr_list.list_count(flags))
    page = oaddr & ~m.offset_mask
    return (
        not oaddr & 7 and count != 0 and m.gstate(page) == UNDELEGATED and bool(m.ns_access(page))
    )


def map_form_valid(m: Rmm, flags: int, oaddr: int) -> bool:
    """One descriptor, or a list of them that can be read."""
    kind = addr_list.kind_of(flags)
    return kind == addr_list.SINGLE or (kind == addr_list.LIST and list_valid(m, flags, oaddr))


def unmap_form_valid(m: Rmm, flags: int, oaddr: int) -> bool:
    """No list and nothing that speaks of one, or a list that can be written."""
    kind = addr_list.kind_of(flags)
    if kind == addr_list.LIST:
        return list_valid(m, flags, oaddr)
    return kind != 3 and not oaddr and not addr_list.list_count(flags)


def Wanted(m: Rmm, flags: int, oaddr: int) -> mapping.Wanted | None:
    """The blocks that a map command asks for; None if they cannot be read.

    Raises Unknown if the RMM can read them but the trace does not have them.
    """
    kind = addr_list.kind_of(flags)
    if kind == addr_list.SINGLE:
        return mapping.Wanted([oaddr])
    if kind != addr_list.LIST or not list_valid(m, flags, oaddr):
        return None
    memory = m.page(oaddr)
    if memory is None:
        raise Unknown("the list of addresses was not captured")
    count = addr_list.clipped(oaddr, addr_list.list_count(flags))
    return mapping.Wanted(memory.words(oaddr, count))


def DataMapping(
    m: Rmm, realm: _realm.Realm, walk: Walk, base: int, top: int, wanted: mapping.Wanted
) -> mapping.Mapping | None:
    """RTT_DATA_MAP at work; None if the walk does not come to the blocks' level."""
    if walk.level != wanted.level:
        return None
    return mapping.DataMapping(m, realm, walk, base, top, wanted)


def UnprotMapping(
    m: Rmm,
    realm: _realm.Realm,
    walk: Walk,
    base: int,
    top: int,
    wanted: mapping.Wanted,
    flags: int,
) -> mapping.Mapping | None:
    """The same for RTT_UNPROT_MAP, with the attributes that `flags` ask for."""
    if walk.level != wanted.level:
        return None
    found = mapping.UnprotMapping(m, realm, walk, base, top, wanted)
    write, read = flags >> 19 & 1, flags >> 20 & 1
    found.attr = flags >> 16 & 7 | read << 4 | write << 5
    return found


def DevMapping(
    m: Rmm, realm: _realm.Realm, walk: Walk, base: int, top: int, wanted: mapping.Wanted
) -> mapping.Mapping | None:
    """The same for RTT_DEV_MAP."""
    if walk.level != wanted.level:
        return None
    return mapping.DevMapping(m, realm, walk, base, top, wanted)


def _unmapping(
    m: Rmm, walk: Walk, base: int, top: int, kind: int, flags: int, oaddr: int
) -> unmapping.Unmapping:
    room = addr_list.clipped(oaddr, addr_list.list_count(flags))
    form = addr_list.kind_of(flags)
    return unmapping.Unmapping(m, walk, base, top, kind, form, room)


def DataUnmapping(
    m: Rmm, walk: Walk, base: int, top: int, flags: int, oaddr: int
) -> unmapping.Unmapping:
    """RTT_DATA_UNMAP at work."""
    return _unmapping(m, walk, base, top, ASSIGNED, flags, oaddr)


def UnprotUnmapping(
    m: Rmm, walk: Walk, base: int, top: int, flags: int, oaddr: int
) -> unmapping.Unmapping:
    """RTT_UNPROT_UNMAP at work."""
    return _unmapping(m, walk, base, top, ASSIGNED_NS, flags, oaddr)


def DevUnmapping(
    m: Rmm, walk: Walk, base: int, top: int, flags: int, oaddr: int
) -> unmapping.Unmapping:
    """RTT_DEV_UNMAP at work."""
    return _unmapping(m, walk, base, top, ASSIGNED_DEV, flags, oaddr)


def dev_inputs_valid(
    m: Rmm, realm: _realm.Realm, base: int, top: int, flags: int, oaddr: int
) -> bool:
    """What RTT_DATA_MAP asks of its range and of the blocks, for RTT_DEV_MAP."""
    if top <= base or not map_form_valid(m, flags, oaddr):
        return False
    wanted = Wanted(m, flags, oaddr)
    return (
        wanted is not None
        and not wanted.state
        and level_maps(m, realm, wanted.level)
        and not base % level_size(wanted.level)
        and not top & m.offset_mask
        and range_in(m, realm, base, top)
        and ends_protected(m, realm, base, top) == 2
    )


def vdev_of(m: Rmm, rd: int, addr: int) -> bool:
    """The virtual device at `addr` belongs to the realm."""
    vdev = m.vdevs.get(addr)
    return vdev is not None and vdev.rd == rd


def in_flight(m: Rmm, rd: int, ipa: int) -> bool:
    """The entry at `ipa` belongs to a command that the host has not let finish.

    Raises Unknown where such a command may or may not have come to it.
    """
    if not m.operations_open():
        return False
    if not m.traits.marks_entries:
        return mapping.in_flight(m, rd, ipa)
    realm = m.realms.get(rd)
    walk = None if realm is None else m.walk(realm, ipa, 3)
    return walk is not None and walk.rtte.marked


def goes_on(m: Rmm) -> bool:
    """The command was seen to be interrupted, by an RMM that takes granule after granule.

    Only on the way it finds one that it cannot take.
    """
    return m.traits.marks_entries and m.smc is not None and is_incomplete(m.smc.r)


# --- RIPAS ---------------------------------------------------------------------------


def init_ripas_starts(m: Rmm, walk: Walk, base: int, top: int) -> bool:
    """RTT_INIT_RIPAS can do at least the first entry."""
    size = level_size(walk.level)
    return (base & -size) + size <= top and sweep.init_ripas(walk.rtte) is not None


def SetRipas(
    m: Rmm, realm: _realm.Realm, rec: _rec.Rec, walk: Walk, base: int, top: int
) -> sweep.Plan | None:
    """RTT_SET_RIPAS at work; None if this is not what the REC waits for.

    Raises Unknown if it matters, and the trace does not tell, whether the realm lets
    DESTROYED change.
    """
    if base != rec.ripas_addr or top > rec.ripas_top or base & (level_size(walk.level) - 1):
        return None
    if rec.ripas_value == RAM:
        plan = sweep.ripas(walk, base, top, sweep.to_ram_unless_destroyed)
        if rec.ripas_destroyed is False:
            return plan
        further = sweep.ripas(walk, base, top, sweep.to_ram)
        if rec.ripas_destroyed is None and plan.reach != further.reach:
            raise Unknown("it is not known whether the realm lets DESTROYED change")
        return further
    plan = sweep.ripas(walk, base, top, sweep.to_empty)
    if realm.tree_per_plane:
        sweep.stop_at_aux(m, walk, plan)
    return plan


def S2apWalk(m: Rmm, realm: _realm.Realm, rec: _rec.Rec, ipa: int) -> Walk | None:
    """The walk in the tree whose permissions the REC wants to change.

    Raises Unknown where a change is pending and the trace does not tell.
    """
    tree = s2ap_tree(m, realm, rec)
    if tree is None:
        raise Unknown("which tree the change of permissions is for is not known")
    return m.walk(realm, ipa, 3, tree) if tree < len(realm.trees) else None


def s2ap_tree(m: Rmm, realm: _realm.Realm, rec: _rec.Rec) -> int | None:
    """The tree of the change of permissions that is pending, 0 without one; None: not known.

    In a realm with several trees it stands in a cookie, which another RMM may make
    otherwise.
    """
    if not rec.s2ap_top or not realm.tree_per_plane:
        return 0
    if not m.traits.tree_in_cookie or rec.s2ap_cookie is None:
        return None
    return rec.s2ap_cookie & m.offset_mask


def SetS2ap(m: Rmm, rec: _rec.Rec, walk: Walk, top: int) -> sweep.Plan:
    """RTT_SET_S2AP at work."""
    return sweep.permissions(walk, rec.s2ap_base, top, rec.s2ap_index or 0)


def dev_request(m: Rmm, rec: _rec.Rec, base: int, top: int) -> bool:
    """The REC waits for device memory at [base, top) to be validated."""
    return rec.dev_mem is not None and base == rec.dev_mem[0] and top <= rec.dev_mem[1]


def ValidateDev(m: Rmm, rec: _rec.Rec, walk: Walk, base: int, top: int) -> sweep.Plan:
    """RTT_DEV_VALIDATE at work; without a request nothing can be done."""
    if rec.dev_mem is None:
        return sweep.Plan(base, size_of(m, walk.level), [])
    return sweep.validated(walk, base, top, rec.dev_mem[2])


# --- auxiliary trees -------------------------------------------------------------------


def tree_valid(m: Rmm, realm: _realm.Realm, index: int) -> bool:
    """The realm has a tree for each plane, and `index` names an auxiliary one."""
    return realm.tree_per_plane and 1 <= index < len(realm.trees)


def AuxWalk(m: Rmm, rd: int, ipa: int, level: int, index: int) -> Walk | None:
    """Where the walk in auxiliary tree `index` ends; None if there is no such tree."""
    realm = m.realms.get(rd)
    if realm is None or not tree_valid(m, realm, index):
        return None
    return m.walk(realm, ipa, level, index)


def aux_place_valid(m: Rmm, rd: int, ipa: int, level: int) -> bool:
    """`level` is below the realm's starting tables, and one may begin at `ipa`."""
    realm = m.realms.get(rd)
    return (
        realm is not None
        and realm.rtt_level_start < level <= 3
        and ipa_at(m, realm, ipa, level - 1)
    )


def rtt_too_high(m: Rmm, rd: int, addr: int) -> bool:
    """A realm without LPA2 cannot hold the address."""
    realm = m.realms.get(rd)
    return realm is not None and not realm.feat_lpa2 and addr >> 48 != 0


def table_live(m: Rmm, walk: Walk) -> bool:
    """The table under the walk's entry holds mappings or tables; false if there is none."""
    child = m.rtts.get(walk.rtte.addr) if walk.rtte.state == TABLE else None
    return child is not None and child.refs != 0


def table_uniform(m: Rmm, walk: Walk) -> bool:
    """The table under the walk's entry folds into one entry; false if there is none."""
    child = m.rtts.get(walk.rtte.addr) if walk.rtte.state == TABLE else None
    return child is not None and folds(m, child)


def aux_next(m: Rmm, walk: Walk, ipa: int) -> int:
    """Where to go on after a table could not be destroyed: at it, if it is live."""
    return ipa if table_live(m, walk) else skip_non_live(walk, ipa)


def aux_mappable(m: Rmm, walk: Walk) -> bool:
    """The primary entry maps RAM or a validated device, as an auxiliary one may then too."""
    state, ripas = walk.rtte.state, walk.rtte.ripas
    return (state == ASSIGNED and ripas == RAM) or (state == ASSIGNED_DEV and ripas == DEV)
