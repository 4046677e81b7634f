"""Devices of 2.0: what conditions of SMMUs, PDEVs and VDEVs ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replay.rmm import device as _device
from replay.rmm.model import Unknown
from replay.rmm.unknown import Open
from replay.rmm.values import MAPPED

if TYPE_CHECKING:
    from replay.rmm.model import Rmm
    from traces.event import Memory


def no_devices(m: Rmm) -> bool:
    """Whether the RMM does not offer device assignment (feature register 2, DA_EN)."""
    value = m.features.get(2)
    return value is not None and not value & 1


def Psmmu(m: Rmm, base: int) -> _device.Psmmu | None:
    """The SMMU whose registers are at `base`; None if there is none."""
    known = m.traits.psmmu_ns_base
    return m.psmmus.setdefault(base, _device.Psmmu()) if not known or base in known else None


def Pdev(m: Rmm, addr: int) -> _device.Pdev | None:
    """The physical device at `addr`."""
    return m.pdevs.get(addr)


def Vdev(m: Rmm, addr: int) -> _device.Vdev | None:
    """The virtual device at `addr`."""
    return m.vdevs.get(addr)


def is_psmmu(m: Rmm, base: int) -> bool:
    """Whether the registers of an SMMU are at `base`; any may be, where it is not known.

    In a capture nobody had a chance to say where they are.
    """
    known = m.traits.psmmu_ns_base
    if not known and m.partial:
        raise Open("where the SMMUs are is not known")
    return not known or base in known


def activation_open(m: Rmm, base: int) -> bool:
    """Whether an activation of the SMMU waits for the host."""
    return any(
        op.name == "RMI_PSMMU_ACTIVATE" and op.x[0] == base for op in m.operations.open.values()
    )


def is_pdev(m: Rmm, addr: int) -> bool:
    return addr in m.pdevs


def is_vdev(m: Rmm, addr: int) -> bool:
    return addr in m.vdevs


def device_mapped(m: Rmm) -> bool:
    """Whether memory of any device is mapped in a realm."""
    return any(state == MAPPED for _, _, state in m.devices.runs()) or m.more_than_seen()


def psmmu_params_valid(m: Rmm, addr: int) -> bool:
    """Whether the parameters at `addr` can be read and their flags are known: 0, MSI."""
    return _readable(m, addr) and not _words(m, addr)[0] >> 1


def other_words(m: Rmm, addr: int) -> bool:
    """Whether anything but the first word of the host's page at `addr` is not zero."""
    return _readable(m, addr) and any(_words(m, addr)[1:])


def pdev_params_valid(m: Rmm, addr: int) -> bool:
    """Whether the parameters at `addr` can be read and make sense."""
    return _readable(m, addr) and _device.PdevParams(_memory(m), addr).valid


def PdevParams(m: Rmm, addr: int) -> _device.PdevParams | None:
    """The parameters at `addr`; None where the RMM cannot read them."""
    return _device.PdevParams(_memory(m), addr) if _readable(m, addr) else None


def _readable(m: Rmm, addr: int) -> bool:
    """Whether `addr` is a page that the RMM reads; raises Unknown if it was not captured."""
    if not m.ns_access(addr):
        return False
    if m.page(addr) is None:
        raise Unknown("the page of parameters was not captured")
    return True


def _words(m: Rmm, addr: int) -> list[int]:
    return _memory(m).words(addr, 512)


def _memory(m: Rmm) -> Memory:
    assert m.mem is not None
    return m.mem
