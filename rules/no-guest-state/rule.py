"""no-guest-state: a REC is entered without telling RCU and tracing that a guest runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from rules.kvm import bodies, whole
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Site
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("KVM-GUEST-STATE",)
WORDS = (RMI, ("rec_enter",))
NEEDS = SERIES
TITLE = "a REC is entered outside guest_state_enter_irqoff() and guest_state_exit_irqoff()"
WHY = (
    "While a guest runs the CPU takes no part in RCU, and tracing and lockdep must know that "
    "interrupts may come. Without the calls a long run of the realm holds up every grace period "
    "on a nohz_full CPU, and instrumentation runs where it must not."
)
FIX = "guest_state_enter_irqoff(); the call; guest_state_exit_irqoff(); in a noinstr function."
EVIDENCE = ("the change log of v13: REC_ENTER was moved between the two calls",)

_ENTER = regex(r"^(?:smc_)?rmi_rec_enter$|^__rmi_rec_enter$")
_WRAPPER = regex(r"(?:^|_)rmi_rec_enter$")
_STATE = regex(r"^guest_(?:state_)?enter_irqoff$|^guest_context_enter_irqoff$|^guest_enter$")
_DEPTH = 3  # of callers


def check(units: list[Unit]) -> Iterator[Finding]:
    for unit, function in bodies(units):
        if unit.fragment or not whole(function) or b"rec_enter" not in function.source:
            continue
        if _WRAPPER.search(function.name):
            continue  # of the SMC itself
        if _is_within(units, function):
            continue
        for site in function.facts.calls(_ENTER.match):
            if not _told(units, function, site, _DEPTH):
                yield function.finding(
                    site.node,
                    f"the realm runs inside {site.name}(), and neither {function.name}() nor what "
                    "is seen of its callers calls guest_state_enter_irqoff() before",
                )


def _is_within(units: list[Unit], function: Function) -> bool:
    """Is this a noinstr function whose callers are not seen?  They may have made the call."""
    return (
        not function.static
        and b"noinstr" in function.source.split(b"{", 1)[0]
        and not any(
            caller is not function and any(caller.facts.calls(lambda name: name == function.name))
            for _, caller in bodies(units)
            if function.name.encode() in caller.source
        )
    )


def _told(units: list[Unit], function: Function, site: Site, depth: int) -> bool:
    """Is the guest's state entered on the way to a call, here or in a caller?"""
    flow = function.facts.flow
    if any(flow.dominates(s.point, site.point) for s in function.facts.calls(_STATE.match)):
        return True
    return depth > 0 and any(
        # KVM's own function does it, maybe outside the hunk
        caller.name == "kvm_arm_vcpu_enter_exit" or _told(units, caller, called, depth - 1)
        for _, caller in bodies(units)
        if caller is not function and function.name.encode() in caller.source
        for called in caller.facts.calls(lambda name: name == function.name)
    )
