"""later-state-passes: "done already?" is asked with ==, and states behind it are let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import constant, strip, text
from rules.ownership import returned, stored
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("KVM-STATE-EQ",)
WORDS = (RMI, ("==",), ("return 0", "return true", "goto"))
NEEDS = FUNCTION
TITLE = 'a state that comes after the one asked for is not recognised as "too late"'
WHY = (
    "The states of a realm are passed in order. What is true of the one is mostly true of those "
    "behind it: with `==` a realm that is dying or dead is treated as one not yet set up."
)
FIX = "Compare with >=, or name the later states."
EVIDENCE = ("Marc Zyngier on [PATCH v12 11/46]: kvm_activate_realm(); >= since v13",)

_COUNT = regex(r"(?:_|^)(?:MAX|NR|NUM|COUNT|LAST|END)$|^__|_MAX_")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    tests = [(p, *found) for p in facts.points if (found := _done(facts, p)) is not None]
    told: set[str] = set()
    for point, state, answer in tests:
        if state in told or not _reaches(facts, state) or _asked_again(facts, state):
            continue
        later = _later(function, state)
        if later and point.node is not None:
            told.add(state)
            listed = ", ".join(later)
            others = [p.node for p, s, _ in tests if s == state and p is not point and p.node]
            yield function.finding(
                point.node,
                f"only {state} itself is taken for done: in a later state ({listed}) the function "
                "does not return here but goes on as if all of it were still to be done",
                related=[
                    function.place(answer, f"returns success for {state}"),
                    *(function.place(node, "the same test") for node in others),
                ],
            )


def _done(facts: Facts, point: Point) -> tuple[str, Node] | None:
    """(state, return) of `if (state == X) return 0;`."""
    node = strip(point.node) if point.kind == "cond" and point.node is not None else None
    if node is None or text(node.child_by_field_name("operator")) != "==":
        return None
    state = _against(node)
    if not state.isidentifier() or state.startswith(("RMI_SUCCESS", "RMI_ERROR", "RMI_BUSY")):
        return None
    target = next((e.target for e in point.edges if e.when is True), None)
    answer = returned(target) if target is not None else None
    return (state, answer) if answer is not None and constant(answer) == "0" else None


def _against(comparison: Node) -> str:
    """The constant of a comparison, on whichever side it stands."""
    sides = (comparison.child_by_field_name(side) for side in ("right", "left"))
    return next((known for s in sides if s is not None and (known := constant(s))), "")


def _reaches(facts: Facts, state: str) -> bool:
    """Is it this function that takes the object to that state?"""
    for point in facts.points:
        if any(constant(value) == state for _, _, value in stored(facts, point)):
            return True
        for call in facts.effects(point).calls:
            if "state" in call.name and call.args and constant(call.args[-1]) == state:
                return True
    return False


def _asked_again(facts: Facts, state: str) -> bool:
    """Is the state also compared by order, or with others?"""
    for point in facts.points:
        node = strip(point.node) if point.kind == "cond" and point.node is not None else None
        if node is None:
            continue
        against = _against(node)
        prefix = state.rpartition("_")[0]
        if against.startswith(f"{prefix}_") and (
            against != state or text(node.child_by_field_name("operator")) != "=="
        ):
            return True
    return False


def _later(function: Function, state: str) -> list[str]:
    """The enumerators behind a state, in order."""
    for unit in function.world.units:
        if state.encode() not in unit.source:
            continue
        for node in unit.nodes("enumerator_list"):
            names = [
                text(c.child_by_field_name("name"))
                for c in node.named_children
                if c.type == "enumerator"
            ]
            if state in names:
                return [n for n in names[names.index(state) + 1 :] if not _COUNT.search(n)]
    return []
