"""Mapping ranges, against the fact sheet's steps and against a plain model of pages.

tf-rmm-behaviour, sections 10.7 and 10.8; statuses and indices of section 4.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.values import MAPPED, UNDELEGATED
from tests.replay.rmm.world_2_0 import (
    BLOCK,
    BUSY,
    DEVICE,
    GIB,
    HALF,
    HIGH,
    HOST,
    INCOMPLETE,
    INPUT,
    LIST,
    LIST_PAGE,
    PAGE,
    RAM,
    READ,
    REALM,
    SINGLE,
    WRITE,
    World,
    desc,
    rtt,
    words,
)
from traces.event import Event


def lists(count: int) -> int:
    """Flags for a list of `count` descriptors."""
    return LIST | count << 2


# --- one block --------------------------------------------------------------------


def test_a_page_becomes_data(world: World, rd: int) -> None:
    page = world.granules()
    world.ok("RTT_DATA_MAP", rd, 0x5000, 0x6000, SINGLE, desc(page), r=[0, 0x6000])
    assert world.entry(rd, 0x5000) == (3, 1, page, 0)  # RIPAS stays EMPTY
    assert world.state(page) == "DATA"


def test_ripas_is_kept(world: World, rd: int) -> None:
    page = world.granules()
    world.ok("RTT_INIT_RIPAS", rd, 0, 0x2000, r=[0, 0x2000])
    world.ok("RTT_DATA_MAP", rd, 0x1000, 0x2000, SINGLE, desc(page), r=[0, 0x2000])
    assert world.entry(rd, 0x1000) == (3, 1, page, 1)


def test_the_same_page_again_is_no_error(world: World, rd: int) -> None:
    page, other = world.granules(2), 0
    other = page + PAGE
    for _ in range(2):
        world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(page), r=[0, PAGE])
    assert world.refuses("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(other), r=[INPUT]) == [
        "rtte_state"
    ]
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(other), r=[rtt(3)])
    assert world.state(other) == "DELEGATED"


def test_a_block_takes_all_of_its_granules(world: World) -> None:
    rd = world.realm()
    world.table(rd, 0, 2)
    block = world.granules(512, align=BLOCK)
    args = (rd, BLOCK, 2 * BLOCK, SINGLE, desc(block, size=1))
    world.ok("RTT_DATA_MAP", *args, r=[0, 2 * BLOCK])
    assert world.entry(rd, BLOCK, 2) == (2, 1, block, 0)
    assert {world.state(block + n * PAGE) for n in range(512)} == {"DATA"}


def test_a_block_with_one_granule_missing_is_left_alone(world: World) -> None:
    rd = world.realm()
    world.table(rd, 0, 2)
    block = world.granules(512, align=BLOCK)
    world.ok("GRANULE_RANGE_UNDELEGATE", block + PAGE, block + 2 * PAGE, r=[0, block + 2 * PAGE])
    world.ok("RTT_DATA_MAP", rd, BLOCK, 2 * BLOCK, SINGLE, desc(block, size=1), r=[INPUT])
    assert world.state(block) == "DELEGATED"
    assert world.entry(rd, BLOCK, 2) == (2, 0, 0, 0)


def test_unprotected_memory_keeps_the_hosts_attributes(world: World, rd: int) -> None:
    """READ_ENTRY gives them as MemAttr in bits 4:2, R in 6, W in 7 (section 10.4)."""
    for n, (flags, shown) in enumerate(
        [(WRITE, 1 << 7), (READ, 1 << 6), (READ | 7 << 16, 1 << 6 | 7 << 2), (2 << 16, 2 << 2)]
    ):
        ipa = HALF + n * PAGE
        pa = 0x1234_5000  # not looked at: no memory at all
        world.ok("RTT_UNPROT_MAP", rd, ipa, ipa + PAGE, SINGLE | flags, desc(pa), r=[0, ipa + PAGE])
        assert world.entry(rd, ipa) == (3, 1, pa | shown, 0)


def test_an_unprotected_mapping_is_not_changed(world: World, rd: int) -> None:
    args = (rd, HALF, HALF + PAGE)
    world.ok("RTT_UNPROT_MAP", *args, SINGLE | READ, desc(HOST), r=[0, HALF + PAGE])
    world.ok("RTT_UNPROT_MAP", *args, SINGLE | READ, desc(HOST), r=[0, HALF + PAGE])
    world.ok("RTT_UNPROT_MAP", *args, SINGLE | WRITE, desc(HOST), r=[rtt(3)])
    world.ok("RTT_UNPROT_MAP", *args, SINGLE | READ, desc(HOST + PAGE), r=[rtt(3)])


def test_data_map_init_makes_ram(world: World, rd: int) -> None:
    data, src = world.granules(), HOST
    world.ok("RTT_DATA_MAP_INIT", rd, data, 0x7000, src, 1)
    assert world.entry(rd, 0x7000) == (3, 1, data, 1)
    assert world.state(data) == "DATA"


# --- what keeps a command from its work: the steps of the sheet -----------------------


def test_conditions_of_data_map(world: World, rd: int) -> None:
    page = world.granules()
    one = desc(page)

    def data(*x: int, mem: dict[int, bytes] | None = None) -> int | None:
        return world.answer("RTT_DATA_MAP", *x, mem=mem)[0]

    lst = {LIST_PAGE: words(one)}
    assert data(page, 0, PAGE, SINGLE, one) == INPUT  # 1: no realm
    assert data(rd, PAGE, PAGE, SINGLE, one) == INPUT  # 3
    assert data(rd, 0, PAGE, 0, one) == INPUT  # 4: type NONE
    assert data(rd, 0, PAGE, 3, one) == INPUT
    assert data(rd, 0, PAGE, lists(0), LIST_PAGE) == INPUT
    assert data(rd, 0, PAGE, lists(1), LIST_PAGE + 4) == INPUT
    assert data(rd, 0, PAGE, lists(1), page) == INPUT  # the list's page is delegated
    assert data(rd, 0, PAGE, lists(1), DEVICE) == INPUT
    assert data(rd, 0, PAGE, SINGLE, desc(page, state=1)) == INPUT  # 5
    assert data(rd, 0, 512 * GIB, SINGLE, desc(0, size=3)) == INPUT  # 6: level 0
    assert data(rd, PAGE, 3 * BLOCK, SINGLE, desc(0, size=1)) == INPUT
    assert data(rd, 0, PAGE + 1, SINGLE, one) == INPUT
    assert data(rd, HALF - PAGE, HALF + PAGE, SINGLE, one) == INPUT
    assert data(rd, HALF, HALF + PAGE, SINGLE, one) == INPUT
    assert data(rd, 2 * HALF, 2 * HALF + PAGE, SINGLE, one) == INPUT
    assert data(rd, 0, PAGE, SINGLE, desc(0, size=1)) == rtt(2)  # 7
    assert data(rd, GIB, GIB + PAGE, SINGLE, one) == rtt(1)  # 9
    assert data(rd, BLOCK, BLOCK + PAGE, SINGLE, one) == rtt(2)
    assert data(rd, 0, BLOCK, SINGLE, desc(BLOCK, size=1)) == rtt(2)  # a table is there
    assert data(rd, 0, PAGE, SINGLE, desc(HOST)) == INPUT  # 10: not delegated
    assert data(rd, 0, PAGE, SINGLE, desc(DEVICE)) == INPUT
    assert data(rd, 0, PAGE, SINGLE, desc(1 << 48)) == INPUT
    assert data(rd, 0, PAGE, SINGLE, desc(page, 0)) == INPUT  # an empty descriptor
    assert data(rd, 0, PAGE, lists(1), LIST_PAGE, mem=lst) == 0


def test_the_first_slot_decides_on_the_level_even_if_it_is_empty(world: World, rd: int) -> None:
    page = world.granules()
    mem = {LIST_PAGE: words(desc(0, 0, size=1), desc(page))}
    # 2 MiB does not fit into the range (7), and where it does a table is in the way (9).
    args = ("RTT_DATA_MAP", rd, 0)
    assert world.answer(*args, PAGE, lists(2), LIST_PAGE, mem=mem)[0] == rtt(2)
    # The other way round the block that comes is of another size: RTT(Lv) (10).
    mem = {LIST_PAGE: words(desc(0, 0), desc(0, size=1))}
    assert world.answer(*args, PAGE, lists(2), LIST_PAGE, mem=mem)[0] == rtt(3)
    mem = {LIST_PAGE: words(desc(0, 0), desc(page))}
    assert world.answer(*args, PAGE, lists(2), LIST_PAGE, mem=mem) == (0, PAGE)


def test_an_address_that_is_none_comes_before_the_entry(world: World) -> None:
    """Step 10: PA alignment is INPUT, and looked at before the entry's state."""
    rd = world.realm()
    world.table(rd, 0, 2)
    block = world.granules(512, align=BLOCK)
    args = ("RTT_DATA_MAP", rd, 0, BLOCK, SINGLE)
    assert world.answer(*args, desc(block, size=1)) == (0, BLOCK)
    assert world.answer(*args, desc(block + PAGE, size=1))[0] == INPUT
    # The size of the block comes before its address.
    mem = {LIST_PAGE: words(desc(0, 0, size=1), desc(BLOCK + PAGE, size=2))}
    assert world.answer(*args[:4], lists(2), LIST_PAGE, mem=mem)[0] == rtt(2)


def test_conditions_of_unprot_map(world: World, rd: int) -> None:
    def unprot(*x: int) -> int | None:
        return world.answer("RTT_UNPROT_MAP", *x)[0]

    one = desc(HOST)
    assert unprot(rd, 0, PAGE, SINGLE, one) == INPUT  # both ends protected
    # From the protected half into the other: passes, then fails at the entry (14, item 14).
    assert unprot(rd, HALF - PAGE, HALF + PAGE, SINGLE, one) == rtt(1)
    world.tables(rd, HALF - PAGE)
    assert unprot(rd, HALF - PAGE, HALF + PAGE, SINGLE, one) == rtt(3)
    assert unprot(rd, HALF, HALF + PAGE, SINGLE | 1 << 21, one) == INPUT  # 8
    assert unprot(rd, HALF, HALF + PAGE, SINGLE | 4 << 16, one) == INPUT  # MemAttr 4
    assert unprot(rd, HALF, HALF + PAGE, SINGLE, desc((1 << 48) - PAGE)) == 0
    assert unprot(rd, HALF + PAGE, HALF + 2 * PAGE, SINGLE, desc(1 << 48)) == INPUT
    # 8 comes before 9, 9 before MemAttr.
    assert unprot(rd, HALF + GIB, HALF + GIB + PAGE, SINGLE | 1 << 21, one) == INPUT
    assert unprot(rd, HALF + GIB, HALF + GIB + PAGE, SINGLE | 4 << 16, one) == rtt(1)
    # The state of the descriptor is not looked at.
    assert unprot(rd, HALF + PAGE, HALF + 2 * PAGE, SINGLE, desc(HOST, state=1)) == 0


def test_conditions_of_data_map_init(world: World, rd: int) -> None:
    def init(*x: int) -> int | None:
        return world.answer("RTT_DATA_MAP_INIT", *x)[0]

    data = world.granules()
    leaf = world.object(rd).trees[0][0].addr
    assert init(rd, data, 0, HOST, 2) == INPUT
    assert init(rd, rd, 0, HOST, 0) == INPUT
    assert init(rd, data, 0, data, 0) == INPUT
    assert init(data, data, 0, HOST, 0) == INPUT
    assert init(rd, data, HALF, HOST, 0) == INPUT
    assert init(rd, data, 0x800, HOST, 0) == INPUT
    assert init(rd, data, GIB, HOST, 0) == rtt(1)
    assert init(rd, data, BLOCK, HOST, 0) == rtt(2)
    assert init(rd, leaf, 0, HOST, 0) == INPUT
    # The walk comes before the state of data.
    assert init(rd, HOST, GIB, HOST, 0) == rtt(1)
    assert init(rd, data, 0, HOST, 0) == 0
    assert init(rd, world.granules(), 0, HOST, 0) == rtt(3)
    world.ok("REALM_ACTIVATE", rd)
    assert init(rd, world.granules(), PAGE, HOST, 0) == REALM
    assert init(rd, rd, PAGE, HOST, 0) == INPUT  # that comes before the realm's state


def test_realm_states(world: World, rd: int) -> None:
    page = world.granules(4)
    for n, name in enumerate(["REALM_ACTIVATE", "REALM_TERMINATE"]):
        world.ok(name, rd)
        x0 = [0, REALM][n]
        args = (n * PAGE, (n + 1) * PAGE, SINGLE, desc(page + n * PAGE))
        assert world.answer("RTT_DATA_MAP", rd, *args)[0] == x0
        top = HALF + (n + 1) * PAGE
        assert world.answer("RTT_UNPROT_MAP", rd, HALF + n * PAGE, top, *args[2:])[0] == x0


def test_a_level_above_the_starting_tables(world: World) -> None:
    """Section 14, item 1: the reference crashes here; the model answers, and does not."""
    rd = world.realm(width=32, level=2, number=4)
    for name, base in (("RTT_DATA_MAP", 0), ("RTT_UNPROT_MAP", 2 * GIB)):
        assert world.answer(name, rd, base, base + GIB, SINGLE, desc(0, size=2))[0] == INPUT


def test_large_addresses_with_lpa2(world: World) -> None:
    rd = world.realm(width=48, level=0, number=1, lpa2=True)
    ipa = 1 << 47
    world.tables(rd, ipa)
    high = (1 << 52) - PAGE
    world.ok("RTT_UNPROT_MAP", rd, ipa, ipa + PAGE, SINGLE, desc(high), r=[0, ipa + PAGE])
    assert world.entry(rd, ipa) == (3, 1, high, 0)


def test_data_above_48_bits_needs_lpa2() -> None:
    world = World(pa_width=52)
    world.delegate(HIGH, 2)
    for lpa2, x0 in ((False, INPUT), (True, 0)):
        rd = world.realm(lpa2=lpa2)
        world.tables(rd, 0)
        assert world.answer("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(HIGH))[0] == x0
        assert world.answer("RTT_DATA_MAP_INIT", rd, HIGH + PAGE, PAGE, HOST, 0)[0] == x0


def test_a_source_that_the_secure_world_has_taken(world: World, rd: int) -> None:
    page = world.granules()
    source = {HOST: words(0)}
    world.engine.event(Event(1, "gpt", {"addr": HOST, "pas": "SECURE"}))
    args = (rd, page, 0, HOST, 0)
    assert world.call("RTT_DATA_MAP_INIT", *args, r=[0], mem=source).kind == "violation"
    page = world.granules()
    world.ok("RTT_DATA_MAP_INIT", rd, page, PAGE, HOST, 0, r=[INPUT], mem=source)


# --- devices ------------------------------------------------------------------------------


def test_a_device_is_mapped(world: World, rd: int) -> None:
    vdev = world.vdev(rd)
    for pa in (DEVICE, DEVICE + PAGE):
        world.ok("GRANULE_RANGE_DELEGATE", pa, pa + PAGE, r=[0, pa + PAGE])
    args = (rd, vdev, 0, 4 * PAGE, SINGLE, desc(DEVICE, 4))
    world.ok("RTT_DEV_MAP", *args, r=[0, 2 * PAGE])
    assert world.entry(rd, PAGE) == (3, 3, DEVICE + PAGE, 0)
    assert [world.m.devices.state(DEVICE + n * PAGE) for n in (1, 2)] == [MAPPED, UNDELEGATED]
    world.ok("RTT_DEV_MAP", rd, vdev, 0, PAGE, SINGLE, desc(DEVICE), r=[rtt(3)])  # in use


def test_conditions_of_dev_map(world: World, rd: int) -> None:
    vdev = world.vdev(rd)
    world.ok("GRANULE_RANGE_DELEGATE", DEVICE, DEVICE + PAGE, r=[0, DEVICE + PAGE])

    def dev(*x: int) -> int | None:
        return world.answer("RTT_DEV_MAP", *x)[0]

    one = desc(DEVICE)
    assert dev(HOST, vdev, 0, PAGE, SINGLE, one) == INPUT
    assert dev(rd, vdev, PAGE, PAGE, SINGLE, one) == INPUT
    assert dev(rd, vdev, 0, PAGE, 0, one) == INPUT
    assert dev(rd, vdev, 0, PAGE, SINGLE, desc(DEVICE, state=1)) == INPUT
    assert dev(rd, vdev, HALF, HALF + PAGE, SINGLE, one) == INPUT
    assert dev(rd, vdev, PAGE, PAGE + BLOCK, SINGLE, desc(DEVICE, size=1)) == INPUT
    assert dev(rd, world.granules(), 0, PAGE, SINGLE, one) == INPUT
    assert dev(world.realm(), vdev, 0, PAGE, SINGLE, one) == INPUT
    assert dev(rd, vdev, GIB, GIB + PAGE, SINGLE, one) == rtt(1)
    assert dev(rd, vdev, 0, PAGE, SINGLE, desc(HOST)) == INPUT  # no device
    assert dev(rd, vdev, 0, PAGE, SINGLE, desc(DEVICE + PAGE)) == INPUT  # not delegated
    world.ok("RTT_INIT_RIPAS", rd, 0, PAGE, r=[0, PAGE])
    assert dev(rd, vdev, 0, PAGE, SINGLE, one) == rtt(3)  # RAM
    # Step 7 comes before the device: its result is permitted, if not demanded.
    world.ok("RTT_DEV_MAP", rd, 0, 0, PAGE, SINGLE, desc(DEVICE, size=1), r=[rtt(2)])
    # The model does not know which pieces belong to the device.
    world.ok("RTT_DEV_MAP", rd, vdev, PAGE, 2 * PAGE, SINGLE, one, r=[INPUT])
    assert dev(rd, vdev, PAGE, 2 * PAGE, SINGLE, one) == 0
    world.ok("REALM_TERMINATE", rd)
    assert dev(rd, vdev, PAGE, 2 * PAGE, SINGLE, one) == REALM


# --- progress --------------------------------------------------------------------------------


def test_the_reference_goes_as_far_as_it_can(world: World, rd: int) -> None:
    pages = world.granules(8)
    assert (
        world.refuses("RTT_DATA_MAP", rd, 0, 8 * PAGE, SINGLE, desc(pages, 8), r=[0, 2 * PAGE])
        == []
    )
    # What was seen was followed: two pages are mapped, the others are not.
    assert world.state(pages + PAGE) == "DATA"
    assert world.state(pages + 2 * PAGE) == "DELEGATED"
    args = (rd, 2 * PAGE, 8 * PAGE, SINGLE, desc(pages + 2 * PAGE, 6))
    world.ok("RTT_DATA_MAP", *args, r=[0, 8 * PAGE])


def test_another_rmm_may_stop_after_any_entry() -> None:
    world = World(reference=False)
    rd = world.realm()
    world.tables(rd, 0)
    pages = world.granules(8)
    done = 0
    for step in (3, 1, 0, 4):
        args = (rd, done * PAGE, 8 * PAGE, SINGLE, desc(pages + done * PAGE, 8 - done))
        done += step
        world.ok("RTT_DATA_MAP", *args, r=[0, done * PAGE])
        assert [world.state(pages + n * PAGE) for n in range(8)] == ["DATA"] * done + [
            "DELEGATED"
        ] * (8 - done)


@pytest.mark.parametrize("reference", [True, False])
@pytest.mark.parametrize("seen", [PAGE // 2, 9 * PAGE, 600 * PAGE, BLOCK - 8])
def test_more_than_was_asked_for_is_never_right(reference: bool, seen: int) -> None:
    world = World(reference=reference)
    rd = world.realm()
    world.tables(rd, 0)
    pages = world.granules(8)
    world.refuses("RTT_DATA_MAP", rd, 0, 8 * PAGE, SINGLE, desc(pages, 8), r=[0, seen])
    assert world.state(pages + 7 * PAGE) == "DATA"


def test_a_mapping_that_no_entry_can_hold_is_not_followed(world: World) -> None:
    """512 GiB at level 0: whatever an RMM says, there is nothing that the model could do."""
    rd = world.realm(width=40, level=0, number=1)
    args = (rd, 0, 512 * GIB, SINGLE, desc(0, size=3))
    assert world.refuses("RTT_DATA_MAP", *args, r=[0, 512 * GIB])[0] == "ipa"
    assert world.entry(rd, 0, 0) == (0, 0, 0, 0)


def test_what_is_no_memory_becomes_none(world: World, rd: int) -> None:
    """The success is wrong; the model maps the page, but there is no granule to change."""
    world.refuses("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(PAGE), r=[0, PAGE])
    assert world.entry(rd, 0)[2] == PAGE
    assert world.state(PAGE) == "none"
    world.ok("RTT_DATA_UNMAP", rd, 0, PAGE, SINGLE, 0, r=[0, PAGE, desc(PAGE)])


def test_two_mappings_of_the_hosts_page(world: World, rd: int) -> None:
    mem = {LIST_PAGE: words(desc(HOST), desc(HOST))}
    args = (rd, HALF, HALF + 2 * PAGE, lists(2), LIST_PAGE)
    world.ok("RTT_UNPROT_MAP", *args, r=[0, HALF + 2 * PAGE], mem=mem)


def test_a_list_ends_where_a_granule_is_not_free(world: World, rd: int) -> None:
    pages = world.granules(3)
    mem = {LIST_PAGE: words(desc(pages, 2), desc(HOST), desc(pages + 2 * PAGE))}
    args = (rd, 0, 4 * PAGE, lists(3), LIST_PAGE)
    world.ok("RTT_DATA_MAP", *args, r=[0, 2 * PAGE], mem=mem)
    assert world.state(pages + 2 * PAGE) == "DELEGATED"


def test_a_granule_is_taken_once(world: World, rd: int) -> None:
    page = world.granules()
    mem = {LIST_PAGE: words(desc(page), desc(page))}
    world.ok("RTT_DATA_MAP", rd, 0, 2 * PAGE, lists(2), LIST_PAGE, r=[0, PAGE], mem=mem)


# --- interrupted -------------------------------------------------------------------------------


def test_another_rmms_interrupted_map_may_end_early_or_leave_nothing() -> None:
    """What it shows meanwhile is not known; the reference: test_interrupted_2_0."""
    world = World(reference=False)
    rd = world.realm_with_pages()
    pages = world.granules(4)
    args = (rd, 0, 4 * PAGE, SINGLE, desc(pages, 4))
    world.ok("RTT_DATA_MAP", *args, r=[INCOMPLETE, 0])
    assert world.call("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(pages), r=[BUSY]).kind == "unknown"
    world.ok("OP_CONTINUE", 0, 0, r=[0, 3 * PAGE])
    assert [world.state(pages + n * PAGE) for n in (2, 3)] == ["DATA", "DELEGATED"]
    args = (rd, 4 * PAGE, 5 * PAGE, SINGLE, desc(pages + 3 * PAGE))
    world.ok("RTT_DATA_MAP", *args, r=[INCOMPLETE, 0])
    world.ok("OP_CONTINUE", 0, 0, r=[INPUT])
    assert world.state(pages + 3 * PAGE) == "DELEGATED"


def test_the_reference_does_not_interrupt_unprot_map(world: World, rd: int) -> None:
    args = (rd, HALF, HALF + PAGE, SINGLE, desc(HOST))
    world.refuses("RTT_UNPROT_MAP", *args, r=[INCOMPLETE, 0])


# --- against a plain model ------------------------------------------------------------------------


class Entry(NamedTuple):
    """What the plain model keeps of an IPA's entry: PA, or None where nothing is mapped."""

    pa: int | None
    attributes: int = 0


PAGES = 12  # granules that the host plays with
_DESCRIPTOR = st.builds(
    desc,
    st.one_of(
        st.integers(0, PAGES + 1).map(lambda n: RAM + 0x10_0000 + n * PAGE),
        st.just(1 << 48),
    ),
    st.integers(0, 3),
    size=st.sampled_from([0, 0, 0, 0, 0, 1]),
    state=st.sampled_from([0, 0, 0, 0, 0, 1]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["RTT_DATA_MAP", "RTT_UNPROT_MAP"]),
            st.integers(504, 511),
            st.integers(0, 9),
            st.lists(_DESCRIPTOR, min_size=1, max_size=4),
            st.sampled_from([0, WRITE, READ | 4 << 16, READ | 2 << 16]),
        ),
        max_size=6,
    )
)
def test_lists_of_pages_against_a_plain_model(
    calls: list[tuple[str, int, int, list[int], int]],
) -> None:
    """The end of a table, where ranges and lists end, and what each kind of entry lets in."""
    world = World()
    rd = world.realm_with_pages()
    first = RAM + 0x10_0000
    world.delegate(first, PAGES)
    free = {first + n * PAGE for n in range(PAGES)}
    mapped: dict[int, Entry] = {}

    def plain(name: str, base: int, top: int, flags: int, given_: list[int]) -> tuple[int, int]:
        """(X0, X1) by the words of section 10.7; only what these calls can meet."""
        data = name == "RTT_DATA_MAP"
        if top <= base:
            return INPUT, 0
        size_code = given_[0] & 3
        if data and given_[0] >> 63:
            return INPUT, 0
        if size_code == 1:
            if base % BLOCK:
                return INPUT, 0
            raise AssertionError("no base of these calls is aligned to 2 MiB")
        blocks = [
            ((word & 0xF_FFFF_FFFF_F000) + n * (PAGE << 9 * (word & 3)), word & 3, word >> 63)
            for word in given_
            for n in range(word >> 2 & 0x3FF)
        ]
        at, stop = base, 0
        attributes = flags >> 16
        while at < base + (512 - base // PAGE % 512) * PAGE:
            if not blocks:
                stop = INPUT
                break
            pa, code, state = blocks.pop(0)
            old, new = mapped.get(at, Entry(None)), Entry(pa, attributes)
            if data and state:
                stop = INPUT
            elif code != size_code or at + PAGE > top:
                stop = rtt(3)
            elif pa + PAGE > 1 << 48 or (not data and attributes & 7 == 4):
                stop = INPUT
            elif old.pa is not None and (old.pa if data else old) != (pa if data else new):
                stop = rtt(3)
            elif data and old.pa is None and pa not in free:
                stop = INPUT
            if stop:
                break
            if old.pa is None:
                mapped[at] = Entry(pa, 0 if data else attributes)
                if data:
                    free.discard(pa)
            at += PAGE
        return (0, at) if at > base else (stop, 0)

    for name, index, pages, descriptors, flags in calls:
        base = index * PAGE + (HALF if name == "RTT_UNPROT_MAP" else 0)
        top = base + pages * PAGE
        attr = flags if name == "RTT_UNPROT_MAP" else 0
        want = plain(name, base, top, attr, descriptors)
        mem = {LIST_PAGE: words(*descriptors)}
        asked = lists(len(descriptors)) | attr
        got = world.answer(name, rd, base, top, asked, LIST_PAGE, mem=mem)
        assert got[0] == want[0], (name, hex(base), pages, [hex(d) for d in descriptors])
        if want[0] == 0:
            assert got[1] == want[1]
    for ipa in [half + n * PAGE for half in (0, HALF) for n in range(500, 512)]:
        entry = mapped.get(ipa, Entry(None))
        shown = world.entry(rd, ipa)
        assert shown[1] == int(entry.pa is not None)
        if entry.pa is not None:
            read, write = entry.attributes >> 4 & 1, entry.attributes >> 3 & 1
            desc_ = entry.pa | (entry.attributes & 7) << 2 | read << 6 | write << 7
            assert shown[2] == desc_
    assert {
        a for a in range(first, first + PAGES * PAGE, PAGE) if world.state(a) == "DELEGATED"
    } == free
