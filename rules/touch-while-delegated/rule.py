"""touch-while-delegated: the host reads or writes a page that it has given to the RMM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import covers, path_of, strip
from rules.ownership import given_back, sources_of, successes
from rules.registry import FUNCTION, RMI
from rules.vocabulary import is_delegate, is_undelegate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("RMI-TOUCH-DELEGATED",)
WORDS = (RMI, ("delegate",))
NEEDS = FUNCTION
TITLE = "memory is accessed by the host while it is delegated"
WHY = (
    "The granule is in the realm's physical address space from the moment the delegation "
    "succeeds. A load or store by the host is a Granule Protection Fault: the kernel dies."
)
FIX = "Fill the page before it is delegated, read it after it was undelegated."
EVIDENCE = (
    "older rounds of 'Support for Arm CCA in KVM' (change log): accesses moved ahead",
    "RMM specification: delegating changes the granule's physical address space",
)

_COPIES = regex(
    r"^(?:mem(?:set|cpy|move|zero_explicit)|clear_page|copy_page|copy_(?:from|to)_user)$"
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for site in facts.calls(is_delegate):
        if not site.call.args or is_undelegate(site.name):
            continue
        names = _pointers(function, facts, site)
        found = _touched(facts, site, names) if names else None
        if found is not None:
            name, node = found
            yield function.finding(
                node,
                f"`{name}` is accessed here after {site.name}() has given the page to the RMM: "
                "the host takes a Granule Protection Fault",
                related=[function.place(site.node, "delegated here")],
            )


def _pointers(function: Function, facts: Facts, site: Site) -> set[str]:
    """The names through which the host can get at the memory itself."""
    found = sources_of(facts, site.point, site.call.args[0])
    for point in facts.points:  # and what is made of the address: phys_to_virt(pa)
        for d in facts.effects(point).defs:
            if d.value is None or not d.name.isidentifier() or d.how == "update":
                continue
            if sources_of(facts, point, d.value) & found:
                found.add(d.name)
    pointers = set()
    for name in found:
        kind = function.type_of(name.partition("->")[0])
        if "[" not in name and not kind.startswith(("struct page", "struct folio")):
            pointers.add(name)
    return pointers


def _touched(facts: Facts, site: Site, names: set[str]) -> tuple[str, Node] | None:
    """The first access on a way from the delegation, before the page comes back."""
    for walk in successes(facts, site):
        for point, _ in walk:
            if point is site.point:
                walk.skip()
                continue
            found = _access(facts, point, names)
            if found is not None:
                return found
            if any(given_back(facts, point, c, names) for c in facts.effects(point).calls) or any(
                covers(d.name, n) for d in facts.effects(point).defs for n in names
            ):
                walk.skip()
    return None


def _access(facts: Facts, point: Point, names: set[str]) -> tuple[str, Node] | None:
    effects = facts.effects(point)
    reads = [(path, node) for path, node in effects.uses]
    reads += [(d.name, d.node) for d in effects.defs if d.how in ("assign", "update")]
    for path, node in reads:
        for name in names:
            behind = path.startswith((f"{name}->", f"*{name}")) or path == f"{name}[]"
            if behind and not _only_address(node):
                return name, node
    for call in effects.calls:
        if _COPIES.match(call.name):
            for arg in call.args[:2]:
                if path_of(strip(arg)) in names:
                    return path_of(strip(arg)), call.node
    return None


def _only_address(node: Node) -> bool:
    """`&p->x` and sizeof(p->x) read nothing."""
    above = node.parent
    while above is not None and above.type in ("field_expression", "parenthesized_expression"):
        above = above.parent
    return above is not None and (
        above.type == "sizeof_expression"
        or (above.type == "pointer_expression" and (above.text or b"").startswith(b"&"))
    )
