"""macro-hides-function: a macro is called like a function that the same configuration defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.expr import text
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.declarations import Define
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("C-MACRO-CLASH",)
WORDS = (RMI, ("#define",))
NEEDS = LINE
TITLE = "a macro has the name of a function that is still defined behind it"
WHY = (
    "The definition of the function is then expanded by the macro: it does not compile. It does "
    "where the author tried it, because there another option left the function out."
)
FIX = "Put the macro under the option that leaves the function out."
EVIDENCE = (
    "kernel test robot on [PATCH v12 19/46]: kvm_arch_has_private_mem(); under #ifdef in v13",
)

# what generic code defines itself as long as an option is not set
_FALLBACKS = {"kvm_arch_has_private_mem": "CONFIG_KVM_GENERIC_MEMORY_ATTRIBUTES"}


def check(unit: Unit) -> Iterator[Finding]:
    for name, define in unit.defines.items():
        if define.params is None:
            continue
        conditions = _conditions(define.node)
        option = _FALLBACKS.get(name)
        if option is None:
            found = _clash(unit, define, conditions)
        elif any(option in condition for condition in conditions):
            continue
        else:
            found = unit.finding(
                define.node,
                f"since Linux 6.18 generic code defines {name}() unless {option} is set, and this "
                "macro stands in its way: without that option nothing builds",
            )
        if found is not None:
            found.function = name
            yield found


def _clash(unit: Unit, define: Define, conditions: list[str]) -> Finding | None:
    function = _defined(define.name, unit.world.units)
    if function is None or _apart(function, conditions):
        return None
    return unit.finding(
        define.node,
        f"{define.name}() is a function as well ({function.path}): where this macro is seen "
        "first, the definition does not compile",
        related=[function.place(function.node, "the function")],
    )


def _defined(name: str, units: list[Unit]) -> Function | None:
    return next((f for u in units for f in u.functions if f.name == name), None)


def _conditions(node: Node) -> list[str]:
    """The `#if` lines that a node stands under."""
    found = []
    above = node.parent
    while above is not None:
        if above.type.startswith("preproc_"):
            if above.type == "preproc_else" and above.parent is not None:
                found.append("!" + text(above.parent).split("\n")[0])
            found.append(text(above).split("\n")[0])
        above = above.parent
    return found


def _apart(function: Function, conditions: list[str]) -> bool:
    """Is either under a condition?  Then it is the author who keeps them apart."""
    return bool(conditions or _conditions(function.node)) or b"#undef" in function.unit.source
