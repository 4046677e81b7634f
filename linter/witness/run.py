"""One run of a function of the patch: memory, calls, what happened, how it ended.

`Run.start(function, args)` runs a function and gives an `Outcome`; it may be called
again on the same run, memory and assumptions live on.  Inside, everything that
ends a run is a `Halt`.  `expressions` and `statements` hold the C; this module
what they share, and what an entry of the kernel's vocabulary may use (listed in
`vocabulary`).  Nothing of a run is shared with another but the world.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from linter.source.expr import squeeze, text
from linter.witness import declare, expressions, objects, statements, statictype
from linter.witness.ctype import (
    INT,
    VOID,
    CType,
    Function,
    Record,
)
from linter.witness.expand import Snippet
from linter.witness.frame import Context, Frame, Scope, Var
from linter.witness.layout import decayed
from linter.witness.memory import TEXT
from linter.witness.outcome import (
    ENDLESS,
    RETURNED,
    Endless,
    Fault,
    Halt,
    Outcome,
    Place,
    Stop,
)
from linter.witness.program import of_world
from linter.witness.state import State
from linter.witness.value import Unknown, Value, integer
from linter.witness.vocabulary import Budget, CallSite, Kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tree_sitter import Node

    from linter.source.unit import Function as Source
    from linter.source.unit import Unit
    from linter.source.world import World

_NESTED = 60  # macros within macros


class Signature(NamedTuple):
    result: CType
    params: tuple[tuple[str, CType], ...]


class Run(State):
    def __init__(
        self,
        world: World,
        kernel: Kernel,
        budget: Budget | None = None,
        decisions: Sequence[bool] = (),
    ) -> None:
        super().__init__(of_world(world, kernel.prelude()), kernel, budget or Budget(), decisions)
        self.on_line: Callable[[Run, Place], None] | None = None  # before a statement
        self.statics: dict[object, Var] = {}
        self.expanding: list[str] = []  # object- and function-like macros that are open
        self._functions: dict[int, tuple[str, Unit | None]] = {}  # by made-up address
        self._signatures: dict[int, Signature] = {}
        self._last = Place("", 0)  # where the last call returned

    # -- start and end -------------------------------------------------------

    def start(self, what: str | Source, args: Sequence[Value | Unknown | None] = ()) -> Outcome:
        """Runs a function (or the first of that name); an argument None or left out is unknown."""
        frames, self.frames = self.frames, []
        at = Place("", 0)
        try:
            try:
                function = self.world.function(what) if isinstance(what, str) else what
                if function is None:
                    raise Stop(f"{what}() is not defined in the series")
                at = Place(function.path, function.lines[0])
                self.frames = [Frame.outside(function.unit)]
                given = self._arguments(function, args)
                value = self.call_function(function, given)
                return Outcome(RETURNED, "", function.path, self._last.line, value)
            except Halt as halt:
                place = self.place if len(self.frames) > 1 else at
                state = self._state() if halt.kind == ENDLESS else ()
                trail = tuple(f.name for f in self.frames[1:])
                return Outcome(halt.kind, halt.reason, *place, None, trail, state)
            except RecursionError:
                place = self.place if len(self.frames) > 1 else at
                return Outcome("stopped", "the code is nested too deeply", *place)
        finally:
            self.frames = frames

    def _arguments(
        self, function: Source, args: Sequence[Value | Unknown | None]
    ) -> list[Value | Unknown]:
        given: list[Value | Unknown] = []
        for at, (name, ctype) in enumerate(self.signature(function).params):
            value = args[at] if at < len(args) else None
            given.append(self.unknown(ctype, name) if value is None else value)
        return given

    def _state(self) -> tuple[str, ...]:
        """What the innermost loop looked like the last few times round."""
        for frame in reversed(self.frames):
            if frame.loops:
                return tuple(frame.loops[-1].heads)
        return ()

    # -- names ---------------------------------------------------------------

    def variable(self, name: str) -> Var | None:
        """A local, else a global variable that the series declares or the kernel knows."""
        found = self.frame.find(name)
        if found is not None:
            return found
        declared = self.index.variable(name, self.frame.context.unit)
        if declared is not None:
            return self._global(name, declared.unit, declared.node, declared.declarator)
        if name in self.index.enumerators or self.kernel.constant(name) is not None:
            return None
        spelt = self.kernel.variable(name)
        if spelt is None:
            return None
        if name not in self.statics:
            self.statics[name] = self.allocate(self.types.of_text(spelt), name, kind="global")
        return self.statics[name]

    def _global(self, name: str, unit: Unit, node: Node, declarator: Node) -> Var:
        key = (id(unit), declarator.start_byte)
        if key not in self.statics:
            external = any(text(c) == "extern" for c in node.children) or unit.fragment
            self.frames.append(Frame.outside(unit, self.frame.line))
            try:
                var = declare.one(self, node, declarator, external=external)
            finally:
                self.frames.pop()
            self.statics[key] = var
        return self.statics[key]

    def enumerator(self, name: str) -> Value | None:
        """An enumerator of the series."""
        total, seen = 0, set()
        while (found := self.index.enumerators.get(name)) is not None:
            if name in seen:
                raise Stop(f"the enumerator {name} refers to itself")
            seen.add(name)
            if found.value is not None:
                return integer(self._constant(found.value, found.unit) + total, INT)
            if not found.before:
                if found.unit.fragment:
                    return None
                return integer(total, INT)
            total, name = total + 1, found.before
        return None

    # -- functions -----------------------------------------------------------

    def signature(self, function: Source) -> Signature:
        known = self._signatures.get(id(function))
        if known is None:
            known = self._signatures[id(function)] = self._signature(function)
        return known

    def _signature(self, function: Source) -> Signature:
        unit, node = function.unit, function.node
        kind = node.child_by_field_name("type")
        if kind is None:
            raise Stop(f"{function.name}() has no type")
        base = self.types.specifier(kind, unit)
        ctype = self.types.declare(node.child_by_field_name("declarator"), base, unit)[1]
        if not isinstance(ctype, Function):
            raise Stop(f"{function.name}() is no function")
        params = [p for p in _parameters(node) if p.type == "parameter_declaration"]
        named = []
        for param in params:
            spec = param.child_by_field_name("type")
            assert spec is not None
            inner = self.types.specifier(spec, unit)
            name, of = self.types.declare(param.child_by_field_name("declarator"), inner, unit)
            if of is not VOID:
                named.append((name, decayed(of)))
        return Signature(ctype.result, tuple(named))

    def call(self, name: str, args: Sequence[Value | Unknown]) -> Value | Unknown:
        """Calls a function of the series from inside a run."""
        function = self.world.function(name)
        if function is None:
            raise Stop(f"{name}() is not defined in the series")
        return self.call_function(function, args)

    def call_function(self, function: Source, args: Sequence[Value | Unknown]) -> Value | Unknown:
        if len(self.frames) > self.budget.depth:
            raise Endless(f"calls are nested more than {self.budget.depth} deep")
        signature = self.signature(function)
        variadic = any(p.type == "variadic_parameter" for p in _parameters(function.node))
        if len(args) < len(signature.params) or (
            len(args) > len(signature.params) and not variadic
        ):
            count = len(signature.params)
            raise Stop(f"{function.name}() takes {count} arguments, not {len(args)}")
        frame = Frame.of(function)
        self.frames.append(frame)
        frame.scopes.append(scope := Scope())
        for (name, ctype), value in zip(signature.params, args, strict=False):
            var = self.temporary(ctype, name)
            self.store(var.address, ctype, value)
            scope.names[name] = var
        body = function.node.child_by_field_name("body")
        if body is None or body.has_error:
            raise Stop(f"{function.name}() could not be parsed")
        value = statements.run_body(self, body, signature.result, function.name)
        self._last = self.place
        for made in scope.objects:
            self.memory.leave(made)
        self.frames.pop()
        if isinstance(signature.result, Record) and isinstance(value, Value) and self.frames:
            return value
        return value

    def address_of(self, name: str, unit: Unit | None) -> int:
        """The made-up address of a function."""
        key = (name, unit)
        for address, known in self._functions.items():
            if known == key:
                return address
        address = TEXT + 0x40 * (len(self._functions) + 1)
        self._functions[address] = key
        return address

    def invoke(self, pointer: Value | Unknown, args: Sequence[Value | Unknown]) -> Value | Unknown:
        """Calls through a function pointer; only to functions of the series."""
        address = self.number(pointer, "the function that is called")
        known = self._functions.get(address)
        if known is None:
            raise Fault(f"a call to {address:#x}, where no function is")
        name, unit = known
        asker = next((f for f in unit.functions if f.name == name), None) if unit else None
        function = asker or self.world.function(name)
        if function is None:
            raise Stop(f"{name}() is called through a pointer, and is not known")
        return self.call_function(function, args)

    # -- the tree ------------------------------------------------------------

    def evaluate(self, node: Node) -> Value | Unknown:
        """The value of an expression in the scope that runs; arrays decay to pointers."""
        return expressions.evaluate(self, node)

    def lvalue(self, node: Node) -> tuple[int, CType]:
        """Where an expression's object is."""
        spot = objects.locate(self, node)
        return spot.address, spot.ctype

    def type_of(self, node: Node) -> CType:
        """The static type of an expression, without evaluating it."""
        return statictype.type_of(self, node)

    def original(self, node: Node) -> str:
        """The text as the patch has it."""
        return self.frame.context.unit.original(node)

    def in_snippet(self, snippet: Snippet, line: int) -> Context:
        """The context in which the nodes of a snippet stand; lines are the macro's call's."""
        return Context(snippet.unit, 0, line)

    @contextmanager
    def expansion(self, name: str, snippet: Snippet) -> Iterator[None]:
        """Inside the expansion of a macro, which does not expand itself again."""
        if len(self.expanding) > _NESTED:
            raise Stop(f"macros are nested too deeply at {name}")
        self.expanding.append(name)
        try:
            with self.frame.within(self.in_snippet(snippet, self.frame.line)):
                yield
        finally:
            self.expanding.pop()

    def parse(self, source: str) -> Snippet:
        return self.snippets(source)

    def evaluate_text(self, source: str) -> Value | Unknown:
        """The value of an expression given as text, in the scope that runs."""
        snippet = self.parse(f"{source};")
        if snippet.value is None:
            raise Stop(f"`{source[:60]}` is no expression")
        with self.frame.within(self.in_snippet(snippet, self.frame.line)):
            return self.evaluate(snippet.value)

    def _typeof(self, source: str, unit: Unit) -> CType:
        if self.types.is_type(source.split()[0]) or source.split()[0] in ("struct", "union"):
            return self.types.of_text(source)
        snippet = self.parse(f"{source};")
        if snippet.value is None:
            raise Stop(f"typeof({source[:60]}) is not known")
        with self.frame.within(self.in_snippet(snippet, self.frame.line)):
            return self.type_of(snippet.value)

    def _constant(self, node: Node, unit: Unit) -> int:
        """A constant expression where a type wants one: a dimension, an enumerator."""
        with self.frame.within(Context(unit, 0, self.frame.line)):
            self.step()
            return self.number(self.evaluate(node), squeeze(node)[:40])


def _parameters(node: Node) -> list[Node]:
    at = node.child_by_field_name("declarator")
    found = None
    while at is not None:
        if at.type == "function_declarator":
            found = at
        at = at.child_by_field_name("declarator")
    listed = found.child_by_field_name("parameters") if found is not None else None
    return listed.named_children if listed is not None else []


__all__ = ["Budget", "CallSite", "Run"]
