"""unmap-may-not-block: a teardown says that it must not block, though it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import squeeze, strip
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Site
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("MAY-BLOCK-FALSE",)
WORDS = (RMI, ("false", ", 0"), ("unmap", "zap", "free", "destroy", "tear", "uninit", "release"))
NEEDS = PART
TITLE = "a teardown unmaps the whole guest with may_block == false"
WHY = (
    "Only an MMU notifier may be forbidden to block. With false the reschedule point in the loop "
    "is never taken, mmu_lock is held for the whole address space, and RCU reports a stall."
)
FIX = "Pass true: a teardown runs in process context."
EVIDENCE = (
    "Gavin Shan on [PATCH v9 20/43]: an RCU stall at teardown; `true` since v10",
    "the same call in v8 20/43",
)

_TEARDOWN = regex(
    r"(?:^|_)(?:free|destroy|tear_?down|uninit|release|cleanup|dispose|terminate|exit)(?:_|$)"
)
_NOTIFIER = regex(r"notifier|invalidate|age_gfn|gfn_range")
_MAY_BLOCK = regex(r"^(?:may|can|might)_(?:block|sleep|resched|yield)$|^blockable$")
_UNMAPS = regex(r"unmap|zap|tear_?down")


def check(function: Function) -> Iterator[Finding]:
    if not _TEARDOWN.search(function.name) or _NOTIFIER.search(function.name):
        return
    for site in function.facts.sites:
        name = _said_not_to_block(function, site)
        if name:
            yield function.finding(
                site.node,
                f"{function.name}() may sleep, but tells {site.name}() that it may not "
                f"({name} is false): the lock is held without a break for the whole range",
            )


def _said_not_to_block(function: Function, site: Site) -> str:
    """The parameter that a call sets to false, '' if it sets none."""
    args = [squeeze(strip(arg)) for arg in site.call.args]
    called = function.facts.called(site.name)
    if called is not None:
        for param, arg in zip(called.params, args, strict=False):
            if _MAY_BLOCK.match(param.name) and arg in ("false", "0"):
                return param.name
        return ""
    # not seen: kvm_stage2_unmap_range(mmu, start, size, may_block)
    unmaps = _UNMAPS.search(site.name) and "range" in site.name and len(args) >= 4
    return "its last argument, may_block," if unmaps and args[-1] == "false" else ""
