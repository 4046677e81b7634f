"""A failure that a loop notices, and goes on with what the failed call left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.source.explore import test_of
from linter.source.expr import covers, path_of, strip
from linter.source.facts import Site
from rules.vocabulary import answer, failures, last_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point


class Ignored(NamedTuple):
    """`noticed` is where the code saw that `site` failed, and went on.

    `cursor` is what the loop goes by, set from the out-value `out`: on this way, if `taken`.
    """

    site: Site
    noticed: Node
    out: str
    cursor: str
    taken: bool


def ignored(facts: Facts) -> Iterator[Ignored]:
    """The failures of a function's firmware calls after which a loop goes on."""
    for loop in facts.flow.loops:
        if loop.goto:
            continue
        for site in facts.loop_calls(loop, lambda n: facts.world.is_firmware(n, facts.function)):
            cursors = _cursors(facts, loop, site)
            found = _ignored(facts, loop, site, cursors) if cursors else None
            if found is not None:
                yield found


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


def _ignored(facts: Facts, loop: Loop, site: Site, cursors: dict[str, str]) -> Ignored | None:
    """The first way on which the failure of a call is seen and the loop goes on."""
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
            return Ignored(site, noticed, *next(iter(cursors.items())), taken)
    return None


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
