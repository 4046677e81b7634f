"""The real series: every name that they use and do not define is known, and code runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.follow import new_unit, new_world
from linter.intake.mail import read_path
from linter.intake.series import group
from linter.intake.snapshot import snapshots
from linter.source.nodes import callee
from linter.source.world import World
from linter.witness.ctype import U64
from linter.witness.firmware import Firmware, interface
from linter.witness.kernel.linux import Linux, on_machine
from linter.witness.machine import CONTROL, MACHINES
from linter.witness.outcome import RETURNED
from linter.witness.run import Run
from linter.witness.value import Value, integer

_OF_C = {"sizeof", "offsetof", "guard"}


def at_its_end(shared: Path, version: int) -> World:
    """The files that a series creates, as its last patch leaves them."""
    files = {}
    for series in group(read_path(str(shared / "corpus" / f"cca-kvm-v{version}.mbox"))):
        for snapshot in snapshots(series, None):
            files.update({s.path: s for s in snapshot.changed if s.text is not None})
    world = new_world()
    for path, state in files.items():
        if path.endswith((".c", ".h")):
            assert state.text is not None
            world.add(new_unit(path, state.text, world))
    return world


@pytest.fixture(scope="module")
def v13(shared: Path) -> World:
    return at_its_end(shared, 13)


@pytest.mark.parametrize("version", [4, 7, 10, 12, 13])
def test_every_name_that_a_series_does_not_define_is_known(shared: Path, version: int) -> None:
    world = at_its_end(shared, version)
    rmi = interface(world)
    assert rmi == ("2.0-bet0" if version == 13 else "1.0")
    linux = Linux(CONTROL, Firmware(CONTROL, rmi))
    prelude = linux.prelude()
    ours = {f.name for f in prelude.functions} | set(prelude.defines) | _OF_C
    sites, unknown = 0, set()
    for unit in world.units:
        for node in unit.nodes("call_expression"):
            name = callee(node)
            if not name or world.function(name) or world.define(name):
                continue
            sites += 1
            if name not in ours and not linux.entry(name) and not linux.raw(name):
                unknown.add(name)
        loops = {c.name for c in unit.changes if c.kind == "loop"}
        unknown |= {name for name in loops if not linux.loop(name) and not world.define(name)}
    assert sites > 200
    assert unknown == set()


@pytest.mark.parametrize(
    ("machine", "calls", "answer"),
    [
        # RAM begins 48 MiB above a gigabyte: the region around it lies in no bank
        ("qemu-sbsa", [0x100_4000_0000], -19),
        ("control", [0x8_8000_0000, 0x8_C000_0000], 0),
        ("fvp", [0x8000_0000, 0xC000_0000], 0),
        ("off-the-end", [0x8_8000_0000, 0x8_C000_0000], 0),
    ],
)
def test_tracking_is_refused_where_memory_begins_off_a_gigabyte(
    v13: World, machine: str, calls: list[int], answer: int
) -> None:
    at = MACHINES[machine]
    firmware = Firmware(at, "2.0-bet0")
    firmware.boot()
    run = Run(on_machine(v13, at), Linux(at, firmware))
    base, size = at.banks[0]
    outcome = run.start(
        "rmi_verify_memory_tracking", [integer(base, U64), integer(base + size, U64)]
    )
    assert outcome.kind == RETURNED, outcome
    assert isinstance(outcome.value, Value) and outcome.value.number == answer
    assert [e.values["x"] for e in run.trace if e.kind == "smc"] == [[x] for x in calls]


def test_a_page_is_delegated_and_comes_back(v13: World) -> None:
    firmware = Firmware(CONTROL, "2.0-bet0")
    firmware.boot()
    linux = Linux(CONTROL, firmware)
    run = Run(on_machine(v13, CONTROL), linux)
    outcome = run.start("alloc_delegated_granule", [integer(0, U64)])
    assert outcome.kind == RETURNED, outcome
    assert isinstance(outcome.value, Value)
    pa = outcome.value.bits
    assert firmware.granule(pa) == "DELEGATED"
    assert [o.kind for o in linux.state.leaked(run.memory)] == ["page"]
    outcome = run.start("free_delegated_page", [outcome.value])
    assert outcome.kind == RETURNED and isinstance(outcome.value, Value)
    assert outcome.value.number == 0
    assert firmware.granule(pa) == "UNDELEGATED"
    assert linux.state.leaked(run.memory) == []
