"""Which commands a version of the specification has."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from replay.spec.table import Command

_FOLDER: Final = {"1.0": "rmm_1_0", "2.0": "rmm_2_0"}
FUNCTION: Final = 0xFFFF_FFFF & ~(1 << 16)  # of X0, what names the function (SMCCC)


def commands_of(rmi: str) -> dict[int, Command]:
    """The commands of a version by function number; a variant's own table wins."""
    module = import_module(f"replay.spec._generated.{_FOLDER[rmi[:3]]}")
    found: dict[int, Command] = {}
    for command in module.COMMANDS:
        if rmi in command.versions or (not command.versions and command.fid not in found):
            found[command.fid] = command
    return found
