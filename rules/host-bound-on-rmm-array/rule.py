"""host-bound-on-rmm-array: a number of the host bounds a walk over an array of the RMM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, strip, text
from rules.names import is_global
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("HOST-BOUND-ON-RMM-ARRAY", "ABI-LIMIT")
WORDS = (RMI, ("enter", "exit"), ("for", "while"), ("[",))
NEEDS = PART
TITLE = "a limit of the host's hardware bounds a walk over an array that the RMM laid out"
WHY = (
    "The RMM says how many entries it looks at, and the ABI how many there are. If the host has "
    "more, the walk runs out of the array or fills entries that are ignored: interrupts are lost."
)
FIX = "Bound the walk by what the RMM's feature register says, or by ARRAY_SIZE() of the array."
EVIDENCE = ("Suzuki K Poulose on [PATCH v5 15/43]: list registers; fixed in v6",)

_ARRAY = regex(r"(?:->|\.)(?:enter|exit)(?:->|\.)\w+\[\]$")
_COMPARES = ("<", "<=", ">", ">=", "!=")
_RMM = regex(r"rm[im]|realm|feat|\brec\b")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for loop in facts.flow.loops:
        for test in facts.loop_tests(loop):
            limit = _limit(facts, loop, test)
            if limit is None:
                continue
            bound, counter = limit
            array = _walked(facts, loop, counter)
            if array is not None:
                yield function.finding(
                    test.node or function.node,
                    f"`{bound}` is what the host's hardware has, and `{text(array)}` is an array "
                    "of the RMM, which may use fewer entries, or have fewer",
                    related=[function.place(array, "the array of the RMM")],
                )
                return


def _limit(facts: Facts, loop: Loop, test: Point) -> tuple[str, str] | None:
    """(bound, counter) of `i < global.member`."""
    node = strip(test.node) if test.node is not None else None
    if node is None or text(node.child_by_field_name("operator")) not in _COMPARES:
        return None
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return None
    for one, other in ((left, right), (right, left)):
        counter, bound = path_of(strip(one)), _copied(facts, test, path_of(strip(other)))
        written = counter.isidentifier() and any(facts.writes(p, counter) for p in loop.body)
        if written and "." in bound and is_global(facts, bound) and not _RMM.search(bound):
            return bound, counter
    return None


def _copied(facts: Facts, point: Point, path: str) -> str:
    """What a local was set to, where that is another path."""
    found = facts.reaching(point, path) if path.isidentifier() else []
    value = found[0].definition.value if len(found) == 1 else None
    return path if value is None else path_of(strip(value)) or path


def _walked(facts: Facts, loop: Loop, counter: str) -> Node | None:
    """An element of an array that host and RMM share, chosen by the counter."""
    for point in facts.points:
        if point not in loop.body:
            continue
        found = facts.effects(point)
        for node in [n for _, n in found.uses] + [d.node for d in found.defs]:
            index = node.child_by_field_name("index")
            chosen = path_of(strip(index)) if index is not None else ""
            if chosen == counter and _ARRAY.search(path_of(node)):
                return node
    return None
