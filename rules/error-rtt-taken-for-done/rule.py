"""error-rtt-taken-for-done: RMI_ERROR_RTT after the tables were made passes for a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import ZERO, Value
from linter.source.nodes import takes_index
from rules.registry import FUNCTION, RMI
from rules.tries import RTT, first_try, until_next

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-ERR-IGNORED", "RMI-INDEX-AMBIG")
WORDS = (RMI, ("RMI_ERROR_RTT",), ("map", "data_create"))
NEEDS = FUNCTION
TITLE = "RMI_ERROR_RTT from the second try of a mapping is taken for success"
WHY = (
    "RMI_ERROR_RTT says at which level the walk ended, not that the entry is there: a table where "
    "a block was to go, or a block above, gives it as well. Then nothing is mapped, and the guest "
    "faults on the same address again and again."
)
FIX = (
    "Look at the index: only where it is the level of the mapping may another vCPU have made the "
    "entry; for any other level unmap what is there, or map with the level that it allows."
)
EVIDENCE = (
    "Suzuki K Poulose on [PATCH v8 20/43]: a level 2 mapping over a level 3 table fails for ever",
    "reviewed on [PATCH v14 29/44]: the two meanings of RMI_ERROR_RTT",
)

_OTHER = Value("RMI_ERROR_INPUT")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for site in facts.sites:
        name = site.call.result
        if not name or "unmap" in site.name or not facts.world.is_status(site.name, function):
            continue
        first = first_try(facts, site)
        end = _passes(facts, site) if first is not None else None
        if first is None or end is None:
            continue
        yield function.finding(
            site.node,
            f"if {site.name}() answers RMI_ERROR_RTT once more, whatever the level, that passes "
            f"for success in line {function.line(end)}: with a table or a block of another size "
            "in the way nothing is mapped",
            related=[
                function.place(first.node, "the first try"),
                function.place(end, "goes on as if it were mapped"),
            ],
        )


def _passes(facts: Facts, site: Site) -> Node | None:
    """The first place that RMI_ERROR_RTT and success lead to, and no other failure."""
    well, met, failed = (until_next(facts, site, v) for v in (ZERO, RTT, _OTHER))
    for point in met:
        calls = [call.name for call in facts.effects(point).calls]
        if any(takes_index(call) for call in calls):
            return None
        if point not in well and any(facts.world.is_firmware(c, facts.function) for c in calls):
            return None  # it does something about it
    here = site.point.index
    for point in sorted(facts.points, key=lambda p: (p.index < here, p.index)):
        if point in well and point in met and point not in failed and point.node is not None:
            return point.node
    return None
