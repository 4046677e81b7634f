"""host-state-for-realm: what the RMM owns for a realm is handled as if the host owned it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import squeeze
from rules.kvm import asks_for_realm, bodies, many_patches, under_realm, ways, whole
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("REC-HOST-STATE",)
WORDS = (RMI, ("is_realm(", "is_rec("))
NEEDS = SERIES
TITLE = "a realm comes to code that changes a program counter or page table the RMM owns"
WHY = (
    "The RMM moves the program counter of a REC past an emulated access, and the tables it has "
    "given back hold nothing that the host wrote. Doing either a second time in the host's copy "
    "skips an instruction's state, or follows entries that are no entries."
)
FIX = "Put it in the else branch: if (vcpu_is_rec(vcpu)) ...; else kvm_incr_pc(vcpu);"
EVIDENCE = (
    "Aneesh Kumar K.V on [PATCH v5 19/43]: kvm_incr_pc() is run for a REC; fixed in v6",
    "the cover letter of v10: the tables of a realm are no longer walked by the host",
)

_PC = regex(r"^(?:__)?kvm_(?:incr_pc|skip_instr)$")
_EMULATED = regex(r"^(?!.*~).*EMULATED_MMIO")
_WALK = regex(r"stage2_(?:destroy|free)")
_FREES = regex(r"(?:^|_)free_stage2_pgd$")


def check(units: list[Unit]) -> Iterator[Finding]:
    by_name: dict[tuple[str, str], list[Function]] = {}
    for unit, function in bodies(units):
        if function.name:
            by_name.setdefault((unit.path, function.name), []).append(function)
    for functions in by_name.values():
        yield from _advances(functions)
        yield from _walks(functions, "" if many_patches(units) else "info")


def _advances(functions: list[Function]) -> Iterator[Finding]:
    """The PC of a REC, in a function that tells the RMM that it has emulated an access."""
    telling = [function for function in functions if b"EMULATED_MMIO" in function.source]
    if not telling or any(_own_way(function) for function in functions):
        return
    for function in telling:
        facts = function.facts
        for point in facts.points:
            told = any(_EMULATED.match(squeeze(d.value)) for d in facts.effects(point).defs)
            asked = under_realm(facts, point) if told else None
            if asked is None:
                continue
            reached = [s for s in facts.calls(_PC.match) if s.point in ways(facts, realm=True)]
            if whole(function) and not reached:
                continue
            call = f"{reached[0].name}()" if reached else "kvm_incr_pc()"
            yield function.finding(
                point.node or function.node,
                f"the RMM moves the PC of a REC past the access that it is told was emulated, but "
                f"{call} behind is not left out for a REC",
                related=[function.place(s.node, "also run for a REC") for s in reached[:1]],
            )
            return


def _own_way(function: Function) -> bool:
    """Is there a call that a REC does not come to?"""
    facts = function.facts
    sites = facts.calls(_PC.match)
    return bool(sites) and not any(s.point in ways(facts, realm=True) for s in sites)


def _walks(functions: list[Function], severity: str) -> Iterator[Finding]:
    """The host's walk over the tables of a realm that the RMM has given up."""
    if not _FREES.search(functions[0].name):
        return
    asked: list[tuple[Function, Point]] = []
    for function in functions:
        facts = function.facts
        comes = ways(facts, realm=True)
        if whole(function) and not any(
            site.point in comes and _WALK.search(squeeze(site.node)) for site in facts.sites
        ):
            continue
        realm = [p for p in facts.points if asks_for_realm(facts, p)]
        for point in realm:
            if _leaves_out(function, point):
                return
            if any(edge.when is True and edge.target.kind == "cond" for edge in point.edges):
                asked.append((function, point))
    for function, point in asked[:1]:
        yield function.finding(
            point.node or function.node,
            "only a realm that is not dead yet leaves here; a dead one goes on to the host's walk "
            "over its stage-2 tables, whose contents were the RMM's",
            severity="" if whole(function) else severity,
        )


def _leaves_out(function: Function, point: Point) -> bool:
    """Does a condition keep every realm from something?"""
    facts = function.facts
    node = point.node
    while node is not None and node.type not in ("if_statement", "compound_statement"):
        node = node.parent
    condition = node.child_by_field_name("condition") if node is not None else None
    return (
        condition is not None
        and squeeze(condition).startswith("(!")
        and len(
            [
                p
                for p in facts.points
                if p.kind == "cond"
                and p.node is not None
                and condition.start_byte <= p.node.start_byte < condition.end_byte
            ]
        )
        == 1
    )
