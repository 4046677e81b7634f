"""continue-after-error: an error is noticed, and the loop goes on with its leavings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import test_of
from linter.source.expr import covers, path_of, strip
from rules.registry import FUNCTION, RMI
from rules.vocabulary import answer, failures, last_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("ERR-CONTINUE",)
WORDS = (RMI, ("while", "for"))
NEEDS = FUNCTION
TITLE = "`continue` after an unexpected error, with a cursor that the failed call left"
WHY = (
    "The out-value of a call that failed in an unexpected way is not defined: it may be 0 or the "
    "old value. As the loop's cursor it starts the loop over or keeps it where it is."
)
FIX = "Leave the loop: `break`, or return the error."
EVIDENCE = (
    "realm_unmap_private_range() in v13 and later: else if (WARN_ON(ret)) continue;",
    "TF-RMM writes 0 to the out register on some errors (RTT_DATA_UNMAP)",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for loop in facts.flow.loops:
        if loop.goto:
            continue
        for site in facts.loop_calls(loop, lambda n: facts.world.is_firmware(n, function)):
            cursors = _cursors(facts, loop, site)
            if cursors:
                yield from _check(function, facts, loop, site, cursors)


def _cursors(facts: Facts, loop: Loop, site: Site) -> dict[str, str]:
    """out-value -> cursor, for each `cursor = out` of the loop.

    An out-value that was given a value before the call and that the callee
    writes only on success is a default, and no leavings.
    """
    outs = {}
    for index, path in site.call.out_args():
        before = facts.reaching(site.point, path)
        preset = any(at.definition.how in ("init", "assign") for at in before)
        when = facts.world.out_written(site.name, index, facts.function)
        if not (preset and when == "success"):
            outs[path] = path
    found: dict[str, str] = {}
    for point in loop.body:
        for definition in facts.effects(point).defs:
            if definition.how == "assign" and definition.value is not None:
                source = path_of(strip(definition.value))
                if any(covers(out, source) for out in outs):
                    found[source] = definition.name
    return found


def _check(
    function: Function, facts: Facts, loop: Loop, site: Site, cursors: dict[str, str]
) -> Iterator[Finding]:
    status = answer(facts, site)
    for walk in failures(facts, site):
        for point, state in walk:
            value = state.get(status)
            if (
                point not in loop.body
                or point is site.point
                or any(facts.writes(point, out) for out in cursors)
                or value.eq  # a status that the code knows and handles
                or (status and not value.nonzero)
            ):
                walk.skip()
                continue
            if point is not loop.head:
                continue
            walk.skip()
            trail = walk.trail()
            noticed = _noticed(facts, trail, status)
            if noticed is None:
                continue
            taken = any(facts.writes(p, c) for p in trail for c in cursors.values())
            out, cursor = next(iter(cursors.items()))
            left = (
                f"`{cursor}` taken from `{out}`, which that failed call left behind"
                if taken
                else f"`{cursor}` as it was: it asks for the same address again"
            )
            yield function.finding(
                noticed,
                f"if {site.name}() fails with anything unexpected, the loop goes on with {left}",
                related=[function.place(site.node, f"{site.name}() is called here")],
            )
            return


def _noticed(facts: Facts, trail: list[Point], status: str) -> Node | None:
    """Where the code saw the error and went on: its `continue`, or the test."""
    tests = [
        p for p in trail if p.kind in ("cond", "switch") and (not status or facts.reads(p, status))
    ]
    if status and not any(_sees_failure(p) for p in tests):
        return None
    return last_statement(trail, "continue_statement") or (tests[-1].node if tests else None)


def _sees_failure(point: Point) -> bool:
    """Does a test tell failure from success?  `st == RMI_BUSY` asks for one answer only."""
    test = test_of(point.node) if point.kind == "cond" and point.node is not None else None
    return point.kind == "switch" or (test is not None and test.against == "0")
