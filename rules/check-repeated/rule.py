"""check-repeated: the same check for a realm is added to a function twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.finding import Related
from linter.source.expr import effects, paths_in, squeeze, text
from rules.conditions import atoms
from rules.kvm import bodies, is_predicate
from rules.registry import RMI, SERIES
from rules.vocabulary import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("KVM-DUP-HUNK",)
WORDS = (RMI, ("is_realm(", "is_rec("))
NEEDS = SERIES
TITLE = "the same check for a realm stands twice in a function"
WHY = (
    "The second one cannot be met, or it undoes something else than the first: mostly it is what "
    "a rebase left behind. Where it returns, it may pass by the release that the first one goes to."
)
FIX = "Keep one of them, the one that leaves by way of the clean-up."
EVIDENCE = ("Wei-Lin Chang on [PATCH v13 37/48]: a second copy of the check; dropped in v14",)


class Check(NamedTuple):
    """`if (..) return -E;` or the like, about a realm and something else."""

    function: Function
    node: Node  # the if statement
    asks: frozenset[str]
    shown: str


def check(units: list[Unit]) -> Iterator[Finding]:
    found: dict[tuple[str, str], list[Check]] = {}
    for unit, function in bodies(units):
        if not function.name or not _may_hold(function):
            continue
        known = found.setdefault((unit.path, function.name), [])
        for new in _checks(function):
            line = function.line(new.node)
            if unit.fragment and line not in unit.added:
                continue  # seen as context of another change
            for old in known:
                if old.asks == new.asks and _stays(old, new):
                    yield _finding(old, new)
                    break
            known.append(new)


def _may_hold(function: Function) -> bool:
    return b"is_realm(" in function.source or b"is_rec(" in function.source


def _checks(function: Function) -> Iterator[Check]:
    seen: set[int] = set()
    for point in function.facts.points:
        node = point.node if point.kind == "cond" else None
        while node is not None and node.type not in ("if_statement", "compound_statement"):
            node = node.parent
        if node is None or node.type != "if_statement" or node.start_byte in seen:
            continue
        seen.add(node.start_byte)
        condition = node.child_by_field_name("condition")
        body = node.child_by_field_name("consequence")
        if (
            condition is None
            or body is None
            or not _fails(body)
            or b"||" in (condition.text or b"")
        ):
            continue
        parts = list(atoms(condition))
        calls = [call for part in parts for call in effects(part).calls]
        if not any(is_predicate(call.name) for call in calls):
            continue
        parts = [part for part in parts if _says_something(part)]
        if len(parts) > 1:
            shown = " && ".join(" ".join(text(part).split()) for part in parts)
            yield Check(function, node, frozenset(map(squeeze, parts)), shown)


def _says_something(atom: Node) -> bool:
    """`!ret` only says that nothing went wrong before."""
    return bool(effects(atom).calls) or "==" in squeeze(atom) or "!=" in squeeze(atom)


def _fails(body: Node) -> bool:
    """Does a branch end in an errno, on at most two lines?"""
    statements = [c for c in body.named_children if c.type != "comment"]
    if body.type != "compound_statement":
        statements = [body]
    return len(statements) <= 2 and "-E" in squeeze(body)


def _stays(old: Check, new: Check) -> bool:
    """Is the earlier one still there, met on the way to the new one, and of the same values?"""
    function = old.function
    if function is not new.function:
        # of two hunks only what stands in no block is surely run one after the other
        return all(_indent(check) == "\t" for check in (old, new))
    facts = function.facts
    first = [p for p in facts.points if p.node is not None and inside(p.node, old.node)]
    second = [p for p in facts.points if p.node is not None and inside(p.node, new.node)]
    behind = facts.flow.reach(first)
    if not behind.issuperset(second):
        return False
    condition = new.node.child_by_field_name("condition")
    paths = paths_in(condition)
    between = [p for p in behind if p not in first and not facts.flow.reach([p]).isdisjoint(second)]
    return not any(facts.writes(p, path) for p in between for path in paths)


def _indent(check: Check) -> str:
    line = check.function.unit.line_text(check.node.start_point[0])
    return line[: len(line) - len(line.lstrip())]


def _finding(old: Check, new: Check) -> Finding:
    function = new.function
    earlier = old.function.unit.patch
    related = []
    if earlier is None or earlier == function.unit.patch:
        related = [old.function.place(old.node, "the same check stands here")]
        where = f"in line {old.function.line(old.node)} of {function.name}()"
    else:  # where its lines are by now the hunks between do not say
        where = f"in {function.name}() since patch {earlier.index}/{earlier.total}"
    related += _comment(new)
    return function.finding(
        new.node,
        f"`{new.shown}` is refused {where} already: the second check does nothing more, or leaves "
        "another way",
        related=related,
    )


def _comment(new: Check) -> Iterator[Related]:
    """The lines of the comment that belongs to the check."""
    comment = new.node.prev_named_sibling
    if comment is None or comment.type != "comment":
        return
    first = new.function.line(comment)
    for row, line in enumerate(text(comment).split("\n")):
        if line.strip(" \t/*"):
            yield Related(new.function.path, first + row, "it is explained here")
