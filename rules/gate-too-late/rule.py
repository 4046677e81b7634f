"""gate-too-late: a teardown works on what only creation sets, and asks for the state afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import effects, squeeze, strip, text
from rules.ownership import is_member, is_release, members
from rules.registry import FILE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("KVM-REALM-GATE",)
WORDS = (RMI, ("destroy", "teardown", "tear_down", "uninit", "free"), ("state", "created"))
NEEDS = FILE
TITLE = "the teardown starts before it asks whether the realm was ever created"
WHY = (
    "A VM can die before its realm was made. Then the fields that creation fills are still 0: "
    "sizes are computed from nothing and the RMM is asked about a realm that it does not know."
)
FIX = "Ask for the state first, and return if there is nothing to take down."
EVIDENCE = (
    "fixed silently in two steps between [PATCH v12 07/46], v13 and v14: the state is asked first",
)

_STATE = regex(r"(?:^|_)(?:is_created|created|state|is_alive|is_active)(?:_|$)")


def check(unit: Unit) -> Iterator[Finding]:
    for function in unit.functions:
        if not is_release(function.name):
            continue
        gate = _gate(function.facts)
        if gate is None:
            continue
        for site in function.facts.sites:
            found = _early(unit, function, gate, site)
            if found is not None:
                path, maker = found
                asked, set_by = squeeze(gate.node), ""
                related = [function.place(gate.node or site.node, "the state is asked here")]
                if maker is not None:
                    set_by = f", which only {maker.name}() sets,"
                    related.append(maker.place(maker.node, f"{maker.name}() sets `{path}`"))
                yield function.finding(
                    site.node,
                    f"{site.name}() goes by `{path}`{set_by} before `{asked}` is asked: a realm "
                    "that was never created does not have it yet",
                    related=related,
                )
                break


def _gate(facts: Facts) -> Point | None:
    """The condition by which the function gives up where there is nothing to take down."""
    for point in facts.points:
        if point.kind != "cond" or point.node is None:
            continue
        names = [c.name for c in facts.effects(point).calls]
        names += [p.rpartition(">")[2].rpartition(".")[2] for p, _ in facts.effects(point).uses]
        if any(_STATE.search(n) for n in names) and any(
            e.target.kind == "return" for e in point.edges
        ):
            return point
    return None


def _early(
    unit: Unit, function: Function, gate: Point, site: Site
) -> tuple[str, Function | None] | None:
    """(member, who sets it, if that is known) of a teardown call on the way to the gate."""
    facts = function.facts
    if not is_release(site.name) or not facts.flow.dominates(site.point, gate):
        return None
    # the value itself, not a page behind it that may be NULL
    if not facts.world.is_firmware(site.name, function) and len(site.call.args) < 2:
        return None
    for arg in site.call.args:
        node = strip(arg)
        for path, used in effects(node).uses:
            if used == node or not is_member(path):
                continue  # only what is computed from it
            makers = _setters(unit, function, path)
            if not makers and _beside_state(function, path):
                return path, None
            if len(makers) == 1 and _creates(makers[0]) and makers[0] is not function:
                return path, makers[0]
    return None


def _setters(unit: Unit, function: Function, path: str) -> list[Function]:
    """The functions of the file that set the member."""
    wanted = members(function, path)
    return [
        other
        for other in unit.functions
        if any(
            is_member(d.name) and members(other, d.name) & wanted
            for point in other.facts.points
            for d in other.facts.effects(point).defs
        )
    ]


def _creates(function: Function) -> bool:
    """Does a function take the realm to another state, or say that it makes it?"""
    return "create" in function.name or b"state" in function.source


def _beside_state(function: Function, path: str) -> bool:
    """Does the member live in the struct that keeps the state?"""
    for kind, rest in members(function, path):
        found = function.world.struct(kind.removeprefix("struct "))
        if found is not None and "->" not in rest and "." not in rest:
            return any(
                text(field.child_by_field_name("declarator")) == "state"
                for field in (found[1].child_by_field_name("body") or found[1]).named_children
            )
    return False
