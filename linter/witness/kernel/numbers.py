"""Arithmetic: alignment, rounding, minimum and maximum, bits and fields of registers.

Each follows the kernel's own macro in what type it computes and in what type it gives; what
is made of operators alone also works on unknown values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.ctype import (
    BOOL,
    INT,
    U32,
    U64,
    UINT,
    ULONG,
    Int,
    common,
)
from linter.witness.kernel.table import NOTHING, need, raw, word
from linter.witness.outcome import Stop
from linter.witness.value import (
    Unknown,
    Value,
    arithmetic,
    binary,
    convert,
    integer,
    unary,
)

if TYPE_CHECKING:
    from linter.witness.ctype import CType
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown
_ONE: Final = integer(1)


# --- alignment -------------------------------------------------------------------------------


def _aligned(x: Some, a: Some, ctype: CType) -> Some:
    """`(x + (a - 1)) & ~(a - 1)`, the mask in `ctype`."""
    mask = binary("-", convert(a, ctype), _ONE)
    return binary("&", binary("+", x, mask), unary("~", mask))


@word("ALIGN", "PTR_ALIGN")
def align(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    x, a = args
    up = _aligned(x, a, arithmetic(x.ctype))
    return convert(up, x.ctype) if _pointer(x) else up


@word("ALIGN_DOWN", "PTR_ALIGN_DOWN")
def align_down(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    x, a = args
    down = binary("-", x, binary("-", a, _ONE))
    return convert(_aligned(down, a, down.ctype), x.ctype if _pointer(x) else down.ctype)


@word("IS_ALIGNED")
def is_aligned(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    x, a = args
    return binary("==", binary("&", x, binary("-", convert(a, arithmetic(x.ctype)), _ONE)), _zero())


@word("round_up")
def round_up(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    x, y = args
    mask = convert(binary("-", y, _ONE), arithmetic(x.ctype))
    return binary("+", binary("|", binary("-", x, _ONE), mask), _ONE)


@word("round_down")
def round_down(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    x, y = args
    return binary("&", x, unary("~", convert(binary("-", y, _ONE), arithmetic(x.ctype))))


@word("roundup")
def roundup(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    x, y = args
    return binary("*", binary("/", binary("+", x, binary("-", y, _ONE)), y), y)


@word("rounddown")
def rounddown(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    x, y = args
    return binary("-", x, binary("%", x, y))


@word("DIV_ROUND_UP", "DIV_ROUND_UP_ULL", "DIV_ROUND_UP_SECTOR_T")
def div_round_up(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    n, d = args
    if site.name != "DIV_ROUND_UP":
        n = convert(n, U64)
    return binary("/", binary("-", binary("+", n, d), _ONE), d)


@word("PAGE_ALIGN", "PAGE_ALIGN_DOWN", "PAGE_ALIGNED", "offset_in_page")
def page_align(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    size = run.kernel.constant("PAGE_SIZE")
    assert isinstance(size, Value)
    if site.name == "offset_in_page":
        return binary("&", convert(args[0], ULONG), binary("-", size, _ONE))
    entry = {"PAGE_ALIGN": align, "PAGE_ALIGN_DOWN": align_down}.get(site.name, is_aligned)
    return entry(run, [args[0], size], site)


# --- minimum and maximum ---------------------------------------------------------------------


@word("min", "MIN", "umin", "min_not_zero", "min3")
def least(run: Run, args: list[Some], site: CallSite) -> Some:
    return _extreme(run, args, site, "<")


@word("max", "MAX", "umax", "max3")
def greatest(run: Run, args: list[Some], site: CallSite) -> Some:
    return _extreme(run, args, site, ">")


def _extreme(run: Run, args: list[Some], site: CallSite, operator: str) -> Some:
    need(args, 3 if site.name.endswith("3") else 2, site)
    best = args[0]
    for other in args[1:]:
        if site.name == "min_not_zero":
            if not run.truth(best):
                best = other
                continue
            if not run.truth(other):
                continue
        best = _better(run, best, other, operator)
    return best


def _better(run: Run, one: Some, other: Some, operator: str) -> Some:
    """The one of two that compares so, in their common type."""
    if _pointer(one) or _pointer(other):
        return one if run.truth(binary(operator, one, other)) else other
    ctype = common(arithmetic(one.ctype), arithmetic(other.ctype))
    return convert(one if run.truth(binary(operator, one, other)) else other, ctype)


@raw("min_t", "max_t", "clamp_t")
def of_a_type(run: Run, args: list[Some], site: CallSite) -> Some:
    ctype = run.types.of_text(site.texts[0])
    first, *rest = [convert(run.evaluate(node), ctype) for node in site.raw[1:]]
    operators = {"min_t": "<", "max_t": ">", "clamp_t": "><"}[site.name]
    for operator, other in zip(operators, rest, strict=True):
        first = convert(_better(run, first, other, operator), ctype)
    return first


@word("clamp", "clamp_val")
def clamp(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 3, site)
    value, low, high = args
    if site.name == "clamp_val":
        low, high = convert(low, value.ctype), convert(high, value.ctype)
    return _better(run, _better(run, value, low, ">"), high, "<")


@raw("swap")
def swap(run: Run, args: list[Some], site: CallSite) -> Some:
    (one, ctype), (other, other_type) = [run.lvalue(node) for node in site.raw]
    first, second = run.load(one, ctype), run.load(other, other_type)
    run.store(one, ctype, convert(second, ctype))
    run.store(other, other_type, convert(first, other_type))
    return NOTHING


@word("abs")
def absolute(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    return unary("-", args[0]) if run.truth(binary("<", args[0], _zero())) else args[0]


# --- bits ------------------------------------------------------------------------------------


@word("BIT", "BIT_ULL")
def bit(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    return binary("<<", integer(1, ULONG if site.name == "BIT" else U64), args[0])


@word("GENMASK", "GENMASK_ULL")
def genmask(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    high, low = (run.number(a, site.name) for a in args)
    if not 0 <= low <= high < 64:
        raise Stop(f"{site.name}({high}, {low}) is no mask")
    ctype = ULONG if site.name == "GENMASK" else U64
    return integer((1 << high + 1) - (1 << low), ctype)


@word("ilog2", "fls", "fls64", "__fls", "ffs", "__ffs", "__ffs64", "hweight8", "hweight16",
      "hweight32", "hweight64", "hweight_long", "order_base_2", "__ilog2_u64")  # fmt: skip
def count_bits(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    value = run.number(args[0], site.name)
    name = site.name
    width = 64 if name in ("fls64", "__fls", "__ffs", "__ffs64") or _wide(args[0]) else 32
    value &= (1 << (32 if name in ("fls", "ffs", "hweight32") else width)) - 1
    if name.startswith("hweight"):
        return integer(value.bit_count(), UINT)
    if name in ("fls", "fls64"):
        return integer(value.bit_length())
    if name == "ffs":
        return integer((value & -value).bit_length())
    if name == "order_base_2":
        return integer((value - 1).bit_length() if value > 1 else 0)
    if not value:
        raise Stop(f"{name}(0) has no value")
    found = (value & -value) if "ffs" in name else value
    return integer(found.bit_length() - 1, ULONG if name.startswith("__f") else INT)


@word("is_power_of_2")
def is_power_of_2(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    value = run.number(convert(args[0], ULONG), site.name)
    return integer(value.bit_count() == 1, BOOL)


@word("roundup_pow_of_two", "rounddown_pow_of_two")
def power(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    value = run.number(convert(args[0], ULONG), site.name)
    if not value:
        raise Stop(f"{site.name}(0) has no value")
    length = (value - 1 if site.name.startswith("roundup") else value << 0).bit_length()
    return integer(1 << (length if site.name.startswith("roundup") else length - 1), ULONG)


@word("get_order")
def get_order(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    size = run.number(convert(args[0], ULONG), "the size")
    page = run.kernel.constant("PAGE_SHIFT")
    assert isinstance(page, Value)
    # of 0 bytes: the kernel says 64 - PAGE_SHIFT
    return integer(64 - page.bits if not size else (size - 1 >> page.bits).bit_length())


@word("lower_32_bits", "upper_32_bits")
def half(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    shift = integer(32 if site.name.startswith("upper") else 0)
    return convert(binary(">>", convert(args[0], U64), shift), U32)


def _pointer(value: Some) -> bool:
    return not isinstance(value.ctype, Int)


def _wide(value: Some) -> bool:
    return not isinstance(value.ctype, Int) or value.ctype.bytes == 8


def _zero() -> Value:
    return integer(0)
