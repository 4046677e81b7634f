"""The tables of RMM 1.0 against the machine-readable facts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from replay.spec.commands import commands_of
from replay.spec.table import Command, Condition

# Conditions whose expression is not the facts', and why.  "9.n" is a remark of the
# behaviour sheet on the facts' tables.
EXCEPTIONS = {
    ("RMI_PSCI_COMPLETE", "target"): "9.2: the two MPIDRs have different layouts",
    ("RMI_REALM_CREATE", "rtt_num_level"): "9.3: the geometry depends on LPA2",
    ("RMI_RTT_MAP_UNPROTECTED", "attr_valid"): "9.3: the descriptor depends on the realm's LPA2",
    ("RMI_REALM_CREATE", "rtt_align"): "9.4: no tables, no alignment",
    ("RMI_REALM_CREATE", "params_valid"): "asked of the page as it was read, not of its address",
    ("RMI_REC_CREATE", "aux_state"): "one that is not aligned has no state: aux_align says so",
    ("RMI_RTT_DESTROY", "rtt_live"): "the table below is a `let`: there may be none",
    ("RMI_RTT_FOLD", "rtt_homo"): "the table below is a `let`: there may be none",
    ("RMI_REC_ENTER", "rec_runnable"): "runnable is an attribute of its own, and a truth value",
}


@pytest.fixture(scope="module")
def facts(shared: Path) -> dict[str, dict[str, Any]]:
    entries = json.loads((shared / "facts" / "commands-1.0.json").read_text())
    return {entry["name"]: entry for entry in entries}


@pytest.fixture(scope="module")
def tables() -> dict[str, Command]:
    return {command.name: command for command in commands_of("1.0").values()}


def _fails(command: Command) -> list[Condition]:
    """Its failure conditions; `may` rows say what is permitted beside them."""
    return [row for row in command.conditions if not row.permits]


def _squeezed(text: str | None) -> str | None:
    return None if text is None else "".join(text.split())


def _closed(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The transitive closure of a relation."""
    closed = set(pairs)
    while more := {(a, d) for a, b in closed for c, d in closed if b == c} - closed:
        closed |= more
    return closed


def test_the_same_commands(facts: dict[str, dict[str, Any]], tables: dict[str, Command]) -> None:
    assert len(facts) == 23
    assert {n: f"{c.fid:#x}" for n, c in tables.items()} == {
        n: entry["fid"].lower() for n, entry in facts.items()
    }


def test_the_same_registers(facts: dict[str, dict[str, Any]], tables: dict[str, Command]) -> None:
    for name, entry in facts.items():
        assert tables[name].inputs == tuple(i["name"] for i in entry["inputs"]), name
        assert tables[name].outputs == tuple(o["name"] for o in entry["outputs"]), name


def test_the_same_conditions_in_the_same_order(
    facts: dict[str, dict[str, Any]], tables: dict[str, Command]
) -> None:
    for name, entry in facts.items():
        want = [
            (f["id"], f["status"], _squeezed(f["index"]) or "0", _squeezed(f["extra"]))
            for f in entry["failures"]
        ]
        have = [
            (c.id, c.status, _squeezed(c.index) or "0", _squeezed(c.extra))
            for c in _fails(tables[name])
        ]
        assert have == want, name


def test_the_same_expressions(facts: dict[str, dict[str, Any]], tables: dict[str, Command]) -> None:
    other = {
        (name, want["id"])
        for name, entry in facts.items()
        for want, have in zip(entry["failures"], _fails(tables[name]), strict=True)
        if _squeezed(want["pre"]) != _squeezed(have.when)
    }
    assert other == set(EXCEPTIONS)


def test_the_same_partial_order(
    facts: dict[str, dict[str, Any]], tables: dict[str, Command]
) -> None:
    for name, entry in facts.items():
        want = _closed((a, b) for o in entry["order"] for a in o["before"] for b in o["after"])
        rows = tables[name].conditions
        have = {
            (first.id, row.id)
            for row, mask in zip(rows, tables[name].before, strict=True)
            for bit, first in enumerate(rows)
            if mask >> bit & 1
        }
        assert have == want, name
        assert not tables[name].sequence, name


def test_every_condition_has_a_meaning(tables: dict[str, Command]) -> None:
    """Reports print it: one line, no full stop, no `pre` repeated."""
    for name, command in tables.items():
        for row in command.conditions:
            assert row.meaning, f"{name} {row.id}"
            assert row.meaning != row.when
            assert "\n" not in row.meaning
            assert not row.meaning.endswith(".")
