"""What a realm had and is not lost, and pages that no block could replace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.replay.make_samples import (
    DATA0,
    DATA1,
    L2,
    L3,
    LEVEL1,
    LEVEL2,
    LIST,
    PARAMS,
    POOL_TOP,
    RD,
    ROOT_TOP,
    SOURCE,
    SUCCESS,
    Script,
    boot_1_0,
    boot_2_0,
    descriptor,
    realm_2_0,
    realm_params,
    rec_2_0,
    unrec_2_0,
    words,
)
from tests.rules import traces_of_lives as lives
from tests.rules.traces_of_lives import BASE, BLOCK
from tests.rules.watched import fired, hazards, others
from traces.event import PAGE

# --- destroy-skipped-for-realm


def _params(root: int) -> dict[int, bytes]:
    """39 bits of IPA, one root table of level 1."""
    return words(PARAMS + 0x8, 39, 0, 1, 1) | words(PARAMS + 0x800, 7, root, 1, 1)


def _ended(s: Script) -> None:
    boot_1_0(s)
    lives.delegated(s, RD)
    lives.life(s, RD)


def used_by_one_that_lives() -> Script:
    s = Script("1.0")
    _ended(s)
    lives.delegated(s, BASE)
    lives.life(s, BASE)
    s.call("GRANULE_UNDELEGATE", RD)
    rd, root = RD + 2 * PAGE, RD + PAGE
    s.call("REALM_CREATE", rd, PARAMS, mem=_params(root))
    others(s, 20)
    return s


def used_by_one_that_has_ended() -> Script:
    s = Script("1.0")
    _ended(s)
    s.call("GRANULE_UNDELEGATE", RD)
    rd, root = RD + 2 * PAGE, RD + PAGE
    s.call("REALM_CREATE", rd, PARAMS, mem=_params(root))
    s.call("REALM_DESTROY", rd)
    s.call("GRANULE_UNDELEGATE", rd)
    s.call("GRANULE_UNDELEGATE", root)
    others(s, 20)
    return s


def nothing_comes_back_yet() -> Script:
    s = Script("1.0")
    _ended(s)
    others(s, 20)
    return s


def nothing_comes_back_yet_of_the_first() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    lives.delegated(s, RD)
    rd, root = BASE, BASE + PAGE
    s.call("REALM_CREATE", RD, PARAMS, mem=_params(RD + PAGE))
    s.call("RTT_CREATE", RD, RD + 2 * PAGE, 0, 2)
    s.call("RTT_DESTROY", RD, 0, 2, r=(SUCCESS, RD + 2 * PAGE, ROOT_TOP))
    for addr in (rd, root):
        s.call("GRANULE_DELEGATE", addr)
    s.call("REALM_CREATE", rd, PARAMS, mem=_params(root) | words(PARAMS + 0x800, 8, root, 1, 1))
    s.call("REALM_DESTROY", RD)
    others(s, 20)
    return s


def comes_back_slowly() -> Script:
    s = Script("1.0")
    _ended(s)
    others(s, 20)
    s.call("GRANULE_UNDELEGATE", RD)
    others(s, 10)
    return s


NOTHING_LOST: list[Callable[[], Script]] = [
    used_by_one_that_lives,
    used_by_one_that_has_ended,
    nothing_comes_back_yet,
    nothing_comes_back_yet_of_the_first,
    comes_back_slowly,
]


@pytest.mark.parametrize("story", NOTHING_LOST)
def test_a_granule_may_come_back_yet(story: Callable[[], Script]) -> None:
    assert fired(story(), "destroy-skipped-for-realm") == []


def test_granules_are_lost_if_another_realm_gets_others() -> None:
    s = Script("1.0")
    _ended(s)
    lives.delegated(s, BASE)
    lives.life(s, BASE)
    others(s, 10)
    (said,) = fired(s, "destroy-skipped-for-realm")
    assert said == (
        "6 granules delegated for the realm 0x80100000 never came back after its end: "
        "RD 1, RTT 3, DATA 2"
    )


def test_what_comes_back_and_is_used_again_is_no_pool() -> None:
    s = Script("1.0")
    _ended(s)
    lives.undelegated(s, RD, 1)  # all but the descriptor
    lives.delegated(s, RD + PAGE)
    rd, root = RD + PAGE, RD + 2 * PAGE
    s.call("REALM_CREATE", rd, PARAMS, mem=_params(root))
    s.call("RTT_CREATE", rd, RD + 3 * PAGE, 0, 2)
    s.call("RTT_DESTROY", rd, 0, 2, r=(SUCCESS, RD + 3 * PAGE, ROOT_TOP))
    s.call("RTT_CREATE", rd, RD + 3 * PAGE, 0, 2)  # the realm's own again
    others(s, 10)
    (said,) = fired(s, "destroy-skipped-for-realm")
    assert said.endswith("never came back after its end: RD 1")


def test_each_realm_is_told_apart() -> None:
    """The first one loses its root table, and so does the last one at the same address."""
    s = Script("1.0")
    boot_1_0(s)
    lost = []
    for n in range(300):
        root = BLOCK + n * PAGE if n in (0, 299) else RD + PAGE
        s.call("GRANULE_DELEGATE", RD)
        s.call("GRANULE_DELEGATE", root)
        s.call("REALM_CREATE", RD, PARAMS, mem=_params(root))
        s.call("REALM_DESTROY", RD)
        if n in (0, 299):
            lost.append(len(s.items) + 1)  # lines: the header's is 1
        else:
            s.call("GRANULE_UNDELEGATE", root)
        s.call("GRANULE_UNDELEGATE", RD)
    others(s, 20)
    found = hazards(s, "destroy-skipped-for-realm")
    assert [h.line for h in found] == lost
    assert {h.message for h in found} == {
        "1 granule delegated for the realm 0x80100000 never came back after its end: RTT 1"
    }


def test_what_a_rec_had_counts_and_so_does_what_comes_back_as_a_list() -> None:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    rec_2_0(s)
    unrec_2_0(s)
    s.call("REALM_TERMINATE", RD)
    told = words(LIST, descriptor(DATA0, 2))
    s.call("RTT_DATA_UNMAP", RD, 0, LEVEL2, 2 | 4 << 2, LIST, r=(SUCCESS, LEVEL2, 0, 1), out=told)
    s.call("RTT_DESTROY", RD, 0, 3, r=(SUCCESS, L3, LEVEL1))
    s.call("RTT_DESTROY", RD, 0, 2, r=(SUCCESS, L2, ROOT_TOP))
    s.call("REALM_DESTROY", RD)
    s.call("GRANULE_RANGE_UNDELEGATE", RD, RD + PAGE, r=(SUCCESS, RD + PAGE))
    s.call("GRANULE_RANGE_UNDELEGATE", DATA1, POOL_TOP, r=(SUCCESS, POOL_TOP))
    others(s, 16)
    (said,) = fired(s, "destroy-skipped-for-realm")
    assert said == (
        "7 granules delegated for the realm 0x80100000 never came back after its end: "
        "REC 1, REC_AUX 2, RTT 3, DATA 1"
    )


# --- rtt-level-on-trust


def _table(s: Script) -> None:
    lives.tables(s)
    s.call("RTT_CREATE", RD, L3, 0, 3)


def not_aligned() -> Script:
    s = Script("2.0")
    _table(s)
    end = BLOCK + LEVEL2
    s.call("GRANULE_RANGE_DELEGATE", end, end + PAGE, r=(SUCCESS, end + PAGE))
    run = descriptor(BLOCK + PAGE, 512)
    s.call("RTT_DATA_MAP", RD, 0, LEVEL2, 1, run, r=(SUCCESS, LEVEL2))
    others(s, 10)
    return s


def trace_ends() -> Script:
    s = Script("2.0")
    _table(s)
    lives.pages(s, 0, 512)
    return s


def loaded() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))
    s.call("GRANULE_RANGE_DELEGATE", BLOCK, BLOCK + LEVEL2, r=(SUCCESS, BLOCK + LEVEL2))
    s.call("REALM_CREATE", RD, PARAMS, mem=realm_params("2.0"))
    s.call("RTT_CREATE", RD, L2, 0, 2)
    s.call("RTT_CREATE", RD, L3, 0, 3)
    s.call("RTT_INIT_RIPAS", RD, 0, LEVEL2, r=(SUCCESS, LEVEL2))
    s.call("RTT_DATA_MAP_INIT", RD, BLOCK, 0, SOURCE, 1, mem=words(SOURCE, 1))
    lives.pages(s, 1, 512)
    others(s, 10)
    return s


@pytest.mark.parametrize("story", [not_aligned, trace_ends, loaded])
def test_no_block_would_have_done(story: Callable[[], Script]) -> None:
    assert fired(story(), "rtt-level-on-trust") == []
