"""Mapping memory into a realm in 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.interrupted_map import MapInHand
from replay.rmm.interrupts import SOON, Interrupts, comes, looked, looked_times
from replay.rmm.operation import now_or_later, suspended
from replay.rmm.rtt import LEVEL_PAGE, make_entry
from replay.rmm.sweep import followed
from replay.rmm.values import ASSIGNED, DATA, RAM, RMI_INCOMPLETE, RMI_SUCCESS

if TYPE_CHECKING:
    from replay.rmm.mapping import Mapping
    from replay.rmm.model import Rmm
    from replay.rmm.rtt import Walk


def rtt_data_map_init(m: Rmm, walk: Walk, data: int, got: Got) -> Expected:
    """RTT_DATA_MAP_INIT: the entry is RAM whatever its RIPAS was."""

    def work(last: Got) -> Expected:
        if walk.level == LEVEL_PAGE and not walk.rtte.live:
            walk.set(make_entry(ASSIGNED, RAM, data, walk.rtte.attr))
            m.put(data, DATA)
        return OK

    return now_or_later(m, got, work, (data,))


def rtt_data_map(m: Rmm, mapping: Mapping, got: Got) -> Expected:
    """RTT_DATA_MAP, RTT_DEV_MAP; interrupted, they go on with an OP_CONTINUE."""
    return _map(m, mapping, got, interruptible=True)


def rtt_unprot_map(m: Rmm, mapping: Mapping, got: Got) -> Expected:
    """RTT_UNPROT_MAP; the reference does it in one call."""
    return _map(m, mapping, got, interruptible=not m.traits.sequence)


def _map(m: Rmm, mapping: Mapping, got: Got, *, interruptible: bool) -> Expected:
    """Map as much as the result tells, now or when the command has gone on to its end.

    Where an interrupt waits, an RMM stops in good order: after the block in hand if
    it went on, before the first if it had not begun.
    """
    if m.traits.marks_entries:
        stopped = _stopped(m, mapping, got, interruptible=interruptible)
        if stopped is not None:
            return stopped
        interruptible = False
    waiting = suspended(
        m,
        got,
        lambda last: _finish(m, mapping, last, any_end=True),
        permitted=interruptible,
        holds=(mapping.rd, mapping.base, mapping.top),
    )
    return waiting or _finish(m, mapping, got, any_end=not m.traits.sequence or comes(m))


def rtt_data_map_refused(m: Rmm, mapping: Mapping, row: str, got: Got) -> None:
    """What is wrong with the first block shows when the RMM has looked for an interrupt."""
    if row not in ("block_size", "rtt_walk"):
        looked_times(m, 1 + mapping.granule_fault)


def rtt_unprot_map_refused(m: Rmm, mapping: Mapping, row: str, got: Got) -> None:
    """The same."""
    rtt_data_map_refused(m, mapping, row, got)


def _stopped(m: Rmm, mapping: Mapping, got: Got, *, interruptible: bool) -> Expected | None:
    """The reference where an interrupt stopped it in a block, else None.

    Between two blocks that is a success; how often it looked is noted.
    """
    if interruptible and (m.choices.pauses != 0 if got is None else got[0] == RMI_INCOMPLETE):
        return MapInHand(m, mapping).begin(got)
    if got is not None and comes(m):
        hand, interrupts = MapInHand(m, mapping), Interrupts(m.interrupt)
        stops = hand.run(interrupts)
        looked(m, SOON if stops or got[1] != hand.ipa else interrupts.left)
    return None


def _finish(m: Rmm, mapping: Mapping, got: Got, *, any_end: bool) -> Expected:
    if got is not None and got[0] != RMI_SUCCESS:
        return (None,)  # rolled back
    found = mapping.accepted()
    base, size = mapping.base, mapping.size
    reach = base + len(found) * size
    out_top, went = followed(m, reach, base, size, got, any_end=any_end)
    if went > reach:
        found = mapping.accepted(anyhow=went)
    mapping.carry_out(found[: (went - base) // size])
    return (0, out_top)
