"""The conduit of SMCs: answers, memory, and a trace that the judge accepts."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.follow import new_unit, new_world
from linter.witness.firmware import Firmware, Unanswerable, interface, once
from linter.witness.machine import CONTROL, QEMU_SBSA
from replay.engine import Engine
from replay.rmm.behaviours import BEHAVIOURS
from replay.verdict import OK
from traces.event import Event, Header, Smc
from traces.formats.jsonl import read

PAGE = 4096
VERSION, REALM_CREATE, CONFIG_GET = 0xC400_0150, 0xC400_0158, 0xC400_01EC
DELEGATE_1_0 = 0xC400_0151
TRACKING, DELEGATE, UNDELEGATE, ACTIVATE = 0xC400_01E1, 0xC400_01F1, 0xC400_01F2, 0xC400_0202
SUCCESS, INPUT, GLOBAL = 0, 1, 11
FINE, NONE = 2, 1  # of a tracking region, DEN0137 2.0
HEAP = QEMU_SBSA.heap[0]


class Ram:
    """Pages of the host that hold one pattern all."""

    def __init__(self, page: bytes = bytes(PAGE)) -> None:
        self.contents = page
        self.asked: set[int] = set()
        self.written: list[tuple[int, bytes]] = []

    def has(self, pa: int) -> bool:
        return True

    def read(self, pa: int, size: int) -> bytes:
        self.asked.add(pa // PAGE * PAGE)
        return self.contents[pa % PAGE : pa % PAGE + size]

    def write(self, pa: int, data: bytes) -> None:
        self.written.append((pa, data))


def host(firmware: Firmware) -> tuple[Header, list[Smc]]:
    """The trace as somebody reads it who has the file alone."""
    stream = BytesIO()
    firmware.write_trace(stream)
    stream.seek(0)
    header, *items = read(stream, strict=True)
    assert isinstance(header, Header)
    return header, [item for item in items if isinstance(item, Smc)]


def test_memory_that_begins_off_a_gigabyte_is_not_tracked_below() -> None:
    firmware = Firmware(QEMU_SBSA, "2.0-bet0")
    assert firmware.smc(TRACKING, [0x100_4000_0000])[:3] == [SUCCESS, 0, NONE]
    assert firmware.smc(TRACKING, [0x100_8000_0000])[:3] == [SUCCESS, 0, FINE]
    control = Firmware(CONTROL, "2.0-bet0")
    assert control.smc(TRACKING, [CONTROL.banks[0][0]])[:3] == [SUCCESS, 0, FINE]


def test_boot_takes_the_rmm_from_init_to_active_once() -> None:
    firmware = Firmware(QEMU_SBSA, "2.0")
    assert firmware.state_name == "init"
    assert firmware.smc(DELEGATE, [HEAP, HEAP + PAGE])[0] == GLOBAL
    firmware.boot()
    assert firmware.state_name == "active"
    assert firmware.smc(DELEGATE, [HEAP, HEAP + PAGE])[:2] == [SUCCESS, HEAP + PAGE]
    calls = firmware.calls
    firmware.boot()
    assert firmware.calls == calls == 4


def test_boot_goes_well_whatever_the_behaviour_is_afterwards() -> None:
    firmware = Firmware(QEMU_SBSA, "2.0", "input-error")
    firmware.boot()
    assert firmware.state_name == "active"
    assert firmware.smc(DELEGATE, [HEAP, HEAP + PAGE])[0] == INPUT
    firmware.behave("plain")
    assert firmware.smc(DELEGATE, [HEAP, HEAP + PAGE])[0] == SUCCESS
    with pytest.raises(KeyError):
        firmware.behave("nobody")


def test_delegated_memory_faults_until_it_is_given_back() -> None:
    firmware = Firmware(QEMU_SBSA, "2.0")
    firmware.boot()
    assert not firmware.delegated(HEAP)
    firmware.smc(DELEGATE, [HEAP, HEAP + 2 * PAGE])
    assert firmware.delegated(HEAP + PAGE + 0x123)
    assert firmware.granule(HEAP + PAGE + 0x123) == "DELEGATED"
    assert not firmware.delegated(HEAP + 2 * PAGE)
    firmware.smc(UNDELEGATE, [HEAP, HEAP + PAGE])
    assert [firmware.delegated(HEAP), firmware.delegated(HEAP + PAGE)] == [False, True]


def test_what_is_no_memory_is_not_delegated() -> None:
    firmware = Firmware(QEMU_SBSA, "2.0")
    assert not firmware.delegated(0x1000)
    assert firmware.granule(0x1000) == ""


def test_only_what_the_rmm_reads_is_asked_for_and_kept() -> None:
    ram = Ram(bytes(0x10) + b"\1\2\3\4\5\6\7\x08" + bytes(PAGE - 0x18))
    firmware = Firmware(QEMU_SBSA, "1.0", host=ram)
    firmware.smc(VERSION, [0x10000])
    firmware.smc(DELEGATE_1_0, [HEAP])
    assert ram.asked == set()
    # what is at the parameters makes no realm; the RD is delegated and never asked for
    assert firmware.smc(REALM_CREATE, [HEAP, HEAP + PAGE])[0] == INPUT
    assert ram.asked == {HEAP + PAGE}
    calls = host(firmware)[1]
    assert calls[1].mem is None
    # of s2sz, at 0x10, it reads one byte, and 1 is no width
    assert calls[2].mem == {HEAP + PAGE + 0x10: b"\1" + bytes(7)}


def test_an_empty_page_that_was_read_is_in_the_trace() -> None:
    firmware = Firmware(QEMU_SBSA, "1.0", host=Ram())
    firmware.smc(DELEGATE_1_0, [HEAP])
    firmware.smc(REALM_CREATE, [HEAP, HEAP + PAGE])
    assert host(firmware)[1][1].mem == {HEAP + PAGE: bytes(8)}


def test_delegated_pages_are_not_read() -> None:
    ram = Ram()
    firmware = Firmware(QEMU_SBSA, "1.0", host=ram)
    firmware.smc(DELEGATE_1_0, [HEAP])
    firmware.smc(DELEGATE_1_0, [HEAP + PAGE])
    assert firmware.smc(REALM_CREATE, [HEAP, HEAP + PAGE])[0] == INPUT
    assert ram.asked == set()


def test_what_the_rmm_writes_reaches_the_host() -> None:
    ram = Ram()
    firmware = Firmware(QEMU_SBSA, "2.0", host=ram)
    assert firmware.smc(CONFIG_GET, [HEAP])[0] == SUCCESS
    assert ram.written == [(HEAP, bytes(PAGE))]


def test_a_function_that_went_with_1_0_is_refused() -> None:
    firmware = Firmware(QEMU_SBSA, "2.0")
    firmware.boot()
    assert firmware.smc(DELEGATE_1_0, [HEAP])[0] == (1 << 64) - 1  # SMCCC's NOT_SUPPORTED
    assert not firmware.delegated(HEAP)


class Untold(Ram):
    def read(self, pa: int, size: int) -> bytes:
        raise ValueError("unknown byte")


def test_what_the_memory_raises_comes_through_and_nothing_is_kept() -> None:
    firmware = Firmware(QEMU_SBSA, "1.0", host=Untold())
    firmware.smc(DELEGATE_1_0, [HEAP])
    with pytest.raises(ValueError, match="unknown byte"):
        firmware.smc(REALM_CREATE, [HEAP, HEAP + PAGE])
    assert [item.fid for item in firmware.items if isinstance(item, Smc)] == [DELEGATE_1_0]
    assert firmware.smc(DELEGATE_1_0, [HEAP + PAGE])[0] == SUCCESS


def test_without_memory_what_must_be_read_is_no_answer() -> None:
    firmware = Firmware(QEMU_SBSA, "1.0")
    firmware.smc(DELEGATE_1_0, [HEAP])
    with pytest.raises(Unanswerable, match=r"RMI_REALM_CREATE: .*parameters was not captured"):
        firmware.smc(REALM_CREATE, [HEAP, HEAP + PAGE])


@pytest.mark.parametrize(
    ("fid", "why"),
    [
        (0xC400_0001, "function 0xc4000001 is none of the commands of RMI 2.0"),
        (0x8400_0000, "none of the commands"),
        (0xC400_016A, "RMI_VSMMU_CREATE: the model cannot tell: RMI_VSMMU_CREATE is not modelled"),
    ],
)
def test_what_the_model_does_not_know_is_no_answer(fid: int, why: str) -> None:
    firmware = Firmware(QEMU_SBSA, "2.0")
    firmware.boot()
    with pytest.raises(Unanswerable, match=why):
        firmware.smc(fid, [HEAP])


def test_commands_are_known_by_number_and_by_name() -> None:
    firmware = Firmware(QEMU_SBSA, "1.0")
    by_number, by_name = firmware.command(DELEGATE_1_0), firmware.named("RMI_GRANULE_DELEGATE")
    assert by_number is by_name is not None
    assert by_name.inputs == ("addr",)
    assert firmware.command(0xC401_0151) is by_number  # the bit for "no SVE state" names nothing
    assert firmware.named("RMI_GRANULE_RANGE_DELEGATE") is None


def test_one_call_goes_wrong() -> None:
    firmware = Firmware(QEMU_SBSA, "1.0", once("RMI_GRANULE_DELEGATE", 1, [INPUT]))
    answers = [firmware.smc(DELEGATE_1_0, [HEAP + n * PAGE])[0] for n in range(4)]
    assert answers == [SUCCESS, INPUT, SUCCESS, SUCCESS]
    assert not firmware.delegated(HEAP + PAGE)


def test_one_call_goes_wrong_on_top_of_another_behaviour() -> None:
    behaviour = once("RMI_GRANULE_RANGE_DELEGATE", 1, [INPUT], "stride-1")
    firmware = Firmware(QEMU_SBSA, "2.0", behaviour)
    firmware.boot()
    r = [firmware.smc(DELEGATE, [HEAP + n * PAGE, HEAP + 3 * PAGE])[:2] for n in (0, 1, 1)]
    assert r == [[SUCCESS, HEAP + PAGE], [INPUT, 0], [SUCCESS, HEAP + 2 * PAGE]]


def test_a_mix_of_behaviours_has_no_call_of_its_own() -> None:
    with pytest.raises(ValueError, match="takes another behaviour for each call"):
        once("RMI_GRANULE_DELEGATE", 0, [INPUT], "any")


PERMITTED = sorted(b.name for b in BEHAVIOURS.values() if not b.faulty)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(PERMITTED),
    st.integers(0, 99),
    st.lists(
        st.tuples(st.sampled_from((DELEGATE, UNDELEGATE)), st.integers(-2, 6), st.integers(-1, 4)),
        max_size=12,
    ),
)
def test_the_judge_accepts_what_the_file_says(
    behaviour: str, seed: int, work: list[tuple[int, int, int]]
) -> None:
    firmware = Firmware(QEMU_SBSA, "2.0", behaviour, seed=seed)
    firmware.smc(ACTIVATE)
    firmware.note("begin")
    for fid, at, pages in work:
        firmware.smc(fid, [HEAP + at * PAGE, HEAP + (at + pages) * PAGE])
    header, calls = host(firmware)
    assert len(calls) == firmware.calls == len(work) + 1
    engine = Engine(header)
    assert [engine.judge(call).kind for call in calls] == [OK] * len(calls)


def test_notes_stand_between_calls() -> None:
    firmware = Firmware(QEMU_SBSA, "1.0")
    firmware.note("a story")
    stream = BytesIO()
    firmware.write_trace(stream)
    stream.seek(0)
    _, event = read(stream, strict=True)
    assert isinstance(event, Event)
    assert (event.name, event.fields) == ("note", {"text": "a story"})


# --- which interface -------------------------------------------------------------------------


def of_source(source: str) -> str | None:
    world = new_world()
    world.add(new_unit("a.c", source, world))
    return interface(world)


VERSION_2_0 = "#define RMI_ABI_MAJOR_VERSION 2\n#define RMI_ABI_MINOR_VERSION 0\n"


def test_the_interface_is_what_the_code_declares() -> None:
    assert of_source("#define RMI_ABI_MAJOR_VERSION 1\n#define RMI_ABI_MINOR_VERSION 0\n") == "1.0"
    assert of_source(VERSION_2_0) == "2.0"
    assert of_source("#define RMI_ABI_MAJOR_VERSION 9\n") is None
    assert of_source("int x;\n") is None


def test_tracking_of_an_address_alone_is_the_first_draft() -> None:
    call = "void f(void) {{ arm_smccc_1_1_invoke(SMC_RMI_GRANULE_TRACKING_GET, {}, &res); }}\n"
    assert of_source(VERSION_2_0 + call.format("addr")) == "2.0-bet0"
    assert of_source(VERSION_2_0 + call.format("start, end")) == "2.0"
