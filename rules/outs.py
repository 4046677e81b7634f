"""Reads of a local that a call is to fill in, where the call was not made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import ANY, UNSET, Value, subject, test_of
from linter.source.expr import path_of, strip, text
from rules.conditions import truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from linter.source.facts import Facts
    from linter.source.flow import Point


def reads_unset(facts: Facts, name: str) -> Iterator[Node]:
    """Reads of a local on a way from its declaration that never wrote it.

    What the function tests is followed too: `if (!err) err = f(&x); if (err)
    return;` leaves no way around the call.
    """
    tested = {
        t.name for p in facts.points if p.kind == "cond" and p.node and (t := test_of(p.node))
    }
    for at in facts.defs(name):
        if at.definition.how != "decl" or _is_written(facts, at.point, name):
            continue
        env = {**dict.fromkeys(tested, ANY), name: UNSET}
        walk = facts.explore(at.point, env, after=True)
        for point, state in walk:
            if state.get(name) != UNSET or facts.writes(point, name):
                walk.skip()  # a read in the same expression comes after the call
            elif (node := read(facts, point, name, dict(state.values))) is not None:
                yield node


def _is_written(facts: Facts, point: Point, name: str) -> bool:
    """Does the declaration itself write it?  `unsigned long v, ret = f(&v);`"""
    return any(d.name == name and d.how != "decl" for d in facts.effects(point).defs)


def read(facts: Facts, point: Point, name: str, known: Mapping[str, Value]) -> Node | None:
    """A read that is evaluated with what is known, and does more than hand the value on."""

    def value_of(node: Node) -> Value:
        return known.get(subject(node)[0], ANY)

    for path, node in facts.effects(point).uses:
        if path == name and not _hands_on(facts, point, name):
            guards = _guards(node)
            if all(truth(guard, value_of) is not (not wanted) for guard, wanted in guards):
                return node
    return None


def _hands_on(facts: Facts, point: Point, name: str) -> bool:
    """`*granule = out;`: whoever asked for it looks at the status (answered on v14)."""
    return any(
        d.name.startswith("*") and d.value is not None and path_of(strip(d.value)) == name
        for d in facts.effects(point).defs
    )


def _guards(node: Node) -> Iterator[tuple[Node, bool]]:
    """The conditions of the same expression that must hold for a read to be reached."""
    parent = node.parent
    while parent is not None and not parent.type.endswith("statement"):
        left = parent.child_by_field_name("left") or parent.child_by_field_name("condition")
        operator = text(parent.child_by_field_name("operator"))
        if left is not None and node != left:
            if parent.type == "conditional_expression":
                yield left, node == parent.child_by_field_name("consequence")
            elif operator in ("&&", "||"):
                yield left, operator == "&&"
        node, parent = parent, parent.parent
