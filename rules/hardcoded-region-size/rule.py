"""hardcoded-region-size: a size the RMM is configured with is written into the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import text
from rules.registry import FILE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("ABI-HARDCODED-SIZE",)
WORDS = (RMI, ("PAGE_SIZE_", "_PAGES"), ("#define",))
NEEDS = FILE
TITLE = "A size that the RMM can be configured with depends on the host's page size only"
WHY = (
    "The value is right for one setting of the RMM. With another one the host steps over memory "
    "in regions that are not those of the RMM, and nothing tells it so."
)
FIX = "Ask the RMM for the size, or make it a Kconfig choice and say in a comment what it rests on."
EVIDENCE = ("Suzuki K Poulose on [PATCH v13 10/48]: agreed, Kconfig or a comment",)

_PAGES = regex(r"PAGE_SIZE_(?:LESS_THAN_)?\d+KB|\b(?:CONFIG_)?ARM64_\d+K_PAGES")
_CONFIGURED = regex(r"TRACK|REGION|(?<![A-Z])GPT(?![A-Z])|L0GPT|L1GPT")
_SIZE = regex(r"^\(?(?:SZ_\d+[KMGT]|(?:1UL{1,2}|1)<<\d+|BIT(?:_ULL)?\(\d+\)|0x[0-9a-fA-F]+\w*)\)?$")
_ABOUT = regex(rb'#include\s+[<"]asm/rmi_|\bSMC_RMI_')


def check(unit: Unit) -> Iterator[Finding]:
    name = unit.path.rsplit("/", 1)[-1]
    if not name.startswith(("rmi", "rme")) and not _ABOUT.search(unit.source):
        return
    found: dict[str, list[Node]] = {}
    for node in unit.nodes("preproc_def"):
        macro = text(node.child_by_field_name("name"))
        if _CONFIGURED.search(macro) and _SIZE.match(_value(node)) and _by_page_size(node):
            found.setdefault(macro, []).append(node)
    for macro, nodes in found.items():
        values = {_value(node) for node in nodes}
        used = next(_uses(unit, macro), None) if len(values) > 1 else None
        if used is None:
            continue
        yield unit.finding(
            nodes[0],
            f"{macro} follows from the host's page size alone, but the RMM can be configured "
            f"with another size: {used.name}() then takes regions that are not the RMM's",
            related=[used.place(used.node, f"{macro} is used here")],
        )


def _value(node: Node) -> str:
    """What a macro stands for, without comment and blanks."""
    return "".join(text(node.child_by_field_name("value")).split("/*")[0].split())


def _uses(unit: Unit, macro: str) -> Iterator[Function]:
    """The functions of the file that name a macro."""
    for function in unit.functions:
        if macro.encode() in function.source:
            yield function


def _by_page_size(node: Node) -> bool:
    """Does a macro stand in a branch that is taken for one page size?"""
    above = node.parent
    while above is not None:
        if above.type in ("preproc_if", "preproc_ifdef", "preproc_elif", "preproc_elifdef"):
            condition = above.child_by_field_name("condition") or above.child_by_field_name("name")
            if _PAGES.search(text(condition)):
                return True
        above = above.parent
    return False
