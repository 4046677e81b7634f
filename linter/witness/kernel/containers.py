"""From a member to what holds it; linked lists' entries; arrays by index that grow (xarray)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness.ctype import INT, ULONG, VOID_PTR, CType, Pointer, Record, spell
from linter.witness.kernel.state import state_of
from linter.witness.kernel.table import NOTHING, need, raw, word
from linter.witness.outcome import Stop
from linter.witness.value import Unknown, Value, binary, integer

if TYPE_CHECKING:
    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite

Some = Value | Unknown


def offset_of(run: Run, ctype: CType, path: str) -> int:
    """The offset of `a.b.c` in a struct, in bytes; Stop where there is none."""
    offset = 0
    for name in path.replace(" ", "").split("."):
        if not isinstance(ctype, Record) or not name.isidentifier():
            raise Stop(f"`{path}` of {spell(ctype)} is not known")
        field = run.types.field(ctype, name)
        offset, ctype = offset + field.offset, field.ctype
    return offset


def _entry(run: Run, member: Some, ctype: CType, path: str) -> Some:
    address = run.follow(member)
    return integer(address - offset_of(run, ctype, path), Pointer(ctype))


def _three(site: CallSite) -> tuple[str, str]:
    """Type and member of `(pointer, type, member)`."""
    if len(site.texts) != 3:
        raise Stop(f"{site.name}() takes 3 arguments, not {len(site.texts)}")
    return " ".join(site.texts[1].split()), site.texts[2]


@raw("container_of", "container_of_const", "list_entry", "hlist_entry", "rb_entry")
def container_of(run: Run, args: list[Some], site: CallSite) -> Some:
    source, path = _three(site)
    return _entry(run, run.evaluate(site.raw[0]), _type(run, source), path)


@raw("list_first_entry", "list_last_entry", "list_first_entry_or_null")
def first_entry(run: Run, args: list[Some], site: CallSite) -> Some:
    source, path = _three(site)
    ctype = _type(run, source)
    head = run.follow(run.evaluate(site.raw[0]))
    link = run.load(head + (8 if "last" in site.name else 0), VOID_PTR, site.texts[0])
    if site.name.endswith("null") and run.truth(binary("==", link, integer(head, ULONG))):
        return integer(0, Pointer(ctype))
    return _entry(run, link, ctype, path)


@raw("list_next_entry", "list_prev_entry")
def next_entry(run: Run, args: list[Some], site: CallSite) -> Some:
    if len(site.raw) != 2:
        raise Stop(f"{site.name}() takes 2 arguments, not {len(site.raw)}")
    pos = run.evaluate(site.raw[0])
    if not isinstance(pos.ctype, Pointer):
        raise Stop(f"{site.texts[0]} is no pointer to an entry")
    offset = offset_of(run, pos.ctype.to, site.texts[1])
    at = run.follow(pos) + offset + (8 if "prev" in site.name else 0)
    return _entry(run, run.load(at, VOID_PTR, site.texts[0]), pos.ctype.to, site.texts[1])


def _type(run: Run, source: str) -> CType:
    """A type as text; `typeof(*p)` in the scope that runs."""
    if source.startswith(("typeof", "__typeof")):
        inner = source[source.index("(") + 1 : source.rindex(")")]
        pointer = inner.strip().startswith("*")
        value = run.evaluate_text(inner.strip().removeprefix("*"))
        if pointer and isinstance(value.ctype, Pointer):
            return value.ctype.to
        raise Stop(f"`{source}` is not known")
    return run.types.of_text(source)


# --- xarray ----------------------------------------------------------------------------------


@word("xa_store", "xa_load", "xa_erase", "xa_insert")
def xarray(run: Run, args: list[Some], site: CallSite) -> Some:
    """What was stored in this run is known; what was there before is not."""
    need(args, 3 if site.name in ("xa_store", "xa_insert") else 2, site)
    array = run.follow(args[0])
    index = run.number(args[1], "the index")
    arrays = state_of(run).arrays
    old = arrays.get((array, index))
    if old is None:
        made = run.memory.at(array)
        label = made.label if made is not None else f"{array:#x}"
        old = run.settle(Unknown(VOID_PTR, f"xa_load({label}, {index})"))
    if site.name == "xa_insert" and run.truth(binary("!=", old, integer(0))):
        return integer(-16)  # -EBUSY
    if site.name != "xa_load":
        arrays[array, index] = integer(0, VOID_PTR) if site.name == "xa_erase" else args[2]
    return integer(0, INT) if site.name == "xa_insert" else old


@word("xa_init", "xa_destroy", "xa_init_flags")
def xa_init(run: Run, args: list[Some], site: CallSite) -> Some:
    run.event("note", site.name)
    return NOTHING
