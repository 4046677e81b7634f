"""Example traces about what a realm had: given back after its end or not, in blocks or in pages."""

from __future__ import annotations

from collections.abc import Callable

from tests.replay.make_samples import (
    DATA0,
    IRQ,
    L2,
    L3,
    LEVEL1,
    LEVEL2,
    PARAMS,
    POOL_TOP,
    RD,
    ROOT_TOP,
    SUCCESS,
    Script,
    boot_1_0,
    boot_2_0,
    descriptor,
    enter,
    realm_2_0,
    realm_params,
    rec_2_0,
    regs,
    words,
)
from tests.rules.traces_of_calls import expect
from traces.event import PAGE

BASE = 0x8020_0000
BLOCK = 0x8040_0000  # 2 MiB
SHARED = 1 << 38  # the first IPA of the unprotected half


# --- destroy-skipped-for-realm


def life(s: Script, pool: int) -> None:
    """A realm with two pages, from its first table to its end, in granules from `pool` on."""
    rd, root, l2, l3, data0, data1 = range(pool, pool + 6 * PAGE, PAGE)
    params = words(PARAMS + 0x8, 39, 0, 1, 1) | words(PARAMS + 0x800, 7, root, 1, 1)
    s.call("REALM_CREATE", rd, PARAMS, mem=params)
    s.call("RTT_CREATE", rd, l2, 0, 2)
    s.call("RTT_CREATE", rd, l3, 0, 3)
    s.call("DATA_CREATE_UNKNOWN", rd, data0, 0)
    s.call("DATA_CREATE_UNKNOWN", rd, data1, PAGE)
    s.call("DATA_DESTROY", rd, 0, r=(SUCCESS, data0, PAGE))
    s.call("DATA_DESTROY", rd, PAGE, r=(SUCCESS, data1, LEVEL2))
    s.call("RTT_DESTROY", rd, 0, 3, r=(SUCCESS, l3, LEVEL1))
    s.call("RTT_DESTROY", rd, 0, 2, r=(SUCCESS, l2, ROOT_TOP))
    s.call("REALM_DESTROY", rd)


def delegated(s: Script, pool: int) -> None:
    for addr in range(pool, pool + 6 * PAGE, PAGE):
        s.call("GRANULE_DELEGATE", addr)


def undelegated(s: Script, pool: int, first: int = 0) -> None:
    for addr in range(pool + first * PAGE, pool + 6 * PAGE, PAGE):
        s.call("GRANULE_UNDELEGATE", addr)


def root_table_forgotten() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.say("A realm lives and ends; its descriptor and pages come back, its tables do not.")
    delegated(s, RD)
    life(s, RD)
    expect(s, "destroy-skipped-for-realm")
    s.call("GRANULE_UNDELEGATE", RD)
    undelegated(s, RD, 4)
    s.say("The next realm is made of other granules, which all come back.")
    delegated(s, BASE)
    life(s, BASE)
    undelegated(s, BASE)
    return s


def pages_not_taken_back() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    s.call("REALM_TERMINATE", RD)
    s.say("The unmap tells of two pages; the host drops what it says.")
    s.call("RTT_DATA_UNMAP", RD, 0, LEVEL2, 1, r=(SUCCESS, LEVEL2, descriptor(DATA0, 2)))
    s.call("RTT_DESTROY", RD, 0, 3, r=(SUCCESS, L3, LEVEL1))
    s.call("RTT_DESTROY", RD, 0, 2, r=(SUCCESS, L2, ROOT_TOP))
    s.call("REALM_DESTROY", RD)
    expect(s, "destroy-skipped-for-realm")
    s.call("GRANULE_RANGE_UNDELEGATE", RD, DATA0, r=(SUCCESS, DATA0))
    s.say("And it goes on with other work.")
    for addr in range(BASE, BASE + 8 * PAGE, PAGE):
        s.call("GRANULE_RANGE_DELEGATE", addr, addr + PAGE, r=(SUCCESS, addr + PAGE))
        s.call("GRANULE_RANGE_UNDELEGATE", addr, addr + PAGE, r=(SUCCESS, addr + PAGE))
    return s


def all_come_back() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.say("Two realms, one after the other; all that was delegated comes back.")
    for pool in (RD, BASE):
        delegated(s, pool)
        life(s, pool)
        undelegated(s, pool)
    return s


def kept_for_the_next() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.say("The host keeps what is delegated for the next realm, and the next but one.")
    delegated(s, RD)
    delegated(s, BASE)
    life(s, RD)
    s.call("GRANULE_UNDELEGATE", RD)
    s.call("GRANULE_DELEGATE", RD)
    life(s, RD)
    life(s, BASE)
    return s


def cut_short() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.say("The trace ends while the host takes the granules back.")
    delegated(s, RD)
    life(s, RD)
    s.call("GRANULE_UNDELEGATE", RD)
    return s


# --- rtt-level-on-trust


def tables(s: Script) -> None:
    """A realm with tables down to the last level, and 2 MiB delegated for it."""
    boot_2_0(s)
    s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))
    top = BLOCK + LEVEL2
    s.call("GRANULE_RANGE_DELEGATE", BLOCK, top, r=(SUCCESS, top))
    s.call("REALM_CREATE", RD, PARAMS, mem=realm_params("2.0"))
    rec_2_0(s)
    s.call("REALM_ACTIVATE", RD)
    s.call("RTT_CREATE", RD, L2, 0, 2)


def pages(s: Script, first: int, last: int) -> None:
    """Pages `first` to `last` of the 2 MiB, mapped as such."""
    ipa, top = first * PAGE, last * PAGE
    run = descriptor(BLOCK + ipa, last - first)
    s.call("RTT_DATA_MAP", RD, ipa, top, 1, run, r=(SUCCESS, top))


def runs(s: Script) -> None:
    enter(s, [("enter", regs()), ("irq", [])], IRQ)


def pages_of_a_block() -> Script:
    s = Script("2.0")
    tables(s)
    s.say("2 MiB in one piece are mapped page by page: 512 entries, and a table for them.")
    s.call("RTT_CREATE", RD, L3, 0, 3)
    pages(s, 0, 200)
    pages(s, 200, 512)
    expect(s, "rtt-level-on-trust")
    for _ in range(4):
        runs(s)
    return s


def pages_folded() -> Script:
    s = Script("2.0")
    tables(s)
    s.say("Page by page, but then the table is folded into a block.")
    s.call("RTT_CREATE", RD, L3, 0, 3)
    pages(s, 0, 512)
    s.call("RTT_FOLD", RD, 0, 3, r=(SUCCESS, L3))
    for _ in range(4):
        runs(s)
    return s


def block_at_once() -> Script:
    s = Script("2.0")
    tables(s)
    s.say("2 MiB in one piece are mapped as a block; no further table is needed.")
    s.call("RTT_DATA_MAP", RD, 0, LEVEL2, 1, descriptor(BLOCK, 1) | 1, r=(SUCCESS, LEVEL2))
    for _ in range(4):
        runs(s)
    return s


def pages_by_fault() -> Script:
    s = Script("2.0")
    tables(s)
    s.say("The realm runs in between: the host maps what is asked for, and is lucky.")
    s.call("RTT_CREATE", RD, L3, 0, 3)
    pages(s, 0, 511)
    runs(s)
    pages(s, 511, 512)
    for _ in range(4):
        runs(s)
    return s


def shared_pages_of_a_block() -> Script:
    s = Script("2.0")
    tables(s)
    s.say("Shared memory in one piece is mapped page by page, and all of it goes again.")
    s.call("RTT_CREATE", RD, L3, SHARED, 2)
    s.call("RTT_CREATE", RD, DATA0, SHARED, 3)
    top, run = SHARED + LEVEL2, descriptor(0x9020_0000, 512) | 1 << 63
    s.call("RTT_UNPROT_MAP", RD, SHARED, top, 1, run, r=(SUCCESS, top))
    expect(s, "rtt-level-on-trust")
    runs(s)
    s.call("RTT_UNPROT_UNMAP", RD, SHARED, top, 0, r=(SUCCESS, top))
    s.call("RTT_DESTROY", RD, SHARED, 3, r=(SUCCESS, DATA0, SHARED + LEVEL1))
    return s


STORIES: dict[str, Callable[[], Script]] = {
    "destroy-skipped-for-realm/bad_tables": root_table_forgotten,
    "destroy-skipped-for-realm/bad_pages": pages_not_taken_back,
    "destroy-skipped-for-realm/good_tables": all_come_back,
    "destroy-skipped-for-realm/good_pool": kept_for_the_next,
    "destroy-skipped-for-realm/good_cut": cut_short,
    "rtt-level-on-trust/bad_pages": pages_of_a_block,
    "rtt-level-on-trust/bad_shared": shared_pages_of_a_block,
    "rtt-level-on-trust/good_folded": pages_folded,
    "rtt-level-on-trust/good_block": block_at_once,
    "rtt-level-on-trust/good_faults": pages_by_fault,
}
