"""partial-donation: the RMM took a part of a block, and the host rounds the count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, paths_in, squeeze, strip, text
from linter.source.nodes import callee
from rules.registry import FUNCTION, RMI
from rules.sro import output_register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-PARTIAL-DONATE",)
WORDS = (RMI, ("WARN",), (".a1", ">a1", ".a2", ">a2"))
NEEDS = FUNCTION
TITLE = "What the RMM took of a block is warned about and rounded"
WHY = (
    "A part of the block belongs to the RMM and a part to the host. Rounded up, the host forgets "
    "pages that are still its own; rounded down, it frees or reuses pages the RMM holds."
)
FIX = "Treat the block as lost and give up, or keep what was not taken in smaller entries."
EVIDENCE = ("review of [PATCH v14]: a huge page that is donated in part is not rounded away",)

_ROUND = regex(r"^(?:ALIGN(?:_DOWN)?|round_?(?:up|down)|DIV_ROUND_UP)$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        if point.kind != "cond" or not point.warn or point.node is None:
            continue
        for name in sorted(_remainder(point.node)):
            if not output_register(facts, point, name):
                continue
            rounded = _rounded(facts, point, name, callee(strip(point.node)) != "IS_ALIGNED")
            if rounded is None:
                continue
            yield function.finding(
                rounded,
                f"the RMM says how much it took (`{name}`), and if that is a part of a block the "
                "count is rounded: the host then loses pages of its own or uses pages of the RMM",
                related=[function.place(point.node, "a part is only warned about")],
            )


def _remainder(node: Node) -> set[str]:
    """The names of which a condition asks whether they are a multiple of something."""
    node = strip(node)
    if node.type == "unary_expression":
        inner = node.child_by_field_name("argument")
        return _remainder(inner) if inner is not None else set()
    if callee(node) == "IS_ALIGNED" or text(node.child_by_field_name("operator")) in ("%", "&"):
        return paths_in(node)
    left = node.child_by_field_name("left")
    return _remainder(left) if left is not None and node.type == "binary_expression" else set()


def _rounded(facts: Facts, point: Point, name: str, when: bool) -> Node | None:
    """The rounding of a name on the way where a part is left."""
    for edge in point.edges:
        if edge.when is not when:
            continue
        at = edge.target
        for _ in range(6):
            for definition in facts.effects(at).defs:
                if definition.name == name and _rounds(definition):
                    return definition.node.parent or definition.node
            if len(at.edges) != 1:
                break
            at = at.edges[0].target
    return None


def _rounds(definition: Def) -> bool:
    value = definition.value
    if value is None:
        return False
    if _ROUND.match(callee(strip(value))):
        return True
    return (
        definition.how == "update"
        and "%" in squeeze(value)
        and bool(path_of(strip(definition.node)))
    )
