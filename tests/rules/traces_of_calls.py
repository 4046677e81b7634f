"""Example traces about single calls: made again and again, too early, of the wrong memory."""

from __future__ import annotations

from collections.abc import Callable

from tests.replay.make_samples import (
    AUX0,
    BUSY,
    DATA0,
    DATA1,
    DONATE,
    INPUT,
    IRQ,
    L2,
    L3,
    LEVEL2,
    PARAMS,
    POOL_TOP,
    RD,
    REC,
    REC0,
    RUN,
    SBSA_PAGE,
    SBSA_RAM,
    SUCCESS,
    SYSTEM_OFF,
    Script,
    boot_1_0,
    boot_2_0,
    descriptor,
    enter,
    psci_off,
    realm_1_0,
    realm_2_0,
    realm_params,
    rec_params,
    regs,
    words,
)
from traces.event import PAGE, Bank, Event, Smc

FAR, FAR_TOP = 0xA000_0000, 0xB000_0000  # 256 MiB that another CPU delegates
SPARE = 0x8030_0000
REC1, AUX2, AUX3 = SPARE, SPARE + PAGE, SPARE + 2 * PAGE
PSCI_CPU_ON = 0xC400_0003


def expect(s: Script, rule: str) -> None:
    s.say(f"expect: {rule}")


def at(s: Script, t: int, took: int) -> None:
    """The times of the last call, in ns."""
    call = s.items[-1]
    assert isinstance(call, Smc)
    call.t, call.t_end = t, t + took


# --- unbounded-retry


def busy_storm() -> Script:
    s = Script("2.0", cpus=2)
    boot_2_0(s)
    s.say("CPU 1 delegates 256 MiB, which takes its time; CPU 0 asks again every 5 us.")
    seq = s.begin("GRANULE_RANGE_DELEGATE", FAR, FAR_TOP, cpu=1)
    _asks(s, 40, 5_000)
    expect(s, "unbounded-retry")
    _gets_through(s, seq)
    return s


def busy_paused() -> Script:
    s = Script("2.0", cpus=2)
    boot_2_0(s)
    s.say("The same, but CPU 0 sleeps for 2 ms before it asks again.")
    seq = s.begin("GRANULE_RANGE_DELEGATE", FAR, FAR_TOP, cpu=1)
    _asks(s, 40, 2_000_000)
    _gets_through(s, seq)
    return s


def busy_short() -> Script:
    s = Script("2.0", cpus=2)
    boot_2_0(s)
    s.say("CPU 1 is done after 70 us, which is worth no sleep.")
    seq = s.begin("GRANULE_RANGE_DELEGATE", FAR, FAR_TOP, cpu=1)
    _asks(s, 34, 2_000)
    _gets_through(s, seq)
    return s


def _asks(s: Script, tries: int, every: int) -> None:
    for n in range(tries):
        s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=BUSY)
        at(s, 1_000_000 + n * every, 1_500)


def _gets_through(s: Script, seq: int) -> None:
    s.call("GRANULE_RANGE_DELEGATE", FAR, FAR_TOP, r=(SUCCESS, FAR_TOP), cpu=1, seq=seq)
    s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))


def error_storm() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.say("The Secure world has the granule. The host does not tell errors apart: it retries.")
    s.event("gpt", addr=SPARE, pas="SECURE")
    for _ in range(20):
        s.call("GRANULE_DELEGATE", SPARE, r=INPUT)
    expect(s, "unbounded-retry")
    return s


def error_taken() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.say("The Secure world has the granule. The host tries once more and takes another one.")
    s.event("gpt", addr=SPARE, pas="SECURE")
    s.call("GRANULE_DELEGATE", SPARE, r=INPUT)
    s.call("GRANULE_DELEGATE", SPARE, r=INPUT)
    s.call("GRANULE_DELEGATE", SPARE + PAGE)
    s.say("Twenty granules that are delegated already are twenty different calls.")
    for n in range(20):
        s.call("GRANULE_DELEGATE", SPARE + (n + 2) * PAGE)
    for n in range(20):
        s.call("GRANULE_DELEGATE", SPARE + (n + 2) * PAGE, r=INPUT)
    return s


# --- no-progress


def _maps(s: Script, out_top: int) -> None:
    one = descriptor(DATA1, 1)
    s.call("RTT_DATA_MAP", RD, 2 * PAGE, 3 * PAGE, 1, one, r=(SUCCESS, out_top))


def stuck() -> Script:
    s = Script("2.0")
    _almost_mapped(s)
    s.say("The RMM is interrupted before its first entry, each time; the host never looks.")
    for _ in range(6):
        _maps(s, 2 * PAGE)
    expect(s, "no-progress")
    return s


def moves() -> Script:
    s = Script("2.0")
    _almost_mapped(s)
    s.say("The RMM is interrupted twice before its first entry, then it gets on.")
    _maps(s, 2 * PAGE)
    _maps(s, 2 * PAGE)
    _maps(s, 3 * PAGE)
    return s


def _almost_mapped(s: Script) -> None:
    """A realm with tables, of whose granules one is to be mapped."""
    boot_2_0(s)
    s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))
    s.call("REALM_CREATE", RD, PARAMS, mem=realm_params("2.0"))
    s.call("RTT_CREATE", RD, L2, 0, 2)
    s.call("RTT_CREATE", RD, L3, 0, 3)


# --- widened-range


def widened_start() -> Script:
    s = Script("2.0-bet0", SBSA_RAM)
    boot_2_0(s, SBSA_PAGE)
    s.say("RAM begins at 0x10043000000; the host asks about the gigabyte around it.")
    s.call("GRANULE_TRACKING_GET", 0x100_4000_0000, r=(SUCCESS, 0, 1))
    expect(s, "widened-range")
    return s


def widened_end() -> Script:
    s = Script("2.0", Bank(0x8000_0000, 0x3FE0_0000))
    boot_2_0(s)
    s.say("RAM ends 2 MiB below a gigabyte; the host rounds the end up.")
    top = 0xBFE0_0000
    s.call("GRANULE_RANGE_DELEGATE", top - PAGE, 0xC000_0000, r=(SUCCESS, top))
    expect(s, "widened-range")
    s.call("GRANULE_RANGE_DELEGATE", top, 0xC000_0000, r=(INPUT, top))
    expect(s, "widened-range")
    return s


def exact() -> Script:
    s = Script("2.0", Bank(0x8000_0000, 0x3FE0_0000))
    boot_2_0(s)
    s.say("The same RAM, and a host that asks for what there is.")
    top = 0xBFE0_0000
    s.call("GRANULE_TRACKING_GET", 0x8000_0000, top, r=(SUCCESS, 0, 2, top))
    s.call("GRANULE_RANGE_DELEGATE", top - PAGE, top, r=(SUCCESS, top))
    return s


def no_memory_at_all() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.say("A page of flash, below RAM.")
    s.call("GRANULE_DELEGATE", 0x400_0000, r=INPUT)
    expect(s, "widened-range")
    return s


# --- touch-while-delegated


def run_page_given_away() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say("The run page is delegated with others, and used as if it were not.")
    s.call("GRANULE_DELEGATE", RUN)
    s.call("REC_ENTER", REC0, RUN, r=INPUT)
    expect(s, "touch-while-delegated")
    return s


def list_given_away() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    s.say("The list by which granules are donated is one of those that were delegated.")
    s.call("REC_CREATE", RD, REC0, PARAMS, r=(DONATE, 0, 2 << 2), mem=rec_params("2.0"))
    s.call("OP_MEM_DONATE", 0, AUX0, 1, r=INPUT)
    expect(s, "touch-while-delegated")
    return s


def run_page_back() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.call("GRANULE_DELEGATE", RUN)
    s.call("GRANULE_UNDELEGATE", RUN)
    realm_1_0(s)
    s.say("The run page was delegated once; it is the host's again.")
    enter(s, [("enter", regs()), ("irq", [])], IRQ)
    return s


# --- free-after-failed-undelegate


def data_in_use() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say("The host takes a page back that the realm has, and does not look at the answer.")
    s.call("GRANULE_UNDELEGATE", DATA1, r=INPUT)
    expect(s, "free-after-failed-undelegate")
    s.say("The page was freed, allocated anew, and is to be delegated again.")
    s.call("GRANULE_DELEGATE", DATA1, r=INPUT)
    expect(s, "free-after-failed-undelegate")
    return s


def table_in_use() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    s.say("A table goes back before it is destroyed.")
    s.call("GRANULE_RANGE_UNDELEGATE", L3, L3 + PAGE, r=(INPUT, L3))
    expect(s, "free-after-failed-undelegate")
    return s


def came_back_with_others() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    s.say("The host is told that the page is in use, destroys, and takes back a whole range.")
    s.call("GRANULE_RANGE_UNDELEGATE", DATA1, POOL_TOP, r=(INPUT, DATA1))
    expect(s, "free-after-failed-undelegate")
    out = descriptor(DATA0, 2)
    s.call("RTT_DATA_UNMAP", RD, 0, LEVEL2, 1, r=(SUCCESS, LEVEL2, out))
    s.call("GRANULE_RANGE_UNDELEGATE", DATA0, POOL_TOP, r=(SUCCESS, POOL_TOP))
    s.say("So it is the host's, and may be delegated again.")
    s.call("GRANULE_RANGE_DELEGATE", DATA1, POOL_TOP, r=(SUCCESS, POOL_TOP))
    return s


def destroyed_first() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say("The page is taken from the realm first.")
    s.call("DATA_DESTROY", RD, PAGE, r=(SUCCESS, DATA1, LEVEL2))
    s.call("GRANULE_UNDELEGATE", DATA1)
    s.call("GRANULE_DELEGATE", DATA1)
    s.say("What is not delegated cannot come back: a mistake, but no page is in danger.")
    s.call("GRANULE_UNDELEGATE", SPARE, r=INPUT)
    return s


# --- ignored-psci-complete


def two_recs(s: Script) -> None:
    """A realm with a second REC, which is off; the first one asks to turn it on."""
    boot_1_0(s)
    for addr in range(RD, POOL_TOP, PAGE):
        s.call("GRANULE_DELEGATE", addr)
    for addr in (REC1, AUX2, AUX3):
        s.call("GRANULE_DELEGATE", addr)
    s.call("REALM_CREATE", RD, PARAMS, mem=realm_params("1.0"))
    s.call("REC_CREATE", RD, REC0, PARAMS, mem=rec_params("1.0"))
    other = words(PARAMS + 0x100, 1) | words(PARAMS + 0x800, 2, AUX2, AUX3)
    s.call("REC_CREATE", RD, REC1, PARAMS, mem=other)
    s.call("REALM_ACTIVATE", RD)
    s.say("The first REC asks to turn the second one on.")
    exit_ = words(RUN + 0x800, 3) | words(RUN + 0xA00, PSCI_CPU_ON, 1)
    steps = [("enter", regs()), ("smc", regs(PSCI_CPU_ON, 1, 0x1000))]
    enter(s, steps, exit_)


def never_completed() -> Script:
    s = Script("1.0")
    two_recs(s)
    s.say("The host starts the vCPU and enters the REC again, without PSCI_COMPLETE.")
    s.call("REC_ENTER", REC0, RUN, r=REC, mem=words(RUN, 0))
    s.call("REC_ENTER", REC0, RUN, r=REC, mem=words(RUN, 0))
    expect(s, "ignored-psci-complete")
    return s


def refused_completion() -> Script:
    s = Script("1.0")
    two_recs(s)
    s.say("It completes the request with itself as the target, and drops the answer.")
    s.call("PSCI_COMPLETE", REC0, REC0, 0, r=INPUT)
    s.call("REC_ENTER", REC0, RUN, r=REC, mem=words(RUN, 0))
    expect(s, "ignored-psci-complete")
    return s


def completed() -> Script:
    s = Script("1.0")
    two_recs(s)
    s.say("The host enters the REC too early, is refused, and completes the request.")
    s.call("REC_ENTER", REC0, RUN, r=REC, mem=words(RUN, 0))
    s.call("PSCI_COMPLETE", REC0, REC1, 0)
    enter(s, [("enter", regs()), ("irq", [])], IRQ)
    return s


# --- status-as-exit-code


def entered_after_the_end() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    psci_off(s, regs())
    s.say("The realm has turned itself off; the host takes the refusals for exits.")
    for _ in range(5):
        s.call("REC_ENTER", REC0, RUN, r=SYSTEM_OFF, mem=words(RUN, 0))
    s.items.insert(-2, Event(0, "note", {"text": "expect: status-as-exit-code"}))
    return s


def told_once() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    psci_off(s, regs())
    s.say("A host that is told so once, and a VMM that asks once more.")
    s.call("REC_ENTER", REC0, RUN, r=SYSTEM_OFF, mem=words(RUN, 0))
    s.call("REC_ENTER", REC0, RUN, r=SYSTEM_OFF, mem=words(RUN, 0))
    s.call("REC_DESTROY", REC0)
    return s


STORIES: dict[str, Callable[[], Script]] = {
    "unbounded-retry/bad_busy": busy_storm,
    "unbounded-retry/bad_error": error_storm,
    "unbounded-retry/good_error": error_taken,
    "unbounded-retry/good_pause": busy_paused,
    "unbounded-retry/good_short": busy_short,
    "no-progress/bad_map": stuck,
    "no-progress/good_map": moves,
    "widened-range/bad_start": widened_start,
    "widened-range/bad_end": widened_end,
    "widened-range/bad_flash": no_memory_at_all,
    "widened-range/good_exact": exact,
    "touch-while-delegated/bad_list": list_given_away,
    "touch-while-delegated/bad_run_page": run_page_given_away,
    "touch-while-delegated/good_run_page": run_page_back,
    "free-after-failed-undelegate/bad_data": data_in_use,
    "free-after-failed-undelegate/bad_range": came_back_with_others,
    "free-after-failed-undelegate/bad_table": table_in_use,
    "free-after-failed-undelegate/good_data": destroyed_first,
    "ignored-psci-complete/bad_never": never_completed,
    "ignored-psci-complete/bad_refused": refused_completion,
    "ignored-psci-complete/good_completed": completed,
    "status-as-exit-code/bad_off": entered_after_the_end,
    "status-as-exit-code/good_off": told_once,
}
