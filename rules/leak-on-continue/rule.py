"""leak-on-continue: what this turn of the loop allocated is forgotten by `continue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import ANY
from linter.source.expr import address_of, constant, effects, path_of, strip
from rules.registry import FUNCTION, RMI
from rules.vocabulary import (
    failures,
    is_alloc,
    is_conversion,
    is_delegate,
    is_free,
    is_undelegate,
    keeps,
    last_statement,
    page_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.explore import Value
    from linter.source.expr import Call
    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

    Given = dict[str, Node]  # of a call: parameter -> argument

SEVERITY = "error"
CATALOGUE = ("LEAK-ON-CONTINUE",)
WORDS = (RMI, ("continue", "goto"), ("alloc", "get_free_page", "get_zeroed_page"))
NEEDS = FUNCTION
TITLE = "`continue` forgets the granule that this turn of the loop allocated"
WHY = (
    "The next turn overwrites the variable. The page stays allocated, and if it was delegated it "
    "stays with the RMM: nobody can give it back any more."
)
FIX = "Free it before the continue."
EVIDENCE = ("zhuangyiwei on [PATCH v9 15/43]: realm_create_rtt_levels(), fixed in v10",)


_DEPTH = 3  # of helpers that hand the page on to each other


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    reported: set[int] = set()
    for loop in facts.flow.loops:
        for site in facts.loop_calls(loop, is_alloc):
            if site.call.result.isidentifier() and not facts.cleaned_up(site.call.result):
                yield from _check(function, facts, loop, site, reported)


def _check(
    function: Function, facts: Facts, loop: Loop, site: Site, reported: set[int]
) -> Iterator[Finding]:
    names = page_names(facts, site.call.result)
    for attempt, value in _attempts(facts, loop, site, names):
        for jump in _forgotten(facts, loop, attempt, site.call.result, names, value):
            if jump.start_byte not in reported:
                reported.add(jump.start_byte)
                yield function.finding(
                    jump,
                    f"when {attempt.name}() fails here, what {site.name}() gave in "
                    f"`{site.call.result}` is neither used nor freed, and the next turn "
                    "overwrites it",
                    related=[function.place(site.node, f"`{site.call.result}` is allocated here")],
                )


def _attempts(
    facts: Facts, loop: Loop, site: Site, names: set[str]
) -> Iterator[tuple[Site, Value]]:
    """The calls that offer the page to the RMM in the same turn, and what it is known to be then.

    Behind a call that took it nothing is left to forget; a delegation takes nothing yet.
    """
    name = site.call.result
    offers = [
        other
        for other in facts.loop_calls(loop, lambda n: facts.world.is_firmware(n, facts.function))
        if other.node != site.node
        and not is_undelegate(other.name)
        and _given(other.call, names)
        and not _parts_with(facts, other.call, names)
    ]
    walk = facts.explore(site.point, {name: ANY}, after=True)
    for point, state in walk:
        here = [offer for offer in offers if offer.point is point]
        if point not in loop.body or state.get(name).eq:
            walk.skip()  # left the loop, or there was nothing to allocate
            continue
        yield from ((offer, state.get(name)) for offer in here if not offer.call.bare)
        taken = any(not is_delegate(offer.name) for offer in here)
        if (
            taken
            or point is loop.head
            or _settled(facts, point, names)
            or facts.writes(point, name)
        ):
            walk.skip()


def _forgotten(
    facts: Facts, loop: Loop, attempt: Site, name: str, names: set[str], value: Value
) -> Iterator[Node]:
    """The jumps by which a failed attempt gets to the next turn with the page in hand."""
    for walk in failures(facts, attempt):
        for point, _ in walk:
            if point is loop.head:
                walk.skip()
                jump = last_statement(walk.trail(), "continue_statement", "goto_statement")
                if jump is not None and _overwritten(facts, loop, name, names, value):
                    yield jump
            elif (
                point not in loop.body
                or _settled(facts, point, names)
                or facts.writes(point, name)
                or _goes_on(facts, point, names)
            ):
                walk.skip()


def _goes_on(facts: Facts, point: Point, names: set[str]) -> bool:
    """Is the page offered again, or taken back?  One that stays undelegated is lost on purpose."""
    return any(
        _given(call, names)
        and (is_undelegate(call.name) or facts.world.is_firmware(call.name, facts.function))
        for call in facts.effects(point).calls
    )


def _overwritten(facts: Facts, loop: Loop, name: str, names: set[str], value: Value) -> bool:
    """Does a next turn set the variable before it does anything with the old page?"""
    walk = facts.explore(loop.head, {name: value})
    for point, _ in walk:
        if point not in loop.body or any(_given(c, names) for c in _calls(facts, point)):
            walk.skip()
        elif facts.writes(point, name):
            return True
    return False


def _calls(facts: Facts, point: Point) -> list[Call]:
    return [c for c in facts.effects(point).calls if not is_conversion(c.name)]


def _given(call: Call, names: set[str]) -> list[int]:
    """The arguments of a call that name the page."""
    return [
        index
        for index, arg in enumerate(call.args)
        if any(path in names for path, _ in effects(arg).uses)
    ]


def _settled(
    facts: Facts, point: Point, names: set[str], depth: int = 0, given: Given | None = None
) -> bool:
    """Is the page freed here, or stored where it outlives the turn?

    Of a helper's body `given` says what the caller put for its parameters.
    """
    given = given or {}
    for d in facts.effects(point).defs:
        if any(path in names for path, _ in effects(d.value).uses) and _outlives(d.name, given):
            return True
    return any(_parts_with(facts, call, names, depth, given) for call in _calls(facts, point))


def _outlives(path: str, given: Given) -> bool:
    """Is what is stored there still there in the next turn?"""
    arg = given.get(path.removeprefix("*"))
    if path.startswith("*") and arg is not None:
        if constant(arg) == "0":
            return False  # `if (out) *out = page;` and there is no `out`
        path = address_of(arg) or path  # to `&local` it is a plain assignment
    return "->" in path or "[" in path or "*" in path


def _parts_with(
    facts: Facts, call: Call, names: set[str], depth: int = 0, outer: Given | None = None
) -> bool:
    """Does a call free the page or keep it?  Its body says so, or else its name."""
    given = _given(call, names)
    if given and is_free(call.name):
        return True
    if facts.world.summary(call.name, facts.function) is None:
        if keeps(call.name) and given:
            return True
        # list_add(&page->lru, ...); a command only writes to what it is given the address of
        member = any(address_of(arg).partition("->")[0] in names for arg in call.args)
        return member and not facts.world.is_firmware(call.name, facts.function)
    callee = facts.called(call.name)
    if not given or callee is None or depth >= _DEPTH:
        return False
    args = {
        param.name: (outer or {}).get(path_of(strip(arg)), arg)
        for param, arg in zip(callee.params, call.args, strict=False)
    }
    inner = {callee.params[index].name for index in given if index < len(callee.params)}
    inner = set().union(*(page_names(callee.facts, name) for name in inner if name))
    return any(_settled(callee.facts, p, inner, depth + 1, args) for p in callee.facts.points)
