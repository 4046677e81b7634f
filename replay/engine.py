"""The judge: one SMC in, one verdict out, the model moved along.

A trace validator, not a predictor: the specification leaves outcomes open, so
the question is whether the result that was seen is among the permitted ones; if
so the model goes to the state which that result implies.  After a violation it
adopts what was seen, so that one fault is reported once.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from replay import explain
from replay.rmm import checkpoint, interrupted
from replay.rmm.effects.registry import effects_of
from replay.rmm.model import Rmm, Unknown
from replay.rmm.values import (
    NOT_SUPPORTED,
    RMI_BLOCKED,
    RMI_BUSY,
    RMI_ERROR_GLOBAL,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
    RMM_ACTIVE,
    result_name,
)
from replay.spec.commands import FUNCTION, commands_of
from replay.verdict import (
    OK,
    UNKNOWN,
    VIOLATION,
    Difference,
    Verdict,
    differences,
    name_of,
    reasons,
)
from traces.event import BOOT, REGISTERS, Smc

if TYPE_CHECKING:
    from replay.spec.table import Command, Held
    from traces.event import Event, Header

_WHEN = {"init": "before activation only", "active": "after activation only"}
_WHEN["operation"] = _WHEN["active"]
_HISTORY = 4096  # calls kept to tell a violation's story
_EXPLAINED = 100  # violations of one command and status that get one: it may cost 10 ms


class _Begun(NamedTuple):
    """A call that has entered and not returned: what held when it entered."""

    smc: Smc
    command: Command
    held: list[Held]
    objects: tuple[Any, ...]


class Engine:
    """Judges the calls of one trace in their order."""

    def __init__(self, header: Header, model: Rmm | None = None) -> None:
        self.m = Rmm(header) if model is None else model
        self.header = header
        self.sequence = self.m.traits.sequence
        self.must_be_zero = header.rmi == "1.0"  # registers that are no outputs (A2.1)
        self.commands = commands_of(header.rmi)
        self.effects = effects_of(header.rmi)
        self.history: deque[explain.Past] = deque(maxlen=_HISTORY)
        self.explained: Counter[tuple[str, int | None]] = Counter()
        # Of the last call, what coverage counts; `looked`: were its conditions looked at?
        self.held: list[Held] = []
        self.looked = False
        self._running: dict[int, _Begun] = {}  # by number
        self.seen = REGISTERS  # result registers of the present call that the trace has

    # --- calls ------------------------------------------------------------------

    def command(self, smc: Smc) -> Command | None:
        """The table of the command that is called; None if this version has none."""
        return self.commands.get(smc.fid & FUNCTION)

    def judge(self, smc: Smc) -> Verdict:
        """Judge a call that has returned."""
        m = self.m
        command = self.commands.get(smc.fid & FUNCTION)
        got = smc.r
        self.held, self.looked = [], False
        if command is None:
            return self._unlisted(smc)
        name = command.name
        if got is None:
            return Verdict(UNKNOWN, smc, name, why="no result was captured")
        x0 = got[0]
        m.smc = smc
        m.mem = None if smc.mem is None else smc.memory
        begun = self._returned(smc) if self._running else None
        if x0 == NOT_SUPPORTED and command.optional:
            return Verdict(OK, smc, name)
        if not m.serves(command.gate):
            return self._gated(smc, command)
        if not command.effect:
            why = "the command is not modelled"
            return Verdict(UNKNOWN, smc, name, got=result_name(x0), why=why)
        if m.operations.open:
            interrupted.observe(m, name, smc)
        if begun is not None and command.effect + "_begin" in self.effects:
            held, objects = begun.held, begun.objects
            self._hook(command, "_end", held, objects)
        else:
            try:
                held, objects = command.judge(m, smc.x)
            except Unknown as unknown:
                return Verdict(UNKNOWN, smc, name, got=result_name(x0), why=str(unknown))
            # A refusal may be from when the call entered; what succeeds does so by now.
            if (
                begun is not None
                and x0
                and x0 not in self._results(command, held)
                and x0 in self._results(command, begun.held)
            ):
                held, objects = begun.held, begun.objects
        self.held, self.looked = held, True
        if not held:
            return self._free(smc, command, objects, got)
        return self._refused(smc, command, held, objects, got)

    def begin(self, smc: Smc) -> None:
        """A call that has entered and will return later (`smc_begin`): look at it as of now.

        Without a `seq` its return could not be told from another call, unless `smc` has
        the result already: then it will be judged itself (`replay.overlap`).
        """
        m = self.m
        command = self.commands.get(smc.fid & FUNCTION)
        if command is None or not command.effect or not m.serves(command.gate):
            return
        if smc.seq is None and smc.r is None:
            return
        m.smc, m.mem = smc, smc.memory
        try:
            held, objects = command.judge(m, smc.x)
        except Unknown:
            return  # it will be judged when it returns
        self._running[number_of(smc)] = _Begun(smc, command, held, objects)
        self._hook(command, "_begin", held, objects)

    def _returned(self, smc: Smc) -> _Begun | None:
        """The call that returns now, as it entered; None if it did not, or was another one."""
        begun = self._running.get(number_of(smc))
        if begun is None or begun.smc.fid != smc.fid or begun.smc.x != smc.x:
            return None
        del self._running[number_of(smc)]
        return begun

    def _results(self, command: Command, held: list[Held]) -> list[int]:
        """The X0 that may be seen where these rows hold; SUCCESS where none of them refuses."""
        fails = [row for row in held if not command.conditions[row[0]].permits]
        found = [row[1] for row in command.permitted(fails, self.sequence)] or [RMI_SUCCESS]
        return [*found, *(row[1] for row in command.permitted_too(held, self.sequence))]

    def _hook(
        self, command: Command, when: str, held: list[Held], objects: tuple[Any, ...]
    ) -> None:
        """What a call does on its way in and out, where that can be seen by others."""
        hook = self.effects.get(command.effect + when)
        if hook is not None and not held:
            hook(self.m, *objects)

    # --- events -----------------------------------------------------------------

    def event(self, event: Event) -> list[Verdict | Difference]:
        """Take in an event of the trace; what is wrong with it."""
        if event.name == "smc_begin" and event.smc is not None:
            self.begin(event.smc)
        elif event.name == "crash":
            return [self._crashed(event)]
        elif event.name == BOOT:
            self.restart()
        elif event.name in ("granules", "granule"):
            return [Difference(event.line, text) for text in checkpoint.compare(self.m, event)]
        else:
            self.m.happened(event)
        return []

    def restart(self) -> None:
        """The RMM starts anew: what was before it is no more."""
        self.m = type(self.m)(self.header)
        self.history.clear()
        self._running.clear()

    # --- outcomes -----------------------------------------------------------------

    def _free(
        self, smc: Smc, command: Command, objects: tuple[Any, ...], got: Sequence[int]
    ) -> Verdict:
        """No failure condition holds: the command must do its work."""
        x0, name = got[0], command.name
        if x0 in (RMI_BUSY, RMI_BLOCKED):
            return self._waits(smc, command, [], got)
        m = self.m
        m.command = command
        if x0 and x0 & 0xFF not in (RMI_SUCCESS, RMI_INCOMPLETE) and not command.any_status:
            why = "no failure condition holds: the command must succeed"
            return self._violation(smc, command, [], got, (result_name(0),), why)
        try:
            expected = self.effects[command.effect](m, *objects, got)
        except Unknown as unknown:
            m.problems, m.notes = [], []
            return Verdict(UNKNOWN, smc, name, got=result_name(got[0]), why=str(unknown))
        self.history.append((smc.line, command, smc.x, got))
        notes: tuple[str, ...] = ()
        if m.notes:
            notes, m.notes = tuple(m.notes), []
        if self.must_be_zero and not x0 and any(got[len(command.outputs) + 1 :]):
            notes += ("a register that is no output of the command is not zero",)
        if self.seen < len(expected):
            expected = expected[: self.seen]
        for n, want in enumerate(expected):
            if want is not None and want != got[n]:
                break
        else:
            if not m.problems:
                return Verdict(OK, smc, name, notes=notes)
        wrong = differences(
            command, [(n, w) for n, w in enumerate(expected) if n and w is not None], got
        )
        problems, m.problems = [*wrong, *m.problems], []
        allowed = () if expected[0] is None else (result_name(expected[0]),)
        if not problems:
            problems.append("no failure condition holds: the command must give this result")
        verdict = self._violation(smc, command, [], got, allowed, "; ".join(problems))
        verdict.notes = notes
        return verdict

    def _refused(
        self,
        smc: Smc,
        command: Command,
        held: list[Held],
        objects: tuple[Any, ...],
        got: Sequence[int],
    ) -> Verdict:
        """At least one row holds: its result, or another one that may come first."""
        x0 = got[0]
        rows = command.conditions
        fails = [row for row in held if not rows[row[0]].permits]
        permits = command.permitted_too(held, self.sequence)
        if not fails and all(row[1] != x0 for row in permits):
            return self._free(smc, command, objects, got)
        allowed = command.permitted(fails, self.sequence)
        wrong: list[str] = []
        for row in allowed:
            if row[1] == x0:
                wrong = self._differ(command, row, got)
                if not wrong:
                    self._leaves(command, rows[row[0]].id, objects, got)
                    # Unordered in the specification as far as it is known, but not
                    # what the reference's order of checks would give.
                    late = command.sequence and x0 != fails[0][1]
                    return Verdict(OK, smc, command.name, notes=("order",) if late else ())
        for row in permits:
            if row[1] == x0 and not self._differ(command, row, got):
                self._adopt(smc, command, objects, got)
                return Verdict(OK, smc, command.name, notes=(rows[row[0]].meaning,))
        if x0 in (RMI_BUSY, RMI_BLOCKED):
            return self._waits(smc, command, held, got)
        results = self._names(command, held)
        holds = "a failure condition holds" if len(held) == 1 else "failure conditions hold"
        why = "; ".join(wrong) or holds
        verdict = self._violation(smc, command, held, got, results, why)
        verdict.notes += self._adopt(smc, command, objects, got)
        return verdict

    def _differ(self, command: Command, row: Held, got: Sequence[int]) -> list[str]:
        """Outputs that are not as a row demands, of those that the trace has."""
        demanded = [(n, value) for n, value in row[2] or () if n < self.seen]
        return differences(command, demanded, got)

    def _leaves(
        self, command: Command, row: str, objects: tuple[Any, ...], got: Sequence[int]
    ) -> None:
        """Let a refusal have the effect that a few of them have: `<effect>_refused`."""
        refused = self.effects.get(command.effect + "_refused")
        if refused is not None and all(thing is not None for thing in objects):
            refused(self.m, *objects, row, got)

    def _adopt(
        self, smc: Smc, command: Command, objects: tuple[Any, ...], got: Sequence[int]
    ) -> tuple[str, ...]:
        """Let a success that should not have been, or need not, have its effect."""
        if got[0] & 0xFF not in (RMI_SUCCESS, RMI_INCOMPLETE):
            return ()
        notes: tuple[str, ...] = ()
        self.m.command = command
        if any(thing is None for thing in objects):
            return ("the model cannot follow: what the call names does not exist",)
        try:
            self.effects[command.effect](self.m, *objects, got)
        except Unknown as unknown:
            notes = (f"the model cannot follow: {unknown}",)
        self.history.append((smc.line, command, smc.x, got))
        self.m.problems, self.m.notes = [], []
        return notes

    def _waits(self, smc: Smc, command: Command, held: list[Held], got: Sequence[int]) -> Verdict:
        """BUSY and BLOCKED change nothing; they need somebody to wait for."""
        if self.header.rmi == "1.0":
            why = "1.0 has no such status"
        elif got[0] == RMI_BUSY:
            if self.header.cpus > 1:
                return Verdict(OK, smc, command.name)
            why = "no other call can be in the RMM: there is one CPU"
        else:
            # When the reference is out of contexts is known: there are rows for that.
            if not self.sequence and self.m.operations_open():
                return Verdict(OK, smc, command.name)
            why = "there is a context for an operation" if self.sequence else "no operation is open"
        return self._violation(smc, command, held, got, self._names(command, held), why)

    def _names(self, command: Command, held: list[Held]) -> tuple[str, ...]:
        """The results that may be seen, as a report prints them."""
        return tuple(dict.fromkeys(map(result_name, self._results(command, held))))

    def _gated(self, smc: Smc, command: Command) -> Verdict:
        """The RMM is not in the state in which this command may be called (2.0)."""
        got = smc.r
        assert got is not None
        if got[0] == RMI_ERROR_GLOBAL:
            return Verdict(OK, smc, command.name)
        why = f"{command.name} is served {_WHEN[command.gate]}"
        verdict = self._violation(smc, command, [], got, (result_name(RMI_ERROR_GLOBAL),), why)
        if command.effect and got[0] & 0xFF in (RMI_SUCCESS, RMI_INCOMPLETE):
            self.m.state = RMM_ACTIVE  # what it did says so
            with suppress(Unknown):
                _, objects = command.judge(self.m, smc.x)
                verdict.notes += self._adopt(smc, command, objects, got)
        return verdict

    def _unlisted(self, smc: Smc) -> Verdict:
        name = name_of(smc)
        if smc.r is not None and smc.r[0] == NOT_SUPPORTED:
            return Verdict(OK, smc, name)
        got = "no result" if smc.r is None else result_name(smc.r[0])
        return Verdict(UNKNOWN, smc, name, got=got, why="no such function in this version")

    def _crashed(self, event: Event) -> Verdict:
        """The RMM died in this call: whatever was permitted, no result is not."""
        begun = self._running.pop(event.fields.get("seq", -1), None)
        smc = event.smc or (begun.smc if begun else Smc(event.line, 0, [], name="crash"))
        command = self.commands.get(smc.fid & FUNCTION)
        why = "no result: the RMM crashed in this call"
        if command is None or not command.effect:
            return Verdict(VIOLATION, smc, name_of(smc), got="no result", why=why)
        m = self.m
        m.smc, m.mem = smc, smc.memory
        try:
            if not m.serves(command.gate):
                refused = (result_name(RMI_ERROR_GLOBAL),)
                return self._violation(smc, command, [], None, refused, why)
            self.held, _ = command.judge(m, smc.x)
        except Unknown:
            return self._violation(smc, command, [], None, (), why)
        return self._violation(smc, command, self.held, None, self._names(command, self.held), why)

    def _violation(
        self,
        smc: Smc,
        command: Command,
        held: list[Held],
        got: Sequence[int] | None,
        permitted: tuple[str, ...],
        why: str,
    ) -> Verdict:
        verdict = Verdict(
            VIOLATION,
            smc,
            command.name,
            got="no result" if got is None else result_name(got[0]),
            permitted=permitted,
            conditions=reasons(command, held),
            why=why,
        )
        kind = (command.name, None if got is None else got[0] & 0xFF)
        if self.explained[kind] < _EXPLAINED:
            self.explained[kind] += 1
            with suppress(Unknown):  # where the trace leaves calls out
                verdict.view = explain.view(self.m, command, smc)
            verdict.story = explain.story(self.history, command, smc)
        return verdict


def number_of(smc: Smc) -> int:
    """What tells a call that is under way from others: its `seq`, or else its line, negative."""
    return -1 - smc.line if smc.seq is None else smc.seq
