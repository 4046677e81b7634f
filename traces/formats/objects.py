"""The JSON objects of rmi-trace/1: what each key must be, in words for who wrote it.

For every line that `jsonl` cannot take the quick way: headers, events, calls
with unknown keys or numbers as integers, and all that is wrong.
"""

from __future__ import annotations

import contextlib
import re
from typing import Annotated, Any, NamedTuple, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct, field

from traces.event import (
    REGISTERS,
    BankKind,
    Event,
    GranuleSize,
    GranuleState,
    Header,
    Pas,
    Rmi,
    Smc,
)

FORMAT = "rmi-trace/1"
WORD = 1 << 64
Small = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]  # more, msgspec cannot check
_MOST_X, _MOST_R = 17, 18  # X1..X17 and X0..X17: all that SMCCC 1.2 passes
# Keys whose value stays text, even if it looks like a number.
TEXT = frozenset({"data", "format", "name", "rmi", "source", "text"})


class Unreadable(Exception):
    """What was expected, for a Problem or a TraceError."""


def item_of(line: bytes, number: int) -> Smc | Event | None:
    """The call or the event of a line, None for a blank one; Unreadable if it is neither."""
    if not line.strip():
        return None
    try:
        raw = _object(line)
        if "event" in raw:
            return _event(raw, number)
        if "fid" in raw:
            return _smc(raw, number)
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    if "format" in raw:
        raise Unreadable("a second header; one trace is one file, its header the first line")
    raise Unreadable('expected a call (with "fid") or an event (with "event")')


def header_of(line: bytes, number: int) -> Header | None:
    """The header of a line, None for a blank one; Unreadable if it is something else."""
    if not line.strip():
        return None
    try:
        return _header(_object(line), number)
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None


_TOO_DEEP = "nested too deeply to be a line of a trace"


def _object(line: bytes) -> dict[str, Any]:
    try:
        raw = msgspec.json.decode(line)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8: {error.reason}") from None
    except msgspec.MsgspecError as error:
        nul = "; it holds NUL bytes" if b"\0" in line else ""
        raise Unreadable(f"not JSON: {error}{nul}") from None
    if not isinstance(raw, dict):
        raise Unreadable(f"expected an object {{…}}, got {_shown(raw)}")
    return raw


# --- calls

_CALL = frozenset(Smc.__struct_fields__) - {"line", "other"}
_INPUT = ("fid", "x", "seq", "cpu", "t", "name", "mem")  # what is known when a call begins


def _smc(raw: dict[str, Any], number: int) -> Smc:
    for key, text in (("fid", "the function identifier"), ("x", "the arguments (none: [])")):
        if raw.get(key) is None:
            raise Unreadable(f"{key}: missing; expected {text}")
    name = raw.get("name")
    if name is not None and not isinstance(name, str):
        raise Unreadable(f"name: expected a string, got {_shown(name)}")
    x, r = raw["x"], raw.get("r")
    return Smc(
        line=number,
        fid=_number(raw["fid"], "fid"),
        x=_registers(x, "x", _MOST_X),
        r=None if r is None else _registers(r, "r", _MOST_R),
        seq=_optional(raw, "seq"),
        cpu=_optional(raw, "cpu") or 0,
        t=_optional(raw, "t"),
        t_end=_optional(raw, "t_end"),
        name=name,
        mem=_memory(raw, "mem"),
        mem_out=_memory(raw, "mem_out"),
        realm=_realm(raw.get("realm")),
        lock_leak=_optional(raw, "lock_leak"),
        seen=_optional(raw, "seen"),
        other={key: value for key, value in raw.items() if key not in _CALL} or None,
    )


def _optional(raw: dict[str, Any], key: str) -> int | None:
    value = raw.get(key)
    return None if value is None else _number(value, key)


def _number(value: Any, where: str) -> int:
    number = -1
    if type(value) is int:  # a bool is none
        number = value
    elif isinstance(value, str) and value[:2] in ("0x", "0X") and len(value) <= 18:
        with contextlib.suppress(ValueError):
            number = int(value, 16)
    if not 0 <= number < WORD:
        expected = 'a number of 64 bits ("0x…" or an integer, not negative)'
        raise Unreadable(f"{where}: expected {expected}, got {_shown(value)}")
    return number


def _numbers(values: Any, where: str) -> list[int]:
    if not isinstance(values, list):
        raise Unreadable(f"{where}: expected an array of numbers, got {_shown(values)}")
    return [_number(value, where) for value in values]


def _registers(values: Any, where: str, most: int) -> list[int]:
    numbers = _numbers(values, where)
    if len(numbers) > most:
        raise Unreadable(f"{where}: {len(numbers)} registers; expected at most {most} (SMCCC 1.2)")
    numbers = numbers[: max(used(numbers), REGISTERS)]
    return numbers + [0] * (REGISTERS - len(numbers))


def used(registers: list[int]) -> int:
    """How many there are up to the last that is not zero."""
    count = len(registers)
    while count and not registers[count - 1]:
        count -= 1
    return count


def _memory(raw: dict[str, Any], key: str) -> dict[int, bytes] | None:
    runs = raw.get(key)
    if runs is None:
        return None
    if not isinstance(runs, dict):
        raise Unreadable(f"{key}: expected an object of address: bytes, got {_shown(runs)}")
    memory = {}
    for start, data in runs.items():
        address = _number(start, f"{key}, an address")
        try:
            memory[address] = bytes.fromhex(data)
        except (ValueError, TypeError):
            got = _shown(data)
            raise Unreadable(f"{key}, {start}: expected bytes in hex, got {got}") from None
    return memory


def _realm(steps: Any) -> list[tuple[str, list[int]]] | None:
    if steps is None:
        return None
    expected = 'realm: expected an array of steps ["kind",[numbers]]'
    if not isinstance(steps, list):
        raise Unreadable(f"{expected}, got {_shown(steps)}")
    story = []
    for step in steps:
        if not (isinstance(step, list) and len(step) == 2 and isinstance(step[0], str)):
            raise Unreadable(f"{expected}, got the step {_shown(step)}")
        story.append((step[0], _numbers(step[1], f"realm, {_shown(step[0])}")))
    return story


def _shown(value: Any) -> str:
    """A value as JSON, cut to what fits into a message."""
    match value:
        case dict():
            return "an object"
        case list():
            return f"an array of {len(value)}"
        case str():
            text = msgspec.json.encode(value[:40]).decode()
            return text if len(value) <= 40 else f"{text[:-1]}…"
        case int() if not isinstance(value, bool) and abs(value) >= 1 << 128:
            return f"an integer of {value.bit_length()} bits"
    return msgspec.json.encode(value).decode()


# --- events


class _Run(NamedTuple):
    base: Small
    granules: Small
    state: GranuleState
    references: Small


class _Granules(Struct):
    runs: list[_Run] = field(name="list")
    dev: list[tuple[Small, GranuleState]] = []


class _Granule(Struct):
    addr: Small
    state: GranuleState
    ref: Small


class _Gpt(Struct):
    addr: Small
    pas: Pas


class _Note(Struct):
    text: str


class _RealmWrite(Struct):
    pa: Small
    data: Annotated[str, Meta(pattern="^([0-9a-fA-F]{2})*$")]


class _Crash(Struct):
    seq: Small | None = None


class _Lost(Struct):
    count: Small
    cpu: Small | None = None
    until: Small | None = None


# Events whose fields others rely on; any other name is kept as it is.
_SHAPES: dict[str, type[Struct]] = {
    "crash": _Crash,
    "gpt": _Gpt,
    "granule": _Granule,
    "granules": _Granules,
    "lost": _Lost,
    "note": _Note,
    "realm_write": _RealmWrite,
}


def _event(raw: dict[str, Any], number: int) -> Event:
    name = raw["event"]
    if not isinstance(name, str):
        raise Unreadable(f"event: expected its name, a string, got {_shown(name)}")
    smc = None
    if name == "smc_begin" or (name == "crash" and "fid" in raw):
        smc = _smc({key: raw[key] for key in _INPUT if key in raw}, number)
    fields = _plain({key: value for key, value in raw.items() if key != "event"})
    if name in _SHAPES:
        _converted(fields, _SHAPES[name])
    return Event(number, name, fields, smc)


def _plain(value: Any) -> Any:
    """A JSON value in which every string that is a number of 64 bits has become one."""
    match value:
        case str() if value[:2] == "0x" and len(value) <= 18:
            try:
                return int(value, 16)
            except ValueError:
                return value
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {key: item if key in TEXT else _plain(item) for key, item in value.items()}
    return value


_T = TypeVar("_T")


def _converted(value: Any, shape: type[_T]) -> _T:
    """`value` as `shape`; msgspec's words, with the place first and the choices last."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        text, found, place = str(error).rpartition(" - at `$")
        if not found:
            text, place = place, ""
        text = text.replace("Expected `int`", "expected a number (hex string or integer)")
        text, place = text[:_MOST_WORDS], place.strip(".`")
        # A field by its name; what stands in an array in an array, by its second index.
        key = re.sub(r"\[\d+\](?=\[)", "", place.rpartition(".")[2])
        expected = _EXPECTED.get(key)
        if expected is not None:
            text += f"; expected {expected}"
        raise Unreadable(f"{place}: {text}" if place else text) from None


def _one_of(choices: Any) -> str:
    return "one of " + ", ".join(map(str, get_args(choices)))


# msgspec says what it got, but not these.
_EXPECTED = {
    "dev[1]": _one_of(GranuleState),
    "granule_size": _one_of(GranuleSize),
    "kind": _one_of(BankKind),
    "list[2]": _one_of(GranuleState),
    "omits": '"any" or an array of {"command":…,"status":…}',
    "pas": _one_of(Pas),
    "rmi": _one_of(Rmi),
    "state": _one_of(GranuleState),
}
_MOST_WORDS = 300  # characters; msgspec repeats a wrong value whole


# --- the header

_KNOWN = frozenset(Header.__struct_fields__) - {"line", "other"}


def _header(raw: dict[str, Any], number: int) -> Header:
    if raw.get("format") != FORMAT:
        got = f"format {_shown(raw['format'])}" if "format" in raw else "no format"
        raise Unreadable(
            f'expected the header, {{"format":"{FORMAT}",…}}, got an object with {got}'
        )
    known = {key: value for key, value in _plain(raw).items() if key in _KNOWN}
    known["features"] = _features(known.get("features", {}))
    header = _converted(known, Header)
    header.line = number
    header.other = {key: raw[key] for key in raw if key not in _KNOWN and key != "format"}
    return header


def _features(raw: Any) -> dict[int, int]:
    if not isinstance(raw, dict):
        raise Unreadable(f"features: expected an object of index: value, got {_shown(raw)}")
    features = {}
    for index, value in raw.items():
        if not (index.isascii() and index.isdigit() and len(index) < 20):
            raise Unreadable(f"features: expected an index (decimal), got {_shown(index)}")
        features[int(index)] = _number(value, f"features, {index}")
    return features
