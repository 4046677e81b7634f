"""A scenario: the machine, how the RMM answers, what the function is called with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from linter.witness import guest as guests
from linter.witness.arguments import ARGUMENTS, Call
from linter.witness.ctype import Pointer
from linter.witness.firmware import Firmware, once
from linter.witness.kernel.linux import Linux
from linter.witness.kernel.state import state_of
from linter.witness.machine import MACHINES
from linter.witness.outcome import Stop
from linter.witness.reach import reaches, spoken
from linter.witness.run import Run
from linter.witness.value import Unknown, Value
from replay.rmm.behaviours import BEHAVIOURS, Behaviour
from replay.rmm.values import result_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.source.unit import Function
    from linter.source.world import World
    from linter.witness.vocabulary import Budget
    from replay.spec.table import Command

EVERY: Final = -1


_COUNT: Final = {0: "first", 1: "second", 2: "third"}


class Answer(NamedTuple):
    """A fault: call `nth` (from 0) of a command answers `registers` and does nothing.

    `nth` is EVERY: all of them.
    """

    command: str
    nth: int
    registers: tuple[int, ...]

    def __str__(self) -> str:
        which = "every" if self.nth < 0 else f"the {_COUNT.get(self.nth, f'{self.nth + 1}th')}"
        return f"{which} {self.command} answers {result_name(self.registers[0])}"

    def over(self, behaviour: str | Behaviour) -> Behaviour:
        """The behaviour with this answer in it."""
        if self.nth >= 0:
            return once(self.command, self.nth, self.registers, behaviour)
        base = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour

        def instead(called: Command, x: Sequence[int]) -> list[int] | None:
            if called.name == self.command:
                return list(self.registers)
            return None if base.instead is None else base.instead(called, x)

        return replace(base, name=f"{base.name}, {self}", faulty=True, instead=instead)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What decides how a run goes, beside the code; names of MACHINES, BEHAVIOURS, ARGUMENTS.

    `answers` are given in the place of the behaviour's; `failing` are the numbers (from 0)
    of the function's allocations that give nothing.  `cpus` 0: as the machine has.
    """

    machine: str = "qemu-sbsa"
    behaviour: str = "plain"
    arguments: str = "page"
    answers: tuple[Answer, ...] = ()
    failing: frozenset[int] = frozenset()

    def but(self, **changed: Any) -> Scenario:
        """The same but for some fields."""
        return replace(self, **changed)

    def __str__(self) -> str:
        parts = [self.machine, self.behaviour, ARGUMENTS[self.arguments].text]
        parts += [str(answer) for answer in self.answers]
        parts += [f"allocation {number} gives nothing" for number in sorted(self.failing)]
        return "; ".join(parts)


class Staged(NamedTuple):
    """A run that is ready to start; `began` is where the set-up's events and calls end."""

    run: Run
    firmware: Firmware
    args: list[Value | Unknown | None]
    shown: str  # the call as text: `f(0x1000, 0x2000)`
    began: int  # events of the set-up
    calls: int  # items of the trace of the set-up


def stage(
    world: World,
    function: Function,
    scenario: Scenario,
    decisions: Sequence[bool] = (),
    budget: Budget | None = None,
) -> Staged:
    """Makes machine, RMM, guest and arguments.  Raises Stop if that cannot be."""
    machine = MACHINES[scenario.machine]
    firmware = Firmware(machine, spoken(world))
    kernel = Linux(machine, firmware)
    run = Run(world, kernel, budget, decisions)
    reached = reaches(world, function)
    if "RMI_RMM_ACTIVATE" not in reached:
        firmware.boot()
    with guests.outside(run):
        _features(run, firmware)
        args = Call(run, machine, ARGUMENTS[scenario.arguments], reached).of(function)
    state = state_of(run)
    state.failing = frozenset(state.allocations + number for number in scenario.failing)
    behaviour: str | Behaviour = scenario.behaviour
    for answer in scenario.answers:
        behaviour = answer.over(behaviour)
    firmware.behave(behaviour)
    run.memory.guard = state.guard
    shown = ", ".join(_shown(run, a) for a in args)
    return Staged(run, firmware, args, f"{function.name}({shown})", len(run.trace),
                  len(firmware.items))  # fmt: skip


def _features(run: Run, firmware: Firmware) -> None:
    """What the boot has read of the feature registers."""
    for number, value in firmware.header.features.items():
        with suppress(Stop):
            run.evaluate_text(f"rmm_feat_reg{number} = {value:#x}UL")


def _shown(run: Run, value: Value | Unknown | None) -> str:
    if not isinstance(value, Value):
        return "?"
    if isinstance(value.ctype, Pointer) and value.bits:
        made = run.memory.at(value.bits)
        return f"&{made.label}" if made is not None else hex(value.bits)
    return str(value)
