"""vm-predicate-on-vcpu: work for a REC is let through by a question to the VM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import path_of, strip, text
from linter.source.nodes import arguments, callee
from rules.registry import PART, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("KVM-PREDICATE", "VM-VS-VCPU-PREDICATE")
WORDS = (RMI, ("is_realm(",), ("->kvm", "vcpu"))
NEEDS = PART
TITLE = "a function about one vCPU asks the VM whether it is a realm"
WHY = (
    "What follows is about one vCPU, and vcpu_is_rec() is the question for that. As long as it "
    "asks the VM itself this is a matter of style; once being a REC is a property of the vCPU, a "
    "test of the VM lets through a vCPU that has not been made one."
)
FIX = "if (!vcpu_is_rec(vcpu)) return ..."
EVIDENCE = (
    "Gavin Shan on [PATCH v6 23/43]: the ioctl is about a REC; fixed in v7",
    "Wei-Lin Chang on [PATCH v13 39/48]: use vcpu_is_rec(); fixed in v14",
)

_VM = regex(r"^(?:\w+_)?is_realm$")
_REC = regex(r"is_rec$")
_VCPU = regex(r"^\w*vcpu(?:->|\.)kvm$")


def check(function: Function) -> Iterator[Finding]:
    facts = function.facts
    for point in facts.points:
        vcpu = _asked(facts, point)
        if vcpu and _turns_away(facts, point):
            yield function.finding(
                point.node or function.node,
                _said(function, vcpu),
                severity="info" if _asks_the_vm(function) else "",
            )
            return


def _said(function: Function, vcpu: str) -> str:
    about = f"what follows is about `{vcpu}`, but the VM is asked"
    if _asks_the_vm(function):
        return f"{about}: vcpu_is_rec({vcpu}), which comes to the same, would say what is meant"
    return f"{about}: vcpu_is_rec({vcpu}) is the question to one vCPU"


def _asks_the_vm(function: Function) -> bool:
    """Is the body of vcpu_is_rec() known, and is the predicate of the VM all there is to it?"""
    body = function.facts.called("vcpu_is_rec")
    calls = [site.name for site in body.facts.sites] if body is not None else []
    return bool(calls) and all(_VM.match(name) for name in calls)


def _asked(facts: Facts, point: Point) -> str:
    """`vcpu` of a condition !kvm_is_realm(vcpu->kvm), '' for any other."""
    node = strip(point.node) if point.kind == "cond" and point.node is not None else None
    if node is None or not _VM.match(callee(node)) or not _negated(node):
        return ""
    args = arguments(node)
    path = path_of(strip(args[0])) if len(args) == 1 else ""
    return path.rpartition("->")[0] if _VCPU.match(path) else ""


def _negated(node: Node) -> bool:
    """Is this the whole of `if (!..)`, or one of `if (!.. || ..)`?"""
    above = node.parent
    while above is not None and above.type == "parenthesized_expression":
        above = above.parent
    return above is not None and above.type == "unary_expression" and text(above)[:1] == "!"


def _turns_away(facts: Facts, point: Point) -> bool:
    """`if (!kvm_is_realm(..)) return ..;`: does only a realm go on, and no REC is asked for?"""
    no = [edge.target for edge in point.edges if edge.when is False]
    yes = [edge.target for edge in point.edges if edge.when is True]
    if not no or not yes or no[0].kind != "return" or yes[0].kind in ("return", "exit"):
        return False
    further = facts.effects(yes[0]).calls if yes[0].kind == "cond" else []
    return not any(_REC.search(call.name) for call in further)
