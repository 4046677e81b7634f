"""Granule checkpoints: equal however the runs are cut, and each difference named once."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm import checkpoint
from replay.rmm.model import Rmm
from replay.rmm.realm import Realm, new_roots
from replay.rmm.rec import Rec
from replay.rmm.rtt import make_entry
from replay.rmm.values import ASSIGNED, DATA, DELEGATED, RD, REC, REC_AUX, REC_RUNNING, RTT
from traces.event import Bank, Event, Header

BASE = 0x4000_0000
PAGES = 1024
Listed: TypeAlias = list[tuple[int, int, str, int]]


def rmm() -> Rmm:
    bank = Bank(BASE, PAGES * 0x1000)
    return Rmm(Header(rmi="1.0", granule_size=4096, pa_width=48, memory=(bank,)))


def page(number: int) -> int:
    return BASE + number * 0x1000


def compare(m: Rmm, listed: Listed, **more: Any) -> list[str]:
    return checkpoint.compare(
        m, Event(1, "granules", {"list": [list(run) for run in listed], **more})
    )


def realm() -> Rmm:
    """Page 0 is an RD with one REC (pages 3, 4 to 6) and two starting tables (1, 2), with
    one page of data (7); page 8 is DELEGATED."""
    m = rmm()
    m.granules.set(page(0), RD)
    roots = new_roots(page(1), 1, 2, 40)
    m.realms[page(0)] = Realm(page(0), ipa_width=40, level_start=1, num_start=2, trees=[roots])
    m.realms[page(0)].num_recs = 1
    for root in roots:
        m.granules.set(root.addr, RTT)
        m.rtts[root.addr] = root
    roots[1].set(0, make_entry(ASSIGNED, addr=page(7)))
    m.granules.set(page(3), REC)
    m.recs[page(3)] = Rec(page(3), page(0), 0, True, [page(i) for i in (4, 5, 6)])
    m.granules.set_range(page(4), page(7), REC_AUX)
    m.granules.set(page(7), DATA)
    m.granules.set(page(8), DELEGATED)
    return m


TRUE: Listed = [
    (page(0), 1, "RD", 1),
    (page(1), 1, "RTT", 0),
    (page(2), 1, "RTT", 1),
    (page(3), 1, "REC", 0),
    (page(4), 3, "REC_AUX", 0),
    (page(7), 1, "DATA", 0),
    (page(8), 1, "DELEGATED", 0),
]


def test_equal() -> None:
    assert compare(realm(), TRUE) == []
    assert compare(rmm(), []) == []


def test_a_running_rec_is_referenced() -> None:
    m = realm()
    m.recs[page(3)].state = REC_RUNNING
    assert compare(m, TRUE) == [f"{page(3):#x}: 1 granule REC, in the model REC with 1 reference"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            (0, (page(0), 1, "RD", 2)),
            "{0:#x}: 1 granule RD with 2 references, in the model RD with 1 reference",
        ),
        ((2, (page(2), 1, "RTT", 0)), "{2:#x}: 1 granule RTT, in the model RTT with 1 reference"),
        ((4, (page(4), 2, "REC_AUX", 0)), "{6:#x}: 1 granule UNDELEGATED, in the model REC_AUX"),
        ((4, (page(4), 3, "DATA", 0)), "{4:#x}: 3 granules DATA, in the model REC_AUX"),
        (
            (5, (page(7), 1, "DATA", 1)),
            "{7:#x}: 1 granule DATA with 1 reference, in the model DATA",
        ),
        (
            (6, (page(8), 3, "DELEGATED", 0)),
            "{9:#x}: 2 granules DELEGATED, in the model UNDELEGATED",
        ),
        ((6, (page(8), 1, "NS", 0)), "{8:#x}: 1 granule UNDELEGATED, in the model DELEGATED"),
        ((6, (page(8), 1, "ODD", 0)), "{8:#x}: 1 granule ODD, in the model DELEGATED"),
    ],
)
def test_one_difference(change: tuple[int, tuple[int, int, str, int]], text: str) -> None:
    number, run = change
    listed = [*TRUE[:number], run, *TRUE[number + 1 :]]
    assert compare(realm(), listed) == [text.format(*(page(i) for i in range(10)))]


def test_a_run_that_is_missing() -> None:
    assert compare(realm(), TRUE[:-1]) == [
        f"{page(8):#x}: 1 granule UNDELEGATED, in the model DELEGATED"
    ]


def test_a_stretch_that_differs_is_one_line() -> None:
    """However many runs the trace makes of it."""
    single: Listed = [(page(i), 1, "DATA", 0) for i in (4, 5, 6)]
    assert compare(realm(), [*TRUE[:4], *single, *TRUE[5:]]) == [
        f"{page(4):#x}: 3 granules DATA, in the model REC_AUX"
    ]


def test_memory_that_the_model_does_not_have() -> None:
    outside = BASE - 0x1000
    assert compare(rmm(), [(outside, 1, "DELEGATED", 0)]) == [
        f"{outside:#x}: 1 granule DELEGATED, in the model UNDELEGATED"
    ]


def test_device_granules() -> None:
    header = Header(
        rmi="2.0",
        granule_size=4096,
        pa_width=48,
        memory=(Bank(BASE, 0x10000), Bank(0x1000_0000, 0x10000, "device-ncoh")),
    )
    m = Rmm(header)
    m.devices.set(0x1000_1000, DELEGATED)
    assert compare(m, [], dev=[(0x1000_1000, "DELEGATED")]) == []
    assert compare(m, [], dev=[(0x1000_2000, "MAPPED")]) == [
        "device 0x10001000: 1 granule UNDELEGATED, in the model DELEGATED",
        "device 0x10002000: 1 granule MAPPED, in the model UNDELEGATED",
    ]


def one(m: Rmm, addr: int, state: str, ref: int = 0) -> list[str]:
    return checkpoint.compare(m, Event(1, "granule", {"addr": addr, "state": state, "ref": ref}))


def test_one_granule() -> None:
    m = realm()
    assert one(m, page(0), "RD", 1) == []
    assert one(m, page(9), "NS") == []
    assert one(m, page(0), "RD") == [
        f"{page(0):#x}: 1 granule RD, in the model RD with 1 reference"
    ]
    assert one(m, page(8), "DATA") == [f"{page(8):#x}: 1 granule DATA, in the model DELEGATED"]
    assert one(m, BASE + 8, "DATA") == [f"{BASE + 8:#x}: 1 granule DATA, in the model no granule"]


def test_objects_that_a_fault_took_away() -> None:
    """A state without its object is compared as such, and raises nothing."""
    m = rmm()
    for number, state in enumerate((RD, RTT, REC)):
        m.granules.set(page(number), state)
    listed: Listed = [(page(0), 1, "RD", 0), (page(1), 1, "RTT", 0), (page(2), 1, "REC", 0)]
    assert compare(m, listed) == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=6),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=6),
)
@settings(deadline=None)
def test_differences_are_those_of_the_pages(
    mine: list[tuple[int, int]], theirs: list[tuple[int, int]]
) -> None:
    """However the trace cuts its runs: the pages in the lines are the pages that differ."""
    m = rmm()
    have = {p for at, count in mine for p in range(at, at + count)}
    seen = {p for at, count in theirs for p in range(at, at + count)}
    for p in have:
        m.granules.set(page(p), DELEGATED)
    lines = compare(m, [(page(p), 1, "DELEGATED", 0) for p in sorted(seen, reverse=True)])
    told = set()
    for line in lines:
        at, words = line.split(": ", 1)
        told |= {(int(at, 16) - BASE) // 0x1000 + i for i in range(int(words.split()[0]))}
    assert told == have ^ seen
