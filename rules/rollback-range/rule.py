"""rollback-range: the undo takes back another range than was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.source.explore import UNSET
from linter.source.expr import effects, path_of, paths_in, squeeze, strip, text
from rules.registry import FUNCTION, RMI
from rules.stepping import address, depends, starts
from rules.vocabulary import answer, failures, is_delegate, is_undelegate, one_granule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import At, Facts, Site
    from linter.source.flow import Loop
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("RMI-ROLLBACK-RANGE",)
WORDS = (RMI, ("undelegate",))
NEEDS = FUNCTION
TITLE = "the roll-back undelegates a range that is not the one delegated"
WHY = (
    "A range call can stop half-way. What was not delegated cannot be undelegated: the RMM "
    "answers with an error, the WARN fires, and memory that is perfectly good is leaked; or "
    "granules of somebody else are taken away."
)
FIX = "Remember how far the call got, and undo exactly that: undelegate(start, done - start)."
EVIDENCE = (
    "reviewed on [PATCH v14]: delegate failure followed by undelegate of the whole range",
    "fixed silently in v14: undelegate_range(base_phys, ...) instead of the advanced phys",
)


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    undos = [s for s in facts.calls(is_undelegate) if len(s.call.args) >= 2 and not one_granule(s)]
    gives = [s for s in facts.calls(is_delegate) if len(s.call.args) >= 2 and not one_granule(s)]
    for undo in undos:
        finding = (
            _unset_size(function, facts, undo)
            or _advanced(function, facts, undo, gives)
            or _failed_give(function, facts, undo, gives)
            or _failed_helper(function, facts, undo)
        )
        if finding is not None:
            yield finding
    turns = [
        (loop, site)
        for site in facts.calls(is_delegate)
        if site.call.args and not site.call.bare and one_granule(site)
        if (loop := facts.flow.loop_of(site.point)) is not None
    ]
    for undo in facts.calls(is_undelegate) if turns else ():
        for loop, give in turns if undo.call.args else ():
            finding = (
                _failed_granule(function, facts, undo, give) if one_granule(undo) else None
            ) or _all_granules(function, facts, undo, loop, give)
            if finding is not None:
                yield finding
                break


def _unset_size(function: Function, facts: Facts, undo: Site) -> Finding | None:
    """The size was never given a value on some way to the undo."""
    for arg in undo.call.args[:2]:
        name = path_of(strip(arg))
        for hit in facts.reaching(undo.point, name) if name else []:
            if hit.definition.how != "decl":
                continue
            walk = facts.explore(hit.point, {name: UNSET}, after=True)
            for point, state in walk:
                if state.get(name) != UNSET:
                    walk.skip()
                elif point is undo.point:
                    return function.finding(
                        undo.point.node or undo.node,
                        f"{undo.name}() may take back any range: `{squeeze(arg)}` was never set",
                        related=[function.place(hit.definition.node, f"`{name}` is declared here")],
                    )
    return None


def _advanced(function: Function, facts: Facts, undo: Site, gives: list[Site]) -> Finding | None:
    """The base moved on since it was delegated, the size did not shrink with it."""
    base = path_of(strip(undo.call.args[0]))
    size = squeeze(undo.call.args[1])
    copies = {  # `pa = base`, and it is `pa` that moves on
        path_of(strip(at.definition.value))
        for at in facts.defs(base)
        if at.definition.value is not None and facts.flow.dominates(at.point, undo.point)
    }
    for give in gives:
        given = path_of(strip(give.call.args[0]))
        if not base or given not in {base, *copies} or give.point is undo.point:
            continue
        if not facts.flow.dominates(give.point, undo.point):
            continue  # `if (private) give(); else take_back();` undoes nothing
        since = facts.flow.reach([give.point], lambda p: p is undo.point)
        same = squeeze(give.call.args[1]) == size
        moved = [
            at
            for at in facts.reaching(undo.point, base)
            if at.point in since and (_follows(facts, at, give) or (same and _is_step(at)))
        ]
        resized = any(
            facts.writes(p, path) for path, _ in effects(undo.call.args[1]).uses for p in since
        )
        if moved and not resized:
            step = moved[0]
            return function.finding(
                undo.point.node or undo.node,
                f"`{base}` has moved on by the time {undo.name}() is called, but the size is still "
                f"`{size}`: the range ends behind what {give.name}() was given, and its beginning "
                "stays delegated",
                related=[
                    function.place(give.node, f"{give.name}() is given the range here"),
                    function.place(step.definition.node, f"`{base}` moves on here"),
                ],
            )
    return None


def _is_step(at: At) -> bool:
    """`pa += n`, `pa = pa + n`; not `pa -= n`, and not `pa = start`."""
    node = at.definition.node.parent
    if node is not None and at.definition.how == "update":
        return text(node.child_by_field_name("operator")) in ("+=", "++")
    value = squeeze(at.definition.value)
    return at.definition.how == "assign" and value.startswith(f"{at.definition.name}+")


def _follows(facts: Facts, at: At, give: Site) -> bool:
    """Is the base set to how far the give got, by the give or from what it wrote?"""
    if at.definition.call is give.call:
        return True
    reached = path_of(strip(at.definition.value)) if at.definition.value is not None else ""
    return bool(reached) and any(
        hit.definition.call is give.call and hit.definition.how == "out"
        for hit in facts.sources(at.point, reached)
    )


def _failed_give(function: Function, facts: Facts, undo: Site, gives: list[Site]) -> Finding | None:
    """The undo is reached from the failure of the very call it undoes."""
    asked = [squeeze(arg) for arg in undo.call.args[:2]]
    for give in gives:
        if [squeeze(arg) for arg in give.call.args[:2]] != asked or give.call.bare:
            continue
        if _undone_after_failure(facts, give, undo):
            return function.finding(
                undo.point.node or undo.node,
                f"when {give.name}() fails it may have delegated a part only, yet "
                f"{undo.name}() takes back the whole of `{asked[1]}`",
                related=[function.place(give.node, f"{give.name}() can stop half-way")],
            )
    return None


def _undone_after_failure(facts: Facts, give: Site, undo: Site) -> bool:
    """Does a failure of `give` reach the undo, the range that it names being the same?"""
    named = {path for arg in undo.call.args[:2] for path in paths_in(arg)}
    return _reached(facts, give, undo, named, set())


def _failed_granule(function: Function, facts: Facts, undo: Site, give: Site) -> Finding | None:
    """The undo begins with the very granule that could not be delegated."""
    given, taken = address(facts, give), address(facts, undo)
    if given is None or taken is None or squeeze(given) != squeeze(taken):
        return None
    if not _reached(facts, give, undo, paths_in(taken), set()):
        return None
    return function.finding(
        undo.point.node or undo.node,
        f"when {give.name}() fails, `{text(given)}` is not delegated, yet {undo.name}() "
        "takes it back",
        related=[function.place(give.node, f"{give.name}() fails here")],
    )


def _all_granules(
    function: Function, facts: Facts, undo: Site, loop: Loop, give: Site
) -> Finding | None:
    """The undo takes back all that the loop was to give, however far it got."""
    if undo.point in loop.body:
        return None
    names = {path for arg in undo.call.args[:2] for path in paths_in(arg)}
    begin = {squeeze(strip(undo.call.args[0]))}
    back = facts.flow.loop_of(undo.point)
    if one_granule(undo):
        if back is None:
            return None
        tests = facts.loop_tests(back)
        if any(  # `if (given[i]) undelegate(..)`
            point.kind == "cond" and facts.flow.dominates(point, undo.point) and point not in tests
            for point in back.body
        ):
            return None
        begin = starts(facts, back, undo)
        names = paths_in(address(facts, undo)).union(*(paths_in(test.node) for test in tests))
    entry = back.head if back is not None and one_granule(undo) else undo.point
    if not begin & starts(facts, loop, give) or depends(facts, loop, entry, names):
        return None
    # a flag that the loop set may say how far it got; that it was cut short is known
    told = {d.name for p in loop.body for d in facts.effects(p).defs} - {answer(facts, give)}
    told = told.difference(*(paths_in(test.node) for test in facts.loop_tests(loop)))
    if not _reached(facts, give, undo, set(), told):
        return None
    return function.finding(
        undo.point.node or undo.node,
        f"when {give.name}() fails only the granules before that one are delegated, yet "
        f"{undo.name}() takes back all of them",
        related=[function.place(give.node, f"{give.name}() can fail at any granule")],
    )


def _reached(facts: Facts, give: Site, undo: Site, kept: set[str], told: set[str]) -> bool:
    """Does a failure of `give` reach the undo, `kept` not written and `told` not asked for?"""
    for walk in failures(facts, give):
        for point, _ in walk:
            if point is undo.point:
                return True
            asked = point.kind == "cond" and any(facts.reads(point, name) for name in told)
            if point is give.point or asked or any(facts.writes(point, name) for name in kept):
                walk.skip()
    return False


def _failed_helper(function: Function, facts: Facts, undo: Site) -> Finding | None:
    """The undo is reached from the failure of a helper that was to delegate the range."""
    base, size = (squeeze(arg) for arg in undo.call.args[:2])
    for helper in facts.sites:
        given = [squeeze(arg) for arg in helper.call.args]
        if is_delegate(helper.name) or not {base, size} <= {*given} or helper.call.bare:
            continue
        if not _delegates(facts, helper, given.index(base)):
            continue
        if _undone_after_failure(facts, helper, undo):
            return function.finding(
                undo.point.node or undo.node,
                f"{helper.name}() delegates, and where it fails a part only is left of that, or "
                f"nothing; yet {undo.name}() takes back the whole of `{size}`",
                related=[function.place(helper.node, f"{helper.name}() delegates it")],
            )
    return None


def _delegates(facts: Facts, helper: Site, index: int) -> bool:
    """Does the helper's body delegate the memory that its parameter names?"""
    callee = facts.called(helper.name)
    if callee is None or index >= len(callee.params):
        return False
    inner = callee.facts
    return any(
        hit.definition.how == "param" and hit.definition.name == callee.params[index].name
        for site in inner.calls(is_delegate)
        for path, _ in effects(site.call.args[0] if site.call.args else None).uses
        for hit in inner.sources(site.point, path)
    )
