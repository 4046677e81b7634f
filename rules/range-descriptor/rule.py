"""range-descriptor: a field of an address range descriptor is missing or reversed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.expr import address_of, path_of, paths_in, squeeze, strip
from linter.source.nodes import arguments, callee
from rules.registry import FUNCTION, RMI
from rules.sro import speaks_two

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.expr import Def
    from linter.source.facts import Facts
    from linter.source.flow import Point
    from linter.source.unit import Function

SEVERITY = "warning"
CATALOGUE = ("ABI-DESC-STATE", "ABI-DESC-SIZE")
WORDS = (RMI, ("RANGE", "range"), ("_MASK",))
NEEDS = FUNCTION
TITLE = "An address range descriptor with a wrong size code or without its state"
WHY = (
    "The RMM reads size (bits 1:0), count, address and state (bit 63) from one word. A wrong size "
    "code makes it take another range than the host meant; a state that is never set says "
    "DELEGATED, also of memory that is not."
)
FIX = "Set every field with FIELD_PREP(): size 0 for a page, 1, 2, 3 for a block of level 2, 1, 0."
EVIDENCE = (
    "TF-RMM: RMI_RTT_UNPROT_MAP reads the state bit of the descriptor",
    "[PATCH v13 27/48] addr_range_desc(): the size codes were reversed, put right in v14",
)

_ADDRESS = regex(r"&\(?(?:\w*PAGE_MASK|\w*ADDR\w*MASK)|(?:FIELD_PREP|encode_bits)\(\w*ADDR_MASK,")
_FIELD = regex(r"<<2\b|RANGE_(?:SIZE|COUNT)")
_STATE = regex(r"STATE|BIT(?:_U?LL)?\(63\)|<<63\b|GENMASK\w*\(63,6")
_NAMED = regex(r"RANGE|range")
_CODES = {
    "PAGE_SIZE": 0,
    "SZ_4K": 0,
    "PMD_SIZE": 1,
    "SZ_2M": 1,
    "PUD_SIZE": 2,
    "SZ_1G": 2,
    "P4D_SIZE": 3,
    "SZ_512G": 3,
}


def check(function: Function) -> Iterator[Finding]:
    if not _NAMED.search(function.source.decode("utf-8", "replace")) or not speaks_two(function):
        return
    facts = function.facts
    for name in sorted(_words(facts)):
        parts = {part: squeeze(part) for part in _parts(facts, name)}
        address = next((part for part, spelt in parts.items() if _ADDRESS.search(spelt)), None)
        if address is None or not any(map(_FIELD.search, parts.values())):
            continue
        if not any(map(_STATE.search, parts.values())) and _in_name(function, name):
            yield _stateless(function, name, address)
        yield from _reversed(facts, name)


def _in_name(function: Function, name: str) -> bool:
    """Do the names say that this is a range descriptor, not a translation table entry?"""
    return bool(_NAMED.search(function.name + name) or b"ADDR_RANGE_" in function.source)


def _words(facts: Facts) -> set[str]:
    """The variables of the function that are given a value."""
    return {
        d.name
        for point in facts.points
        for d in facts.effects(point).defs
        if d.name.isidentifier() and d.how != "decl" and facts.function.param(d.name) is None
    }


def _parts(facts: Facts, name: str) -> Iterator[Node]:
    """What goes into a word: what it is set to, what is or-ed in, the fields modified."""
    for point in facts.points:
        for definition in facts.effects(point).defs:
            if definition.name == name and definition.value is not None:
                yield definition.value
        for call in facts.effects(point).calls:
            if len(call.args) >= 2 and any(address_of(arg) == name for arg in call.args):
                yield call.node
        if point.kind == "return" and point.node is not None:
            for child in point.node.named_children:
                if "|" in squeeze(child) and name in paths_in(child):
                    yield child


def _stateless(function: Function, name: str, node: Node) -> Finding:
    return function.finding(
        node,
        f"`{name}` gets size, count and address of the range but not its state (bit 63): it "
        "always says DELEGATED, and memory that is not delegated cannot be described with it",
        catalogue=("ABI-DESC-STATE",),
    )


def _reversed(facts: Facts, name: str) -> Iterator[Finding]:
    """The cases of a switch on a size that give another size code than the RMM's."""
    wrong: list[tuple[Node, str, int]] = []
    codes: set[int] = set()
    for point in facts.points:
        if point.kind != "switch":
            continue
        for edge in point.edges:
            size = edge.when if isinstance(edge.when, str) else ""
            first = _first(facts, edge.target, name)
            code = _code(facts, first) if first is not None else None
            if size not in _CODES or first is None or code is None:
                continue
            codes.add(code)
            if code != _CODES[size]:
                wrong.append((first.node.parent or first.node, size, code))
    if not wrong or len(codes) < 2:  # one and the same: the code is put in elsewhere
        return
    node, size, code = wrong[0]
    yield facts.function.finding(
        node,
        f"{size} gets the size code {code}, but the RMM reads {code} as "
        f"{_meaning(code)}; the code for {size} is {_CODES[size]}",
        related=[facts.function.place(n, f"{s} gets {c}") for n, s, c in wrong[1:]],
        catalogue=("ABI-DESC-SIZE",),
    )


def _meaning(code: int) -> str:
    return "a page" if not code else f"a block of level {3 - code}"


def _first(facts: Facts, start: Point, name: str) -> Def | None:
    """The first value that a name gets on the straight way from a point."""
    point = start
    for _ in range(8):
        for definition in facts.effects(point).defs:
            if definition.name == name:
                return definition
        if len(point.edges) != 1:
            return None
        point = point.edges[0].target
    return None


def _code(facts: Facts, definition: Def) -> int | None:
    """The size code of a constant descriptor, None if it is none that is known here."""
    if definition.value is None:
        return None
    value = strip(definition.value)
    if callee(value) in ("FIELD_PREP", "u64_encode_bits"):
        args = [arg for arg in arguments(value) if "MASK" not in squeeze(arg)]
        if "RANGE_SIZE" not in squeeze(value) or len(args) != 1:
            return None
        return facts.world.number(squeeze(args[0]))
    if path_of(value) and not path_of(value).isupper():
        return None
    number = facts.world.number(squeeze(value))
    return None if number is None else number & 3
