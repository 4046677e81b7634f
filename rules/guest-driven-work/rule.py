"""guest-driven-work: an exit handler works off a range that the guest chose, unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, paths_in, strip, text
from rules.registry import FUNCTION, RMI
from rules.vocabulary import is_alloc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("GUEST-DRIVEN-WORK",)
WORDS = (RMI, ("exit.", "exit->"))
NEEDS = FUNCTION
TITLE = "the host works for a range that the guest chose before the VMM has agreed"
WHY = (
    "The guest asks as often as it likes and for as much as it likes: it has the host allocate "
    "tables and hold mmu_lock, and the VMM cannot say no."
)
FIX = (
    "Only fill in the memory-fault exit here; do the work at the next entry, when the VMM has "
    "agreed, and in parts."
)
EVIDENCE = (
    "Suzuki K Poulose on [PATCH v5 18/43]: RIPAS change done in the exit handler",
    "fixed in v6: the handler only exits to the VMM, the change is made at the next entry",
)

_ASKS_VMM = "kvm_prepare_memory_fault_exit"  # API: how the VMM hears of the range
_HANDLER = regex(r"(?:^|_)(?:rec_exit|exit_rec|handle_rec_exit)(?:_|$)")
# `rec->run->exit.x`, and `exit->x` of a pointer to it
_EXIT = regex(r"(?:^|->|\.)(?:rec_)?exit(?:->|\.)")
# what a guest puts into its registers, or the RMM tells of a fault, is no range
_RANGE = regex(r"(?:base|top|start|end|size|len|addr|ipa)(?:\[\])?$")
_DEPTH = 5


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    asks = [site.point for site in facts.sites if site.name == _ASKS_VMM]
    for site in facts.sites:
        if _asked_before(facts, site, set(asks)):
            continue
        after = bool(asks) and bool(facts.flow.reach([site.point]) & set(asks))
        if not after and not _HANDLER.search(function.name):
            continue
        given = {
            n: path for n, arg in enumerate(site.call.args) for path in _guests(facts, site, n)
        }
        if not given or _is_bounded(facts, site, set(given.values())):
            continue
        called = facts.called(site.name)
        work = _work(called, set(given), _DEPTH) if called is not None else None
        if work is None:
            continue
        by, deed = work
        first = next(iter(given.values()))
        told = "before the VMM is asked" if after else "in the exit handler, unasked"
        yield function.finding(
            site.node,
            f"{site.name}() works through a range that the guest chose (`{first}`) {told}: "
            "the guest can have the host allocate and hold locks as often as it likes",
            related=[by.place(deed.node, f"{deed.name}() is called for it here")],
        )
        return


def _asked_before(facts: Facts, site: Site, asks: set[Point]) -> bool:
    """Does a test on the way to a call send what the VMM has not agreed to yet back to it?"""
    return any(
        bool(asks & _instead(facts, point, site.point))
        for point in (facts.points if asks else ())
        if point.kind == "cond" and facts.flow.dominates(point, site.point)
    )


def _instead(facts: Facts, test: Point, done: Point) -> set[Point]:
    """What may follow on a test instead of something else, and never behind that."""
    behind = facts.flow.reach([done], stop=lambda p: p is test)
    return facts.flow.reach([test], stop=lambda p: p is done) - behind


def _guests(facts: Facts, site: Site, index: int) -> Iterator[str]:
    """What an argument holds of the REC's exit record, if that is an address or a size."""
    for path in paths_in(site.call.args[index]):
        for source in _sources(facts, site.point, path, 3):
            if _EXIT.search(source) and _RANGE.search(source):
                yield source


def _sources(facts: Facts, point: Point, path: str, depth: int) -> Iterator[str]:
    yield path
    if depth:
        for at in facts.reaching(point, path):
            for inner in paths_in(at.definition.value):
                yield from _sources(facts, at.point, inner, depth - 1)


def _is_bounded(facts: Facts, site: Site, sources: set[str]) -> bool:
    """Is the length of the range tested on the way: `if (top - base > LIMIT)`?"""
    for point in facts.points:
        if point.kind != "cond" or point.node is None or point.warn:
            continue
        for node in (point.node, *point.node.named_children):
            inner = strip(node)
            if text(inner.child_by_field_name("operator")) == "-" and len(paths_in(inner)) > 1:
                return facts.flow.dominates(point, site.point)
            if _EXIT.search(path_of(inner)) and "size" in path_of(inner):
                return facts.flow.dominates(point, site.point)
    return False


def _work(function: Function, given: set[int], depth: int) -> tuple[Function, Site] | None:
    """Where a function loops over what it was given and allocates, or asks the RMM."""
    facts = function.facts
    names = {p.name for n, p in enumerate(function.params) if n in given}
    for loop in facts.flow.loops:
        tests = {path for point in facts.loop_tests(loop) for path in paths_in(point.node)}
        ends = {s for path in tests for s in _sources(facts, loop.head, path, 3)}
        if ends & names:
            for site in facts.loop_calls(loop, lambda n: _is_work(function, n)):
                return function, site
    for site in facts.sites if depth else ():
        inner = {
            n
            for n, arg in enumerate(site.call.args)
            for path in paths_in(arg)
            if names & set(_sources(facts, site.point, path, 2))
        }
        called = facts.called(site.name) if inner else None
        if called is not None and (found := _work(called, inner, depth - 1)) is not None:
            return found
    return None


def _is_work(function: Function, name: str) -> bool:
    return is_alloc(name) or function.world.is_firmware(name, function)
