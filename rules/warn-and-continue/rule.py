"""warn-and-continue: a WARN states an impossible value, then the code uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import test_of
from linter.source.expr import constant, effects, path_of, squeeze, strip, text
from linter.source.nodes import takes_status
from rules.conditions import Decided, atoms, fires_if, implied, said_of
from rules.registry import PART, RMI
from rules.uses import (
    asks,
    holds_status,
    is_cut,
    is_index,
    is_tested,
    limits_rounds,
    reads_only,
    takers,
)
from rules.vocabulary import in_print, is_conversion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Def
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

_NUMBER = regex(r"^\d+$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for warn in facts.warns():
        if warn.call.args:
            yield from _check(function, facts, warn)


def _check(function: Function, facts: Facts, warn: Site) -> Iterator[Finding]:
    condition = fires_if(warn)
    if any(not reads_only(call.name) for call in effects(condition).calls):
        return  # WARN_ON(f()): that f() failed, not that a value is impossible
    for atom in atoms(condition):
        name = _subject(facts, warn, atom)
        if not name or _is_answer(facts, warn, atom):
            continue
        origin = facts.from_firmware(warn.point, atom)
        if origin:
            where = _used(facts, warn, name, atom) or _assumed(facts, warn, atom)
            reason = f"comes from firmware ({origin})"
        elif _is_empty_test(function, atom) and _operator(condition) != "&&":
            where = _used(facts, warn, name, atom, by_rmm=True)
            where = where or _used_through(facts, warn, name, atom)
            reason = "is an argument" if name.isidentifier() else "is the caller's"
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


def _is_answer(facts: Facts, warn: Site, atom: Node) -> bool:
    """Is this WARN_ON(ret) of `ret = f()`?  It says that f() failed, as WARN_ON(f()) does."""
    test = test_of(atom)
    if test is None or (test.op not in ("==", "!=") and test.against != "0"):
        return False
    return test.status or holds_status(facts, warn.point, test.name)


def _subject(facts: Facts, warn: Site, atom: Node) -> str:
    """The variable an atom is about: of two, the one that comes from firmware."""
    inner = strip(atom)
    sides = [s for name in ("left", "right") if (s := inner.child_by_field_name(name)) is not None]
    for node in [*(s for s in sides if facts.from_firmware(warn.point, s)), atom]:
        for path, _ in effects(node).uses:
            if not path.isupper():
                return path
    return ""


def _operator(node: Node) -> str:
    return text(strip(node).child_by_field_name("operator"))


def _is_empty_test(function: Function, atom: Node) -> bool:
    """Is a parameter (a size, a pointer; not a flag), or a field, found to be zero or NULL?"""
    inner = strip(atom)
    name = ""
    if _operator(inner) == "!":
        argument = inner.child_by_field_name("argument")
        name = path_of(strip(argument)) if argument is not None else ""
    else:
        test = test_of(inner)
        if test is not None and test.op == "==" and test.against == "0":
            name = test.name
    param = function.param(re.split(r"->|\.", name)[0])
    return param is not None and param.type != "bool"


def _fired(facts: Facts, warn: Site, subject: str, atom: Node) -> Decided:
    """The ways on from a WARN that fired.

    A later test that asks the same goes the way of a value that is bad.
    """

    def decide(point: Point) -> bool | None:
        return None if point.node is None else implied(point.node, atom)

    return Decided(facts, warn.point, {subject: said_of(subject, atom)}, decide)


def _used(
    facts: Facts, warn: Site, subject: str, atom: Node, *, by_rmm: bool = False
) -> tuple[Node, str] | None:
    """Where the value is used although the WARN fired, and how."""
    walk = _fired(facts, warn, subject, atom)
    for point, _ in walk:
        for path, node in facts.effects(point).uses:
            if path != subject or in_print(node):
                continue
            if is_cut(node):
                walk.skip()
                continue
            calls = list(takers(facts, point, node))
            if point.kind in ("cond", "switch"):
                if not by_rmm and limits_rounds(facts, point, node, subject) and _is_too_much(atom):
                    return node, f"it then bounds the loop in line {facts.function.line(node)}"
                calls = [name for name in calls if not asks(facts.function, name)]
                if not calls and not is_index(node):
                    continue  # a second test
            if is_tested(node) or (calls and takes_status(calls[0])):
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


def _is_too_much(atom: Node) -> bool:
    test = test_of(atom)
    return test is not None and test.op in (">", ">=")


def _used_through(facts: Facts, warn: Site, subject: str, atom: Node) -> tuple[Node, str] | None:
    """The same for a local that was computed from the empty subject, before the WARN or behind."""
    seen = list(_fired(facts, warn, subject, atom))
    bad = {point for point, state in seen if state.get(subject).zero}
    for site, arg in _asked(facts, {point for point, _ in seen}):
        name = path_of(strip(arg))
        for at in facts.reaching(site.point, name) if name.isidentifier() else ():
            before = facts.flow.dominates(at.point, warn.point)
            if (before or at.point in bad) and _is_computed(at.definition, subject):
                return site.node, (
                    f"{site.name}() is then called with `{name}`, which was computed from it "
                    f"(line {facts.function.line(site.node)})"
                )
    return None


def _is_computed(definition: Def, subject: str) -> bool:
    """Is a value made from the subject by arithmetic or as another kind of address?"""
    found = effects(definition.value)
    return any(path == subject for path, _ in found.uses) and all(
        is_conversion(call.name) or reads_only(call.name) for call in found.calls
    )


def _asked(facts: Facts, reached: set[Point]) -> Iterator[tuple[Site, Node]]:
    """The arguments of the calls of the RMM at these points."""
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
    for site, arg in _asked(facts, facts.flow.reach([warn.point])):
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
