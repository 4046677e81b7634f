"""used-after-release: a block that creation frees and sets to NULL is read later on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.source.expr import constant
from rules.ownership import freed, is_member, is_null, members, returned, stored
from rules.registry import FILE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Site
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("DEREF-AFTER-RELEASE",)
WORDS = (RMI, ("free", "put_page"), ("NULL",), ("->",))
NEEDS = FILE
TITLE = "a member is dereferenced that another function frees and sets to NULL on success"
WHY = (
    "Once the object is up the block is gone. A function that runs later and reads through the "
    "member without a test crashes the host."
)
FIX = "Keep what is needed of the block in the object itself, or test the member."
EVIDENCE = (
    "Jean-Philippe Brucker and Shanker Donthineni on [PATCH v4 21/43]: 'leads to a kernel crash'",
    "fixed in v5",
)


class Release(NamedTuple):
    """A member that a function frees and sets to NULL before it reports success."""

    function: Function
    site: Site
    path: str


def check(unit: Unit) -> Iterator[Finding]:
    releases = [r for f in unit.functions for r in _releases(f)]
    for release in releases:
        wanted = members(release.function, release.path)
        leaf = release.path.rpartition("->")[2].rpartition(".")[2].encode() + b"->"
        ahead = _closure(unit, release.function)
        for function in unit.functions:
            if leaf not in function.source or function.name in ahead:
                continue
            read = _read(function, wanted)
            if read is not None and not _guarded(unit, function, wanted, set()):
                path, node = read
                yield function.finding(
                    node,
                    f"`{path}` is read through without a test, but {release.function.name}() has "
                    f"freed `{release.path}` and set it to NULL by the time it returns success",
                    related=[release.function.place(release.site.node, "freed here")],
                )


def _releases(function: Function) -> Iterator[Release]:
    """The members that are freed, set to NULL, and followed by `return 0`."""
    if b"NULL" not in function.source:
        return
    facts = function.facts
    for site in facts.sites:
        path = freed(site)
        if not is_member(path):
            continue
        nulled = False
        for point, _ in (walk := facts.explore(site.point, {}, after=True)):
            for where, _, value in stored(facts, point):
                nulled |= where == path and is_null(value)
            answer = returned(point)
            if answer is not None:
                if nulled and constant(answer) == "0":
                    yield Release(function, site, path)
                break
            if len(point.edges) > 1:
                walk.skip()  # not straight on to the end


def _read(function: Function, wanted: set[tuple[str, str]]) -> tuple[str, Node] | None:
    """A read through the member, if the function neither tests it nor fills the block."""
    facts = function.facts
    found = None
    for point in facts.points:
        effects = facts.effects(point)
        for d in effects.defs:
            if "->" in d.name and members(function, d.name.rpartition("->")[0]) & wanted:
                return None  # it prepares the block
            if is_member(d.name) and members(function, d.name) & wanted:
                return None
        for path, node in effects.uses:
            base = path.rpartition("->")[0]
            if is_member(path) and members(function, path) & wanted and not _is_base(node):
                return None  # tested, copied, freed: it knows
            if "->" in base and members(function, base) & wanted:
                found = found or (path, node)
    return found


def _is_base(node: Node) -> bool:
    """Is a member only named to get behind it: the `o->p` of `o->p->x`?"""
    above = node.parent
    return (
        above is not None
        and above.type == "field_expression"
        and (above.child_by_field_name("argument") == node)
    )


def _closure(unit: Unit, function: Function) -> set[str]:
    """The functions that one calls, itself or through others: they run before it frees."""
    found, todo = {function.name}, [function]
    known = {f.name: f for f in unit.functions}
    while todo:
        for site in todo.pop().facts.sites:
            if site.name in known and site.name not in found:
                found.add(site.name)
                todo.append(known[site.name])
    return found


def _guarded(unit: Unit, function: Function, wanted: set[tuple[str, str]], seen: set[str]) -> bool:
    """Does every caller, or a caller of it, look at the member first?"""
    seen.add(function.name)
    callers = [
        f
        for f in unit.functions
        if f.name not in seen and any(s.name == function.name for s in f.facts.sites)
    ]
    return bool(callers) and all(
        any(
            is_member(path) and members(caller, path) & wanted
            for point in caller.facts.points
            for path, _ in caller.facts.effects(point).uses
        )
        or _guarded(unit, caller, wanted, seen)
        for caller in callers
    )
