"""unaccounted-vm-page: memory that lives as long as a VM is not charged to the VM's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import replace
from linter.source.expr import path_of, paths_in, squeeze, strip
from rules.registry import FUNCTION, RMI
from rules.vocabulary import is_alloc, is_delegate, is_free, page_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("C-GFP-ACCOUNT",)
WORDS = (RMI, ("GFP_KERNEL",), ("alloc", "get_free_page", "get_zeroed_page"))
NEEDS = FUNCTION
TITLE = "a page that a VM keeps is not charged to the VM's cgroup"
WHY = (
    "A user who may create VMs gets kernel memory that no limit counts: one page a VM, or some "
    "pages a vCPU, without end."
)
FIX = "GFP_KERNEL_ACCOUNT."
EVIDENCE = ("Wei-Lin Chang on [PATCH v13 26/48]: the RD of a realm; GFP_KERNEL_ACCOUNT in v14",)

_OWNER = regex(r"\bstruct (?:kvm|kvm_vcpu|realm|realm_rec|realm_params|kvm_s2_mmu)\b")


def check(function: Function) -> Iterator[Finding]:
    owner = next((p.name for p in function.params if p.pointer and _OWNER.search(p.type)), "")
    if not owner:
        return
    facts = function.facts
    found: list[tuple[Site, Node, str]] = []
    for site in facts.calls(is_alloc):
        flags = next((a for a in site.call.args if squeeze(strip(a)) == "GFP_KERNEL"), None)
        kept = _kept(facts, site) if flags is not None else ""
        if flags is not None and kept:
            found.append((site, flags, kept))
    for site, _, kept in found[:1]:
        rest = found[1:]
        lines = " and ".join(str(function.line(other.node)) for other, _, _ in rest)
        more = f"; the same goes for line {lines}" if rest else ""
        yield function.finding(
            site.node,
            f"{site.name}() takes a page with GFP_KERNEL that {kept}: it belongs to a VM, and "
            f"is not charged to the cgroup of whoever made the VM{more}",
            related=[function.place(s.node, f"likewise a page that {k}") for s, _, k in rest],
            edits=[replace(flags, "GFP_KERNEL_ACCOUNT") for _, flags, _ in found],
        )


def _kept(facts: Facts, site: Site) -> str:
    """What keeps the page once the function is done with it, '' if nothing does."""
    result = site.call.result
    if "." in result or "->" in result:
        return "" if _freed(facts, site, result) else f"`{result}` keeps"
    if not result.isidentifier():
        return ""
    names = page_names(facts, result)
    for point in facts.points:
        for d in facts.effects(point).defs:
            path = path_of(strip(d.value)) if d.value is not None and d.how == "assign" else ""
            if path == result and ("." in d.name or "->" in d.name):
                return f"`{d.name}` keeps"
    for other in facts.calls(is_delegate):
        if any(path in names for a in other.call.args for path in paths_in(a)):
            return "goes to the RMM"
    return ""


def _freed(facts: Facts, site: Site, path: str) -> bool:
    """Is it freed again before every return?  Then the VM does not keep it."""
    frees = {s.point for s in facts.calls(is_free) if any(path in squeeze(a) for a in s.call.args)}
    reached = facts.flow.reach([site.point], stop=lambda p: p in frees)
    return bool(frees) and facts.flow.exit not in reached
