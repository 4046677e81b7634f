"""warn-on-input: a WARN that user space or the guest can set off when it likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.expr import address_of, effects, path_of, paths_in, squeeze, strip, text
from rules.conditions import atoms
from rules.registry import PART, RMI
from rules.warns import warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function
    from rules.warns import Warned

SEVERITY = "warning"
CATALOGUE = ("RMI-WARN-USER", "USER-TRIGGERABLE-WARN")
WORDS = (RMI, ("WARN", "BUG_ON", "_from_user", "memdup_"))
NEEDS = PART
TITLE = "a WARN whose condition user space or the guest decides"
WHY = (
    "A wrong argument is no bug of the kernel. A VMM or a guest can fill the log, and with "
    "panic_on_warn it takes the host down."
)
FIX = "Return the error without the WARN."
EVIDENCE = (
    "Suzuki K Poulose on [PATCH v8 15/43]: a buggy VMM could trigger the WARN_ON; gone in v9",
    "review of [PATCH v14], fault path: WARN on a missing write permission; agreed",
)

_COPIES = regex(r"^_*copy_from_user$|^copy_struct_from_user$")
_DUPLICATES = regex(r"^v?memdup_(?:array_)?user(?:_nul)?$")
_GUESTS = regex(r"(?:^|->|\.)exit(?:->|\.)(?:gprs|ripas_\w+|imm)\b")
_WRITABLE = regex(r"_PROT_W$|^VM_WRITE$|^FOLL_WRITE$")
_WRITE_FAULT = regex(r"(?:^|\W)(?:is_)?(?:write_fault|fault_is_write|kvm_is_write_fault)\b")
_RATED = regex(r"RATELIMIT")
_DEPTH = 5


class Input(NamedTuple):
    """What came from user space in a function: whole structs, and values made from them."""

    structs: frozenset[str]
    values: frozenset[str]


def check(function: Function) -> Iterator[Finding]:
    told: set[tuple[str, int]] = set()
    for warn in _warns(function):
        if reason := _guest_decides(function.facts, warn):
            yield from _finding(function, warn, reason, told)
    copied = _copied(function.facts)
    if copied.structs:
        yield from _follow(function, copied, told, _DEPTH)


def _warns(function: Function) -> Iterator[Warned]:
    for warn in warnings(function.facts):
        if not _RATED.search(warn.name):
            yield warn


def _finding(
    function: Function, warn: Warned, reason: str, told: set[tuple[str, int]]
) -> Iterator[Finding]:
    key = (function.path, function.line(warn.node))
    if key not in told:
        told.add(key)
        yield function.finding(warn.node, f"{reason} can fire this {warn.name}() at will")


# -- the guest ---------------------------------------------------------------


def _guest_decides(facts: Facts, warn: Warned) -> str:
    """Why the guest decides the condition of a WARN, '' if it does not."""
    conditions = list(atoms(warn.condition))
    if len(conditions) == 1 and _asks_for_write(facts, conditions[0]):
        return (
            f"`{' '.join(text(conditions[0]).split())}` depends on the access that the guest makes "
            "and on the memslot that the VMM gave, so either"
        )
    for condition in conditions:
        for path in paths_in(condition):
            if source := _guests_value(facts, warn.point, path):
                return f"`{path}` depends on what the guest asked for (`{source}`), so the guest"
    return ""


def _asks_for_write(facts: Facts, condition: Node) -> bool:
    """`!(prot & KVM_PGTABLE_PROT_W)` of a parameter, `!write_fault`: was a write asked for?"""
    inner = strip(condition)
    if text(inner.child_by_field_name("operator")) != "!":
        return False
    argument = inner.child_by_field_name("argument")
    node = strip(argument) if argument is not None else inner
    if text(node.child_by_field_name("operator")) == "&":
        sides = [squeeze(node.child_by_field_name(side)) for side in ("left", "right")]
        given = any(facts.function.param(side) is not None for side in sides)
        return given and any(_WRITABLE.search(side) for side in sides)
    return bool(_WRITE_FAULT.search(squeeze(node)))


def _guests_value(facts: Facts, point: Point, path: str) -> str:
    """The field of the exit record that a value is, or that the call was given it comes from."""
    if _GUESTS.search(path):
        return path
    for at in facts.reaching(point, path):
        value = at.definition.value
        if value is None or at.definition.how not in ("init", "assign"):
            continue
        asked = [p for call in effects(value).calls for arg in call.args for p in paths_in(arg)]
        for inner in (path_of(strip(value)), *asked):
            if _GUESTS.search(inner):
                return inner
            for before in facts.reaching(at.point, inner) if inner.isidentifier() else ():
                source = path_of(strip(before.definition.value)) if before.definition.value else ""
                if _GUESTS.search(source):
                    return source
    return ""


# -- user space --------------------------------------------------------------


def _copied(facts: Facts) -> Input:
    """The structs that a function fills from user space."""
    found = set()
    for site in facts.calls(_COPIES.match):
        if site.call.args:
            first = site.call.args[0]
            found.add(address_of(first) or path_of(strip(first)))
    found |= {site.call.result for site in facts.calls(_DUPLICATES.match)}
    return Input(frozenset(found - {""}), frozenset())


def _follow(
    function: Function, given: Input, told: set[tuple[str, int]], depth: int
) -> Iterator[Finding]:
    """Follows what came from user space through the calls of a function."""
    facts = function.facts
    given = Input(given.structs, frozenset(_made_from(facts, given)))
    for warn in _warns(function):
        for atom in atoms(warn.condition):
            if reason := _user_decides(facts, warn, atom, given):
                yield from _finding(function, warn, reason, told)
    for site in facts.sites if depth else ():
        structs, values = [], []
        for n, arg in enumerate(site.call.args):
            if (address_of(arg) or path_of(strip(arg))) in given.structs:
                structs.append(n)
            elif not effects(arg).calls and any(_is_input(p, given) for p in paths_in(arg)):
                values.append(n)
        called = facts.called(site.name) if structs or values else None
        if called is not None and called is not function and called.path == function.path:
            names = [param.name for param in called.params]
            inner = Input(
                frozenset(names[n] for n in structs if n < len(names)),
                frozenset(names[n] for n in values if n < len(names)),
            )
            yield from _follow(called, inner, told, depth - 1)


def _is_input(path: str, given: Input) -> bool:
    base = path.replace("->", ".").split(".")[0].lstrip("*")
    return path in given.values or (base in given.structs and path != base)


def _made_from(facts: Facts, given: Input) -> set[str]:
    """The values, and the locals that are computed from them without asking the RMM."""
    known = set(given.values)
    definitions = [d for point in facts.points for d in facts.effects(point).defs]
    while True:
        now = Input(given.structs, frozenset(known))
        more = {
            d.name
            for d in definitions
            if d.name.isidentifier()
            and d.value is not None
            and any(_is_input(path, now) for path in paths_in(d.value))
            and not any(
                facts.world.is_firmware(call.name, facts.function)
                or facts.world.is_errno(call.name, facts.function)
                for call in effects(d.value).calls
            )
        }
        if more <= known:
            return known
        known |= more


def _user_decides(facts: Facts, warn: Warned, atom: Node, given: Input) -> str:
    """Why user space decides a condition: what the RMM says of an address it gave, or it alone."""
    inner = strip(atom)
    sides = [inner.child_by_field_name(side) for side in ("left", "right")]
    for mine, other in (sides, sides[::-1]):
        if mine is None or other is None or inner.type != "binary_expression":
            continue
        names = [path for path in paths_in(mine) if _is_input(path, given)]
        answer = facts.from_firmware(warn.point, other)
        if names and answer and not facts.from_firmware(warn.point, mine):
            return (
                f"`{names[0]}` comes from a range that user space chose, and the RMM answers for "
                f"what it finds there ({answer}), so user space"
            )
    for path in paths_in(atom):
        if _is_input(path, given) and path not in given.values and not _tested(facts, warn, path):
            return f"`{path}` is what user space passed in, so it"
    return ""


def _tested(facts: Facts, warn: Warned, path: str) -> bool:
    """Has a value been looked at before the WARN?"""
    return any(
        point.kind in ("cond", "switch")
        and point is not warn.point
        and path in paths_in(point.node)
        and facts.flow.dominates(point, warn.point)
        for point in facts.points
    )
