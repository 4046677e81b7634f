"""`replay` as a whole: pipes, signals, hostile input."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replay import cli
from replay.rmm.traits import Traits
from tests.replay.make_samples import SAMPLES

ROOT = Path(__file__).resolve().parents[2]
BAD = str(SAMPLES / "planted-1.0.jsonl")
TRACES = sorted(SAMPLES.glob("*.jsonl"))

COMMAND = [sys.executable, "-c", "import sys; from replay.cli import main; sys.exit(main())"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def replay(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environment = ENVIRONMENT | options.pop("env", {})
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        [*COMMAND, *arguments], env=environment, timeout=60, **(pipes | options)
    )
    return done


def test_every_output_is_the_same_twice() -> None:
    paths = list(map(str, TRACES))
    for arguments in ([], ["-v", "--state"], ["--format", "json", "--coverage"]):
        runs = [
            replay(*arguments, *paths, env={"PYTHONHASHSEED": seed}).stdout for seed in ("1", "2")
        ]
        assert runs[0] == runs[1] != b""


def test_the_documentation_shows_what_is_printed() -> None:
    text = (ROOT / "docs" / "replay.md").read_text(encoding="utf-8")
    shown = text.split("<!-- output of: replay traces/samples/planted-1.0.jsonl -->\n```\n")[1]
    done = replay("traces/samples/planted-1.0.jsonl", cwd=ROOT)
    assert shown.split("```")[0] == done.stdout.decode()


FORMAT_PAGE = (ROOT / "docs" / "trace-format.md").read_text(encoding="utf-8")


def test_the_trace_that_the_documentation_shows_is_judged_ok() -> None:
    example = FORMAT_PAGE.split("```json\n", 1)[1].split("```", 1)[0]
    calls = example.count('"fid"')
    status, out, err = judged(example.encode(), "--strict")
    assert (status, err) == (0, "")
    assert f"{calls} calls: {calls} ok\n" in out


def test_the_documentation_lists_every_trait_with_its_default() -> None:
    table = FORMAT_PAGE.split("### Traits of the implementation", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \|.*\| `?([^|`]*)`? \| [^|]* \|$", table, re.M)
    defaults = {f.name: f.default for f in dataclasses.fields(Traits)}
    empty = {"name": "", "revisions": [], "psmmu_ns_base": [], "gic": {}}
    assert [name for name, _ in rows] == list(defaults)
    assert {name: json.loads(text) for name, text in rows} == defaults | empty
    assert not any(defaults[name] for name in empty)


def test_reader_that_leaves_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = replay(BAD, stdout=write)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_full_disk_is_2() -> None:
    with open("/dev/full", "wb") as full:
        done = replay(BAD, stdout=full)
    assert done.returncode == 2
    assert done.stderr.startswith(b"replay: standard output: No space left")


def test_closed_output_is_2() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, BAD],
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (2, b"replay: standard output is closed\n")


def test_a_locale_that_cannot_show_it_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "caf\u00e9.jsonl"
    path.write_bytes(Path(BAD).read_bytes())
    done = replay(str(path), env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert done.stderr == b""


def test_gzip_and_standard_input(tmp_path: Path) -> None:
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(Path(BAD).read_bytes()))
    with packed.open("rb") as stream:
        piped = replay("--format", "json", "-", stdin=stream)
    plain, unpacked = replay("--format", "json", BAD), replay("--format", "json", str(packed))
    assert plain.returncode == unpacked.returncode == piped.returncode == 1
    [one], [two], [three] = (json.loads(d.stdout)["traces"] for d in (plain, unpacked, piped))
    assert one | {"path": ""} == two | {"path": ""} == three | {"path": ""}
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(packed.read_bytes()[:-20])
    done = replay(str(cut))
    assert done.returncode == 2
    assert b"damaged gzip data" in done.stderr


@pytest.mark.parametrize("several", [False, True])
def test_interrupt_ends_it_at_once_without_a_word(several: bool, tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group of processes."""
    fifos = [tmp_path / name for name in ("a", "b")[: 1 + several]]
    for fifo in fifos:
        os.mkfifo(fifo)
    running = subprocess.Popen(
        [*COMMAND, *map(str, fifos)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        start_new_session=True,
        # A shell starts what runs in the background with the signal ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    # The other end is there as soon as it reads; then it waits for a line.
    held = [os.open(fifo, os.O_WRONLY) for fifo in fifos]
    time.sleep(0.2)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=20)
    for end in held:
        os.close(end)
    assert (running.returncode, out, err) == (130, b"", b"")


def test_a_pipe_that_is_still_written_is_judged(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, "--stop-at", "4", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert running.stdin is not None
    running.stdin.writelines(Path(BAD).read_bytes().splitlines(keepends=True)[:4])
    running.stdin.flush()
    assert running.wait(timeout=20) == 0  # though nobody closed the pipe
    running.stdin.close()
    assert running.stdout is not None
    assert b"2 calls: 2 ok" in running.stdout.read()
    running.stdout.close()
    assert running.stderr is not None
    running.stderr.close()


def test_a_run_imports_no_builder_of_tables() -> None:
    code = (
        "import sys; from replay.cli import main; main(sys.argv[1:]); "
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, BAD], capture_output=True, env=ENVIRONMENT, timeout=60
    )
    modules = set(done.stderr.decode().split())
    assert "replay.engine" in modules
    assert not {"pyparsing", "tree_sitter", "hypothesis"} & modules
    ours = {name for name in modules if name.partition(".")[0] == "linter"}
    assert ours == {"linter", *(f"linter.{n}" for n in ("jobs", "plain", "progress", "shell"))}


# --- hostile input


def judged(data: bytes, *options: str) -> tuple[int, str, str]:
    """(exit status, output, complaints) for a trace on standard input."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        status = cli.main([*options, "-"])
    return status, out.getvalue(), err.getvalue()


values = st.sampled_from(
    [b'"0x0"', b'"0xffffffffffffffff"', b"null", b"-1", b"[]", b"{}", b'"x"', b"1e400", b"true"]
)
edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=6) | values), max_size=5
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TRACES), edits)
def test_a_damaged_trace_is_judged_or_told_never_a_crash(
    path: Path, edits: list[tuple[float, int, bytes]]
) -> None:
    data = path.read_bytes()
    for where, length, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + length :]
    status, out, err = judged(data, "-v", "--state", "--coverage")
    assert status in (0, 1, 2)
    assert "internal error" not in err
    assert (status == 2) == bool(err)
    assert out.replace("\n", "").isprintable()


numbers = st.sampled_from(
    [0, 1, 0xFFF, 0x1000, 0x8010_0000, 0x8010_3000, 1 << 39, (1 << 64) - 1]
) | st.integers(0, (1 << 64) - 1)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TRACES), st.randoms(use_true_random=False), st.data())
def test_other_numbers_are_judged_never_a_crash(
    path: Path, random: Any, data: st.DataObject
) -> None:
    """Well formed lines with other arguments and results, dropped, repeated and swapped."""
    header, *lines = path.read_bytes().splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 6))):
        at = random.randrange(len(lines))
        match data.draw(st.sampled_from(["number", "drop", "repeat", "swap"])):
            case "drop":
                del lines[at]
            case "repeat":
                lines.insert(at, lines[at])
            case "swap":
                other = random.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                parts = lines[at].split(b'"0x')
                if len(parts) > 1:
                    n = random.randrange(1, len(parts))
                    rest = parts[n].split(b'"', 1)[1]
                    parts[n] = b'%x"%s' % (data.draw(numbers), rest)
                lines[at] = b'"0x'.join(parts)
        if not lines:
            return
    status, _, err = judged(header + b"".join(lines), "-v")
    assert "internal error" not in err
    assert status in (0, 1, 2)
    assert (status == 2) == bool(err)


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_any_call_may_be_missing(path: Path) -> None:
    """What follows may be violations, never a fault of ours."""
    header, *lines = path.read_bytes().splitlines(keepends=True)
    for at in range(len(lines)):
        status, _, err = judged(header + b"".join(lines[:at] + lines[at + 1 :]))
        assert (err, status == 2) == ("", False)


def test_a_realm_that_a_fault_has_swept_away_is_followed_no_further() -> None:
    """The granule of its RD is delegated once more, and the RMM lets it."""
    lines = (SAMPLES / "life-1.0.jsonl").read_bytes().splitlines(keepends=True)
    lines[5], lines[24] = lines[24], lines[5]  # GRANULE_DELEGATE of the RD, REALM_ACTIVATE
    status, out, err = judged(b"".join(lines))
    assert (status, err) == (1, "")
    assert "unknown: RMI_REC_ENTER: the realm of the REC is gone" in out
