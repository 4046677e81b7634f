"""cap-hidden-not-refused: a capability is hidden from a realm, but can still be enabled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import constant, paths_in
from rules.kvm import asks_for_realm, bodies, many_patches
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "error"
CATALOGUE = ("KVM-CAP-PAIR",)
WORDS = (RMI, ("is_realm", "is_rec"))  # the name of the function may be outside the hunk
NEEDS = SERIES
TITLE = "an extension that KVM_CHECK_EXTENSION hides from a realm is not refused by KVM_ENABLE_CAP"
WHY = (
    "User space does not have to ask before it enables. A capability that a realm must not have "
    "is enabled with one ioctl, and the code behind it runs on a VM it was not written for."
)
FIX = "Put the same test in front of the switch of the enable_cap handler, with -EINVAL."
EVIDENCE = ("Suzuki K Poulose on [PATCH v13 13/48]: enable_cap needs the check, too; agreed",)

_QUERY = regex(r"(?:^|_)check_ext(?:ension)?$")
_ENABLE = regex(r"(?:^|_)enable_cap$")


def check(units: list[Unit]) -> Iterator[Finding]:
    handlers = [f for _, f in bodies(units) if _ENABLE.search(f.name)]
    for _, function in bodies(units):
        if not _QUERY.search(function.name):
            continue
        facts = function.facts
        for asked in facts.points:
            filtering = _filter(facts, asked) if asks_for_realm(facts, asked) else None
            if filtering is None or asked.node is None:
                continue
            if any(_refuses(handler, filtering.name) for handler in handlers):
                continue
            known = bool(handlers) or many_patches(units)
            yield function.finding(
                filtering.point.node or asked.node,
                f"what {filtering.name}() does not allow is only hidden from a realm: nothing "
                "keeps user space from enabling it with KVM_ENABLE_CAP all the same",
                severity="" if known else "info",
                related=[function.place(asked.node, "only here a realm is told apart")],
            )


def _filter(facts: Facts, asked: Point) -> Site | None:
    """The call that sorts extensions for a realm, where some are then answered with 0."""
    names = {param.name for param in facts.function.params if param.name}
    for edge in asked.edges:
        point = edge.target
        if edge.when is not True or point.kind != "cond":
            continue
        for site in facts.sites:
            paths = {path for arg in site.call.args for path in paths_in(arg)}
            sorts = site.point is point and paths and (not names or paths & names)
            if sorts and any(_is_no(facts, e.target) for e in point.edges):
                return site
    return None


def _is_no(facts: Facts, point: Point) -> bool:
    """`return 0;`, or `r = 0;`?"""
    if point.kind == "return" and point.node is not None:
        return any(constant(child) == "0" for child in point.node.named_children)
    return any(d.value is not None and constant(d.value) == "0" for d in facts.effects(point).defs)


def _refuses(handler: Function, name: str) -> bool:
    """Does a handler of KVM_ENABLE_CAP use the same filter, or one of its own for realms?"""
    facts = handler.facts
    if any(site.name == name for site in facts.sites):
        return True
    behind = {
        edge.target
        for asked in facts.points
        if asks_for_realm(facts, asked)
        for edge in asked.edges
        if edge.when is True and edge.target.kind == "cond"
    }
    return any(site.point in behind for site in facts.sites)
