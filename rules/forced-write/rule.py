"""forced-write: every fault of a realm is taken for a write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import constant, squeeze, strip, text
from linter.source.nodes import callee
from rules.kvm import is_predicate, under_realm
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "error"
CATALOGUE = ("KVM-FORCE-WRITE",)
WORDS = (RMI, ("is_realm", "is_rec"), ("write", "PROT_W", "FOLL_WRITE", "prot"))
NEEDS = PART
TITLE = "a read fault of a realm is turned into a write fault"
WHY = (
    "Memory that a realm shares is ordinary memory of the host. A read that is handled as a write "
    "breaks copy-on-write, dirties clean pages, fails on read-only memslots, and gives the guest "
    "write access to what user space mapped read-only."
)
FIX = "Keep what the fault says; only protected memory has to be mapped writable."
EVIDENCE = (
    "[PATCH v13 27/48] carries a FIXME for it; the review of v14 explains it; dropped in v14",
    "not the protected memory: that cannot be read-only, and asking for write there was accepted",
)

_WRITE = regex(
    r"^(?:\w+(?:->|\.))*(?:is_)?(?:write(?:_fault|able|_access)?|fault_is_write|fault_write)$"
)
_PROT = regex(r"^(?:\w+(?:->|\.))*\w*(?:prot|flags|vm_flags)$")
_GRANT = regex(r"PROT_W(?:RITE)?\b|FAULT_FLAG_WRITE|FOLL_WRITE")
_PRIVATE = regex(r"priv|prot(?:ected)?_(?:ipa|addr|mem)|gmem|is_protected|shared")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        for d in facts.effects(point).defs:
            if _says_so_itself(d):
                asked: Point | None = point
            else:
                asked = under_realm(facts, point) if _forces(d) else None
            if asked is None or asked.node is None or _is_private(facts, point):
                continue
            yield function.finding(
                point.node or d.node,
                f"every fault of a realm becomes a write here (`{squeeze(asked.node)}`), reads of "
                "shared memory, too: that breaks copy-on-write and fails on read-only memory",
            )


def _forces(d: Def) -> bool:
    if d.value is None:
        return False
    if _WRITE.match(d.name):
        return d.how == "assign" and constant(d.value) in ("1",)
    return bool(d.how == "update" and _PROT.match(d.name) and _GRANT.search(squeeze(d.value)))


def _says_so_itself(d: Def) -> bool:
    """`write_fault = is_write || vcpu_is_rec(vcpu)`, or with `? true : ..`?"""
    if d.value is None or d.how not in ("assign", "init") or not _WRITE.match(d.name):
        return False
    value = strip(d.value)
    if value.type == "conditional_expression":
        condition = value.child_by_field_name("condition")
        then = value.child_by_field_name("consequence")
        if condition is None or then is None or constant(then) != "1":
            return False
        parts = [condition]
    elif text(value.child_by_field_name("operator")) == "||":
        parts = [side for side in value.named_children if side.type != "comment"]
    else:
        return False
    names = [callee(strip(part)) for part in parts if strip(part).type == "call_expression"]
    return any(is_predicate(name) for name in names)


def _is_private(facts: Facts, point: Point) -> bool:
    """Has it been asked whether the memory is protected?"""
    return bool(_PRIVATE.search(facts.function.name)) or any(
        p.kind == "cond"
        and p.node is not None
        and _PRIVATE.search(squeeze(p.node))
        and facts.flow.dominates(p, point)
        for p in facts.points
    )
