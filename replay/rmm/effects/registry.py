"""Which effect belongs to a name of a `do` line, by version."""

from __future__ import annotations

from importlib import import_module

from replay.rmm.effects import Effect

# A later module's function takes the place of an earlier one's of the same name.
_SHARED = ("granule", "realm", "rec", "rtt", "data", "ripas", "enter", "psci")
_MODULES = {
    "1.0": ("version", *_SHARED),
    "2.0": (
        *_SHARED,
        "boot_2_0",
        "realm_2_0",
        "operation_2_0",
        "device_2_0",
        "rtt_2_0",
        "map_2_0",
        "unmap_2_0",
        "aux_2_0",
    ),
}


def effects_of(rmi: str) -> dict[str, Effect]:
    """All effects of a version of the specification, by name."""
    found: dict[str, Effect] = {}
    for name in _MODULES[rmi[:3]]:
        module = import_module(f"replay.rmm.effects.{name}")
        found |= {
            key: value
            for key, value in vars(module).items()
            if callable(value) and not key.startswith("_") and value.__module__ == module.__name__
        }
    return found
