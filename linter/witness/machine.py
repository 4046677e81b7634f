"""Machines that patched code is run on: where RAM lies, how large a page is.

A machine is what the kernel sees of it (memblock regions, the page size) and what the
RMM sees (the header of a trace).  The RMM's granules are 4 KiB whatever the host's page
is: that is what its model knows.  So a machine with larger pages proves something of 1.0
only; in 2.0 the host chooses the granule, and a refusal may come from the model's choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from traces.event import Bank, Header, Rmi

GRANULE: Final = 4096  # bytes
_MIB: Final = 1 << 20
_GIB: Final = 1 << 30

# RmiFeatureRegister0.. of the reference: an IPA of 48 bits, no LPA2, GPTs of 1 GiB regions.
_FEATURES_1_0: Final = {0: 0x28_FFC1_04130}
_FEATURES_2_0: Final = {0: 0x104130, 1: 0x142A9, 2: 0xA1, 3: 0x3, 4: 0xFFFE}


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine.

    name       what it is called by
    text       one line on it
    banks      (base, size) of its RAM in bytes, in order of address
    page_size  of the host's kernel, in bytes
    cpus       1: nothing runs beside the function, so the RMM is never BUSY
    """

    name: str
    text: str
    banks: tuple[tuple[int, int], ...]
    page_size: int = 4096
    cpus: int = 2

    def header(self, rmi: Rmi, source: str = "rmilint") -> Header:
        """The machine as a trace in `rmi` has it."""
        return Header(
            rmi=rmi,
            source=source,
            granule_size=GRANULE,
            pa_width=48,
            memory=tuple(Bank(base, size) for base, size in self.banks),
            features=dict(_FEATURES_1_0 if rmi == "1.0" else _FEATURES_2_0),
            cpus=self.cpus,
        )

    @property
    def heap(self) -> tuple[int, int]:
        """[base, top) of the physical memory that the page allocator hands out."""
        base, size = self.banks[0]
        base = _up(base + 16 * _MIB, 2 * _MIB)
        return base, base + size // 4

    @property
    def guest(self) -> tuple[int, int]:
        """[base, top) of the physical memory that a scenario gives to a guest, by 2 MiB."""
        base, size = self.banks[-1]
        return _up(base + size // 2, 2 * _MIB), base + size - 2 * _MIB


QEMU_SBSA: Final = Machine(
    "qemu-sbsa",
    "QEMU SBSA: RAM begins 48 MiB above a gigabyte, behind what the firmware keeps",
    ((0x100_4300_0000, 0x7D00_0000),),
)
FVP: Final = Machine(
    "fvp",
    "FVP: RAM in two banks, the first ends below the firmware's carve-out",
    ((0x8000_0000, 0x7C00_0000), (0x8_8000_0000, 2 * _GIB)),
)
LARGE_PAGES: Final = Machine(
    "64k-pages",
    "a kernel of 64 KiB pages on an RMM of 4 KiB granules",
    ((0x8_8000_0000, 2 * _GIB),),
    page_size=65536,
)
OFF_THE_END: Final = Machine(
    "off-the-end",
    "RAM begins on a gigabyte and ends 16 MiB below one",
    ((0x8_8000_0000, 2 * _GIB - 16 * _MIB),),
)
CONTROL: Final = Machine(
    "control",
    "RAM that begins and ends on a gigabyte",
    ((0x8_8000_0000, 2 * _GIB),),
)

MACHINES: Final = {m.name: m for m in (QEMU_SBSA, FVP, LARGE_PAGES, OFF_THE_END, CONTROL)}


def _up(value: int, to: int) -> int:
    return -(-value // to) * to
