"""What is known of realm memory, against a plain array of bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replay.rmm.realm_side.memory import RealmMemory
from replay.rmm.values import DATA, DELEGATED
from tests.replay.rmm.small_realm import DATA0, PAGE, small_realm

WRITE = st.tuples(st.integers(0, 3 * 64), st.binary(max_size=80))


@given(st.lists(WRITE, max_size=8))
def test_words_that_are_known_are_right(writes: list[tuple[int, bytes]]) -> None:
    memory = RealmMemory()
    base = DATA0 + PAGE - 128  # some writes cross into the next page
    truth = bytearray(512)
    whole: set[int] = set()  # words that the last write to them covered
    for offset, data in writes:
        memory.write(base + offset, data)
        truth[offset : offset + len(data)] = data
        touched = range(offset // 8, -(-(offset + len(data)) // 8)) if data else range(0)
        for n in touched:
            inside = offset <= 8 * n and 8 * n + 8 <= offset + len(data)
            whole.add(n) if inside else whole.discard(n)
    for n in range(512 // 8):
        word = int.from_bytes(truth[8 * n : 8 * n + 8], "little")
        assert memory.word(base + 8 * n) == (word if n in whole else None)


def test_a_page_that_leaves_the_realm_is_forgotten() -> None:
    m = small_realm().m
    m.realm_memory.write(DATA0, bytes(8))
    m.realm_memory.write(DATA0 + PAGE, bytes(8))
    m.put(DATA0, DELEGATED)
    m.put(DATA0, DATA)
    assert m.realm_memory.word(DATA0) is None
    assert m.realm_memory.word(DATA0 + PAGE) == 0


def test_host_call_answers_are_what_the_next_call_shows() -> None:
    memory = RealmMemory()
    assert memory.host_call(DATA0) == (None, [None] * 31)
    memory.answer_host_call(DATA0, list(range(100, 131)))
    assert memory.host_call(DATA0) == (None, list(range(100, 131)))


def test_it_does_not_grow_for_ever() -> None:
    memory = RealmMemory()
    for n in range(5000):
        memory.write(n * PAGE, bytes(8))
    assert memory.word(4999 * PAGE) == 0
    assert memory.word(0) is None
