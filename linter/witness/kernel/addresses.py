"""One page, five names: virtual and physical address, page frame number, struct page, folio.

A `struct page *` is a number in a made-up vmemmap, 64 bytes a page; nothing lies there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.ctype import U64, ULONG, VOID_PTR
from linter.witness.kernel.state import state_of
from linter.witness.kernel.table import need, word
from linter.witness.memory import LINEAR
from linter.witness.outcome import Fault
from linter.witness.value import Unknown, Value, binary, convert, integer

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown

VMEMMAP: Final = 0xFFFE_C000_0000_0000
_PAGE_STRUCT: Final = 64  # bytes


def physical(run: Run, value: Some, name: str) -> Some:
    """The physical address of a kernel address, as phys_addr_t."""
    value = run.settle(value)
    if isinstance(value, Unknown):
        return Unknown(U64, _call("virt_to_phys", value.label, "phys_to_virt"))
    found = state_of(run).physical(value.bits)
    if found is not None:
        return integer(found, U64)
    made = run.memory.at(value.bits)
    if made is not None and made.kind == "lazy":
        label = made.label.removeprefix("*") + _plus(value.bits, made.base, made.size)
        return Unknown(U64, f"virt_to_phys({label})")
    raise Fault(f"{name}() of {value.bits:#x}, which is not in the linear map")


def virtual(value: Some) -> Some:
    if isinstance(value, Unknown):
        return Unknown(VOID_PTR, _call("phys_to_virt", value.label, "virt_to_phys"))
    return integer(value.bits + LINEAR, VOID_PTR)


def _call(name: str, label: str, inverse: str) -> str:
    """`name(label)`; without both where the label is `inverse(...)` already."""
    if label.startswith(f"{inverse}(") and label.endswith(")"):
        return label[len(inverse) + 1 : -1]
    return f"{name}({label})"


def _plus(at: int, base: int, size: int) -> str:
    offset = at - base - size // 2
    return f" + {offset:#x}" if offset else ""


@word("virt_to_phys", "__pa", "__virt_to_phys", "__pa_symbol", "virt_to_pfn", "sym_to_pfn")
def virt_to_phys(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    phys = physical(run, args[0], site.name)
    return pfn_of(run, phys) if site.name.endswith("pfn") else phys


@word("phys_to_virt", "__va", "pfn_to_kaddr", "pfn_to_virt")
def phys_to_virt(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    value = convert(args[0], U64)
    return virtual(phys_of(run, value) if site.name.startswith("pfn") else value)


@word("__pfn_to_phys", "PFN_PHYS", "pfn_to_phys", "pfn_to_hpa")
def pfn_to_phys(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    return phys_of(run, args[0])


@word("__phys_to_pfn", "PHYS_PFN", "PFN_DOWN")
def phys_to_pfn(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    shifted = binary(">>", args[0], shift(run))
    return shifted if site.name == "PFN_DOWN" else convert(shifted, ULONG)


@word("PFN_UP")
def pfn_up(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    last = integer((1 << shift(run).bits) - 1, ULONG)
    return binary(">>", binary("+", args[0], last), shift(run))


@word("page_to_phys", "page_to_pfn", "page_address", "page_to_virt", "folio_pfn",
      "folio_address", "kmap_local_page", "lowmem_page_address")  # fmt: skip
def of_page(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    phys = page_phys(run, args[0])
    if site.name.endswith("pfn"):
        return pfn_of(run, phys)
    return phys if site.name == "page_to_phys" else virtual(phys)


@word("phys_to_page", "pfn_to_page", "virt_to_page", "virt_to_head_page", "virt_to_folio",
      "pfn_folio")  # fmt: skip
def to_page(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    phys = args[0]
    if site.name.startswith("virt"):
        phys = physical(run, phys, site.name)
    elif site.name.startswith("pfn"):
        phys = phys_of(run, phys)
    kind = "folio" if site.name.endswith("folio") else "page"
    page = run.types.of_text(f"struct {kind} *")
    if isinstance(phys, Unknown):
        return Unknown(page, _call("phys_to_page", phys.label, "page_to_phys"))
    return integer(page_at(run, phys.bits), page)


@word("page_folio", "folio_page", "compound_head")
def page_folio(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    kind = "folio" if site.name == "page_folio" else "page"
    page = convert(args[0], run.types.of_text(f"struct {kind} *"))
    if site.name == "folio_page" and isinstance(page, Value):
        number = run.number(args[1], "the number of a page in its folio")
        return integer(page.bits + number * _PAGE_STRUCT, page.ctype)
    return page


def page_at(run: Run, phys: int) -> int:
    """The address of the `struct page` of a physical address."""
    return VMEMMAP + (phys >> shift(run).bits) * _PAGE_STRUCT


def page_phys(run: Run, page: Some) -> Some:
    page = run.settle(page)
    if isinstance(page, Unknown):
        return Unknown(U64, _call("page_to_phys", page.label, "phys_to_page"))
    at, odd = divmod(page.bits - VMEMMAP, _PAGE_STRUCT)
    if odd or not 0 <= at < 1 << 48 - shift(run).bits:
        made = run.memory.at(page.bits)
        if made is not None and made.kind == "lazy":
            return Unknown(U64, f"page_to_phys({made.label})")
        raise Fault(f"{page.bits:#x} is used as a struct page")
    return integer(at << shift(run).bits, U64)


def pfn_of(run: Run, phys: Some) -> Some:
    return convert(binary(">>", phys, shift(run)), ULONG)


def phys_of(run: Run, pfn: Some) -> Some:
    return binary("<<", convert(pfn, U64), shift(run))


def shift(run: Run) -> Value:
    shift = run.kernel.constant("PAGE_SHIFT")
    assert isinstance(shift, Value)
    return shift
