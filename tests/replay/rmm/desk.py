"""A desk to hand calls to the judge over: an engine, and calls by name.

Results are given as the reference would give them; what the judge says of them is
what a test looks at.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

from replay.engine import Engine
from replay.rmm.values import DELEGATED, UNDELEGATED
from replay.spec.commands import commands_of
from replay.verdict import Verdict
from traces.event import Bank, Header, Rmi, Smc

RAM = 0x8000_0000  # 64 MiB
RAM_TOP = RAM + (64 << 20)
DEVICE = 0x4000_0000  # ten granules
PAGE: Final = 4096
NS = RAM_TOP - (16 << 20)  # granules that the tests leave to the host: lists, parameters
LIST = NS + PAGE
PARAMS = NS + 2 * PAGE
RD = RAM
REC = RAM + 0x10000
AUX = RAM + 0x20000
MINUS_1 = (1 << 64) - 1
REFERENCE: Mapping[str, Any] = {"name": "tf-rmm", "sro_contexts": 4, "max_rec_aux": 4}
OTHER: Mapping[str, Any] = {"name": "another"}
FEATURES = {0: 0x104130, 1: 0x142A9, 2: 0xA1, 3: 0x3, 4: 0xFFFE}  # the reference's
SUCCESS, INPUT, REALM = 0, 1, 2
BUSY, GLOBAL, INCOMPLETE, BLOCKED = 10, 11, 13, 14
DONATE, RECLAIM = 0x10D, 0x20D
ASKED = 4 << 2  # what the reference here wants for a REC: four granules of 4 KiB, anywhere


class Desk:
    """One RMM; it is active unless `active=False`."""

    def __init__(
        self,
        implementation: Mapping[str, Any] = REFERENCE,
        *,
        rmi: Rmi = "2.0",
        active: bool = True,
        cpus: int = 1,
        banks: Sequence[Bank] = (),
        features: Mapping[int, int] = FEATURES,
    ) -> None:
        header = Header(
            rmi=rmi,
            granule_size=PAGE,
            pa_width=48,
            memory=tuple(banks)
            or (Bank(RAM, RAM_TOP - RAM), Bank(DEVICE, 10 * PAGE, "device-ncoh")),
            features=dict(features),
            cpus=cpus,
            implementation=dict(implementation),
        )
        self.engine = Engine(header)
        self.m = self.engine.m
        self.fids = {c.name.removeprefix("RMI_"): c.fid for c in commands_of(rmi).values()}
        self.seq = 0
        if active:
            self.ok("RMM_ACTIVATE", r=[SUCCESS])

    def call(
        self,
        name: str,
        *x: int,
        r: Sequence[int],
        mem: Mapping[int, bytes] | None = None,
        out: Mapping[int, bytes] | None = None,
    ) -> Verdict:
        """Judge the call `name(X1, ..)` with the result `r`, X0 first."""
        self.seq += 1
        smc = Smc(
            line=self.seq,
            seq=self.seq,
            fid=self.fids[name],
            name=f"RMI_{name}",
            x=[*x, *[0] * (8 - len(x))],
            r=[*r, *[0] * (8 - len(r))],
            mem=None if mem is None else dict(mem),
            mem_out=None if out is None else dict(out),
        )
        return self.engine.judge(smc)

    def ok(self, name: str, *x: int, r: Sequence[int], **memory: Any) -> Verdict:
        verdict = self.call(name, *x, r=r, **memory)
        assert verdict.kind == "ok", verdict
        return verdict

    def wrong(self, name: str, *x: int, r: Sequence[int], **memory: Any) -> Verdict:
        verdict = self.call(name, *x, r=r, **memory)
        assert verdict.kind == "violation", verdict
        return verdict

    def held(self) -> list[str]:
        """The ids of the conditions that held at the last call."""
        command = self.engine.commands[self.fids_last()]
        return [command.conditions[row[0]].id for row in self.engine.held]

    def fids_last(self) -> int:
        assert self.m.smc is not None
        return self.m.smc.fid

    def state(self, addr: int) -> int | None:
        return self.m.gstate(addr)

    def delegate(self, base: int, count: int = 1) -> None:
        """Granules of the host become DELEGATED, by calls."""
        for addr in range(base, base + count * PAGE, PAGE):
            assert self.state(addr) == UNDELEGATED
            self.ok("GRANULE_RANGE_DELEGATE", addr, addr + PAGE, r=[SUCCESS, addr + PAGE])
            assert self.state(addr) == DELEGATED

    def realm(self, rd: int, *, planes: int = 0, da: bool = False) -> None:
        """A NEW realm: rd, then its one starting table a tree at rd + PAGE and on."""
        self.delegate(rd, 2 + planes)
        params = realm_params(rd + PAGE, planes=planes, da=da)
        self.ok("REALM_CREATE", rd, NS, r=[SUCCESS], mem={NS: params})

    def donate(self, *descriptors: int, r: Sequence[int], handle: int = 0) -> None:
        """OP_MEM_DONATE of a list at LIST."""
        mem = {LIST: words(*descriptors)}
        self.ok("OP_MEM_DONATE", handle, LIST, len(descriptors), r=r, mem=mem)

    def finish(self, mpidr: int, r: Sequence[int], handle: int = 0) -> None:
        """OP_CONTINUE of a REC_CREATE with parameters at PARAMS."""
        self.ok("OP_CONTINUE", handle, 0, r=r, mem={PARAMS: rec_params(mpidr)})

    def states(self, base: int, count: int) -> list[int | None]:
        return [self.state(base + i * PAGE) for i in range(count)]


def ready(rec: bool = True) -> Desk:
    """A realm at RD, REC delegated (or being made), 16 granules at AUX delegated."""
    desk = Desk()
    desk.realm(RD)
    desk.delegate(REC)
    desk.delegate(AUX, 16)
    if rec:
        desk.ok("REC_CREATE", RD, REC, PARAMS, r=[DONATE, 0, ASKED])
    return desk


def page(words: Mapping[int, int]) -> bytes:
    """A page with 64-bit words at offsets."""
    data = bytearray(PAGE)
    for offset, word in words.items():
        struct.pack_into("<Q", data, offset, word & (1 << 64) - 1)
    return bytes(data)


def words(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}Q", *values)


def realm_params(
    base: int,
    *,
    flags0: int = 0,
    s2sz: int = 40,
    sve_vl: int = 0,
    bps: int = 1,
    wps: int = 1,
    counters: int = 0,
    algorithm: int = 0,
    planes: int = 0,
    ats_plane: int = 0,
    level: int = 0,
    number: int = 1,
    flags1: int | None = None,
    da: bool = False,
    aux: Sequence[int] | None = None,
) -> bytes:
    """RmiRealmParams (tf-rmm-behaviour, section 8.1): valid for the reference as it is."""
    if aux is None:
        aux = [base + (i + 1) * PAGE for i in range(min(planes, 3))]
    return page(
        {
            0: flags0 | da << 3,
            0x8: s2sz,
            0x10: sve_vl,
            0x18: bps,
            0x20: wps,
            0x28: counters,
            0x30: algorithm,
            0x38: planes,
            0x440: ats_plane,
            0x808: base,
            0x810: level,
            0x818: number,
            0x820: (1 if planes else 0) if flags1 is None else flags1,
            **{0xF80 + 8 * i: addr for i, addr in enumerate(aux)},
        }
    )


def rec_params(mpidr: int = 0, *, flags: int = 1, pc: int = 0x1000) -> bytes:
    """RmiRecParams; x0 to x7 are 0x10 to 0x17."""
    return page({0: flags, 0x100: mpidr, 0x200: pc, **{0x300 + 8 * i: 0x10 + i for i in range(8)}})


def descriptor(addr: int, count: int = 1, size: int = 0, state: int = 0) -> int:
    """RmiAddrRangeDesc of 4 KiB granules (tf-rmm-behaviour, section 9)."""
    return size | count << 2 | addr | state << 63
