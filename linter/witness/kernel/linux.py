"""The kernel as the interpreter asks for it: all topics together, on one machine.

`on_machine(world, machine)` gives the world that a run needs: the files of the series with the
`#ifdef CONFIG_*` of that machine decided.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from linter.source.unit import Unit
from linter.source.world import World
from linter.witness.kernel import (  # noqa: F401 - each fills the tables
    addresses,
    constants,
    containers,
    copies,
    fields,
    kvm,
    locks,
    loops,
    numbers,
    pages,
    plain,
    registers,
    slab,
    smc,
    warns,
)
from linter.witness.kernel.configured import configured
from linter.witness.kernel.state import State
from linter.witness.kernel.table import LOOPS, RAW, WORDS, raw
from linter.witness.value import Unknown, Value, integer
from linter.witness.vocabulary import Bare

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tree_sitter import Node

    from linter.witness.ctype import CType
    from linter.witness.firmware import Firmware
    from linter.witness.machine import Machine
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite, Entry, Loop

PRELUDE = "<kernel>"  # the path of what stands in the prelude


class Linux(Bare):
    """The kernel of one run; its `state` is what an oracle may look at afterwards.

    `failing`: the numbers (from 0) of allocations that give nothing.
    """

    def __init__(
        self,
        machine: Machine,
        firmware: Firmware | None = None,
        *,
        failing: Collection[int] = (),
    ) -> None:
        self.state = State(machine, firmware, failing)
        self._constants = constants.FIXED | constants.of_page_size(machine.page_size)

    def prelude(self) -> Unit:
        return _prelude()

    def constant(self, name: str) -> Value | None:
        known = self._constants.get(name) or constants.size(name)
        if known is None and name.startswith("CONFIG_"):
            on = constants.config(name, self.state.machine.page_size)
            return None if on is None else integer(on)
        return known

    def entry(self, name: str) -> Entry | None:
        found = WORDS.get(name)
        if found is None and name.startswith("rmi_"):
            command = smc.command_of(self.state.firmware, name)
            return None if command is None else smc.wrapper(command)
        return found

    def raw(self, name: str) -> Entry | None:
        return RAW.get(name) or warns.printer(name)

    def loop(self, name: str) -> Loop | None:
        return LOOPS.get(name)

    def typedef(self, name: str) -> str | None:
        return fields.TYPEDEFS.get(name)

    def field(self, tag: str, name: str) -> str | None:
        return fields.field(tag, name)

    def variable(self, name: str) -> str | None:
        return fields.VARIABLES.get(name)

    def result(self, name: str) -> str | None:
        return fields.RESULTS.get(name)

    def enter(self, run: Run, kind: str, args: tuple[Node, ...]) -> Callable[[], None] | None:
        return locks.guard(run, kind, args)

    def cleanup(self, run: Run, name: str, address: int, ctype: CType) -> bool:
        return slab.free_variable(run, name, address, ctype)


@raw("IS_ENABLED", "IS_BUILTIN", "IS_REACHABLE")
def is_enabled(run: Run, args: list[Value | Unknown], site: CallSite) -> Value | Unknown:
    """Of what we cannot say, either is possible."""
    name = site.texts[0].strip()
    known = run.kernel.constant(name)
    if isinstance(known, Value):
        return known
    return run.settle(Unknown(integer(0).ctype, name))


def on_machine(world: World, machine: Machine) -> World:
    """A world for runs on a machine; the one that is given stays as it is.

    Make it once for all runs: what is read of it is kept with it.
    """
    made = World()
    for unit in world.units:
        source = configured(unit.source, machine.page_size)
        if source is not unit.source:
            lines = [unit.line_of_row(row) for row in range(len(unit.rows))]
            given = lines if unit.fragment else None
            unit = Unit(unit.path, source, made, added=unit.added, lines=given)
        made.add(unit)
    return made


@cache
def _prelude() -> Unit:
    source = Path(__file__).with_name("prelude.h").read_bytes()
    return Unit(PRELUDE, source, World())
