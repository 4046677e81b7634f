"""Iterator macros: what they set, and how often their body runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.witness.ctype import BOOL, U64, ULONG, VOID_PTR, Pointer, Record, spell
from linter.witness.kernel.state import state_of
from linter.witness.kernel.table import loop
from linter.witness.outcome import Stop
from linter.witness.value import Unknown, Value, integer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from linter.witness.run import Run
    from linter.witness.vocabulary import CallSite


def _set(run: Run, node: Node, value: Value | Unknown) -> None:
    address, ctype = run.lvalue(node)
    run.store(address, ctype, value)


def _nodes(site: CallSite, count: int) -> tuple[Node, ...]:
    if len(site.raw) != count:
        raise Stop(f"{site.name}() takes {count} arguments, not {len(site.raw)}")
    return site.raw


@loop("for_each_mem_region")
def mem_regions(run: Run, site: CallSite) -> Iterator[None]:
    """The machine's banks as memblock regions."""
    (region,) = _nodes(site, 1)
    size = run.types.size(run.types.record("struct", "memblock_region"))
    for number, (base, length) in enumerate(state_of(run).machine.banks):
        made = run.memory.static(size, f"memory region {number}")
        run.store(made.base, U64, integer(base, U64))
        run.store(made.base + 8, U64, integer(length, U64))
        _set(run, region, integer(made.base, VOID_PTR))
        yield


@loop("kvm_for_each_vcpu")
def vcpus(run: Run, site: CallSite) -> Iterator[None]:
    """The vCPUs that are known of; if none is, one or none."""
    index, vcpu, _ = _nodes(site, 3)
    online = state_of(run).online
    if online is None:
        if run.truth(Unknown(BOOL, "the VM has a vCPU")):
            _set(run, index, integer(0, ULONG))
            _set(run, vcpu, Unknown(VOID_PTR, "the VM's first vCPU"))
            yield
        return
    for number, address in enumerate(online):
        _set(run, index, integer(number, ULONG))
        _set(run, vcpu, integer(address, VOID_PTR))
        yield


@loop("kvm_for_each_memslot")
def memslots(run: Run, site: CallSite) -> Iterator[None]:
    """The memory slots that are known of; if none is, one or none."""
    slot, bucket, _ = _nodes(site, 3)
    slots = state_of(run).slots
    if slots is None:
        if run.truth(Unknown(BOOL, "the VM has a memory slot")):
            _set(run, bucket, integer(0))
            _set(run, slot, Unknown(VOID_PTR, "the VM's first memory slot"))
            yield
        return
    for number, address in enumerate(slots):
        _set(run, bucket, integer(number))
        _set(run, slot, integer(address, VOID_PTR))
        yield


@loop("for_each_online_cpu", "for_each_possible_cpu", "for_each_present_cpu")
def cpus(run: Run, site: CallSite) -> Iterator[None]:
    (cpu,) = _nodes(site, 1)
    for number in range(state_of(run).machine.cpus):
        _set(run, cpu, integer(number))
        yield


@loop("for_each_set_bit", "for_each_clear_bit")
def bits(run: Run, site: CallSite) -> Iterator[None]:
    """Of an array of unsigned long."""
    bit, array, count = _nodes(site, 3)
    base = run.follow(run.evaluate(array))
    wanted = int(site.name == "for_each_set_bit")
    for number in range(run.number(run.evaluate(count), "the number of bits")):
        run.step()
        word = run.load(base + number // 64 * 8, ULONG)
        if run.number(word, site.texts[1]) >> number % 64 & 1 == wanted:
            _set(run, bit, integer(number, ULONG))
            yield


@loop("list_for_each_entry", "list_for_each_entry_safe", "list_for_each_entry_reverse")
def entries(run: Run, site: CallSite) -> Iterator[None]:
    """`(pos, head, member)`, or `(pos, next, head, member)`."""
    safe = site.name.endswith("_safe")
    nodes = _nodes(site, 4 if safe else 3)
    pos = nodes[0]
    ctype = run.type_of(pos)
    if not isinstance(ctype, Pointer) or not isinstance(ctype.to, Record):
        raise Stop(f"{site.texts[0]} is a {spell(ctype)}, and no pointer to an entry")
    offset = run.types.field(ctype.to, site.texts[-1].strip()).offset
    head = run.follow(run.evaluate(nodes[-2]))
    link = 8 if site.name.endswith("reverse") else 0
    at = _next(run, head + link, site)
    while at != head:
        run.step()
        after = _next(run, at + link, site) if safe else None
        _set(run, pos, integer(at - offset, ctype))
        if after is not None:
            _set(run, nodes[1], integer(after - offset, ctype))
        yield
        at = after if after is not None else _next(run, at + link, site)


def _next(run: Run, address: int, site: CallSite) -> int:
    link = run.load(address, VOID_PTR, site.texts[-2])
    if isinstance(link, Unknown):
        raise Stop(f"the list {site.texts[-2]} is not known")
    return link.bits
