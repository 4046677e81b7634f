"""Whatever is asked and answered, the commands on tables and ranges give a verdict.

An RMM at fault answers anything, and the model follows where it can: neither the
conditions nor an adopted success may fail.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.replay.rmm.world_2_0 import (
    BLOCK,
    DEVICE,
    GIB,
    HALF,
    HOST,
    LIST_PAGE,
    PAGE,
    RAM,
    World,
    desc,
    rtt,
    rtt_aux,
    words,
)

COMMANDS = [
    "RTT_CREATE",
    "RTT_DESTROY",
    "RTT_FOLD",
    "RTT_READ_ENTRY",
    "RTT_INIT_RIPAS",
    "RTT_SET_RIPAS",
    "RTT_SET_S2AP",
    "RTT_DATA_MAP_INIT",
    "RTT_DATA_MAP",
    "RTT_DATA_UNMAP",
    "RTT_UNPROT_MAP",
    "RTT_UNPROT_UNMAP",
    "RTT_DEV_MAP",
    "RTT_DEV_UNMAP",
    "RTT_DEV_VALIDATE",
    "RTT_AUX_CREATE",
    "RTT_AUX_DESTROY",
    "RTT_AUX_FOLD",
    "RTT_AUX_MAP_PROTECTED",
    "RTT_AUX_MAP_UNPROTECTED",
    "RTT_AUX_UNMAP_PROTECTED",
    "RTT_AUX_UNMAP_UNPROTECTED",
]

# Objects of the world below come first in memory: starting tables, the realm, ...
_GRANULE = st.one_of(
    st.integers(0, 40).map(lambda n: RAM + n * PAGE),
    st.sampled_from([DEVICE, HOST, LIST_PAGE, RAM + 8, 0, (1 << 64) - PAGE]),
)
_IPA = st.builds(
    lambda half, block, page, off: half + block * BLOCK + page * PAGE + off,
    st.sampled_from([0, HALF, 2 * HALF]),
    st.sampled_from([0, 0, 0, 1, 511, 512]),
    st.sampled_from([0, 0, 1, 2, 511]),
    st.sampled_from([0, 0, 0, 8]),
)
_LEVEL = st.one_of(st.integers(0, 4), st.sampled_from([(1 << 64) - 1, 1 << 63]))
_FLAGS = st.integers(0, 3).flatmap(lambda n: st.sampled_from([n, n | 8, n | 1 << 19]))
_WORD = st.builds(desc, _GRANULE, st.integers(0, 3), size=st.integers(0, 3))
_ANY = st.one_of(_IPA, _GRANULE, _LEVEL, _FLAGS, _WORD, st.integers(0, (1 << 64) - 1))
_STATUS = st.sampled_from(
    [0, 0, 0, 1, 2, 3, 10, 13, 14, 0x10D, 0x20D, *(f(n) for f in (rtt, rtt_aux) for n in range(4))]
)


@settings(max_examples=40, deadline=None)
@given(
    st.booleans(),
    st.lists(
        st.tuples(
            st.sampled_from(COMMANDS),
            st.booleans(),
            st.lists(_ANY, min_size=5, max_size=6),
            st.tuples(_STATUS, _ANY, _ANY, _ANY),
        ),
        max_size=12,
    ),
)
def test_every_call_gets_a_verdict(
    reference: bool, calls: list[tuple[str, bool, list[int], tuple[int, int, int, int]]]
) -> None:
    world = World(reference=reference)
    rd = world.realm(planes=1)
    for ipa, tree in ((0, 0), (HALF, 0), (0, 1)):
        world.tables(rd, ipa, tree=tree)
    rec = world.rec(rd)
    rec.ripas_top, rec.dev_mem = GIB, (0, GIB, DEVICE)
    pages = world.granules(4)
    world.ok("RTT_DATA_MAP", rd, 0, 2 * PAGE, 1, desc(pages, 2), r=[0, 2 * PAGE])
    world.ok("RTT_INIT_RIPAS", rd, 0, PAGE, r=[0, PAGE])
    world.ok("RTT_AUX_MAP_PROTECTED", rd, 0, 1)
    world.ok("RTT_AUX_MAP_UNPROTECTED", rd, HALF, 1)
    mem = {LIST_PAGE: words(desc(pages + 2 * PAGE, 2), desc(HOST), 0)}
    for name, named, x, r in calls:
        if named:
            x = [rd, *x[1:]]
            if name in ("RTT_SET_RIPAS", "RTT_SET_S2AP", "RTT_DEV_VALIDATE"):
                x[1] = rec.addr
        verdict = world.call(name, *x, r=r, mem=mem, mem_out=mem)
        assert verdict.kind in ("ok", "violation", "unknown")
