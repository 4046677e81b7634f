"""ftrace, trace-cmd, perf script, bpftrace: what was printed is what comes out."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.traces.formats import captures
from tests.traces.formats.captures import Call, Print
from traces.event import Bank, Event, Header, Problem, Smc, Told, TraceError
from traces.formats import bpftrace, ftrace, jsonl
from traces.formats import read as read_any
from traces.formats.jsonl import Item

SAMPLES = Path(__file__).resolve().parents[3] / "traces" / "samples"
FORMS = [*captures.FTRACE, *captures.BPFTRACE]
MODULES: dict[str, ModuleType] = {"ftrace": ftrace, "bpftrace": bpftrace}

forms = st.sampled_from(FORMS)
quick = settings(max_examples=60, deadline=None)
NOTHING = Told()


def kind(form: Print) -> str:
    return "ftrace" if form in captures.FTRACE else "bpftrace"


def read(lines: list[str], told: Told = NOTHING, strict: bool = False) -> tuple[Header, list[Item]]:
    """Through the detection, as a file comes."""
    stream = io.BytesIO("".join(line + "\n" for line in lines).encode())
    header, *items = read_any(stream, name="t", strict=strict, told=told)
    assert isinstance(header, Header)
    return header, [item for item in items if not isinstance(item, Header)]


def taken(item: Item) -> tuple[object, ...]:
    assert isinstance(item, Smc)
    return (item.cpu, item.t, item.t_end, item.fid, item.x, item.r, item.seq, item.seen)


def expected(call: Call) -> tuple[object, ...]:
    times = (1000 * call.start, 1000 * call.end)
    return (call.cpu, *times, call.fid, [*call.x, 0], call.r, None, None)


# --- what is there


@quick
@given(form=forms, data=st.data(), calls=captures.schedules())
def test_calls_come_in_the_order_of_their_return_whatever_is_between(
    form: Print, data: st.DataObject, calls: list[Call]
) -> None:
    steps = captures.steps(calls)
    lines = [form(call, entry) for _, call, entry in steps]
    # Behind the first entry and the first return, which say how many registers there are.
    start = 1 + next(at for at, (_, _, entry) in enumerate(steps) if not entry)
    unreadable = []
    for text in data.draw(st.lists(st.sampled_from(captures.UNREADABLE[kind(form)]), max_size=3)):
        lines.insert(data.draw(st.integers(start, len(lines))), text)
        unreadable.append(text)
    for text in data.draw(st.lists(st.sampled_from(captures.PASSED_OVER[kind(form)]), max_size=3)):
        lines.insert(data.draw(st.integers(0, len(lines))), text)
    header, items = read(lines)
    got = [taken(item) for item in items if not isinstance(item, Problem)]
    assert got == [expected(call) for _, call, entry in steps if not entry]
    problems = [item.line for item in items if isinstance(item, Problem)]
    assert sorted(problems) == [n for n, line in enumerate(lines, 1) if line in unreadable]
    assert header.other["registers"] == {"x": 7, "r": 8}
    assert (header.source, header.complete, header.omits) == (kind(form), False, ())
    assert not header.memory_contents


@quick
@given(form=forms, data=st.data(), calls=captures.wanderers())
def test_no_call_gets_the_result_of_another(
    form: Print, data: st.DataObject, calls: list[Call]
) -> None:
    """Lines of a CPU are lost in runs, said before the next line of that CPU, if any."""
    if form is captures.by_cpu:
        return  # such a program cannot tell the threads of one CPU apart
    if form is not captures.rmi_bt:
        # Without `made` two moves in mid-call and a loss between them can deceive.
        calls = [replace(call, back=call.cpu) for call in calls]
    kept: list[str] = []
    missing: dict[int, int] = {}
    for _, call, entry in captures.steps(calls):
        cpu = call.at(entry)
        if data.draw(st.integers(0, 3)) == 0:
            missing[cpu] = missing.get(cpu, 0) + 1
            continue
        if count := missing.pop(cpu, 0):
            said = {
                "ftrace": f"CPU:{cpu} [LOST {count} EVENTS]",
                "bpftrace": f"Lost {count} events",
            }
            kept.append(said[kind(form)])
        kept.append(form(call, entry))
    if not any(form(call, True) in kept for call in calls):
        return  # no line by which the format could be told
    _, items = read(kept)
    for item in items:
        if isinstance(item, Smc) and item.r is not None:
            assert item.x[0] == item.r[0]
    if form is captures.rmi_bt:  # then nothing else is lost
        whole = {c.x[0] for c in calls if form(c, True) in kept and form(c, False) in kept}
        assert {i.x[0] for i in items if isinstance(i, Smc) and i.r is not None} == whole


@quick
@given(calls=captures.schedules())
def test_bpftrace_empties_the_buffer_of_one_cpu_after_that_of_another(calls: list[Call]) -> None:
    by_cpu = sorted(captures.steps(calls), key=lambda step: step[1].cpu)
    _, items = read([captures.rmi_bt(call, entry) for _, call, entry in by_cpu])
    ends = [item.t_end for item in items if isinstance(item, Smc)]
    assert ends == sorted(1000 * call.end for call in calls)


def test_lines_as_published() -> None:
    entry = (
        "     vcpu0-1234  [003] d..1.   812.345678: in: (arm_smccc_1_2_smc+0x0/0x80)"
        " fid=0xc400015c a1=0x88232d000 a2=0x8817b2000"
    )
    back = (
        "     vcpu0-1234  [003] d..1.   812.345901: out:"
        " (rmi_rec_enter+0x34/0x60 <- arm_smccc_1_2_smc) r0=0x0 r1=0x0"
    )
    header, items = read([entry, back])
    assert header.other["registers"] == {"x": 2, "r": 2}
    (call,) = items
    assert isinstance(call, Smc)
    assert (call.t, call.t_end, call.cpu, call.line) == (812345678000, 812345901000, 3, 2)
    assert call.x == [0x88232D000, 0x8817B2000, 0, 0, 0, 0, 0, 0]
    assert (call.r, call.seen) == ([0] * 8, 2)


def test_perf_may_name_a_process_for_all_its_threads() -> None:
    """Field pid without tid: two CPUs of one machine are in calls at the same time."""
    one = Call(0, 0, 77, 1, 5, 0xC400015C, [1] * 7, [1] * 8)
    two = Call(1, 1, 77, 2, 6, 0xC400015C, [2] * 7, [2] * 8)
    steps = captures.steps([one, two])
    _, items = read([captures.perf_script(call, entry) for _, call, entry in steps])
    assert [*map(taken, items)] == [expected(one), expected(two)]


@pytest.mark.parametrize("form", [captures.trace_pipe, captures.rmi_bt])
def test_the_identifier_is_the_lower_half_of_x0(form: Print) -> None:
    call = Call(0, 0, 7, 1, 2, 0xFFFFFFFF_C4000150, [1] * 7, [0] * 8)
    _, items = read([form(call, True), form(call, False)])
    assert [*map(taken, items)] == [expected(replace(call, fid=0xC4000150))]


def test_more_registers_than_a_call_uses_are_kept() -> None:
    line = '{"t":1,"cpu":0,"fid":"0xc400015c","args":[%s]}'
    _, (call,) = read([line % ",".join(f'"{n:#x}"' for n in range(1, 18))])
    assert isinstance(call, Smc)
    assert call.x == list(range(1, 18))


@pytest.mark.parametrize("sample", ["life-1.0", "life-2.0"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: str(form.__name__))
def test_a_realm_s_life_as_a_probe_sees_it(sample: str, form: Print) -> None:
    """A trace of ours, printed as each tool would print it: the same calls, less memory."""
    with (SAMPLES / f"{sample}.jsonl").open("rb") as stream:
        original, *items = jsonl.read(stream)
    assert isinstance(original, Header)
    smcs = [item for item in items if isinstance(item, Smc)]
    made = [
        Call(0, 0, 9, 10 * at, 10 * at + 5, smc.fid, smc.x[:7], (smc.r or [])[:8])
        for at, smc in enumerate(smcs)
    ]
    header, read_again = read([form(call, entry) for call in made for entry in (True, False)])
    assert header.rmi == original.rmi
    got = [(smc.fid, smc.x, smc.r) for smc in read_again if isinstance(smc, Smc)]
    assert got == [(smc.fid, smc.x, smc.r) for smc in smcs]
    assert len(got) == len(read_again)


# --- what is lost


@pytest.mark.parametrize(
    ("line", "count", "cpu"),
    [
        ("CPU:3 [LOST 123 EVENTS]", 123, 3),
        ("CPU:3 [LOST EVENTS]", 0, 3),
        ("CPU:3 [123 EVENTS DROPPED]", 123, 3),
        ("CPU:3 [EVENTS DROPPED]", 0, 3),
        ("##### CPU 3 buffer started ####", 0, 3),
        ("           vcpu0  1234 [003]   1.000003: PERF_RECORD_LOST lost 12", 12, 3),
        ("           vcpu0  1234 [003]   1.000003: PERF_RECORD_LOST_SAMPLES lost 12", 12, 3),
    ],
)
def test_a_loss_is_said_and_kept_where_it_began(line: str, count: int, cpu: int) -> None:
    one = Call(3, 3, 7, 1, 2, 0xC400015C, [1] * 7, [0] * 8)
    two = Call(4, 4, 8, 3, 4, 0xC400015C, [2] * 7, [0] * 8)
    lines = [captures.trace_pipe(call, entry) for call in (one, two) for entry in (True, False)]
    _, items = read([*lines, line])
    number = f", at least {count}" if count else ""  # else any number
    assert items[1] == Problem(5, f"lines of CPU {cpu} are lost here{number}")
    assert items[2] == Event(5, "lost", {"count": count, "cpu": cpu})
    assert [taken(items[0]), taken(items[3])] == [expected(one), expected(two)]


def test_bpftrace_does_not_say_where_lines_are_lost() -> None:
    call = Call(3, 3, 7, 1, 2, 0xC400015C, [1] * 7, [0] * 8)
    _, items = read([captures.rmi_bt(call, True), "Lost 12 events", captures.rmi_bt(call, False)])
    assert items[:2] == [
        Problem(2, "lines are lost here, at least 12"),
        Event(2, "lost", {"count": 12, "until": 2000}),
    ]
    assert [taken(item) for item in items[2:]] == [expected(call)]  # `made` says it is this one


def test_strict_ends_at_the_first_line_that_cannot_be_read() -> None:
    call = Call(0, 0, 7, 1, 2, 0xC400015C, [1] * 7, [0] * 8)
    lines = [captures.trace_pipe(call, True), captures.trace_pipe(call, False), "nonsense"]
    with pytest.raises(TraceError, match=r"^t:3: expected .task-pid"):
        read(lines, strict=True)


# --- the header


def test_told_is_taken_for_what_no_line_says() -> None:
    bank = Bank(0x80000000, 0x1000)
    call = Call(0, 0, 7, 1, 2, 0xC4000151, [1] * 7, [0] * 8)  # only 1.0 has this one
    lines = [captures.rmi_bt(call, True), captures.rmi_bt(call, False)]
    header, _ = read(lines, Told("2.0", (bank,)))
    assert (header.rmi, header.memory) == ("2.0", (bank,))
    assert "rmi" not in header.other["assumed"]
    header, _ = read(lines)
    assert (header.rmi, header.memory) == ("1.0", ())


@quick
@given(form=forms, calls=captures.schedules())
def test_written_as_a_trace_and_read_again_it_is_the_same(form: Print, calls: list[Call]) -> None:
    header, items = read([form(call, entry) for _, call, entry in captures.steps(calls)])
    stream = io.BytesIO()
    jsonl.write(stream, header, [item for item in items if isinstance(item, Smc | Event)])
    stream.seek(0)
    again, *others = jsonl.read(stream)
    assert isinstance(again, Header)
    assert (again.rmi, again.cpus, again.memory, again.complete) == (
        *(header.rmi, header.cpus, header.memory, header.complete),
    )
    assert again.other["registers"] == header.other["registers"]
    assert [taken(item) for item in others if isinstance(item, Smc)] == [*map(taken, items)]


# --- hostile input


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
@given(
    lines=st.lists(
        st.binary(max_size=80)
        | st.sampled_from(
            [text.encode() for texts in captures.UNREADABLE.values() for text in texts]
        )
    )
)
def test_any_lines_become_calls_events_or_problems(module: ModuleType, lines: list[bytes]) -> None:
    module.claims(lines)
    header, *items = module.read(enumerate(lines, 1), name="t", strict=False, told=Told())
    assert isinstance(header, Header)
    assert all(1 <= item.line <= len(lines) for item in items)


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
@pytest.mark.parametrize(
    "piece", [b" ", b"1 ", b"-1 ", b"a-1 [1] ", b"1.1: ", b"1/", b"a.", b"(", b"[1] d 1.1: a: ("]
)
def test_a_line_made_to_be_slow_is_not(module: ModuleType, piece: bytes) -> None:
    for start in (b"", b"a-1 [1] 1.1: ", b"a-1 [1] 1.1: in: ", b"{"):
        for size in (2000, 1 << 20):
            line = start + piece * (size // len(piece))
            begun = time.process_time()
            list(module.read(iter([(1, line)]), name="t", strict=False, told=Told()))
            assert time.process_time() - begun < 0.5


def test_a_line_that_cannot_be_had_is_said() -> None:
    for module in MODULES.values():
        _, item = module.read(iter([(1, "damaged")]), name="t", strict=False, told=Told())
        assert item == Problem(1, "damaged")
