"""Unmapping ranges, against the fact sheet's steps and against a plain model of pages.

tf-rmm-behaviour, section 10.9; statuses and indices of section 4.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.replay.rmm.world_2_0 import (
    BLOCK,
    DEVICE,
    GIB,
    HALF,
    HOST,
    INCOMPLETE,
    INPUT,
    LIST,
    LIST_PAGE,
    NONE,
    PAGE,
    RAM,
    SINGLE,
    World,
    desc,
    rtt,
    rtt_aux,
    words,
)

EMPTY, RAM_, DESTROYED = 0, 1, 2
ASSIGNED_DEV = 3


def device(world: World, rd: int, ipa: int, pa: int, ripas: int) -> None:
    """Put a device mapping into a table by hand: no trace shows how one comes about."""
    world.ok("GRANULE_RANGE_DELEGATE", pa, pa + PAGE, r=[0, pa + PAGE])
    walk = world.m.walk(world.object(rd), ipa, 3)
    assert walk is not None
    walk.set(pa | ripas << 3 | ASSIGNED_DEV)
    world.m.devices.set(pa, 14)  # MAPPED


# --- what becomes of an entry ---------------------------------------------------------


def test_ripas_afterwards(world: World, rd: int) -> None:
    """RAM is DESTROYED, EMPTY stays EMPTY; the granules are DELEGATED."""
    pages = world.data(rd, 0, 4)
    world.ok("RTT_INIT_RIPAS", rd, 0, 2 * PAGE, r=[0, 2 * PAGE])
    world.ok("RTT_DATA_UNMAP", rd, 0, 4 * PAGE, NONE, 0, r=[0, 4 * PAGE])
    shown = [world.entry(rd, n * PAGE) for n in range(4)]
    assert shown == [(3, 0, 0, DESTROYED)] * 2 + [(3, 0, 0, EMPTY)] * 2
    assert {world.state(pages + n * PAGE) for n in range(4)} == {"DELEGATED"}


def test_what_was_destroyed_stays_so(world: World, rd: int) -> None:
    world.data(rd, 0)
    world.ok("RTT_INIT_RIPAS", rd, 0, PAGE, r=[0, PAGE])
    world.ok("RTT_DATA_UNMAP", rd, 0, PAGE, NONE, 0, r=[0, PAGE])
    world.data(rd, 0)
    assert world.entry(rd, 0)[3] == DESTROYED
    world.ok("RTT_DATA_UNMAP", rd, 0, PAGE, NONE, 0, r=[0, PAGE])
    assert world.entry(rd, 0) == (3, 0, 0, DESTROYED)


@pytest.mark.parametrize(("before", "after"), [(EMPTY, EMPTY), (DESTROYED, DESTROYED), (3, 2)])
def test_device_memory(world: World, rd: int, before: int, after: int) -> None:
    device(world, rd, 0, DEVICE, before)
    assert world.answer("RTT_DATA_UNMAP", rd, 0, PAGE, NONE, 0)[0] == rtt(3)
    world.ok("RTT_DEV_UNMAP", rd, 0, PAGE, SINGLE, 0, r=[0, PAGE, desc(DEVICE)])
    assert world.entry(rd, 0) == (3, 0, 0, after)
    assert world.m.devices.state(DEVICE) == 1  # DELEGATED


def test_dev_unmap_skips_holes_and_stops_at_data(world: World, rd: int) -> None:
    device(world, rd, 2 * PAGE, DEVICE, EMPTY)
    world.data(rd, 4 * PAGE)
    assert world.answer("RTT_DEV_UNMAP", rd, 4 * PAGE, 5 * PAGE, NONE, 0)[0] == rtt(3)
    assert world.answer("RTT_DEV_UNMAP", rd, 0, BLOCK, NONE, 0) == (0, 4 * PAGE, 0, 0)


def test_a_block_goes_as_a_whole(world: World) -> None:
    rd = world.realm()
    world.table(rd, 0, 2)
    block = world.granules(512, align=BLOCK)
    args = (rd, BLOCK, 2 * BLOCK, SINGLE, desc(block, size=1))
    world.ok("RTT_DATA_MAP", *args, r=[0, 2 * BLOCK])
    assert world.answer("RTT_DATA_UNMAP", rd, BLOCK, BLOCK + PAGE, NONE, 0)[0] == rtt(2)
    assert world.answer("RTT_DATA_UNMAP", rd, BLOCK + PAGE, 2 * BLOCK, NONE, 0) == (rtt(2), 0, 0, 0)
    told = desc(block, size=1)
    world.ok("RTT_DATA_UNMAP", rd, BLOCK, GIB, SINGLE, 0, r=[0, GIB, told])
    assert {world.state(block + n * PAGE) for n in range(512)} == {"DELEGATED"}


# --- how far, and what is told ----------------------------------------------------------------


def test_an_empty_table_is_passed_over(world: World, rd: int) -> None:
    assert world.answer("RTT_DATA_UNMAP", rd, 0, GIB, SINGLE, 0) == (0, BLOCK, 0, 0)
    assert world.answer("RTT_UNPROT_UNMAP", rd, HALF + PAGE, 2 * HALF, NONE, 0)[1] == HALF + BLOCK


def test_a_single_descriptor_ends_at_a_gap(world: World, rd: int) -> None:
    first = world.data(rd, 0, 2)
    world.data(rd, 4 * PAGE)  # right behind them in memory
    world.granules()
    world.data(rd, 5 * PAGE)
    args = ("RTT_DATA_UNMAP", rd, 0, BLOCK, SINGLE, 0)
    assert world.answer(*args) == (0, 5 * PAGE, desc(first, 3), 0)


def test_the_state_is_said_in_a_list_only(world: World, rd: int) -> None:
    """Section 14, item 7."""
    world.unprot(rd, HALF, desc(HOST))
    args = (rd, HALF, HALF + PAGE)
    world.ok("RTT_UNPROT_UNMAP", *args, SINGLE, 0, r=[0, HALF + PAGE, desc(HOST)])
    world.unprot(rd, HALF, desc(HOST))
    written = {LIST_PAGE: words(desc(HOST, state=1))}
    world.ok(
        "RTT_UNPROT_UNMAP",
        *args,
        LIST | 1 << 2,
        LIST_PAGE,
        r=[0, HALF + PAGE, 0, 1],
        mem_out=written,
    )


def test_a_wrong_list_is_noticed(world: World, rd: int) -> None:
    page = world.data(rd, 0)
    for wrong in (desc(page + PAGE), desc(page, 2), desc(page, state=1), 0):
        mem_out = {LIST_PAGE: words(wrong, 1)}
        args = (rd, 0, PAGE, LIST | 2 << 2, LIST_PAGE)
        verdict = world.call("RTT_DATA_UNMAP", *args, r=[0, PAGE, 0, 1], mem_out=mem_out)
        assert verdict.kind == "violation"
        assert "list" in verdict.why
        world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(page), r=[0, PAGE])


def test_another_rmm_may_stop_anywhere_and_join_otherwise() -> None:
    world = World(reference=False)
    rd = world.realm()
    world.tables(rd, 0)
    first = world.data(rd, 0, 4)
    world.ok("RTT_DATA_UNMAP", rd, 0, BLOCK, SINGLE, 0, r=[0, PAGE, desc(first)])
    assert [world.state(first + n * PAGE) for n in (0, 1)] == ["DELEGATED", "DATA"]
    mem_out = {LIST_PAGE: words(desc(first + 2 * PAGE), desc(first + PAGE))}
    args = (rd, PAGE, BLOCK, LIST | 4 << 2, LIST_PAGE)
    world.ok("RTT_DATA_UNMAP", *args, r=[0, 3 * PAGE, 0, 2], mem_out=mem_out)
    # What it tells must be what it took all the same.
    args = (rd, 3 * PAGE, BLOCK, SINGLE, 0)
    world.refuses("RTT_DATA_UNMAP", *args, r=[0, 4 * PAGE, desc(first)])


def test_another_rmm_may_say_the_state_in_a_single_descriptor() -> None:
    world = World(reference=False)
    rd = world.realm()
    world.tables(rd, HALF)
    for state in (0, 1):
        world.unprot(rd, HALF, desc(HOST))
        told = desc(HOST, state=state)
        world.ok("RTT_UNPROT_UNMAP", rd, HALF, HALF + PAGE, SINGLE, 0, r=[0, HALF + PAGE, told])


def test_too_far_is_followed(world: World, rd: int) -> None:
    """Past a device mapping: wrong, but the model goes along and reports nothing twice."""
    pages = world.data(rd, 0, 2)
    device(world, rd, 2 * PAGE, DEVICE, EMPTY)
    tail = world.data(rd, 3 * PAGE)
    world.refuses("RTT_DATA_UNMAP", rd, 0, 4 * PAGE, NONE, 0, r=[0, 4 * PAGE])
    assert [world.state(a) for a in (pages, tail)] == ["DELEGATED", "DELEGATED"]
    assert world.entry(rd, 2 * PAGE)[1] == ASSIGNED_DEV


def test_another_rmm_interrupted() -> None:
    """The reference: test_interrupted_2_0."""
    world = World(reference=False)
    rd = world.realm_with_pages()
    pages = world.data(rd, 0, 4)
    world.ok("RTT_DATA_UNMAP", rd, 0, BLOCK, SINGLE, 0, r=[INCOMPLETE, 0])
    assert world.state(pages) == "DATA"
    world.ok("OP_CONTINUE", 0, 0, r=[0, 3 * PAGE, desc(pages, 3)])
    states = [world.state(pages + n * PAGE) for n in range(4)]
    assert states == ["DELEGATED"] * 3 + ["DATA"]


# --- what is refused --------------------------------------------------------------------------


def test_conditions(world: World, rd: int) -> None:
    page = world.granules()
    for name, base in (("RTT_DATA_UNMAP", 0), ("RTT_DEV_UNMAP", 0), ("RTT_UNPROT_UNMAP", HALF)):

        def unmap(*x: int, name: str = name) -> int | None:
            return world.answer(name, *x)[0]

        top, other = base + PAGE, HALF - base
        assert unmap(page, base, top, NONE, 0) == INPUT  # 1
        assert unmap(rd, base, base, NONE, 0) == INPUT  # 2
        assert unmap(rd, base + 8, top, NONE, 0) == INPUT
        assert unmap(rd, base, top + 8, NONE, 0) == INPUT
        assert unmap(rd, base, 2 * HALF + PAGE, NONE, 0) == INPUT  # 3
        assert unmap(rd, 2 * HALF, 2 * HALF + PAGE, NONE, 0) == INPUT
        assert unmap(rd, other, other + PAGE, NONE, 0) == INPUT  # 4
        assert unmap(rd, HALF - PAGE, HALF + PAGE, NONE, 0) == INPUT
        assert unmap(rd, base, top, NONE, 8) == INPUT  # 5
        assert unmap(rd, base, top, SINGLE, 8) == INPUT
        assert unmap(rd, base, top, NONE | 1 << 2, 0) == INPUT
        assert unmap(rd, base, top, 3, 0) == INPUT
        assert unmap(rd, base, top, LIST, LIST_PAGE) == INPUT
        assert unmap(rd, base, top, LIST | 1 << 2, LIST_PAGE + 1) == INPUT
        assert unmap(rd, base, top, LIST | 1 << 2, page) == INPUT
        assert unmap(rd, base + GIB + PAGE, base + 3 * GIB, NONE, 0) == rtt(1)  # 6
        assert unmap(rd, base + GIB, base + 2 * GIB - PAGE, NONE, 0) == rtt(1)  # 7
        assert unmap(rd, base + BLOCK, base + BLOCK + PAGE, NONE, 0) == rtt(2)
        assert unmap(rd, base, top, NONE, 0) == 0
        assert unmap(rd, base, top, LIST | 1 << 2, LIST_PAGE) == 0
        # Bits above the list's count mean nothing.
        assert unmap(rd, base, top, NONE | 1 << 20, 0) == 0


def test_every_state_of_the_realm_will_do(world: World, rd: int) -> None:
    world.data(rd, 0, 3)
    for n, name in enumerate(["REALM_ACTIVATE", "REALM_TERMINATE"]):
        world.ok(name, rd)
        args = (rd, n * PAGE, (n + 1) * PAGE, NONE, 0)
        assert world.answer("RTT_DATA_UNMAP", *args) == (0, (n + 1) * PAGE, 0, 0)


def test_what_an_auxiliary_tree_maps_stays(world: World) -> None:
    rd = world.realm(planes=1)
    world.tables(rd, 0)
    world.tables(rd, 0, tree=1)
    page = world.data(rd, 0, 3)
    world.ok("RTT_INIT_RIPAS", rd, 0, 3 * PAGE, r=[0, 3 * PAGE])
    world.ok("RTT_AUX_MAP_PROTECTED", rd, PAGE, 1)
    args = (3 * PAGE, NONE, 0)
    world.ok("RTT_DATA_UNMAP", rd, PAGE, *args, r=[rtt_aux(0)])
    world.ok("RTT_DATA_UNMAP", rd, 0, *args, r=[0, PAGE])
    assert [world.state(page + n * PAGE) for n in (0, 1)] == ["DELEGATED", "DATA"]
    world.ok("RTT_AUX_UNMAP_PROTECTED", rd, PAGE, 1, r=[0, BLOCK])
    world.ok("RTT_DATA_UNMAP", rd, PAGE, *args, r=[0, 3 * PAGE])


# --- against a plain model --------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(500, 511), st.integers(0, 15), max_size=10),
    st.integers(500, 511),
    st.integers(1, 14),
    st.sampled_from([NONE, SINGLE, LIST]),
    st.integers(1, 4),
    st.booleans(),
)
def test_against_a_plain_model(
    mapped: dict[int, int], index: int, pages: int, form: int, room: int, protected: bool
) -> None:
    """Entries (index -> page of memory) at the end of a table, and one command over them."""
    world = World()
    rd = world.realm()
    half = 0 if protected else HALF
    world.tables(rd, half)
    first = RAM + 0x10_0000
    world.delegate(first, 16)
    pas: dict[int, int] = {}
    for n, page in mapped.items():
        pa = first + page * PAGE
        if protected and pa in pas.values():
            continue
        pas[n] = pa
        ipa = half + n * PAGE
        name = "RTT_DATA_MAP" if protected else "RTT_UNPROT_MAP"
        world.ok(name, rd, ipa, ipa + PAGE, SINGLE, desc(pa), r=[0, ipa + PAGE])
    # Section 10.9, steps 7 and 8, for pages.
    runs: list[tuple[int, int]] = []  # (first page of memory, pages)
    at, gone = index, []
    while at < 512 and at < index + pages:
        if at in pas:
            page = pas[at]
            if form == SINGLE and runs and page != runs[0][0] + runs[0][1] * PAGE:
                break
            place = None
            for i, (start, count) in enumerate(runs):
                if page == start + count * PAGE:
                    place = i, (start, count + 1)
                elif page == start - PAGE and form == LIST:
                    place = i, (page, count + 1)
                else:
                    continue
                break
            if place is not None:
                runs[place[0]] = place[1]
            elif form == LIST and len(runs) == room:
                break
            else:
                runs.append((page, 1))
            gone.append(at)
        at += 1
    base, top = half + index * PAGE, half + (index + pages) * PAGE
    told = [desc(start, count, state=int(form == LIST and not protected)) for start, count in runs]
    want = {
        NONE: [0, half + at * PAGE],
        SINGLE: [0, half + at * PAGE, told[0] if told else 0],
        LIST: [0, half + at * PAGE, 0, len(told)],
    }[form]
    name = "RTT_DATA_UNMAP" if protected else "RTT_UNPROT_UNMAP"
    asked = (form | room << 2, LIST_PAGE) if form == LIST else (form, 0)
    mem_out = {LIST_PAGE: words(*told)} if form == LIST and told else None
    world.ok(name, rd, base, top, *asked, r=want, mem_out=mem_out)
    for n in range(500, 512):
        assert world.entry(rd, half + n * PAGE)[1] == int(n in pas and n not in gone)
    if protected:
        free = {pas[n] for n in gone} | {first + n * PAGE for n in range(16)} - set(pas.values())
        for n in range(16):
            state = "DELEGATED" if first + n * PAGE in free else "DATA"
            assert world.state(first + n * PAGE) == state
