"""A variable that was declared without a value: what sets it, what reads it, where ways part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.source.expr import constant, covers, operands, path_of, paths_in, strip, text
from linter.source.nodes import WARNS, arguments, callee, takes_apart, unwrap
from rules.plainc import NO_READ
from rules.vocabulary import (
    calls_around,
    inside,
    is_conversion,
    is_delegate,
    is_free,
    is_undelegate,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point


def is_aliased(facts: Facts, name: str) -> bool:
    """`p = &x`, `{ &x, 1 }`: then it may be written through a pointer."""
    taken = re.findall(rb"(?<!&)&\s*" + name.encode() + rb"\b", facts.function.source)
    given = [d for p in facts.points for d in facts.effects(p).defs if d.how == "out"]
    own = [d for d in given if re.split(r"\W", d.name)[0] == name]
    return len(taken) > len(own)


def sets(facts: Facts, point: Point, name: str) -> bool:
    """Does a point set the variable, or might it?  A macro that is not known may."""
    found = facts.effects(point)
    if _iterates(facts, point):
        return name in paths_in(point.node)  # list_for_each_entry_safe(a, b, ...) sets both
    if point.node is not None and _block_sets(facts, point.node, name):
        return True
    if any(covers(d.name, name) or d.name.split(".")[0] == name for d in found.defs):
        return True
    return any(
        unwrap(arg).type == "identifier" and text(unwrap(arg)) == name
        for call in found.calls
        if not _takes_a_value(facts, call.name)
        for arg in call.args
    )


def _iterates(facts: Facts, point: Point) -> bool:
    return point.node is not None and point.node.start_byte in facts.function.unit.iterators


def _block_sets(facts: Facts, node: Node, name: str) -> bool:
    """`macro(name, ..) {`: may the macro set the variable?  Its definition says so, if known."""
    macro = facts.function.unit.blocks.get(node.start_byte, "")
    if not macro or name not in paths_in(node):
        return False
    known = facts.world.define(macro)
    params = known[1].params if known is not None else None
    given = list(operands(node))[1:]  # the first is what is left of the macro's name
    if known is None or params is None or len(params) != len(given):
        return True
    return any(
        path_of(strip(arg)) == name and _sets_param(known[1].value, param)
        for param, arg in zip(params, given, strict=True)
    )


def _sets_param(body: str, param: str) -> bool:
    """Does the text of a macro assign to a parameter, or give it to what may?"""
    name = rf"(?<![\w.>]){param}\b"
    return bool(
        re.search(rf"{name}\)?\s*(?:[-+*/&|]?=(?!=)|\+\+|--)|&\s*\(?{name}", body)
        or re.search(rf"\w\s*\((?:[^()]*,)?\s*\(?{name}\)?\s*[,)]", body)
    )


def _takes_a_value(facts: Facts, name: str) -> bool:
    """Is this surely a function, which gets its argument by value?"""
    if name in WARNS or is_free(name) or is_conversion(name) or takes_apart(name):
        return True
    if facts.world.is_firmware(name, facts.function) or is_delegate(name) or is_undelegate(name):
        return True
    return facts.called(name) is not None


def read(facts: Facts, point: Point, name: str, scope: Node) -> Node | None:
    """Where a point reads the variable before it sets it."""
    if _iterates(facts, point):
        return None
    if point.node is not None and _block_sets(facts, point.node, name):
        return None
    found = facts.effects(point)
    own = [d for d in found.defs if covers(d.name, name)]
    for path, node in found.uses:
        if re.split(r"->|\[", path.lstrip("*"))[0] != name or not inside(node, scope):
            continue
        if own and not any(_reads_first(d, node) for d in own):
            continue
        if not _only_named(node) and not _given_away(facts, node):
            return node
    return None


def _reads_first(definition: Def, node: Node) -> bool:
    """`x++`, `x = x + 1`: is what is read here what was there before?"""
    value = definition.value
    return definition.how == "update" or (value is not None and inside(node, value))


def _only_named(node: Node) -> bool:
    return any(callee(call) in NO_READ for call in calls_around(node))


def _given_away(facts: Facts, node: Node) -> bool:
    """Does it stand in a call to which it is also given bare, and which may be a macro?

    `read_poll_timeout(f, x, x != BUSY, ..)` sets x before it reads it.
    """
    return any(
        text(unwrap(arg)) == text(node) and not _takes_a_value(facts, callee(call))
        for call in calls_around(node)
        for arg in arguments(call)
    )


def fork_of(
    facts: Facts, trail: list[Point], writes: set[Point], at: Point
) -> tuple[Point | None, Point | None]:
    """The last point of a way of which another edge leads to the read with the variable set."""
    ways: set[Point] = set()

    def known(p: Point) -> bool:
        return p is at or p in ways

    useful = {w for w in writes if at in facts.flow.reach([w], stop=lambda p: p is at)}
    for here, after in zip(trail[-2::-1], trail[:0:-1], strict=False):
        ways = {here}
        for edge in here.edges if len(here.edges) > 1 else ():
            if edge.target is after:
                continue
            seen = facts.flow.reach([edge.target], stop=known)
            if ({edge.target} | seen) & useful:
                return here, after
    return None, None


def may_avoid(facts: Facts, point: Point, at: Point) -> bool:
    """May a way from here miss the read?"""
    if len(point.edges) < 2:
        return False
    seen = facts.flow.reach([point], stop=lambda p: p is at)
    return facts.flow.exit in seen


def is_news(facts: Facts, behind: list[Point], test: Point) -> bool:
    """Is a condition about what a call has only just answered, and not about why we came?"""
    names = {path for path, _ in facts.effects(test).uses}
    return any(
        d.name in names and d.call is not None
        for p in behind[: behind.index(test)]
        for d in facts.effects(p).defs
    )


def is_kept(facts: Facts, fork: Point, after: Point | None, name: str) -> bool:
    """`if (at != last) { x = f(); last = at; }`: is the value that of an earlier turn?"""
    asked = {path for path, _ in facts.effects(fork).uses}
    other = [e.target for e in fork.edges if e.target is not after]
    seen = facts.flow.reach(other, stop=lambda p: p is fork) | set(other)
    own = [p for p in seen if sets(facts, p, name)]
    near = [p for o in own for p in facts.flow.reach([o], stop=lambda p: p is fork)]
    return any(d.name in asked and d.name != name for p in near for d in facts.effects(p).defs)


def bound_is_tested(facts: Facts, fork: Point, trail: list[Point]) -> bool:
    """Has the way asked before about what bounds the loop?"""
    names = {path for path, _ in facts.effects(fork).uses}
    before = trail[: trail.index(fork)] if fork in trail else []
    return any(p.kind in ("cond", "switch") and paths_in(p.node) & names for p in before)


def given_back(point: Point) -> str:
    """The name or the constant that is returned."""
    node = point.node
    inner = [c for c in node.named_children if c.type != "comment"] if node is not None else []
    return constant(inner[0]) or path_of(strip(inner[0])) if inner else ""
