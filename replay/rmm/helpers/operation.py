"""Stateful operations, configuration, tracking and delegation of 2.0: what conditions ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from replay.rmm import addr_list, rtt
from replay.rmm import operation as _operation
from replay.rmm import rec as _rec
from replay.rmm.model import Unknown
from replay.rmm.values import ANY, MASK64, UNDELEGATED

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm as _Realm

_EITHER_STATE = 2  # of a donation request (bet3)
_TRACKING_REGION = (1 << 21, 1 << 30)  # 4 KiB granules: sizes that an RMM may track by


# --- the RMM as a whole --------------------------------------------------------------


def rmm_state(m: Rmm) -> int:
    """INIT before RMM_ACTIVATE, ACTIVE after it."""
    return m.state


def reference(m: Rmm, value: int) -> int:
    """An output that only the reference is known to give; another one may give any."""
    return value if m.traits.sequence else ANY


def lower_revision(m: Rmm, asked: int) -> int:
    """The highest revision that is not above `asked`, else the lowest there is."""
    revisions = m.traits.revisions
    return max((r for r in revisions if r <= asked), default=min(revisions))


def feature(m: Rmm, index: int) -> int | None:
    """A feature register; None if the trace does not tell."""
    return m.features.get(index)


class Config(NamedTuple):
    """RmiRmmConfig."""

    tracking_region_size: int
    granule_size: int


def RmmConfig(m: Rmm, addr: int) -> Config | None:
    """The configuration at `addr`; None where the RMM cannot read it.

    Raises Unknown if it can but the trace does not have it.
    """
    if not m.ns_access(addr):
        return None
    mem = m.page(addr)
    if mem is None:
        raise Unknown("the page of the configuration was not captured")
    return Config(mem.u64(addr), mem.u64(addr + 8))


# --- stateful operations -------------------------------------------------------------


def no_context(m: Rmm) -> bool:
    """Whether every context for stateful operations waits for the host (-> BLOCKED)."""
    return m.operations.full


def other_cpus(m: Rmm) -> bool:
    """Whether a call on another CPU may be in the RMM, and hold what this one needs (-> BUSY)."""
    return m.cpus > 1


def operations_open(m: Rmm) -> bool:
    """Whether a stateful operation has not ended."""
    return m.operations_open()


def Operation(m: Rmm, handle: int) -> _operation.Operation | None:
    """The operation that waits for the host under this handle."""
    return m.operations.open.get(handle)


# --- memory --------------------------------------------------------------------------


def max_pa(m: Rmm) -> int:
    """The last byte of the physical address space."""
    return (1 << m.pa_width) - 1


def granule_size(m: Rmm) -> int:
    """Bytes."""
    return m.granule


def has_granule(m: Rmm, base: int, top: int) -> bool:
    """Whether [base, top) has a granule; sums wrap as the reference's do."""
    return top >= (base + m.granule) & MASK64


def ns_page(m: Rmm, addr: int) -> bool:
    """Whether `addr` is a granule of the host's memory that the RMM can reach."""
    return m.gstate(addr) == UNDELEGATED and bool(m.ns_access(addr))


def faults(m: Rmm, addr: int) -> bool:
    """Whether `addr` is a granule of the host, but in a space that the RMM cannot reach."""
    return m.gstate(addr) == UNDELEGATED and not m.ns_access(addr)


def elsewhere(m: Rmm, addr: int) -> bool:
    """Whether the host's granule at `addr` was given to another physical address space."""
    return m.pas.get(addr, 0) != 0 and m.gstate(addr) == UNDELEGATED


def tracked_is(m: Rmm, addr: int, state: int) -> bool:
    """Whether `addr` is a granule in `state`, of memory or of a device."""
    return m.gstate(addr) == state or m.devices.state(addr) == state


def delegates(m: Rmm, addr: int, old: int, new: int) -> bool:
    """Whether a range command from `old` to `new` states can begin at `addr`."""
    return tracked_is(m, addr, old) or (m.traits.range_skips and tracked_is(m, addr, new))


def is_memory(m: Rmm, addr: int) -> bool:
    """Whether `addr` lies in a bank of the machine, of memory or of a device."""
    return m.delegable(addr) or m.devices.has(addr)


def delegated_memory(m: Rmm) -> bool:
    """Whether any granule is not the host's."""
    if any(
        state != UNDELEGATED
        for granules in (m.granules, m.devices)
        for _, _, state in granules.runs()
    ):
        return True
    return m.more_than_seen()


def tracking_aligned(m: Rmm, addr: int) -> bool:
    """Whether `addr` may begin a tracking region: their size is 2 MiB or 1 GiB."""
    return addr % _TRACKING_REGION[0] == 0


def tracking_pending(m: Rmm, addr: int) -> bool:
    """Whether a change of the tracking region at `addr` waits for the host."""
    return any(
        op.name == "RMI_GRANULE_TRACKING_SET" and op.x[0] == addr
        for op in m.operations.open.values()
    )


def l0_gpt_size(m: Rmm) -> int:
    """Bytes that an entry of the L0 GPT covers (L0GPTSZ); 1 GiB where the trace does not tell."""
    return 1 << 30 + (m.features.get(1, 0) >> 10 & 0xF)


# --- lists of memory, RECs -------------------------------------------------------------


class Donation(NamedTuple):
    """What a list of descriptors offers: `addrs` are its granules in order, if it is `valid`."""

    valid: bool
    granules: int
    addrs: Iterable[int]


def is_operation(m: Rmm, handle: int) -> bool:
    """Whether an operation waits for the host under this handle."""
    return handle in m.operations.open


def ns_list(m: Rmm, addr: int) -> bool:
    """Whether a list begins in a granule of the host that the RMM can reach."""
    return ns_page(m, addr & ~m.offset_mask)


def DonatedMemory(m: Rmm, op: _operation.Operation, addr: int, count: int) -> Donation | None:
    """The memory that a list offers to the operation; None where it cannot be read.

    Raises Unknown if it can but the trace does not have it.
    """
    if op.request is None or addr % 8 or not ns_list(m, addr):
        return None
    number = addr_list.clipped(addr, count)
    if not number:
        return Donation(True, 0, ())
    mem = m.page(addr)
    if mem is None:
        raise Unknown("the list of memory was not captured")
    words = [word for word in mem.words(addr, number) if addr_list.count_of(word)]
    sizes = [addr_list.count_of(word) << 9 * (word & 3) for word in words]
    return Donation(
        valid=_fits(op.request, words, sizes),
        granules=sum(sizes),
        addrs=_granules(words),
    )


def _fits(request: _operation.Request, words: list[int], sizes: list[int]) -> bool:
    """Whether descriptors are aligned, in the state and of the form that was asked for."""
    for word in words:
        if word & rtt.ADDRESS & (rtt.level_size(addr_list.level_of(word)) - 1):
            return False
        if request.state < _EITHER_STATE and addr_list.state_of(word) != request.state:
            return False
    if not request.contiguous or not words:
        return True
    size = sizes[0] * rtt.PAGE
    return len(words) == 1 and not size & (size - 1) and not words[0] & rtt.ADDRESS & (size - 1)


def _granules(words: list[int]) -> Iterator[int]:
    """Every granule that descriptors name, in their order."""
    for block in addr_list.blocks(words):
        yield from range(block.addr, block.addr + rtt.level_size(block.level), rtt.PAGE)


def max_recs(m: Rmm) -> int:
    """RECs that a realm may have (MAX_RECS_ORDER of feature register 1)."""
    value = m.features.get(1)
    order = m.traits.max_recs_order if value is None else value >> 6 & 0xF
    return (1 << order) - 1


def mpidr_malformed(m: Rmm, mpidr: int) -> bool:
    """Whether bits are set outside of Aff0[3:0], Aff1, Aff2 and Aff3[31:24]."""
    return bool(mpidr & ~0xFFFFFF0F)


def mpidr_taken(m: Rmm, realm: _Realm, mpidr: int) -> bool:
    """Whether a REC of the realm has this MPIDR."""
    return any(rec.owner == realm.rd and rec.mpidr == mpidr for rec in m.every(m.recs))


def mpidr_next(m: Rmm, realm: _Realm, mpidr: int) -> bool:
    """Whether the MPIDR counts on from those that the realm's RECs had, destroyed ones too."""
    return _rec.rec_index_of(mpidr) == realm.rec_index
