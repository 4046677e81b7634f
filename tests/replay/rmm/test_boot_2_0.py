"""Boot, tracking and delegation of 2.0, by hand from the fact sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.values import DELEGATED, GPT_SECURE, RMM_ACTIVE, UNDELEGATED
from tests.replay.rmm.desk import (
    BUSY,
    DEVICE,
    DONATE,
    GLOBAL,
    INCOMPLETE,
    INPUT,
    MINUS_1,
    NS,
    OTHER,
    PAGE,
    RAM,
    RAM_TOP,
    REFERENCE,
    SUCCESS,
    Desk,
    words,
)
from traces.event import Bank

BOTH = pytest.mark.parametrize("implementation", [REFERENCE, OTHER], ids=["reference", "other"])
Implementation = Mapping[str, Any]


# --- versions, features, configuration, activation --------------------------------------


def test_version() -> None:
    """The reference knows 2.0 only, and says so of anything else."""
    desk = Desk(active=False)
    desk.ok("VERSION", 0x20000, r=[SUCCESS, 0x20000, 0x20000])
    desk.ok("VERSION", 0x10000, r=[INPUT, 0x20000, 0x20000])
    desk.ok("VERSION", 0x20001, r=[INPUT, 0x20000, 0x20000])
    desk.wrong("VERSION", 0x20000, r=[INPUT, 0x20000, 0x20000])
    desk.wrong("VERSION", 0x20000, r=[SUCCESS, 0x20000, 0x20001])
    desk.wrong("VERSION", 0x20001, r=[INPUT, 0x10000, 0x20000])
    desk.wrong("VERSION", 0x10000, r=[SUCCESS, 0x10000, 0x20000])


def test_version_of_an_rmm_that_knows_more() -> None:
    desk = Desk(OTHER, active=False)
    desk.ok("VERSION", 0x10000, r=[SUCCESS, 0x10000, 0x20000])
    desk.ok("VERSION", 0x30000, r=[INPUT, 0x20000, 0x20000])
    desk.wrong("VERSION", 0x20000, r=[INPUT, 0x10000, 0x10000])
    desk.wrong("VERSION", 0x20000, r=[SUCCESS, 0x10000, 0x20000])


def test_features_are_the_headers() -> None:
    desk = Desk(active=False)
    desk.ok("FEATURES", 0, r=[SUCCESS, 0x104130])
    desk.wrong("FEATURES", 0, r=[SUCCESS, 0x104131])
    desk.ok("FEATURES", 5, r=[SUCCESS, 0])
    desk.wrong("FEATURES", MINUS_1, r=[SUCCESS, 1])
    desk.wrong("FEATURES", 0, r=[INPUT])


def test_features_are_learnt() -> None:
    desk = Desk(OTHER, active=False, features={})
    desk.ok("FEATURES", 1, r=[SUCCESS, 0x1234])
    desk.ok("FEATURES", 1, r=[SUCCESS, 0x1234])
    desk.wrong("FEATURES", 1, r=[SUCCESS, 0x1235])


def test_gate() -> None:
    """Before activation ERROR_GLOBAL comes before anything else; after it, for two commands."""
    desk = Desk(active=False)
    desk.ok("GRANULE_RANGE_DELEGATE", 1, 0, r=[GLOBAL])
    desk.wrong("GRANULE_RANGE_DELEGATE", 1, 0, r=[INPUT, 1])
    assert desk.state(RAM) == UNDELEGATED
    desk.ok("RMM_CONFIG_SET", NS, r=[SUCCESS], mem={NS: bytes(16)})
    desk.ok("RMM_ACTIVATE", r=[SUCCESS])
    desk.ok("RMM_ACTIVATE", r=[GLOBAL])
    desk.ok("RMM_CONFIG_SET", 0, r=[GLOBAL])
    desk.wrong("RMM_ACTIVATE", r=[SUCCESS])
    desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[SUCCESS, RAM + PAGE])


def test_a_success_before_activation_is_one_fault() -> None:
    """What was seen is followed: such an RMM is active."""
    desk = Desk(active=False)
    desk.wrong("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[SUCCESS, RAM + PAGE])
    assert desk.state(RAM) == DELEGATED
    desk.ok("GRANULE_RANGE_UNDELEGATE", RAM, RAM + PAGE, r=[SUCCESS, RAM + PAGE])


def test_what_the_reference_lacks_is_missing_at_any_time() -> None:
    for active in (False, True):
        desk = Desk(active=active)
        for name in ("VSMMU_CREATE", "GPT_L1_DESTROY", "GRANULE_TRACKING_SET", "GPT_INFO"):
            desk.ok(name, 1, r=[MINUS_1])
        desk.wrong("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[MINUS_1])
        desk.wrong("RTT_CREATE", RAM, RAM, 0, 1, r=[MINUS_1])


def test_configuration() -> None:
    desk = Desk(active=False)
    for ptr in (0, NS + 8, 0x1000, DEVICE, RAM_TOP, MINUS_1 - 0xFFF):
        desk.ok("RMM_CONFIG_SET", ptr, r=[INPUT])
        desk.ok("RMM_CONFIG_GET", ptr, r=[INPUT])
        desk.wrong("RMM_CONFIG_GET", ptr, r=[SUCCESS])
    desk.ok("RMM_CONFIG_GET", NS, r=[SUCCESS], out={NS: bytes(16)})
    desk.wrong("RMM_CONFIG_GET", NS, r=[SUCCESS], out={NS: words(0, 1)})
    for config in (words(1, 0), words(0, 1), words(0, 2)):
        desk.ok("RMM_CONFIG_SET", NS, r=[INPUT], mem={NS: config})
        desk.wrong("RMM_CONFIG_SET", NS, r=[SUCCESS], mem={NS: config})
    desk.wrong("RMM_CONFIG_SET", NS, r=[INPUT], mem={NS: words(0, 0)})


def test_no_configuration_at_address_zero() -> None:
    desk = Desk(active=False, banks=[Bank(0, 1 << 20)])
    for name in ("RMM_CONFIG_GET", "RMM_CONFIG_SET"):
        desk.ok(name, 0, r=[INPUT], mem={0: words(0, 0)})
        desk.wrong(name, 0, r=[SUCCESS], mem={0: words(0, 0)})


def test_another_implementation_may_offer_other_sizes() -> None:
    desk = Desk(OTHER, active=False)
    for status in (SUCCESS, INPUT):
        desk.ok("RMM_CONFIG_SET", NS, r=[status], mem={NS: words(1, 0)})
    desk.wrong("RMM_CONFIG_SET", NS, r=[INPUT], mem={NS: words(0, 0)})


def test_activation_may_ask_for_memory() -> None:
    """The specification lets it be a stateful operation; the reference does it at once."""
    desk = Desk(OTHER, active=False)
    desk.ok("RMM_ACTIVATE", r=[INCOMPLETE, 3])
    desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[GLOBAL])
    Desk(active=False).wrong("RMM_ACTIVATE", r=[INCOMPLETE, 0])


def test_what_fails_in_the_end_has_not_been_done() -> None:
    desk = Desk(OTHER, active=False)
    for status in (INPUT, SUCCESS):
        desk.ok("RMM_ACTIVATE", r=[INCOMPLETE, 3])
        desk.ok("OP_CONTINUE", 3, r=[status])
        assert (desk.m.state == RMM_ACTIVE) == (status == SUCCESS)
    desk = Desk(OTHER, rmi="2.0-bet3")
    for status in (INPUT, SUCCESS):
        desk.ok("RMM_DEACTIVATE", r=[INCOMPLETE, 3])
        desk.ok("OP_CONTINUE", 3, r=[status])
        assert (desk.m.state == RMM_ACTIVE) == (status == INPUT)


def test_deactivation() -> None:
    desk = Desk(OTHER, rmi="2.0-bet3")
    desk.delegate(RAM)
    desk.ok("REC_CREATE", 0, RAM, NS, r=[DONATE, 0, 4])
    desk.ok("RMM_DEACTIVATE", r=[BUSY])
    desk.wrong("RMM_DEACTIVATE", r=[SUCCESS])  # and now it is inactive
    desk = Desk(OTHER, rmi="2.0-bet3")
    desk.delegate(RAM)
    desk.ok("REC_CREATE", 0, RAM, NS, r=[DONATE, 0, 4])
    assert desk.ok("RMM_DEACTIVATE", r=[BUSY]).notes == ()
    assert desk.ok("RMM_DEACTIVATE", r=[GLOBAL]).notes == ("order",)  # as far as is known
    desk = Desk(OTHER, rmi="2.0-bet3")
    desk.delegate(RAM)
    desk.ok("RMM_DEACTIVATE", r=[GLOBAL])
    desk.ok("GRANULE_RANGE_UNDELEGATE", RAM, RAM + PAGE, r=[SUCCESS, RAM + PAGE])
    desk.ok("RMM_DEACTIVATE", r=[SUCCESS])
    desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[GLOBAL])
    desk.ok("RMM_ACTIVATE", r=[SUCCESS])


def test_a_page_in_another_world() -> None:
    """The granule is the host's, but a Secure agent has it: the RMM would fault on it."""
    desk = Desk(active=False)
    desk.m.pas[NS] = GPT_SECURE
    desk.ok("RMM_CONFIG_GET", NS, r=[INPUT])
    assert desk.held() == ["ptr_gpf"]
    desk.ok("RMM_CONFIG_SET", NS, r=[INPUT])
    assert desk.held() == ["ptr_gpf"]
    desk.wrong("RMM_CONFIG_GET", NS, r=[SUCCESS])


# --- tracking ---------------------------------------------------------------------------


def test_tracking_of_the_reference() -> None:
    """It looks at the first granule and answers for the whole range."""
    desk = Desk(active=False)
    far = 1 << 40
    desk.ok("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 0, 2, far])
    desk.ok("GRANULE_TRACKING_GET", DEVICE, far, r=[SUCCESS, 1, 2, far])
    desk.ok("GRANULE_TRACKING_GET", 0, far, r=[SUCCESS, 0, 1, far])
    desk.wrong("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 0, 2, RAM_TOP])
    desk.wrong("GRANULE_TRACKING_GET", 0, far, r=[SUCCESS, 0, 2, far])
    top = 1 << 48  # 0x1_0000_0000_0000 is beyond max_pa
    for base, end in ((RAM, RAM), (RAM, RAM + 0xFFF), (RAM + 8, far), (far, RAM), (RAM, top)):
        desk.ok("GRANULE_TRACKING_GET", base, end, r=[INPUT])
        desk.wrong("GRANULE_TRACKING_GET", base, end, r=[SUCCESS, 0, 2, end])


def test_tracking_of_another_implementation_is_a_prefix() -> None:
    desk = Desk(OTHER, active=False)
    far = 1 << 40
    desk.ok("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 0, 2, RAM_TOP])
    desk.ok("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 0, 3, RAM + PAGE])
    desk.ok("GRANULE_TRACKING_GET", 0, far, r=[SUCCESS, 3, 1, DEVICE])
    desk.wrong("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 0, 2, RAM])
    desk.wrong("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 0, 2, far + PAGE])
    desk.wrong("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 0, 2, RAM + 8])
    desk.wrong("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 1, 2, RAM_TOP])
    desk.wrong("GRANULE_TRACKING_GET", RAM, far, r=[SUCCESS, 0, 5, RAM_TOP])
    desk.wrong("GRANULE_TRACKING_GET", 0, far, r=[SUCCESS, 0, 2, DEVICE])


def test_v13_asks_where_qemu_has_no_memory() -> None:
    """RAM of the SBSA board begins at 0x100_4300_0000: the region's begin is outside of it."""
    sbsa = Bank(0x100_4300_0000, 1 << 32)
    desk = Desk(OTHER, rmi="2.0-bet0", active=False, banks=[sbsa])
    region = 0x100_4000_0000
    desk.ok("GRANULE_TRACKING_GET", region, r=[SUCCESS, 0, 1])  # NONE
    desk.ok("GRANULE_TRACKING_GET", region, r=[SUCCESS, 0, 2])  # by what else is in the region
    desk.ok("GRANULE_TRACKING_GET", region, r=[INPUT])
    desk.wrong("GRANULE_TRACKING_GET", region, r=[SUCCESS, 1, 2])
    desk.ok("GRANULE_TRACKING_GET", region + (1 << 30), r=[SUCCESS, 0, 2])
    desk.wrong("GRANULE_TRACKING_GET", region + (1 << 30), r=[INPUT])
    desk.ok("GRANULE_TRACKING_GET", sbsa.base, r=[INPUT])  # not aligned to 1 GiB
    desk.wrong("GRANULE_TRACKING_GET", sbsa.base, r=[SUCCESS, 0, 2])
    desk.ok("GRANULE_TRACKING_GET", 1 << 48, r=[INPUT])
    desk.wrong("GRANULE_TRACKING_GET", 1 << 48, r=[SUCCESS, 0, 1])
    desk.wrong("GRANULE_TRACKING_GET", 0, r=[SUCCESS, 0, 2])  # nothing there at all


def test_tracking_set() -> None:
    desk = Desk(OTHER, rmi="2.0-bet3")
    gib = RAM & ~((1 << 30) - 1)
    desk.ok("GRANULE_TRACKING_SET", gib, 0, 2, r=[SUCCESS])
    desk.ok("GRANULE_TRACKING_SET", gib, 0, 0, r=[INPUT])
    desk.ok("GRANULE_TRACKING_SET", gib, 0, 4, r=[INPUT])
    desk.ok("GRANULE_TRACKING_SET", gib + PAGE, 0, 2, r=[INPUT])
    desk.ok("GRANULE_TRACKING_SET", gib, 0, 2, r=[DONATE, 7, 4 | 2 << 17])
    desk.ok("GRANULE_TRACKING_SET", gib, 0, 2, r=[14])  # BLOCKED: the change is under way
    desk.wrong("GRANULE_TRACKING_SET", gib, 0, 2, r=[SUCCESS])


# --- delegation -------------------------------------------------------------------------


def test_the_reference_takes_one_granule_a_call() -> None:
    desk = Desk()
    desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM + 4 * PAGE, r=[SUCCESS, RAM + PAGE])
    desk.wrong("GRANULE_RANGE_DELEGATE", RAM + PAGE, RAM + 4 * PAGE, r=[SUCCESS, RAM + 3 * PAGE])
    desk = Desk()
    desk.delegate(RAM)
    desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[INPUT, RAM])
    desk.wrong("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[INPUT, 0])
    desk.wrong("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[SUCCESS, RAM + PAGE])


@pytest.mark.parametrize(
    ("base", "top", "ids"),
    [
        (RAM, RAM, ["size"]),
        (RAM, RAM - PAGE, ["size"]),
        (RAM + 1, RAM + 2 * PAGE, ["align", "gran_state"]),
        (RAM, RAM + PAGE + 1, ["align"]),
        (RAM_TOP, RAM_TOP + PAGE, ["gran_state"]),
        (0, PAGE, ["gran_state"]),
        (DEVICE + 10 * PAGE, DEVICE + 11 * PAGE, ["gran_state"]),
        # base + 4096 wraps to 0, so that no top is too small.
        (MINUS_1 - 0xFFF, 0, ["gran_state"]),
    ],
)
@BOTH
def test_ranges_that_cannot_be(
    implementation: Implementation, base: int, top: int, ids: list[str]
) -> None:
    desk = Desk(implementation)
    for name in ("GRANULE_RANGE_DELEGATE", "GRANULE_RANGE_UNDELEGATE"):
        desk.ok(name, base, top, r=[INPUT, base])
        assert set(ids) <= set(desk.held())
        desk.wrong(name, base, top, r=[GLOBAL, base])
        Desk(implementation).wrong(name, base, top, r=[SUCCESS, top])


def test_what_is_in_that_state_already() -> None:
    """The reference refuses, bet3 passes over it: elsewhere either may be."""
    delegate, undelegate = "GRANULE_RANGE_DELEGATE", "GRANULE_RANGE_UNDELEGATE"
    desk = Desk()
    desk.ok(undelegate, RAM, RAM + PAGE, r=[INPUT, RAM])
    desk.wrong(undelegate, RAM, RAM + PAGE, r=[SUCCESS, RAM + PAGE])
    desk = Desk(OTHER)
    for r in ([INPUT, RAM], [SUCCESS, RAM + PAGE]):
        desk.ok(undelegate, RAM, RAM + PAGE, r=r)
    desk.delegate(RAM)
    for r in ([INPUT, RAM], [SUCCESS, RAM + PAGE]):
        desk.ok(delegate, RAM, RAM + PAGE, r=r)
    desk.wrong(undelegate, RAM, RAM + PAGE, r=[INPUT, RAM])


def test_device_granules() -> None:
    desk = Desk()
    desk.ok("GRANULE_RANGE_DELEGATE", DEVICE, DEVICE + PAGE, r=[SUCCESS, DEVICE + PAGE])
    assert desk.m.devices.state(DEVICE) == DELEGATED
    desk.ok("GRANULE_RANGE_DELEGATE", DEVICE, DEVICE + PAGE, r=[INPUT, DEVICE])
    desk.ok("GRANULE_RANGE_UNDELEGATE", DEVICE, DEVICE + PAGE, r=[SUCCESS, DEVICE + PAGE])
    assert desk.m.devices.state(DEVICE) == UNDELEGATED


def test_a_granule_in_another_world() -> None:
    desk = Desk()
    desk.m.pas[RAM] = GPT_SECURE
    desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[INPUT, RAM])
    assert desk.held() == ["gpt"]
    desk = Desk(OTHER)
    desk.m.pas[RAM + 2 * PAGE] = GPT_SECURE
    desk.ok("GRANULE_RANGE_DELEGATE", RAM, RAM_TOP, r=[SUCCESS, RAM + 2 * PAGE])
    desk = Desk(OTHER)
    desk.m.pas[RAM + 2 * PAGE] = GPT_SECURE
    desk.wrong("GRANULE_RANGE_DELEGATE", RAM, RAM_TOP, r=[SUCCESS, RAM + 3 * PAGE])


def test_a_range_may_be_an_operation_elsewhere() -> None:
    desk = Desk(OTHER, rmi="2.0-bet3")
    top = RAM + 8 * PAGE
    desk.ok("GRANULE_RANGE_DELEGATE", RAM, top, r=[INCOMPLETE, 5])
    desk.ok("OP_CONTINUE", 5, 0, r=[INCOMPLETE])
    desk.ok("OP_CONTINUE", 5, 0, r=[SUCCESS, top])
    assert desk.m.granules.run(RAM, RAM_TOP) == (DELEGATED, top)
    desk.ok("OP_CONTINUE", 5, 0, r=[INPUT])
    Desk().wrong("GRANULE_RANGE_DELEGATE", RAM, top, r=[INCOMPLETE, 0])


def test_coarse_tracking_is_an_error_elsewhere_only() -> None:
    coarse = 12 | 0 << 8 | RAM << 4  # level and PA; where the PA stands is not known
    Desk(OTHER, rmi="2.0-bet3").ok("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[coarse])
    desk = Desk()
    desk.wrong("GRANULE_RANGE_DELEGATE", RAM, RAM + PAGE, r=[coarse])
    assert desk.state(RAM) == UNDELEGATED


SPAN = 12  # granules of the brute-force model, the last two not memory

Step = tuple[bool, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.booleans(), st.integers(0, SPAN), st.integers(0, SPAN + 1), st.integers(-1, SPAN + 2)
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_ranges_against_a_dictionary(steps: list[Step]) -> None:
    """Another implementation may get anywhere, as long as it passes only what can be passed."""
    desk = Desk(OTHER, banks=[Bank(RAM, (SPAN - 2) * PAGE)])
    states = dict.fromkeys(range(SPAN - 2), UNDELEGATED)
    for undelegate, base, top, end in steps:
        new = UNDELEGATED if undelegate else DELEGATED
        name = "GRANULE_RANGE_UNDELEGATE" if undelegate else "GRANULE_RANGE_DELEGATE"
        x = (RAM + base * PAGE, RAM + top * PAGE)
        possible = base < end <= top and all(n in states for n in range(base, end))
        verdict = desk.call(name, *x, r=[SUCCESS, RAM + end * PAGE])
        assert (verdict.kind == "ok") == possible, (undelegate, base, top, end, states)
        if not possible:
            break  # what the model adopts is another matter
        states |= dict.fromkeys(range(base, end), new)
        assert {n: desk.state(RAM + n * PAGE) for n in states} == states


def test_what_is_in_use_stays() -> None:
    """A range that runs over a realm's granules: a fault, and the granules before it move."""
    desk = Desk(OTHER)
    desk.delegate(RAM, 2)
    desk.realm(RAM + 2 * PAGE)
    verdict = desk.wrong(
        "GRANULE_RANGE_UNDELEGATE", RAM, RAM + 3 * PAGE, r=[SUCCESS, RAM + 3 * PAGE]
    )
    assert "RD" in verdict.why
    assert desk.state(RAM) == UNDELEGATED
    assert not desk.m.realms  # adopted: the descriptor is gone


def test_a_range_beyond_all_memory_is_a_fault_and_no_trap() -> None:
    desk = Desk(OTHER)
    top = 1 << 63
    verdict = desk.wrong("GRANULE_RANGE_DELEGATE", RAM, top, r=[SUCCESS, top])
    assert "no such memory" in verdict.why
    assert desk.m.granules.run(RAM, RAM_TOP) == (DELEGATED, RAM_TOP)


def test_granule_protection_tables() -> None:
    desk = Desk()
    desk.ok("GPT_L1_CREATE", RAM, r=[15])
    desk.ok("GPT_L1_CREATE", RAM + PAGE, r=[INPUT])
    desk.wrong("GPT_L1_CREATE", RAM, r=[SUCCESS])
    desk.wrong("GPT_L1_CREATE", RAM, r=[GLOBAL])
    desk = Desk(OTHER, rmi="2.0-bet3")
    for status in (SUCCESS, GLOBAL, 15):
        desk.ok("GPT_L1_CREATE", RAM, r=[status])
    desk.ok("GPT_L1_CREATE", 1 << 48, r=[INPUT])  # beyond max_pa
    desk.wrong("GPT_L1_CREATE", RAM, r=[INPUT])
    desk.ok("GPT_L1_DESTROY", RAM, r=[GLOBAL])
    desk.ok("GPT_L1_DESTROY", RAM + PAGE, r=[INPUT])
    desk.ok("GPT_L1_DESTROY", 1 << 48, r=[INPUT])
    desk.ok("GPT_INFO", RAM, RAM + (4 << 30), r=[SUCCESS, RAM + (1 << 30), 1])
    desk.wrong("GPT_INFO", RAM, RAM + (4 << 30), r=[SUCCESS, RAM + (4 << 30), 1])
    desk.ok("GPT_INFO", RAM, RAM, r=[INPUT])
