"""eperm-for-vm-type: a call that this kind of VM does not have answers with -EPERM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.explore import ANY, Value, subject
from linter.source.expr import constant, text
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("KVM-ERRNO",)
WORDS = (RMI, ("EPERM", "EACCES"), ("is_realm", "is_rec"))
NEEDS = PART
TITLE = "-EPERM says that a VM is no realm"
WHY = (
    "EPERM tells user space that it lacks a privilege. It has none to gain here: the VM, or the "
    "vCPU, is of a kind that has no such call, for which KVM answers with -ENXIO."
)
FIX = "return -ENXIO;"
EVIDENCE = ("Marc Zyngier on [PATCH v12 20/46] and [PATCH v12 27/46]; agreed, -ENXIO in v13",)

_IS_REC = regex(r"^(?:kvm|vcpu)?_?is_(?:rec|realm)(?:_vm)?$")
_CODE = regex(r"^(?:r|rc|ret|retval|err|error|res|result)$")
_WRONG = ("-EPERM", "-EACCES")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for test in facts.points:
        if test.kind != "cond" or test.node is None:
            continue
        asked = [call.name for call in facts.effects(test).calls if _IS_REC.match(call.name)]
        if not asked or test.node.type != "call_expression":
            continue
        for edge in test.edges:
            if edge.when is False and edge.target.preds == [test]:
                found = _answer(facts, test, edge.target)
                if found is not None:
                    point, errno = found
                    node = point.node or test.node
                    yield function.finding(
                        node,
                        f"where {asked[0]}() says no, this answers {errno}: user space reads that "
                        "it lacks a privilege, not that this VM has no such call (-ENXIO)",
                        related=[function.place(test.node, "this asks for the kind of VM")],
                    )


def _answer(facts: Facts, test: Point, start: Point) -> tuple[Point, str] | None:
    """The one errno that a branch ends with, and where it is set, if it speaks of a privilege."""
    names = {
        name
        for point in facts.points
        for d in facts.effects(point).defs
        if d.value is not None and constant(d.value) in _WRONG and _CODE.match(name := d.name)
    }
    env = {name: _held(facts, test, name) for name in names}
    where: dict[str, Point] = dict.fromkeys(env, test)
    found: set[tuple[Point, str]] = set()
    for point, state in facts.explore(start, env):
        if point.kind == "cond":
            return None  # it depends on more
        for d in facts.effects(point).defs:
            where[d.name] = point
        if point.kind == "return" and point.node is not None:
            for child in point.node.named_children:
                name = subject(child)[0]
                known = constant(child) or state.get(name).eq
                found.add((where.get(name, point), known))
        elif point is facts.flow.exit and not found:  # a hunk: the return is not shown
            found.update((where[n], v.eq) for n, v in state.values if v.eq and where[n] is not test)
    if len(found) == 1 and (hit := found.pop())[1] in _WRONG:
        return hit
    return None


def _held(facts: Facts, point: Point, name: str) -> Value:
    """What a variable holds at a point: `r = -EPERM; if (!kvm_is_realm(kvm)) break;`."""
    values = {text(at.definition.value) for at in facts.reaching(point, name)}
    return Value(values.pop()) if len(values) == 1 and values <= set(_WRONG) else ANY
