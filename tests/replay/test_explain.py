"""What a violation is explained with: the model's view of the arguments, and the story."""

from __future__ import annotations

from array import array
from dataclasses import replace
from io import BytesIO

import pytest

from replay.engine import Engine
from replay.explain import (
    Past,
    call,
    enter_flags,
    number,
    of_granule,
    of_ipa,
    of_operation,
    of_range,
    story,
    told,
    view,
)
from replay.rmm.realm import Realm
from replay.rmm.rec import PsciRequest, Rec
from replay.rmm.rtt import ENTRIES, Table, make_entry
from replay.rmm.values import (
    ASSIGNED,
    DATA,
    DELEGATED,
    EMPTY,
    RAM,
    RD,
    REC,
    REC_AUX,
    RTT,
    TABLE,
    UNASSIGNED,
    UNASSIGNED_NS,
)
from replay.spec.table import Command
from tests.replay.make_samples import SAMPLES
from traces.event import Bank, Event, Header, Smc
from traces.formats.jsonl import read

BASE = 0x8000_0000
SIZE = 0x4000_0000
AT_RD, ROOT, LEAF, AT_REC, AUX, PAGE0 = (BASE + n * 0x1000 for n in range(6))
HEADER = Header(
    rmi="1.0",
    granule_size=4096,
    pa_width=48,
    memory=(Bank(BASE, SIZE), Bank(0x4000_0000, 0x1000_0000, "device-ncoh")),
)


@pytest.fixture
def engine() -> Engine:
    """A realm with 30 bits of IPA (one root table, of level 2), a page at IPA 0x5000, a REC."""
    engine = Engine(HEADER)
    m = engine.m
    root = Table(ROOT, 2, 0, array("Q", [make_entry(UNASSIGNED, EMPTY)]) * ENTRIES)
    leaf = Table(LEAF, 3, 0, array("Q", [make_entry(UNASSIGNED, RAM)]) * ENTRIES)
    root.set(0, make_entry(TABLE, 0, LEAF))
    root.set(256, make_entry(UNASSIGNED_NS))
    leaf.set(5, make_entry(ASSIGNED, RAM, PAGE0))
    m.rtts |= {ROOT: root, LEAF: leaf}
    realm = Realm(AT_RD, ipa_width=30, level_start=2, num_start=1, trees=[[root]])
    realm.num_recs = 1
    m.realms[AT_RD] = realm
    m.recs[AT_REC] = Rec(AT_REC, AT_RD, 0, False, [AUX])
    for addr, state in (
        (AT_RD, RD),
        (ROOT, RTT),
        (LEAF, RTT),
        (AT_REC, REC),
        (AUX, REC_AUX),
        (PAGE0, DATA),
    ):
        m.granules.set(addr, state)
    return engine


def _smc(engine: Engine, name: str, *x: int, line: int = 100) -> tuple[Command, Smc]:
    command = next(c for c in engine.commands.values() if c.name == name)
    return command, Smc(line, command.fid, [*x, *[0] * (8 - len(x))], [0] * 8)


def test_a_granule_is_told_with_its_owner(engine: Engine) -> None:
    m = engine.m
    assert of_granule(m, AT_RD) == "RD of a realm: NEW, 30 bits of IPA, 1 REC"
    assert of_granule(m, LEAF) == (
        f"RTT of level 3 at IPA 0x0, 1 live entries, of the realm {AT_RD:#x}"
    )
    assert of_granule(m, AT_REC) == f"REC of the realm {AT_RD:#x}: not runnable"
    assert of_granule(m, AUX) == f"REC_AUX of the REC {AT_REC:#x}"
    assert of_granule(m, PAGE0) == "DATA, mapped at IPA 0x5000"
    assert of_granule(m, PAGE0 + 0x1000) == "UNDELEGATED"
    assert of_granule(m, PAGE0 + 8) == (
        f"not aligned to a granule; {PAGE0:#x} is DATA, mapped at IPA 0x5000"
    )


def test_a_pending_request_of_a_rec_is_told(engine: Engine) -> None:
    rec = engine.m.recs[AT_REC]
    rec.runnable = True
    rec.psci = PsciRequest(0xC400_0003, 1, 0, 0)
    rec.ripas_addr, rec.ripas_top = 0x1000, 0x3000
    assert of_granule(engine.m, AT_REC) == (
        f"REC of the realm {AT_RD:#x}: runnable, a PSCI request is pending, "
        "a RIPAS change of [0x1000, 0x3000) is pending"
    )


def test_another_physical_address_space_is_told(engine: Engine) -> None:
    engine.event(Event(7, "gpt", {"addr": PAGE0 + 0x1000, "pas": "SECURE"}))
    assert of_granule(engine.m, PAGE0 + 0x1000) == "UNDELEGATED, in the PAS SECURE"


@pytest.mark.parametrize(
    ("addr", "text"),
    [
        (BASE - 0x1000, f"in no memory bank; the nearest begins at {BASE:#x}"),
        (BASE + SIZE, f"in no memory bank; the nearest ends at {BASE + SIZE:#x}"),
        (0x5000_0000, "in no memory bank; the nearest ends at 0x50000000"),
        (0, "in no memory bank; the nearest begins at 0x40000000"),
        (0x4000_0000, "a device granule, UNDELEGATED"),
    ],
)
def test_an_address_outside_is_told_with_the_nearest_bank(
    engine: Engine, addr: int, text: str
) -> None:
    assert of_granule(engine.m, addr) == text


def test_a_machine_without_memory_has_no_nearest_bank() -> None:
    bare = Engine(Header(rmi="1.0", granule_size=4096, pa_width=48, memory=()))
    assert of_granule(bare.m, BASE) == "in no memory bank"


def test_an_operation_is_told_by_its_handle_and_by_its_granules() -> None:
    data = (SAMPLES / "operation-2.0.jsonl").read_bytes()
    header, *items = read(BytesIO(data))
    assert isinstance(header, Header)
    engine = Engine(header)
    told = {}
    for item in items:
        if isinstance(item, Smc):
            engine.judge(item)
            rec = 0x8010_4000
            told[item.line] = of_operation(engine.m, 0), of_granule(engine.m, rec).split(" of")[0]
    partial = "PARTIAL, in operation 0x0 (RMI_REC_CREATE)"
    assert told[16] == ("no operation", "DELEGATED")
    assert told[18] == ("RMI_REC_CREATE, waits for OP_MEM_DONATE", partial)
    assert told[23] == ("RMI_REC_CREATE, waits for OP_MEM_DONATE, holds 1 granules", partial)
    assert told[24] == ("RMI_REC_CREATE, waits for OP_CONTINUE, holds 2 granules", partial)
    assert told[25] == ("no operation", "REC")


def test_output_addresses_are_told_as_the_flags_say(engine: Engine) -> None:
    m = engine.m
    two = BASE | 2 << 2  # the RD and the root table

    def oaddr(flags: int, value: int) -> str:
        command = replace(
            engine.commands[0xC400_0153], inputs=("rd", "base", "top", "flags", "oaddr")
        )
        x = [AT_RD, 0, 0x2000, flags, value, 0, 0, 0]
        return view(m, command, Smc(9, 0, x, [0] * 8))[4]

    assert oaddr(0, two) == f"oaddr {two:#x}"
    assert oaddr(1, two).startswith(f"oaddr {two:#x}: 2 granules from {BASE:#x}: RD of a realm")
    assert oaddr(1, two).endswith(
        f"up to {BASE + 0x1000:#x}, which is RTT of level 2 at IPA 0x0, 1 live entries, "
        f"of the realm {AT_RD:#x}"
    )
    assert oaddr(2, PAGE0 + 0x1000) == f"oaddr {PAGE0 + 0x1000:#x}: UNDELEGATED"


def test_a_range_is_told_up_to_where_its_state_changes(engine: Engine) -> None:
    m = engine.m
    low, high = BASE + 0x10_0000, BASE + 0x20_0000
    m.granules.set_range(low, high, DELEGATED)
    assert of_range(m, low, high) == "DELEGATED"
    assert of_range(m, low, high + 0x1000) == (f"DELEGATED up to {high:#x}, which is UNDELEGATED")
    assert of_range(m, BASE - 0x1000, high).startswith("in no memory bank")
    assert of_range(m, low, 1 << 63) == f"DELEGATED up to {high:#x}, which is UNDELEGATED"


@pytest.mark.parametrize(
    ("ipa", "text"),
    [
        (0x5000, f"protected, the walk ends at level 3: ASSIGNED RAM -> {PAGE0:#x}"),
        (0x6000, "protected, the walk ends at level 3: UNASSIGNED RAM"),
        (0x20_0000, "protected, the walk ends at level 2: UNASSIGNED EMPTY"),
        (1 << 29, "unprotected, the walk ends at level 2: UNASSIGNED_NS"),
        (1 << 30, "outside of the realm's 30 bits of IPA space"),
    ],
)
def test_an_ipa_is_told_by_where_the_walk_ends(engine: Engine, ipa: int, text: str) -> None:
    assert of_ipa(engine.m, engine.m.realms[AT_RD], ipa) == text


def test_each_argument_has_a_line(engine: Engine) -> None:
    command, smc = _smc(engine, "RMI_RTT_CREATE", AT_RD, PAGE0, 0x5000, (1 << 64) - 1)
    assert view(engine.m, command, smc) == (
        f"rd {AT_RD:#x}: RD of a realm: NEW, 30 bits of IPA, 1 REC",
        f"rtt {PAGE0:#x}: DATA, mapped at IPA 0x5000",
        f"ipa 0x5000: protected, the walk ends at level 3: ASSIGNED RAM -> {PAGE0:#x}",
        "level -1",
    )


def test_an_rd_that_is_none_leaves_the_ipa_alone(engine: Engine) -> None:
    command, smc = _smc(engine, "RMI_DATA_DESTROY", PAGE0, 0x5000)
    assert view(engine.m, command, smc) == (
        f"rd {PAGE0:#x}: DATA, mapped at IPA 0x5000",
        "ipa 0x5000",
    )


# --- the story


def _past(engine: Engine, line: int, name: str, *x: int, r: tuple[int, ...] = (0,)) -> Past:
    command, smc = _smc(engine, name, *x, line=line)
    return line, command, smc.x, [*r, *[0] * (8 - len(r))]


def _lines(engine: Engine, history: list[Past], name: str, *x: int) -> list[int]:
    command, smc = _smc(engine, name, *x)
    told = story(history, command, smc)
    return [int(line.split()[1].rstrip(":")) for line in told]


def test_a_call_is_told_in_a_line(engine: Engine) -> None:
    past = _past(engine, 812, "RMI_RTT_CREATE", AT_RD, LEAF, 0, 3, r=(4 | 2 << 8,))
    assert told(past) == f"line 812: RMI_RTT_CREATE {AT_RD:#x} {LEAF:#x} 0x0 3 -> ERROR_RTT/2"
    assert call(past[1], past[2]) == f"RMI_RTT_CREATE {AT_RD:#x} {LEAF:#x} 0x0 3"


def test_the_story_is_what_befell_the_granule(engine: Engine) -> None:
    history = [
        _past(engine, 1, "RMI_GRANULE_DELEGATE", PAGE0),
        _past(engine, 2, "RMI_GRANULE_DELEGATE", AUX),
        _past(engine, 3, "RMI_DATA_CREATE", AT_RD, PAGE0, 0x5000, BASE + 0x9000, 0),
        _past(engine, 4, "RMI_DATA_DESTROY", AT_RD, 0x5000, r=(0, PAGE0, 0x20_0000)),
        _past(engine, 5, "RMI_DATA_DESTROY", AT_RD, 0x6000, r=(0, AUX, 0x20_0000)),
    ]
    assert _lines(engine, history, "RMI_GRANULE_UNDELEGATE", PAGE0) == [1, 3, 4]


def test_the_story_of_an_ipa_is_of_its_realm_and_of_what_covers_it(engine: Engine) -> None:
    other = AT_RD + 0x10_0000
    history = [
        _past(engine, 1, "RMI_REALM_CREATE", AT_RD, BASE + 0x9000),
        _past(engine, 2, "RMI_RTT_CREATE", AT_RD, LEAF, 0, 3),  # covers IPA 0 to 2 MiB
        _past(engine, 3, "RMI_RTT_CREATE", AT_RD, LEAF, 0x20_0000, 3),  # the next 2 MiB
        _past(engine, 4, "RMI_RTT_CREATE", other, LEAF, 0, 3),
        _past(engine, 5, "RMI_RTT_INIT_RIPAS", AT_RD, 0x4000, 0x6000, r=(0, 0x6000)),
        _past(engine, 6, "RMI_RTT_INIT_RIPAS", AT_RD, 0x6000, 0x8000, r=(0, 0x8000)),
        _past(engine, 7, "RMI_DATA_CREATE_UNKNOWN", AT_RD, PAGE0, 0x5000),
        _past(engine, 8, "RMI_RTT_READ_ENTRY", AT_RD, 0x5000, 3),  # changes nothing
    ]
    assert _lines(engine, history, "RMI_DATA_DESTROY", AT_RD, 0x5000) == [2, 5, 7]


def test_the_story_of_a_realm_is_what_was_done_with_the_realm(engine: Engine) -> None:
    history = [
        _past(engine, 1, "RMI_GRANULE_DELEGATE", AT_RD),
        _past(engine, 2, "RMI_REALM_CREATE", AT_RD, BASE + 0x9000),
        _past(engine, 3, "RMI_DATA_CREATE_UNKNOWN", AT_RD, PAGE0, 0x5000),
        _past(engine, 4, "RMI_REALM_ACTIVATE", AT_RD),
    ]
    assert _lines(engine, history, "RMI_REALM_DESTROY", AT_RD) == [1, 2, 4]


def test_the_story_leaves_the_call_itself_out_and_is_short(engine: Engine) -> None:
    history = [_past(engine, n, "RMI_GRANULE_DELEGATE", PAGE0) for n in range(90, 101)]
    assert _lines(engine, history, "RMI_GRANULE_DELEGATE", PAGE0) == [94, 95, 96, 97, 98, 99]


def test_the_story_of_an_operation_is_what_named_it() -> None:
    engine = Engine(Header(rmi="2.0", granule_size=4096, pa_width=48, memory=(Bank(BASE, SIZE),)))
    low = BASE + 0x10_0000
    history = [
        _past(engine, 1, "RMI_REC_CREATE", AT_RD, AT_REC, BASE + 0x9000, r=(0x10D, 3, 8)),
        _past(engine, 2, "RMI_OP_MEM_DONATE", 3, BASE + 0xA000, 1, r=(0xD, 2)),
        _past(engine, 3, "RMI_OP_CONTINUE", 4, 0),
        _past(engine, 4, "RMI_GRANULE_RANGE_DELEGATE", low, low + 0x2000, r=(0, low + 0x2000)),
    ]
    assert _lines(engine, history, "RMI_OP_CONTINUE", 3, 0) == [1, 2]
    assert _lines(engine, history, "RMI_REC_ENTER", low + 0x1000, BASE + 0x9000) == [4]


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (0, "no flag"),
        (0b10, "INJECT_SEA"),
        (0b10001, "EMUL_MMIO and RIPAS_RESPONSE"),
        (0x101, "EMUL_MMIO and 0x100"),
    ],
)
def test_the_flags_of_an_entry_are_named(flags: int, text: str) -> None:
    assert enter_flags(flags) == text


def test_a_psci_status_has_its_sign() -> None:
    assert number("status", (1 << 64) - 3) == "-3"
