"""`replay --convert`: any format in, rmi-trace/1 out, nothing judged."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from replay.cli import main
from traces.event import Bank, Header
from traces.formats import jsonl

if TYPE_CHECKING:
    from pathlib import Path

LOG = """\
[   rmm ] SMC_RMI_VERSION                   10000 > RMI_SUCCESS 10000 10000
[   rmm ] SMC_RSI_HOST_CALL                 40001000 > RSI_SUCCESS
[   rmm ] SMC_RMI_DATA_DESTROY              17ffb000 9951d000 > RMI_ERROR_RTT 3 0 99600000
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "rmm.log"
    path.write_text(LOG)
    return path


def test_a_log_becomes_a_trace(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = log.with_name("out.jsonl")
    assert main([str(log), "--convert", str(out)]) == 0
    assert capsys.readouterr() == ("", "")
    first, *lines = map(json.loads, out.read_text().splitlines())
    assert first["format"] == "rmi-trace/1"
    assert (first["source"], first["rmi"], first["complete"]) == ("TF-RMM console", "1.0", False)
    assert {"command": "RMI_REC_ENTER", "status": "RMI_SUCCESS"} in first["omits"]
    assert [line.get("name") for line in lines] == [
        "RMI_VERSION",
        "RSI_HOST_CALL",
        "RMI_DATA_DESTROY",
    ]
    assert lines[2]["x"] == ["0x17ffb000", "0x9951d000"]
    assert (lines[2]["r"], lines[2]["seen"]) == (["0x304", "0x0", "0x99600000"], 3)


def test_what_was_written_reads_the_same(log: Path) -> None:
    out = log.with_name("out.jsonl")
    main([str(log), "--convert", str(out)])
    again = log.with_name("again.jsonl")
    assert main([str(out), "--convert", str(again)]) == 0
    assert again.read_bytes() == out.read_bytes()


def test_to_standard_output(log: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    machine = log.with_name("machine.json")
    machine.write_text('[{"base":"0x80000000","size":"0x1000"}]')
    options = ["--convert", "-", "--rmi", "2.0-bet1", "--memory", str(machine)]
    assert main([str(log), *options]) == 0
    header, *_ = jsonl.read(io.BytesIO(capsysbinary.readouterr().out))
    assert isinstance(header, Header)
    assert (header.rmi, header.memory) == ("2.0-bet1", (Bank(0x80000000, 0x1000),))


def test_a_line_that_cannot_be_read(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with log.open("a") as file:
        file.write("[   rmm ] SMC_RMI_FROBNICATE 1 > RMI_SUCCESS\n" + LOG)
    out = log.with_name("out.jsonl")
    assert main([str(log), "--convert", str(out)]) == 2
    assert capsys.readouterr().err == f"replay: {log}:4: RMI_FROBNICATE: no such command is known\n"
    assert len(out.read_text().splitlines()) == 7
    assert main([str(log), "--convert", str(out), "--strict"]) == 2
    assert len(out.read_text().splitlines()) == 4


@pytest.mark.parametrize("text", ["", "nonsense\n", '{"format":"rmi-trace/1"}\n'])
def test_what_is_no_trace_writes_nothing(
    log: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log.write_text(text)
    out = log.with_name("out.jsonl")
    assert main([str(log), "--convert", str(out)]) == 2
    assert capsys.readouterr().err.startswith(f"replay: {log}:1: ")
    assert not out.exists()


def test_what_cannot_be_done(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = log.with_name("missing")
    for options, message in (
        ([str(log), "--convert", str(log)], f"--convert {log}: that is the trace itself"),
        ([str(log), "--convert", str(missing / "x")], "No such file or directory"),
        ([str(missing), "--convert", "-"], "No such file or directory"),
        ([str(log), str(log), "--convert", "-"], "--convert writes one trace: give one"),
    ):
        assert main(options) == 2
        out, err = capsys.readouterr()
        assert not out
        assert message in err
    assert log.read_text() == LOG
