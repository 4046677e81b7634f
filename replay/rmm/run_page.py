"""The run page: what the host says at REC_ENTER and what the RMM says at the exit.

RmiRecRun, 4 KiB: RmiRecEnter at 0, RmiRecExit at 0x800.  Fact sheet 1.0, section 4;
tf-rmm-behaviour section 11.3 for what 2.0 has otherwise (no GIC fields; S2AP, devices).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING, Final, TypeAlias

from replay.rmm.rec import GPRS
from replay.rmm.values import (
    EXIT_DEV_MEM_MAP,
    EXIT_FIQ,
    EXIT_HOST_CALL,
    EXIT_IRQ,
    EXIT_PSCI,
    EXIT_RIPAS_CHANGE,
    EXIT_S2AP_CHANGE,
    EXIT_SERROR,
    EXIT_SYNC,
)

if TYPE_CHECKING:
    from traces.event import Memory

EXIT: Final = 0x800  # offset of RmiRecExit
LIST_REGISTERS: Final = 16

EXIT_NAME: Final = {
    EXIT_SYNC: "SYNC",
    EXIT_IRQ: "IRQ",
    EXIT_FIQ: "FIQ",
    EXIT_PSCI: "PSCI",
    EXIT_RIPAS_CHANGE: "RIPAS_CHANGE",
    EXIT_HOST_CALL: "HOST_CALL",
    EXIT_SERROR: "SERROR",
    EXIT_S2AP_CHANGE: "S2AP_CHANGE",
    EXIT_DEV_MEM_MAP: "DEV_MEM_MAP",
}

# A value that is wanted: this one, one of these, or any.
Want: TypeAlias = int | range | frozenset[int] | None


def known(want: Want) -> int | None:
    """The value where there is only one."""
    return want if isinstance(want, int) else None


def fits(want: Want, seen: object) -> bool:
    """Whether `seen` is what was wanted."""
    return want is None or (want == seen if isinstance(want, int) else seen in want)


def shown(want: Want) -> str:
    """What was wanted, for a report."""
    if isinstance(want, range):
        return f"{want.start:#x} to {want[-1]:#x}" if want else "nothing"
    if isinstance(want, frozenset):
        return " or ".join(f"{value:#x}" for value in sorted(want))
    return "anything" if want is None else f"{want:#x}"


class RunFlags:
    """RmiRecEnterFlags.  TRAP_WFI, TRAP_WFE and FORCE_P0 leave nothing in the model."""

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value

    @property
    def emul_mmio(self) -> bool:
        return bool(self.value & 1)

    @property
    def inject_sea(self) -> bool:
        return bool(self.value & 2)

    @property
    def ripas_response(self) -> int:
        """0 accept, 1 reject."""
        return self.value >> 4 & 1

    @property
    def s2ap_response(self) -> int:
        """0 accept, 1 reject (2.0)."""
        return self.value >> 5 & 1


class RecEnter:
    """RmiRecEnter, the host's half of the run page; GIC fields are of 1.0 only."""

    __slots__ = ("_mem", "_page", "flags")

    def __init__(self, mem: Memory, page: int) -> None:
        self._mem = mem
        self._page = page
        self.flags = RunFlags(mem.u64(page))

    def gpr(self, n: int) -> int:
        return self._mem.u64(self._page + 0x200 + 8 * n)

    @property
    def gprs(self) -> list[int]:
        return self._mem.words(self._page + 0x200, GPRS)

    @property
    def gicv3_hcr(self) -> int:
        return self._mem.u64(self._page + 0x300)

    @property
    def gicv3_lrs(self) -> list[int]:
        return self._mem.words(self._page + 0x308, LIST_REGISTERS)


class RecRun:
    """RmiRecRun as the host wrote it."""

    __slots__ = ("enter",)

    def __init__(self, mem: Memory, page: int) -> None:
        self.enter = RecEnter(mem, page)


@dataclass(slots=True)
class RecExit:
    """RmiRecExit: as it was written (`read_exit`), or as it must be.

    What a reason does not name is 0.  GIC state, timers and the PMU are always valid
    and never predicted: they are left out.
    """

    reason: int
    esr: Want = 0
    far: Want = 0
    hpfar: Want = 0
    gprs: list[Want] = field(default_factory=lambda: [0] * GPRS)
    ripas_base: Want = 0
    ripas_top: Want = 0
    ripas_value: Want = 0
    s2ap_base: Want = 0
    s2ap_top: Want = 0
    dev_mem_base: Want = 0
    dev_mem_top: Want = 0
    dev_mem_pa: Want = 0
    imm: Want = 0

    def differences(self, seen: RecExit) -> list[str]:
        """What in `seen`, which was read, is not as it must be, one line each."""
        if seen.reason != self.reason:
            return [f"the exit is {seen.name}, expected {self.name}"]
        wrong = [
            f"exit.{name} is {value:#x}, expected {shown(want)}"
            for name in _SCALARS
            if (value := getattr(seen, name)) != (want := getattr(self, name))
            and not fits(want, value)
        ]
        if seen.gprs == self.gprs:
            return wrong
        wrong += [
            f"exit.gprs[{n}] is {shown(value)}, expected {shown(want)}"
            for n, (want, value) in enumerate(zip(self.gprs, seen.gprs, strict=True))
            if value != want and not fits(want, value)
        ]
        return wrong

    @property
    def name(self) -> str:
        """The reason as a report prints it."""
        return EXIT_NAME.get(self.reason, f"{self.reason:#x}")


_SCALARS: Final = (
    "esr",
    "far",
    "hpfar",
    "ripas_base",
    "ripas_top",
    "ripas_value",
    "s2ap_base",
    "s2ap_top",
    "dev_mem_base",
    "dev_mem_top",
    "dev_mem_pa",
    "imm",
)


# exit_reason; esr, far, hpfar; gprs; ripas_base, ripas_top, ripas_value; s2ap_base,
# s2ap_top; dev_mem_base, dev_mem_top, dev_mem_pa; imm.  Between them what is not judged.
_EXIT_LAYOUT: Final = Struct("<B255x 3Q232x 31Q520x 2QB15x 2Q16x 3Q168x H")


def chosen(want: Want) -> int:
    """A value that fits: the lowest, 0 where any does."""
    if isinstance(want, frozenset):
        return min(want)
    if isinstance(want, range):
        return want.start
    return want or 0


def choose_exit(exit: RecExit) -> RecExit:
    """The exit with a value for whatever may be one of several."""
    values = {name: chosen(getattr(exit, name)) for name in _SCALARS}
    return RecExit(exit.reason, gprs=[chosen(want) for want in exit.gprs], **values)


def exit_bytes(exit: RecExit) -> bytes:
    """RmiRecExit of a chosen exit, as it stands at EXIT in the run page."""
    fields = [getattr(exit, name) for name in _SCALARS]
    return _EXIT_LAYOUT.pack(exit.reason, *fields[:3], *exit.gprs, *fields[3:])


def read_exit(mem: Memory, page: int) -> RecExit:
    """RmiRecExit as the RMM wrote it into the run page at `page`."""
    reason, esr, far, hpfar, *rest = _EXIT_LAYOUT.unpack(mem.read(page + EXIT, _EXIT_LAYOUT.size))
    return RecExit(reason, esr, far, hpfar, rest[:GPRS], *rest[GPRS:])
