"""warn-on-lost-race: a second try that another vCPU may win ends in a WARN."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from linter.source.explore import test_of
from linter.source.nodes import WARNS, callee
from rules.conditions import truth, value_in
from rules.registry import FUNCTION, RMI
from rules.tries import RTT, first_try
from rules.vocabulary import is_delegate, status_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RACE-WARN", "RMI-INDEX-AMBIG")
WORDS = (RMI, ("RMI_ERROR_RTT",), ("WARN",))
NEEDS = FUNCTION
TITLE = "a mapping that another vCPU may have made first ends in a WARN"
WHY = (
    "Two vCPUs that fault on one shared page both create the tables and both map it. For the "
    "second the entry is there, which the RMM reports as RMI_ERROR_RTT too: no bug, but a splat "
    "and a dead VM that a guest can bring about."
)
FIX = "Leave RMI_ERROR_RTT of the second try out of the WARN, and go on: the page is mapped."
EVIDENCE = (
    "Suzuki K Poulose on [PATCH v5 21/43]: realm_map_non_secure()",
    "since v6 the second RMI_ERROR_RTT is let through, with a comment that says why",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    if facts.calls(is_delegate):
        return  # who delegated the page is the only one to map it
    for site in facts.sites:
        name = site.call.result
        if not name or not facts.world.is_status(site.name, function):
            continue
        first = first_try(facts, site)
        for warn, point in _fires(facts, site, name) if first is not None else ():
            assert first is not None
            yield function.finding(
                warn,
                f"where the second {site.name}() answers RMI_ERROR_RTT another vCPU has made the "
                f"entry in between; {callee(warn)}() takes that lost race for a bug",
                related=[
                    function.place(site.node, "the second try"),
                    function.place(first.node, "the first try"),
                    function.place(point.node or warn, "it ends here"),
                ],
            )
            break


def _fires(facts: Facts, site: Site, name: str) -> Iterator[tuple[Node, Point]]:
    """The WARNs that fire where the call answered RMI_ERROR_RTT."""
    names = status_names(facts, {name})
    walk = facts.explore(site.point, {name: RTT}, after=True)
    for point, state in walk:
        if facts.writes(point, name):
            walk.skip()
            continue
        for warn in _warns(facts, point):
            given = warn.child_by_field_name("arguments")
            condition = given.named_children[0] if given is not None else None
            test = test_of(condition) if condition is not None else None
            if test is not None and test.name not in names:
                continue
            if condition is not None and truth(condition, partial(value_in, state)):
                yield warn, point


def _warns(facts: Facts, point: Point) -> Iterator[Node]:
    """The WARN that a point is, or stands in."""
    node = point.node
    if point.kind == "cond" and point.warn:
        while node is not None and not (node.type == "call_expression" and callee(node) in WARNS):
            node = node.parent
        if node is not None:
            yield node
    for site in facts.sites:
        if site.point is point and site.name in WARNS and site.call.args:
            yield site.node
