"""The watchers under calls that no host makes: none of them may fail, or take long."""

from __future__ import annotations

from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from replay.run import Options, run_trace
from tests.replay.fids import RMM_1_0, RMM_2_0
from tests.replay.make_samples import (
    DATA0,
    LEVEL2,
    LIST,
    PARAMS,
    POOL_TOP,
    RAM,
    RD,
    RUN,
    Script,
    boot_1_0,
    boot_2_0,
    realm_1_0,
    realm_2_0,
    words,
)
from traces.event import PAGE, Rmi

TOP64 = (1 << 64) - 1
RAM_TOP = RAM.base + RAM.size
VALUES = st.sampled_from(
    [
        *(0, 1, 2, 3, PAGE, LEVEL2, 1 << 38, 1 << 48, TOP64, TOP64 - PAGE + 1),
        *range(RD, POOL_TOP + PAGE, PAGE),
        *(DATA0 | 2 << 2, RAM.base, RAM_TOP - PAGE, RAM_TOP, PARAMS, RUN, LIST, 1 << 63),
    ]
)
STATUS = st.sampled_from([0, 0, 0, 1, 2, 3, 4 | 2 << 8, 4 | 3 << 8, 10, 13, 13 | 1 << 8, 14, TOP64])


@st.composite
def traces(draw: st.DrawFn) -> Script:
    """A realm, and then whatever comes."""
    rmi: Rmi = draw(st.sampled_from(["1.0", "2.0"]))
    s = Script(rmi, cpus=2)
    if rmi == "1.0":
        boot_1_0(s)
        realm_1_0(s)
    else:
        boot_2_0(s)
        realm_2_0(s)
    names = st.sampled_from(sorted(RMM_1_0 if rmi == "1.0" else RMM_2_0))
    for _ in range(draw(st.integers(1, 40))):
        mem = words(RUN, 0) | words(LIST, draw(VALUES), draw(VALUES))
        s.call(
            draw(names),
            *draw(st.lists(VALUES, max_size=6)),
            r=(draw(STATUS), *draw(st.lists(VALUES, max_size=4))),
            mem=draw(st.sampled_from([None, mem, words(PARAMS + 0x8, 39, 0, 1, 1)])),
            out=draw(st.sampled_from([None, mem, words(RUN + 0x800, 4)])),
            cpu=draw(st.sampled_from([0, 1, 1 << 40])),
        )
    return s


@settings(max_examples=100, deadline=1000)
@given(traces())
def test_no_watcher_fails(script: Script) -> None:
    result = run_trace(BytesIO(script.text()), "hostile", Options(every=True))
    assert not result.error
    assert [one.text for one in result.unread] == []


def test_ranges_of_any_size_are_no_work() -> None:
    """All of the address space, again and again, where a granule lies here and there."""
    s = Script("2.0", RAM, cpus=2)
    boot_2_0(s)
    for n in range(0, 2_000, 2):
        at = RAM.base + n * PAGE
        s.call("GRANULE_RANGE_DELEGATE", at, at + PAGE, r=(0, at + PAGE))
        s.call("GRANULE_RANGE_UNDELEGATE", 0, TOP64 - PAGE + 1, r=(1, 0))
        s.call("GRANULE_RANGE_UNDELEGATE", RAM.base, TOP64 - PAGE + 1, r=(0, TOP64 - PAGE + 1))
    assert run_trace(BytesIO(s.text()), "hostile", Options()).complete
