"""RmiRealmParams of 2.0, and the limits that feature registers set to them.

Layout and limits: fact sheets rmm-2.0 section 4, tf-rmm-behaviour sections 5 and
8.1.  Where a header does not tell a feature register, its limits are not known and
permit everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from replay.rmm.realm import MAX_STARTING_TABLES, rtt_config_valid, starting_tables
from replay.rmm.rtt import PAGE
from replay.rmm.values import signed

if TYPE_CHECKING:
    from traces.event import Memory

MOST_AUX_PLANES: Final = 3  # what aux_rtt_base has room for


class RealmParams:
    """RmiRealmParams as the host wrote it (4 KiB page)."""

    __slots__ = (
        "ats_plane",
        "aux_rtt_base",
        "flags0",
        "flags1",
        "hash_algo",
        "num_aux_planes",
        "num_bps",
        "num_wps",
        "pmu_num_ctrs",
        "rtt_base",
        "rtt_level_start",
        "rtt_num_start",
        "s2sz",
        "sve_vl",
    )

    def __init__(self, mem: Memory, page: int) -> None:
        self.flags0 = mem.u64(page)
        self.s2sz = mem.u32(page + 0x8)
        self.sve_vl = mem.u32(page + 0x10)
        self.num_bps = mem.u32(page + 0x18)
        self.num_wps = mem.u32(page + 0x20)
        self.pmu_num_ctrs = mem.u32(page + 0x28)
        self.hash_algo = mem.u8(page + 0x30)
        self.num_aux_planes = mem.u32(page + 0x38)
        self.ats_plane = mem.u64(page + 0x440)
        self.rtt_base = mem.u64(page + 0x808)
        self.rtt_level_start = signed(mem.u64(page + 0x810))
        self.rtt_num_start = mem.u32(page + 0x818)
        self.flags1 = mem.u64(page + 0x820)
        self.aux_rtt_base = mem.words(page + 0xF80, MOST_AUX_PLANES)

    @property
    def lpa2(self) -> bool:
        return bool(self.flags0 & 1)

    @property
    def sve(self) -> bool:
        return bool(self.flags0 >> 1 & 1)

    @property
    def pmu(self) -> bool:
        return bool(self.flags0 >> 2 & 1)

    @property
    def da(self) -> bool:
        return bool(self.flags0 >> 3 & 1)

    @property
    def mec_policy(self) -> int:
        """0 shared, 1 private; others are reserved."""
        return self.flags0 >> 7 & 3

    @property
    def tree_per_plane(self) -> bool:
        """Each auxiliary plane has its own RTT tree; without such planes it says nothing."""
        return bool(self.flags1 & 1) and self.num_aux_planes > 0

    @property
    def s2ap_indirect(self) -> bool:
        return bool(self.flags1 >> 1 & 1)

    def tree_bases(self) -> list[int]:
        """Where the starting tables of each tree lie, the primary tree first."""
        aux = self.aux_rtt_base[: self.num_aux_planes] if self.tree_per_plane else []
        return [self.rtt_base, *aux]

    def roots(self) -> list[int] | None:
        """Every starting table, tree by tree; None for an absurd number of them."""
        if self.rtt_num_start > MAX_STARTING_TABLES:
            return None
        tables = range(0, self.rtt_num_start * PAGE, PAGE)
        return [base + offset for base in self.tree_bases() for offset in tables]

    def tables_needed(self, pa_width: int) -> int | None:
        """How many starting tables the IPA space needs; None if the level does not suit it."""
        width, level = self.s2sz, self.rtt_level_start
        if not (32 <= width <= 52 and -1 <= level <= 3):
            return None
        number = starting_tables(width, level)
        if not rtt_config_valid(width, level, number, lpa2=self.lpa2, pa_width=pa_width):
            return None
        return number


def plane_tree_valid(params: RealmParams, feature3: int) -> bool:
    """Whether the trees and permissions asked for are what feature register 3 offers.

    RTT_PLANE: 0 a tree a plane, 1 either, 2 one tree for all; RTT_S2AP_INDIRECT.
    """
    rtt_plane, indirect = feature3 >> 4 & 3, feature3 >> 6 & 1
    if params.s2ap_indirect and not indirect:
        return False
    if not params.num_aux_planes:
        return True
    if params.flags1 & 1:
        return rtt_plane in (0, 1) and not params.s2ap_indirect
    return rtt_plane in (1, 2)
