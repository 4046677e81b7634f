"""The interface between host and RMM as rules ask for it: which version, which numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.source.declarations import Define
    from linter.source.unit import Unit
    from linter.source.world import World
    from rules.abi_commands import Command

_NAME = regex(r"(?:^|_)RMI_([A-Z][A-Z0-9_]*?)(?:_F?ID)?$")
_MAKER = regex(r"^(\w*(?:CALL|FID|FUNC)\w*)\((.*)\)$")
_PLAIN = regex(r"^\(?0[xX][cC]4[0-9a-fA-F]{6}[uUlL]*\)?$")
_LONGEST = 400  # characters of a value that a person would write
_NUMBERS = range(0x150, 0x400)  # where a command that no table has may be


def version(world: World) -> str:
    """The version of the RMM that the code at hand is written for: "1.0", "2.0" or "".

    It is read from the code's own rmi_smc.h (RMI_ABI_MAJOR_VERSION, and MINOR); where
    that is not at hand nothing is known.
    """
    major = world.number("RMI_ABI_MAJOR_VERSION")
    minor = world.number("RMI_ABI_MINOR_VERSION")
    return "" if major is None else f"{major}.{minor or 0}"


class Identifier(NamedTuple):
    """A macro that names a function identifier: of which command, with what number."""

    define: Define
    command: str  # without RMI_
    number: int  # the low half, as tables have it


def identifiers(unit: Unit) -> Iterator[Identifier]:
    """The function identifiers of the RMI that a unit defines."""
    for define in unit.defines.values():
        if define.params is None and (name := command_name(define.name)):
            number = function_number(unit.world, define.value)
            if number is None:
                continue
            # a bare number may be the first of all, or a mask
            if of_name(name) or (number in _NUMBERS and not _PLAIN.match(define.value)):
                yield Identifier(define, name, number)


def command_name(macro: str) -> str:
    """`RTT_FOLD` for the macro SMC_RMI_RTT_FOLD, '' for a name of another kind."""
    found = _NAME.search(macro)
    return found[1] if found else ""


def function_number(world: World, value: str) -> int | None:
    """The number in SMC_RMI_CALL(0x0150) or 0xC4000150, None if it has none."""
    if len(value) > _LONGEST:
        return None
    if _PLAIN.match(value):
        number = world.number(value)
    elif found := _MAKER.match(value):
        number = _made(world, found[1], found[2])
    else:
        return None
    return None if number is None else number & 0xFFFF


def _made(world: World, maker: str, arguments: str) -> int | None:
    """What the macro that makes an identifier makes of its argument."""
    known = world.define(maker)
    params = known[1].params if known is not None else None
    if known is None or not params or len(params) != 1:
        return world.number(_last(arguments))  # ARM_SMCCC_CALL_VAL(type, width, owner, number)
    inner = known[1].value.replace(f"({params[0]})", f"({arguments})")
    if found := _MAKER.match(inner):
        return world.number(_last(found[2])) if found[1] != maker else None
    return world.number(inner)


def _last(arguments: str) -> str:
    """The last of a list of arguments."""
    depth = 0
    for at in range(len(arguments) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(arguments[at], 0)
        if arguments[at] == "," and not depth:
            return arguments[at + 1 :].strip()
    return arguments.strip()


def of_name(name: str, major: str = "") -> list[Command]:
    """What is known of a command: its variants in one major version, or in all."""
    from rules.abi_commands import commands

    return [c for c in commands() if c.name == name and major in ("", c.major)]


def of_number(number: int, major: str = "") -> list[Command]:
    """The commands that have a number in one major version, or in any."""
    from rules.abi_commands import commands

    return [c for c in commands() if c.number == number and major in ("", c.major)]
