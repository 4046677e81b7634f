"""leak-on-return: a call that was to take a page fails, and the function forgets the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import NONZERO
from linter.source.expr import effects, prints
from linter.source.nodes import WARNS
from rules.ownership import returned
from rules.registry import FUNCTION, RMI
from rules.vocabulary import (
    failures,
    is_alloc,
    is_conversion,
    is_undelegate,
    page_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.expr import Call
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-LEAK-NO-FREE",)
WORDS = (RMI, ("return",), ("alloc", "get_free_page", "get_zeroed_page"))
NEEDS = FUNCTION
TITLE = "the error path returns without freeing what the function allocated"
WHY = (
    "The only pointer to the page is a local of the function. Nobody can free it any more: every "
    "failure costs the host a page, and a guest or user space can often make the call fail."
)
FIX = "Undelegate the page if it was delegated, and free it before the return."
EVIDENCE = (
    "older rounds of 'Support for Arm CCA in KVM': missing undelegate and free on error paths",
    "L26: error paths that free, added between rounds",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for site in facts.calls(is_alloc):
        name = site.call.result
        if not name.isidentifier() or not function.type_of(name) or facts.cleaned_up(name):
            continue
        names = page_names(facts, name)
        for attempt, end in _forgotten(facts, site, names):
            line = function.line(end.node) if end.node is not None else function.lines[-1]
            yield function.finding(
                end.node or site.node,
                f"when {attempt.name}() in line {function.line(attempt.node)} fails, the function "
                f"returns in line {line} without freeing `{name}`, to which nothing else points",
                related=[
                    function.place(site.node, f"{site.name}() allocates it here"),
                    function.place(attempt.node, "this call did not take it"),
                ],
            )
            break


def _forgotten(facts: Facts, site: Site, names: set[str]) -> Iterator[tuple[Site, Point]]:
    """The calls that fail to take the page, and where the function then ends with it in hand."""
    loop = facts.flow.loop_of(site.point)
    walk = facts.explore(site.point, {site.call.result: NONZERO}, after=True)
    for point, _ in walk:
        if (
            (loop and point is loop.head)
            or _parts_with(facts, point, names)
            or _anew(facts, point, names)
        ):
            walk.skip()
            continue
        for offer in [s for s in facts.sites if s.point is point and _offers(facts, s, names)]:
            for failed in failures(facts, offer):
                for end, _ in failed:
                    if end is not point and _stops(facts, end, names):
                        failed.skip()
                    elif loop and end is loop.head:
                        failed.skip()  # the next turn: see leak-on-continue
                    elif end.kind == "return" or end is facts.flow.exit:
                        yield offer, end
            if "delegate" not in offer.name:
                walk.skip()  # behind its success the page is the RMM's


def _stops(facts: Facts, end: Point, names: set[str]) -> bool:
    """Is the page looked after here, or offered once more?

    Where an undelegate failed, of this granule or of another, a leak is intended.
    """
    return (
        any(is_undelegate(call.name) for call in facts.effects(end).calls)
        or _parts_with(facts, end, names)
        or _anew(facts, end, names)
        or any(s.point is end and _offers(facts, s, names) for s in facts.sites)
    )


def _offers(facts: Facts, site: Site, names: set[str]) -> bool:
    """Is the page given to the RMM here, by a call that says whether it took it?"""
    return (
        _given(site.call, names)
        and not site.call.bare
        and not is_undelegate(site.name)
        and not is_alloc(site.name)
        and facts.world.is_status(site.name, facts.function)
    )


def _given(call: Call, names: set[str]) -> bool:
    return any(path in names for arg in call.args for path, _ in effects(arg).uses)


def _parts_with(facts: Facts, point: Point, names: set[str]) -> bool:
    """Is the page freed here, taken back, kept somewhere, handed to others or given back?"""
    for d in facts.effects(point).defs:
        used = {path for path, _ in effects(d.value).uses} if d.value is not None else set()
        if used & names and not d.name.isidentifier():
            return True
    for call in facts.effects(point).calls:
        harmless = is_conversion(call.name) or prints(call.name) or call.name in WARNS
        if harmless or not _given(call, names):
            continue
        if is_undelegate(call.name) or not facts.world.is_status(call.name, facts.function):
            return True
    answer = returned(point)
    return answer is not None and any(path in names for path, _ in effects(answer).uses)


def _anew(facts: Facts, point: Point, names: set[str]) -> bool:
    """Is the variable set to something else?"""
    return any(
        d.name in names and (d.value is None or not {p for p, _ in effects(d.value).uses} & names)
        for d in facts.effects(point).defs
        if d.how != "decl"
    )
