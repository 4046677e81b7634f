"""Types of fields, typedefs and globals of the kernel that no file of a series declares."""

from __future__ import annotations

from typing import Final

_FIELDS: Final = """
kvm                  arch struct kvm_arch; mm struct mm_struct *; mmu_lock rwlock_t; vm_bugged bool
kvm                  slots_lock struct mutex; lock struct mutex; srcu struct srcu_struct
kvm                  created_vcpus int; userspace_pid pid_t; stat struct kvm_vm_stat
kvm_arch             mmu struct kvm_s2_mmu; realm struct realm; is_realm bool; flags unsigned long
kvm_arch             arm_pmu struct arm_pmu *; nr_pmu_counters u8; pmcr_n u8; vgic struct vgic_dist
kvm_arch             config_lock struct mutex; vcpu_features unsigned long[1]; vm_type unsigned long
kvm_s2_mmu           vtcr u64; pgd_phys phys_addr_t; pgt struct kvm_pgtable *
kvm_s2_mmu           arch struct kvm_arch *
kvm_s2_mmu           vmid struct kvm_vmid; split_page_cache struct kvm_mmu_memory_cache
kvm_vmid             id u64
kvm_pgtable          ia_bits u32; start_level s8; pgd void *; mmu struct kvm_s2_mmu *; flags u32
kvm_vcpu             kvm struct kvm *; arch struct kvm_vcpu_arch; vcpu_id int; vcpu_idx int; cpu int
kvm_vcpu             run struct kvm_run *; stat struct kvm_vcpu_stat; mutex struct mutex; mode int
kvm_vcpu_arch        rec struct realm_rec; ctxt struct kvm_cpu_context; hw_mmu struct kvm_s2_mmu *
kvm_vcpu_arch        mmu_page_cache struct kvm_mmu_memory_cache; sve_max_vl unsigned int
kvm_vcpu_arch        fault struct kvm_vcpu_fault_info; mp_state struct kvm_mp_state; flags u64
kvm_vcpu_fault_info  esr_el2 u64; far_el2 u64; hpfar_el2 u64; disr_el1 u64
kvm_cpu_context      regs struct user_pt_regs
kvm_mp_state         mp_state u32
kvm_run              exit_reason u32; flags u16; request_interrupt_window u8; immediate_exit u8
kvm_memory_slot      base_gfn gfn_t; npages unsigned long; userspace_addr unsigned long; flags u32
kvm_memory_slot      id short; as_id u16
kvm_gfn_range        slot struct kvm_memory_slot *; start gfn_t; end gfn_t; may_block bool
kvm_gfn_range        only_private bool; only_shared bool; attr_filter unsigned int
kvm_pgtable_visit_ctx  addr u64; start u64; end u64; level s8; flags unsigned int
vm_area_struct       vm_start unsigned long; vm_end unsigned long; vm_flags unsigned long
vm_area_struct       vm_mm struct mm_struct *; vm_page_prot u64
task_struct          mm struct mm_struct *; pid pid_t
kvm_mmu_memory_cache nobjs int; capacity int
realm                rd void *; ia_bits unsigned int; params struct realm_params *
realm                state unsigned int
realm_rec            mpidr unsigned long; rec_page void *; run struct rec_run *
"""

_TYPEDEFS: Final = """
spinlock_t struct spinlock; raw_spinlock_t struct spinlock; rwlock_t struct rwlock
refcount_t atomic_t; atomic_long_t atomic64_t; cpumask_t struct cpumask; pgprot_t u64
kvm_pfn_t u64; wait_queue_head_t struct wait_queue_head; pgd_t u64; gfp_t unsigned int
"""

_VARIABLES: Final = """
current struct task_struct *; jiffies unsigned long; memblock struct memblock
rmm_feat_reg0 unsigned long; rmm_feat_reg1 unsigned long
system_state unsigned int; kvm_ipa_limit u32; max_pfn unsigned long
"""

_RESULTS: Final = """
virt_to_phys phys_addr_t; __pa phys_addr_t; page_to_phys phys_addr_t; __pfn_to_phys phys_addr_t
phys_to_virt void *; __va void *; page_address void *; __get_free_page unsigned long
get_zeroed_page unsigned long; page_to_pfn unsigned long; get_order int; kzalloc void *
kmalloc void *; BIT unsigned long; GENMASK unsigned long; FIELD_GET unsigned long
u64_get_bits u64; alloc_page struct page *; alloc_pages struct page *; pfn_to_page struct page *
phys_to_page struct page *; virt_to_page struct page *; ilog2 int; ARRAY_SIZE unsigned long
"""


def _pairs(source: str) -> list[list[str]]:
    """`name type; name type`, over several lines."""
    parts = source.replace("\n", ";").split(";")
    return [part.split(None, 1) for part in parts if part.strip()]


def _fields() -> dict[tuple[str, str], str]:
    found = {}
    for line in _FIELDS.strip().splitlines():
        tag, rest = line.split(None, 1)
        for name, ctype in _pairs(rest):
            found[tag, name] = ctype.strip()
    return found


FIELDS: Final = _fields()
TYPEDEFS: Final = {name: ctype.strip() for name, ctype in _pairs(_TYPEDEFS)}
VARIABLES: Final = {name: ctype.strip() for name, ctype in _pairs(_VARIABLES)}
RESULTS: Final = {name: ctype.strip() for name, ctype in _pairs(_RESULTS)}


def field(tag: str, name: str) -> str | None:
    """The type of a field, as text."""
    if tag.endswith("_stat") or name.startswith("sys_reg_"):
        return "u64"  # counters; registers, which the prelude names
    return FIELDS.get((tag, name))
