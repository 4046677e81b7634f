"""How a variable that was declared without a value may stay so: the ways on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ANY, UNSET, Value, Walk, refine, test_of
from linter.source.expr import constant, path_of, squeeze, strip, text
from linter.source.flow import NO_CASE
from linter.source.nodes import callee

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.source.explore import State
    from linter.source.facts import Facts
    from linter.source.flow import Outcome, Point

_NUMBER = regex(r"^(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*$")
# these look at a type only
NO_READ = frozenset({"typeof", "__typeof__", "sizeof", "ARRAY_SIZE", "offsetof", "BUILD_BUG_ON"})


def _asked(node: Node) -> str:
    """What a condition is about: a path, or else the whole of it behind a `?`."""
    test = test_of(node)
    return test.name if test is not None else "?" + squeeze(strip(node))


def _mentions(key: str, names: list[str]) -> bool:
    return any(name in key for name in names)


def _first_turn(facts: Facts, node: Node, state: State) -> bool | None:
    """`i < 4`, `i < NR_THINGS` with an `i` that is known to be 0: does it hold?"""
    test = test_of(node)
    if test is None or not test.against or test.op not in ("<", "<=", ">", ">="):
        return _small_range(node, state)
    value = state.get(state.target(test.name)).eq
    if not _NUMBER.match(value):
        return None
    one = int(value.rstrip("uUlL"), 0)
    other = facts.world.number(test.against)
    if other is None:
        return test.op in ("<", "<=") if one == 0 and test.against.isupper() else None
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[test.op]


def _small_range(node: Node, state: State) -> bool | None:
    """`i < ARRAY_SIZE(x)` with an `i` of 0."""
    node = strip(node)
    right, left = node.child_by_field_name("right"), node.child_by_field_name("left")
    if right is None or left is None or text(node.child_by_field_name("operator")) != "<":
        return None
    sized = strip(right).type == "call_expression" and callee(strip(right)) in NO_READ
    return True if sized and state.get(path_of(strip(left))).zero else None


class Ways(Walk):
    """The ways from a declaration, with what every condition on them was decided to be.

    A condition that tests no plain path is known by its text, as `?text`, until
    something that it names is written.
    """

    def __init__(self, facts: Facts, start: Point, name: str) -> None:
        env: dict[str, Value] = {name: UNSET}
        for point in facts.points:
            if point.kind in ("cond", "switch") and point.node is not None:
                env.setdefault(_asked(point.node), ANY)
                left = strip(point.node).child_by_field_name("left")
                env.setdefault(path_of(strip(left)) if left is not None else "", ANY)
        env.pop("", None)
        for point in facts.points:  # what is known before: `int i = 0`
            if point.index < start.index:
                for d in facts.effects(point).defs:
                    if d.name in env and d.name != name:
                        known = constant(d.value) if d.value is not None else ""
                        env[d.name] = Value(known) if d.how == "init" and known else ANY
        super().__init__(facts, env, start, after=True)

    def execute(self, point: Point, state: State) -> State:
        state = super().execute(point, state)
        names = [d.name for d in self.facts.effects(point).defs]
        if not names:
            return state
        values = tuple(
            (key, ANY if key[:1] == "?" and _mentions(key, names) else value)
            for key, value in state.values
        )
        return state._replace(values=values)

    def refined(self, point: Point, when: Outcome, state: State) -> State | None:
        if point.kind == "switch" and when == NO_CASE:
            return None  # which values there can be is not for us to say
        node = point.node
        if point.kind != "cond" or node is None or when is None:
            return super().refined(point, when, state)
        known = _first_turn(self.facts, node, state)
        if known is not None and known != when:
            return None
        test = test_of(node)
        if test is not None:
            return super().refined(point, when, state)
        key = _asked(node)
        value = refine(state.get(key), "!=" if when else "==", "0")
        if value is None:
            return None
        return state._replace(values=tuple((k, value if k == key else v) for k, v in state.values))
