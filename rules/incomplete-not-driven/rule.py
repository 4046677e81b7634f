"""incomplete-not-driven: the RMM leaves an operation open, and nobody ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import test_of
from linter.source.expr import paths_in, squeeze, text
from linter.source.nodes import WARNS, takes_status
from rules.registry import FUNCTION, RMI
from rules.sro import (
    callers,
    cancels,
    carries_on,
    speaks_two,
    started,
    status_of_block,
    stores_handle,
)
from rules.vocabulary import status_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Outcome, Point
    from linter.source.unit import Function
    from rules.sro import Started

SEVERITY = "warning"
CATALOGUE = ("RMI-INCOMPLETE", "RMI-SRO-ABANDON")
WORDS = (RMI, ("RMI_INCOMPLETE", "SMC_RMI_"))
NEEDS = FUNCTION
TITLE = "RMI_INCOMPLETE is not carried on to the end of the operation"
WHY = (
    "The operation stays open in the RMM: later calls on the same object are answered with "
    "RMI_BLOCKED or an error, what was donated stays with the RMM, and the outputs that the "
    "caller goes on with are those of no finished command."
)
FIX = (
    "Keep the handle and call RMI_OP_CONTINUE, RMI_OP_MEM_DONATE or RMI_OP_MEM_RECLAIM until "
    "the answer is another one; on an error call RMI_OP_CANCEL first, where that is allowed."
)
EVIDENCE = (
    "review of [PATCH v14] wrappers that turn RMI_INCOMPLETE into WARN_ON(), six of them in v13",
    "TF-RMM: RMI_RTT_DATA_UNMAP answers RMI_INCOMPLETE when an interrupt is pending",
)

_LEFT = "the RMM answers later calls with RMI_BLOCKED until it is continued"


def check(function: Function) -> Iterator[Finding]:
    if not speaks_two(function):
        return
    facts = function.facts
    tested = [point for point in facts.points if _asks(facts, point)]
    if not tested:
        for start in started(facts):
            if _is_missing(facts, start):
                yield _not_tested(function, start)
        return
    told = set()
    for point in tested:
        for finding in (*_dropped(facts, point), *_left(facts, point)):
            if finding.line not in told:
                told.add(finding.line)
                yield finding


def _asks(facts: Facts, point: Point) -> bool:
    """Does a point ask whether the answer was RMI_INCOMPLETE?"""
    if point.kind == "switch":
        return any(_is_case(edge.when) for edge in point.edges)
    return point.kind == "cond" and "RMI_INCOMPLETE" in text(point.node)


def _is_case(when: Outcome) -> bool:
    return isinstance(when, str) and "RMI_INCOMPLETE" in when


def _is_missing(facts: Facts, start: Started) -> bool:
    """Does nobody look for RMI_INCOMPLETE: not here, not in what is called, not in a caller?"""
    function, site = facts.function, start.site
    if any("INCOMPLETE" in squeeze(p.node) for p in facts.points if p.kind == "step"):
        return False  # `open = STATUS(x) == RMI_INCOMPLETE;`
    macro = function.world.define(site.name)
    called = function.world.function(site.name, function)
    if macro is not None and "INCOMPLETE" in macro[1].value:
        return False
    if called is not None and b"INCOMPLETE" in called.source:
        return False
    after = facts.flow.reach([site.point])
    if any(carries_on(facts, p, start.block) for p in after if p is not site.point):
        return False
    if function.param(start.block) is not None:
        return False
    return not any(b"INCOMPLETE" in other.source for other in callers(function))


def _not_tested(function: Function, start: Started) -> Finding:
    comment = _admits(function.node)
    related = [function.place(comment, "the comment says that it is missing")] if comment else []
    return function.finding(
        start.site.node,
        f"if RMI_{start.command} answers RMI_INCOMPLETE, nothing continues the operation: "
        f"{function.name}() hands on registers of an unfinished command and loses the handle in "
        f"{start.block}.a1",
        severity="error",
        related=related,
        catalogue=("RMI-INCOMPLETE",),
    )


def _admits(node: Node) -> Node | None:
    """A comment that says that stateful operations are not handled."""
    for child in node.children:
        if child.type == "comment":
            words = text(child)
            if "SRO" in words or "INCOMPLETE" in words:
                return child
        elif (found := _admits(child)) is not None:
            return found
    return None


def _dropped(facts: Facts, point: Point) -> Iterator[Finding]:
    """The answer is RMI_INCOMPLETE, and the function just goes on or gives up."""
    block, starts = _incomplete(facts, point)
    loop = facts.flow.loop_of(point)
    if not block or (loop is not None and _drives(facts, loop)):
        return
    for start in starts:
        way = _way_out(facts, start, block)
        if way is None or _caller_ends(facts.function):
            continue
        end = way[-1].node if way[-1].kind == "return" else None
        # Who prints a splat there knows of it: a reminder, no news.
        known = any(p.warn or call.name in WARNS for p in way for call in facts.effects(p).calls)
        yield facts.function.finding(
            end or point.node or facts.function.node,
            f"on RMI_INCOMPLETE {facts.function.name}() returns without continuing or cancelling "
            f"the operation: the handle in {block}.a1 is lost, and {_LEFT}",
            related=[facts.function.place(point.node, "RMI_INCOMPLETE is tested here")]
            if end is not None and point.node is not None
            else [],
            severity="info" if known else "",
            catalogue=("RMI-INCOMPLETE", "RMI-SRO-ABANDON"),
        )


def _incomplete(facts: Facts, point: Point) -> tuple[str, list[Point]]:
    """The local block whose status is asked for, and where RMI_INCOMPLETE leads to."""
    node = point.node
    if node is None:
        return "", []
    if point.kind == "switch":
        names = paths_in(node)
        ways = [edge.target for edge in point.edges if _is_case(edge.when)]
    else:
        test = test_of(node)
        if test is None or test.against != "RMI_INCOMPLETE":
            return "", []
        names = {test.name}
        ways = [e.target for e in point.edges if e.when is (test.op == "==")]
    blocks = {status_of_block(facts, point, name) for name in names} - {""}
    return (blocks.pop(), ways) if len(blocks) == 1 else ("", [])


def _way_out(facts: Facts, start: Point, block: str = "") -> list[Point] | None:
    """The way from a point to the end of the function, if nothing sees to the operation on it."""

    def sees(point: Point) -> bool:
        if carries_on(facts, point, block) or cancels(facts, point):
            return True
        again = any(d.name == block for d in facts.effects(point).defs)
        return again or (bool(block) and stores_handle(facts, point, block))

    def ends(point: Point) -> bool:
        return point.kind == "return" or point is facts.flow.exit

    if sees(start):
        return None
    if ends(start):
        return [start]
    way = facts.flow.path(start, ends, sees)
    return None if way is None or sees(way[-1]) else [start, *way]


def _drives(facts: Facts, loop: Loop) -> bool:
    """Does a loop carry an operation on, turn by turn?"""
    return any(carries_on(facts, point) for point in loop.body)


def _left(facts: Facts, point: Point) -> Iterator[Finding]:
    """A loop that drives an operation is left in the middle of it."""
    inside = [loop for loop in facts.flow.loops if point in loop.body]
    if not inside or not _drives(facts, inside[-1]) or _caller_ends(facts.function):
        return
    loop, function = inside[-1], facts.function
    names = status_names(facts, _asked(point))
    for leaving in sorted(loop.body, key=lambda p: p.index):
        for edge in leaving.edges:
            if edge.target in loop.body or _is_about(facts, leaving, names):
                continue
            way = _way_out(facts, edge.target)
            if way is None:
                continue
            # an error that is found past the loop's end is reported where it is found
            end = next((p for p in way if p.kind == "return"), leaving)
            node = end.node or leaving.node
            if node is None or leaving.node is None:
                continue
            why = squeeze(leaving.node) if leaving.kind == "cond" else ""
            yield function.finding(
                node,
                f"{function.name}() returns{f' on `{why}`' if why else ''} while the operation "
                f"is still open: nothing cancels it or drives it to its end, and {_LEFT}",
                related=[function.place(leaving.node, "the loop is left here")],
                catalogue=("RMI-SRO-ABANDON",),
            )


def _asked(point: Point) -> set[str]:
    test = test_of(point.node) if point.node is not None else None
    return {test.name} if test is not None and point.kind == "cond" else paths_in(point.node)


def _is_about(facts: Facts, point: Point, names: set[str]) -> bool:
    """Is a way out taken because of the status, or because it cannot be cancelled?"""
    used = {path for path, _ in facts.effects(point).uses}
    if used & names or any(takes_status(call.name) for call in facts.effects(point).calls):
        return True
    return any("cancel" in path.lower() for path in used) and any(
        cancels(facts, p) for p in facts.points
    )


def _caller_ends(function: Function) -> bool:
    """Does a caller cancel what this function leaves open?"""
    return any(
        cancels(other.facts, point) for other in callers(function) for point in other.facts.points
    )
