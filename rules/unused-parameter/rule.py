"""unused-parameter: a static function takes what it never looks at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from rules.registry import RMI, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.unit import Function, Param, Unit

SEVERITY = "warning"
CATALOGUE = ("C-UNUSED",)
WORDS = (RMI, ("static",))
NEEDS = SERIES
TITLE = "a static function is given a VM or vCPU and never looks at it"
WHY = (
    "The callers were changed to hand it over, and a reader takes the answer to depend on it. "
    "Often the patch that was to use it was dropped."
)
FIX = "Drop the parameter, or add it with the code that needs it."
EVIDENCE = ("Wei-Lin Chang on [PATCH v13 17/48]: system_supported_vcpu_features(struct kvm *kvm)",)

_OBJECT = regex(r"^(?:const )?struct (kvm|kvm_vcpu|realm|realm_rec|kvm_s2_mmu) ?\*")
_SPOKEN = {"kvm": "VM", "kvm_vcpu": "vCPU", "realm_rec": "REC", "kvm_s2_mmu": "stage 2"}
_UNUSED = regex(rb"__(?:maybe|always)?_?unused")


def check(units: list[Unit]) -> Iterator[Finding]:
    by_path: dict[str, list[Unit]] = {}
    for unit in units:
        if unit.path.endswith(".c"):
            by_path.setdefault(unit.path, []).append(unit)
    for path in by_path:
        for unit in by_path[path]:
            for function in (*unit.functions, *unit.parts):
                yield from _check(unit, function, by_path[path])


def _check(unit: Unit, function: Function, units: list[Unit]) -> Iterator[Finding]:
    line = function.line(function.node)
    if not function.static or not function.params or (unit.fragment and line not in unit.added):
        return
    if unit.fragment and len(function.params) != 1:
        return  # lines that are not shown may read the ones that were there before
    name = function.name.encode()
    seen = [u.source for u in units]
    calls, others = _mentions(name, seen)
    if not calls or others:
        return  # a callback has to look as the caller wants it
    if unit.fragment and not _called_anew(name, units):
        return
    bodies = [f for u in units for f in (*u.functions, *u.parts) if f.name == function.name]
    for param in function.params:
        object_ = _OBJECT.match(param.type)
        if object_ is None or any(_reads(body, param) for body in bodies):
            continue
        # in a file that is new a family of functions may have to look alike
        changed = line in unit.added and (unit.fragment or 1 not in unit.added)
        yield function.finding(
            function.node.child_by_field_name("declarator") or function.node,
            f"{function.name}() is given `{param.name}` and never looks at it: what it does is the "
            f"same for every {_SPOKEN.get(object_[1], object_[1])}",
            severity="" if changed else "info",
        )


def _mentions(name: bytes, sources: list[bytes]) -> tuple[int, int]:
    """How often a function is called, and how often it is named without a call."""
    calls = others = 0
    for source in sources:
        for match in re.finditer(rb"(?<!\w)" + name + rb"\b\s*(\(?)", source):
            start = source.rfind(b"\n", 0, match.start()) + 1
            before = source[start : match.start()]
            if not match[1]:
                others += not before.lstrip().startswith((b"*", b"/*", b"//"))
            elif before[:1] in (b" ", b"\t"):
                calls += 1
    return calls, others


def _called_anew(name: bytes, units: list[Unit]) -> bool:
    """Was a call of it changed together with it?"""
    return any(
        line[:1] in (b" ", b"\t") and name + b"(" in line and unit.line_of_row(row) in unit.added
        for unit in units
        for row, line in enumerate(unit.source.split(b"\n"))
    )


def _reads(function: Function, param: Param) -> bool:
    body = function.node.child_by_field_name("body")
    source = body.text or b"" if body is not None else b""
    start = body.start_byte - function.node.start_byte if body is not None else 0
    head = function.source[:start]
    pattern = rb"(?<![\w.])(?<!->)" + param.name.encode() + rb"\b"
    return (
        bool(re.search(pattern, source))
        or bool(_UNUSED.search(head))
        or not source.strip(b"{} \n\t;")
    )
