"""What is known of functions beyond the one a rule looks at.

A `World` holds the functions of every file of a snapshot.  It answers, from
their bodies where it has them and from the naming conventions of the kernel
where it has not: does this function answer with an RMI status, with an errno,
with both; does it reach the firmware; when does it write its out-parameters.
The answers are closed transitively: a function that hands on the status of
another answers with a status.

Every question a function asks is remembered (`Function.asked`), so that the
checker knows when an answer it kept is still good.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.declarations import number
from linter.source.explore import ANY, NONZERO, UNSET, State, Value, subject
from linter.source.expr import Call, constant, path_of, strip, text
from linter.source.facts import STATUS_REGISTER
from linter.source.nodes import WARNS, callee, takes_status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from linter.source.declarations import Define
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

STATUS = "status"
ERRNO = "errno"
WARN = "warn"  # the truth value of a WARN macro
ZERO_ONLY = "zero"
OTHER = "other"

# Wrappers of RMI commands that the series does not define in what we see.
_RMI_WRAPPER = regex(
    r"^(?:rmi|smc_rmi)_(?:data|dev|granule|gpt|op|pdev|psci|psmmu|realm|rec|rmm|rtt|sro|vdev|vsmmu"
    r"|delegate|undelegate|features|version)(?:_|$)"
)
_NO_STATUS = regex(
    r"_(?:is|has|to|supports?|alloc|free|size|level|desc|check|verify|sro_init)(?:_|$)"
)
_SMC = regex(r"^(?:__)?arm_smccc_(?:smc|hvc|\d_\d_(?:invoke|smc|hvc))|^(?:rmi_)?smccc?_invoke")
_STATUS_DOC = regex(r"\bRMI (?:return|status) code\b", re.IGNORECASE)


class Summary(NamedTuple):
    """What a caller can know of a function.

    `returns`: what its value may be (STATUS, ERRNO, WARN, ZERO_ONLY, OTHER).
    `outs`: for each pointer parameter it writes through, by index: 'always',
    'success' (only where it returns zero or RMI_SUCCESS) or 'sometimes'.
    `firmware`: does it reach an SMC?
    `besides`: by index, the statuses other than success with which it writes.
    """

    returns: frozenset[str]
    outs: tuple[tuple[int, str], ...]
    firmware: bool
    besides: tuple[tuple[int, frozenset[str]], ...] = ()


UNKNOWN = Summary(frozenset(), (), False)
_ROUNDS = 6  # of summaries that rest on each other


class World:
    """The functions of a snapshot, by name; a file's own ones come first."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self._functions: dict[str, list[Function]] = {}
        self._good: dict[Function, bool] = {}
        self._busy: set[Function] = set()
        self._done: list[Function] = []  # summarised since the outermost question
        self._guess: dict[Function, Summary] = {}  # of the last round, where calls recur
        self._recurs = False

    def add(self, unit: Unit) -> None:
        """Makes the functions of a unit, and what it declares, known."""
        self.units.append(unit)
        for function in unit.functions:
            if not function.name:
                continue  # so that no call through a pointer finds it
            self._functions.setdefault(function.name, []).append(function)

    def function(self, name: str, asker: Function | None = None) -> Function | None:
        """The definition that a call of `name` in `asker` means."""
        known = self._functions.get(name)
        if not known:
            return None
        if asker is not None:
            for function in known:
                if function.path == asker.path:
                    return function
            # a static function of another file is none of ours; one of a header is
            known = [f for f in known if not f.static or not f.path.endswith(".c")]
        return known[0] if known else None

    def define(self, name: str) -> tuple[Unit, Define] | None:
        """The macro of that name, and the file it stands in.

        A function's findings are not made again when only a macro changed.
        """
        for unit in self.units:
            if name.encode() in unit.source and name in unit.defines:
                return unit, unit.defines[name]
        return None

    def struct(self, tag: str) -> tuple[Unit, Node] | None:
        """The struct or union of that tag, and the file that lays it out."""
        for unit in self.units:
            if tag.encode() in unit.source and tag in unit.structs:
                return unit, unit.structs[tag]
        return None

    def number(self, source: str) -> int | None:
        """The value of a constant expression over the macros that are known."""
        return number(source, self._text)

    def _text(self, name: str) -> str | None:
        found = self.define(name)
        return found[1].value if found is not None and found[1].params is None else None

    def refresh(self, function: Function) -> bool:
        """Forgets what rests on an answer that has changed; True if nothing has.

        Functions live on from patch to patch as long as their text does not
        change, so "the same answer" is "the same function objects".
        """
        if function not in self._good:
            self._settle(function)
        return self._good[function]

    def _settle(self, function: Function) -> None:
        """Decides for a function and all it rests on; calls may go round in circles."""
        callers: dict[Function, list[Function]] = {}
        found = [function]
        bad: list[Function] = []
        seen = {function}
        for asker in found:
            for name, called in asker.asked.items():
                now = self.function(name, asker)
                if now is not called or (called is not None and self._good.get(called) is False):
                    bad.append(asker)
                elif called is not None and called not in self._good:
                    callers.setdefault(called, []).append(asker)
                    if called not in seen:
                        seen.add(called)
                        found.append(called)
        self._good.update(dict.fromkeys(found, True))
        while bad:
            stale = bad.pop()
            if self._good[stale]:
                self._good[stale] = False
                bad.extend(callers.get(stale, ()))
                stale.asked.clear()
                stale.findings.clear()
                stale.summary = None

    def summary(self, name: str, asker: Function | None = None) -> Summary | None:
        """The summary of a function, None if its body is not known."""
        function = self.function(name, asker)
        if asker is not None:
            asker.asked[name] = function
        if function is None:
            return None
        self.refresh(function)
        if function.summary is None:
            if function in self._busy:
                self._recurs = True
                return self._guess.get(function, UNKNOWN)
            if self._busy:
                self._summarise(function)
            else:
                self._close(function)
        return function.summary

    def _summarise(self, function: Function) -> None:
        self._busy.add(function)
        try:
            function.summary = summarise(function)
        finally:
            self._busy.discard(function)
        self._done.append(function)

    def _close(self, function: Function) -> None:
        """Summarises a function and all that it calls.

        Where calls go round in a circle, a round starts from what the one
        before found, until nothing is added.
        """
        self._guess = {}
        for _ in range(_ROUNDS):
            self._done, self._recurs = [], False
            self._summarise(function)
            found = {done: done.summary for done in self._done if done.summary is not None}
            if not self._recurs or all(self._guess.get(f) == s for f, s in found.items()):
                return
            self._guess.update(found)
            for done in self._done:
                done.summary = None
        for done, summary in found.items():
            done.summary = summary

    # -- the questions -----------------------------------------------------

    def is_status(self, name: str, asker: Function | None = None) -> bool:
        """Does the function answer with an RMI status?"""
        found = self.summary(name, asker)
        if found is None:
            return bool(_RMI_WRAPPER.match(name)) and not _NO_STATUS.search(name)
        return STATUS in found.returns

    def is_errno(self, name: str, asker: Function | None = None) -> bool:
        """Does the function answer with a negative errno on some path?"""
        found = self.summary(name, asker)
        return found is not None and ERRNO in found.returns

    def is_firmware(self, name: str, asker: Function | None = None) -> bool:
        """Does the call reach the RMM?"""
        if _SMC.match(name):
            return True
        found = self.summary(name, asker)
        if found is None:
            return bool(_RMI_WRAPPER.match(name)) and not _NO_STATUS.search(name)
        return found.firmware

    def written_besides(
        self, name: str, index: int, asker: Function | None = None
    ) -> frozenset[str]:
        """The statuses other than success with which argument `index` is written through."""
        found = self.summary(name, asker)
        return frozenset() if found is None else dict(found.besides).get(index, frozenset())

    def out_written(self, name: str, index: int, asker: Function | None = None) -> str | None:
        """When argument `index` is written through: see `Summary.outs`.

        None if the function is not known, '' if it never writes there.
        """
        found = self.summary(name, asker)
        return None if found is None else dict(found.outs).get(index, "")


def summarise(function: Function) -> Summary:
    """Reads a function's body for its summary."""
    facts = function.facts
    returns: set[str] = set()
    for point in facts.points:
        if point.kind == "return" and point.node is not None:
            for child in point.node.named_children:
                if child.type != "comment":
                    returns |= _kinds(facts, point, child, 0)
    if _STATUS_DOC.search(function.comment):
        returns.add(STATUS)
    firmware = any(
        facts.world.is_firmware(site.name, function) for site in facts.sites if site.name
    ) or (STATUS in returns and bool(_RMI_WRAPPER.match(function.name)))  # through what we miss
    written = _outs(facts)
    outs = tuple((index, when) for index, (when, _) in written.items())
    besides = tuple((index, statuses) for index, (_, statuses) in written.items() if statuses)
    return Summary(frozenset(returns), outs, firmware, besides)


def _kinds(facts: Facts, point: Point, node: Node, depth: int) -> set[str]:
    """What an expression's value may be."""
    node = strip(node)
    known = constant(node)
    if known == "0":
        return {STATUS, ZERO_ONLY} if text(node) == "RMI_SUCCESS" else {ZERO_ONLY}
    if known.startswith("-E"):
        return {ERRNO}
    if known:
        return {STATUS} if known.startswith("RMI_") else {OTHER}
    if node.type == "conditional_expression":
        left = node.child_by_field_name("consequence") or node.child_by_field_name("condition")
        sides = [left, node.child_by_field_name("alternative")]
        return set().union(*(_kinds(facts, point, s, depth) for s in sides if s is not None))
    if node.type == "assignment_expression" and node.child_by_field_name("right") is not None:
        return _kinds(facts, point, node.child_by_field_name("right") or node, depth)
    if node.type == "call_expression":
        name = callee(node)
        if name in WARNS:
            return {WARN}
        if takes_status(name):
            return {STATUS}
        found = facts.world.summary(name, facts.function)
        if found is not None:
            return set(found.returns)  # none yet, where calls go round in a circle
        return {STATUS} if facts.world.is_status(name, facts.function) else {OTHER}
    path = path_of(node)
    if STATUS_REGISTER.search(path):
        return {STATUS}
    if not path or depth > 4:
        return {OTHER}
    kinds: set[str] = set()
    hits = facts.reaching(point, path)
    for at in hits:
        value = at.definition.value
        if value is not None and at.definition.how in ("init", "assign"):
            kinds |= _kinds(facts, at.point, value, depth + 1)
        elif at.definition.how != "decl":
            kinds.add(OTHER)
    return kinds if any(at.definition.how != "decl" for at in hits) else {OTHER}


def _outs(facts: Facts) -> dict[int, tuple[str, frozenset[str]]]:
    """For each pointer parameter written through: when, and with what other statuses."""
    return {
        index: _when_written(facts, param.name)
        for index, param in enumerate(facts.function.params)
        if param.pointer
        and param.name
        and any(_writes(facts, point, param.name) for point in facts.points)
    }


def _writes(facts: Facts, point: Point, name: str) -> str:
    """When a point writes `*name`, itself or by handing the pointer on; '' for never."""
    effects = facts.effects(point)
    if any(d.name in (f"*{name}", f"{name}[]") for d in effects.defs):
        return "always"
    handed = [when for call in effects.calls if (when := _hands_on(facts, call, name))]
    return min(handed, key=("always", "success", "sometimes").index, default="")


def _hands_on(facts: Facts, call: Call, name: str) -> str:
    for index, arg in enumerate(call.args):
        if path_of(strip(arg)) == name:
            when = facts.world.out_written(call.name, index, facts.function)
            if when is None and facts.world.is_status(call.name, facts.function):
                return "always"
            return when or ""
    return ""


def _when_written(facts: Facts, name: str) -> tuple[str, frozenset[str]]:
    """Follows every way to a return and sees whether `*name` was written.

    The pointer is taken as given: without it there is nothing to miss.
    """
    names = _returned_names(facts) | {
        call.result for _, call in facts.sites if call.result and _hands_on(facts, call, name)
    }
    env = {n: UNSET if facts.function.param(n) is None else ANY for n in names}
    env[name] = NONZERO
    missed: set[Value] = set()
    todo: list[tuple[Point, dict[str, Value], bool]] = [(facts.flow.entry, env, False)]
    seen: set[tuple[int, bool, tuple[tuple[str, Value], ...]]] = set()
    while todo:
        start, values, after = todo.pop()
        key = (start.index, after, tuple(sorted(values.items())))
        if key in seen:
            continue
        seen.add(key)
        walk = facts.explore(start, values, after=after)
        for point, state in walk:
            when = _writes(facts, point, name)
            if when == "always":
                walk.skip()
            elif when == "success" and (ways := _failed(facts, point, name, state, walk.execute)):
                walk.skip()
                if point.kind == "return":
                    missed.add(_unwritten(facts, point, name))
                else:
                    todo.extend(ways)
            elif point.kind == "return":
                missed.add(_result(point, state))
                walk.skip()
            elif point is facts.flow.exit:  # past the last statement
                missed.add(ANY)
        if not walk.complete:
            return "sometimes", frozenset()
    if not missed:
        return "always", frozenset()
    if all(value.nonzero for value in missed):
        # an answer that no way without the write can give is one with the write
        return "success", frozenset.intersection(*(v.ne for v in missed)) - {"0"}
    return "sometimes", frozenset()


def _unwritten(facts: Facts, point: Point, name: str) -> Value:
    """What a call that was handed the pointer answers where it has not written."""
    (call,) = [c for c in facts.effects(point).calls if _hands_on(facts, c, name)][:1]
    index = next(i for i, arg in enumerate(call.args) if path_of(strip(arg)) == name)
    besides = facts.world.written_besides(call.name, index, facts.function)
    return NONZERO._replace(ne=NONZERO.ne | besides)


def _failed(
    facts: Facts,
    point: Point,
    name: str,
    state: State,
    execute: Callable[[Point, State], State],
) -> list[tuple[Point, dict[str, Value], bool]]:
    """Where to go on, and with what values, if a call that writes on success has failed.

    Empty if nobody can tell: its result was dropped.
    """
    (call,) = [c for c in facts.effects(point).calls if _hands_on(facts, c, name)][:1]
    values = dict(execute(point, state).values)
    if call.result:
        return [(point, values | {call.result: _unwritten(facts, point, name)}, True)]
    node = strip(point.node) if point.node is not None else None
    if point.kind == "return":
        inner = [c for c in point.node.named_children if c.type != "comment"] if point.node else []
        return [(point, values, True)] if [strip(c) for c in inner] == [call.node] else []
    if point.kind == "cond" and node == call.node:
        return [(edge.target, values, False) for edge in point.edges if edge.when is True]
    return []


def _returned_names(facts: Facts) -> set[str]:
    names = set()
    for point in facts.points:
        if point.kind == "return" and point.node is not None:
            for child in point.node.named_children:
                path, _ = subject(child)
                if path:
                    names.add(path)
    return names


def _result(point: Point, state: State) -> Value:
    """What is known of the value that a return gives."""
    for child in point.node.named_children if point.node is not None else []:
        if child.type == "comment":
            continue
        known = constant(child)
        return Value(known) if known else state.get(state.target(subject(child)[0]))
    return ANY
