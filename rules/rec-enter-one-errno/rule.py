"""rec-enter-one-errno: a REC that may not run just now is answered as a broken one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import NONZERO, subject
from linter.source.expr import constant
from linter.source.facts import REC_EXIT
from linter.source.nodes import takes_status
from rules.registry import FUNCTION, RMI
from rules.vocabulary import answer, failures, status_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.explore import Walk
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("RMI-STATUS-RACE",)
WORDS = (RMI, ("RMI_RE", "rec_enter", "rec_run", "REC_ENTER"), ("-E",))
NEEDS = FUNCTION
TITLE = "one errno for whatever REC_ENTER refuses, so that a lost race ends the VM"
WHY = (
    "REC_ENTER also fails for reasons that pass: RMI_ERROR_REC says that the REC is running "
    "elsewhere or is not runnable yet. A fatal errno makes the VMM give up a VM that is well."
)
FIX = "Tell RMI_ERROR_REC apart: return -EAGAIN, so that the vCPU is run again."
EVIDENCE = ("Suzuki K Poulose on [PATCH v13 20/48]; agreed, -EAGAIN for RMI_ERROR_REC in v14",)

_ENTERS = regex(r"(?:^|_)rec_(?:enter|run)$")
_PASSES = "RMI_ERROR_REC"
_AGAIN = ("-EAGAIN", "-EINTR", "-ERESTARTSYS", "-ERESTARTNOINTR", "-EBUSY")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    reported: set[Point] = set()
    for name, start, walk in _refused(facts):
        for point, state in walk:
            if point.kind != "return" or point.node is None:
                continue
            trail = [start, *walk.trail()]
            errno = _errno(facts, trail)
            value = state.get(state.target(name)) if name else NONZERO
            if not errno or value.eq or _PASSES in value.ne or not value.nonzero:
                continue
            test = _last_test(facts, trail, name)
            if test is None or test in reported or test.node is None:
                continue
            reported.add(test)
            told = f" (`{name}`)" if name else ""
            yield function.finding(
                test.node,
                f"every status of REC_ENTER{told} but success ends in {errno} here, also "
                "RMI_ERROR_REC, by which the RMM says that the REC cannot run just now: a lost "
                "race ends the VM as a broken REC would",
                related=[function.place(point.node, f"{errno} is returned here")],
            )


def _refused(facts: Facts) -> Iterator[tuple[str, Point, Walk]]:
    """Ways on which REC_ENTER has failed: its status, where they begin, and the walk."""
    for site in facts.sites:
        if _ENTERS.search(site.name) and _answers_status(facts, site.name):
            name = answer(facts, site)
            for walk in failures(facts, site):
                yield name, site.point, walk
    # the exit's handler: it is given the status, and looks at what the REC left
    if not any(REC_EXIT.search(path) for p in facts.points for path, _ in facts.effects(p).uses):
        return
    for name in {param.name for param in facts.function.params if _is_status(facts, param.name)}:
        yield name, facts.flow.entry, facts.explore(facts.flow.entry, {name: NONZERO})


def _answers_status(facts: Facts, name: str) -> bool:
    """Is it known to answer with a status, or nothing known of it but its name?"""
    unknown = facts.world.summary(name, facts.function) is None
    return unknown or facts.world.is_status(name, facts.function)


def _is_status(facts: Facts, name: str) -> bool:
    """Does the function take the RMI status out of this parameter?"""
    return bool(name) and any(
        takes_status(call.name) and [subject(arg)[0] for arg in call.args] == [name]
        for point in facts.points
        for call in facts.effects(point).calls
    )


def _errno(facts: Facts, trail: list[Point]) -> str:
    """The errno that a way returns; '' if it is none, or one that says: again."""
    point = trail[-1]
    for child in point.node.named_children if point.node is not None else []:
        known, name = constant(child), subject(child)[0]
        if not known and name:
            written = [d for p in trail for d in facts.effects(p).defs if d.name == name]
            value = written[-1].value if written else None
            known = constant(value) if value is not None else ""
        if known.startswith("-E"):
            return "" if known in _AGAIN else known
    return ""


def _last_test(facts: Facts, trail: list[Point], name: str) -> Point | None:
    """The condition that a way to an errno hangs on, if it is about the status."""
    names = status_names(facts, {name})
    for point in reversed(trail):
        if point.kind in ("cond", "switch") and point.node is not None:
            return point if not name or any(facts.reads(point, n) for n in names) else None
    return None
