"""Realms: attributes, parameters, geometry of the starting tables.

RMM 1.0 sections A2.1 and C (RmiRealmParams), fact sheet sections 2 to 4.  The
parameters of 2.0 are in params_2_0.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from replay.rmm.rtt import ENTRIES, PAGE, Table, entries_of, level_size, shift
from replay.rmm.values import UNASSIGNED, UNASSIGNED_NS, signed

if TYPE_CHECKING:
    from traces.event import Memory

MAX_STARTING_TABLES: Final = 16  # concatenated, by the architecture


class Realm:
    """One realm.  Addresses and sizes in bytes; `trees[0]` is the primary RTT tree.

    `rec_index` counts the RECs ever created, `num_recs` those that live;
    `vmids` are empty where the RMM allocates them (2.0).
    """

    __slots__ = (
        "aux_planes",
        "da",
        "feat_lpa2",
        "hash_algo",
        "ipa_width",
        "mec_private",
        "num_recs",
        "rd",
        "rec_index",
        "rtt_base",
        "rtt_level_start",
        "rtt_num_start",
        "running",
        "state",
        "tree_per_plane",
        "trees",
        "vdevs",
        "vmid",
    )

    def __init__(
        self,
        rd: int,
        *,
        ipa_width: int,
        level_start: int,
        num_start: int,
        trees: list[list[Table]],
        lpa2: bool = False,
        hash_algo: int = 0,
        vmid: int = 0,
        aux_planes: int = 0,
        tree_per_plane: bool = False,
        da: bool = False,
    ) -> None:
        self.rd = rd
        self.state = 0  # REALM_NEW
        self.ipa_width = ipa_width
        self.rtt_level_start = level_start
        self.rtt_num_start = num_start
        self.trees = trees
        self.rtt_base = trees[0][0].addr
        self.feat_lpa2 = lpa2
        self.hash_algo = hash_algo
        self.vmid = vmid
        self.rec_index = 0
        self.num_recs = 0
        self.running = 0
        self.aux_planes = aux_planes
        self.tree_per_plane = tree_per_plane
        self.da = da
        self.mec_private = False  # has a memory encryption context of its own (2.0)
        self.vdevs = 0

    @property
    def protected_top(self) -> int:
        """First IPA of the unprotected half."""
        return 1 << (self.ipa_width - 1)


class RealmParams:
    """RmiRealmParams of 1.0 as the host wrote it (4 KiB page)."""

    __slots__ = (
        "flags",
        "hash_algo",
        "num_bps",
        "num_wps",
        "pmu_num_ctrs",
        "rtt_base",
        "rtt_level_start",
        "rtt_num_start",
        "s2sz",
        "sve_vl",
        "vmid",
    )

    def __init__(self, mem: Memory, page: int) -> None:
        self.flags = mem.u64(page)
        self.s2sz = mem.u8(page + 0x8)
        self.sve_vl = mem.u8(page + 0x10)
        self.num_bps = mem.u8(page + 0x18)
        self.num_wps = mem.u8(page + 0x20)
        self.pmu_num_ctrs = mem.u8(page + 0x28)
        self.hash_algo = mem.u8(page + 0x30)
        self.vmid = mem.u16(page + 0x800)
        self.rtt_base = mem.u64(page + 0x808)
        self.rtt_level_start = signed(mem.u64(page + 0x810))
        self.rtt_num_start = mem.u32(page + 0x818)

    @property
    def lpa2(self) -> bool:
        return bool(self.flags & 1)

    @property
    def sve(self) -> bool:
        return bool(self.flags & 2)

    @property
    def pmu(self) -> bool:
        return bool(self.flags & 4)


def is_live(realm: Realm) -> bool:
    """Has RECs, or a starting table holds data or a table: cannot be destroyed (1.0)."""
    return realm.num_recs != 0 or any(root.refs for root in realm.trees[0])


def supported(params: RealmParams, register: int, *, hpmn0: bool) -> bool:
    """Whether feature register 0 offers what the parameters ask for (1.0).

    The numbers of break- and watchpoints are one less than they mean, 0 is reserved.
    A PMU without counters needs FEAT_HPMN0.  What a hash algorithm that does not
    exist means, somebody else asks.
    """
    if not 32 <= params.s2sz <= register & 0xFF:
        return False
    if params.lpa2 and not register >> 8 & 1:
        return False
    if params.sve and (not register >> 9 & 1 or params.sve_vl > register >> 10 & 0xF):
        return False
    if not 1 <= params.num_bps <= register >> 14 & 0x3F:
        return False
    if not 1 <= params.num_wps <= register >> 20 & 0x3F:
        return False
    if params.pmu:
        if not register >> 26 & 1 or params.pmu_num_ctrs > register >> 27 & 0x1F:
            return False
        if not params.pmu_num_ctrs and not hpmn0:
            return False
    return params.hash_algo > 1 or bool(register >> (32 + params.hash_algo) & 1)


def starting_tables(width: int, level: int) -> int:
    """How many concatenated tables an IPA space of `width` bits needs at `level`."""
    resolved = shift(level) + 9
    return 1 if width <= resolved else 1 << (width - resolved)


def new_roots(base: int, level: int, number: int, width: int) -> list[Table]:
    """The starting tables of a new realm: UNASSIGNED and EMPTY, the upper half UNASSIGNED_NS.

    `level`, `number` and `width` fit each other (rtt_config_valid).
    """
    size = level_size(level)
    count = entries_of(level)
    protected = (1 << (width - 1)) // size  # entries, over all tables
    roots = []
    for i in range(number):
        mine = min(max(protected - i * ENTRIES, 0), count)
        entries = array("Q", [UNASSIGNED]) * mine + array("Q", [UNASSIGNED_NS]) * (count - mine)
        roots.append(Table(base + i * PAGE, level, i * ENTRIES * size, entries, refs=0))
    return roots


def rtt_config_valid(width: int, level: int, number: int, *, lpa2: bool, pa_width: int) -> bool:
    """Whether a realm may have `number` starting tables at `level` for `width` bits.

    Architecture's rule for concatenated tables, as the reference applies it (fact
    sheet 1.0, section 3, RTT geometry).
    """
    if not 32 <= width <= (52 if lpa2 else 48):
        return False
    if not (-1 if lpa2 else 0) <= level <= 3:
        return False
    if level == 0 and pa_width < 44:
        return False
    low = shift(level) + 1  # two entries at least
    high = low + 8 + (4 if level > 0 or lpa2 else 0)  # one whole table, or sixteen
    return low <= width <= high and number == starting_tables(width, level)
