"""rmi-trace/1: what is written is read, what is wrong is said, and nothing else happens."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.rmm.values import GRANULE_NAME, PAS_OF_NAME
from traces.event import (
    Bank,
    Event,
    GranuleState,
    Header,
    Omission,
    Pas,
    Problem,
    Smc,
    StepKind,
    TraceError,
)
from traces.formats import jsonl, objects
from traces.formats.jsonl import Item, read, write

HEADER = b'{"format":"rmi-trace/1","rmi":"2.0","granule_size":4096,"pa_width":48,"memory":[]}\n'
CALL = b'{"fid":"0xc4000151","x":["0x880010000"],"r":["0x0"]}\n'
KNOWN = {"fid", "x", "r", "seq", "cpu", "t", "t_end", "name", "mem", "mem_out", "realm"} | {
    "lock_leak",
    "seen",
    "event",
}

u64 = st.integers(0, (1 << 64) - 1) | st.integers(0, 4)
names = st.text(max_size=12)
scalars: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1)
scalars |= st.floats(allow_nan=False, allow_infinity=False)


def values(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=6,
    )


# In events and traits a string that is a number is read as one.
plain = values(names.filter(lambda text: text[:2] != "0x"))


def full(registers: list[int]) -> list[int]:
    """As calls hold them: eight at least, no zero behind the eighth."""
    while len(registers) > 8 and registers[-1] == 0:
        registers = registers[:-1]
    return registers + [0] * (8 - len(registers))


def least(registers: list[int]) -> list[int]:
    while registers and registers[-1] == 0:
        registers = registers[:-1]
    return registers


kinds = st.sampled_from(get_args(StepKind))
memories = st.none() | st.dictionaries(u64, st.binary(max_size=20), max_size=3)
smcs = st.builds(
    Smc,
    line=st.just(0),
    fid=u64,
    x=st.lists(u64, max_size=17).map(full),
    r=st.none() | st.lists(u64, max_size=18).map(full),
    seq=st.none() | u64,
    cpu=u64,
    t=st.none() | u64,
    t_end=st.none() | u64,
    name=st.none() | names,
    mem=memories,
    mem_out=memories,
    realm=st.none() | st.lists(st.tuples(kinds, st.lists(u64, max_size=9)), max_size=3),
    lock_leak=st.none() | u64,
    seen=st.none() | st.integers(0, 18),
    other=st.none()
    | st.dictionaries(names.filter(lambda key: key not in KNOWN), values(names), min_size=1),
)
fields = st.dictionaries(names.filter(lambda key: key not in KNOWN), plain, max_size=3)
small = st.integers(0, (1 << 63) - 1)


def opening(name: str, smc: Smc, more: dict[str, Any]) -> Event:
    """A call that has begun: its `fields` hold its keys as well."""
    call: dict[str, Any] = {"fid": smc.fid, "x": least(smc.x), **more}
    if smc.seq is not None:
        call["seq"] = smc.seq
    return Event(0, name, call, Smc(0, smc.fid, smc.x, seq=smc.seq))


events = st.one_of(
    st.builds(lambda text, more: Event(0, "note", {**more, "text": text}), names, fields),
    st.builds(
        lambda runs, dev: Event(0, "granules", {"list": runs, "dev": dev}),
        st.lists(st.tuples(small, small, st.just("RD"), small).map(list), max_size=3),
        st.lists(st.tuples(small, st.just("MAPPED")).map(list), max_size=3),
    ),
    st.builds(lambda pa: Event(0, "gpt", {"addr": pa, "pas": "ROOT"}), small),
    st.builds(
        lambda pa, data: Event(0, "realm_write", {"pa": pa, "data": data.hex()}),
        small,
        st.binary(max_size=9),
    ),
    st.builds(lambda seq: Event(0, "crash", {"seq": seq, "sig": 6}), small),
    st.builds(opening, st.just("smc_begin"), smcs, fields),
    st.builds(opening, st.just("crash"), smcs.filter(lambda s: (s.seq or 0) < 1 << 63), fields),
    st.builds(lambda name, more: Event(0, "x" + name, more), names, fields),
)
pa = st.integers(0, (1 << 56) - 1)
headers = st.builds(
    Header,
    rmi=st.sampled_from(["1.0", "2.0", "2.0-bet0", "2.0-bet1", "2.0-bet3"]),
    source=names,
    granule_size=st.sampled_from([4096, 16384, 65536]),
    pa_width=st.integers(32, 56),
    memory=st.lists(
        st.builds(
            Bank,
            base=pa,
            size=pa.map(lambda size: size + 1),
            kind=st.sampled_from(["conventional", "device-ncoh", "device-coh"]),
        ),
        max_size=3,
    ).map(tuple),
    features=st.dictionaries(st.integers(0, 200), u64, max_size=3),
    cpus=st.integers(1, 512),
    complete=st.booleans(),
    omits=st.just("any")
    | st.lists(
        st.builds(Omission, command=names, status=st.none() | st.just("RMI_SUCCESS") | small),
        max_size=2,
    ).map(tuple),
    memory_contents=st.booleans(),
    implementation=st.dictionaries(names, plain, max_size=3),
    other=st.dictionaries(
        names.filter(lambda key: key not in {*Header.__struct_fields__, "format"})
        | st.just("line"),
        values(names),
        max_size=2,
    ),
)


def numbered(items: list[Smc | Event]) -> list[Smc | Event]:
    """Each on its line, the first below the header."""
    for line, item in enumerate(items, 2):
        item.line = line
        if isinstance(item, Event) and item.smc is not None:
            item.smc.line = line
    return items


def body(data: bytes, **options: Any) -> list[Item]:
    header, *items = read(io.BytesIO(HEADER + data), **options)
    assert isinstance(header, Header)
    return items  # type: ignore[return-value]


def only(data: bytes) -> Item:
    (item,) = body(data)
    return item


@given(headers, st.lists(smcs | events, max_size=4), st.booleans())
def test_what_is_written_is_read(header: Header, items: list[Smc | Event], packed: bool) -> None:
    out = io.BytesIO()
    write(out, header, numbered(items))
    data = gzip.compress(out.getvalue()) if packed else out.getvalue()
    assert list(read(io.BytesIO(data), strict=True)) == [header, *items]
    again = io.BytesIO()
    write(again, header, items)
    assert again.getvalue() == out.getvalue()


forms = st.sampled_from([hex, int, "0X{:X}".format, "0x{:016x}".format])


@given(st.lists(st.tuples(u64, forms), max_size=17), u64, forms)
def test_numbers_in_every_form(arguments: list[tuple[int, Any]], fid: int, form: Any) -> None:
    line = {"fid": form(fid), "x": [write_(value) for value, write_ in arguments]}
    assert only(json.dumps(line).encode()) == Smc(2, fid, full([value for value, _ in arguments]))


odd_scalars = [None, True, -1, 1.5, 1 << 64, "", "10", "0x", "-0x1", "0x1", "0xG", "0X1", "ab", 7]
odd_lists = [[], ["0x1"], [1], [[]], ["0x" + "0" * 17], ["0x1"] * 9, ["0x0"] * 18, [None]]
odd_memory = [{}, {"0x10": "00ff"}, {"16": "00"}, {"0x10": "0"}, {"0x10": 1}]
odd_steps = [[["irq", []]], [["irq"]], [["smc", ["0x1"]]], [["smc", [1]]], [[1, []]]]
odd: st.SearchStrategy[Any] = st.sampled_from([*odd_scalars, *odd_lists, *odd_memory, *odd_steps])


@given(st.dictionaries(st.sampled_from([*sorted(KNOWN - {"event"}), "vm"]), odd))
def test_the_quick_way_and_the_careful_one_agree(line: dict[str, Any]) -> None:
    """Whatever `_usual` takes, `objects` reads as the same."""
    line = {"fid": "0xc4000150", "x": [], **line}
    data = json.dumps(line).encode()
    try:
        quick: Smc | None = jsonl._usual(data, 5)
    except jsonl._UNUSUAL:
        quick = None
    try:
        careful = objects.item_of(data, 5)
    except objects.Unreadable:
        careful = None
    assert quick is None or quick == careful


@given(smcs)
def test_the_quick_way_is_taken(smc: Smc) -> None:
    """What `write` makes of a call without unknown keys is no case for the careful way."""
    smc.other, smc.x = None, smc.x[:8]
    smc.r = smc.r and smc.r[:8]
    for key in ("seq", "cpu", "t", "t_end"):
        setattr(smc, key, (getattr(smc, key) or 0) >> 1)
    data = io.BytesIO()
    write(data, next(read(io.BytesIO(HEADER))), [smc])  # type: ignore[arg-type]
    line = data.getvalue().splitlines()[1]
    assert jsonl._usual(line, 0) == objects.item_of(line, 0) == smc


@given(st.lists(st.binary(max_size=60) | st.sampled_from([CALL, b"{}", b"[", b'{"fid":'])))
def test_any_bytes_are_read_or_refused(pieces: list[bytes]) -> None:
    data = b"\n".join(pieces)
    items = body(data)
    lines = [item.line for item in items]
    assert lines == sorted(set(lines))
    assert all(2 <= line <= data.count(b"\n") + 2 for line in lines)
    written = [line for line in data.split(b"\n") if line.strip()]
    assert len(items) == len(written)  # nothing is dropped without a word
    problems = [item for item in items if isinstance(item, Problem)]
    if problems:
        with pytest.raises(TraceError) as caught:
            body(data, strict=True, name="f")
        assert str(caught.value) == f"f:{problems[0].line}: {problems[0].text}"
    else:
        assert body(data, strict=True) == items


@given(st.binary(max_size=80))
def test_any_bytes_for_a_header(data: bytes) -> None:
    with pytest.raises(TraceError):
        list(read(io.BytesIO(data)))


NUMBER = 'expected a number of 64 bits ("0x…" or an integer, not negative), got '
INTEGER = "expected a number (hex string or integer)"
BAD = [
    (b"hello", "not JSON"),
    (b'{"fid":"0x1","x":[]', "not JSON"),
    (b'{"fid":"0x1","x":[]} {}', "not JSON"),
    (b'{"fid":"0x1","x":[NaN]}', "not JSON"),
    (b'{"fid":"0x1","x":[],"y":1e999}', "not JSON"),
    (b'{"fid":"0x1","x":[' + b"9" * 9000 + b"]}", "not JSON"),
    (b'{"fid":"0x1","x":[],"name":"\\ud800"}', "not JSON"),
    (b'{"fid":"0x1","x":[]}\0', "NUL"),
    (b"\0\0\0", "NUL"),
    (b'{"fid":"0x1","x":[],"name":"\xff"}', "not UTF-8"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"fid":"0x1","x":[],"y":' + b"[" * 100_000, "nested too deeply"),
    (b'{"event":"y","y":' + b"[" * 100_000, "nested too deeply"),
    (b"[1]", "expected an object {…}, got an array of 1"),
    (b"17", "expected an object {…}, got 17"),
    (b"{}", 'expected a call (with "fid") or an event (with "event")'),
    (b'{"x":["0x1"],"r":["0x0"]}', 'expected a call (with "fid")'),
    (HEADER.strip(), "a second header"),
    (b'{"fid":null,"x":[]}', "fid: missing"),
    (b'{"fid":"0x1"}', "x: missing"),
    (b'{"fid":"c4000150","x":[]}', "fid: " + NUMBER + '"c4000150"'),
    (b'{"fid":true,"x":[]}', "fid: " + NUMBER + "true"),
    (b'{"fid":"0x1","x":"0x1"}', 'x: expected an array of numbers, got "0x1"'),
    (b'{"fid":"0x1","x":[],"r":0}', "r: expected an array of numbers, got 0"),
    (b'{"fid":"0x1","x":[-1]}', "x: " + NUMBER + "-1"),
    (b'{"fid":"0x1","x":["-0x1"]}', "x: " + NUMBER + '"-0x1"'),
    (b'{"fid":"0x1","x":["880010000"]}', "x: " + NUMBER + '"880010000"'),
    (b'{"fid":"0x1","x":[],"r":["10"]}', "r: " + NUMBER + '"10"'),
    (b'{"fid":"0x1","x":["0x10000000000000000"]}', "x: " + NUMBER + '"0x10000000000000000"'),
    (b'{"fid":"0x1","x":[18446744073709551616]}', "x: " + NUMBER + "18446744073709551616"),
    (b'{"fid":"0x1","x":[' + b"9" * 4000 + b"]}", "x: " + NUMBER + "an integer of 13288 bits"),
    (b'{"fid":"0x1","x":["' + b"f" * 5000 + b'"]}', "x: " + NUMBER + '"' + "f" * 40 + "…"),
    (b'{"fid":"0x1","x":[1.5]}', "x: " + NUMBER + "1.5"),
    (b'{"fid":"0x1","x":[true]}', "x: " + NUMBER + "true"),
    (b'{"fid":"0x1","x":[null]}', "x: " + NUMBER + "null"),
    (b'{"fid":"0x1","x":[' + b"1," * 17 + b"1]}", "x: 18 registers; expected at most 17"),
    (b'{"fid":"0x1","x":[],"r":[' + b"1," * 18 + b"1]}", "r: 19 registers; expected at most 18"),
    (b'{"fid":"0x1","x":[],"seq":-4}', "seq: " + NUMBER + "-4"),
    (b'{"fid":"0x1","x":[],"cpu":true}', "cpu: " + NUMBER + "true"),
    (b'{"fid":"0x1","x":[],"t":1.0}', "t: " + NUMBER + "1.0"),
    (b'{"fid":"0x1","x":[],"lock_leak":[]}', "lock_leak: " + NUMBER + "an array of 0"),
    (b'{"fid":"0x1","x":[],"name":{}}', "name: expected a string, got an object"),
    (b'{"fid":"0x1","x":[],"mem":[]}', "mem: expected an object of address: bytes"),
    (b'{"fid":"0x1","x":[],"mem":{"16":"00"}}', "mem, an address: " + NUMBER + '"16"'),
    (b'{"fid":"0x1","x":[],"mem":{"0x10":"000"}}', 'mem, 0x10: expected bytes in hex, got "000"'),
    (b'{"fid":"0x1","x":[],"mem_out":{"0x10":5}}', "mem_out, 0x10: expected bytes in hex, got 5"),
    (b'{"fid":"0x1","x":[],"realm":{}}', 'realm: expected an array of steps ["kind",[numbers]]'),
    (b'{"fid":"0x1","x":[],"realm":[["irq"]]}', "got the step an array of 1"),
    (b'{"fid":"0x1","x":[],"realm":[["smc",["z"]]]}', 'realm, "smc": ' + NUMBER + '"z"'),
    (b'{"event":"gpt","addr":1,"pas":"Secure"}', "pas: Invalid enum value 'Secure'; expected one"),
    (b'{"event":"gpt","addr":1,"pas":"REALM"}', "one of NS, SECURE, ROOT, AAP"),
    (b'{"event":"granule","addr":1,"state":"rd","ref":0}', "expected one of NS, UNDELEGATED, "),
    (b'{"event":"granules","list":[[0,1,"RTTS",0]]}', "list[0][2]: Invalid enum value 'RTTS'; exp"),
    (b'{"event":"granules","list":[],"dev":[[0,"x"]]}', "dev[0][1]: Invalid enum value 'x'; exp"),
    (b'{"event":5}', "event: expected its name, a string, got 5"),
    (b'{"event":"note"}', "missing required field `text`"),
    (b'{"event":"note","text":5}', "text: Expected `str`, got `int`"),
    (b'{"event":"granules","list":[["0x1000",-1,"RD",0]]}', f"list[0][1]: {INTEGER} >= 0"),
    (b'{"event":"granules","list":[["0x1000",1]]}', "list[0]: Expected `array`"),
    (b'{"event":"granule","addr":"1000","state":"RD","ref":0}', f"addr: {INTEGER}, got `str`"),
    (b'{"event":"gpt","addr":"0x1000"}', "missing required field `pas`"),
    (b'{"event":"realm_write","pa":"0x1000","data":"123"}', "data: Expected `str` matching"),
    (b'{"event":"smc_begin","x":[]}', "fid: missing"),
    (b'{"event":"smc_begin","fid":"0x1","x":[-1]}', "x: " + NUMBER + "-1"),
    (b'{"event":"crash","seq":-1}', f"seq: {INTEGER} >= 0"),
    (b'{"event":"crash","fid":"0x1"}', "x: missing"),
]


@pytest.mark.parametrize(("line", "text"), BAD, ids=[str(line[:60]) for line, _ in BAD])
def test_a_bad_line_is_named_and_the_next_is_read(line: bytes, text: str) -> None:
    before, problem, after = body(CALL + line + b"\n" + CALL)
    assert isinstance(problem, Problem)
    assert problem.line == 3
    assert text in problem.text
    assert len(problem.text) < 400
    assert before == Smc(2, 0xC400_0151, full([0x8_8001_0000]), [0] * 8)
    assert after == Smc(4, 0xC400_0151, full([0x8_8001_0000]), [0] * 8)
    with pytest.raises(TraceError) as caught:
        body(CALL + line + b"\n" + CALL, name="a.jsonl", strict=True)
    assert str(caught.value) == f"a.jsonl:3: {problem.text}"


def header_with(**changes: Any) -> bytes:
    header = {**json.loads(HEADER), **changes}
    return json.dumps({k: v for k, v in header.items() if v != "absent"}).encode()


BAD_HEADERS = [
    (b"", 1, "empty; expected the header of rmi-trace/1"),
    (b"\n \r\n", 2, "empty; expected the header of rmi-trace/1"),
    (b"\n\nhello", 3, "not JSON"),
    (CALL, 1, 'expected the header, {"format":"rmi-trace/1",…}, got an object with no format'),
    (b"[" * 100_000, 1, "nested too deeply"),
    (b"x" * (5 << 20), 1, "a line of 5242880 bytes"),
    (gzip.compress(HEADER)[:30], 1, "damaged gzip data"),
    (b"\x1f\x8b" + b"x" * 40, 1, "damaged gzip data"),
    (header_with(format="rmi-trace/2"), 1, 'got an object with format "rmi-trace/2"'),
    (header_with(rmi="absent"), 1, "missing required field `rmi`"),
    (
        header_with(rmi="3.0"),
        1,
        "rmi: Invalid enum value '3.0'; expected one of 1.0, 2.0, 2.0-bet0",
    ),
    (header_with(rmi="9" * 5000), 1, "rmi: Invalid enum value"),
    (header_with(granule_size=8192), 1, "granule_size: Invalid enum value 8192; expected one of"),
    (header_with(granule_size=True), 1, "granule_size: "),
    (header_with(pa_width=64), 1, f"pa_width: {INTEGER} <= 56"),
    (header_with(pa_width=48.5), 1, f"pa_width: {INTEGER}, got `float`"),
    (header_with(memory="absent"), 1, "missing required field `memory`"),
    (header_with(memory=[{"base": 0}]), 1, "memory[0]: Object missing required field `size`"),
    (header_with(memory=[{"base": -1, "size": 1}]), 1, f"memory[0].base: {INTEGER} >= 0"),
    (header_with(memory=[{"base": 0, "size": "0x0"}]), 1, f"memory[0].size: {INTEGER} >= 1"),
    (
        header_with(memory=[{"base": 0, "size": 1, "kind": "rom"}]),
        1,
        "memory[0].kind: Invalid enum value 'rom'; expected one of conventional, device-ncoh",
    ),
    (header_with(features=[]), 1, "features: expected an object of index: value"),
    (header_with(features={"0x0": 1}), 1, 'features: expected an index (decimal), got "0x0"'),
    (header_with(features={"0": -1}), 1, "features, 0: " + NUMBER + "-1"),
    (header_with(cpus=0), 1, f"cpus: {INTEGER} >= 1"),
    (header_with(complete="yes"), 1, "complete: Expected `bool`, got `str`"),
    (header_with(omits="some"), 1, 'expected "any" or an array of {"command":…,"status":…}'),
    (header_with(omits=[{"status": 0}]), 1, "omits[0]: Object missing required field `command`"),
    (header_with(implementation=[]), 1, "implementation: Expected `object`, got `array`"),
]


@pytest.mark.parametrize(
    ("data", "line", "text"), BAD_HEADERS, ids=[text[:60] for _, _, text in BAD_HEADERS]
)
def test_without_a_header_there_is_no_trace(data: bytes, line: int, text: str) -> None:
    with pytest.raises(TraceError) as caught:
        next(read(io.BytesIO(data), name="a.jsonl"))
    assert text in caught.value.text
    assert (caught.value.name, caught.value.line) == ("a.jsonl", line)
    assert len(str(caught.value)) < 500


def test_a_header_and_what_it_may_leave_out() -> None:
    (short,) = read(io.BytesIO(HEADER))
    assert short == Header(rmi="2.0", granule_size=4096, pa_width=48, memory=())
    line = header_with(
        memory=[{"base": "0x880000000", "size": 4096, "kind": "device-coh"}],
        features={"0": "0x10", "12": 3},
        omits=[{"command": "RMI_VERSION", "status": "0x0"}, {"command": "RMI_REC_ENTER"}],
        implementation={"name": "0x5", "bases": ["0x850000000", 7], "gic": {"lrs": "0x4"}},
        site={"board": "0x7"},
    )
    (header,) = read(io.BytesIO(b"\xef\xbb\xbf\r\n" + line + b"\r\n"))
    assert header == Header(
        line=2,
        rmi="2.0",
        granule_size=4096,
        pa_width=48,
        memory=(Bank(0x8_8000_0000, 4096, "device-coh"),),
        features={0: 16, 12: 3},
        omits=(Omission("RMI_VERSION", 0), Omission("RMI_REC_ENTER")),
        implementation={"name": "0x5", "bases": [0x8_5000_0000, 7], "gic": {"lrs": 4}},
        other={"site": {"board": "0x7"}},
    )


def test_a_checkpoint_can_name_what_the_model_names() -> None:
    assert get_args(GranuleState) == ("NS", *GRANULE_NAME)
    assert set(get_args(Pas)) == set(PAS_OF_NAME)


@pytest.mark.parametrize("kind", [*get_args(StepKind), "unheard_of"])
def test_every_kind_of_step_is_read_both_ways(kind: str) -> None:
    for known in (b"", b',"vm":1'):
        call = only(b'{"fid":"0x1","x":[],"realm":[["%s",[]]]%s}' % (kind.encode(), known))
        assert isinstance(call, Smc)
        assert call.realm == [(kind, [])]


def test_windows_line_ends_blank_lines_and_no_last_line_end() -> None:
    calls = body(b"\r\n" + CALL.strip() + b"\r\n\n  \n" + CALL.strip())
    assert [(type(item), item.line) for item in calls] == [(Smc, 3), (Smc, 6)]


def test_an_overlong_line_is_a_problem_and_the_next_is_read() -> None:
    long = b'{"fid":"0x1","x":[],"name":"' + b"x" * (9 << 20) + b'"}\n'
    problem, call = body(long + CALL)
    assert problem == Problem(2, f"a line of {len(long)} bytes; expected less than 4 MiB")
    assert isinstance(call, Smc)


def test_damaged_gzip_is_a_problem_after_all_that_could_be_read() -> None:
    packed = gzip.compress(HEADER + CALL * 20_000)
    *calls, problem = list(read(io.BytesIO(packed[:-8])))[1:]
    assert len(calls) == 20_000
    assert isinstance(problem, Problem)
    assert problem.line == 20_002
    assert "damaged gzip data" in problem.text


def test_a_call_that_has_begun_and_one_that_killed_the_rmm() -> None:
    begun, died, gone = body(
        b'{"event":"smc_begin","cpu":1,"seq":7,"fid":"0xc400015c","name":"RMI_REC_ENTER",'
        b'"x":["0x880018000"],"mem":{"0x888002000":"2a"},"r":["0x0"]}\n'
        b'{"event":"crash","sig":6,"seq":9,"fid":"0xc40001fb","x":["0x1"]}\n'
        b'{"event":"crash","seq":"0xa"}\n'
    )
    assert isinstance(begun, Event) and isinstance(died, Event) and isinstance(gone, Event)
    assert begun.smc == Smc(
        2, 0xC400_015C, full([0x8_8001_8000]), seq=7, cpu=1, name="RMI_REC_ENTER",
        mem={0x8_8800_2000: b"*"},
    )  # fmt: skip
    assert died.smc == Smc(3, 0xC400_01FB, full([1]), seq=9)
    assert died.fields["sig"] == 6
    assert gone == Event(4, "crash", {"seq": 10})


def test_zeros_behind_the_eighth_register_say_nothing() -> None:
    call = only(b'{"fid":"0x1","x":[' + b"0," * 8 + b'9,0,0],"r":[' + b"0," * 17 + b"0]}")
    assert call == Smc(2, 1, [0] * 8 + [9], [0] * 8)


def test_the_canonical_form() -> None:
    (header,) = read(io.BytesIO(HEADER))
    assert isinstance(header, Header)
    out = io.BytesIO()
    call = Smc(2, 0xC400_0151, full([0x8_8001_0000]), [0] * 8, seq=9000, t=5000, mem={16: b"\xff"})
    note = Event(3, "granule", {"addr": 4096, "state": "RD", "ref": 4095, "seq": 9000})
    write(out, header, [call, note])
    _, first, second = out.getvalue().splitlines()
    assert first == (
        b'{"seq":9000,"fid":"0xc4000151","x":["0x880010000"],"r":["0x0"],"t":5000,'
        b'"mem":{"0x10":"ff"}}'
    )
    assert second == b'{"event":"granule","addr":"0x1000","state":"RD","ref":4095,"seq":9000}'


def test_unknown_keys_and_events_are_kept() -> None:
    call, event = body(
        b'{"fid":"0x1","x":[],"vm":"0x7","big":123456789012345678901234567890}\n'
        b'{"event":"irq_after","n":-1,"at":["0x10","text"]}\n'
    )
    assert call == Smc(2, 1, [0] * 8, other={"vm": "0x7", "big": 123456789012345678901234567890})
    assert event == Event(3, "irq_after", {"n": -1, "at": [16, "text"]})


def test_memory_stays_the_same_however_long_a_trace_is() -> None:
    class Lines(io.RawIOBase):
        count = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            data = HEADER if self.count == 0 else CALL * (len(buffer) // len(CALL))
            self.count += 1
            buffer[: len(data)] = data
            return len(data)

    items = read(io.BufferedReader(Lines()))
    next(items)
    tracemalloc.start()
    try:
        for _ in range(40_000):
            next(items)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 19  # a fifth of what the lines themselves are


# --- the real ones


def as_numbers(registers: list[str]) -> list[int]:
    return full([int(text, 16) for text in registers])


def expected_call(raw: dict[str, Any], line: int) -> Smc:
    """Of a line of the reference's traces, in which all numbers but these are hex strings."""

    def memory(runs: dict[str, str] | None) -> dict[int, bytes] | None:
        return (
            None
            if runs is None
            else {int(at, 16): bytes.fromhex(data) for at, data in runs.items()}
        )

    steps = raw.get("realm")
    return Smc(
        line=line,
        fid=int(raw["fid"], 16),
        x=as_numbers(raw["x"]),
        r=as_numbers(raw["r"]),
        seq=raw["seq"],
        cpu=raw.get("cpu", 0),
        name=raw["name"],
        mem=memory(raw.get("mem")),
        mem_out=memory(raw.get("mem_out")),
        realm=steps and [(kind, [int(text, 16) for text in regs]) for kind, regs in steps],
        lock_leak=int(raw["lock_leak"], 16) if "lock_leak" in raw else None,
    )


def test_real_traces(shared: Path) -> None:
    """Each call is what a plain reading of the JSON gives; written, the bytes are the same."""
    paths = sorted((shared / "traces").glob("*.jsonl.gz"))
    assert len(paths) == 39
    calls = 0
    for path in paths:
        with path.open("rb") as stream:
            header, *items = read(stream, name=path.name, strict=True)
        text = gzip.decompress(path.read_bytes())
        lines = text.splitlines()
        assert [item.line for item in items] == list(range(2, len(lines) + 1))
        for item, line in zip(items, lines[1:], strict=True):
            if isinstance(item, Smc):
                assert item == expected_call(json.loads(line), item.line)
                calls += 1
        assert isinstance(header, Header)
        assert header.implementation["name"] == "tf-rmm"
        out = io.BytesIO()
        write(out, header, items)  # type: ignore[arg-type]
        assert out.getvalue() == text
    assert calls == 89_269
