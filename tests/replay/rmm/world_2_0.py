"""A machine under RMM 2.0, built call by call through the engine.

Every call that builds it is judged, so a set-up that the model does not accept
fails the test.  `answer` turns the judge round: what the reference answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from replay.engine import Engine
from replay.rmm.device import Vdev
from replay.rmm.operation import is_incomplete
from replay.rmm.realm import Realm
from replay.rmm.rec import Rec
from replay.rmm.values import GRANULE_NAME, VDEV
from replay.rmm.values import REC as REC_GRANULE
from replay.verdict import OK, Verdict
from traces.event import Bank, Header, Memory, Smc

PAGE = 1 << 12
BLOCK = 1 << 21
GIB = 1 << 30
RAM = 0x8_8000_0000
RAM_SIZE = 4 * GIB
DEVICE = 0x8_4000_0000
HALF = 1 << 39  # first unprotected IPA of a realm of 40 bits
HIGH = 1 << 48  # memory that a realm without LPA2 cannot hold, on a machine of 52 bits
HOST = RAM + RAM_SIZE - 16 * BLOCK  # what the host keeps for itself: parameters, lists
LIST_PAGE = HOST + PAGE
FEATURES = {0: 0x104130, 1: 0x142A9, 2: 0xA1, 3: 0x3, 4: 0xFFFE}

# Result words of the fact sheet (tf-rmm-behaviour, section 4).
INPUT, REALM, REC = 1, 2, 3
BUSY, INCOMPLETE, BLOCKED = 10, 13, 14

# Flags of map and unmap: how addresses are given; permissions of unprotected memory.
NONE, SINGLE, LIST = range(3)
WRITE, READ = 1 << 19, 1 << 20


def rtt(level: int) -> int:
    """X0 of ERROR_RTT at `level`."""
    return 4 | (level & 0xFF) << 8


def rtt_aux(level: int) -> int:
    return 7 | (level & 0xFF) << 8


def desc(addr: int, count: int = 1, *, size: int = 0, state: int = 0) -> int:
    """RmiAddrRangeDesc: `size` 0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB."""
    return addr | count << 2 | size | state << 63


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(8, "little") for value in values)


class World:
    """One machine with an active RMM; `reference`: the one that the fact sheet describes."""

    def __init__(self, *, reference: bool = True, pa_width: int = 48) -> None:
        banks = [Bank(RAM, RAM_SIZE), Bank(DEVICE, 16 * PAGE, "device-ncoh")]
        if pa_width > 48:
            banks.append(Bank(HIGH, 16 * PAGE))
        header = Header(
            rmi="2.0",
            granule_size=4096,
            pa_width=pa_width,
            memory=tuple(banks),
            features=FEATURES,
            implementation={"name": "tf-rmm", "sro_contexts": 160} if reference else {},
        )
        self.engine = Engine(header)
        self.m = self.engine.m
        self.names = {c.name: c for c in self.engine.commands.values()}
        self._next = RAM
        self._lines = 1
        self.ok("RMM_ACTIVATE", r=[0])

    # --- calls --------------------------------------------------------------------

    def smc(
        self,
        name: str,
        *x: int,
        r: Sequence[int] | None = None,
        mem: dict[int, bytes] | None = None,
        mem_out: dict[int, bytes] | None = None,
    ) -> Smc:
        self._lines += 1
        full = [value & (1 << 64) - 1 for value in x] + [0] * (8 - len(x))
        seen = None if r is None else [*r, *[0] * (8 - len(r))]
        fid = self.names[f"RMI_{name}"].fid
        return Smc(self._lines, fid, full, seen, name=f"RMI_{name}", mem=mem, mem_out=mem_out)

    def call(
        self,
        name: str,
        *x: int,
        r: Sequence[int],
        mem: dict[int, bytes] | None = None,
        mem_out: dict[int, bytes] | None = None,
    ) -> Verdict:
        """Judge a call that gave the registers `r`."""
        return self.engine.judge(self.smc(name, *x, r=r, mem=mem, mem_out=mem_out))

    def ok(
        self,
        name: str,
        *x: int,
        r: Sequence[int] = (0,),
        mem: dict[int, bytes] | None = None,
        mem_out: dict[int, bytes] | None = None,
    ) -> None:
        """A call that must be judged ok."""
        verdict = self.call(name, *x, r=r, mem=mem, mem_out=mem_out)
        assert verdict.kind == OK, verdict

    def refuses(self, name: str, *x: int, r: Sequence[int]) -> list[str]:
        """Judge a result that must be a violation; the conditions that hold."""
        verdict = self.call(name, *x, r=r)
        assert verdict.kind == "violation", verdict
        return [reason.id for reason in verdict.conditions]

    def answer(
        self, name: str, *x: int, mem: dict[int, bytes] | None = None
    ) -> tuple[int | None, ...]:
        """What the reference answers, by the model, which does it: X0 and the sure outputs."""
        smc = self.smc(name, *x, mem=mem)
        self.m.smc, self.m.mem = smc, None if mem is None else Memory(mem)
        command = self.names[f"RMI_{name}"]
        held, objects = command.judge(self.m, smc.x)
        fails = [row for row in held if not command.conditions[row[0]].permits]
        if fails:
            _, x0, outputs = fails[0]
            return (x0, *(value for _, value in outputs or ()))
        expected = self.engine.effects[command.effect](self.m, *objects, None)
        assert not is_incomplete([x or 0 for x in expected])
        return expected

    # --- objects --------------------------------------------------------------------

    def granules(self, number: int = 1, *, align: int = PAGE) -> int:
        """The first of `number` delegated granules in a row."""
        base = -(-self._next // align) * align
        self._next = base + number * PAGE
        self.delegate(base, number)
        return base

    def delegate(self, base: int, number: int = 1) -> None:
        for addr in range(base, base + number * PAGE, PAGE):
            self.ok("GRANULE_RANGE_DELEGATE", addr, addr + PAGE, r=[0, addr + PAGE])

    def realm(
        self,
        width: int = 40,
        level: int = 1,
        number: int = 2,
        *,
        planes: int = 0,
        lpa2: bool = False,
    ) -> int:
        """A NEW realm: `width` bits, `number` starting tables at `level`, auxiliary planes."""
        page = HOST
        roots = self.granules(number * (planes + 1), align=number * PAGE)
        rd = self.granules()
        params = {
            page: words(int(lpa2), width),
            page + 0x18: words(1),
            page + 0x20: words(1),
            page + 0x38: words(planes),
            page + 0x808: words(roots, level, number, int(planes > 0)),
            page + 0xF80: words(*(roots + n * number * PAGE for n in range(1, planes + 1))),
        }
        self.ok("REALM_CREATE", rd, page, mem=params)
        return rd

    def object(self, rd: int) -> Realm:
        return self.m.realms[rd]

    def table(self, rd: int, ipa: int, level: int, *, tree: int = 0) -> int:
        """A new table of `level` for `ipa`."""
        addr = self.granules()
        if tree:
            self.ok("RTT_AUX_CREATE", rd, addr, ipa, level, tree)
        else:
            self.ok("RTT_CREATE", rd, addr, ipa, level)
        return addr

    def tables(self, rd: int, ipa: int, *, tree: int = 0) -> int:
        """Tables down to pages; the address of the last."""
        start = self.object(rd).rtt_level_start
        addr = 0
        for level in range(start + 1, 4):
            base = ipa & -(PAGE << 9 * (4 - level))
            addr = self.table(rd, base, level, tree=tree)
        return addr

    def realm_with_pages(self) -> int:
        """A realm with a table of pages for the first 2 MiB and one for the second half's."""
        rd = self.realm()
        self.tables(rd, 0)
        self.tables(rd, HALF)
        return rd

    def data(self, rd: int, ipa: int, number: int = 1) -> int:
        """Map `number` new pages from `ipa` on; the address of the first."""
        pages = self.granules(number)
        top = ipa + number * PAGE
        self.ok("RTT_DATA_MAP", rd, ipa, top, SINGLE, desc(pages, number), r=[0, top])
        return pages

    def block(self, rd: int, ipa: int) -> int:
        """Map a new block of 2 MiB at `ipa`; its address."""
        pages = self.granules(512, align=BLOCK)
        top = ipa + BLOCK
        self.ok("RTT_DATA_MAP", rd, ipa, top, SINGLE, desc(pages, size=1), r=[0, top])
        return pages

    def unprot(self, rd: int, ipa: int, word: int, flags: int = READ) -> None:
        """Map the blocks that the descriptor `word` names at an unprotected IPA."""
        size = PAGE << 9 * (word & 3)
        top = ipa + size * (word >> 2 & 0x3FF)
        self.ok("RTT_UNPROT_MAP", rd, ipa, top, SINGLE | flags, word, r=[0, top])

    def vdev(self, rd: int) -> int:
        """A virtual device of the realm, put there by hand: the reference needs a real one."""
        addr = self.granules()
        self.m.granules.set(addr, VDEV)
        self.m.vdevs[addr] = Vdev(addr, rd, 0, 0)
        return addr

    def rec(self, rd: int) -> Rec:
        """A REC, put there by hand: what it takes to create one is not at issue."""
        addr = self.granules()
        self.m.granules.set(addr, REC_GRANULE)
        rec = self.m.recs[addr] = Rec(addr, rd, 0, True, [])
        return rec

    # --- what can be seen -------------------------------------------------------------

    def entry(self, rd: int, ipa: int, level: int = 3) -> tuple[int | None, ...]:
        """(level, state, descriptor, RIPAS) that RTT_READ_ENTRY answers."""
        got = self.answer("RTT_READ_ENTRY", rd, ipa, level)
        assert got[0] == 0, got
        return got[1:]

    def state(self, addr: int) -> str:
        state = self.m.gstate(addr)
        return "none" if state is None else GRANULE_NAME[state]
