"""Rounding to a unit, in the spellings of the kernel: ALIGN(), round_down(), `& ~(n - 1)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.expr import path_of, squeeze, strip, text
from linter.source.nodes import arguments, callee

if TYPE_CHECKING:
    from tree_sitter import Node

    from linter.source.expr import Def

_DOWN = frozenset({"ALIGN_DOWN", "round_down", "rounddown"})
_UP = frozenset({"ALIGN", "round_up", "roundup", "DIV_ROUND_UP"})
# most other masks cut out a field
_SIZE_MASK = regex(
    r"^(?:\w+_)?(?:PAGE|GRANULE|PMD|PUD|P4D|PGDIR|SECTION|CONT_PTE|CONT_PMD|BLOCK)_MASK$"
)


class Rounding(NamedTuple):
    """`path` (of a sum its first part) rounded to `unit`."""

    path: str
    unit: str
    down: bool
    sum: bool = False  # base + size: the upper end of a range


def rounding_of(definition: Def) -> Rounding | None:
    """What a definition rounds: `x = ALIGN(y, n)`, `x &= ~(n - 1)`."""
    if definition.value is None:
        return None
    if definition.how in ("init", "assign"):
        return rounding(definition.value)
    if text((definition.node.parent or definition.node).child_by_field_name("operator")) == "&=":
        unit = _mask_unit(definition.value)
        return Rounding(definition.name, unit, True) if unit else None
    return None


def rounding(node: Node) -> Rounding | None:
    """What an expression rounds: one path, or the sum of two."""
    node = strip(node)
    if text(node.child_by_field_name("operator")) == "-":
        left = node.child_by_field_name("left")
        end = rounding(left) if left is not None else None  # ALIGN(base + size, n) - base
        return end if end is not None and end.sum and not end.down else None
    if node.type == "call_expression":
        name, args = callee(node), arguments(node)
        if len(args) != 2 or not (name in _DOWN or name in _UP):
            return None
        inner, unit, down = strip(args[0]), squeeze(args[1]), name in _DOWN
    elif text(node.child_by_field_name("operator")) == "&":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return None
        inner, unit, down = strip(left), _mask_unit(right), True
        added = re.match(rf"^([\w>.-]+)\+\(?{re.escape(unit)}-1(?:UL)?\)?$", squeeze(inner))
        if unit and added:
            return Rounding(added[1], unit, False)
    else:
        return None
    if not unit:
        return None
    if path_of(inner):
        return Rounding(path_of(inner), unit, down)
    parts = [path_of(strip(part)) for part in (inner.named_children if _is_sum(inner) else [])]
    # not ALIGN(x + 1, n), nor ALIGN(x + n, n): the next boundary
    if len(parts) == 2 and all(parts) and unit not in parts and not parts[1].isupper():
        return Rounding(parts[0], unit, down, True)
    return None


def _is_sum(node: Node) -> bool:
    return node.type == "binary_expression" and text(node.child_by_field_name("operator")) == "+"


def _mask_unit(node: Node) -> str:
    """`n` of the mask `~(n - 1)`, or of the kernel's own for it; '' for any other."""
    mask = squeeze(strip(node))
    match = re.match(r"^~\((\w[\w>.-]*)-1(?:UL)?\)$", mask)
    if match:
        return match[1]
    return mask.replace("_MASK", "_SIZE") if _SIZE_MASK.match(mask) else ""
