"""sleep-under-lock: something that may sleep runs where sleeping is not allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.facts import Site
from rules.locks import IRQ_OFF, at_entry, regions, sleeper, takes
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.unit import Function
    from rules.locks import Seen, Step

SEVERITY = "error"
CATALOGUE = ("LOCKED-SLEEPING-ALLOC", "RMI-ALLOC-ATOMIC")
# what says that nothing may sleep here
WORDS = (
    RMI,
    (
        "spin_lock",
        "read_lock",
        "write_lock",
        "resched_lock",
        "resched_rwlock",
        "mmu_lock",
        "rec_enter",
        "irqoff",
        "irq_disable",
        "irq_save",
        "preempt_disable",
        "guard(",
        "ed_guard",
    ),
)
NEEDS = PART
TITLE = "an allocation or a lock that may sleep, with a spinlock held or interrupts off"
WHY = (
    "mmu_lock is a spinning lock and a REC is entered with interrupts off. Whoever sleeps there "
    "leaves the other CPUs spinning, or never comes back: `BUG: sleeping function called from "
    "invalid context`."
)
FIX = (
    "Allocate before the lock is taken (a memory cache that was topped up), use GFP_ATOMIC, or "
    "do the work before the entry is made atomic."
)
EVIDENCE = (
    "Gavin Shan on [PATCH v8 15/43]: GFP_KERNEL_ACCOUNT below mmu_lock; GFP_ATOMIC since v9",
    "changelog of v9 17/43: work that may sleep moved from kvm_rec_enter() to a pre-enter call",
    "v6 19/43 and v7 20/45: pages faulted in with mmu_lock held; the lock is gone since v8",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    told: set[str] = set()
    seen: dict[frozenset[str], Seen] = {}
    for point, call, locks in regions(function):
        steps = sleeper(facts, Site(point, call), locks, seen.setdefault(locks, set()))
        if not steps:
            continue
        last = steps[-1]
        key = f"{last.function.name}:{last.call.node.start_byte}"
        if key in told:
            continue  # the same sleeper by another way
        told.add(key)
        taken = _taken(facts, locks)
        related = [function.place(taken.node, "from here on nothing may sleep")] if taken else []
        related += [s.function.place(s.call.node, f"{s.call.name}() is called") for s in steps[1:]]
        yield function.finding(
            call.node, f"{_what(steps)}, and {_where(facts, sorted(locks))}", related=related
        )


def _taken(facts: Facts, locks: frozenset[str]) -> Site | None:
    return next((site for site in facts.sites if takes(site.call) in locks), None)


def _what(steps: list[Step]) -> str:
    first, last = steps[0].call.name, steps[-1].call.name
    if len(steps) == 1:
        return f"{first}() may sleep"
    between = [f"{step.call.name}()" for step in steps[1:-1]]
    way = f" (by way of {', '.join(between)})" if between else ""
    return f"{first}() calls {last}(){way}, which may sleep"


def _where(facts: Facts, locks: list[str]) -> str:
    if IRQ_OFF in at_entry(facts):
        return "interrupts are off here: this is where the REC is entered"
    if IRQ_OFF in locks:
        return "interrupts are off here"
    if "preemption" in locks:
        return "preemption is off here"
    return "this is an RCU read section" if locks == ["RCU"] else f"`{locks[0]}` is held here"
