"""double-teardown: two functions take the same object down, and one calls the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.source.expr import address_of, path_of
from rules.ownership import frees_memory, is_release
from rules.registry import RMI, SERIES
from rules.vocabulary import is_undelegate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Site
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("KVM-DOUBLE-TEARDOWN", "KVM-PARALLEL-TEARDOWN")
WORDS = (RMI, ("destroy", "teardown", "tear_down", "uninit", "unmap", "release"))
NEEDS = SERIES
TITLE = "the same teardown is done on two paths, one of which calls the other"
WHY = (
    "Which of the two does the work depends on the state of the object. One of them runs on what "
    "is torn down already, and whoever changes one must find the other."
)
FIX = "Give the step one place: split it out and call it once, before the common part."
EVIDENCE = (
    "Wei-Lin Chang on [PATCH v13 15/48] and v14: kvm_free_stage2_pgd() and kvm_destroy_realm()",
    "v14 splits out a function that is called once",
)


class Step(NamedTuple):
    """A teardown call and the function it is in."""

    function: Function
    unit: Unit
    site: Site


def check(units: list[Unit]) -> Iterator[Finding]:
    functions = [(f, u) for u in units for f in (*u.functions, *u.parts) if f.name]
    steps: dict[str, list[Step]] = {}
    for function, unit in functions:
        for site in function.facts.sites if _tears_down(function) else ():
            if is_release(site.name) and _of_object(function, site):
                steps.setdefault(site.name, []).append(Step(function, unit, site))
    told: set[tuple[str, str]] = set()
    for name, found in steps.items():
        if len({s.function.name for s in found}) < 2 or not _reaches(units, name):
            continue
        for inner in found:
            for outer in found:
                pair = (inner.function.name, outer.function.name)
                again = _calls_after(outer, inner.function.name)
                if pair in told or again is None or not _new(inner):
                    continue
                told.update((pair, pair[::-1]))
                yield _finding(inner, outer, again)
        for at, later in enumerate(found):
            for first in found[:at]:
                pair = (first.function.name, later.function.name)
                ahead = _in_step(first, later) if pair[0] != pair[1] else ""
                if pair in told or not ahead or not _new(later):
                    continue
                told.update((pair, pair[::-1]))
                yield _parallel(first, later, ahead)


def _tears_down(function: Function) -> bool:
    return any(w in function.source for w in (b"destroy", b"down", b"uninit", b"unmap", b"elease"))


def _of_object(function: Function, site: Site) -> bool:
    """Is a whole object taken down, by its pointer, and not one page of it?"""
    args = site.call.args
    if frees_memory(site.name) or is_undelegate(site.name) or len(args) != 1:
        return False
    name = path_of(args[0])
    return bool(address_of(args[0])) or (name.isidentifier() and "*" in _type(function, name))


def _type(function: Function, name: str) -> str:
    """The type of a variable, as far as the hunk shows it."""
    param = function.param(name)
    if param is not None:
        return param.type
    for at in function.facts.defs(name):
        above = at.definition.node.parent
        while above is not None and above.type in ("pointer_declarator", "init_declarator"):
            if above.type == "pointer_declarator":
                return "*"
            above = above.parent
    return "*" if name in ("kvm", "vcpu", "realm", "rec", "mmu") else ""


def _reaches(units: list[Unit], name: str) -> bool:
    """Does the call talk to the RMM?"""
    return any(u.world.is_firmware(name) for u in units[:1]) or any(
        f.name == name and u.world.is_firmware(name, f) for u in units for f in u.functions
    )


def _calls_after(outer: Step, name: str) -> Site | None:
    """The call of the other function that the teardown goes on to."""
    if outer.function.name == name:
        return None
    facts = outer.function.facts
    after = facts.flow.reach([outer.site.point])
    return next((s for s in facts.sites if s.name == name and s.point in after), None)


def _in_step(first: Step, later: Step) -> str:
    """The teardown call that both functions make before this one, '' if there is none."""
    names = []
    for step in (first, later):
        facts = step.function.facts
        if not is_release(step.function.name) or step.function.name in _callees(later, first):
            return ""
        names.append(
            [
                s.name
                for s in facts.sites
                if is_release(s.name) and not frees_memory(s.name) and not is_undelegate(s.name)
                if s.name != step.site.name and step.site.point in facts.flow.reach([s.point])
            ]
        )
    return next((name for name in names[0] if name in names[1]), "")


def _callees(*steps: Step) -> set[str]:
    return {s.name for step in steps for s in step.function.facts.sites}


def _new(step: Step) -> bool:
    """Does the series write the call?  (Of a whole file the checker asks itself.)"""
    return not step.unit.fragment or step.function.line(step.site.node) in step.unit.added


def _parallel(first: Step, later: Step, ahead: str) -> Finding:
    name, site = first.function.name, later.site
    return later.function.finding(
        site.point.node or site.node,
        f"{later.function.name}() and {name}() both call {ahead}() and then {site.name}(): where "
        "both run, the second works on what is torn down already",
        related=[first.function.place(first.site.node, f"{name}() does the same here")],
    )


def _finding(inner: Step, outer: Step, again: Site) -> Finding:
    site, name = inner.site, outer.function.name
    return inner.function.finding(
        site.point.node or site.node,
        f"{site.name}() is called here and by {name}(), which then calls {inner.function.name}(): "
        "the same thing is torn down on two paths, and the state of the object decides which of "
        "them does it",
        related=[
            outer.function.place(outer.site.node, f"{name}() calls {site.name}() as well"),
            outer.function.place(again.node, f"{name}() goes on to {inner.function.name}()"),
        ],
    )
