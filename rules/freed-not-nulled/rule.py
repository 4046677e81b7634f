"""freed-not-nulled: a member is freed and stays set, and its destructor goes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.source.explore import ANY, NONZERO, ZERO
from linter.source.expr import covers
from rules.ownership import freed, is_member, is_null, members, sources_of, stored
from rules.registry import FILE, RMI
from rules.vocabulary import is_alloc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.explore import Value
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("FREED-NOT-NULLED", "C-DANGLING")
WORDS = (RMI, ("free", "put_page"), ("alloc", "get_free_page", "get_zeroed_page"))
NEEDS = FILE
TITLE = "a member is freed on the error path but keeps its value, and is freed again later"
WHY = (
    "The object outlives the failed call. Whoever takes it down goes by the member: it frees the "
    "page a second time, or hands a page that belongs to somebody else to the RMM."
)
FIX = "Set the member to NULL where it is freed, or publish it only after the last failure."
EVIDENCE = (
    "fixed silently between [PATCH v12 12/46] and v13: the REC's run page",
    "own reading of v4 to v12: double free when the VM dies",
)


class Left(NamedTuple):
    """A member that a function frees, and what else it leaves NULL when it returns."""

    function: Function
    site: Site
    path: str
    nulled: tuple[str, ...]
    exit: Point


def check(unit: Unit) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    freeing = [f for f in unit.functions if b"free" in f.source or b"put_page" in f.source]
    for function in freeing:
        # a set-up of another kind is undone only where it succeeded: probe() and remove()
        if not unit.world.is_firmware(function.name, function):
            continue
        for left in _left(function):
            for other in freeing:
                pair = (function.name, other.name)
                again = None if other is function or pair in told else _freed_again(left, other)
                if again is not None:
                    told.add(pair)
                    end = left.exit.node or left.site.node
                    yield function.finding(
                        left.site.point.node or left.site.node,
                        f"`{left.path}` is freed here but still set when {function.name}() "
                        f"returns in line {function.line(end)}: {other.name}() takes it for live "
                        "and frees it a second time",
                        related=[other.place(again.node, f"{other.name}() frees it again here")],
                    )


def _left(function: Function) -> Iterator[Left]:
    """The members that the function sets, frees, and leaves as they are."""
    facts = function.facts
    nulled = {path for p in facts.points for path, _, value in stored(facts, p) if is_null(value)}
    for site in facts.sites:
        path = freed(site)
        if not is_member(path) or not _set_here(facts, site.point, path):
            continue
        base = path.partition("->")[0]
        env: dict[str, Value] = {p: ANY for p in nulled if is_member(p)}
        walk = facts.explore(site.point, {**env, path: NONZERO}, after=True)
        for point, state in walk:
            gone = [freed(s) for s in facts.sites if s.point is point]
            if facts.writes(point, path) or base in gone:
                walk.skip()
            elif point.kind == "return" or point is facts.flow.exit:
                zeros = tuple(p for p in env if state.get(p).zero)
                yield Left(function, site, path, zeros, point)
                break


def _set_here(facts: Facts, point: Point, path: str) -> bool:
    """Does the member hold what this function allocated, not what it was called with?"""
    for at in facts.sources(point, path):
        call = at.definition.call
        if call is not None and is_alloc(call.name) and at.definition.how in ("assign", "init"):
            return True
    return False


def _freed_again(left: Left, other: Function) -> Site | None:
    """The free of the same member that the other function gets to afterwards."""
    facts = other.facts
    member = left.path.rpartition("->")[2].rpartition(".")[2]
    if member.encode() not in other.source:
        return None
    wanted = members(left.function, left.path)
    zeros = set().union(*(members(left.function, p) for p in left.nulled))
    paths = {p for point in facts.points for p, _ in facts.effects(point).uses if is_member(p)}
    same = {p for p in paths if members(other, p) & wanted}
    env = {p: ZERO for p in paths if members(other, p) & zeros}
    frees = [s for s in facts.sites if (name := freed(s)) and _names(facts, s, name) & same]
    if not same or not frees:
        return None
    # the locals in front of the members must be set: `rec = &vcpu->arch.rec`
    heads = {p.partition("->")[0] for p in {*same, *env}}
    start = max((at.point for h in heads for at in facts.defs(h)), key=_index, default=None)
    walk = facts.explore(
        start or facts.flow.entry,
        {**env, **dict.fromkeys(same, NONZERO)},
        after=start is not None,
    )
    for point, _ in walk:
        here = [s for s in frees if s.point is point]
        if here:
            return here[0]
        if any(covers(d.name, p) for d in facts.effects(point).defs for p in same):
            walk.skip()  # set anew
    return None


def _index(point: Point) -> int:
    return point.index


def _names(facts: Facts, site: Site, name: str) -> set[str]:
    return {name} | sources_of(facts, site.point, site.call.args[0])
