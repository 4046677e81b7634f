"""The machine of the traffic, and what its calls can name: granules, realms, RECs, entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from replay.rmm.model import Rmm, Unknown
from replay.rmm.realm import Realm
from replay.rmm.rec import Rec
from replay.rmm.rtt import Walk, level_size
from replay.rmm.values import (
    ASSIGNED,
    MASK64,
    RD,
    TABLE,
)
from traces.event import Bank, Header, Rmi

PAGE = 1 << 12
BLOCK = 1 << 21
RAM = 0x8_8000_0000
PAGES = 96  # granules that are named again and again, one by one
BLOCKS = RAM + 2 * BLOCK  # a block, delegated as a whole
BLOCKS_TOP = BLOCKS + BLOCK
HOST = RAM + 8 * BLOCK  # what the host keeps: parameters, lists, run pages
RAM_TOP = HOST + BLOCK
DEVICE = 0x8_4000_0000
DEVICE_PAGES = 16
FEATURES_1_0 = 0x28_FFC1_04130  # the reference's
FEATURES_2_0 = {0: 0x104130, 1: 0x142A9, 2: 0xA1, 3: 0x3, 4: 0xFFFE}
AUX = 2
GEOMETRIES = ((32, 2, 4), (32, 2, 4), (32, 1, 1), (40, 1, 2), (40, 0, 1))  # width, level, number

Memory = dict[int, bytes]
Acts = list[tuple[str, list[int]]]


def machine(rmi: Rmi = "2.0", *, reference: bool, cpus: int = 1) -> Header:
    """A machine with an RMM: TF-RMM, or one of which only the specification is known."""
    traits: dict[str, Any] = {"max_rec_aux": AUX, "vmid_bits": 8, "max_recs_order": 2}
    if reference:
        traits |= {"name": "tf-rmm", "sro_contexts": 3, "psmmu_ns_base": [0x8_5000_0000]}
    return Header(
        rmi=rmi,
        granule_size=4096,
        pa_width=48,
        memory=(Bank(RAM, RAM_TOP - RAM), Bank(DEVICE, DEVICE_PAGES * PAGE, "device-ncoh")),
        features={0: FEATURES_1_0} if rmi == "1.0" else dict(FEATURES_2_0),
        cpus=cpus,
        implementation=traits,
    )


@dataclass(frozen=True)
class Call:
    """A call without its answer; `event`: others do something instead."""

    name: str
    x: list[int] = field(default_factory=list)
    mem: Memory | None = None
    realm: Acts = field(default_factory=list)
    event: dict[str, Any] | None = None


def words(base: int, values: dict[int, int]) -> Memory:
    """64-bit words at offsets of the page at `base`; the page is there even if all are zero."""
    return {base + at: (v & MASK64).to_bytes(8, "little") for at, v in ({0: 0} | values).items()}


def registers(*values: int) -> list[int]:
    """x0 to x8 of a realm."""
    return [*values, *[0] * (9 - len(values))]


class Things:
    """What there is in an RMM whose state is `m`, picked by chance."""

    def __init__(self, m: Rmm, random: Random) -> None:
        self.m = m
        self.r = random

    def page(self) -> int:
        return RAM + self.r.randrange(PAGES) * PAGE

    def granule(self, state: int, number: int = 1) -> int:
        """The first of `number` granules in a row in `state`, aligned to their size."""
        found = [
            at
            for at in range(RAM, RAM + (PAGES - number + 1) * PAGE, number * PAGE)
            if all(self.m.gstate(at + i * PAGE) == state for i in range(number))
        ]
        return self.r.choice(found) if found else self.page()

    def host(self) -> int:
        return HOST + self.r.randrange(8) * PAGE

    def realm(self, *states: int) -> Realm | None:
        found = [z for z in self.m.realms.values() if not states or z.state in states]
        return self.r.choice(found) if found else None

    def rd(self, *states: int) -> int:
        realm = self.realm(*states)
        return self.granule(RD) if realm is None else realm.rd

    def rec(self, wanted: Callable[[Rec], object] = lambda rec: True) -> Rec | None:
        found = [rec for rec in self.m.recs.values() if wanted(rec)]
        return self.r.choice(found) if found else None

    def ipa(self, realm: Realm | None, *, protected: bool = True) -> int:
        """One of few pages, where tables begin and end."""
        offset = self.r.choice((0, 0, 0, BLOCK, 1 << 30))
        page = self.r.choice((0, 0, 1, 2, 3, 509, 510, 511)) * PAGE
        half = 0 if realm is None else realm.protected_top
        return offset + page + (0 if protected else half)

    def walk(self, realm: Realm, ipa: int, level: int, tree: int = 0) -> Walk | None:
        """Where a walk ends; None where the model cannot tell."""
        try:
            return self.m.walk(realm, ipa, level, tree)
        except Unknown:
            return None

    def half(self) -> bool:
        """In which half: mostly the protected one."""
        return self.r.random() < 0.7

    # --- tables and entries -----------------------------------------------------------------

    def at_level(self, realm: Realm | None, level: int, *, protected: bool) -> int:
        """An IPA where an entry of `level` begins."""
        return self.ipa(realm, protected=protected) & -level_size(max(-1, min(level, 3)))

    def missing(self) -> tuple[int, int, int]:
        """(rd, IPA, level) of a table that is missing."""
        realm = self.realm()
        ipa = self.ipa(realm, protected=self.half())
        walk = None if realm is None else self.walk(realm, ipa, 3)
        level = 3 if walk is None or self.r.random() < 0.1 else min(walk.level + 1, 3)
        return self.rd() if realm is None else realm.rd, ipa & -level_size(level - 1), level

    def present(self) -> tuple[int, int, int]:
        """(rd, IPA, level) of a table that is there."""
        found = [
            (realm.rd, table.base, table.level)
            for realm in self.m.realms.values()
            for table in self.m.rtts.values()
            if (walk := self.walk(realm, table.base, table.level - 1)) is not None
            and walk.rtte.state == TABLE
            and walk.rtte.addr == table.addr
        ]
        return self.r.choice(found) if found and self.r.random() < 0.9 else self.missing()

    def entry(
        self, state: int, level: int = 3, *, protected: bool = True, wanted: int | None = None
    ) -> tuple[int, int]:
        """(rd, IPA) of an entry of `level` in `state`, if a few tries find one.

        In a realm in the state `wanted`, if that is said.
        """
        rd, ipa = self.rd(), 0
        for _ in range(8):
            realm = self.realm() if wanted is None else self.realm(wanted)
            if realm is None:
                break
            rd, ipa = realm.rd, self.at_level(realm, level, protected=protected)
            walk = self.walk(realm, ipa, level)
            if walk is not None and walk.level == level and walk.rtte.state == state:
                break
        return rd, ipa

    def mapped(self, realm: Realm, ipa: int, tree: int) -> int:
        """`ipa`, or another page that the tree maps, if a few tries find one."""
        for _ in range(8):
            walk = self.walk(realm, ipa, 3, tree)
            if walk is not None and walk.rtte.state == ASSIGNED:
                break
            ipa = self.ipa(realm)
        return ipa
