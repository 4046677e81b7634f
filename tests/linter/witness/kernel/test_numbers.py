"""Arithmetic words against gcc: the kernel's documented formulas, compiled, give the same."""

from __future__ import annotations

import ctypes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.witness.value import Unknown
from tests.linter.witness.conftest import Compiler
from tests.linter.witness.kernel.bench import Bench

# What each word means, in the words of its documentation: gcc computes this side.
MEANING = """
#define ALIGN(x, a) (((x) + ((__typeof__(x))(a) - 1)) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a) ((x) / (a) * (a))
#define IS_ALIGNED(x, a) ((x) % (a) == 0)
#define round_up(x, y) (((x) + (y) - 1) / (y) * (y))
#define round_down(x, y) ((x) / (y) * (y))
#define roundup(x, y) (((x) + (y) - 1) / (y) * (y))
#define rounddown(x, y) ((x) - (x) % (y))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define MIN min
#define MAX max
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define BIT(n) (1UL << (n))
#define GENMASK(h, l) ((~0UL >> (63 - (h))) & (~0UL << (l)))
#define FIELD_GET(m, v) ((__typeof__(m))(((v) & (m)) >> __builtin_ctzll(m)))
#define FIELD_PREP(m, v) (((__typeof__(m))(v) << __builtin_ctzll(m)) & (m))
#define FIELD_MODIFY(m, p, v) (*(p) = (*(p) & ~(m)) | FIELD_PREP(m, v))
#define u64_get_bits(v, m) ((u64)(((u64)(v) & (m)) >> __builtin_ctzll(m)))
#define u64_encode_bits(v, m) ((u64)((((u64)(v)) << __builtin_ctzll(m)) & (m)))
#define lower_32_bits(n) ((u32)(n))
#define upper_32_bits(n) ((u32)((u64)(n) >> 32))
#define fls64(x) ((x) ? 64 - __builtin_clzll(x) : 0)
#define __ffs(x) ((unsigned long)__builtin_ctzl(x))
#define hweight64(x) ((unsigned int)__builtin_popcountll(x))
#define ilog2(x) (63 - __builtin_clzll(x))
#define is_power_of_2(x) ((x) != 0 && (((x) & ((x) - 1)) == 0))
#define swap(a, b) do { __typeof__(a) t = (a); (a) = (b); (b) = t; } while (0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define WRITE_ONCE(x, v) ((x) = (v))
#define READ_ONCE(x) (x)
#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)
"""
PROGRAMS = """
u64 t_align(u64 x, u64 n) { return ALIGN(x, 1UL << n % 30); }
u64 t_align_int(u64 x, u64 n) { return ALIGN((int)x, 1 << n % 20); }
u64 t_align_down(u64 x, u64 n) { return ALIGN_DOWN(x, 1UL << n % 30); }
u64 t_is_aligned(u64 x, u64 n) { return IS_ALIGNED(x, 1UL << n % 30); }
u64 t_round_up(u64 x, u64 n) { return round_up((u32)x >> 1, 1U << n % 12); }
u64 t_round_down(u64 x, u64 n) { return round_down(x, 1UL << n % 30); }
u64 t_roundup(u64 x, u64 n) { return roundup(x >> 1, n % 100 + 1); }
u64 t_rounddown(u64 x, u64 n) { return rounddown(x, n % 100 + 1); }
u64 t_div_round_up(u64 x, u64 n) { return DIV_ROUND_UP(x >> 1, n % 100 + 1); }
u64 t_min(u64 x, u64 y) { return min(x, y) + min((int)x, (int)y); }
u64 t_max(u64 x, u64 y) { return MAX((int)x, (long long)y) + max((u8)x, (u8)y); }
u64 t_min_t(u64 x, u64 y) { return min_t(u8, x, y) + max_t(unsigned int, x, y); }
u64 t_clamp(u64 x, u64 y) { return clamp(x, y % 100, 1000UL + y % 100); }
u64 t_bit(u64 x, u64 y) { return BIT(x % 64) | BIT(y % 64); }
u64 t_genmask(u64 x, u64 y) { return GENMASK(32 + x % 32, y % 32); }
u64 t_field(u64 x, u64 y) { return FIELD_GET(GENMASK(51, 12), x) ^ FIELD_PREP(0xf0U, y); }
u64 t_modify(u64 x, u64 y) { FIELD_MODIFY(GENMASK(11, 2), &x, y); return x; }
u64 t_bits(u64 x, u64 y) { return u64_get_bits(x, 0xff00) ^ u64_encode_bits(y & 0xff, 0xff00); }
u64 t_halves(u64 x, u64 y) { return lower_32_bits(x) ^ upper_32_bits(y); }
u64 t_counts(u64 x, u64 y) { return fls64(x) + 100 * __ffs(y | 8) + 10000 * hweight64(x); }
u64 t_log(u64 x, u64 y) { return ilog2(x | 1) + 100 * is_power_of_2(y & 0xff); }
u64 t_swap(u64 x, u64 y) { swap(x, y); return x - 2 * y; }
u64 t_swap_narrow(u64 x, u64 y) { u8 a = x; int b = y; u8 c = b; swap(a, c); return a << 8 | c; }
u64 t_array(u64 x, u64 y) { u32 list[7][3]; return ARRAY_SIZE(list) * 10 + ARRAY_SIZE(list[0]); }
u64 t_once(u64 x, u64 y) { u16 n; WRITE_ONCE(n, x); return READ_ONCE(n) + y; }
u64 t_overflow(u64 x, u64 y)
{
	u32 sum = 0;
	u64 product = 0;
	int over = check_add_overflow((u32)x, (u32)y, &sum);
	over |= check_mul_overflow(x, y, &product) << 1;
	return sum + 3 * product + over;
}
"""
NAMES = [line.split("(")[0][4:] for line in PROGRAMS.splitlines() if line.startswith("u64 t_")]
WORD = (1 << 64) - 1
EDGES = st.sampled_from((0, 1, 7, 4095, 4096, 1 << 31, 1 << 32, (1 << 31) - 1, 1 << 63, WORD))
NUMBERS = st.integers(0, WORD) | st.integers(0, 300) | EDGES


@pytest.fixture(scope="module")
def library(compiled: Compiler) -> ctypes.CDLL:
    return compiled(MEANING + PROGRAMS)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(PROGRAMS)


@pytest.mark.parametrize("name", NAMES)
def test_words_compute_as_gcc_does(name: str, library: ctypes.CDLL, bench: Bench) -> None:
    compiled = getattr(library, name)
    compiled.restype = ctypes.c_uint64
    compiled.argtypes = [ctypes.c_uint64, ctypes.c_uint64]

    @settings(max_examples=25, deadline=None)
    @given(NUMBERS, NUMBERS)
    def same(x: int, y: int) -> None:
        bench.run.steps = 0
        assert bench.number(name, x, y) == compiled(x, y)

    same()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("get_order(1)", 0),
        ("get_order(4096)", 0),
        ("get_order(4097)", 1),
        ("get_order(2UL << 20)", 9),
        ("get_order(0)", 52),
        ("roundup_pow_of_two(5)", 8),
        ("roundup_pow_of_two(8)", 8),
        ("rounddown_pow_of_two(9)", 8),
        ("rounddown_pow_of_two(8)", 8),
        ("order_base_2(5)", 3),
        ("ffs(0)", 0),
        ("fls(0x80)", 8),
        ("min_not_zero(0, 5) * 10 + min_not_zero(3, 0)", 53),
        ("min3(4, 2, 9)", 2),
        ("max3(4, 2, 9)", 9),
        ("abs(-5)", 5),
        ("clamp_t(u8, 0x1ff, 1, 16)", 16),
        ("PAGE_ALIGN(4097)", 8192),
        ("offset_in_page(0x12345)", 0x345),
        ("PFN_UP(4097) * 16 + PFN_DOWN(8191)", 0x21),
        ("size_add(~0UL, 2)", -1),
        ("IS_ERR((void *)-12)", 1),
        ("IS_ERR((void *)4096)", 0),
        ("IS_ERR_OR_NULL(NULL)", 1),
        ("PTR_ERR(ERR_PTR(-ENOMEM))", -12),
        ("PTR_ERR_OR_ZERO((void *)8)", 0),
        ("IS_ENABLED(CONFIG_KVM)", 1),
        ("_AC(5, UL) << 40", 5 << 40),
        ("u32_replace_bits(0xff, 0x5, 0xf0)", 0x5F),
        ("FIELD_MAX(0xf0)", 15),
        ("FIELD_FIT(0xf0, 16)", 0),
        ("FIELD_FIT(0xf0, 15)", 1),
    ],
)
def test_single_values(expression: str, value: int) -> None:
    assert Bench(f"long f(void) {{ return {expression}; }}").number() == value


@pytest.mark.parametrize(
    ("expression", "kind", "why"),
    [
        ("FIELD_GET(0x5, 1)", "stopped", "0x5 is no mask of a field"),
        ("FIELD_GET(0, 1)", "stopped", "0x0 is no mask"),
        ("GENMASK(1, 2)", "stopped", "is no mask"),
        ("GENMASK(64, 2)", "stopped", "is no mask"),
        ("ilog2(0)", "stopped", "has no value"),
        ("BIT(64)", "fault", "a shift by 64"),
        ("ALIGN(4)", "stopped", r"ALIGN\(\) has 1 arguments; it takes 2"),
        ("ARRAY_SIZE(x)", "stopped", "number of elements of x is not known"),
        ("unreachable()", "fault", "unreachable"),
        ("nobody_knows(1)", "stopped", "nobody_knows"),
    ],
)
def test_what_has_no_value_ends_the_run(expression: str, kind: str, why: str) -> None:
    outcome = Bench(f"long f(long x) {{ return {expression}; }}").start()
    assert outcome.kind == kind
    with pytest.raises(AssertionError, match=why):
        raise AssertionError(outcome.reason)


def test_unknown_values_stay_unknown_and_fork_where_they_decide() -> None:
    source = "unsigned long f(unsigned long a) { return ALIGN_DOWN(a, PAGE_SIZE); }"
    value = Bench(source).value()
    assert isinstance(value, Unknown)
    assert "a" in value.label
    source = "unsigned long f(unsigned long a) { return min(a, 10UL) <= 10 ? 1 : 2; }"
    for decisions in ([True], [False]):
        assert Bench(source, decisions=decisions).number() == 1


def test_no_free_ptr_leaves_null_behind() -> None:
    source = "long f(void) { void *p = (void *)64, *q = no_free_ptr(p); return !p && q; }"
    assert Bench(source).number() == 1
