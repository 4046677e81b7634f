"""Facts about one function: the library that makes a rule short.

A rule asks here for calls, definitions, uses, tests and where a value came
from; it never walks raw nodes for control flow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.explore import ANY, Env, Test, Value, Walk, explore, test_of
from linter.source.expr import (
    Call,
    Def,
    Effects,
    constant,
    covers,
    effects,
    path_of,
    squeeze,
    strip,
)
from linter.source.flow import Flow, Loop, Point
from linter.source.nodes import WARNS, arguments, callee, takes_apart
from linter.source.statements import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from linter.source.unit import Function
    from linter.source.world import World

# Registers that firmware filled: `res.a1`, `out_regs->a0`, `args.a2`.
REGISTER = regex(r"(?:\.|->)a\d+$")
STATUS_REGISTER = regex(r"(?:\.|->)a0$")
REC_EXIT = regex(r"(?:->|\.)exit(?:->|\.)")


class Site(NamedTuple):
    """A call and the point it is made at."""

    point: Point
    call: Call

    @property
    def name(self) -> str:
        return self.call.name

    @property
    def node(self) -> Node:
        return self.call.node


class At(NamedTuple):
    """A definition and the point that makes it (the entry for a parameter)."""

    point: Point
    definition: Def


class Facts:
    """Flow, effects and value questions of one function."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.flow: Flow = build(function.node)
        self._effects: dict[int, Effects] = {}
        self._sites: list[Site] | None = None
        self._flags: list[str] | None = None
        self._live: set[Point] | None = None

    @property
    def world(self) -> World:
        """The snapshot as it is now: a function may outlive its first patch."""
        return self.function.unit.world

    # -- effects -----------------------------------------------------------

    def effects(self, point: Point) -> Effects:
        """What a point reads, writes and calls."""
        found = self._effects.get(point.index)
        if found is None:
            node = None if point.kind == "join" else point.node
            if point.kind == "goto":
                node = None
            found = effects(node, self.function.unit.iterators)
            self._effects[point.index] = found
        return found

    @property
    def live(self) -> set[Point]:
        """The points that can be reached, the entry among them."""
        if self._live is None:
            self._live = self.flow.reach([self.flow.entry]) | {self.flow.entry}
        return self._live

    @property
    def points(self) -> list[Point]:
        """The points that can be reached, in source order."""
        return [p for p in self.flow.points if p in self.live and p is not self.flow.entry]

    @property
    def sites(self) -> list[Site]:
        """Every call that can be reached, in source order."""
        if self._sites is None:
            self._sites = [
                Site(point, call) for point in self.points for call in self.effects(point).calls
            ]
        return self._sites

    def calls(self, wanted: Callable[[str], object]) -> list[Site]:
        """The calls whose name `wanted` accepts (macros are calls too)."""
        return [site for site in self.sites if wanted(site.name)]

    def defs(self, name: str) -> Iterator[At]:
        """Every definition of exactly `name`, declarations included."""
        for point in self.points:
            for definition in self.effects(point).defs:
                if definition.name == name:
                    yield At(point, definition)

    def uses(self, name: str) -> Iterator[tuple[Point, Node]]:
        """Every read of `name` or a part of it."""
        for point in self.points:
            for path, node in self.effects(point).uses:
                if covers(name, path):
                    yield point, node

    def cleaned_up(self, name: str) -> bool:
        """Is the variable declared with `__free()`, so that leaving its block gives it back?"""
        nodes = [at.point.node for at in self.defs(name) if at.definition.how in ("decl", "init")]
        return any(
            node.start_byte <= start < node.end_byte
            for node in nodes
            if node is not None
            for start in self.function.unit.cleanups
        )

    def writes(self, point: Point, name: str) -> bool:
        """Does the point (maybe) change `name`?"""
        return any(covers(d.name, name) for d in self.effects(point).defs)

    def reads(self, point: Point, name: str) -> bool:
        return any(covers(name, path) for path, _ in self.effects(point).uses)

    # -- where values come from and go to ----------------------------------

    def reaching(self, point: Point, name: str) -> list[At]:
        """The definitions of `name` that can reach `point` (before it runs).

        A parameter is a definition at the entry with `how` 'param'.
        """
        found: list[At] = []
        seen: set[Point] = set()
        todo = list(point.preds)
        while todo:
            at = todo.pop()
            if at in seen or at not in self.live:
                continue
            seen.add(at)
            hits = [d for d in self.effects(at).defs if covers(d.name, name)]
            if hits:
                found.append(At(at, hits[-1]))
                continue
            if at is self.flow.entry and self.function.param(name) is not None:
                node = self.function.node
                found.append(At(at, Def(name, node, "param")))
            todo.extend(at.preds)
        found.sort(key=lambda hit: hit.point.index)
        return found

    def sources(self, point: Point, name: str) -> list[At]:
        """Like `reaching`, but looking through plain copies `a = b`."""
        found: list[At] = []
        seen: set[tuple[int, str]] = set()
        todo = [(point, name)]
        while todo:
            at, path = todo.pop()
            for hit in self.reaching(at, path):
                if (hit.point.index, path) in seen:
                    continue
                seen.add((hit.point.index, path))
                value = hit.definition.value
                copied = path_of(strip(value)) if value is not None else ""
                if copied and hit.definition.how in ("init", "assign"):
                    before = len(found)
                    todo.append((hit.point, copied))
                    if self.reaching(hit.point, copied):
                        continue
                    del found[before:]
                found.append(hit)
        return found

    def flags(self, point: Point) -> dict[str, Value]:
        """The locals that only ever hold constants, with what they hold before `point` runs."""
        if self._flags is None:
            only: dict[str, bool] = {}
            for other in self.points:
                for d in self.effects(other).defs:
                    known = d.how == "decl" or (d.value is not None and bool(constant(d.value)))
                    plain = d.name.isidentifier() and d.how in ("decl", "init", "assign")
                    only[d.name] = only.get(d.name, True) and known and plain
            self._flags = [name for name, constants in only.items() if constants]
        values = {}
        for name in self._flags:
            held = {constant(v) for at in self.reaching(point, name) if (v := at.definition.value)}
            values[name] = Value(held.pop()) if len(held) == 1 else ANY
        return values

    def next_uses(self, at: At) -> list[tuple[Point, Node]]:
        """The reads that the definition `at` can reach."""
        name = at.definition.name
        reached = self.flow.reach([at.point], stop=lambda p: self.writes(p, name))
        return [(p, n) for p, n in self.uses(name) if p in reached]

    def explore(self, start: Point, env: Env, *, after: bool = False) -> Walk:
        """Walks on from `start` with what is known of some variables."""
        return explore(self, start, env, after=after)

    # -- tests -------------------------------------------------------------

    def tests(self, name: str) -> list[tuple[Point, Test]]:
        """The conditions that test `name` against a constant."""
        found = []
        for point in self.points:
            if point.kind == "cond" and point.node is not None:
                test = test_of(point.node)
                if test is not None and test.name == name:
                    found.append((point, test))
        return found

    def warns(self) -> list[Site]:
        """WARN macros that stand as a statement of their own."""
        return [site for site in self.sites if site.name in WARNS and self.is_statement(site)]

    def is_statement(self, site: Site) -> bool:
        """Is nothing done with the value of this call?"""
        node = site.point.node
        if node is None or node.type != "expression_statement":
            return False
        inner = [c for c in node.named_children if c.type != "comment"]
        return len(inner) == 1 and strip(inner[0]) == site.node

    def called(self, name: str) -> Function | None:
        """The definition that a call means; the world remembers that it was asked."""
        self.world.summary(name, self.function)
        return self.world.function(name, self.function)

    # -- firmware ----------------------------------------------------------

    def from_firmware(self, point: Point, node: Node) -> str:
        """Why the value of an expression came from firmware, '' if it did not.

        Firmware values: `RMI_RETURN_*(x)`, registers `res.aN`, what the RMM
        wrote for the host (`run->exit.x`), the result and the `&x` arguments
        of a call that answers with an RMI status.
        """
        for path, used in effects(node).uses:
            reason = self._firmware_path(point, path, used, 0)
            if reason:
                return reason
        for call in effects(node).calls:
            if _takes_status_apart(call.node):
                return squeeze(call.node)
        return ""

    def _firmware_path(self, point: Point, path: str, node: Node | None, depth: int) -> str:
        if REGISTER.search(path) or REC_EXIT.search(path):
            return path
        if depth > 4:
            return ""
        for at in self.reaching(point, path):
            definition = at.definition
            if definition.how == "out" and definition.call is not None:
                if self.world.is_status(definition.call.name, self.function):
                    return f"{definition.call.name}() wrote it"
            elif definition.value is not None:
                value = strip(definition.value)
                if value.type == "call_expression":
                    name = callee(value)
                    if _takes_status_apart(value):
                        return squeeze(value)
                    if self.world.is_status(name, self.function):
                        return f"{name}() returned it"
                    if name.isupper():  # a macro: look through its arguments
                        for arg in arguments(value):
                            inner = path_of(strip(arg))
                            if inner and self._firmware_path(at.point, inner, None, depth + 1):
                                return squeeze(value)
                else:
                    copied = path_of(value)
                    if copied:
                        reason = self._firmware_path(at.point, copied, None, depth + 1)
                        if reason:
                            return reason
        return ""

    def status_of(self, point: Point, name: str) -> Site | None:
        """The call whose RMI status `name` holds at `point`, if there is one."""
        for at in self.reaching(point, name):
            call = at.definition.call
            if call is not None and self.world.is_status(call.name, self.function):
                return Site(at.point, call)
        return None

    # -- loops -------------------------------------------------------------

    def loop_calls(self, loop: Loop, wanted: Callable[[str], object]) -> list[Site]:
        """The calls inside a loop whose name `wanted` accepts."""
        return [site for site in self.sites if site.point in loop.body and wanted(site.name)]

    def decides_end(self, loop: Loop, name: str) -> bool:
        """Does a condition that can leave the loop read `name`?"""
        return any(self.reads(point, name) for point in self.loop_tests(loop))

    def loop_tests(self, loop: Loop) -> list[Point]:
        """The conditions of a loop of which one outcome leaves it."""
        return [
            point
            for point in self.points
            if point in loop.body
            and point.kind == "cond"
            and any(edge.target not in loop.body for edge in point.edges)
        ]


def _takes_status_apart(call: Node) -> bool:
    """Is this `RMI_RETURN_INDEX(x)`, or `FIELD_GET(RMI_RETURN_INDEX_MASK, x)`?"""
    args = arguments(call)
    field = constant(args[0]) if len(args) == 2 else ""
    return takes_apart(callee(call)) or takes_apart(field)
