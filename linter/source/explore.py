"""Which values a few variables can hold, path by path.

`explore` walks the flow from a point and keeps, for the variables it is asked
to track, what the tests on the way say about them: after `if (ret) goto out;`
`ret` is zero; in `case RMI_ERROR_RTT:` of `switch (RMI_RETURN_STATUS(ret))`
it is RMI_ERROR_RTT.  Ways that contradict themselves are not taken.  An RMI
result and its status are one value here: either is zero where the other is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from linter.source.expr import Def, constant, covers, path_of, spelling, strip, text
from linter.source.flow import NO_CASE, Outcome, Point
from linter.source.nodes import arguments, callee, takes_status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from linter.source.expr import Def
    from linter.source.facts import Facts

MAX_STATES = 4000

NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class Value(NamedTuple):
    """What is known of a number.

    `eq`: the constant it equals, '' if unknown; `ne`: constants it is not;
    `sign`: '-', '+', '-0' or '0+' where tests left only these, else ''.
    """

    eq: str = ""
    ne: frozenset[str] = frozenset()
    sign: str = ""

    @property
    def zero(self) -> bool:
        return self.eq == "0"

    @property
    def nonzero(self) -> bool:
        return "0" in self.ne or _not_zero(self.eq)

    @property
    def signs(self) -> str:
        """The signs it may have, of '-0+'."""
        if self.eq:
            return _sign(self.eq)
        return "".join(s for s in self.sign or "-0+" if s != "0" or "0" not in self.ne)


ANY = Value()
ZERO = Value("0")
NONZERO = Value("", frozenset({"0"}))
UNSET = Value("<unset>")


class Test(NamedTuple):
    """A condition on one path: `name op against`; `status` if on its status."""

    name: str
    op: str
    against: str
    status: bool


Env: TypeAlias = "Mapping[str, Value]"


def test_of(node: Node) -> Test | None:
    """What an atomic condition tests, if it tests one path against a constant."""
    node = strip(node)
    if node.type == "binary_expression":
        op = text(node.child_by_field_name("operator"))
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        if left is None or right is None or op not in NEGATED:
            return None
        against = constant(right)
        if not against:
            left, right, op = right, left, MIRRORED[op]
            against = constant(right)
        if not against:
            return None
        name, status = subject(left)
        return Test(name, op, against, status) if name else None
    name, status = subject(node)
    return Test(name, "!=", "0", status) if name else None


def subject(node: Node) -> tuple[str, bool]:
    """(path, is its RMI status) of the thing a test is about."""
    node = strip(node)
    if node.type == "call_expression" and takes_status(callee(node)):
        args = arguments(node)
        return (path_of(strip(args[0])), True) if len(args) == 1 else ("", True)
    if node.type == "assignment_expression":
        left = node.child_by_field_name("left")
        return (path_of(left), False) if left is not None else ("", False)
    return path_of(node), False


_SIGNS = {"<": "-", "<=": "-0", "==": "0", "!=": "-+", ">=": "0+", ">": "+"}


def refine(value: Value, op: str, against: str) -> Value | None:
    """`value` once `value op against` is known to hold; None if it cannot."""
    if value == UNSET:
        return value
    if against == "0":
        return _refine_sign(value, _SIGNS[op])
    if op == "==":
        if value.eq:
            return None if value.eq != against and _distinct(value.eq, against) else value
        possible = set(value.signs) & set(_sign(against))
        return Value(against) if possible and against not in value.ne else None
    if op == "!=":
        if value.eq == against:
            return None
        return value if value.eq else value._replace(ne=value.ne | {against})
    return value


def _refine_sign(value: Value, allowed: str) -> Value | None:
    left = "".join(s for s in value.signs if s in allowed)
    if not left:
        return None
    if value.eq:
        return value
    if left == "0":
        return ZERO
    ne = value.ne if "0" in left else value.ne | {"0"}
    return Value("", ne, "" if left in ("-+", "-0+") else left)


def _sign(name: str) -> str:
    """The signs a constant may have; an enumerator may have any."""
    if name == "0":
        return "0"
    if name.startswith("-"):
        return "-"
    return "+" if _not_zero(name) else "-0+"


def _distinct(one: str, other: str) -> bool:
    """Are two differently spelt constants surely different numbers?"""
    if "0" in (one, other):
        return _not_zero(other if one == "0" else one)
    numbers = (_number(one), _number(other))
    if None not in numbers:
        return numbers[0] != numbers[1]
    families = ("RMI_", "-E")
    return any(one.startswith(f) and other.startswith(f) for f in families)


def _not_zero(name: str) -> bool:
    """Is a constant surely not zero?  An enumerator may well be."""
    if name.startswith(("-E", "RMI_ERROR", "RMI_BUSY", "RMI_INCOMPLETE", "RMI_BLOCKED")):
        return True
    return bool(_number(name))


def _number(name: str) -> int | None:
    """The value of a literal, None for a name."""
    digits = name.rstrip("uUlL")
    for base in (0, 8):
        try:
            return int(digits, base)
        except ValueError:
            continue
    return None


class State(NamedTuple):
    """Values and aliases (`status` -> `ret`) just before a point runs."""

    values: tuple[tuple[str, Value], ...]
    aliases: tuple[tuple[str, str], ...]

    def get(self, name: str) -> Value:
        for known, value in self.values:
            if known == name:
                return value
        return ANY

    def target(self, name: str) -> str:
        for alias, target in self.aliases:
            if alias == name:
                return target
        return name


class Walk:
    """One exploration; iterate to get (point, state before it runs).

    Call `skip()` to not go past the point given last, `trail()` for the way
    to it.  `complete` is False once MAX_STATES were seen: what was not
    reached by then says nothing.
    """

    def __init__(self, facts: Facts, env: Env, start: Point, *, after: bool = False) -> None:
        self.facts = facts
        self._skip = False
        state = State(tuple(sorted(env.items())), ())
        self._tracked = frozenset(env)
        self._seen: set[tuple[int, State]] = set()
        self._todo: list[tuple[Point, State, int]] = []
        self._came: list[tuple[Point, int]] = []
        self.complete = True
        if after:
            self._leave(start, state, -1)
        else:
            self._todo.append((start, state, -1))

    def skip(self) -> None:
        """Do not go past the point given last."""
        self._skip = True

    def trail(self) -> list[Point]:
        """The points from the start to the one given last."""
        points = []
        at = len(self._came) - 1
        while at >= 0:
            point, at = self._came[at]
            points.append(point)
        return points[::-1]

    def __iter__(self) -> Iterator[tuple[Point, State]]:
        index = 0
        while index < len(self._todo):
            point, state, parent = self._todo[index]
            index += 1
            if len(self._seen) > MAX_STATES:
                self.complete = False
                return
            key = (point.index, state)
            if key in self._seen:
                continue
            self._seen.add(key)
            self._came.append((point, parent))
            here = len(self._came) - 1
            self._skip = False
            yield point, state
            if not self._skip:
                self._leave(point, self.execute(point, state), here)

    def execute(self, point: Point, state: State) -> State:
        """The state after a point's own writes."""
        for d in self.facts.effects(point).defs:
            state = self._define(d, state)
        return state

    def _define(self, d: Def, state: State) -> State:
        values = dict(state.values)
        aliases = dict(state.aliases)
        for name in [n for n in aliases if covers(d.name, n) or covers(d.name, aliases[n])]:
            del aliases[name]
        for name in self._tracked:
            if covers(d.name, name):
                values[name] = self._assigned(d, state, name == d.name)
        if d.how in ("assign", "init") and d.value is not None:
            name, _ = subject(d.value)
            name = aliases.get(name, name)
            if name in self._tracked and name != d.name and d.name not in self._tracked:
                aliases[d.name] = name
        return State(tuple(sorted(values.items())), tuple(sorted(aliases.items())))

    def _assigned(self, d: Def, state: State, whole: bool) -> Value:
        if d.how == "decl":
            return UNSET
        if d.how == "update" and whole and state.get(d.name).nonzero:
            operation = d.node.parent
            if operation is not None and b"|=" in (operation.text or b""):
                return NONZERO  # errors added up stay an error
        if d.how not in ("assign", "init") or d.value is None or not whole:
            return ANY
        known = constant(d.value)
        if known:
            return Value(known)
        name, _ = subject(d.value)
        return state.get(state.target(name)) if name else ANY

    def _leave(self, point: Point, state: State, here: int) -> None:
        for edge in point.edges:
            refined = self.refined(point, edge.when, state)
            if refined is not None:
                self._todo.append((edge.target, refined, here))

    def refined(self, point: Point, when: Outcome, state: State) -> State | None:
        """The state behind an edge; None if the edge cannot be taken."""
        if when is None or point.node is None:
            return state
        if point.kind == "switch":
            name, _ = subject(point.node)
            if when == NO_CASE and self.facts.function.type_of(name).startswith("enum "):
                return None  # every enumerator has its case: the compiler warns if not
            tests = self._cases(point, when)
        else:
            test = test_of(point.node)
            if test is None:
                return state
            name = test.name
            tests = [(test.op if when else NEGATED[test.op], test.against)]
        name = state.target(name)
        if name not in self._tracked:
            return state
        value = state.get(name)
        for op, against in tests:
            refined = refine(value, op, against)
            if refined is None:
                return None
            value = refined
        values = tuple((n, value if n == name else v) for n, v in state.values)
        return State(values, state.aliases)

    def _cases(self, point: Point, when: Outcome) -> list[tuple[str, str]]:
        others = ("default", NO_CASE)
        if isinstance(when, str) and when not in others:
            return [("==", _label(when))] if _label(when) else []
        labels = [_label(e.when) for e in point.edges if isinstance(e.when, str)]
        return [("!=", label) for label in labels if label]


def _label(source: str) -> str:
    """A case's constant, '' for a range and what else is none."""
    return spelling("".join(source.split()).removeprefix("(").removesuffix(")"))


def explore(facts: Facts, start: Point, env: Env, *, after: bool = False) -> Walk:
    """Every (point, state) reachable from `start`, which has run if `after`."""
    return Walk(facts, env, start, after=after)
