"""The judge of traces that leave calls out.

The same tables, asked in three values: a condition holds, does not, or depends on what
was not captured.  A result is a violation only if no course of the missing calls
permits it; it is `assumed` where that cannot be said, and what it implies is learnt.
Which calls may be missing, and where, says `replay.missing`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from replay.engine import Engine, number_of
from replay.missing import Missing
from replay.rmm import values
from replay.rmm.model import Unknown
from replay.rmm.partial import PartialRmm
from replay.rmm.partial_checkpoint import compare
from replay.rmm.partial_tables import depth
from replay.rmm.rtt import LEVEL_PAGE
from replay.rmm.settle import settle
from replay.rmm.values import (
    NOT_SUPPORTED,
    RMI_ERROR_GLOBAL,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
    RMM_ACTIVE,
    RMM_INIT,
    result_name,
)
from replay.spec.commands import FUNCTION
from replay.verdict import ASSUMED, OK, UNKNOWN, VIOLATION, Difference, Verdict
from traces.event import REGISTERS

if TYPE_CHECKING:
    from replay.spec.table import Command, Held
    from traces.event import Event, Header, Smc

_DONE = (RMI_SUCCESS, RMI_INCOMPLETE)
_NAMED = 3  # conditions that an `assumed` names


class PartialEngine(Engine):
    """Judges the calls of one trace of which others are missing."""

    m: PartialRmm

    def __init__(self, header: Header) -> None:
        super().__init__(header, PartialRmm(header))
        self.every = frozenset(command.name for command in self.commands.values())
        self.missing = Missing(header, self.every)
        captured = header.other.get("registers")
        given = captured.get("x") if isinstance(captured, dict) else None
        self.given = given if isinstance(given, int) else REGISTERS
        self.judged = 0  # calls
        self.judged_at: dict[int, int] = {}  # of a call that has entered: calls judged before

    def event(self, event: Event) -> list[Verdict | Difference]:
        if event.name == "lost":
            self.missing.lost(self.m, event)
            return []
        if event.name == "smc_begin":
            if event.smc is not None:
                self.begin(event.smc)
            return []
        if event.name == "crash" and event.smc is not None:
            self.missing.up_to(self.m, event.smc.seq)
        if event.name in ("granules", "granule"):
            self.missing.up_to(self.m, event.fields.get("seq"))  # of the call that comes next
            return [Difference(event.line, text) for text in compare(self.m, event)]
        return super().event(event)

    def restart(self) -> None:
        super().restart()
        self.missing = Missing(self.header, self.every, from_reset=True)
        self.judged_at.clear()

    def begin(self, smc: Smc) -> None:
        """A call has entered and will return later; a REC that runs meanwhile is in use."""
        self.judged_at[number_of(smc)] = self.judged
        self.missing.up_to(self.m, smc.seq)
        self.missing.called(smc.seq)
        command = self.commands.get(smc.fid & FUNCTION)
        if command is not None:  # what it does may be done before others that return first
            self.m.hide(1, {command.name})
            if command.name == "RMI_REC_ENTER":
                self.m.runs(smc.x[0])

    # --- calls ----------------------------------------------------------------------------

    def judge(self, smc: Smc) -> Verdict:
        verdict = self._judge(smc)
        since = self.judged_at.pop(number_of(smc), self.judged)
        if since < self.judged and verdict.kind == VIOLATION:
            # What it met may have been otherwise when it entered.
            verdict = Verdict(
                ASSUMED,
                smc,
                verdict.command,
                got=verdict.got,
                why="other calls overlapped it",
            )
        self.judged += 1
        return verdict

    def _judge(self, smc: Smc) -> Verdict:
        self.missing.up_to(self.m, smc.seq, smc)
        self.missing.called(smc.seq)
        m, got = self.m, smc.r
        command = self.commands.get(smc.fid & FUNCTION)
        self.held, self.looked = [], False
        if command is None:
            return self._unlisted(smc)
        name = command.name
        if got is None:
            self.missing.without_result(m, smc, frozenset((name, "RMI_OP_CONTINUE")))
            return Verdict(UNKNOWN, smc, name, why="no result was captured")
        if len(command.inputs) > self.given:
            m.hide(1, {name, "RMI_OP_CONTINUE"})
            return Verdict(UNKNOWN, smc, name, why="not all arguments were captured")
        self.seen = REGISTERS if smc.seen is None else max(smc.seen, 1)
        m.smc = smc
        m.mem = None if smc.mem is None else smc.memory
        if got[0] == NOT_SUPPORTED and command.optional:
            return Verdict(OK, smc, name)
        try:
            if not m.serves(command.gate):
                return self._gated(smc, command)
        except Unknown:
            if got[0] == RMI_ERROR_GLOBAL:
                return self._assumed(smc, command, "whether the RMM is active is not known")
            if command.gate in ("init", "active"):
                m.state = RMM_INIT if command.gate == "init" else RMM_ACTIVE
        if not command.effect:
            why = "the command is not modelled"
            m.hide(1, {name})
            return Verdict(UNKNOWN, smc, name, got=result_name(got[0]), why=why)
        verdict = self._weigh(smc, command, got)
        m.problems, m.notes = [], []
        return verdict

    def _weigh(self, smc: Smc, command: Command, got: Sequence[int]) -> Verdict:
        """Judge by what is certain; what is not may go either way."""
        held, objects, doubted = self._ask(command, smc)
        self.held, self.looked = held, True
        rows = command.conditions
        fails = [row for row in held if not rows[row[0]].permits]
        if smc.seen == 0:  # only the status: any index that is permitted may have been there
            index = next((row[1] for row in held if (row[1] ^ got[0]) & 0xFF == 0), got[0])
            got = [index, *got[1:]]
        self.m.before = self._before(got)
        if got[0] & 0xFF in _DONE and not fails:
            if doubted:
                self._learn(command, doubted, smc.x)
                held, objects, _ = self._ask(command, smc)
            return self._decided(smc, command, held, objects, got, doubted)
        if doubted and not self._explained(command, held, got):
            why = [
                rows[bit].meaning
                for bit in doubted
                if getattr(values, rows[bit].status) == got[0] & 0xFF
                and not _comes_after(command, bit, fails, self.sequence)
                and (smc.seen == 0 or self._index_may_be(command, bit, smc.x, got[0]))
            ]
            if why:
                return self._assumed(smc, command, _may_be(why))
            if command.any_status and not fails:
                self._settle(command, smc, got)
                return self._assumed(smc, command, "what decides on the status was not captured")
        return self._decided(smc, command, held, objects, got, doubted)

    def _explained(self, command: Command, held: list[Held], got: Sequence[int]) -> bool:
        """Whether a row that holds for certain gives this very result."""
        rows = command.conditions
        fails = [row for row in held if not rows[row[0]].permits]
        now = command.permitted(fails, self.sequence)
        too = command.permitted_too(held, self.sequence)
        return any(row[1] == got[0] and not self._differ(command, row, got) for row in (*now, *too))

    def _ask(
        self, command: Command, smc: Smc
    ) -> tuple[list[Held], tuple[Any, ...], tuple[int, ...]]:
        """The rows that hold for certain, the objects, and the rows that are in doubt."""
        m = self.m
        m.doubted = []
        held, objects = command.judge(m, smc.x)
        return held, objects, tuple(m.doubted)

    def _decided(
        self,
        smc: Smc,
        command: Command,
        held: list[Held],
        objects: tuple[Any, ...],
        got: Sequence[int],
        doubted: tuple[int, ...],
    ) -> Verdict:
        """As a whole trace is judged, as far as that is possible here."""
        try:
            asked = smc.seen == 0 and got[0] & 0xFF == RMI_INCOMPLETE  # for what, was not seen
            if asked or (self.seen <= len(command.outputs) and got[0] & 0xFF in _DONE and not held):
                raise Unknown("not all results were captured")
            if doubted and any(thing is None for thing in objects):
                raise Unknown("what the call names was not captured")
            if held:
                verdict = self._refused(smc, command, held, objects, got)
            else:
                verdict = self._free(smc, command, objects, got)
        except Unknown as unknown:
            verdict = Verdict(UNKNOWN, smc, command.name, why=str(unknown))
        if verdict.kind == UNKNOWN:
            wrong = self._settle(command, smc, got)
            if wrong:
                return self._violation(smc, command, held, got, (), "; ".join(wrong))
            meanings = [command.conditions[bit].meaning for bit in doubted]
            verdict = self._assumed(
                smc, command, _may_be(meanings, "not ") if meanings else verdict.why
            )
        elif verdict.kind == OK and doubted and got[0] & 0xFF in _DONE:
            why = _may_be([command.conditions[bit].meaning for bit in doubted], "not ")
            return self._assumed(smc, command, why)
        return verdict

    def _adopt(
        self, smc: Smc, command: Command, objects: tuple[Any, ...], got: Sequence[int]
    ) -> tuple[str, ...]:
        """As of Engine; where the effect cannot be carried out, what the result says anyhow."""
        notes = super()._adopt(smc, command, objects, got)
        if notes:
            self._settle(command, smc, got)
        return notes

    def _settle(self, command: Command, smc: Smc, got: Sequence[int]) -> list[str]:
        """What the result says, though the model cannot follow; what is wrong with it."""
        if got[0] & 0xFF in _DONE or command.any_status:
            self.history.append((smc.line, command, smc.x, got))
            try:
                return settle(self.m, command, smc.x, got, self.seen)
            except Unknown:
                self.m.forget_tables()
        return []

    def _before(self, got: Sequence[int]) -> dict[int, int]:
        """What a granule that the call may hand out may be before it."""
        if not self.m.may_be_granule(got[1]):
            return {}
        return {got[1]: self.m.granules.mask(got[1])}

    def _index_may_be(self, command: Command, bit: int, x: Sequence[int], x0: int) -> bool:
        """Whether the row can demand the index of this result: the level where a walk ended."""
        text = command.conditions[bit].index
        if text is None or x0 & 0xFF != values.RMI_ERROR_RTT:
            return True
        index = x0 >> 8 & 0xFF
        index = -1 if index == 0xFF else index
        arguments = dict(zip(command.inputs, x, strict=False))
        exact = _level(text, arguments)
        if exact is not None:
            return index == exact
        lowest = -1
        with suppress(Unknown):
            realm = self.m.realms.get(arguments.get("rd", 0))
            if realm is not None:
                lowest = depth(self.m, realm, arguments.get("ipa", arguments.get("base", 0)))
        # A walk is for a level, and goes no further: the row about one that ends above says so.
        walks = [_WALKS.search(row.when) for row in command.conditions]
        level = next((_level(walk[1], arguments) for walk in walks if walk), None)
        if level is None:
            return index <= LEVEL_PAGE
        return min(lowest, level) <= index <= (level - 1 if walks[bit] else level)

    def _learn(self, command: Command, doubted: Iterable[int], x: Sequence[int]) -> None:
        """The call has succeeded, so none of the conditions in doubt holds."""
        m = self.m
        for bit in doubted:
            for kind, name, state in _said_by(command.conditions[bit].when):
                if name not in command.inputs:
                    continue
                addr = x[command.inputs.index(name)]
                if kind == "granule":
                    m.learn(addr, state)
                else:
                    with suppress(Unknown):
                        realm = m.realms.get(addr)
                        if realm is not None:
                            realm.state = state

    def _assumed(self, smc: Smc, command: Command, why: str) -> Verdict:
        got = smc.r
        assert got is not None
        return Verdict(ASSUMED, smc, command.name, got=result_name(got[0]), why=why)


def _comes_after(command: Command, bit: int, fails: list[Held], follow_sequence: bool) -> bool:
    """Whether a row that holds for certain wins over this one."""
    if follow_sequence and command.sequence:
        return any(row[0] < bit for row in fails)
    return any(command.before[bit] >> row[0] & 1 for row in fails)


def _may_be(meanings: list[str], nothing: str = "") -> str:
    """The conditions in doubt, the first few by name."""
    named = "; ".join(dict.fromkeys(meanings[:_NAMED]))
    more = "; and more" if len(meanings) > _NAMED else ""
    return f"not captured, assumed {nothing}so: {named}{more}"


# A row about a walk that ends above a level, and what such a level may be written as.
_WALKS = re.compile(r"\bwalk\.level < (level - 1|level|3)")


def _level(text: str, arguments: dict[str, int]) -> int | None:
    """The level that an index stands for, where the arguments tell."""
    if text.strip("-").isdigit():
        return int(text)
    if "level" in arguments and re.fullmatch(r"level( ?- ?1)?", text):
        return values.signed(arguments["level"]) - text.endswith("1")
    return None


# --- what a condition says when it does not hold ------------------------------------------


@cache
def _said_by(when: str) -> list[tuple[str, str, int]]:
    """(granule or realm, argument, state) that must be so where the condition is false."""
    try:
        tree = ast.parse(when.strip(), mode="eval").body
    except SyntaxError:
        return []
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.Or) else [tree]
    return [fact for part in parts for fact in _fact(part)]


def _fact(part: ast.expr) -> Iterable[tuple[str, str, int]]:
    match part:
        case ast.Compare(
            left=ast.Call(func=ast.Name("gstate"), args=[ast.Name(name)]),
            ops=[ast.NotEq()],
            comparators=[ast.Name(state)],
        ):
            yield "granule", name, getattr(values, state)
        case ast.UnaryOp(
            op=ast.Not(),
            operand=ast.Call(func=ast.Name("is_granule"), args=[ast.Name(name), ast.Name(state)]),
        ):
            yield "granule", name, getattr(values, state)
        case ast.Compare(
            left=ast.Attribute(value=ast.Name("realm"), attr="state"),
            ops=[ast.NotEq()],
            comparators=[ast.Name(state)],
        ):
            yield "realm", "rd", getattr(values, state)
