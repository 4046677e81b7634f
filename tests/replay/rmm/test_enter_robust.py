"""Whatever a trace says that a realm did, judging it does not break, nor lose its REC."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.values import REC_READY
from tests.replay.rmm.small_realm import (
    PAGE,
    PROTECTED_TOP,
    RD0,
    REC0,
    REC1,
    REC2,
    complete_call,
    enter_call,
    small_realm,
)

NUMBER = st.one_of(
    st.sampled_from([0, 1, 2, 3, PAGE, 2 * PAGE, 0x100, PROTECTED_TOP, PROTECTED_TOP + PAGE]),
    st.sampled_from([*range(0xC4000190, 0xC40001A4), *range(0x84000000, 0x8400000B)]),
    st.sampled_from([*range(0xC4000001, 0xC4000005), 0x93C5_8007, 0x9200_0007, 0x8200_0007]),
    st.integers(0, 2**64 - 1),
)
REGISTERS = st.lists(NUMBER, max_size=10)
KIND = st.sampled_from(["enter", "smc", "sync", "serror", "irq", "fiq", "host_smc", "gpt", "x"])
STEPS = st.none() | st.lists(st.tuples(KIND, REGISTERS), max_size=6)
# What is read of an exit, and a reason that nobody knows.
OFFSETS = [0x100, 0x108, 0x110, 0x200, 0x208, 0x500, 0x508, 0x510, 0x520, 0x528, 0x540, 0x600]
EXIT = st.none() | st.builds(
    lambda reason, words: {0: reason, **words},
    st.integers(0, 9),
    st.dictionaries(st.sampled_from(OFFSETS), NUMBER),
)
ENTER = st.builds(
    lambda rec, flags, x0, steps, out: enter_call(
        rec, flags=flags, gprs=[x0], realm=steps, out=out
    ),
    st.sampled_from([REC0, REC1, REC2]),
    st.integers(0, 255),
    NUMBER,
    STEPS,
    EXIT,
)
COMPLETE = st.builds(
    complete_call,
    st.sampled_from([REC0, REC1]),
    st.sampled_from([REC1, REC2]),
    st.sampled_from([0, -3, 1]),
)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["1.0", "2.0"]),
    st.lists(st.tuples(ENTER | COMPLETE, st.sampled_from([0, 0, 0, 1, 2, 3])), max_size=8),
)
def test_any_steps(rmi: str, calls: list[tuple[object, int]]) -> None:
    engine = small_realm(rmi)
    m = engine.m
    for smc, result in calls:
        smc.r = [result, *[0] * 7]  # type: ignore[attr-defined]
        verdict = engine.judge(smc)  # type: ignore[arg-type]
        assert verdict.kind in ("ok", "violation", "unknown")
        assert (m.problems, m.notes) == ([], [])  # nothing is left for the next call
        assert m.realms[RD0].running == 0
        for rec in m.recs.values():
            assert rec.state == REC_READY
            assert len(rec.gprs) == 31
            assert rec.ripas_top == 0 or rec.psci is None
