"""partial-registers: an SMC is given registers that nothing has set."""

from __future__ import annotations

from functools import partial
from operator import is_
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import address_of, text
from rules.registry import FUNCTION, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("SMCCC-REGS-PARTIAL",)
WORDS = (RMI, ("arm_smccc_1_2_regs",))
NEEDS = FUNCTION
TITLE = "a register block goes into an SMC of which only some members were set"
WHY = (
    "arm_smccc_1_2_smc() loads all of X0 to X17 from the block. The firmware gets what was on the "
    "kernel's stack, and registers that have to be zero are not."
)
FIX = "struct arm_smccc_1_2_regs regs = { FUNCTION_ID, a1, a2 };"
EVIDENCE = ("a review of the v19 series: args.a4 to args.a17 came from the stack; fixed in v20",)

_REGISTERS = 18
_SMC = regex(r"(?:^|_)(?:smccc|smc|hvc)(?:_|$)")
_MEMBER = regex(r"\.a(\d+)$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        for definition in facts.effects(point).defs:
            if definition.how == "decl" and _is_block(point, definition):
                yield from _check(function, facts, point, definition)


def _is_block(point: Point, definition: Def) -> bool:
    kind = point.node.child_by_field_name("type") if point.node is not None else None
    return text(kind) == "struct arm_smccc_1_2_regs" and definition.node.type == "identifier"


def _check(function: Function, facts: Facts, start: Point, definition: Def) -> Iterator[Finding]:
    name = definition.name
    for site in facts.sites:
        if not _SMC.search(site.name) or not site.call.args:
            continue
        if address_of(site.call.args[0]) != name:
            continue
        # the whole of it may be set on some way: `regs = (struct ..){ }`, memset(&regs, ..)
        way = facts.flow.path(
            start,
            partial(is_, site.point),
            lambda p: facts.writes(p, name),
        )
        if way is None:
            continue
        members = {
            d.name
            for p in facts.points
            for d in facts.effects(p).defs
            if d.name.startswith(f"{name}.")
        }
        numbers = {int(m[1]) for member in members if (m := _MEMBER.search(member))}
        if 0 in numbers and len(numbers) < _REGISTERS:
            missing = [n for n in range(_REGISTERS) if n not in numbers]
            yield function.finding(
                definition.node,
                f"{site.name}() loads all of `{name}`, of which nothing sets "
                f"a{missing[0]}{' and more' if len(missing) > 1 else ''}: the firmware gets what "
                "was on the stack",
                related=[function.place(site.node, "it is given to the firmware here")],
            )
            return
