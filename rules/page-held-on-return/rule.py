"""page-held-on-return: the page that a fault was resolved to is not released on one way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, strip
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("KVM-MISSING-RELEASE",)
WORDS = (RMI, ("faultin_pfn", "gmem_get_pfn"), ("return",), ("release", "put_page"))
NEEDS = FUNCTION
TITLE = "a way out of a fault handler keeps the reference on the page"
WHY = (
    "kvm_faultin_pfn() and kvm_gmem_get_pfn() take a reference. A return that does not give it "
    "back keeps the page for ever, once a fault: a guest that faults again and again uses up "
    "the reference count."
)
FIX = "goto the label that calls kvm_release_faultin_page(), or release the page before."
EVIDENCE = ("[PATCH v13 37/48]: `return -EINVAL` behind the page was taken; our own reading",)

_TAKE = regex(r"^_*(?:kvm_)?(?:faultin_pfn|gmem_get_pfn|gmem_get_page)$")
_GIVE = regex(r"(?:^|_)(?:release|put)(?:_|$)")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    gives = facts.calls(_GIVE.search)
    for taken in facts.calls(_TAKE.match):
        for _, page in taken.call.out_args():
            released = {s.point for s in gives if _takes(s, page)}
            if released and "page" in (function.type_of(page) or page):
                yield from _kept(function, facts, taken, page, released)


def _takes(site: Site, page: str) -> bool:
    return any(path_of(strip(arg)) == page for arg in site.call.args)


def _kept(
    function: Function, facts: Facts, taken: Site, page: str, released: set[Point]
) -> Iterator[Finding]:
    """The returns behind a call that took a page, where it did and nobody releases it."""
    failed = _failed(facts, taken)

    def ends(point: Point) -> bool:
        return point in released or point in failed or _hands_on(facts, point, taken, page)

    for point in sorted(facts.flow.reach([taken.point], stop=ends), key=lambda p: p.index):
        if point.kind == "return" and not ends(point) and point.node is not None:
            yield function.finding(
                point.node,
                f"`{page}` is still held here: {taken.name}() took a reference that this way out "
                "does not release",
                related=[function.place(taken.node, "the page is taken here")],
            )


def _failed(facts: Facts, taken: Site) -> set[Point]:
    """Where it goes on if the call's result says that there is no page."""
    name = taken.call.result
    found: set[Point] = set()
    for point in facts.points:
        if name and point.kind == "cond" and facts.reads(point, name):
            told = [at.definition.call for at in facts.reaching(point, name)]
            found |= {e.target for e in point.edges if e.when is True and taken.call in told}
    return found


def _hands_on(facts: Facts, point: Point, taken: Site, page: str) -> bool:
    """Is the page put away, or overwritten, or given to a function that may release it?"""
    if point is taken.point:
        return False
    if facts.writes(point, page):
        return True
    return any(
        path_of(strip(arg)) == page for call in facts.effects(point).calls for arg in call.args
    )
