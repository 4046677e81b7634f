"""account-unpaired: pages are taken off a count to which they were never added."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.expr import path_of, squeeze, strip
from rules.ownership import is_member, members, sources_of
from rules.registry import FILE, RMI
from rules.vocabulary import is_alloc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("ACCOUNT-UNPAIRED", "C-ACCOUNT-PAIR")
WORDS = (RMI, ("account", "charge"))
NEEDS = FILE
TITLE = "a shared free function takes pages off a count that were never added to it"
WHY = (
    "The allocator of page tables counts its pages, the free function that every granule goes "
    "through takes one off: with every object that is no table the counter drifts below what is "
    "there."
)
FIX = "Count in a pair of functions of its own, one that allocates and one that frees tables."
EVIDENCE = (
    "Gavin Shan on v7 and Suzuki Poulose on v8, 'Allow VMM to set RIPAS': the delegated granules",
    "fixed in v9: alloc_rtt() and free_rtt() do the accounting",
)

_ACCOUNT = regex(r"(?:^|_)(?:un)?(?:account|charge)(?:_|$)")


class Count(NamedTuple):
    """A call that adds a constant to a count, in the function that makes it."""

    function: Function
    site: Site
    down: bool


def check(unit: Unit) -> Iterator[Finding]:
    counts = [
        Count(function, site, squeeze(site.call.args[-1]).startswith("-"))
        for function in unit.functions
        if b"account" in function.source or b"charge" in function.source
        for site in function.facts.calls(_ACCOUNT.search)
        if len(site.call.args) > 1 and squeeze(site.call.args[-1]).lstrip("+-").isdigit()
    ]
    for count in counts:
        # only a function that others hand their pages to can be called for the wrong ones
        if not count.down or not _parameter(count):
            continue
        adders = {c.function.name for c in counts if not c.down and c.site.name == count.site.name}
        if adders:
            yield from _check(unit, count, adders)


def _parameter(count: Count) -> bool:
    facts = count.function.facts
    names = sources_of(facts, count.site.point, count.site.call.args[0])
    return any(p.name in names for p in count.function.params)


def _check(unit: Unit, count: Count, adders: set[str]) -> Iterator[Finding]:
    for caller in unit.functions:
        if count.function.name.encode() not in caller.source:
            continue
        for site in caller.facts.calls(lambda name: name == count.function.name):
            if not site.call.args or caller is count.function:
                continue
            found = _uncounted(unit, caller, site, adders)
            if found is not None:
                path, maker, source = found
                added = " or ".join(f"{name}()" for name in sorted(adders))
                yield count.function.finding(
                    count.site.point.node or count.site.node,
                    f"{caller.name}() hands `{path}` to {count.function.name}(), which takes it "
                    f"off the count, but {maker.name}() got it from {source.name}(): only "
                    f"{added} adds to the count",
                    related=[
                        caller.place(site.node, f"`{path}` is freed here"),
                        maker.place(source.node, f"`{path}` is allocated here, and not counted"),
                    ],
                )
                return


def _uncounted(
    unit: Unit, caller: Function, site: Site, adders: set[str]
) -> tuple[str, Function, Site] | None:
    """The member that is freed, who allocated it, and the allocation, if that counts nothing."""
    names = sources_of(caller.facts, site.point, site.call.args[0])
    for path in sorted(n for n in names if is_member(n)):
        wanted = members(caller, path)
        leaf = path.rpartition("->")[2].rpartition(".")[2].encode()
        for maker in unit.functions:
            if leaf in maker.source and (source := _maker(maker, wanted)) is not None:
                body = maker.facts.called(source.name)
                inner = {s.name for s in body.facts.sites} if body is not None else set()
                if adders & {maker.name, source.name, *inner}:
                    continue
                return path, maker, source
    return None


def _maker(function: Function, wanted: set[tuple[str, str]]) -> Site | None:
    """The allocation that a function stores in the member."""
    facts = function.facts
    for point in facts.points:
        for d in facts.effects(point).defs:
            if d.how != "assign" or d.value is None or not is_member(d.name):
                continue
            if not members(function, d.name) & wanted:
                continue
            if d.call is not None and is_alloc(d.call.name):
                return next((s for s in facts.sites if s.call is d.call), None)
            if (name := path_of(strip(d.value))) and (made := _made(facts, point, name)):
                return made
    return None


def _made(facts: Facts, point: Point, name: str) -> Site | None:
    for at in facts.sources(point, name):
        call = at.definition.call
        if call is not None and is_alloc(call.name):
            return next((s for s in facts.sites if s.call is call), None)
    return None
