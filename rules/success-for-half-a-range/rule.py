"""success-for-half-a-range: a delegation stops half-way, and the answer is success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import UNSET, Value, subject
from linter.source.expr import constant
from rules.registry import FUNCTION, RMI
from rules.vocabulary import failures, is_delegate, is_undelegate, one_granule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "info"
CATALOGUE = ("RETURN0", "RETURN0-ON-RMI-FAILURE")
WORDS = (RMI, ("delegate",), ("return",))
NEEDS = FUNCTION
TITLE = "a delegation of several granules that failed half-way is answered with success"
WHY = (
    "A failed delegation in a fault handler mostly is a lost race, and success the right answer. "
    "Of several granules some may have been delegated before, though: they stay so, unmapped, and "
    "the next fault fails at them again."
)
FIX = "Undelegate what was delegated, or go on with the granules behind."
EVIDENCE = (
    "Aneesh Kumar on [PATCH v5 21/43], Gavin Shan on [PATCH v6 20/43]: realm_map_protected()",
    "disputed: kept as meant, with a comment about the race between vCPUs",
    "v16 says how far the delegation got, and goes on from there",
)


def check(function: Function) -> Iterator[Finding]:
    if function.result in ("void", "bool"):
        return
    facts = function.facts
    for site in facts.sites:
        if not is_delegate(site.name) or is_delegate(function.name) or not _several(facts, site):
            continue
        if one_granule(site):
            harm = "the granules behind are not mapped, though the caller hears that all are"
        else:
            harm = "what was delegated stays so, unmapped, and the next fault fails at it again"
        for point in dict.fromkeys(_success(facts, site)):
            assert point.node is not None
            yield function.finding(
                point.node,
                f"where {site.name}() fails behind the first granule this answers success: {harm}",
                related=[function.place(site.node, "this may have failed half-way")],
            )


def _several(facts: Facts, site: Site) -> bool:
    """Is it about more than one granule, in one call or in one loop?"""
    return not one_granule(site) or facts.flow.loop_of(site.point) is not None


def _success(facts: Facts, site: Site) -> Iterator[Point]:
    """The returns of 0 behind a delegation that failed, with nothing undelegated on the way."""
    names = {
        name
        for point in facts.points
        if point.kind == "return" and point.node is not None
        for child in point.node.named_children
        if (name := subject(child)[0]) and name != site.call.result
    }
    ends = {s.point for s in facts.sites if is_undelegate(s.name)}
    if (loop := facts.flow.loop_of(site.point)) is not None:
        ends.add(loop.head)  # it goes on
    for walk in failures(facts, site):
        for point, _ in walk:
            if point in ends or point is site.point:
                walk.skip()
            elif point.kind == "return" and point.node is not None:
                trail = [site.point, *walk.trail()]
                for child in point.node.named_children:
                    name = subject(child)[0]
                    kept = name in names and _held(facts, trail, name).zero
                    if kept or constant(child) == "0":
                        yield point


def _held(facts: Facts, trail: list[Point], name: str) -> Value:
    """What a variable holds at the end of a way."""
    for point in reversed(trail):
        for d in reversed(facts.effects(point).defs):
            if d.name == name:
                return Value(constant(d.value)) if d.value is not None else UNSET
    found = {
        constant(at.definition.value) if at.definition.value is not None else ""
        for at in facts.reaching(trail[0], name)
    }
    return Value(found.pop()) if len(found) == 1 else UNSET
