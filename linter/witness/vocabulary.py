"""What the interpreter asks of the kernel around the patch: the interface of `kernel.py`.

Signatures an entry uses (all of `run.Run`):

    run.load(address, ctype, name="") -> Value | Unknown     run.memory: Memory
    run.store(address, ctype, value)                         run.types: Types
    run.evaluate(node) -> Value | Unknown
    run.lvalue(node) -> (address, ctype)
    run.truth(value, text="") -> bool        forks on an unknown value
    run.number(value, what) -> int           stops on an unknown value
    run.unknown(ctype, text) -> Unknown      a value that equals no other
    run.event(kind, text, **values)          appends to run.trace
    run.smc()                                counts one SMC against the budget
    run.invoke(pointer, args) -> Value | Unknown     calls through a function pointer
    run.type_of(node) -> CType               static type, nothing is evaluated
    run.place -> Place                       the line that runs
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.source.unit import Unit
    from linter.witness.ctype import CType
    from linter.witness.run import Run
    from linter.witness.value import Unknown, Value


class CallSite(NamedTuple):
    """One call: `raw` are the argument nodes (after the dialect), `texts` the arguments as written.

    `types` are those of the evaluated arguments (for a raw entry: ()).
    """

    name: str
    node: Node
    unit: Unit
    path: str
    line: int
    types: tuple[CType, ...]
    raw: tuple[Node, ...]
    texts: tuple[str, ...]


# The arguments have been evaluated, arrays decayed; a raw entry gets [] and uses `site.raw`.
Entry = Callable[["Run", "list[Value | Unknown]", CallSite], "Value | Unknown"]
# `for_each_x(...)`: sets its variables, then yields once for every time the body shall run.
Loop = Callable[["Run", CallSite], "Iterator[None]"]


class Budget(NamedTuple):
    """What a run may cost before it counts as endless."""

    steps: int = 20_000  # statements: about a tenth of a millisecond each
    smcs: int = 1_000
    depth: int = 40  # calls within calls
    forks: int = 200  # branches on unknown values


class Kernel(Protocol):
    """Functions, macros, constants, types and globals that the series does not define."""

    def prelude(self) -> Unit | None:
        """Declarations, macros and functions in C, for what the series does not declare itself.

        The same unit for every run: what is made of it is kept.
        """

    def constant(self, name: str) -> int | Value | None:
        """An object-like macro or enumerator; an int gets the type that C gives its literal."""

    def entry(self, name: str) -> Entry | None:
        """A function or macro whose arguments are evaluated once each, in order."""

    def raw(self, name: str) -> Entry | None:
        """A macro that evaluates its arguments itself (or not at all)."""

    def loop(self, name: str) -> Loop | None:
        """An iterator macro."""

    def typedef(self, name: str) -> str | None:
        """The C type that a name stands for, as text: "struct page *"."""

    def field(self, tag: str, name: str) -> str | None:
        """The C type of a field of a struct whose declaration is not at hand, as text."""

    def variable(self, name: str) -> str | None:
        """The C type of a global variable, as text; its contents are unknown until written."""

    def result(self, name: str) -> str | None:
        """The C type that a function gives, as text; only `typeof` and the like need it."""

    def enter(self, run: Run, kind: str, args: tuple[Node, ...]) -> Callable[[], None] | None:
        """`guard(kind)(args)` or `scoped_guard(kind, args)`: gives what ends it."""

    def cleanup(self, run: Run, name: str, address: int, ctype: CType) -> bool:
        """`__free(name)` of the variable at `address`, at scope exit; False: not known.

        A cleanup function that the series defines itself is run without asking.
        """


class Bare:
    """A kernel that knows nothing: a base for those that know something."""

    def prelude(self) -> Unit | None:
        return None

    def constant(self, name: str) -> int | Value | None:
        return None

    def entry(self, name: str) -> Entry | None:
        return None

    def raw(self, name: str) -> Entry | None:
        return None

    def loop(self, name: str) -> Loop | None:
        return None

    def typedef(self, name: str) -> str | None:
        return None

    def field(self, tag: str, name: str) -> str | None:
        return None

    def variable(self, name: str) -> str | None:
        return None

    def result(self, name: str) -> str | None:
        return None

    def enter(self, run: Run, kind: str, args: tuple[Node, ...]) -> Callable[[], None] | None:
        return None

    def cleanup(self, run: Run, name: str, address: int, ctype: CType) -> bool:
        return False
