"""host-wide-key: a global of the host changes because realms could be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import squeeze
from rules.names import is_global
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("VM-VS-VCPU-PREDICATE",)
WORDS = (RMI, ("static_branch_", "static_key_enabled"))
NEEDS = PART
TITLE = "the key that says whether realms can be made decides something for every VM"
WHY = (
    "The key is on as soon as the machine has an RMM. What is set under it holds for ordinary "
    "guests, too: they lose a feature on a host that happens to support realms."
)
FIX = "Ask per VM, with kvm_is_realm(kvm), at the place that uses the global."
EVIDENCE = ("Suzuki K Poulose on [PATCH v5 15/43]: GICv2 emulation gone for all; fixed in v6",)

_KEY = regex(
    r"^static_(?:branch_(?:un)?likely|key_(?:enabled|true|false))\(&?\w*(?:rm[ei]|realm|cca)\w*\)$"
)
_MEMBER = regex(r"\w+\.")
_OURS = regex(r"rm[eim]_|realm|cca|(?:^|[._>])rec\b")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for asked in facts.points:
        if asked.kind != "cond" or asked.node is None or not _KEY.match(squeeze(asked.node)):
            continue
        for point, name in _decided(facts, asked):
            if not _OURS.search(name) and _MEMBER.match(name) and is_global(facts, name):
                yield function.finding(
                    point.node or asked.node,
                    f"`{name}` is the host's, for every VM, and here it depends on whether realms "
                    "can be made at all: ordinary guests are changed on such a host, too",
                    related=[function.place(asked.node, "true for the whole host")],
                )
                return


def _decided(facts: Facts, asked: Point) -> Iterator[tuple[Point, str]]:
    """What is assigned on one side of the condition only."""
    sides = [facts.flow.reach([asked], None) & _from(facts, edge.target) for edge in asked.edges]
    both = set.intersection(*sides) if sides else set()
    for point in facts.points:
        if any(point in side for side in sides) and point not in both:
            for d in facts.effects(point).defs:
                if d.how in ("assign", "update"):
                    yield point, d.name


def _from(facts: Facts, point: Point) -> set[Point]:
    return facts.flow.reach([point]) | {point}
