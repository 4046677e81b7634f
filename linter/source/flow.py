"""The control-flow graph of one C function.

`statements.build` turns a syntax tree into `Point`s joined by edges.  A point
is one step: an expression, a declarator, a return, or one *atomic* condition
(`&&`, `||`, `!`, `likely()` and `WARN_ON()` around a condition are taken
apart, so an edge says exactly which test was true).

    if (a && !WARN_ON(b)) x();      a --T--> b --F--> x()

Edges carry an outcome: True or False behind a condition, the label's text
(or 'default'; NO_CASE where no label is met) behind a switch, None else.
`#if` inside a function forks like a condition of unknown outcome.  `dead`
collects what never returns (`BUG()`, `unreachable()`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node


Outcome: TypeAlias = "bool | str | None"
NO_CASE = "no case"  # past a switch that has no default


class Edge(NamedTuple):
    """`target` is reached when `when` holds at the source."""

    target: Point
    when: Outcome


class Point:
    """One step of a function; `index` is its place in `Flow.points`.

    `kind`: 'entry', 'exit', 'dead', 'step' (expression or declaration),
    'cond', 'switch', 'return', 'goto', 'join' (a label or loop head).
    `warn` names the WARN macro a condition stands in, else ''.
    """

    __slots__ = ("edges", "index", "kind", "node", "preds", "warn")

    def __init__(self, index: int, kind: str, node: Node | None, warn: str = "") -> None:
        self.index = index
        self.kind = kind
        self.node = node
        self.warn = warn
        self.edges: list[Edge] = []
        self.preds: list[Point] = []

    def __repr__(self) -> str:
        row = self.node.start_point[0] + 1 if self.node else 0
        return f"<{self.kind} {self.index} line {row}>"


class Loop(NamedTuple):
    """A natural loop: every point of `body` can reach `head` again.

    `node` is the loop statement, or the label's statement for a loop made of
    `goto`.
    """

    head: Point
    body: frozenset[Point]
    node: Node | None
    goto: bool


class Flow:
    """Points and edges of one function, and the questions rules ask of them."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.entry = self.point("entry", None)
        self.exit = self.point("exit", None)
        self.dead = self.point("dead", None)
        self._dominators: list[int] | None = None
        self._loops: list[Loop] | None = None

    def point(self, kind: str, node: Node | None, warn: str = "") -> Point:
        point = Point(len(self.points), kind, node, warn)
        self.points.append(point)
        return point

    # -- reachability ------------------------------------------------------

    def reach(
        self, starts: Iterable[Point], stop: Callable[[Point], bool] | None = None
    ) -> set[Point]:
        """Points reachable from the successors of `starts`.

        A point for which `stop` holds is reached but not passed.
        """
        seen: set[Point] = set()
        todo = [edge.target for start in starts for edge in start.edges]
        while todo:
            point = todo.pop()
            if point in seen:
                continue
            seen.add(point)
            if stop is None or not stop(point):
                todo.extend(edge.target for edge in point.edges)
        return seen

    def path(
        self, start: Point, goal: Callable[[Point], bool], avoid: Callable[[Point], bool]
    ) -> list[Point] | None:
        """A shortest path from a successor of `start` to a goal, avoiding points."""
        came: dict[Point, Point | None] = {}
        todo: list[Point] = []
        for edge in start.edges:
            if edge.target not in came:
                came[edge.target] = None
                todo.append(edge.target)
        for point in todo:
            if goal(point):
                path: list[Point] = []
                at: Point | None = point
                while at is not None:
                    path.append(at)
                    at = came[at]
                return path[::-1]
            if avoid(point):
                continue
            for edge in point.edges:
                if edge.target not in came:
                    came[edge.target] = point
                    todo.append(edge.target)
        return None

    # -- dominators and loops ----------------------------------------------

    def dominates(self, above: Point, below: Point) -> bool:
        """Does every path from the entry to `below` pass `above`?"""
        return bool(self._dominator_masks()[below.index] >> above.index & 1)

    def _dominator_masks(self) -> list[int]:
        if self._dominators is None:
            everything = (1 << len(self.points)) - 1
            masks = [everything] * len(self.points)
            masks[self.entry.index] = 1 << self.entry.index
            changed = True
            while changed:
                changed = False
                for point in self.points:
                    if point is self.entry:
                        continue
                    mask = everything
                    for pred in point.preds:
                        mask &= masks[pred.index]
                    mask |= 1 << point.index
                    if mask != masks[point.index]:
                        masks[point.index] = mask
                        changed = True
            self._dominators = masks
        return self._dominators

    @property
    def loops(self) -> list[Loop]:
        """Natural loops, outermost first; loops that share a head are one."""
        if self._loops is None:
            bodies: dict[Point, set[Point]] = {}
            live = self.reach([self.entry])
            for tail in live:
                for edge in tail.edges:
                    if self.dominates(edge.target, tail):
                        body = bodies.setdefault(edge.target, {edge.target})
                        todo = [tail]
                        while todo:
                            point = todo.pop()
                            if point not in body and point in live:
                                body.add(point)
                                todo.extend(point.preds)
            self._loops = [
                Loop(head, frozenset(body), head.node, _is_label(head.node))
                for head, body in bodies.items()
            ]
            self._loops.sort(key=lambda loop: (-len(loop.body), loop.head.index))
        return self._loops

    def loop_of(self, point: Point) -> Loop | None:
        """The innermost loop a point is in."""
        inner = [loop for loop in self.loops if point in loop.body]
        return inner[-1] if inner else None


def _is_label(node: Node | None) -> bool:
    return node is not None and node.type == "labeled_statement"
