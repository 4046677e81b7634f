"""What the options of `replay` do, and what it answers with."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from linter import __version__
from linter.shell import FAILED, OK, Failure
from replay import cli
from replay.cli import VIOLATIONS, banks
from tests.replay.make_samples import RAM, SAMPLES, Script
from traces.event import PAGE, Bank

Write = Callable[..., str]

GOOD = str(SAMPLES / "life-1.0.jsonl")
BAD = str(SAMPLES / "planted-1.0.jsonl")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(data: bytes | str, name: str = "t.jsonl") -> str:
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    return _write


def trace(*addresses: int) -> bytes:
    s = Script("1.0")
    for addr in addresses:
        s.call("GRANULE_DELEGATE", addr)
    return s.text()


def test_the_exit_status_tells_how_it_went(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main([GOOD]) == OK
    assert cli.main([BAD]) == VIOLATIONS
    assert cli.main([GOOD, BAD]) == VIOLATIONS
    assert cli.main([BAD, GOOD]) == VIOLATIONS
    assert cli.main([str(tmp_path / "none")]) == FAILED
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(Path(GOOD).read_bytes() + b"{\n")
    capsys.readouterr()
    assert cli.main([str(broken)]) == FAILED
    out, err = capsys.readouterr()
    assert "lines that could not be read or judged: 1" in out
    assert re.fullmatch(rf"replay: {re.escape(str(broken))}:\d+: not JSON: .*\n", err)
    broken.write_bytes(Path(BAD).read_bytes() + b"{\n")
    assert cli.main([str(broken)]) == FAILED  # what was judged may be off


def test_a_checkpoint_that_differs_is_a_violation(write: Write) -> None:
    data = trace(RAM.base) + b'{"event":"granule","addr":"0x80000000","state":"NS","ref":0}\n'
    assert cli.main([write(data)]) == VIOLATIONS


def test_the_rest_is_judged_unless_strict(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    data = trace(RAM.base) + b"{\n" + trace(RAM.base + PAGE).split(b"\n", 1)[1]
    path = write(data)
    assert cli.main([path]) == FAILED
    assert "2 calls: 2 ok" in capsys.readouterr().out
    assert cli.main(["--strict", path]) == FAILED
    out, err = capsys.readouterr()
    assert "1 call: 1 ok" in out
    assert err.startswith(f"replay: {path}:3: not JSON")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            (b'"cpus":1', b'"omits":"any"'),
            "the header says that the trace is complete, and what it omits",
        ),
        ((b'"max_rec_aux":2', b'"max_rec_aux":-2'), "implementation, max_rec_aux: expected"),
        ((b'"rmi":"1.0"', b'"rmi":"0.9"'), "rmi: Invalid enum value"),
        ((b'"granule_size":4096', b'"granule_size":65536'), "granules of 64 KiB"),
    ],
)
def test_a_trace_that_is_refused_is_2_and_no_more_than_the_reason(
    change: tuple[bytes, bytes], text: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    data = trace(RAM.base)
    assert change[0] in data
    path = write(data.replace(*change))
    assert cli.main([path]) == FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"replay: {path}:1: {text}")
    assert cli.main(["--format", "json", path]) == FAILED
    [found] = json.loads(capsys.readouterr().out)["traces"]
    assert (found["rmi"], found["error_line"]) == ("", 1)
    assert found["error"].startswith(text)


def test_many_unreadable_lines_do_not_drown_the_reader(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main([write(trace(RAM.base) + b"{\n" * 50)])
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 11
    assert err[-1].endswith("t.jsonl: 40 more such lines")


def test_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main([BAD])
    text = " ".join(capsys.readouterr().out.split())  # a long path wraps
    assert text.startswith(f"{BAD}:27: RMI_GRANULE_UNDELEGATE: got SUCCESS, permitted ERROR_INPUT")
    cli.main(["--format", "json", BAD, GOOD])
    whole = json.loads(capsys.readouterr().out)
    assert [found["path"] for found in whole["traces"]] == [BAD, GOOD]
    assert [v["line"] for v in whole["traces"][0]["violations"]] == [27]


def test_every_violation_is_in_json_and_with_v(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(trace(*[RAM.base - PAGE] * 4))
    cli.main([path])
    text = capsys.readouterr().out
    assert text.count("got SUCCESS") == 1
    assert "and 3 more like it: lines 3, 4, 5" in text
    cli.main(["-v", path])
    assert capsys.readouterr().out.count("got SUCCESS") == 4
    cli.main(["--format", "json", path])
    assert len(json.loads(capsys.readouterr().out)["traces"][0]["violations"]) == 4


def test_stop_at_and_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([BAD, "--stop-at", "26"]) == OK
    capsys.readouterr()
    assert cli.main([BAD, "--stop-at", "16", "--state"]) == OK
    out = capsys.readouterr().out
    assert "granule 0x80100000: RD of a realm: NEW, 39 bits of IPA, 0 RECs" in out
    assert "granules 0x80102000 to 0x80108000 (7): DELEGATED" in out
    assert "  IPA 0x0 to 0x4000000000: UNASSIGNED EMPTY" in out
    assert cli.main([BAD, "--stop-at", "500"]) == FAILED
    assert f"{BAD}:27: the trace ends here, before line 500\n" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1.5", "9" * 30])
def test_stop_at_is_a_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([BAD, f"--stop-at={text}"])
    assert caught.value.code == FAILED
    assert "expected a line number" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "no trace"),
        ([GOOD, BAD, "--stop-at", "3"], "--stop-at is a line of one trace"),
        (["-", GOOD, "-"], "standard input can be read once"),
        ([GOOD, "--memory", "/nowhere"], "--memory /nowhere: No such file or directory"),
        ([GOOD, "--memory", "qemu-sbsa:12"], "expected a size like"),
        ([GOOD, "--memory", "qemu-sbsa:1G"], "more than 1072M"),
        ([GOOD, "--memory", "qemu-sbsa:9T"], "at most 8T"),
    ],
)
def test_wrong_use_is_2_and_says_why(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert text in err


def test_memory_of_a_known_machine() -> None:
    base, giga = 0x100_4300_0000, 1 << 30
    assert banks("qemu-sbsa:8G") == (Bank(base, 0x100_0000_0000 + 8 * giga - base),)
    [bank] = banks("qemu-sbsa")
    assert bank.base == base
    assert bank.base + bank.size == 0x100_0000_0000 + (8 << 40)


def test_memory_of_a_file(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write('[{"base":"0x40000000","size":"0x1000"}]', "banks")
    assert banks(path) == (Bank(0x4000_0000, 0x1000),)
    assert cli.main(["--memory", path, write(trace(0x4000_0000))]) == OK
    assert cli.main(["--memory", path, write(trace(RAM.base))]) == VIOLATIONS


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("nonsense", "malformed|not JSON"),
        ("{}", "memory"),
        ('[{"base":"0x1000"}]', "size"),
        ('[{"base":"0x1000","size":-1}]', "size"),
        ('[{"base":"x","size":1}]', "base"),
        ("[]", "no bank"),
        ('[{"base":"0x10","size":"0x1000"}]', "whole granules"),
        ('[{"base":"0xfffffffffff000","size":"0x2000"}]', "beyond physical addresses"),
        ("", ""),
        (b"\xff\xfe", ""),
        ("[" * 100_000, ""),
    ],
)
def test_a_wrong_file_of_banks_is_told(write: Write, data: str, text: str) -> None:
    path = write(data, "banks")
    with pytest.raises(Failure, match=re.escape(f"--memory {path}: ")) as caught:
        banks(path)
    assert re.search(text, str(caught.value))


def test_the_version_may_be_told(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(trace(RAM.base))
    assert cli.main(["--rmi", "2.0", path]) == OK
    assert "1 unknown" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        cli.main(["--rmi", "3.0", path])


def test_coverage_adds_up_over_traces(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--coverage", GOOD, BAD]) == VIOLATIONS
    out = capsys.readouterr().out
    assert "coverage of RMI 1.0: " in out
    both = [Path(path).read_text().count('"RMI_GRANULE_UNDELEGATE"') for path in (GOOD, BAD)]
    assert f"RMI_GRANULE_UNDELEGATE: {sum(both)} calls, in {sum(both) - 1} of them none" in out
    cli.main(["--coverage", "--format", "json", BAD])
    assert json.loads(capsys.readouterr().out)["coverage"]


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path(BAD).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert cli.main(["-"]) == VIOLATIONS
    assert capsys.readouterr().out.startswith("-:27: ")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert cli.main([GOOD, "-"]) == VIOLATIONS
    monkeypatch.setattr(sys, "stdin", None)
    assert cli.main(["-"]) == FAILED


def test_the_versions_of_both_commands_are_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"replay {__version__}\n"


def test_a_fault_is_2_and_says_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise ValueError("one\ntwo")

    monkeypatch.setattr(cli, "run", fail)
    assert cli.main([GOOD]) == FAILED
    assert re.fullmatch(
        r"replay: internal error: ValueError: one\\ntwo \(.*test_cli\.py:\d+\); -v shows more\n",
        capsys.readouterr().err,
    )
    assert cli.main(["-v", GOOD]) == FAILED
    assert "replay: internal error: ValueError: one\\ntwo\nTraceback" in capsys.readouterr().err
