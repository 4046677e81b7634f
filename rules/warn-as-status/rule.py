"""warn-as-status: the truth value of a WARN is handed on as a status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import Value
from linter.source.expr import constant, path_of, strip, text
from linter.source.facts import STATUS_REGISTER
from linter.source.nodes import TRANSPARENT, WARNS, arguments, callee
from linter.source.world import ERRNO, STATUS
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function


SEVERITY = "error"
CATALOGUE = ("RMI-WARN-VALUE", "WARN-AS-ERRNO")
WORDS = (RMI, ("WARN", "BUG_ON"))
NEEDS = PART
TITLE = "a status or errno is replaced by the truth value of a WARN"
WHY = (
    "WARN_ON() gives 0 or 1, and 1 is RMI_ERROR_INPUT: the caller loses the status (and the "
    "index), or takes a positive number for an errno."
)
FIX = "Keep the value: WARN_ON(ret); return ret; or return an errno of its own."
EVIDENCE = (
    "reviewed on [PATCH v14 05/44]: six wrappers of rmi_cmds.h in v13, four in v14",
    "upstream: WARN_ON_ONCE(1); ret = -ENXIO;",
)


# What a status is kept in; a flag is a bool or an int.
_STATUS_TYPE = regex(r"^(?:unsigned )?long(?: int)?\W*$|^(?:u64|__u64|uint64_t)\W*$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    answers = function.result not in ("bool", "void", "_Bool")
    for point in facts.points:
        if answers and point.kind == "return" and point.node is not None:
            for child in point.node.named_children:
                for warn in _truths(child):
                    if kinds := _answers(facts, point, warn):
                        what = f"`{text(warn)}` is {_gives(warn)}, never the status"
                        yield _report(function, point.node, what, kinds)
                        break
        for definition in facts.effects(point).defs:
            added = _is_added(definition)
            if definition.value is None or not (added or definition.how in ("assign", "init")):
                continue
            for warn in list(_truths(definition.value))[:1]:
                name, node = definition.name, point.node or definition.node
                if name.startswith("*") and _is_status_of(facts, name[1:], point, warn):
                    what = f"`{name}` becomes {_gives(warn)}, never the status"
                    yield _report(function, node, what, {STATUS})
                elif answers and _is_returned(facts, point, name):
                    kinds = _answers(facts, point, warn)
                    if added and not kinds:
                        continue  # a flag: did anything go wrong?
                    how = "is given" if added else "becomes"
                    what = f"`{name}` {how} {_gives(warn)}, never an error code"
                    yield _report(function, node, what, kinds)


def _report(function: Function, node: Node, what: str, kinds: set[str]) -> Finding:
    severity = "" if STATUS in kinds else "warning"
    return function.finding(node, f"{what}: {_misread(kinds)}", severity=severity)


def _gives(warn: Node) -> str:
    """The values the WARN can have: that of `WARN_ON(1)` is 1."""
    return "1" if [constant(arg) for arg in arguments(warn)[:1]] == ["1"] else "0 or 1"


def _misread(kinds: set[str]) -> str:
    """What a caller makes of the 1."""
    if STATUS in kinds:
        return "a caller reads the 1 as RMI_ERROR_INPUT"
    return "a caller that tests for a negative errno takes the 1 for success"


def _truths(node: Node) -> Iterator[Node]:
    """The WARNs whose truth value an expression may give."""
    node = strip(node)
    if node.type == "call_expression":
        name = callee(node)
        if name in WARNS:
            yield node
        elif name in TRANSPARENT:
            for arg in arguments(node):
                yield from _truths(arg)
    elif node.type == "conditional_expression":
        first = node.child_by_field_name("consequence") or node.child_by_field_name("condition")
        for arm in (first, node.child_by_field_name("alternative")):
            yield from _truths(arm) if arm is not None else ()
    elif text(node.child_by_field_name("operator")) in ("||", "&&"):
        for side in ("left", "right"):
            operand = node.child_by_field_name(side)
            yield from _truths(operand) if operand is not None else ()


def _is_added(definition: Def) -> bool:
    """`ret |= WARN_ON(x)`: what was there stays."""
    operation = definition.node.parent
    return (
        definition.how == "update"
        and operation is not None
        and text(operation.child_by_field_name("operator")) == "|="
    )


def _is_returned(facts: Facts, point: Point, name: str) -> bool:
    """Does the 1 get to a return, with nothing else put in its place?"""
    walk = facts.explore(point, {name: Value("1")}, after=True)
    for at, state in walk:
        if any(d.name == name and not _is_added(d) for d in facts.effects(at).defs):
            walk.skip()
        elif at.kind == "return" and at.node is not None:
            for child in at.node.named_children:
                returned = state.target(path_of(strip(child)))
                if returned == name and state.get(name).eq in ("1", ""):
                    return True
    return False


def _answers(facts: Facts, point: Point, warn: Node) -> set[str]:
    """The languages that the function speaks, or else the value in the WARN: STATUS, ERRNO."""
    summary = facts.world.summary(facts.function.name, facts.function)
    kinds = set(summary.returns & {STATUS, ERRNO}) if summary is not None else set()
    if not kinds and _tests_status(facts, point, warn, calls=False):
        return {STATUS}
    return kinds


def _is_status_of(facts: Facts, pointer: str, point: Point, warn: Node) -> bool:
    """Is `*pointer` what the caller is to find the status in?"""
    kind = facts.function.type_of(pointer)
    return bool(_STATUS_TYPE.match(kind)) and _tests_status(facts, point, warn, calls=True)


def _tests_status(facts: Facts, point: Point, warn: Node, *, calls: bool) -> bool:
    """Is it a status that the WARN tests: kept somewhere, or (`calls`) answered on the spot?"""
    for arg in arguments(warn)[:1]:
        if STATUS_REGISTER.search(path_of(strip(arg))) or facts.from_firmware(point, arg):
            return True
        inner = strip(arg)
        if calls and inner.type == "call_expression":
            return facts.world.is_status(callee(inner), facts.function)
    return False
