"""undone-not-freed: pages come back from the RMM, and the free goes by a counter that is 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import constant, effects, path_of, strip
from rules.ownership import frees_memory, is_release, undoes
from rules.registry import FUNCTION, RMI
from rules.vocabulary import is_alloc, is_undelegate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-LEAK-NO-FREE",)
WORDS = (
    RMI,
    ("undelegate",),
    ("alloc", "get_free_page", "get_zeroed_page"),
    ("free", "release", "put"),
)
NEEDS = FUNCTION
TITLE = "the undo loop takes the pages back from the RMM, but nobody frees them"
WHY = (
    "The loop counts down to 0, and the free behind it is told to free that many: none. Every "
    "page that was undelegated is leaked, and where the loop stops early the rest is undelegated "
    "a second time or not at all."
)
FIX = "Free each page in the loop that undelegates it, or free with a count the loop leaves alone."
EVIDENCE = (
    "own reading of [PATCH v13 17/48]: the auxiliary pages of a REC",
    "the function is gone at the end of v13, where stateful operations replace it",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    arrays = _filled(facts)
    if not arrays:
        return
    for site in facts.calls(is_undelegate):
        loop = facts.flow.loop_of(site.point)
        if loop is None or not site.call.args:
            continue
        taken = {p for p, _ in effects(site.call.args[0]).uses if p in arrays}
        counter = _counts_down(facts, loop)
        if not taken or not counter or _frees_in(facts, loop):
            continue
        late = _freed_by_count(facts, loop, counter, set(arrays))
        if late is not None:
            name = min(taken)
            made = next(iter(arrays.values()))
            yield function.finding(
                site.point.node or site.node,
                f"{site.name}() takes the pages of `{name}` back without freeing them, and "
                f"{late.name}() behind the loop goes by `{counter}`, which is 0 by then: they are "
                "leaked",
                related=[
                    function.place(made.node, f"{made.name}() allocates them here"),
                    function.place(late.node, f"`{counter}` is 0 here"),
                ],
            )


def _filled(facts: Facts) -> dict[str, Site]:
    """The arrays that get a page which this function allocates in a loop, with the allocation."""
    arrays: dict[str, Site] = {}
    for site in facts.sites:
        loop = facts.flow.loop_of(site.point)
        if loop is None or not is_alloc(site.name) or not site.call.result:
            continue
        names = {site.call.result}
        for _ in range(2):  # page -> its address -> the list of addresses
            for point in loop.body:
                for d in facts.effects(point).defs:
                    if d.value is not None and any(p in names for p, _ in effects(d.value).uses):
                        names.add(d.name)
        arrays |= {name: site for name in names if name.endswith("[]")}
    return arrays


def _counts_down(facts: Facts, loop: Loop) -> str:
    """The counter of `while (i > 0) { i--; .. }`, '' if the loop is another."""
    tests = facts.loop_tests(loop)
    for point in tests:
        node = strip(point.node) if point.node is not None else None
        if node is None or effects(node).calls:
            continue
        paths = [path for path, _ in effects(node).uses]
        bound = node.child_by_field_name("right")
        if bound is not None and constant(bound) not in ("0", "1"):
            continue
        for name in paths:
            if any(_steps_down(facts, p, name) for p in loop.body):
                return name
    return ""


def _steps_down(facts: Facts, point: Point, name: str) -> bool:
    for d in facts.effects(point).defs:
        if d.name == name and d.how == "update" and d.node.parent is not None:
            return b"--" in (d.node.parent.text or b"") or b"-=" in (d.node.parent.text or b"")
    return False


def _frees_in(facts: Facts, loop: Loop) -> bool:
    return any(
        is_release(s.name) and not is_undelegate(s.name)
        for s in facts.sites
        if s.point in loop.body
    )


def _freed_by_count(facts: Facts, loop: Loop, counter: str, arrays: set[str]) -> Site | None:
    """The free of a whole array behind the loop that is given the spent counter."""
    found = None
    leaves = [
        e.target for p in facts.loop_tests(loop) for e in p.edges if e.target not in loop.body
    ]
    for start in leaves:
        for point, _ in (walk := facts.explore(start, {})):
            if facts.writes(point, counter):
                walk.skip()
            for site in facts.sites:
                if site.point is not point or not is_release(site.name):
                    continue
                given = {path_of(strip(arg)) for arg in site.call.args}
                if not given & {a.removesuffix("[]") for a in arrays}:
                    continue
                if counter not in given or frees_memory(site.name):
                    return None  # freed by another count, or one by one
                found = site if undoes(facts, site.name) or is_release(site.name) else found
    return found
