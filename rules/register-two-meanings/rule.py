"""register-two-meanings: one output register is a state here and an address there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.explore import test_of
from linter.source.expr import path_of, paths_in, strip, text
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("OUTREG-SWAP",)
WORDS = (RMI, (".a1", ".a2", ".a3", ".a4", ">a1", ">a2", ">a3", ">a4"), ("for", "while", "goto"))
NEEDS = PART
TITLE = "One output register is compared with an enumerator and used as the next address"
WHY = (
    "A register has one meaning a command. The loop goes on at a small number instead of at the "
    "address the RMM got to: it starts from the beginning of memory, or never ends."
)
FIX = "Take the address from the register that the specification gives for it."
EVIDENCE = ("rmi_verify_gpt_firmware_managed() of a later version: put right in rmi_gpt_info()",)

_OUTPUT = regex(r"(?:\.|->)a[1-9]\d*$")
_ENUMERATOR = regex(r"^RMI_[A-Z0-9_]*[A-Z][A-Z0-9_]*$")
_SIZE = regex(r"_(?:SIZE|MASK|SHIFT|MAX|MIN|LIMIT|TOP|END|BASE)$")
_ORDERS = ("<", "<=", ">", ">=", "!=")


class Register(NamedTuple):
    """An output register; `filled`: the points that may have filled its block."""

    path: str
    filled: frozenset[int]


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    asked = list(_asked(facts))
    for point in facts.points if asked else ():
        loop = facts.flow.loop_of(point)
        for definition in facts.effects(point).defs if loop is not None else ():
            if loop is None or definition.value is None or definition.how not in ("init", "assign"):
                continue
            register = _register(facts, point, path_of(strip(definition.value)))
            if register is None or not _is_cursor(facts, loop, definition.name):
                continue
            for other, against, node in asked:
                if other.path == register.path and other.filled & register.filled:
                    yield function.finding(
                        definition.node.parent or definition.node,
                        f"{register.path} is compared with {against}, so it holds a state, but "
                        f"`{definition.name}` is set to it as the address to go on at",
                        related=[function.place(node, "it is a state here")],
                    )
                    break


def _asked(facts: Facts) -> Iterator[tuple[Register, str, Node]]:
    """The registers that are compared with an enumerator."""
    for point in facts.points:
        test = test_of(point.node) if point.kind == "cond" and point.node is not None else None
        if test is None or point.node is None or test.op not in ("==", "!="):
            continue
        if _ENUMERATOR.match(test.against) and not _SIZE.search(test.against):
            register = _register(facts, point, test.name)
            if register is not None:
                yield register, test.against, point.node


def _register(facts: Facts, point: Point, path: str, depth: int = 3) -> Register | None:
    """The output register that a path is at a point, or is a copy of."""
    if _OUTPUT.search(path):
        filled = frozenset(at.point.index for at in facts.reaching(point, path))
        return Register(path, filled)
    for at in facts.reaching(point, path) if path.isidentifier() and depth else ():
        value = path_of(strip(at.definition.value)) if at.definition.value is not None else ""
        if value and (found := _register(facts, at.point, value, depth - 1)) is not None:
            return found
    return None


def _is_cursor(facts: Facts, loop: Loop, name: str) -> bool:
    """Does the loop run while a variable is below something else?"""
    for point in facts.loop_tests(loop):
        node = strip(point.node) if point.node is not None else None
        left = node.child_by_field_name("left") if node is not None else None
        right = node.child_by_field_name("right") if node is not None else None
        if node is None or left is None or right is None:
            continue
        operator = text(node.child_by_field_name("operator"))
        sides = paths_in(left), paths_in(right)
        if operator in _ORDERS and name in sides[0] | sides[1] and sides[0] and sides[1]:
            return True
    return False
