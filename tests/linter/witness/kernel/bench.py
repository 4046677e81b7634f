"""A bench for the kernel's words: C text, run on a machine with an RMM."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from linter.follow import new_unit, new_world
from linter.witness.ctype import ULONG
from linter.witness.firmware import Firmware
from linter.witness.kernel.linux import Linux, on_machine
from linter.witness.kernel.state import State
from linter.witness.machine import CONTROL, Machine
from linter.witness.outcome import RETURNED, Event, Outcome
from linter.witness.run import Run
from linter.witness.value import Unknown, Value, integer
from linter.witness.vocabulary import Budget
from replay.rmm.behaviours import Behaviour
from traces.event import Rmi


class Bench:
    """One run; `trace` are its events by kind."""

    def __init__(
        self,
        source: str,
        *,
        machine: Machine = CONTROL,
        rmi: Rmi = "1.0",
        behaviour: str | Behaviour = "plain",
        failing: Collection[int] = (),
        decisions: Sequence[bool] = (),
        budget: Budget | None = None,
    ) -> None:
        world = new_world()
        world.add(new_unit("a.c", source, world))
        self.firmware = Firmware(machine, rmi, behaviour)
        self.firmware.boot()
        self.kernel = Linux(machine, self.firmware, failing=failing)
        self.run = Run(on_machine(world, machine), self.kernel, budget, decisions)

    @property
    def state(self) -> State:
        return self.kernel.state

    def start(self, name: str = "f", *args: Value | int | None) -> Outcome:
        given = [integer(a, ULONG) if isinstance(a, int) else a for a in args]
        return self.run.start(name, given)

    def value(self, name: str = "f", *args: Value | int | None) -> Value | Unknown:
        """What the function returns; it must return."""
        outcome = self.start(name, *args)
        assert outcome.kind == RETURNED, outcome
        assert outcome.value is not None
        return outcome.value

    def number(self, name: str = "f", *args: Value | int | None) -> int:
        value = self.value(name, *args)
        assert isinstance(value, Value), value
        return value.number

    def reason(self, kind: str, name: str = "f", *args: Value | int | None) -> str:
        """Why the function ends otherwise."""
        outcome = self.start(name, *args)
        assert outcome.kind == kind, outcome
        return outcome.reason

    def events(self, *kinds: str) -> list[Event]:
        return [event for event in self.run.trace if event.kind in kinds]

    def texts(self, *kinds: str) -> list[str]:
        return [event.text for event in self.events(*kinds)]
