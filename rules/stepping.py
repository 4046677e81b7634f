"""A loop that gives memory to the RMM a granule a turn: where it starts, how far it got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import effects, path_of, paths_in, squeeze, strip, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Point


def depends(facts: Facts, loop: Loop, point: Point, names: set[str]) -> bool:
    """Do values at a point depend on how often the loop has turned?"""
    todo = [(point, name) for name in names]
    seen = set(todo)
    while todo:
        for at in facts.reaching(*todo.pop()):
            if at.point in loop.body:
                return True
            from_old = {at.definition.name} if at.definition.how == "update" else set()
            more = {(at.point, name) for name in paths_in(at.definition.value) | from_old} - seen
            seen |= more
            todo += more
    return False


def address(facts: Facts, site: Site) -> Node | None:
    """The address a call is given, as the function computes it: `pa` if that is a cursor."""
    node = strip(site.call.args[0]) if site.call.args else None
    path = path_of(node) if node is not None else ""
    if not path.isidentifier():
        return node
    hits = facts.reaching(site.point, path)
    if len(hits) == 1 and hits[0].definition.how in ("init", "assign"):
        value = hits[0].definition.value
        if value is not None and not effects(value).calls:
            return strip(value)  # `pa = base + i * PAGE_SIZE; delegate(pa);`
    return node


def starts(facts: Facts, loop: Loop, site: Site) -> set[str]:
    """Where the addresses begin that a call gets turn by turn: `base` of `base + i * SIZE`.

    Empty if it is the same one each turn, or if nobody can tell.
    """
    node = address(facts, site)
    if node is None or not depends(facts, loop, site.point, paths_in(node)):
        return set()
    path = path_of(node)
    if path:  # a cursor: what it is set to before the first turn
        values = [
            at.definition.value
            for at in facts.reaching(site.point, path)
            if at.point not in loop.body and at.definition.how in ("init", "assign")
        ]
        return {squeeze(strip(value)) for value in values if value is not None}
    fixed = [
        squeeze(strip(term))
        for term in _terms(node)
        if not depends(facts, loop, site.point, paths_in(term))
    ]
    return {"+".join(fixed)} if fixed else set()


def _terms(node: Node) -> Iterator[Node]:
    node = strip(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    plus = text(node.child_by_field_name("operator")) == "+"
    if plus and left is not None and right is not None:
        yield from _terms(left)
        yield from _terms(right)
    else:
        yield node
