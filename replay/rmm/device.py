"""Devices that the RMM knows (2.0): SMMUs, physical and virtual devices.

Only what their conditions and granules need (fact sheet tf-rmm-behaviour, section
12): what a device answers over SPDM is not modelled, so after a COMMUNICATE the
state of a PDEV or VDEV is DEVICE_UNSEEN until a GET_STATE shows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from replay.rmm.values import DEVICE_UNSEEN

if TYPE_CHECKING:
    from traces.event import Memory

_MOST_RIDS = 1023  # span of an endpoint's routing ids
_ROOT_PORT = 0
_ENDPOINT = 1


@dataclass(slots=True)
class Psmmu:
    """One SMMU: its state, the granules that it holds, its second-level tables.

    `tables` has the granule of each table by StreamID.
    """

    active: bool = False
    given: list[int] = field(default_factory=list)
    tables: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Pdev:
    """One physical device; `given` are its auxiliary granules, `vdevs` counts its VDEVs."""

    addr: int
    state: int
    root_port: bool
    idle: bool = False  # nothing is going on, for sure
    given: list[int] = field(default_factory=list)
    vdevs: int = 0

    @property
    def unseen(self) -> bool:
        return self.state == DEVICE_UNSEEN


@dataclass(slots=True)
class Vdev:
    """One virtual device of the realm at `rd`, on the PDEV at `pdev`."""

    addr: int
    rd: int
    pdev: int
    state: int
    idle: bool = False

    @property
    def unseen(self) -> bool:
        return self.state == DEVICE_UNSEEN


class PdevParams:
    """RmiPdevParams as the host wrote it, as far as the reference checks it."""

    __slots__ = ("flags", "hash_algo", "rid_base", "rid_top", "routing_id")

    def __init__(self, mem: Memory, page: int) -> None:
        self.flags = mem.u64(page)
        self.routing_id = mem.u64(page + 0x18)
        self.rid_base = mem.u32(page + 0x28)
        self.rid_top = mem.u32(page + 0x30)
        self.hash_algo = mem.u8(page + 0x38)

    @property
    def spdm(self) -> bool:
        return bool(self.flags & 1)

    @property
    def root_port(self) -> bool:
        return self.flags >> 1 & 3 == _ROOT_PORT

    @property
    def valid(self) -> bool:
        """Known flags; an endpoint has a range of routing ids and a hash algorithm."""
        if self.flags >> 3:
            return False
        if self.root_port:
            return True
        span = self.rid_top - self.rid_base
        return 0 < span <= _MOST_RIDS and self.hash_algo in (0, 1, 2)

    @property
    def supported(self) -> bool:
        """A root port, or an off-chip endpoint that speaks SPDM."""
        return self.root_port or (self.flags >> 1 & 3 == _ENDPOINT and self.spdm)
