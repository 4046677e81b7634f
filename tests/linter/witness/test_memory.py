"""Objects, bytes that are known or not, and accesses that a kernel would not survive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.witness.memory import LINEAR, Memory
from linter.witness.outcome import Fault, Stop

BASE = LINEAR + 0x8000_0000


def page(memory: Memory, zero: bool = True) -> int:
    return memory.add(BASE, 4096, "a page", "page", zero=zero, where="a.c:1").base


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9000), st.sampled_from([1, 2, 4, 8]), st.integers(0, (1 << 64) - 1)
        )
    ),
    st.integers(0, 9000),
)
def test_like_a_bytearray(writes: list[tuple[int, int, int]], at: int) -> None:
    memory, model = Memory(), bytearray(9008)
    memory.add(BASE, 9008, "three pages", "page", zero=True)
    for offset, size, bits in writes:
        bits %= 1 << 8 * size
        memory.store(BASE + offset, size, bits)
        model[offset : offset + size] = bits.to_bytes(size, "little")
    assert memory.load(BASE + at, 8) == int.from_bytes(model[at : at + 8], "little")
    assert memory.bytes(BASE, 9008) == bytes(model)
    memory.copy(BASE + 100, BASE + 60, 4500)  # they overlap
    model[100:4600] = model[60:4560]
    assert memory.bytes(BASE, 9008) == bytes(model)


def test_one_byte_that_is_not_known_hides_the_number() -> None:
    memory = Memory()
    page(memory, zero=False)
    memory.store(BASE, 4, 7)
    assert memory.load(BASE, 4) == 7
    assert memory.load(BASE, 8) is None
    memory.store(BASE + 4, 4, 0)
    assert memory.load(BASE, 8) == 7
    memory.store(BASE + 2, 1, None, "x")
    assert memory.load(BASE, 4) is None
    assert memory.load(BASE + 3, 1) == 0
    assert memory.label(BASE + 2, 1) == "x"


def test_labels_stay_as_long_as_the_bytes() -> None:
    memory = Memory()
    page(memory, zero=False)
    first = memory.label(BASE + 8, 8, "r->size")
    assert first == "r->size"
    assert memory.label(BASE + 8, 8, "s->size") == first
    other = memory.label(BASE + 16, 8, "r->size")  # another object of the same name
    assert other != first
    memory.store(BASE + 8, 8, None, "new")
    assert memory.label(BASE + 8, 8) == "new"
    memory.copy(BASE + 64, BASE + 16, 8)
    assert memory.label(BASE + 64, 8) == other


def test_accesses_outside() -> None:
    memory = Memory()
    page(memory)
    for address, size, text in (
        (0, 8, "NULL"),
        (0x18, 1, "NULL"),
        ((1 << 64) - 12, 4, "error pointer is followed: -12"),
        (BASE - 1, 1, "a page has 0x1000 bytes, and 1 at offset -1"),
        (BASE + 4096, 1, "a page has 0x1000 bytes, and 1 at offset 0x1000"),
        (BASE + 4200, 1, "no object"),
        (BASE + 4092, 8, "4096|0x1000"),
    ):
        with pytest.raises(Fault, match=text):
            memory.load(address, size)
        with pytest.raises(Fault, match=text):
            memory.store(address, size, 0)
    assert memory.load(BASE + 4088, 8) == 0


def test_use_after_free_says_who_freed_it() -> None:
    memory = Memory()
    page(memory)
    memory.free(BASE, "a.c:9")
    with pytest.raises(Fault, match=r"after it was freed \(a\.c:9\)"):
        memory.load(BASE + 5, 1)
    with pytest.raises(Fault, match="freed twice"):
        memory.free(BASE, "a.c:10")
    with pytest.raises(Fault, match="nobody allocated"):
        memory.free(BASE + 8, "a.c:11")
    page(memory)  # handed out again
    assert memory.load(BASE, 8) == 0


def test_a_local_that_is_out_of_scope_is_told() -> None:
    memory = Memory()
    local = memory.local(8, "i")
    memory.leave(local)
    with pytest.raises(Fault, match=r"i is read after it was freed \(out of scope\)"):
        memory.load(local.base, 8)


def test_objects_do_not_overlap() -> None:
    memory = Memory()
    page(memory)
    with pytest.raises(Stop, match="lie over"):
        memory.add(BASE + 4095, 10, "another", "page")
    assert memory.add(BASE + 4096, 10, "the next", "page").base == BASE + 4096
    assert [o.label for o in memory.objects()] == ["a page", "the next"]


def test_a_lazy_object_reaches_far_to_both_sides() -> None:
    memory = Memory()
    one, other = memory.lazy("*p"), memory.lazy("*q")
    for address in (one, one - (1 << 40), one + (1 << 40)):
        assert memory.load(address, 8) is None
    memory.store(one - (1 << 40), 8, 5)
    assert memory.load(one - (1 << 40), 8) == 5
    assert memory.load(other - (1 << 40), 8) is None


def test_huge_objects_cost_what_is_written() -> None:
    memory = Memory()
    memory.add(LINEAR, 1 << 40, "a terabyte", "page", zero=True)
    memory.fill(LINEAR, 1 << 40, 0)
    assert memory.load(LINEAR + (1 << 39), 8) == 0
    with pytest.raises(Stop, match="32 MB"):
        memory.fill(LINEAR, 1 << 40, 1)
    with pytest.raises(Stop, match="at once"):
        memory.copy(LINEAR, LINEAR + 8, 1 << 39)


def test_fill() -> None:
    memory = Memory()
    page(memory, zero=False)
    memory.fill(BASE + 10, 20, 0xAB)
    assert memory.load(BASE + 10, 8) == 0xABABABABABABABAB
    assert memory.load(BASE + 9, 1) is None
    memory.fill(BASE + 12, 2, None)
    assert memory.load(BASE + 10, 4) is None
    memory.fill(BASE, 4096, 0)
    assert memory.bytes(BASE, 4096) == bytes(4096)
