"""What is no roll-back that goes too far, though it looks like one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.replay.make_samples import (
    INPUT,
    LEVEL2,
    RD,
    SUCCESS,
    Script,
    boot_1_0,
    boot_2_0,
    descriptor,
    realm_1_0,
    realm_2_0,
)
from tests.rules import traces_of_lives as lives
from tests.rules import traces_of_rollbacks as rollbacks
from tests.rules.traces_of_rollbacks import BASE, DATA2, FOREIGN, RTT3, TAKEN, TOP
from tests.rules.watched import fired
from traces.event import PAGE


def _the_owner(s: Script, *granules: int) -> None:
    """Eight granules, of which two are another driver's; the run fails at the first of these."""
    boot_1_0(s)
    for addr in (RD, TAKEN, FOREIGN):
        s.call("GRANULE_DELEGATE", addr)
    for addr in range(BASE, TAKEN, PAGE):
        s.call("GRANULE_DELEGATE", addr)
    s.call("GRANULE_DELEGATE", TAKEN, r=INPUT)
    for addr in granules:
        s.call("GRANULE_UNDELEGATE", addr)


def owner_takes_its_own_back() -> Script:
    s = Script("1.0")
    _the_owner(s, TAKEN, FOREIGN)
    return s


def owner_takes_its_own_back_and_more() -> Script:
    s = Script("1.0")
    _the_owner(s, TAKEN, RD, BASE)
    return s


def got_it_the_second_time() -> Script:
    s = Script("1.0")
    _the_owner(s, TAKEN)
    for addr in (TAKEN, *range(TAKEN + 2 * PAGE, TOP, PAGE)):
        s.call("GRANULE_DELEGATE", addr)
    for addr in range(BASE, TOP, PAGE):
        s.call("GRANULE_UNDELEGATE", addr)
    return s


def got_it_at_last() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.call("GRANULE_DELEGATE", TOP)
    s.event("gpt", addr=TAKEN, pas="SECURE")
    for addr in range(BASE, TAKEN, PAGE):
        s.call("GRANULE_DELEGATE", addr)
    s.call("GRANULE_DELEGATE", TAKEN, r=INPUT)
    s.event("gpt", addr=TAKEN, pas="NS")
    for addr in range(TAKEN, TOP, PAGE):
        s.call("GRANULE_DELEGATE", addr)
    for addr in range(BASE, TOP + PAGE, PAGE):
        s.call("GRANULE_UNDELEGATE", addr)
    return s


def realm_ran_meanwhile() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.call("GRANULE_DELEGATE", TAKEN)
    for addr in range(BASE, TAKEN, PAGE):
        s.call("GRANULE_DELEGATE", addr)
    s.call("GRANULE_DELEGATE", TAKEN, r=INPUT)
    lives.runs(s)
    for addr in range(BASE, TAKEN + PAGE, PAGE):
        s.call("GRANULE_UNDELEGATE", addr)
    return s


def own_page_twice() -> Script:
    """The run fails at a page that a realm has; the page is taken from it, and all goes back."""
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.call("GRANULE_DELEGATE", DATA2)
    s.call("DATA_CREATE_UNKNOWN", RD, DATA2, 2 * PAGE)
    s.call("GRANULE_DELEGATE", DATA2 - 2 * PAGE)
    s.call("GRANULE_DELEGATE", DATA2 - PAGE)
    s.call("GRANULE_DELEGATE", DATA2, r=INPUT)
    s.call("DATA_DESTROY", RD, 2 * PAGE, r=(SUCCESS, DATA2, LEVEL2))
    for addr in range(DATA2 - 2 * PAGE, DATA2 + PAGE, PAGE):
        s.call("GRANULE_UNDELEGATE", addr)
    return s


def nothing_lies_beyond() -> Script:
    s = Script("2.0")
    _two_of_four(s, INPUT)
    s.call("RTT_DATA_UNMAP", RD, 4 * PAGE, 8 * PAGE, 0, r=(SUCCESS, 8 * PAGE))
    return s


def _two_of_four(s: Script, then: int) -> None:
    """Two pages are mapped at 0x4000; the third granule is not delegated."""
    boot_2_0(s)
    realm_2_0(s)
    s.call("GRANULE_RANGE_DELEGATE", DATA2, DATA2 + 2 * PAGE, r=(SUCCESS, DATA2 + 2 * PAGE))
    four = descriptor(DATA2, 4)
    s.call("RTT_DATA_MAP", RD, 4 * PAGE, 8 * PAGE, 1, four, r=(SUCCESS, 6 * PAGE))
    rest = descriptor(DATA2 + 2 * PAGE, 2)
    s.call("RTT_DATA_MAP", RD, 6 * PAGE, 8 * PAGE, 1, rest, r=then)


def unmap_stops_at_the_foreign_page() -> Script:
    s = Script("2.0")
    rollbacks.half_mapped(s)
    two = descriptor(DATA2 + PAGE, 2)
    s.call("RTT_DATA_UNMAP", RD, 4 * PAGE, 8 * PAGE, 1, r=(SUCCESS, 6 * PAGE, two))
    return s


def mapped_anew() -> Script:
    s = Script("2.0")
    rollbacks.half_mapped(s)
    s.call("RTT_DATA_UNMAP", RD, 4 * PAGE, 8 * PAGE, 0, r=(SUCCESS, 8 * PAGE))
    four = descriptor(DATA2 + PAGE, 4)
    s.call("RTT_DATA_MAP", RD, 4 * PAGE, 8 * PAGE, 1, four, r=(SUCCESS, 8 * PAGE))
    return s


NO_ROLL_BACK: list[Callable[[], Script]] = [
    owner_takes_its_own_back,
    owner_takes_its_own_back_and_more,
    got_it_the_second_time,
    got_it_at_last,
    realm_ran_meanwhile,
    own_page_twice,
    nothing_lies_beyond,
    unmap_stops_at_the_foreign_page,
    mapped_anew,
]


@pytest.mark.parametrize("story", NO_ROLL_BACK)
def test_no_roll_back_went_too_far(story: Callable[[], Script]) -> None:
    assert fired(story(), "rollback-range") == []


def test_a_roll_back_in_1_0_unmaps_what_another_had_mapped() -> None:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)  # with pages at IPA 0 and 0x1000
    for addr in (DATA2, DATA2 + PAGE):
        s.call("GRANULE_DELEGATE", addr)
    s.call("DATA_CREATE_UNKNOWN", RD, DATA2, 3 * PAGE)
    s.call("DATA_CREATE_UNKNOWN", RD, DATA2 + PAGE, 2 * PAGE)
    s.call("GRANULE_DELEGATE", BASE)
    s.call("DATA_CREATE_UNKNOWN", RD, BASE, 3 * PAGE, r=RTT3)
    s.call("DATA_DESTROY", RD, 2 * PAGE, r=(SUCCESS, DATA2 + PAGE, 3 * PAGE))
    assert fired(s, "rollback-range") == []
    s.call("DATA_DESTROY", RD, 3 * PAGE, r=(SUCCESS, DATA2, LEVEL2))
    (said,) = fired(s, "rollback-range")
    assert said == (
        "mapping failed at 0x3000, 1 page from 0x2000 on, but the roll-back goes on to 0x4000, "
        "and takes what this run had not given"
    )
