"""free-after-failed-undelegate: a page goes to the allocator that the RMM may still own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import covers, effects
from rules.registry import FUNCTION, RMI, Anywhere
from rules.vocabulary import failures, is_conversion, is_free, is_undelegate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function


SEVERITY = "error"
CATALOGUE = ("FREE-AFTER-FAILED-UNDELEGATE", "RMI-FREE-DELEGATED")
WORDS = (RMI, Anywhere(("undelegate",)), Anywhere(("free", "put_page")))  # or in a helper
NEEDS = FUNCTION
TITLE = "a page is freed although it could not be undelegated"
WHY = (
    "The RMM still owns the granule. Once the allocator hands it out again, the next access by "
    "the host is a Granule Protection Fault in code that has nothing to do with realms."
)
FIX = "Leak it: if (WARN_ON(undelegate(phys))) return; free only what came back."
EVIDENCE = (
    "Aneesh Kumar K.V on [PATCH v5 09/43]",
    "fixed in v6: free_delegated_granule() leaks the page when the undelegate fails",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    frees = [s for s in facts.sites if is_free(s.name) or _passes_on(facts, s, is_free)]
    if not frees:
        return
    for site in facts.sites:
        if not site.call.args or not (
            is_undelegate(site.name) or _passes_on(facts, site, is_undelegate)
        ):
            continue
        object_ = _family(facts, site.point, site.call.args[0])
        found = _freed(facts, site, object_, [free for free in frees if free is not site])
        if found is not None:
            path = min(object_, key=lambda name: (len(name), name), default="the page")
            yield function.finding(
                site.point.node or site.node,
                f"if {site.name}() fails, {found.name}() still gives the page of `{path}` back "
                f"to the allocator in line {function.line(found.node)}",
                related=[function.place(found.node, f"{found.name}() frees it here")],
            )


def _passes_on(facts: Facts, site: Site, wanted: Callable[[str], bool]) -> bool:
    """Does a void helper of the same files hand its argument to such a call, and no more?"""
    callee = facts.called(site.name)
    if callee is None or callee.result != "void" or callee is facts.function:
        return False
    inner = callee.facts
    calls = [s for s in inner.sites if is_undelegate(s.name) or is_free(s.name)]
    if len({s.name for s in calls}) != 1:
        return False  # it undelegates and frees: it decides for itself
    return any(
        wanted(s.name) and inner.reads(s.point, param.name)
        for s in calls
        for param in callee.params[:1]
    )


def _family(facts: Facts, point: Point, node: Node) -> set[str]:
    """Every name of the memory an argument names: the virtual, page and physical one."""
    names: set[str] = set()
    todo = [(point, path) for path, _ in effects(node).uses if not path.isupper()][:1]
    while todo:
        at, name = todo.pop()
        if name in names:
            continue
        names.add(name)
        for hit in facts.reaching(at, name):
            value = hit.definition.value
            if value is None:
                continue
            calls = effects(value).calls
            if not calls or any(is_conversion(call.name) for call in calls):
                uses = [path for path, _ in effects(value).uses if not path.isupper()]
                todo.extend((hit.point, path) for path in uses[:1])
    return {name for name in names if name not in ("kvm", "realm", "vcpu")}


def _freed(facts: Facts, site: Site, names: set[str], frees: list[Site]) -> Site | None:
    """The first free of the object on a way where the undelegate failed."""
    for walk in failures(facts, site):
        for point, _ in walk:
            for free in frees:
                if free.point is point and free.call.args:
                    freed = _family(facts, point, free.call.args[-1 if _page(free) else 0])
                    if freed & names:
                        return free
            if point is site.point or _given_up(facts, point, names):
                walk.skip()
    return None


def _page(site: Site) -> bool:
    """`kmem_cache_free(cache, object)` frees its last argument, all others the first."""
    return "cache" in site.name


def _given_up(facts: Facts, point: Point, names: set[str]) -> bool:
    """No longer this page: `rec->page = NULL` or get_page() (leak it), or another object.

    `at += GRANULE` is the next granule of the same page.
    """
    effects_ = facts.effects(point)
    return any(
        covers(d.name, name) and d.how != "update" for d in effects_.defs for name in names
    ) or any(call.name in ("get_page", "page_ref_inc") for call in effects_.calls)
