"""unbounded-retry: RMI_BUSY or RMI_BLOCKED is retried for ever, and at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ANY, Value
from linter.source.expr import constant, path_of, strip, text
from linter.source.nodes import arguments, callee, takes_status
from rules.conditions import Decided, case, predicate, truth
from rules.registry import FUNCTION, RMI
from rules.vocabulary import copies_status, is_relax, makes, status_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.explore import Env
    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Outcome, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("BUSY-SPIN", "RMI-BUSY-SPIN", "RMI-NO-ADVANCE")
WORDS = (RMI, ("while", "for", "goto"))  # the status may be named in a helper
NEEDS = FUNCTION
TITLE = "RMI_BUSY or RMI_BLOCKED is retried with neither a bound nor a pause"
WHY = (
    "The RMM may answer RMI_BUSY or RMI_BLOCKED for as long as another CPU or another operation "
    "holds what the call needs. The loop then spins in EL3 and R-EL2 round trips and never ends."
)
FIX = "Call cpu_relax() between the attempts and give up after a fixed number of them."
EVIDENCE = (
    "upstream added cpu_relax() in v15 and RMM_BLOCKED_RETRY_COUNT in v18",
    "Marc Zyngier on [PATCH v14 09/44]",
)

_TRANSIENT = ("RMI_BUSY", "RMI_BLOCKED")
_REGISTER = regex(r"^[\w]+(?:->|\.)a0$")
_TRUTHS = ("binary_expression", "unary_expression")
_HELPERS = 2  # how deep a pause may hide


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for loop in facts.flow.loops:
        tests = [
            (point, name)
            for point in sorted(loop.body, key=lambda p: p.index)
            for name in _TRANSIENT
            if _mentions(facts, point, name)
        ]
        if not tests:
            continue
        for site in facts.loop_calls(loop, lambda n: facts.world.is_firmware(n, function)):
            statuses = [name for _, name in tests]
            stuck = next((s for s in statuses if _spins(facts, loop, site, s)), "")
            if stuck:
                point = next(p for p, name in tests if name == stuck)
                names = " or ".join(dict.fromkeys(statuses))
                yield function.finding(
                    point.node or site.node,
                    f"as long as the RMM answers {names}, {site.name}() is called again at once: "
                    "there is no cpu_relax() and no limit to the attempts",
                    related=[function.place(site.node, f"{site.name}() is called here")],
                )
                break


def _mentions(facts: Facts, point: Point, status: str) -> bool:
    """Does a condition or a case name the status, itself or in the predicate that it calls?

    So does a flag that says what a condition came to, `again = status == RMI_BUSY`.
    """
    values = [d.value for d in facts.effects(point).defs if d.value is not None]
    if any(strip(v).type in _TRUTHS and status in text(v) for v in values):
        return True
    if point.kind != "cond" or point.node is None:
        return any(edge.when == status for edge in point.edges)
    predicate = facts.called(callee(strip(point.node)))
    return status in text(point.node) or (
        predicate is not None and status.encode() in predicate.source
    )


def _spins(facts: Facts, loop: Loop, site: Site, status: str) -> bool:
    """Does the loop come back to the call for ever, the answer being `status` every time?"""
    names = _results(facts, loop, site)
    value = Value(status)

    def decide(point: Point) -> Outcome:
        return _outcome(facts, point, site, names, value)

    def told(node: Node) -> bool | None:
        if strip(node).type not in _TRUTHS:
            return None
        return truth(node, lambda n: value if _is_answer(n, site, names) else ANY)

    flags = _flags(facts, loop, names, told)
    sets = any(d.name in flags for d in facts.effects(site.point).defs)
    if not names and not sets and decide(site.point) is None:
        return False  # nobody looks at the answer

    def rounds(env: Env) -> Iterator[Env]:
        """What the flags are each time the walk is back at the call."""
        env = {**env, **dict.fromkeys(names, value)}
        walk = Decided(facts, site.point, env, decide, told)
        for point, state in walk:
            if point is site.point:
                yield {name: state.get(name) for name in flags}
                walk.skip()
            elif point not in loop.body or _bounds(facts, loop, point, names, flags):
                walk.skip()
            elif any(
                d.name in names and not copies_status(d, names) for d in facts.effects(point).defs
            ):
                walk.skip()  # from here on it is the answer to another call

    dead: list[Env] = []

    def for_ever(env: Env, before: list[Env]) -> bool:
        if env in before:
            return True
        if env not in dead and any(for_ever(more, [*before, env]) for more in rounds(env)):
            return True
        dead.append(env)
        return False

    return for_ever(dict.fromkeys(flags, ANY), [])


def _flags(
    facts: Facts, loop: Loop, statuses: set[str], told: Callable[[Node], bool | None]
) -> set[str]:
    """The locals the loop's end depends on that only hold constants, or what the answer says."""
    local: set[str] = set()
    plain: dict[str, bool] = {}
    for point in facts.points:
        for d in facts.effects(point).defs:
            known = d.how == "decl" or (
                d.value is not None
                and d.how in ("init", "assign")
                and (bool(constant(d.value)) or told(d.value) is not None)
            )
            if d.how in ("decl", "init"):
                local.add(d.name)
            plain[d.name] = plain.get(d.name, True) and known
    flags = {name for name in local - statuses if plain[name]}
    return {name for name in flags if facts.decides_end(loop, name)}


def _outcome(facts: Facts, point: Point, site: Site, names: set[str], value: Value) -> Outcome:
    """What a test of the answer comes to that no value of a variable tells.

    The call stands in the condition itself, or a predicate looks at its answer.
    """
    node = strip(point.node) if point.node is not None else None
    if node is None:
        return None
    if point.kind == "switch":
        return case(point, value) if _is_answer(node, site, set()) else None
    asked = facts.called(callee(node))
    for index, arg in enumerate(arguments(node) if asked is not None else []):
        if asked is not None and _is_answer(arg, site, names):
            return predicate(asked, index, value)
    return truth(node, lambda n: value if _is_answer(n, site, set()) else ANY)


def _is_answer(node: Node, site: Site, names: set[str]) -> bool:
    """Is an expression the status of the call: the call itself, or one of its names?"""
    node = strip(node)
    if node.type == "call_expression" and takes_status(callee(node)):
        node = strip(arguments(node)[0]) if arguments(node) else node
    return node == site.node or path_of(node) in names


def _results(facts: Facts, loop: Loop, site: Site) -> set[str]:
    """Where the status of a call ends up: its result, or the register `res.a0`."""
    names = {
        definition.name
        for definition in facts.effects(site.point).defs
        if definition.value is not None and _is_answer(definition.value, site, set())
    }
    if not names and not _stands_in_a_test(site):
        for point in loop.body:
            names.update(path for path, _ in facts.effects(point).uses if _REGISTER.match(path))
    return status_names(facts, names)


def _stands_in_a_test(site: Site) -> bool:
    return site.point.kind in ("cond", "switch")


def _bounds(facts: Facts, loop: Loop, point: Point, statuses: set[str], flags: set[str]) -> bool:
    """A pause, or a step of something that the loop's end depends on."""
    names = {call.name for call in facts.effects(point).calls}
    if any(makes(facts.function, name, is_relax, _HELPERS) for name in names):
        return True
    return any(
        facts.decides_end(loop, definition.name)
        or (definition.how == "update" and _decides_flag(facts, loop, definition.name, flags))
        for definition in facts.effects(point).defs
        if definition.name not in statuses | flags and definition.how != "decl"
    )


def _decides_flag(facts: Facts, loop: Loop, name: str, flags: set[str]) -> bool:
    """`if (++tries > 5) done = true;`: does a test decide whether a flag is set?"""
    sets = [p for p in loop.body if any(d.name in flags for d in facts.effects(p).defs)]
    return any(
        facts.reads(point, name)
        and any(
            list(edge.target.preds) == [point] and facts.flow.dominates(edge.target, p)
            for edge in point.edges
            for p in sets
        )
        for point in loop.body
        if point.kind == "cond"
    )
