"""Writes traces/samples/*.jsonl: run it as `python -m tests.replay.make_samples`.

Every result here is what the specification (or the fact sheets, for 2.0) says of the
call, put down by hand; nothing is asked of the model.  What the model says of the
traces is in the text files beside them.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from tests.replay.fids import RMM_1_0, RMM_2_0
from traces.event import PAGE, Bank, Event, Header, Rmi, Smc
from traces.formats.jsonl import write

SAMPLES = Path(__file__).resolve().parents[2] / "traces" / "samples"

FID = RMM_1_0 | RMM_2_0

# X0: status, index << 8
SUCCESS, INPUT, REALM, REC, RTT, BUSY, GLOBAL = 0, 1, 2, 3, 4, 10, 11
SYSTEM_OFF = REALM | 1 << 8  # 1.0: the index says that the realm is off
INCOMPLETE, DONATE, RECLAIM = 13, 13 | 1 << 8, 13 | 2 << 8

# One realm, the same in every story: 39 bits of IPA, so that its one root table is of
# level 1 and exactly full.
RAM = Bank(0x8000_0000, 0x4000_0000)
RD, ROOT, L2, L3 = 0x8010_0000, 0x8010_1000, 0x8010_2000, 0x8010_3000
REC0, AUX0, AUX1 = 0x8010_4000, 0x8010_5000, 0x8010_6000
DATA0, DATA1 = 0x8010_7000, 0x8010_8000
POOL_TOP = 0x8010_9000
PARAMS, RUN, SOURCE, LIST = 0x9000_0000, 0x9000_1000, 0x9000_2000, 0x9000_3000
SBSA_RAM = Bank(0x100_4300_0000, 0x1_BD00_0000)  # QEMU with -m 8G
SBSA_PAGE = 0x100_4400_0000
LEVEL1, LEVEL2 = 0x4000_0000, 0x20_0000  # bytes that an entry maps
ROOT_TOP = 1 << 39

FEATURES_1_0 = 0x28D_0010_4030  # 48 bits of IPA, SHA-256, 1 break- and watchpoint, 2^10 - 1 RECs
FEATURES_2_0 = {0: 0x10_4030, 1: 0x142A9}

RSI_VERSION, RSI_IPA_STATE_SET = 0xC400_0190, 0xC400_0197
PSCI_SYSTEM_OFF = 0x8400_0008

Memory = dict[int, bytes]


def words(at: int, *values: int) -> Memory:
    """64-bit words from an address on."""
    return {at: struct.pack(f"<{len(values)}Q", *values)}


class Script:
    """A trace as it is written down: what is said, what is called, what comes back."""

    def __init__(self, rmi: Rmi, *memory: Bank, cpus: int = 1) -> None:
        features = {0: FEATURES_1_0} if rmi == "1.0" else FEATURES_2_0
        self.header = Header(
            source="written by hand, see tests/replay/make_samples.py",
            rmi=rmi,
            granule_size=4096,
            pa_width=48,
            memory=memory or (RAM,),
            features=features,
            cpus=cpus,
            implementation={"max_rec_aux": 2},
        )
        self.items: list[Smc | Event] = []
        self._seq = 0

    def say(self, text: str) -> None:
        self.items.append(Event(0, "note", {"text": text}))

    def call(
        self,
        name: str,
        *x: int,
        r: int | tuple[int, ...] = SUCCESS,
        mem: Memory | None = None,
        out: Memory | None = None,
        realm: list[tuple[str, list[int]]] | None = None,
        cpu: int = 0,
        seq: int | None = None,
    ) -> None:
        """A call that has returned; `r` is X0 or (X0, X1, ...)."""
        self.items.append(
            Smc(
                0,
                FID[name],
                list(x),
                [r] if isinstance(r, int) else list(r),
                seq=self._next() if seq is None else seq,
                cpu=cpu,
                name=f"RMI_{name}",
                mem=mem,
                mem_out=out,
                realm=realm,
            )
        )

    def begin(self, name: str, *x: int, cpu: int) -> int:
        """A call that has entered; the number by which its return is known."""
        seq = self._next()
        smc = Smc(0, FID[name], list(x), seq=seq, cpu=cpu, name=f"RMI_{name}")
        self.items.append(Event(0, "smc_begin", {}, smc))
        return seq

    def event(self, name: str, **fields: object) -> None:
        self.items.append(Event(0, name, fields))

    def _next(self) -> int:
        self._seq += 1
        return self._seq - 1

    def text(self) -> bytes:
        stream = BytesIO()
        write(stream, self.header, self.items)
        return stream.getvalue()


# --- what the stories share


def realm_params(rmi: str) -> Memory:
    """39 bits of IPA, one break- and watchpoint, SHA-256, one root table of level 1."""
    vmid = 7 if rmi == "1.0" else 0  # 2.0: the RMM chooses
    return words(PARAMS + 0x8, 39, 0, 1, 1) | words(PARAMS + 0x800, vmid, ROOT, 1, 1)


def rec_params(rmi: str) -> Memory:
    """Runnable, MPIDR 0, entry point 0x1000; 1.0: two auxiliary granules."""
    mem = words(PARAMS, 1) | words(PARAMS + 0x200, 0x1000)
    return mem if rmi != "1.0" else mem | words(PARAMS + 0x800, 2, AUX0, AUX1)


def regs(*values: int) -> list[int]:
    """x0 to x8 of the realm."""
    return [*values, *[0] * (9 - len(values))]


def boot_1_0(s: Script) -> None:
    s.say("The host asks for version 1.0 and what the RMM can do.")
    s.call("VERSION", 0x10000, r=(SUCCESS, 0x10000, 0x10000))
    s.call("FEATURES", 0, r=(SUCCESS, FEATURES_1_0))


def boot_2_0(s: Script, page: int = PARAMS) -> None:
    """`page`: where the host has a page for the configuration."""
    s.say("The host asks for version 2.0 and what the RMM can do, and activates it.")
    s.call("VERSION", 0x20000, r=(SUCCESS, 0x20000, 0x20000))
    s.call("FEATURES", 0, r=(SUCCESS, FEATURES_2_0[0]))
    s.call("FEATURES", 1, r=(SUCCESS, FEATURES_2_0[1]))
    s.call("RMM_CONFIG_SET", page, mem=words(page, 0, 0))
    s.call("RMM_ACTIVATE")


def realm_with_memory(s: Script) -> None:
    """A realm of two pages; what it needs is delegated."""
    s.say("The realm, its tables down to level 3 for IPA 0, and two pages of memory.")
    s.call("REALM_CREATE", RD, PARAMS, mem=realm_params(s.header.rmi))
    s.call("RTT_CREATE", RD, L2, 0, 2)
    s.call("RTT_CREATE", RD, L3, 0, 3)
    s.call("RTT_INIT_RIPAS", RD, 0, 2 * PAGE, r=(SUCCESS, 2 * PAGE))
    image = words(SOURCE, 0xD503_201F_D503_201F)
    load = "DATA_CREATE" if s.header.rmi == "1.0" else "RTT_DATA_MAP_INIT"
    for data, ipa in ((DATA0, 0), (DATA1, PAGE)):
        s.call(load, RD, data, ipa, SOURCE, 1, mem=image)


def realm_1_0(s: Script) -> None:
    """A realm of two pages and one REC, active."""
    s.say("It delegates what the realm will need, granule by granule.")
    for addr in range(RD, POOL_TOP, PAGE):
        s.call("GRANULE_DELEGATE", addr)
    realm_with_memory(s)
    s.say("One REC with two auxiliary granules, and the realm may run.")
    s.call("REC_AUX_COUNT", RD, r=(SUCCESS, 2))
    s.call("REC_CREATE", RD, REC0, PARAMS, mem=rec_params("1.0"))
    s.call("REALM_ACTIVATE", RD)


def realm_2_0(s: Script) -> None:
    """The same in 2.0; the REC's auxiliary granules are donated while it is made."""
    s.say("It delegates what the realm will need, in one call.")
    s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))
    realm_with_memory(s)


def enter(
    s: Script, realm: list[tuple[str, list[int]]], out: Memory, flags: int = 0, r: int = SUCCESS
) -> None:
    s.call("REC_ENTER", REC0, RUN, r=r, mem=words(RUN, flags), out=out, realm=realm)


IRQ = words(RUN + 0x800, 1)  # exit reason


def psci_off(s: Script, first: list[int]) -> None:
    """The realm turns itself off; `first` is what it sees when it is entered."""
    exit_ = words(RUN + 0x800, 3) | words(RUN + 0xA00, PSCI_SYSTEM_OFF)
    enter(s, [("enter", first), ("smc", regs(PSCI_SYSTEM_OFF))], exit_)


def descriptor(base: int, count: int) -> int:
    """An address range of `count` delegated granules of 4 KiB."""
    return base | count << 2


# --- the stories


def boot_sbsa_v13_none() -> Script:
    s = Script("2.0-bet0", SBSA_RAM)
    s.say(
        "QEMU's SBSA machine: the host's RAM begins at 0x10043000000, not on a gigabyte. "
        "A host of the v13 kind (2.0-bet0) boots."
    )
    boot_2_0(s, SBSA_PAGE)
    s.say(
        "It wants to know how its RAM is tracked, region by region of 1 GiB, and rounds the "
        "start of the RAM down: 0x10040000000 is in no bank. The RMM says that nothing is "
        "tracked there (category 0, state NONE), which is true, and the host gives up on "
        "realms though all of its RAM would do."
    )
    s.call("GRANULE_TRACKING_GET", 0x100_4000_0000, r=(SUCCESS, 0, 1))
    return s


def boot_sbsa_v13_error() -> Script:
    s = Script("2.0-bet0", SBSA_RAM)
    s.say("The same host on the same machine.")
    boot_2_0(s, SBSA_PAGE)
    s.say(
        "This RMM answers the address that was rounded down with an error, which it may: "
        "there is no memory at it. The host gives up as well."
    )
    s.call("GRANULE_TRACKING_GET", 0x100_4000_0000, r=INPUT)
    return s


def boot_sbsa_range() -> Script:
    s = Script("2.0", SBSA_RAM)
    s.say("The same machine, and a host that asks with a range (2.0).")
    boot_2_0(s, SBSA_PAGE)
    s.say("The range is the RAM as it is, and the answer holds for all of it.")
    top = 0x102_0000_0000
    s.call("GRANULE_TRACKING_GET", 0x100_4300_0000, top, r=(SUCCESS, 0, 2, top))
    s.say("So its first granule can be delegated.")
    first = 0x100_4300_0000
    s.call("GRANULE_RANGE_DELEGATE", first, first + PAGE, r=(SUCCESS, first + PAGE))
    return s


def boot_gigabyte_v13() -> Script:
    s = Script("2.0-bet0", Bank(0x8000_0000, 0x8000_0000))
    s.say("A board whose RAM begins on a gigabyte, and the host of the v13 kind.")
    boot_2_0(s)
    s.say("Rounding down changes nothing here: each region is tracked in full, granule by granule.")
    s.call("GRANULE_TRACKING_GET", 0x8000_0000, r=(SUCCESS, 0, 2))
    s.call("GRANULE_TRACKING_GET", 0xC000_0000, r=(SUCCESS, 0, 2))
    return s


def life_1_0() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say("The realm runs, asks for the version of its own interface, and is interrupted.")
    enter(
        s,
        [
            ("enter", regs()),
            ("smc", regs(RSI_VERSION, 0x10000)),
            ("enter", regs(0, 0x10000, 0x10000)),
            ("irq", []),
        ],
        IRQ,
    )
    s.say("It turns itself off; entering it again is refused, and the index says why.")
    psci_off(s, regs(0, 0x10000, 0x10000))
    s.call("REC_ENTER", REC0, RUN, r=SYSTEM_OFF, mem=words(RUN, 0))
    s.say("The host takes it apart, in the opposite order.")
    s.call("REALM_DESTROY", RD, r=REALM)
    s.call("REC_DESTROY", REC0)
    s.call("DATA_DESTROY", RD, 0, r=(SUCCESS, DATA0, PAGE))
    s.call("DATA_DESTROY", RD, PAGE, r=(SUCCESS, DATA1, LEVEL2))
    s.call("RTT_DESTROY", RD, 0, 3, r=(SUCCESS, L3, LEVEL1))
    s.call("RTT_DESTROY", RD, 0, 2, r=(SUCCESS, L2, ROOT_TOP))
    s.call("REALM_DESTROY", RD)
    s.say("All of its memory is the host's again.")
    for addr in range(RD, POOL_TOP, PAGE):
        s.call("GRANULE_UNDELEGATE", addr)
    return s


def rec_2_0(s: Script) -> None:
    s.say("One REC: the RMM asks for two granules and gets them.")
    s.call("REC_CREATE", RD, REC0, PARAMS, r=(DONATE, 0, 2 << 2), mem=rec_params("2.0"))
    donated = words(LIST, descriptor(AUX0, 2))
    s.call("OP_MEM_DONATE", 0, LIST, 1, r=(INCOMPLETE, 2), mem=donated)
    s.call("OP_CONTINUE", 0, 0, mem=rec_params("2.0"))


def unrec_2_0(s: Script) -> None:
    s.call("REC_DESTROY", REC0, r=(RECLAIM, 0))
    back = words(LIST, descriptor(AUX0, 2))
    s.call("OP_MEM_RECLAIM", 0, LIST, 8, r=(INCOMPLETE, 1), out=back)
    s.call("OP_CONTINUE", 0, 0)


def life_2_0() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    rec_2_0(s)
    s.call("REALM_ACTIVATE", RD)
    s.say("The realm runs and is interrupted, then turns itself off.")
    enter(s, [("enter", regs()), ("irq", [])], IRQ)
    psci_off(s, regs())
    s.call("REC_ENTER", REC0, RUN, r=REALM, mem=words(RUN, 0))
    s.say("2.0: a realm is terminated before it is destroyed.")
    s.call("REALM_DESTROY", RD, r=REALM)
    s.call("REALM_TERMINATE", RD)
    s.say("The REC first; its granules come back.")
    unrec_2_0(s)
    s.say("Then the memory (one answer names both pages), the tables, the realm.")
    s.call("RTT_DATA_UNMAP", RD, 0, LEVEL2, 1, r=(SUCCESS, LEVEL2, descriptor(DATA0, 2)))
    s.call("RTT_DESTROY", RD, 0, 3, r=(SUCCESS, L3, LEVEL1))
    s.call("RTT_DESTROY", RD, 0, 2, r=(SUCCESS, L2, ROOT_TOP))
    s.call("REALM_DESTROY", RD)
    s.call("GRANULE_RANGE_UNDELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))
    return s


def busy() -> Script:
    s = Script("2.0", cpus=2)
    boot_2_0(s)
    s.say("CPU 1 delegates 256 MiB, which takes its time.")
    low, high = 0xA000_0000, 0xB000_0000
    seq = s.begin("GRANULE_RANGE_DELEGATE", low, high, cpu=1)
    s.say(
        "CPU 0 wants granules for a realm meanwhile. BUSY says that nothing was changed, and "
        "it tries again at once; a host that did so without bound would hang here."
    )
    for _ in range(6):
        s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=BUSY)
    s.say("CPU 1 is done, and CPU 0 gets through.")
    s.call("GRANULE_RANGE_DELEGATE", low, high, r=(SUCCESS, high), cpu=1, seq=seq)
    s.call("GRANULE_RANGE_DELEGATE", RD, POOL_TOP, r=(SUCCESS, POOL_TOP))
    return s


def rollback() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    s.say("Another part of the host has delegated the granule at 0x80205000 for a realm to come.")
    s.call("GRANULE_DELEGATE", 0x8020_5000)
    s.say("A driver delegates 0x80200000 to 0x80208000. The Secure world has taken 0x80204000.")
    s.event("gpt", addr=0x8020_4000, pas="SECURE")
    for addr in range(0x8020_0000, 0x8020_4000, PAGE):
        s.call("GRANULE_DELEGATE", addr)
    s.call("GRANULE_DELEGATE", 0x8020_4000, r=INPUT)
    s.say(
        "It rolls back, not over the four granules that it got but over the whole range. Three "
        "of the calls too many fail and do no harm. But 0x80205000 is delegated, and the RMM "
        "cannot know for whom: it gives the granule back."
    )
    for addr in range(0x8020_0000, 0x8020_4000, PAGE):
        s.call("GRANULE_UNDELEGATE", addr)
    s.call("GRANULE_UNDELEGATE", 0x8020_4000, r=INPUT)
    s.call("GRANULE_UNDELEGATE", 0x8020_5000)
    s.call("GRANULE_UNDELEGATE", 0x8020_6000, r=INPUT)
    s.call("GRANULE_UNDELEGATE", 0x8020_7000, r=INPUT)
    s.say("The part that had delegated it finds out later, far from the fault.")
    s.call("GRANULE_DELEGATE", ROOT)
    s.call("REALM_CREATE", 0x8020_5000, PARAMS, r=INPUT, mem=realm_params("1.0"))
    return s


def ripas() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)

    def asks(first: list[int], value: int, flags: int, response: int = 0) -> None:
        exit_ = words(RUN + 0x800, 4) | words(RUN + 0xD00, 0, 2 * PAGE, value)
        steps = [
            ("enter", first),
            ("smc", regs(RSI_IPA_STATE_SET, 0, 2 * PAGE, value, flags)),
        ]
        enter(s, steps, exit_, response)

    s.say("The realm gives its two pages back: it asks for RIPAS EMPTY.")
    asks(regs(), 0, 0)
    s.say("The host does one page, then the rest, and the realm sees how far it got.")
    s.call("RTT_SET_RIPAS", RD, REC0, 0, PAGE, r=(SUCCESS, PAGE))
    s.call("RTT_SET_RIPAS", RD, REC0, PAGE, 2 * PAGE, r=(SUCCESS, 2 * PAGE))
    s.call("RTT_READ_ENTRY", RD, 0, 3, r=(SUCCESS, 3, 1, DATA0, 0))
    s.say("It wants them back as RAM, and the host rejects: nothing has changed.")
    asks(regs(0, 2 * PAGE), 1, 1)
    s.say("It asks once more, and this time the host does it.")
    asks(regs(0, 0, 1, 0, 1), 1, 1, response=0x10)
    s.call("RTT_SET_RIPAS", RD, REC0, 0, 2 * PAGE, r=(SUCCESS, 2 * PAGE))
    enter(s, [("enter", regs(0, 2 * PAGE, 0, 0, 1)), ("irq", [])], IRQ)
    s.say("What was asked for is done; a host that goes on has nothing to do it for.")
    s.call("RTT_SET_RIPAS", RD, REC0, 0, 2 * PAGE, r=INPUT)
    return s


def operation() -> Script:
    s = Script("2.0")
    boot_2_0(s)
    realm_2_0(s)
    s.say("REC_CREATE wants two granules. The operation is 0, and the REC's granule is PARTIAL.")
    s.call("REC_CREATE", RD, REC0, PARAMS, r=(DONATE, 0, 2 << 2), mem=rec_params("2.0"))
    s.say("Until it ends, nobody can use that granule for something else.")
    s.call("RTT_CREATE", RD, REC0, LEVEL2, 3, r=INPUT)
    s.call("GRANULE_RANGE_UNDELEGATE", REC0, REC0 + PAGE, r=(INPUT, REC0))
    s.say("The host gives one granule; the RMM asks for the other.")
    one = words(LIST, descriptor(AUX0, 1))
    s.call("OP_MEM_DONATE", 0, LIST, 1, r=(DONATE, 1, 1 << 2), mem=one)
    two = words(LIST, descriptor(AUX1, 1))
    s.call("OP_MEM_DONATE", 0, LIST, 1, r=(INCOMPLETE, 1), mem=two)
    s.call("OP_CONTINUE", 0, 0, mem=rec_params("2.0"))
    s.say("The REC exists; the operation does not any more.")
    s.call("OP_CONTINUE", 0, 0, r=INPUT)
    s.say("To destroy it is the way back: the host reclaims what it gave, then ends it.")
    unrec_2_0(s)
    s.say("Its two granules are delegated still, as before they were given.")
    s.call("GRANULE_RANGE_UNDELEGATE", AUX0, DATA0, r=(SUCCESS, DATA0))
    return s


def planted() -> Script:
    s = Script("1.0")
    boot_1_0(s)
    realm_1_0(s)
    s.say(
        "A fault was put in here: the host undelegates a page that the realm still has, and "
        "this RMM lets it. It must say ERROR_INPUT."
    )
    s.call("GRANULE_UNDELEGATE", DATA1)
    return s


STORIES: dict[str, Callable[[], Script]] = {
    "boot-sbsa-v13-none": boot_sbsa_v13_none,
    "boot-sbsa-v13-error": boot_sbsa_v13_error,
    "boot-sbsa-range": boot_sbsa_range,
    "boot-gigabyte-v13": boot_gigabyte_v13,
    "life-1.0": life_1_0,
    "life-2.0": life_2_0,
    "busy-2.0": busy,
    "rollback-1.0": rollback,
    "ripas-1.0": ripas,
    "operation-2.0": operation,
    "planted-1.0": planted,
}


def main() -> int:
    for name, story in STORIES.items():
        (SAMPLES / f"{name}.jsonl").write_bytes(story().text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
