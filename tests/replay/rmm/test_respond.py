"""The judge turned round: every answer is ok, unless it comes from a faulty behaviour."""

from __future__ import annotations

import struct
from collections import Counter
from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from replay.coverage import Coverage
from replay.engine import Engine
from replay.rmm.behaviours import BEHAVIOURS, Behaviour, busy, rtt_error, strides
from replay.rmm.choices import Choices
from replay.rmm.model import Unknown
from replay.rmm.operation import Request
from replay.rmm.respond import Responder
from replay.run import Options, run_trace
from replay.state import dump
from replay.verdict import OK, VIOLATION, Verdict
from tests.replay.rmm.traffic import Traffic, boot
from tests.replay.rmm.traffic_things import HOST, PAGE, RAM, RAM_TOP, Call, machine, words
from traces.event import Event, Header, Smc
from traces.formats.jsonl import write

SUCCESS, INPUT, BUSY, GLOBAL, INCOMPLETE, BLOCKED = 0, 1, 10, 11, 13, 14
DONATE, RECLAIM, CANCEL = 1 << 8, 2 << 8, 4 << 8
NOT_SUPPORTED = (1 << 64) - 1

MACHINES = {
    "1.0": machine("1.0", reference=True),
    "1.0, two CPUs": machine("1.0", reference=False, cpus=2),
    "2.0 reference": machine(reference=True),
    "2.0 reference, two CPUs": machine(reference=True, cpus=2),
    "2.0": machine(reference=False),
    "2.0, two CPUs": machine(reference=False, cpus=2),
    "2.0-bet0 reference": machine("2.0-bet0", reference=True),
    "2.0-bet0": machine("2.0-bet0", reference=False, cpus=2),
    "2.0-bet3": machine("2.0-bet3", reference=False, cpus=2),
}
PERMITTED = sorted(b.name for b in BEHAVIOURS.values() if not b.faulty)
FAULTY = sorted(b.name for b in BEHAVIOURS.values() if b.faulty)


class Bench:
    """An RMM that answers, and a judge that sees nothing but the calls and their answers."""

    def __init__(self, header: Header, behaviour: str | Behaviour = "plain", seed: int = 0) -> None:
        self.rmm = Responder(header, behaviour, seed)
        self.judge = Engine(header)
        self.coverage = Coverage()
        self.coverage.know(header.rmi, self.judge.commands)
        self.last: Smc | None = None
        self.unknown: Counter[str] = Counter()

    def do(self, call: Call) -> Verdict | None:
        """Answer and judge; None for what is no call, or has no answer in the model."""
        if call.event is not None:
            assert not self.judge.event(self.rmm.happens(call.name, **call.event))
            return None
        try:
            fid = self.rmm.command(call.name)
            self.last = smc = self.rmm.call(fid, call.x, mem=call.mem, realm=call.realm)
        except (KeyError, Unknown) as error:
            self.unknown[str(error)] += 1
            return None
        verdict = self.judge.judge(seen(smc))
        command = self.judge.command(smc)
        assert command is not None
        self.coverage.count(self.judge.header.rmi, command, self.judge.held)
        if self.judge.m.judged is not None:
            self.coverage.count(self.judge.header.rmi, *self.judge.m.judged)
            self.judge.m.judged = None
        return verdict

    def run(self, traffic: Traffic, calls: int) -> Verdict | None:
        """So much traffic after booting; the first verdict that is not ok."""
        first = list(boot(self.rmm.m))
        for n in range(len(first) + calls):
            verdict = self.do(first[n] if n < len(first) else traffic.next())
            if verdict is not None and verdict.kind != OK:
                return verdict
        return None


def seen(smc: Smc) -> Smc:
    """The call as somebody else reads it: nothing is shared with the RMM that answered."""
    return Smc(
        line=smc.line,
        fid=smc.fid,
        x=list(smc.x),
        r=None if smc.r is None else list(smc.r),
        seq=smc.seq,
        cpu=smc.cpu,
        name=smc.name,
        mem=None if smc.mem is None else dict(smc.mem),
        mem_out=None if smc.mem_out is None else dict(smc.mem_out),
        realm=None if smc.realm is None else [(kind, list(x)) for kind, x in smc.realm],
    )


def state(engine_or_rmm: Engine | Responder) -> Any:
    """Granules, tables, realms, RECs and operations, as values."""
    m = engine_or_rmm.m
    recs = {addr: {a: getattr(rec, a) for a in rec.__slots__} for addr, rec in m.recs.items()}
    operations = {
        h: (op.name, op.wants, op.can_cancel, op.given) for h, op in m.operations.open.items()
    }
    realms = {rd: (z.state, z.rec_index, z.num_recs, z.running) for rd, z in m.realms.items()}
    return dump(m), recs, operations, realms, m.state, m.pas, m.data_refs, m.vmids


# --- the property ----------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    where=st.sampled_from(sorted(MACHINES)),
    behaviour=st.sampled_from(PERMITTED),
    seed=st.integers(0, (1 << 32) - 1),
)
def test_every_answer_is_ok_and_leads_to_the_same_state(
    where: str, behaviour: str, seed: int
) -> None:
    bench = Bench(MACHINES[where], behaviour, seed)
    verdict = bench.run(Traffic(bench.rmm.m, Random(seed)), 150)
    note(str(verdict))
    assert verdict is None
    assert state(bench.rmm) == state(bench.judge)


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_behaviour_is_noticed(name: str) -> None:
    for seed in range(10):
        bench = Bench(MACHINES["2.0"], name, seed)  # with one CPU nobody may be busy
        verdict = bench.run(Traffic(bench.rmm.m, Random(seed), wrong=0.1), 300)
        if verdict is not None:
            assert verdict.kind == VIOLATION
            return
    pytest.fail("the judge saw nothing wrong")


# --- what the traffic reaches -----------------------------------------------------------

# Devices that answer, what needs all memory undelegated or a request that no realm here makes,
# and what never succeeds, plausible calls do not come to.
_RARE = ("PDEV_", "VDEV_", "PSMMU_", "DEV_")
_IDLE = (
    "RMI_RMM_DEACTIVATE",
    "RMI_RTT_SET_S2AP",
    "RMI_GPT_L1_CREATE",
    "RMI_GPT_L1_DESTROY",
)


@pytest.mark.parametrize(("rmi", "share"), [("1.0", 0.88), ("2.0", 0.78)])
def test_the_traffic_reaches_most_conditions(rmi: str, share: float) -> None:
    """Each command does its work at least once, and most conditions hold in some call.

    With one CPU in the RMM, what asks for another one never holds.
    """
    coverage = Coverage()
    for name, header in MACHINES.items():
        if header.rmi == rmi:
            for seed in range(12):
                bench = Bench(header, ("any", "plain")[seed % 2], seed)
                assert bench.run(Traffic(bench.rmm.m, Random(seed)), 400) is None, name
                coverage.add(bench.coverage)
    rows = [row for row in coverage.rows() if not any(rare in row.command for rare in _RARE)]
    never = {row.command: row.never for row in rows if row.never}
    assert not [row.command for row in rows if not row.free and row.command not in _IDLE], never
    conditions = sum(len(row.conditions) for row in rows)
    assert sum(map(len, never.values())) <= (1 - share) * conditions, never


# --- single behaviours, by hand -----------------------------------------------------------


class Host:
    """Calls by name without the prefix; what comes back."""

    def __init__(self, header: Header, behaviour: str | Behaviour = "plain") -> None:
        self.rmm = Responder(header, behaviour)

    def __call__(self, name: str, *x: int, **more: Any) -> list[int]:
        self.last = self.rmm.call(self.rmm.command(f"RMI_{name}"), x, **more)
        assert self.last.r is not None
        return self.last.r


def active(behaviour: str | Behaviour, *, reference: bool = False, cpus: int = 1) -> Host:
    """A host of 2.0 that has activated the RMM, before it took to the behaviour."""
    host = Host(machine(reference=reference, cpus=cpus))
    assert host("RMM_ACTIVATE")[0] == SUCCESS
    host.rmm.behaviour = BEHAVIOURS[behaviour] if isinstance(behaviour, str) else behaviour
    return host


def delegated(host: Host, count: int) -> None:
    host.rmm.behaviour, kept = BEHAVIOURS["plain"], host.rmm.behaviour
    for addr in range(RAM, RAM + count * PAGE, PAGE):
        assert host("GRANULE_RANGE_DELEGATE", addr, addr + PAGE)[:2] == [SUCCESS, addr + PAGE]
    host.rmm.behaviour = kept


def test_names() -> None:
    assert all(name == b.name and b.text for name, b in BEHAVIOURS.items())
    assert len({b.text for b in BEHAVIOURS.values()}) == len(BEHAVIOURS)
    with pytest.raises(KeyError):
        Responder(MACHINES["2.0"], "no such behaviour")


def test_the_gate_and_what_does_not_exist() -> None:
    host = Host(MACHINES["2.0"])
    assert host("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE)[0] == GLOBAL  # not active yet
    assert host("RMM_ACTIVATE")[0] == SUCCESS
    assert host("RMM_ACTIVATE")[0] == GLOBAL
    assert host.rmm.call(0xC400_01FF + 0x1000).r == [NOT_SUPPORTED, *[0] * 7]
    hint = host.rmm.command("RMI_GRANULE_RANGE_DELEGATE") | 1 << 16
    assert host.rmm.call(hint, [RAM, RAM + PAGE]).r == [SUCCESS, RAM + PAGE, *[0] * 6]


def test_a_page_that_was_not_given() -> None:
    host = Host(MACHINES["1.0"])
    host("GRANULE_DELEGATE", RAM)
    with pytest.raises(Unknown):
        host("REALM_CREATE", RAM, HOST)


@pytest.mark.parametrize(("stride", "step"), [(0, 8), (1, 1), (3, 3)])
def test_strides(stride: int, step: int) -> None:
    host = active(strides(stride) if stride else "plain")
    top = RAM + 8 * PAGE
    assert host("GRANULE_RANGE_DELEGATE", RAM, top)[:2] == [SUCCESS, RAM + step * PAGE]
    if step < 8:
        there = RAM + step * PAGE
        after = min(there + step * PAGE, top)
        assert host("GRANULE_RANGE_DELEGATE", there, top)[:2] == [SUCCESS, after]


def test_the_reference_has_a_stride_of_its_own() -> None:
    host = active("stride-3", reference=True)
    assert host("GRANULE_RANGE_DELEGATE", RAM, RAM + 8 * PAGE)[:2] == [SUCCESS, RAM + PAGE]


def test_busy_so_often() -> None:
    host = active(busy(2), cpus=2)
    for _ in range(2):
        results = [host("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE)[0] for _ in range(3)]
        host("GRANULE_RANGE_UNDELEGATE", RAM, RAM + PAGE)
        host("GRANULE_RANGE_UNDELEGATE", RAM, RAM + PAGE)
        assert host("GRANULE_RANGE_UNDELEGATE", RAM, RAM + PAGE)[0] == SUCCESS
        assert results == [BUSY, BUSY, SUCCESS]


@pytest.mark.parametrize(("cpus", "result"), [(1, SUCCESS), (2, BUSY)])
def test_busy_for_ever_needs_somebody_else(cpus: int, result: int) -> None:
    host = active("busy-for-ever", cpus=cpus)
    assert {host("GRANULE_RANGE_DELEGATE", RAM + n * PAGE, RAM_TOP)[0] for n in (0,) * 1} == {
        result
    }
    host = Host(machine("1.0", reference=False, cpus=cpus), "busy-for-ever")
    assert host("GRANULE_DELEGATE", RAM)[0] == SUCCESS  # 1.0 has no BUSY


def test_an_operation_that_wants_memory_and_gives_it_back() -> None:
    """By the protocol: INCOMPLETE(donate), DONATE, CONTINUE, RECLAIM, CONTINUE."""
    wish = Request.pages(2)
    host = active(
        Behaviour(name="x", text="x", choices=Choices(pauses=1, asks=wish, gives_back=True))
    )
    delegated(host, 4)
    top = RAM + 6 * PAGE
    r = host("GRANULE_RANGE_DELEGATE", RAM + 4 * PAGE, top)
    assert r[:3] == [INCOMPLETE | DONATE, 0, 2 << 2]
    given = [RAM + PAGE, RAM]
    mem = words(HOST, {8 * i: addr | 1 << 2 for i, addr in enumerate(given)})
    assert host("OP_CONTINUE", 0)[0] == INPUT  # it waits for memory
    assert host("OP_MEM_DONATE", 0, HOST, 2, mem=mem)[:2] == [INCOMPLETE, 2]
    assert host.rmm.m.gstate(RAM) == host.rmm.m.gstate(RAM + PAGE) != 1
    assert host("OP_CONTINUE", 0)[0] == INCOMPLETE | RECLAIM
    r = host("OP_MEM_RECLAIM", 0, HOST, 8)
    assert r[:2] == [INCOMPLETE, 1]
    assert host.last.mem_out == {HOST: struct.pack("<Q", RAM | 2 << 2)}  # both, joined
    assert host("OP_CONTINUE", 0)[:2] == [SUCCESS, top]
    assert host("OP_CONTINUE", 0)[0] == INPUT  # the handle is free


def test_cancelling() -> None:
    host = active("cancellable")
    assert host("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE)[0] == INCOMPLETE | DONATE | CANCEL
    assert host("OP_CANCEL", 0)[0] == SUCCESS
    host.rmm.behaviour = BEHAVIOURS["plain"]
    assert host("GRANULE_RANGE_UNDELEGATE", RAM, RAM + PAGE)[0] == SUCCESS  # passed over
    assert host("OP_CANCEL", 0)[0] == INPUT


def test_blocks_all_but_what_goes_on() -> None:
    host = active("continues")
    assert host("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE)[0] == INCOMPLETE
    host.rmm.behaviour = BEHAVIOURS["blocks"]
    assert host("GRANULE_RANGE_DELEGATE", RAM + PAGE, RAM + 2 * PAGE)[0] == BLOCKED
    while host("OP_CONTINUE", 0)[0] == INCOMPLETE:
        pass
    assert host("GRANULE_RANGE_DELEGATE", RAM + PAGE, RAM + 2 * PAGE)[0] == SUCCESS


def test_never_ends() -> None:
    host = active("never-ends")
    assert host("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE)[0] == INCOMPLETE
    assert {host("OP_CONTINUE", 0)[0] for _ in range(50)} == {INCOMPLETE}
    assert host.rmm.m.gstate(RAM) == 0  # undelegated as before


@pytest.mark.parametrize(
    ("behaviour", "rest"),
    [("plain", [0, 0, 0]), ("unwritten", [8, 9, 0]), ("garbage", [NOT_SUPPORTED] * 3)],
)
def test_registers_without_a_demanded_output(behaviour: str, rest: list[int]) -> None:
    """X2 to X4 of a failure; X1 to X3 of the call were the address, 8 and 9."""
    host = Host(MACHINES["1.0"], behaviour)
    assert host("GRANULE_DELEGATE", RAM + 1, 8, 9)[2:5] == rest
    assert host.last.r is not None
    assert host.last.r[0] == INPUT


def test_rtt_error_at_a_level() -> None:
    host = Host(MACHINES["1.0"], rtt_error(2))
    assert host("RTT_CREATE", RAM, RAM, 0, 3)[0] == 4 | 2 << 8
    assert host("GRANULE_DELEGATE", RAM)[0] == SUCCESS


def test_several_conditions() -> None:
    """1.0, UNDELEGATE of an address that is not aligned: state and PAS have no say then."""
    firsts = {}
    for behaviour in ("plain", "last-condition"):
        host = Host(MACHINES["1.0"], behaviour)
        for addr in range(RAM, RAM + 3 * PAGE, PAGE):
            host("GRANULE_DELEGATE", addr)
        params = words(HOST, {0x8: 32, 0x18: 1, 0x20: 1, 0x800: 1, 0x808: RAM, 0x810: 1, 0x818: 1})
        assert host("REALM_CREATE", RAM + PAGE, HOST, mem=params)[0] == SUCCESS
        assert host("REALM_ACTIVATE", RAM + PAGE)[0] == SUCCESS
        # The range is empty (INPUT), and the realm is not NEW (REALM): not ordered.
        firsts[behaviour] = host("RTT_INIT_RIPAS", RAM + PAGE, PAGE, PAGE)[0]
    assert firsts["plain"] == INPUT
    assert firsts["last-condition"] != INPUT
    assert firsts["last-condition"] & 0xFF in (2, 4)  # ERROR_REALM or, no progress, ERROR_RTT


# --- a realm that runs, and traces -------------------------------------------------------


def running_realm(host: Host) -> int:
    """1.0: an active realm of 32 bits with one REC that may run; the REC."""
    for addr in range(RAM, RAM + 8 * PAGE, PAGE):
        host("GRANULE_DELEGATE", addr)
    rd, root, rec, aux = RAM + PAGE, RAM, RAM + 2 * PAGE, (RAM + 3 * PAGE, RAM + 4 * PAGE)
    params = words(HOST, {0x8: 32, 0x18: 1, 0x20: 1, 0x800: 1, 0x808: root, 0x810: 1, 0x818: 1})
    assert host("REALM_CREATE", rd, HOST, mem=params)[0] == SUCCESS
    params = words(HOST, {0: 1, 0x200: 0x1000, 0x300: 0x77, 0x800: 2, 0x808: aux[0], 0x810: aux[1]})
    assert host("REC_CREATE", rd, rec, HOST, mem=params)[0] == SUCCESS
    assert host("REALM_ACTIVATE", rd)[0] == SUCCESS
    return rec


def exit_word(host: Host, offset: int) -> int:
    """A 64-bit word of RmiRecExit, which lies at 0x800 of the run page."""
    assert host.last.mem_out is not None
    return struct.unpack_from("<Q", host.last.mem_out[HOST + 0x800], offset)[0]  # type: ignore[no-any-return]


def test_a_realm_that_asks_for_ripas() -> None:
    host = Host(MACHINES["1.0"])
    rec = running_realm(host)
    gib = 1 << 30
    asks = ("smc", [0xC400_0197, 0, gib, 1, 0, 0, 0, 0, 0])
    version = ("smc", [0xC400_0190, 0x10000, *[0] * 7])
    assert host("REC_ENTER", rec, HOST, mem=words(HOST, {}), realm=[version, asks])[0] == SUCCESS
    assert exit_word(host, 0) == 4  # RIPAS_CHANGE
    assert [exit_word(host, at) for at in (0x500, 0x508, 0x510)] == [0, gib, 1]
    steps = host.last.realm
    assert steps is not None
    assert [kind for kind, _ in steps] == ["enter", "smc", "enter", "smc"]
    assert steps[0][1][0] == 0x77  # as the parameters had it
    assert steps[2][1][:3] == [0, 0x10000, 0x10000]  # RSI_VERSION
    assert host("RTT_SET_RIPAS", RAM + PAGE, rec, 0, gib)[:2] == [SUCCESS, gib]
    assert host("REC_ENTER", rec, HOST, mem=words(HOST, {}))[0] == SUCCESS
    assert exit_word(host, 0) == 1  # IRQ: nothing else to do
    steps = host.last.realm
    assert steps is not None
    assert steps[0][1][:3] == [0, gib, 0]  # RSI_SUCCESS, how far, accepted


@pytest.mark.parametrize("name", ["1.0", "2.0 reference", "2.0, two CPUs"])
def test_a_trace_of_answers_is_a_trace(name: str) -> None:
    """Written to a file and read again, the calls are judged as they were."""
    header = MACHINES[name]
    rmm = Responder(header, "any", 5)
    traffic = Traffic(rmm.m, Random(5))
    items: list[Smc | Event] = []
    first = list(boot(rmm.m))
    while len(items) < 700:
        call = first.pop(0) if first else traffic.next()
        if call.event is not None:
            items.append(rmm.happens(call.name, **call.event))
            continue
        try:
            items.append(rmm.call(rmm.command(call.name), call.x, mem=call.mem, realm=call.realm))
        except (KeyError, Unknown):
            continue
    stream = BytesIO()
    write(stream, header, items)
    stream.seek(0)
    result = run_trace(stream, "answers", Options())
    calls = sum(isinstance(item, Smc) for item in items)
    assert (result.error, result.unread_count, result.calls) == ("", 0, calls)
    assert result.verdicts == {OK: calls}, result.violations


def test_the_same_seed_gives_the_same_answers() -> None:
    answers = []
    for _ in range(2):
        bench = Bench(MACHINES["2.0, two CPUs"], "any", 9)
        assert bench.run(Traffic(bench.rmm.m, Random(1)), 200) is None
        answers.append(state(bench.rmm))
    assert answers[0] == answers[1]


def test_a_refused_range_tells_nothing_of_its_granules() -> None:
    """A traffic in which an interrupted map was taken to have come further than it had."""
    bench = Bench(MACHINES["2.0 reference"], "never-ends", 7040)
    assert bench.run(Traffic(bench.rmm.m, Random(7040)), 150) is None
    assert state(bench.rmm) == state(bench.judge)
