"""Bytes that are set, copied, compared; user space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness.ctype import INT, ULONG, spell
from linter.witness.kernel.addresses import page_phys, shift, virtual
from linter.witness.kernel.state import state_of
from linter.witness.kernel.table import need, target, word
from linter.witness.memory import LINEAR
from linter.witness.value import Unknown, Value, binary, convert, integer, truth

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown


@word("memset", "memzero_explicit", "clear_page", "clear_highpage")
def memset(run: Run, args: list[Some], site: CallSite) -> Some:
    byte: int | None = 0
    if site.name == "memset":
        need(args, 3, site)
        value = run.settle(args[1])
        byte = value.bits & 0xFF if isinstance(value, Value) else None
    need(args, 2 if site.name == "memzero_explicit" else 1, site)
    size = state_of(run).machine.page_size
    if not site.name.startswith("clear"):
        size = run.number(convert(args[-1], ULONG), "the size")
    pointer = args[0]
    if site.name == "clear_highpage":
        pointer = virtual(page_phys(run, pointer))
    if size:
        address = run.follow(pointer)
        state_of(run).guard(address, size, "written")
        run.memory.fill(address, size, byte)
    return pointer


@word("memcpy", "memmove", "copy_page", "__builtin_memcpy")
def memcpy(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2 if site.name == "copy_page" else 3, site)
    size = state_of(run).machine.page_size
    if site.name != "copy_page":
        size = run.number(convert(args[2], ULONG), "the size")
    if size:
        to, source = run.follow(args[0]), run.follow(args[1])
        state_of(run).guard(source, size, "read")
        state_of(run).guard(to, size, "written")
        run.memory.copy(to, source, size)
    return args[0]


@word("memcmp")
def memcmp(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 3, site)
    size = run.number(convert(args[2], ULONG), "the size")
    one, other = (run.memory.bytes(run.follow(a), size) if size else b"" for a in args[:2])
    if one is None or other is None:
        return run.unknown(INT, "memcmp()")
    return integer((one > other) - (one < other))


@word("copy_from_user", "copy_to_user", "__copy_from_user", "__copy_to_user", "clear_user")
def copy_user(run: Run, args: list[Some], site: CallSite) -> Some:
    """What user space holds is not known, nor whether it can be reached."""
    need(args, 3, site)
    size = run.number(convert(args[2], ULONG), "the size")
    left = run.unknown(ULONG, f"{site.name}()")
    if run.truth(binary("==", left, integer(0))):
        if "from" in site.name and size:
            address, ctype = target(run, args[0])
            run.memory.fill(address, size, None)
            run.event("user", f"{spell(ctype)} is what user space wrote", address=address)
        return integer(0, ULONG)
    return left


@word("access_ok")
def access_ok(run: Run, args: list[Some], site: CallSite) -> Some:
    return run.unknown(INT, "access_ok()")


@word("virt_addr_valid", "pfn_valid", "pfn_is_map_memory")
def valid(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    value = run.settle(args[0])
    if isinstance(value, Unknown):
        return run.unknown(INT, f"{site.name}({value.label})")
    state = state_of(run)
    at = value.bits << shift(run).bits if site.name.startswith("pfn") else value.bits - LINEAR
    return truth(state.in_ram(at))
