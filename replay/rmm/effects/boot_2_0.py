"""Configuration, activation, tracking and range delegation of 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm.effects import OK, Expected, Got
from replay.rmm.model import Unknown
from replay.rmm.operation import now_or_later, suspended
from replay.rmm.values import (
    DELEGATED,
    GPT_NS,
    GRANULE_NAME,
    MAPPED,
    MEM_CONVENTIONAL,
    MEM_DEV_COH,
    MEM_DEV_NCOH,
    MEM_NO_CATEGORY,
    RMI_ERROR_INPUT,
    RMI_ERROR_TRACKING,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
    RMM_ACTIVE,
    RMM_INIT,
    TRACKING_FINE,
    TRACKING_NONE,
    TRACKING_RESERVED,
    UNDELEGATED,
)

if TYPE_CHECKING:
    from replay.rmm.granules import Granules
    from replay.rmm.model import Rmm
    from traces.event import Bank

_REVISION = 0x20000  # of this version of the interface
_CATEGORY = {
    "conventional": MEM_CONVENTIONAL,
    "device-ncoh": MEM_DEV_NCOH,
    "device-coh": MEM_DEV_COH,
}
_FEATURE_REGISTERS = 5  # defined ones; what lies behind them reads as zero


def version(m: Rmm, req: int, got: Got) -> Expected:
    """VERSION, where the RMM serves the revision or it is not known what it serves."""
    if m.traits.revisions:
        return (RMI_SUCCESS, req, max(m.traits.revisions))
    if got is None:
        return (RMI_SUCCESS if req == _REVISION else RMI_ERROR_INPUT, _REVISION, _REVISION)
    if got[0] != RMI_SUCCESS and req != _REVISION:
        return (RMI_ERROR_INPUT,)
    return (RMI_SUCCESS, req)


def features(m: Rmm, index: int, got: Got) -> Expected:
    """FEATURES: what the header does not tell is learnt."""
    if index >= _FEATURE_REGISTERS and m.traits.sequence:
        return (RMI_SUCCESS, 0)
    value = m.features.get(index)
    if value is None and (got is None or got[0] == RMI_SUCCESS):
        m.features[index] = value = got[1] if got is not None else 0
    return (RMI_SUCCESS, value)


def config_get(m: Rmm, config_ptr: int, got: Got) -> Expected:
    """RMM_CONFIG_GET: the reference has one configuration, all zeros."""
    out = m.writes(config_ptr, bytes(m.granule))
    if m.traits.sequence and out is not None and any(any(run) for run in out.values()):
        m.problems.append("the configuration that was written is not 4 KiB granules, 1 GiB regions")
    return OK


def config_set(m: Rmm, config_ptr: int, got: Got) -> Expected:
    """RMM_CONFIG_SET: what other sizes of granules mean is not modelled."""
    return OK


def rmm_activate(m: Rmm, got: Got) -> Expected:
    """RMM_ACTIVATE; the specification lets it ask for memory first, the reference does not."""

    def done(got: Got) -> Expected:
        m.state = RMM_ACTIVE
        return OK

    return now_or_later(m, got, done)


def rmm_deactivate(m: Rmm, got: Got) -> Expected:
    """RMM_DEACTIVATE."""

    def done(got: Got) -> Expected:
        m.state = RMM_INIT
        return OK

    return now_or_later(m, got, done, reference=True)


def rmm_state_get(m: Rmm, got: Got) -> Expected:
    """RMM_STATE_GET: the encoding is not in the facts."""
    return (RMI_SUCCESS, None)


# --- tracking --------------------------------------------------------------------------


def bank_of(m: Rmm, addr: int) -> Bank | None:
    """The bank that `addr` lies in.  Raises Unknown where the memory map is not known."""
    if not m.banks:
        raise Unknown("the memory map is not known")
    for bank in m.banks:
        if bank.base <= addr < bank.base + bank.size:
            return bank
    return None


def tracking_get(m: Rmm, base: int, top: int, got: Got) -> Expected:
    """GRANULE_TRACKING_GET of a range: the reference looks at its first granule only."""
    bank = bank_of(m, base)
    if m.traits.tracking_whole or got is None:
        if bank is None:
            return (RMI_SUCCESS, MEM_CONVENTIONAL, TRACKING_NONE, top)
        return (RMI_SUCCESS, _CATEGORY[bank.kind], TRACKING_FINE, top)
    if not base < got[3] <= top or got[3] & m.offset_mask:
        m.problems.append(_not_in(got[3], base, top))
    return (RMI_SUCCESS, *_tracked(bank, got[1], got[2]), None)


def tracking_get_region(m: Rmm, addr: int, got: Got) -> Expected:
    """GRANULE_TRACKING_GET of 2.0-bet0: the region of 1 GiB that begins at `addr`.

    Where there is no memory at `addr` itself but further on in the region, an RMM
    may answer for either.
    """
    here = bank_of(m, addr)
    inside = [b for b in m.banks if b.base < addr + (1 << 30) and addr < b.base + b.size]
    if got is None:
        if here is None:
            return (RMI_SUCCESS, MEM_CONVENTIONAL, TRACKING_NONE)
        return (RMI_SUCCESS, _CATEGORY[here.kind], TRACKING_FINE)
    if here is None and got[2] not in (TRACKING_NONE, TRACKING_RESERVED) and inside:
        here = inside[0]
    return (RMI_SUCCESS, *_tracked(here, got[1], got[2]))


def _tracked(bank: Bank | None, category: int, state: int) -> tuple[int, int | None]:
    """What category and state may be said of memory in `bank`: as seen where that is possible.

    Which state of tracking memory is in, is the implementation's choice, or the
    host's (GRANULE_TRACKING_SET).
    """
    if bank is not None:
        return _CATEGORY[bank.kind], None if TRACKING_NONE <= state <= 4 else TRACKING_FINE
    return (
        category if category == MEM_NO_CATEGORY else MEM_CONVENTIONAL,
        state if state == TRACKING_RESERVED else TRACKING_NONE,
    )


def tracking_set(m: Rmm, addr: int, category: int, state: int, got: Got) -> Expected:
    """GRANULE_TRACKING_SET: only that it happened; the model does not track regions."""
    return now_or_later(m, got, lambda last: OK, reference=True)


# --- delegation --------------------------------------------------------------------------


def range_delegate(m: Rmm, base: int, top: int, got: Got) -> Expected:
    """GRANULE_RANGE_DELEGATE."""
    return _change(m, base, top, UNDELEGATED, DELEGATED, got)


def range_undelegate(m: Rmm, base: int, top: int, got: Got) -> Expected:
    """GRANULE_RANGE_UNDELEGATE."""
    return _change(m, base, top, DELEGATED, UNDELEGATED, got)


def _change(m: Rmm, base: int, top: int, old: int, new: int, got: Got) -> Expected:
    """Take [base, X1) from `old` to `new`, X1 as seen where that is possible."""
    status = RMI_SUCCESS if got is None else got[0] & 0xFF
    if status not in (RMI_SUCCESS, RMI_INCOMPLETE):
        # bet3: a granule of a region that is tracked coarsely; level and PA are in X0.
        coarse = status == RMI_ERROR_TRACKING and not m.traits.sequence
        return (None if coarse else RMI_SUCCESS,)
    granules = m.granules if m.granules.has(base) else m.devices
    step = m.traits.range_step * m.granule
    if step == m.granule and status == RMI_SUCCESS:
        _put(m, granules, base, base + step, new)
        return (RMI_SUCCESS, base + step)

    def done(got: Got) -> Expected:
        limit = _changeable(m, granules, base, top if not step else min(top, base + step), old, new)
        if limit == base and (got is None or got[0] != RMI_SUCCESS):
            return (RMI_ERROR_INPUT,)  # others were at work meanwhile
        if got is None:
            stride = m.choices.stride * m.granule
            end = min(limit, base + stride) if stride else limit
            _put(m, granules, base, end, new)
            return (RMI_SUCCESS, end)
        end = got[1]
        if not base < end <= limit or end & m.offset_mask:
            m.problems.append(_why_not(granules, base, top, limit, end))
            end = min(max(end, base), top) & ~m.offset_mask
        _put(m, granules, base, end, new)
        return (RMI_SUCCESS, None)

    later = suspended(m, got, done, permitted=not step)
    return done(got) if later is None else later


def _changeable(m: Rmm, granules: Granules, base: int, top: int, old: int, new: int) -> int:
    """The end of the granules from `base` on that are in `old`, or may be passed over."""
    at = base
    while at < top:
        state, end = granules.run(at, top)
        if state != old and not (state == new and m.traits.range_skips):
            break
        if UNDELEGATED in (old, new) and granules is m.granules and m.pas:
            taken = [a for a, pas in m.pas.items() if at <= a < end and pas != GPT_NS]
            if taken and state == UNDELEGATED:
                return min(taken)
        at = end
    return at


def _put(m: Rmm, granules: Granules, base: int, end: int, state: int) -> None:
    """Put the memory of [base, end) into `state`."""
    if granules is m.granules and end - base == m.granule:
        m.put(base, state)
        return
    at = base
    while at < end:
        here, stop = granules.run(at, end)
        if here is None:  # only a fault leads out of memory; where to, nobody can say
            break
        if here in (UNDELEGATED, DELEGATED, MAPPED):
            granules.set_range(at, stop, state)
        else:  # a fault: what is in use goes with its granule
            for addr in range(at, stop, m.granule):
                m.put(addr, state)
        at = stop


def _not_in(end: int, base: int, top: int) -> str:
    return f"next is {end:#x}, which is not a granule's end in ({base:#x}, {top:#x}]"


def _why_not(granules: Granules, base: int, top: int, limit: int, end: int) -> str:
    if not base < end <= top or end % granules.granule:
        return _not_in(end, base, top)
    state = granules.state(limit)
    what = "no such memory" if state is None else GRANULE_NAME[state]
    return f"next is {end:#x}, but the granule at {limit:#x} is {what}"


# --- granule protection tables ---------------------------------------------------------


def gpt_l1_create(m: Rmm, addr: int, got: Got) -> Expected:
    """GPT_L1_CREATE, where an RMM lets the host make these tables: not followed."""
    return OK


def gpt_l1_destroy(m: Rmm, addr: int, got: Got) -> Expected:
    """GPT_L1_DESTROY never succeeds."""
    return OK


def gpt_info(m: Rmm, base: int, top: int, got: Got) -> Expected:
    """GPT_INFO: the end of the L0 entry of `base`; who makes its L1 table is the platform's."""
    return (RMI_SUCCESS, base + (1 << 30 + (m.features.get(1, 0) >> 10 & 0xF)), None)
