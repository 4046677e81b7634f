"""widened-range: a physical range is rounded outward before an RMI call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import Def, effects, path_of, paths_in, squeeze, strip, text
from linter.source.facts import At
from linter.source.nodes import callee
from rules.registry import PART, RMI
from rules.rounding import rounding, rounding_of
from rules.vocabulary import argument_path, is_delegate, is_undelegate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Outcome, Point
    from linter.source.unit import Function
    from rules.rounding import Rounding


SEVERITY = "error"
CATALOGUE = ("RMI-RANGE-WIDEN", "ALIGN-WIDEN")
WORDS = (
    RMI,
    ("ALIGN", "round_down", "round_up", "rounddown", "roundup", "& ~", "&~", "&= ~", "_MASK"),
)
NEEDS = PART
TITLE = "a physical range is rounded outward before an RMI call"
WHY = (
    "Memory need not begin or end on the boundary that the range is rounded to. "
    "Rounded outward, the first or last call names an address that is not memory; "
    "the RMM refuses it, and the host takes the refusal for a property of its memory."
)
FIX = (
    "Pass the range as it is and let the RMM say how far it got, or round inward "
    "(start up, end down) and skip what becomes empty."
)
EVIDENCE = (
    "Mathieu Poirier on [PATCH v13 10/48]: on QEMU-SBSA memory starts at 0x100_4300_0000",
    "fixed in v14: RMI_GRANULE_TRACKING_GET takes a range",
    "merged form: start = PAGE_ALIGN(base), end = PAGE_ALIGN_DOWN(base + size)",
)

_PAGE = regex(r"^\(?~?\(?(?:RMM_|RMI_)?(?:PAGE|GRANULE)_(?:SIZE|MASK)(?:-1)?\)?\)?$|^SZ_4K$")
_SPACE = regex(r"(?:^|_|>|\.)(?:f?ipa|gpa|iova|hva|uaddr|gfn|va|vaddr|ipa_\w+|\w+_ipa)$")
_LOWER = regex(r"(?:^|_|>|\.)(?:start|base|begin|first|lo|low|addr|phys|pa|cur|pos)")
_UPPER = regex(r"(?:^|_|>|\.)(?:end|top|limit|last|hi|high|stop)")
_PHYSICAL = regex(
    r"memblock_|virt_to_phys|page_to_phys|__pa\b|PFN_PHYS|pfn_to_phys|<<PAGE_SHIFT|\.start|->start"
)
_OF_PFN = regex(r"^(?:PFN_PHYS|(?:__)?pfn_to_phys)$")
_OF_MEMORY = regex(r"delegate|granule|gpt")  # commands whose first argument is an address
_CLAMP = regex(r"(?:min|max|clamp)(?:_t|_val|3)?$")
_GPT = regex(r"gpt", re.IGNORECASE)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        for definition in facts.effects(point).defs:
            rounded = rounding_of(definition)
            if rounded is None:
                continue
            at = At(point, definition)
            if _PAGE.match(rounded.unit):
                continue
            calls, names = _calls_with(facts, at)
            if not calls or not _is_physical(function, facts, at, rounded.path, calls, names):
                continue
            if _outward(facts, definition.name, rounded, calls):
                node = definition.node.parent or definition.node
                yield _report(function, node, definition.name, rounded, calls)
    for site in facts.sites:
        for arg in site.call.args:  # rounded in the call itself
            rounded = rounding(arg)
            if rounded is None or not facts.world.is_firmware(site.name, function):
                continue
            at = At(site.point, Def(rounded.path, arg, "use"))
            physical = not _PAGE.match(rounded.unit) and _is_physical(
                function, facts, at, rounded.path, [site], paths_in(arg)
            )
            if physical and _outward(facts, rounded.path, rounded, [site]):
                yield _report(function, arg, rounded.path, rounded, [site])


def _is_physical(
    function: Function, facts: Facts, at: At, source: str, calls: list[Site], names: set[str]
) -> bool:
    """Is the rounded value a physical address, not an IPA or a virtual one?"""
    for name in (at.definition.name, source):
        if _SPACE.search(name):
            return False
    for name in (at.definition.name, source):
        if function.type_of(name) == "phys_addr_t":
            return True
    if any(names & _addresses(site) for site in calls):
        return True
    origins = [at, *facts.sources(at.point, source)]
    return any(
        _PHYSICAL.search(squeeze(origin.definition.value))
        for origin in origins
        if origin.definition.value is not None
    )


def _addresses(site: Site) -> set[str]:
    """What a call takes for a physical address, of whatever type: `u64`, or the number of a page.

    A size next to it tells nothing: it may be that of a buffer, all of which the host allocated.
    """
    found = set()
    for index, arg in enumerate(site.call.args):
        whole = strip(arg)
        if whole.type == "call_expression" and _OF_PFN.match(callee(whole)):
            found |= paths_in(whole)
        elif index == 0 and path_of(whole) and _OF_MEMORY.search(site.name):
            found.add(path_of(whole))
    return found


def _outward(facts: Facts, name: str, rounded: Rounding, calls: list[Site]) -> bool:
    """Is `name` the lower bound (rounded down) or the upper one (rounded up) of the calls?

    A comparison tells by what holds on the way to them: `while (lo < hi) call()`,
    `if (lo >= hi) return; call();`.
    """
    targets = {site.point for site in calls}
    for point in facts.points:
        node = strip(point.node) if point.kind == "cond" and point.node is not None else None
        if node is None or node.type != "binary_expression":
            continue
        operator = text(node.child_by_field_name("operator"))
        sides = [
            path_of(strip(side)) if side is not None else ""
            for side in (node.child_by_field_name("left"), node.child_by_field_name("right"))
        ]
        if name not in sides or operator not in ("<", "<=", ">", ">="):
            continue
        ways = _ways(facts, point, targets)
        if len(ways) == 1:
            less = operator.startswith("<") is ways[0]
            return ((sides[0] == name) == less) == rounded.down
    if rounded.sum or _is_size(name, calls):
        return not rounded.down
    bound = _LOWER if rounded.down else _UPPER
    return bool(bound.search(name) or bound.search(rounded.path))


def _ways(facts: Facts, test: Point, targets: set[Point]) -> list[Outcome]:
    """The outcomes of a test behind which one of the points is reached."""
    return [
        edge.when
        for edge in test.edges
        if edge.target in targets or targets & facts.flow.reach([edge.target], lambda p: p is test)
    ]


def _is_size(name: str, calls: list[Site]) -> bool:
    """Is it the second argument of a (un)delegation, behind the base?"""
    return any(
        (is_delegate(site.name) or is_undelegate(site.name)) and argument_path(site, 1) == name
        for site in calls
    )


def _report(
    function: Function, node: Node, name: str, rounded: Rounding, calls: list[Site]
) -> Finding:
    call, unit = calls[0], rounded.unit
    demanded = bool(_GPT.search(unit)) or all(_GPT.search(site.name) for site in calls)
    if rounded.down:
        message = (
            f"`{name}` is rounded down to {unit}, so where memory does not begin on that boundary "
            f"{call.name}() is given an address outside it"
        )
    else:
        message = (
            f"`{name}` is rounded up to {unit}, so where memory does not end on that boundary "
            f"{call.name}() is called for addresses beyond it"
        )
    if demanded:
        message += " (the command asks for this alignment)"
    return function.finding(
        node,
        message,
        severity="info" if demanded else "",
        related=[function.place(call.node, f"{call.name}() is called with the rounded range")],
    )


def _calls_with(facts: Facts, at: At) -> tuple[list[Site], set[str]]:
    """Firmware calls that the rounded value decides: in an argument, or as a loop's bound.

    And the names by which it does so: its own, and those that it bounds.
    """
    name = at.definition.name
    names = {name}

    def is_replaced(point: Point) -> bool:  # not by `lo += n`: that is the walk itself
        return point is at.point or any(
            d.name == name and d.how != "update" for d in facts.effects(point).defs
        )

    reached = facts.flow.reach([at.point], is_replaced)
    for loop in facts.flow.loops:
        # `while (start < end) call(start)`: `end` decides how far the calls go
        for point in loop.body:
            if point.kind == "cond" and point in reached and facts.reads(point, name):
                names.update(path for path, _ in facts.effects(point).uses)
    calls = [
        site
        for site in facts.sites
        if site.point in reached
        and any(names & _handed(arg) for arg in site.call.args)
        and facts.world.is_firmware(site.name, facts.function)
    ]
    return calls, names


def _handed(arg: Node) -> set[str]:
    """The paths an argument is made of, without those cut to a bound: `min(end, limit) - at`."""
    found = effects(arg)
    cut = [call.node for call in found.calls if _CLAMP.match(call.name)]
    return {
        path
        for path, node in found.uses
        if not any(clamp.start_byte <= node.start_byte < clamp.end_byte for clamp in cut)
    }
