"""Copies of a judge, to try out what the result would be in another order.

The state of a judge is a graph of plain objects, but stateful operations hold functions
that will end them, with variables of their own (`rmm.operation`): `copy.deepcopy` shares
these, so the copy would write into the original.  Here they are taken apart by pickle.
What never changes (calls, command tables, classes) is shared.  Bounded deques are histories,
for stories that nobody asks a copy to tell: they are left empty.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections import deque
from contextlib import suppress
from types import CellType, CodeType, FunctionType, MemberDescriptorType
from typing import Any, Final, Generic, TypeVar

from replay.rmm.doubt import OPEN
from replay.spec.table import Command
from traces.event import Event, Header, Smc

_SHARED: Final = frozenset({Smc, Event, Header, Command, CodeType, type, type(OPEN)})

J = TypeVar("J")


class Copies(Generic[J]):
    """A judge as it is now, from which any number of copies can be made.

    `cost`: of making one, in calls judged (4 ns a byte; a call takes some 40 us).  Raises
    whatever pickle does of an object that cannot be copied.
    """

    def __init__(self, judge: J) -> None:
        stream = io.BytesIO()
        self._shared: list[Any] = []
        _Pickler(stream, self._shared).dump(judge)
        self._data = stream.getvalue()
        self.cost = 5 + len(self._data) // 10_000

    def one(self) -> J:
        """A copy."""
        judge: J = _Unpickler(io.BytesIO(self._data), self._shared).load()
        return judge


class _Pickler(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(stream, protocol=5)
        self._shared = shared

    def persistent_id(self, thing: Any) -> int | None:
        if type(thing) not in _SHARED:
            return None
        self._shared.append(thing)
        return len(self._shared) - 1

    def reducer_override(self, thing: Any) -> Any:
        kind = type(thing)
        if kind is deque and thing.maxlen is not None:
            return deque, ((), 0)
        if hasattr(kind, "__getattr__"):  # it may answer for what is not there (rmm.doubt)
            return _empty, (kind,), _attributes(thing), None, None, _set_attributes
        if kind is FunctionType and "<locals>" in thing.__qualname__:
            code = thing.__code__
            cells = [cell.cell_contents for cell in thing.__closure__ or ()]
            # First the function, then what its variables hold: that may hold the function.
            made = (code, thing.__module__, thing.__defaults__)
            return _function, made, (cells, thing.__kwdefaults__), None, None, _fill
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(stream)
        self._shared = shared

    def persistent_load(self, number: Any) -> Any:
        return self._shared[number]


def _function(code: CodeType, module: str, defaults: tuple[Any, ...] | None) -> FunctionType:
    """A function whose own variables are empty yet."""
    cells = tuple(CellType() for _ in code.co_freevars)
    return FunctionType(code, vars(sys.modules[module]), code.co_name, defaults, cells)


def _fill(function: FunctionType, state: tuple[list[Any], dict[str, Any] | None]) -> None:
    contents, function.__kwdefaults__ = state
    for cell, value in zip(function.__closure__ or (), contents, strict=True):
        cell.cell_contents = value


def _empty(kind: type) -> Any:
    return object.__new__(kind)


def _attributes(thing: Any) -> dict[str, Any]:
    """The attributes that are there; `thing` is not asked itself."""
    found: dict[str, Any] = {}
    for kind in type(thing).__mro__:
        for name, slot in vars(kind).items():
            if type(slot) is MemberDescriptorType:
                with suppress(AttributeError):
                    found[name] = slot.__get__(thing)
    with suppress(AttributeError):
        found |= object.__getattribute__(thing, "__dict__")
    return found


def _set_attributes(thing: Any, attributes: dict[str, Any]) -> None:
    for name, value in attributes.items():
        object.__setattr__(thing, name, value)
