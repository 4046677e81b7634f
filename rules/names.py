"""Which names of a function hang together, and where they are set against each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.source.expr import effects, path_of, paths_in, strip, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tree_sitter import Node

    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point

_COMPARES = ("<", "<=", ">", ">=", "==", "!=")


def is_global(facts: Facts, path: str) -> bool:
    """Is this (a part of) what the function neither declares nor is given?"""
    root = re.split(r"\.|->|\[", path)[0]
    declared = any(at.definition.how in ("decl", "init") for at in facts.defs(root))
    return not declared and facts.function.param(root) is None


def comparisons(facts: Facts, point: Point) -> Iterator[Node]:
    """What a point compares.  A WARN_ON(next <= at) that stands alone comes back: it is none."""
    if point.kind == "cond" and point.node is not None:
        yield point.node
    for definition in facts.effects(point).defs:
        value = definition.value
        if value is not None and text(strip(value).child_by_field_name("operator")) in _COMPARES:
            yield value


def sets_against(test: Node | None, these: set[str], those: set[str]) -> bool:
    """Is one of these names set against another one of those?"""
    paths = paths_in(test)
    return any(one != other for one in paths & these for other in paths & those)


def joined(
    facts: Facts,
    points: Iterable[Point],
    names: set[str],
    join: Callable[[Def, set[str]], set[str]],
) -> set[str]:
    """The names, and those that `join` adds for a definition, until it adds none."""
    definitions = [d for p in points for d in facts.effects(p).defs if d.value is not None]
    while more := {name for d in definitions for name in join(d, names)} - names:
        names = names | more
    return names


def copied(definition: Def, names: set[str]) -> set[str]:
    """`a = b`: either is the other."""
    value = path_of(strip(definition.value)) if definition.value is not None else ""
    pair = {definition.name, value}
    return pair if value and definition.how != "update" and pair & names else set()


def computed(definition: Def, names: set[str]) -> set[str]:
    """What is computed from the names."""
    return {definition.name} if paths_in(definition.value) & names else set()


def computed_from(definition: Def, names: set[str]) -> set[str]:
    """What the names are computed from, without what goes through a call."""
    if definition.name not in names:
        return set()
    found = effects(definition.value)
    called = [(call.node.start_byte, call.node.end_byte) for call in found.calls]
    return {
        path
        for path, node in found.uses
        if not any(start <= node.start_byte < end for start, end in called)
    }
