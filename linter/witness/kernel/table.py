"""The tables that the topics fill: a decorator an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from linter.witness.ctype import VOID, Pointer
from linter.witness.outcome import Stop
from linter.witness.value import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.witness.ctype import CType
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite, Entry, Loop

_T = TypeVar("_T")

WORDS: Final[dict[str, Entry]] = {}  # their arguments are evaluated
RAW: Final[dict[str, Entry]] = {}  # they evaluate what they want of them
LOOPS: Final[dict[str, Loop]] = {}

NOTHING: Final = Value(VOID, 0)


def word(*names: str) -> Callable[[Entry], Entry]:
    """An entry whose arguments are evaluated, under these names."""
    return _put(WORDS, names)


def raw(*names: str) -> Callable[[Entry], Entry]:
    """An entry that evaluates its arguments itself, or not at all."""
    return _put(RAW, names)


def loop(*names: str) -> Callable[[Loop], Loop]:
    """An iterator macro."""
    return _put(LOOPS, names)


def _put(table: dict[str, _T], names: tuple[str, ...]) -> Callable[[_T], _T]:
    def put(entry: _T) -> _T:
        for name in names:
            assert name not in WORDS and name not in RAW and name not in LOOPS, name
            table[name] = entry
        return entry

    return put


def target(run: Run, pointer: Value | Unknown) -> tuple[int, CType]:
    """What a pointer points to: address and type.  Of an unknown one an object is made."""
    if not isinstance(pointer.ctype, Pointer):
        raise Stop(f"{pointer} is used as a pointer")
    return run.follow(pointer), pointer.ctype.to


def need(args: list[Value | Unknown], number: int, site: CallSite) -> None:
    """Stops where a word has fewer arguments than the kernel's."""
    if len(args) < number:
        raise Stop(f"{site.name}() has {len(args)} arguments; it takes {number}")
