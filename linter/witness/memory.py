"""The memory of a run: objects of bytes in a made-up kernel address space.

Pages stand in the linear map, `va = pa + LINEAR`, so that `virt_to_phys` is a
subtraction; locals, statics and functions have areas of their own.  A byte is
known or unknown (then a label says what it is).  An access outside of every
object is a `Fault`.

What a pointer leads to that nobody gave us is made when it is first followed
(`lazy`): 2^47 bytes of which nothing is known, the pointer in the middle, so
that `container_of()` and an open record's made-up offsets stay inside.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import TYPE_CHECKING

from linter.witness.outcome import Fault, Stop
from linter.witness.value import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINEAR = 0xFFFF_0000_0000_0000  # PAGE_OFFSET of arm64 with 48-bit addresses
STACK = 0xFFFE_8000_0000_0000
STATIC = 0xFFFE_0000_0000_0000
TEXT = 0xFFFD_8000_0000_0000
LAZY = 0x1000_0000_0000_0000
_LAZY_SIZE = 1 << 47
_LAZY_MAX = 1 << 14  # objects
_CHUNK = 4096
_MAX_CHUNKS = 1 << 13  # 32 MB of contents, twice that with what is known of them
Data = bytes  # `Memory.bytes` hides the type
_NEAR = 32  # bytes between two locals, at least
_DEAD = 256  # objects out of scope that are still told from wild pointers


class Object:
    """A run of bytes.  `where` is who made it, `freed` who ended it ('' while it lives)."""

    __slots__ = ("base", "chunks", "freed", "kind", "label", "labels", "order", "size", "where",
                 "zero")  # fmt: skip

    def __init__(self, base: int, size: int, label: str, kind: str, zero: bool, where: str) -> None:
        self.base = base
        self.size = size
        self.label = label
        self.kind = kind  # local, static, heap, page, lazy ... as who made it says
        self.zero = zero  # bytes never written are 0; else unknown
        self.where = where
        self.freed = ""
        self.order = 0  # of pages
        self.chunks: dict[int, tuple[bytearray, bytearray]] = {}  # contents, 1 where known
        self.labels: dict[tuple[int, int], str] = {}  # (offset, size) -> what is unknown there

    def __repr__(self) -> str:
        return f"<{self.label} {self.base:#x}+{self.size:#x}>"


class Memory:
    def __init__(self) -> None:
        self._bases: list[int] = []
        self._objects: dict[int, Object] = {}
        # Asked before every access: raises Fault where it may not be (`State.guard`).
        self.guard: Callable[[int, int, str], None] | None = None
        self._dead: list[Object] = []
        self._next = {"local": STACK, "static": STATIC, "lazy": LAZY}
        self._chunks = 0
        self._taken: dict[str, int] = {}  # how often a label was given

    # -- objects -------------------------------------------------------------

    def add(
        self, base: int, size: int, label: str, kind: str, *, zero: bool = False, where: str = ""
    ) -> Object:
        """An object at an address of the caller's choice; what was freed there is forgotten."""
        for old in self._overlapping(base, size):
            if not old.freed:
                raise Stop(f"{label} at {base:#x} would lie over {old.label}")
            self._forget(old)
        made = Object(base, size, label, kind, zero, where)
        self._objects[base] = made
        insort(self._bases, base)
        return made

    def local(self, size: int, label: str, *, zero: bool = False, where: str = "") -> Object:
        """A local variable, or a temporary; nothing else comes within 32 bytes of it."""
        return self._place("local", size, label, zero, where)

    def static(self, size: int, label: str, *, zero: bool = True, where: str = "") -> Object:
        return self._place("static", size, label, zero, where)

    def _place(self, kind: str, size: int, label: str, zero: bool, where: str) -> Object:
        base = self._next[kind]
        self._next[kind] = (base + size + 63) & ~31
        return self.add(base, size, label, kind, zero=zero, where=where)

    def lazy(self, label: str) -> int:
        """The address of an object nobody gave us, of any type and size."""
        base = self._next["lazy"]
        if base >= LAZY + _LAZY_MAX * _LAZY_SIZE:
            raise Stop("too many objects that nobody gave us")
        self._next["lazy"] = base + _LAZY_SIZE
        self.add(base, _LAZY_SIZE, label, "lazy")
        return base + _LAZY_SIZE // 2

    def at(self, address: int) -> Object | None:
        """The object around an address, freed or not."""
        found = bisect_right(self._bases, address)
        if found:
            made = self._objects[self._bases[found - 1]]
            if address < made.base + max(made.size, 1):
                return made
        return next((d for d in self._dead if d.base <= address < d.base + d.size), None)

    def objects(self) -> Iterator[Object]:
        """Every object, freed ones too where nothing new lies there, by address."""
        for base in self._bases:
            yield self._objects[base]

    def free(self, address: int, where: str) -> Object:
        """Ends an object; `address` must be its base.  Its contents are gone."""
        made = self.at(address)
        if made is None or made.base != address:
            raise Fault(f"{address:#x} is freed, which nobody allocated")
        if made.freed:
            raise Fault(f"{made.label} is freed twice (before: {made.freed})")
        made.freed = where or "freed"
        self._drop(made)
        return made

    def leave(self, made: Object) -> None:
        """A local goes out of scope."""
        made.freed = "out of scope"
        self._forget(made)
        self._dead.append(made)
        del self._dead[:-_DEAD]

    def _drop(self, made: Object) -> None:
        self._chunks -= len(made.chunks)
        made.chunks = {}
        made.labels = {}

    def _forget(self, made: Object) -> None:
        self._drop(made)
        del self._objects[made.base]
        del self._bases[bisect_right(self._bases, made.base) - 1]

    def _overlapping(self, base: int, size: int) -> list[Object]:
        first = max(bisect_right(self._bases, base) - 1, 0)
        last = bisect_right(self._bases, base + size - 1)
        near = [self._objects[b] for b in self._bases[first:last]]
        return [o for o in near if o.base < base + size and base < o.base + o.size]

    def find(self, address: int, size: int, verb: str = "accessed") -> Object:
        """The object that holds these bytes; a Fault if there is none."""
        made = self.at(address)
        if made is None:
            if address < _CHUNK:
                raise Fault(f"a NULL pointer is followed: address {shown(address)} is {verb}")
            if address > (1 << 64) - _CHUNK:
                raise Fault(f"an error pointer is followed: {address - (1 << 64)} is {verb}")
            made = self._near(address, size)
            if made is None:
                raise Fault(f"{address:#x} is {verb}, where no object lies")
        elif made.freed:
            raise Fault(f"{made.label} is {verb} after it was freed ({made.freed})")
        if address < made.base or address + size > made.base + made.size:
            raise Fault(
                f"{made.label} has {shown(made.size)} bytes, and {size} at offset"
                f" {shown(address - made.base)} are {verb}"
            )
        if self.guard is not None:
            self.guard(address, size, verb)
        return made

    def _near(self, address: int, size: int) -> Object | None:
        """The object that an access just misses."""
        found = bisect_right(self._bases, address)
        for base in self._bases[max(found - 1, 0) : found + 1]:
            made = self._objects[base]
            gap = max(address - made.base - made.size, made.base - address - size)
            if gap < _NEAR and not made.freed:
                return made
        return None

    # -- bytes ---------------------------------------------------------------

    def load(self, address: int, size: int) -> int | None:
        """The number in `size` bytes (little endian), None if one of them is not known."""
        made = self.find(address, size, "read")
        number, first = divmod(address - made.base, _CHUNK)
        chunk = made.chunks.get(number)
        if chunk is not None and first + size <= _CHUNK:
            if 0 in chunk[1][first : first + size]:
                return None
            return int.from_bytes(chunk[0][first : first + size], "little")
        data, known = self._gather(made, address - made.base, size)
        return int.from_bytes(data, "little") if all(known) else None

    def bytes(self, address: int, size: int) -> Data | None:
        """The same as bytes."""
        made = self.find(address, size, "read")
        data, known = self._gather(made, address - made.base, size)
        return data if all(known) else None

    def label(self, address: int, size: int, name: str = "") -> str:
        """What stands in bytes that are not known; the same text as long as they do."""
        made = self.find(address, size, "read")
        at = (address - made.base, size)
        found = made.labels.get(at)
        if found is None:
            if made.kind == "local":
                text = f"uninitialised local `{name or made.label}`"
            else:
                text = name or f"{made.label}+{at[0]:#x}"
            found = made.labels[at] = self.fresh(text)
        return found

    def call(self, address: int, size: int, label: str) -> None:
        """Says what stands in bytes that are not known."""
        made = self.find(address, size, "written")
        made.labels[(address - made.base, size)] = label

    def fresh(self, text: str) -> str:
        """A label that no other value has."""
        count = self._taken[text] = self._taken.get(text, 0) + 1
        return text if count == 1 else f"{text} #{count}"

    def store(self, address: int, size: int, bits: int | None, label: str = "") -> None:
        """Writes a number; None and a label make the bytes unknown."""
        made = self.find(address, size, "written")
        data = b"" if bits is None else bits.to_bytes(size, "little")
        self._scatter(made, address - made.base, size, data)
        if bits is None:
            made.labels[(address - made.base, size)] = label

    def write(self, address: int, data: Data) -> None:
        made = self.find(address, len(data), "written")
        self._scatter(made, address - made.base, len(data), data)

    def fill(self, address: int, size: int, byte: int | None) -> None:
        """`memset`; None makes the bytes unknown."""
        made = self.find(address, size, "written")
        at, end = address - made.base, address - made.base + size
        if at == 0 and end == made.size and byte in (0, None):
            self._drop(made)
            made.zero = byte == 0
            return
        while at < end:
            step = min(_CHUNK - at % _CHUNK, end - at)
            self._scatter(made, at, step, b"" if byte is None else bytes([byte]) * step)
            at += step

    def copy(self, to: int, source: int, size: int) -> None:
        """`memmove`; what is unknown stays so, under its label."""
        old = self.find(source, size, "read")
        new = self.find(to, size, "written")
        at, start = source - old.base, to - new.base
        data, known = self._gather(old, at, size)
        labels = {k: v for k, v in old.labels.items() if at <= k[0] and k[0] + k[1] <= at + size}
        self._scatter(new, start, size, data, known)
        for (offset, width), label in labels.items():
            if not all(known[offset - at : offset - at + width]):
                new.labels[(offset - at + start, width)] = label

    def _gather(self, made: Object, at: int, size: int) -> tuple[Data, Data]:
        if size > _MAX_CHUNKS * _CHUNK:
            raise Stop(f"{shown(size)} bytes of {made.label} are read at once")
        data, known = bytearray(), bytearray()
        end = at + size
        while at < end:
            number, first = divmod(at, _CHUNK)
            step = min(_CHUNK - first, end - at)
            chunk = made.chunks.get(number)
            if chunk is None:
                data += bytes(step)
                known += bytes([made.zero]) * step
            else:
                data += chunk[0][first : first + step]
                known += chunk[1][first : first + step]
            at += step
        return Data(data), Data(known)

    def _scatter(
        self, made: Object, at: int, size: int, data: Data, known: Data | None = None
    ) -> None:
        """Writes bytes; without data they become unknown."""
        if made.labels:
            for key in [k for k in made.labels if k[0] < at + size and at < k[0] + k[1]]:
                del made.labels[key]
        done = 0
        while done < size:
            number, first = divmod(at + done, _CHUNK)
            step = min(_CHUNK - first, size - done)
            contents, told = made.chunks.get(number) or self._chunk(made, number)
            if data:
                contents[first : first + step] = data[done : done + step]
                flags = known[done : done + step] if known is not None else b"\1" * step
            else:
                flags = bytes(step)
            told[first : first + step] = flags
            done += step

    def _chunk(self, made: Object, number: int) -> tuple[bytearray, bytearray]:
        self._chunks += 1
        if self._chunks > _MAX_CHUNKS:
            raise Stop("the run needs more than 32 MB of memory")
        size = min(_CHUNK, made.size - number * _CHUNK)
        made.chunks[number] = chunk = (bytearray(size), bytearray([made.zero]) * size)
        return chunk
