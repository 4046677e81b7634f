"""Machines: what the host and the RMM see of them fits together."""

from __future__ import annotations

import pytest

from linter.witness.machine import CONTROL, FVP, MACHINES, OFF_THE_END, QEMU_SBSA, Machine
from replay.machine import refusal

GIB = 1 << 30


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES.keys())
def test_the_replayer_takes_the_header(machine: Machine) -> None:
    for rmi in ("1.0", "2.0", "2.0-bet0"):
        header = machine.header(rmi)
        assert refusal(header) == ""
        assert [(b.base, b.size) for b in header.memory] == list(machine.banks)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES.keys())
def test_heap_and_guest_are_ram_and_apart(machine: Machine) -> None:
    for base, top in (machine.heap, machine.guest):
        assert base < top
        assert base % machine.page_size == 0
        assert any(bank <= base and top <= bank + size for bank, size in machine.banks)
    assert machine.guest[0] % (2 << 20) == 0
    assert machine.heap[1] <= machine.guest[0] or machine.guest[1] <= machine.heap[0]


def test_only_the_control_begins_and_ends_on_a_gigabyte() -> None:
    def off(machine: Machine) -> set[int]:
        return {at % GIB for base, size in machine.banks for at in (base, base + size)} - {0}

    assert off(CONTROL) == set()
    assert QEMU_SBSA.banks[0][0] == 0x100_4300_0000
    assert len(FVP.banks) == 2
    assert OFF_THE_END.banks[0][0] % GIB == 0
    assert off(OFF_THE_END) and off(QEMU_SBSA)


def test_headers_do_not_share_their_features() -> None:
    one, other = CONTROL.header("2.0"), CONTROL.header("2.0")
    one.features[0] = 7
    assert other.features[0] != 7
