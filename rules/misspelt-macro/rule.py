"""misspelt-macro: a `#define` rests on a macro that exists nowhere but for a slip."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import replace
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.amend import Amendment
    from linter.source.declarations import Define
    from linter.source.unit import Unit

SEVERITY = "error"
CATALOGUE = ("C-MACRO-UNDEF",)
WORDS = (RMI, ("#define",))
NEEDS = LINE
TITLE = "a macro is made from a name that is a misspelt one"
WHY = "The compiler says nothing until the first use, which is in somebody else's patch."
FIX = "Spell it as the kernel does."
EVIDENCE = ("[PATCH v13 04/48]: GEN_MASK(7, 4) for GENMASK(7, 4); put right without a word in v14",)

# what definitions of registers, masks and sizes are made from
_KNOWN = (
    "ALIGN",
    "ALIGN_DOWN",
    "ARRAY_SIZE",
    "ARM_SMCCC_CALL_VAL",
    "BIT",
    "BITS_PER_BYTE",
    "BITS_PER_LONG",
    "BIT_ULL",
    "DIV_ROUND_UP",
    "FIELD_GET",
    "FIELD_PREP",
    "GENMASK",
    "GENMASK_ULL",
    "IS_ALIGNED",
    "IS_ENABLED",
    "PAGE_ALIGN",
    "PAGE_ALIGNED",
    "PAGE_MASK",
    "PAGE_SHIFT",
    "PAGE_SIZE",
    "PMD_MASK",
    "PMD_SHIFT",
    "PMD_SIZE",
    "PUD_MASK",
    "PUD_SHIFT",
    "PUD_SIZE",
    "ROUND_UP",
    "SZ_1G",
    "SZ_1M",
    "SZ_2M",
    "SZ_4K",
    "SZ_16K",
    "SZ_64K",
    "SZ_512",
    "UL",
    "ULL",
    "_AC",
    "_UL",
    "_ULL",
)
_NAME = regex(r"(?<![\w#])([A-Z_][A-Z0-9_]{3,})\b(\s*\()?")
_CODE = regex(r"""[^"'\n]*?(?=/[*/]|$)""")  # a value of one line, without its comment
_STRING = regex(r'"(?:\\.|[^"\\])*"')


def check(unit: Unit) -> Iterator[Finding]:
    near = {_bare(name): name for name in _KNOWN if len(name) > 4}
    for define in unit.defines.values():
        for name, call in _NAME.findall(_STRING.sub('""', define.value)):
            meant = near.get(_bare(name)) or (_one_off(name) if call else "")
            if not meant or name in _KNOWN or name in (define.params or ()):
                continue
            if unit.world.define(name) is not None:
                continue
            found = unit.finding(
                define.node,
                f"{define.name} is made from {name}, which is defined nowhere: "
                f"{meant} is meant, and the first user will not build",
                edits=_spelt(unit, define, name, meant),
            )
            found.function = define.name
            yield found
            break


def _spelt(unit: Unit, define: Define, name: str, meant: str) -> Iterator[Amendment]:
    """The right name, unless the wrong one may be somebody's own: `FIELD_SET` for FIELD_GET."""
    value = define.node.child_by_field_name("value")
    said = unit.original(value) if value is not None else ""
    other = len(name) == len(meant) and sorted(name) != sorted(meant)
    code = _CODE.match(said)
    if value is not None and code is not None and not other and meant != "ROUND_UP":
        yield replace(value, re.sub(rf"\b{name}\b", meant, code[0]) + said[code.end() :])


def _bare(name: str) -> str:
    return name.replace("_", "")


def _one_off(name: str) -> str:
    """The known macro with arguments that differs by one letter, '' if none does."""
    for known in _KNOWN:
        if len(known) >= 6 and abs(len(known) - len(name)) <= 1 and _differs_once(name, known):
            return known
    return ""


def _differs_once(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) == len(long):
        swapped = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
        return short[at + 1 :] == long[at + 1 :] or swapped == long[at:]
    return short[at:] == long[at + 1 :]
