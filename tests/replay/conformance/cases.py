"""The conformance cases of the facts: what they say, as types.

One case is one call in one situation and the results that the specification
permits for it.  Schema: model-notes.md, last section.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from replay.rmm.values import MASK64, RMI_SUCCESS, STATUS_NAME, result

FILE = "facts/conformance-cases.jsonl"
_REALM_STATUS = {
    "RSI_SUCCESS": 0,
    "RSI_ERROR_INPUT": 1,
    "PSCI value >= 0x10001": 0x10001,
    "PSCI_NOT_SUPPORTED": MASK64,
    "PSCI_E_INVALID_PARAMS": MASK64 - 1,
    "PSCI_E_ALREADY_ON": MASK64 - 3,
}
_STATUS = {"RMI_" + name: number for number, name in STATUS_NAME.items()}


@dataclass(frozen=True)
class Case:
    """One case.  `fields` is its whole object, for what only a few cases have."""

    spec: str
    command: str
    id: str
    setup: str
    stimulus: str
    fields: dict[str, Any]

    @property
    def kind(self) -> str:
        """The first part of the id: fail, prio, free, ok, acs, ..."""
        return self.id.partition(".")[0]

    @property
    def strict(self) -> bool:
        """False: what the model says is reported, not judged."""
        return self.fields.get("strict", True) is not False

    @property
    def profile(self) -> str:
        return str(self.fields.get("profile", ""))

    @cached_property
    def violates(self) -> frozenset[str]:
        """Ids of the failure conditions that the stimulus makes hold (fail, prio, free)."""
        return frozenset(self.fields.get("violates", ()))

    @cached_property
    def names(self) -> frozenset[str]:
        """Ids that must be among the conditions that hold, others may be too (cases of ACS)."""
        ids = [*self.fields.get("priority", "").split("<"), self.fields.get("condition", "")]
        return frozenset(_ACS_IDS.get(i, i) for i in ids if i)

    @cached_property
    def allowed(self) -> frozenset[int] | None:
        """The results (X0) that conform; None if they are no RMI results (RSI, PSCI).

        `allowed_strict` is the set by the letter of the specification, which is
        what the model judges by.
        """
        fields = self.fields
        pairs = fields.get("allowed_strict") or fields.get("allowed")
        if pairs:
            return frozenset(result(_STATUS[status], index or 0) for status, index in pairs)
        if "expected_x0" in fields:
            return frozenset({int(fields["expected_x0"])})
        if self.realm_sees is not None:
            return frozenset({RMI_SUCCESS})  # of the REC_ENTER around it
        status = _STATUS.get(fields["expected_status"])
        if status is None or "expected_index_expr" in fields:
            return None
        return frozenset({result(status, fields.get("expected_index") or 0)})

    @property
    def status(self) -> int:
        """The status alone, where the index depends on the situation."""
        return _STATUS[self.fields["expected_status"]]

    @property
    def realm_sees(self) -> int | None:
        """x0 of the realm after its own call; None if the case is of a host's call."""
        return _REALM_STATUS.get(self.fields["expected_status"])


# ACS names two conditions otherwise than the specification does: a realm that
# is no more is an `rd` in a wrong state, and one identifier is misspelt.
_ACS_IDS = {"realm_state_null": "rd_state", "rtte_homo": "rtt_homo"}


def load(shared: Path) -> list[Case]:
    """All cases, in the order of the file."""
    return [
        Case(o["spec"], o["command"], o["case"], o["setup"], o["stimulus"], o)
        for o in map(msgspec.json.decode, (shared / FILE).read_bytes().splitlines())
    ]
