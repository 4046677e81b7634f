"""What a function may ask of the RMM, and in which version of its interface."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from linter.source.nodes import arguments, callee
from linter.witness.firmware import interface
from replay.spec.commands import commands_of

if TYPE_CHECKING:
    from linter.source.unit import Function
    from linter.source.world import World
    from traces.event import Rmi

_COMMAND: Final = re.compile(r"\b(?:SMC_)?(RMI_[A-Z0-9_]+)\b|\b(rmi_[a-z0-9_]+)[ \t]*\(")
_REMARK: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
_TRACKING: Final = "rmi_granule_tracking_get"
_REACHED: WeakKeyDictionary[World, dict[str, frozenset[str]]] = WeakKeyDictionary()
_SPOKEN: WeakKeyDictionary[World, Rmi] = WeakKeyDictionary()


def reaches(world: World, function: Function) -> frozenset[str]:
    """The commands that a function, or one that it calls, may issue."""
    known = _REACHED.setdefault(world, {})
    if function.name not in known:
        names = {c.name for c in commands_of(spoken(world)).values()}
        found: set[str] = set()
        seen, todo = {function.name}, [function]
        while todo:
            source = _REMARK.sub(" ", todo.pop().source.decode("utf-8", "replace"))
            for upper, lower in _COMMAND.findall(source):
                found.add(upper or lower.upper())
            for name in set(re.findall(r"\b[A-Za-z_]\w*\b", source)) - seen:
                seen.add(name)
                called = world.function(name)
                if called is not None:
                    todo.append(called)
        known[function.name] = frozenset(found & names)
    return known[function.name]


def spoken(world: World) -> Rmi:
    """The version of the RMI that a series is written for; by its commands if it does not say."""
    known = _SPOKEN.get(world)
    if known is None:
        known = interface(world) or _by_commands(world)
        _SPOKEN[world] = known
    return known


def _by_commands(world: World) -> Rmi:
    used = set()
    for unit in world.units:
        for call in unit.nodes("call_expression"):
            if callee(call) == _TRACKING and len(arguments(call)) == 3:
                return "2.0-bet0"  # with an address alone, as `firmware.interface` has it
        for upper, lower in _COMMAND.findall(unit.source.decode("utf-8", "replace")):
            used.add(upper or lower.upper())
    versions: tuple[Rmi, ...] = ("2.0", "1.0")
    counts = [len(used & {c.name for c in commands_of(v).values()}) for v in versions]
    return "1.0" if counts[1] > counts[0] else "2.0"
