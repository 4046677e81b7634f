"""Auxiliary trees of 2.0: mappings that follow those of the primary tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.rtt import level_size, make_entry, skip_non_live
from replay.rmm.values import ASSIGNED, EMPTY, TABLE, UNASSIGNED, UNASSIGNED_NS

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.rtt import Walk


def rtt_aux_map_protected(m: Rmm, pri: Walk, aux: Walk, ipa: int, got: Got) -> Expected:
    """RTT_AUX_MAP_PROTECTED: as large as the auxiliary entry, out of the primary mapping."""
    if not aux.rtte.live and pri.rtte.live and aux.level >= pri.level:
        size = level_size(aux.level)
        addr = pri.rtte.addr + (ipa & (level_size(pri.level) - 1) & -size)
        aux.set(make_entry(pri.rtte.state, pri.rtte.ripas, addr))
        if pri.rtte.state == ASSIGNED:
            _count(m, addr, size, 1)
    return OK


def rtt_aux_unmap_protected(m: Rmm, aux: Walk, ipa: int, got: Got) -> Expected:
    """RTT_AUX_UNMAP_PROTECTED."""
    if aux.rtte.state == ASSIGNED:
        _count(m, aux.rtte.addr, level_size(aux.level), -1)
    aux.set(make_entry(UNASSIGNED, EMPTY))
    return (0, skip_non_live(aux, ipa))


def rtt_aux_map_unprotected(m: Rmm, pri: Walk, aux: Walk, got: Got) -> Expected:
    """RTT_AUX_MAP_UNPROTECTED: the auxiliary tree shares the table, or maps the same block.

    Asked for it again, the reference counts the table once more, and never less by
    that again (behaviour, section 14, item 4).
    """
    if not aux.rtte.live:
        aux.set(pri.rtte)
    elif m.traits.sequence and aux.rtte == pri.rtte and aux.rtte.state == TABLE:
        aux.rtt.aux_refs += 1
        m.notes.append("mapped already, but counted again: REALM_DESTROY will be refused for ever")
    return OK


def rtt_aux_unmap_unprotected(m: Rmm, aux: Walk, ipa: int, got: Got) -> Expected:
    """RTT_AUX_UNMAP_UNPROTECTED."""
    aux.set(make_entry(UNASSIGNED_NS))
    return (0, skip_non_live(aux, ipa))


def _count(m: Rmm, addr: int, size: int, step: int) -> None:
    """Note that the auxiliary mappings of each page of [addr, addr + size) are more or fewer."""
    refs = m.data_refs
    for page in range(addr, addr + size, m.granule):
        left = refs.get(page, 0) + step
        if left > 0:
            refs[page] = left
        else:
            refs.pop(page, None)
