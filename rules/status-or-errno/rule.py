"""status-or-errno: an RMI status where an errno is meant, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.lazy import regex
from linter.source.explore import NONZERO, subject, test_of
from linter.source.expr import constant, path_of, squeeze, strip
from linter.source.facts import STATUS_REGISTER, Site
from linter.source.nodes import callee, takes_apart
from linter.source.world import ERRNO, STATUS, ZERO_ONLY
from rules.registry import FUNCTION, RMI
from rules.vocabulary import failures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-RET-NAMESPACE", "ERRNO-VS-RMI-STATUS")
WORDS = (RMI, ("return", "RMI_RE"))
NEEDS = FUNCTION
TITLE = "an RMI status and a negative errno come out of one function, or are taken for each other"
WHY = (
    "An RMI status counts up from 1, an errno down from -1. A caller that tests for a negative "
    "value takes a status for success; RMI_RETURN_STATUS() of an errno is no status at all."
)
FIX = "Turn the status into an errno where it leaves the RMI code: return -ENXIO;"
EVIDENCE = (
    "reviewed on [PATCH v14 20/44]: a status where a code of another kind is read",
    "v15 took a status out of the host's own -ENOMEM; since v16 callers test for < 0 first",
)

_DEPTH = 4  # of wrappers
_SPEAKS_STATUS = regex(r"^(?:(?:unsigned )?long(?: int)?|[us]64)$")
_WRAPPER = regex(r"^(?:smc_)?rmi_")
_DOC_STATUS = regex(r"(?i)\bRMI (?:return|status|result|error)\b|\bRMI_\w+")
_DOC_ERRNO = regex(r"(?i)\berrno\b|\bnegative\b|-E[A-Z]{3,}|< 0")


class Given(NamedTuple):
    """One way on which a failure leaves a function: the return, what it gives, whence."""

    point: Point
    what: str
    origin: Node | None = None


def check(function: Function) -> Iterator[Finding]:
    yield from _mixed(function)
    yield from _misread(function)


def _mixed(function: Function) -> Iterator[Finding]:
    """Returns of the one kind in a function that speaks the other."""
    if function.result in ("void", "bool") or _documented(function):
        return
    facts = function.facts
    statuses, errnos = list(_given(facts, STATUS)), list(_given(facts, ERRNO))
    if not statuses or not errnos or _told_apart(function):
        return
    by_status = _speaks_status(function)
    odd, usual = (errnos, statuses) if by_status else (statuses, errnos)
    for point in dict.fromkeys(given.point for given in odd):
        if point.node is None:
            continue
        what = next(given.what for given in odd if given.point is point)
        if by_status:
            says = f"answers with an RMI status, but here it returns {what}: no caller can tell"
        else:
            says = (
                f"answers with an errno where it fails, but here it hands on {what}, which is "
                "positive: a caller that tests for a negative value takes it for success"
            )
        other = _elsewhere(function, usual, point.node)
        yield function.finding(
            point.node,
            f"{function.name}() {says}",
            severity="info" if by_status else "",
            related=[function.place(other, f"here it is {'a status' if by_status else 'an errno'}")]
            if other is not None
            else [],
        )


def _elsewhere(function: Function, usual: list[Given], node: Node) -> Node | None:
    """Where answers of the usual kind come from, in another line than a return that is not."""
    sources = [given.origin for given in usual] + [given.point.node for given in usual]
    line = function.line(node)
    return next((s for s in sources if s is not None and function.line(s) != line), None)


def _speaks_status(function: Function) -> bool:
    """Is a function, by its type or name, one that answers with an RMI status?"""
    return bool(
        _SPEAKS_STATUS.match(function.result)
        or _WRAPPER.match(function.name)
        or _DOC_STATUS.search(function.comment)
    )


def _documented(function: Function) -> bool:
    """Does the comment say that both may come?"""
    return bool(_DOC_STATUS.search(function.comment) and _DOC_ERRNO.search(function.comment))


def _told_apart(function: Function) -> bool:
    """Does a caller look for a negative value first, and then for a status?"""
    name = function.name.encode()
    for unit in function.world.units:
        for caller in unit.functions:
            if name not in caller.source or b"RMI_RE" not in caller.source:
                continue
            for site in caller.facts.calls(lambda called: called == function.name):
                held = site.call.result
                asked = any((t.op, t.against) == ("<", "0") for _, t in caller.facts.tests(held))
                if (
                    held
                    and asked
                    and any(
                        takes_apart(call.name) and held in [subject(arg)[0] for arg in call.args]
                        for point in caller.facts.points
                        for call in caller.facts.effects(point).calls
                    )
                ):
                    return True
    return False


def _given(facts: Facts, kind: str) -> Iterator[Given]:
    """Where the failure of a call of that kind leaves the function as it is."""
    for site in facts.sites:
        kinds = _kinds(facts, site)
        if kind not in kinds:
            continue
        either = len(kinds) > 1  # then only its sign tells
        what = f"the status of {site.name}()" if kind == STATUS else f"the errno of {site.name}()"
        if site.point.kind == "return" and site.point.node is not None:
            if not either and any(strip(c) == site.node for c in site.point.node.named_children):
                yield Given(site.point, what, site.node)
            continue
        for walk in failures(facts, site):
            name = site.call.result
            for point, state in walk if name else ():
                if facts.writes(point, name):
                    walk.skip()
                elif point.kind == "return" and point.node is not None:
                    for child in point.node.named_children:
                        given = subject(child)[0]
                        value = state.get(name)
                        same = given and state.target(given) == name
                        told = not either or value.sign == ("+" if kind == STATUS else "-")
                        if same and told and value.nonzero and not value.eq:
                            yield Given(point, what, site.node)
    for point in facts.points:
        if point.kind == "return" and point.node is not None:
            for child in point.node.named_children:
                if kind == ERRNO and constant(child).startswith("-E"):
                    yield Given(point, constant(child))
                elif kind == STATUS and STATUS_REGISTER.search(path_of(strip(child))):
                    yield Given(point, "the status of the call")


def _kinds(facts: Facts, site: Site) -> set[str]:
    """STATUS and ERRNO: what a call may answer when it fails."""
    found = facts.world.summary(site.name, facts.function)
    if found is None:
        return {STATUS} if facts.world.is_status(site.name, facts.function) else set()
    return set(found.returns & {STATUS, ERRNO})


def _misread(function: Function) -> Iterator[Finding]:
    """An errno that is taken apart as a status, a status that is tested as an errno."""
    facts = function.facts
    reported: set[Point] = set()
    for site in facts.sites:
        name, kinds = site.call.result, _kinds(facts, site)
        if not name:
            if ERRNO in kinds and (node := _taken_apart_at_once(facts, site)) is not None:
                yield function.finding(
                    node,
                    f"{callee(node)}() is given a negative errno where {site.name}() fails for "
                    "want of something of the host's",
                )
            continue
        found: Iterator[tuple[Point, str]] = iter(())
        if ERRNO in kinds:
            found = _taken_apart(facts, site, name)
        elif kinds == {STATUS} and _is_seen(facts, site, _DEPTH):
            found = _asked_for_errno(facts, site, name)
        for point, what in found:
            if point not in reported and point.node is not None:
                reported.add(point)
                kind = "errno" if ERRNO in kinds else "RMI status"
                yield function.finding(
                    point.node,
                    f"{what}: `{name}` holds the {kind} of {site.name}()",
                    related=[function.place(site.node, "the value comes from here")],
                )


def _is_seen(facts: Facts, site: Site, depth: int) -> bool:
    """Is it known from bodies, not from names, that only a status can come?

    A wrapper that is declared somewhere else may well answer with an errno of its own.
    """
    called = facts.called(site.name) if depth else None
    known = facts.world.summary(site.name, facts.function)
    if called is None or known is None or not known.returns <= {STATUS, ZERO_ONLY}:
        return False  # what a callback answers nobody knows
    return all(
        _is_seen(called.facts, inner, depth - 1)
        for inner in called.facts.sites
        if facts.world.is_status(inner.name, called)
    )


def _taken_apart_at_once(facts: Facts, site: Site) -> Node | None:
    """`RMI_RETURN_STATUS(f())`."""
    for call in facts.effects(site.point).calls:
        if takes_apart(call.name) and call.args and strip(call.args[0]) == site.node:
            return call.node
    return None


def _taken_apart(facts: Facts, site: Site, name: str) -> Iterator[tuple[Point, str]]:
    """Where `RMI_RETURN_STATUS(x)` or `x == RMI_..` meets a failed call's negative errno."""
    walk = facts.explore(site.point, {name: NONZERO._replace(sign="-")}, after=True)
    for point, state in walk:
        if facts.writes(point, name):
            walk.skip()
        if state.get(name).sign != "-" or state.get(name).eq:
            continue
        for call in facts.effects(point).calls:
            given = subject(call.args[0])[0] if call.args else ""
            if takes_apart(call.name) and given and state.target(given) == name:
                if _goes_by(facts, point, name):
                    continue
                yield point, f"{call.name}() is given a negative errno where the call fails"
        test = test_of(point.node) if point.kind == "cond" and point.node is not None else None
        if test is None or test.status or test.op != "==" or state.target(test.name) != name:
            continue
        if test.against.startswith("RMI_"):
            yield point, f"{test.against} is compared with a negative errno where the call fails"


def _goes_by(facts: Facts, point: Point, name: str) -> bool:
    """Does what is no status that the code names just go back to the caller as it is?

    The low byte of an errno is above all statuses.
    """
    test = test_of(point.node) if point.kind == "cond" and point.node is not None else None
    if point.kind == "switch":
        ways = [e for e in point.edges if not str(e.when).startswith("RMI_")]
    elif test is not None and test.status and test.op in ("==", "!="):
        ways = [e for e in point.edges if e.when is (test.op == "!=")]
    else:
        return False
    starts = {edge.target for edge in ways}
    seen = starts | facts.flow.reach(starts)
    given = [p.node.named_children for p in seen if p.kind == "return" and p.node is not None]
    calls = [call for p in seen for call in facts.effects(p).calls]
    return (
        bool(given)
        and all(name in [subject(child)[0] for child in children] for children in given)
        and all(takes_apart(call.name) for call in calls)
        and not any(facts.writes(p, name) for p in seen)
    )


def _asked_for_errno(facts: Facts, site: Site, name: str) -> Iterator[tuple[Point, str]]:
    """Where only a status can come, and `x < 0` or `x == -ENOMEM` is asked."""
    for point, test in facts.tests(name):
        negative = (test.op, test.against) == ("<", "0")
        if test.status or not (negative or (test.op == "==" and test.against.startswith("-E"))):
            continue
        hits = facts.reaching(point, name)
        if any(at.definition.call is site.call for at in hits) and all(
            at.definition.call is not None
            and _is_seen(facts, Site(at.point, at.definition.call), _DEPTH)
            for at in hits
        ):
            yield point, f"`{squeeze(point.node)}` is never true, though failures go on"
