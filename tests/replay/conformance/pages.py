"""Structures in host memory, sparse: offset by offset as the facts list them.

Fact sheet 1.0, section 4; what only one version has is 0 for the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from replay.rmm.values import MASK64


def realm_params(
    page: int,
    root: int,
    *,
    vmid: int = 0,
    width: int = 40,
    start: int = 0,
    num_start: int = 1,
    flags: int = 0,
    hash_algo: int = 0,
    num_bps: int = 1,
    num_wps: int = 1,
    pmu_num_ctrs: int = 0,
    planes: int = 0,
    flags1: int = 0,
    aux_roots: Sequence[int] = (),
) -> dict[int, bytes]:
    """RmiRealmParams; `planes`, `flags1` and `aux_roots` are of 2.0, `vmid` of 1.0."""
    return words(
        page,
        {
            0x0: flags,
            0x8: width,
            0x18: num_bps,
            0x20: num_wps,
            0x28: pmu_num_ctrs,
            0x30: hash_algo,
            0x38: planes,
            0x800: vmid,
            0x808: root,
            0x810: start & MASK64,
            0x818: num_start,
            0x820: flags1,
        }
        | {0xF80 + 8 * i: root for i, root in enumerate(aux_roots)},
    )


def rec_params(
    page: int,
    aux: Sequence[int] = (),
    *,
    index: int = 0,
    runnable: bool = True,
    gprs: Sequence[int] = (),
) -> dict[int, bytes]:
    """RmiRecParams; `index` is what the MPIDR shall say.  2.0 has no list of `aux`."""
    mpidr = index & 0xF | (index >> 4 & 0xFF) << 8
    fields = {0x0: int(runnable), 0x100: mpidr, 0x800: len(aux)}
    fields |= {0x300 + 8 * i: value for i, value in enumerate(gprs)}
    fields |= {0x808 + 8 * i: addr for i, addr in enumerate(aux)}
    return words(page, fields)


def rec_enter(
    page: int,
    *,
    flags: int = 0,
    gprs: Sequence[int] = (),
    hcr: int = 0,
    lrs: Sequence[int] = (),
) -> dict[int, bytes]:
    """RmiRecEnter, the host's half of RmiRecRun; the GIC's state is of 1.0."""
    fields = {0x0: flags, 0x300: hcr}
    fields |= {0x200 + 8 * i: value for i, value in enumerate(gprs)}
    fields |= {0x308 + 8 * i: value for i, value in enumerate(lrs)}
    return words(page, fields)


def words(base: int, values: Mapping[int, int]) -> dict[int, bytes]:
    """Memory with 64-bit words at these offsets."""
    return {base + at: value.to_bytes(8, "little") for at, value in values.items()}
