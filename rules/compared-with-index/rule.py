"""compared-with-index: an RMI result is compared with a status, its index still in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.amend import replace
from linter.source.explore import test_of
from linter.source.expr import path_of, squeeze, strip
from linter.source.facts import STATUS_REGISTER
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.amend import Amendment
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "info"
DEFAULT = False
CATALOGUE = ("RMI-RET-COMPOSITE",)
WORDS = (RMI, ("== RMI_", "!= RMI_", "==RMI_", "!=RMI_", "case RMI_"))
NEEDS = PART
TITLE = "an RMI result is compared with a status without RMI_RETURN_STATUS()"
WHY = (
    "The result of a command holds a status and an index. Compared as a whole it is equal to the "
    "status only where the index is 0: true today for many commands, and nothing says so."
)
FIX = "Compare RMI_RETURN_STATUS(ret)."
EVIDENCE = ("own reading of v12 to v14: no reviewer remarked it, so the rule is off by default",)

# their index is always 0
_PLAIN = ("RMI_SUCCESS", "RMI_ERROR_INPUT", "0")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        if point.kind == "cond" and point.node is not None:
            test = test_of(point.node)
            if (
                test is not None
                and not test.status
                and test.against.startswith("RMI_")
                and test.against not in _PLAIN
                and _is_whole(facts, point, test.name)
            ):
                yield function.finding(
                    point.node,
                    f"`{squeeze(point.node)}` compares the whole result with {test.against}: it "
                    "differs as soon as the index is not 0",
                    edits=_status_of(function, point.node, test.name),
                )


def _status_of(function: Function, comparison: Node, name: str) -> Iterator[Amendment]:
    """RMI_RETURN_STATUS() around the result, where the series has it under that name."""
    if function.world.define("RMI_RETURN_STATUS") is not None:
        comparison = strip(comparison)
        for side in ("left", "right"):
            node = comparison.child_by_field_name(side)
            if node is not None and path_of(strip(node)) == name:
                yield replace(node, f"RMI_RETURN_STATUS({function.unit.original(strip(node))})")


def _is_whole(facts: Facts, point: Point, name: str) -> bool:
    """Does a variable hold all that a command answered?"""
    if STATUS_REGISTER.search(name):
        return True
    hits = facts.sources(point, name)
    return bool(hits) and all(
        at.definition.how in ("init", "assign")
        and (call := at.definition.call) is not None
        and not call.name.isupper()
        and facts.world.is_status(call.name, facts.function)
        for at in hits
    )
