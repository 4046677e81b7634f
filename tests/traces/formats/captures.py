"""Captures of two probes, printed in every form in which they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st

SYMBOL = "arm_smccc_1_2_smc"


@dataclass(frozen=True)
class Call:
    """One call; times in µs, which is what ftrace prints."""

    cpu: int
    back: int  # CPU of the return
    task: int
    start: int
    end: int
    fid: int
    x: list[int]  # X1 to X7
    r: list[int]  # X0 to X7

    def at(self, entry: bool) -> int:
        return self.cpu if entry else self.back


Print = Callable[[Call, bool], str]  # True: the entry


def fields(call: Call, entry: bool) -> str:
    if entry:
        return f"fid={call.fid:#x} " + " ".join(f"a{n}={v:#x}" for n, v in enumerate(call.x, 1))
    return " ".join(f"r{n}={v:#x}" for n, v in enumerate(call.r))


def seconds(call: Call, entry: bool) -> str:
    time = call.start if entry else call.end
    return f"{time // 1_000_000}.{time % 1_000_000:06}"


def where(entry: bool) -> str:
    return f"{SYMBOL}+0x0/0x80" if entry else f"rmi_rec_enter+0x34/0x60 <- {SYMBOL}"


def address(entry: bool) -> str:
    return "ffff800080012340" if entry else "ffff800080012340 <- ffff80008123456c"


def trace_pipe(call: Call, entry: bool) -> str:
    task = f"{f'CPU {call.task}/KVM':>16}-{call.task:<7}"
    event = "in" if entry else "out"
    time = seconds(call, entry)
    text = f"({where(entry)}) {fields(call, entry)}"
    return f"{task} [{call.at(entry):03}] d..1. {time:>12}: {event}: {text}"


def with_tgid(call: Call, entry: bool) -> str:
    """Option record-tgid, and the four flags of older kernels."""
    task = f"{'<...>':>16}-{call.task:<5} ({call.task - 1:>5})"
    event = "in" if entry else "out"
    time = seconds(call, entry)
    text = f"({where(entry)}) {fields(call, entry)}"
    return f"{task} [{call.at(entry):03}] .N.1 {time:>12}: {event}: {text}"


def trace_cmd(call: Call, entry: bool) -> str:
    task = f"{'kworker/u8:2-rmi':>16}-{call.task:<5}"
    event = "in:" if entry else "out:"
    text = f"({address(entry)}) {fields(call, entry)}"
    return f"{task} [{call.at(entry):03}] {seconds(call, entry):>13}: {event:<21} {text}"


def trace_cmd_flags(call: Call, entry: bool) -> str:
    """trace-cmd 3 prints the flags; -t prints nanoseconds."""
    task = f"{'a-b 12':>16}-{call.task:<5}"
    event = "in:" if entry else "out:"
    text = f"({address(entry)}) {fields(call, entry)}"
    return f"{task} [{call.at(entry):03}] d..1. {seconds(call, entry)}000: {event:<21} {text}"


def perf_script(call: Call, entry: bool) -> str:
    event = "rmi:in" if entry else "rmi:out"
    text = f"({address(entry)}) {fields(call, entry)}"
    time = seconds(call, entry)
    return f"{'vcpu0':>16} {call.task:7} [{call.at(entry):03}] {time:>12}: {event:>16}: {text}"


def perf_probe(call: Call, entry: bool) -> str:
    """Events of `perf probe`, process and task, `--ns`."""
    event = "probe:rmi_in" if entry else "probe:rmi_out__return"
    text = f"({address(entry)}) {fields(call, entry)}"
    task = f"{'CPU 0/KVM':>16} {77:7}/{call.task:<7}"
    return f"{task} [{call.at(entry):03}] {seconds(call, entry)}000: {event:>21}: {text}"


def json(call: Call, entry: bool, **more: int) -> str:
    line: dict[str, Any] = {
        "t": 1000 * (call.start if entry else call.end),
        "cpu": call.at(entry),
    } | more
    if entry:
        line |= {"fid": hex(call.fid), "args": [hex(value) for value in call.x]}
    else:
        line |= {"res": [hex(value) for value in call.r]}
    return msgspec.json.encode(line).decode()


def by_cpu(call: Call, entry: bool) -> str:
    """A program that keeps what it needs by CPU, and prints no more."""
    return json(call, entry)


def rmi_bt(call: Call, entry: bool) -> str:
    more = {"tid": call.task} if entry else {"tid": call.task, "made": 1000 * call.start}
    return json(call, entry, **more)


FTRACE: list[Print] = [
    trace_pipe,
    with_tgid,
    trace_cmd,
    trace_cmd_flags,
    perf_script,
    perf_probe,
]
BPFTRACE: list[Print] = [by_cpu, rmi_bt]

# What stands between the calls of a capture: nothing of ours, and nothing to complain of.
PASSED_OVER = {
    "ftrace": [
        "",
        "# tracer: nop",
        "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION",
        "cpus=8",
        "version = 6",
        "CPU 2 is empty",
        "          <idle>-0       [001] d.h2.     1.000007: irq_handler_entry: irq=11 name=fid=3",
        "            qemu-77      [001] .....     1.000008: do_sys: (a+0x0/0x1 <- b) ret=0x3",
        "            perf   77 [001]     1.000008: sched:sched_switch: prev_comm=x ==> next_comm=y",
    ],
    "bpftrace": ["", "Attaching 2 probes...", "Attached 2 probes", "@res[1234]: 281474976"],
}
UNREADABLE = {
    "ftrace": [
        "nonsense",
        "vcpu0-1 [000] d..1. 1234: in: (f+0x0/0x1) fid=0xc400015c",  # no clock of seconds
        "vcpu0-1 [000] d..1. 1.000001: in: (f+0x0/0x1) fid=(fault) a1=0x1",
        "vcpu0-1 [000] d..1. 1.000001: out: (f+0x0/0x1 <- g) r0=0x10000000000000000",
        "vcpu0-1 [000] d..1. 1.000001: in: (f+0x0/0x1) fid=0xc400",  # cut: fewer registers
    ],
    "bpftrace": [
        "nonsense",
        '{"t":1,"cpu":0,"fid":"0xc400015c"}',
        '{"t":1,"cpu":0,"fid":"0xc400015c","args":["1","2","3","4","5","6","7"]}',
        '{"t":-1,"cpu":0,"res":["0x0"]}',
        '{"t":1,"cpu":0,"res":["0x0"]}',
        '{"t":1,"cpu":0,"fid":"0xc400015c","args":[',
    ],
}

words = st.integers(0, 3) | st.integers(0, (1 << 64) - 1)
FIDS = [0xC4000151, 0xC400015C, 0xC400018F, 0xC40001D0, 0xC4000203, 0xC40002CF]


@st.composite
def schedules(draw: st.DrawFn) -> list[Call]:
    """Calls of up to four CPUs: one after another on each, overlapping as they like."""
    calls = []
    for cpu in draw(st.lists(st.integers(0, 300), min_size=1, max_size=4, unique=True)):
        time = draw(st.integers(0, 5_000_000))
        for _ in range(draw(st.integers(1, 6))):
            start = time + draw(st.integers(0, 20))
            time = start + draw(st.integers(0, 30))
            x = draw(st.lists(words, min_size=7, max_size=7))
            r = draw(st.lists(words, min_size=8, max_size=8))
            task = 1000 * (cpu + 1) + draw(st.integers(0, 2))
            calls.append(Call(cpu, cpu, task, start, time, draw(st.sampled_from(FIDS)), x, r))
    return calls


@st.composite
def wanderers(draw: st.DrawFn) -> list[Call]:
    """Calls of threads that move between CPUs, in mid-call too.  All registers are the
    number of the call: a result of another call would show."""
    calls = []
    number = 0
    for task in range(1, draw(st.integers(1, 3)) + 1):
        time = 0
        for _ in range(draw(st.integers(1, 8))):
            number += 1
            start = time + draw(st.integers(1, 9))
            time = start + draw(st.integers(1, 9))
            cpu, back = draw(st.integers(0, 2)), draw(st.integers(0, 2))
            same = [number] * 8
            calls.append(Call(cpu, back, task, start, time, FIDS[0], same[:7], same))
    return calls


def steps(calls: list[Call]) -> list[tuple[int, Call, bool]]:
    """Entries and returns by time; of one CPU in the order in which they happened."""
    both = [step for call in calls for step in ((call.start, call, True), (call.end, call, False))]
    return sorted(both, key=lambda step: step[0])
