"""How a statement ends that the next one does not follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from linter.witness.value import Unknown, Value

BODY = "witness_loop_body"  # stands in an expanded iterator macro for the body


class Signal(NamedTuple):
    """`break`, `continue`, `return` (with its value) or `goto` (with its label)."""

    kind: str
    value: Value | Unknown | None = None
    label: str = ""


BREAK, CONTINUE = Signal("break"), Signal("continue")


class Jump(Exception):
    """A signal on its way out of a statement expression."""

    def __init__(self, signal: Signal) -> None:
        super().__init__(signal.kind)
        self.signal = signal
