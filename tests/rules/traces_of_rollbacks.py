"""Example traces about a run of calls that fails, and what is taken back of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.replay.make_samples import (
    AUX0,
    DATA0,
    DATA1,
    INPUT,
    L2,
    L3,
    LEVEL2,
    PARAMS,
    POOL_TOP,
    RD,
    RTT,
    SUCCESS,
    Script,
    boot_1_0,
    boot_2_0,
    descriptor,
    realm_params,
    realm_with_memory,
)
from tests.rules.traces_of_calls import expect
from traces.event import PAGE

BASE, FOREIGN, TOP = 0x8020_0000, 0x8020_5000, 0x8020_8000
TAKEN = 0x8020_4000  # what the Secure world has
DATA2, MORE = 0x8030_0000, 0x8030_8000
RTT3 = RTT | 3 << 8


def _delegates(s: Script) -> None:
    """Four granules of eight are delegated, granule by granule, then one fails."""
    boot_1_0(s)
    s.say("Another driver has delegated 0x80205000, and the Secure world has taken 0x80204000.")
    s.call("GRANULE_DELEGATE", FOREIGN)
    s.event("gpt", addr=TAKEN, pas="SECURE")
    for addr in range(BASE, TAKEN, PAGE):
        s.call("GRANULE_DELEGATE", addr)
    s.call("GRANULE_DELEGATE", TAKEN, r=INPUT)


def all_granules_back() -> Script:
    s = Script("1.0")
    _delegates(s)
    s.say("The host takes all eight back, and with them what the other driver has.")
    for addr in range(BASE, TOP, PAGE):
        s.call("GRANULE_UNDELEGATE", addr, r=SUCCESS if addr < TAKEN or addr == FOREIGN else INPUT)
        if addr == TAKEN:
            expect(s, "rollback-range")
    return s


def all_granules_back_downwards() -> Script:
    s = Script("1.0")
    _delegates(s)
    s.say("The host counts back from the granule that failed, not from the one before.")
    s.call("GRANULE_UNDELEGATE", TAKEN, r=INPUT)
    expect(s, "rollback-range")
    for addr in range(TAKEN - PAGE, BASE - PAGE, -PAGE):
        s.call("GRANULE_UNDELEGATE", addr)
    return s


def own_granules_back() -> Script:
    s = Script("1.0")
    _delegates(s)
    s.say("The host takes its four back; later the other driver takes its own back.")
    for addr in range(TAKEN - PAGE, BASE - PAGE, -PAGE):
        s.call("GRANULE_UNDELEGATE", addr)
    s.call("GRANULE_UNDELEGATE", FOREIGN)
    return s


def _delegates_range(s: Script) -> None:
    boot_2_0(s)
    s.event("gpt", addr=TAKEN, pas="SECURE")
    s.call("GRANULE_RANGE_DELEGATE", BASE, TOP, r=(SUCCESS, TAKEN))
    s.call("GRANULE_RANGE_DELEGATE", TAKEN, TOP, r=(INPUT, TAKEN))


def whole_range_back() -> Script:
    s = Script("2.0")
    s.say("The Secure world has one granule in the middle of the range.")
    _delegates_range(s)
    s.say("The host asks for the whole range back.")
    s.call("GRANULE_RANGE_UNDELEGATE", BASE, TOP, r=(SUCCESS, TAKEN))
    expect(s, "rollback-range")
    s.call("GRANULE_RANGE_UNDELEGATE", TAKEN, TOP, r=(INPUT, TAKEN))
    return s


def range_from_where_it_failed() -> Script:
    s = Script("2.0")
    s.say("The same; the address has moved on when the host rolls back, the size has not.")
    _delegates_range(s)
    s.call("GRANULE_RANGE_UNDELEGATE", TAKEN, TAKEN + TOP - BASE, r=(INPUT, TAKEN))
    expect(s, "rollback-range")
    return s


def done_range_back() -> Script:
    s = Script("2.0")
    _delegates_range(s)
    s.say("What was done is taken back. The next range is complete, and all of it goes back.")
    s.call("GRANULE_RANGE_UNDELEGATE", BASE, TAKEN, r=(SUCCESS, TAKEN))
    s.call("GRANULE_RANGE_DELEGATE", FOREIGN, TOP, r=(SUCCESS, TOP))
    s.call("GRANULE_RANGE_UNDELEGATE", FOREIGN, TOP, r=(SUCCESS, TOP))
    return s


def half_mapped(s: Script) -> None:
    """Two pages of four are mapped; the third was, by another vCPU's fault."""
    boot_2_0(s)
    s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))
    s.call("GRANULE_RANGE_DELEGATE", DATA2, MORE, r=(SUCCESS, MORE))
    realm_with_memory(s)
    s.say("Another vCPU has faulted at IPA 0x6000 and got its page.")
    s.call("RTT_DATA_MAP", RD, 6 * PAGE, 7 * PAGE, 1, descriptor(DATA2, 1), r=(SUCCESS, 7 * PAGE))
    s.say("Four pages are to be mapped from 0x4000 on.")
    four = descriptor(DATA2 + PAGE, 4)
    s.call("RTT_DATA_MAP", RD, 4 * PAGE, 8 * PAGE, 1, four, r=(SUCCESS, 6 * PAGE))
    rest = descriptor(DATA2 + 3 * PAGE, 2)
    s.call("RTT_DATA_MAP", RD, 6 * PAGE, 8 * PAGE, 1, rest, r=RTT3)


def all_pages_unmapped() -> Script:
    s = Script("2.0")
    half_mapped(s)
    s.say("The host unmaps all four, and the other vCPU's page is gone with what was in it.")
    s.call("RTT_DATA_UNMAP", RD, 4 * PAGE, 8 * PAGE, 0, r=(SUCCESS, 8 * PAGE))
    expect(s, "rollback-range")
    return s


def own_pages_unmapped() -> Script:
    s = Script("2.0")
    half_mapped(s)
    s.say("The host unmaps the two that it had mapped.")
    two = descriptor(DATA2 + PAGE, 2)
    s.call("RTT_DATA_UNMAP", RD, 4 * PAGE, 6 * PAGE, 1, r=(SUCCESS, 6 * PAGE, two))
    return s


def table_missing() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))
    s.call("REALM_CREATE", RD, PARAMS, mem=realm_params("2.0"))
    s.call("RTT_CREATE", RD, L2, 0, 2)
    s.call("RTT_CREATE", RD, L3, 0, 3)
    s.say("A map that needs one more table gets it, and goes on; later all of it goes at once.")
    last = LEVEL2 - PAGE
    s.call("RTT_DATA_MAP", RD, last, LEVEL2 + PAGE, 1, descriptor(DATA0, 2), r=(SUCCESS, LEVEL2))
    one = descriptor(DATA1, 1)
    s.call("RTT_DATA_MAP", RD, LEVEL2, LEVEL2 + PAGE, 1, one, r=RTT | 2 << 8)
    s.call("RTT_CREATE", RD, AUX0, LEVEL2, 3)
    s.call("RTT_DATA_MAP", RD, LEVEL2, LEVEL2 + PAGE, 1, one, r=(SUCCESS, LEVEL2 + PAGE))
    s.call("RTT_DATA_UNMAP", RD, last, LEVEL2 + PAGE, 0, r=(SUCCESS, LEVEL2))
    s.call("RTT_DATA_UNMAP", RD, LEVEL2, LEVEL2 + PAGE, 0, r=(SUCCESS, LEVEL2 + PAGE))
    return s


STORIES: dict[str, Callable[[], Script]] = {
    "rollback-range/bad_granules": all_granules_back,
    "rollback-range/bad_downwards": all_granules_back_downwards,
    "rollback-range/good_granules": own_granules_back,
    "rollback-range/bad_range": whole_range_back,
    "rollback-range/bad_moved_on": range_from_where_it_failed,
    "rollback-range/good_range": done_range_back,
    "rollback-range/bad_map": all_pages_unmapped,
    "rollback-range/good_map": own_pages_unmapped,
    "rollback-range/good_table_missing": table_missing,
}
