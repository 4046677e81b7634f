"""The kernel as a whole: constants, configuration, prelude, what is not known."""

from __future__ import annotations

import pytest

from linter.follow import new_unit, new_world
from linter.witness.kernel import constants
from linter.witness.kernel.configured import configured
from linter.witness.kernel.linux import Linux, on_machine
from linter.witness.kernel.table import LOOPS, RAW, WORDS
from linter.witness.machine import CONTROL, LARGE_PAGES
from linter.witness.value import Value
from tests.linter.witness.kernel.bench import Bench


def value(name: str, linux: Linux) -> tuple[str, int] | None:
    found = linux.constant(name)
    return None if found is None else (getattr(found.ctype, "name", ""), found.number)


@pytest.mark.parametrize(
    ("name", "small", "large"),
    # asm/page-def.h and asm/pgtable-hwdef.h for 4 KiB with 4 levels, and 64 KiB with 3
    [
        ("PAGE_SIZE", 1 << 12, 1 << 16),
        ("PAGE_SHIFT", 12, 16),
        ("PMD_SIZE", 1 << 21, 1 << 29),
        ("PUD_SIZE", 1 << 30, 1 << 42),
        ("P4D_SIZE", 1 << 39, 1 << 42),
        ("PTRS_PER_PTE", 512, 8192),
        ("PAGE_MASK", (1 << 64) - (1 << 12), (1 << 64) - (1 << 16)),
        ("CONFIG_PAGE_SIZE_4KB", 1, 0),
        ("CONFIG_ARM64_64K_PAGES", 0, 1),
    ],
)
def test_what_follows_from_the_page_size(name: str, small: int, large: int) -> None:
    for machine, expected in ((CONTROL, small), (LARGE_PAGES, large)):
        found = Linux(machine).constant(name)
        assert found is not None and found.number == expected


def test_constants_have_the_types_of_c() -> None:
    linux = Linux(CONTROL)
    assert value("SZ_1G", linux) == ("int", 1 << 30)
    assert value("SZ_2G", linux) == ("unsigned int", 1 << 31)
    assert value("SZ_4G", linux) == ("unsigned long", 1 << 32)
    assert value("PAGE_SIZE", linux) == ("unsigned long", 4096)
    assert value("EINVAL", linux) == ("int", 22)
    assert value("SMCCC_RET_NOT_SUPPORTED", linux) == ("int", -1)
    assert value("PHYS_ADDR_MAX", linux) == ("unsigned long long", (1 << 64) - 1)
    assert value("GFP_KERNEL", linux) == ("unsigned int", 0xCC0)


@pytest.mark.parametrize("name", ["SZ_3G", "SZ_", "SZ_99999G", "CONFIG_NOBODY", "NOBODY", "SZ_0"])
def test_what_is_not_known_is_none(name: str) -> None:
    linux = Linux(CONTROL)
    assert linux.constant(name) is None
    assert (linux.entry(name), linux.raw(name), linux.loop(name)) == (None, None, None)


def test_no_name_has_two_meanings() -> None:
    tables = [set(WORDS), set(RAW), set(LOOPS), set(constants.FIXED)]
    prelude = Linux(CONTROL).prelude()
    tables.append({f.name for f in prelude.functions} | set(prelude.defines))
    assert sum(map(len, tables)) == len(set().union(*tables))


def test_the_prelude_parses_and_is_one_for_all_runs() -> None:
    prelude = Linux(CONTROL).prelude()
    assert prelude.unparsed == []
    assert prelude is Linux(LARGE_PAGES).prelude()


CHOICE = b"""\
#ifdef CONFIG_PAGE_SIZE_4KB
#define TRACKING SZ_1G
#elif defined(CONFIG_PAGE_SIZE_64KB)
#define TRACKING SZ_512M
#else
#define TRACKING 0
#endif
#ifndef CONFIG_KVM
int gone;
#endif
#if IS_ENABLED(CONFIG_SMP) /* always */
int kept;
#endif
#ifdef CONFIG_NOBODY
int unknown;
#endif
"""


@pytest.mark.parametrize(("page", "kept"), [(4096, b"SZ_1G"), (65536, b"SZ_512M"), (16384, b"G 0")])
def test_only_the_branch_of_the_page_size_is_left(page: int, kept: bytes) -> None:
    text = configured(CHOICE, page)
    assert len(text) == len(CHOICE)
    assert text.count(b"\n") == CHOICE.count(b"\n")
    (line,) = [line for line in text.splitlines() if b"TRACKING" in line]
    assert line.endswith(kept[-2:]) and kept.lstrip(b"G ") in line
    assert CHOICE.splitlines()[text.splitlines().index(line)] == line
    assert b"gone" not in text and b"int kept;" in text
    assert text.endswith(b"#ifdef CONFIG_NOBODY\nint unknown;\n#endif\n")


def test_nothing_to_decide_is_the_same_text() -> None:
    for source in (b"int x;\n", b"#ifdef CONFIG_X\n#endif\n", b"#if CONFIG_KVM > 3\n#endif\n"):
        assert configured(source, 4096) is source


def test_worlds_of_machines_leave_the_given_one_alone() -> None:
    world = new_world()
    world.add(new_unit("a.c", CHOICE + b"long f(void) { return TRACKING; }\n", world))
    small, large = on_machine(world, CONTROL), on_machine(world, LARGE_PAGES)
    assert small.number("TRACKING") == 1 << 30
    assert large.number("TRACKING") == 512 << 20
    assert world.number("TRACKING") == 0
    assert [f.lines for f in small.units[0].functions] == [
        f.lines for f in world.units[0].functions
    ]


def test_what_is_configured_is_known_or_forks() -> None:
    source = "long f(void) { return IS_ENABLED(CONFIG_NOBODY) ? 5 : 6; }"
    assert [Bench(source, decisions=[d]).number() for d in (True, False)] == [5, 6]
    found = Bench("long f(void) { return IS_ENABLED(CONFIG_ARM64_64K_PAGES); }").value()
    assert isinstance(found, Value) and not found.bits


def test_fields_of_the_kernel_s_structs_have_types() -> None:
    source = """
    long f(struct kvm_vcpu *vcpu)
    {
        vcpu->kvm->arch.mmu.vtcr = 24;
        vcpu->stat.hvc_exit_stat = 1;
        vcpu->stat.hvc_exit_stat++;
        vcpu->vcpu_id = -1;
        return VTCR_EL2_IPA(vcpu->kvm->arch.mmu.vtcr) + vcpu->stat.hvc_exit_stat + vcpu->vcpu_id;
    }
    """
    assert Bench(source).number() == 41
