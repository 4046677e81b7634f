"""unused-macro: a `#define` of a .c file that nothing in the file uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.lazy import regex
from linter.source.amend import remove
from rules.registry import FILE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.unit import Unit

SEVERITY = "warning"
CATALOGUE = ("C-UNUSED",)
WORDS = (RMI, ("define",))
NEEDS = FILE
TITLE = "a macro is defined in a .c file and not used there"
WHY = (
    "Nobody can say whether its value is right, and a reader looks for the code that needs it. If "
    "a later patch uses it, it belongs into that patch."
)
FIX = "Drop it, or define it in the patch that uses it."
EVIDENCE = ("Suzuki K Poulose on [PATCH v13 15/48]: RMM_L2_BLOCK_SIZE, twelve patches early",)

_INCLUDE = regex(rb"^[ \t]*#[ \t]*include\b", re.MULTILINE)
_ALIAS = regex(r"^\(?[A-Za-z_]\w*\)?$")
_WORD = regex(rb"\w+")


def check(unit: Unit) -> Iterator[Finding]:
    if not unit.path.endswith(".c"):
        return
    last = max((m.start() for m in _INCLUDE.finditer(unit.text)), default=0)
    counts: dict[bytes, int] = {}
    for word in _WORD.findall(unit.text):
        counts[word] = counts.get(word, 0) + 1
    used = {_family(n) for n in unit.defines if counts.get(n.encode(), 0) > 1}
    for name, define in unit.defines.items():
        # what stands before an #include is for the header; ##-made names are used unseen
        if define.node.start_byte < last or counts.get(name.encode(), 0) > 1 or not define.value:
            continue
        # one of a list of values: registers, bits, commands
        if _family(name) in used or _has_sisters(name, unit) or b"##" in unit.text:
            continue
        # a number or a mask may stand there as documentation of what it names
        severity = "" if define.params is None and _ALIAS.match(define.value) else "info"
        yield unit.finding(
            define.node,
            f"`{name}` is defined here and used nowhere in this file",
            severity=severity,
            edits=[] if severity or _has_comment(define.node) else [remove(define.node)],
        )


def _has_comment(define: Node) -> bool:
    """Does a comment of its own stand above it?"""
    above = define.prev_sibling
    return (
        above is not None
        and above.type == "comment"
        and above.end_point[0] + 1 >= define.start_point[0]
    )


def _family(name: str) -> str:
    return "_".join(name.split("_")[:2])


def _has_sisters(name: str, unit: Unit) -> bool:
    """Are there more of its kind that are not used either?"""
    return sum(_family(n) == _family(name) for n in unit.defines) > 2
