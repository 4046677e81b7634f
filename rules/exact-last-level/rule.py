"""exact-last-level: a level that the RMM reports is only refused if it is exactly the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import replace
from linter.source.expr import constant, path_of, squeeze, strip, text
from linter.source.nodes import WARNS, callee
from rules.registry import PART, RMI
from rules.vocabulary import calls_around

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.amend import Amendment
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-LEVEL-EQ",)
WORDS = (RMI, ("LEVEL", "level"), ("==",))
NEEDS = PART
TITLE = "a guard against the last RTT level compares the RMM's level with =="
WHY = (
    "The level comes from the RMM. A guard against the deepest level that asks for exactly that "
    "one lets every greater number pass, and the code goes on to create tables below it."
)
FIX = "Refuse all that is too deep: level >= LAST_LEVEL."
EVIDENCE = (
    "reviewed and agreed on [PATCH v14 25/44]: KVM_BUG_ON(level == ...) wants >=",
    "v16: if (WARN_ON(level >= KVM_PGTABLE_LAST_LEVEL)) goto err_undelegate",
)

_LAST = regex(r"(?:^|_)(?:LAST|MAX|DEEPEST|LEAF|PAGE)(?:_\w+)?_LEVEL$|(?:^|_)LEVEL_?(?:LAST|MAX)$")

_ERROR = regex(r"(?:^|_)(?:err|error|fail|failed|undo|unwind|bad|abort|undelegate)(?:_|$)|^e_")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point, node, guard in _guards(facts):
        found = _compared(node, "==")
        if found is None:
            continue
        level, last = found
        name = path_of(strip(level)) or squeeze(level)
        origin = facts.from_firmware(point, level)
        if origin and not _bounded(facts, point, name, last):
            said = f"comes from the RMM ({origin})" if origin != name else "is the RMM's"
            places = [
                function.place(at.definition.node, f"`{name}` comes from the RMM ({origin})")
                for at in facts.reaching(point, name)
                if at.definition.how in ("init", "assign")
            ]
            if _is_statement(node, guard):  # what it does where it fires is warn-and-continue's
                message = f"{guard} does not see a `{name}` above {last}: compare with >="
            else:
                message = f"`{name}` {said}, and {guard} catches it only where it is exactly "
                message += f"{last}: a greater one passes; compare with >="
            yield function.finding(
                node,
                message,
                related=[p for p in places if p.line != function.line(node)],
                edits=_or_deeper(strip(node), level),
            )


def _is_statement(node: Node, guard: str) -> bool:
    """Is the guard a WARN that stands alone, so that the code goes on where it fires?"""
    above = node.parent
    while above is not None and above.type in ("binary_expression", "parenthesized_expression"):
        above = above.parent
    call = above.parent if above is not None else None
    return (
        call is not None
        and callee(call) in WARNS
        and f"{callee(call)}()" == guard
        and call.parent is not None
        and call.parent.type == "expression_statement"
    )


def _or_deeper(comparison: Node, level: Node) -> Iterator[Amendment]:
    """`level >= LAST`, `LAST <= level`."""
    operator = comparison.child_by_field_name("operator")
    if operator is not None:
        yield replace(operator, ">=" if level.start_byte < operator.start_byte else "<=")


def _bounded(facts: Facts, point: Point, name: str, last: str) -> bool:
    """Has a test on the way refused what is greater?"""
    for test in facts.points:
        if test.kind == "cond" and test.node is not None and facts.flow.dominates(test, point):
            found = _compared(test.node, ">", "<")
            if found is not None and (squeeze(strip(found[0])), found[1]) == (name, last):
                return True
    return False


def _guards(facts: Facts) -> Iterator[tuple[Point, Node, str]]:
    """Conditions that say, where they hold, that something must not be."""
    for site in facts.sites:
        if _is_warn(site.name) and site.call.args:
            for node in _either(site.call.args[0]):
                yield site.point, node, f"{site.name}()"
    for point in facts.points:
        if point.kind != "cond" or point.node is None:
            continue
        warn = point.warn or _warn_around(point.node)
        refused = [e.target for e in point.edges if e.when is True]
        if warn:
            yield point, point.node, f"{warn}()"
        elif refused and all(_refuses(facts, target) for target in refused):
            yield point, point.node, "this test"


def _is_warn(name: str) -> bool:
    return name in WARNS or name == "BUG_ON"


def _warn_around(node: Node) -> str:
    """The BUG_ON() that a condition stands in, '' for none."""
    return next((name for c in calls_around(node) if _is_warn(name := callee(c))), "")


def _either(node: Node) -> Iterator[Node]:
    """The operands of `||`, of which each alone makes the condition true."""
    node = strip(node)
    sides = [node.child_by_field_name(side) for side in ("left", "right")]
    if text(node.child_by_field_name("operator")) == "||":
        for side in sides:
            if side is not None:
                yield from _either(side)
    else:
        yield node


def _refuses(facts: Facts, point: Point) -> bool:
    """Does a branch give up at once: return an errno, or go to a label for errors?"""
    node = point.node
    if point.kind == "return" and node is not None:
        return any(constant(c).startswith("-E") for c in node.named_children)
    if node is not None and node.type == "goto_statement":
        return bool(_ERROR.search(text(node.child_by_field_name("label"))))
    if any(site.name in WARNS for site in facts.sites if site.point is point):
        return True
    for d in facts.effects(point).defs:
        if d.value is not None and constant(d.value).startswith("-E"):
            return True
    return False


def _compared(node: Node, *operators: str) -> tuple[Node, str] | None:
    """(what, the last level) of `what == LAST_LEVEL`."""
    node = strip(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = text(node.child_by_field_name("operator"))
    if left is None or right is None or operator not in operators:
        return None
    for level, last in ((left, right), (right, left)):
        if _LAST.search(squeeze(strip(last))) and not constant(level):
            return level, squeeze(strip(last))
    return None
