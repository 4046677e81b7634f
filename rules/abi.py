"""The interface between host and RMM as rules ask for it: which version, which numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linter.source.world import World


def version(world: World) -> str:
    """The version of the RMM that the code at hand is written for: "1.0", "2.0" or "".

    It is read from the code's own rmi_smc.h (RMI_ABI_MAJOR_VERSION, and MINOR); where
    that is not at hand nothing is known.
    """
    major = world.number("RMI_ABI_MAJOR_VERSION")
    minor = world.number("RMI_ABI_MINOR_VERSION")
    return "" if major is None else f"{major}.{minor or 0}"
