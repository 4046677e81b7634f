"""no-progress: a cursor taken from firmware, and nobody looks whether it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from linter.lazy import regex
from linter.source.explore import test_of
from linter.source.expr import address_of, constant, covers, path_of, paths_in, strip, text
from linter.source.facts import REGISTER, STATUS_REGISTER, At
from linter.source.nodes import arguments, callee
from rules.conditions import decides_the_end
from rules.names import comparisons, computed, computed_from, copied, joined, sets_against
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Call, Def
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("LOOP-NOPROGRESS", "RMI-NO-ADVANCE")
WORDS = (RMI, ("while", "for", "goto"))
NEEDS = FUNCTION
TITLE = "a loop's cursor comes from firmware without a test that it advanced"
WHY = (
    "If the call succeeds without having done anything, or the register holds something else, "
    "the loop asks for the same address again, or for one it has passed: it never ends."
)
FIX = "Test the value before it becomes the cursor: if (WARN_ON(next <= addr)) leave the loop."
EVIDENCE = (
    "upstream added the test to the delegate and undelegate loops in v17",
    "merged form of the tracking loop: if (WARN_ON(next <= start)) return -ENXIO",
    "not this rule: `while (phys < top)` with size 0, withdrawn on [PATCH v14 09/44]",
)

Writers: TypeAlias = "list[tuple[str, Point]]"  # what writes, and where

_LOWERS = regex(r"^u?min(?:_t|_not_zero)?$|^(?:ALIGN|PAGE_ALIGN|round)_(?:DOWN|down)$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    reported: set[Point] = set()
    for loop in facts.flow.loops:
        ends = joined(facts, loop.body, _end_tests(facts, loop), computed_from)
        asked = joined(facts, loop.body, _asked(facts, loop), computed_from)
        for point in sorted(loop.body - reported, key=lambda p: p.index):
            for definition in facts.effects(point).defs:
                name = definition.name
                for source in _taken_from(definition) if name in asked else ():
                    if name not in ends and source not in ends:
                        continue
                    if REGISTER.search(name) and not REGISTER.search(source):
                        continue  # the cursor goes into the registers, not out of them
                    at = At(point, definition)
                    writers = _writers(facts, loop, at, source)
                    if not writers or not _endless(facts, loop, at, source):
                        continue
                    reported.add(point)
                    yield _finding(function, at, source, writers)


def _finding(function: Function, at: At, source: str, writers: Writers) -> Finding:
    what = " or ".join(dict.fromkeys(what for what, _ in writers))
    name = at.definition.name
    verb = "moves by" if _is_step(at.definition, source) else "becomes"
    place = "it" if source == name else f"`{source}`"
    return function.finding(
        at.point.node or at.definition.node,
        f"`{name}` {verb} what {what} left in {place}, and nothing tests that it moved: if it "
        "did not, the loop asks for the same address for ever",
        related=[
            function.place(writer.node, f"`{source}` is written here")
            for _, writer in writers
            if writer.node is not None and writer is not at.point
        ],
    )


# -- the cursor ------------------------------------------------------------


def _end_tests(facts: Facts, loop: Loop) -> set[str]:
    """What the conditions read that can leave the loop; of a call's outcome and a state nothing."""
    found: set[str] = set()
    for point in facts.loop_tests(loop):
        test = test_of(point.node) if point.node is not None else None
        state = test is not None and test.op in ("==", "!=") and test.against != "0"
        if not state and not facts.effects(point).calls:
            found.update(path for path, _ in facts.effects(point).uses)
    return found


def _asked(facts: Facts, loop: Loop) -> set[str]:
    """What the calls of the loop hand to the RMM, in arguments or in a struct of registers."""
    calls = facts.loop_calls(loop, lambda n: facts.world.is_firmware(n, facts.function))
    paths = {path for site in calls for arg in site.call.args for path in paths_in(arg)}
    structs = paths | {path for site in calls for _, path in site.call.out_args()}
    return paths | {
        definition.name
        for point in loop.body
        for definition in facts.effects(point).defs
        if definition.value is not None and any(covers(s, definition.name) for s in structs)
    }


def _taken_from(definition: Def) -> Iterator[str]:
    """The values that alone say where the cursor goes: `next`, `min(next, end)`, `at + done`."""
    if definition.how == "out" and definition.call is not None:
        if any(path_of(strip(arg)) == definition.name for arg in definition.call.args):
            yield definition.name  # f(at, end, &at)
    elif definition.how in ("assign", "update") and definition.value is not None:
        yield from _taken(definition.value, definition.name)


def _taken(node: Node, cursor: str) -> Iterator[str]:
    node = strip(node)
    path = path_of(node)
    if path and not constant(node):
        yield path
    elif node.type == "call_expression" and _LOWERS.match(callee(node)):
        for arg in arguments(node):
            yield from _taken(arg, cursor)
    elif node.type == "binary_expression":
        operator = text(node.child_by_field_name("operator"))
        sides = [s for name in ("left", "right") if (s := node.child_by_field_name(name))]
        rest = [s for s in sides if not constant(s) and path_of(strip(s)) != cursor]
        steps = operator == "+" and len(rest) == 1 and not any(constant(s) for s in sides)
        if steps or (operator in ("*", "<<") and len(rest) == 1):
            yield from _taken(rest[0], cursor)


def _is_step(definition: Def, source: str) -> bool:
    """Is the cursor moved by the value, not put to it?"""
    value = definition.value
    return definition.how == "update" or (
        value is not None and source != definition.name and definition.name in paths_in(value)
    )


# -- who moves it, and who looks -------------------------------------------


def _writers(facts: Facts, loop: Loop, at: At, source: str) -> Writers:
    """Who may have written `source` in this loop: firmware, and calls that ask it.

    Nobody, if one of them looks itself whether it got on.
    """
    if REGISTER.search(source):
        return [] if STATUS_REGISTER.search(source) else [("the firmware", at.point)]
    found: Writers = []
    own = at.definition.how == "out"
    for hit in [at] if own else facts.reaching(at.point, source):
        definition = hit.definition
        if hit.point in loop.body and definition.how == "out" and definition.call is not None:
            call = definition.call
            if _looks_itself(facts, call, source, {at.definition.name}):
                return []
            if facts.world.is_firmware(call.name, facts.function):
                found.append((f"{call.name}()", hit.point))
                continue
        if definition.value is not None and REGISTER.search(path_of(strip(definition.value))):
            found.append(("the firmware", hit.point))
    return found


def _looks_itself(facts: Facts, call: Call, out: str, olds: set[str], depth: int = 3) -> bool:
    """Does the callee compare what it puts into the out-value with where it was to start?"""
    inner = facts.called(call.name) if depth else None
    if inner is None:
        return False
    given = [(param.name, strip(arg)) for param, arg in zip(inner.params, call.args, strict=False)]
    targets = {name for name, arg in given if out in (address_of(arg), f"*{path_of(arg)}")}
    starts = {name for name, arg in given if path_of(arg) in olds}
    points = inner.facts.points
    begun = joined(inner.facts, points, starts, computed)
    for target in targets:
        outs = joined(inner.facts, points, {f"*{target}"}, copied)
        for point in points:
            if decides_the_end(inner.facts, point) and sets_against(point.node, outs, begun):
                return True
            for deeper in inner.facts.effects(point).calls:
                if _looks_itself(inner.facts, deeper, f"*{target}", begun, depth - 1):
                    return True
    return False


def _endless(facts: Facts, loop: Loop, at: At, source: str) -> bool:
    """Can the loop go round although the cursor stays, with no test and no counted attempt?"""
    names = joined(facts, loop.body, {source, at.definition.name}, copied)
    if any(sets_against(test, names, names) for p in loop.body for test in comparisons(facts, p)):
        return False
    if _is_step(at.definition, source) and any(p in loop.body for p, _ in facts.tests(source)):
        return False
    counts = {point for point in loop.body if _counts(facts, loop, point)}
    return bool(
        facts.flow.path(
            at.point,
            lambda point: point is at.point,
            lambda point: point not in loop.body or point in counts,
        )
    )


def _counts(facts: Facts, loop: Loop, point: Point) -> bool:
    """Does a point step what the loop's end depends on, by an amount of the kernel's own?"""
    for definition in facts.effects(point).defs:
        name, value = definition.name, definition.value
        used = paths_in(value)
        if definition.how != "update" and name not in used:
            continue
        others = used - {name}
        if facts.decides_end(loop, name) and not any(
            facts.writes(other, path) for other in loop.body for path in others
        ):
            return True
    return False
