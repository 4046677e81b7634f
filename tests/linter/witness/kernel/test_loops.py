"""Iterator macros run their body as often as there is something."""

from __future__ import annotations

import pytest

from linter.witness.machine import CONTROL, FVP, QEMU_SBSA, Machine
from linter.witness.vocabulary import Budget
from tests.linter.witness.kernel.bench import Bench


@pytest.mark.parametrize("machine", [CONTROL, FVP, QEMU_SBSA], ids=lambda m: m.name)
def test_memory_regions_are_the_banks(machine: Machine) -> None:
    source = """
    unsigned long f(void)
    {
        struct memblock_region *r;
        unsigned long n = 0;
        for_each_mem_region(r) {
            n += memblock_region_memory_base_pfn(r) ^ memblock_region_memory_end_pfn(r) << 20;
        }
        return n;
    }
    """
    expected = sum(base >> 12 ^ (base + size >> 12) << 20 for base, size in machine.banks)
    assert Bench(source, machine=machine).number() == expected


VCPUS = """
long f(struct kvm *kvm)
{
    struct kvm_vcpu *vcpu;
    unsigned long i;
    long n = 0;
    kvm_for_each_vcpu(i, vcpu, kvm) {
        if (i == 1)
            continue;
        if (i == 3)
            break;
        n = n * 10 + i + 1;
        vcpu->vcpu_id = i;
    }
    return n;
}
"""


def test_vcpus_that_are_known_are_visited() -> None:
    bench = Bench(VCPUS)
    bench.state.online = [bench.run.memory.lazy(f"vcpu {n}") for n in range(5)]
    assert bench.number() == 13


def test_of_an_unknown_vm_there_is_one_vcpu_or_none() -> None:
    assert [Bench(VCPUS, decisions=[d]).number() for d in (True, False)] == [1, 0]


def test_memory_slots() -> None:
    source = """
    long f(struct kvm *kvm)
    {
        struct kvm_memory_slot *slot;
        long n = 0;
        int bkt;
        kvm_for_each_memslot(slot, bkt, kvm_memslots(kvm))
            n = n * 10 + 1;
        return n;
    }
    """
    bench = Bench(source)
    bench.state.slots = [bench.run.memory.lazy(f"slot {n}") for n in range(3)]
    assert bench.number() == 111
    assert [Bench(source, decisions=[d]).number() for d in (True, False)] == [1, 0]


LIST = """
struct item { int n; struct list_head link; };
long f(void)
{
    struct item a = { 1 }, b = { 2 }, *pos, *next;
    struct list_head head;
    long n = 0;
    head.next = &a.link; a.link.next = &b.link; b.link.next = &head;
    head.prev = &b.link; b.link.prev = &a.link; a.link.prev = &head;
    list_for_each_entry(pos, &head, link)
        n = n * 10 + pos->n;
    list_for_each_entry_safe(pos, next, &head, link) {
        pos->link.next = NULL;
        n = n * 10 + pos->n;
    }
    list_for_each_entry_reverse(pos, &head, link)
        n = n * 10 + pos->n;
    return n;
}
"""


def test_lists() -> None:
    assert Bench(LIST).number() == 121221


def test_a_list_that_does_not_end_is_bounded() -> None:
    source = LIST.replace("b.link.next = &head", "b.link.next = &a.link")
    assert "3000 statements" in Bench(source, budget=Budget(3000)).reason("endless")


def test_bits_of_a_bitmap() -> None:
    source = """
    long f(unsigned long a)
    {
        unsigned long map[2] = { 0x12, 0x5 }, i;
        long n = 0;
        for_each_set_bit(i, map, 66)
            n = n * 100 + i;
        return n;
    }
    """
    assert Bench(source).number() == 10464  # bits 1, 4, 64; 66 is beyond the end


def test_an_unknown_iterator_stops() -> None:
    source = "long f(void)\n{\n\tint i;\n\tfor_each_tulip(i) {\n\t}\n\treturn 0;\n}\n"
    assert "for_each_tulip" in Bench(source).reason("stopped")
