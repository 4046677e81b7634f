"""Calls of a realm that come back to it: RSI, and the PSCI calls that the RMM answers.

The call of the case is REC_ENTER: what the realm did and saw stands in the trace,
and the judge must take the right answer and refuse a wrong one (`Stimulus.wrong`).
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.replay.conformance.host import (
    EMPTY,
    HOST_CALL,
    IRQ,
    PAGE,
    PROTECTED,
    RAM,
    RIPAS_CHANGE,
    UNPROTECTED,
    ZEROS,
    Run,
    padded,
)
from tests.replay.conformance.rmm_1_0.fixture import CPU_ON
from tests.replay.conformance.rmm_1_0.stories import (
    entered,
    new_realm,
    running_realm,
    running_with_data,
    story,
)
from tests.replay.conformance.stimulus import Stimulus, Story

P, U = PROTECTED, UNPROTECTED
ALL_ONES = (1 << 64) - 1
AFFINITY_INFO = 0xC400_0004


def _answered(
    x: Sequence[int], right: Sequence[int], wrong: Sequence[int] | None = None
) -> Stimulus:
    """The realm issues an SMC and sees `right` in x0.. (or, wrongly, `wrong`).

    Two pages of RAM with data at P, then EMPTY ones; x4.. keep what the realm
    put there.  A second REC is not runnable.
    """
    w, guest = new_realm(3)
    w.init_ripas(guest, P, P + 2 * PAGE)
    w.data(guest, P)
    w.data(guest, P + PAGE)
    rec = w.rec(guest)
    w.rec(guest, runnable=False)
    w.rec(guest)
    w.activate(guest)
    args = padded(x)
    sees = [[*answer, *ZEROS[: 4 - len(answer)], *args[4:]][:9] for answer in (right, wrong or [])]
    runs = [Run([*Run.calls(*x), ("enter", seen), ("irq", [])]) for seen in sees]
    return entered(w, rec, runs[0], wrong=None if wrong is None else runs[1])


def _rsi(number: int, *x: int, gives: Sequence[int], instead: Sequence[int] | None) -> Story:
    return lambda: _answered((0xC400_0190 + number, *x), gives, instead)


REFUSED, TAKEN = [1], [0]
story("rsi.version_ok")(
    _rsi(0, 0x10000, gives=[0, 0x10000, 0x10000], instead=[1, 0x10000, 0x10000])
)
story("rsi.version_bad")(
    _rsi(0, 0x20000, gives=[1, 0x10000, 0x10000], instead=[0, 0x10000, 0x10000])
)
story("rsi.features")(_rsi(1, 3, gives=TAKEN, instead=[0, 1]))
_HASH = [0, *range(0x11, 0x19)]  # a measurement: whatever it is
story("rsi.meas_read_rim")(_rsi(2, 0, gives=_HASH, instead=REFUSED))
story("rsi.meas_read_4")(_rsi(2, 4, gives=_HASH, instead=REFUSED))
story("rsi.meas_read_5")(_rsi(2, 5, gives=REFUSED, instead=TAKEN))
story("rsi.meas_ext_5")(_rsi(3, 5, 32, gives=REFUSED, instead=TAKEN))
story("rsi.meas_ext_size64")(_rsi(3, 1, 64, gives=TAKEN, instead=REFUSED))
story("rsi.config_unprot")(_rsi(6, U, gives=REFUSED, instead=TAKEN))
story("rsi.ipa_set_unaligned")(_rsi(7, P + 1, P + PAGE, RAM, gives=REFUSED, instead=TAKEN))
story("rsi.ipa_set_empty_range")(_rsi(7, P, P, RAM, gives=REFUSED, instead=TAKEN))
story("rsi.ipa_set_unprot")(
    _rsi(7, (1 << 39) - PAGE, (1 << 39) + PAGE, RAM, gives=REFUSED, instead=TAKEN)
)
story("rsi.ipa_set_destroyed")(_rsi(7, P, P + PAGE, 2, gives=REFUSED, instead=TAKEN))
story("rsi.ipa_get_ok")(
    _rsi(8, P, P + 2 * PAGE, gives=[0, P + 2 * PAGE, RAM], instead=[0, P + 2 * PAGE, EMPTY])
)
story("rsi.ipa_get_prefix")(
    _rsi(8, P + PAGE, P + 3 * PAGE, gives=[0, P + 2 * PAGE, RAM], instead=[0, P + 3 * PAGE, RAM])
)
story("rsi.ipa_get_unaligned")(_rsi(8, P, P + PAGE + 1, gives=REFUSED, instead=TAKEN))
story("rsi.hostcall_align")(_rsi(9, P + 8, gives=REFUSED, instead=TAKEN))

story("rsi.token_init_restart")(_rsi(4, gives=[0, 0x1000], instead=REFUSED))

# The same stimuli in the words of the ACS.
_GET, _SET = "RSI_IPA_STATE_GET", "RSI_IPA_STATE_SET"
for _id, _call in {
    "RSI_REALM_CONFIG acs.addr_unprotected": (6, U),
    "RSI_MEASUREMENT_EXTEND acs.index_upper_bound": (3, 5, 32),
    f"{_GET} acs.top_unaligned": (8, P, P + PAGE + 1),
    f"{_GET} acs.size_invalid": (8, P, P),
    f"{_GET} acs.region_unprotected": (8, U, U + PAGE),
    f"{_SET} acs.base_unaligned": (7, P + 1, P + PAGE, RAM),
    f"{_SET} acs.region_unprotected": (7, U, U + PAGE, RAM),
    f"{_SET} acs.ripas_invalid": (7, P, P + PAGE, 2),
}.items():
    story(_id)(_rsi(*_call, gives=REFUSED, instead=TAKEN))

_INVALID, _UNSUPPORTED = [ALL_ONES - 1], [ALL_ONES]  # -2, -1
story("PSCI_CPU_ON_AARCH64 acs.mpidr_not_used")(lambda: _answered((CPU_ON, 9, P), _INVALID, TAKEN))
story("PSCI_AFFINITY_INFO_AARCH64 acs.mpidr_not_used")(
    lambda: _answered((AFFINITY_INFO, 9), _INVALID, TAKEN)
)
story("PSCI_CPU_ON_AARCH64 acs.rec_runnable")(
    lambda: _answered((CPU_ON, 2, P), [ALL_ONES - 3], TAKEN)  # -4: the third REC is runnable
)
story("psci.version")(lambda: _answered((0x8400_0000,), [0x10001], [0x10000]))
story("psci.features_unknown")(lambda: _answered((0x8400_000A, 0x8400_0013), _UNSUPPORTED, TAKEN))


story("noexit.smc_unknown")(lambda: _answered((0xC600_0000,), _UNSUPPORTED, TAKEN))


@story("rsi.ipa_set_ok")
def _() -> Stimulus:
    w, _, rec = running_realm()
    steps = Run.calls(0xC400_0197, P, P + 3 * PAGE, RAM)
    exits = [
        Run(steps, RIPAS_CHANGE, fields={0x500: P, 0x508: top, 0x510: RAM})
        for top in (P + 3 * PAGE, P + 4 * PAGE)
    ]
    return entered(w, rec, exits[0], wrong=exits[1])


@story("rsi.hostcall_ok")
def _() -> Stimulus:
    w, data, rec = running_with_data()
    w.event("realm_write", pa=data + 0x100, data=(0x77).to_bytes(8, "little").hex())
    steps = Run.calls(0xC400_0199, P + 0x100)
    right = Run(steps, HOST_CALL, fields={0x600: 0x77})
    return entered(w, rec, right, wrong=Run(steps, IRQ))
