"""Which return is of which call, and what is said where that is not sure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from replay.spec.commands import commands_of
from traces.event import Event, Header, Problem, Smc, Told, TraceError
from traces.formats import pairs
from traces.formats.jsonl import Item
from traces.formats.pairs import Entry, Lost, Record, Return, calls, is_rmi, rmi_of

FID = 0xC400015C


def entry(line: int, cpu: int = 0, task: int = 1, fid: int = FID) -> Record:
    """Line and time are one; X1 is the line."""
    return Entry(line, line, cpu, task, fid, [line] * 7)


def back(line: int, cpu: int = 0, task: int = 1, made: int | None = None) -> Record:
    return Return(line, line, cpu, task, [0] * 8, made)


def read(records: Iterable[Record], strict: bool = False) -> list[Item]:
    header, *items = calls(iter(records), source="s", name="n", strict=strict, told=Told())
    assert isinstance(header, Header)
    return [item for item in items if not isinstance(item, Header)]


def story(records: Iterable[Record]) -> list[str]:
    """What comes out, a word each: `1-4` a call with its times, `1-` one without return."""
    words = []
    for item in read(records):
        match item:
            case Smc():
                words.append(f"{item.t}-{item.t_end or ''}")
                assert (item.r is None) == (item.t_end is None)
            case Event():
                words.append(f"{item.name} {item.fields}" if item.name == "note" else item.name)
            case Problem():
                words.append(f"problem {item.line}")
    return words


def test_calls_of_several_cpus_overlap() -> None:
    records = [entry(1), entry(2, 1, 2), back(3), entry(4), back(5, 1, 2), back(6)]
    assert story(records) == ["1-3", "2-5", "4-6"]


def test_a_call_within_a_call_returns_first() -> None:
    assert story([entry(1), entry(2), back(3), back(4)]) == ["problem 2", "2-3", "1-4"]


def test_a_call_overtaken_once_more_has_lost_its_return() -> None:
    records = [entry(1), entry(2), back(3), entry(4), back(5), entry(6), back(7)]
    assert story(records) == [
        *("lost", "1-"),
        *("problem 2", "2-3"),
        *("problem 4", "4-5"),
        "6-7",
    ]


def test_calls_nest_once() -> None:
    records = [entry(1), entry(2), entry(3), back(4), back(5)]
    assert story(records) == ["lost", "1-", "problem 2", "problem 3", "3-4", "2-5"]


def test_a_return_without_its_call_is_a_call_that_is_missing() -> None:
    items = read([entry(1), back(2), back(3), entry(4), back(5)])
    assert items[1:3] == [
        Problem(3, "a return without its call"),
        Event(3, "lost", {"count": 1, "cpu": 0}),
    ]
    assert len(items) == 4


def test_a_capture_begins_in_mid_call() -> None:
    """Nothing is wrong with that; the call is missing all the same."""
    assert story([back(1), entry(2), back(3), back(4, 1, 2)]) == ["lost", "lost", "2-3"]


def test_a_capture_ends_in_mid_call() -> None:
    """What is under way then may be done already."""
    assert story([entry(1), entry(2, 1, 2), back(3)]) == ["2-", "1-3"]


def test_nothing_is_paired_across_a_gap_of_its_cpu() -> None:
    """The return may be that of a call inside the gap."""
    records = [entry(1), entry(2, 1, 2), Lost(3, 9, 0), back(4), back(5, 1, 2)]
    assert story(records) == ["problem 3", "lost", "1-", "problem 4", "lost", "2-5"]
    records[2] = Lost(3, 9, None)
    assert story(records) == [
        *("problem 3", "lost", "1-", "problem 4", "lost"),
        *("2-", "problem 5", "lost"),
    ]


def test_a_return_that_says_of_which_call_it_is_is_sure_of_it() -> None:
    records = [entry(1), Lost(2, 1, None), back(3, made=1), entry(4), back(5, 2, made=4)]
    assert story(records) == ["problem 2", "lost", "1-3", "4-5"]
    # The return of 1 and the call of 4 are lost.
    records = [entry(1), Lost(3, 1, None), back(5, made=4), entry(6), back(7, made=6)]
    assert story(records) == ["problem 3", "lost", "problem 5", "lost", "lost", "1-", "6-7"]
    # The buffer of CPU 1 is read late.
    assert story([entry(5), back(4, 1, made=3), back(7, made=5)]) == ["lost", "5-7"]
    # rmi.bt forgets the outer of two calls.
    assert story([entry(1), entry(2), back(3, made=2)]) == ["lost", "1-", "2-3"]


def test_a_thread_that_seems_to_have_moved_is_not_trusted() -> None:
    records = [entry(1, 0), back(2, 1), entry(3, 1), back(4, 1)]
    assert story(records) == ["lost", "lost", "1-", "3-4"]
    # It makes a call elsewhere: the return of the one before is lost.
    assert story([entry(1, 0), entry(2, 1), back(3, 1)]) == ["lost", "1-", "2-3"]


def test_a_process_has_several_threads_on_several_cpus() -> None:
    records = [entry(1, 0, -7), entry(2, 1, -7), back(3, 0, -7), back(4, 1, -7)]
    assert story(records) == ["1-3", "2-4"]


def test_what_is_lost_comes_where_it_began_to_be_missing() -> None:
    """After the last line of CPU 0, before what CPU 1 did in the meantime."""
    records = [entry(1), back(2), entry(3, 1, 2), back(4, 1, 2), Lost(5, 9, 0), entry(6), back(7)]
    assert story(records) == ["1-2", "problem 5", "lost", "3-4", "6-7"]
    assert read(records)[2] == Event(5, "lost", {"count": 9, "cpu": 0})


def test_a_return_without_its_call_is_missing_since_the_last_line_of_its_cpu() -> None:
    records = [entry(1), back(2), entry(3, 1, 2), back(4, 1, 2), back(5)]
    assert story(records) == ["1-2", "problem 5", "lost", "3-4"]


def test_what_is_lost_of_any_cpu_is_missing_until_the_line_behind() -> None:
    records = [entry(1), back(2), Lost(3, 9, None), entry(4), back(5)]
    assert story(records) == ["problem 3", "lost", "1-2", "4-5"]
    assert read(records)[1] == Event(3, "lost", {"count": 9, "until": 4})


def test_lines_of_cpus_in_any_order_come_in_order_of_time() -> None:
    late = [record for at in range(100, 200, 2) for record in (entry(at, 1, 2), back(at + 1, 1, 2))]
    early = [record for at in range(10, 90, 2) for record in (entry(at), back(at + 1))]
    times = [int(word.split("-")[0]) for word in story([*late, *early])]
    assert times == sorted(times)
    assert len(times) == 90


def test_the_window_moves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPU 1 is read after CPU 0 each time, its calls are made before: two back, four fit."""
    monkeypatch.setattr(pairs, "WINDOW", 4)
    records = []
    for at in range(10, 400, 10):
        records += [entry(at + 6), back(at + 7), entry(at + 8), back(at + 9)]
        records += [entry(at, 1, 2), back(at + 1, 1, 2)]
    times = [int(word.split("-")[0]) for word in story(records)]
    assert times == sorted(times)
    assert len(times) == len(records) / 2


def test_calls_of_others_are_left_out() -> None:
    records = [entry(1, fid=0x84000001), back(2), entry(3), back(4)]
    text = "1 calls with function identifiers of others are left out"
    assert story(records) == ["3-4", f"note {{'text': '{text}'}}"]


def test_fewer_registers_than_promised_say_nothing() -> None:
    few = Return(4, 4, 0, 1, [0, 0], None)
    assert story([entry(1), back(2), entry(3), few, back(5)]) == ["1-2", "problem 4", "3-5"]
    less = Entry(2, 2, 0, 1, FID, [0])
    assert story([entry(1), less, back(3), few]) == ["problem 2", "1-3", "problem 4"]


def test_strict_raises_what_else_is_a_problem() -> None:
    with pytest.raises(TraceError, match=r"^n:3: a return without its call"):
        read([entry(1), back(2), back(3)], strict=True)


def test_open_calls_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "_MOST_OPEN", 2)
    records = [entry(line, task=line) for line in range(1, 5)]
    assert story(records) == ["lost", "1-", "lost", "2-", "problem 3", "3-", "problem 4", "4-"]


def test_a_live_capture_waits_for_the_window_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "WINDOW", 8)
    read_ahead = 0

    def endless() -> Iterator[Record]:
        nonlocal read_ahead
        while True:
            read_ahead += 2
            yield entry(read_ahead - 1)
            yield back(read_ahead)

    items = calls(endless(), source="s", name="n", strict=False, told=Told())
    assert isinstance(next(items), Header)
    assert isinstance(next(items), Smc)
    assert read_ahead <= 2 * 8 + 4


# --- whose calls


def tables() -> dict[str, set[int]]:
    return {rmi: set(commands_of(rmi)) for rmi in ("1.0", "2.0")}


def call(fid: int, r: list[int] | None = None) -> Smc:
    return Smc(1, fid, [0] * 8, r)


def test_every_command_of_the_tables_is_the_rmm_s() -> None:
    known = tables()
    assert all(is_rmi(fid) for fids in known.values() for fid in fids)
    assert is_rmi(0xC4000151 | 1 << 16)  # the hint that no SVE state is live
    # Of the RSI, of PSCI, and SMC32 twins.
    assert not any(map(is_rmi, (0xC4000190, 0xC40001AF, 0x84000000, 0x84000151)))


def test_a_command_that_one_version_has_tells_the_version() -> None:
    known = tables()
    for fid in known["1.0"] | known["2.0"]:
        of = [rmi for rmi, fids in known.items() if fid in fids]
        assert rmi_of([call(fid)]) == (of[0] if len(of) == 1 else None), hex(fid)


def test_rmi_version_tells_what_was_agreed_on() -> None:
    assert rmi_of([call(0xC4000150, [0, 0x10000, 0x10001])]) == "1.0"
    assert rmi_of([call(0xC4000150, [0, 0x20000, 0x20000])]) == "2.0"
    assert rmi_of([call(0xC4000150, [1, 0x10000, 0x10000])]) is None  # the host may ask again
    assert rmi_of([call(0xC4000150), Problem(1, ""), call(0xC40001F1)]) == "2.0"
