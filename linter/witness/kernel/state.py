"""What the kernel keeps during a run: its allocator, locks that are held, RAM as the RMM sees it.

Physical memory: the image (statics) in the first 16 MiB of the first bank, the heap after it,
the guest's memory at the end of the last bank; all of RAM is in the linear map.  What was freed
is not handed out again, so that who uses it still is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from linter.witness.memory import LINEAR, STACK, STATIC
from linter.witness.outcome import Fault, Stop
from linter.witness.value import shown

if TYPE_CHECKING:
    from collections.abc import Collection

    from linter.witness.firmware import Firmware
    from linter.witness.machine import Machine
    from linter.witness.memory import Memory, Object
    from linter.witness.run import Run
    from linter.witness.value import Unknown, Value

IMAGE: Final = 16 << 20  # bytes of statics at most
_LINEAR_TOP: Final = LINEAR + (1 << 48)
_LARGEST: Final = 1 << 30  # bytes of an allocation
_PAGE: Final = 4096


class Lock(NamedTuple):
    """A lock that is held: as the code names it, and where it was taken."""

    kind: str
    text: str
    path: str
    line: int


class State:
    """One run's kernel.

    `failing`: the numbers (from 0) of the allocations that give nothing.  `online`: the vCPUs
    that `kvm_for_each_vcpu` visits, `slots` the memory slots, both addresses; None: not known.
    `keys` are static branches by name, where they are known.  `refs`: references to pages
    by their physical address, of those that were allocated.
    """

    def __init__(
        self, machine: Machine, firmware: Firmware | None, failing: Collection[int] = ()
    ) -> None:
        self.machine = machine
        self.firmware = firmware
        self.failing = failing
        self.locks: list[Lock] = []
        self.keys: dict[str, bool] = {}
        self.online: list[int] | None = None
        self.slots: list[int] | None = None
        self.refs: dict[int, int] = {}
        self.arrays: dict[tuple[int, int], Value | Unknown] = {}  # xarrays: (address, index)
        self.allocations = 0
        self._next = machine.heap[0]
        self._guest = machine.guest[0]

    # --- allocation --------------------------------------------------------------------------

    def allocate(self, run: Run, size: int, align: int, kind: str, name: str, *, zero: bool) -> int:
        """The address of `size` new bytes in the linear map, 0 if there are none."""
        number, self.allocations = self.allocations, self.allocations + 1
        base = -(-self._next // align) * align
        if size > _LARGEST or base + size > self.machine.heap[1] or number in self.failing:
            run.event("alloc-failed", f"{name}() of {shown(size)} bytes gives nothing", size=size)
            return 0
        self._next = base + max(size, 1)
        label = f"{kind} of {name}() at {run.place}"
        made = run.memory.add(LINEAR + base, size, label, kind, zero=zero, where=str(run.place))
        if kind == "page":
            self.refs[base] = 1
        run.event("alloc", name, address=made.base, phys=base, size=size)
        return made.base

    def release(self, run: Run, address: int, name: str) -> None:
        """Frees what was allocated, if nobody else holds it; a Fault if it is none of ours.

        Of an object that was there before the run (`given`) we believe that it was allocated.
        """
        phys = address - LINEAR
        made = run.memory.at(address)
        if made is not None and given(made, address):
            run.memory.free(made.base, f"{name}() at {run.place}")
            run.event("free-unknown", f"{name}({made.label})", label=made.label)
            return
        if made is not None and made.kind not in ("slab", "page"):
            raise Fault(f"{name}() frees {made.label}, which nobody allocated")
        held = self.refs.get(phys, 1)
        if held > 1:
            self.refs[phys] = held - 1
            return
        size = 0 if made is None else made.size
        delegated = [at for at in range(phys, phys + size, _PAGE) if self._gone(at)][:1]
        run.memory.free(address, f"{name}() at {run.place}")
        run.event("free", name, address=address, phys=phys, size=size, delegated=bool(delegated))

    def guest(self, run: Run, size: int, align: int = 2 << 20, name: str = "guest memory") -> int:
        """The physical address of `size` bytes (whole pages) of zeros that belong to a guest."""
        base = -(-self._guest // align) * align
        if base + size > self.machine.guest[1]:
            raise Stop(f"the machine has no {shown(size)} bytes for a guest")
        self._guest = base + size
        run.memory.add(LINEAR + base, size, name, "guest", zero=True, where="scenario")
        return base

    def leaked(self, memory: Memory) -> list[Object]:
        """What was allocated and not freed; who keeps it has to be asked of the code."""
        return [o for o in memory.objects() if o.kind in ("page", "slab") and not o.freed]

    def guard(self, address: int, size: int, verb: str) -> None:
        """Raises Fault for an access to what the RMM has: a granule protection fault."""
        phys = address - LINEAR
        if self.firmware is None or not 0 <= phys < 1 << 48:
            return
        for at in range(phys, phys + min(size, _LARGEST), _PAGE):
            if self._gone(at):
                state = self.firmware.granule(at)
                raise Fault(f"{at:#x} is {verb} while the RMM has it ({state})")

    def _gone(self, phys: int) -> bool:
        return self.firmware is not None and self.firmware.delegated(phys)

    # --- addresses ---------------------------------------------------------------------------

    def physical(self, address: int) -> int | None:
        """The physical address of a kernel address; None if it is none that has one here.

        Raises Fault for the stack, which lies in vmalloc space.
        """
        if LINEAR <= address < _LINEAR_TOP:
            return address - LINEAR
        if STATIC <= address < STATIC + IMAGE:
            return self.machine.banks[0][0] + address - STATIC
        if STACK <= address < LINEAR:
            raise Fault("the physical address of something on the stack is asked for")
        return None

    def in_ram(self, pa: int) -> bool:
        return any(base <= pa < base + size for base, size in self.machine.banks)


def given(made: Object, address: int) -> bool:
    """Is `address` that of an object that a scenario gave, or that a pointer was taken to have?"""
    if made.kind == "lazy":
        return address == made.base + made.size // 2
    return made.kind == "static" and address == made.base


class Ram:
    """The host's memory as the RMM reads and writes it (`firmware.Host`)."""

    def __init__(self, state: State, memory: Memory) -> None:
        self._state = state
        self._memory = memory

    def has(self, pa: int) -> bool:
        """Is there RAM of the host?"""
        return self._state.in_ram(pa)

    def read(self, pa: int, size: int) -> bytes:
        """Bytes inside one page; Stop if what they are is not known."""
        address = self._virtual(pa)
        made = self._memory.at(address)
        if made is None or made.freed or address + size > made.base + made.size:
            raise Stop(f"the RMM reads {size} bytes at {pa:#x}, of which nothing is known")
        data = self._memory.bytes(address, size)
        if data is None:
            raise Stop(f"the RMM reads {made.label} at {pa:#x}, where nobody wrote")
        return data

    def write(self, pa: int, data: bytes) -> None:
        """What the RMM writes; where nothing of the host is, nobody will read it."""
        address = self._virtual(pa)
        made = self._memory.at(address)
        if made is not None and not made.freed and address + len(data) <= made.base + made.size:
            self._memory.write(address, data)

    def _virtual(self, pa: int) -> int:
        image = pa - self._state.machine.banks[0][0]
        return STATIC + image if 0 <= image < IMAGE else LINEAR + pa


def state_of(run: Run) -> State:
    """The kernel's state in a run."""
    state = getattr(run.kernel, "state", None)
    if not isinstance(state, State):
        raise Stop("the run has no kernel state")
    return state
