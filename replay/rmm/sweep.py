"""Sweeps: what a range command may do in the one table in which it works.

A range command of 2.0 walks once, for `base`, and then goes from that entry on,
at most to the end of the table (behaviour, sections 10.5 to 10.9).  Each
function here looks and changes nothing: it answers with a plan, so that a
condition can ask for the first entry and the effect can carry out as much of it
as the observed result tells.  Bases are taken as aligned to their entry: where
they are not, a condition says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from replay.rmm.rtt import ADDRESS, ENTRIES, MARK, level_size
from replay.rmm.values import (
    ASSIGNED,
    ASSIGNED_DEV,
    DATA,
    DELEGATED,
    DESTROYED,
    DEV,
    EMPTY,
    RAM,
    TABLE,
    UNASSIGNED,
)

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.rtt import Walk

_RIPAS = 3 << 3
_ATTR = 0x7F << 5


@dataclass(slots=True)
class Plan:
    """New values of the entries from `index` on, the first at IPA `base`.

    `blocked` is the IPA of the page that keeps the sweep from going on because
    an auxiliary tree maps it, or -1; `beyond`: it ends at an entry that reaches
    beyond the range.
    """

    base: int  # IPA
    size: int  # bytes of an entry
    entries: list[int]
    blocked: int = -1
    beyond: bool = False

    @property
    def reach(self) -> int:
        """First IPA that the sweep does not get to."""
        return self.base + len(self.entries) * self.size


def last_entry(w: Walk, base: int, top: int) -> int:
    """Index after the last entry of the table that lies in [base, top) as a whole."""
    return min(len(w.rtt.entries), w.index + max(0, top - base) // level_size(w.level))


def with_ripas(entry: int, ripas: int) -> int:
    return entry & ~_RIPAS | ripas << 3


def init_ripas(entry: int) -> int | None:
    """The entry after RTT_INIT_RIPAS; None if the sweep ends at it."""
    if entry & 7 not in (UNASSIGNED, ASSIGNED) or entry >> 3 & 3 not in (EMPTY, RAM):
        return None
    return with_ripas(entry, RAM)


def to_ram(entry: int) -> int | None:
    """The entry after RTT_SET_RIPAS to RAM, where DESTROYED may become RAM."""
    if entry & 7 not in (UNASSIGNED, ASSIGNED) or entry & MARK:
        return None
    return with_ripas(entry, RAM)


def to_ram_unless_destroyed(entry: int) -> int | None:
    """The same where the realm did not ask for DESTROYED to change."""
    return None if entry >> 3 & 3 == DESTROYED else to_ram(entry)


def to_empty(entry: int) -> int | None:
    """The entry after RTT_SET_RIPAS to EMPTY."""
    if entry & 7 not in (UNASSIGNED, ASSIGNED, ASSIGNED_DEV) or entry & MARK:
        return None
    return with_ripas(entry, EMPTY)


def ripas(w: Walk, base: int, top: int, change: Callable[[int], int | None]) -> Plan:
    """Change entries one by one until `change` refuses one, or `top`."""
    plan = Plan(base, level_size(w.level), [])
    for entry in w.rtt.entries[w.index : last_entry(w, base, top)]:
        new = change(entry)
        if new is None:
            break
        plan.entries.append(new)
    return plan


def stop_at_aux(m: Rmm, w: Walk, plan: Plan) -> None:
    """Cut a plan that makes RAM EMPTY where an auxiliary tree still maps the page."""
    if not m.data_refs:
        return
    for n, old in enumerate(w.rtt.entries[w.index : w.index + len(plan.entries)]):
        if old & 7 == ASSIGNED and old >> 3 & 3 == RAM:
            offset = aux_offset(m, old & ADDRESS, plan.size)
            if offset is not None:
                plan.blocked = plan.base + n * plan.size + offset
                del plan.entries[n:]
                return


def permissions(w: Walk, base: int, top: int, index: int) -> Plan:
    """Give entries the overlay `index`, up to a table, `top`, or an entry that goes beyond it."""
    plan = Plan(base, level_size(w.level), [])
    entries = w.rtt.entries
    for at in range(w.index, len(entries)):
        if plan.reach >= top or entries[at] & 7 == TABLE:
            break
        if plan.reach + plan.size > top:
            plan.beyond = True
            break
        plan.entries.append(entries[at] & ~_ATTR | index << 5 & _ATTR)
    return plan


def validated(w: Walk, base: int, top: int, addr: int) -> Plan:
    """RIPAS becomes DEV while the entries map the device's memory from `addr` on."""
    plan = Plan(base, level_size(w.level), [])
    for entry in w.rtt.entries[w.index : last_entry(w, base, top)]:
        if entry & 7 != ASSIGNED_DEV or entry & ADDRESS != addr:
            break
        plan.entries.append(with_ripas(entry, DEV))
        addr += plan.size
    return plan


def aux_offset(m: Rmm, addr: int, size: int) -> int | None:
    """Offset of the first page of [addr, addr + size) that an auxiliary tree maps, or None."""
    refs = m.data_refs
    if not refs:
        return None
    pages = range(addr, addr + size, m.granule)
    if len(refs) < len(pages):
        found = min((page for page in refs if page in pages), default=None)
    else:
        found = next((page for page in pages if page in refs), None)
    return None if found is None else found - addr


def put(m: Rmm, addr: int, size: int, state: int) -> None:
    """Put the granules of [addr, addr + size) into `state`: DATA, or back to DELEGATED."""
    end = addr + size
    if size > m.granule and m.granules.run(addr, end) in ((DATA, end), (DELEGATED, end)):
        m.granules.set_range(addr, end, state)
        return
    for page in range(addr, end, m.granule):
        m.put(page, state)


def followed(
    m: Rmm, reach: int, base: int, size: int, got: Sequence[int] | None, *, any_end: bool = False
) -> tuple[int, int]:
    """(the X1 that is expected, how far the model is to go): X1 as seen, where it may be.

    The reference goes as far as it can, `reach`; another RMM may stop after any
    entry, and so may both with `any_end`, even before the first.  An X1 that nothing
    permits is still followed if an entry ends there, so that what comes next is
    judged by what the RMM did.  Where none was seen, `m.choices` decide.
    """
    if got is None:
        stride = m.choices.stride * size
        if stride and (any_end or not m.traits.sequence):
            reach = min(reach, base + stride)
        return reach, reach
    if got[1] == reach:
        return reach, reach
    seen = got[1]
    if seen < base or (seen - base) % size or seen - base > ENTRIES * size:
        return reach, reach
    if seen < reach and (any_end or (seen > base and not m.traits.sequence)):
        return seen, seen
    return reach, seen
