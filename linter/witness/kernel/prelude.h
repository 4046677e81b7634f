/*
 * What the code around a patch says of itself best in C.  Written for the witness: only what a
 * run needs, and nothing of the kernel's own text.  A series' own declarations come first.
 */

struct arm_smccc_res {
	unsigned long a0, a1, a2, a3;
};

struct arm_smccc_1_2_regs {
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7, a8;
	unsigned long a9, a10, a11, a12, a13, a14, a15, a16, a17;
};

#define ARM_SMCCC_CALL_VAL(type, convention, owner, number) \
	(((type) << ARM_SMCCC_TYPE_SHIFT) | ((convention) << ARM_SMCCC_CALL_CONV_SHIFT) | \
	 (((owner) & ARM_SMCCC_OWNER_MASK) << ARM_SMCCC_OWNER_SHIFT) | \
	 ((number) & ARM_SMCCC_FUNC_MASK))

struct page {
	unsigned long flags;
	unsigned long words[7];
};

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic64_t;

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	head->next = entry;
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	list_add(entry, head->prev);
}

static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}

static inline void list_del_init(struct list_head *entry)
{
	list_del(entry);
	INIT_LIST_HEAD(entry);
}

static inline int list_empty(const struct list_head *head)
{
	return head->next == head;
}

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
	int flags;
	int nid;
};

static inline unsigned long memblock_region_memory_base_pfn(const struct memblock_region *reg)
{
	return PFN_UP(reg->base);
}

static inline unsigned long memblock_region_memory_end_pfn(const struct memblock_region *reg)
{
	return PFN_DOWN(reg->base + reg->size);
}

/* --- delegation, where the file that does it is not at hand --- */

static inline int rmi_delegate_range(phys_addr_t phys, unsigned long size)
{
	unsigned long top = phys + size, next = phys;
	int ret = 0;

	while (next < top && !ret)
		ret = rmi_granule_range_delegate(next, top, &next);
	return ret;
}

static inline int rmi_undelegate_range(phys_addr_t phys, unsigned long size)
{
	unsigned long top = phys + size, next = phys;
	int ret = 0;

	while (next < top && !ret)
		ret = rmi_granule_range_undelegate(next, top, &next);
	return ret;
}

/* --- page tables of stage 2 --- */

#define VTCR_EL2_IPA(vtcr) (64 - ((vtcr) & 0x3f))
#define PTE_S2_MEMATTR(t) ((unsigned long)(t) << 2)
#define ARM64_HW_PGTABLE_LEVEL_SHIFT(n) ((PAGE_SHIFT - 3) * (4 - (n)) + 3)
#define ARM64_HW_PGTABLE_LEVELS(bits) (((bits) - 4) / (PAGE_SHIFT - 3))
#define stage2_pgtable_levels(ipa) ARM64_HW_PGTABLE_LEVELS((ipa) - 4)

static inline size_t kvm_pgtable_stage2_pgd_size(u64 vtcr)
{
	int ipa = VTCR_EL2_IPA(vtcr);
	int top = PAGE_SHIFT + (PAGE_SHIFT - 3) * (stage2_pgtable_levels(ipa) - 1);
	size_t size = (size_t)8 << (ipa - top);

	return size < PAGE_SIZE ? PAGE_SIZE : size;
}

static inline u64 kvm_phys_to_pte(u64 pa)
{
	return pa & 0x0000fffffffff000UL & PAGE_MASK;
}

/* --- KVM --- */

#define KVM_VM_TYPE_ARM_IPA_SIZE(type) ((type) & 0xff)
#define kvm_s2_mmu_to_kvm(mmu) container_of((mmu)->arch, struct kvm, arch)
#define gfn_to_gpa(gfn) ((gpa_t)(gfn) << PAGE_SHIFT)
#define gpa_to_gfn(gpa) ((gfn_t)((gpa) >> PAGE_SHIFT))
#define sve_vl_from_vq(vq) ((vq) * 16)
#define sve_vq_from_vl(vl) ((vl) / 16)
#define ESR_ELx_EC(esr) (((esr) & ESR_ELx_EC_MASK) >> ESR_ELx_EC_SHIFT)
#define cpuid_feature_extract_unsigned_field(features, field) \
	((unsigned int)(((features) >> (field)) & 0xf))

struct user_pt_regs {
	u64 regs[31];
	u64 sp;
	u64 pc;
	u64 pstate;
};

struct kvm_enable_cap {
	__u32 cap;
	__u32 flags;
	__u64 args[4];
	__u8 pad[64];
};

struct kvm_mmu_memory_cache {
	gfp_t gfp_zero;
	gfp_t gfp_custom;
	u64 init_value;
	void *kmem_cache;
	int capacity;
	int nobjs;
	void **objects;
};

static inline enum realm_state kvm_realm_state(struct kvm *kvm)
{
	return kvm->arch.realm.state;
}

static inline bool kvm_is_realm(struct kvm *kvm)
{
	return kvm && kvm->arch.is_realm;
}

static inline bool kvm_realm_is_created(struct kvm *kvm)
{
	return kvm_is_realm(kvm) && kvm_realm_state(kvm) != REALM_STATE_NONE;
}

static inline bool vcpu_is_rec(const struct kvm_vcpu *vcpu)
{
	return kvm_is_realm(vcpu->kvm);
}

static inline struct user_pt_regs *vcpu_gp_regs(const struct kvm_vcpu *vcpu)
{
	return &vcpu->arch.ctxt.regs;
}

#define __vcpu_sys_reg(vcpu, reg) ((vcpu)->arch.ctxt.sys_reg_##reg)
#define vcpu_read_sys_reg(vcpu, reg) __vcpu_sys_reg(vcpu, reg)
#define __vcpu_assign_sys_reg(vcpu, reg, val) ((vcpu)->arch.ctxt.sys_reg_##reg = (val))
#define vcpu_write_sys_reg(vcpu, val, reg) __vcpu_assign_sys_reg(vcpu, reg, val)

static inline u64 kvm_vcpu_get_esr(const struct kvm_vcpu *vcpu)
{
	return vcpu->arch.fault.esr_el2;
}

static inline bool kvm_vcpu_dabt_isvalid(const struct kvm_vcpu *vcpu)
{
	return !!(kvm_vcpu_get_esr(vcpu) & BIT(24));
}

static inline bool kvm_vcpu_dabt_iswrite(const struct kvm_vcpu *vcpu)
{
	return !!(kvm_vcpu_get_esr(vcpu) & (BIT(6) | BIT(7)));
}

static inline int kvm_vcpu_dabt_get_rd(const struct kvm_vcpu *vcpu)
{
	return (kvm_vcpu_get_esr(vcpu) >> 16) & 0x1f;
}

static inline int kvm_vcpu_sys_get_rt(struct kvm_vcpu *vcpu)
{
	return (kvm_vcpu_get_esr(vcpu) >> 5) & 0x1f;
}

/* --- RMI, where a mail shows a hunk and not the header: both versions agree on these --- */

#define RMI_RETURN_STATUS(ret) ((ret) & 0xff)
#define RMI_RETURN_INDEX(ret) (((ret) >> 8) & 0xff)
#define RMI_RETURN_MEMREQ(ret) (((ret) >> 8) & 3)
#define RMI_SUCCESS 0
#define RMI_ERROR_INPUT 1
#define RMI_ERROR_REALM 2
#define RMI_ERROR_REC 3
#define RMI_ERROR_RTT 4
#define RMI_BUSY 10
#define RMI_INCOMPLETE 13
#define RMI_BLOCKED 14
#define RMI_ERROR_GPT 15
#define RMI_ADDR_TYPE_NONE 0
#define RMI_ADDR_TYPE_SINGLE 1
#define RMI_ADDR_TYPE_LIST 2
#define RMI_MEM_CATEGORY_CONVENTIONAL 0
#define RMI_TRACKING_NONE 1
#define RMI_TRACKING_FINE 2
#define RMI_TRACKING_COARSE 3
#define RMI_FEATURE_REGISTER_1_L0GPTSZ GENMASK(13, 10)
#define RMM_RTT_BLOCK_LEVEL 2
#define RMM_RTT_MAX_LEVEL 3
#define KVM_PGTABLE_LAST_LEVEL 3
