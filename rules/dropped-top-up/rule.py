"""dropped-top-up: pages are stocked up for later, and nobody asks whether they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import test_of
from linter.source.expr import path_of, paths_in, strip, text
from rules.registry import PART, RMI
from rules.vocabulary import is_alloc, is_delegate, is_free

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("IGNORED-TOPUP", "C-IGNORED-RET")
WORDS = (RMI, ("topup", "top_up", "ensure", "refill", "prealloc", "reserve", "replenish"))
NEEDS = PART
TITLE = "whether a cache of pages could be filled is not asked, or cannot be"
WHY = (
    "Pages are stocked up ahead of a section that cannot allocate. Where that fails without a "
    "word the section fails for want of memory later, where nobody can do anything about it, or "
    "is tried again for ever."
)
FIX = "Look at the result, and leave with -ENOMEM while that is still possible."
EVIDENCE = (
    "Suzuki K Poulose on the v5 series (12/43, 17/43): the spare page's allocation is not checked",
    "kvm_complete_ripas_change(), v6 to v14: the top-up is dropped in a loop that retries -ENOMEM",
)

_FILLS = regex(r"(?:^|_)(?:topup|top_up|refill|replenish|prealloc|preallocate)(?:_|$)")
_STOCKS = regex(r"(?:^|_)(?:topup|top_up|refill|replenish|prealloc|preallocate|ensure|reserve)_")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for site in facts.sites:
        if _FILLS.search(site.name) and facts.is_statement(site) and _answers(facts, site):
            loop = facts.flow.loop_of(site.point)
            asked = _shortages(loop)
            retry = loop if any(_goes_round(facts, loop, point) for point in asked) else None
            if asked and retry is None:
                continue  # it leaves the loop, or goes on from where it got to
            if retry is None:
                says, severity = "what needs the pages then fails for want of memory", "info"
            else:
                says = "the loop goes round again after -ENOMEM though no page may have come"
                severity = ""
            related = (
                []
                if retry is None or retry.node is None
                else [function.place(retry.node, "the loop")]
            )
            yield function.finding(
                site.node,
                f"{site.name}() may fail, and its answer is dropped: {says}",
                severity=severity,
                related=related,
            )
    whole = function not in function.unit.parts
    if whole and function.result == "void" and _STOCKS.search(function.name):
        yield from _cannot_say(function)


def _answers(facts: Facts, site: Site) -> bool:
    """May the call fail at all, as far as is known?"""
    called = facts.called(site.name)
    return called is None or called.result != "void"


def _shortages(loop: Loop | None) -> list[Point]:
    """The points of a loop that ask whether memory was short."""
    return [
        point
        for point in (loop.body if loop is not None else ())
        if point.kind in ("cond", "switch") and "ENOMEM" in text(point.node)
    ]


def _goes_round(facts: Facts, loop: Loop | None, point: Point) -> bool:
    """Does the loop go on where memory was short, without a look at how far it has come?"""
    if loop is None:
        return False
    test = test_of(point.node) if point.kind == "cond" and point.node is not None else None
    short = {"==": True, "!=": False}.get(test.op) if test and "ENOMEM" in test.against else None

    def looks(p: Point) -> bool:
        return p not in loop.body or _compares(loop, p)

    ways = [e.target for e in point.edges if short is None or e.when is short]
    return any(
        not looks(way)
        and (way is point or facts.flow.path(way, lambda p: p is point, looks) is not None)
        for way in ways
    )


def _compares(loop: Loop, point: Point) -> bool:
    """`if (next == base) break;`: do two values decide, but for the loop's own condition?"""
    node = strip(point.node) if point.kind == "cond" and point.node is not None else None
    own = loop.node.child_by_field_name("condition") if loop.node is not None else None
    return (
        node is not None
        and not (own is not None and own.start_byte <= node.start_byte < own.end_byte)
        and text(node.child_by_field_name("operator")) in ("==", "!=", "<=", ">=", "<", ">")
        and len(paths_in(node)) > 1
        and any(edge.target not in loop.body for edge in point.edges)
    )


def _cannot_say(function: Function) -> Iterator[Finding]:
    """A function that stocks up, has no result, and passes over an allocation that failed."""
    facts = function.facts
    for site in facts.sites:
        name = site.call.result
        if not is_alloc(site.name) or is_delegate(site.name) or not name:
            continue
        put_away = any(
            "->" in d.name and name in paths_in(d.value)
            for point in facts.points
            for d in facts.effects(point).defs
        )
        # "freeing" the page is how some pools are filled
        handed_back = any(
            path_of(strip(arg)) == name
            for other in facts.sites
            if is_free(other.name)
            for arg in other.call.args
        )
        if put_away or handed_back:
            yield function.finding(
                site.node,
                f"{function.name}() returns nothing, so where {site.name}() fails its callers "
                "go on as if the page was there",
            )
            return
