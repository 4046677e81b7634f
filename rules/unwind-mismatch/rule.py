"""unwind-mismatch: the undo loop counts in another step than the loop it undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.expr import constant, effects, path_of, squeeze, strip, text
from linter.source.nodes import arguments, callee
from rules.registry import FUNCTION, RMI
from rules.vocabulary import is_delegate, is_free, is_undelegate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function


SEVERITY = "error"
CATALOGUE = ("UNWIND-STEP-MISMATCH",)
WORDS = (RMI, ("--", "-=", " - "), ("++", "+=", " + "))
NEEDS = FUNCTION
TITLE = "the loop that undoes steps differently from the loop that did"
WHY = (
    "The counter of the forward loop is in bytes, the one of the undo loop in units (or the other "
    "way round). The undo then names addresses that were never touched: foreign granules."
)
FIX = "Step back by what the forward loop added: while (i > 0) { i -= STEP; undo(base + i); }"
EVIDENCE = ("Gavin Shan on [PATCH v6 08/43]: i += PAGE_SIZE forward, --i and i * PAGE_SIZE back",)
# numbers and structures of pages to addresses
_PER_PAGE = regex(r"^(?:PFN_PHYS|(?:__)?(?:pfn|page)_to_phys)$")


class Address(NamedTuple):
    site: Site
    node: Node


class Step(NamedTuple):
    point: Point
    node: Node
    loop: Loop
    amount: str  # '1' for ++ and --
    down: bool


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    if len(facts.flow.loops) < 2:
        return
    steps: dict[str, list[Step]] = {}
    for point in facts.points:
        for name, step in _steps(facts, point):
            steps.setdefault(name, []).append(step)
    for name, found in steps.items():
        for forward in found:
            for back in found:
                if forward.down or not back.down or forward.loop is back.loop:
                    continue
                # a count that names no memory, of tries say, may step as it likes
                undos = _memory(facts, back.loop, name)
                if not undos or not _carried(facts, name, forward, back):
                    continue
                if forward.amount != back.amount:
                    yield from _other_step(function, name, forward, back)
                else:
                    gives = _memory(facts, forward.loop, name)
                    yield from _other_scale(function, name, gives, undos)


def _other_step(function: Function, name: str, forward: Step, back: Step) -> Iterator[Finding]:
    amounts = (forward.amount, back.amount)
    if "1" in amounts:
        severity, why = "", "the undo runs over addresses that the loop never reached"
    elif all(amount.isupper() for amount in amounts):  # two names of sizes
        severity, why = "warning", "where they differ, the undo names other addresses than the loop"
    else:
        return  # a variable may well hold the other
    yield function.finding(
        back.node,
        f"`{name}` was counted up by {forward.amount} and is counted down by {back.amount}: {why}",
        severity=severity,
        related=[function.place(forward.node, f"`{name}` is counted up by {forward.amount}")],
    )


def _other_scale(
    function: Function, name: str, gives: list[Address], undos: list[Address]
) -> Iterator[Finding]:
    """The counts agree, but only one of both addresses is scaled."""
    for undo in undos:
        for give in gives:
            one, other = _scale(give.node, name), _scale(undo.node, name)
            if one is None or other is None or one[0] != other[0]:
                continue
            if one[1] != other[1] and "1" in (one[1], other[1]):
                yield function.finding(
                    undo.site.node,
                    f"{give.site.name}() is given `{text(give.node)}`, but {undo.site.name}() "
                    f"`{text(undo.node)}`: the undo runs over addresses that the loop never "
                    "reached",
                    related=[function.place(give.site.node, "the forward loop scales otherwise")],
                )
                return


def _steps(facts: Facts, point: Point) -> Iterator[tuple[str, Step]]:
    loop = facts.flow.loop_of(point)
    for definition in facts.effects(point).defs if loop is not None else ():
        step = _step(definition)
        node = definition.node.parent
        if step is not None and node is not None and loop is not None:
            yield definition.name, Step(point, node, loop, *step)


def _step(definition: Def) -> tuple[str, bool] | None:
    """(amount, is it down) of `i++`, `i += n`, `i = i + n`."""
    node = definition.node.parent
    operator = text(node.child_by_field_name("operator")) if node is not None else ""
    amount = definition.value
    if definition.how == "update" and amount is None:
        return "1", operator == "--"
    if definition.how == "assign" and amount is not None:
        whole = strip(amount)
        left = whole.child_by_field_name("left")
        operator = text(whole.child_by_field_name("operator")) + "="
        amount = whole.child_by_field_name("right")
        if left is None or path_of(strip(left)) != definition.name:
            return None
    if amount is None or operator not in ("+=", "-="):
        return None
    return constant(amount) or squeeze(amount), operator == "-="


def _memory(facts: Facts, loop: Loop, name: str) -> list[Address]:
    """The addresses made of a count that the loop gives to the RMM, takes back or frees."""

    def handles(callee: str) -> bool:
        known = is_delegate(callee) or is_undelegate(callee) or is_free(callee)
        return known or facts.world.is_firmware(callee, facts.function)

    found = []
    for site in facts.loop_calls(loop, handles):
        for arg in site.call.args:
            nodes = [arg]
            path = path_of(strip(arg))
            if path and path != name:  # `pa = base + i; undo(pa);`
                hits = facts.reaching(site.point, path)
                nodes += [at.definition.value for at in hits if at.definition.value is not None]
            found += [
                Address(site, strip(node))
                for node in nodes
                if any(used == name for used, _ in effects(node).uses)
            ]
    return found


def _scale(node: Node, name: str) -> tuple[str, str] | None:
    """(base, factor) of an address `base + name * factor`, None for any other."""
    node = strip(node)
    if node.type == "call_expression":
        return _converted(node, name)
    if node.type == "update_expression":
        node = node.child_by_field_name("argument") or node
    if path_of(node) == name:
        return "", "1"
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return None
    operator = text(node.child_by_field_name("operator"))
    for count, rest in ((left, right), (right, left)):
        inner = _scale(count, name)
        if inner is not None and operator == "+" and not inner[0]:
            return squeeze(rest), inner[1]
        if inner == ("", "1") and operator in ("*", "<<"):
            return "", squeeze(rest)
    return None


def _converted(node: Node, name: str) -> tuple[str, str] | None:
    """The same of `PFN_PHYS(pfn + name)`: a unit of the count is a page of the address."""
    args = arguments(node)
    inner = _scale(args[0], name) if len(args) == 1 else None
    if inner is None or inner[1] != "1" or not _PER_PAGE.match(callee(node)):
        return None
    return (f"{callee(node)}({inner[0]})" if inner[0] else ""), "PAGE_SIZE"


def _carried(facts: Facts, name: str, forward: Step, back: Step) -> bool:
    """Does the count of the forward loop decide how far the undo loop goes?"""

    def is_reset(point: Point) -> bool:
        return any(d.name == name and _step(d) is None for d in facts.effects(point).defs)

    body = back.loop.body
    counted = any(
        p.kind == "cond" and facts.reads(p, name) and any(e.target not in body for e in p.edges)
        for p in body
    )
    path = facts.flow.path(forward.point, lambda p: p is back.point, is_reset)
    return counted and path is not None and forward.point not in body
