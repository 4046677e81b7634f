"""ignored-psci-complete: the RMM's answer to PSCI_COMPLETE is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from rules.kvm import bodies
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding, PatchRef
    from linter.source.facts import Site
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("KVM-PSCI-ORDER",)
WORDS = (RMI, ("psci_complete",))
NEEDS = SERIES
TITLE = "nobody looks at what the RMM answers to PSCI_COMPLETE"
WHY = (
    "The RMM holds the PSCI request of a REC until the host has completed it. If it refuses, "
    "because the target runs or another request came in between, the host goes on as if that had "
    "been done, and the REC that asked cannot be entered any more."
)
FIX = "Hand the error on, or complete the request again before the REC is entered the next time."
EVIDENCE = (
    "Marc Zyngier and Suzuki K Poulose on [PATCH v12 27/46]: it is done in the wrong place",
    "Suzuki K Poulose on [PATCH v13 30/48], likewise; v14 does it before the REC is entered",
)

_COMPLETE = regex(r"(?:^|_)psci_complete$")


def check(units: list[Unit]) -> Iterator[Finding]:
    found: dict[tuple[PatchRef | None, str, str], list[tuple[Function, Site]]] = {}
    for unit, function in bodies(units):
        if b"psci_complete" in function.source:
            key = (unit.patch, unit.path, function.name)
            found.setdefault(key, []).extend((function, s) for s in _dropped(function))
    for dropped in found.values():
        for function, site in dropped[:1]:  # of hunks, too, one for each function
            yield function.finding(
                site.node,
                f"if the RMM refuses {site.name}(), nobody hears of it: the request stays open, "
                "and the REC that made it cannot be entered before it is completed",
                related=[where.place(other.node, "and here") for where, other in dropped[1:]],
            )


def _dropped(function: Function) -> Iterator[Site]:
    """The calls whose answer nothing looks at, if they give one."""
    facts = function.facts
    for site in facts.calls(_COMPLETE.search):
        called = facts.called(site.name)
        if site.call.bare and (called is None or called.result != "void"):
            yield site
