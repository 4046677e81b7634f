"""RSI: the calls of a realm to the RMM.

Fact sheet 1.0, section 7; rmm-2.0 section 8 and tf-rmm-behaviour section 11.5 for 2.0.
What is not there (tokens in progress, devices, planes) is not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from replay.rmm.realm_side.outcome import Outcome, Registers, answer, reach
from replay.rmm.rtt import level_size
from replay.rmm.run_page import RecExit
from replay.rmm.values import EMPTY, EXIT_HOST_CALL, EXIT_RIPAS_CHANGE, RAM

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from replay.rmm.realm import Realm

RSI_SUCCESS: Final = 0
RSI_ERROR_INPUT: Final = 1

FIRST: Final = 0xC4000190
LAST: Final = 0xC40001AF

VERSION: Final = 0xC4000190
FEATURES: Final = 0xC4000191
MEASUREMENT_READ: Final = 0xC4000192
MEASUREMENT_EXTEND: Final = 0xC4000193
ATTESTATION_TOKEN_INIT: Final = 0xC4000194
ATTESTATION_TOKEN_CONTINUE: Final = 0xC4000195
REALM_CONFIG: Final = 0xC4000196
IPA_STATE_SET: Final = 0xC4000197
IPA_STATE_GET: Final = 0xC4000198
HOST_CALL: Final = 0xC4000199
PLANE_ENTER: Final = 0xC40001A3

_GRANULE: Final = 4096
_HOST_CALL_SIZE: Final = 256  # RsiHostCall, which is aligned to it
_MEASUREMENTS: Final = 5  # 0 is the RIM, which only the RMM extends
_MEASUREMENT_BYTES: Final = 64
_VERSIONS: Final = {"1.0": (0x1_0000,), "2.0": (0x1_0000, 0x1_0001)}

_Call: TypeAlias = Callable[["Rmm", "Realm", Sequence[int]], "_Result"]
_Result: TypeAlias = Registers | RecExit | None  # None: not judged


def rsi(m: Rmm, realm: Realm, x: Sequence[int]) -> Outcome:
    """What an RSI call with registers `x` (x0 to x8) may lead to."""
    fid = x[0] & 0xFFFF_FFFF
    name, call = _CALLS.get(fid, (f"RSI call {fid:#x}", _not_modelled))
    result = call(m, realm, x)
    if result is None:
        return Outcome(name, judged=False)
    if isinstance(result, RecExit):
        return Outcome(name, exit=result)
    return Outcome(name, answers=(result,))


def _not_modelled(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    return None


def _token_continue(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    """Not judged, but it writes into a page of the realm."""
    if x[1] < realm.protected_top:
        met = reach(m, realm, x[1])
        if isinstance(met, int):
            m.realm_memory.forget(met & -_GRANULE)
    return None


def _refused(x: Sequence[int]) -> _Result:
    return answer(x, RSI_ERROR_INPUT)


def _version(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    supported = _VERSIONS[m.rmi[:3]]
    if x[1] in supported:
        return answer(x, RSI_SUCCESS, x[1], supported[-1])
    below = [version for version in supported if version < x[1]]
    return answer(x, RSI_ERROR_INPUT, (below or supported)[-1], supported[-1])


def _features(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    return answer(x, RSI_SUCCESS, int(realm.da and x[1] == 0))


def _measurement_read(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    if x[1] >= _MEASUREMENTS:
        return _refused(x)
    return answer(x, RSI_SUCCESS, *[None] * (_MEASUREMENT_BYTES // 8))


def _measurement_extend(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    if not 1 <= x[1] < _MEASUREMENTS or x[2] > _MEASUREMENT_BYTES:
        return _refused(x)
    return answer(x, RSI_SUCCESS)


def _token_init(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    return answer(x, RSI_SUCCESS, None)


def _realm_config(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    met = _structure(m, realm, x, _GRANULE)
    if not isinstance(met, int):
        return met
    m.realm_memory.forget(met)  # the whole page is written, with what the model has not
    return answer(x, RSI_SUCCESS)


def _host_call(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    met = _structure(m, realm, x, _HOST_CALL_SIZE)
    if not isinstance(met, int):
        return met
    imm, gprs = m.realm_memory.host_call(met)
    return RecExit(EXIT_HOST_CALL, imm=imm, gprs=gprs)


def _structure(m: Rmm, realm: Realm, x: Sequence[int], size: int) -> int | _Result:
    """Where the structure that x1 names lies in memory, or what comes of it if it does not."""
    if x[1] % size or x[1] >= realm.protected_top:
        return _refused(x)
    met = reach(m, realm, x[1])
    return _refused(x) if met is None else met


def _protected_range(realm: Realm, base: int, top: int) -> bool:
    return not (base | top) % _GRANULE and base < top <= realm.protected_top


def _ipa_state_set(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    _, base, top, ripas = x[:4]
    if not _protected_range(realm, base, top) or ripas not in (EMPTY, RAM):
        return _refused(x)
    return RecExit(EXIT_RIPAS_CHANGE, ripas_base=base, ripas_top=top, ripas_value=ripas)


def _ipa_state_get(m: Rmm, realm: Realm, x: Sequence[int]) -> _Result:
    _, base, top = x[:3]
    if not _protected_range(realm, base, top):
        return _refused(x)
    ripas, end = ripas_run(m, realm, base, top)
    # How far the RMM looks is its own business, but it must look at something.
    return answer(x, RSI_SUCCESS, range(base + _GRANULE, end + 1, _GRANULE), ripas)


def ripas_run(m: Rmm, realm: Realm, base: int, top: int) -> tuple[int, int]:
    """(RIPAS at `base`, end of the run of that RIPAS, at most `top`)."""
    first = m.walk(realm, base, 3)
    assert first is not None  # a protected IPA
    ripas = first.rtte.ripas
    walk, here = first, base
    while here < top:
        if walk.rtte.ripas != ripas:
            return ripas, here
        size = level_size(walk.level)
        here = (here & -size) + size
        following = m.walk(realm, here, 3) if here < top else None
        if following is None:
            break
        walk = following
    return ripas, min(here, top)


_CALLS: Final[dict[int, tuple[str, _Call]]] = {
    VERSION: ("RSI_VERSION", _version),
    FEATURES: ("RSI_FEATURES", _features),
    MEASUREMENT_READ: ("RSI_MEASUREMENT_READ", _measurement_read),
    MEASUREMENT_EXTEND: ("RSI_MEASUREMENT_EXTEND", _measurement_extend),
    ATTESTATION_TOKEN_INIT: ("RSI_ATTESTATION_TOKEN_INIT", _token_init),
    ATTESTATION_TOKEN_CONTINUE: ("RSI_ATTESTATION_TOKEN_CONTINUE", _token_continue),
    REALM_CONFIG: ("RSI_REALM_CONFIG", _realm_config),
    IPA_STATE_SET: ("RSI_IPA_STATE_SET", _ipa_state_set),
    IPA_STATE_GET: ("RSI_IPA_STATE_GET", _ipa_state_get),
    HOST_CALL: ("RSI_HOST_CALL", _host_call),
}
