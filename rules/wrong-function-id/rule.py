"""wrong-function-id: a macro names another command than its number does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.finding import Related
from rules.abi import identifiers, of_name, of_number, version
from rules.registry import LINE, RMI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.finding import Finding
    from linter.source.unit import Unit
    from rules.abi import Identifier


SEVERITY = "error"
CATALOGUE = ("ABI-FID-MIX",)
WORDS = (RMI, ("SMC_RMI_", "RMI_CALL", "_FID", "FID_", "0xC4000", "0xc4000"), ("#define",))
NEEDS = LINE
TITLE = "a function identifier is not that of the command it is named after"
WHY = (
    "The RMM goes by the number alone: it runs another command with the arguments of this one, "
    "or answers -1 (not supported), which no table of RMI statuses has."
)
FIX = (
    "Take the identifiers of one version of the specification, the one that "
    "RMI_ABI_MAJOR_VERSION names, and drop those that it does not have."
)
EVIDENCE = (
    "reviewed on [PATCH v13 05/48]: identifiers of RMM 1.0 in a header for 2.0; gone in v14",
)

# What does the work of a command that 2.0 has no more.
_INSTEAD = {
    "GRANULE_DELEGATE": "GRANULE_RANGE_DELEGATE",
    "GRANULE_UNDELEGATE": "GRANULE_RANGE_UNDELEGATE",
    "DATA_CREATE": "RTT_DATA_MAP_INIT",
    "DATA_CREATE_UNKNOWN": "RTT_DATA_MAP",
    "DATA_DESTROY": "RTT_DATA_UNMAP",
    "RTT_MAP_UNPROTECTED": "RTT_UNPROT_MAP",
    "RTT_UNMAP_UNPROTECTED": "RTT_UNPROT_UNMAP",
}


def check(unit: Unit) -> Iterator[Finding]:
    declared = version(unit.world)
    said = f"RMI_ABI_MAJOR_VERSION is {declared[:1]}"
    if not declared and unit.fragment:
        declared = _of_the_context(unit)
        said = f"the ones around it are those of RMM {declared}"
    major = declared.partition(".")[0]
    if major not in ("", "1", "2"):
        return  # nothing is known of it
    seen: dict[int, Identifier] = {}
    for found in identifiers(unit):
        place = found.define.node.child_by_field_name("name") or found.define.node
        if what := _renumbered(found, major):
            yield unit.finding(place, what)
            continue
        if what := _of_another_version(found, declared, said):
            yield unit.finding(place, what, severity="" if major == "2" else "warning")
            continue
        first = seen.setdefault(found.number, found)
        if first is not found:
            what = (
                f"{first.define.name} and {found.define.name} are both {found.number:#x}: the "
                "RMM takes them for one command"
            )
            before = Related(unit.path, unit.line(first.define.node), "the other one")
            yield unit.finding(place, what, related=[before])
        elif what := _unknown(found, major):
            yield unit.finding(place, what, severity="info")


def _renumbered(found: Identifier, major: str) -> str:
    """The command is known, and by another number."""
    right = sorted({command.number for command in of_name(found.command, major)})
    if not right or found.number in right:
        return ""
    numbers = " or ".join(f"{number:#x}" for number in right)
    others = " or ".join(sorted({f"RMI_{c.name}" for c in of_number(found.number, major)}))
    runs = f"a call of it runs {others}" if others else "no command has the number that it is given"
    return f"RMI_{found.command} is {numbers}, not {found.number:#x}: {runs}"


def _of_the_context(unit: Unit) -> str:
    """The version that the old lines of a hunk are for: 2.0, or '' if none tells.

    Who adds a command of 2.0 among those of 1.0 is on the way to it.
    """
    majors: set[str] = set()
    for found in identifiers(unit):
        known = {command.major for command in of_name(found.command)}
        if len(known) == 1 and unit.line(found.define.node) not in unit.added:
            majors |= known
    return "2.0" if majors == {"2"} else ""


def _of_another_version(found: Identifier, declared: str, said: str) -> str:
    """The version that the header is for has no such command, another has."""
    major = declared.partition(".")[0]
    elsewhere = of_name(found.command)
    # a 1.1 has commands of which no table tells
    if declared not in ("1.0", "2.0") or not elsewhere or of_name(found.command, major):
        return ""
    instead = _INSTEAD.get(found.command, "") if major == "2" else ""
    there = of_number(found.number, major)
    if there and there[0].name == instead:
        answer = f"in RMM {declared} {found.number:#x} is RMI_{instead}"
    elif there:
        answer = f"RMM {declared} takes {found.number:#x} for RMI_{there[0].name}"
    else:
        answer = f"an RMM {declared} answers a call of it with -1 (not supported)"
    if instead and not answer.endswith(instead):
        answer += f"; RMI_{instead} does its work there"
    return f"RMI_{found.command} is a command of RMM {elsewhere[0].major}.0, and {said}: {answer}"


def _unknown(found: Identifier, major: str) -> str:
    """No version that is known has the name, but it has the number."""
    others = " or ".join(sorted({f"RMI_{c.name}" for c in of_number(found.number, major)}))
    if not major or not others or of_name(found.command):
        return ""
    return f"{found.number:#x} is known as {others}; no command is called RMI_{found.command}"
