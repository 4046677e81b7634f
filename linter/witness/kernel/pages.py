"""Pages: who takes them, who gives them back, who holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.ctype import BOOL, ULONG, VOID_PTR
from linter.witness.kernel.addresses import page_at, page_phys, shift, virtual
from linter.witness.kernel.state import given, state_of
from linter.witness.kernel.table import NOTHING, need, word
from linter.witness.memory import LINEAR
from linter.witness.outcome import Fault
from linter.witness.value import Unknown, Value, convert, integer

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown

_ZERO: Final = 0x100  # __GFP_ZERO
_MAX_ORDER: Final = 18


def _pages(run: Run, order: int, name: str, *, zero: bool) -> int:
    """The address of 2^order pages, aligned to their size; 0 if there are none."""
    state = state_of(run)
    if not 0 <= order <= _MAX_ORDER:
        run.event("alloc-failed", f"{name}() of order {order}", order=order)
        return 0
    size = state.machine.page_size << order
    return state.allocate(run, size, size, "page", name, zero=zero)


def zeroed(run: Run, gfp: Some, name: str) -> bool:
    """Are the pages cleared?  Where the flags are not known: no, whoever reads them finds out."""
    gfp = run.settle(gfp)
    return "zeroed" in name or (isinstance(gfp, Value) and bool(gfp.bits & _ZERO))


@word("__get_free_page", "get_zeroed_page", "__get_free_pages", "get_zeroed_page_noprof")
def get_free_pages(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2 if site.name.endswith("pages") else 1, site)
    order = run.number(args[1], "the order") if site.name.endswith("pages") else 0
    return integer(_pages(run, order, site.name, zero=zeroed(run, args[0], site.name)), ULONG)


@word("alloc_page", "alloc_pages", "alloc_pages_node", "folio_alloc", "alloc_pages_exact")
def alloc_pages(run: Run, args: list[Some], site: CallSite) -> Some:
    if site.name == "alloc_pages_node":
        args = args[1:]
    need(args, 1 if site.name == "alloc_page" else 2, site)
    if site.name == "alloc_pages_exact":
        size = run.number(args[0], "the size")
        order = max((size - 1 >> shift(run).bits).bit_length(), 0)
        return integer(_pages(run, order, site.name, zero=zeroed(run, args[1], "")), VOID_PTR)
    order = 0 if site.name == "alloc_page" else run.number(args[1], "the order")
    address = _pages(run, order, site.name, zero=zeroed(run, args[0], site.name))
    page = run.types.of_text("struct folio *" if "folio" in site.name else "struct page *")
    return integer(page_at(run, address - LINEAR) if address else 0, page)


@word("free_page", "free_pages", "free_pages_exact")
def free_pages(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1 if site.name == "free_page" else 2, site)
    sized = site.name != "free_pages_exact"
    order = run.number(args[1], "the order") if site.name == "free_pages" else 0
    release(run, args[0], site.name, order if sized else None)
    return NOTHING


@word("__free_page", "__free_pages", "put_page", "folio_put", "kvm_release_page_clean",
      "kvm_release_page_dirty", "kvm_release_page_unused")  # fmt: skip
def put_page(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2 if site.name == "__free_pages" else 1, site)
    page = run.settle(args[0])
    if isinstance(page, Value) and not page.bits and not site.name.startswith("__"):
        return NOTHING
    order = {"__free_page": 0}.get(site.name)
    if site.name == "__free_pages":
        order = run.number(args[1], "the order")
    phys = page_phys(run, page)
    release(run, phys if isinstance(phys, Unknown) else virtual(phys), site.name, order)
    return NOTHING


def release(run: Run, value: Some, name: str, order: int | None) -> None:
    """A reference to pages goes; `order` is what the call says, None if it does not."""
    value = freed(run, value)
    state = state_of(run)
    if value.bits == 0:
        return
    made = run.memory.at(value.bits)
    believed = made is not None and given(made, value.bits)
    if not believed and value.bits - LINEAR not in state.refs:
        _foreign(run, value.bits, name)
        return
    if order is not None and made is not None and not believed and not made.freed:
        size = state.machine.page_size << order
        if made.size != size:
            raise Fault(f"{name}() frees {size} bytes of {made.label}, which has {made.size}")
    state.release(run, value.bits, name)


def freed(run: Run, value: Some) -> Value:
    """A pointer that is freed: NULL, or to an object, which is made if nobody gave it."""
    value = run.settle(value)
    if isinstance(value, Value):
        return value
    return integer(run.follow(value) if run.truth(convert(value, BOOL)) else 0, ULONG)


def _foreign(run: Run, address: int, name: str) -> None:
    """A page that we did not hand out: somebody else's reference goes."""
    state = state_of(run)
    made = run.memory.at(address)
    if not state.in_ram(address - LINEAR) or (made is not None and made.base != address
                                              and made.kind != "guest"):  # fmt: skip
        raise Fault(f"{name}() frees {address:#x}, which nobody allocated")
    run.event("put", name, address=address, phys=address - LINEAR)


@word("get_page", "folio_get")
def get_page(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    phys = page_phys(run, args[0])
    refs = state_of(run).refs
    if isinstance(phys, Value) and phys.bits in refs:
        refs[phys.bits] += 1
    run.event("get", site.name, phys=phys.bits if isinstance(phys, Value) else phys.label)
    return NOTHING
