"""What rules ask of stateful operations."""

from __future__ import annotations

import pytest

from linter.source.unit import Function, Unit
from linter.source.world import World
from rules import sro


def function(body: str, head: str = "") -> Function:
    source = f"{head}\nlong f(struct op *op, struct arm_smccc_1_2_regs *given)\n{{\n{body}\n}}\n"
    world = World()
    unit = Unit("rmi.c", source.encode(), world)
    world.add(unit)
    (found,) = [f for f in unit.functions if f.name == "f"]
    return found


def starts(body: str) -> list[tuple[str, str]]:
    return [(s.command, s.block) for s in sro.started(function(body).facts)]


@pytest.mark.parametrize(
    "body",
    [
        "struct arm_smccc_res r; arm_smccc_1_1_invoke(SMC_RMI_REC_CREATE, 1, &r);",
        "struct arm_smccc_res r; rmi_smccc(SMC_RMI_REC_CREATE, 1, &r);",
        "struct arm_smccc_1_2_regs r = { SMC_RMI_REC_CREATE, 1 }; arm_smccc_1_2_smc(&r, &r);",
        "struct arm_smccc_1_2_regs r; r.a0 = SMC_RMI_REC_CREATE; arm_smccc_1_2_smc(&r, &r);",
    ],
)
def test_a_command_is_found_however_it_is_given(body: str) -> None:
    assert starts(body) == [("REC_CREATE", "r")]


def test_other_commands_are_not_stateful() -> None:
    assert starts("struct arm_smccc_res r; rmi_smccc(SMC_RMI_FEATURES, 0, &r);") == []
    assert starts("struct arm_smccc_res r; print(SMC_RMI_REC_CREATE, &r);") == []


@pytest.mark.parametrize(
    ("head", "two"),
    [
        ("#define RMI_ABI_MAJOR_VERSION 2", True),
        ("#define RMI_ABI_MAJOR_VERSION 1\n#define RMI_INCOMPLETE 13", False),
        ("#define RMI_INCOMPLETE 13", True),
        ("", False),
    ],
)
def test_which_version_the_code_is_for(head: str, two: bool) -> None:
    assert sro.speaks_two(function("return 0;", head)) is two


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("op_continue(h);", True),
        ("look_after(&r);", True),
        ("look_after(h);", True),
        ("arm_smccc_1_2_smc(&op->next, given);", True),
        ("pr_err(r.a1);", False),
        ("WARN_ON(r.a1);", False),
        ("look_after(op);", False),
    ],
)
def test_what_carries_an_operation_on(statement: str, expected: bool) -> None:
    facts = function(f"struct arm_smccc_res r; u64 h = r.a1; {statement}").facts
    assert sro.carries_on(facts, facts.points[-1], "r") is expected


def test_where_a_status_comes_from() -> None:
    facts = function("struct arm_smccc_res r; long s = RMI_RETURN_STATUS(r.a0); return s;").facts
    end = next(point for point in facts.points if point.kind == "return")
    assert sro.status_of_block(facts, end, "s") == "r"
    assert sro.status_of_block(facts, end, "r.a0") == "r"
    assert sro.status_of_block(facts, end, "given.a0") == ""
    assert sro.status_of_block(facts, end, "given->a0") == ""


def test_an_output_is_found_through_copies() -> None:
    facts = function("u64 a = given->a1; u64 b = a; u64 c = op->n; return b + c;").facts
    end = next(point for point in facts.points if point.kind == "return")
    assert sro.output_register(facts, end, "b") == "given->a1"
    assert sro.output_register(facts, end, "c") == ""
    assert sro.output_register(facts, end, "given->a0") == ""


def test_callers_are_those_that_call() -> None:
    found = function(
        "return 0;", "long g(void)\n{\n\treturn f(0, 0);\n}\nlong h(void)\n{\n\treturn 1;\n}"
    )
    assert [caller.name for caller in sro.callers(found)] == ["g"]
