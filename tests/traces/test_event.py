"""Memory as calls show it: sparse, little-endian, page by page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from traces.event import PAGE, Memory, Smc, TraceError

BASE = 0x8_8800_0000


def brute(runs: dict[int, bytes], address: int) -> int:
    """The byte at `address`: of the last run that lists it, else zero."""
    byte = 0
    for start, data in runs.items():
        if start <= address < start + len(data):
            byte = data[address - start]
    return byte


# Addresses near the ends of three pages, so that runs overlap and cross them.
near = st.builds(
    lambda page, off: BASE + page * PAGE + off,
    st.integers(0, 2),
    st.one_of(st.integers(0, 24), st.integers(PAGE - 24, PAGE - 1)),
)
runs_ = st.dictionaries(near, st.binary(max_size=40), max_size=6)


@given(runs_, near, st.integers(0, 40))
def test_reads_what_is_listed_and_zero_elsewhere(
    runs: dict[int, bytes], address: int, size: int
) -> None:
    expected = bytes(brute(runs, address + at) for at in range(size))
    assert Memory(runs).read(address, size) == expected


@given(runs_, near)
def test_numbers_are_little_endian_at_any_offset(runs: dict[int, bytes], address: int) -> None:
    memory = Memory(runs)
    byte = [brute(runs, address + at) for at in range(16)]
    assert memory.u8(address) == byte[0]
    assert memory.u16(address) == byte[0] + (byte[1] << 8)
    assert memory.u32(address) == sum(b << 8 * at for at, b in enumerate(byte[:4]))
    low, high = (sum(b << 8 * at for at, b in enumerate(byte[i : i + 8])) for i in (0, 8))
    assert memory.u64(address) == low
    assert memory.words(address, 2) == [low, high]


@given(runs_, near)
def test_a_page_is_there_if_any_byte_of_it_is_listed(runs: dict[int, bytes], address: int) -> None:
    page = address // PAGE
    touched = {(start + at) // PAGE for start, data in runs.items() for at in range(len(data))}
    assert Memory(runs).page(address) == (page in touched)


def test_a_run_over_several_pages() -> None:
    data = bytes(range(256)) * 48  # as long as three pages, so it touches four
    memory = Memory({BASE - 16: data})
    assert memory.read(BASE - 16, len(data)) == data
    assert [memory.page(BASE + page * PAGE) for page in range(-2, 4)] == [
        False, True, True, True, True, False,
    ]  # fmt: skip


def test_the_end_of_the_address_space() -> None:
    top = (1 << 64) - 4
    memory = Memory({top: b"\x01\x02\x03\x04"})
    assert memory.u64(top) == 0x04030201  # what lies beyond is absent, not an error


def test_one_run_in_each_of_many_pages_costs_no_page_each() -> None:
    """A hostile line may list a byte of each of 160,000 pages: 640 MB if each were filled."""
    import tracemalloc

    runs = {page * PAGE: b"\x01" for page in range(20_000)}
    tracemalloc.start()
    try:
        memory = Memory(runs)
        assert memory.u8(19_999 * PAGE) == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000 * 512


def test_a_call_makes_its_memory_once_and_stays_equal() -> None:
    smc, twin = (Smc(1, 0xC400_0158, [], mem={BASE: b"\x2a"}) for _ in range(2))
    memory = smc.memory
    assert memory is not None
    assert memory.u64(BASE) == 42
    assert smc.memory is memory
    assert smc == twin  # asking changes nothing
    assert Smc(1, 0xC400_0158, []).memory_out is None
    smc.mem_out = {BASE: b"\x07"}
    out = smc.memory_out
    assert out is not None
    assert out.u8(BASE) == 7
    assert smc.memory_out is out


def test_an_error_says_where() -> None:
    error = TraceError("a.jsonl", 7, "not JSON")
    assert str(error) == "a.jsonl:7: not JSON"
    assert (error.name, error.line, error.text) == ("a.jsonl", 7, "not JSON")
