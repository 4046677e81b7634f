"""rmi-trace/1: one JSON object a line, the header first (docs/trace-format.md).

Two readers of a line, one meaning.  Nearly all lines are calls of the usual
shape: `_usual` decodes them straight into a typed struct and refuses anything
else.  `objects` takes what it refused, and either understands it or says in
words what was expected.
"""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    BinaryIO,
    NoReturn,
    TypeAlias,
)

import msgspec
from msgspec import Meta, Struct

from traces.event import REGISTERS, Event, Header, Problem, Smc, TraceError
from traces.formats.lines import lines
from traces.formats.objects import FORMAT, TEXT, WORD, Small, Unreadable, header_of, item_of, used

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Item: TypeAlias = Smc | Event | Problem

# How `write` puts a number of an event or a trait: in hex from _GRANULE on,
# where it is most likely an address, but never under these keys.
_GRANULE = 4096
_AS_IS = TEXT | {"seq", "cpu", "t", "t_end"}


def read(stream: BinaryIO, *, name: str = "-", strict: bool = False) -> Iterator[Header | Item]:
    """The header, then the lines after it, each as soon as it has been read.

    `stream` may be gzip.  A line that cannot be read becomes a Problem; with
    `strict` it raises TraceError, as a header that cannot be read always does
    (`name` is for its text).  Blank lines are skipped.
    """
    return read_lines(enumerate(lines(stream), 1), name=name, strict=strict)


def claims(head: Sequence[bytes]) -> bool:
    """Do the first lines look like this format?"""
    first = next((line for line in head if line.strip()), b"")
    return first.lstrip().startswith(b"{") and b'"format"' in first


def read_lines(
    numbered: Iterator[tuple[int, bytes | str]], *, name: str = "-", strict: bool = False
) -> Iterator[Header | Item]:
    """`read`, of lines with their numbers (a `str`: why a line cannot be had)."""
    yield _header(numbered, name)
    for number, line in numbered:
        try:
            # Instead of a line that cannot be had stands the reason, which is no JSON either.
            item: Item | None = _usual(line, number)
        except _UNUSUAL:
            item = _careful(line, number)
        if strict and isinstance(item, Problem):
            raise TraceError(name, number, item.text)
        if item is not None:
            yield item


def write(stream: BinaryIO, header: Header, items: Iterable[Smc | Event]) -> None:
    """Writes the canonical form: what `read` gives for it equals what was written.

    Registers and addresses are hex strings, trailing zero registers and keys
    that say nothing are left out.
    """
    encode = msgspec.json.Encoder().encode
    stream.write(encode(_header_as_json(header)) + b"\n")
    for item in items:
        stream.write(encode(_as_json(item)) + b"\n")


# --- a call of the usual shape

_Hex = Annotated[str, Meta(max_length=18)]  # "0x" and 64 bits
_ZEROS = [[0] * (REGISTERS - count) for count in range(REGISTERS + 1)]  # what fills up `count`


class _Usual(Struct, forbid_unknown_fields=True, gc=False):
    """A call as most tools write it: numbers of 64 bits in hex, no unknown key."""

    fid: _Hex
    x: Annotated[list[_Hex], Meta(max_length=REGISTERS)]
    r: Annotated[list[_Hex], Meta(max_length=REGISTERS)] | None = None
    seq: Small | None = None
    cpu: Small = 0
    t: Small | None = None
    t_end: Small | None = None
    name: str | None = None
    mem: dict[_Hex, str] | None = None
    mem_out: dict[_Hex, str] | None = None
    realm: list[tuple[str, list[_Hex]]] | None = None
    lock_leak: _Hex | None = None
    seen: Small | None = None


# What `_usual` raises; msgspec's own errors are ValueErrors only from 0.21 on.
_UNUSUAL = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)

_decode_usual = msgspec.json.Decoder(_Usual).decode


def _usual(line: bytes | str, number: int) -> Smc:
    """The call of a line; one of _UNUSUAL if it is not of the usual shape.

    The one hot function here, hence comprehensions where calls would do.
    """
    call = _decode_usual(line)
    # int() alone would take "10" for 16, and "-0x1".
    x = [int(text, 16) if text[:2] == "0x" else _refuse(text) for text in call.x]
    x += _ZEROS[len(x)]
    r = None
    if call.r is not None:
        r = [int(text, 16) if text[:2] == "0x" else _refuse(text) for text in call.r]
        r += _ZEROS[len(r)]
    smc = Smc(number, _hex(call.fid), x, r, call.seq, call.cpu, call.t, call.t_end, call.name)
    if call.mem is not None:
        smc.mem = {_hex(start): bytes.fromhex(data) for start, data in call.mem.items()}
    if call.mem_out is not None:
        smc.mem_out = {_hex(start): bytes.fromhex(data) for start, data in call.mem_out.items()}
    if call.realm is not None:
        smc.realm = [(kind, [_hex(text) for text in regs]) for kind, regs in call.realm]
    if call.lock_leak is not None:
        smc.lock_leak = _hex(call.lock_leak)
    smc.seen = call.seen
    return smc


def _hex(text: str) -> int:
    return int(text, 16) if text[:2] == "0x" else _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


# --- anything else


def _careful(line: bytes | str, number: int) -> Item | None:
    try:
        return item_of(_had(line), number)
    except Unreadable as problem:
        return Problem(number, str(problem))


def _header(numbered: Iterator[tuple[int, bytes | str]], name: str) -> Header:
    number = 1
    for number, line in numbered:
        try:
            header = header_of(_had(line), number)
        except Unreadable as problem:
            raise TraceError(name, number, str(problem)) from None
        if header is not None:
            return header
    raise TraceError(name, number, f"empty; expected the header of {FORMAT}")


def _had(line: bytes | str) -> bytes:
    if isinstance(line, str):
        raise Unreadable(line)
    return line


# --- writing


def _as_json(item: Smc | Event) -> dict[str, Any]:
    if isinstance(item, Smc):
        return _smc_as_json(item)
    # The call's own keys last: they replace what `fields` holds of them.
    call = {} if item.smc is None else _smc_as_json(item.smc)
    return {"event": item.name, **_compact(item.fields), **call}


def _smc_as_json(smc: Smc) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if smc.seq is not None:
        out["seq"] = smc.seq
    out["fid"] = hex(smc.fid)
    if smc.name is not None:
        out["name"] = smc.name
    out["x"] = [hex(value) for value in smc.x[: used(smc.x)]]
    if smc.r is not None:
        out["r"] = [hex(value) for value in smc.r[: used(smc.r) or 1]]  # X0 says how it went
    if smc.cpu:
        out["cpu"] = smc.cpu
    for key, time in (("t", smc.t), ("t_end", smc.t_end)):
        if time is not None:
            out[key] = time
    for key, memory in (("mem", smc.mem), ("mem_out", smc.mem_out)):
        if memory is not None:
            out[key] = {hex(start): data.hex() for start, data in memory.items()}
    if smc.realm is not None:
        out["realm"] = [[kind, [hex(value) for value in regs]] for kind, regs in smc.realm]
    if smc.lock_leak is not None:
        out["lock_leak"] = hex(smc.lock_leak)
    if smc.seen is not None:
        out["seen"] = smc.seen
    return out | (smc.other or {})


def _compact(value: Any) -> Any:
    """The other way of `_plain`: addresses in hex, small numbers as integers."""
    match value:
        case bool():
            return value
        case int():
            return hex(value) if _GRANULE <= value < WORD else value
        case list():
            return [_compact(item) for item in value]
        case dict():
            return {key: item if key in _AS_IS else _compact(item) for key, item in value.items()}
    return value


def _header_as_json(header: Header) -> dict[str, Any]:
    out: dict[str, Any] = {
        "format": FORMAT,
        "source": header.source,
        "rmi": header.rmi,
        "granule_size": header.granule_size,
        "pa_width": header.pa_width,
        "memory": [
            {"base": hex(bank.base), "size": hex(bank.size), "kind": bank.kind}
            for bank in header.memory
        ],
        "features": {str(index): hex(value) for index, value in header.features.items()},
        "cpus": header.cpus,
        "complete": header.complete,
    }
    if header.omits:
        out["omits"] = header.omits
    if not header.memory_contents:
        out["memory_contents"] = False
    if header.from_reset is not None:
        out["from_reset"] = header.from_reset
    return out | {"implementation": _compact(header.implementation)} | header.other
