"""Calls of the traffic that only 2.0 has."""

from __future__ import annotations

from replay.rmm.rtt import level_size
from replay.rmm.values import (
    ASSIGNED,
    DELEGATED,
    MEM_DONATE,
    MEM_RECLAIM,
    REALM_NEW,
    UNASSIGNED,
    UNASSIGNED_NS,
    UNDELEGATED,
)
from tests.replay.rmm.traffic_realm import RealmCalls
from tests.replay.rmm.traffic_things import (
    BLOCK,
    BLOCKS,
    BLOCKS_TOP,
    DEVICE,
    DEVICE_PAGES,
    PAGE,
    PAGES,
    RAM,
    RAM_TOP,
    Call,
    Memory,
    words,
)


class Calls20(RealmCalls):
    """Ranges, boot, mappings, auxiliary trees, devices, stateful operations."""

    # --- granules ---------------------------------------------------------------------------

    def span(self, state: int) -> list[int]:
        """[base, top) of granules, some of them in `state`; now and then a device's, or blocks."""
        r = self.r
        kind = r.random()
        if kind < 0.1:
            base = DEVICE + r.randrange(DEVICE_PAGES) * PAGE
            return [base, min(base + r.randint(1, 4) * PAGE, DEVICE + DEVICE_PAGES * PAGE)]
        if kind < 0.3:
            return [BLOCKS, BLOCKS_TOP]
        base = self.granule(state)
        return [base, base + r.choice((1, 1, 2, 8)) * PAGE]

    def delegate_2_0(self) -> Call:
        return Call("RMI_GRANULE_RANGE_DELEGATE", self.span(UNDELEGATED))

    def undelegate_2_0(self) -> Call:
        return Call("RMI_GRANULE_RANGE_UNDELEGATE", self.span(DELEGATED))

    def tracking(self) -> Call:
        r = self.r
        name = r.choice(("TRACKING_GET", "TRACKING_SET"))
        if name == "TRACKING_SET":
            return Call("RMI_GRANULE_TRACKING_SET", [RAM, r.randrange(3), r.randrange(1, 4)])
        if self.m.rmi == "2.0-bet0":
            return Call("RMI_GRANULE_TRACKING_GET", [r.choice((RAM, 0, RAM + PAGE))])
        return Call("RMI_GRANULE_TRACKING_GET", [r.choice((RAM, DEVICE)), RAM_TOP])

    # --- boot -------------------------------------------------------------------------------

    def boot(self) -> Call:
        r = self.r
        page = self.host()
        name = r.choice(
            ("CONFIG_GET", "CONFIG_SET", "ACTIVATE", "DEACTIVATE", "STATE_GET", "GPT_INFO", "L1")
        )
        if name == "GPT_INFO":
            return Call("RMI_GPT_INFO", [0x8_8000_0000, 0x8_C000_0000])
        if name == "L1":
            return Call(r.choice(("RMI_GPT_L1_CREATE", "RMI_GPT_L1_DESTROY")), [0x8_8000_0000])
        x = [page] if name.startswith("CONFIG") else []
        return Call(f"RMI_RMM_{name}", x, words(page, {0: r.choice((0, 0, 0, 1))}))

    # --- mappings, 2.0 ----------------------------------------------------------------------

    def data_init(self) -> Call:
        rd, ipa = self.entry(UNASSIGNED, wanted=REALM_NEW)
        x = [rd, self.granule(DELEGATED), ipa, self.host(), self.r.randrange(2)]
        return Call("RMI_RTT_DATA_MAP_INIT", x)

    def blocks(self, *, protected: bool) -> tuple[list[int], Memory | None, int]:
        """(flags, oaddr), the list in memory, bytes: one descriptor or a list of them."""
        r = self.r
        free = [
            at
            for at in range(RAM, RAM + PAGES * PAGE, PAGE)
            if self.m.gstate(at) == DELEGATED or not protected
        ]
        if r.random() < 0.25:
            return [1, BLOCKS | 1 << 2 | 1], None, BLOCK
        addrs = r.sample(free, min(len(free), r.randint(1, 4))) or [self.page()]
        if r.random() < 0.5:
            return [1, addrs[0] | r.choice((1, 1, 2)) << 2], None, 2 * PAGE
        page = self.host()
        listed = {8 * i: addr | 1 << 2 for i, addr in enumerate(addrs)}
        return [2 | len(addrs) << 2, page], words(page, listed), len(addrs) * PAGE

    def mapping(self, name: str, state: int, attributes: int, *, protected: bool) -> Call:
        (flags, oaddr), mem, size = self.blocks(protected=protected)
        level = 2 if size == BLOCK else 3
        rd, base = self.entry(state, level, protected=protected)
        top = base + max(size, self.r.choice((1, 2, 4)) * PAGE)
        return Call(name, [rd, base, top, flags | attributes, oaddr], mem)

    def data_map(self) -> Call:
        return self.mapping("RMI_RTT_DATA_MAP", UNASSIGNED, 0, protected=True)

    def unprot_map(self) -> Call:
        return self.mapping("RMI_RTT_UNPROT_MAP", UNASSIGNED_NS, 3 << 19, protected=False)

    def unmapping(self, name: str, state: int, *, protected: bool) -> Call:
        r = self.r
        rd, base = self.entry(state, r.choice((2, 3, 3)), protected=protected)
        top = base + r.choice((1, 2, 4, 512)) * PAGE
        page = self.host()
        form = r.choice(([0, 0], [1, 0], [2 | r.choice((1, 4)) << 2, page]))
        return Call(name, [rd, base, top, *form])

    def data_unmap(self) -> Call:
        return self.unmapping("RMI_RTT_DATA_UNMAP", ASSIGNED, protected=True)

    def unprot_unmap(self) -> Call:
        return self.unmapping("RMI_RTT_UNPROT_UNMAP", 5, protected=False)

    def aux(self) -> Call:
        """The auxiliary trees of a realm with planes."""
        r = self.r
        realms = [realm for realm in self.m.realms.values() if realm.tree_per_plane]
        realm = r.choice(realms) if realms else self.realm()
        rd = self.rd() if realm is None else realm.rd
        index = r.choice((1, 1, 2))
        name = r.choice(("CREATE", "CREATE", "DESTROY", "FOLD", "MAP", "MAP", "UNMAP"))
        protected = r.random() < 0.5
        ipa = self.ipa(realm, protected=protected)
        if name in ("MAP", "UNMAP"):
            if realm is not None and not protected:
                ipa &= -level_size(realm.rtt_level_start)
            elif realm is not None:
                # What the primary tree maps, or what the auxiliary one does.
                tree = 0 if name == "MAP" or index >= len(realm.trees) else index
                ipa = self.mapped(realm, ipa, tree)
            half = "PROTECTED" if protected else "UNPROTECTED"
            return Call(f"RMI_RTT_AUX_{name}_{half}", [rd, ipa, index])
        walk = None
        if realm is not None and index < len(realm.trees):
            walk = self.walk(realm, ipa, 3, index)
        level = 3 if walk is None else walk.level + (name == "CREATE" and walk.level < 3)
        place = [ipa & -level_size(level - 1), level, index]
        return Call(
            f"RMI_RTT_AUX_{name}",
            [rd, self.granule(DELEGATED), *place] if name == "CREATE" else [rd, *place],
        )

    # --- devices ----------------------------------------------------------------------------

    def device(self) -> Call:
        """SMMUs, physical devices (mostly root ports, which talk to nobody), virtual ones."""
        r, m = self.r, self.m
        page = self.host()
        smmu = r.choice(m.traits.psmmu_ns_base or (0x8_5000_0000,))
        pdev = r.choice(list(m.pdevs)) if m.pdevs else self.page()
        vdev = r.choice(list(m.vdevs)) if m.vdevs else self.page()
        found = m.vdevs.get(vdev)
        rd = self.rd() if found is None else found.rd
        calls: dict[str, list[int]] = {
            "PSMMU_ACTIVATE": [smmu, page],
            "PSMMU_DEACTIVATE": [smmu],
            "PSMMU_ST_L2_CREATE": [smmu, 3],
            "PSMMU_ST_L2_DESTROY": [smmu, 3],
            "PDEV_CREATE": [self.granule(DELEGATED), page],
            "PDEV_GET_STATE": [pdev],
            "PDEV_ABORT": [pdev],
            "PDEV_STOP": [pdev],
            "PDEV_DESTROY": [pdev],
            "PDEV_SET_PUBKEY": [pdev, page],
            "VDEV_CREATE": [self.rd(), pdev, self.granule(DELEGATED), page],
            "VDEV_GET_STATE": [vdev],
            **{f"VDEV_{name}": [rd, pdev, vdev] for name in ("LOCK", "START", "UNLOCK")},
            **{f"VDEV_{name}": [rd, pdev, vdev] for name in ("DESTROY", "ABORT")},
        }
        name = r.choice([*calls, "PDEV_CREATE", "VDEV_CREATE", "VDEV_CREATE"])
        fields = {0x18: 0x100, 0x28: 1, 0x30: 2, 0: r.choice((0, 0, 3))}
        if name == "PSMMU_ST_L2_CREATE" and (smmu not in m.psmmus or not m.psmmus[smmu].active):
            name = "PSMMU_ACTIVATE"  # how such a table would be refused is not known
        mem = words(page, fields if name == "PDEV_CREATE" else {})
        return Call(f"RMI_{name}", calls[name], mem if page in calls[name] else None)

    def dev_map(self) -> Call:
        """Memory of a device, mapped or unmapped."""
        r, m = self.r, self.m
        vdev = r.choice(list(m.vdevs)) if m.vdevs else self.page()
        rd, base = self.entry(UNASSIGNED)
        if vdev in m.vdevs and r.random() < 0.8:
            rd = m.vdevs[vdev].rd
        if r.random() < 0.4:
            return self.unmapping("RMI_RTT_DEV_UNMAP", 3, protected=True)  # ASSIGNED_DEV
        granule = DEVICE + r.randrange(DEVICE_PAGES) * PAGE
        return Call("RMI_RTT_DEV_MAP", [rd, vdev, base, base + PAGE, 1, granule | 1 << 2])

    # --- stateful operations ----------------------------------------------------------------

    def operation(self) -> Call:
        """What an open operation waits for."""
        r = self.r
        if not self.m.operations.open:
            return Call("RMI_OP_CONTINUE", [0])
        op = r.choice(list(self.m.operations.open.values()))
        page = self.host()
        if op.can_cancel and r.random() < 0.3:
            return Call("RMI_OP_CANCEL", [op.handle])
        if op.wants == MEM_DONATE and op.request is not None:
            if op.request.contiguous:
                addr = self.granule(DELEGATED, op.request.granules)
                listed = [addr | op.request.granules << 2]
            else:
                number = r.choice((op.request.granules, 1))
                listed = [self.granule(DELEGATED) | 1 << 2 for _ in range(min(number, 16))]
            mem = words(page, {8 * i: word for i, word in enumerate(listed)})
            return Call("RMI_OP_MEM_DONATE", [op.handle, page, len(listed)], mem)
        if op.wants == MEM_RECLAIM:
            return Call("RMI_OP_MEM_RECLAIM", [op.handle, page, r.choice((1, 4, 512))])
        if op.name != "RMI_REC_CREATE":
            return Call("RMI_OP_CONTINUE", [op.handle])
        mem = {at: word for at, word in self.kept.items() if at & -PAGE == op.x[2] & -PAGE}
        return Call("RMI_OP_CONTINUE", [op.handle], mem or words(op.x[2] & -PAGE, {}))
