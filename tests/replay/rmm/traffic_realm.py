"""Calls of the traffic about realms, RECs and their tables, in both versions."""

from __future__ import annotations

from random import Random

from replay.rmm.model import Rmm
from replay.rmm.rec import Rec
from replay.rmm.rtt import level_size
from replay.rmm.values import (
    DELEGATED,
    MASK64,
    REALM_ACTIVE,
    REALM_NEW,
    REALM_ZOMBIE,
    REC,
)
from tests.replay.rmm.traffic_things import (
    AUX,
    GEOMETRIES,
    PAGE,
    Call,
    Memory,
    Things,
    registers,
    words,
)

# Offsets in RmiRealmParams, and values there that not every RMM takes: flags (LPA2, SVE, PMU,
# DA, MEC), vector length, counters, hash, planes, ATS plane, flags of planes.
_ODD_PARAMETERS = (
    (0x0, (1, 2, 4, 1 << 7, 2 << 7)),
    (0x10, (9,)),
    (0x28, (40,)),
    (0x30, (1, 2, 3)),
    (0x38, (4,)),
    (0x440, (3,)),
    (0x820, (1, 2)),
)


class RealmCalls(Things):
    """Realms, RECs and what runs in them, tables and RIPAS."""

    def __init__(self, m: Rmm, random: Random, wrong: float) -> None:
        super().__init__(m, random)
        self.wrong = wrong
        self.kept: Memory = {}  # parameters of RECs whose creation goes on

    # --- realms -----------------------------------------------------------------------------

    def realm_create_1_0(self) -> Call:
        width, level, number = self.r.choice(GEOMETRIES)
        vmid = self.r.randrange(8)
        return self.realm_create(width, level, number, {0x800: vmid})

    def realm_create_2_0(self) -> Call:
        width, level, number = self.r.choice(GEOMETRIES)
        planes = self.r.choice((0, 1, 1, 2))
        more = {0: 8 * self.r.randrange(2), 0x38: planes, 0x820: int(planes > 0)}
        for i in range(planes):
            more[0xF80 + 8 * i] = self.granule(DELEGATED, number)
        return self.realm_create(width, level, number, more)

    def realm_create(self, width: int, level: int, number: int, more: dict[int, int]) -> Call:
        page = self.host()
        roots = self.granule(DELEGATED, number)
        fields = {0: 0, 0x8: width, 0x10: 0, 0x18: 1, 0x20: 1, 0x28: 0, 0x30: 0, 0x440: 0}
        fields |= {0x808: roots, 0x810: level, 0x818: number} | more
        if self.r.random() < self.wrong:
            at, values = self.r.choice(_ODD_PARAMETERS)
            fields[at] = self.r.choice(values)
        return Call("RMI_REALM_CREATE", [self.granule(DELEGATED), page], words(page, fields))

    def activate(self) -> Call:
        return Call("RMI_REALM_ACTIVATE", [self.rd(REALM_NEW)])

    def terminate(self) -> Call:
        return Call("RMI_REALM_TERMINATE", [self.rd()])

    def realm_destroy(self) -> Call:
        return Call("RMI_REALM_DESTROY", [self.rd(REALM_ZOMBIE)])

    # --- RECs -------------------------------------------------------------------------------

    def rec_aux_count(self) -> Call:
        return Call("RMI_REC_AUX_COUNT", [self.rd()])

    def rec_create_1_0(self) -> Call:
        aux = [self.granule(DELEGATED) for _ in range(AUX)]
        return self.rec_create({0x800: AUX} | {0x808 + 8 * i: a for i, a in enumerate(aux)})

    def rec_create_2_0(self) -> Call:
        return self.rec_create({})

    def rec_create(self, more: dict[int, int]) -> Call:
        page = self.host()
        realm = self.realm(REALM_NEW)
        index = 0 if realm is None else realm.rec_index
        fields = {0: self.r.choice((1, 1, 0)), 0x100: index, 0x200: 0x1000, 0x300: 7} | more
        rd = self.rd(REALM_NEW) if realm is None else realm.rd
        mem = words(page, fields)
        self.kept = {at: word for at, word in self.kept.items() if at & -PAGE != page} | mem
        return Call("RMI_REC_CREATE", [rd, self.granule(DELEGATED), page], mem)

    def rec_destroy(self) -> Call:
        rec = self.rec()
        return Call("RMI_REC_DESTROY", [self.granule(REC) if rec is None else rec.addr])

    def enter(self) -> Call:
        r = self.r
        page = self.host()

        def ready(rec: Rec) -> bool:
            realm = self.m.realms.get(rec.owner)
            return rec.runnable and realm is not None and realm.state == REALM_ACTIVE

        rec = self.rec(ready) or self.rec()
        # Half of the time what the last exit suggests.
        flags = r.choice((0, 0, 0, 1, 2, 3, 0x10))
        if rec is not None and r.random() < 0.5:
            flags = 1 if rec.emulatable_abort else 2 if rec.unprotected_abort else flags & 0x10
        fields = {0: flags, 0x200: 0x1234_5678_9ABC_DEF0, 0x208: 5}
        if r.random() < 0.1:
            fields[0x300] = 1 << 40  # gicv3_hcr
        mem = words(page, fields)
        if rec is None:
            return Call("RMI_REC_ENTER", [self.granule(REC), page], mem)
        acts = [self.act(rec) for _ in range(r.randint(0, 3))]
        return Call("RMI_REC_ENTER", [rec.addr, page], mem, acts)

    def act(self, rec: Rec) -> tuple[str, list[int]]:
        """Something that a realm may do."""
        r = self.r
        realm = self.m.realms.get(rec.owner)
        base = self.ipa(realm)
        size = PAGE
        walk = None if realm is None else self.walk(realm, base, 3)
        if walk is not None and r.random() < 0.7:  # an entry that is there
            size = level_size(walk.level)
            base &= -size
        top = base + r.choice((1, 2)) * size
        kind = r.choice(("irq", "fiq", "serror", "abort", "abort", "rsi", "rsi", "rsi", "psci"))
        if kind in ("irq", "fiq"):
            return kind, []
        if kind == "serror":
            return kind, [0x2F << 26 | 0x11]
        if kind == "abort":
            ipa = self.ipa(realm, protected=r.random() < 0.3)
            valid = r.choice((0, 1 << 24 | 3 << 22 | 1 << 15 | 2 << 16))
            esr = 0x24 << 26 | valid | r.choice((0, 1 << 6)) | 7
            return "sync", [r.choice((esr, esr, 1 << 26, 0x20 << 26 | 7)), ipa & 0xFFF, ipa >> 8]
        if kind == "rsi":
            fid = r.choice((0x190, 0x191, 0x192, 0x193, 0x194, 0x196, 0x197, 0x197, 0x198, 0x199))
            return "smc", registers(0xC400_0000 | fid, base, top, r.randrange(2), r.randrange(2))
        fid = r.choice(
            (0xC400_0003, 0xC400_0003, 0xC400_0004, 0x8400_0000, 0x8400_000A, 0xC400_0001)
            + (0x8400_0002, 0x8400_0008) * (r.random() < 0.2)
        )
        others = [x.mpidr for x in self.m.recs.values() if x.owner == rec.owner and x is not rec]
        mpidr = r.choice([*others, r.randrange(4)])
        return "smc", registers(fid, mpidr, 0 if fid & 0xF == 4 else 0x1000, 9)

    def psci_complete(self) -> Call:
        r = self.r
        caller = self.rec(lambda rec: rec.psci_pending) or self.rec()
        if caller is None:
            return Call("RMI_PSCI_COMPLETE", [self.page(), self.page(), 0])
        target = self.rec(
            lambda rec: (
                rec is not caller and rec.owner == caller.owner and rec.mpidr == caller.named_mpidr
            )
        ) or self.rec(lambda rec: rec is not caller)
        status = r.choice((0, 0, 0, -3, -2)) & MASK64
        if self.m.rmi == "2.0-bet3":
            return Call("RMI_PSCI_COMPLETE", [caller.addr, status])
        return Call(
            "RMI_PSCI_COMPLETE",
            [caller.addr, self.page() if target is None else target.addr, status],
        )

    # --- tables -----------------------------------------------------------------------------

    # --- tables -----------------------------------------------------------------------------

    def table(self) -> Call:
        rd, ipa, level = self.missing()
        return Call("RMI_RTT_CREATE", [rd, self.granule(DELEGATED), ipa, level])

    def destroy_table(self) -> Call:
        return Call("RMI_RTT_DESTROY", list(self.present()))

    def fold(self) -> Call:
        return Call("RMI_RTT_FOLD", list(self.present()))

    def read_entry(self) -> Call:
        realm = self.realm()
        level = self.r.choice((1, 2, 3, 3))
        ipa = self.at_level(realm, level, protected=self.half())
        return Call("RMI_RTT_READ_ENTRY", [self.rd() if realm is None else realm.rd, ipa, level])

    def init_ripas(self) -> Call:
        realm = self.realm(REALM_NEW)
        base = self.ipa(realm)
        top = base + self.r.choice((1, 2, 511, 512)) * PAGE
        rd = self.rd(REALM_NEW) if realm is None else realm.rd
        return Call("RMI_RTT_INIT_RIPAS", [rd, base, top])

    def set_ripas(self) -> Call:
        rec = self.rec(lambda rec: rec.ripas_top) or self.rec()
        if rec is None:
            return Call("RMI_RTT_SET_RIPAS", [self.page(), self.page(), 0, PAGE])
        top = self.r.choice((rec.ripas_top, rec.ripas_top, rec.ripas_addr + PAGE))
        return Call("RMI_RTT_SET_RIPAS", [rec.owner, rec.addr, rec.ripas_addr, top])

    def set_s2ap(self) -> Call:
        rec = self.rec()
        if rec is None:
            return Call("RMI_RTT_SET_S2AP", [self.page(), self.page(), 0, PAGE])
        base = rec.s2ap_base
        return Call("RMI_RTT_SET_S2AP", [rec.owner, rec.addr, base, rec.s2ap_top or base + PAGE])
