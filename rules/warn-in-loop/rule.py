"""warn-in-loop: one fault of the RMM prints a splat for every granule of a range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import replace
from linter.source.expr import effects, paths_in
from rules.leavings import ignored
from rules.registry import FUNCTION, RMI
from rules.vocabulary import inside, is_undelegate
from rules.warns import fires, warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.amend import Amendment
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function
    from rules.warns import Warned

SEVERITY = "warning"
CATALOGUE = ("RMI-WARN-ONCE",)
WORDS = (RMI, ("WARN",), ("for", "while"))
NEEDS = FUNCTION
TITLE = "a WARN in a loop that goes on after it has fired"
WHY = (
    "An RMM that refuses one granule usually refuses the next as well. Each turn prints a "
    "backtrace, and on a serial console that alone takes minutes."
)
FIX = "WARN_ON_ONCE()."
EVIDENCE = ("review of [PATCH v14 10/44]: WARN_ON() around each undelegation; agreed, _ONCE",)

_GIVES_BACK = regex(r"(?:^|_)(?:destroy|unmap|free|reclaim)(?:_|$)")
_QUIET = ("_ONCE", "RATELIMIT", "BUG_ON")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    found: dict[Point, list[tuple[Warned, str]]] = {}
    for warn in warnings(facts):
        loop = facts.flow.loop_of(warn.point)
        if loop is None or loop.goto or any(word in warn.name for word in _QUIET):
            continue
        name = _failed(facts, warn)
        if name and _goes_on(loop, warn) and not _told(facts, warn):
            found.setdefault(loop.head, []).append((warn, name))
    for (warn, name), *more in found.values():
        yield function.finding(
            warn.node,
            f"if {name}() fails once, the loop goes on, and this {warn.name}() can print another "
            "backtrace in every turn that follows",
            edits=[_once(each) for each, _ in ((warn, name), *more)],
        )


def _told(facts: Facts, warn: Warned) -> bool:
    """Does continue-after-error speak of it?  Where the loop is left it fires but once."""
    above = warn.node.parent
    while above is not None and above.type != "if_statement":
        above = above.parent
    return above is not None and any(
        inside(left.noticed, above) and inside(warn.node, above) for left in ignored(facts)
    )


def _once(warn: Warned) -> Amendment:
    """WARN_ON_ONCE() for WARN_ON(); what it gives back is the same."""
    return replace(warn.node.child_by_field_name("function") or warn.node, f"{warn.name}_ONCE")


def _failed(facts: Facts, warn: Warned) -> str:
    """The call that gives something back to the host and whose failure is the condition."""
    names = [call.name for call in effects(warn.condition).calls]
    for path in paths_in(warn.condition):
        for at in facts.reaching(warn.point, path):
            names += [call.name for call in effects(at.definition.value).calls]
    for name in names:
        back = is_undelegate(name) or _GIVES_BACK.search(name)
        if back and facts.world.is_firmware(name, facts.function):
            return name
    return ""


def _goes_on(loop: Loop, warn: Warned) -> bool:
    """Can the next turn come once the WARN has fired?"""
    starts: list[Point] = []
    for point in loop.body:
        for edge in point.edges:
            node = fires(point, edge) if point.warn else None
            if node is not None and node == warn.node:
                starts.append(edge.target)
    if not starts:  # it stands alone
        starts = [edge.target for edge in warn.point.edges]
    seen = set(starts)
    todo = [point for point in starts if point in loop.body]
    while todo:
        point = todo.pop()
        if point is loop.head:
            return True
        for edge in point.edges:
            if edge.target in loop.body and edge.target not in seen:
                seen.add(edge.target)
                todo.append(edge.target)
    return False
