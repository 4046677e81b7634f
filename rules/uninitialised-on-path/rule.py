"""uninitialised-on-path: a variable is read on a way that never set it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import replace
from linter.source.explore import UNSET
from linter.source.expr import constant, covers, path_of, paths_in, strip, text
from linter.source.nodes import TRANSPARENT, WARNS, arguments, callee, takes_apart, unwrap
from rules.names import computed_from, joined
from rules.plainc import NO_READ, Ways
from rules.registry import PART, RMI
from rules.vocabulary import is_conversion, is_delegate, is_free, is_undelegate

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
    if scope is None or _is_aliased(facts, name):
        return
    reached = facts.flow.reach([start], stop=lambda p: _sets(facts, p, name))
    if not any(_read(facts, p, name, scope) for p in reached):
        return
    walk = Ways(facts, start, name)
    for point, state in walk:
        if point is start or not _within(point, scope):
            walk.skip()
        elif state.get(name) == UNSET and (node := _read(facts, point, name, scope)) is not None:
            found = _judge(function, facts, walk.trail(), start, name, definition, node)
            if found is not None:
                yield found
                return
            walk.skip()
        elif _sets(facts, point, name):
            walk.skip()


def _is_aliased(facts: Facts, name: str) -> bool:
    """`p = &x`, `{ &x, 1 }`: then it may be written through a pointer."""
    taken = re.findall(rb"(?<!&)&\s*" + name.encode() + rb"\b", facts.function.source)
    given = [d for p in facts.points for d in facts.effects(p).defs if d.how == "out"]
    own = [d for d in given if re.split(r"\W", d.name)[0] == name]
    return len(taken) > len(own)


def _sets(facts: Facts, point: Point, name: str) -> bool:
    """Does a point set the variable, or might it?  A macro that is not known may."""
    found = facts.effects(point)
    if _iterates(facts, point):
        return name in paths_in(point.node)  # list_for_each_entry_safe(a, b, ...) sets both
    if any(covers(d.name, name) or d.name.split(".")[0] == name for d in found.defs):
        return True
    return any(
        unwrap(arg).type == "identifier" and text(unwrap(arg)) == name
        for call in found.calls
        if not _takes_a_value(facts, call.name)
        for arg in call.args
    )


def _iterates(facts: Facts, point: Point) -> bool:
    return point.node is not None and point.node.start_byte in facts.function.unit.iterators


def _takes_a_value(facts: Facts, name: str) -> bool:
    """Is this surely a function, which gets its argument by value?"""
    if name in WARNS or is_free(name) or is_conversion(name) or takes_apart(name):
        return True
    if facts.world.is_firmware(name, facts.function) or is_delegate(name) or is_undelegate(name):
        return True
    return facts.called(name) is not None


def _read(facts: Facts, point: Point, name: str, scope: Node) -> Node | None:
    """Where a point reads the variable before it sets it."""
    if _iterates(facts, point):
        return None
    found = facts.effects(point)
    own = [d for d in found.defs if covers(d.name, name)]
    for path, node in found.uses:
        if re.split(r"->|\[", path.lstrip("*"))[0] != name or not _inside(node, scope):
            continue
        if own and not any(_reads_first(d, node) for d in own):
            continue
        if not _only_named(node) and not _given_away(facts, node):
            return node
    return None


def _reads_first(definition: Def, node: Node) -> bool:
    """`x++`, `x = x + 1`: is what is read here what was there before?"""
    value = definition.value
    return definition.how == "update" or (value is not None and _inside(node, value))


def _inside(node: Node, scope: Node) -> bool:
    return scope.start_byte <= node.start_byte < scope.end_byte


def _within(point: Point, scope: Node) -> bool:
    return point.node is None or _inside(point.node, scope) or point.kind == "join"


def _only_named(node: Node) -> bool:
    above = node.parent
    while above is not None and not above.type.endswith(("statement", "declaration")):
        if above.type == "call_expression" and callee(above) in NO_READ:
            return True
        above = above.parent
    return False


def _given_away(facts: Facts, node: Node) -> bool:
    """Is it an argument, as it stands, of what may be a macro that sets it?"""
    above = node.parent
    while above is not None and above.type == "parenthesized_expression":
        above = above.parent
    if above is None or above.type != "argument_list" or above.parent is None:
        return False
    call = above.parent
    return any(unwrap(a) == node for a in arguments(call)) and not _takes_a_value(
        facts, callee(call)
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
    writes = {p for p in facts.points if p is not start and _sets(facts, p, name)}
    fork, after = _fork(facts, [start, *trail], writes, at)
    behind = trail[trail.index(fork) + 1 : -1] if fork in trail else []
    if fork is not None and any(
        _may_avoid(facts, p, at) and not _is_news(facts, behind, p) for p in behind
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
        f"`{name}` is {_used_as(at, read)}, but {how}",
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
    given = [_given_back(p) for p in facts.points if p.kind == "return"]
    known = all(v == name or v == "0" or v.startswith(("-E", "RMI_")) for v in given)
    return known and name in given and definition.node.type == "identifier"


def _given_back(point: Point) -> str:
    """The name or the constant that is returned."""
    node = point.node
    inner = [c for c in node.named_children if c.type != "comment"] if node is not None else []
    return constant(inner[0]) or path_of(strip(inner[0])) if inner else ""


def _fork(
    facts: Facts, trail: list[Point], writes: set[Point], at: Point
) -> tuple[Point | None, Point | None]:
    """The last point of a way of which another edge leads to the read with the variable set."""
    ways: set[Point] = set()

    def known(p: Point) -> bool:
        return p is at or p in ways

    useful = {w for w in writes if at in facts.flow.reach([w], stop=lambda p: p is at)}
    for here, after in zip(trail[-2::-1], trail[:0:-1], strict=False):
        ways = {here}
        for edge in here.edges if len(here.edges) > 1 else ():
            if edge.target is after:
                continue
            seen = facts.flow.reach([edge.target], stop=known)
            if ({edge.target} | seen) & useful:
                return here, after
    return None, None


def _may_avoid(facts: Facts, point: Point, at: Point) -> bool:
    """May a way from here miss the read?"""
    if len(point.edges) < 2:
        return False
    seen = facts.flow.reach([point], stop=lambda p: p is at)
    return facts.flow.exit in seen


def _is_news(facts: Facts, behind: list[Point], test: Point) -> bool:
    """Is a condition about what a call has only just answered, and not about why we came?"""
    names = {path for path, _ in facts.effects(test).uses}
    return any(
        d.name in names and d.call is not None
        for p in behind[: behind.index(test)]
        for d in facts.effects(p).defs
    )


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
            if loop.goto or _bound_is_tested(facts, fork, trail) or not _may_be_empty(facts, fork):
                return None
            place = function.place(node, "the loop may not run at all")
            return f"{_NO_TURN} in line {line} does not run once", "warning", place
    if fork.kind != "cond" or _is_kept(facts, fork, after, name):
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


def _bound_is_tested(facts: Facts, fork: Point, trail: list[Point]) -> bool:
    """Has the way asked before about what bounds the loop?"""
    names = {path for path, _ in facts.effects(fork).uses}
    before = trail[: trail.index(fork)] if fork in trail else []
    return any(p.kind in ("cond", "switch") and paths_in(p.node) & names for p in before)


def _may_be_empty(facts: Facts, fork: Point) -> bool:
    """Does the caller say how often the loop runs?  Else nobody can tell that it may not run."""
    names = {path for path, _ in facts.effects(fork).uses}
    if facts.effects(fork).calls:
        return False
    names = joined(facts, facts.points, names, computed_from)
    return any(facts.function.param(re.split(r"\W", name)[0]) is not None for name in names)


def _is_kept(facts: Facts, fork: Point, after: Point | None, name: str) -> bool:
    """`if (at != last) { x = f(); last = at; }`: is the value that of an earlier turn?"""
    asked = {path for path, _ in facts.effects(fork).uses}
    other = [e.target for e in fork.edges if e.target is not after]
    seen = facts.flow.reach(other, stop=lambda p: p is fork) | set(other)
    own = [p for p in seen if _sets(facts, p, name)]
    near = [p for o in own for p in facts.flow.reach([o], stop=lambda p: p is fork)]
    return any(d.name in asked and d.name != name for p in near for d in facts.effects(p).defs)


def _used_as(at: Point, read: Node) -> str:
    above = read.parent
    while above is not None and not above.type.endswith("statement"):
        if above.type == "call_expression" and callee(above) not in (*WARNS, *TRANSPARENT, ""):
            return f"given to {callee(above)}()"
        above = above.parent
    kinds = {"return": "returned", "cond": "tested", "switch": "tested"}
    return kinds.get(at.kind, "read")
