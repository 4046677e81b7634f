"""Example traces about what a realm, or the RMM, asks the host to do."""

from __future__ import annotations

from collections.abc import Callable

from tests.replay.make_samples import (
    AUX0,
    DATA0,
    DONATE,
    INCOMPLETE,
    INPUT,
    IRQ,
    L2,
    L3,
    LEVEL1,
    LEVEL2,
    LIST,
    PARAMS,
    POOL_TOP,
    RD,
    REC0,
    RECLAIM,
    ROOT_TOP,
    RSI_IPA_STATE_SET,
    RTT,
    RUN,
    SUCCESS,
    Script,
    boot_1_0,
    boot_2_0,
    descriptor,
    enter,
    realm_1_0,
    realm_2_0,
    rec_2_0,
    rec_params,
    regs,
    unrec_2_0,
    words,
)
from tests.rules.traces_of_calls import expect
from traces.event import PAGE

RTT3 = RTT | 3 << 8
REJECT = 0x10
RAM, EMPTY = 1, 0


# --- exit-reason-without-case


def asks(s: Script, ripas: int, flags: int = 0, first: list[int] | None = None) -> None:
    """The realm runs, and asks for another RIPAS of its two pages."""
    exit_ = words(RUN + 0x800, 4) | words(RUN + 0xD00, 0, 2 * PAGE, ripas)
    call = regs(RSI_IPA_STATE_SET, 0, 2 * PAGE, ripas, 0)
    enter(s, [("enter", first or regs()), ("smc", call)], exit_, flags)


def finds(s: Script, *registers: int, flags: int = 0) -> None:
    """The realm runs on and finds this in its registers."""
    enter(s, [("enter", regs(*registers)), ("irq", [])], IRQ, flags)


def change_ignored() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say("The realm gives two pages back. The host enters it again, and it asks again.")
    asks(s, EMPTY)
    asks(s, EMPTY)
    expect(s, "exit-reason-without-case")
    s.call("RTT_SET_RIPAS", RD, REC0, 0, 2 * PAGE, r=(SUCCESS, 2 * PAGE))
    finds(s, 0, 2 * PAGE)
    return s


def error_ignored() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say("The host asks for more than the realm did, and drops the answer.")
    asks(s, RAM)
    s.call("RTT_SET_RIPAS", RD, REC0, 0, 3 * PAGE, r=INPUT)
    finds(s, 0, 0, 0, 0)
    expect(s, "exit-reason-without-case")
    return s


def change_made() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say("The host does one page and enters the REC; the realm is told, and asks for the rest.")
    asks(s, EMPTY)
    s.call("RTT_SET_RIPAS", RD, REC0, 0, PAGE, r=(SUCCESS, PAGE))
    finds(s, 0, PAGE)
    s.say("It wants both back as RAM. The host rejects, which it may.")
    asks(s, RAM, first=regs(0, PAGE))
    finds(s, 0, 0, 1, flags=REJECT)
    return s


def change_impossible() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say("The first page is destroyed, and the realm does not want it to change: nobody can.")
    s.call("DATA_DESTROY", RD, 0, r=(SUCCESS, DATA0, PAGE))
    asks(s, RAM)
    s.call("RTT_SET_RIPAS", RD, REC0, 0, 2 * PAGE, r=RTT3)
    finds(s, 0, 0)
    return s


# --- incomplete-not-driven


def taken_apart(s: Script) -> None:
    s.call("RTT_DATA_UNMAP", RD, 0, LEVEL2, 1, r=(SUCCESS, LEVEL2, descriptor(DATA0, 2)))
    s.call("RTT_DESTROY", RD, 0, 3, r=(SUCCESS, L3, LEVEL1))
    s.call("RTT_DESTROY", RD, 0, 2, r=(SUCCESS, L2, ROOT_TOP))


def creation_abandoned() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    s.say("REC_CREATE asks for two granules. The host gives one, has no other, and gives up.")
    s.call("REC_CREATE", RD, REC0, PARAMS, r=(DONATE, 0, 2 << 2), mem=rec_params("2.0"))
    one = words(LIST, descriptor(AUX0, 1))
    s.call("OP_MEM_DONATE", 0, LIST, 1, r=(DONATE, 1, 1 << 2), mem=one)
    expect(s, "incomplete-not-driven")
    s.call("REALM_TERMINATE", RD)
    taken_apart(s)
    s.call("REALM_DESTROY", RD)
    s.say("Two of its granules are not the host's again.")
    s.call("GRANULE_RANGE_UNDELEGATE", RD, REC0, r=(SUCCESS, REC0))
    s.call("GRANULE_RANGE_UNDELEGATE", REC0, POOL_TOP, r=(INPUT, REC0))
    return s


def end_abandoned() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    rec_2_0(s)
    s.say("REC_DESTROY has two granules to give back. The host does not ask for them.")
    s.call("REC_DESTROY", REC0, r=(RECLAIM, 0))
    expect(s, "incomplete-not-driven")
    s.call("REALM_TERMINATE", RD)
    taken_apart(s)
    return s


def driven_to_the_end() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    s.say("While REC_CREATE waits, the host makes room; then it goes on.")
    s.call("REC_CREATE", RD, REC0, PARAMS, r=(DONATE, 0, 2 << 2), mem=rec_params("2.0"))
    taken_apart(s)
    s.call("REALM_TERMINATE", RD)
    s.say("The realm has ended meanwhile, so the memory goes back.")
    two = words(LIST, descriptor(AUX0, 2))
    s.call("OP_MEM_DONATE", 0, LIST, 1, r=(INCOMPLETE, 2), mem=two)
    s.call("OP_CONTINUE", 0, 0, r=RECLAIM, mem=rec_params("2.0"))
    s.call("OP_MEM_RECLAIM", 0, LIST, 8, r=(INCOMPLETE, 1), out=two)
    s.call("OP_CONTINUE", 0, 0, r=2)
    s.call("REALM_DESTROY", RD)
    return s


def cut_in_between() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    rec_2_0(s)
    unrec_2_0(s)
    s.say("The trace ends while a REC is being made.")
    s.call("REC_CREATE", RD, REC0, PARAMS, r=(DONATE, 0, 2 << 2), mem=rec_params("2.0"))
    return s


STORIES: dict[str, Callable[[], Script]] = {
    "exit-reason-without-case/bad_ripas": change_ignored,
    "exit-reason-without-case/bad_error": error_ignored,
    "exit-reason-without-case/good_ripas": change_made,
    "exit-reason-without-case/good_destroyed": change_impossible,
    "incomplete-not-driven/bad_create": creation_abandoned,
    "incomplete-not-driven/bad_destroy": end_abandoned,
    "incomplete-not-driven/good_create": driven_to_the_end,
    "incomplete-not-driven/good_cut": cut_in_between,
}
