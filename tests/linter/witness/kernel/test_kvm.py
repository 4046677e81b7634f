"""KVM's words: a VM's configuration forks, caches of pages, guest_memfd, bitmaps."""

from __future__ import annotations

import pytest

from linter.witness.machine import CONTROL, LARGE_PAGES, Machine
from linter.witness.value import Unknown
from linter.witness.vocabulary import Budget
from tests.linter.witness.kernel.bench import Bench


def of(statements: str, more: str = "") -> str:
    return f"{more}long f(struct kvm *kvm, struct kvm_vcpu *vcpu)\n{{\n{statements}\n}}\n"


def test_the_same_question_has_one_answer() -> None:
    source = of("""
        int n = 0;
        if (vcpu_has_feature(vcpu, 2))
                n += 1;
        if (vcpu_has_feature(vcpu, 2))
                n += 10;
        if (vcpu_has_feature(vcpu, 3))
                n += 100;
        return n;""")
    values = {
        tuple(d): Bench(source, decisions=d).number()
        for d in ([True, True], [True, False], [False, True], [False, False])
    }
    assert values == {(True, True): 111, (True, False): 11, (False, True): 100, (False, False): 0}


def test_functions_of_other_files_are_not_run() -> None:
    bench = Bench(of("kvm_realm_timers_update(vcpu);\nreturn kvm_handle_sys_reg(vcpu);"))
    assert isinstance(bench.value(), Unknown)
    assert bench.texts("outside") == ["kvm_realm_timers_update", "kvm_handle_sys_reg"]


def test_registers_of_a_vcpu() -> None:
    source = of("""
        vcpu_set_reg(vcpu, 4, 0x1234);
        vcpu_set_reg(vcpu, 31, 5);
        return vcpu_get_reg(vcpu, 4) + vcpu_get_reg(vcpu, 31) +
               vcpu_gp_regs(vcpu)->regs[4];""")
    assert Bench(source).number() == 2 * 0x1234


def test_which_register_may_not_be_known() -> None:
    source = of("""
        vcpu_set_reg(vcpu, 4, 5);
        vcpu_set_reg(vcpu, kvm_vcpu_dabt_get_rd(vcpu), 7);
        return vcpu_get_reg(vcpu, 4);""")
    assert isinstance(Bench(source).value(), Unknown)
    assert "register 32" in Bench(of("return vcpu_get_reg(vcpu, 32);")).reason("fault")


def test_system_registers_of_a_vcpu() -> None:
    source = of("""
        __vcpu_assign_sys_reg(vcpu, CNTV_CTL_EL0, 5);
        __vcpu_assign_sys_reg(vcpu, CNTP_CTL_EL0, 6);
        vcpu_write_sys_reg(vcpu, 7, SCTLR_EL1);
        return __vcpu_sys_reg(vcpu, CNTV_CTL_EL0) * 100 +
               vcpu_read_sys_reg(vcpu, CNTP_CTL_EL0) * 10 + vcpu_read_sys_reg(vcpu, SCTLR_EL1);""")
    assert Bench(source).number() == 567


def test_the_syndrome_tells_what_an_abort_was() -> None:
    source = of("""
        vcpu->arch.fault.esr_el2 = (0x24UL << 26) | BIT(24) | BIT(6) | (9 << 16) | (5 << 5);
        return kvm_vcpu_dabt_isvalid(vcpu) + kvm_vcpu_dabt_iswrite(vcpu) * 10 +
               kvm_vcpu_dabt_get_rd(vcpu) * 100 + ESR_ELx_EC(kvm_vcpu_get_esr(vcpu)) * 10000;""")
    assert Bench(source).number() == 0x24 * 10000 + 911


@pytest.mark.parametrize(
    # ipa bits -> levels and bytes of the first tables, by the tables of the Arm ARM (D8)
    ("machine", "bits", "levels", "size"),
    [
        (CONTROL, 32, 2, 4 * 4096),
        (CONTROL, 39, 3, 4096),
        (CONTROL, 40, 3, 2 * 4096),
        (CONTROL, 48, 4, 4096),
        (LARGE_PAGES, 42, 2, 65536),
    ],
)
def test_the_tables_of_stage_2(machine: Machine, bits: int, levels: int, size: int) -> None:
    source = of(f"return stage2_pgtable_levels({bits}) * 1000000L +"
                f" kvm_pgtable_stage2_pgd_size(64 - {bits});")  # fmt: skip
    assert Bench(source, machine=machine).number() == levels * 1000000 + size


def test_names_of_registers_are_put_together() -> None:
    assert Bench(of("return SYS_FIELD_GET(ID_AA64DFR0_EL1, BRPs, 0x5a5a5UL);")).number() == 10
    assert "X_Y_MASK" in Bench(of("return SYS_FIELD_GET(X, Y, 1);")).reason("stopped")


def test_caches_give_pages_and_warn_when_they_are_empty() -> None:
    source = of("""
        struct kvm_mmu_memory_cache *mc = &vcpu->arch.mmu_page_cache;
        u64 *one, *other;
        mc->nobjs = 1;
        one = kvm_mmu_memory_cache_alloc(mc);
        other = kvm_mmu_memory_cache_alloc(mc);
        kvm_mmu_topup_memory_cache(mc, 2);
        return one != other && !*one && mc->nobjs == 40;""")
    bench = Bench(source)
    assert bench.number() == 1
    (warning,) = bench.events("warn")
    assert warning.values["condition"] == "!mc->nobjs"
    assert len(bench.events("alloc")) == 2


CALLBACK = """
static int one(struct kvm *kvm, gfn_t gfn, kvm_pfn_t pfn, struct page *src, void *opaque)
{
        u64 *data = opaque;
        data[0] = data[0] * 16 + gfn;
        data[1] = pfn;
        return src == NULL || gfn == 7 ? -EIO : 0;
}
"""


@pytest.mark.parametrize(("first", "count", "answer", "seen"), [
    (1, 3, 3, 0x123), (5, 4, 2, 0x567), (7, 4, -5, 0x7), (1, 0, 0, 0),
])  # fmt: skip
def test_guest_memory_is_filled_page_by_page(
    first: int, count: int, answer: int, seen: int
) -> None:
    source = of(
        f"""
        u64 data[2] = {{}};
        long done = kvm_gmem_populate(kvm, {first}, u64_to_user_ptr(0), {count}, one, data);
        return done + data[0] * 0x10000;""",
        CALLBACK,
    )
    assert Bench(source).number() == answer + seen * 0x10000


def test_a_guest_without_end_is_bounded() -> None:
    source = of(
        "u64 d[2] = {};\nreturn kvm_gmem_populate(kvm, 8, NULL, 1UL << 60, one, d);", CALLBACK
    )
    assert "3000 statements" in Bench(source, budget=Budget(3000)).reason("endless")


def test_bitmaps() -> None:
    source = of("""
        unsigned long *map = bitmap_zalloc(200, GFP_KERNEL);
        int a = bitmap_find_free_region(map, 3, 0), b = bitmap_find_free_region(map, 3, 0);
        int c = bitmap_find_free_region(map, 3, 0), d = bitmap_find_free_region(map, 3, 0);
        bitmap_release_region(map, b, 0);
        __set_bit(130, map);
        return a + b * 10 + c * 100 + (d == -ENOMEM) * 1000 + test_bit(1, map) * 10000 +
               test_and_clear_bit(130, map) * 100000 + test_bit(130, map) * 1000000 +
               bitmap_empty(map, 200) * 10000000;""")
    assert Bench(source).number() == 101210
