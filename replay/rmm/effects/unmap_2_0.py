"""Taking mappings away in 2.0."""

from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING

from replay.rmm import addr_list
from replay.rmm.addr_list import LIST
from replay.rmm.effects import Expected, Got
from replay.rmm.interrupted_unmap import UnmapInHand
from replay.rmm.interrupts import looked_times
from replay.rmm.operation import suspended
from replay.rmm.rtt import ENTRIES
from replay.rmm.sweep import followed
from replay.rmm.values import RMI_INCOMPLETE, RMI_SUCCESS

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.unmapping import Unmapping


_STATE = 1 << 63  # of a descriptor


def rtt_unmap(m: Rmm, unmapping: Unmapping, oaddr: int, got: Got) -> Expected:
    """RTT_DATA_UNMAP, RTT_UNPROT_UNMAP, RTT_DEV_UNMAP; INCOMPLETE if an interrupt came."""

    def finish(last: Got) -> Expected:
        unmapping.scan(unmapping.top)  # others may have been at work meanwhile
        return _unmap(m, unmapping, oaddr, last, any_end=True)

    waits = m.choices.pauses != 0 if got is None else got[0] == RMI_INCOMPLETE
    marks = m.traits.marks_entries
    if waits and marks and unmapping.indices:
        return UnmapInHand(m, unmapping).begin(
            got, lambda last: _told(m, unmapping, oaddr, unmapping.reach, last)
        )
    if unmapping.indices:
        looked_times(m, ENTRIES + unmapping.granules())
    waiting = suspended(m, got, finish, permitted=not marks)
    return waiting or _unmap(m, unmapping, oaddr, got, any_end=False)


def _unmap(m: Rmm, unmapping: Unmapping, oaddr: int, got: Got, *, any_end: bool) -> Expected:
    """Unmap as much as the result tells."""
    if got is not None and got[0] != RMI_SUCCESS:
        return (None,)  # an operation that ended without effect
    reach = unmapping.reach
    base, size = unmapping.base, unmapping.size
    out_top, went = followed(m, reach, base, size, got, any_end=any_end)
    if went != reach:
        unmapping.scan(went, anyhow=went > reach)
    unmapping.carry_out()
    return _told(m, unmapping, oaddr, out_top, got)


def _told(m: Rmm, unmapping: Unmapping, oaddr: int, out_top: int, got: Got) -> Expected:
    """The registers in which the host is told what was unmapped."""
    words = unmapping.told.words()
    if unmapping.form == LIST:
        return (0, out_top, 0, _listed(m, oaddr, words, got))
    single = words[0] if words else 0
    if got is not None and not m.traits.sequence and got[2] & ~_STATE == single & ~_STATE:
        single = got[2]  # the reference leaves the state out, where others may well say it
    return (0, out_top, single, 0)


def _listed(m: Rmm, oaddr: int, words: list[int], got: Got) -> int:
    """The number of descriptors expected; the list itself is compared if it was captured.

    The reference opens and joins descriptors in one way; another implementation
    may join more or fewer.
    """
    memory = m.writes(oaddr, pack(f"<{len(words)}Q", *words))
    if got is None or (m.traits.sequence and got[3] != len(words)):
        return len(words)
    if memory is not None and memory.page(oaddr):
        seen = memory.words(oaddr, min(got[3], ENTRIES))
        same = seen == words or (
            not m.traits.sequence
            and sorted(addr_list.blocks(seen)) == sorted(addr_list.blocks(words))
        )
        if not same:
            m.problems.append("the list of addresses is not that of what was unmapped")
    return got[3]
