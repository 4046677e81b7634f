"""Plausible calls of a host, by chance: right ones, and right ones with one thing wrong.

`Traffic` looks into the model of the RMM that answers, so that it finds things to name:
realms that live, tables that are missing, operations that wait.  What it must not do is
to know the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from replay.rmm.model import Rmm
from replay.rmm.rtt import level_size
from replay.rmm.values import (
    ASSIGNED,
    DATA,
    DELEGATED,
    MASK64,
    PARTIAL,
    RD,
    REC,
    RMM_INIT,
    RTT,
    UNASSIGNED,
    UNASSIGNED_NS,
    UNDELEGATED,
)
from tests.replay.rmm.traffic_2_0 import Calls20
from tests.replay.rmm.traffic_things import (
    BLOCKS,
    BLOCKS_TOP,
    DEVICE,
    HOST,
    PAGE,
    PAGES,
    RAM,
    RAM_TOP,
    Call,
    words,
)


class Traffic(Calls20):
    """Calls to an RMM whose state is `m`; `wrong`: how many of them have something wrong."""

    def __init__(self, m: Rmm, random: Random, wrong: float = 0.25) -> None:
        super().__init__(m, random, wrong)
        shared = [
            (3, self.table),
            (1, self.destroy_table),
            (1, self.fold),
            (2, self.read_entry),
            (3, self.init_ripas),
            (2, self.set_ripas),
            (6, self.enter),
            (1, self.psci_complete),
            (2, self.activate),
            (1, self.realm_destroy),
            (0.7, self.rec_destroy),
            (1, self.version),
            (1, self.features),
            (0.5, self.other_agent),
        ]
        mine: list[tuple[float, Callable[[], Call]]]
        if m.rmi == "1.0":
            mine = [
                (8, self.delegate_1_0),
                (3, self.undelegate_1_0),
                (3, self.realm_create_1_0),
                (3, self.rec_create_1_0),
                (1, self.rec_aux_count),
                (6, self.data_create),
                (3, self.data_destroy),
                (3, self.map_1_0),
                (2, self.unmap_1_0),
            ]
        else:
            mine = [
                (8, self.delegate_2_0),
                (3, self.undelegate_2_0),
                (3, self.realm_create_2_0),
                (3, self.rec_create_2_0),
                (1, self.terminate),
                (2, self.data_init),
                (5, self.data_map),
                (3, self.data_unmap),
                (3, self.unprot_map),
                (2, self.unprot_unmap),
                (5, self.aux),
                (3, self.device),
                (2, self.dev_map),
                (8, self.operation),
                (1, self.boot),
                (0.5, self.tracking),
                (0.5, self.set_s2ap),
            ]
        self.script = self.life() if random.random() < 0.7 else []
        self.weights = [weight for weight, _ in shared + mine]
        self.moves = [move for _, move in shared + mine]

    def next(self) -> Call:
        """The next call: often right, else with one argument or one word of memory spoilt."""
        m, r = self.m, self.r
        if self.script:
            return self.script.pop(0)()
        if m.rmi != "1.0" and m.state == RMM_INIT and r.random() < 0.5:
            call = Call("RMI_RMM_ACTIVATE")
        elif m.operations.open and r.random() < 0.4:
            call = self.operation()
        elif r.random() < 0.5 and self.rec(lambda rec: rec.psci_pending):
            call = self.psci_complete()
        elif r.random() < 0.4 and self.rec(lambda rec: rec.ripas_top):
            call = self.set_ripas()
        else:
            (move,) = r.choices(self.moves, self.weights)
            call = move()
        if call.event is None and r.random() < self.wrong:
            call = self.spoil(call)
        return call

    def life(self) -> list[Callable[[], Call]]:
        """The life of a realm up to its activation, as a host goes about it."""
        old = self.m.rmi == "1.0"
        create = self.realm_create_1_0 if old else self.realm_create_2_0
        rec = [self.rec_create_1_0] if old else [self.rec_create_2_0, *[self.operation] * 4]
        data = self.data_create if old else self.data_map
        ripas = [self.table] * 3 + [self.init_ripas] * 2
        first = [] if old else [self.data_init, *[self.aux] * 6, self.table]
        return [create, *ripas, *first, self.table, *rec, data, data, data, *rec, self.activate]

    # --- granules, boot ---------------------------------------------------------------------

    def delegate_1_0(self) -> Call:
        return Call("RMI_GRANULE_DELEGATE", [self.granule(UNDELEGATED)])

    def undelegate_1_0(self) -> Call:
        return Call("RMI_GRANULE_UNDELEGATE", [self.granule(DELEGATED)])

    def other_agent(self) -> Call:
        pas = self.r.choice(("NS", "NS", "SECURE", "ROOT"))
        return Call("gpt", event={"addr": self.granule(UNDELEGATED), "pas": pas})

    def version(self) -> Call:
        return Call("RMI_VERSION", [self.r.choice((0x10000, 0x20000, 0x10001, 0, 0x30000))])

    def features(self) -> Call:
        return Call("RMI_FEATURES", [self.r.choice((0, 0, 1, 2, 3, 4, 9))])

    # --- mappings, 1.0 ----------------------------------------------------------------------

    def data_create(self) -> Call:
        rd, ipa = self.entry(UNASSIGNED)
        data = self.granule(DELEGATED)
        if self.r.random() < 0.5:
            return Call("RMI_DATA_CREATE_UNKNOWN", [rd, data, ipa])
        return Call("RMI_DATA_CREATE", [rd, data, ipa, self.host(), self.r.randrange(2)])

    def data_destroy(self) -> Call:
        return Call("RMI_DATA_DESTROY", list(self.entry(ASSIGNED)))

    def map_1_0(self) -> Call:
        level = self.r.choice((2, 3))
        rd, ipa = self.entry(UNASSIGNED_NS, level, protected=False)
        addr = self.host() & -level_size(level)
        return Call("RMI_RTT_MAP_UNPROTECTED", [rd, ipa, level, addr | 0x08])

    def unmap_1_0(self) -> Call:
        level = self.r.choice((2, 3))
        rd, ipa = self.entry(5, level, protected=False)  # ASSIGNED_NS
        return Call("RMI_RTT_UNMAP_UNPROTECTED", [rd, ipa, level])

    # --- mistakes ---------------------------------------------------------------------------

    def spoil(self, call: Call) -> Call:
        """The call with one argument or one word of its memory wrong."""
        r = self.r
        x, mem = list(call.x), call.mem
        if mem and r.random() < 0.4:
            at = r.choice(sorted(mem))
            mem = mem | {at: self.other(int.from_bytes(mem[at], "little")).to_bytes(8, "little")}
        elif x:
            n = r.randrange(len(x))
            x[n] = self.other(x[n])
        if mem is not None:  # the page that is read now is there, too
            for addr in x:
                page = addr & -PAGE
                if RAM <= page < RAM_TOP and not any(at & -PAGE == page for at in mem):
                    mem = mem | words(page, {})
        return Call(call.name, x, mem, call.realm)

    def other(self, value: int) -> int:
        """A value near by, or of another kind."""
        r = self.r
        near = (value + 1, value - 1, value ^ 1 << r.randrange(12), value + PAGE, value - PAGE)
        kinds = (RD, REC, RTT, DATA, DELEGATED, UNDELEGATED, PARTIAL)
        far = (0, MASK64, 1 << 48, 1 << 30, DEVICE, self.host(), self.granule(r.choice(kinds)))
        return r.choice(r.choice((near, far))) & MASK64


def boot(m: Rmm) -> Sequence[Call]:
    """What a host does first: half of the small granules and the blocks are delegated."""
    if m.rmi == "1.0":
        first = range(RAM, RAM + PAGES * PAGE // 2, PAGE)
        return [Call("RMI_GRANULE_DELEGATE", [addr]) for addr in first]
    calls = [
        Call("RMI_RMM_CONFIG_SET", [addr], words(HOST, {0: value}))
        for addr, value in ((HOST, 1), (HOST + 1, 0), (DEVICE, 0), (HOST, 0))
    ]
    calls += [Call("RMI_RMM_CONFIG_GET", [HOST]), Call("RMI_RMM_ACTIVATE")]
    step = m.traits.range_step * PAGE
    for base, top in ((RAM, RAM + PAGES * PAGE // 2), (BLOCKS, BLOCKS_TOP)):
        calls += [
            Call("RMI_GRANULE_RANGE_DELEGATE", [at, min(at + (step or top), top)])
            for at in range(base, top, step or top)
        ]
    return calls
