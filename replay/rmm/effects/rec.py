"""Creation and end of RECs (1.0)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.rec import Rec
from replay.rmm.values import DELEGATED, REC, REC_AUX

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm
    from replay.rmm.rec import RecParams

_MPIDR: Final = 0xFFFFFF0F  # the affinity fields; the rest should be zero
_MAX_AUX: Final = 16  # that the parameters have room for


def rec_aux_count(m: Rmm, rd: int, got: Got) -> Expected:
    """REC_AUX_COUNT: what the header says, or the first call showed: it never changes."""
    count = m.traits.max_rec_aux
    if not count and got is not None and got[1] <= _MAX_AUX:
        count = got[1]
        m.traits = replace(m.traits, max_rec_aux=count)
    return 0, count


def rec_create(m: Rmm, realm: Realm, rec: int, params: RecParams, got: Got) -> Expected:
    """REC_CREATE: the REC and its auxiliary granules."""
    aux = params.aux[: params.num_aux]
    for addr in aux:
        m.put(addr, REC_AUX)
    m.put(rec, REC)
    created = Rec(rec, realm.rd, params.mpidr & _MPIDR, bool(params.flags & 1), aux)
    created.gprs[: len(params.gprs)] = params.gprs
    created.pc = params.pc
    m.recs[rec] = created
    realm.rec_index += 1
    realm.num_recs += 1
    return OK


def rec_destroy(m: Rmm, rec: Rec, got: Got) -> Expected:
    """REC_DESTROY: all its granules are DELEGATED again."""
    m.put(rec.addr, DELEGATED)
    for addr in rec.aux:
        m.put(addr, DELEGATED)
    realm = m.realms.get(rec.owner)
    if realm is not None:  # a faulty RMM may have destroyed it before
        realm.num_recs -= 1
    return OK
