"""KVM and the CPU: what a VM is configured as, and functions of other files.

What a function asks of the VM's configuration (`vcpu_has_feature()`) is not known and forks; the
same question has the same answer all through a run.  A function of another file that has its own
life (`kvm_handle_sys_reg()`) is not run: it is an event `outside`, and its result is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.ctype import BOOL, INT, LONG, U8, U64, UINT, ULONG, VOID_PTR, Function, Pointer
from linter.witness.kernel.addresses import page_at
from linter.witness.kernel.registers import field_get
from linter.witness.kernel.slab import slab
from linter.witness.kernel.state import state_of
from linter.witness.kernel.table import NOTHING, need, raw, word
from linter.witness.outcome import Fault, Stop
from linter.witness.value import Unknown, Value, binary, convert, integer, truth

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown

# Questions to a VM, a vCPU, a slot: the same answer for the same argument.
_QUESTIONS: Final = """
kvm_has_sve vcpu_has_sve kvm_arm_vcpu_sve_finalized vcpu_has_feature kvm_vcpu_has_pmu
kvm_vcpu_has_feature irqchip_in_kernel kvm_slot_has_gmem kvm_slot_can_be_private
kvm_vm_is_protected vcpu_has_nv kvm_mem_is_private kvm_has_mte system_supports_sve
kvm_arm_support_pmu_v3 kvm_arch_has_private_mem kvm_vm_has_ran_once is_error_pfn
kvm_supports_cacheable_pfnmap
is_error_noslot_pfn is_kvm_arm_initialised is_protected_kvm_enabled arch_timer_pending
"""
_ASKS: Final = {
    **dict.fromkeys(_QUESTIONS.split(), BOOL),
    "read_sanitised_ftr_reg": U64,
    "kvm_read_vm_id_reg": U64,
    "kvm_vcpu_get_mpidr_aff": ULONG,
    "kvm_phys_size": U64,
    "get_kvm_ipa_limit": UINT,
    "kvm_mmu_cache_min_pages": INT,
    "kvm_vcpu_dabt_get_as": UINT,
    "read_sysreg": U64,
    "read_sysreg_s": U64,
    "cpus_have_final_cap": BOOL,
    "cpus_have_cap": BOOL,
    "alternative_has_cap_unlikely": BOOL,
}
# Functions of other files, with the type of what they give.
_OUTSIDE: Final = dict(
    line.split(None, 1)
    for line in """
kvm_handle_guest_abort int
kvm_handle_sys_reg int
kvm_smccc_call_handler int
kvm_handle_mmio_return int
kvm_psci_call int
kvm_realm_timers_update void
kvm_prepare_memory_fault_exit void
kvm_stage2_unmap_range void
kvm_free_stage2_pgd void
kvm_init_stage2_mmu int
kvm_flush_remote_tlbs void
kvm_stage2_destroy void
kvm_pgtable_stage2_destroy_pgd void
kvm_unshare_hyp void
kvm_arm_teardown_hypercalls void
kvm_make_all_cpus_request void
kvm_vm_dead void
kvm_vcpu_kick void
kvm_arm_vmid_update void
kvm_mmu_free_memory_cache void
kvm_set_pfn_dirty void
mark_page_dirty_in_slot void
kvm_release_faultin_page void
kvm_release_pfn_clean void
kvm_release_pfn_dirty void
kvm_memslots struct kvm_memslots *
gfn_to_memslot struct kvm_memory_slot *
gfn_to_hva_memslot unsigned long
vma_lookup struct vm_area_struct *
gfn_to_pfn_memslot u64
__kvm_faultin_pfn u64
kvm_gmem_get_pfn int
get_user_pages long
get_user_pages_fast int
""".strip().splitlines()
)
_CACHE: Final = "kvm_mmu_memory_cache"
_IPA_END: Final = 1 << 52  # the largest IPA space that KVM makes: no memory slot is beyond it
_CACHE_PAGES: Final = 40  # that topping up brings a cache to


_DFR0: Final = 0x10_1006  # ID_AA64DFR0_EL1 of a VM that is made as the RMM offers it


@raw(*_ASKS)
def asks(run: Run, args: list[Some], site: CallSite) -> Some:
    """The label is the question with what it is asked of."""
    if site.name == "kvm_read_vm_id_reg" and site.texts[-1].strip() == "SYS_ID_AA64DFR0_EL1":
        return integer(_DFR0, U64)
    if site.name == "kvm_vcpu_get_mpidr_aff":
        return integer(0, ULONG)  # of the first vCPU
    given = [_named(run, site, at) for at in range(len(site.raw))]
    return run.settle(Unknown(_ASKS[site.name], f"{site.name}({', '.join(given)})"))


def _named(run: Run, site: CallSite, at: int) -> str:
    """An argument as its value, where that tells more than its text."""
    try:
        value = run.evaluate(site.raw[at])
    except Stop:
        return site.texts[at].strip()
    return value.label if isinstance(value, Unknown) else f"{value.bits:#x}"


@word(*_OUTSIDE)
def outside(run: Run, args: list[Some], site: CallSite) -> Some:
    run.event("outside", site.name)
    spelt = _OUTSIDE[site.name]
    if spelt == "void":
        return NOTHING
    return run.unknown(run.types.of_text(spelt), f"{site.name}()")


@raw("__vcpu_rmw_sys_reg", "write_sysreg",
     "write_sysreg_s", "kvm_make_request", "kvm_clear_request", "vcpu_set_flag",
     "vcpu_clear_flag", "sysreg_clear_set")  # fmt: skip
def sets(run: Run, args: list[Some], site: CallSite) -> Some:
    """State of a vCPU that no function here reads back; the value itself is looked at."""
    run.event("note", f"{site.name}({', '.join(t.strip() for t in site.texts)})")
    return NOTHING


@raw("SYS_FIELD_GET")
def sys_field_get(run: Run, args: list[Some], site: CallSite) -> Some:
    register, field = (text.strip() for text in site.texts[:2])
    mask = run.kernel.constant(f"{register}_{field}_MASK")
    if not isinstance(mask, Value):
        raise Stop(f"{register}_{field}_MASK is not known")
    return field_get(run, [mask, run.evaluate(site.raw[2])], site)


@word("vcpu_get_reg", "vcpu_set_reg")
def general(run: Run, args: list[Some], site: CallSite) -> Some:
    """Register 31 is zero.  Which register is not known may be any of them."""
    sets_ = site.name == "vcpu_set_reg"
    need(args, 3 if sets_ else 2, site)
    regs = run.follow(run.call("vcpu_gp_regs", args[:1]))
    number = run.settle(convert(args[1], U8))
    if isinstance(number, Unknown):
        if not sets_:
            return run.unknown(ULONG, f"register {number.label}")
        run.memory.fill(regs, 31 * 8, None)
        return NOTHING
    if number.bits > 31:
        raise Fault(f"{site.name}() of register {number.bits}")
    if sets_ and number.bits < 31:
        run.store(regs + 8 * number.bits, U64, args[2])
    if sets_ or number.bits == 31:
        return NOTHING if sets_ else integer(0, ULONG)
    return convert(run.load(regs + 8 * number.bits, U64, f"x{number.bits}"), ULONG)


@word("kvm_lpa2_is_enabled", "system_supports_lpa2")
def lpa2(run: Run, args: list[Some], site: CallSite) -> Some:
    return integer(0, BOOL)  # the machines have 48 bits of address


@word("kvm_get_vmid_bits")
def vmid_bits(run: Run, args: list[Some], site: CallSite) -> Some:
    return integer(16, UINT)  # the machines have FEAT_VMID16


@word("kvm_account_pgtable_pages")
def account(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    run.event("account", site.name, pages=str(args[1]), address=str(args[0]))
    return NOTHING


# --- caches of pages -------------------------------------------------------------------------


def _count(run: Run, args: list[Some]) -> tuple[int, Some]:
    """Where a cache counts its pages, and how many there are."""
    field = run.types.field(run.types.record("struct", _CACHE), "nobjs")
    at = run.follow(args[0]) + field.offset
    return at, run.load(at, INT, "nobjs")


@word("kvm_mmu_memory_cache_alloc")
def cache_alloc(run: Run, args: list[Some], site: CallSite) -> Some:
    """A page of zeros; of a cache that is empty, a warning as well."""
    need(args, 1, site)
    at, count = _count(run, args)
    if isinstance(count, Value):
        if count.bits:
            run.store(at, INT, binary("-", count, integer(1)))
        else:
            condition = "!mc->nobjs"
            run.event("warn", f"WARN_ON({condition})", condition=condition, message="")
    size = state_of(run).machine.page_size
    page = state_of(run).allocate(run, size, size, "page", site.name, zero=True)
    return integer(page, VOID_PTR)


@word("kvm_mmu_topup_memory_cache")
def cache_topup(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    at, count = _count(run, args)
    enough = isinstance(count, Value) and isinstance(args[1], Value) and count >= args[1]
    if not enough:
        run.store(at, INT, integer(_CACHE_PAGES))
    run.event("topup", site.name)
    return integer(0)


# --- guest_memfd -----------------------------------------------------------------------------


@word("kvm_gmem_populate")
def gmem_populate(run: Run, args: list[Some], site: CallSite) -> Some:
    """Calls back for every page, as long as that gives 0; then the number of pages, or its error.

    `callback(kvm, gfn, pfn, page, opaque)`, or `(kvm, gfn, pfn, source, order, opaque)`.
    """
    need(args, 6, site)
    kvm, start, source, pages, callback, opaque = args[:6]
    if not isinstance(callback.ctype, Pointer) or not isinstance(callback.ctype.to, Function):
        raise Stop("what kvm_gmem_populate() calls back is not known")
    params = callback.ctype.to.params
    state = state_of(run)
    size = state.machine.page_size
    if run.number(start, "the frame of the guest") * size >= _IPA_END:
        return integer(-22, LONG)  # -EINVAL: in no memory slot
    done = 0
    for number in range(run.number(pages, "the number of pages")):
        run.step()
        gfn = binary("+", start, integer(number, ULONG))
        pfn = integer(state.guest(run, size, size) // size, U64)
        if len(params) == 5:
            page = integer(_user_page(run, size), params[3])
            given = [kvm, gfn, pfn, page, opaque]
        elif len(params) == 6:
            given = [kvm, gfn, pfn, source, integer(0), opaque]
        else:
            raise Stop(f"kvm_gmem_populate() calls back with {len(params)} arguments")
        answer = run.settle(run.invoke(callback, given))
        if run.truth(answer):
            return integer(done, LONG) if done else convert(answer, LONG)
        done += 1
    return integer(done, LONG)


def _user_page(run: Run, size: int) -> int:
    """The `struct page` of a page of user space, with zeros in it."""
    return page_at(run, state_of(run).guest(run, size, size, "a page of user space"))


# --- bitmaps ---------------------------------------------------------------------------------


@word("bitmap_zalloc", "bitmap_alloc")
def bitmap_zalloc(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    bits = run.number(args[0], "the number of bits")
    size = (bits + 63) // 64 * 8
    address = slab(run, size, site.name, zero="zalloc" in site.name)
    return integer(address, run.types.of_text("unsigned long *"))


@word("test_bit", "set_bit", "clear_bit", "__set_bit", "__clear_bit", "test_and_set_bit",
      "test_and_clear_bit", "__test_and_set_bit", "__test_and_clear_bit")  # fmt: skip
def one_bit(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    number = run.number(args[0], "the number of a bit")
    address = run.follow(args[1]) + number // 64 * 8
    old = run.load(address, ULONG)
    mask = integer(1 << number % 64, ULONG)
    if "set" in site.name:
        run.store(address, ULONG, binary("|", old, mask))
    elif "clear" in site.name:
        keep = integer(~mask.bits, ULONG)
        run.store(address, ULONG, binary("&", old, keep))
    if "test" not in site.name:
        return NOTHING
    return binary("!=", binary("&", old, mask), integer(0))


@word("bitmap_find_free_region", "bitmap_release_region")
def region(run: Run, args: list[Some], site: CallSite) -> Some:
    """A run of 2^order bits, aligned to its size: found and set, or cleared."""
    need(args, 3, site)
    base = run.follow(args[0])
    second, order = (run.number(a, site.name) for a in args[1:3])
    if not 0 <= order < 6:
        raise Stop(f"{site.name}() of order {order}")
    step, mask = 1 << order, (1 << (1 << order)) - 1

    def word_at(bit: int) -> int:
        return run.number(run.load(base + bit // 64 * 8, ULONG), "the bitmap")

    def put(bit: int, value: int) -> None:
        run.store(base + bit // 64 * 8, ULONG, integer(value, ULONG))

    if site.name == "bitmap_release_region":
        put(second, word_at(second) & ~(mask << second % 64))
        return NOTHING
    for bit in range(0, second - step + 1, step):
        run.step()
        if not word_at(bit) >> bit % 64 & mask:
            put(bit, word_at(bit) | mask << bit % 64)
            return integer(bit)
    return integer(-12)  # -ENOMEM, as the kernel says


@word("bitmap_empty", "bitmap_full")
def whole_bitmap(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    base, bits = run.follow(args[0]), run.number(args[1], "the number of bits")
    if bits > 1 << 20:
        raise Stop(f"a bitmap of {bits} bits")
    data = run.memory.bytes(base, (bits + 63) // 64 * 8)
    if data is None:
        return run.unknown(BOOL, f"{site.name}()")
    found = int.from_bytes(data, "little") & (1 << bits) - 1
    return truth(found == (0 if site.name == "bitmap_empty" else (1 << bits) - 1))
