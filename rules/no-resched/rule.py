"""no-resched: a whole range is worked off in one go, with mmu_lock held."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.expr import paths_in, strip, text
from rules.locks import drops, held, is_yield
from rules.registry import RMI, SERIES
from rules.vocabulary import makes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("NO-RESCHED", "RMI-LOCK-RESCHED")
WORDS = (RMI, ("for", "while"), ("_lock", "resched", "guard(", "populat"))
NEEDS = SERIES
TITLE = "a loop over a range of any length never lets others run"
WHY = (
    "The range may be the whole address space of the guest, and each turn costs an SMC. With "
    "mmu_lock held every fault of the guest waits, and after some seconds RCU reports a stall."
)
FIX = (
    "Call cond_resched_rwlock_write(&kvm->mmu_lock) at the end of a turn where the caller may "
    "block, or cond_resched() where no lock is held."
)
EVIDENCE = (
    "Gavin Shan on [PATCH v8 15/43], with an RCU stall in the unmap loop; fixed in v9",
    "Gavin Shan on [PATCH v6 19/43]: the populate loop; cond_resched() since v7",
)

_LONG = regex(
    r"unmap|populat|tear_?down|destroy|wipe|zap|free|drop|remove|reclaim|clear|flush|punch"
)
_POPULATES = regex(r"populat")
_DEPTH = 4  # of calls below the one that is made with the lock held


class Way(NamedTuple):
    """How the lock comes to be held: where, and which calls lead on from there."""

    lock: str
    function: Function
    site: Site | None


def check(units: list[Unit]) -> Iterator[Finding]:
    functions = [f for unit in units for f in (*unit.functions, *unit.parts)]
    locked: dict[Function, Way] = {}
    reported: set[tuple[str, int]] = set()
    populating = _populates(functions)
    parts = _done_in_parts(functions) | _called_in(populating)
    for function, loop in populating:
        if function.name not in parts and (found := _slow(function, loop)):
            reported.add((function.path, found.line))
            yield found
    for function in functions:
        if function.name in parts:
            continue
        if any(word in function.source for word in (b"_lock", b"resched", b"guard")):
            locks = held(function.facts)
            for point, names in locks.items():
                way = Way(min(names), function, None)
                for loop in _ranges(function.facts, [point]):
                    yield from _finding(function, loop, way, reported)
            _spread(function, locks, locked)
    for function, way in locked.items():
        if _LONG.search(function.name) and function.name not in parts:
            for loop in _ranges(function.facts, function.facts.points):
                yield from _finding(function, loop, way, reported)


def _called_in(loops: list[tuple[Function, Loop]]) -> set[str]:
    """Those of them that another of them calls turn by turn."""
    return {function.name for function, _ in loops} & {
        site.name
        for function, loop in loops
        for site in function.facts.sites
        if site.point in loop.body
    }


def _done_in_parts(functions: list[Function]) -> set[str]:
    """The names that are called from a loop which gives way turn by turn."""
    names = set()
    for function in functions:
        if not any(word in function.source for word in (b"resched", b"schedule", b"sleep")):
            continue
        for loop in function.facts.flow.loops:
            called = {site.name for site in function.facts.sites if site.point in loop.body}
            if any(is_yield(name) for name in called):
                names |= called - {function.name}
    return names


def _spread(
    function: Function, locks: dict[Point, frozenset[str]], locked: dict[Function, Way]
) -> None:
    """Notes the functions that run with a lock of this one held."""
    for site in function.facts.sites:
        if names := locks.get(site.point):
            todo = [(function, site, 0)]
            while todo:
                caller, at, depth = todo.pop()
                called = caller.facts.called(at.name)
                if called is None or called in locked or depth > _DEPTH:
                    continue
                if any(drops(s.call) for s in called.facts.sites):
                    continue  # who drops a lock knows of it
                locked[called] = Way(min(names), function, site)
                todo += [(called, deeper, depth + 1) for deeper in called.facts.sites]


def _ranges(facts: Facts, points: Iterable[Point]) -> Iterator[Loop]:
    """The loops here that ask the RMM for range after range, and never give way."""
    heads = set(points)
    for loop in facts.flow.loops:
        if loop.head not in heads or loop.goto or not _is_range(facts, loop):
            continue
        calls = [site for site in facts.sites if site.point in loop.body]
        if any(drops(site.call) for site in calls) or not any(
            facts.world.is_firmware(site.name, facts.function) for site in calls
        ):
            continue
        if not any(makes(facts.function, site.name, is_yield, _DEPTH) for site in calls):
            yield loop


def _is_range(facts: Facts, loop: Loop) -> bool:
    """Does a cursor go on by more than one to an end that the caller chose?"""
    for test in facts.loop_tests(loop):
        node = strip(test.node) if test.node is not None else None
        if node is None or text(node.child_by_field_name("operator")) not in ("<", "!=", ">"):
            continue
        names = {name for name in paths_in(node) if name.isidentifier()}
        cursors = {name for name in names if any(facts.writes(p, name) for p in loop.body)}
        ends = names - cursors
        if len(cursors) == 1 and len(ends) == 1:
            (cursor,), (end,) = cursors, ends
            if not _counts(facts, loop, cursor) and _chosen(facts, loop, cursor, end):
                return True
    return False


def _counts(facts: Facts, loop: Loop, cursor: str) -> bool:
    """`i++`: a number of things, not a range of addresses."""
    steps = [d for p in loop.body for d in facts.effects(p).defs if d.name == cursor]
    return any(d.how in ("loop", "update") and d.value is None for d in steps)


def _chosen(facts: Facts, loop: Loop, cursor: str, end: str) -> bool:
    """Is the end a parameter, or made from one other than where the cursor starts?

    `end = ALIGN(start + 1, PAGE_SIZE)` is a page, however large the realm is.
    """
    begins = {
        name
        for at in facts.reaching(loop.head, cursor)
        if at.point not in loop.body
        for name in ({cursor} if at.definition.how == "param" else paths_in(at.definition.value))
    }
    return bool(_origins(facts, loop.head, end) - begins)


def _origins(facts: Facts, point: Point, name: str, depth: int = 3) -> set[str]:
    """The parameters, and what is read through them, that a value is computed from."""
    found: set[str] = set()
    for at in facts.reaching(point, name):
        if at.definition.how == "param":
            found.add(name)
        elif depth and at.definition.value is not None:
            if at.definition.how == "update":
                found |= _origins(facts, at.point, name, depth - 1)
            for path in paths_in(at.definition.value):
                base = path.split("->")[0].split(".")[0].lstrip("*")
                if path.isidentifier():
                    found |= _origins(facts, at.point, path, depth - 1)
                elif facts.function.param(base) is not None:
                    found.add(path)
    return found


def _finding(
    function: Function, loop: Loop, way: Way, reported: set[tuple[str, int]]
) -> Iterator[Finding]:
    node = loop.node
    if node is None or (function.path, function.line(node)) in reported:
        return
    reported.add((function.path, function.line(node)))
    place = way.site.node if way.site is not None else None
    yield function.finding(
        node,
        f"the loop in {function.name}() asks the RMM about a range of any length with "
        f"`{way.lock}` held and never lets others run: on a large guest RCU reports a stall",
        related=[way.function.place(place, f"`{way.lock}` is held here")] if place else [],
    )


def _populates(functions: list[Function]) -> list[tuple[Function, Loop]]:
    """The loops that fill a guest with what user space gives."""
    return [
        (function, loop)
        for function in functions
        if _POPULATES.search(function.name)
        for loop in _ranges(function.facts, function.facts.points)
    ]


def _slow(function: Function, loop: Loop) -> Finding | None:
    """Such a loop without a lock: only this task's CPU waits."""
    if loop.node is None or held(function.facts).get(loop.head):
        return None
    return function.finding(
        loop.node,
        f"the loop in {function.name}() takes in as much memory as user space asks for and "
        "never calls cond_resched()",
    )
