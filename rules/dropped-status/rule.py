"""dropped-status: an RMI command is issued, and nobody looks whether it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ZERO, Value, test_of
from linter.source.expr import squeeze, text
from rules.registry import PART, RMI
from rules.tries import until_next
from rules.vocabulary import is_free, is_undelegate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("C-IGNORED-RET",)
WORDS = (RMI, ("rmi_",), (");",))
NEEDS = PART
TITLE = "the status of an RMI command is dropped"
WHY = (
    "Every command may be refused. Where nobody looks, memory that the RMM still holds is taken "
    "for the host's, or a realm for one that it is not."
)
FIX = "Look at the status; where nothing can be done about a failure, WARN_ON() it at least."
EVIDENCE = (
    "own reading of v9 to v12: rmi_data_destroy() where the populating of a page fails",
    "own reading of a device assignment series: a mapping asks for RMI_ERROR_RTT only",
)

_FAILED = Value("RMI_ERROR_INPUT")
# what a host may try without caring: a fold, a cancellation
_DOES = regex(
    r"^(?:smc_)?rmi_\w*(?:create|destroy|map|unmap|delegate|undelegate|activate|init_ripas"
    r"|set_ripas|protect|unprotect|donate|reclaim|complete|config_set)(?:_|$|[a-z])"
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    whole = function not in function.unit.parts
    for site in facts.calls(_DOES.match):
        if _frees_behind(facts, site):
            continue  # free-after-failed-undelegate says more of it
        if _is_dropped(facts, site) and facts.world.is_status(site.name, function):
            heard = _is_heard_of(facts, site)
            yield function.finding(
                site.node,
                f"the status of {site.name}() is dropped: where the RMM refuses, this goes on as "
                f"if it had been done{'' if heard else ', and nobody hears of it'}",
                severity="info" if heard else "",
            )
        test = _only_test(facts, site) if whole else None
        if test is not None and facts.world.is_status(site.name, function):
            asked = " ".join(text(test).split())
            yield function.finding(
                test,
                f"`{asked}` is all that is asked of {site.name}(): where it fails in any other "
                "way, this goes on as if it had been done",
                related=[function.place(site.node, f"{site.name}() is called here")],
            )


def _only_test(facts: Facts, site: Site) -> Node | None:
    """A test for one status that is all the code asks of a call: another failure is success."""
    name = site.call.result
    if not name.isidentifier() or not any(_asks_for_one(p) for p, _ in facts.tests(name)):
        return None
    well, failed = (until_next(facts, site, value) for value in (ZERO, _FAILED))
    if well != failed:
        return None
    reads = [point for point in facts.points if point in well and facts.reads(point, name)]
    if any(point.kind not in ("cond", "switch") for point in reads):
        return None  # it is kept, printed, or handed on
    return next((p.node for p in reads if p.kind == "cond" and _asks_for_one(p)), None)


def _asks_for_one(point: Point) -> bool:
    test = test_of(point.node) if point.node is not None else None
    return test is not None and test.op == "==" and test.against.startswith("RMI_")


def _is_dropped(facts: Facts, site: Site) -> bool:
    """Is it a statement of its own, with no (void) that says: on purpose?"""
    return facts.is_statement(site) and not squeeze(site.point.node).startswith("(void)")


def _frees_behind(facts: Facts, site: Site) -> bool:
    """Is the page of an undelegation freed behind it?"""
    behind = facts.flow.reach([site.point]) if is_undelegate(site.name) else ()
    return any(other.point in behind for other in facts.calls(is_free))


def _is_heard_of(facts: Facts, site: Site) -> bool:
    """Does an undelegation behind it fail as well, and say so?"""
    behind = facts.flow.reach([site.point])
    return any(
        other.point in behind and (other.call.warn or not other.call.bare)
        for other in facts.calls(is_undelegate)
    )
