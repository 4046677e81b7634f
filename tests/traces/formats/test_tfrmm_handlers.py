"""What TF-RMM's console leaves out, against the facts."""

from __future__ import annotations

import pytest

from replay.rmm import values
from replay.spec.commands import commands_of
from traces.event import Omission
from traces.formats.tfrmm_handlers import HANDLERS, NAMES, NAMES_OF, OMITS, STATUS, logs


@pytest.mark.parametrize("rmi", ["1.0", "2.0"])
def test_the_registers_are_those_of_the_commands(rmi: str) -> None:
    commands = commands_of(rmi)
    for name, handler in HANDLERS[rmi].items():
        command = commands[handler.fid]
        assert command.name == f"RMI_{name}"
        assert handler.inputs == len(command.inputs), name


def test_the_versions_share_one_table_of_names() -> None:
    for name in set(HANDLERS["1.0"]) & set(HANDLERS["2.0"]):
        assert HANDLERS["1.0"][name] == HANDLERS["2.0"][name] == NAMES[name]
        assert name not in NAMES_OF


def test_statuses_are_the_model_s() -> None:
    named = {f"RMI_{name}": number for name, number in STATUS.items() if name != "ERROR_IN_USE"}
    assert named == {f"RMI_{name}": number for number, name in values.STATUS_NAME.items()}


def test_what_2_0_leaves_out() -> None:
    """trace-sources.md 5.1, fact 2; model-notes.md 4.5."""
    successes = (
        "GRANULE_RANGE_DELEGATE GRANULE_RANGE_UNDELEGATE RTT_CREATE RTT_DESTROY RTT_READ_ENTRY"
        " RTT_INIT_RIPAS RTT_SET_RIPAS RTT_DATA_MAP RTT_DATA_UNMAP RTT_UNPROT_MAP RTT_UNPROT_UNMAP"
        " RTT_DEV_MAP RTT_DEV_UNMAP REC_ENTER FEATURES"
    )
    assert {Omission(f"RMI_{name}", "RMI_SUCCESS") for name in successes.split()} <= set(
        OMITS["2.0"]
    )
    never = {Omission("RMI_RTT_DATA_MAP_INIT"), Omission("RMI_RTT_FOLD")}
    assert {one for one in OMITS["2.0"] if one.status is None} == never
    kept = "VERSION REALM_CREATE REALM_ACTIVATE REALM_DESTROY REC_CREATE REC_DESTROY OP_CONTINUE"
    commands = {one.command for one in OMITS["2.0"]}
    assert not commands & {f"RMI_{name}" for name in kept.split()}


def test_what_1_0_leaves_out() -> None:
    never = "RTT_FOLD DATA_CREATE DATA_CREATE_UNKNOWN RTT_MAP_UNPROTECTED RTT_UNMAP_UNPROTECTED"
    found = {one.command for one in OMITS["1.0"] if one.status is None}
    assert found == {f"RMI_{name}" for name in never.split()}
    assert Omission("RMI_DATA_DESTROY", "RMI_SUCCESS") in OMITS["1.0"]
    assert "RMI_REC_AUX_COUNT" not in {one.command for one in OMITS["1.0"]}


@pytest.mark.parametrize(
    ("command", "x0", "rmi", "printed"),
    [
        ("RMI_REALM_CREATE", 0, "1.0", True),
        ("RMI_REC_ENTER", 0, "2.0", False),
        ("RMI_REC_ENTER", 0x102, "1.0", True),
        ("RMI_RTT_FOLD", 0x304, "2.0-bet0", False),
        ("RMI_REC_CREATE", 0x10D, "2.0", True),
        ("RMI_RTT_DATA_MAP", 0xD, "2.0", True),
        # Refused for the state of the RMM, before it looks which command it is.
        ("RMI_REALM_CREATE", values.RMI_ERROR_GLOBAL, "2.0", False),
        # Not a command: "unknown function_id" is an error to 2.0, to 1.0 a detail.
        ("RMI_GRANULE_TRACKING_SET", values.NOT_SUPPORTED, "2.0", True),
        ("UNKNOWN", values.NOT_SUPPORTED, "1.0", False),
    ],
)
def test_logs(command: str, x0: int, rmi: str, printed: bool) -> None:
    assert logs(command, x0, rmi) is printed
