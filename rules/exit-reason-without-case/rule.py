"""exit-reason-without-case: the RMM may end REC_ENTER for a reason that nobody handles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import subject
from linter.source.expr import path_of, strip
from rules.kvm import bodies
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "error"
CATALOGUE = ("ABI-EXIT-SWITCH",)
WORDS = (RMI, ("exit_reason",), ("RMI_EXIT_",))
NEEDS = SERIES
TITLE = "an exit reason that the RMM may report has no case"
WHY = (
    "The header lists the reasons for which the RMM leaves a realm. The one without a case ends "
    "up in the error for a reason that nobody knows, and the guest with it."
)
FIX = "Give every reason of the header a case, also where all it does is to report the event."
EVIDENCE = ("Suzuki K Poulose on [PATCH v13 20/48]: RMI_EXIT_SERROR is missing; agreed",)

_REASON = regex(r"^RMI_EXIT_(?!REASON)[A-Z0-9_]+$")
_NO_REASON = regex(r"_(?:MASK|SHIFT|FLAGS?|COUNT|MAX|NUM)(?:_|$)")
# only of features that the host has to turn on first
_OPTIONAL = regex(r"_(?:S2AP|VDEV|PDEV|VSMMU|DEV)(?:_|$)")
_FIELD = regex(r"(?:->|\.)exit_reason$")


def check(units: list[Unit]) -> Iterator[Finding]:
    """Looks at the end of the series: a later patch may bring a case with what it needs."""
    known = _reasons(units)
    for _, function in bodies(units if known else []):
        if b"exit_reason" in function.source and b"RMI_EXIT_" in function.source:
            yield from _check(function, known)


def _check(function: Function, known: list[str]) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        if point.kind != "switch" or point.node is None or not _on_reason(facts, point):
            continue
        handled = {e.when for e in point.edges if isinstance(e.when, str)}
        labels = {label for label in handled if _REASON.match(label)}
        # a switch over a few of them is for work that only these need
        if len(labels) * 2 <= len(known):
            continue
        rest = "the default" if "default" in handled else "what follows the switch"
        for reason in known:
            if reason not in labels:
                found = function.finding(
                    point.node,
                    f"{reason} has no case here: when the RMM leaves the realm for that, only "
                    f"{rest} sees it",
                    severity="info" if _OPTIONAL.search(reason) else "",
                )
                found.fingerprint += reason  # one finding a reason
                yield found


def _on_reason(facts: Facts, point: Point) -> bool:
    if point.node is None:
        return False
    name = subject(point.node)[0]
    if _FIELD.search(name):
        return True
    return name.isidentifier() and any(
        at.definition.value is not None and bool(_FIELD.search(path_of(strip(at.definition.value))))
        for at in facts.reaching(point, name)
    )


def _reasons(units: list[Unit]) -> list[str]:
    """The exit reasons of the header, in its order."""
    for unit in units:
        if b"RMI_EXIT_" in unit.source and not unit.fragment:
            found = [
                name
                for name, define in unit.defines.items()
                if _REASON.match(name) and not _NO_REASON.search(name) and define.params is None
            ]
            if len(found) > 2:
                return found
    return []
