"""A scenario: the machine, how the RMM answers, what the function is called with.

What a parameter stands for is told by its type and its name: a range of memory, a range of
a realm's addresses, a VM, a vCPU, a place for a result.  What is not recognised is unknown,
and a branch on it goes both ways.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from linter.witness import guest as guests
from linter.witness.ctype import Int, Pointer, Record
from linter.witness.firmware import Firmware, once
from linter.witness.kernel.linux import Linux
from linter.witness.kernel.state import state_of
from linter.witness.machine import MACHINES, Machine
from linter.witness.outcome import Stop
from linter.witness.reach import reaches, spoken
from linter.witness.run import Run
from linter.witness.value import Unknown, Value, integer
from replay.rmm.behaviours import BEHAVIOURS, Behaviour
from replay.rmm.values import result_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.source.unit import Function
    from linter.source.world import World
    from linter.witness.ctype import CType
    from linter.witness.vocabulary import Budget
    from replay.spec.table import Command

PAGE: Final = guests.PAGE
_WRAP: Final = (1 << 64) - PAGE


class Arguments(NamedTuple):
    """A range: `size` bytes, `offset` behind what is aligned to 2 MiB.

    `where`: memory of a guest, a bank of the machine, or the end of the address space.
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
    )
}


EVERY: Final = -1


_COUNT: Final = {0: "first", 1: "second", 2: "third"}


class Answer(NamedTuple):
    """A fault: call `nth` (from 0) of a command answers `registers` and does nothing.

    `nth` is EVERY: all of them.
    """

    command: str
    nth: int
    registers: tuple[int, ...]

    def __str__(self) -> str:
        which = "every" if self.nth < 0 else f"the {_COUNT.get(self.nth, f'{self.nth + 1}th')}"
        return f"{which} {self.command} answers {result_name(self.registers[0])}"

    def over(self, behaviour: str | Behaviour) -> Behaviour:
        """The behaviour with this answer in it."""
        if self.nth >= 0:
            return once(self.command, self.nth, self.registers, behaviour)
        base = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour

        def instead(called: Command, x: Sequence[int]) -> list[int] | None:
            if called.name == self.command:
                return list(self.registers)
            return None if base.instead is None else base.instead(called, x)

        return replace(base, name=f"{base.name}, {self}", faulty=True, instead=instead)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What decides how a run goes, beside the code; names of MACHINES, BEHAVIOURS, ARGUMENTS.

    `answers` are given in the place of the behaviour's; `failing` are the numbers (from 0)
    of the function's allocations that give nothing.  `cpus` 0: as the machine has.
    """

    machine: str = "qemu-sbsa"
    behaviour: str = "plain"
    arguments: str = "page"
    answers: tuple[Answer, ...] = ()
    failing: frozenset[int] = frozenset()

    def but(self, **changed: object) -> Scenario:
        """The same but for some fields."""
        return replace(self, **changed)  # type: ignore[arg-type]

    def __str__(self) -> str:
        parts = [self.machine, self.behaviour, ARGUMENTS[self.arguments].text]
        parts += [str(answer) for answer in self.answers]
        parts += [f"allocation {number} gives nothing" for number in sorted(self.failing)]
        return "; ".join(parts)


class Staged(NamedTuple):
    """A run that is ready to start; `began` is where the set-up's events and calls end."""

    run: Run
    firmware: Firmware
    args: list[Value | Unknown | None]
    shown: str  # the call as text: `f(0x1000, 0x2000)`
    began: int  # events of the set-up
    calls: int  # items of the trace of the set-up


def stage(
    world: World,
    function: Function,
    scenario: Scenario,
    decisions: Sequence[bool] = (),
    budget: Budget | None = None,
) -> Staged:
    """Makes machine, RMM, guest and arguments.  Raises Stop if that cannot be."""
    machine = MACHINES[scenario.machine]
    firmware = Firmware(machine, spoken(world))
    kernel = Linux(machine, firmware)
    run = Run(world, kernel, budget, decisions)
    reached = reaches(world, function)
    if "RMI_RMM_ACTIVATE" not in reached:
        firmware.boot()
    with guests.outside(run):
        _features(run, firmware)
        args = _Args(run, machine, scenario, reached).of(function)
    state = state_of(run)
    state.failing = frozenset(state.allocations + number for number in scenario.failing)
    behaviour: str | Behaviour = scenario.behaviour
    for answer in scenario.answers:
        behaviour = answer.over(behaviour)
    firmware.behave(behaviour)
    run.memory.guard = state.guard
    shown = ", ".join(_shown(run, a) for a in args)
    return Staged(run, firmware, args, f"{function.name}({shown})", len(run.trace),
                  len(firmware.items))  # fmt: skip


def _features(run: Run, firmware: Firmware) -> None:
    """What the boot has read of the feature registers."""
    for number, value in firmware.header.features.items():
        with suppress(Stop):
            run.evaluate_text(f"rmm_feat_reg{number} = {value:#x}UL")


def _shown(run: Run, value: Value | Unknown | None) -> str:
    if not isinstance(value, Value):
        return "?"
    if isinstance(value.ctype, Pointer) and value.bits:
        made = run.memory.at(value.bits)
        return f"&{made.label}" if made is not None else hex(value.bits)
    return str(value)


# --- arguments ------------------------------------------------------------------------------------

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


class _Args:
    """The arguments of one call; VM and memory are made when the first parameter asks."""

    def __init__(
        self, run: Run, machine: Machine, scenario: Scenario, reached: frozenset[str]
    ) -> None:
        self.run = run
        self.machine = machine
        self.range = ARGUMENTS[scenario.arguments]
        self.reached = reached
        self._guest: guests.Guest | None = None
        self._vcpu = False
        self._plain = False
        self._memory: int | None = None

    def of(self, function: Function) -> list[Value | Unknown | None]:
        params = self.run.signature(function).params
        tags = {c.to.tag for _, c in params if isinstance(c, Pointer) and isinstance(c.to, Record)}
        self._vcpu = "kvm_vcpu" in tags
        self._plain = b"smccc" in function.source  # a command's wrapper
        realm = bool(tags & {"kvm", "kvm_vcpu", "realm"})
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
        if isinstance(to, Int):
            # As a caller's local that nobody has written to.
            made = run.memory.local(run.types.size(to), f"*{name}", where="scenario")
            return Value(ctype, made.base)
        return None

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
