"""The console of TF-RMM: what it printed is what comes out, and nothing is made up."""

from __future__ import annotations

import io
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.rmm.values import RMI_INCOMPLETE, STATUS_NAME
from replay.spec.commands import commands_of
from tests.traces.formats.tfrmm_printer import Printer
from traces.event import REGISTERS, Bank, Event, Header, Problem, Smc, Told, TraceError
from traces.formats import jsonl, tfrmm_console
from traces.formats import read as read_any
from traces.formats.lines import lines
from traces.formats.tfrmm_handlers import HANDLERS, OMITS

if TYPE_CHECKING:
    from pathlib import Path

    from traces.formats.jsonl import Item

NOTHING = Told()
OTHER = "SMC_RMI_REALM_CREATE 8000 9000 > RMI_SUCCESS"  # in 1.0 and in 2.0


def read(text: str, told: Told = NOTHING, strict: bool = False) -> tuple[Header, list[Item]]:
    """The header and what follows it."""
    numbered = enumerate(lines(io.BytesIO(text.encode())), 1)
    header, *items = tfrmm_console.read(numbered, name="log", strict=strict, told=told)
    assert isinstance(header, Header)
    return header, [item for item in items if not isinstance(item, Header)]


def one(text: str) -> Item:
    _, [item] = read(text)
    return item


def call(text: str) -> tuple[str | None, list[int], list[int], int | None]:
    """The name, the arguments and the results (without zeros at the end), what was seen."""
    item = one(text)
    assert isinstance(item, Smc), item
    assert item.r is not None
    assert len(item.x) == len(item.r) == REGISTERS
    x, r = ([v for n, v in enumerate(values) if any(values[n:])] for values in (item.x, item.r[1:]))
    return item.name, x, [item.r[0], *r], item.seen


# --- lines that are found in public (trace-sources.md 5.1)


@pytest.mark.parametrize(
    ("line", "name", "x", "r", "seen"),
    [
        (
            "SMC_RMM_REC_CREATE            88232d000 8817b2000 88231a000 > RMI_SUCCESS",
            "RMI_REC_CREATE",
            [0x88232D000, 0x8817B2000, 0x88231A000],
            [0],
            1,
        ),
        (
            "SMC_RMM_RTT_CREATE            102dff000 122c2e000 1e00000 3 > RMI_SUCCESS",
            "RMI_RTT_CREATE",
            [0x102DFF000, 0x122C2E000, 0x1E00000, 3],
            [0],
            1,
        ),
        (
            "[   rmm ] SMC_RMI_REALM_CREATE          882860000 880856000 > RMI_SUCCESS",
            "RMI_REALM_CREATE",
            [0x882860000, 0x880856000],
            [0],
            1,
        ),
        (
            "[   rmm ] SMC_RMI_REC_AUX_COUNT         882860000 > RMI_SUCCESS 10",
            "RMI_REC_AUX_COUNT",
            [0x882860000],
            [0, 16],
            2,
        ),
        (
            "[     rmm ] SMC_RMI_VERSION                   10000 > RMI_SUCCESS 10000 10000     ",
            "RMI_VERSION",
            [0x10000],
            [0, 0x10000, 0x10000],
            3,
        ),
        (
            "SMC_RMI_VERSION                   10000 > RMI_SUCCESS 10000 10001",
            "RMI_VERSION",
            [0x10000],
            [0, 0x10000, 0x10001],
            3,
        ),
        (  # the walk ended at level 3: status 4, index 3
            "SMC_RMI_DATA_DESTROY          17ffb000 9951d000 > RMI_ERROR_RTT 3 0 99600000",
            "RMI_DATA_DESTROY",
            [0x17FFB000, 0x9951D000],
            [0x304, 0, 0x99600000],
            3,
        ),
        (  # one line cut in two
            "2025-07-13 10:16:12,680: SMC_RMI_REALM_ACTIVATE       \n"  # noqa: ISC004
            "2025-07-13 10:16:12,680: 10045c6c000 > RMI_SUCCESS",
            "RMI_REALM_ACTIVATE",
            [0x10045C6C000],
            [0],
            1,
        ),
    ],
)
def test_lines_found_in_public(line: str, name: str, x: list[int], r: list[int], seen: int) -> None:
    assert call(line + "\n") == (name, x, r, seen)


def test_realm_calls_are_events() -> None:
    rsi = one("SMC_RSI_IPA_STATE_SET         80000000 90000000 1 0 > RSI_SUCCESS 90000000 0\n")
    assert rsi == Event(
        1,
        "rsi",
        {
            "cpu": 0,
            "name": "RSI_IPA_STATE_SET",
            "args": [0x80000000, 0x90000000, 1, 0],
            "status": "RSI_SUCCESS",
            "values": [0x90000000, 0],
        },
    )
    _, items = read(
        "PSCI_84000000                  0 0 0 0 0 0 0 > 10001 0 0 0\n"
        "SMC_80000001                   ffffffff84000002 0 0 0 0 0 0 > ffffffffffffffff 0 0 0\n"
        "SMC_RSI_c40001a5               > RSI_ERROR_STATE\n"
    )
    shown = [
        (i.name, i.fields.get("fid"), i.fields["status"]) for i in items if isinstance(i, Event)
    ]
    assert shown == [
        ("psci", 0x84000000, 0x10001),
        ("smc", 0x80000001, (1 << 64) - 1),
        ("rsi", None, "RSI_ERROR_STATE"),
    ]


def test_a_repeated_line_is_a_repeated_call() -> None:
    line = "SMC_RMI_DATA_DESTROY          17ffb000 9951d000 > RMI_ERROR_RTT 3 0 99600000\n"
    _, items = read(line * 3)
    assert [item.line for item in items] == [1, 2, 3]
    assert all(isinstance(item, Smc) for item in items)


def test_other_lines_are_passed_over() -> None:
    others = (
        "NOTICE:  Booting Trusted Firmware\n"
        "[   rmm ] Unhandled write S2_0_C0_C2_2\n"
        "RMI_PDEV_STREAM_DISCONNECT -> RMI_SUCCESS\n"
        "[    1.0] kvm: SMC_RMI_RTT_CREATE failed for 80000000\n"
        "[    1.0] kvm [1]: SMC_RMI_NO_SUCH_NAME\n"
    )
    _, items = read(others + "SMC_RMI_RMM_ACTIVATE               > RMI_SUCCESS\n" + others * 20)
    [item] = items
    assert isinstance(item, Smc)
    assert (item.line, item.name) == (6, "RMI_RMM_ACTIVATE")


def test_results_of_another_shape() -> None:
    # A status without a name, and X0 that is none: the whole register is printed.
    assert call("SMC_RMI_REALM_ACTIVATE 1000 > ff\n")[2:] == ([0xFF], 1)
    assert call("SMC_RMI_PDEV_STOP 1000 > ffffffffffffffff\n")[2:] == ([(1 << 64) - 1], 1)
    # The index of REC_ENTER's ERROR_REALM is printed, of no other command's.
    assert call("SMC_RMI_REC_ENTER 1000 2000 > RMI_ERROR_REALM 1\n")[2:] == ([0x102], 1)
    assert call("SMC_RMI_REALM_DESTROY 1000 > RMI_ERROR_REALM\n")[2:] == ([2], 0)
    # A level of -1 is the byte ff.
    assert call("SMC_RMI_RTT_CREATE 1 2 3 4 > RMI_ERROR_RTT ff\n")[2:] == ([0xFF04], 1)
    # The level of ERROR_RTT_AUX is not: only the status is seen.
    assert call("SMC_RMI_RTT_DATA_UNMAP 1 2 3 4 5 > RMI_ERROR_RTT_AUX\n")[2:] == ([7], 0)


def test_an_unknown_function() -> None:
    item = one(
        "SMC_RMI_ sets the scene\nERROR:   [handle_ns_smc] unknown function_id: c4000151\n"
        "and SMC_RMI_OP_CANCEL in prose\n"
    )
    assert isinstance(item, Smc)
    assert (item.fid, item.r, item.seen) == (0xC4000151, [(1 << 64) - 1] + [0] * 7, 1)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("SMC_RMI_FROBNICATE 1000 > RMI_SUCCESS\n", 1, "RMI_FROBNICATE: no such command is known"),
        (
            "SMC_RMI_REALM_DESTROY 1000 > RMI_ERROR_MOON\n",
            1,
            "RMI_REALM_DESTROY: RMI_ERROR_MOON is no status that is known",
        ),
        (
            "\nSMC_RMI_RTT_CREATE 1000 2000 > RMI_SUCCESS\n",
            2,
            "RMI_RTT_CREATE: 2 arguments, expected 4",
        ),
        (
            "SMC_RMI_RTT_CREATE 1000 2000\nsomething else\n",
            1,
            "RMI_RTT_CREATE: cut off, no status was found",
        ),
    ],
)
def test_what_cannot_be_read(text: str, line: int, message: str) -> None:
    good = "SMC_RMI_REALM_DESTROY 1000 > RMI_SUCCESS\n"
    _, items = read(text + good)
    assert {type(item) for item in items} == {Problem, Smc}
    assert Problem(line, message) in items
    with pytest.raises(TraceError) as error:
        read(text + good, strict=True)
    assert str(error.value) == f"log:{line}: {message}"


def test_before_1_0() -> None:
    """Five arguments of whatever command, results at once, and a version of its own."""
    _, items = read(
        "SMC_RMM_VERSION                      0        0        0        0        0 > d0000\n"
        "SMC_RMM_RTT_READ_ENTRY        88232d000 40000000        3        0        0 > RMI_SUCCESS"
        "        3        1 8817b2000        1\n"
    )
    note, entry = items
    assert isinstance(note, Event) and note.name == "note"
    assert isinstance(entry, Smc)
    assert entry.x[:4] == [0x88232D000, 0x40000000, 3, 0]
    assert entry.r is not None
    assert entry.r[:5] == [0, 3, 1, 0x8817B2000, 1]


# --- the header


def test_the_header_says_what_is_not_known() -> None:
    header, _ = read("SMC_RMI_VERSION 20000 > RMI_SUCCESS 20000 20000\n")
    assert (header.rmi, header.source, header.memory) == ("2.0", "TF-RMM console", ())
    assert (header.complete, header.memory_contents, header.omits) == (False, False, OMITS["2.0"])
    assert header.other["assumed"] == ["cpus", "granule_size", "pa_width", "memory"]
    banks = (Bank(0x80000000, 0x80000000),)
    header, _ = read("SMC_RMI_REALM_DESTROY 1 > RMI_SUCCESS\n", Told("2.0-bet1", banks))
    assert (header.rmi, header.memory, header.omits) == ("2.0-bet1", banks, OMITS["2.0"])
    assert "memory" not in header.other["assumed"]


@pytest.mark.parametrize(
    ("text", "rmi", "assumed"),
    [
        ("SMC_RMI_VERSION 10000 > RMI_SUCCESS 10000 10001\n", "1.0", False),
        ("SMC_RMI_VERSION 20000 > RMI_SUCCESS 20000 20000\n", "2.0", False),
        ("SMC_RMI_VERSION 1 > RMI_ERROR_INPUT\nSMC_RMI_OP_CANCEL 1 > RMI_BUSY\n", "2.0", False),
        ("SMC_RMI_DATA_DESTROY 1000 0 > RMI_ERROR_INPUT\n", "1.0", False),
        (f"{OTHER}\n" * 5 + "SMC_RMI_REC_AUX_COUNT 1 > RMI_BUSY\n", "1.0", False),
        ("SMC_RMI_REALM_CREATE 1 2 > RMI_SUCCESS\n", "1.0", True),
        # further away than it looks
        (f"{OTHER}\n" * 2000 + "SMC_RMI_RMM_ACTIVATE > RMI_SUCCESS\n", "1.0", True),
    ],
)
def test_the_version(text: str, rmi: str, assumed: bool) -> None:
    header, items = read(text)
    assert (header.rmi, "rmi" in header.other["assumed"]) == (rmi, assumed)
    assert len(items) == text.count("\n")


def test_the_revisions_that_it_serves() -> None:
    """Else RMI_VERSION of a newer RMM, or one that is refused, would look wrong."""
    refused = "SMC_RMI_VERSION 20000 > RMI_ERROR_INPUT\n"
    header, _ = read(refused + "SMC_RMI_VERSION 10000 > RMI_SUCCESS 10000 10001\n")
    assert header.implementation == {"revisions": [0x10000, 0x10001]}
    header, _ = read(refused + "SMC_RMI_OP_CANCEL 1 > RMI_BUSY\n")
    assert header.implementation == {}


# --- what an operation asks for


def bits(*lines: str) -> list[int]:
    """X0 of each call."""
    _, items = read("".join(line + "\n" for line in lines))
    return [item.r[0] for item in items if isinstance(item, Smc) and item.r]


CREATE = "SMC_RMI_REC_CREATE 1000 2000 3000 > RMI_INCOMPLETE 5 40"
DONATE = "      SMC_RMI_OP_MEM_DONATE       5 9000 10 > RMI_INCOMPLETE 10 0"
CONTINUE = "      SMC_RMI_OP_CONTINUE         5 0 > "
RECLAIM = "      SMC_RMI_OP_MEM_RECLAIM      5 9000 10 > RMI_INCOMPLETE 1"
DESTROY = "SMC_RMI_REC_DESTROY 2000 > RMI_INCOMPLETE 5"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # rmm-2.0.md section 5: 0x10d donate, 0x20d reclaim, 0xd go on.
        ([CREATE, OTHER, DONATE, CONTINUE + "RMI_SUCCESS"], [0x10D, 0, 0xD, 0]),
        (
            [
                CREATE,
                DONATE,
                CONTINUE + "RMI_INCOMPLETE 0 0",
                RECLAIM,
                CONTINUE + "RMI_ERROR_INPUT",
            ],
            [0x10D, 0xD, 0x20D, 0xD, 1],
        ),
        ([DESTROY, RECLAIM, RECLAIM, CONTINUE + "RMI_SUCCESS"], [0x20D, 0x20D, 0xD, 0]),
        # A call that does not fit is refused, and the operation is as before.
        (
            [DESTROY, CONTINUE + "RMI_ERROR_INPUT", RECLAIM, CONTINUE + "RMI_SUCCESS"],
            [0x20D, 1, 0xD, 0],
        ),
        # Nobody goes on: what the command always asks for.
        ([DESTROY], [0x20D]),
        (["SMC_RMI_RTT_DATA_UNMAP 1 2 3 4 5 > RMI_INCOMPLETE 7 7 0 0"], [0xD]),
        # Its handle is given again: it was over.
        ([DESTROY, CREATE], [0x20D, 0x10D]),
    ],
)
def test_what_an_operation_asks_for(lines: list[str], expected: list[int]) -> None:
    assert bits(*lines) == expected


def test_the_handle_of_an_operation() -> None:
    assert call(CREATE + "\n")[2:] == ([0x10D, 5, 0x40], 3)
    assert call(DESTROY + "\n")[2:] == ([0x20D, 5], 2)
    # It is printed before the results, and the first of them is the handle again.
    assert call("SMC_RMI_RTT_DATA_MAP 1 2 3 4 5 > RMI_INCOMPLETE 7 7\n")[2:] == ([0xD, 7], 2)


def test_what_cannot_be_known_was_not_seen() -> None:
    _, items = read(f"{DESTROY}\n{RECLAIM}\n")
    assert [item.seen for item in items if isinstance(item, Smc)] == [2, 0]


def test_an_operation_left_open_holds_nothing_back_for_ever() -> None:
    """A live log: what was printed long ago must come out."""

    def endless() -> Item:
        lines = [DESTROY, *[OTHER] * 5000]
        numbered = iter((n, line.encode()) for n, line in enumerate(lines, 1))
        stream = tfrmm_console.read(numbered, name="log", strict=False, told=Told("2.0"))
        next(stream)
        first = next(stream)
        assert next(numbered)[0] < 1100
        assert not isinstance(first, Header)
        return first

    assert endless().line == 1


# --- there and back


@pytest.mark.parametrize(
    "name",
    [
        "a_lifecycle",
        "a_lifecycle10",
        "c01_preactivate_all_fids",
        "c09_rec",
        "c20_psmmu_activate",
        "d_walk_01",
        "d_walk10_03",
        "e_errors10_core",
    ],
)
def test_there_and_back(shared: Path, name: str) -> None:
    """A real trace, printed as the RMM would if it printed every call."""
    with (shared / "traces" / f"{name}.jsonl.gz").open("rb") as stream:
        header, *items = jsonl.read(stream)
    assert isinstance(header, Header)
    printer = Printer(header.rmi)
    calls = [item for item in items if isinstance(item, Smc) and item.r is not None]
    found, back = read("".join(map(printer.line, calls)))
    assert found.rmi == header.rmi
    assert len(back) == len(calls)
    for was, now in zip(calls, back, strict=True):
        assert isinstance(now, Smc)
        assert printer.same(was, now), (was, now)
    # What was not seen of X0 has no index, or is of one of the last open operations.
    unseen = [c for c in back if isinstance(c, Smc) and c.seen == 0 and c.r]
    assert not any(c.r[0] == 0 for c in unseen if c.r)
    assert sum(c.r[0] & 0xFF == RMI_INCOMPLETE for c in unseen if c.r) <= len(calls) // 1000


# --- whatever is in between

COMMANDS = {rmi: commands_of(rmi) for rmi in HANDLERS}
word = st.one_of(st.integers(0, 9), st.integers(0, 1 << 48), st.integers(0, (1 << 64) - 1))


@st.composite
def calls(draw: st.DrawFn, rmi: str) -> Smc:
    """A call of any command that TF-RMM has, with any result but INCOMPLETE."""
    name = draw(st.sampled_from(sorted(HANDLERS[rmi])))
    command = COMMANDS[rmi][HANDLERS[rmi][name].fid]
    statuses = sorted(set(STATUS_NAME) - {RMI_INCOMPLETE})
    status = draw(st.sampled_from([*statuses, 0, 0, 4, 4, 0xFF]))
    index = draw(st.integers(0, 3)) if status == 4 else 0
    x = [draw(word) for _ in command.inputs]
    r = [status | index << 8, *(draw(word) for _ in command.outputs)]
    return Smc(1, command.fid, x + [0] * (8 - len(x)), r + [0] * (8 - len(r)))


logs = st.sampled_from(sorted(HANDLERS)).flatmap(
    lambda rmi: st.tuples(st.just(rmi), st.lists(calls(rmi), min_size=1, max_size=12))
)
quick = settings(max_examples=150, deadline=None)

PREFIXES = [
    "",
    "[   rmm ] ",
    "2025-07-13 10:16:##,###: ",
    "[   1#.######] ",
    "INFO:    ",
    "[1#:2#:3#] [cpu7] ",
    "rmm-1 | \x1b[0m",
]
NOISE = [
    "[ linux ] [    0.####] kvm [1]: nothing to see, 12 pages at 8000",
    "",
    "NOTICE:  BL31: 0x80000000 bytes",
    "Unable to satisfy RIPAS_CHANGE for 80000000 - 80200000, ripas: 1",
    "[ linux ] RMI_SUCCESS > deadbeef",
]


def stamped(draw: st.DrawFn, text: str) -> str:
    """With a digit for each #."""
    return "".join(str(draw(st.integers(0, 9))) if c == "#" else c for c in text)


@st.composite
def cut_logs(draw: st.DrawFn) -> tuple[str, list[Smc], str]:
    """A log with any prefix, its lines cut between pieces, other lines in between."""
    rmi, made = draw(logs)
    printer, prefix = Printer(rmi), draw(st.sampled_from(PREFIXES))
    out = ""
    for each in made:
        out += stamped(draw, prefix)
        for piece, after in pairwise([*printer.pieces(each), ""]):
            out += piece
            if after not in ("\n", "") and draw(st.integers(0, 7)) == 0:
                out += "\n"
                for noise in draw(st.lists(st.sampled_from(NOISE), max_size=2)):
                    out += stamped(draw, noise) + "\n"
                out += stamped(draw, prefix)
    return rmi, made, out


@given(cut_logs())
@quick
def test_any_prefix_and_any_cut(log: tuple[str, list[Smc], str]) -> None:
    rmi, made, text = log
    printer = Printer(rmi)
    _, back = read("SMC_RMI_REALM_DESTROY 1 > RMI_SUCCESS\n" + text)
    back = back[1:]
    assert len(back) == len(made), text
    for was, now in zip(made, back, strict=True):
        assert isinstance(now, Smc), text
        assert printer.same(was, now), text
        assert now.cpu == (7 if "cpu7" in text else 0)


@st.composite
def mixed_logs(draw: st.DrawFn) -> tuple[str, list[Smc], str]:
    """Two CPUs print at once, and each piece comes out whole."""
    rmi, made = draw(logs)
    _, more = rmi, draw(st.lists(calls(rmi), min_size=1, max_size=12))
    printer = Printer(rmi)
    cpus = [[piece for each in side for piece in printer.pieces(each)] for side in (made, more)]
    out, longest = "", draw(st.sampled_from([1, 2, 4, 8, 16]))
    while cpus[0] or cpus[1]:
        side = draw(st.booleans()) if cpus[0] and cpus[1] else not cpus[0]
        count = draw(st.integers(1, longest))
        out += "".join(cpus[side][:count])
        del cpus[side][:count]
    return rmi, made + more, out


@given(mixed_logs())
@quick
def test_two_cpus_at_once(log: tuple[str, list[Smc], str]) -> None:
    """Each call comes out as it was, or is told of as left out; none is made up."""
    rmi, made, text = log
    printer = Printer(rmi)
    begin = end = "SMC_RMI_REALM_DESTROY             1 > RMI_SUCCESS\n"
    _, [_, *back, last] = read(begin + text + "\n" * 40 + end)
    assert isinstance(last, Smc), text
    left = Counter(repr(printer.shown(each)) for each in made)
    whole = [item for item in back if isinstance(item, Smc)]
    for now in whole:
        matches = [was for was in made if printer.same(was, now) and left[repr(printer.shown(was))]]
        assert matches, (now, text)
        left[repr(printer.shown(matches[0]))] -= 1
    told = [item for item in back if isinstance(item, Problem)]
    assert len(whole) + len(told) == len(made), text


def test_two_cpus_whose_pieces_can_be_told() -> None:
    text = (
        # The second is asked for an argument when the first is not, and so on.
        "SMC_RMI_REALM_ACTIVATE            1000SMC_RMI_REALM_DESTROY             > RMI_SUCCESS 2000"
        "\n > RMI_ERROR_REALM\n"
        # A name on the end of a status.
        "SMC_RMI_REALM_ACTIVATE            3000 > RMI_SUCCESSSMC_RMI_REALM_DESTROY            \n"
        " 4000 > RMI_SUCCESS\n"
        # A realm's call is printed in one go.
        "SMC_RMI_REALM_ACTIVATE            SMC_RSI_HOST_CALL             1000 > RSI_SUCCESS\n"
        " 6000 > RMI_SUCCESS\n"
        # Each CPU has its own prefix.
        "[cpu0] SMC_RMI_RTT_CREATE               1 2\n"
        "[cpu1] SMC_RMI_RTT_CREATE               5 6 7\n"
        "[cpu0] 3 4 > RMI_SUCCESS\n"
        "[cpu1] 8 > RMI_ERROR_RTT 2\n"
    )
    _, items = read(text)
    shown = [(i.cpu, i.x[:4], i.r[0]) for i in items if isinstance(i, Smc) and i.r]
    assert shown == [
        (0, [0x1000, 0, 0, 0], 0),
        (0, [0x2000, 0, 0, 0], 2),
        (0, [0x3000, 0, 0, 0], 0),
        (0, [0x4000, 0, 0, 0], 0),
        (0, [0x6000, 0, 0, 0], 0),
        (0, [1, 2, 3, 4], 0),
        (1, [5, 6, 7, 8], 0x204),
    ]
    [rsi] = [item for item in items if not isinstance(item, Smc)]
    assert isinstance(rsi, Event)
    assert (rsi.fields["args"], rsi.fields["status"]) == ([0x1000], "RSI_SUCCESS")


# --- hostile

STRANGE = (
    "SMC_RMI_RTT_CREATE|SMC_RSI_HOST_CALL|PSCI_84000000|SMC_RMI_X|>|1000|RMI_SUCCESS|ff|\n|\0|\1|"
    "RMI_INCOMPLETE|RMI_ERROR_RTT|SMC_RMI_OP_CONTINUE|SMC_RMI_REC_CREATE|[   1.2]|cpu3|"
    "unknown function_id: "
)
junk = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(STRANGE.split("|")), max_size=30).map(" ".join),
)


@given(st.lists(junk, max_size=20), st.booleans())
@quick
def test_no_text_is_too_strange(lines: list[str], tight: bool) -> None:
    text = ("" if tight else "\n").join(lines).replace("\r", "\n")
    good = "\nSMC_RMI_REALM_DESTROY             abc000 > RMI_SUCCESS\n"
    _, items = read(good + text + "\n" * 40 + good)
    count = (good + text).count("\n") + 40 + 2
    assert all(0 < item.line <= count for item in items)
    last = items[-1]
    assert isinstance(last, Smc) and last.x[0] == 0xABC000


@pytest.mark.parametrize(
    "line",
    [
        "SMC_RMI_RTT_CREATE " * 3000,
        "SMC_RMI_RTT_CREATE" * 3000,
        "SMC_RMI_RTT_CREATE 1 " + "2 " * 30000 + "> RMI_SUCCESS",
        "0" * 60000 + "SMC_RMI_RTT_CREATE",
        "SMC_RMI_RTT_CREATE 1 > RMI_" + "A_" * 30000,
        " " * 60000 + "SMC_RMI_RTT_CREATE 1" + " " * 1000,
        "cpu" * 20000 + " SMC_RMI_RTT_CREATE 1",
        "SMC_" * 15000,
        "SMC_RMI_REALM_DESTROY 1 > RMI_SUCCESS" * 1500,
        "unknown function_id: " * 3000,
        "SMC_RMI_REALM_DESTROY 1 > RMI_SUCCESS" + " ab" * 21000 + " x",
    ],
)
def test_a_long_line_costs_what_it_is_long(line: str) -> None:
    begun = time.process_time()
    read("SMC_RMI_REALM_DESTROY 1 > RMI_SUCCESS\n" + f"{line}\n" * 5)
    assert time.process_time() - begun < 2


def test_a_line_too_long_for_this_log() -> None:
    good = "SMC_RMI_REALM_DESTROY 1 > RMI_SUCCESS\n"
    _, items = read(good + "SMC_RMI_" + "A" * 100_000 + "\n" + good)
    assert [type(item) for item in items] == [Smc, Problem, Smc]


def test_colours_are_not_part_of_a_line() -> None:
    plain = "SMC_RMI_REC_AUX_COUNT         882860000 > RMI_SUCCESS 10"
    for shown in (f"\x1b[32m{plain}\x1b[0m", f"\x1b[1;36m[   rmm ]\x1b[0m {plain}\x1b[K\r"):
        assert call(shown) == call(plain)


def test_a_release_build_prints_no_call() -> None:
    text = "NOTICE:  BL31\nBooting RMM v.0.8.0(release) Built\n"
    with pytest.raises(TraceError, match=r"^-:2: TF-RMM's console, but no call is in it"):
        list(read_any(io.BytesIO(text.encode())))


def test_claims() -> None:
    yes = b"[ rmm ] SMC_RMI_VERSION                   10000 > RMI_SUCCESS 10000 10000\n"
    assert tfrmm_console.claims([b"boot\n", yes])
    assert tfrmm_console.claims([b"SMC_RMI_RMM_ACTIVATE              > RMI_SUCCESS\n"])
    for no in (
        b"#define SMC_RMI_VERSION\t\tSMC_RMI_CALL(0x0150)\n",
        b"\tarm_smccc_1_1_invoke(SMC_RMI_DATA_CREATE, rd, data, ipa, src, flags, &res);\n",
        b"SMC_RMI_RTT_CREATE failed\n",
        b"\0SMC\xff\n",
    ):
        assert not tfrmm_console.claims([no])
