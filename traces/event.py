"""What a trace holds: a header, then calls and events in the order of their lines.

These types know nothing of a file format; `traces.formats` makes them.
"""

from __future__ import annotations

import struct
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta, Struct

PAGE = 4096  # bytes; params and run structures fill one whatever the granule size
REGISTERS = 8  # X0..X7, what an RMI call can use at most
BOOT = "boot"  # the event: the RMM has started
BANNER = b"Booting RMM v."  # the first that TF-RMM prints, whatever its LOG_LEVEL

Rmi = Literal["1.0", "2.0", "2.0-bet0", "2.0-bet1", "2.0-bet3"]
GranuleSize = Literal[4096, 16384, 65536]  # bytes
BankKind = Literal["conventional", "device-ncoh", "device-coh"]
StepKind = Literal["enter", "smc", "sync", "irq", "fiq", "serror", "host_smc", "gpt"]
Pas = Literal["NS", "SECURE", "ROOT", "AAP"]  # that another agent can give a granule
# As the model names them (replay.rmm.values); NS is how the 2.0 reference calls UNDELEGATED.
GranuleState = Literal[
    "NS",
    "UNDELEGATED",
    "DELEGATED",
    "RD",
    "REC",
    "REC_AUX",
    "RTT",
    "DATA",
    "PARTIAL",
    "PDEV",
    "PDEV_AUX",
    "VDEV",
    "VDEV_AUX",
    "INTERNAL",
    "PSMMU_ST_L2",
    "MAPPED",
]
Address = Annotated[int, Meta(ge=0, lt=1 << 56)]  # the largest PA of the architecture has 56 bits


class TraceError(Exception):
    """The trace cannot be read (any further); says where and what was expected."""

    def __init__(self, name: str, line: int, text: str) -> None:
        super().__init__(f"{name}:{line}: {text}")
        self.name = name  # of the file
        self.line = line  # 1-based
        self.text = text


class Bank(Struct, frozen=True):
    """A contiguous piece of the machine's physical address space."""

    base: Address
    size: Annotated[int, Meta(gt=0, le=1 << 56)]  # bytes
    kind: BankKind = "conventional"


class Omission(Struct, frozen=True):
    """Calls that the capture leaves out: those of a command, or only with one status."""

    command: str
    status: str | int | None = None


class Told(NamedTuple):
    """What the user says of the machine, for formats that have no header; None: nothing."""

    rmi: Rmi | None = None
    memory: tuple[Bank, ...] | None = None


class Header(Struct, kw_only=True):
    """The machine, the firmware and what the capture covers (DESIGN, "Trace format")."""

    line: int = 1
    rmi: Rmi
    source: str = ""
    granule_size: GranuleSize
    pa_width: Annotated[int, Meta(ge=32, le=56)]  # bits
    memory: tuple[Bank, ...]
    features: dict[int, int] = {}  # index of RMI_FEATURES -> value
    cpus: Annotated[int, Meta(ge=1, le=1 << 20)] = 1
    complete: bool = True  # False: `omits` says what is missing
    omits: tuple[Omission, ...] | Literal["any"] = ()
    memory_contents: bool = True  # False: no call has `mem`
    from_reset: bool | None = None  # calls missing: does it begin when the RMM did?
    implementation: dict[str, Any] = {}  # traits; hex strings are numbers already
    other: dict[str, Any] = {}  # keys nobody knows, as in the file


class Memory(dict[int, bytes]):
    """Non-secure memory that a call read or wrote: address -> bytes, listed sparsely.

    A byte that is not listed is zero if any byte of its 4 KiB page is; a page
    of which nothing is listed is absent (the RMM could not access it, or the
    capture did not look): it reads as zero, and `page` tells the difference.
    (tf-rmm-behaviour, section 2.)
    """

    __slots__ = ("_filled", "_listed")

    def __init__(self, runs: dict[int, bytes]) -> None:
        super().__init__(runs)
        self._filled: dict[int, bytes] = {}  # page number -> contents, made when asked for
        self._listed: dict[int, list[int]] = {}  # page number -> addresses of its runs
        for start, data in runs.items():
            for number in range(start // PAGE, -(-(start + len(data)) // PAGE) if data else 0):
                self._listed.setdefault(number, []).append(start)

    def page(self, address: int) -> bool:
        """Is anything of the page around `address` listed?"""
        return address // PAGE in self._listed

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes from `address` on; both may be anything, pages may be crossed."""
        number, at = divmod(address, PAGE)
        if at + size <= PAGE:
            return self._page(number)[at : at + size]
        last = (address + size - 1) // PAGE
        return b"".join(map(self._page, range(number, last + 1)))[at : at + size]

    def u8(self, address: int) -> int:
        return self.read(address, 1)[0]

    def u16(self, address: int) -> int:
        return int.from_bytes(self.read(address, 2), "little")

    def u32(self, address: int) -> int:
        return int.from_bytes(self.read(address, 4), "little")

    def u64(self, address: int) -> int:
        return int.from_bytes(self.read(address, 8), "little")

    def words(self, address: int, count: int) -> list[int]:
        """`count` 64-bit words from `address` on; the caller bounds `count`."""
        return list(struct.unpack(f"<{count}Q", self.read(address, 8 * count)))

    def _page(self, number: int) -> bytes:
        page = self._filled.get(number)
        if page is None:
            starts = self._listed.get(number)
            if starts is None:
                return _ZEROS
            page = self._filled[number] = self._fill(number * PAGE, starts)
        return page

    def _fill(self, base: int, starts: list[int]) -> bytes:
        page = bytearray(PAGE)
        for start in starts:
            data = self[start][max(base - start, 0) : base - start + PAGE]
            at = max(start - base, 0)
            page[at : at + len(data)] = data
        return bytes(page)


_ZEROS = bytes(PAGE)


class Smc(Struct, gc=False):
    """One call of the RMM by the host, and its result.

    `gc=False`: a call never refers to itself, so the collector need not look.
    """

    line: int
    fid: int
    x: list[int]  # X1.., filled up with zeros to at least REGISTERS
    r: list[int] | None = None  # X0.., filled up likewise; None: no result was seen
    seq: int | None = None  # order of issue
    cpu: int = 0
    t: int | None = None  # ns, on entry
    t_end: int | None = None  # ns, on return
    name: str | None = None
    mem: dict[int, bytes] | None = None  # non-secure memory the call read; ask `memory`
    mem_out: dict[int, bytes] | None = None  # and what it wrote; ask `memory_out`
    realm: list[tuple[str, list[int]]] | None = None  # REC_ENTER: what the realm did, by steps
    lock_leak: int | None = None  # PA of a granule the RMM forgot to unlock
    other: dict[str, Any] | None = None  # keys nobody knows, as in the file
    seen: int | None = None  # registers of `r` that were seen; 0: only X0's status; None: all

    @property
    def memory(self) -> Memory | None:
        """`mem` as memory to read from; made once, when first asked for."""
        if self.mem is None or isinstance(self.mem, Memory):
            return self.mem
        self.mem = memory = Memory(self.mem)
        return memory

    @property
    def memory_out(self) -> Memory | None:
        """`mem_out` as memory to read from; made once, when first asked for."""
        if self.mem_out is None or isinstance(self.mem_out, Memory):
            return self.mem_out
        self.mem_out = memory = Memory(self.mem_out)
        return memory


class Event(Struct):
    """A line that is no call: a note, a checkpoint, what another agent did."""

    line: int
    name: str
    fields: dict[str, Any]  # every key but `event`; hex strings are numbers already
    smc: Smc | None = None  # smc_begin, crash: the call's input; its `r` is None


class Problem(Struct, frozen=True):
    """A line that could not be read."""

    line: int
    text: str
