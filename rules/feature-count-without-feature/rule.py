"""feature-count-without-feature: the number of vCPU features grows, the features do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.declarations import number
from rules.kvm import about_cca, many_patches
from rules.registry import SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.unit import Unit

SEVERITY = "error"
CATALOGUE = ("KVM-FEATURE-BUMP",)
WORDS = (("VCPU_MAX_FEATURES",),)
NEEDS = SERIES
TITLE = "KVM_VCPU_MAX_FEATURES counts a feature that nobody defines"
WHY = (
    "The mask of valid features is made from the number. User space may then set a bit of "
    "KVM_ARM_VCPU_INIT that means nothing, or exposes a feature that was not ready, and the bit "
    "can never be given another meaning."
)
FIX = "Leave the number alone, or define the KVM_ARM_VCPU_ feature in the same patch."
EVIDENCE = (
    "Suzuki K Poulose on [PATCH v13 46/48]: there is no such feature any more; patch dropped",
    "v5: the number was raised for REC and exposed another feature with it",
)

_COUNT = regex(r"^(?:KVM_)?VCPU_MAX_FEATURES$")
_FEATURE = regex(r"^KVM_(?:ARM_)?VCPU_[A-Z0-9_]+$")


def check(units: list[Unit]) -> Iterator[Finding]:
    if not about_cca(units):
        return
    bits = {bit for unit in units for bit in _features(unit)}
    for unit in units:
        if b"VCPU_MAX_FEATURES" not in unit.source:
            continue
        for name, define in unit.defines.items():
            line = unit.line(define.node)
            count = number(define.value, lambda _: None)
            if not _COUNT.match(name) or count is None or count - 1 in bits:
                continue
            if unit.fragment and line not in unit.added:
                continue
            if not unit.fragment and not any(_features(unit)):
                continue  # the features stand in a file that is not at hand
            yield unit.finding(
                define.node,
                f"{name} allows bit {count - 1} in KVM_ARM_VCPU_INIT, and no feature with that "
                "number is defined: user space may set a bit that means nothing",
                severity="" if many_patches(units) else "info",
            )


def _features(unit: Unit) -> Iterator[int]:
    """The numbers of the features that a unit defines."""
    if b"_VCPU_" not in unit.source:
        return
    for name, define in unit.defines.items():
        if _FEATURE.match(name) and not _COUNT.match(name) and define.params is None:
            value = number(define.value, lambda _: None)
            if value is not None and "MAX" not in name:
                yield value
