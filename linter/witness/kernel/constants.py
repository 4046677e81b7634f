"""Constants of Linux on arm64: values with the types that C gives them.

What depends on the page size is computed for the machine's.
"""

from __future__ import annotations

import re
from typing import Final

from linter.witness.ctype import INT, LONG, U64, UINT, ULONG, Int, Pointer, Void
from linter.witness.value import Value, integer

_ERRNO: Final = """
EPERM 1 ENOENT 2 ESRCH 3 EINTR 4 EIO 5 ENXIO 6 E2BIG 7 ENOEXEC 8 EBADF 9 ECHILD 10 EAGAIN 11
EWOULDBLOCK 11 ENOMEM 12 EACCES 13 EFAULT 14 EBUSY 16 EEXIST 17 EXDEV 18 ENODEV 19 EINVAL 22
ENFILE 23 EMFILE 24 ENOTTY 25 EFBIG 27 ENOSPC 28 EROFS 30 EDOM 33 ERANGE 34 EDEADLK 35 ENOSYS 38
ENODATA 61 ETIME 62 EPROTO 71 EBADMSG 74 EOVERFLOW 75 EILSEQ 84 EOPNOTSUPP 95 ENOTSUPP 524
ETIMEDOUT 110 ECONNREFUSED 111 EALREADY 114 EINPROGRESS 115 ECANCELED 125 EHWPOISON 133
EPROBE_DEFER 517 ERESTARTSYS 512 """

_INTS: Final = """
BITS_PER_BYTE 8 BITS_PER_LONG 64 BITS_PER_LONG_LONG 64 PAGE_ALLOC_COSTLY_ORDER 3 NUMA_NO_NODE -1
FOLL_WRITE 1 FOLL_FORCE 16 FOLL_LONGTERM 256
SMCCC_RET_SUCCESS 0 SMCCC_RET_NOT_SUPPORTED -1 SMCCC_RET_NOT_REQUIRED -2
SMCCC_RET_INVALID_PARAMETER -3 ARM_SMCCC_TYPE_SHIFT 31 ARM_SMCCC_CALL_CONV_SHIFT 30
ARM_SMCCC_OWNER_SHIFT 24 ARM_SMCCC_OWNER_MASK 63 ARM_SMCCC_FUNC_MASK 65535 ARM_SMCCC_SMC_32 0
ARM_SMCCC_SMC_64 1 ARM_SMCCC_OWNER_STANDARD 4 ARM_SMCCC_STD_CALL 0
PSCI_RET_SUCCESS 0 PSCI_RET_NOT_SUPPORTED -1 PSCI_RET_INVALID_PARAMS -2 PSCI_RET_DENIED -3
PSCI_RET_ALREADY_ON -4 PSCI_RET_ON_PENDING -5 PSCI_RET_INTERNAL_FAILURE -6
MT_S2_NORMAL 15 MT_S2_NORMAL_NC 5 MT_S2_DEVICE_nGnRE 1 MT_S2_FWB_NORMAL 6 MT_S2_FWB_NORMAL_NC 5
MT_S2_FWB_DEVICE_nGnRE 1 KVM_MAX_VCPUS 512 KVM_PHYS_SHIFT 40
KVM_EXIT_UNKNOWN 0 KVM_EXIT_EXCEPTION 1 KVM_EXIT_HYPERCALL 3 KVM_EXIT_DEBUG 4 KVM_EXIT_MMIO 6
KVM_EXIT_SHUTDOWN 8 KVM_EXIT_FAIL_ENTRY 9 KVM_EXIT_INTR 10 KVM_EXIT_INTERNAL_ERROR 17
KVM_EXIT_SYSTEM_EVENT 24 KVM_EXIT_ARM_NISV 28 KVM_EXIT_MEMORY_FAULT 39
KVM_ARM_VCPU_POWER_OFF 0 KVM_ARM_VCPU_EL1_32BIT 1 KVM_ARM_VCPU_PSCI_0_2 2 KVM_ARM_VCPU_PMU_V3 3
KVM_ARM_VCPU_SVE 4 KVM_ARM_VCPU_PTRAUTH_ADDRESS 5 KVM_ARM_VCPU_PTRAUTH_GENERIC 6
KVM_ARM_VCPU_HAS_EL2 7 ESR_ELx_EC_SHIFT 26 ESR_ELx_EC_WFx 1 ESR_ELx_EC_HVC64 22
ESR_ELx_EC_SMC64 23 ESR_ELx_EC_SYS64 24 ESR_ELx_EC_IABT_LOW 32 ESR_ELx_EC_DABT_LOW 36
ESR_ELx_EC_MAX 63 SYS_ID_AA64PFR0_EL1 1573888 SYS_ID_AA64DFR0_EL1 1574144
ID_AA64PFR0_EL1_RME_SHIFT 52 ID_AA64DFR0_EL1_BRPs_SHIFT 12 ID_AA64DFR0_EL1_WRPs_SHIFT 20
ID_AA64DFR0_EL1_CTX_CMPs_SHIFT 28 """

_UNSIGNED: Final = """
__GFP_HIGHMEM 0x2 __GFP_MOVABLE 0x8 __GFP_HIGH 0x20 __GFP_IO 0x40 __GFP_FS 0x80 __GFP_ZERO 0x100
__GFP_DIRECT_RECLAIM 0x400 __GFP_KSWAPD_RECLAIM 0x800 __GFP_RECLAIM 0xc00 __GFP_WRITE 0x1000
__GFP_NOWARN 0x2000 __GFP_RETRY_MAYFAIL 0x4000 __GFP_NOFAIL 0x8000 __GFP_NORETRY 0x10000
__GFP_MEMALLOC 0x20000 __GFP_COMP 0x40000 __GFP_HARDWALL 0x100000 __GFP_THISNODE 0x200000
__GFP_ACCOUNT 0x400000 GFP_ATOMIC 0x820 GFP_KERNEL 0xcc0 GFP_KERNEL_ACCOUNT 0x400cc0
GFP_NOWAIT 0x2800 GFP_NOIO 0xc00 GFP_NOFS 0xc40 GFP_USER 0x100cc0 GFP_HIGHUSER 0x100cc2
UINT_MAX 0xffffffff U32_MAX 0xffffffff ARM_SMCCC_FAST_CALL 1
KVM_PGTABLE_PROT_X 1 KVM_PGTABLE_PROT_W 2 KVM_PGTABLE_PROT_R 4 KVM_PGTABLE_PROT_DEVICE 8
KVM_PGTABLE_PROT_NORMAL_NC 16 KVM_PGTABLE_PROT_RW 6 KVM_PGTABLE_PROT_RWX 7 """

_LONGS: Final = """
ULONG_MAX 0xffffffffffffffff SIZE_MAX 0xffffffffffffffff HPFAR_EL2_NS 0x8000000000000000
ESR_ELx_EC_MASK 0xfc000000 KVM_PTE_LEAF_ATTR_LO_S2_S2AP_R 0x40
KVM_PTE_LEAF_ATTR_LO_S2_S2AP_W 0x80 KVM_PTE_LEAF_ATTR_LO_S2_MEMATTR 0x3c
KVM_PTE_LEAF_ATTR_LO_S2_SH 0x300 KVM_PTE_LEAF_ATTR_LO_S2_AF 0x400 PTE_SHARED 0x300
ID_AA64DFR0_EL1_BRPs 0xf000 ID_AA64DFR0_EL1_BRPs_MASK 0xf000
ID_AA64DFR0_EL1_WRPs 0xf00000 ID_AA64DFR0_EL1_WRPs_MASK 0xf00000
ID_AA64DFR0_EL1_CTX_CMPs 0xf0000000 ID_AA64DFR0_EL1_CTX_CMPs_MASK 0xf0000000 """

_OTHERS: Final = {
    "NULL": Value(Pointer(Void()), 0),
    "true": integer(1),
    "false": integer(0),
    "INT_MAX": integer((1 << 31) - 1),
    "INT_MIN": integer(-(1 << 31)),
    "LONG_MAX": integer((1 << 63) - 1, LONG),
    "S64_MAX": integer((1 << 63) - 1, LONG),
    "U64_MAX": integer(-1, U64),
    "PHYS_ADDR_MAX": integer(-1, U64),
    "INVALID_GPA": integer(-1, U64),
    "U16_MAX": integer(0xFFFF),
    "U8_MAX": integer(0xFF),
}


def _table(source: str, ctype: Int) -> dict[str, Value]:
    words = source.split()
    return {
        name: integer(int(number, 0), ctype)
        for name, number in zip(words[::2], words[1::2], strict=True)
    }


FIXED: Final = {
    **_table(_ERRNO, INT),
    **_table(_INTS, INT),
    **_table(_UNSIGNED, UINT),
    **_table(_LONGS, ULONG),
    **_OTHERS,
}

_SIZE: Final = re.compile(r"SZ_(\d+)([KMGT]?)")


def size(name: str) -> Value | None:
    """`SZ_4K` and its like: an int, unsigned from 2 GiB on, 64 bits from 4 GiB on."""
    found = _SIZE.fullmatch(name)
    if found is None or len(found[1]) > 4:
        return None
    number = int(found[1]) << 10 * " KMGT".index(found[2] or " ")
    if not number or number & number - 1 or number >> 48:
        return None  # there are powers of two only
    return integer(number, INT if number < 1 << 31 else UINT if number < 1 << 32 else ULONG)


def of_page_size(page: int) -> dict[str, Value]:
    """What follows from the page size (in bytes), of tables for 48 bits of address."""
    shift = page.bit_length() - 1
    step = shift - 3  # bits that a level resolves
    pmd = shift + step
    levels = -(-(48 - shift) // step)
    pgdir = shift + step * (levels - 1)
    pud = pmd + step if levels > 3 else pgdir
    shifts = {"PAGE": shift, "PMD": pmd, "PUD": pud, "P4D": pgdir, "PGDIR": pgdir}
    found = {
        "PTRS_PER_PTE": integer(1 << step),
        "PTRS_PER_PMD": integer(1 << step),
        "MAX_PAGE_ORDER": integer(10 if shift == 12 else 11 if shift == 14 else 13),
        "CONFIG_PGTABLE_LEVELS": integer(levels),
        "PTDESC_TABLE_SHIFT": integer(step),
    }
    found["MAX_ORDER"] = found["MAX_PAGE_ORDER"]
    for name, value in shifts.items():
        found[f"{name}_SHIFT"] = integer(value)
        found[f"{name}_SIZE"] = integer(1 << value, ULONG)
        found[f"{name}_MASK"] = integer(-(1 << value), ULONG)
    return found


_ON: Final = frozenset(
    ("64BIT", "ARM64", "ARM64_VA_BITS_48", "KVM", "MMU", "SMP", "SPARSEMEM_VMEMMAP", "VMAP_STACK")
)
_PAGES: Final = {12: ("4KB", "4K"), 14: ("16KB", "16K"), 16: ("64KB", "64K")}


def config(name: str, page: int) -> bool | None:
    """Whether the kernel is configured so (`CONFIG_SMP`); None where we cannot say."""
    if name.removeprefix("CONFIG_") in _ON:
        return True
    for shift, (size_, pages) in _PAGES.items():
        if name in (f"CONFIG_PAGE_SIZE_{size_}", f"CONFIG_ARM64_{pages}_PAGES"):
            return page == 1 << shift
    return None
