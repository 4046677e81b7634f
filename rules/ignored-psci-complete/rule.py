"""ignored-psci-complete: the RMM's answer to PSCI_COMPLETE is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("KVM-PSCI-ORDER",)
WORDS = (RMI, ("psci_complete",))
NEEDS = PART
TITLE = "nobody looks at what the RMM answers to PSCI_COMPLETE"
WHY = (
    "The RMM holds the PSCI request of a REC until the host has completed it. If it refuses, "
    "because the target runs or another request came in between, the host goes on as if the target "
    "were started, and the REC that asked cannot be entered any more."
)
FIX = "Hand the error on, or complete the request again before the REC is entered the next time."
EVIDENCE = (
    "Marc Zyngier and Suzuki K Poulose on [PATCH v12 27/46]: it is done in the wrong place",
    "Suzuki K Poulose on [PATCH v13 30/48], likewise; v14 does it before the REC is entered",
)

_COMPLETE = regex(r"(?:^|_)psci_complete$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    dropped = [site for site in facts.calls(_COMPLETE.search) if site.call.bare]
    if not dropped:
        return
    site, rest = dropped[0], dropped[1:]
    called = facts.called(site.name)
    if called is not None and called.result == "void":
        return
    yield function.finding(
        site.node,
        f"if the RMM refuses {site.name}(), nobody hears of it: the target is treated as told, and "
        "the REC that made the request can no longer be entered",
        related=[function.place(other.node, "and here") for other in rest],
    )
