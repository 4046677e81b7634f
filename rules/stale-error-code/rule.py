"""stale-error-code: a failure goes to the exit label with the last call's success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ANY, UNSET, Value, subject, test_of
from linter.source.expr import constant, path_of, strip, text
from linter.source.world import ERRNO, STATUS
from rules.registry import FUNCTION, RMI
from rules.vocabulary import failing_edge, is_alloc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Outcome, Point
    from linter.source.unit import Function


SEVERITY = "error"
CATALOGUE = ("GOTO-UNINIT-RC", "ERR-GOTO-STALE-RC", "C-ERRPATH-RET")
WORDS = (RMI, ("return",))
NEEDS = FUNCTION
TITLE = "an error path returns a code that was never set, or the last success"
WHY = (
    "The branch undoes what was done and goes to the label that returns the code, but nothing set "
    "the code: the caller is told that all went well, about an object that is gone."
)
FIX = "Set the code before the goto: r = -ENXIO;"
EVIDENCE = ("zhuangyiwei on [PATCH v9 07/43]: realm_create_rd() after rmi_rec_aux_count() failed",)

# a label that only failures go to, and what only a failed allocation gives
_ERROR = regex(r"(?:^|_)(?:err|error|fail|failed|undo|unwind|bad|abort|unsupported)(?:_|$)|^e_")
_CODE = regex(r"^(?:r|rc|ret|retval|rv|err|error|errno|res|result|st|status)$")
_NO_PAGE = ("0", "PHYS_ADDR_MAX", "INVALID_PHYS_ADDR")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    exits = {p for p in facts.points if p.kind == "return" or (_label(p) and _leaves(facts, p))}
    if function.result in ("void", "bool") or _gives_pointer(function):
        return  # false, or NULL, says there that it failed
    summary = function.world.summary(function.name, function)
    codes = summary is not None and bool(summary.returns & {ERRNO, STATUS})
    for name in sorted(_returned(facts)):
        if _is_truth_or_pointer(function, name) or not (codes or _CODE.match(name)):
            continue  # also a count
        reported: set[Point] = set()
        walk = facts.explore(facts.flow.entry, {name: _at_entry(function, name)})
        for point, state in walk:
            value = state.get(name)
            if point not in exits or point in reported or not (value == UNSET or value.zero):
                continue
            trail = walk.trail()
            if point.kind == "return" and any(_label(p) for p in trail):
                continue  # the goto was wrong already
            test = _failed_test(facts, trail, name)
            if test is None or not _returns(facts, point, name):
                continue
            if point.kind == "return" and not _belongs(facts, point, test, name):
                continue
            reported.add(point)
            assert point.node is not None and test.node is not None
            yield function.finding(
                point.node,
                f"this failure returns `{name}`, which {_holds(facts, point, name, value)}",
                severity="warning" if value.zero and _is_shared(point) else "",
                related=[function.place(test.node, "this is what failed")],
            )


def _gives_pointer(function: Function) -> bool:
    """Does the function return a pointer?"""
    declarator = function.node.child_by_field_name("declarator")
    return declarator is not None and declarator.type == "pointer_declarator"


def _is_truth_or_pointer(function: Function, name: str) -> bool:
    """`bool ret`, `struct page *res`: what such a variable holds is no code."""
    declared = [d.definition for d in function.facts.defs(name)]
    return function.type_of(name) == "bool" or any(
        d.how in ("decl", "init") and d.node.type == "pointer_declarator" for d in declared
    )


def _at_entry(function: Function, name: str) -> Value:
    return ANY if function.param(name) is not None else UNSET


def _holds(facts: Facts, point: Point, name: str, value: Value) -> str:
    """What the returned variable holds at the goto, in words."""
    if value == UNSET:
        return "was never set on this way"
    calls = {
        at.definition.call.name
        for at in facts.reaching(point, name)
        if at.definition.call is not None
    }
    success = f"the success of {calls.pop()}()" if len(calls) == 1 else "0"
    return f"still holds {success}: the caller takes it for success"


def _label(point: Point) -> str:
    """The label a goto goes to, '' for any other point."""
    node = point.node
    if node is None or node.type != "goto_statement":
        return ""
    return text(node.child_by_field_name("label"))


def _leaves(facts: Facts, point: Point) -> bool:
    """Does a goto leave every loop that it stands in?  Else it goes on with the next item."""
    return not any(
        point in loop.body and edge.target in loop.body
        for loop in facts.flow.loops
        for edge in point.edges
    )


def _returned(facts: Facts) -> set[str]:
    """The locals that some return hands out as they are."""
    names = set()
    for point in facts.points:
        if point.kind == "return" and point.node is not None:
            for child in point.node.named_children:
                path = path_of(strip(child))
                if path.isidentifier() and not constant(child):
                    names.add(path)
    return names


def _failed_test(facts: Facts, trail: list[Point], name: str) -> Point | None:
    """The condition that the last point of a way hangs on, if it says that something failed."""
    for test, after in zip(trail[-2::-1], trail[:0:-1], strict=False):
        if test.kind not in ("cond", "switch"):
            continue
        if test.node is None or facts.reads(test, name):
            return None
        outcomes = {edge.when for edge in test.edges if edge.target is after}
        failed = (
            test.warn
            or _ERROR.search(_label(trail[-1]))
            or _call_failed(facts, test) in outcomes
            or _no_page(facts, test) in outcomes
        )
        return test if failed else None
    return None


def _belongs(facts: Facts, point: Point, test: Point, name: str) -> bool:
    """Does a return stand in the branch of the failure, its code being a call's success?

    `int rc = 0; if (delegate()) return rc;` says success on purpose.
    """
    ways = sum(point in {e.target} | facts.flow.reach([e.target]) for e in test.edges)
    return ways == 1 and any(at.definition.call for at in facts.reaching(point, name))


def _is_shared(point: Point) -> bool:
    """Does success fall into the label that a goto goes to?  Then leaving early may be meant."""
    return point.kind == "goto" and any(
        pred.kind != "goto" for edge in point.edges for pred in edge.target.preds
    )


def _call_failed(facts: Facts, test: Point) -> Outcome:
    """The outcome with which a test says that a call answered with an error."""
    if test.kind == "switch":
        name, status = subject(test.node) if test.node is not None else ("", False)
        asked = status or facts.status_of(test, name) is not None
        return "default" if asked else None
    for site in facts.sites:
        if site.point is test and (
            facts.world.is_status(site.name, facts.function)
            or facts.world.is_errno(site.name, facts.function)
        ):
            return failing_edge(site)
    asked_of = test_of(test.node) if test.node is not None else None
    if asked_of is not None and asked_of.against == "0" and facts.status_of(test, asked_of.name):
        return {"==": False, "!=": True}.get(asked_of.op)
    return None


def _no_page(facts: Facts, test: Point) -> bool | None:
    """The outcome with which a test says that an allocation gave nothing."""
    asked = test_of(test.node) if test.node is not None else None
    if asked is None or asked.against not in _NO_PAGE or asked.op not in ("==", "!="):
        return None
    for at in facts.reaching(test, asked.name):
        if at.definition.call is not None and is_alloc(at.definition.call.name):
            return asked.op == "=="
    return None


def _returns(facts: Facts, point: Point, name: str) -> bool:
    """Does the way from the goto return `name` without setting it?"""
    if point.kind == "return":
        return facts.reads(point, name)
    path = facts.flow.path(
        point,
        lambda p: p.kind == "return" and facts.reads(p, name),
        lambda p: facts.writes(p, name) or p.kind == "return",
    )
    return path is not None
