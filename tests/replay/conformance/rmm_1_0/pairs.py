"""Every failure condition of 1.0, and every two of a command, made to hold.

The cases have a part of the pairs; here are all, so that every relation of the
order is seen at work.  How a condition is made to hold is read from the words of
the cases, which name it; what it demands, and what it precedes, from
commands-1.0.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.replay.conformance.cases import Case
from tests.replay.conformance.rmm_1_0.phrases import defects

FILE: Final = "facts/commands-1.0.json"

# Conditions that no case names alone.
_MORE: Final = {
    "rd_align": "unaligned rd",
    "rd_bound": "device rd",
    "rd_state": "granule rd UNDELEGATED",
    "rec_align": "unaligned rec",
    "calling_bound": "device calling_rec",
    "calling_state": "granule calling_rec DELEGATED",
    "target_state": "granule target_rec DELEGATED",
    "target": "target other",
    "params_bound": "device params_ptr",
    "vmid_valid": "params vmid wide",
    "realm_live": "realm live",
    "rtt_walk": "walk short",
    "level_bound": "level 4",
    "ipa_bound": "ipa outside",
}
_ALIAS: Final = {"RMI_PSCI_COMPLETE": "target alias", "RMI_REALM_CREATE": "params alias"}


@dataclass(frozen=True)
class Table:
    """A command of the facts: statuses by id; which ids must not precede an id where both hold."""

    name: str
    statuses: dict[str, str]
    before: dict[str, frozenset[str]]

    def permitted(self, held: Iterable[str]) -> set[str]:
        """The statuses that may be seen where exactly these conditions hold."""
        ids = set(held)
        return {self.statuses[i] for i in ids if not self.before[i] & ids}


def tables(shared: Path) -> list[Table]:
    """The commands of 1.0 that can fail."""
    found = [_table(entry) for entry in msgspec.json.decode((shared / FILE).read_bytes())]
    return [table for table in found if table.statuses]


def _table(entry: dict[str, Any]) -> Table:
    statuses = {f["id"]: f["status"] for f in entry["failures"]}
    before: dict[str, set[str]] = {i: set() for i in statuses}
    for relation in entry["order"]:
        for later in relation["after"]:
            before[later] |= set(relation["before"])
    for _ in statuses:  # as many rounds as the longest chain could want
        for earlier in before.values():
            earlier.update(*(before[i] for i in tuple(earlier)))
    return Table(entry["name"], statuses, {i: frozenset(e) for i, e in before.items()})


def ways(cases: Iterable[Case]) -> dict[tuple[str, str], str]:
    """The defect that makes a condition hold, by (command, id)."""
    found: dict[tuple[str, str], str] = {}
    for case in cases:
        ids = case.fields.get("violates", ())
        phrases = case.stimulus.partition("; but ")[2].split(" AND ")
        for condition, phrase in zip(ids, phrases, strict=True):
            (found[case.command, condition],) = defects(f"; but {phrase}")
    return found


def wanted(table: Table, known: dict[tuple[str, str], str]) -> Iterator[dict[str, str]]:
    """One or two conditions and how to make them hold, for all that can be wrong at once."""
    how = {}
    for condition in table.statuses:
        more = _ALIAS[table.name] if condition == "alias" else _MORE.get(condition, "")
        how[condition] = known.get((table.name, condition), more)
    for count in (1, 2):
        for ids in combinations(how, count):
            chosen = {i: how[i] for i in ids}
            if not _contradict(list(chosen.values())):
                yield chosen


def _contradict(how: list[str]) -> bool:
    """An argument cannot be two things, but it can be one of them and unaligned."""
    kinds = [defect.split() for defect in how]
    if any(kind[0] == "unaligned" for kind in kinds):
        return False
    arguments = [kind[1] for kind in kinds if kind[0] in ("device", "granule", "high", "pas")]
    return len(arguments) != len(set(arguments))
