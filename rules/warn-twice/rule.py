"""warn-twice: WARN_ON(f()), where f() has warned of every error already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import NONZERO, Value
from linter.source.expr import constant, path_of, strip, text
from linter.source.nodes import WARNS, callee
from rules.registry import FUNCTION, RMI
from rules.warns import fires, warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function
    from rules.warns import Warned

SEVERITY = "warning"
CATALOGUE = ("RMI-WARN-NESTED",)
WORDS = (RMI, ("WARN",))
NEEDS = FUNCTION
TITLE = "a WARN around a call that warns of each of its errors itself"
WHY = "One fault gives two splats, and the second says less than the first."
FIX = "Drop the outer WARN_ON(); the one that knows the cause stays."
EVIDENCE = (
    "Suzuki K Poulose on [PATCH v13 15/48]: the tear-down has warned already; dropped in v14",
)

_DEPTH = 4  # of calls that hand on each other's error


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for warn in warnings(facts):
        called = _asked(facts, warn) if _prints(warn.name) else ""
        if (where := _warned(function, called, _DEPTH, set())) is not None:
            by, node = where
            yield function.finding(
                warn.node,
                f"{called}() returns no error without a warning of its own: this "
                f"{warn.name}() prints the same fault a second time",
                related=[by.place(node, "it warns here already")],
            )


def _prints(name: str) -> bool:
    """KVM_BUG_ON() does more than that, and VM_WARN_ON() may be compiled out."""
    return name in WARNS and name.startswith("WARN")


def _asked(facts: Facts, warn: Warned) -> str:
    """The call whose error a WARN is about: WARN_ON(f()), or `ret = f(); WARN_ON(ret)`."""
    condition = strip(warn.condition)
    if text(condition.child_by_field_name("operator")) in ("!=", "<"):
        sides = [condition.child_by_field_name(side) for side in ("left", "right")]
        if sides[0] is not None and sides[1] is not None and constant(sides[1]) == "0":
            condition = strip(sides[0])
    if condition.type == "call_expression":
        return callee(condition)
    name = path_of(condition)
    hits = facts.reaching(warn.point, name) if name.isidentifier() else []
    if len(hits) == 1 and hits[0].definition.value is not None:
        value = strip(hits[0].definition.value)
        if value.type == "call_expression" and hits[0].definition.how in ("init", "assign"):
            return callee(value)
    return ""


def _warned(asker: Function, name: str, depth: int, busy: set[str]) -> tuple[Function, Node] | None:
    """A WARN of a function that returns no error without one; None if it may be silent."""
    function = asker.facts.called(name) if name and depth else None
    if function is None or function.result == "void":
        return None
    facts = function.facts
    first: tuple[Function, Node] | None = None
    for point in facts.points:
        if point.kind != "return" or point.node is None:
            continue
        values = [c for c in point.node.named_children if c.type != "comment"]
        if not values or constant(values[0]) == "0":
            continue
        found = _way(function, point, values[0], depth, busy | {name})
        if found is None:
            return None
        first = first or (found if found != (function, function.node) else None)
    return first


def _way(
    function: Function, point: Point, value: Node, depth: int, busy: set[str]
) -> tuple[Function, Node] | None:
    """The WARN before a return of an error; the function itself where it calls itself."""
    facts = function.facts
    warns = _fired(facts, point)
    if warns is not None:
        return function, warns
    value = strip(value)
    names = {callee(value)} if value.type == "call_expression" else set()
    if not names:
        path = path_of(value)
        hits = facts.reaching(point, path) if path.isidentifier() else []
        for at in hits:
            source = at.definition.value
            if at.definition.how == "decl" or source is None:
                return None
            if constant(source) == "0":
                continue
            if strip(source).type != "call_expression":
                return None
            if not _is_dead(facts, at.point, point, path):
                names.add(callee(strip(source)))
    found: tuple[Function, Node] | None = None
    for name in names:
        if name in busy:
            found = found or (function, function.node)
        elif (inner := _warned(function, name, depth - 1, busy)) is None:
            return None
        else:
            found = inner
    return found


def _is_dead(facts: Facts, start: Point, goal: Point, path: str) -> bool:
    """Does no error of this definition come to that return?"""
    walk = facts.explore(start, {path: NONZERO}, after=True)
    for point, _ in walk:
        if point is goal:
            return False
        if facts.writes(point, path):
            walk.skip()
    return walk.complete


def _fired(facts: Facts, goal: Point) -> Node | None:
    """The WARN that has fired on every way to a return, None if a way has none."""
    always = {
        site.point: site.node
        for site in facts.sites
        if _prints(site.name) and site.call.args and Value(constant(site.call.args[0])).nonzero
    }
    last: Node | None = None
    seen = {facts.flow.entry}
    todo = [facts.flow.entry]
    while todo:
        point = todo.pop()
        if point is goal:
            return None
        for edge in point.edges:
            node = always.get(point) or (fires(point, edge) if _prints(point.warn) else None)
            if node is not None:
                if edge.target is goal or (last is None and goal in facts.flow.reach([point])):
                    last = node
            elif edge.target not in seen:
                seen.add(edge.target)
                todo.append(edge.target)
    return last
