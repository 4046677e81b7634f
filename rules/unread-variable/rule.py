"""unread-variable: a value is computed, and then the one it was computed from is used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import effects, squeeze
from rules.registry import FUNCTION, RMI
from rules.uses import takers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("C-WRONG-VAR",)
WORDS = (RMI,)
NEEDS = FUNCTION
TITLE = "a variable is computed and never read"
WHY = (
    "The value was worked out for somebody. Nobody gets it; mostly the raw value that it was made "
    "from is passed on instead, and means something else there."
)
FIX = "Pass on the variable, or drop it."
EVIDENCE = (
    "kernel test robot on [PATCH v12 20/46]: the flags of user space went on; fixed in v13",
)

_NO_LOCAL = regex(rb"static\b|extern\b|else\b")  # (the last: a statement cut by #ifdef)
_MARKED = regex(rb"__maybe_unused|__always_unused|__unused|\(void\)")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    if _MARKED.search(function.source):
        return
    for name, (declaration, definition) in _locals(facts).items():
        sets = [
            (p, d)
            for p in facts.points
            for d in facts.effects(p).defs
            if d.name == name and d.how != "decl"
        ]
        if not sets or any(d.how in ("out", "loop") for _, d in sets):
            continue
        if not _is_unread(function, facts, name, sets):
            continue
        computed = [(p, d) for p, d in sets if p is not declaration]
        if not computed:
            continue  # an unused variable: the compiler says so
        yield _finding(function, facts, name, definition, computed)


def _locals(facts: Facts) -> dict[str, tuple[Point, Def]]:
    """The scalars that the function declares, once each."""
    found: dict[str, tuple[Point, Def]] = {}
    twice = set()
    for point in facts.points:
        node = point.node
        if node is None or node.type != "declaration" or _NO_LOCAL.match(node.text or b""):
            continue
        kind = node.child_by_field_name("type")
        if kind is None or kind.type in ("struct_specifier", "union_specifier"):
            continue
        for d in facts.effects(point).defs:
            if d.how in ("decl", "init"):
                if d.name in found:
                    twice.add(d.name)
                found[d.name] = (point, d)
    return {name: at for name, at in found.items() if name not in twice}


def _is_unread(function: Function, facts: Facts, name: str, sets: list[tuple[Point, Def]]) -> bool:
    """Is the name nowhere but where it is set?  Macros and asm may read it, too."""
    body = function.node.child_by_field_name("body")
    source = body.text or b"" if body is not None else b""
    own = 0
    for point, d in sets:
        if d.how != "init" and not _stands_alone(d.node):
            return False  # `if ((x = f()))`, `a[x++]`
        own += 1
        for path, node in effects(d.value).uses:  # `x = x + 1`
            if path == name:
                if any(takers(facts, point, node)):
                    return False
                own += 1
    declared = any(d.how == "init" for _, d in sets)
    total = len(re.findall(rb"(?<![\w.>])" + name.encode() + rb"\b", source))
    return total == own + (not declared)


def _stands_alone(target: Node) -> bool:
    """Is an assignment a statement of its own, so that nobody takes its value?"""
    above = target.parent
    return (
        above is not None
        and above.type in ("assignment_expression", "update_expression")
        and above.parent is not None
        and above.parent.type == "expression_statement"
    )


def _finding(
    function: Function,
    facts: Facts,
    name: str,
    definition: Def,
    computed: list[tuple[Point, Def]],
) -> Finding:
    point, last = computed[-1]
    node = point.node or last.node
    raw = _raw(facts, computed)
    after = facts.flow.reach([point]) - {p for p, _ in computed}
    for path in sorted(raw, key=len, reverse=True):
        for other, at in facts.uses(path):
            callees = list(takers(facts, other, at)) if other in after else []
            if callees and squeeze(at) == path:
                return function.finding(
                    at,
                    f"{callees[0]}() gets `{path}` as it is: `{name}`, which was made from it, "
                    "is read nowhere",
                    severity="error",
                    related=[
                        function.place(node, f"`{name}` is computed here"),
                        function.place(definition.node, "declared here"),
                    ],
                )
    return function.finding(
        node,
        f"`{name}` is computed here and read nowhere",
        related=[function.place(definition.node, "declared here")],
    )


def _raw(facts: Facts, computed: list[tuple[Point, Def]]) -> set[str]:
    """What the value is made from, or what decided that it is set."""
    found = set()
    name = computed[0][1].name
    for point, d in computed:
        if d.value is not None:
            found |= {path for path, _ in effects(d.value).uses}
        for test in facts.points:
            behind = any(e.target is point for e in test.edges)
            if test.kind == "cond" and behind and not facts.effects(test).calls:
                found |= {path for path, _ in effects(test.node).uses}
    return {path for path in found - {name} if "->" in path or "." in path}
