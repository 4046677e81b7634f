"""break-leaves-switch: an error ends the switch, and the turn of the loop goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import constant, prints
from linter.source.nodes import WARNS
from rules.registry import PART, RMI
from rules.uses import reads_only
from rules.vocabulary import is_free, is_relax, is_undelegate, keeps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts, Site
    from linter.source.flow import Loop, Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("SWITCH-BREAK-IN-LOOP",)
WORDS = (RMI, ("switch",), ("while", "for"), ("= -E",), ("break",))
NEEDS = PART
TITLE = "a break that is to end the loop only ends the switch"
WHY = (
    "Inside a switch, break leaves the switch. The error is set, but the rest of the turn still "
    "runs, with what the other arms would have set left as it was."
)
FIX = "goto the end of the loop, or test the error right behind the switch."
EVIDENCE = ("populate_par_region() in v3 to v6: `level` was used unset; gone in v7",)

_CODE = regex(r"^(?:r|rc|ret|retval|rv|err|error|errno|res|result)$")
_TIDIES = regex(r"(?:^|_)(?:unlock|end|exit|cleanup|destroy|unmap|stop|log|del)(?:_|$)")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        for d in facts.effects(point).defs:
            errno = constant(d.value) if d.value is not None else ""
            if d.how != "assign" or not errno.startswith("-E") or not _CODE.match(d.name):
                continue
            switch, loop = _broken_out_of(facts, point), facts.flow.loop_of(point)
            if switch is None or loop is None or not _is_inside(switch, loop):
                continue
            site = _goes_on(facts, point, d.name, switch, loop)
            if site is not None:
                yield function.finding(
                    point.node or d.node,
                    f"`{d.name} = {errno}` is followed by a break that leaves only the switch: the "
                    f"loop goes on to {site.name}() in line {function.line(site.node)} before "
                    f"anything looks at `{d.name}`",
                    related=[function.place(site.node, "the loop goes on to this")],
                )


def _broken_out_of(facts: Facts, point: Point) -> Node | None:
    """The switch that the break behind an assignment leaves."""
    statement = point.node
    after = None if statement is None else statement.next_named_sibling
    while after is not None and after.type in ("comment", "expression_statement"):
        after = after.next_named_sibling
    if after is None or after.type != "break_statement":
        return None
    above = after.parent
    while above is not None and not above.type.startswith(("for_", "while_", "do_", "function_")):
        if above.type == "switch_statement":
            return above
        above = above.parent
    return None


def _is_inside(switch: Node, loop: Loop) -> bool:
    node = loop.node
    return node is not None and node.start_byte < switch.start_byte < node.end_byte


def _goes_on(facts: Facts, start: Point, name: str, switch: Node, loop: Loop) -> Site | None:
    """The first thing that the turn still does although the error was set."""

    def works(point: Point) -> bool:
        node = point.node
        outside = node is not None and not switch.start_byte <= node.start_byte < switch.end_byte
        return point in loop.body and outside and _work(facts, point) is not None

    def stops(point: Point) -> bool:
        return facts.reads(point, name) or point not in loop.body or point is loop.head

    path = facts.flow.path(start, works, stops)
    return None if path is None or facts.reads(path[-1], name) else _work(facts, path[-1])


def _work(facts: Facts, point: Point) -> Site | None:
    """The call of a point that does something: no printing, no giving back."""
    for site in reversed(facts.sites):  # the outermost call of an expression
        name = site.name
        tidies = is_free(name) or is_undelegate(name) or keeps(name) or is_relax(name)
        if (
            site.point is point
            and name
            and not (
                tidies or reads_only(name) or prints(name) or name in WARNS or _TIDIES.search(name)
            )
        ):
            return site
    return None
