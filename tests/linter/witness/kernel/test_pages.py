"""Pages, slab, copies: addresses, who owns what, what the RMM has."""

from __future__ import annotations

import pytest

from linter.witness.kernel.state import Ram
from linter.witness.machine import CONTROL, LARGE_PAGES, QEMU_SBSA, Machine
from linter.witness.memory import LINEAR
from linter.witness.outcome import Stop
from linter.witness.value import Unknown
from tests.linter.witness.kernel.bench import Bench

HEAP = CONTROL.heap[0]


def body(statements: str) -> str:
    return f"long f(unsigned long a, void *q)\n{{\n{statements}\n}}\n"


def test_a_page_has_one_physical_address_whatever_way_it_is_asked_for() -> None:
    source = body("""
        struct page *p = alloc_page(GFP_KERNEL);
        void *v = page_address(p);
        phys_addr_t pa = page_to_phys(p);
        return virt_to_phys(v) == pa && phys_to_virt(pa) == v && virt_to_page(v) == p &&
               phys_to_page(pa) == p && pfn_to_page(page_to_pfn(p)) == p && __pa(v) == pa &&
               __va(pa) == v && __pfn_to_phys(page_to_pfn(p)) == pa && page_folio(p) != NULL &&
               page_to_pfn(p + 3) == page_to_pfn(p) + 3 && __phys_to_pfn(pa) == page_to_pfn(p) &&
               virt_to_phys(v + 5) == pa + 5;""")
    bench = Bench(source)
    assert bench.number() == 1
    (event,) = bench.events("alloc")
    assert event.values["phys"] == HEAP
    assert event.values["address"] == HEAP + LINEAR


@pytest.mark.parametrize("machine", [CONTROL, QEMU_SBSA, LARGE_PAGES], ids=lambda m: m.name)
def test_blocks_are_aligned_to_their_size_and_apart(machine: Machine) -> None:
    bench = Bench(
        body("""
        __get_free_page(GFP_KERNEL);
        alloc_pages(GFP_KERNEL, 3);
        kzalloc(100, GFP_KERNEL);
        get_zeroed_page(GFP_KERNEL);
        return 0;"""),
        machine=machine,
    )
    assert bench.number() == 0
    spans = []
    for event in bench.events("alloc"):
        phys, size = event.values["phys"], event.values["size"]
        assert isinstance(phys, int) and isinstance(size, int)
        spans.append((phys, phys + size))
        if event.text != "kzalloc":
            assert phys % size == 0
    page = bench.state.machine.page_size
    assert [top - base for base, top in spans] == [page, 8 * page, 100, page]
    for one, other in zip(sorted(spans), sorted(spans)[1:], strict=False):
        assert one[1] <= other[0]


def test_only_zeroed_pages_are_zero() -> None:
    source = body("""
        u64 *p = (u64 *)PAGES;
        return p[511];""")
    assert Bench(source.replace("PAGES", "get_zeroed_page(GFP_KERNEL)")).number() == 0
    zeroed = "__get_free_page(GFP_KERNEL | __GFP_ZERO)"
    assert Bench(source.replace("PAGES", zeroed)).number() == 0
    raw = Bench(source.replace("PAGES", "__get_free_page(GFP_KERNEL)")).value()
    assert isinstance(raw, Unknown)


def test_what_is_not_freed_is_leaked_and_says_who_took_it() -> None:
    bench = Bench(
        body("""
        unsigned long p = __get_free_page(GFP_KERNEL);
        void *o = kmalloc(8, GFP_KERNEL);
        free_page(p);
        return 0;""")
    )
    bench.number()
    (leak,) = bench.state.leaked(bench.run.memory)
    assert (leak.kind, leak.size, leak.where) == ("slab", 8, "a.c:5")
    assert [(e.text, e.values["delegated"]) for e in bench.events("free")] == [("free_page", False)]


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ("free_page(p); free_page(p);", "freed twice"),
        ("free_page(p); return *(u64 *)p;", "after it was freed"),
        ("free_pages(p, 1);", "frees 8192 bytes"),
        ("__free_pages(virt_to_page((void *)p), 2);", "frees 16384 bytes"),
        ("free_page(p + 8);", "nobody allocated"),
        ("free_page(0x1000);", "nobody allocated"),
        ("kfree((void *)p);", "kfree() of page"),
        ("kfree(&p);", "kfree() frees p, which nobody allocated"),
        ("kfree(q); kfree(q);", "freed twice"),
        ("free_page((unsigned long)q); *(u64 *)q = 1;", "after it was freed"),
        ("memset((void *)p, 0, 4097);", "has 0x1000 bytes"),
        ("memcpy((void *)p, NULL, 8);", "NULL pointer"),
        ("virt_to_phys(&p);", "on the stack"),
        ("put_page((struct page *)64);", "used as a struct page"),
    ],
)
def test_wrong_uses_of_memory_are_faults(statements: str, why: str) -> None:
    source = body(f"unsigned long p = __get_free_page(GFP_KERNEL);\n{statements}\nreturn 0;")
    reason = Bench(source).reason("fault")
    assert why in reason


def test_a_page_that_somebody_else_holds_survives_its_free() -> None:
    bench = Bench(
        body("""
        unsigned long p = __get_free_page(GFP_KERNEL);
        get_page(virt_to_page((void *)p));
        free_page(p);
        return *(u64 *)p & 0;""")
    )
    assert bench.number() == 0
    assert [leak.kind for leak in bench.state.leaked(bench.run.memory)] == ["page"]


def test_the_nth_allocation_fails() -> None:
    source = body("""
        return !kzalloc(8, GFP_KERNEL) | !alloc_page(GFP_KERNEL) << 1 |
               !__get_free_page(GFP_KERNEL) << 2;""")
    assert Bench(source, failing=[1]).number() == 2
    assert Bench(source, failing=[0, 2]).number() == 5


def test_more_than_the_machine_has_is_not_given() -> None:
    bench = Bench(body("return !alloc_pages(GFP_KERNEL, 40) && !kmalloc(1UL << 60, GFP_KERNEL);"))
    assert bench.number() == 1
    assert len(bench.events("alloc-failed")) == 2
    # an endless allocator neither hangs nor exhausts: the heap ends, or the budget does
    outcome = Bench(body("while (kmalloc(1UL << 28, GFP_KERNEL)) ; return 0;")).start()
    assert outcome.kind == "returned"


def test_freed_memory_is_not_handed_out_again() -> None:
    bench = Bench(
        body("""
        unsigned long p = __get_free_page(GFP_KERNEL);
        free_page(p);
        return __get_free_page(GFP_KERNEL) == p;""")
    )
    assert bench.number() == 0


def test_freeing_what_the_rmm_has_is_told() -> None:
    source = body("""
        unsigned long p = __get_free_page(GFP_KERNEL);
        rmi_granule_delegate(virt_to_phys((void *)p));
        free_page(p);
        return 0;""")
    bench = Bench(source)
    bench.number()
    (event,) = bench.events("free")
    assert event.values["delegated"] is True


def test_the_guard_faults_on_what_the_rmm_has() -> None:
    bench = Bench(
        body("""
        unsigned long p = __get_free_pages(GFP_KERNEL, 1);
        return rmi_granule_delegate(virt_to_phys((void *)p) + 4096);""")
    )
    assert bench.number() == 0
    bench.state.guard(LINEAR + HEAP, 4096, "read")
    with pytest.raises(Exception, match=r"is read while the RMM has it \(DELEGATED\)"):
        bench.state.guard(LINEAR + HEAP, 4097, "read")
    bench.state.guard(0x1000, 8, "read")


@pytest.mark.parametrize("word", ["memset(p, 0, 8)", "memcpy(p, &a, 8)", "memcpy(&a, p, 8)"])
def test_copies_fault_on_what_the_rmm_has(word: str) -> None:
    source = body(f"""
        void *p = (void *)get_zeroed_page(GFP_KERNEL);
        rmi_granule_delegate(virt_to_phys(p));
        {word};
        return 0;""")
    assert "while the RMM has it (DELEGATED)" in Bench(source).reason("fault")


def test_what_was_there_before_the_run_may_be_freed_once() -> None:
    bench = Bench(body("kfree(q);\nreturn 0;"))
    made = bench.run.memory.static(64, "*q")
    assert bench.number("f", 0, made.base) == 0
    assert bench.texts("free-unknown") == ["kfree(*q)"]
    assert "freed twice" in bench.reason("fault", "f", 0, made.base)


def test_copies() -> None:
    source = body("""
        u8 *p = kzalloc(16, GFP_KERNEL), *r = kmemdup(p, 16, GFP_KERNEL);
        memset(p, 0x1ff, 4);
        memcpy(r + 1, p, 8);
        return memcmp(r + 1, p, 8) == 0 && memcmp(r, p, 2) < 0 && r[4] == 0xff && r[5] == 0;""")
    assert Bench(source).number() == 1


def test_user_space_may_fault_and_what_it_holds_is_not_known() -> None:
    source = body("""
        u64 n = 7;
        if (copy_from_user(&n, q, sizeof(n)))
                return -EFAULT;
        return n;""")
    assert isinstance(Bench(source, decisions=[True]).value(), Unknown)
    assert Bench(source, decisions=[False]).number() == -14


def test_obj_allocation_has_the_size_of_the_type() -> None:
    source = "struct s { u64 a; u8 b; };\n" + body("""
        struct s *p = kzalloc_obj(*p);
        struct s *r = kmalloc_obj(struct s);
        return p->b;""")
    bench = Bench(source)
    assert bench.number() == 0
    assert [e.values["size"] for e in bench.events("alloc")] == [16, 16]


def test_cleanup_frees_at_the_end_of_the_scope() -> None:
    bench = Bench(
        body("""
        void *p __free(kfree) = kzalloc(8, GFP_KERNEL);
        u64 *g __free(free_page) = (u64 *)get_zeroed_page(GFP_KERNEL);
        void *n __free(kfree) = NULL;
        return 0;""")
    )
    assert bench.number() == 0
    assert bench.texts("free") == ["free_page", "kfree"]
    assert bench.state.leaked(bench.run.memory) == []


def test_addresses_of_what_is_not_known_have_names() -> None:
    value = Bench(body("return virt_to_phys(q);")).value()
    assert str(value) == "(long)virt_to_phys(q)" or "virt_to_phys(q)" in str(value)
    same = body("return (unsigned long)phys_to_virt(virt_to_phys(q)) == (unsigned long)q;")
    assert Bench(same).number() == 1


def test_statics_lie_in_the_image() -> None:
    bench = Bench("static u64 x[4];\nlong f(void)\n{\n\treturn virt_to_phys(&x[1]);\n}\n")
    base = CONTROL.banks[0][0]
    assert base <= bench.number() < base + (16 << 20)


def test_the_rmm_reads_what_the_host_wrote_and_no_guess() -> None:
    bench = Bench(
        body("""
        u64 *p = (u64 *)__get_free_page(GFP_KERNEL);
        p[1] = 0x1122334455667788;
        return 0;""")
    )
    bench.number()
    ram = Ram(bench.state, bench.run.memory)
    assert ram.read(HEAP + 8, 8) == bytes.fromhex("8877665544332211")
    with pytest.raises(Stop, match="where nobody wrote"):
        ram.read(HEAP, 8)
    with pytest.raises(Stop, match="nothing is known"):
        ram.read(HEAP + (1 << 20), 8)
    ram.write(HEAP, b"\1")
    assert ram.read(HEAP, 1) == b"\1"
    assert ram.has(HEAP) and not ram.has(0)


def test_a_guest_has_pages_of_its_own() -> None:
    bench = Bench(body("return *(u64 *)phys_to_virt(a);"))
    pa = bench.state.guest(bench.run, 4 << 20)
    assert pa % (2 << 20) == 0
    assert bench.number("f", pa + (4 << 20) - 8) == 0
    assert bench.state.guest(bench.run, 4096, 4096) == pa + (4 << 20)
    with pytest.raises(Stop, match="for a guest"):
        bench.state.guest(bench.run, 1 << 40)
