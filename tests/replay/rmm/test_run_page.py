"""The run page: where its fields are, and how exits are compared."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from replay.rmm.run_page import RecExit, RecRun, fits, read_exit, shown
from traces.event import Memory

BASE = 0x8_8800_2000
# Offsets from run + 0x800 (fact sheet 1.0, section 4; tf-rmm-behaviour 11.3): name, bytes.
FIELDS = {
    "reason": (0x0, 1),
    "esr": (0x100, 8),
    "far": (0x108, 8),
    "hpfar": (0x110, 8),
    "ripas_base": (0x500, 8),
    "ripas_top": (0x508, 8),
    "ripas_value": (0x510, 1),
    "s2ap_base": (0x520, 8),
    "s2ap_top": (0x528, 8),
    "dev_mem_base": (0x540, 8),
    "dev_mem_top": (0x548, 8),
    "dev_mem_pa": (0x550, 8),
    "imm": (0x600, 2),
}


@given(st.integers(0, 2**64 - 1))
def test_exit_fields_stand_where_the_facts_say(seed: int) -> None:
    # Every byte of the page is different from its neighbours, by the seed.
    page = bytes((seed >> (n % 8) * 8 ^ n * 37 ^ n >> 8) & 0xFF for n in range(4096))
    found = read_exit(Memory({BASE: page}), BASE)
    for name, (offset, size) in FIELDS.items():
        at = 0x800 + offset
        assert getattr(found, name) == int.from_bytes(page[at : at + size], "little"), name
    assert found.gprs == list(struct.unpack_from("<31Q", page, 0xA00))


def test_entry_fields_stand_where_the_facts_say() -> None:
    words = {0x0: 0b110011, 0x200: 7, 0x208: 8, 0x2F0: 9, 0x300: 10, 0x308: 11, 0x380: 12}
    mem = Memory({BASE + at: value.to_bytes(8, "little") for at, value in words.items()})
    enter = RecRun(mem, BASE).enter
    assert (enter.flags.emul_mmio, enter.flags.inject_sea) == (True, True)
    assert (enter.flags.ripas_response, enter.flags.s2ap_response) == (1, 1)
    assert (enter.gpr(0), enter.gpr(1), enter.gprs[30], len(enter.gprs)) == (7, 8, 9, 31)
    assert (enter.gicv3_hcr, enter.gicv3_lrs[0], enter.gicv3_lrs[15]) == (10, 11, 12)
    quiet = RecRun(Memory({BASE: bytes(8)}), BASE).enter.flags
    assert not (quiet.emul_mmio or quiet.inject_sea or quiet.ripas_response or quiet.s2ap_response)


def test_differences_name_the_field() -> None:
    want = RecExit(0, esr=frozenset((1, 2)), hpfar=None, far=range(0, 8, 4))
    assert want.differences(RecExit(0, esr=2, hpfar=77, far=4)) == []
    assert want.differences(RecExit(0, esr=3, far=2)) == [
        "exit.esr is 0x3, expected 0x1 or 0x2",
        "exit.far is 0x2, expected 0x0 to 0x4",
    ]
    seen = RecExit(0, esr=1)
    seen.gprs[30] = 5
    assert want.differences(seen) == ["exit.gprs[30] is 0x5, expected 0x0"]
    assert want.differences(RecExit(3)) == ["the exit is PSCI, expected SYNC"]
    assert RecExit(10).name == "0xa"


def test_wants() -> None:
    assert fits(None, 3) and fits(3, 3) and fits(range(0, 9, 3), 3) and fits(frozenset((3,)), 3)
    assert not (fits(4, 3) or fits(range(0, 9, 2), 3) or fits(frozenset((4,)), 3))
    assert shown(None) == "anything"
    assert shown(range(0)) == "nothing"
