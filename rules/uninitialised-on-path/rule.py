"""uninitialised-on-path: a variable is read on a way that never set it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import replace
from linter.source.explore import UNSET
from linter.source.expr import text
from linter.source.nodes import TRANSPARENT, WARNS, callee
from rules.names import computed_from, joined
from rules.outs import reads_unset
from rules.plainc import Ways
from rules.registry import PART, RMI
from rules.uninit import (
    bound_is_tested,
    fork_of,
    given_back,
    is_aliased,
    is_kept,
    is_news,
    may_avoid,
    read,
    sets,
)
from rules.vocabulary import calls_around, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding, Related
    from linter.source.amend import Amendment
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("C-UNINIT",)
WORDS = (RMI,)
NEEDS = PART
TITLE = "a variable is read on a way on which nothing has set it"
WHY = (
    "The value is whatever was on the stack. A loop or a switch hides the way from the compiler, "
    "and the kernel is built without -Wmaybe-uninitialized."
)
FIX = (
    "Set the variable on every way, or give it the value that is right there where it is declared."
)
EVIDENCE = (
    "review of [PATCH v14 29/44]: a switch case of rmi_sro_execute() leaves `ret` unset",
    "[PATCH v13 26/48] realm_create_rd() undelegates `i` bytes and never sets `i`; fixed in v14",
    "[PATCH v13 12/48, 17/48] `ret` of an empty range; v14 starts from 0",
)

_NO_TURN = "it stays unset if the loop"
_UNSET = regex(rb"^[ \t]+(?!return\b|goto\b|else\b)[a-z][\w \t]*[ \t*]\w+(?:,[ \t*\w]+)*;", 8)


def check(function: Function) -> Iterator[Finding]:
    if not _UNSET.search(function.source):
        return
    facts = function.facts
    for point in facts.points:
        for definition in facts.effects(point).defs:
            if definition.how == "decl" and _is_scalar(point.node, definition):
                yield from _check(function, facts, point, definition)


def _is_scalar(declaration: Node | None, definition: Def) -> bool:
    """A number or a pointer.  What a struct's members hold is another question."""
    if declaration is None or declaration.type != "declaration":
        return False
    kind = declaration.child_by_field_name("type")
    if kind is None or definition.node.type == "pointer_declarator":
        return kind is not None
    return kind.type in ("primitive_type", "sized_type_specifier", "type_identifier") and (
        not text(kind).endswith(("_regs", "_res"))
    )


def _check(function: Function, facts: Facts, start: Point, definition: Def) -> Iterator[Finding]:
    name, scope = definition.name, start.node.parent if start.node is not None else None
    if scope is None or is_aliased(facts, name):
        return
    reached = facts.flow.reach([start], stop=lambda p: sets(facts, p, name))
    if not any(read(facts, p, name, scope) for p in reached):
        return
    walk = Ways(facts, start, name)
    for point, state in walk:
        if point is start or not _within(point, scope):
            walk.skip()
        elif state.get(name) == UNSET and (node := read(facts, point, name, scope)) is not None:
            found = _judge(function, facts, walk.trail(), start, name, definition, node)
            if found is not None and not _told(function, name, node):
                yield found
                return
            walk.skip()
        elif sets(facts, point, name):
            walk.skip()


def _within(point: Point, scope: Node) -> bool:
    return point.node is None or inside(point.node, scope) or point.kind == "join"


def _told(function: Function, name: str, node: Node) -> bool:
    """Does out-value-on-error say the same: that the call which sets it was not made?"""
    facts = function.facts
    return function in function.unit.functions and any(
        node in reads_unset(facts, name)
        for site in facts.sites
        if (name in [path for _, path in site.call.out_args()])
        and facts.world.is_firmware(site.name, function)
    )


def _judge(
    function: Function,
    facts: Facts,
    trail: list[Point],
    start: Point,
    name: str,
    definition: Def,
    read: Node,
) -> Finding | None:
    """The finding, if the way does not hang on a condition that may go with the missing one."""
    at = trail[-1]
    writes = {p for p in facts.points if p is not start and sets(facts, p, name)}
    fork, after = fork_of(facts, [start, *trail], writes, at)
    behind = trail[trail.index(fork) + 1 : -1] if fork in trail else []
    if fork is not None and any(
        may_avoid(facts, p, at) and not is_news(facts, behind, p) for p in behind
    ):
        return None
    places = [function.place(definition.node, "declared here, without a value")]
    edits: list[Amendment] = []
    if fork is None:
        how = "nothing has set it before"
        severity = ""
    else:
        said = _said(function, facts, fork, after, trail, name)
        if said is None:
            return None
        how, severity, place = said
        if how.startswith(_NO_TURN) and at.kind == "return" and _is_success(facts, definition):
            edits = [replace(definition.node, f"{name} = 0")]
        places.append(place)
    return function.finding(
        read,
        f"`{name}` is {_used_as(function, at, read)}, but {how}",
        severity=severity,
        related=places,
        edits=edits,
    )


def _is_success(facts: Facts, definition: Def) -> bool:
    """Is 0 what the function answers where all went well: with what its calls answered?"""
    name, world = definition.name, facts.world
    others = [d for p in facts.points for d in facts.effects(p).defs if d.name == name]
    for d in others:
        call = d.call
        answer = call is not None and (
            world.is_status(call.name, facts.function) or world.is_errno(call.name, facts.function)
        )
        if d.how != "decl" and not (d.how in ("init", "assign") and answer):
            return False
    given = [given_back(p) for p in facts.points if p.kind == "return"]
    known = all(v == name or v == "0" or v.startswith(("-E", "RMI_")) for v in given)
    return known and name in given and definition.node.type == "identifier"


def _said(
    function: Function,
    facts: Facts,
    fork: Point,
    after: Point | None,
    trail: list[Point],
    name: str,
) -> tuple[str, str, Related] | None:
    """(how the way came to miss the assignment, severity, where)."""
    node = fork.node
    if node is None:
        return None
    when = next((e.when for e in fork.edges if e.target is after), None)
    if fork.kind == "switch" and isinstance(when, str):
        label = _label(fork, when) or node
        case = "`default`" if when == "default" else f"`case {when}`"
        return f"{case} does not set it", "", function.place(label, "this case leaves it unset")
    line = function.line(node)
    for loop in facts.flow.loops:
        if fork in facts.loop_tests(loop) and after not in loop.body:
            if loop.goto or bound_is_tested(facts, fork, trail) or not _may_be_empty(facts, fork):
                return None
            place = function.place(node, "the loop may not run at all")
            return f"{_NO_TURN} in line {line} does not run even once", "warning", place
    if fork.kind != "cond" or is_kept(facts, fork, after, name):
        return None
    jump = next((p for p in trail if p.kind == "goto" and p.index > fork.index), None)
    if jump is not None and jump.node is not None and jump.node.type == "goto_statement":
        where = function.line(jump.node)
        place = function.place(jump.node, "this comes before it is set")
        return f"the goto in line {where} comes there before anything has set it", "", place
    truth = "holds" if when else "does not hold"
    place = function.place(node, f"where this {truth} it is not set")
    short = " ".join(text(node).split())
    return f"nothing has set it where `{short}` {truth}", "warning", place


def _label(fork: Point, when: str) -> Node | None:
    """The label of a case."""
    statement = fork.node.parent if fork.node is not None else None
    body = statement.child_by_field_name("body") if statement is not None else None
    todo = list(body.named_children) if body is not None else []
    while todo:
        node = todo.pop(0)
        if node.type == "case_statement":
            value = node.child_by_field_name("value")
            if (text(value) if value is not None else "default") == when:
                return node.children[1] if value is not None else node.children[0]
            todo = [*node.named_children, *todo]
    return None


def _may_be_empty(facts: Facts, fork: Point) -> bool:
    """Does the caller say how often the loop runs?  Else nobody can tell that it may not run."""
    names = {path for path, _ in facts.effects(fork).uses}
    if facts.effects(fork).calls:
        return False
    names = joined(facts, facts.points, names, computed_from)
    return any(facts.function.param(re.split(r"\W", name)[0]) is not None for name in names)


def _used_as(function: Function, at: Point, read: Node) -> str:
    start = at.node.start_byte if at.node is not None else -1
    if start in function.unit.blocks:
        return f"given to {function.unit.blocks[start]}()"
    for call in calls_around(read):
        if callee(call) not in (*WARNS, *TRANSPARENT, ""):
            return f"given to {callee(call)}()"
    kinds = {"return": "returned", "cond": "tested", "switch": "tested"}
    return kinds.get(at.kind, "read")
