"""The tables of RMM 2.0 against the machine-readable facts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from replay.spec.commands import commands_of
from replay.spec.table import Command, Condition

# Failure conditions that the facts do not list with their command, and where they stand.
# (behaviour: tf-rmm-behaviour.md)
ADDED = {
    ("RMI_RTT_DEV_MAP", "sro_all_sealed"): "behaviour 9: it reserves a context first",
    ("RMI_RTT_DEV_UNMAP", "sro_all_sealed"): "behaviour 9: it reserves a context first",
    ("RMI_RTT_AUX_FOLD", "block_level"): "behaviour 10.11: this one is ERROR_RTT",
    ("RMI_RTT_SET_S2AP", "aux_align"): "behaviour 10.6b: base_align in an auxiliary tree",
    ("RMI_RTT_SET_S2AP", "aux_partial"): "behaviour 10.6b: partial in an auxiliary tree",
    ("RMI_PSMMU_ACTIVATE", "sro_all_sealed"): "rmm-2.0 section 5: no context free",
    ("RMI_PSMMU_DEACTIVATE", "sro_all_sealed"): "rmm-2.0 section 5: no context free",
    ("RMI_PSMMU_ST_L2_CREATE", "sro_all_sealed"): "rmm-2.0 section 5: no context free",
    ("RMI_PSMMU_ST_L2_DESTROY", "sro_all_sealed"): "rmm-2.0 section 5: no context free",
    ("RMI_PDEV_CREATE", "sro_all_sealed"): "rmm-2.0 section 5: no context free",
    ("RMI_PDEV_CREATE", "category"): "behaviour 12: another category is NOT_SUPPORTED",
}

# Conditions of the facts that cannot be seen from a trace, so that their result is
# permitted, not demanded; `sro` of every command as well, as a call on another CPU may
# hold the context.
PERMITTED = {
    ("RMI_REALM_CREATE", "rng"): "whether there is a random number",
    ("RMI_VDEV_COMPLETE", "pending"): "what the realm asked of a device",
    ("RMI_VDEV_COMPLETE", "comm"): "what goes on with a device",
    ("RMI_VDEV_UNLOCK", "mapped"): "which device a granule belongs to",
}

# The facts name two statuses at once: one for the primary tree, one for an auxiliary one.
TWO_STATUSES = {("RMI_RTT_SET_S2AP", "base_align"), ("RMI_RTT_SET_S2AP", "partial")}

# Indices whose expression is not the facts': the facts' words -> the tables' expressions.
SAME_INDEX = {
    "level": {"wanted.level"},
    "primary level": {"pri.level"},
    "aux level": {"aux.level"},
    # The entry at level-1 is there, but no TABLE: the level of the walk; the child's
    # own level where the child is live (behaviour 10.2, 10.3 by way of 10.11).
    "walk.level": {"fault_level(walk, level)"},
}

# The auxiliary commands that the facts' file lacks (behaviour, section 6).
NOT_IN_FACTS = {
    "RMI_RTT_AUX_MAP_UNPROTECTED": 0xC4000181,
    "RMI_RTT_AUX_UNMAP_PROTECTED": 0xC4000183,
    "RMI_RTT_AUX_UNMAP_UNPROTECTED": 0xC4000184,
}

Facts = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def facts(shared: Path) -> Facts:
    entries = json.loads((shared / "facts" / "commands-2.0.json").read_text())
    return {entry["name"]: entry for entry in entries}


@pytest.fixture(scope="module")
def tables() -> dict[str, Command]:
    return {command.name: command for command in commands_of("2.0").values()}


def _row(command: Command, name: str) -> Condition:
    return next(row for row in command.conditions if row.id == name)


def test_every_command_under_its_number(facts: Facts, tables: dict[str, Command]) -> None:
    assert len(facts) == 62
    for name, entry in facts.items():
        assert tables[name].fid == int(entry["fid"], 16), name
        assert tables[name].effect, f"{name} is not modelled"


def test_auxiliary_commands_that_the_facts_lack(facts: Facts, tables: dict[str, Command]) -> None:
    for name, fid in NOT_IN_FACTS.items():
        assert name not in facts
        assert tables[name].fid == fid
        assert tables[name].effect


def test_inputs(facts: Facts, tables: dict[str, Command]) -> None:
    for name, entry in facts.items():
        inputs = re.findall(r"X(\d)", entry["io"].partition("->")[0])
        assert len(tables[name].inputs) == len(inputs), (name, entry["io"])


def test_conditions_and_their_sequence(facts: Facts, tables: dict[str, Command]) -> None:
    for name, entry in facts.items():
        command = tables[name]
        wanted = [check["id"] for check in entry["checks_in_impl_order"]]
        listed = [row.id for row in command.conditions]
        assert [row for row in listed if row in wanted] == wanted, name
        added = {row.id for row in command.conditions if not row.permits and row.id not in wanted}
        assert added == {row for command_, row in ADDED if command_ == name}, name
        # Their order is that of the reference.
        assert command.sequence == bool(wanted), name


def test_what_cannot_be_seen_is_permitted(facts: Facts, tables: dict[str, Command]) -> None:
    for name, entry in facts.items():
        for check in entry["checks_in_impl_order"]:
            hidden = check["id"] == "sro" or (name, check["id"]) in PERMITTED
            assert _row(tables[name], check["id"]).permits == hidden, (name, check["id"])


def test_statuses_and_indices(facts: Facts, tables: dict[str, Command]) -> None:
    for name, entry in facts.items():
        for check in entry["checks_in_impl_order"]:
            row = _row(tables[name], check["id"])
            if (name, row.id) in TWO_STATUSES:
                assert check["status"].startswith(row.status), (name, row.id)
            else:
                assert row.status == check["status"], (name, row.id)
            index = check["index"]
            same = {index, *SAME_INDEX.get(index, ())}
            if index in (None, "0"):
                same = {None, "0"}
            assert row.index in same, (name, row.id, row.index, index)


def test_gates(tables: dict[str, Command]) -> None:
    """rmm-2.0 section 3, steps 3 to 5."""
    any_state = {
        "RMI_FEATURES",
        "RMI_VERSION",
        "RMI_RMM_CONFIG_GET",
        "RMI_GRANULE_TRACKING_GET",
        "RMI_RMM_STATE_GET",
    }
    before = {"RMI_RMM_CONFIG_SET", "RMI_RMM_ACTIVATE"}
    for name, command in tables.items():
        wanted = "any" if name in any_state else "init" if name in before else "active"
        if name.startswith("RMI_OP_"):
            wanted = "operation"  # RMM_ACTIVATE may be one
        assert command.gate == wanted, name


def test_function_numbers_are_the_facts(shared: Path, tables: dict[str, Command]) -> None:
    """Every number of the sheet's table has its name here, and the other way round."""
    sheet = (shared / "facts" / "rmm-2.0.md").read_text().partition("## 11. ")[2]
    listed = {
        name: int(fid, 16) for fid, name in re.findall(r"\| (0x[0-9A-F]{8}) \| (RMI_\w+)", sheet)
    }
    assert len(listed) > 90
    assert {name: command.fid for name, command in tables.items()} == listed


def test_v13_asks_for_a_region(tables: dict[str, Command]) -> None:
    """2.0-bet0: GRANULE_TRACKING_GET with an address only; the other commands are the same."""
    earlier = {command.name: command for command in commands_of("2.0-bet0").values()}
    name = "RMI_GRANULE_TRACKING_GET"
    assert earlier[name].inputs == ("addr",)
    assert earlier[name].fid == tables[name].fid
    assert {n for n, c in earlier.items() if c is not tables[n]} == {name}
