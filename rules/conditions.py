"""What a condition comes to when something is known already."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from linter.source.explore import (
    ANY,
    MIRRORED,
    NEGATED,
    ZERO,
    Value,
    Walk,
    refine,
    subject,
    test_of,
)
from linter.source.expr import constant, squeeze, strip, text
from linter.source.flow import NO_CASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from linter.source.explore import Env, State
    from linter.source.facts import Facts, Site
    from linter.source.flow import Outcome, Point
    from linter.source.unit import Function

# how the two operands may lie to each other where a comparison holds
_ORDERS = {"<": "<", "<=": "<=", "==": "=", "!=": "<>", ">=": ">=", ">": ">"}


class Decided(Walk):
    """A walk that takes one edge only where `decide` knows the outcome of a point.

    `told` says what the value comes to that a tracked flag is set to, as in
    `again = ret == RMI_BUSY`; None where it is not known.
    """

    def __init__(
        self,
        facts: Facts,
        start: Point,
        env: Env,
        decide: Callable[[Point], Outcome],
        told: Callable[[Node], bool | None] | None = None,
    ) -> None:
        self._decide, self._told = decide, told
        self.facts = facts
        super().__init__(facts, self._with_flags(start, env), start, after=True)

    def execute(self, point: Point, state: State) -> State:
        state = super().execute(point, state)
        if self._told is None:
            return state
        values = self._with_flags(point, dict(state.values))
        return state._replace(values=tuple(sorted(values.items())))

    def _with_flags(self, point: Point, env: Env) -> Env:
        """The values once a point has set its flags."""
        told = {
            d.name: Value(str(int(known)))
            for d in (self.facts.effects(point).defs if self._told is not None else ())
            if d.name in env and d.value is not None and not constant(d.value)
            if self._told is not None and (known := self._told(d.value)) is not None
        }
        return {**env, **told}

    def refined(self, point: Point, when: Outcome, state: State) -> State | None:
        if len(point.edges) > 1:
            known = self._decide(point)
            if known is not None and known != when:
                return None
        return super().refined(point, when, state)


def truth(node: Node, value_of: Callable[[Node], Value]) -> bool | None:
    """What a condition comes to; None if what is known of its operands leaves it open."""
    node = strip(node)
    operator = text(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    argument = node.child_by_field_name("argument")
    if operator == "!" and argument is not None:
        inner = truth(argument, value_of)
        return None if inner is None else not inner
    if left is None or right is None or node.type != "binary_expression":
        return _holds(Value(known) if (known := constant(node)) else value_of(node), "!=", "0")
    if operator in ("&&", "||"):
        sides = (truth(left, value_of), truth(right, value_of))
        decisive = operator == "||"
        if decisive in sides:
            return decisive
        return None if None in sides else not decisive
    if not constant(right):
        left, right, operator = right, left, MIRRORED.get(operator, "")
    if operator not in NEGATED or not constant(right):
        return None
    return _holds(value_of(left), operator, constant(right))


def _holds(value: Value, operator: str, against: str) -> bool | None:
    if refine(value, operator, against) is None:
        return False
    return True if refine(value, NEGATED[operator], against) is None else None


def decides_the_end(facts: Facts, point: Point) -> bool:
    """Does the outcome of a condition decide where the function ends, or with what answer?"""
    if point.kind != "cond":
        return False
    returns = [p for p in facts.points if p.kind == "return"]
    answers = {path for p in returns for path, _ in facts.effects(p).uses}
    ends = {p for p in facts.points if any(facts.writes(p, name) for name in answers)}
    ends.update(returns)
    ways = [ends & (facts.flow.reach([e.target]) | {e.target}) for e in point.edges]
    return any(way != ways[0] for way in ways)


def case(point: Point, value: Value) -> Outcome:
    """The edge that a switch over a known constant takes."""
    labels = [edge.when for edge in point.edges]
    return value.eq if value.eq in labels else "default" if "default" in labels else NO_CASE


def predicate(function: Function, index: int, value: Value) -> bool | None:
    """The truth that a function gives back for a value of its argument, if there is but one."""
    if index >= len(function.params):
        return None
    name = function.params[index].name
    found: set[bool | None] = set()
    walk = function.facts.explore(function.facts.flow.entry, {name: value})
    for point, state in walk:
        if point.kind == "return" and point.node is not None:
            for child in point.node.named_children:
                if child.type != "comment":
                    found.add(truth(child, partial(value_in, state)))
    return found.pop() if len(found) == 1 and walk.complete else None


def value_in(state: State, node: Node) -> Value:
    """What is known of an operand, for `truth`."""
    name = subject(node)[0]
    return state.get(state.target(name)) if name else ANY


def fires_if(warn: Site) -> Node:
    """What must hold for the WARN to fire: for `if (bad) WARN(1, ..)` it is `bad`."""
    condition = warn.call.args[0]
    statement = warn.point.node
    if statement is None or not Value(constant(condition)).nonzero:
        return condition
    above = statement.parent
    if above is not None and above.type == "compound_statement":
        first = next((c for c in above.named_children if c.type != "comment"), None)
        statement, above = (above, above.parent) if first == statement else (statement, None)
    if above is None or above.child_by_field_name("consequence") != statement:
        return condition
    return strip(above.child_by_field_name("condition") or condition)


def atoms(node: Node) -> Iterator[Node]:
    """The conditions that `&&` and `||` join to one."""
    node = strip(node)
    if node.type == "binary_expression" and text(node.child_by_field_name("operator")) in (
        "&&",
        "||",
    ):
        for side in ("left", "right"):
            child = node.child_by_field_name(side)
            if child is not None:
                yield from atoms(child)
    else:
        yield node


def said_of(name: str, condition: Node) -> Value:
    """What a condition that holds says of a variable."""
    test = test_of(condition)
    if test is not None and test.name == name and test.op == "==":
        return Value(test.against)
    if strip(condition).type == "unary_expression":
        return ZERO
    if test is not None and test.name == name and test.op == "!=":
        return Value("", frozenset({test.against}))
    return ANY


def implied(node: Node, known: Node) -> bool | None:
    """What a comparison comes to where `known`, of the same two operands, is true."""
    here, there = _comparison(node), _comparison(known)
    if here is None or there is None or here[1:] != there[1:]:
        return None
    possible, wanted = set(_ORDERS[there[0]]), set(_ORDERS[here[0]])
    return True if possible <= wanted else None if possible & wanted else False


def _comparison(node: Node) -> tuple[str, str, str] | None:
    """(operator, left, right), the operands in alphabetical order."""
    node = strip(node)
    operator = text(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator not in MIRRORED or left is None or right is None:
        return None
    sides = squeeze(strip(left)), squeeze(strip(right))
    return (operator, *sides) if sides[0] <= sides[1] else (MIRRORED[operator], *sides[::-1])
