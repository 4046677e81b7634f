"""no-mode-gate: realms are made available whatever mode KVM runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import squeeze
from rules.kvm import bodies, whole
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.unit import Function, Unit

SEVERITY = "error"
CATALOGUE = ("KVM-MODE-GATE",)
WORDS = (RMI, ("static_branch_enable", "static_key_enable"))
NEEDS = SERIES
TITLE = "realms are made available without a look at the mode that KVM runs in"
WHY = (
    "The host's REC code runs at EL2. With KVM in nVHE or protected mode the kernel is at EL1, "
    "so a realm that is created there cannot be run, or is run with the wrong host state."
)
FIX = "Leave early unless is_kernel_in_hyp_mode(), before the RMM is set up."
EVIDENCE = ("J. Zheng on [PATCH v13 07/48]: RMI must not be available without VHE; agreed",)

_ENABLE = regex(r"^static_(?:branch|key)_enable(?:_cpuslocked)?$")
_KEY = regex(r"rm[ei]|realm|cca|\brec\b")
# what says that the kernel itself runs at EL2; that EL2 can be had says nothing
_MODE = regex(
    r"in_hyp_mode|has_vhe|\bvhe\b|KVM_MODE_(?!NONE)|protected_(?:kvm|mode)|CurrentEL|CURRENTEL"
)
_DEPTH = 3  # of functions that call each other


def check(units: list[Unit]) -> Iterator[Finding]:
    for unit, function in bodies(units):
        if unit.fragment or not whole(function) or b"static_" not in function.source:
            continue
        for site in function.facts.calls(_ENABLE.match):
            key = squeeze(site.call.args[0]).lstrip("&") if site.call.args else ""
            # that there is an RMM at all does not depend on the mode, only KVM's use of it does
            of_kvm = "kvm" in key or "/kvm/" in unit.path
            if of_kvm and _KEY.search(key) and not _gated(units, function, site):
                yield function.finding(
                    function.node.child_by_field_name("declarator") or function.node,
                    f"{function.name}() switches `{key}` on ({_where(function, site)}), and "
                    "nothing before that asks whether the kernel runs at EL2: with nVHE a realm "
                    "is then offered that cannot run",
                )
                break


def _where(function: Function, site: Site) -> str:
    """The line of the switch: an earlier patch than the one that brings it may be told of it."""
    line = function.line(site.node)
    return f"line {line}" + (" once all patches are applied" if function.unit.added else "")


def _gated(units: list[Unit], function: Function, site: Site) -> bool:
    """Is the mode asked for on the way to the switch, or is the way not known?"""
    if _asks(function.facts, site, _DEPTH):
        return True
    callers = [
        (caller, called)
        for _, caller in bodies(units)
        if function.name.encode() in caller.source
        for called in caller.facts.calls(lambda name: name == function.name)
    ]
    if any(_asks(caller.facts, called, _DEPTH) for caller, called in callers):
        return True
    registered = regex(rf"initcall\w*\s*\(\s*{function.name}\s*\)")
    return not callers and not any(
        registered.search(u.source.decode("utf-8", "replace")) for u in units
    )


def _asks(facts: Facts, site: Site, depth: int) -> bool:
    """Does a condition before a call ask for the mode, itself or by a call?"""
    for point in facts.points:
        if point.kind != "cond" or not facts.flow.dominates(point, site.point):
            continue
        if point.node is not None and _MODE.search(squeeze(point.node)):
            return True
        for path, _ in facts.effects(point).uses:
            values = [at.definition.value for at in facts.reaching(point, path)]
            if any(v is not None and _MODE.search(squeeze(v)) for v in values):
                return True
        if depth and any(_names_mode(facts, c.name, depth) for c in facts.effects(point).calls):
            return True
    return False


def _names_mode(facts: Facts, name: str, depth: int) -> bool:
    called = facts.called(name)
    if called is None:
        return False
    return bool(_MODE.search(called.source.decode("utf-8", "replace"))) or (
        depth > 1
        and any(_names_mode(called.facts, site.name, depth - 1) for site in called.facts.sites)
    )
