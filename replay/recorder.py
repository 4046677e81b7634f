"""Looks on while a trace is judged, and keeps what a picture of it needs.

A `Recorder` looks on from beside the engine: it is told of every call after its verdict,
and by the model's maps of every granule that is put into a state.  It keeps plain data,
and so much at most (see the bounds below): what did not fit is counted.  Where calls are
missing from the trace, it has what the model last was certain of.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from replay.record import (
    NOT_KNOWN,
    PLAIN,
    REFUSED,
    WAITED,
    Call,
    Change,
    Life,
    Name,
    Record,
    Told,
)
from replay.result import KINDS
from replay.rmm.granules import Granules
from replay.rmm.model import Unknown
from replay.rmm.values import RD as RD_GRANULE
from replay.rmm.values import (
    REALM_STATE_NAME,
    REC,
    RMI_BLOCKED,
    RMI_BUSY,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
    UNDELEGATED,
)
from replay.verdict import OK, Reason, Verdict, reasons

if TYPE_CHECKING:
    from replay.engine import Engine
    from replay.spec.table import Command
    from traces.event import Event, Smc

MOST_CALLS: Final = 200_000  # all of them to here, then only those that are not `ok` ...
MOST_ODD: Final = 20_000  # ... and of these so many
MOST_CHANGES: Final = 300_000  # runs of granules that changed
MOST_TOLD: Final = 5_000  # calls with words of their own: why, the model, the story
MOST_NAMES: Final = 1_000  # commands
MOST_SETS: Final = 10_000  # of conditions
MOST_OBJECTS: Final = 2_000  # realms, RECs
MOST_NOTES: Final = 10_000
MOST_TEXT: Final = 200  # characters of a note of the trace

_OTHERS: Final = "(others)"  # what is called so when there are MOST_NAMES
_LIVE: Final = (RD_GRANULE, REC)
_MOST_MADE: Final = 4096  # RDs and RECs in one run


class Recorder:
    """Fills a `Record` while an engine judges."""

    def __init__(self, engine: Engine) -> None:
        header = engine.header
        whole = header.complete and not header.omits
        self.record = Record(header, UNDELEGATED if whole else NOT_KNOWN)
        self._engine = engine
        # Memory as it is drawn: a state for every address there can be.
        self._memory = Granules([(0, 1 << header.pa_width)], header.granule_size)
        self._memory.set_range(0, 1 << header.pa_width, self.record.first)
        self._number = 0  # of the last call
        self._names: dict[str, int] = {}
        self._held: dict[tuple[str, tuple[Reason, ...]], int] = {}
        self._realms: dict[int, int] = {}  # the living, by RD
        self._recs: dict[int, int] = {}
        # By handle: the addresses of the realm and the REC that an operation is about.
        self._handles: dict[int, tuple[int | None, int | None]] = {}
        self._last: dict[int, tuple[int, list[int]]] = {}  # by CPU: the last call, if refused
        self._made: list[tuple[int, int]] = []  # (address, state) of new RDs and RECs
        self._look()

    # --- what it is told

    def call(self, number: int, verdict: Verdict) -> None:
        """The call of this number was judged; the model is as the call left it."""
        self._number = number
        self._look()
        smc = verdict.smc
        command = self._engine.command(smc)
        realm, rec = self._concerns(smc, command)  # before what it ended is forgotten
        self._lives()
        if realm < 0 and rec < 0:
            realm, rec = self._concerns(smc, command)  # it made them
        if realm >= 0:
            self._realm_state(realm)
        self._handle(smc, command)
        mark = self._mark(smc)
        plain = verdict.kind == OK
        if len(self.record.calls) >= MOST_CALLS:
            self.record.calls_until = self.record.calls_until or self._number
            if plain or self.record.odd >= MOST_ODD:
                return
            self.record.odd += 1
        inputs, outputs = (command.inputs, command.outputs) if command else ((), ())
        self.record.calls.append(
            Call(
                self._number,
                smc.line,
                self._name(verdict.command, inputs, outputs),
                KINDS.index(verdict.kind),
                mark,
                realm,
                rec,
                smc.cpu,
                self._reasons(verdict, command),
                tuple(smc.x[: len(inputs)]) if command else _trimmed(smc.x),
                _result(smc, command, len(outputs)),
            )
        )
        if not plain or verdict.notes:
            if len(self.record.told) < MOST_TOLD:
                v = verdict
                self.record.told[self._number] = Told(v.why, v.permitted, v.view, v.story, v.notes)
            else:
                self.record.untold += 1

    def event(self, event: Event) -> None:
        """A line that is no call; a note stands above the call that follows."""
        text = event.fields.get("text")
        if event.name != "note" or not isinstance(text, str):
            return
        if len(self.record.notes) < MOST_NOTES:
            self.record.notes.append((self._number + 1, event.line, text[:MOST_TEXT]))
        else:
            self.record.notes_until = self.record.notes_until or self._number + 1

    def restart(self) -> None:
        """The RMM has started anew."""
        self._changes(0, 1 << self.record.header.pa_width, self.record.first)
        self._lives()
        self._handles.clear()
        self._last.clear()
        self._look()

    def _look(self) -> None:
        """See to it that the maps of the model, which may be another one now, tell."""
        for granules in (self._engine.m.granules, self._engine.m.devices):
            granules.changing = self._changes

    def _changes(self, base: int, top: int, state: int) -> None:
        """Granules are put into a state: keep those that were in another, as runs."""
        memory, number = self._memory, self._number + 1
        top = min(top, 1 << self.record.header.pa_width)
        at = base
        while at < top:
            before, end = memory.run(at, top)
            if before is not None and before != state:
                self._changed(Change(number, at, end, before, state))
            at = end
        if base < top:
            memory.set_range(base, top, state)

    def _changed(self, change: Change) -> None:
        changes = self.record.changes
        if change.before in _LIVE or change.after in _LIVE:
            step = self._memory.granule
            top = min(change.top, change.base + _MOST_MADE * step)
            self._made += [(addr, change.after) for addr in range(change.base, top, step)]
        # A range may be told of in pieces.
        last = changes[-1] if changes else None
        if last is not None and last._replace(base=last.top, top=change.top) == change:
            changes[-1] = last._replace(top=change.top)
        elif len(changes) < MOST_CHANGES:
            changes.append(change)
        else:
            self.record.changes_until = self.record.changes_until or change.number

    # --- what it finds out

    def _lives(self) -> None:
        """Realms and RECs that the call made, or ended."""
        made, self._made = self._made, []
        for addr, state in made:
            self._life(addr, state == RD_GRANULE, self._realms, self.record.realms)
            self._life(addr, state == REC, self._recs, self.record.recs)

    def _life(self, addr: int, there: bool, living: dict[int, int], lives: list[Life]) -> None:
        record, now = self.record, self._number
        if not there:
            if addr in living:
                lives[living.pop(addr)].end = now
        elif addr not in living:
            if len(lives) >= MOST_OBJECTS:
                record.lives_until = record.lives_until or now
                return
            living[addr] = len(lives)
            lives.append(Life(addr, now))
            if lives is record.recs:
                with suppress(Unknown, KeyError):
                    lives[-1].realm = self._realms[self._engine.m.recs[addr].owner]

    def _concerns(self, smc: Smc, command: Command | None) -> tuple[int, int]:
        """The living realm and REC that a call names, or its operation did; -1: none."""
        if command is None:
            return -1, -1
        rd, rec = _named(smc, command)
        for name, value in zip(command.inputs, smc.x, strict=False):
            if name == "handle":
                rd, rec = self._handles.get(value, (None, None))
        number = -1 if rec is None else self._recs.get(rec, -1)
        realm = -1 if rd is None else self._realms.get(rd, -1)
        if realm < 0 <= number:
            realm = self.record.recs[number].realm
        return realm, number

    def _realm_state(self, number: int) -> None:
        life = self.record.realms[number]
        if life.end is not None:
            return
        with suppress(Unknown, KeyError):
            name = REALM_STATE_NAME[self._engine.m.realms[life.addr].state]
            if not life.states or life.states[-1][1] != name:
                life.states.append((self._number, name))

    def _handle(self, smc: Smc, command: Command | None) -> None:
        """An operation has begun: what it is about."""
        if command is None or smc.r is None or command.outputs[:1] != ("handle",):
            return
        if smc.r[0] & 0xFF != RMI_INCOMPLETE:
            return
        handle = smc.r[1]
        if handle in self._handles or len(self._handles) < MOST_OBJECTS:
            self._handles[handle] = _named(smc, command)

    def _mark(self, smc: Smc) -> int:
        if smc.r is None:
            return PLAIN
        status = smc.r[0] & 0xFF
        refused = status not in (RMI_SUCCESS, RMI_INCOMPLETE)
        again = refused and self._last.get(smc.cpu) == (smc.fid, smc.x)
        self._last.pop(smc.cpu, None)
        if refused and len(self._last) < MOST_NAMES:
            self._last[smc.cpu] = (smc.fid, smc.x)
        if again or status in (RMI_BUSY, RMI_BLOCKED):
            return WAITED
        return REFUSED if refused else PLAIN

    # --- tables of what comes again and again

    def _name(self, name: str, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> int:
        place = self._names.get(name)
        if place is None:
            # Names that no table has are the trace's.
            if len(self._names) >= MOST_NAMES and name != _OTHERS:
                return self._name(_OTHERS, (), ())
            place = self._names[name] = len(self.record.names)
            self.record.names.append(Name(name, inputs, outputs))
        return place

    def _reasons(self, verdict: Verdict, command: Command | None) -> int:
        """The conditions that held when the call was made; 0: none, or not known."""
        held = verdict.conditions
        if not held and verdict.kind == OK and command is not None and self._engine.looked:
            held = reasons(command, self._engine.held)
        if not held:
            return 0
        key = (verdict.command, held)
        place = self._held.get(key)
        if place is None:
            if len(self._held) >= MOST_SETS:
                return 0
            place = self._held[key] = len(self.record.held)
            self.record.held.append(held)
        return place


def _named(smc: Smc, command: Command) -> tuple[int | None, int | None]:
    """The addresses of the realm and of the REC among the arguments."""
    rd = rec = None
    for name, value in zip(command.inputs, smc.x, strict=False):
        if name == "rd":
            rd = value
        elif name in ("rec", "rec_ptr", "calling_rec"):
            rec = value
    return rd, rec


def _result(smc: Smc, command: Command | None, outputs: int) -> tuple[int, ...]:
    if smc.r is None:
        return ()
    if command is None:
        return _trimmed(smc.r) or (0,)
    # Where an error comes without outputs, there is nothing to show.
    return tuple(smc.r[: 1 + outputs]) if any(smc.r[1:]) else (smc.r[0],)


def _trimmed(registers: list[int]) -> tuple[int, ...]:
    """Registers without the zeros at the end."""
    last = max((n for n, value in enumerate(registers, 1) if value), default=0)
    return tuple(registers[:last])
