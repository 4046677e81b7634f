"""Tables in 2.0, against the fact sheet (tf-rmm-behaviour, sections 10.1 to 10.4)."""

from __future__ import annotations

import pytest

from tests.replay.rmm.world_2_0 import (
    BLOCK,
    DEVICE,
    GIB,
    HALF,
    HIGH,
    HOST,
    INCOMPLETE,
    INPUT,
    PAGE,
    READ,
    SINGLE,
    WRITE,
    World,
    desc,
    rtt,
)

EMPTY, RAM, DESTROYED = 0, 1, 2
MINUS_ONE = (1 << 64) - 1


@pytest.fixture
def rd(world: World) -> int:
    return world.realm()


def refs(world: World, addr: int) -> int:
    return world.m.rtts[addr].refs


# --- RTT_CREATE ---------------------------------------------------------------------


def test_conditions_of_create(world: World, rd: int) -> None:
    free = world.granules()

    def create(*x: int) -> int | None:
        return world.answer("RTT_CREATE", *x)[0]

    assert create(rd, rd, 0, 2) == INPUT
    assert create(free, free, 0, 2) == INPUT
    assert create(rd, HOST, 0, 2) == INPUT
    assert create(rd, DEVICE, 0, 2) == INPUT
    for level in (1, 0, 4, MINUS_ONE, 1 << 63):
        assert create(rd, free, 0, level) == INPUT  # the starting level is 1
    assert create(rd, free, 2 * HALF, 2) == INPUT
    assert create(rd, free, BLOCK, 2) == INPUT
    assert create(rd, free, BLOCK, 3) == rtt(1)
    world.table(rd, 0, 2)
    assert create(rd, free, 0, 2) == rtt(1)
    assert create(rd, free, BLOCK, 3) == 0


def test_a_table_above_48_bits_needs_lpa2() -> None:
    world = World(pa_width=52)
    world.delegate(HIGH)
    for lpa2, x0 in ((False, INPUT), (True, 0)):
        rd = world.realm(planes=1, lpa2=lpa2)
        assert world.answer("RTT_AUX_CREATE", rd, HIGH, 0, 2, 1)[0] == x0
    world.delegate(HIGH + PAGE)
    for lpa2, x0 in ((False, INPUT), (True, 0)):
        rd = world.realm(lpa2=lpa2)
        assert world.answer("RTT_CREATE", rd, HIGH + PAGE, 0, 2)[0] == x0


def test_what_a_new_table_holds(world: World, rd: int) -> None:
    """RIPAS, addresses and attributes go down; counts as section 10.1, step 5 says."""
    root = world.object(rd).trees[0][0].addr
    top = world.table(rd, 0, 2)
    assert (refs(world, root), refs(world, top)) == (1, 0)
    world.ok("RTT_INIT_RIPAS", rd, 0, BLOCK, r=[0, BLOCK])
    leaf = world.table(rd, 0, 3)
    assert (refs(world, top), refs(world, leaf)) == (1, 0)
    assert world.entry(rd, 511 * PAGE) == (3, 0, 0, RAM)
    pages = world.block(rd, BLOCK)
    assert refs(world, top) == 2
    leaf = world.table(rd, BLOCK, 3)
    assert (refs(world, top), refs(world, leaf)) == (2, 512)
    assert world.entry(rd, BLOCK + 511 * PAGE) == (3, 1, pages + 511 * PAGE, EMPTY)


def test_an_unprotected_block_is_not_counted(world: World, rd: int) -> None:
    root = world.object(rd).trees[0][1].addr
    world.unprot(rd, HALF, desc(3 * GIB, size=2), WRITE | 5 << 16)
    assert refs(world, root) == 0
    top = world.table(rd, HALF, 2)
    assert (refs(world, root), refs(world, top)) == (1, 0)
    shown = 3 * GIB + 511 * BLOCK | 5 << 2 | 1 << 7
    assert world.entry(rd, HALF + 511 * BLOCK, 2) == (2, 1, shown, 0)


def test_another_rmm_may_do_it_as_an_operation() -> None:
    """rmm-2.0, section 5: hosts drive these commands through the same loop as the others."""
    world = World(reference=False)
    rd = world.realm()
    free = world.granules()
    world.ok("RTT_CREATE", rd, free, 0, 2, r=[INCOMPLETE, 7])
    assert world.entry(rd, 0, 1) == (1, 0, 0, EMPTY)
    world.ok("OP_CONTINUE", 7, 0, r=[INCOMPLETE])
    world.ok("OP_CONTINUE", 7, 0, r=[INPUT])  # it came to nothing
    assert world.state(free) == "DELEGATED"
    world.ok("RTT_CREATE", rd, free, 0, 2, r=[INCOMPLETE, 7])
    world.ok("OP_CONTINUE", 7, 0)
    assert world.entry(rd, 0, 1) == (1, 2, free, 0)
    world.ok("RTT_INIT_RIPAS", rd, 0, GIB, r=[INCOMPLETE, 7])
    world.ok("OP_CONTINUE", 7, 0, r=[0, BLOCK])
    assert world.entry(rd, 0, 2)[3] == RAM
    world.ok("RTT_DESTROY", rd, 0, 2, r=[INCOMPLETE, 7])
    world.ok("OP_CONTINUE", 7, 0, r=[0, free, HALF])
    assert world.state(free) == "DELEGATED"


def test_the_reference_does_it_in_one_call(world: World, rd: int) -> None:
    world.refuses("RTT_CREATE", rd, world.granules(), 0, 2, r=[INCOMPLETE, 0])


# --- RTT_DESTROY ------------------------------------------------------------------------


def test_conditions_of_destroy(world: World, rd: int) -> None:
    def destroy(*x: int) -> tuple[int | None, ...]:
        return world.answer("RTT_DESTROY", *x)

    assert destroy(HOST, 0, 2) == (INPUT, 0)
    assert destroy(rd, 0, 1) == (INPUT, 0)
    assert destroy(rd, BLOCK, 2) == (INPUT, 0)
    assert destroy(rd, 2 * HALF, 2) == (INPUT, 0)
    # No such table: x2 is the next live IPA, or the end of the table that was reached.
    assert destroy(rd, 0, 2) == (rtt(1), HALF)
    assert destroy(rd, BLOCK, 3) == (rtt(1), HALF)
    world.table(rd, 5 * GIB, 2)
    assert destroy(rd, GIB + BLOCK, 3) == (rtt(1), 5 * GIB)
    world.table(rd, 5 * GIB, 3)
    assert destroy(rd, 5 * GIB, 2) == (rtt(2), 5 * GIB)  # it holds a table
    world.block(rd, 5 * GIB + BLOCK)
    # At a block: the IPA itself.
    assert destroy(rd, 5 * GIB + BLOCK, 3) == (rtt(2), 5 * GIB + BLOCK)


def test_x2_may_exceed_the_ipa_space(world: World) -> None:
    """Section 14, item 6, with the sheet's own numbers."""
    rd = world.realm(width=40, level=0, number=1)
    assert world.answer("RTT_DESTROY", rd, 0x80_0000_0000, 1) == (rtt(0), 0x1_0000_0000_0000)


def test_what_is_left_after_destroy(world: World, rd: int) -> None:
    top = world.table(rd, 0, 2)
    world.ok("RTT_INIT_RIPAS", rd, 0, GIB, r=[0, GIB])
    world.table(rd, GIB, 2)
    world.ok("RTT_DESTROY", rd, 0, 2, r=[0, top, GIB])
    assert world.entry(rd, 0, 1) == (1, 0, 0, DESTROYED)
    assert world.state(top) == "DELEGATED"
    # A table full of the host's memory goes with its mappings.
    half = world.table(rd, HALF, 2)
    world.unprot(rd, HALF, desc(0, 512, size=1))
    world.ok("RTT_DESTROY", rd, HALF, 2, r=[0, half, 2 * HALF])
    assert world.entry(rd, HALF, 1) == (1, 0, 0, 0)


# --- RTT_FOLD -----------------------------------------------------------------------------


def test_conditions_of_fold(world: World, rd: int) -> None:
    def fold(*x: int) -> int | None:
        return world.answer("RTT_FOLD", *x)[0]

    assert fold(HOST, 0, 2) == INPUT
    assert fold(rd, 0, 1) == INPUT
    assert fold(rd, PAGE, 3) == INPUT
    assert fold(rd, BLOCK, 3) == rtt(1)
    assert fold(rd, 0, 2) == rtt(1)
    world.table(rd, 0, 2)
    world.table(rd, 0, 3)
    assert fold(rd, 0, 2) == rtt(2)  # it holds a table
    assert fold(rd, BLOCK, 3) == rtt(2)  # no table is there
    world.ok("RTT_INIT_RIPAS", rd, 0, PAGE, r=[0, PAGE])
    assert fold(rd, 0, 3) == rtt(3)  # RIPAS differ
    world.ok("RTT_INIT_RIPAS", rd, 0, BLOCK, r=[0, BLOCK])
    assert fold(rd, 0, 3) == 0
    assert world.entry(rd, 0, 2) == (2, 0, 0, RAM)


def test_data_folds_if_it_is_one_block(world: World, rd: int) -> None:
    world.table(rd, 0, 2)
    pages = world.block(rd, 0)
    leaf = world.table(rd, 0, 3)
    root = world.m.rtts[leaf]
    world.ok("RTT_DATA_UNMAP", rd, 7 * PAGE, 8 * PAGE, 0, 0, r=[0, 8 * PAGE])
    assert root.refs == 511
    assert world.answer("RTT_FOLD", rd, 0, 3)[0] == rtt(3)
    other = world.granules()
    args = (rd, 7 * PAGE, 8 * PAGE, SINGLE)
    world.ok("RTT_DATA_MAP", *args, desc(other), r=[0, 8 * PAGE])
    assert world.answer("RTT_FOLD", rd, 0, 3)[0] == rtt(3)  # another address
    world.ok("RTT_DATA_UNMAP", *args[:3], 0, 0, r=[0, 8 * PAGE])
    world.ok("RTT_DATA_MAP", *args, desc(pages + 7 * PAGE), r=[0, 8 * PAGE])
    world.ok("RTT_FOLD", rd, 0, 3, r=[0, leaf])
    assert world.entry(rd, 0, 2) == (2, 1, pages, EMPTY)
    assert {world.state(pages + n * PAGE) for n in range(512)} == {"DATA"}


@pytest.mark.parametrize("offset", [0, PAGE])
def test_unprotected_pages_fold_if_they_are_one_block(world: World, rd: int, offset: int) -> None:
    """The first address must be aligned to what the parent's entry maps."""
    world.tables(rd, HALF)
    world.unprot(rd, HALF, desc(BLOCK + offset, 512))
    assert world.answer("RTT_FOLD", rd, HALF, 3)[0] == (rtt(3) if offset else 0)


def test_unprotected_pages_with_other_attributes_do_not_fold(world: World, rd: int) -> None:
    world.tables(rd, HALF)
    world.unprot(rd, HALF, desc(BLOCK, 511))
    world.unprot(rd, HALF + 511 * PAGE, desc(BLOCK + 511 * PAGE), READ | WRITE)
    assert world.answer("RTT_FOLD", rd, HALF, 3)[0] == rtt(3)


def test_no_block_above_level_1(world: World) -> None:
    """Section 10.3, steps 6 and 7: level 1 folds only where nothing is mapped."""
    rd = world.realm(width=40, level=0, number=1)
    ipa = 512 * GIB
    full = world.table(rd, ipa, 1)
    world.unprot(rd, ipa, desc(0, 512, size=2))
    assert refs(world, full) == 0
    assert world.answer("RTT_FOLD", rd, ipa, 1)[0] == rtt(0)
    world.ok("RTT_UNPROT_UNMAP", rd, ipa, ipa + GIB, 0, 0, r=[0, ipa + GIB])
    assert world.answer("RTT_FOLD", rd, ipa, 1)[0] == rtt(1)
    world.ok("RTT_UNPROT_UNMAP", rd, ipa, 2 * ipa, 0, 0, r=[0, 2 * ipa])
    assert world.answer("RTT_FOLD", rd, ipa, 1)[0] == 0
    assert world.entry(rd, ipa, 0) == (0, 0, 0, 0)
    # 512 tables: full, so the level is what is wrong; one less: what the table holds.
    world.table(rd, 0, 1)
    for n in range(511):
        world.table(rd, n * GIB, 2)
    assert world.answer("RTT_FOLD", rd, 0, 1)[0] == rtt(1)
    world.table(rd, 511 * GIB, 2)
    assert world.answer("RTT_FOLD", rd, 0, 1)[0] == rtt(0)


def test_a_table_full_of_tables_is_not_one_block(world: World, rd: int) -> None:
    """At level 2 a block would be possible, so it is the entries that are not alike."""
    world.table(rd, 0, 2)
    for n in range(512):
        world.table(rd, n * BLOCK, 3)
    assert world.answer("RTT_FOLD", rd, 0, 2)[0] == rtt(2)


# --- RTT_READ_ENTRY ------------------------------------------------------------------------


def test_conditions_of_read_entry(world: World, rd: int) -> None:
    def read(*x: int) -> int | None:
        return world.answer("RTT_READ_ENTRY", *x)[0]

    assert read(HOST, 0, 1) == INPUT
    assert read(rd, 0, 0) == INPUT
    assert read(rd, 0, 4) == INPUT
    assert read(rd, PAGE, 2) == INPUT
    assert read(rd, 2 * HALF, 1) == INPUT
    assert read(rd, PAGE, 3) == 0
    world.ok("REALM_TERMINATE", rd)
    assert read(rd, PAGE, 3) == 0


# The sheet's table: state, RIPAS, whether there is an address -> x2, whether x3 shows it, x4.
@pytest.mark.parametrize(
    ("state", "ripas", "x2", "shown"),
    [
        *((0, ripas, 0, False) for ripas in (EMPTY, RAM, DESTROYED)),
        *((1, ripas, 1, True) for ripas in (EMPTY, RAM, DESTROYED)),
        (3, EMPTY, 3, True),
        (3, 3, 3, True),
        (3, DESTROYED, 3, False),
    ],
)
def test_what_an_entry_looks_like(state: int, ripas: int, x2: int, shown: bool) -> None:
    world = World()
    rd = world.realm()
    world.tables(rd, 0)
    walk = world.m.walk(world.object(rd), PAGE, 3)
    assert walk is not None
    pa = 0 if state == 0 else HOST
    walk.set(pa | ripas << 3 | state)
    assert world.entry(rd, PAGE) == (3, x2, HOST if shown else 0, ripas)


def test_a_table_looks_like_its_address(world: World, rd: int) -> None:
    top = world.table(rd, 0, 2)
    assert world.entry(rd, 0, 1) == (1, 2, top, 0)
    assert world.entry(rd, 0, 3) == (2, 0, 0, 0)  # the walk goes on and ends below
    assert world.entry(rd, HALF, 3) == (1, 0, 0, 0)


def test_level_minus_one() -> None:
    """With LPA2 and 52 bits the starting level is -1, encoded 0xff in an index."""
    world = World()
    world.m.features[0] = 0x104130 + 4  # S2SZ 52
    rd = world.realm(width=52, level=MINUS_ONE, number=1, lpa2=True)
    free = world.granules()
    assert world.answer("RTT_CREATE", rd, free, 0, 1)[0] == 0xFF04
    assert world.entry(rd, 0, MINUS_ONE) == (MINUS_ONE, 0, 0, EMPTY)
    world.table(rd, 0, 0)
    assert world.answer("RTT_READ_ENTRY", rd, 0, MINUS_ONE)[:3] == (0, MINUS_ONE, 2)
    world.table(rd, 0, 1)
    assert world.answer("RTT_CREATE", rd, free, 512 * GIB, 2)[0] == rtt(0)
    # The reference takes the table for one of 512 entries, though 16 make the IPA space.
    assert world.answer("RTT_DESTROY", rd, 1 << 48, 0) == (0xFF04, 512 << 48)
