"""memory-fault-return: KVM_EXIT_MEMORY_FAULT is set up, and the errno that says so is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ANY, UNSET, Value, subject
from linter.source.expr import constant, strip
from rules.registry import PART, Anywhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.explore import State
    from linter.source.expr import Def
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("MEMFAULT-EXIT-RET",)
WORDS = (Anywhere(("memory_fault_exit", "KVM_EXIT_MEMORY_FAULT")),)
NEEDS = PART
TITLE = "KVM_EXIT_MEMORY_FAULT is prepared, but the function does not return -EFAULT"
WHY = (
    "User space may look at KVM_EXIT_MEMORY_FAULT only where KVM_RUN fails with EFAULT or "
    "EHWPOISON. With any other result it takes exit_reason for a leftover, and the fault is lost."
)
FIX = "return -EFAULT behind kvm_prepare_memory_fault_exit()."
EVIDENCE = (
    "Matias Ezequiel Vara Larsen on the v4 series, Aneesh Kumar on v5 and v6",
    "fixed: private_memslot_fault() in v5, rec_exit_ripas_change() in v7",
)

_PREPARE = regex(r"(?:^|_)prepare_memory_fault_exit$")
_REASON = regex(r"(?:->|\.)exit_reason$")
_GOOD = ("-EFAULT", "-EHWPOISON")


def check(function: Function) -> Iterator[Finding]:
    if function.result == "bool":
        return  # whether it was handled; the errno goes another way
    facts = function.facts
    reported: set[Point] = set()
    for point, what in _prepared(function):
        for given, value in _returned(facts, point):
            if given in reported or given.node is None:
                continue
            reported.add(given)
            line = function.line(point.node) if point.node is not None else 0
            yield function.finding(
                given.node,
                f"{what} in line {line} sets up KVM_EXIT_MEMORY_FAULT, but this way returns "
                f"{value}, not -EFAULT: user space then takes the exit reason for a leftover",
                related=[function.place(point.node or given.node, "the exit is set up here")],
            )


def _prepared(function: Function) -> Iterator[tuple[Point, str]]:
    """Where the exit is set up, and by what."""
    facts = function.facts
    for site in facts.sites:
        if _PREPARE.search(site.name) or _only_prepares(facts, site):
            yield site.point, f"{site.name}()"
    for point in facts.points:
        for definition in facts.effects(point).defs:
            value = constant(definition.value) if definition.value is not None else ""
            if _sets_reason(definition.name) and value == "KVM_EXIT_MEMORY_FAULT":
                yield point, "the assignment"


def _sets_reason(name: str) -> bool:
    return bool(_REASON.search(name))


def _only_prepares(facts: Facts, site: Site) -> bool:
    """Is this a function without a result that sets up the exit on every way?"""
    helper = facts.called(site.name) if site.call.bare else None
    if helper is None or helper.result != "void":
        return False
    flow = helper.facts.flow
    points = {s.point for s in helper.facts.sites if _PREPARE.search(s.name)}
    return (
        bool(points)
        and flow.path(
            flow.entry, lambda p: p is flow.exit or p.kind == "return", lambda p: p in points
        )
        is None
    )


def _returned(facts: Facts, start: Point) -> Iterator[tuple[Point, str]]:
    """The returns behind the call with a value that is surely neither of the two errnos."""
    names = {
        name
        for point in facts.points
        if point.kind == "return" and point.node is not None
        for child in point.node.named_children
        if (name := subject(child)[0]) and not constant(child)
    }
    env = {n: ANY if facts.function.param(n) is not None else UNSET for n in names}
    for point, state in facts.explore(facts.flow.entry, env):
        if point is start:
            yield from _wrong(facts, start, dict(state.values))


def _wrong(facts: Facts, start: Point, values: dict[str, Value]) -> Iterator[tuple[Point, str]]:
    walk = facts.explore(start, values, after=True)
    for point, state in walk:
        if point is start or any(_decides(d) for d in facts.effects(point).defs):
            walk.skip()
        elif point.kind == "return" and point.node is not None:
            value = _value(point, state).eq
            if value not in _GOOD and (value.lstrip("-").isdigit() or value.startswith("-E")):
                yield point, value


def _decides(definition: Def) -> bool:
    """Is another exit set up, or the errno given through a pointer, `*ret = -EFAULT`?"""
    value = constant(definition.value) if definition.value is not None else ""
    return _sets_reason(definition.name) or (definition.name.startswith("*") and value in _GOOD)


def _value(point: Point, state: State) -> Value:
    for child in point.node.named_children if point.node is not None else []:
        if child.type != "comment":
            known = constant(strip(child))
            return Value(known) if known else state.get(state.target(subject(child)[0]))
    return ANY
