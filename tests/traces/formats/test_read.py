"""One way in for every format: the first lines tell which it is."""

from __future__ import annotations

import gzip
import io
import os
import threading
from typing import TYPE_CHECKING

import pytest

from traces.event import Bank, Header, Problem, Smc, Told, TraceError
from traces.formats import read

if TYPE_CHECKING:
    from traces.formats.jsonl import Item

HEADER = (
    b'{"format":"rmi-trace/1","rmi":"2.0","granule_size":4096,"pa_width":48,'
    b'"memory":[{"base":"0x80000000","size":"0x1000"}]}\n'
)
CALL = b'{"fid":"0xc4000202","x":[],"r":["0x0"]}\n'
CONSOLE = b"[ rmm ] SMC_RMI_RMM_ACTIVATE              > RMI_SUCCESS\n"
FTRACE = (
    b"  vcpu0-1234  [003] d..1.   812.345678: in: (arm_smccc_1_2_smc+0x0/0x80) fid=0xc4000202\n"
    b"  vcpu0-1234  [003] d..1.   812.345901: out: (x+0x0/0x6 <- arm_smccc_1_2_smc) r0=0x0\n"
)
BPFTRACE = (
    b'{"t":1,"cpu":0,"fid":"0xc4000202","args":["0x0"]}\n{"t":2,"cpu":0,"res":["0x0","0x0"]}\n'
)


def items(data: bytes, told: Told | None = None) -> list[Header | Item]:
    return list(read(io.BytesIO(data), name="t", told=told or Told()))


@pytest.mark.parametrize("before", [b"", b"\n\r\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("data", [HEADER + CALL, CONSOLE, FTRACE, BPFTRACE])
def test_every_format(data: bytes, packed: bool, before: bytes) -> None:
    data = before + data
    header, call = items(gzip.compress(data) if packed else data)
    assert isinstance(header, Header) and header.rmi == "2.0"
    assert isinstance(call, Smc)
    assert (call.fid, call.r) == (0xC4000202, [0] * 8)


def test_a_call_far_down_a_log() -> None:
    boot = b"[ linux ] [    0.000000] Booting Linux on physical CPU 0x0000000000\n" * 5000
    _, call = items(boot + CONSOLE)
    assert call.line == 5001


@pytest.mark.parametrize(
    "data", [b"nonsense\n", b"int main(void)\n{\n}\n" * 30_000, b"\0\1\2\xff" * 9, b"x" * 5_000_000]
)
def test_no_trace(data: bytes) -> None:
    with pytest.raises(TraceError, match=r"^t:1: ") as error:
        items(data)
    if len(data) < 1 << 22:
        for known in ("rmi-trace/1", "TF-RMM console", "ftrace", "bpftrace"):
            assert known in error.value.text


@pytest.mark.parametrize(
    ("data", "line", "text"),
    [
        (b"", 1, "empty; expected the header of rmi-trace/1"),
        (b"\n\n", 2, "empty; expected the header of rmi-trace/1"),
        (b"{}\n", 1, 'expected the header, {"format":"rmi-trace/1",…}, got an object with no'),
        (b'{"format":"rmi-trace/1",\n', 1, "not JSON: "),
        (b'\n\n{"format":"rmi-trace/2"}\n', 3, "expected the header"),
    ],
)
def test_meant_as_rmi_trace(data: bytes, line: int, text: str) -> None:
    with pytest.raises(TraceError) as error:
        items(data)
    assert error.value.line == line
    assert error.value.text.startswith(text)


def test_what_is_told_stands_above_the_header() -> None:
    banks = (Bank(0x1000, 0x1000),)
    header, *_ = items(HEADER + CALL, Told("1.0", banks))
    assert isinstance(header, Header)
    assert (header.rmi, header.memory) == ("1.0", banks)


def test_a_live_capture_comes_through_line_by_line() -> None:
    """The first call is handed over while the writer still has the pipe open."""
    outer, inner = os.pipe()
    with os.fdopen(outer, "rb", buffering=0) as source, os.fdopen(inner, "wb", 0) as sink:
        threading.Timer(10, sink.close).start()  # else a mistake would hang the tests
        sink.write(HEADER + CALL)
        stream = read(source)
        assert isinstance(next(stream), Header)
        assert isinstance(next(stream), Smc)


def test_damaged_gzip_loses_nothing_before_it() -> None:
    data = gzip.compress(HEADER + CALL * 3)
    *_, last, problem = items(data[:-6])
    assert isinstance(last, Smc)
    assert isinstance(problem, Problem)
