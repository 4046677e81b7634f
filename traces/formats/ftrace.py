"""Text of two kprobe events: trace_pipe, trace, `trace-cmd report`, `perf script`.

    vcpu0-1234    [003] d..1.   812.345678: in: (arm_smccc_1_2_smc+0x0/0x80) fid=0xc400015c a1=…
    vcpu0-1234    [003]   812.345678: in:      (ffff800080012340) fid=0xc400015c a1=…
    vcpu0  1234 [003]   812.345678: probe:rmi_in: (ffff800080012340) fid=0xc400015c a1=…
    vcpu0-1234    [003] d..1.   812.345901: out: (caller+0x34/0x60 <- arm_smccc_1_2_smc) r0=0x0 …

The fields tell the events, not their names: `fid`, `a1`, `a2`, … on entry, `r0`, `r1`, …
on return, as traces/capture/ftrace.sh sets them up.  Other events are passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traces.event import Problem
from traces.formats.pairs import Entry, Lost, Record, Return, calls, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from traces.event import Header, Told
    from traces.formats.jsonl import Item

NAME = "ftrace, trace-cmd report or perf script of kprobes"

_MOST = 2048  # bytes of a line; one with all registers of SMCCC has some 500

# Every quantifier has a bound or takes no step back: a line may hold anything.
_BEGINNING = (
    rb"[ \t]*+.{0,40}?"  # comm: may hold blanks, dashes and digits ("CPU 0/KVM")
    rb"(?:(-)|[ \t]{1,16})(\d{1,10})"  # the thread; of perf perhaps the process,
    rb"(?:/(\d{1,10}))?+[ \t]++"  # and then perhaps the thread
    rb"(?:\([ \d-]{1,12}\)[ \t]*+)?+"  # tgid, option record-tgid
    rb"\[(\d{1,5})\][ \t]++"
    rb"(?:[^\s:]{1,8}[ \t]++)?+"  # flags: interrupts off, preemption, …
    rb"(\d{1,10})\.(\d{1,9}):[ \t]++"
)
_LINE = re.compile(
    _BEGINNING + rb"(?:([\w.:]{1,130}):[ \t]++(.*)|PERF_RECORD_LOST\w* lost (\d{1,18})\s*$)"
)
_ENTRY = re.compile(rb"(?:\([^)]{0,300}\) ?)?(?=fid=)")
_RETURN = re.compile(rb"(?:\([^)]{0,300}\) ?)?(?=r0=)")
_FIELD = re.compile(rb"([a-z]{1,3}\d{0,2})=(0x[0-9a-f]{1,16}|\d{1,20})(?!\S)")

_LOST = re.compile(rb"CPU:(\d{1,5}) \[(?:LOST )?(?:(\d{1,18}) )?EVENTS(?: DROPPED)?\]\s*$")
_STARTED = re.compile(rb"##### CPU (\d{1,5}) buffer started ####\s*$")
_SILENT = re.compile(rb"#|\s*$|(?:cpus|version) ?=|CPU \d{1,5} is empty\s*$")

_NAMES_X = [b"fid", *(b"a%d" % number for number in range(1, 18))]
_NAMES_R = [b"r%d" % number for number in range(18)]


def claims(head: Sequence[bytes]) -> bool:
    """Do the first lines look like this format?"""
    return any(
        line.startswith(b"# tracer:") or (len(line) <= _MOST and _LINE.match(line)) for line in head
    )


def read(
    numbered: Iterator[tuple[int, bytes | str]], *, name: str, strict: bool, told: Told
) -> Iterator[Header | Item]:
    """The header, then the calls in the order of their return (see `pairs.calls`)."""
    return calls(records(numbered, _record), source="ftrace", name=name, strict=strict, told=told)


def _record(line: bytes, number: int) -> Record | None:
    """What a line says; None if it is nothing of ours."""
    found = _LINE.match(line) if len(line) <= _MOST else None
    if found is None:
        return _other(line, number)
    dash, pid, tid, cpu, seconds, fraction, _, text, lost = found.groups()
    if lost is not None:
        return Lost(number, int(lost), int(cpu))
    t = int(seconds) * 1_000_000_000 + int(fraction.ljust(9, b"0"))
    task = int(tid or pid) if tid or dash else -int(pid)
    if event := _ENTRY.match(text):
        values = _values(text, event.end(), _NAMES_X)
        if not values:
            return Problem(number, _EXPECTED.format("fid", "a1"))
        # The identifier is W0 (SMCCC).
        return Entry(number, t, int(cpu), task, values[0] & 0xFFFFFFFF, values[1:])
    if event := _RETURN.match(text):
        values = _values(text, event.end(), _NAMES_R)
        if not values:
            return Problem(number, _EXPECTED.format("r0", "r1"))
        return Return(number, t, int(cpu), task, values)
    return None


_EXPECTED = "expected {}=0x… {}=0x… …, numbers of 64 bits"


def _values(text: bytes, at: int, names: list[bytes]) -> list[int]:
    """The fields from `at` on, as far as they have these names; none if one is no number."""
    values = []
    fields = _FIELD.findall(text, at)
    for name, (found, value) in zip(names, fields, strict=False):
        if found != name:
            break
        values.append(int(value, 16) if value[:2] == b"0x" else int(value))
    return values


def _other(line: bytes, number: int) -> Record | None:
    if found := _LOST.match(line):
        return Lost(number, int(found[2] or 0), int(found[1]))
    if found := _STARTED.match(line):  # what came before was overwritten
        return Lost(number, 0, int(found[1]))
    if _SILENT.match(line):
        return None
    return Problem(number, "expected “task-pid [cpu] seconds: event: fields”")
