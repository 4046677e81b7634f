"""What a run knows: memory, the calls that are open, what is assumed, what happened."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from linter.witness.assume import Assumptions
from linter.witness.ctype import (
    ULONG,
    Array,
    CType,
    Function,
    Opaque,
    Pointer,
    Record,
    Void,
    scalar,
    spell,
)
from linter.witness.frame import Frame, Loop, Var
from linter.witness.layout import Types
from linter.witness.memory import Memory
from linter.witness.outcome import Endless, Event, Place, Stop
from linter.witness.value import Test, Unknown, Value, convert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from linter.source.unit import Unit
    from linter.witness.program import Program
    from linter.witness.vocabulary import Budget, Kernel

_EVENTS = 20_000


class State:
    """The part of a `Run` that knows no C statements."""

    def __init__(
        self, program: Program, kernel: Kernel, budget: Budget, decisions: Sequence[bool]
    ) -> None:
        self.world = program.world  # with the prelude behind it
        self.index = program.index
        self.snippets = program.snippets
        self.kernel = kernel
        self.budget = budget
        self.memory = Memory()
        self.assume = Assumptions(list(decisions), budget.forks)
        self.types = Types(self.world, self.index, kernel, self._constant, self._typeof)
        self.frames: list[Frame] = []
        self.trace: list[Event] = []
        self.executed: Counter[tuple[str, int]] = Counter()  # (path, line) of statements
        self.steps = 0
        self.smcs = 0
        self._tests: dict[str, Test] = {}  # of comparisons that were stored
        self._stored: dict[int, CType] = {}  # types of what was written to undeclared fields

    def _constant(self, node: Node, unit: Unit) -> int:
        raise NotImplementedError

    def _typeof(self, source: str, unit: Unit) -> CType:
        raise NotImplementedError

    # -- where it is, what it costs --------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def place(self) -> Place:
        """The line that runs."""
        frame = self.frames[-1]
        return Place(frame.path, frame.line)

    def step(self) -> None:
        """Counts one statement, or one thing as costly."""
        self.steps += 1
        if self.steps > self.budget.steps:
            raise Endless(f"still running after {self.budget.steps} statements")

    def smc(self) -> None:
        """Counts one SMC."""
        self.smcs += 1
        if self.smcs > self.budget.smcs:
            raise Endless(f"still running after {self.budget.smcs} SMCs")

    def event(self, kind: str, text: str, **values: object) -> None:
        """Something happened in the line that runs."""
        if len(self.trace) >= _EVENTS:
            raise Endless(f"more than {_EVENTS} events")
        place = self.place
        self.trace.append(Event(kind, place.path, place.line, text, values, self.steps))

    def round(self, loop: Loop) -> None:
        """A loop goes round once more."""
        self.step()
        if self.steps * 2 > self.budget.steps or self.smcs * 2 > self.budget.smcs:
            loop.heads.append(self.locals())

    def locals(self) -> str:
        """The scalar locals of the function that runs: `i = 3, base = 0x1000`."""
        shown = []
        for scope in self.frame.scopes:
            for name, var in scope.names.items():
                if scalar(var.ctype):
                    bits = self.memory.load(var.address, self.types.size(var.ctype))
                    if bits is not None:
                        shown.append(f"{name} = {Value(var.ctype, bits)}")
        return ", ".join(shown)

    # -- values --------------------------------------------------------------

    def unknown(self, ctype: CType, text: str) -> Unknown:
        """A value that equals no other."""
        return Unknown(ctype, self.memory.fresh(text))

    def settle(self, value: Value | Unknown) -> Value | Unknown:
        """The value, known by now if what was assumed leaves one only."""
        if isinstance(value, Unknown):
            return self.assume.number(value) or value
        return value

    def truth(self, value: Value | Unknown, text: str = "") -> bool:
        """Is it true?  Forks on an unknown value."""
        if isinstance(value, Value):
            return value.bits != 0
        return self.assume.decide(value, self.place)

    def number(self, value: Value | Unknown, what: str = "a value") -> int:
        """The C number; Stop if it is not known."""
        value = self.settle(value)
        if isinstance(value, Unknown):
            raise Stop(f"{what} is not known: {value.label}")
        return value.number

    def load(self, address: int, ctype: CType, name: str = "") -> Value | Unknown:
        """Reads memory; `name` is how the source calls it. Of a record, its address."""
        match ctype:
            case Array(of, _):
                return Value(Pointer(of), address)
            case Record():
                return Value(ctype, address)
            case Function():
                return Value(Pointer(ctype), address)
            case Void():
                raise Stop("a value of type void is read")
            case Opaque():
                ctype = self._stored.get(address, ctype)
        size = self.types.size(ctype) if scalar(ctype) else 8
        bits = self.memory.load(address, size)
        if bits is not None:
            return Value(ULONG if isinstance(ctype, Opaque) else ctype, bits)
        label = self.memory.label(address, size, name)
        return self.settle(Unknown(ctype, label, self._tests.get(label)))

    def store(self, address: int, ctype: CType, value: Value | Unknown) -> None:
        """Writes memory, after the conversion that an assignment does."""
        if isinstance(ctype, Record):
            if isinstance(value, Unknown):
                self.memory.fill(address, self.types.size(ctype), None)
            elif value.ctype is not ctype:
                raise Stop(f"{spell(value.ctype)} is assigned to {ctype!r}")
            elif value.bits != address:
                self._copy(address, value.bits, ctype)
            return
        if isinstance(ctype, Opaque):
            if isinstance(value.ctype, Record):
                raise Stop(f"{spell(value.ctype)} is assigned to {ctype.name}, of unknown type")
            ctype = self._stored[address] = value.ctype
            if isinstance(ctype, (Opaque, Void)):
                ctype = ULONG
        elif not scalar(ctype):
            raise Stop(f"{spell(ctype)} is assigned to")
        value = convert(value, ctype)
        size = self.types.size(ctype)
        if isinstance(value, Unknown):
            if value.test is not None:
                self._tests[value.label] = value.test
            self.memory.store(address, size, None, value.label)
        else:
            self.memory.store(address, size, value.bits)

    def _copy(self, to: int, source: int, ctype: Record) -> None:
        """Copies a struct; what is not known of it has the same name in both."""
        size = self.types.size(ctype)
        known = self.memory.load(source, size) is not None
        self.memory.copy(to, source, size)
        if not known:
            for name, offset, of in self.types.leaves(ctype):
                width = self.types.size(of)
                if self.memory.load(source + offset, width) is None:
                    label = self.memory.label(source + offset, width, name)
                    self.memory.call(to + offset, width, label)

    def follow(self, value: Value | Unknown, name: str = "") -> int:
        """The address that a pointer holds; of an unknown one, an object is made."""
        value = self.settle(value)
        if isinstance(value, Value):
            return value.bits
        if self.truth_known(value) is False:
            return 0
        address = self.memory.lazy(f"*{value.label}")
        self.assume.bind(value.label, address, f"{value.label} points to an object", self.place)
        return address

    def truth_known(self, value: Unknown) -> bool | None:
        known = self.assume.number(value)
        return None if known is None else known.bits != 0

    # -- room for variables ----------------------------------------------------

    def allocate(self, ctype: CType, name: str, *, zero: bool = False, kind: str = "local") -> Var:
        """Memory for a variable; one whose size is not known gets the room of a lazy object."""
        where = str(self.place)
        if not self.types.sized(ctype):
            if not isinstance(ctype, (Record, Opaque)):
                raise Stop(f"`{name}` has a type of no known size: {spell(ctype)}")
            address = self.memory.lazy(name)
            made = self.memory.at(address)
            assert made is not None
            made.zero, made.where = zero, where
            if kind == "local":
                made.kind = "local"
            return Var(address, ctype, made)
        size = self.types.size(ctype)
        if kind == "local":
            made = self.memory.local(size, name, zero=zero, where=where)
        else:
            made = self.memory.static(size, name, zero=zero, where=where)
        return Var(made.base, ctype, made)

    def temporary(self, ctype: CType, name: str, *, zero: bool = False) -> Var:
        """Memory that goes when the innermost scope ends."""
        var = self.allocate(ctype, name, zero=zero)
        if var.made is not None and self.frame.scopes:
            self.frame.scopes[-1].objects.append(var.made)
        return var
