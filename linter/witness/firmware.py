"""What stands behind an SMC: an RMM that answers, and the trace of what it was asked.

The one module of the witness that knows the replayer.  The RMM is `replay.rmm.respond`;
what it reads and writes of the host's memory goes through two callbacks, and only the
pages that it really looked at are kept in the trace, which `replay` judges as any other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from linter.source.expr import text
from linter.source.nodes import arguments, callee
from replay.rmm.behaviours import BEHAVIOURS, Behaviour
from replay.rmm.model import Unknown as NotModelled
from replay.rmm.respond import Responder
from replay.rmm.values import GRANULE_NAME, MASK64
from replay.spec.commands import FUNCTION, commands_of
from rules import abi
from traces.event import PAGE, Event, Memory, Smc
from traces.formats import jsonl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from linter.source.world import World
    from linter.witness.machine import Machine
    from replay.spec.table import Command
    from traces.event import Header, Rmi

_VERSIONS: Final[dict[str, Rmi]] = {"1.0": "1.0", "2.0": "2.0"}
RMI: Final = (0xC400_0150, 0xC400_02FF)  # functions kept for it: what it lacks it refuses
_TRACKING: Final = "SMC_RMI_GRANULE_TRACKING_GET"


class Unanswerable(Exception):
    """The model of the RMM cannot tell the answer; the text says why."""


class Host(Protocol):
    """The host's memory, by physical address; what is in a page that the RMM owns is not asked."""

    def has(self, pa: int) -> bool:
        """Can the host's memory be read there?"""

    def read(self, pa: int, size: int) -> bytes:
        """`size` bytes, all in one page that the host has."""

    def write(self, pa: int, data: bytes) -> None:
        """Takes what the RMM writes; it may cross pages."""


class Firmware:
    """The RMM of a machine, from power-on on.

    `host` must be set before a call that reads or writes memory.  `items` is the trace so
    far, without its header.  `realm` is what the realm does in its next entries, one list of
    acts for each REC_ENTER (see `Responder.call`); with none left an interrupt ends it.
    """

    def __init__(
        self,
        machine: Machine,
        rmi: Rmi,
        behaviour: str | Behaviour = "plain",
        *,
        host: Host | None = None,
        seed: int = 0,
    ) -> None:
        """Raises KeyError for a behaviour that has no name."""
        self.machine = machine
        self.header: Header = machine.header(rmi)
        self.items: list[Smc | Event] = []
        self.realm: list[list[tuple[str, list[int]]]] = []
        self.calls = 0
        self.host = host
        self._rmm = Responder(self.header, behaviour, seed)
        self._commands = commands_of(rmi)

    @property
    def rmi(self) -> Rmi:
        """The version of the RMM's interface."""
        return self.header.rmi

    # --- calls -------------------------------------------------------------------------------

    def command(self, fid: int) -> Command | None:
        """The command with this function identifier; None if this version has none."""
        return self._commands.get(fid & FUNCTION)

    def named(self, name: str) -> Command | None:
        """The command with this name (`RMI_RTT_CREATE`); None if this version has none."""
        return next((c for c in self._commands.values() if c.name == name), None)

    def smc(self, fid: int, x: Sequence[int] = (), cpu: int = 0) -> list[int]:
        """Calls the RMM with X1.. and gives X0 to X7.

        Raises Unanswerable where the model cannot tell; what the host's memory raises
        comes through.  Neither leaves anything in the trace.
        """
        command = self.command(fid)
        if command is None and not RMI[0] <= fid <= RMI[1]:
            raise Unanswerable(f"function {fid:#x} is none of the commands of RMI {self.rmi}")
        mem = _HostMemory(self)
        name = f"function {fid:#x}" if command is None else command.name
        entry = name == "RMI_REC_ENTER"
        acts = self.realm.pop(0) if entry and self.realm else ()
        try:
            smc = self._rmm.call(fid, x, mem=mem, realm=acts, cpu=cpu)
        except NotModelled as error:
            raise Unanswerable(f"{name}: the model cannot tell: {error}") from None
        finally:
            self._rmm.m.written = None
        self.calls += 1
        smc.mem = mem.seen()
        assert smc.r is not None
        self.items.append(smc)
        for address, data in (smc.mem_out or {}).items():
            if self.host is not None:
                self.host.write(address, data)
        return list(smc.r)

    def boot(self) -> None:
        """Makes the RMM serve realms, as the host's boot does (nothing to be done in 1.0).

        It behaves plainly meanwhile.
        """
        behaviour, self._rmm.behaviour = self._rmm.behaviour, BEHAVIOURS["plain"]
        if self.rmi != "1.0" and self.state_name != "active":
            for name, x in (("RMI_VERSION", [0x20000]), ("RMI_RMM_ACTIVATE", [])):
                self.smc(self._rmm.command(name), x)
        self._rmm.behaviour = behaviour

    def behave(self, behaviour: str | Behaviour) -> None:
        """From now on the RMM answers so.  KeyError for a behaviour that has no name."""
        self._rmm.behaviour = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour

    # --- what the hardware knows -------------------------------------------------------------

    @property
    def state_name(self) -> str:
        """`active`, or `init` while the RMM serves no realm."""
        return "active" if self._rmm.m.serves("active") else "init"

    def granule(self, pa: int) -> str:
        """The state of the granule that `pa` lies in (`DELEGATED`, `RTT` ...), '' if it is none."""
        state = self._rmm.m.gstate(pa & ~(PAGE - 1))
        return "" if state is None else GRANULE_NAME[state]

    def delegated(self, pa: int) -> bool:
        """Does an access of the host to `pa` end in a granule protection fault?"""
        return self._rmm.m.ns_access(pa & ~(PAGE - 1)) is False

    # --- the trace ---------------------------------------------------------------------------

    def note(self, words: str) -> None:
        """Puts a remark into the trace."""
        self.items.append(Event(len(self.items) + 2, "note", {"text": words}))

    def write_trace(self, stream: BinaryIO) -> None:
        """Writes the trace so far in the format rmi-trace/1."""
        jsonl.write(stream, self.header, self.items)


class _HostMemory(Memory):
    """The host's memory as the RMM reads it; what it looked at is kept."""

    __slots__ = ("_firmware", "_read")

    def __init__(self, firmware: Firmware) -> None:
        super().__init__({})
        self._firmware = firmware
        self._read: dict[int, bytes] = {}  # contents of pages, zero where nothing was read

    def page(self, address: int) -> bool:
        page = address // PAGE * PAGE
        host = self._firmware.host
        if host is None or self._firmware.delegated(page) or not host.has(page):
            return False
        self._read.setdefault(page, bytes(PAGE))
        return True

    def read(self, address: int, size: int) -> bytes:
        found = b""
        while len(found) < size:
            at, offset = address + len(found), (address + len(found)) % PAGE
            step = min(PAGE - offset, size - len(found))
            data = bytes(step)
            if self.page(at):
                assert self._firmware.host is not None
                data = self._firmware.host.read(at, step)
                page = self._read[at - offset]
                self._read[at - offset] = page[:offset] + data + page[offset + step :]
            found += data
        return found

    def seen(self) -> dict[int, bytes] | None:
        """What was read, as a trace has it: of each page the words that are not zero."""
        runs: dict[int, bytes] = {}
        for page, data in self._read.items():
            runs |= _runs(page, data)
        return runs or None


def _runs(base: int, data: bytes) -> dict[int, bytes]:
    """Runs of 64-bit words that are not all zero; one word of an empty page."""
    zero = bytes(8)
    runs: dict[int, bytes] = {}
    start = None
    for at in range(0, len(data) + 8, 8):
        if data[at : at + 8] in (zero, b""):
            if start is not None:
                runs[base + start] = data[start:at]
            start = None
        elif start is None:
            start = at
    return runs or {base: zero}


# --- which interface the code speaks ---------------------------------------------------------


def interface(world: World) -> Rmi | None:
    """The version of the RMI that a series is written for; None if it does not say, or if
    there are no tables of it.

    2.0 had several drafts: one in which GRANULE_TRACKING_GET takes an address alone is
    2.0-bet0.
    """
    rmi = _VERSIONS.get(abi.version(world))
    if rmi == "2.0":
        for unit in world.units:
            for node in unit.nodes("call_expression"):
                given = [text(a) for a in arguments(node)] if callee(node) else []
                if given[:1] == [_TRACKING]:
                    return "2.0-bet0" if len(given) == 3 else rmi
    return rmi


# --- answers for one call only ---------------------------------------------------------------


def once(
    command: str, nth: int, registers: Sequence[int], behaviour: str | Behaviour = "plain"
) -> Behaviour:
    """A fault: the `nth` call (from 0) of a command answers X0.. `registers` and does nothing.

    It counts its calls, so it serves one run.  ValueError for a behaviour that is a mix.
    """
    base = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour
    if base.mix:
        raise ValueError(f"{base.name} takes another behaviour for each call")
    seen = 0

    def instead(called: Command, x: Sequence[int]) -> list[int] | None:
        nonlocal seen
        if called.name == command:
            seen += 1
            if seen == nth + 1:
                return [value & MASK64 for value in registers]
        return None if base.instead is None else base.instead(called, x)

    return replace(
        base,
        name=f"{base.name}, {command}[{nth}]={registers[0]:#x}",
        text=f"{base.text}; call {nth} of {command} answers {registers[0]:#x} and does nothing",
        faulty=True,
        instead=instead,
    )
