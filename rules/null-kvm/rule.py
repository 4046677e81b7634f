"""null-kvm: KVM_CHECK_EXTENSION on /dev/kvm has no VM to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ANY, ZERO
from linter.source.expr import path_of, strip, text
from rules.kvm import bodies, is_predicate
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "error"
CATALOGUE = ("KVM-NULL-KVM", "NULL-KVM-CHECK-EXT")
WORDS = (RMI, ("kvm",))
NEEDS = SERIES
TITLE = "the handler of KVM_CHECK_EXTENSION reads from a VM that may not exist"
WHY = (
    "The ioctl is also allowed on /dev/kvm itself, and then `kvm` is NULL. Any process that may "
    "open /dev/kvm makes the host oops by asking for one capability."
)
FIX = "if (kvm && kvm_is_realm(kvm)), or answer before the switch."
EVIDENCE = (
    "Marc Zyngier and Gavin Shan on the v6 and v10 series: kvm may be NULL there",
    "kvm_is_realm() stopped testing for NULL in v12",
)

_QUERY = regex(r"(?:^|_)check_ext(?:ension)?$")


def check(units: list[Unit]) -> Iterator[Finding]:
    safe, unsafe = _predicates(units)
    for _, function in bodies(units):
        if _QUERY.search(function.name):
            yield from _check(function, safe, unsafe)


def _check(function: Function, safe: set[str], unsafe: set[str]) -> Iterator[Finding]:
    facts = function.facts
    name = next((p.name for p in function.params if p.type.startswith("struct kvm")), "kvm")
    told: set[int] = set()
    for point, state in facts.explore(facts.flow.entry, {name: ANY}):
        if state.get(name).nonzero or point.index in told:
            continue
        for node, what, sure in _reads(facts, point, name, safe, unsafe):
            told.add(point.index)
            yield function.finding(
                node,
                f"`{name}` is NULL when KVM_CHECK_EXTENSION is asked of /dev/kvm, and {what}",
                severity="" if sure else "info",
            )
            break


def _reads(
    facts: Facts, point: Point, name: str, safe: set[str], unsafe: set[str]
) -> Iterator[tuple[Node, str, bool]]:
    """Where a point looks behind the pointer, and whether that is sure."""
    for call in facts.effects(point).calls:
        handed = any(path_of(strip(arg)) == name for arg in call.args)
        if not handed or not is_predicate(call.name) or call.name in safe:
            continue
        if not _asked_before(point, call.node, name):
            yield call.node, f"{call.name}() reads from it", call.name in unsafe


def _asked_before(point: Point, node: Node, name: str) -> bool:
    """Is the pointer tested in the same expression, as in `kvm && f(kvm)`?"""
    whole = point.node
    if whole is None:
        return False
    before = text(whole)[: max(node.start_byte - whole.start_byte, 0)]
    test = rf"\b{name}\b[\s)]*(?:&&|\?|!=)|!\s*{name}\b[\s)]*\|\|"
    return bool(regex(test).search(before))


def _predicates(units: list[Unit]) -> tuple[set[str], set[str]]:
    """The predicates that take a NULL pointer, and those that do not, as they are defined."""
    last = {f.name: f for u, f in bodies(units) if f in u.functions and is_predicate(f.name)}
    unsafe = {name for name, function in last.items() if _follows_null(function)}
    return set(last) - unsafe, unsafe


def _follows_null(function: Function) -> bool:
    """Does a predicate read through its argument without a look at it?"""
    facts = function.facts
    name = function.params[0].name if function.params else ""
    for point, _ in facts.explore(facts.flow.entry, {name: ZERO} if name else {}):
        for path, node in facts.effects(point).uses:
            if path.startswith(f"{name}->") and not _asked_before(point, node, name):
                return True
    return False
