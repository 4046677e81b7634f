"""Auxiliary trees, against the fact sheet (tf-rmm-behaviour, section 10.11)."""

from __future__ import annotations

import pytest

from replay.rmm.values import ASSIGNED_NS, TABLE
from tests.replay.rmm.world_2_0 import (
    BLOCK,
    DEVICE,
    GIB,
    HALF,
    HOST,
    INPUT,
    PAGE,
    READ,
    REALM,
    SINGLE,
    World,
    desc,
    rtt,
    rtt_aux,
)

AUX_DESTROYED = 5
MINUS_ONE = (1 << 64) - 1


@pytest.fixture
def rd(world: World) -> int:
    """A realm with two auxiliary trees; the primary one has pages for the first 2 MiB."""
    rd = world.realm(planes=2)
    world.tables(rd, 0)
    return rd


def ram(world: World, rd: int, ipa: int, number: int = 1) -> int:
    """RAM of `number` pages from `ipa` on."""
    pages = world.data(rd, ipa, number)
    top = ipa + number * PAGE
    world.ok("RTT_INIT_RIPAS", rd, ipa, top, r=[0, top])
    return pages


def ram_block(world: World, rd: int, ipa: int) -> int:
    """RAM of 2 MiB at `ipa`, as a block."""
    pages = world.block(rd, ipa)
    world.ok("RTT_INIT_RIPAS", rd, ipa, ipa + BLOCK, r=[0, ipa + BLOCK])
    return pages


def refs(world: World, addr: int) -> int:
    """References of a granule, as a `granules` event lists them."""
    from replay.rmm.checkpoint import refs as count

    state = world.m.gstate(addr)
    assert state is not None
    return count(world.m, addr, state)


# --- tables ----------------------------------------------------------------------------


def test_create_destroy_and_fold_in_another_tree(world: World, rd: int) -> None:
    top = world.table(rd, 0, 2, tree=2)
    leaf = world.table(rd, 0, 3, tree=2)
    root = world.object(rd).trees[2][0].addr
    assert (refs(world, root), refs(world, top), refs(world, leaf)) == (1, 1, 0)
    # The other trees are as they were.
    assert world.answer("RTT_AUX_DESTROY", rd, 0, 3, 1) == (rtt_aux(1), 1 << 39)
    assert world.answer("RTT_AUX_FOLD", rd, 0, 3, 2) == (0, leaf)
    assert world.state(leaf) == "DELEGATED"
    assert world.answer("RTT_AUX_DESTROY", rd, 0, 2, 2) == (0, top, 1 << 39)


def test_errors_of_tables(world: World, rd: int) -> None:
    free = world.granules()

    def create(*x: int) -> int | None:
        return world.answer("RTT_AUX_CREATE", *x)[0]

    assert create(rd, free, 0, 2, 0) == INPUT
    assert create(rd, free, 0, 2, 3) == INPUT
    assert create(rd, free, HALF, 2, 1) == INPUT
    assert create(rd, free, HALF, 3, 1) == INPUT  # though there is no table to hold it
    assert world.answer("RTT_AUX_DESTROY", rd, HALF, 3, 1)[0] == INPUT
    assert create(rd, free, 0, 1, 1) == INPUT
    assert create(rd, free, 0, 4, 1) == INPUT
    assert create(rd, free, 0, MINUS_ONE, 1) == INPUT
    assert create(rd, free, PAGE, 3, 1) == INPUT
    assert create(rd, rd, 0, 2, 1) == INPUT
    assert create(free, free, 0, 2, 1) == INPUT
    assert create(rd, free, 0, 3, 1) == rtt_aux(1)
    world.table(rd, 0, 2, tree=1)
    assert create(rd, free, 0, 2, 1) == rtt_aux(1)
    assert world.answer("RTT_AUX_DESTROY", rd, BLOCK, 3, 1) == (rtt_aux(2), GIB)
    assert world.answer("RTT_AUX_FOLD", rd, BLOCK, 3, 1) == (rtt_aux(2),)
    leaf = world.table(rd, BLOCK, 3, tree=1)
    assert world.answer("RTT_AUX_DESTROY", rd, 0, 2, 1) == (rtt_aux(2), 0)  # it has a table
    assert world.answer("RTT_AUX_FOLD", rd, 0, 2, 1) == (rtt_aux(2),)
    assert world.answer("RTT_AUX_DESTROY", rd, BLOCK, 3, 1) == (0, leaf, GIB)


def test_a_realm_with_one_tree_has_no_other(world: World) -> None:
    rd = world.realm()
    for name, args in (
        ("RTT_AUX_CREATE", (world.granules(), 0, 2, 1)),
        ("RTT_AUX_DESTROY", (0, 2, 1)),
        ("RTT_AUX_FOLD", (0, 2, 1)),
        ("RTT_AUX_MAP_PROTECTED", (0, 1)),
        ("RTT_AUX_MAP_UNPROTECTED", (HALF, 1)),
        ("RTT_AUX_UNMAP_PROTECTED", (0, 1)),
        ("RTT_AUX_UNMAP_UNPROTECTED", (HALF, 1)),
    ):
        for index in (0, 1, 2, MINUS_ONE):
            assert world.answer(name, rd, *args[:-1], index)[0] == INPUT, name


def test_fold_above_a_block_level_speaks_of_the_primary_tree(world: World) -> None:
    """rmm-2.0, section 9, item 10: 512 tables of level 2 under one of level 1."""
    rd = world.realm(width=40, level=0, number=1, planes=1)
    world.table(rd, 0, 1, tree=1)
    for n in range(512):
        world.table(rd, n * GIB, 2, tree=1)
    assert world.answer("RTT_AUX_FOLD", rd, 0, 1, 1)[0] == rtt(0)


def test_a_table_that_is_shared_is_not_folded_however_full(world: World) -> None:
    rd = world.realm(width=40, level=0, number=1, planes=1)
    addr = world.table(rd, HALF, 1)
    table = world.m.rtts[addr]
    for n in range(512):
        table.entries[n] = n * GIB | ASSIGNED_NS
    # Put there by hand: a starting entry covers both halves, so no call would do it.
    walk = world.m.walk(world.object(rd), HALF, 0, 1)
    assert walk is not None
    walk.set(addr | TABLE)
    assert world.answer("RTT_AUX_FOLD", rd, HALF, 1, 1)[0] == INPUT


# --- protected mappings --------------------------------------------------------------------


def test_a_page_is_mapped_by_two_trees(world: World, rd: int) -> None:
    page = ram(world, rd, 0, 2)
    leaves = [world.tables(rd, 0, tree=tree) for tree in (1, 2)]
    for n, tree in enumerate((1, 2), 1):
        world.ok("RTT_AUX_MAP_PROTECTED", rd, 0, tree)
        assert refs(world, page) == n
        assert refs(world, leaves[n - 1]) == 1
    world.ok("RTT_AUX_MAP_PROTECTED", rd, 0, 1)  # mapped already: nothing more is counted
    assert (refs(world, page), refs(world, page + PAGE)) == (2, 0)
    world.ok("RTT_AUX_MAP_PROTECTED", rd, PAGE, 1)
    world.ok("RTT_AUX_UNMAP_PROTECTED", rd, 0, 1, r=[0, PAGE])
    world.ok("RTT_AUX_UNMAP_PROTECTED", rd, 0, 1, r=[rtt_aux(3), PAGE])
    assert (refs(world, page), refs(world, page + PAGE)) == (1, 1)
    assert refs(world, leaves[0]) == 1


def test_a_part_of_a_block(world: World, rd: int) -> None:
    pages = ram_block(world, rd, BLOCK)
    leaf = world.tables(rd, BLOCK, tree=1)
    world.ok("RTT_AUX_MAP_PROTECTED", rd, BLOCK + 5 * PAGE, 1)
    assert refs(world, leaf) == 1
    assert [refs(world, pages + n * PAGE) for n in (4, 5, 6)] == [0, 1, 0]
    walk = world.m.walk(world.object(rd), BLOCK + 5 * PAGE, 3, 1)
    assert walk is not None
    assert walk.rtte.addr == pages + 5 * PAGE


def test_a_whole_block(world: World, rd: int) -> None:
    pages = ram_block(world, rd, BLOCK)
    world.table(rd, 0, 2, tree=1)
    world.ok("RTT_AUX_MAP_PROTECTED", rd, BLOCK + 5 * PAGE, 1)
    assert {refs(world, pages + n * PAGE) for n in range(512)} == {1}
    # From inside of a live block skip_non_live gives the IPA back; here it is not live any more.
    world.ok("RTT_AUX_UNMAP_PROTECTED", rd, BLOCK + 5 * PAGE, 1, r=[0, GIB])
    assert {refs(world, pages + n * PAGE) for n in range(512)} == {0}


def test_errors_of_map_protected(world: World, rd: int) -> None:
    def map_(*x: int) -> tuple[int | None, ...]:
        return world.answer("RTT_AUX_MAP_PROTECTED", *x)

    assert map_(HOST, 0, 1)[0] == INPUT
    assert map_(rd, 8, 1)[0] == INPUT
    assert map_(rd, 2 * HALF, 1)[0] == INPUT
    assert map_(rd, 0, 3)[0] == INPUT
    assert map_(rd, HALF, 1)[0] == INPUT
    # x1 = 0, x2 the level, x3 the state, x4 RIPAS of the primary entry.
    assert map_(rd, GIB, 1) == (rtt(1), 0, 1, 0, 0)
    assert map_(rd, 0, 1) == (rtt(3), 0, 3, 0, 0)
    world.ok("RTT_INIT_RIPAS", rd, 0, PAGE, r=[0, PAGE])
    assert map_(rd, 0, 1) == (rtt(3), 0, 3, 0, 1)
    page = world.granules()
    world.ok("RTT_DATA_MAP", rd, PAGE, 2 * PAGE, SINGLE, desc(page), r=[0, 2 * PAGE])
    assert map_(rd, PAGE, 1) == (rtt(3), 0, 3, 1, 0)
    # x1 the tree, x2 the primary level, x3 the state there, x4 RIPAS of the primary entry.
    world.ok("RTT_INIT_RIPAS", rd, PAGE, 2 * PAGE, r=[0, 2 * PAGE])
    assert map_(rd, PAGE, 2) == (rtt_aux(1), 2, 3, 0, 1)
    world.table(rd, 0, 2, tree=2)
    assert map_(rd, PAGE, 2) == (rtt_aux(2), 2, 3, 0, 1)
    world.ok("REALM_TERMINATE", rd)
    assert map_(rd, PAGE, 2)[0] == REALM
    assert map_(rd, HALF, 3)[0] == REALM
    assert map_(rd, 8, 1)[0] == REALM
    assert world.answer("RTT_AUX_MAP_UNPROTECTED", rd, HALF + 8, 1)[0] == REALM


def test_errors_of_unmap_protected(world: World, rd: int) -> None:
    def unmap(*x: int) -> tuple[int | None, ...]:
        return world.answer("RTT_AUX_UNMAP_PROTECTED", *x)

    assert unmap(HOST, 0, 1)[0] == INPUT
    assert unmap(rd, 8, 1)[0] == INPUT
    assert unmap(rd, 2 * HALF, 1)[0] == INPUT
    assert unmap(rd, HALF, 1)[0] == INPUT
    assert unmap(rd, 0, 0)[0] == INPUT
    assert unmap(rd, 0, 3)[0] == INPUT
    assert unmap(rd, PAGE, 1) == (rtt_aux(1), HALF)
    world.table(rd, 0, 2, tree=1)
    assert unmap(rd, GIB, 1) == (rtt_aux(1), HALF)
    assert unmap(rd, PAGE, 1) == (rtt_aux(2), GIB)


def test_where_a_table_was_destroyed(world: World, rd: int) -> None:
    """x1 is the index of the entry in its table (a page, in a trace: 0x307, 0xc, 3, 5, 1)."""
    pages = ram_block(world, rd, 7 * BLOCK)
    world.table(rd, 0, 2, tree=1)
    leaf = world.table(rd, 7 * BLOCK, 3, tree=1)
    world.ok("RTT_AUX_DESTROY", rd, 7 * BLOCK, 3, 1, r=[0, leaf, GIB])
    args = (rd, 7 * BLOCK, 1)
    world.ok("RTT_AUX_MAP_PROTECTED", *args, r=[rtt_aux(2), 7, 2, AUX_DESTROYED, 1])
    # A success would be wrong; the model follows it.
    assert world.refuses("RTT_AUX_MAP_PROTECTED", *args, r=[0]) == ["aux_destroyed"]
    assert refs(world, pages) == 1
    world.ok("RTT_AUX_UNMAP_PROTECTED", *args, r=[0, GIB])


def test_a_validated_device(world: World, rd: int) -> None:
    world.tables(rd, 0, tree=1)
    walk = world.m.walk(world.object(rd), 0, 3)
    assert walk is not None
    walk.set(DEVICE | 0 << 3 | 3)  # ASSIGNED_DEV, EMPTY
    assert world.answer("RTT_AUX_MAP_PROTECTED", rd, 0, 1) == (rtt(3), 0, 3, 3, 0)
    walk.set(DEVICE | 3 << 3 | 3)  # ASSIGNED_DEV, DEV
    world.ok("RTT_AUX_MAP_PROTECTED", rd, 0, 1)
    world.ok("RTT_AUX_UNMAP_PROTECTED", rd, 0, 1, r=[0, BLOCK])


def test_protected_tables_are_not_shared(world: World, rd: int) -> None:
    """Each tree has its own: the primary one's may go while the other's stays."""
    leaf = world.entry(rd, 0, 2)[2]
    assert leaf is not None
    world.tables(rd, 0, tree=1)
    world.ok("RTT_DESTROY", rd, 0, 3, r=[0, leaf, GIB])
    world.ok("RTT_AUX_MAP_PROTECTED", rd, 0, 1, r=[rtt(2), 0, 2, 0, 2])


# --- unprotected memory ----------------------------------------------------------------------


def test_a_shared_table(world: World, rd: int) -> None:
    leaf = world.tables(rd, HALF)
    root = world.object(rd).trees[1][1].addr
    world.ok("RTT_AUX_MAP_UNPROTECTED", rd, HALF, 1)
    assert refs(world, root) == 1
    # Nothing below the shared entry can be taken away, at any level.
    world.ok("RTT_DESTROY", rd, HALF, 3, r=[rtt(2), 0, HALF])
    world.ok("RTT_FOLD", rd, HALF, 3, r=[rtt(2)])
    world.ok("RTT_UNPROT_MAP", rd, HALF, HALF + PAGE, SINGLE, desc(HOST), r=[0, HALF + PAGE])
    world.ok("RTT_AUX_UNMAP_UNPROTECTED", rd, HALF, 1, r=[0, 2 * HALF])
    assert refs(world, root) == 0
    world.ok("RTT_DESTROY", rd, HALF, 3, r=[0, leaf, HALF + GIB])


def test_the_reference_counts_a_second_time(world: World) -> None:
    """Section 14, item 4: it never takes that one back, and the realm stays for ever.

    The count is followed (a checkpoint has it), its consequence is a violation.
    """
    rd = world.realm(planes=1)
    shared = world.table(rd, HALF, 2)
    root = world.object(rd).trees[1][1].addr
    for n in (1, 2):
        verdict = world.call("RTT_AUX_MAP_UNPROTECTED", rd, HALF, 1, r=[0])
        assert (verdict.kind, len(verdict.notes)) == ("ok", n - 1)
        assert refs(world, root) == n
    world.ok("RTT_AUX_UNMAP_UNPROTECTED", rd, HALF, 1, r=[0, 2 * HALF])
    assert refs(world, root) == 1
    world.ok("RTT_DESTROY", rd, HALF, 2, r=[0, shared, 2 * HALF])
    world.ok("REALM_TERMINATE", rd)
    assert world.refuses("REALM_DESTROY", rd, r=[REALM]) == []


def test_another_rmm_counts_once() -> None:
    world = World(reference=False)
    rd = world.realm(planes=1)
    world.tables(rd, HALF)
    for _ in range(2):
        world.ok("RTT_AUX_MAP_UNPROTECTED", rd, HALF, 1)
    world.ok("RTT_AUX_UNMAP_UNPROTECTED", rd, HALF, 1, r=[0, 2 * HALF])
    assert refs(world, world.object(rd).trees[1][1].addr) == 0


def test_a_block_is_copied(world: World, rd: int) -> None:
    args = (rd, HALF, HALF + GIB, SINGLE | READ, desc(GIB, size=2))
    world.ok("RTT_UNPROT_MAP", *args, r=[0, HALF + GIB])
    root = world.object(rd).trees[1][1].addr
    for _ in range(2):
        world.ok("RTT_AUX_MAP_UNPROTECTED", rd, HALF, 1)
        assert refs(world, root) == 0
    world.ok("RTT_AUX_UNMAP_UNPROTECTED", rd, HALF, 1, r=[0, 2 * HALF])


def test_errors_of_unprotected_mappings(world: World, rd: int) -> None:
    def map_(*x: int) -> int | None:
        return world.answer("RTT_AUX_MAP_UNPROTECTED", *x)[0]

    def unmap(*x: int) -> int | None:
        return world.answer("RTT_AUX_UNMAP_UNPROTECTED", *x)[0]

    for call in (map_, unmap):
        assert call(HOST, HALF, 1) == INPUT
        assert call(rd, HALF + BLOCK, 1) == INPUT
        assert call(rd, 0, 1) == INPUT
        assert call(rd, 2 * HALF, 1) == INPUT
        assert call(rd, HALF, 0) == INPUT
        assert call(rd, HALF, 3) == INPUT
    assert map_(rd, HALF, 1) == rtt(1)
    world.ok("REALM_TERMINATE", rd)
    assert map_(rd, HALF, 1) == REALM
    world.ok("RTT_AUX_UNMAP_UNPROTECTED", rd, HALF, 1, r=[0, 2 * HALF])
