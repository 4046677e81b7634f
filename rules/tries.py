"""A mapping that is tried a second time because the first met RMI_ERROR_RTT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.source.explore import ZERO, Value
from linter.source.expr import squeeze

if TYPE_CHECKING:
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point

RTT: Final = Value("RMI_ERROR_RTT")


def first_try(facts: Facts, second: Site) -> Site | None:
    """The same call before, if the second is made because that one met RMI_ERROR_RTT."""
    for first in facts.sites:
        same = first.name == second.name and first.point is not second.point
        if not same or not facts.flow.dominates(first.point, second.point):
            continue
        if [squeeze(a) for a in first.call.args] != [squeeze(a) for a in second.call.args]:
            continue
        name = first.call.result
        ways = [_reached(facts, first, name, answer) for answer in (RTT, ZERO) if name]
        if [way and second.point in way for way in ways] == [True, False]:
            return first
    return None


def _reached(facts: Facts, site: Site, name: str, answer: Value) -> set[Point] | None:
    """What runs after a call answered that in `name`, until the same call is made again.

    None where that is too much to follow.
    """
    walk = facts.explore(site.point, {name: answer}, after=True)
    found: set[Point] = set()
    for point, _ in walk:
        found.add(point)
        if point is site.point:
            walk.skip()
    return found if walk.complete else None


def until_next(facts: Facts, site: Site, answer: Value) -> set[Point]:
    """What runs after an answer, until there is another one in the same variable.

    Empty where that is too much to follow.
    """
    name = site.call.result
    walk = facts.explore(site.point, {name: answer}, after=True)
    found: set[Point] = set()
    for point, _ in walk:
        if facts.writes(point, name):
            walk.skip()
        else:
            found.add(point)
    return found if walk.complete else set()
