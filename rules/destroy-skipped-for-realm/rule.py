"""destroy-skipped-for-realm: a realm keeps out of a destructor, and nothing does its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import covers, path_of, strip
from rules.ownership import frees_memory, is_null, is_release, spoken_name, stored
from rules.registry import PART, RMI, Anywhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Call
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-LEAK-NO-FREE",)
WORDS = (RMI, Anywhere(("is_realm", "is_rec", "realm_is")), ("free", "destroy", "release"))
NEEDS = PART
TITLE = "the destructor is skipped for a realm, and what it would have freed is leaked"
WHY = (
    "The destructor must not walk the tables of a realm, but it also gives memory back. With the "
    "call left out and nothing in its place, every realm that dies costs the host that memory."
)
FIX = "Give the realm a branch of its own that frees the memory without touching what is in it."
EVIDENCE = (
    "Wei-Lin Chang on [PATCH v13 12/48]: where do the root level RTT pages get freed?",
    "agreed by the author: the call that frees the memory was forgotten; fixed in v14",
)

_REALM = regex(r"(?:^|_)(?:is_realm|is_rec|realm_is|is_cca)(?:_|$)|(?:->|\.)is_realm$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        if (
            point.kind != "cond"
            or point.node is None
            or not (what := _asks_for_realm(facts, point))
        ):
            continue
        ways = {edge.when: edge.target for edge in point.edges}
        if True not in ways or False not in ways:
            continue
        for site in _only_for_others(facts, point):
            path = path_of(strip(site.call.args[0]))
            after = _dropped(facts, ways[True], path, site)
            if after is not None:
                node = _statement(point, site)
                yield function.finding(
                    node,
                    f"for a realm ({what}) {spoken_name(site.call)}({path}) is skipped and nothing "
                    f"takes its place; `{path}` is then freed by {after.name}(), so what it still "
                    "holds is never freed",
                    related=[function.place(after.node, f"`{path}` itself is freed here")],
                )


def _asks_for_realm(facts: Facts, point: Point) -> str:
    """The predicate a condition asks, if that is whether this is a realm."""
    for call in facts.effects(point).calls:
        if _REALM.search(call.name):
            return f"{call.name}()"
    paths = [path for path, _ in facts.effects(point).uses if _REALM.search(path)]
    return f"`{paths[0]}`" if paths else ""


def _only_for_others(facts: Facts, point: Point) -> Iterator[Site]:
    """The destructors that run only where the object is no realm."""
    ways = {edge.when: edge.target for edge in point.edges}
    for site in facts.sites:
        args = site.call.args
        name = spoken_name(site.call)
        if not is_release(name) or not site.call.bare or not args:
            continue
        if frees_memory(name) or not path_of(strip(args[0])):
            continue
        other = facts.flow.reach([ways[False]]) | {ways[False]}
        realm = facts.flow.reach([ways[True]]) | {ways[True]}
        if site.point in other and site.point not in realm:
            yield site


def _dropped(facts: Facts, start: Point, path: str, skipped: Site) -> Call | None:
    """The call that frees the object itself on the realm's way, if nothing else was done to it."""
    for point, _ in (walk := facts.explore(start, {})):
        for call in facts.effects(point).calls:
            given = [p for p in map(path_of, map(strip, call.args)) if p == path]
            if given and frees_memory(call.name):
                # the others free it after the destructor, too: the two do different things
                after = facts.flow.reach([skipped.point])
                return call if point in after else None
            if given and is_release(spoken_name(call)):
                return None
        if any(covers(p, path) and is_null(v) for p, _, v in stored(facts, point)):
            return None
        if any(covers(d.name, path) for d in facts.effects(point).defs):
            walk.skip()
    return None


def _statement(point: Point, site: Site) -> Node:
    """The `if` around both, or the call."""
    node = point.node
    while node is not None and node.type != "if_statement":
        node = node.parent
    return node or site.node
