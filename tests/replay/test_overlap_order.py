"""Calls with times that overlap: some order of them must explain the results.

Times are in ns; a call is (cpu, entry, return, name, X1.., X0..), lines stand in the order
of return.  By 1.0: DELEGATE wants an undelegated granule, UNDELEGATE a delegated one,
else ERROR_INPUT; whoever is ACTIVE, or RUNNING, says so by ERROR_REALM, or ERROR_REC.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from replay.engine import Engine
from replay.overlap.begins import HELD
from replay.overlap.window import AHEAD, BEHIND, Overlaps
from replay.result import TraceResult
from replay.run import Options, run_trace
from tests.replay.fids import RMM_1_0
from traces.event import Bank, Header, Smc, TraceError

RAM = 0x8000_0000
PAGE = 4096
SUCCESS, INPUT, REC_ERROR = 0, 1, 3
ANOTHER = "explained by another order of overlapping calls"
LIFE = Path("traces/samples/life-1.0.jsonl")
HEADER: dict[str, Any] = {
    "format": "rmi-trace/1",
    "rmi": "1.0",
    "granule_size": PAGE,
    "pa_width": 48,
    "memory": [{"base": hex(RAM), "size": hex(1 << 30)}],
    "cpus": 2,
}

Line = dict[str, Any]


def call(cpu: int, t: int, t_end: int, name: str, *x: int, r: int = SUCCESS) -> Line:
    return {"cpu": cpu, "t": t, "t_end": t_end, "fid": RMM_1_0[name], "x": list(x), "r": [r]}


def judged(*lines: Line, cpus: int = 2, options: Options | None = None) -> TraceResult:
    text = "".join(json.dumps(line) + "\n" for line in (HEADER | {"cpus": cpus}, *lines))
    return run_trace(BytesIO(text.encode()), "trace", options or Options(every=True))


def wrong(result: TraceResult) -> list[tuple[int, tuple[str, ...]]]:
    """(line, notes) of each violation."""
    return [(v.line, v.notes) for group in result.violations for v in group.full]


def noted(result: TraceResult) -> list[tuple[int, str]]:
    return [(note.line, note.text) for group in result.notes for note in group.full]


def test_only_one_order_works() -> None:
    """The granule that CPU 1 gives back is the one that CPU 0 has just delegated."""
    result = judged(
        call(1, 10, 20, "GRANULE_UNDELEGATE", RAM),
        call(0, 0, 30, "GRANULE_DELEGATE", RAM),
        call(0, 40, 50, "GRANULE_DELEGATE", RAM),  # undelegated now, so this was the order
    )
    assert (wrong(result), noted(result)) == ([], [(2, ANOTHER)])
    assert result.verdicts == {"ok": 3}


def test_none_works() -> None:
    """Both cannot win; nor can it come first what began when the other had returned."""
    both = judged(
        call(1, 10, 20, "GRANULE_DELEGATE", RAM),
        call(0, 0, 30, "GRANULE_DELEGATE", RAM),
    )
    assert wrong(both) == [(3, ("permitted in none of 2 orders of overlapping calls",))]
    later = judged(
        call(1, 10, 20, "GRANULE_UNDELEGATE", RAM),
        call(0, 21, 30, "GRANULE_DELEGATE", RAM),
    )
    assert wrong(later) == [(2, ())]


def test_a_refusal_from_before_a_call_that_returned_first() -> None:
    result = judged(
        call(0, 0, 10, "GRANULE_DELEGATE", RAM),
        call(1, 5, 15, "GRANULE_UNDELEGATE", RAM, r=INPUT),
        call(1, 20, 25, "GRANULE_UNDELEGATE", RAM),
    )
    assert (wrong(result), noted(result)) == ([], [(3, ANOTHER)])


def test_each_cpu_has_its_calls_in_order() -> None:
    """UNDELEGATE would have to come between two calls of CPU 0 that it overlaps: it may.

    As a call of CPU 0 itself it may not, whatever its times say.
    """
    lines = [
        call(0, 0, 10, "GRANULE_DELEGATE", RAM),
        call(0, 10, 20, "GRANULE_DELEGATE", RAM),
        call(1, 0, 30, "GRANULE_UNDELEGATE", RAM),
    ]
    assert wrong(judged(*lines)) == []
    lines[2]["cpu"] = 0
    assert [line for line, _ in wrong(judged(*lines))] == [3]


def test_a_table_made_of_a_granule_whose_delegation_returns_later() -> None:
    """A realm's life, with the DELEGATE of its level 2 table on another CPU."""
    lines = [json.loads(line) for line in LIFE.read_text().splitlines()[1:]]
    lines = [line for line in lines if "fid" in line]
    (table,) = [n for n, line in enumerate(lines) if line["seq"] == 12]
    assert lines[table]["name"] == "RMI_RTT_CREATE"
    granule = lines[table]["x"][1]
    (delegate,) = [
        n
        for n, line in enumerate(lines)
        if line["name"] == "RMI_GRANULE_DELEGATE" and line["x"] == [granule]
    ]
    for n, line in enumerate(lines):
        line |= {"t": 100 * n, "t_end": 100 * n + 50}
    moved = lines.pop(delegate) | {"cpu": 1, "t_end": lines[table]["t_end"] + 10}
    lines.insert(table, moved)  # from its own time on until after RTT_CREATE
    result = judged(*lines)
    assert (wrong(result), noted(result)) == ([], [(table + 1, ANOTHER)])
    moved["t"] = lines[table - 1]["t_end"] + 1  # now RTT_CREATE had returned when it entered
    assert wrong(judged(*lines))[0] == (table + 1, ())


def life_with_a_long_stay(between: int) -> tuple[list[Line], int]:
    """The realm's life; while its REC runs CPU 1 delegates `between` granules.

    Also gives the place of the first of these; the REC_ENTER follows the last.
    """
    lines = [json.loads(line) for line in LIFE.read_text().splitlines()[1:]]
    lines = [line for line in lines if "fid" in line]
    for n, line in enumerate(lines):
        line |= {"t": 1_000_000 * n, "t_end": 1_000_000 * n + 900_000, "cpu": 0}
        del line["seq"]
    (first, *_) = [n for n, line in enumerate(lines) if line["name"] == "RMI_REC_ENTER"]
    start = lines[first]["t"]
    others = [
        call(1, start + 10 * k, start + 10 * k + 5, "GRANULE_DELEGATE", RAM + (0x1000 + k) * PAGE)
        for k in range(1, between + 1)
    ]
    return [*lines[:first], *others, *lines[first:]], first


@pytest.mark.parametrize("at", [0, 250, 499])
def test_while_a_rec_runs_it_is_running(at: int) -> None:
    """The host on CPU 1 is told so, hundreds of lines before the REC_ENTER returns."""
    lines, first = life_with_a_long_stay(500)
    rec = int(lines[first + 500]["x"][0], 0)
    t = lines[first + at]["t"]
    lines[first + at] = call(1, t, t + 5, "REC_DESTROY", rec, r=REC_ERROR)
    result = judged(*lines)
    assert (wrong(result), result.verdicts) == ([], {"ok": len(lines)})


def test_an_entry_that_the_trace_has_a_line_of_is_not_made_up() -> None:
    """Then a REC may run for any number of lines."""
    lines, first = life_with_a_long_stay(6000)
    enter, middle = lines[first + 6000], lines[first + 1500]
    begin = {key: value for key, value in enter.items() if key not in ("r", "t_end", "mem_out")}
    enter["seq"] = 7
    lines.insert(first, {"event": "smc_begin", "seq": 7, **begin})
    middle |= call(1, middle["t"], middle["t_end"], "REC_DESTROY", int(enter["x"][0], 0), r=3)
    assert wrong(judged(*lines)) == []
    del lines[first]
    assert [line for line, _ in wrong(judged(*lines))] == [first + 1500 + 2]


def test_before_a_rec_runs_it_is_not_running() -> None:
    lines, first = life_with_a_long_stay(3)
    rec = int(lines[first + 3]["x"][0], 0)
    t = lines[first]["t"] - 50_000  # the REC is there, and its REC_ENTER has not been called
    lines.insert(first, call(1, t, t + 5, "REC_DESTROY", rec, r=REC_ERROR))
    assert [line for line, _ in wrong(judged(*lines))] == [first + 2]


def test_what_overlaps_too_much_is_no_violation_but_assumed() -> None:
    """22 delegations and 20 returns of one granule at once: too many orders to try them all."""
    names = ["GRANULE_DELEGATE", "GRANULE_UNDELEGATE"] * 20 + ["GRANULE_DELEGATE"] * 2
    lines = [call(n, 0, 1000 + n, name, RAM) for n, name in enumerate(names)]
    result = judged(*lines, cpus=len(names))
    assert result.verdicts["violation"] == 0
    assert result.verdicts["assumed"] >= 1


def test_what_overlaps_nothing_stays_a_violation_however_many_there_are() -> None:
    """The search is for calls that overlap: it does not run out on others."""
    lines = [call(n % 2, 10 * n, 10 * n + 9, "GRANULE_UNDELEGATE", RAM) for n in range(3000)]
    result = judged(*lines)
    assert result.verdicts == {"violation": 3000}


def test_with_one_cpu_times_are_nothing_to_go_by() -> None:
    lines = [
        call(1, 10, 20, "GRANULE_UNDELEGATE", RAM),
        call(0, 0, 30, "GRANULE_DELEGATE", RAM),
    ]
    assert wrong(judged(*lines, cpus=1)) == [(2, ())]


# --- lines stay lines -----------------------------------------------------------------------


def test_violations_are_told_in_the_order_of_lines() -> None:
    """Though line 3 is judged before line 2."""
    result = judged(
        call(1, 10, 20, "GRANULE_UNDELEGATE", RAM),
        call(0, 0, 30, "GRANULE_DELEGATE", RAM),
        call(1, 50, 60, "GRANULE_DELEGATE", RAM + PAGE, r=INPUT),
        call(1, 70, 80, "GRANULE_UNDELEGATE", RAM + 2 * PAGE),
    )
    assert [line for line, _ in wrong(result)] == [4, 5]
    assert [group.lines[0] for group in result.violations] == [4, 5]


def test_judging_stops_at_a_line() -> None:
    lines = [
        call(1, 10, 20, "GRANULE_UNDELEGATE", RAM),
        call(0, 0, 30, "GRANULE_DELEGATE", RAM),
    ]
    result = judged(*lines, options=Options(stop_at=2))
    assert (result.calls, result.error, result.last_line) == (1, "", 2)
    assert len(result.violations) == 1  # the line that would explain it is not looked at
    result = judged(*lines, options=Options(stop_at=4))
    assert (result.calls, result.error_line) == (2, 3)
    assert "before line 4" in result.error


def test_what_was_read_before_an_unreadable_line_is_judged() -> None:
    text = "".join(
        json.dumps(line) + "\n"
        for line in (HEADER, *(call(n % 2, n, n + 5, "FEATURES", 1) for n in range(10)))
    )
    result = run_trace(BytesIO(text.encode() + b"{\n"), "trace", Options(strict=True))
    assert (result.calls, result.error_line) == (10, 12)


def test_a_checkpoint_is_no_call_and_stays_where_it_is() -> None:
    """It knows of all calls before it, and none after it."""
    result = judged(
        call(1, 10, 20, "GRANULE_DELEGATE", RAM),
        {"event": "granules", "list": [[RAM, 1, "DELEGATED", 0]]},
        call(0, 0, 30, "GRANULE_UNDELEGATE", RAM),
        {"event": "granules", "list": []},
    )
    assert (wrong(result), result.checkpoints_equal, result.checkpoints_different) == ([], 2, 0)


def header(cpus: int = 2) -> Header:
    return Header(
        rmi="1.0", granule_size=4096, pa_width=48, memory=(Bank(RAM, 1 << 30),), cpus=cpus
    )


def smc(n: int, name: str, addr: int) -> Smc:
    x, r = [addr, *[0] * 7], [0] * 8
    return Smc(n + 2, RMM_1_0[name], x, r, cpu=n % 2, t=10 * n, t_end=10 * n + 15)


def test_a_stream_is_held_back_a_bounded_number_of_lines() -> None:
    """However many overlap: here each call overlaps the next."""
    read = 0

    def lines() -> Iterator[Smc]:
        nonlocal read
        for n in range(12_000):
            read += 1
            yield smc(n, "GRANULE_DELEGATE", RAM + n * PAGE)

    judge = Engine(header())
    handed = []
    for item in Overlaps(header(), judge).ordered(lines()):
        assert isinstance(item, Smc)
        assert judge.judge(item).kind == "ok"
        handed.append(item.line)
        assert read - len(handed) <= 2 * HELD + BEHIND + AHEAD + 1
    assert handed == list(range(2, 12_002))


def test_an_error_of_the_reader_comes_after_its_lines() -> None:
    def lines() -> Iterator[Smc]:
        for n in range(3):
            yield smc(n, "GRANULE_DELEGATE", RAM + n * PAGE)
        raise TraceError("trace", 5, "lost")

    seen: list[int] = []
    with pytest.raises(TraceError, match="lost"):
        for item in Overlaps(header(), Engine(header())).ordered(lines()):
            seen.append(item.line)
    assert seen == [2, 3, 4]


def test_a_capture_may_begin_with_a_call_without_result_and_a_loss() -> None:
    begun = {"cpu": 1, "t": 5, "fid": RMM_1_0["GRANULE_DELEGATE"], "x": [RAM]}
    lost = {"event": "lost", "count": 1, "cpu": 0}
    result = judged(begun, lost, call(0, 10, 20, "GRANULE_DELEGATE", RAM + PAGE))
    assert (result.calls, result.error) == (2, "")
