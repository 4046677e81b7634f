"""publish-before-fallible: an object is told of something that the error path takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ANY, NONZERO
from linter.source.expr import constant, covers, effects, path_of, strip
from linter.source.nodes import WARNS
from rules.ownership import freed, is_member, returned, sources_of, stored
from rules.registry import PART, RMI
from rules.vocabulary import is_alloc, is_conversion, page_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("PUBLISH-BEFORE-FALLIBLE",)
WORDS = (RMI, ("=",))
NEEDS = PART
TITLE = "a pointer or flag is stored in the object before the last call that can fail"
WHY = (
    "The error path frees the page, or refuses the object, and leaves the member as it was set. "
    "The object lives on: its destructor and every later test believe the member."
)
FIX = "Store it behind the last call that can fail, or take it back on the error path."
EVIDENCE = (
    "Suzuki on [PATCH v5 09/43]: the RD is stored before rmi_rec_aux_count(); fixed in v6",
    "Gavin on [PATCH v6 10/43]: the flag is set and then tested; fixed in v7",
)


# what others do, or how many hold the object, is no failure
_COUNTS = regex(r"^(?:raw_|arch_)?(?:atomic|refcount|kref|test_\w*bit|READ_ONCE|xchg|cmpxchg)")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        for path, node, value in stored(facts, point):
            if not is_member(path):
                continue
            if constant(value):
                yield from _flag(function, facts, point, path, node, constant(value))
            elif (name := path_of(strip(value))).isidentifier():
                yield from _pointer(function, facts, point, path, node, name)


def _pointer(
    function: Function, facts: Facts, point: Point, path: str, node: Node, name: str
) -> Iterator[Finding]:
    """`o->f = p;` and on the way to an error `free(p)`, with `o->f` left as it is."""
    if not any(
        at.definition.call is not None and is_alloc(at.definition.call.name)
        for at in facts.sources(point, name)
    ):
        return
    frees = [s for s in facts.sites if freed(s)]
    names = page_names(facts, name)
    owner = path.partition("->")[0]
    walk = facts.explore(point, {**facts.flags(point), name: NONZERO}, after=True)
    gone: dict[Point, Site] = {}
    for at, _ in walk:
        here = [s for s in frees if s.point is at]
        if _overwrites(facts, at, path) or any(freed(s) == owner for s in here):
            walk.skip()
            continue
        for site in here:
            # `o->f = p; p = NULL;`, `p = old;`
            other = freed(site) == name and any(facts.writes(p, name) for p in walk.trail())
            if not other and sources_of(facts, at, site.call.args[0]) & names:
                gone[at] = site
        if at.kind == "return" or at is facts.flow.exit:
            trail = walk.trail()
            last = next((gone[p] for p in reversed(trail) if p in gone), None)
            if last is not None:
                what = _failing(facts, trail)
                if not what:
                    continue
                yield function.finding(
                    node,
                    f"`{path}` is set too early: when {what} fails, {last.name}() frees `{name}` "
                    f"in line {function.line(last.node)} and `{path}` still points to it",
                    related=[function.place(last.node, f"`{name}` is freed here")],
                )
                return


def _overwrites(facts: Facts, point: Point, path: str) -> bool:
    """Does a point set the member anew, also by WRITE_ONCE()?"""
    return facts.writes(point, path) or any(
        covers(written, path) for written, _, _ in stored(facts, point)
    )


def _failing(facts: Facts, trail: list[Point]) -> str:
    """The call on the way to the free whose answer was looked at; '' if nothing can fail there."""
    asked = False
    for point in trail:
        for call in facts.effects(point).calls:
            looked_at = call.result or point.kind == "cond"
            if not looked_at or call.name in WARNS or is_conversion(call.name):
                continue
            if not _COUNTS.match(call.name):
                return f"{call.name}()"
            asked = True
    return "" if asked else "a later step"


def _flag(
    function: Function, facts: Facts, point: Point, path: str, node: Node, value: str
) -> Iterator[Finding]:
    """`o->is_x = true; if (!o_is_x(o)) return -EINVAL;`."""
    owner, _, member = path.rpartition("->" if "." not in path.rpartition("->")[2] else ".")
    if value == "0" or not owner:
        return
    at = point
    while len(at.edges) == 1:
        at = at.edges[0].target
        if at.kind != "join":
            break
    if at.kind != "cond":
        return
    for call in facts.effects(at).calls:
        given = {p for arg in call.args for p, _ in effects(arg).uses}
        if not any(path.startswith((f"{p}->", f"{p}.")) for p in given):
            continue
        if not _reads(facts, call.name, member):
            continue
        for edge in at.edges:
            walk = facts.explore(edge.target, {path: ANY})
            for end, _ in walk:
                if _overwrites(facts, end, path):
                    walk.skip()
                answer = returned(end)
                if answer is not None and constant(answer).startswith("-E"):
                    if _joined_later(facts, point, end, edge.target):
                        continue
                    yield function.finding(
                        node,
                        f"`{path}` is set before {call.name}() is asked: where that refuses, the "
                        f"function returns {constant(answer)} in line {function.line(answer)} and "
                        f"leaves `{path}` set",
                        related=[
                            function.place(call.node, f"{call.name}() goes by the member itself"),
                            function.place(answer, "returns with the member set"),
                        ],
                    )
                    return


def _reads(facts: Facts, name: str, member: str) -> bool:
    """Does the predicate go by the member?  Its body says so, or its name."""
    body = facts.called(name)
    if body is None:
        return name.endswith(member)
    return any(
        path.endswith((f"->{member}", f".{member}"))
        for p in body.facts.points
        for path, _ in body.facts.effects(p).uses
    )


def _joined_later(facts: Facts, start: Point, end: Point, first: Point) -> bool:
    """Is the error one that the other outcome of the test can end in as well?"""
    return not facts.flow.dominates(first, end)
