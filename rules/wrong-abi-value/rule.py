"""wrong-abi-value: a constant of the RMI is not what the specification says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.finding import Related
from linter.lazy import regex
from linter.source.expr import text
from rules.abi import version
from rules.abi_values import Known, known
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.declarations import Define
    from linter.source.unit import Unit


SEVERITY = "warning"
CATALOGUE = ("ABI-ENUM-STALE",)
WORDS = (RMI, ("RMI_", "REC_"), ("#define", "enum"))
NEEDS = LINE
TITLE = "a status, state, flag or field is not what the specification says"
WHY = (
    "The host takes one answer of the RMM for another, or sets a bit that means something else. "
    "Nothing fails to build, and with the usual values nothing fails at first."
)
FIX = "Take the value from the version of the specification that RMI_ABI_MAJOR_VERSION names."
EVIDENCE = (
    "reviewed on v14: the states of RTT entries were those of an older specification",
    "own reading for the rest, with the tables of RMM 1.0-rel0 and of the 2.0 betas",
)

_FIELD_GET = regex(r"^\(*FIELD_GET\((?P<mask>.+),\s*\(?\w+\)?\)+$")
_LATER = regex(rb"\b2[.-]0-?(?:bet[1-9]|rel)")  # betas that name the states anew
_OLD_STATES = ("RMI_UNASSIGNED", "RMI_ASSIGNED")
_LONGEST = 400  # characters of a value that a person would write
_ALL = (1 << 64) - 1


def check(unit: Unit) -> Iterator[Finding]:
    declared = version(unit.world)
    majors = [declared[0]] if declared else ["1", "2"]
    for define in unit.defines.values():
        if define.name.startswith(("RMI_", "REC_")):
            wanted = [k for major in majors if (k := known(define.name, major)) is not None]
            what = _wrong(unit, define, wanted, declared) if len(wanted) == len(majors) else ""
            if what:
                yield unit.finding(define.node.child_by_field_name("name") or define.node, what)
    for node, name, value in _enumerators(unit):
        wanted = [k for major in majors if (k := known(name, major)) is not None]
        if len(wanted) < len(majors) or value is None:
            continue
        if what := _wrong_number(name, value, wanted, declared):
            yield unit.finding(node, what)
    if declared.startswith("2") and _LATER.search(unit.source):
        yield from _old_states(unit)


def _wrong(unit: Unit, define: Define, wanted: list[Known], declared: str) -> str:
    """What is wrong with a macro, '' if nothing is or nobody knows."""
    if not any(k.fields or k.values for k in wanted):
        return f"RMM {declared} has no {define.name}: those bits mean something else, or nothing"
    fields = [field for k in wanted for field in k.fields]
    if define.params is not None:
        good = not fields or len(define.params) != 1 or _takes(unit, define, fields)
        return "" if good else f"{define.name}() takes other bits than {_says(wanted, declared)}"
    number = unit.world.number(define.value)
    return "" if number is None else _wrong_number(define.name, number, wanted, declared)


def _wrong_number(name: str, number: int, wanted: list[Known], declared: str) -> str:
    values = [value for k in wanted for value in k.values]
    for high, low in (field for k in wanted for field in k.fields):
        # the number of a bit, for BIT(), is as good as its mask
        values += [(1 << high + 1) - (1 << low), *([low] if low == high else [])]
    if not values or number & _ALL in values:
        return ""
    shown = f"{number:#x}" if any(k.fields for k in wanted) else str(number)
    return f"{name} is {shown}, and {_says(wanted, declared)}"


def _says(wanted: list[Known], declared: str) -> str:
    texts = " or ".join(sorted({k.text for k in wanted}))
    return f"RMM {declared} has {texts} for it" if declared else f"every RMM has {texts} for it"


def _takes(unit: Unit, define: Define, fields: list[tuple[int, int]]) -> bool:
    """Does a macro take one of the fields out of its argument (or is it too hard to read)?"""
    (name,) = define.params or ("",)
    if len(define.value) > _LONGEST:
        return True
    if found := _FIELD_GET.match(define.value):
        mask = unit.world.number(found["mask"])
        return mask is None or mask in [(1 << h + 1) - (1 << low) for h, low in fields]

    def of(value: int) -> int | None:
        source = re.sub(rf"\b{name}\b", str(value), define.value.replace("!!", ""))
        return unit.world.number(source)

    if of(_ALL) is None:
        return True
    return any(
        bool(of(1 << high)) and bool(of(1 << low)) and not of(_ALL ^ (1 << high + 1) - (1 << low))
        for high, low in fields
    )


def _enumerators(unit: Unit) -> Iterator[tuple[Node, str, int | None]]:
    """Enumerators with their values; those without one count on."""
    for body in unit.nodes("enumerator_list"):
        value: int | None = -1
        for node in body.named_children:
            if node.type != "enumerator":
                continue
            given = node.child_by_field_name("value")
            if given is not None:
                value = unit.world.number(text(given))
            elif value is not None:
                value += 1
            yield node, text(node.child_by_field_name("name")), value


def _old_states(unit: Unit) -> Iterator[Finding]:
    """The states of RTT entries by the names that they had before 2.0."""
    nodes = {n: d.node.child_by_field_name("name") or d.node for n, d in unit.defines.items()}
    nodes.update((name, node) for node, name, _ in _enumerators(unit))
    old = [nodes[name] for name in _OLD_STATES if name in nodes]
    if old:
        yield unit.finding(
            old[0],
            f"{' and '.join(n for n in _OLD_STATES if n in nodes)} are states of RTT entries of "
            "RMM 1.0: in 2.0 they are VOID, DATA, TABLE, NARCH_DEV, AUX_DESTROYED and ARCH_DEV",
            related=[Related(unit.path, unit.line(n), "of the same list") for n in old[1:]],
        )
