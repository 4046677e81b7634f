"""What a function is called with.

What a parameter stands for is told by its type and its name: a range of memory, a range of
a realm's addresses, a VM, a vCPU, a place for a result, a request of user space.  What is not
recognised is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from linter.witness import guest as guests
from linter.witness.ctype import Int, Pointer, Record
from linter.witness.kernel.state import state_of
from linter.witness.value import Unknown, Value, integer

if TYPE_CHECKING:
    from linter.source.unit import Function
    from linter.witness.ctype import CType
    from linter.witness.machine import Machine
    from linter.witness.run import Run

PAGE: Final = guests.PAGE
_WRAP: Final = (1 << 64) - PAGE
_USER: Final = 0x10_0000  # an address in user space


class Arguments(NamedTuple):
    """A range: `size` bytes, `offset` behind what is aligned to 2 MiB.

    `where`: memory of a guest, a bank of the machine, the end of the address space, or of
    the half of it that is the realm's own.
    """

    name: str
    text: str
    size: int
    offset: int = 0
    where: str = "guest"


ARGUMENTS: Final = {
    a.name: a
    for a in (
        Arguments("page", "one page", PAGE),
        Arguments("pages", "four pages", 4 * PAGE),
        Arguments("block", "2 MiB, aligned to that", guests.BLOCK),
        Arguments("zero", "a range of size 0", 0),
        Arguments("unaligned", "a page that begins 256 bytes into one", PAGE, 0x100),
        Arguments("inside", "three pages that begin a page into a block", 3 * PAGE, PAGE),
        Arguments("bank", "the machine's first bank of RAM", 0, 0, "bank"),
        Arguments("wrap", "a range that wraps around", 4 * PAGE, 0, "wrap"),
        Arguments("half", "the last pages below the shared bit", 4 * PAGE, 0, "half"),
    )
}


_BASES: Final = frozenset(("start", "base", "phys", "addr", "pa", "address", "phys_addr"))
_TOPS: Final = frozenset(("end", "top"))
_SIZES: Final = frozenset(("size", "len", "length", "map_size", "bytes"))
_COUNTS: Final = frozenset(("pages", "npages", "nr_pages", "count", "num"))
_IPAS: Final = frozenset(("ipa", "base_ipa", "gpa", "fault_ipa", "ipa_start"))
_NULLS: Final = frozenset(("mc", "memcache", "mmu_cache"))


_VMS: Final = ("struct kvm ", "struct kvm_vcpu ", "struct realm ")
_FLAGS: Final = frozenset(("flags", "data_flags", "index", "status", "gfp", "prot"))
_LEVELS: Final = frozenset(("level", "max_level", "map_level"))
_YES: Final = frozenset(("may_block", "unmap_private"))


def recognised(function: Function) -> bool:
    """Is of every parameter known what it stands for?"""
    known = _BASES | _TOPS | _SIZES | _COUNTS | _IPAS | _FLAGS | _LEVELS | _YES | _NULLS
    for name, spelt, pointer in function.params:
        if pointer and f"{spelt.replace('*', ' ')} ".startswith(_VMS):
            continue
        if pointer and "struct" not in spelt:
            continue
        if name not in known and not name.endswith(("gfn", "pfn")) and "enum " not in spelt:
            return False
    return True


class Call:
    """The arguments of one call; VM and memory are made when the first parameter asks."""

    def __init__(
        self, run: Run, machine: Machine, range_: Arguments, reached: frozenset[str]
    ) -> None:
        self.run = run
        self.machine = machine
        self.range = range_
        self.reached = reached
        self._guest: guests.Guest | None = None
        self._vcpu = False
        self._plain = False
        self._realm = False
        self._memory: int | None = None

    def of(self, function: Function) -> list[Value | Unknown | None]:
        params = self.run.signature(function).params
        tags = {c.to.tag for _, c in params if isinstance(c, Pointer) and isinstance(c.to, Record)}
        self._vcpu = "kvm_vcpu" in tags
        self._plain = b"smccc" in function.source  # a command's wrapper
        self._realm = realm = bool(tags & {"kvm", "kvm_vcpu", "realm"})
        return [self._one(name, ctype, realm) for name, ctype in params]

    def _one(self, name: str, ctype: CType, realm: bool) -> Value | Unknown | None:
        if isinstance(ctype, Pointer):
            return self._pointer(name, ctype)
        if not isinstance(ctype, Int):
            return None
        number = self._number(name, realm)
        return None if number is None else integer(number, ctype)

    @property
    def guest(self) -> guests.Guest:
        if self._guest is None:
            self._guest = guests.guest_of(self.run, self.reached, vcpu=self._vcpu)
        return self._guest

    def _pointer(self, name: str, ctype: Pointer) -> Value | None:
        run, to = self.run, ctype.to
        tag = to.tag if isinstance(to, Record) else ""
        if tag == "kvm":
            return Value(ctype, self.guest.kvm)
        if tag == "kvm_vcpu":
            return Value(ctype, self.guest.vcpu)
        if tag == "realm":
            with guests.outside(run) as frame:
                kvm = run.types.of_text("struct kvm *")
                var = run.allocate(kvm, "kvm", kind="static")
                run.store(var.address, kvm, Value(kvm, self.guest.kvm))
                frame.scopes[-1].names["kvm"] = var
                found = run.evaluate_text("&kvm->arch.realm")
            assert isinstance(found, Value)
            return Value(ctype, found.bits)
        if tag == "kvm_mmu_memory_cache" or name in _NULLS:
            return Value(ctype, 0)
        if isinstance(to, Record) and self._asks_for_range(to):
            return Value(ctype, self._request(name, to))
        if isinstance(to, Int):
            # As a caller's local that nobody has written to.
            made = run.memory.local(run.types.size(to), f"*{name}", where="scenario")
            return Value(ctype, made.base)
        return None

    def _asks_for_range(self, record: Record) -> bool:
        """Is it what user space asks of a VM: a struct with a base and a size?"""
        self.run.types.is_open(record)  # looks for its fields
        names = record.fields.keys()
        return self._realm and bool(names & _BASES) and bool(names & _SIZES)

    def _request(self, name: str, record: Record) -> int:
        """Such a struct with our range; flags are 0, an address in user space is a page's."""
        address = self.run.memory.lazy(f"*{name}")
        for field, (offset, ctype, *_) in record.fields.items():
            if isinstance(ctype, Int):
                known = field in _BASES | _SIZES
                value = self._number(field, realm=True) if known else _USER * field.endswith("addr")
                self.run.store(address + offset, ctype, integer(value or 0, ctype))
        return address

    def _number(self, name: str, realm: bool) -> int | None:
        size = self.range.size
        page = self.machine.page_size
        if name in _IPAS or (realm and name in _BASES):
            return self._ipa()
        if name in _BASES:
            return self._base()
        if name in _TOPS:
            return self._ipa() + size if realm else self._top()
        if name in _SIZES:
            return size
        if name in _COUNTS:
            return -(-size // page)
        if name in ("gfn", "base_gfn"):
            return self._ipa() // page
        if name.endswith("pfn"):
            other = name.startswith("src")
            base = state_of(self.run).guest(self.run, page) if other else self._base()
            return base // page
        if name in _LEVELS:
            return 3
        if name in _YES:
            return 1
        if name in ("rd", "rec") and self._plain:
            return self.guest.rd if name == "rd" else self.guest.rec
        return 0 if name in _FLAGS or self._plain else None

    def _ipa(self) -> int:
        if self.range.where == "half":
            return guests.SHARED - self.range.size
        if self.range.where == "wrap":
            return _WRAP
        shares = self.reached & guests.SHARES and not self.reached & guests.PROTECTS
        return guests.IPA + self.range.offset + (guests.SHARED if shares else 0)

    def _base(self) -> int:
        """Where the range begins; what is to be given back has been delegated before."""
        if self.range.where == "wrap":
            return _WRAP
        if self.range.where == "bank":
            return self.machine.banks[0][0]
        if self._memory is None:
            run = self.run
            size = max(self.range.size + 2 * PAGE, self.machine.page_size)
            size = -(-size // self.machine.page_size) * self.machine.page_size
            self._memory = state_of(run).guest(run, size, guests.BLOCK) + self.range.offset
            gives = any("UNDELEGATE" in command for command in self.reached)
            takes = any("DELEGATE" in c and "UNDELEGATE" not in c for c in self.reached)
            if gives and not takes and self.range.size:
                guests.Builder(run).delegate(self._memory & -PAGE, self.range.size)
        return self._memory

    def _top(self) -> int:
        if self.range.where == "bank":
            base, size = self.machine.banks[0]
            return base + size
        return (self._base() + self.range.size) & (1 << 64) - 1
