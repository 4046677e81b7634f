"""unpaired-load-put: for a REC one half of a pair runs and the other is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rules.kvm import asks_for_realm, bodies, shows_end, ways, whole
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "error"
CATALOGUE = ("KVM-LOAD-PUT",)
WORDS = (RMI, ("_rec(", "is_realm"), ("_load", "_put", "_enter", "_exit", "activate"))
NEEDS = SERIES
TITLE = "load and put leave out different halves of their pairs for a REC"
WHY = (
    "What one function sets up its twin takes down. Where a REC returns early from both, but not "
    "at the same place of the list, something is set up and never taken down, or the reverse: "
    "state of one vCPU stays on the CPU, and counts go out of step."
)
FIX = "Let both functions return for a REC around the same set of calls."
EVIDENCE = ("review of v14: load and put skip different calls for a REC; agreed",)

_PAIRS = (
    ("load", "put"),
    ("enter", "exit"),
    ("activate", "deactivate"),
    ("save", "restore"),
    ("guest", "host"),
    ("enable", "disable"),
    ("start", "stop"),
    ("begin", "end"),
)
_OTHER = {a: b for one, two in _PAIRS for a, b in ((one, two), (two, one))}


class Early(NamedTuple):
    """A function that a REC leaves before its end."""

    function: Function
    skipped: list[tuple[Site, Point]]  # with the condition that sends the REC away
    done: list[Site]


def check(units: list[Unit]) -> Iterator[Finding]:
    found: dict[tuple[str, str], Early] = {}
    for unit, function in bodies(units):
        if twins(function.name) and shows_end(function):
            early = _leaves(function)
            if early is not None:
                found[unit.path, function.name] = early
    for (path, name), early in found.items():
        for other in twins(name):
            twin = found.get((path, other))
            if twin is not None:
                yield from _compare(early, twin)


def twins(name: str) -> list[str]:
    """`a_put_b` for `a_load_b`, and so on."""
    words = name.split("_")
    return [
        "_".join([*words[:at], _OTHER[word], *words[at + 1 :]])
        for at, word in enumerate(words)
        if word in _OTHER
    ]


def _leaves(function: Function) -> Early | None:
    facts = function.facts
    asked = [p for p in facts.points if asks_for_realm(facts, p)]
    if not asked:
        return None
    realm = ways(facts, realm=True)
    skipped = [
        (site, before[-1])
        for site in facts.sites
        if site.point not in realm
        and (before := [p for p in asked if facts.flow.dominates(p, site.point)])
    ]
    if not skipped:
        return None
    return Early(function, skipped, [site for site in facts.sites if site.point in realm])


def _compare(early: Early, twin: Early) -> Iterator[Finding]:
    """What `early` leaves out for a REC although `twin` does the other half."""
    left_out = {site.name for site, _ in twin.skipped}
    done = {site.name for site in twin.done}
    reported: list[str] = []
    for site, asked in early.skipped:
        others = twins(site.name)
        if not others or left_out.intersection(others) or not _always(early, asked, site.point):
            continue
        if whole(twin.function) and not done.intersection(others):
            continue
        seen = next((o for o in others if o in done), "")
        half = seen or others[0]
        if half in reported:
            continue
        reported.append(half)
        elsewhere = twin.skipped[-1][1].node
        if asked.node is not None and elsewhere is not None:
            yield early.function.finding(
                asked.node,
                f"a REC leaves before {site.name}(), but {twin.function.name}() does not leave "
                f"out {half}() for it: one half of the pair runs without the other",
                related=[
                    early.function.place(site.node, "not called for a REC"),
                    twin.function.place(elsewhere, "here the REC leaves the other half"),
                ],
            )


def _always(early: Early, asked: Point, call: Point) -> bool:
    """Does everything else that comes past the condition make the call?"""
    facts: Facts = early.function.facts
    realm = ways(facts, realm=True)
    todo = [edge.target for edge in asked.edges if edge.when is not True]
    seen: set[Point] = set()
    while todo:
        point = todo.pop()
        if point is call or point in seen:
            continue
        if point in realm:
            return False
        seen.add(point)
        todo.extend(edge.target for edge in point.edges)
    return True
