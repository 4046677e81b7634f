"""out-value-on-error: an out-value is read where the callee may not have written it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import ANY, UNSET, Value, subject, test_of
from linter.source.expr import path_of, strip, text
from rules.conditions import truth
from rules.registry import FUNCTION, RMI
from rules.vocabulary import failures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function


SEVERITY = "error"
CATALOGUE = ("OUT-ON-ERROR", "RMI-OUT-UNINIT", "UNINIT-OUT")
WORDS = (RMI, ("&", "*"))
NEEDS = FUNCTION
TITLE = "an out-value is read although the call that writes it may have failed or not been made"
WHY = (
    "The callee writes through the pointer only where it succeeds. On the other way the caller "
    "reads what happened to be on the stack."
)
FIX = "Test the result first, or give the variable a value before the call."
EVIDENCE = (
    "Aneesh Kumar K.V and the kernel test robot on [PATCH v4 18/43]: top_ipa goes to user space",
    "realm_set_ipa_state() in v9 and later reads *top_ipa whatever ripas_change() returned",
    "not this rule: a read under the test for success ([PATCH v7 18/45], withdrawn)",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    reported: set[tuple[str, int]] = set()
    for site in facts.sites:
        if not facts.world.is_firmware(site.name, function):
            continue
        for index, name in _outs(function, site):
            for node, message in _reads(facts, site, index, name):
                if (name, node.start_byte) not in reported:
                    reported.add((name, node.start_byte))
                    written = function.place(site.node, f"{site.name}() writes it here")
                    yield function.finding(node, message, related=[written])


def _reads(facts: Facts, site: Site, index: int, name: str) -> Iterator[tuple[Node, str]]:
    """Reads of the out-value that the call has not written, each with what is wrong."""
    when = facts.world.out_written(site.name, index, facts.function)
    if when in ("success", "sometimes"):
        before = facts.reaching(site.point, name)
        preset = [hit for hit in before if hit.definition.how not in ("decl", "out")]
        node = _read_after_failure(facts, site, index, name, when, tests_only=bool(preset))
        if preset:
            line = facts.function.line(preset[0].definition.node)
            message = f"where {site.name}() failed, `{name}` still has the value of line {line}: "
            message += "it is written only on success, so this test is decided before the call"
        else:
            message = f"`{name}` is read here although {site.name}() may have failed: it writes "
            message += f"`{name}` only where it succeeds"
        if node is not None:
            yield node, message
    node = _read_unset(facts, name)
    if node is not None:
        message = f"`{name}` is read here also where {site.name}() was never called: nothing has "
        yield node, message + "written it then"


def _outs(function: Function, site: Site) -> Iterator[tuple[int, str]]:
    """(argument index, path that is written) of `&x` and of pointers handed on."""
    yield from site.call.out_args()
    for index, arg in enumerate(site.call.args):
        param = function.param(path_of(strip(arg)))
        if param is not None and param.pointer:
            yield index, f"*{param.name}"


def _read_after_failure(
    facts: Facts, site: Site, index: int, name: str, when: str, *, tests_only: bool
) -> Node | None:
    """A read of the out-value that a failing result of the call reaches.

    With `tests_only` a comparison by order under the failure: a value that
    was set before the call may be a default, but a test of it decides nothing.
    A callee that writes `sometimes` may write for a status the code asks for.
    """
    status = site.call.result
    besides = facts.world.written_besides(site.name, index, facts.function)
    for walk in failures(facts, site, besides):
        for point, state in walk:
            value = state.get(status)
            node = _read(facts, point, name, {status: value})
            if value.zero or (when == "sometimes" and value.eq):
                walk.skip()
            elif node is not None and (not tests_only or _is_order(node)):
                return node
            elif point is site.point or facts.writes(point, name):
                walk.skip()
    return None


def _is_order(node: Node) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.type == "binary_expression"
        and text(parent.child_by_field_name("operator")) in ("<", "<=", ">", ">=")
    )


def _read_unset(facts: Facts, name: str) -> Node | None:
    """A read of a local on a way from its declaration that never wrote it.

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
            elif (node := _read(facts, point, name, dict(state.values))) is not None:
                return node
    return None


def _is_written(facts: Facts, point: Point, name: str) -> bool:
    """Does the declaration itself write it?  `unsigned long v, ret = f(&v);`"""
    return any(d.name == name and d.how != "decl" for d in facts.effects(point).defs)


def _read(facts: Facts, point: Point, name: str, known: Mapping[str, Value]) -> Node | None:
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
