"""predicate-tested-twice: a function asks what all of its callers have asked already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import path_of, squeeze, strip
from linter.source.nodes import arguments, callee
from rules.kvm import bodies, is_predicate, many_patches, under_realm, whole
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("KVM-PREDICATE",)
WORDS = (RMI, ("is_realm(", "is_rec("), ("return",))
NEEDS = SERIES
TITLE = "a function asks whether this is a realm although every caller has asked"
WHY = (
    "The branch cannot be taken, so its errno describes a state that does not exist, and a reader "
    "looks for the caller that needs it."
)
FIX = "Ask in one place: in the function, and call it without an `if`, or in the callers only."
EVIDENCE = ("Marc Zyngier on [PATCH v12 11/46]: tested by the caller already; dropped in v13",)


def check(units: list[Unit]) -> Iterator[Finding]:
    calls = _calls(units)
    for unit, function in bodies(units):
        if unit.fragment or not whole(function) or function.name not in calls:
            continue
        gate = _gate(function)
        if gate is None or gate.node is None:
            continue
        asked = [_asked(caller, site) for caller, site in calls[function.name]]
        if all(point is not None for point in asked):
            caller, _ = calls[function.name][0]
            first = asked[0]
            assert first is not None and first.node is not None
            yield function.finding(
                gate.node,
                f"`{squeeze(gate.node)}` cannot be false here: {caller.name}(), and whoever else "
                f"calls {function.name}(), does so for a realm only",
                severity="" if function.static or many_patches(units) else "info",
                related=[caller.place(first.node, "asked by the caller")],
            )


def _calls(units: list[Unit]) -> dict[str, list[tuple[Function, Site]]]:
    """The calls of each function, from whole functions and from hunks."""
    found: dict[str, list[tuple[Function, Site]]] = {}
    names = {f.name for unit, f in bodies(units) if not unit.fragment and _gate(f) is not None}
    for _, caller in bodies(units):
        if any(name.encode() in caller.source for name in names):
            for site in caller.facts.calls(names.__contains__):
                found.setdefault(site.name, []).append((caller, site))
    return found


def _gate(function: Function) -> Point | None:
    """`if (!kvm_is_realm(kvm)) return ..;` as the first thing that a function does."""
    if b"is_realm(" not in function.source and b"is_rec(" not in function.source:
        return None
    facts = function.facts
    for point in facts.points:
        if point.kind == "cond":
            node = strip(point.node) if point.node is not None else None
            if node is None or not is_predicate(callee(node)):
                return None
            names = {path_of(strip(arg)).partition("->")[0] for arg in arguments(node)}
            leaves = [e.target for e in point.edges if e.when is False]
            asked_of_params = all(function.param(name) is not None for name in names)
            returns = bool(leaves) and leaves[0].kind in ("return", "exit")
            return point if names and asked_of_params and returns else None
        if facts.effects(point).calls or point.kind in ("switch", "return", "goto"):
            return None
    return None


def _asked(caller: Function, site: Site) -> Point | None:
    """The condition in a caller that lets only a realm come to the call."""
    facts: Facts = caller.facts
    return under_realm(facts, site.point)
