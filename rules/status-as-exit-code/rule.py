"""status-as-exit-code: what REC_ENTER answered is read as the exception code of an exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, strip
from linter.source.nodes import callee
from rules.registry import SERIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from linter.finding import Finding, Related
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function, Unit

SEVERITY = "error"
CATALOGUE = ("RMI-RET-NAMESPACE",)
# the entry and the read may be in two hunks, of which each holds one word only
WORDS = (("ARM_EXCEPTION_CODE", "ARM_SERROR_PENDING", "handle_exit", "trace_kvm_exit", "rec_"),)
NEEDS = SERIES
TITLE = "the status of REC_ENTER is read as the exception code of a guest exit"
WHY = (
    "An RMI status and an ARM_EXCEPTION_ code are different numbers in one variable: 0 is "
    "RMI_SUCCESS and ARM_EXCEPTION_IRQ, 1 is RMI_ERROR_INPUT and an SError, 2 is RMI_ERROR_REALM "
    "and a trap."
)
FIX = "Keep the status in a variable of its own; ask for exception codes only where no REC ran."
EVIDENCE = ("reviewed and agreed on [PATCH v14 20/44]; the same code stands in v13 20/48",)

_READS = regex(
    r"^(?:ARM_EXCEPTION_\w+|ARM_SERROR_PENDING|handle_exit(?:_early)?|trace_kvm_exit"
    r"|fixup_guest_exit)$"
)
_WORTH = regex(rb"ARM_|handle_exit|trace_kvm_exit|rec_|=[^;=]*\brmi_")
_ENTERS = regex(r"(?:^|_)rec_(?:enter|run)$")
_IS_REC = regex(r"(?:^|_)is_(?:rec|realm)(?:_|$)")


def check(units: list[Unit]) -> Iterator[Finding]:
    before: dict[tuple[str, str, int], dict[str, tuple[Related, str]]] = {}
    for unit in units:
        patch = unit.patch.index if unit.patch is not None else 0
        for function in (*unit.functions, *unit.parts):
            if not _WORTH.search(function.source):
                continue
            # hunks of one function come in the order of its lines
            known = before.setdefault((unit.path, function.name, patch), {})
            facts = function.facts
            reported: set[str] = set()
            for site in facts.sites:
                for name in _read(site):
                    where = None if name in reported else _entered(facts, site.point, name, known)
                    if where is None or _without_rec(facts, site.point):
                        continue
                    if unit.fragment and function.line(site.node) not in unit.added:
                        continue
                    reported.add(name)
                    yield _report(function, site, name, *where)
            left = dict(_left_over(facts))
            for name in {d.name for p in facts.points for d in facts.effects(p).defs} - set(left):
                known.pop(name, None)
            known.update(left)


def _report(function: Function, site: Site, name: str, place: Related, call: str) -> Finding:
    does = {
        "trace_kvm_exit": "records it as",
        "ARM_SERROR_PENDING": "looks for an SError in it as in",
    }.get(site.name, "takes it for")
    return function.finding(
        site.node,
        f"`{name}` holds the RMI status of {call}() where a REC ran, and {site.name}() {does} an "
        "exception code: RMI_SUCCESS is 0, as ARM_EXCEPTION_IRQ is, and RMI_ERROR_INPUT is 1, as "
        "an SError is",
        related=[place],
    )


def _read(site: Site) -> Iterator[str]:
    """The variables that are read as an exception code."""
    if _READS.match(site.name):
        for arg in site.call.args:
            name = path_of(strip(arg))
            if name.isidentifier() and not name.isupper():
                yield name


def _entered(
    facts: Facts, point: Point, name: str, before: dict[str, tuple[Related, str]]
) -> tuple[Related, str] | None:
    """Where a variable got the status of REC_ENTER, and from which call."""
    hits = facts.sources(point, name)
    for at in hits:
        call = _enters(facts, at.definition.value)
        if call and at.point.node is not None:
            return facts.function.place(at.point.node, "it gets the RMI status here"), call
    return None if hits else before.get(name)


def _left_over(facts: Facts) -> Iterable[tuple[str, tuple[Related, str]]]:
    """What a part of a function leaves in its variables for the lines behind it."""
    for point in facts.points:
        for definition in facts.effects(point).defs:
            call = _enters(facts, definition.value)
            if call and point.node is not None:
                place = facts.function.place(point.node, "it gets the RMI status here")
                yield definition.name, (place, call)


def _enters(facts: Facts, value: Node | None) -> str:
    """The call, if a value is what a run of a REC answered."""
    if value is None:
        return ""
    value = strip(value)
    sides = [value]
    if value.type == "conditional_expression":
        sides = [s for f in ("consequence", "alternative") if (s := value.child_by_field_name(f))]
    for side in sides:
        side = strip(side)
        name = callee(side) if side.type == "call_expression" else ""
        if name and (_ENTERS.search(name) or _hands_on(facts, name)):
            return name
    return ""


def _hands_on(facts: Facts, name: str) -> bool:
    """Does a function answer with an RMI status, or with what a run of a REC answered?"""
    if facts.world.is_status(name, facts.function):
        return True
    called = facts.called(name)
    if called is None:
        return False
    returns = [point for point in called.facts.points if point.kind == "return"]
    return any(
        site.point in returns or any(called.facts.reads(p, site.call.result) for p in returns)
        for site in called.facts.sites
        if _ENTERS.search(site.name) and (site.point in returns or site.call.result)
    )


def _without_rec(facts: Facts, point: Point) -> bool:
    """Does a test on the way say that no REC ran?"""
    for test in facts.points:
        if test.kind != "cond" or not any(
            _IS_REC.search(call.name) for call in facts.effects(test).calls
        ):
            continue
        other = {edge.target for edge in test.edges if edge.when is True}
        for edge in test.edges:
            alone = edge.target not in other and edge.target.preds == [test]
            if edge.when is False and alone and facts.flow.dominates(edge.target, point):
                return True
    return False
