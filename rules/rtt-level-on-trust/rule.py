"""rtt-level-on-trust: tables are created from the level of an RMI_ERROR_RTT on, as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import constant, path_of, paths_in, squeeze, strip, text
from linter.source.nodes import WARNS, takes_index
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-INDEX-AMBIG", "RMI-RTT-LEVELS")
WORDS = (RMI, ("_INDEX(", "_LEVEL("))
NEEDS = PART
TITLE = "tables are created below the level that RMI_ERROR_RTT reports, without a look at it"
WHY = (
    "RMI_ERROR_RTT only says at which level the walk ended: a table is missing there, or an entry "
    "is in the way. Its index is therefore no order for tables down to the last level: below the "
    "last there are none, and for a range one more level may let the RMM map a block."
)
FIX = "Refuse a level that has no table below it, create the one at level + 1, and go round again."
EVIDENCE = (
    "Suzuki K Poulose on [PATCH v14 29/44]: create one level at a time and continue",
    "reviewed on [PATCH v14 25/44] and 29/44: what the index of RMI_ERROR_RTT means",
)

_LAST = regex(r"(?:^|_)(?:LAST|MAX|DEEPEST)(?:_\w+)?_LEVEL$|(?:^|_)LEVEL_?(?:LAST|MAX)$")
_MAKES = regex(r"(?:^|_)(?:create|alloc|make|add|build|populate)(?:_|$)")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for site in facts.sites:
        if not _MAKES.search(site.name):
            continue
        for at, level in enumerate(site.call.args):
            status = _reported(facts, site.point, level)
            if not status:
                continue
            last = [n for a in site.call.args[at + 1 :] if (n := _last(facts, site.point, a))]
            asker = _range_call(facts, site.point, status)
            if last and asker is not None:
                yield function.finding(
                    site.node,
                    f"{asker.name}() asks for the table below one level, and {site.name}() makes "
                    f"all of them down to {last[0]}: the rest of the range can then only be mapped "
                    "page by page; create one level and go round again",
                    related=[function.place(asker.node, "this answers RMI_ERROR_RTT")],
                )
            elif (
                _goes_below(level)
                and function not in function.unit.parts  # the test may stand above the hunk
                and facts.world.is_firmware(site.name, function)
                and not _looked_at(facts, site.point, level)
            ):
                yield function.finding(
                    site.node,
                    f"{site.name}() is asked for a table at `{text(level)}` whatever the level is: "
                    "where the RMM stopped at the last level an entry is in the way, and there is "
                    "no table below it",
                    severity="info",  # the command refuses it, and that is mostly handled
                )
            break


def _last(facts: Facts, point: Point, node: Node) -> str:
    """The last level, if an argument is that, or a variable that holds it."""
    name = squeeze(strip(node))
    held = {
        squeeze(strip(value)) if (value := at.definition.value) is not None else ""
        for at in (facts.reaching(point, name) if name.isidentifier() else ())
    }
    name = held.pop() if len(held) == 1 else name
    return name if _LAST.search(name) else ""


def _reported(facts: Facts, point: Point, node: Node) -> str:
    """The variable with the status, if an argument is the level that a status reports."""
    if constant(node):
        return ""
    for call in _index_calls(facts, point, node, 0):
        return path_of(strip(call)) or squeeze(call)
    return ""


def _index_calls(facts: Facts, point: Point, node: Node, depth: int) -> Iterator[Node]:
    """What the RMI_RETURN_INDEX() is taken of that an expression rests on."""
    for call in facts.effects(point).calls:
        within = node.start_byte <= call.node.start_byte < node.end_byte
        if takes_index(call.name) and call.args and within:
            yield call.args[0]
    for name in paths_in(node) if depth < 3 else ():
        for at in facts.reaching(point, name):
            value = at.definition.value
            if value is not None and at.definition.how in ("init", "assign"):
                yield from _index_calls(facts, at.point, value, depth + 1)


def _range_call(facts: Facts, point: Point, status: str) -> Site | None:
    """The call that answered, if it works on a range: in a loop, telling how far it got."""
    loop = facts.flow.loop_of(point)
    if loop is None:
        return None
    for site in facts.sites:
        if (
            site.call.result == status
            and site.point in loop.body
            and facts.world.is_status(site.name, facts.function)
            and facts.flow.dominates(site.point, point)
            and any(facts.decides_end(loop, name) for name in _moved(facts, site))
        ):
            return site
    return None


def _moved(facts: Facts, site: Site) -> set[str]:
    """The variables that are set from what the call wrote."""
    outs = {name for _, name in site.call.out_args()}
    found = set(outs)
    for point in facts.points:
        for d in facts.effects(point).defs:
            if d.value is not None and paths_in(d.value) & outs:
                found.add(d.name)
    return found


def _goes_below(level: Node) -> bool:
    """`index + 1`: the level of the table that is missing."""
    inner = strip(level)
    return inner.type == "binary_expression" and text(inner.child_by_field_name("operator")) == "+"


def _looked_at(facts: Facts, point: Point, level: Node) -> bool:
    """Does a test before ask how deep the level is?"""
    names = {name for name in paths_in(level) if name.isidentifier() and not name.isupper()}
    warned = {site.point for site in facts.sites if site.name in WARNS}
    for test in facts.points:
        if (test.kind != "cond" and test not in warned) or not facts.flow.dominates(test, point):
            continue
        asks_index = any(takes_index(call.name) for call in facts.effects(test).calls)
        asked = {path for path, _ in facts.effects(test).uses} & names
        # of the status itself only the index says how deep
        if (asks_index and asked) or any(facts.status_of(test, n) is None for n in asked):
            return True
    return False
