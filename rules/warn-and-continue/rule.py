"""warn-and-continue: a WARN states an impossible value, then the code uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.source.explore import Value, test_of
from linter.source.expr import constant, effects, path_of, squeeze, strip, text
from linter.source.nodes import WARNS
from rules.conditions import Decided, atoms, implied, said_of
from rules.registry import PART, RMI
from rules.uses import holds_status, is_cut, is_tested, takers
from rules.vocabulary import in_print

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-WARN-CONTINUE", "WARN-NORETURN")
WORDS = (RMI, ("WARN", "KVM_BUG_ON"))
NEEDS = PART
TITLE = "a WARN states that a value is impossible, then the code goes on with it"
WHY = (
    "A WARN_ON() or KVM_BUG_ON() that stands alone prints and comes back. The value that was "
    "just called impossible is then used as if it were good."
)
FIX = "Leave: `if (WARN_ON(...)) return` or `goto` the label that undoes what was done."
EVIDENCE = (
    "Marc Zyngier on [PATCH v12 20/46]: KVM_BUG_ON() or an error, but do not go on",
    "Suzuki K Poulose on [PATCH v14 29/44]: if (WARN_ON(level >= ...)) goto err_undelegate",
    "Suzuki K Poulose on the v5 series: the level that the RMM reports is only warned about",
)

_NUMBER = re.compile(r"^\d+$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for warn in facts.warns():
        if warn.call.args:
            yield from _check(function, facts, warn)


def _check(function: Function, facts: Facts, warn: Site) -> Iterator[Finding]:
    condition = _condition(warn)
    if any(not _reads_only(call.name) for call in effects(condition).calls):
        return  # WARN_ON(f()): that f() failed, not that a value is impossible
    for atom in atoms(condition):
        name = _subject(atom)
        if not name or _is_answer(facts, warn, atom):
            continue
        origin = facts.from_firmware(warn.point, atom)
        if origin:
            where = _used(facts, warn, name, atom) or _assumed(facts, warn, atom)
            reason = f"comes from firmware ({origin})"
        elif _is_empty_test(function, atom) and _operator(condition) != "&&":
            where = _used(facts, warn, name, atom, by_rmm=True)
            where = where or _used_through(facts, warn, name)
            reason = "is an argument"
        else:
            continue
        if where is not None:
            used, what = where
            own, test = condition == warn.call.args[0], _short(condition)
            said = f"{warn.name}({test})" if own else f"{warn.name}() behind `if ({test})`"
            does = "only marks the VM" if warn.name == "KVM_BUG_ON" else "only prints"
            yield function.finding(
                warn.point.node or warn.node,
                f"{said} {does}: `{name}` {reason}, and {what}",
                related=[function.place(used, "it is used here as if it were good")],
            )
            return


def _condition(warn: Site) -> Node:
    """What must hold for the WARN to fire: for `if (bad) WARN(1, ..)` it is `bad`."""
    condition = warn.call.args[0]
    statement = warn.point.node
    if statement is None or not Value(constant(condition)).nonzero:
        return condition
    above = statement.parent
    if above is not None and above.type == "compound_statement":
        first = next((c for c in above.named_children if c.type != "comment"), None)
        statement, above = (above, above.parent) if first == statement else (statement, None)
    if above is None or above.child_by_field_name("consequence") != statement:
        return condition
    return strip(above.child_by_field_name("condition") or condition)


def _is_answer(facts: Facts, warn: Site, atom: Node) -> bool:
    """Is this WARN_ON(ret) of `ret = f()`?  It says that f() failed, as WARN_ON(f()) does."""
    test = test_of(atom)
    if test is None or (test.op not in ("==", "!=") and test.against != "0"):
        return False
    return test.status or holds_status(facts, warn.point, test.name)


def _reads_only(name: str) -> bool:
    """A macro that takes a value apart, not a function that does something."""
    return name.isupper() or name in WARNS or name in ("FIELD_GET", "u64_get_bits")


def _subject(atom: Node) -> str:
    """The variable an atom is about."""
    uses = [path for path, _ in effects(atom).uses if not path.isupper()]
    return uses[0] if uses else ""


def _operator(node: Node) -> str:
    return text(strip(node).child_by_field_name("operator"))


def _is_empty_test(function: Function, atom: Node) -> bool:
    """Is a parameter (a size, a pointer; not a flag) found to be zero or NULL?"""
    inner = strip(atom)
    name = ""
    if _operator(inner) == "!":
        argument = inner.child_by_field_name("argument")
        name = path_of(strip(argument)) if argument is not None else ""
    else:
        test = test_of(inner)
        if test is not None and test.op == "==" and test.against == "0":
            name = test.name
    param = function.param(name)
    return param is not None and param.type != "bool"


def _used(
    facts: Facts, warn: Site, subject: str, atom: Node, *, by_rmm: bool = False
) -> tuple[Node, str] | None:
    """Where the value is used although the WARN fired, and how.

    A later test that asks the same goes the way of a value that is bad.
    """

    def decide(point: Point) -> bool | None:
        return None if point.node is None else implied(point.node, atom)

    walk = Decided(facts, warn.point, {subject: said_of(subject, atom)}, decide)
    for point, _ in walk:
        for path, node in facts.effects(point).uses:
            if path != subject or in_print(node) or point.kind in ("cond", "switch"):
                continue
            if is_cut(node):
                walk.skip()
                continue
            calls = list(takers(facts, point, node))
            if is_tested(node) or calls[:1] == ["RMI_RETURN_STATUS"]:
                continue
            if point.kind == "return" and not calls and holds_status(facts, point, subject):
                continue  # the caller hears of it
            rmm = [n for n in calls if facts.world.is_firmware(n, facts.function)]
            line = facts.function.line(node)
            if calls and (rmm or not by_rmm):
                return node, f"{(rmm or calls)[0]}() is then called with it (line {line})"
            if not by_rmm:
                return node, f"it is used in line {line}"
        if facts.writes(point, subject):
            walk.skip()
    return None


def _used_through(facts: Facts, warn: Site, subject: str) -> tuple[Node, str] | None:
    """The same for a local that was computed from the subject before."""
    computed = {
        definition.name
        for point in facts.points
        if point is not warn.point and facts.flow.dominates(point, warn.point)
        for definition in facts.effects(point).defs
        if definition.value is not None
        and any(path == subject for path, _ in effects(definition.value).uses)
    }
    for site, arg in _asked_after(facts, warn):
        if (name := path_of(strip(arg))) in computed:
            return site.node, (
                f"{site.name}() is then called with `{name}`, which was computed from it "
                f"(line {facts.function.line(site.node)})"
            )
    return None


def _asked_after(facts: Facts, warn: Site) -> Iterator[tuple[Site, Node]]:
    """The arguments of the calls of the RMM that can come after the WARN."""
    reached = facts.flow.reach([warn.point])
    for site in facts.sites:
        if site.point in reached and facts.world.is_firmware(site.name, facts.function):
            for arg in site.call.args:
                yield site, arg


def _assumed(facts: Facts, warn: Site, atom: Node) -> tuple[Node, str] | None:
    """`WARN_ON(INDEX(ret) != 2); create(.., 3, ..)`: the number is then taken for granted."""
    inner = strip(atom)
    sides = [inner.child_by_field_name(side) for side in ("left", "right")]
    numbers = [n for side in sides if side is not None and _NUMBER.match(n := constant(side))]
    near = {str(int(n) + more) for n in numbers for more in (0, 1)}
    for site, arg in _asked_after(facts, warn):
        if constant(arg) in near:
            return site.node, (
                f"{site.name}() is then called with {constant(arg)} as if it held "
                f"(line {facts.function.line(site.node)})"
            )
    return None


def _short(node: Node) -> str:
    """A condition on one line, cut where it is long."""
    source = " ".join(text(node).split())
    return source if len(source) <= 48 else squeeze(node)[:45] + "..."
