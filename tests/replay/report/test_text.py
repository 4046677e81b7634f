"""The text report: what a reader of a mail sees."""

from __future__ import annotations

from collections import Counter

import pytest

from replay.coverage import Coverage
from replay.report.text import WIDTH, covered, render, summary, table, trace
from replay.result import MOST_LISTED, Group, Listed, Note, TraceResult, Violation
from replay.verdict import Reason

REASON = Reason("gran_state", "gstate(addr) != UNDELEGATED", "it is in use", "ERROR_INPUT")


def violation(line: int = 7, **changes: object) -> Violation:
    values: dict[str, object] = {
        "line": line,
        "seq": line - 2,
        "command": "RMI_GRANULE_DELEGATE",
        "arguments": (("addr", 0x8000_0000),),
        "got": "SUCCESS",
        "permitted": ("ERROR_INPUT",),
        "conditions": (REASON,),
        "why": "a failure condition holds",
        "notes": (),
        "view": ("addr 0x80000000: DATA",),
        "story": ("line 3: RMI_GRANULE_DELEGATE 0x80000000 -> SUCCESS",),
    }
    return Violation(**(values | changes))  # type: ignore[arg-type]


def group(*all_: Violation, count: int = 0, lines: list[int] | None = None) -> Group[Violation]:
    return Group(list(all_), lines or [v.line for v in all_], count or len(all_))


def result(*groups: Group[Violation], **changes: object) -> TraceResult:
    found = TraceResult("a.jsonl", "1.0", violations=list(groups), **changes)  # type: ignore[arg-type]
    found.calls = 3
    found.by_command = {"RMI_GRANULE_DELEGATE": Counter(ok=2, violation=len(groups))}
    return found


def test_a_violation_is_a_line_and_below_it_why() -> None:
    assert list(trace(result(group(violation())))) == [
        "a.jsonl:7: RMI_GRANULE_DELEGATE: got SUCCESS, permitted ERROR_INPUT",
        "    a failure condition holds:",
        "      gran_state: it is in use => ERROR_INPUT",
        "    the model:",
        "      addr 0x80000000: DATA",
        "    the story:",
        "      line 3: RMI_GRANULE_DELEGATE 0x80000000 -> SUCCESS",
    ]


def test_several_permitted_results_are_joined() -> None:
    one = violation(permitted=("SUCCESS", "ERROR_RTT/2"), got="BUSY")
    first = next(trace(result(group(one))))
    assert first.endswith("got BUSY, permitted SUCCESS or ERROR_RTT/2")


def test_a_wrong_output_is_no_wrong_status() -> None:
    why = "out_top is 0x1, expected 0x2"
    one = violation(got="SUCCESS", permitted=("SUCCESS",), conditions=(), why=why)
    lines = list(trace(result(group(one))))
    assert lines[0] == f"a.jsonl:7: RMI_GRANULE_DELEGATE: SUCCESS, but {why}"
    assert lines[1] == "    the model:"


def test_what_is_equal_is_told_once_and_counted() -> None:
    many = group(violation(7), violation(9), count=300, lines=list(range(7, 307)))
    lines = list(trace(result(many)))
    assert sum("got SUCCESS" in line for line in lines) == 1
    rest = " ".join(line.strip() for line in lines[7:])
    assert rest == "and 299 more like it: lines 8-306"
    two = list(trace(result(group(violation(7), violation(9)))))
    assert two[-1] == "    and 1 more like it: line 9"


def test_line_numbers_in_a_row_are_told_as_first_and_last() -> None:
    def told(lines: list[int], count: int) -> str:
        many = group(violation(7), lines=lines, count=count)
        return " ".join(line.strip() for line in trace(result(many)))

    odd = list(range(7, 607, 2))
    first = ", ".join(map(str, range(9, 89, 2)))  # forty numbers
    assert told(odd, 300).endswith(f"lines {first}, ...")
    some = [7, 9, 10, 11, 13, 14, 15, 16, 20]
    assert told(some, 30).endswith("and 29 more like it: lines 9, 10, 11, 13-16, 20, ...")


def test_verbose_tells_each_in_the_order_of_the_trace() -> None:
    early, late = group(violation(7), violation(20)), group(violation(9, got="BUSY"))
    lines = list(trace(result(early, late), verbose=True))
    heads = [line.split(":")[1] for line in lines if line.startswith("a.jsonl:")]
    assert heads == ["7", "9", "20"]
    cut = group(violation(7), count=5, lines=[7, 8, 9, 10, 11])
    assert list(trace(result(cut), verbose=True))[-1] == "a.jsonl: 4 more like that of line 7"


def test_notes_are_told_if_verbose_and_always_counted() -> None:
    found = result()
    found.notes = [Group([Note(4, "RMI_X", "order")], [4, 6], 2)]
    assert not list(trace(found))
    assert "  notes: 2" in list(summary(found))
    told = " ".join(line.strip() for line in trace(found, verbose=True))
    assert told.startswith("a.jsonl:4: note: RMI_X: another failure condition comes first")
    assert told.endswith("and 1 more like it: line 6")


def test_the_summary_says_what_was_judged() -> None:
    found = result(group(violation()))
    found.checkpoints_equal, found.checkpoints_different = 4, 1
    found.unread_count = 2
    found.unknown[("RMI_X", "the command is not modelled")] = 3
    assert list(summary(found)) == [
        "a.jsonl: RMI 1.0, 3 calls: 2 ok, 1 violation",
        "  first violation: line 7, RMI_GRANULE_DELEGATE",
        "  unknown: RMI_X: the command is not modelled (3)",
        "  checkpoints: 4 equal, 1 different",
        "  lines that could not be read or judged: 2",
    ]
    assert not list(summary(TraceResult("none", error="no such file")))


def test_the_table_has_a_column_for_each_kind_there_is() -> None:
    rows = list(table({"RMI_B": Counter(ok=12), "RMI_AA": Counter(ok=1, unknown=3)}))
    assert rows == [
        "                ok   unknown",
        "  RMI_AA         1         3",
        "  RMI_B         12",
    ]
    assert not list(table({}))


def test_several_traces_have_a_line_each_and_a_sum() -> None:
    text = "".join(render([result(), result(group(violation()))]))
    assert "a.jsonl: RMI 1.0, 2 calls: 2 ok\n" in text
    assert "\n2 traces: 5 calls: 4 ok, 1 violation\n" in text
    assert text.count("RMI_GRANULE_DELEGATE      ") == 1  # one table, of the sum
    assert "traces:" not in "".join(render([result()]))


def test_differences_of_checkpoints_are_lines() -> None:
    found = result()
    found.differences = [Listed(5, "0x80000000 is RD, in the model DELEGATED")]
    assert list(trace(found)) == ["a.jsonl:5: checkpoint: 0x80000000 is RD, in the model DELEGATED"]
    found.differences *= MOST_LISTED
    assert "are not listed" in list(trace(found))[-1]


def test_lines_are_short_where_words_allow() -> None:
    path = "/" + "x" * 120
    found = result(
        group(
            violation(
                command="RMI_" + "Y" * 40,
                permitted=tuple(f"ERROR_RTT/{n}" for n in range(8)),
                why="the reason of it " * 12,
                view=("ipa 0x1000: " + "a table and another one " * 8,),
                notes=("a remark that goes on " * 7,),
            ),
            count=90,
            lines=list(range(1000, 1090)),
        )
    )
    for line in trace(found):
        assert len(line) <= WIDTH
    found.path = path
    assert next(trace(found)).startswith(path)  # a path is never broken


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "one\ntwo", "\u202eabc", "caf\udce9"])
def test_nothing_from_a_trace_drives_the_terminal(text: str) -> None:
    found = result(group(violation(command=text, why=text, view=(text,), story=(text,))))
    found.by_command = {text: Counter(ok=1)}
    found.unknown[(text, text)] = 1
    found.differences = [Listed(1, text)]
    found.notes = [Group([Note(1, "RMI_X", text)], [1], 1)]
    for piece in render([found], verbose=True):
        assert piece.replace("\n", "").isprintable()


def test_coverage_begins_with_what_was_never_reached() -> None:
    coverage = Coverage(
        tables={
            ("1.0", "RMI_CALLED"): ("often", "never"),
            ("1.0", "RMI_FULL"): ("once",),
            ("1.0", "RMI_NOT"): ("a", "b", "c"),
        }
    )
    coverage.calls.update({("1.0", "RMI_CALLED"): 9, ("1.0", "RMI_FULL"): 2})
    coverage.free["1.0", "RMI_CALLED"] = 4
    coverage.held.update({("1.0", "RMI_CALLED", "often"): 5, ("1.0", "RMI_FULL", "once"): 1})
    coverage.alone["1.0", "RMI_CALLED", "often"] = 3
    assert list(covered(coverage)) == [
        "",
        "coverage of RMI 1.0: 2 of 3 commands called; of 6 conditions",
        "  2 held, 1 of them at least once alone",
        "  never called: RMI_NOT",
        "  never held: RMI_CALLED: never",
        "  held, with the number of calls, and of those in which it held alone:",
        "    RMI_CALLED: 9 calls, in 4 of them none held",
        f"      {'often':24} {5:9} {3:9}",
        "    RMI_FULL: 2 calls, in 0 of them none held",
        f"      {'once':24} {1:9} {0:9}",
    ]


def test_a_state_fits_the_screen_and_loses_no_word() -> None:
    fact = "granule 0x88001a000: RTT of level 3 at IPA 0x40000000, 12 live entries, of the realm"
    lines = [f"{fact} 0x880010000", "granule 0x880010000: DELEGATED"]
    text = "".join(render([result(state=lines)]))
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert " ".join(lines) in " ".join(text.split())
    assert f"\n{lines[1]}\n" in text
