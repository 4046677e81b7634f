"""dead-before-check: an object is marked dead, and then a check refuses the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import constant, squeeze, strip, text
from linter.source.nodes import WARNS
from rules.ownership import is_member, returned, stored
from rules.registry import PART, RMI, Anywhere
from rules.uses import asks
from rules.vocabulary import is_alloc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Call
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("KVM-PRECOND-ORDER",)
WORDS = (RMI, Anywhere(("DEAD", "DYING", "BROKEN", "FAILED", "ERROR")), ("return", "goto"))
NEEDS = PART
TITLE = "the state is set to dead before a check that only looks at how the VM is set up"
WHY = (
    "User space can still mend what the check finds: it was told EOPNOTSUPP, not that the VM is "
    "gone. But the realm is marked dead already, and every later attempt fails."
)
FIX = "Check first; mark the object dead only right before the first step that cannot be undone."
EVIDENCE = ("Suzuki K Poulose on [PATCH v12 11/46]; v13 moves the check up",)

_DEAD = regex(r"(?:^|_)(?:DEAD|DYING|BROKEN|FAILED|ERROR)$")
_ACTS = regex(
    r"(?:^|_)(?:try\w*|lock|get|alloc\w*|create|init\w*|set|map|add|insert|test_and|cmpxchg|start"
    r"|enable|load|copy|access_ok|find|lookup|reserve|wait\w*|topup|enter|run|do)(?:_|$)"
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        for path, node, state in _marks(facts, point):
            found = _refused(function, facts, point, path)
            if found is not None:
                test, answer = found
                yield function.finding(
                    point.node or node,
                    f"the state becomes {state} before `{squeeze(test)}` is asked: where that "
                    f"refuses, the function returns {constant(answer)} and the realm stays "
                    f"{state}, although nothing was done to it",
                    related=[
                        function.place(test, "the check does not depend on what is done before"),
                        function.place(answer, f"returns with the state still {state}"),
                    ],
                )


def _marks(facts: Facts, point: Point) -> Iterator[tuple[str, Node, str]]:
    """(what is written, where, state) of each store of a state from which no way leads back."""
    for path, node, value in stored(facts, point):
        if is_member(path) and _DEAD.search(constant(value)):
            yield path, node, constant(value)
    for call in facts.effects(point).calls:
        if "set" in call.name and "state" in call.name and len(call.args) > 1:
            state = constant(call.args[-1])
            if _DEAD.search(state):
                yield "", call.node, state


def _refused(function: Function, facts: Facts, point: Point, path: str) -> tuple[Node, Node] | None:
    """(test, return) of the first check behind the store, if nothing was done before it."""
    at = point
    while len(at.edges) == 1:
        at = at.edges[0].target
        if at.kind not in ("join", "cond") and not _idle(facts, at):
            return None
    # conditions that follow each other are one check, or several
    todo, seen = [at], set[int]()
    while todo:
        at = todo.pop(0)
        if at.index in seen or at.kind != "cond" or at.node is None:
            continue
        seen.add(at.index)
        if not _only_looks(function, facts, at, path):
            return None
        for edge in at.edges:
            end = edge.target
            while end.kind not in ("return", "cond") and len(end.edges) == 1 and _idle(facts, end):
                end = end.edges[0].target
            answer = returned(end)
            if answer is not None and constant(answer).startswith("-E"):
                return at.node, answer
            if end.kind == "cond":
                todo.append(end)
    return None


def _idle(facts: Facts, point: Point) -> bool:
    """Does a step do nothing that could be undone: a label, a message, a local?"""
    effects = facts.effects(point)
    return not effects.calls and all(d.name.isidentifier() for d in effects.defs)


def _only_looks(function: Function, facts: Facts, point: Point, path: str) -> bool:
    """Does the condition ask for what was so before the state was written?"""
    effects = facts.effects(point)
    if effects.defs or any(p == path for p, _ in effects.uses):
        return False
    calls = [c for c in effects.calls if c.name not in WARNS]
    if not calls:  # a member of the object; the result of an earlier call is none
        return any(is_member(p) for p, _ in effects.uses)
    return all(_is_question(function, facts, point, call) for call in calls)


def _is_question(function: Function, facts: Facts, point: Point, call: Call) -> bool:
    if facts.world.is_firmware(call.name, function) or is_alloc(call.name):
        return False
    if asks(function, call.name):
        return True
    # `if (!f(x)) return -E`: a function that does something answers 0 when all is well
    node = strip(point.node) if point.node is not None else None
    return (
        node == call.node
        and not _ACTS.search(call.name)
        and any(
            e.when is False and (a := returned(e.target)) is not None and text(a).startswith("-E")
            for e in point.edges
        )
    )
