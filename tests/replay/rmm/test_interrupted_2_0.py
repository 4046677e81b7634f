"""Map and unmap commands of the reference that an interrupt cuts in two.

tf-rmm-behaviour, section 10.10: where it looks for an interrupt, what is seen
meanwhile, how OP_CONTINUE ends.  `told` runs a test with the events that say when an
interrupt comes, and without.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.interrupts import looks
from replay.rmm.values import RAM as RIPAS_RAM
from replay.verdict import Difference
from tests.replay.rmm.world_2_0 import (
    BLOCK,
    BUSY,
    DEVICE,
    GIB,
    HALF,
    HOST,
    INCOMPLETE,
    INPUT,
    LIST,
    LIST_PAGE,
    PAGE,
    READ,
    REALM,
    SINGLE,
    World,
    desc,
    rtt,
    words,
)
from traces.event import Event

Irq = Callable[[int], None]
NEVER = -1


@pytest.fixture(params=[True, False], ids=["told", "untold"])
def irq(world: World, request: pytest.FixtureRequest) -> Irq:
    """`irq_after`: an interrupt is pending after so many looks."""

    def event(after: int) -> None:
        if request.param:
            tell(world, after)

    return event


def tell(world: World, after: int) -> None:
    assert world.engine.event(Event(1, "irq_after", {"n": after})) == []


def dump(world: World, *runs: tuple[int, int, str, int]) -> list[object]:
    """What a checkpoint of these granules (base, count, state, references) finds wrong."""
    wrong: list[object] = []
    for base, count, state, ref in runs:
        for addr in range(base, base + count * PAGE, PAGE):
            fields = {"addr": addr, "state": state, "ref": ref}
            wrong += world.engine.event(Event(1, "granule", fields))
    assert all(isinstance(line, Difference) for line in wrong)
    return wrong


def table_of(world: World, rd: int, level: int = 3) -> int:
    """The table of `level` at IPA 0."""
    addr = world.answer("RTT_READ_ENTRY", rd, 0, level - 1)[3]
    assert addr is not None
    return addr


# --- maps -------------------------------------------------------------------------------------


def test_a_page_in_hand(world: World, rd: int, irq: Irq) -> None:
    pages = world.granules(3)
    irq(1)  # once before the block
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(pages), r=[INCOMPLETE, 0])
    irq(NEVER)
    assert world.entry(rd, 0) == (3, 0, 0, 0)
    assert dump(world, (pages, 1, "DELEGATED", 0), (table_of(world, rd), 1, "RTT", 1)) == []
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(pages + PAGE), r=[BUSY])
    source = {HOST: words(0)}
    world.ok("RTT_DATA_MAP_INIT", rd, pages + PAGE, 0, HOST, 0, r=[BUSY], mem=source)
    args = (rd, 0, PAGE, SINGLE, desc(pages + PAGE))
    assert world.refuses("RTT_DATA_MAP", *args, r=[rtt(3)]) == ["drain"]
    vdev = world.vdev(rd)
    assert world.answer("RTT_DEV_MAP", rd, vdev, 0, PAGE, SINGLE, desc(DEVICE))[0] == BUSY
    world.ok("RTT_DATA_UNMAP", rd, 0, PAGE, 0, 0, r=[0, PAGE])  # passed over
    world.ok("RTT_DESTROY", rd, 0, 3, r=[rtt(3), 0, 0])
    world.ok("RTT_FOLD", rd, 0, 3, r=[rtt(3)])
    irq(0)
    world.ok("OP_CONTINUE", 0, 0, r=[INCOMPLETE, 0])
    irq(NEVER)
    world.ok("OP_CONTINUE", 0, 0, r=[0, PAGE])
    world.ok("OP_CONTINUE", 0, 0, r=[INPUT])
    assert world.entry(rd, 0) == (3, 1, pages, 0)
    assert dump(world, (pages, 1, "DATA", 0), (table_of(world, rd), 1, "RTT", 1)) == []


def test_it_must_end_well_if_it_can(world: World, rd: int, irq: Irq) -> None:
    pages = world.granules(2)
    for result in ([INPUT], [rtt(3)], [0, 0], [0, 2 * PAGE]):
        irq(1)
        world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(pages), r=[INCOMPLETE, 0])
        irq(NEVER)
        assert world.refuses("OP_CONTINUE", 0, 0, r=result) == []
        world.call("RTT_DATA_UNMAP", rd, 0, PAGE, SINGLE, 0, r=[0, PAGE, desc(pages)])
        assert world.state(pages) == "DELEGATED"


def test_of_several_pages_one_is_in_hand(world: World, rd: int, irq: Irq) -> None:
    pages = world.granules(6)
    irq(5)  # two blocks at two looks each, and before the third
    world.ok("RTT_DATA_MAP", rd, 0, 5 * PAGE, SINGLE, desc(pages, 5), r=[INCOMPLETE, 0])
    irq(NEVER)
    world.ok("RTT_READ_ENTRY", rd, PAGE, 3, r=[0, 3, 1, pages + PAGE, 0])
    world.ok("RTT_DATA_MAP", rd, 2 * PAGE, 3 * PAGE, SINGLE, desc(pages + 5 * PAGE), r=[BUSY])
    world.ok("RTT_DATA_MAP", rd, 3 * PAGE, GIB, SINGLE, desc(pages + 5 * PAGE), r=[0, 4 * PAGE])
    world.ok("RTT_READ_ENTRY", rd, 4 * PAGE, 3, r=[0, 3, 0, 0, 0])
    world.ok("OP_CONTINUE", 0, 0, r=[0, 3 * PAGE])
    assert [world.state(pages + n * PAGE) for n in range(6)] == [
        *["DATA"] * 3,
        *["DELEGATED"] * 2,
        "DATA",
    ]


def test_a_checkpoint_tells_how_far_it_came(world: World, rd: int) -> None:
    pages = world.granules(4)
    table = table_of(world, rd)
    world.ok("RTT_DATA_MAP", rd, 0, 4 * PAGE, SINGLE, desc(pages, 4), r=[INCOMPLETE, 0])
    assert dump(world, (pages, 2, "DATA", 0), (pages + 2 * PAGE, 2, "DELEGATED", 0)) == []
    assert dump(world, (table, 1, "RTT", 3)) == []
    assert world.entry(rd, PAGE)[1] == 1
    world.ok("RTT_DATA_MAP", rd, 2 * PAGE, GIB, SINGLE, desc(pages + 3 * PAGE), r=[BUSY])
    assert world.refuses("OP_CONTINUE", 0, 0, r=[0, 4 * PAGE]) == []


def test_a_map_stops_at_the_entry_in_hand(world: World, rd: int, irq: Irq) -> None:
    pages = world.granules(5)
    irq(1)
    world.ok("RTT_DATA_MAP", rd, 2 * PAGE, GIB, SINGLE, desc(pages), r=[INCOMPLETE, 0])
    irq(NEVER)
    args = (rd, 0, 4 * PAGE, SINGLE, desc(pages + PAGE, 4))
    assert world.answer("RTT_DATA_MAP", *args) == (0, 2 * PAGE)


def test_a_page_that_cannot_be_taken(world: World, rd: int, irq: Irq) -> None:
    """The interrupt came before it was looked at; what was mapped before it stays."""
    irq(1)
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(rd), r=[INCOMPLETE, 0])
    irq(NEVER)
    world.ok("OP_CONTINUE", 0, 0, r=[INPUT])
    page = world.granules()
    irq(3)
    mem = {LIST_PAGE: words(desc(page), desc(rd))}
    args = (rd, 0, 2 * PAGE, LIST | 2 << 2, LIST_PAGE)
    world.ok("RTT_DATA_MAP", *args, r=[INCOMPLETE, 0], mem=mem)
    irq(NEVER)
    world.ok("RTT_READ_ENTRY", rd, 0, 3, r=[0, 3, 1, page, 0])
    world.ok("OP_CONTINUE", 0, 0, r=[0, PAGE])
    assert dump(world, (table_of(world, rd), 1, "RTT", 1)) == []


def test_what_counts_is_the_granule_when_it_is_taken(world: World, rd: int) -> None:
    page = world.granules()
    world.ok("GRANULE_RANGE_UNDELEGATE", page, page + PAGE, r=[0, page + PAGE])
    for n in range(2):
        args = (rd, n * PAGE, (n + 1) * PAGE, SINGLE, desc(page))
        world.ok("RTT_DATA_MAP", *args, r=[INCOMPLETE, n])
    world.delegate(page)
    world.ok("OP_CONTINUE", 1, 0, r=[0, 2 * PAGE])  # comes before the other
    assert world.refuses("OP_CONTINUE", 0, 0, r=[0, PAGE]) == []
    assert world.state(page) == "DATA"


def test_a_block_that_loses_a_granule_is_given_back(world: World, irq: Irq) -> None:
    rd = world.realm()
    world.table(rd, 0, 2)
    block = world.granules(512, align=BLOCK)
    args = (rd, 0, BLOCK, SINGLE, desc(block, size=1))
    irq(101)
    world.ok("RTT_DATA_MAP", *args, r=[INCOMPLETE, 0])
    world.ok("GRANULE_RANGE_UNDELEGATE", block, block + PAGE, r=[INPUT, block])
    assert dump(world, (block + 99 * PAGE, 1, "DATA", 0)) == []
    assert dump(world, (block + 100 * PAGE, 1, "DELEGATED", 0)) == []
    lost = block + 300 * PAGE
    world.ok("GRANULE_RANGE_UNDELEGATE", lost, lost + PAGE, r=[0, lost + PAGE])
    irq(200 + 1 + 50)  # takes 200 more, finds the lost one, gives 50 back
    world.ok("OP_CONTINUE", 0, 0, r=[INCOMPLETE, 0])
    irq(NEVER)
    world.ok("RTT_DATA_MAP", *args, r=[BUSY])
    world.ok("OP_CONTINUE", 0, 0, r=[INPUT])
    assert dump(world, (block, 300, "DELEGATED", 0), (lost + PAGE, 211, "DELEGATED", 0)) == []
    assert world.entry(rd, 0, 2) == (2, 0, 0, 0)


def test_before_the_first_block(world: World, rd: int) -> None:
    pages = world.granules(3)
    args = (rd, 0, 3 * PAGE, SINGLE, desc(pages, 3))
    unprotected = (rd, HALF, HALF + 2 * PAGE, SINGLE | READ, desc(HOST, 2))
    assert world.refuses("RTT_DATA_MAP", *args, r=[0, 0]) == []  # nobody spoke of interrupts
    world.call("RTT_DATA_UNMAP", rd, 0, 3 * PAGE, 0, 0, r=[0, 3 * PAGE])
    for name, call in (("RTT_DATA_MAP", args), ("RTT_UNPROT_MAP", unprotected)):
        tell(world, 0)
        world.ok(name, *call, r=[0, call[1]])
    tell(world, 2)
    world.ok("RTT_DATA_MAP", *args, r=[0, PAGE])
    tell(world, 1)
    world.ok("RTT_UNPROT_MAP", *unprotected, r=[0, HALF + PAGE])
    # A build that does not look does all of it.
    world.ok("RTT_UNPROT_MAP", *unprotected, r=[0, HALF + 2 * PAGE])


def test_a_table_in_the_place_of_an_entry_in_hand(world: World) -> None:
    """The reference does not see the mark (section 14, item 5), and counts it for ever."""
    rd = world.realm()
    world.table(rd, 0, 2)
    block = world.granules(512, align=BLOCK)
    world.ok("RTT_DATA_MAP", rd, 0, BLOCK, SINGLE, desc(block, size=1), r=[INCOMPLETE, 0])
    table = world.table(rd, 0, 3)
    assert world.entry(rd, 5 * PAGE) == (3, 0, 0, 0)
    assert dump(world, (table_of(world, rd, 2), 1, "RTT", 2), (table, 1, "RTT", 0)) == []
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(world.granules()), r=[0, PAGE])


def test_ripas_of_an_entry_in_hand_does_not_change(world: World, rd: int) -> None:
    page = world.granules()
    world.ok("RTT_DATA_MAP", rd, PAGE, GIB, SINGLE, desc(page), r=[INCOMPLETE, 0])
    rec = world.rec(rd)
    rec.ripas_addr, rec.ripas_top, rec.ripas_value = 0, 3 * PAGE, RIPAS_RAM
    world.ok("RTT_SET_RIPAS", rd, rec.addr, 0, 3 * PAGE, r=[0, PAGE])
    world.ok("RTT_SET_RIPAS", rd, rec.addr, PAGE, 3 * PAGE, r=[rtt(3)])
    world.ok("OP_CONTINUE", 0, 0, r=[0, 2 * PAGE])
    world.ok("RTT_SET_RIPAS", rd, rec.addr, PAGE, 3 * PAGE, r=[0, 3 * PAGE])


def test_a_realm_that_ends_meanwhile(world: World, rd: int) -> None:
    page = world.granules()
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(page), r=[INCOMPLETE, 0])
    world.ok("REALM_TERMINATE", rd)
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(page), r=[REALM])
    world.ok("OP_CONTINUE", 0, 0, r=[0, PAGE])


# --- unmaps ------------------------------------------------------------------------------------


def test_an_unmap_takes_the_entries_at_once_and_the_granules_later(world: World, rd: int) -> None:
    pages = world.data(rd, 0, 4)
    free = world.granules()
    table = table_of(world, rd)
    world.ok("RTT_DATA_UNMAP", rd, 0, BLOCK, LIST | 1 << 2, LIST_PAGE, r=[INCOMPLETE, 0])
    assert [world.entry(rd, n * PAGE) for n in range(4)] == [(3, 0, 0, 0)] * 4
    assert dump(world, (table, 1, "RTT", 4)) == []
    assert dump(world, (pages, 1, "DELEGATED", 0), (pages + PAGE, 3, "DATA", 0)) == []
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(free), r=[BUSY])
    world.ok("RTT_DATA_UNMAP", rd, 0, BLOCK, SINGLE, 0, r=[0, BLOCK, 0])
    world.ok("GRANULE_RANGE_UNDELEGATE", pages, pages + PAGE, r=[0, pages + PAGE])
    world.ok("OP_CONTINUE", 0, 0, r=[INCOMPLETE, 0])
    out = {LIST_PAGE: words(desc(pages, 4))}
    world.ok("OP_CONTINUE", 0, 0, r=[0, BLOCK, 0, 1], mem_out=out)
    assert dump(world, (pages + PAGE, 3, "DELEGATED", 0), (table, 1, "RTT", 0)) == []
    assert world.state(pages) == "UNDELEGATED"


@pytest.mark.parametrize("form", [SINGLE, LIST])
def test_a_granule_that_is_free_again_may_be_used(world: World, rd: int, form: int) -> None:
    pages = world.data(rd, 0, 3)
    world.ok("RTT_DATA_UNMAP", rd, 0, BLOCK, SINGLE, 0, r=[INCOMPLETE, 0])
    run, mem = desc(pages, 2), {LIST_PAGE: words(desc(pages, 2))}
    args = (run,) if form == SINGLE else (LIST_PAGE,)
    flags = form if form == SINGLE else form | 1 << 2
    call = (rd, 4 * PAGE, 6 * PAGE, flags, *args)
    world.ok("RTT_DATA_MAP", *call, r=[0, 6 * PAGE], mem=mem)
    world.ok("OP_CONTINUE", 0, 0, r=[0, BLOCK, desc(pages, 3)])
    assert [world.state(pages + n * PAGE) for n in range(3)] == ["DATA", "DATA", "DELEGATED"]


def test_an_unprotected_entry_in_hand_is_counted(world: World, rd: int) -> None:
    args = (rd, HALF, HALF + PAGE, SINGLE | READ, desc(HOST))
    world.ok("RTT_UNPROT_MAP", *args, r=[0, HALF + PAGE])
    table = world.answer("RTT_READ_ENTRY", rd, HALF, 2)[3] or 0
    assert dump(world, (table, 1, "RTT", 0)) == []
    world.ok("RTT_UNPROT_UNMAP", rd, HALF, HALF + PAGE, SINGLE, 0, r=[INCOMPLETE, 0])
    assert dump(world, (table, 1, "RTT", 1)) == []
    world.ok("RTT_UNPROT_MAP", *args, r=[rtt(3)])
    world.ok("OP_CONTINUE", 0, 0, r=[0, HALF + PAGE, desc(HOST)])
    world.ok("RTT_UNPROT_MAP", *args, r=[0, HALF + PAGE])


def test_an_unmap_ends_as_it_must(world: World, rd: int) -> None:
    pages = world.data(rd, 0, 2)
    args = (rd, BLOCK, 2 * BLOCK, 0, 0)  # nothing is mapped: nothing to stop in
    assert world.refuses("RTT_DATA_UNMAP", *args, r=[INCOMPLETE, 0]) == []
    world.ok("RTT_DATA_UNMAP", rd, 0, BLOCK, SINGLE, 0, r=[INCOMPLETE, 1])
    assert world.refuses("OP_CONTINUE", 1, 0, r=[0, PAGE, desc(pages)]) == []


# --- against a plain model ------------------------------------------------------------------------


class Pages:
    """The reference's RTT_DATA_MAP of pages, look by look (section 10.10)."""

    def __init__(self, states: list[str]) -> None:
        self.states = states
        self.mapped: list[int] = []
        self.left = 0

    def pending(self) -> bool:
        if self.left:
            self.left -= 1
            return False
        return True

    def map(self, after: int) -> tuple[str, int]:
        """(how it ends, pages mapped) where an interrupt comes after so many looks."""
        self.left = after
        for n in range(len(self.states)):
            if self.pending():
                return "ends", n
            if self.pending():
                return "waits", n
            if not self.take(n):
                return ("ends" if n else "fails"), n
        return "ends", len(self.states)

    def take(self, n: int) -> bool:
        if self.states[n] == "DELEGATED":
            self.states[n] = "DATA"
            self.mapped.append(n)
            return True
        return False


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.booleans(), min_size=1, max_size=5),
    st.integers(0, 11),
    st.integers(0, 5),
    st.booleans(),
)
def test_interrupts_anywhere(free: list[bool], after: int, again: int, told: bool) -> None:
    world = World()
    rd = world.realm_with_pages()
    number = len(free)
    pages = world.granules(number)
    for n in range(number):
        if not free[n]:
            at = pages + n * PAGE
            world.ok("GRANULE_RANGE_UNDELEGATE", at, at + PAGE, r=[0, at + PAGE])
    plain = Pages(["DELEGATED" if it else "UNDELEGATED" for it in free])
    if told:
        tell(world, after)
    how, came = plain.map(after)
    args = (rd, 0, number * PAGE, SINGLE, desc(pages, number))
    if how == "ends":
        if not told and came < number and (free[came] or after % 2 == 0):
            return  # the event is what explains that it stops here
        world.ok("RTT_DATA_MAP", *args, r=[0, came * PAGE])
    elif how == "fails":
        world.ok("RTT_DATA_MAP", *args, r=[INPUT])
    else:
        world.ok("RTT_DATA_MAP", *args, r=[INCOMPLETE, 0])
        for _ in range(again):
            if told:
                tell(world, 0)
            world.ok("OP_CONTINUE", 0, 0, r=[INCOMPLETE, 0])
        if told:
            tell(world, NEVER)
            assert [world.entry(rd, n * PAGE)[1] for n in range(came + 1)] == [1] * came + [0]
        if plain.take(came):
            world.ok("OP_CONTINUE", 0, 0, r=[0, (came + 1) * PAGE])
        else:
            world.ok("OP_CONTINUE", 0, 0, r=[0, came * PAGE] if came else [INPUT])
    assert [world.state(pages + n * PAGE) for n in range(number)] == plain.states
    mapped = [n for n in range(number) if world.entry(rd, n * PAGE)[1] == 1]
    assert mapped == plain.mapped
    assert dump(world, (table_of(world, rd), 1, "RTT", len(mapped))) == []


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"n": 3}, 3),
        ({"seq": 9, "n": "0x10"}, 16),
        ({"n": -1}, -1),
        ({"after": "0xffffffffffffffff"}, -1),
        ({"seq": 9}, None),
        ({"n": "soon", "of": [1], "is": True}, None),
        ({"n": "0xg"}, None),
    ],
)
def test_when_an_interrupt_comes(fields: dict[str, object], number: int | None) -> None:
    assert looks(fields) == number
