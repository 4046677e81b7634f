"""What is asked of the host and answered, or may be yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.replay.make_samples import (
    AUX0,
    DONATE,
    LEVEL1,
    LEVEL2,
    LIST,
    PARAMS,
    RD,
    REC,
    REC0,
    RUN,
    SUCCESS,
    Script,
    boot_1_0,
    boot_2_0,
    descriptor,
    realm_1_0,
    realm_2_0,
    rec_params,
    words,
)
from tests.rules import traces_of_requests as requests
from tests.rules.traces_of_requests import EMPTY
from tests.rules.traces_of_rollbacks import BASE, TOP
from tests.rules.watched import fired
from traces.event import PAGE

# --- exit-reason-without-case


def test_a_refused_entry_is_none() -> None:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    requests.asks(s, EMPTY)
    emulated = 1  # flag: an access of the realm to a device, where there was none
    s.call("REC_ENTER", REC0, RUN, r=REC, mem=words(RUN, emulated))
    s.call("RTT_SET_RIPAS", RD, REC0, 0, 2 * PAGE, r=(SUCCESS, 2 * PAGE))
    requests.finds(s, 0, 2 * PAGE)
    assert fired(s, "exit-reason-without-case") == []


# --- incomplete-not-driven


def _waits(s: Script) -> None:
    boot_2_0(s)
    realm_2_0(s)
    s.call("REC_CREATE", RD, REC0, PARAMS, r=(DONATE, 0, 2 << 2), mem=rec_params("2.0"))


def delegates_what_it_will_donate() -> Script:
    s = Script("2.0")
    _waits(s)
    for addr in range(BASE, TOP, PAGE):
        s.call("GRANULE_RANGE_DELEGATE", addr, addr + PAGE, r=(SUCCESS, addr + PAGE))
    return s


def goes_on_in_the_end() -> Script:
    s = Script("2.0")
    _waits(s)
    requests.taken_apart(s)
    s.call("REALM_TERMINATE", RD)
    one = words(LIST, descriptor(AUX0, 1))
    s.call("OP_MEM_DONATE", 0, LIST, 1, r=(DONATE, 1, 1 << 2), mem=one)
    return s


def another_cpu_is_busy() -> Script:
    s = Script("2.0", cpus=2)
    _waits(s)
    for n in range(2, 10):
        s.call("RTT_CREATE", RD, AUX0, n * LEVEL2, 3, cpu=1)
        s.call("RTT_DESTROY", RD, n * LEVEL2, 3, r=(SUCCESS, AUX0, LEVEL1), cpu=1)
    return s


@pytest.mark.parametrize(
    "story", [delegates_what_it_will_donate, goes_on_in_the_end, another_cpu_is_busy]
)
def test_the_operation_is_not_given_up(story: Callable[[], Script]) -> None:
    assert fired(story(), "incomplete-not-driven") == []
