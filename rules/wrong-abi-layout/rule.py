"""wrong-abi-layout: a field of a structure that the RMM reads or writes is not where it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.finding import Related
from rules.abi import version
from rules.abi_layout import DOUBTFUL, layout, shared
from rules.registry import FILE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.finding import Finding
    from linter.source.unit import Unit
    from rules.abi_layout import Field, Layout, Shared


SEVERITY = "error"
CATALOGUE = ("ABI-STRUCT-OFFSET",)
WORDS = (RMI, ("struct rec_", "struct realm_", "struct rmm_", "struct rmi_", "struct arm_"))
NEEDS = FILE
TITLE = "a structure shared with the RMM is not laid out as the specification says"
WHY = (
    "The RMM goes by offsets: it takes another field, or padding, for the parameter, and what it "
    "reports is read from the wrong bytes.  Nothing fails to build."
)
FIX = "Correct the padding before the field, and assert size and offsets with static_assert()."
EVIDENCE = (
    "own reading, with the offsets of RMM 1.0-rel0 and of the 2.0 betas",
    "raised on [PATCH v14 04/44]: nothing checks the layout",
)


def check(unit: Unit) -> Iterator[Finding]:
    declared = version(unit.world)
    majors = [declared[0]] if declared else ["1", "2"]
    # of 2.0 there are betas only: what one has moved is no error yet
    severity = "" if declared.startswith("1") else "warning"
    for tag, node in unit.structs.items():
        known = [entry for major in majors if (entry := shared(tag, major)) is not None]
        laid = layout(unit, node) if known and node.type == "struct_specifier" else None
        if laid is None:
            continue
        found = _misplaced(unit, tag, laid, known) or _missized(unit, tag, node, laid, known)
        if found is not None:
            found.severity = found.severity or severity
            yield found


def _misplaced(unit: Unit, tag: str, laid: Layout, known: list[Shared]) -> Finding | None:
    """The first field that is elsewhere; what follows is mostly displaced with it."""
    wrong = [field for field in laid.fields if field.offset not in _right(field, known)]
    if not wrong:
        return None
    first, *others = wrong
    more = f", and for {len(others)} fields behind it" if others else ""
    more = more.replace("1 fields", "one field") if len(others) == 1 else more
    where = " or ".join(f"{offset:#x}" for offset in sorted(set(_right(first, known))))
    found = unit.finding(
        first.node,
        f"struct {tag} has {first.name} at {first.offset:#x} and the RMM looks at {where}: it "
        f"takes other bytes for it{more}",
        related=_ahead(unit, first),
    )
    if (tag, first.name, first.offset) in DOUBTFUL:
        found.severity = "info"
    return found


def _right(field: Field, known: list[Shared]) -> list[int]:
    """Where a field may be: where it is, if no version knows it."""
    return [entry.offsets[field.name] for entry in known if field.name in entry.offsets] or [
        field.offset
    ]


def _ahead(unit: Unit, field: Field) -> list[Related]:
    """The member before, whose size decides: a patch may have changed only that."""
    if field.before is None:
        return []
    return [Related(unit.path, unit.line(field.before), "what stands before it decides")]


def _missized(
    unit: Unit, tag: str, node: Node, laid: Layout, known: list[Shared]
) -> Finding | None:
    sizes = sorted({entry.size for entry in known})
    if laid.size in sizes:
        return None
    right = " or ".join(f"{size:#x}" for size in sizes)
    last = laid.fields[-1:]
    return unit.finding(
        node.child_by_field_name("name") or node,
        f"struct {tag} has {laid.size:#x} bytes, the RMM takes it for {right}",
        related=[Related(unit.path, unit.line(f.node), "its last member") for f in last],
    )
