"""The calls that are open: scopes, variables, where in the source each of them is."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from linter.source.unit import Function, Unit
    from linter.witness.ctype import CType
    from linter.witness.memory import Object
    from linter.witness.outcome import Place


class Var(NamedTuple):
    """A variable; `made` is its memory, where that ends with its scope."""

    address: int
    ctype: CType
    made: Object | None


class Context(NamedTuple):
    """The file that a node belongs to; all of a snippet stands in one `line`."""

    unit: Unit
    shift: int  # rows that a function has moved since it was parsed
    line: int | None = None


class Scope:
    """A block: its variables, and what runs when it is left (byte offset of the declaration)."""

    __slots__ = ("endings", "names", "objects")

    def __init__(self) -> None:
        self.names: dict[str, Var] = {}
        self.objects: list[Object] = []
        self.endings: list[tuple[int, Callable[[], None]]] = []


class Loop:
    """A loop that runs: `heads` are the locals of the last few times round."""

    __slots__ = ("heads", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.heads: deque[str] = deque(maxlen=4)


class Frame:
    """A call; `bodies` are the loop bodies of iterator macros that wait to be run inside."""

    __slots__ = ("bodies", "context", "line", "loops", "name", "path", "scopes")

    def __init__(self, name: str, path: str, context: Context, line: int) -> None:
        self.name = name
        self.path = path
        self.context = context
        self.line = line
        self.scopes: list[Scope] = []
        self.loops: list[Loop] = []
        self.bodies: list[tuple[Node, Context]] = []

    @classmethod
    def of(cls, function: Function) -> Frame:
        context = Context(function.unit, function.shift)
        return cls(function.name, function.path, context, function.lines[0])

    @classmethod
    def outside(cls, unit: Unit, line: int = 0) -> Frame:
        """Of what is evaluated outside of functions."""
        return cls("", unit.path, Context(unit, 0), line)

    def find(self, name: str) -> Var | None:
        for scope in reversed(self.scopes):
            found = scope.names.get(name)
            if found is not None:
                return found
        return None

    def at(self, node: Node) -> int:
        """The line of a node."""
        context = self.context
        if context.line is not None:
            return context.line
        return context.unit.line_of_row(node.start_point[0]) + context.shift

    @contextmanager
    def within(self, context: Context) -> Iterator[None]:
        """Evaluates nodes of another file in this call's scopes.

        After a Halt the frame stays where it was: the report wants the line.
        """
        before, self.context = self.context, context
        try:
            yield
        finally:
            self.context = before
