"""Whatever a faulty RMM answers, the model of 2.0 goes on: no exception, a verdict a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.model import Unknown
from replay.verdict import OK, UNKNOWN, VIOLATION
from tests.replay.rmm.desk import (
    GLOBAL,
    NS,
    OTHER,
    PAGE,
    RAM,
    REFERENCE,
    SUCCESS,
    Desk,
    descriptor,
    page,
    realm_params,
    rec_params,
    words,
)
from traces.event import Smc

SMMU = 0x5000_0000
GRANULES = [RAM + n * PAGE for n in range(8)]
LIST = words(descriptor(GRANULES[4], 2), 0, descriptor(GRANULES[6], 1))

# Commands of boot, granules, realms, RECs, operations and devices.  (What is done with
# tables is tried elsewhere.)
COMMANDS = [
    name
    for name in Desk().fids
    if not name.startswith("RTT_") and name not in ("REC_ENTER", "PSCI_COMPLETE")
]

OFTEN = [
    "GRANULE_RANGE_DELEGATE",
    "GRANULE_RANGE_UNDELEGATE",
    "REALM_CREATE",
    "REC_CREATE",
    "REC_DESTROY",
    "OP_CONTINUE",
    "OP_MEM_DONATE",
    "OP_MEM_RECLAIM",
    "PSMMU_ACTIVATE",
    "PDEV_CREATE",
    "PDEV_DESTROY",
]

PAGES = st.sampled_from(
    [
        realm_params(GRANULES[1]),
        realm_params(GRANULES[1], planes=2),
        realm_params(GRANULES[1], number=1 << 31, level=-(1 << 40), s2sz=1 << 31),
        rec_params(),
        rec_params(1),
        page({0: 1, 0x28: 0, 0x30: 9}),
        LIST + bytes(PAGE - len(LIST)),
        bytes([255]) * PAGE,
        bytes(PAGE),
    ]
)
ARGUMENT = st.sampled_from(
    [*GRANULES, NS, NS + 8, SMMU, 0, 1, 2, 4, PAGE, 1 << 30, 1 << 48, (1 << 64) - PAGE]
)
X0 = st.sampled_from(
    [0, 0, 0, 1, 2, 3, 4, 5, 6, 10, 11, 14, 0x00D, 0x10D, 0x20D, 0x50D, 0x30D, (1 << 64) - 1]
)
OUT = st.sampled_from([0, 1, 2, 3, 4, 8, 0x40, 0x10004, *GRANULES, RAM + 100 * PAGE, NS, 1 << 63])
CALL = st.tuples(
    st.sampled_from(COMMANDS) | st.sampled_from(OFTEN),
    st.lists(ARGUMENT, min_size=4, max_size=4),
    st.tuples(X0, OUT, OUT, OUT),
    PAGES,
)


@pytest.mark.parametrize("implementation", [REFERENCE, OTHER], ids=["reference", "other"])
@given(calls=st.lists(CALL, max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_answer(implementation: Mapping[str, Any], calls: list[Any]) -> None:
    desk = Desk({**implementation, "psmmu_ns_base": [SMMU]})
    for addr in GRANULES:
        desk.delegate(addr)
    for name, x, r, contents in calls:
        verdict = desk.call(name, *x, r=r, mem={NS: contents}, out={NS: contents})
        assert verdict.kind in (OK, VIOLATION, UNKNOWN)
        assert verdict.kind != VIOLATION or verdict.why
        for handle, op in desk.m.operations.open.items():
            assert op.handle == handle


@pytest.mark.parametrize("implementation", [REFERENCE, OTHER], ids=["reference", "other"])
@given(calls=st.lists(CALL, max_size=30))
@settings(max_examples=100, deadline=None)
def test_its_own_answers_are_ok(implementation: Mapping[str, Any], calls: list[Any]) -> None:
    """What one model would answer, another one that saw the same calls finds right."""
    traits = {**implementation, "psmmu_ns_base": [SMMU], "max_rec_aux": 2}
    answers, judges = Desk(traits), Desk(traits)
    for desk in (answers, judges):
        for addr in GRANULES:
            desk.delegate(addr)
    for name, x, _, contents in calls:
        r = _answer(answers, name, x, {NS: contents})
        known = r is not None
        verdict = judges.call(name, *x, r=r or [SUCCESS], mem={NS: contents})
        assert verdict.kind == (OK if known else UNKNOWN), verdict


def _answer(desk: Desk, name: str, x: list[int], mem: Mapping[int, bytes]) -> list[int] | None:
    """The registers that the model chooses, moved on by them; None if it cannot tell."""
    engine, m = desk.engine, desk.m
    command = engine.commands[desk.fids[name]]
    if command.gate == "init":
        return [GLOBAL]
    if not command.effect:
        return None
    registers = [*x, *[0] * (8 - len(x))]
    m.smc = Smc(line=0, fid=command.fid, name=command.name, x=registers, mem=dict(mem))
    m.mem, m.command = m.smc.memory, command
    before = len(m.operations.open)
    try:
        held, objects = command.judge(m, registers)
        fails = [row for row in held if not command.conditions[row[0]].permits]
        if fails:
            _, x0, outs = fails[0]
            r = [x0, *[0] * 7]
            for register, value in outs or ():
                r[register] = max(value, 0)
            refused = engine.effects.get(command.effect + "_refused")
            if refused is not None and None not in objects:
                refused(m, *objects, command.conditions[fails[0][0]].id, r)
            return r
        expected = engine.effects[command.effect](m, *objects, None)
    except Unknown:
        assert len(m.operations.open) == before
        return None
    return [0 if value is None else value for value in expected]


@given(steps=st.lists(st.tuples(st.integers(0, 6), X0, OUT, PAGES), max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_answer_in_the_middle_of_an_operation(steps: list[Any]) -> None:
    """The calls that make sense, with answers that need not."""
    desk = Desk(OTHER)
    desk.realm(GRANULES[0])
    for addr in GRANULES[2:]:
        desk.delegate(addr)
    rd, rec = GRANULES[0], GRANULES[2]
    for step, x0, out, contents in steps:
        handle = next(iter(desk.m.operations.open), 0)
        name, x = (
            ("REC_CREATE", (rd, rec, NS)),
            ("OP_MEM_DONATE", (handle, NS, 3)),
            ("OP_MEM_RECLAIM", (handle, NS, 3)),
            ("OP_CONTINUE", (handle, 0)),
            ("OP_CANCEL", (handle,)),
            ("REC_DESTROY", (rec,)),
            ("REALM_TERMINATE", (rd,)),
        )[step]
        desk.call(name, *x, r=[x0, out, 0x10], mem={NS: contents}, out={NS: contents})
    # Every table and REC that the model knows has a granule that says so.
    for rec_at in desk.m.recs:
        assert desk.state(rec_at) is not None
    assert desk.call("FEATURES", 0, r=[SUCCESS, 0x104130]).kind == OK
