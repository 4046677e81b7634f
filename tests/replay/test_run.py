"""Traces through the engine: what is counted, what is kept, what ends a trace."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from multiprocessing import get_start_method
from pathlib import Path

import pytest

from replay import engine as engine_module
from replay import run as run_module
from replay.result import MOST_FULL, MOST_GROUPS, MOST_LINES, MOST_LISTED, Groups, Note, TraceResult
from replay.run import Options, run_path, run_paths, run_trace
from tests.replay.make_samples import INPUT, RAM, SAMPLES, Script
from traces.event import PAGE, Bank

OUTSIDE = RAM.base - PAGE


def judged(script: Script, **options: object) -> TraceResult:
    return run_trace(BytesIO(script.text()), "t", Options(**options))  # type: ignore[arg-type]


def with_line(script: Script, text: bytes) -> bytes:
    """The trace with one line more at its end."""
    return script.text() + text + b"\n"


def delegations(count: int, r: int = 0) -> Script:
    s = Script("1.0")
    for n in range(count):
        s.call("GRANULE_DELEGATE", RAM.base + n * PAGE, r=r)
    return s


def test_calls_are_counted_by_command_and_verdict() -> None:
    s = delegations(3)
    s.call("GRANULE_DELEGATE", RAM.base, r=0)  # delegated already: line 5
    s.call("GRANULE_UNDELEGATE", RAM.base)
    s.call("RMM_ACTIVATE", r=7)  # unknown in 1.0
    result = judged(s)
    assert result.calls == 6
    assert {name: dict(kinds) for name, kinds in result.by_command.items()} == {
        "RMI_GRANULE_DELEGATE": {"ok": 3, "violation": 1},
        "RMI_GRANULE_UNDELEGATE": {"ok": 1},
        "RMI_RMM_ACTIVATE": {"unknown": 1},
    }
    assert dict(result.verdicts) == {"ok": 4, "violation": 1, "unknown": 1}
    assert list(result.unknown) == [("RMI_RMM_ACTIVATE", "no such function in this version")]
    assert not result.conforms
    assert result.complete


def test_a_violation_is_kept_with_what_explains_it() -> None:
    s = delegations(1)
    s.call("GRANULE_DELEGATE", RAM.base, r=0)
    [group] = judged(s).violations
    [violation] = group.full
    assert (violation.line, violation.seq, violation.command) == (3, 1, "RMI_GRANULE_DELEGATE")
    assert violation.arguments == (("addr", RAM.base),)
    assert (violation.got, violation.permitted) == ("SUCCESS", ("ERROR_INPUT",))
    assert [reason.id for reason in violation.conditions] == ["gran_state", "gran_gpt"]
    assert violation.view == (f"addr {RAM.base:#x}: DELEGATED",)
    assert violation.story == (f"line 2: RMI_GRANULE_DELEGATE {RAM.base:#x} -> SUCCESS",)


def test_violations_that_say_the_same_are_one_group() -> None:
    s = delegations(5, r=INPUT)  # must succeed
    s.call("GRANULE_DELEGATE", OUTSIDE, r=0)
    first, second = judged(s).violations
    assert (first.count, first.lines, len(first.full)) == (5, [2, 3, 4, 5, 6], 1)
    assert (second.count, second.lines) == (1, [7])
    every = judged(s, every=True).violations
    assert [len(group.full) for group in every] == [5, 1]


def test_what_is_kept_is_bounded() -> None:
    notes: Groups[Note] = Groups(every=True)
    for n in range(MOST_FULL + MOST_LINES):
        notes.add("same", n, Note(n, "c", "t"))
    [group] = notes.groups()
    assert group.count == MOST_FULL + MOST_LINES
    assert len(group.lines) == MOST_LINES
    assert len(group.full) == MOST_FULL + 1
    others: Groups[Note] = Groups(every=False)
    for n in range(3 * MOST_GROUPS):
        others.add(n, n, Note(n, "c", str(n)))
    groups = others.groups()
    assert len(groups) == MOST_GROUPS + 1
    assert groups[-1].count == 2 * MOST_GROUPS
    assert sum(group.count for group in groups) == 3 * MOST_GROUPS


def test_names_that_no_table_has_do_not_fill_the_memory() -> None:
    s = Script("1.0")
    for n in range(MOST_GROUPS + 50):
        s.call("RMM_ACTIVATE", r=1)
        s.items[-1].name = f"RMI_{n}"
    result = judged(s)
    assert result.calls == MOST_GROUPS + 50
    assert result.verdicts == {"unknown": MOST_GROUPS + 50}
    assert len(result.by_command) == MOST_GROUPS + 1
    assert result.by_command["(others)"] == {"unknown": 50}
    assert len(result.unknown) == MOST_GROUPS


def test_a_line_that_cannot_be_read_is_told_and_the_rest_is_judged() -> None:
    s = delegations(2)
    data = with_line(s, b'{"fid":"0xc4000151","x":["nonsense"]}') + delegations(1).text()
    result = run_trace(BytesIO(data), "t", Options())
    assert [item.line for item in result.unread] == [4, 5]  # the second: another header
    assert "nonsense" in result.unread[0].text
    assert result.calls == 3
    assert not result.complete


def test_strict_stops_there_and_keeps_what_was_judged() -> None:
    data = with_line(delegations(2), b"{") + delegations(1).text()
    result = run_trace(BytesIO(data), "t", Options(strict=True))
    assert result.error.startswith("not JSON")
    assert result.error_line == 4
    assert dict(result.verdicts) == {"ok": 2}
    assert result.unread_count == 0


def test_only_so_many_unreadable_lines_are_listed() -> None:
    data = delegations(1).text() + b"{\n" * (MOST_LISTED + 7)
    result = run_trace(BytesIO(data), "t", Options())
    assert len(result.unread) == MOST_LISTED
    assert result.unread_count == MOST_LISTED + 7


@pytest.mark.parametrize("data", [b"", b"\n\n", b"{}\n", b"nonsense\n", b"\x1f\x8b broken"])
def test_without_a_header_nothing_is_judged(data: bytes) -> None:
    result = run_trace(BytesIO(data), "t", Options())
    assert result.error
    assert result.error_line == max(1, data.count(b"\n"))
    assert result.rmi == ""
    assert result.calls == 0


def test_what_a_trace_omits_and_that_it_is_complete_do_not_go_together() -> None:
    s = delegations(1)
    s.header.omits = "any"
    assert "the trace is complete, and what it omits" in refused(s)


def refused(script: Script, **options: object) -> str:
    """Why the trace is refused, in its first line."""
    result = judged(script, **options)
    assert (result.calls, result.rmi, result.error_line) == (0, "", 1)
    return result.error


@pytest.mark.parametrize(
    ("memory", "text"),
    [
        ((), "memory: no bank; expected at least one"),
        ((Bank(0x8000_0800, PAGE),), "memory[0], 0x80000800 with 0x1000 bytes: expected whole"),
        ((RAM, Bank(0, PAGE + 1)), "memory[1], 0x0 with 0x1001 bytes: expected whole granules"),
        ((Bank(1 << 48, PAGE),), "ends beyond physical addresses of 48 bits"),
        ((Bank((1 << 48) - PAGE, 2 * PAGE),), "ends beyond physical addresses of 48 bits"),
    ],
)
def test_memory_that_no_machine_has_is_refused(memory: tuple[Bank, ...], text: str) -> None:
    s = delegations(1)
    assert text in refused(s, memory=memory)
    s.header.memory = memory
    assert text in refused(s)
    assert judged(s, memory=(RAM,)).complete  # the options take the place of the header


def test_memory_may_reach_to_the_last_address() -> None:
    assert judged(delegations(0), memory=(Bank((1 << 48) - PAGE, PAGE),)).complete


@pytest.mark.parametrize(
    ("trait", "value", "expected"),
    [
        ("name", 5, "a string"),
        ("sequence", "yes", "true or false"),
        ("hpmn0", 2, "true or false"),
        ("max_rec_aux", "16", "a number"),
        ("max_rec_aux", -1, "a number"),
        ("max_rec_aux", True, "a number"),
        ("vmid_bits", 1 << 40, "a number"),
        ("revisions", 0x20000, "an array of numbers"),
        ("revisions", [-1], "an array of numbers"),
        ("psmmu_ns_base", ["x"], "an array of numbers"),
        ("gic", [4], "an object of numbers"),
        ("gic", {"num_lrs": -1}, "an object of numbers"),
        ("gic", {"pri_bits": 9}, "pri_bits at most 8"),
        ("sro_contexts", None, "a number"),
    ],
)
def test_a_wrong_trait_is_named(trait: str, value: object, expected: str) -> None:
    s = delegations(1)
    s.header.implementation = {trait: value}
    error = refused(s)
    assert error.startswith(f"implementation, {trait}: expected ")
    assert expected in error


def test_traits_that_are_right_and_keys_that_are_none() -> None:
    s = delegations(1)
    s.header.implementation = {
        "name": "mine",
        "hpmn0": 0,
        "sequence": True,
        "revisions": [],
        "psmmu_ns_base": [(1 << 64) - 1],
        "gic": {"num_lrs": 4, "pri_bits": 8},
        "colour": -1,
    }
    assert judged(s).complete


def test_stop_at_is_the_last_line_that_is_judged() -> None:
    s = delegations(4)
    result = judged(s, stop_at=3, state=True)
    assert (result.calls, result.error) == (2, "")
    assert f"granules {RAM.base:#x} to {RAM.base + PAGE:#x} (2): DELEGATED" in result.state
    assert judged(s, stop_at=1).calls == 0
    assert judged(s, stop_at=5).calls == 4
    short = judged(s, stop_at=6)
    assert (short.error_line, short.error) == (5, "the trace ends here, before line 6")
    blank = s.text().replace(b"\n", b"\n\n")  # calls on lines 3, 5, 7, 9
    result = run_trace(BytesIO(blank), "t", Options(stop_at=6))
    assert (result.calls, result.error) == (2, "")


def test_what_the_options_say_takes_the_place_of_the_header() -> None:
    s = Script("2.0")
    s.call("GRANULE_DELEGATE", OUTSIDE)
    assert judged(s).verdicts == {"unknown": 1}  # 2.0 has no such call
    assert judged(s, rmi="1.0").verdicts == {"violation": 1}
    assert judged(s, rmi="1.0", memory=(Bank(OUTSIDE, PAGE),)).verdicts == {"ok": 1}


def test_checkpoints_are_counted_and_their_differences_listed() -> None:
    s = delegations(2)
    s.event("granules", list=[[RAM.base, 2, "DELEGATED", 0]])
    s.event("granule", addr=RAM.base, state="RD", ref=0)
    result = judged(s)
    assert (result.checkpoints_equal, result.checkpoints_different) == (1, 1)
    [difference] = result.differences
    assert difference.line == 5
    assert "DELEGATED" in difference.text
    assert not result.conforms


def test_a_crash_is_a_violation_of_its_call() -> None:
    data = with_line(
        delegations(1), b'{"event":"crash","seq":1,"fid":"0xc4000151","x":["0x80001000"]}'
    )
    result = run_trace(BytesIO(data), "t", Options())
    assert result.calls == 2
    [group] = result.violations
    assert group.full[0].got == "no result"
    assert group.full[0].permitted == ("SUCCESS",)
    bare = run_trace(BytesIO(with_line(delegations(1), b'{"event":"crash"}')), "t", Options())
    assert [group.full[0].got for group in bare.violations] == ["no result"]


def test_a_lock_that_leaks_is_a_note() -> None:
    data = delegations(1).text().replace(b'"r":', b'"lock_leak":"0x80005000","r":')
    result = run_trace(BytesIO(data), "t", Options())
    assert result.conforms
    [note] = result.notes[0].full
    assert (note.line, note.command) == (2, "RMI_GRANULE_DELEGATE")
    assert "0x80005000" in note.text


def test_a_fault_of_ours_costs_one_call_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = engine_module.Engine.judge

    def failing(self: object, smc: object) -> object:
        if smc.line == 3:  # type: ignore[attr-defined]
            raise KeyError("gone")
        return judge(self, smc)  # type: ignore[arg-type]

    monkeypatch.setattr(engine_module.Engine, "judge", failing)
    result = judged(delegations(3))
    assert dict(result.by_command["RMI_GRANULE_DELEGATE"]) == {"ok": 2, "unknown": 1}
    [item] = result.unread
    assert item.line == 3
    assert item.text.startswith("not judged, internal error: KeyError: 'gone' (")
    assert not result.complete


def test_coverage_counts_what_held_and_what_held_alone() -> None:
    s = delegations(1)
    s.call("GRANULE_DELEGATE", RAM.base, r=INPUT)  # gran_state (its PAS is another as well)
    s.call("GRANULE_DELEGATE", OUTSIDE, r=INPUT)  # gran_bound alone
    s.call("GRANULE_DELEGATE", OUTSIDE + 1, r=INPUT)  # and not aligned
    coverage = judged(s, coverage=True).coverage
    assert coverage is not None
    row = next(row for row in coverage.rows() if row.command == "RMI_GRANULE_DELEGATE")
    assert (row.calls, row.free) == (4, 1)
    counts = {name: (held, alone) for name, held, alone in row.conditions}
    assert counts["gran_bound"] == (2, 1)
    assert counts["gran_align"] == (1, 0)
    rows = list(coverage.rows())
    assert not rows[0].calls  # never called, before all that is
    assert rows[0].command < rows[1].command
    again = judged(s, coverage=True).coverage
    assert again is not None
    again.add(coverage)
    assert again.calls["1.0", "RMI_GRANULE_DELEGATE"] == 8
    assert again.held["1.0", "RMI_GRANULE_DELEGATE", "gran_bound"] == 4


def test_coverage_counts_the_later_stages_of_an_operation() -> None:
    data = (SAMPLES / "operation-2.0.jsonl").read_bytes()
    coverage = run_trace(BytesIO(data), "t", Options(coverage=True)).coverage
    assert coverage is not None
    assert coverage.calls["2.0", "RMI_REC_CREATE"] == 1
    assert coverage.calls["2.0", "RMI_REC_CREATE/final"] == 1  # in the first OP_CONTINUE
    assert coverage.calls["2.0", "RMI_OP_CONTINUE"] == 3


def test_a_machine_that_the_model_does_not_know_is_refused() -> None:
    data = delegations(1).text().replace(b'"granule_size":4096', b'"granule_size":16384')
    result = run_trace(BytesIO(data), "t", Options())
    assert "16 KiB" in result.error
    assert result.calls == 0


def test_files_are_judged_in_the_order_given(tmp_path: Path) -> None:
    paths = []
    for count in (300, 1, 20):
        path = tmp_path / f"{count}.jsonl"
        path.write_bytes(delegations(count).text())
        paths.append(str(path))
    paths.insert(1, str(tmp_path / "none"))
    seen: list[int] = []
    results = list(run_paths(paths, Options(), seen.append))
    assert [result.path for result in results] == paths
    assert [result.calls for result in results] == [300, 0, 1, 20]
    assert results[1].error == "No such file or directory"
    assert seen == sorted(seen)
    assert seen[-1] == 4


@pytest.mark.skipif(get_start_method() != "fork", reason="the patch must reach the process")
def test_a_process_that_is_killed_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(delegations(2).text())
    monkeypatch.setattr(engine_module.Engine, "judge", lambda *_: os._exit(9))
    [one, two] = run_paths([str(path), str(tmp_path / "none")], Options())
    assert one.error == "the process that judged it was killed"
    assert two.path.endswith("none")
    assert two.error


def test_a_file_named_twice_is_judged_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(delegations(2).text())
    results = list(run_paths([str(path)] * 2, Options()))
    assert [result.calls for result in results] == [2, 2]


def test_one_process_judges_as_several_do(tmp_path: Path) -> None:
    paths = []
    for count in (30, 1):
        path = tmp_path / f"{count}.jsonl"
        path.write_bytes(delegations(count).text())
        paths.append(str(path))
    several = [result.calls for result in run_paths(paths, Options(), jobs=2)]
    assert [result.calls for result in run_paths(paths, Options(), jobs=1)] == several == [30, 1]


def test_what_is_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    data = delegations(2).text()
    path.write_bytes(data)
    task = (str(path), Options(), run_module._bytes_of(str(path)))
    assert run_module._judge(task).calls == 2
    monkeypatch.setattr(run_module, "MOST_SENT", len(data) - 1)
    error = run_module._judge((str(path), Options(), run_module._bytes_of(str(path)))).error
    assert "too large to be sent" in error
    missing = run_module._bytes_of(str(tmp_path / "none"))
    assert run_module._judge(("none", Options(), missing)).error == "No such file or directory"


def test_a_folder_is_no_trace(tmp_path: Path) -> None:
    assert run_path(str(tmp_path), Options()).error == "Is a directory"


class Endless(RawIOBase):
    """A header, then the same two calls again and again."""

    def __init__(self, calls: int) -> None:
        s = Script("1.0")
        s.call("GRANULE_DELEGATE", RAM.base)
        s.call("GRANULE_UNDELEGATE", RAM.base)
        s.call("GRANULE_UNDELEGATE", RAM.base, r=0)  # a violation each time
        header, *lines = s.text().splitlines(keepends=True)
        self._parts = self._made(header, b"".join(lines), calls // len(lines))

    def _made(self, header: bytes, lines: bytes, count: int) -> Iterator[bytes]:
        yield header
        for _ in range(count):
            yield lines

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = next(self._parts, b"")
        buffer[: len(part)] = part
        return len(part)


def test_memory_does_not_grow_with_the_trace() -> None:
    """Kept from one length to three times of it: a few lines of the story, no call."""
    peaks = []
    for calls in (6_600, 16_500):
        tracemalloc.start()
        result = run_trace(Endless(calls), "t", Options())  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert result.calls == calls
    assert peaks[1] < peaks[0] * 1.1 + 100_000


def test_a_flood_of_one_kind_does_not_cost_the_story_of_another() -> None:
    s = delegations(150, r=INPUT)
    s.call("GRANULE_UNDELEGATE", RAM.base, r=0)
    first, second = judged(s, every=True).violations
    assert first.full[0].view
    assert not first.full[-1].view
    assert second.full[0].view


def test_the_samples_run_as_they_are() -> None:
    for path in sorted(SAMPLES.glob("*.jsonl")):
        assert run_path(str(path), Options()).complete
