"""What the watchers share: which calls are a row, and when the watchers of rows speak."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.engine import Engine
from replay.run import Options, run_trace
from replay.spec.commands import commands_of
from replay.watch import Watching, watchers
from rules.calls import Rows, command, in_words, lasting, places
from tests.replay.fids import RMM_1_0, RMM_2_0
from tests.replay.make_samples import BUSY, INPUT, PARAMS, POOL_TOP, RAM, RD, Script, boot_2_0
from tests.rules.traces_of_calls import at
from traces.event import PAGE, REGISTERS, Bank, Header, Rmi, Smc

MS = 1_000_000  # ns


def call(
    line: int,
    x: int = 1,
    *,
    cpu: int = 0,
    t: int | None = None,
    t_end: int | None = None,
    mem: dict[int, bytes] | None = None,
) -> Smc:
    fid = RMM_1_0["GRANULE_DELEGATE"]
    return Smc(line, fid, [x, *[0] * 7], [INPUT], cpu=cpu, t=t, t_end=t_end, mem=mem)


def counts(*calls: Smc) -> list[int]:
    """Of the rows that these calls make: how many calls each has."""
    rows = Rows()
    over = [row.count for one in calls if (row := rows.goes_on(one, "refused"))]
    return over + [row.count for row in rows.rest()]


def test_a_row_is_of_equal_calls() -> None:
    assert counts(call(1), call(2), call(3)) == [3]
    assert counts(call(1), call(2, x=5), call(3)) == [1, 1, 1]
    assert counts() == []


def test_each_cpu_has_its_own_row() -> None:
    assert counts(call(1), call(2, x=5, cpu=1), call(3), call(4, x=5, cpu=1), call(5)) == [3, 2]


def test_another_content_of_memory_is_another_call() -> None:
    one, two = {0x1000: b"\1"}, {0x1000: b"\2"}
    assert counts(call(1, mem=one), call(2, mem=dict(one)), call(3, mem=two)) == [2, 1]


def test_a_pause_ends_a_row() -> None:
    assert counts(call(1, t=0, t_end=5), call(2, t=5 + MS - 1, t_end=6 + MS)) == [2]
    assert counts(call(1, t=0, t_end=5), call(2, t=5 + MS, t_end=6 + MS)) == [1, 1]
    assert counts(call(1, t=0), call(2, t=MS)) == [1, 1]  # times of entry alone
    assert counts(call(1, t=0), call(2)) == [2]


def test_another_answer_ends_a_row() -> None:
    rows = Rows()
    assert rows.goes_on(call(1), "a") is None
    row = rows.goes_on(call(2), "b")
    assert row is not None
    assert (row.count, row.answer) == (1, "a")
    row = rows.goes_on(call(3), None)
    assert row is not None
    assert row.answer == "b"
    assert list(rows.rest()) == []


def test_the_time_of_a_row_is_from_entry_to_return() -> None:
    rows = Rows()
    for n in range(4):
        rows.goes_on(call(n, t=100 * n, t_end=100 * n + 70), "a")
    [row] = rows.rest()
    assert (row.time, row.lines) == (370, [0, 1, 2, 3])


def test_a_row_and_the_rows_are_bounded() -> None:
    rows = Rows()
    for n in range(10_000):
        rows.goes_on(call(n), "a")
    [row] = rows.rest()
    assert row.count == 10_000
    assert len(row.lines) < 100
    for n in range(10_000):
        rows.goes_on(call(n, cpu=n), "a")
    assert len(list(rows.rest())) < 5_000


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (None, ""),
        (-1, ""),
        (0, " within 0 ns"),
        (999, " within 999 ns"),
        (1_300, " within 1.3 us"),
        (2_500_000, " within 2.5 ms"),
        (3_210_000_000, " within 3.21 s"),
    ],
)
def test_a_time_in_words(time: int | None, said: str) -> None:
    assert lasting(time) == said


def test_a_call_by_the_names_of_its_table() -> None:
    fid = RMM_2_0["GRANULE_RANGE_DELEGATE"]
    one = Smc(1, fid, [0x1000, 0x3000, *[0] * 6], [0, 0x2000, *[0] * 6])
    known = command(one, "2.0")
    assert known is not None
    assert known.name == "RMI_GRANULE_RANGE_DELEGATE"
    assert places("2.0", known.name) == {"base": 0, "top": 1}
    assert in_words(one, "2.0") == "RMI_GRANULE_RANGE_DELEGATE 0x1000 0x3000"
    assert command(one, "1.0") is None
    assert places("1.0", known.name) == {}
    assert in_words(one, "1.0") == "the function 0xc40001f1"
    # One command, two versions of its table.
    assert places("2.0-bet0", "RMI_GRANULE_TRACKING_GET") == {"addr": 0}
    assert places("2.0", "RMI_GRANULE_TRACKING_GET") == {"base": 0, "top": 1}


# --- how many are too many


def fired(s: Script) -> list[tuple[int, str]]:
    result = run_trace(BytesIO(s.text()), "t", Options(every=True))
    assert result.complete
    return [(h.line, h.rule) for group in result.hazards for h in group.full]


@pytest.mark.parametrize(("tries", "lines"), [(15, []), (16, [17])])
def test_sixteen_errors_are_a_storm(tries: int, lines: list[int]) -> None:
    s = Script("1.0")
    for _ in range(tries):
        s.call("GRANULE_UNDELEGATE", RAM.base, r=INPUT)
    assert fired(s) == [(line, "unbounded-retry") for line in lines]


@pytest.mark.parametrize(
    ("tries", "every", "storms"),
    [
        (31, None, 0),
        (32, None, 1),
        (40, 2_000, 0),  # over in 80 us
        (40, 3_000, 1),  # 117 us and the last call
        (40, MS + 1_500, 0),  # pauses
    ],
)
def test_waiting_is_a_storm_when_it_is_long(tries: int, every: int | None, storms: int) -> None:
    s = Script("2.0", cpus=2)
    boot_2_0(s)
    for n in range(tries):
        s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=BUSY)
        if every is not None:
            at(s, n * every, 1_500)
    assert len(fired(s)) == storms


def test_parameters_that_change_are_no_storm() -> None:
    """A host that tries one set of parameters after the other."""
    s = Script("1.0")
    for n in range(20):
        s.call("REALM_CREATE", RAM.base, PARAMS, r=INPUT, mem={PARAMS: bytes([n, 1])})
    assert fired(s) == []


@pytest.mark.parametrize("map_known", [True, False])
def test_without_a_map_no_address_is_outside(map_known: bool) -> None:
    banks = (Bank(RAM.base, RAM.size),) if map_known else ()
    header = Header(rmi="1.0", granule_size=4096, pa_width=48, memory=banks)
    engine = Engine(header)
    watching = Watching(watchers(), engine, lambda line, text: None)
    outside = call(2, x=RAM.base - PAGE)
    watching.before(outside)
    watching.after(outside, engine.judge(outside))
    rules = [group.full[0].rule for group in watching.hazards.groups()]
    assert rules == (["widened-range"] if map_known else [])


# --- no call makes a watcher fail

SOME = [0, 1, 2, 3, PAGE, RAM.base, RAM.base + PAGE, RAM.base + 8 * PAGE, 2**64 - 1, RAM.base + 1]
WORD = st.sampled_from(SOME)
STATUS = st.sampled_from([0, 1, 2, 0x102, 3, 4, 0x304, 10, 13, 0x10D, 14, 2**64 - 1])


@st.composite
def calls(draw: st.DrawFn, rmi: Rmi) -> list[Smc]:
    fids = st.sampled_from([*commands_of(rmi), 0xC40001FF])
    found = []
    for line in range(2, draw(st.integers(2, 40))):
        x = draw(st.lists(WORD, min_size=REGISTERS, max_size=REGISTERS))
        r = [draw(STATUS), *draw(st.lists(WORD, min_size=REGISTERS - 1, max_size=REGISTERS - 1))]
        cpu = draw(st.integers(0, 1))
        found.append(Smc(line, draw(fids), x, draw(st.sampled_from([r, r, r, None])), cpu=cpu))
    return found


@pytest.mark.parametrize("rmi", ["1.0", "2.0", "2.0-bet0", "2.0-bet3"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_called_no_watcher_fails(rmi: Rmi, data: st.DataObject) -> None:
    header = Header(rmi=rmi, granule_size=4096, pa_width=48, memory=(RAM,), cpus=2)
    engine = Engine(header)
    faults: list[str] = []
    watching = Watching(watchers(), engine, lambda line, text: faults.append(text))
    for one in data.draw(calls(rmi)):
        watching.before(one)
        watching.after(one, engine.judge(one))
    watching.end()
    assert faults == []
