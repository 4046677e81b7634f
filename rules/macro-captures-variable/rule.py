"""macro-captures-variable: a macro reads a local of whoever uses it, by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding, Related
    from linter.source.declarations import Define
    from linter.source.unit import Function, Unit

SEVERITY = "warning"
CATALOGUE = ("C-MACRO-CAPTURE",)
WORDS = (RMI, ("#define",))
NEEDS = LINE
TITLE = "a macro reads a variable of its caller that is not among its arguments"
WHY = (
    "It works only where the caller's variable has that very name; where it means another "
    "variable, the macro looks at the wrong one and nothing is said."
)
FIX = "Make the variable an argument, or make the macro an inline function."
EVIDENCE = ("review of [PATCH v14]: `res.a0` in the retry macro around arm_smccc_1_1_invoke()",)

_STRING = regex(r'"(?:\\.|[^"\\])*"')
# an identifier that is a value: no call, no member, no type
_VALUE = regex(
    r"(?<![\w.#>])([a-z_][a-z0-9_]*)\b(?!\s*\()(?=\s*(?:\.\w|->\s*\w|\[|[-+|&^*/%]?=[^=]))"
)
_DECLARED = regex(r"(?:\b(?:\w+[\s*]+)+|__auto_type\s+)\b([a-z_]\w*)\s*(?==|;|,|\[)")
_KEYWORDS = frozenset({"return", "sizeof", "struct", "do", "while", "if", "else", "for", "typeof"})


def check(unit: Unit) -> Iterator[Finding]:
    for define in unit.defines.values():
        for name in _free(define) if define.params is not None else ():
            user = _user(define, name, unit.world.units)
            if user is None and not _is_result(define, name):
                continue  # it may be a variable of the whole kernel
            found = unit.finding(
                define.node,
                f"`{name}` in {define.name}() is none of its arguments: it is whatever "
                f"variable of that name the caller has{_as_in(user)}",
                # a .c file's own helper stands beside the functions that it is for
                severity="" if unit.path.endswith(".h") else "info",
                related=_places(user),
            )
            found.function = define.name
            yield found


def _as_in(user: Function | None) -> str:
    return "" if user is None else f", as in {user.name}()"


def _places(user: Function | None) -> list[Related]:
    return [] if user is None else [user.place(user.node, "its own variable is meant here")]


def _is_result(define: Define, name: str) -> bool:
    """`res.a0`: the registers of a call are always somebody's local."""
    return bool(re.search(rf"(?<![\w.]){name}(?:\.|->)a\d+\b", define.value))


def _free(define: Define) -> list[str]:
    """The variables in a macro's body that are neither its arguments nor its own."""
    source = _STRING.sub('""', define.value)
    own = {*(p.rstrip(".") for p in define.params or ()), *_DECLARED.findall(source)}
    return [n for n in dict.fromkeys(_VALUE.findall(source)) if n not in own | _KEYWORDS]


def _user(define: Define, name: str, units: list[Unit]) -> Function | None:
    """A function that uses the macro and has a local or parameter of that name."""
    call = re.compile(rb"(?<!\w)" + define.name.encode() + rb"\s*\(")
    for unit in units:
        if define.name.encode() not in unit.source:
            continue
        for function in unit.functions:
            if call.search(function.source) and function.type_of(name):
                return function
    return None
