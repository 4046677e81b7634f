"""The judge turned round: an RMM that answers calls.

A `Responder` keeps a model of its own and moves it along, as the judge does; only
that nobody has seen a result.  Of those that the specification permits it takes one,
by a named behaviour (`behaviours`), and fills its outputs.  The judge calls every
answer ok unless the behaviour is a faulty one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any, Final

from replay.rmm.behaviours import BEHAVIOURS, FOR_EVER, Behaviour
from replay.rmm.effects.registry import effects_of
from replay.rmm.model import Rmm, Unknown
from replay.rmm.values import (
    ANY,
    MASK64,
    NOT_SUPPORTED,
    RMI_BLOCKED,
    RMI_BUSY,
    RMI_ERROR_GLOBAL,
    RMI_SUCCESS,
)
from replay.spec.commands import FUNCTION, commands_of
from traces.event import REGISTERS, Event, Memory, Smc

if TYPE_CHECKING:
    from replay.spec.table import Command, Held
    from traces.event import Header

_REC_AUX: Final = 2  # auxiliary granules of a REC, where the header does not tell

Registers = Sequence[int | None]  # X0..; None, or missing: no output is demanded


class Responder:
    """An RMM on the machine that a header describes."""

    def __init__(self, header: Header, behaviour: str | Behaviour = "plain", seed: int = 0) -> None:
        """`behaviour`: one of BEHAVIOURS by name, or one made up; `seed` is for what is by chance.

        Raises KeyError for an unknown name, Unknown for a machine that the model does
        not know.
        """
        self.header = header
        self.behaviour = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour
        self.m = m = Rmm(header)
        m.traits = replace(m.traits, max_rec_aux=m.traits.max_rec_aux or _REC_AUX)
        self._commands = commands_of(header.rmi)
        self._numbers = {command.name: fid for fid, command in self._commands.items()}
        self._effects = effects_of(header.rmi)
        self._random = Random(seed)  # noqa: S311 - no secret: the same answers for the same seed
        self._calls = 0
        self._busy: dict[tuple[int, ...], int] = {}  # calls told BUSY -> how often

    # --- what a host does --------------------------------------------------------------

    def command(self, name: str) -> int:
        """The function number of a command; KeyError if this version has no such command."""
        return self._numbers[name]

    def call(
        self,
        fid: int,
        x: Sequence[int] = (),
        *,
        mem: Memory | Mapping[int, bytes] | None = None,
        realm: Sequence[tuple[str, list[int]]] = (),
        cpu: int = 0,
    ) -> Smc:
        """Answer an SMC: the call with its results `r` (X0..) and `mem_out`, as in a trace.

        `x` are X1..; `mem` is the host's memory as far as the call may read it, a page at
        least in part (what is not listed of it is zero).  `realm`: what the realm does in
        a REC_ENTER (`realm_side.play`); what came of it is in `realm` of the answer.

        Raises Unknown if the model cannot tell: a page that was not given, a command or a
        device's answer that is not modelled.
        """
        m = self.m
        self._calls += 1
        command = self._commands.get(fid & FUNCTION)
        smc = Smc(
            line=self._calls,
            seq=self._calls,
            fid=fid,
            name=None if command is None else command.name,
            cpu=cpu,
            x=[*(value & MASK64 for value in x), *[0] * (REGISTERS - len(x))],
            mem=None if mem is None else mem if isinstance(mem, Memory) else Memory(dict(mem)),
            realm=list(realm) or None,
        )
        behaviour = self.behaviour
        if behaviour.mix:
            behaviour = BEHAVIOURS[self._random.choice(behaviour.mix)]
        m.smc, m.mem, m.written, m.choices = smc, smc.memory, {}, behaviour.choices
        try:
            smc.r = _filled(self._answer(smc, command, behaviour), smc, behaviour)
        finally:
            m.problems, m.notes = [], []
        if command is not None and behaviour.after is not None:
            behaviour.after(m, command, smc.x, smc.r)
        smc.mem_out = m.written or None
        return smc

    def happens(self, name: str, **fields: Any) -> Event:
        """Others do something (`gpt`, `realm_write`: traces.event); the event, as in a trace."""
        self._calls += 1
        event = Event(self._calls, name, fields)
        self.m.happened(event)
        return event

    # --- answers -------------------------------------------------------------------------

    def _answer(self, smc: Smc, command: Command | None, behaviour: Behaviour) -> Registers:
        """X0.., the model moved along."""
        if command is None or (command.optional and behaviour.lacks):
            return [NOT_SUPPORTED]
        if behaviour.instead is not None:
            instead = behaviour.instead(command, smc.x)
            if instead is not None:
                return instead
        m = self.m
        if not m.serves(command.gate):
            return [RMI_ERROR_GLOBAL]
        if not command.effect:
            raise Unknown(f"{command.name} is not modelled")
        held, objects = command.judge(m, smc.x)
        if self._is_busy(smc, behaviour):
            return [RMI_BUSY]
        if behaviour.blocks and self._may_block(command):
            return [RMI_BLOCKED]
        row = self._decides(command, held, behaviour)
        if row is None or row[1] == RMI_SUCCESS:
            m.command = command
            try:
                return self._effects[command.effect](m, *objects, None)
            except Unknown:
                # What no condition speaks of (a level above the starting tables) may be refused.
                if row is not None or not held:
                    raise
                row = held[0]
        registers: list[int | None] = [row[1], *[None] * (REGISTERS - 1)]
        for number, value in row[2] or ():
            registers[number] = None if value == ANY else value
        refused = self._effects.get(command.effect + "_refused")
        if refused is not None and None not in objects:
            refused(m, *objects, command.conditions[row[0]].id, None)
        return registers

    def _decides(self, command: Command, held: list[Held], behaviour: Behaviour) -> Held | None:
        """The row whose result is given; None: the command does its work."""
        if not held:
            return None
        rows = command.conditions
        fails = [row for row in held if not rows[row[0]].permits]
        in_order = self.m.traits.sequence
        options: list[Held | None] = [*command.permitted(fails, in_order)]
        if not options:
            options.append(None)
        if behaviour.refuses:
            options += command.permitted_too(held, in_order)
        if behaviour.row == "any":
            return self._random.choice(options)
        return options[0 if behaviour.row == "first" else -1]

    def _is_busy(self, smc: Smc, behaviour: Behaviour) -> bool:
        """BUSY is for machines with several CPUs, and 2.0."""
        if not behaviour.busy or self.header.cpus == 1 or self.header.rmi == "1.0":
            return False
        if behaviour.busy == FOR_EVER:
            return True
        key = (smc.cpu, smc.fid, *smc.x)
        told = self._busy.pop(key, 0)
        if told == behaviour.busy:
            return False
        self._busy[key] = told + 1
        return True

    def _may_block(self, command: Command) -> bool:
        """An operation is open, and the command is none of those that go on with it."""
        m = self.m
        return not m.traits.sequence and m.operations_open() and command.inputs[:1] != ("handle",)


def _filled(registers: Registers, smc: Smc, behaviour: Behaviour) -> list[int]:
    """X0 to X7, with something in those in which no output is demanded."""
    ones = MASK64 if behaviour.unwritten == "ones" else 0
    filled = [RMI_SUCCESS, *(smc.x if behaviour.unwritten == "argument" else [ones] * REGISTERS)]
    for number, value in enumerate(registers):
        if value is not None:
            filled[number] = value
    return filled[:REGISTERS]
