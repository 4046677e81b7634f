"""Objects of kmalloc() and its like; what `__free()` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness.ctype import BOOL, ULONG, VOID_PTR, CType, Pointer
from linter.witness.kernel.pages import freed, release, zeroed
from linter.witness.kernel.state import state_of
from linter.witness.kernel.table import NOTHING, need, raw, word
from linter.witness.outcome import Fault
from linter.witness.value import Unknown, Value, binary, convert, integer

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown


def slab(run: Run, size: int, name: str, *, zero: bool) -> int:
    """The address of a slab object: aligned as kmalloc() aligns powers of two, to 4 KiB at most."""
    bucket = max(1 << (size - 1).bit_length(), 64) if size > 0 else 64
    align = min(bucket, 4096)
    return state_of(run).allocate(run, max(size, 0), align, "slab", name, zero=zero)


@word("kmalloc", "kzalloc", "kvmalloc", "kvzalloc", "kmalloc_node", "kzalloc_node")
def kmalloc(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    size = run.number(convert(args[0], ULONG), "the size")
    zero = "zalloc" in site.name or zeroed(run, args[1], "")
    return integer(slab(run, size, site.name, zero=zero), VOID_PTR)


@word("kcalloc", "kmalloc_array", "kvcalloc", "kvmalloc_array")
def kcalloc(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 3, site)
    count, size = (run.number(convert(a, ULONG), "the size") for a in args[:2])
    if count * size >> 64:
        return integer(0, VOID_PTR)
    zero = "calloc" in site.name or zeroed(run, args[2], "")
    return integer(slab(run, count * size, site.name, zero=zero), VOID_PTR)


@raw("kmalloc_obj", "kzalloc_obj", "kvmalloc_obj", "kvzalloc_obj")
def kmalloc_obj(run: Run, args: list[Some], site: CallSite) -> Some:
    ctype = _named_type(run, site)
    zero = "zalloc" in site.name
    return integer(slab(run, run.types.size(ctype), site.name, zero=zero), Pointer(ctype))


def _named_type(run: Run, site: CallSite) -> CType:
    """The type that the first argument is or has: `*p`, `struct s`."""
    source = " ".join(site.texts[0].split())
    if source.startswith(("struct ", "union ", "enum ")) or run.types.is_type(source):
        return run.types.of_text(source)
    return run.type_of(site.raw[0])


@word("kmemdup")
def kmemdup(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 3, site)
    size = run.number(convert(args[1], ULONG), "the size")
    address = slab(run, size, site.name, zero=False)
    if address:
        run.memory.copy(address, run.follow(args[0]), size)
    return integer(address, args[0].ctype)


@word("kfree", "kvfree", "kfree_sensitive", "kvfree_sensitive")
def kfree(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    _kfree(run, args[0], site.name)
    return NOTHING


def _kfree(run: Run, value: Some, name: str) -> None:
    value = freed(run, value)
    if value.bits:
        made = run.memory.at(value.bits)
        if made is not None and made.kind == "page":
            raise Fault(f"{name}() of {made.label}")
        state_of(run).release(run, value.bits, name)


def free_variable(run: Run, name: str, address: int, ctype: CType) -> bool:
    """`__free(name)` of the variable at `address`; False for a name that is none of ours."""
    if name not in ("kfree", "kvfree", "free_page"):
        return False
    value = run.load(address, ctype)
    error = binary(">=", convert(value, ULONG), integer(-4095, ULONG))
    if run.truth(convert(value, BOOL)) and not run.truth(error):
        if name == "free_page":
            release(run, value, name, 0)
        else:
            _kfree(run, value, name)
    return True
