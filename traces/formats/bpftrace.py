"""What traces/capture/rmi.bt prints: a JSON object when a call is made, one when it is back.

    {"t":812345678000,"cpu":3,"tid":1234,"fid":"0xc400015c","args":["0x88232d000","0x8817b2000"]}
    {"t":812345901000,"cpu":3,"tid":1234,"made":812345678000,"res":["0x0","0x0"]}

`made` is the time `t` of the call.  Without it, and without `tid`, a return is taken for
that of the last call on its CPU.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from traces.event import Problem
from traces.formats.pairs import MOST_CPUS, Entry, Lost, Record, Return, calls, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from traces.event import Header, Told
    from traces.formats.jsonl import Item

NAME = "bpftrace of rmi.bt"

_Hex = Annotated[str, Meta(max_length=18, pattern="^0x[0-9a-f]{1,16}$")]


class _Line(Struct, gc=False):
    t: Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]  # ns
    cpu: Annotated[int, Meta(ge=0, lt=MOST_CPUS)]
    tid: Annotated[int, Meta(ge=0, lt=1 << 31)] = 0
    fid: _Hex | None = None
    args: Annotated[list[_Hex], Meta(max_length=17)] | None = None
    made: Annotated[int, Meta(ge=0, le=(1 << 63) - 1)] | None = None
    res: Annotated[list[_Hex], Meta(min_length=1, max_length=18)] | None = None


_decode = msgspec.json.Decoder(_Line).decode
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)

_LOST = re.compile(rb"Lost (\d{1,18}) events\s*$")
# What bpftrace says at the start, and what it shows of maps at the end.
_SILENT = re.compile(rb"\s*$|Attach(?:ing|ed) \d+ probes?|@")
_MOST_WORDS = 200  # characters; msgspec may repeat a wrong value


def claims(head: Sequence[bytes]) -> bool:
    """Do the first lines look like this format?"""
    return any(
        line.startswith(b"{") and (b'"args":' in line or b'"res":' in line) and b'"t":' in line
        for line in head
    )


def read(
    numbered: Iterator[tuple[int, bytes | str]], *, name: str, strict: bool, told: Told
) -> Iterator[Header | Item]:
    """The header, then the calls in the order of their return (see `pairs.calls`)."""
    return calls(records(numbered, _record), source="bpftrace", name=name, strict=strict, told=told)


def _record(line: bytes, number: int) -> Record | None:
    """What a line says; None if it is nothing of ours."""
    try:
        said = _decode(line)
    except _UNREADABLE as error:
        if found := _LOST.match(line):
            # bpftrace does not say on which CPU.
            return Lost(number, int(found[1]), None)
        if _SILENT.match(line):
            return None
        return Problem(number, f"expected a line of rmi.bt: {str(error)[:_MOST_WORDS]}")
    if said.fid is not None and said.args is not None:
        x = [int(text, 16) for text in said.args]
        # The identifier is W0 (SMCCC).
        return Entry(number, said.t, said.cpu, said.tid, int(said.fid, 16) & 0xFFFFFFFF, x)
    if said.res is not None:
        r = [int(text, 16) for text in said.res]
        return Return(number, said.t, said.cpu, said.tid, r, said.made)
    return Problem(number, "expected a call (fid, args) or a return (res)")
