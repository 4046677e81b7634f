"""memory-hotplug: the RMM is told of the memory at boot, and of none that comes later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from rules.registry import FILE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Loop
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("RMI-HOTPLUG",)
WORDS = (RMI, ("for_each_mem", "for_each_reserved_mem", "walk_system_ram", "memblock"))
NEEDS = FILE
TITLE = "memory is walked once for the RMM, and nothing hears of memory that is added later"
WHY = (
    "What was not there at boot has no tracking and no granule protection table. A page of it "
    "cannot be delegated, and the guest that gets it fails at run time."
)
FIX = "Register a memory notifier that does the same for a range that goes online."
EVIDENCE = ("review of [PATCH v14], first patches: the walk misses hot-plugged memory; agreed",)

_WALK = regex(r"^for_each_(?:mem(?:_|block)|reserved_mem|free_mem|physmem)\w*\s*\(")
_WALKER = regex(r"^walk_system_ram_(?:range|res|res_rev)$")
_NOTIFIED = (b"memory_notifier", b"memory_notify", b"MEM_GOING_ONLINE")


def check(unit: Unit) -> Iterator[Finding]:
    if b"for_each_" not in unit.source and b"walk_system_ram" not in unit.source:
        return
    if any(word in known.source for known in unit.world.units for word in _NOTIFIED):
        return
    for function in unit.functions:
        yield from _check(function)


def _check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for loop in facts.flow.loops:
        if loop.node is not None and _is_walk(facts, loop):
            asked = facts.loop_calls(loop, lambda n: facts.world.is_firmware(n, function))
            if asked:
                yield function.finding(
                    loop.node,
                    f"{asked[0].name}() is called for the memory that is there now; no memory "
                    "notifier does it for memory that is plugged in later",
                    related=[function.place(asked[0].node, "the RMM is asked here")],
                )
    for site in facts.calls(_WALKER.match):
        names = [arg.text.decode() for arg in site.call.args if arg.text is not None]
        called = next((n for n in names if facts.world.is_firmware(n, function)), "")
        if called:
            yield function.finding(
                site.node,
                f"{called}() is called for the memory that is there now; no memory notifier "
                "does it for memory that is plugged in later",
            )


def _is_walk(facts: Facts, loop: Loop) -> bool:
    """Is this a loop over the memory that memblock knows?  The macro is in the source only."""
    row = loop.node.start_point[0] if loop.node is not None else 0
    return bool(_WALK.match(facts.function.unit.line_text(row).strip()))
