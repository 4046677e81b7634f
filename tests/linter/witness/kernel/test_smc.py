"""SMCs: the conduit's macros and the commands by name reach the same RMM."""

from __future__ import annotations

from io import BytesIO

import pytest

from linter.witness.firmware import once
from linter.witness.machine import CONTROL
from linter.witness.vocabulary import Budget
from replay.engine import Engine
from replay.verdict import OK
from tests.linter.witness.kernel.bench import Bench
from traces.event import Header, Smc
from traces.formats.jsonl import read

HEAP = CONTROL.heap[0]
DELEGATE = "#define DELEGATE 0xC4000151UL\n#define RANGE 0xC40001F1UL\n"


def of(statements: str) -> str:
    return f"{DELEGATE}long f(unsigned long a, unsigned long b)\n{{\n{statements}\n}}\n"


def test_smccc_1_1_writes_four_registers() -> None:
    source = of("""
        struct arm_smccc_res res;
        arm_smccc_1_1_invoke(RANGE, a, b, &res);
        return (res.a0 == 0) + (res.a1 == b) * 2 + (res.a2 == 0) * 4 + (res.a3 == 0) * 8;""")
    bench = Bench(source, rmi="2.0")
    assert bench.number("f", HEAP, HEAP + 8192) == 15
    (event,) = bench.events("smc")
    assert (event.text, event.line) == ("RMI_GRANULE_RANGE_DELEGATE", 7)
    assert event.values["x"] == [HEAP, HEAP + 8192]
    assert bench.run.smcs == 1
    assert bench.firmware.delegated(HEAP + 4096)


def test_a_result_nobody_wants_may_be_null() -> None:
    bench = Bench(of("arm_smccc_1_1_smc(DELEGATE, a, NULL);\nreturn 0;"))
    bench.number("f", HEAP)
    assert bench.firmware.delegated(HEAP)


def test_smccc_1_2_keeps_what_the_rmm_does_not_write() -> None:
    source = of("""
        struct arm_smccc_1_2_regs regs = { RANGE, a, b };
        regs.a17 = 17;
        regs.a8 = 8;
        arm_smccc_1_2_smc(&regs, &regs);
        return regs.a0 * 1000 + (regs.a1 == b) * 100 + regs.a2 + regs.a8 + regs.a17;""")
    bench = Bench(source, rmi="2.0")
    assert bench.number("f", HEAP, HEAP + 4096) == 125
    (event,) = bench.events("smc")
    assert event.values["x"] == [HEAP, HEAP + 4096]


def test_registers_behind_the_inputs_need_not_be_known() -> None:
    source = of("""
        struct arm_smccc_1_2_regs in, out;
        in.a0 = DELEGATE;
        in.a1 = a;
        arm_smccc_1_2_invoke(&in, &out);
        return out.a0;""")
    assert Bench(source).number("f", HEAP) == 0
    reason = Bench(source.replace("in.a1 = a;", "")).reason("stopped", "f", HEAP)
    assert "`addr` of the SMC is not known" in reason


def test_commands_by_name() -> None:
    source = of("""
        unsigned long next = 1;
        int ret = rmi_granule_range_delegate(a, b, &next);
        int other = rmi_granule_range_undelegate(a, a + 4096, NULL);
        return ret + other + (next == b) * 4;""")
    bench = Bench(source, rmi="2.0")
    assert bench.number("f", HEAP, HEAP + 8192) == 4
    assert not bench.firmware.delegated(HEAP)
    assert bench.firmware.delegated(HEAP + 4096)


def test_a_name_of_another_version_is_none() -> None:
    source = of("return rmi_granule_delegate(a);")
    assert Bench(source).number("f", HEAP) == 0
    assert "rmi_granule_delegate" in Bench(source, rmi="2.0").reason("stopped", "f", HEAP)


def test_the_wrapper_of_the_series_comes_first() -> None:
    own = "static int rmi_granule_delegate(unsigned long a) { return 99; }\n"
    bench = Bench(own + of("return rmi_granule_delegate(a);"))
    assert bench.number("f", HEAP) == 99
    assert bench.events("smc") == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("return rmi_granule_delegate();", r"has 0 arguments; RMI_GRANULE_DELEGATE has 1 inputs"),
        ("return rmi_granule_delegate(a, &b);", r"and 0 outputs"),
        ("return rmi_data_destroy(a, b, a, &b);", r"is no place for an output"),
        ("struct arm_smccc_res r; arm_smccc_1_1_invoke(b, &r); return 0;", r"function of the SMC"),
        ("struct arm_smccc_res r; arm_smccc_1_1_invoke(3, &r); return 0;", r"none of the commands"),
    ],
)
def test_what_is_no_command_stops(statement: str, why: str) -> None:
    reason = Bench(of(statement)).reason("stopped", "f", HEAP)
    with pytest.raises(AssertionError, match=why):
        raise AssertionError(reason)


def test_busy_for_ever_ends_by_the_budget() -> None:
    source = of("""
        struct arm_smccc_res res;
        do {
                arm_smccc_1_1_invoke(RANGE, a, b, &res);
        } while (res.a0 == 10);
        return 0;""")
    busy = once("RMI_GRANULE_RANGE_DELEGATE", 5, [0, HEAP + 4096], "busy-alone")
    bench = Bench(source, rmi="2.0", behaviour=busy, budget=Budget(smcs=40))
    assert bench.number("f", HEAP, HEAP + 4096) == 0
    assert bench.run.smcs == 6
    bench = Bench(source, rmi="2.0", behaviour="busy-for-ever", budget=Budget(smcs=40))
    assert "40 SMCs" in bench.reason("endless", "f", HEAP, HEAP + 4096)


def test_parameters_reach_the_rmm_and_the_judge_agrees() -> None:
    source = of("""
        u64 *params = (u64 *)get_zeroed_page(GFP_KERNEL);
        void *rd = (void *)__get_free_page(GFP_KERNEL);
        unsigned long tables = __get_free_page(GFP_KERNEL);
        params[2] = 40;
        params[0x808 / 8] = virt_to_phys((void *)tables);
        params[0x810 / 8] = 1;
        params[0x818 / 8] = 1;
        if (rmi_granule_delegate(virt_to_phys(rd)) ||
            rmi_granule_delegate(virt_to_phys((void *)tables)))
                return -1;
        return rmi_realm_create(virt_to_phys(rd), virt_to_phys(params));""")
    bench = Bench(source)
    bench.number()
    stream = BytesIO()
    bench.firmware.write_trace(stream)
    stream.seek(0)
    header, *calls = read(stream, strict=True)
    assert isinstance(header, Header)
    engine = Engine(header)
    kinds = [engine.judge(call).kind for call in calls if isinstance(call, Smc)]
    assert kinds == [OK] * 3
    create = calls[-1]
    assert isinstance(create, Smc) and create.mem is not None
    assert create.mem[HEAP + 0x10] == (40).to_bytes(8, "little")


def test_parameters_that_nobody_wrote_stop_the_run() -> None:
    source = of("""
        unsigned long rd = virt_to_phys((void *)__get_free_page(GFP_KERNEL));
        void *params = (void *)__get_free_page(GFP_KERNEL);
        rmi_granule_delegate(rd);
        return rmi_realm_create(rd, virt_to_phys(params));""")
    reason = Bench(source).reason("stopped")
    assert "the RMM reads page of __get_free_page() at a.c:7" in reason
