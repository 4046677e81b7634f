"""The kernel's own words: macros that C code uses as if they were keywords.

Only words whose meaning is fixed all over the kernel stand here; what is not listed is found by
its place in a syntax error (see `repair`).
"""

from __future__ import annotations

# Attributes of a declaration or a type, without arguments: they carry nothing a rule reads.
ATTRIBUTES = frozenset(
    b"""
    ____cacheline_aligned ____cacheline_aligned_in_smp ____cacheline_internodealigned_in_smp
    __always_inline __always_unused __attribute_const__ __bitwise __bitwise__ __bpf_kfunc
    __bss_decrypted __cacheline_aligned __cacheline_aligned_in_smp __cold __cpuidle
    __deprecated __designated_init __efi_rt __efistub_global __exception_irq_entry __exit
    __exitdata __flatten __force __fortify_size __function_aligned __gnu_inline __hot
    __hyp_text __init __init_memblock __init_or_module __init_or_suspend __initconst
    __initconst_or_module __initdata __initdata_memblock __initdata_or_meminfo
    __initdata_or_module __iomem __irq_entry __kprobes __latent_entropy __lockfunc
    __lsm_ro_after_init __malloc __maybe_unused __meminit __meminitconst __meminitdata
    __must_check __naked __net_exit __net_init __net_initconst __net_initdata __no_fgcse
    __no_kasan_or_inline __no_kcsan __no_kmsan_checks __no_kstack_erase
    __no_profile __no_randomize_layout __no_sanitize_address __no_sanitize_coverage
    __no_sanitize_memory __no_sanitize_or_inline __no_sanitize_thread __no_sanitize_undefined
    __no_stack_protector __nocast __nocfi __noclone __noendbr __noinitretpoline __noinline
    __nonstring __nonstring_array __noreturn __noscs __nosavedata __nostackprotector
    __notrace_funcgraph __overloadable __packed __page_aligned_bss __page_aligned_data
    __percpu __private __pure __randomize_layout __rcu __read_mostly __ref __refconst
    __refdata __ro_after_init __sched __signed_wrap __softirq_entry __uninitialized __used
    __user __visible __weak asmlinkage nokprobe_inline noinline noinline_for_stack
    noinline_for_tracing noinline_if_stackdepot noinstr notrace randomized_struct_fields_end
    randomized_struct_fields_start
    """.split()
)

# Attributes that take arguments.
ATTRIBUTE_CALLS = frozenset(
    b"""
    __acquires __acquires_shared __alias __aligned __alloc_align __alloc_size __assume_aligned
    __cond_acquires __cond_acquires_shared __cond_releases __compiletime_error
    __compiletime_warning __copy __counted_by __counted_by_be __counted_by_le __counted_by_ptr
    __diagnose_as __excludes_lock __format_arg __guarded_by __mode __must_hold
    __must_hold_shared __must_not_hold __no_context_analysis __no_sanitize __nonnull
    __pass_dynamic_object_size __pass_object_size __printf __pt_guarded_by __realloc_size
    __releases __releases_shared __scanf __section __sized_by __strftime __symver
    """.split()
)

# `T x __free(kfree) = ...;`: what runs when the variable goes out of scope.
CLEANUPS = frozenset((b"__free", b"__cleanup"))

TYPEOFS = frozenset(
    (
        b"typeof",
        b"__typeof__",
        b"__typeof",
        b"typeof_unqual",
        b"__typeof_unqual__",
        b"typeof_member",
    )
)

# Macros of which an argument may be a type (regular expressions; each begins with a literal).
TYPE_CALLS = (
    rb"alloc_percpu\w*",
    rb"container_of\w*",
    rb"clamp_t",
    rb"hlist_entry\w*",
    rb"kmalloc_obj\w*",
    rb"kvmalloc_obj\w*",
    rb"kvzalloc_obj\w*",
    rb"kzalloc_(?:obj|flex)\w*",
    rb"list_(?!for_each)(?:\w+_)?entry\w*",
    rb"llist_entry",
    rb"max_t",
    rb"min_t",
    rb"offsetof(?:end)?",
    rb"rb_entry\w*",
    rb"sizeof_field",
    rb"va_arg",
    rb"DEFINE_\w+",
    rb"DECLARE_\w+",
    rb"FIELD_SIZEOF",
)

# `DEFINE_PER_CPU(type, name) = ...;` and friends: a declaration in disguise.
TYPE_NAME_DECLARATIONS = frozenset(
    b"""
    DEFINE_PER_CPU DEFINE_PER_CPU_ALIGNED DEFINE_PER_CPU_DECRYPTED DEFINE_PER_CPU_FIRST
    DEFINE_PER_CPU_PAGE_ALIGNED DEFINE_PER_CPU_READ_MOSTLY DEFINE_PER_CPU_SHARED_ALIGNED
    DEFINE_PER_CPU_CACHE_HOT DECLARE_PER_CPU DECLARE_PER_CPU_ALIGNED DECLARE_PER_CPU_DECRYPTED
    DECLARE_PER_CPU_FIRST DECLARE_PER_CPU_PAGE_ALIGNED DECLARE_PER_CPU_READ_MOSTLY
    DECLARE_PER_CPU_SHARED_ALIGNED DECLARE_PER_CPU_CACHE_HOT DECLARE_KVM_NVHE_PER_CPU
    DECLARE_FLEX_ARRAY __DECLARE_FLEX_ARRAY
    """.split()
)

# `DECLARE_BITMAP(name, bits);`
NAME_SIZE_DECLARATIONS = frozenset(
    (b"DECLARE_BITMAP", b"DECLARE_HASHTABLE", b"DEFINE_HASHTABLE", b"DEFINE_READ_MOSTLY_HASHTABLE")
)
