"""RIPAS, permissions and validation of device memory in 2.0.

tf-rmm-behaviour, sections 10.5, 10.6 and 10.6b; rmm-2.0, section 6.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.rec import Rec
from replay.rmm.values import REC_RUNNING
from tests.replay.rmm.world_2_0 import (
    BLOCK,
    DEVICE,
    GIB,
    HALF,
    INPUT,
    PAGE,
    REALM,
    REC,
    SINGLE,
    World,
    desc,
    rtt,
    rtt_aux,
)

EMPTY, RAM, DESTROYED, DEV = 0, 1, 2, 3
UNASSIGNED, ASSIGNED, ASSIGNED_DEV = 0, 1, 3
PA = 0x9_0000_0000


def asks(rec: Rec, base: int, top: int, ripas: int, *, destroyed: bool | None = False) -> None:
    """The realm waits for RIPAS of [base, top) to change."""
    rec.ripas_base = rec.ripas_addr = base
    rec.ripas_top, rec.ripas_value, rec.ripas_destroyed = top, ripas, destroyed


def put(world: World, rd: int, index: int, state: int, ripas: int, pa: int = 0) -> None:
    """Write an entry of the first table of pages by hand."""
    walk = world.m.walk(world.object(rd), index * PAGE, 3)
    assert walk is not None
    walk.set(pa | ripas << 3 | state)


def seen(world: World, rd: int, index: int) -> tuple[int | None, int | None]:
    """(state, RIPAS) of a page."""
    _, state, _, ripas = world.entry(rd, index * PAGE)
    return state, ripas


# --- RTT_INIT_RIPAS --------------------------------------------------------------------


def test_init_ripas(world: World, rd: int) -> None:
    world.ok("RTT_INIT_RIPAS", rd, PAGE, 3 * PAGE, r=[0, 3 * PAGE])
    assert [seen(world, rd, n)[1] for n in range(4)] == [EMPTY, RAM, RAM, EMPTY]
    # What is RAM already is passed over; the end of the table is the end.
    world.ok("RTT_INIT_RIPAS", rd, 0, GIB, r=[0, BLOCK])


def test_init_ripas_of_data(world: World, rd: int) -> None:
    page = world.granules()
    world.ok("RTT_DATA_MAP", rd, 0, PAGE, SINGLE, desc(page), r=[0, PAGE])
    world.ok("RTT_INIT_RIPAS", rd, 0, PAGE, r=[0, PAGE])
    assert world.entry(rd, 0) == (3, ASSIGNED, page, RAM)


def test_init_ripas_ends_at_what_it_does_not_know(world: World, rd: int) -> None:
    for state, ripas in ((UNASSIGNED, DESTROYED), (ASSIGNED, DESTROYED), (ASSIGNED_DEV, EMPTY)):
        put(world, rd, 2, state, ripas)
        assert world.answer("RTT_INIT_RIPAS", rd, 0, BLOCK) == (0, 2 * PAGE)
        assert world.answer("RTT_INIT_RIPAS", rd, 2 * PAGE, BLOCK)[0] == rtt(3)
    assert world.answer("RTT_INIT_RIPAS", rd, 3 * PAGE, BLOCK) == (0, BLOCK)


def test_conditions_of_init_ripas(world: World, rd: int) -> None:
    def init(*x: int) -> int | None:
        return world.answer("RTT_INIT_RIPAS", *x)[0]

    assert init(rd, PAGE, PAGE) == INPUT
    assert init(PAGE, 0, PAGE) == INPUT
    assert init(rd, 8, PAGE) == INPUT
    assert init(rd, 0, PAGE + 8) == INPUT
    assert init(rd, HALF - PAGE, HALF + PAGE) == INPUT
    assert init(rd, HALF, HALF + PAGE) == INPUT
    assert init(rd, 0, 2 * HALF) == INPUT
    assert init(rd, GIB + PAGE, 2 * GIB) == rtt(1)
    assert init(rd, GIB, 2 * GIB - PAGE) == rtt(1)
    assert init(rd, GIB, 2 * GIB) == 0
    assert init(rd, HALF - GIB, HALF) == 0
    world.ok("REALM_ACTIVATE", rd)
    assert init(rd, 0, PAGE) == REALM
    assert init(rd, HALF, HALF + PAGE) == INPUT


def test_another_rmm_may_stop_early() -> None:
    world = World(reference=False)
    rd = world.realm()
    world.tables(rd, 0)
    world.ok("RTT_INIT_RIPAS", rd, 0, 4 * PAGE, r=[0, 2 * PAGE])
    assert [seen(world, rd, n)[1] for n in range(3)] == [RAM, RAM, EMPTY]
    world.refuses("RTT_INIT_RIPAS", rd, 0, 4 * PAGE, r=[0, 0])
    world.refuses("RTT_INIT_RIPAS", rd, 0, 4 * PAGE, r=[0, 5 * PAGE])


# --- RTT_SET_RIPAS ------------------------------------------------------------------------

# Section 10.6, step 6: (entry, RIPAS), target, change_destroyed -> RIPAS, or None: the end.
STEPS = [
    ((UNASSIGNED, EMPTY), RAM, False, RAM),
    ((UNASSIGNED, RAM), RAM, False, RAM),
    ((ASSIGNED, EMPTY), RAM, False, RAM),
    ((UNASSIGNED, DESTROYED), RAM, False, None),
    ((UNASSIGNED, DESTROYED), RAM, True, RAM),
    ((ASSIGNED, DESTROYED), RAM, True, RAM),
    ((ASSIGNED, DESTROYED), RAM, False, None),
    ((ASSIGNED_DEV, DEV), RAM, True, None),
    ((ASSIGNED_DEV, DEV), EMPTY, False, EMPTY),
    ((ASSIGNED_DEV, DESTROYED), EMPTY, False, EMPTY),
    ((ASSIGNED_DEV, EMPTY), EMPTY, False, EMPTY),
    ((UNASSIGNED, RAM), EMPTY, False, EMPTY),
    ((UNASSIGNED, EMPTY), EMPTY, False, EMPTY),
    ((UNASSIGNED, DESTROYED), EMPTY, False, EMPTY),
    ((ASSIGNED, RAM), EMPTY, False, EMPTY),
]


@pytest.mark.parametrize(("entry", "target", "destroyed", "after"), STEPS)
def test_each_kind_of_entry(
    entry: tuple[int, int], target: int, destroyed: bool, after: int | None
) -> None:
    world = World()
    rd = world.realm()
    world.tables(rd, 0)
    rec = world.rec(rd)
    pa = 0 if entry[0] == UNASSIGNED else PA
    put(world, rd, 1, *entry, pa)
    asks(rec, 0, 3 * PAGE, target, destroyed=destroyed)
    want = PAGE if after is None else 3 * PAGE
    world.ok("RTT_SET_RIPAS", rd, rec.addr, 0, 3 * PAGE, r=[0, want])
    assert rec.ripas_addr == want
    assert seen(world, rd, 1) == (entry[0], entry[1] if after is None else after)
    if after is None:
        world.ok("RTT_SET_RIPAS", rd, rec.addr, PAGE, 3 * PAGE, r=[rtt(3)])


def test_a_change_goes_on_where_it_stopped(world: World, rd: int) -> None:
    rec = world.rec(rd)
    asks(rec, BLOCK - PAGE, 2 * BLOCK, RAM)
    args = (rd, rec.addr)
    world.ok("RTT_SET_RIPAS", *args, BLOCK - PAGE, 2 * BLOCK, r=[0, BLOCK])
    world.ok("RTT_SET_RIPAS", *args, BLOCK - PAGE, 2 * BLOCK, r=[INPUT])
    # What follows is one entry of 2 MiB.
    world.ok("RTT_SET_RIPAS", *args, BLOCK, BLOCK + PAGE, r=[rtt(2)])
    world.ok("RTT_SET_RIPAS", *args, BLOCK, 2 * BLOCK, r=[0, 2 * BLOCK])


def test_conditions_of_set_ripas(world: World, rd: int) -> None:
    rec, other = world.rec(rd), world.realm()

    def change(*x: int) -> int | None:
        return world.answer("RTT_SET_RIPAS", *x)[0]

    assert change(rd, rec.addr, 0, PAGE) == INPUT  # nothing is asked for
    asks(rec, 0, 2 * PAGE, RAM)
    assert change(rd, rec.addr, 0, 0) == INPUT
    assert change(rd, rec.addr, 0, PAGE + 8) == INPUT
    assert change(rd, rd, 0, PAGE) == INPUT
    assert change(rec.addr, rec.addr, 0, PAGE) == INPUT
    assert change(other, rec.addr, 0, PAGE) == REC
    assert change(rd, rec.addr, PAGE, 2 * PAGE) == INPUT
    assert change(rd, rec.addr, 0, 3 * PAGE) == INPUT
    # The owner comes before the bounds, the size before all.
    assert change(other, rec.addr, PAGE, 2 * PAGE) == REC
    assert change(other, rec.addr, PAGE, PAGE) == INPUT
    rec.state = REC_RUNNING
    assert change(rd, rec.addr, 0, PAGE) == REC
    rec.state = 0
    asks(rec, GIB + PAGE, 2 * GIB, RAM)
    assert change(rd, rec.addr, GIB + PAGE, 2 * GIB) == rtt(1)
    asks(rec, 0, PAGE, RAM)
    assert change(rd, rec.addr, 0, PAGE) == 0


def test_a_page_that_an_auxiliary_tree_maps_does_not_become_empty(world: World) -> None:
    """Status 7 even after progress, which is kept though the request does not move on."""
    rd = world.realm(planes=1)
    world.tables(rd, 0)
    world.tables(rd, 0, tree=1)
    pages = world.granules(4)
    world.ok("RTT_DATA_MAP", rd, 0, 4 * PAGE, SINGLE, desc(pages, 4), r=[0, 4 * PAGE])
    world.ok("RTT_INIT_RIPAS", rd, 0, 4 * PAGE, r=[0, 4 * PAGE])
    world.ok("RTT_AUX_MAP_PROTECTED", rd, 2 * PAGE, 1)
    rec = world.rec(rd)
    asks(rec, 0, 4 * PAGE, EMPTY)
    args = (rd, rec.addr, 0, 4 * PAGE)
    assert world.refuses("RTT_SET_RIPAS", *args, r=[rtt_aux(0), PAGE]) == ["aux"]
    world.ok("RTT_SET_RIPAS", *args, r=[rtt_aux(0), 2 * PAGE])
    assert [seen(world, rd, n)[1] for n in range(4)] == [EMPTY, EMPTY, RAM, RAM]
    assert rec.ripas_addr == 0
    world.ok("RTT_AUX_UNMAP_PROTECTED", rd, 2 * PAGE, 1, r=[0, BLOCK])
    world.ok("RTT_SET_RIPAS", *args, r=[0, 4 * PAGE])


def test_a_block_names_the_page_that_is_mapped(world: World) -> None:
    rd = world.realm(planes=1)
    world.table(rd, 0, 2)
    world.tables(rd, BLOCK, tree=1)
    block = world.granules(512, align=BLOCK)
    args = (rd, BLOCK, 2 * BLOCK)
    world.ok("RTT_DATA_MAP", *args, SINGLE, desc(block, size=1), r=[0, 2 * BLOCK])
    world.ok("RTT_INIT_RIPAS", *args, r=[0, 2 * BLOCK])
    world.ok("RTT_AUX_MAP_PROTECTED", rd, BLOCK + 7 * PAGE, 1)
    rec = world.rec(rd)
    asks(rec, BLOCK, 2 * BLOCK, EMPTY)
    want = [rtt_aux(0), BLOCK + 7 * PAGE]
    world.ok("RTT_SET_RIPAS", rd, rec.addr, BLOCK, 2 * BLOCK, r=want)


def test_what_the_trace_does_not_tell_is_unknown(world: World, rd: int) -> None:
    rec = world.rec(rd)
    put(world, rd, 1, UNASSIGNED, DESTROYED)
    asks(rec, 0, 2 * PAGE, RAM, destroyed=None)
    assert world.call("RTT_SET_RIPAS", rd, rec.addr, 0, 2 * PAGE, r=[0, PAGE]).kind == "unknown"
    world.ok("RTT_SET_RIPAS", rd, rec.addr, 0, PAGE, r=[0, PAGE])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from([entry for entry, *_ in STEPS]), min_size=4, max_size=4),
    st.sampled_from([(EMPTY, False), (RAM, False), (RAM, True)]),
    st.integers(1, 6),
)
def test_a_sweep_is_its_steps(
    entries: list[tuple[int, int]], asked: tuple[int, bool], top: int
) -> None:
    """Any row of entries goes as its steps one by one, up to the first that is refused."""
    world = World()
    rd = world.realm()
    world.tables(rd, 0)
    rec = world.rec(rd)
    for n, (state, ripas) in enumerate(entries):
        put(world, rd, n, state, ripas, 0 if state == UNASSIGNED else PA + n * PAGE)
    table = {(entry, target, flag): after for entry, target, flag, after in STEPS}
    for entry, target, flag, after in STEPS:
        if after is not None and not flag and target == RAM:
            table[entry, target, True] = after
    target, flag = asked
    row = [*entries, (UNASSIGNED, EMPTY), (UNASSIGNED, EMPTY)]
    want, reach = [], 0
    for entry in row[:top]:
        after = table.get((entry, target, flag))
        if after is None:
            if entry in ((UNASSIGNED, EMPTY), (ASSIGNED, EMPTY)) or (entry[1] == RAM):
                after = target  # the sheet's plain cases
            elif target == EMPTY:
                after = EMPTY
        if after is None:
            break
        want.append((entry[0], after))
        reach += PAGE
    asks(rec, 0, top * PAGE, target, destroyed=flag)
    result = [0, reach] if reach else [rtt(3)]
    world.ok("RTT_SET_RIPAS", rd, rec.addr, 0, top * PAGE, r=result)
    assert [seen(world, rd, n) for n in range(6)] == [*want, *row[len(want) :]]


# --- RTT_SET_S2AP -----------------------------------------------------------------------------


def permits(rec: Rec, base: int, top: int, index: int) -> None:
    rec.s2ap_base, rec.s2ap_top, rec.s2ap_index, rec.s2ap_cookie = base, top, index, 0


def test_permissions(world: World, rd: int) -> None:
    rec = world.rec(rd)
    permits(rec, 0, GIB, 3)
    world.ok("RTT_SET_S2AP", rd, rec.addr, 0, 2 * PAGE, r=[0, 2 * PAGE])
    assert rec.s2ap_base == 2 * PAGE
    world.ok("RTT_SET_S2AP", rd, rec.addr, 2 * PAGE, GIB, r=[0, BLOCK])
    # An entry of 2 MiB that reaches beyond top is refused, with how far it got.
    args = (rd, rec.addr, BLOCK, 2 * BLOCK + PAGE)
    world.ok("RTT_SET_S2AP", *args, r=[rtt(2), 2 * BLOCK, 0])
    assert rec.s2ap_base == 2 * BLOCK
    world.ok("RTT_SET_S2AP", rd, rec.addr, 2 * BLOCK, 2 * BLOCK + PAGE, r=[rtt(2), 2 * BLOCK, 0])


def test_another_rmm_may_stop_before_an_entry_that_is_too_large() -> None:
    world = World(reference=False)
    rd = world.realm()
    world.table(rd, 0, 2)
    rec = world.rec(rd)
    permits(rec, 0, GIB, 3)
    world.ok("RTT_SET_S2AP", rd, rec.addr, 0, BLOCK + PAGE, r=[0, BLOCK])
    args = (rd, rec.addr, BLOCK, BLOCK + PAGE)
    assert world.refuses("RTT_SET_S2AP", *args, r=[0, BLOCK]) == ["partial"]
    world.ok("RTT_SET_S2AP", *args, r=[rtt(2), BLOCK, 0])


def test_permissions_may_keep_a_table_from_being_folded(world: World, rd: int) -> None:
    """Two overlay indices may stand for the same permissions: only the RMM knows."""
    rec = world.rec(rd)
    permits(rec, 0, PAGE, 3)
    world.ok("RTT_SET_S2AP", rd, rec.addr, 0, PAGE, r=[0, PAGE])
    world.ok("RTT_FOLD", rd, 0, 3, r=[rtt(3)])
    permits(rec, PAGE, BLOCK, 3)
    world.ok("RTT_SET_S2AP", rd, rec.addr, PAGE, BLOCK, r=[0, BLOCK])
    assert world.refuses("RTT_FOLD", rd, 0, 3, r=[rtt(3)]) == []
    permits(rec, 0, PAGE, 2)
    world.ok("RTT_SET_S2AP", rd, rec.addr, 0, PAGE, r=[0, PAGE])
    world.ok("RTT_FOLD", rd, 0, 3, r=[0, world.answer("RTT_READ_ENTRY", rd, 0, 2)[3] or 0])
    assert world.entry(rd, 0, 3) == (2, 0, 0, 0)


def test_conditions_of_set_s2ap(world: World, rd: int) -> None:
    rec, other = world.rec(rd), world.realm()

    def change(*x: int) -> tuple[int | None, ...]:
        return world.answer("RTT_SET_S2AP", *x)

    assert change(rd, rec.addr, 0, PAGE)[0] == INPUT
    permits(rec, GIB + PAGE, 2 * GIB, 1)
    assert change(rd, rec.addr, GIB + PAGE, GIB)[0] == INPUT
    assert change(rd, rec.addr, GIB + PAGE, GIB + PAGE + 8)[0] == INPUT
    assert change(rd, rd, GIB + PAGE, 2 * GIB)[0] == INPUT
    assert change(other, rec.addr, GIB + PAGE, 2 * GIB)[0] == REC
    assert change(rd, rec.addr, GIB, 2 * GIB)[0] == INPUT
    assert change(rd, rec.addr, GIB + PAGE, 2 * GIB + PAGE)[0] == INPUT
    assert change(rd, rec.addr, GIB + PAGE, 2 * GIB) == (rtt(1), GIB + PAGE, 0)
    permits(rec, GIB + PAGE, 2 * GIB + PAGE, 1)  # as large as an entry
    assert change(rd, rec.addr, GIB + PAGE, 2 * GIB + PAGE) == (rtt(1), GIB + PAGE, 0)
    rec.state = REC_RUNNING
    assert change(rd, rec.addr, GIB + PAGE, 2 * GIB)[0] == REC
    rec.state = 0
    permits(rec, 2 * HALF, 2 * HALF + PAGE, 1)  # outside of the realm
    assert change(rd, rec.addr, 2 * HALF, 2 * HALF + PAGE)[0] == INPUT


def test_permissions_in_an_auxiliary_tree(world: World) -> None:
    """The tree stands in the low bits of the cookie; its errors are ERROR_RTT_AUX."""
    rd = world.realm(planes=2)
    world.table(rd, 0, 2)
    world.table(rd, 0, 2, tree=2)
    rec = world.rec(rd)
    permits(rec, 0, GIB, 3)
    rec.s2ap_cookie = 2
    args = (rd, rec.addr, 0, BLOCK + PAGE)
    assert world.refuses("RTT_SET_S2AP", *args, r=[rtt(2), BLOCK, 0]) == ["aux_partial"]
    permits(rec, 0, GIB, 3)
    rec.s2ap_cookie = 2
    world.ok("RTT_SET_S2AP", *args, r=[rtt_aux(2), BLOCK, 2])
    assert rec.s2ap_base == BLOCK
    world.ok("RTT_SET_S2AP", rd, rec.addr, BLOCK, GIB, r=[0, GIB])
    permits(rec, GIB + PAGE, 2 * GIB, 3)
    rec.s2ap_cookie = 1
    world.ok("RTT_SET_S2AP", rd, rec.addr, GIB + PAGE, 2 * GIB, r=[rtt_aux(1), GIB + PAGE, 1])
    permits(rec, GIB + PAGE, 2 * GIB + PAGE, 3)
    rec.s2ap_cookie = 1
    args = (rd, rec.addr, GIB + PAGE, 2 * GIB + PAGE)
    assert world.refuses("RTT_SET_S2AP", *args, r=[0, 2 * GIB + PAGE]) == ["aux_align"]


def test_which_tree_it_is_may_be_unknown(world: World) -> None:
    rd = world.realm(planes=1)
    rec = world.rec(rd)
    world.ok("RTT_SET_S2AP", rd, rec.addr, 0, PAGE, r=[INPUT])
    permits(rec, 0, GIB, 1)
    rec.s2ap_cookie = None  # the trace does not show what the realm does
    assert world.call("RTT_SET_S2AP", rd, rec.addr, 0, GIB, r=[0, GIB]).kind == "unknown"
    world = World(reference=False)  # nor is it known how another RMM makes its cookies
    rd = world.realm(planes=1)
    rec = world.rec(rd)
    permits(rec, 0, GIB, 1)
    assert world.call("RTT_SET_S2AP", rd, rec.addr, 0, GIB, r=[0, GIB]).kind == "unknown"


# --- RTT_DEV_VALIDATE ----------------------------------------------------------------------------


def test_dev_validate(world: World, rd: int) -> None:
    rec = world.rec(rd)
    for n in range(3):
        put(world, rd, n, ASSIGNED_DEV, EMPTY, DEVICE + n * PAGE)

    def validate(base: int, top: int) -> tuple[int | None, ...]:
        return world.answer("RTT_DEV_VALIDATE", rd, rec.addr, base, top)

    assert validate(0, 3 * PAGE)[0] == INPUT  # nothing is asked for
    rec.dev_mem = (0, 4 * PAGE, DEVICE)
    assert validate(PAGE, 3 * PAGE)[0] == INPUT
    assert validate(0, 5 * PAGE)[0] == INPUT
    assert validate(0, 2 * PAGE) == (0, 2 * PAGE)
    assert [seen(world, rd, n) for n in range(3)] == [(3, DEV), (3, DEV), (3, EMPTY)]
    assert validate(2 * PAGE, 4 * PAGE) == (0, 3 * PAGE)
    assert validate(3 * PAGE, 4 * PAGE)[0] == rtt(3)
    rec.dev_mem = (0, 4 * PAGE, DEVICE + PAGE)  # another piece of the device
    assert validate(0, PAGE)[0] == rtt(3)
    assert world.answer("RTT_DEV_VALIDATE", world.realm(), rec.addr, 0, PAGE)[0] == REC


def test_a_block_of_a_device_is_validated_from_its_begin(world: World, rd: int) -> None:
    walk = world.m.walk(world.object(rd), BLOCK, 2)
    assert walk is not None
    walk.set(DEVICE & -BLOCK | EMPTY << 3 | ASSIGNED_DEV)
    rec = world.rec(rd)
    rec.dev_mem = (BLOCK + PAGE, 3 * BLOCK, DEVICE & -BLOCK)
    args = (rd, rec.addr, BLOCK + PAGE, 3 * BLOCK)
    world.ok("RTT_DEV_VALIDATE", *args, r=[rtt(2)])
    assert world.refuses("RTT_DEV_VALIDATE", *args, r=[0, 2 * BLOCK + PAGE]) == ["base_align"]
