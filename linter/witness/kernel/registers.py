"""Fields of a register: a mask that is a run of bits, and what stands under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.witness.ctype import U16, U32, U64
from linter.witness.kernel.table import NOTHING, need, target, word
from linter.witness.outcome import Stop
from linter.witness.value import Unknown, Value, binary, convert, integer, unary

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown


def _mask(run: Run, mask: Some) -> int:
    """The shift of a mask that is a run of bits."""
    bits = run.number(mask, "the mask of a field")
    bits &= (1 << 64) - 1
    low = bits & -bits
    if not bits or (bits + low) & bits:
        raise Stop(f"{bits:#x} is no mask of a field")
    return low.bit_length() - 1


@word("FIELD_GET", "field_get")
def field_get(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    mask, value = args
    shift = integer(_mask(run, mask))
    return convert(binary(">>", binary("&", value, mask), shift), mask.ctype)


@word("FIELD_PREP", "FIELD_PREP_CONST", "field_prep")
def field_prep(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    mask, value = args
    shift = integer(_mask(run, mask))
    return binary("&", binary("<<", convert(value, mask.ctype), shift), mask)


@word("FIELD_FIT")
def field_fit(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    mask, value = args
    moved = binary("<<", convert(value, mask.ctype), integer(_mask(run, mask)))
    return binary("==", binary("&", moved, unary("~", mask)), integer(0))


@word("FIELD_MAX")
def field_max(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 1, site)
    return binary(">>", args[0], integer(_mask(run, args[0])))


@word("FIELD_MODIFY")
def field_modify(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 3, site)
    mask, pointer, value = args
    address, ctype = target(run, pointer)
    new = field_prep(run, [mask, value], site)
    old = binary("&", run.load(address, ctype), unary("~", mask))
    run.store(address, ctype, convert(binary("|", old, new), ctype))
    return NOTHING


_WIDTHS: Final = {"u16": U16, "u32": U32, "u64": U64}


@word(*(f"{width}_get_bits" for width in _WIDTHS))
def get_bits(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 2, site)
    ctype = _WIDTHS[site.name[:3]]
    value, mask = convert(args[0], ctype), convert(args[1], ctype)
    return convert(binary(">>", binary("&", value, mask), integer(_mask(run, mask))), ctype)


@word(*(f"{width}_{what}_bits" for width in _WIDTHS for what in ("encode", "replace")))
def replace_bits(run: Run, args: list[Some], site: CallSite) -> Some:
    replaces = "replace" in site.name
    need(args, 3 if replaces else 2, site)
    ctype = _WIDTHS[site.name[:3]]
    old, value, mask = args if replaces else [integer(0, ctype), *args]
    mask = convert(mask, ctype)
    moved = binary("<<", convert(value, ctype), integer(_mask(run, mask)))
    kept = binary("&", convert(old, ctype), unary("~", mask))
    return convert(binary("|", kept, binary("&", moved, mask)), ctype)


@word(*(f"{width}p_replace_bits" for width in _WIDTHS))
def replace_bits_at(run: Run, args: list[Some], site: CallSite) -> Some:
    need(args, 3, site)
    address, ctype = target(run, args[0])
    inner = site._replace(name=site.name.replace("p_", "_"))
    new = replace_bits(run, [run.load(address, ctype), *args[1:]], inner)
    run.store(address, ctype, convert(new, ctype))
    return NOTHING
