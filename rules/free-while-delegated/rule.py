"""free-while-delegated: memory goes to the allocator that was delegated and never taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import covers
from rules.ownership import freed, frees_memory, given_back, sources_of, successes
from rules.registry import FUNCTION, RMI
from rules.vocabulary import failures, is_delegate, is_undelegate, one_granule, page_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.explore import Walk
    from linter.source.facts import Facts, Site
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("RMI-FREE-DELEGATED",)
WORDS = (RMI, ("delegate",), ("free", "put_page", "folio_put"))
NEEDS = FUNCTION
TITLE = "memory is freed while some of it is still delegated"
WHY = (
    "The RMM owns the granule. Once the allocator hands it out again, the next access by the host "
    "is a Granule Protection Fault in code that has nothing to do with realms."
)
FIX = "Undelegate first, and free only what came back; leak the rest."
EVIDENCE = (
    "own reading of [PATCH v13 48/48]: a range that is delegated in part and freed whole",
    "v14 leaves it to the caller, who must know how far a range got",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    frees = [s for s in facts.sites if frees_memory(s.name) and freed(s)]
    for site in facts.calls(is_delegate) if frees else ():
        if not site.call.args or is_undelegate(site.name):
            continue
        names = _names(facts, site)
        late = _freed(facts, site, names, successes(facts, site), frees)
        if late is not None:
            yield function.finding(
                late.point.node or late.node,
                f"{late.name}() frees `{freed(late)}`, which {site.name}() has given to the RMM "
                "and nothing takes back on this way",
                related=[function.place(site.node, "delegated here")],
            )
        elif _stops_half_way(facts, site):
            late = _freed(facts, site, names, failures(facts, site), frees)
            if late is not None:
                yield function.finding(
                    late.point.node or late.node,
                    f"when {site.name}() fails part of the way, what it delegated until then stays "
                    f"with the RMM, and {late.name}() frees all of `{freed(late)}`",
                    severity="warning",  # nobody has said yet that an RMM stops there
                    related=[function.place(site.node, "it stops half-way here")],
                )


def _names(facts: Facts, site: Site) -> set[str]:
    """The page under all its names, those that are made of it included."""
    names = sources_of(facts, site.point, site.call.args[0])
    for name in [*names]:
        names |= page_names(facts, name)
    return {n for n in names if "[" not in n}


def _freed(
    facts: Facts, site: Site, names: set[str], walks: Iterator[Walk], frees: list[Site]
) -> Site | None:
    """The first free of the page on a way, before anything takes it back."""
    for walk in walks:
        for point, _ in walk:
            for free in frees:
                if free.point is point:
                    index = -1 if "cache" in free.name else 0
                    if sources_of(facts, point, free.call.args[index]) & names:
                        return free
            if (
                point is site.point
                or any(given_back(facts, point, call, names) for call in facts.effects(point).calls)
                or any(
                    covers(d.name, n) and d.how != "update"
                    for d in facts.effects(point).defs
                    for n in names
                )
            ):
                walk.skip()
    return None


def _stops_half_way(facts: Facts, site: Site) -> bool:
    """Can the call fail with a part done, and leave it so?"""
    if one_granule(site) or len(site.call.args) < 2:
        return False
    body = facts.called(site.name)
    if body is None:
        return "range" in site.name and site.name.startswith("rmi_granule")
    inner = body.facts
    if any(is_undelegate(s.name) for s in inner.sites):
        return False  # it takes back what it gave
    return any(is_delegate(s.name) and inner.flow.loop_of(s.point) is not None for s in inner.sites)
