"""open-coded-field: a field of an RMI word is taken out with a shift and a mask of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import replace
from linter.source.expr import path_of, strip, text
from linter.source.facts import REGISTER
from linter.source.nodes import arguments, callee
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.amend import Amendment
    from linter.source.unit import Function, Unit


SEVERITY = "warning"
CATALOGUE = ("ABI-FIELDGET",)
WORDS = (RMI, ("RMI_", "rmi_", "RMM_", "rmm_"), (">>",), ("&",))
NEEDS = LINE
TITLE = "a field of an RMI word is taken out with a shift and a mask instead of FIELD_GET()"
WHY = (
    "The place of the field stands there twice, as the shift and as the mask, nothing checks that "
    "the two belong together, and there is no mask with which the same field could be set."
)
FIX = "Define the mask once (GENMASK(15, 8)) and use FIELD_GET() and FIELD_PREP() with it."
EVIDENCE = ("reviewed on [PATCH v14 04/44]; the macros are the same in v13",)

_OURS = regex(r"(?:^|_)(?:rmi|rmm|rec|rtt)_", re.IGNORECASE)
_VERSION = regex(r"version", re.IGNORECASE)
_LONGEST = 400  # characters of a value that a person would write
_X = r"\(*(?P<x>\w+)\)*"
_SHIFT = r">>\(*(?P<shift>\d+)[uUlL]*\)*"
_SHIFT_FIRST = regex(rf"^{_X}{_SHIFT}&\(*(?P<mask>[\w(),]+?)\)*$")
_MASK_FIRST = regex(rf"^{_X}&\(*(?P<mask>[\w(),-]+?)\)*{_SHIFT}$")


def check(unit: Unit) -> Iterator[Finding]:
    for define in unit.defines.values():
        if define.params is not None and len(define.params) == 1 and _named(define.name):
            place = define.node.child_by_field_name("name") or define.node
            what = _by_hand(unit, define.value, define.params[0])
            if what:
                edits = _with_field_get(unit, define.name, define.node, what)
                yield unit.finding(place, f"{define.name}() {what}", edits=edits)
    for function in unit.functions:
        if _named(function.name) and (node := _only_return(function)) is not None:
            for param in function.params:
                what = _by_hand(unit, text(node), param.name)
                if what:
                    new = _said(unit, what) if param.type in ("u64", "unsigned long") else ""
                    edits = [replace(node, new)] if new else []
                    yield function.finding(node, f"{function.name}() {what}", edits=edits)


def _named(name: str) -> bool:
    """Is it about the RMI?  Nobody minds how a version is taken apart."""
    return bool(_OURS.search(name)) and not _VERSION.search(name)


def _only_return(function: Function) -> Node | None:
    """What a function gives back that does nothing else."""
    body = function.node.child_by_field_name("body")
    statements = [c for c in body.named_children if c.type != "comment"] if body is not None else []
    if len(statements) != 1 or statements[0].type != "return_statement":
        return None
    values = [c for c in statements[0].named_children if c.type != "comment"]
    return values[0] if len(values) == 1 else None


def _by_hand(unit: Unit, value: str, name: str) -> str:
    """What is odd about `(x >> 8) & 0xff` or `(x & mask) >> 8`; '' for anything else."""
    source = "".join(value.split()) if len(value) < _LONGEST else ""
    shifted, masked = _SHIFT_FIRST.match(source), _MASK_FIRST.match(source)
    found = shifted or masked
    if found is None or found["x"] != name or found["mask"] == name:
        return ""
    low = int(found["shift"])
    mask = unit.world.number(_closed(found["mask"]))
    if mask is None:
        if not found["mask"].endswith("_MASK"):
            return ""
        return f"{_BY_HAND}; FIELD_GET() takes one mask for both"
    if masked and mask > 0:
        begins = (mask & -mask).bit_length() - 1
        if begins != low:
            return f"masks from bit {begins} on and shifts by {low}: the field comes out displaced"
        mask >>= low
    if mask <= 0 or mask & mask + 1:
        return ""  # not one field
    high = low + mask.bit_length() - 1
    bits = f"GENMASK({high}, {low})" if high > low else f"BIT({low})"
    known = unit.world.define(found["mask"]) if masked else None
    if known is not None and known[1].value.startswith(("GENMASK(", "BIT(")):
        bits = found["mask"]
    return f"{_BY_HAND}; FIELD_GET({bits}, {name}) says both at once"


def _said(unit: Unit, what: str) -> str:
    """The FIELD_GET() that a message names, where the file has that macro."""
    if b"<linux/bitfield.h>" not in unit.source and b"FIELD_GET(" not in unit.source:
        return ""
    found = _PROPOSED.search(what)
    return found[0] if found else ""


def _with_field_get(unit: Unit, name: str, define: Node, what: str) -> list[Amendment]:
    """The macro with FIELD_GET(), where no use of it notices: that is an unsigned long."""
    value, new = define.child_by_field_name("value"), _said(unit, what)
    before = _ONE_LINE.match(unit.original(value)) if value is not None else None
    if value is None or before is None or not new:
        return []
    uses = 0
    for other in unit.world.units:
        named = len(re.findall(rb"\b%s\b" % name.encode(), other.source))
        calls = [c for c in other.nodes("call_expression") if callee(c) == name] if named else []
        if len(calls) + (other is unit) != named or not all(_is_long(other, c) for c in calls):
            return []  # in another macro, in a comment, or of another type
        uses += len(calls)
    return [replace(value, new + before["rest"])] if uses else []


def _is_long(unit: Unit, call: Node) -> bool:
    """Is the argument an unsigned long, or what comes out of it only kept?"""
    if call.parent is not None and call.parent.type in ("init_declarator", "assignment_expression"):
        return True
    path = path_of(strip(arguments(call)[0])) if arguments(call) else ""
    function = unit.function_at(unit.line(call))
    kind = function.type_of(path) if function is not None else ""
    return bool(REGISTER.search(path)) or kind == "unsigned long"


_PROPOSED = regex(r"FIELD_GET\(.*\)(?= says)")
_ONE_LINE = regex(r"[^\n/]*?(?P<rest>\s*(?:/\*[^\n]*)?)$")
_BY_HAND = "takes a field with a shift and a mask, and nothing checks that the two belong together"


def _closed(source: str) -> str:
    """The text with the brackets that the pattern left out at its end."""
    return source + ")" * (source.count("(") - source.count(")"))
