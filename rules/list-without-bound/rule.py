"""list-without-bound: the RMM's counts decide how far a fixed array is filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, paths_in, squeeze, strip, text
from linter.source.nodes import callee
from rules.names import comparisons
from rules.registry import FUNCTION, RMI
from rules.sro import callers, output_register
from rules.uses import is_cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-LIST-OVERFLOW",)
WORDS = (RMI, ("[", "+=", "-="), ("a0", "a1", "a2", "a3", "rmi_", "smccc"))
NEEDS = FUNCTION
TITLE = "A count of the RMM fills a fixed array, and nothing compares it with the array's size"
WHY = (
    "How many entries the RMM asks for, takes or gives back is its own choice. One more than the "
    "array has room for is written behind it, and the next call reads from there."
)
FIX = "Compare with the array's size before the entry is stored, or cut the count down to the room."
EVIDENCE = ("[PATCH v13 48/48] rmi_sro_donate_noncontig(), rmi_sro_reclaim(): bounded in v14",)

_MAKES_ROOM = regex(r"(?:^|_)(?:capacity|room|space|reserve|full|ensure|fits?|grow)(?:_|$)")
_CUT = regex(r"^(?:u?min|clamp)")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    if not any(facts.world.is_firmware(site.name, function) for site in facts.sites):
        return
    for point in facts.points:
        for definition in facts.effects(point).defs:
            yield from _stored(facts, point, definition)
            yield from _counted(facts, point, definition)
    for loop in facts.flow.loops:
        yield from _filled(facts, loop)


def _stored(facts: Facts, point: Point, definition: Def) -> Iterator[Finding]:
    """`state->list[state->n++] = entry`, where `state->n` lives on from call to call."""
    node = definition.node
    if node.type == "field_expression":  # `state->list[state->n].address = entry`
        node = node.child_by_field_name("argument") or node
    if definition.how != "assign" or node.type != "subscript_expression":
        return
    base, index = node.child_by_field_name("argument"), node.child_by_field_name("index")
    counter = _counter(index)
    if base is None or "." not in counter.replace("->", "."):
        return
    capacity = _capacity(facts, path_of(base))
    if not capacity or _bounded(facts, counter):
        return
    yield facts.function.finding(
        node,
        f"`{squeeze(base)}` has {capacity} entries, but nothing compares `{counter}` with that "
        "before an entry is stored: the number of entries is what the RMM asks for",
    )


def _counted(facts: Facts, point: Point, definition: Def) -> Iterator[Finding]:
    """`state->n += regs.a1`, where `state->n` says how much of an array is in use."""
    counter, value, sign = _step(definition)
    if value is None or not output_register(facts, point, path_of(value)):
        return
    if _cut_down(facts, point, value):
        return
    listed = _listed(facts, counter)
    if listed is None or _bounded(facts, counter):
        return
    array, capacity = listed
    harm = (
        f"`{counter}` goes past the {capacity} entries of `{array}`"
        if sign == "+"
        else f"`{counter}` wraps, and `{array}` is then written far behind its end"
    )
    yield facts.function.finding(
        definition.node,
        f"`{squeeze(value)}` is a count of the RMM and nothing bounds it from above: if it is "
        f"larger than what was {'asked for' if sign == '+' else 'given'}, {harm}",
    )


def _filled(facts: Facts, loop: Loop) -> Iterator[Finding]:
    """`for (i = 0; i < n; i++) state->list[i] = ..`, where a call of the RMM gave the `n`."""
    for test in facts.loop_tests(loop):
        node = strip(test.node) if test.node is not None else None
        sides = [node.child_by_field_name(s) for s in ("left", "right")] if node is not None else []
        if node is None or text(node.child_by_field_name("operator")) not in ("<", "!="):
            continue
        counter, count = (path_of(strip(side)) if side is not None else "" for side in sides)
        given = _given(facts, test, count) if counter.isidentifier() and count else ""
        if not given or _bounded(facts, count):
            continue
        for point in sorted(loop.body, key=lambda p: p.index):
            for definition in facts.effects(point).defs:
                base = definition.node.child_by_field_name("argument")
                index = definition.node.child_by_field_name("index")
                if base is None or _counter(index) != counter:
                    continue
                if capacity := _capacity(facts, path_of(base)):
                    yield facts.function.finding(
                        definition.node,
                        f"`{squeeze(base)}` has {capacity} entries, but nothing compares "
                        f"`{count}` with that before it is filled: it is what {given} says",
                        related=[facts.function.place(node, "how often the loop runs")],
                    )
                    return


def _given(facts: Facts, point: Point, count: str) -> str:
    """The call of the RMM that wrote a count, '' if another one may have."""
    for at in facts.reaching(point, count):
        call = at.definition.call
        if at.definition.how == "out" and call is not None:
            if facts.world.is_firmware(call.name, facts.function):
                return f"{call.name}()"
        elif at.definition.value is not None:
            path = path_of(strip(at.definition.value))
            if path and path != count and output_register(facts, at.point, path):
                return "the RMM"
    return ""


def _step(definition: Def) -> tuple[str, Node | None, str]:
    """(counter, amount, sign) of `n += x`, `n -= x`, `n = n + x`."""
    counter, value = definition.name, definition.value
    if value is None or "." not in counter.replace("->", "."):
        return "", None, ""
    if definition.how == "update":
        above = definition.node.parent
        operator = text(above.child_by_field_name("operator")) if above is not None else ""
        return (counter, strip(value), operator[0]) if operator in ("+=", "-=") else ("", None, "")
    value = strip(value)
    left, right = value.child_by_field_name("left"), value.child_by_field_name("right")
    operator = text(value.child_by_field_name("operator"))
    if left is None or right is None or operator not in ("+", "-") or definition.how != "assign":
        return "", None, ""
    return (counter, strip(right), operator) if path_of(strip(left)) == counter else ("", None, "")


def _cut_down(facts: Facts, point: Point, value: Node) -> bool:
    """Is an amount compared with something that stays, or cut?"""
    names = {path_of(value)}
    for at in facts.reaching(point, path_of(value)):
        source = at.definition.value
        if source is not None:
            names.add(path_of(strip(source)))
            if _CUT.match(callee(strip(source))):
                return True
    names.discard("")
    return is_cut(value) or any(_bounded(facts, name) for name in names)


def _counter(index: Node | None) -> str:
    node = strip(index) if index is not None else None
    if node is not None and node.type == "update_expression":
        node = node.child_by_field_name("argument")
    return path_of(strip(node)) if node is not None else ""


def _capacity(facts: Facts, array: str) -> str:
    """The size that a struct declares for a member array, '' if it is none."""
    member = array.replace("->", ".").rsplit(".", 1)[-1]
    for unit in facts.world.units:
        if member.encode() not in unit.source:
            continue
        for node in unit.structs.values():
            for declarator in _arrays(node):
                if text(declarator.child_by_field_name("declarator")) == member:
                    return text(declarator.child_by_field_name("size"))
    return ""


def _arrays(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type == "array_declarator":
            yield child
        else:
            yield from _arrays(child)


def _listed(facts: Facts, counter: str) -> tuple[str, str] | None:
    """The array beside a counter that it is an index of somewhere in the file, and its size."""
    owner = counter[: max(counter.rfind("."), counter.rfind("->"))]
    member = counter.replace("->", ".").rsplit(".", 1)[-1]
    for node in facts.function.unit.nodes("subscript_expression"):
        base, index = node.child_by_field_name("argument"), node.child_by_field_name("index")
        if _counter(index).replace("->", ".").rsplit(".", 1)[-1] != member or base is None:
            continue
        array = squeeze(base)
        if array.startswith(owner) and (capacity := _capacity(facts, array)):
            return array, capacity
    return None


def _bounded(facts: Facts, name: str) -> bool:
    """Does this function, what it calls, or a caller compare a name with what stays?"""
    member = name.replace("->", ".").rsplit(".", 1)[-1]
    if _compares(facts, name):
        return True
    if name.isidentifier():
        return False
    if any(_MAKES_ROOM.search(site.name) for site in facts.sites):
        return True
    near = [facts.function.world.function(site.name, facts.function) for site in facts.sites]
    others = [f for f in (*near, *callers(facts.function)) if f is not None]
    return any(
        _compares(other.facts, path)
        for other in others
        for path in _paths(other.facts)
        if path.replace("->", ".").endswith(f".{member}")
    )


def _paths(facts: Facts) -> set[str]:
    return {path for point in facts.points for path, _ in facts.effects(point).uses}


def _compares(facts: Facts, name: str) -> bool:
    """Is a name set against a value that does not move with the loop?"""
    steps = {
        d.name
        for point in facts.points
        for d in facts.effects(point).defs
        if d.how in ("update", "loop") and d.name != name
    }
    for point in facts.points:
        for test in (*comparisons(facts, point), *_returned(point)):
            node = strip(test)
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None:
                continue
            sides = paths_in(left), paths_in(right)
            for mine, against in (sides, sides[::-1]):
                if name in mine and not against & steps and not _is_zero(left, right):
                    return True
    return False


def _returned(point: Point) -> list[Node]:
    """`return n < SIZE;`"""
    named = point.node.named_children if point.kind == "return" and point.node else []
    return [child for child in named if text(strip(child).child_by_field_name("operator"))]


def _is_zero(left: Node, right: Node) -> bool:
    return "0" in (squeeze(strip(left)), squeeze(strip(right)))
