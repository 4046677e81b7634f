"""Words around plain C: single accesses, annotations, overflow checks, error pointers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.ctype import BOOL, INT, LONG, U64, UINT, ULONG, VOID_PTR, Array, Int
from linter.witness.kernel.table import NOTHING, need, raw, target, word
from linter.witness.outcome import Fault, Stop
from linter.witness.value import Unknown, Value, binary, convert, integer, truth

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown


@word("READ_ONCE", "likely", "unlikely", "U64_C", "UL", "ULL", "_UL", "_ULL", "data_race",
      "READ_ONCE_NOCHECK",
      "le16_to_cpu", "le32_to_cpu", "le64_to_cpu", "cpu_to_le16", "cpu_to_le32",
      "cpu_to_le64", "u64_to_user_ptr", "untagged_addr", "kasan_reset_tag")  # fmt: skip
def same(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    value = args[0]
    if site.name in ("UL", "_UL"):
        return convert(value, ULONG)
    if site.name in ("ULL", "_ULL", "U64_C"):
        return convert(value, U64)
    return value


@raw("_AC")
def assembler_constant(run: Run, args: list[Some], site: CallSite) -> Some:
    suffix = {"U": UINT, "UL": ULONG, "ULL": U64, "L": LONG}.get(site.texts[1].strip())
    if suffix is None:
        raise Stop(f"_AC() with the suffix {site.texts[1]}")
    return convert(run.evaluate(site.raw[0]), suffix)


@raw("no_free_ptr")
def no_free_ptr(run: Run, args: list[Some], site: CallSite) -> Some:
    address, ctype = run.lvalue(site.raw[0])
    value = run.load(address, ctype)
    run.store(address, ctype, integer(0, ctype))
    return value


@raw("WRITE_ONCE")
def write_once(run: Run, args: list[Some], site: CallSite) -> Some:
    address, ctype = run.lvalue(site.raw[0])
    run.store(address, ctype, convert(run.evaluate(site.raw[1]), ctype))
    return NOTHING


@word("smp_store_release")
def store_release(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    address, ctype = target(run, args[0])
    run.store(address, ctype, convert(args[1], ctype))
    return NOTHING


@word("smp_load_acquire")
def load_acquire(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    address, ctype = target(run, args[0])
    return run.load(address, ctype)


# --- overflow, error pointers ----------------------------------------------------------------


@word("check_add_overflow", "check_sub_overflow", "check_mul_overflow")
def check_overflow(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 3, site)
    a, b = (run.number(value, site.name) for value in args[:2])
    address, ctype = target(run, args[2])
    assert isinstance(ctype, Int)
    exact = {"add": a + b, "sub": a - b, "mul": a * b}[site.name.split("_")[1]]
    result = integer(exact, ctype)
    run.store(address, ctype, result)
    return integer(result.number != exact, BOOL)


@word("size_add", "size_mul", "array_size")
def saturating(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    a, b = (run.number(convert(value, ULONG), site.name) for value in args)
    return integer(min(a + b if site.name == "size_add" else a * b, (1 << 64) - 1), ULONG)


_LAST_ERROR: Final = 4095


@word("IS_ERR", "IS_ERR_VALUE", "IS_ERR_OR_NULL")
def is_err(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    value = convert(args[0], ULONG)
    if site.name.endswith("NULL") and not run.truth(value):
        return truth(True)
    return binary(">=", value, integer(-_LAST_ERROR, ULONG))


@word("PTR_ERR", "ERR_PTR", "ERR_CAST", "PTR_ERR_OR_ZERO")
def err_ptr(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    if site.name == "PTR_ERR":
        return convert(args[0], LONG)
    if site.name == "PTR_ERR_OR_ZERO":
        failed = run.truth(is_err(run, args, site._replace(name="IS_ERR")))
        return convert(args[0], INT) if failed else integer(0)
    return convert(args[0], VOID_PTR)


@raw("ARRAY_SIZE")
def array_size(run: Run, args: list[Some], site: CallSite) -> Some:
    ctype = run.type_of(site.raw[0])
    if not isinstance(ctype, Array) or ctype.length is None:
        raise Stop(f"the number of elements of {site.texts[0]} is not known")
    return integer(ctype.length, ULONG)


@word("unreachable", "__builtin_unreachable")
def unreachable(run: Run, args: list[Some], site: CallSite) -> Some:
    raise Fault("unreachable() is reached")
