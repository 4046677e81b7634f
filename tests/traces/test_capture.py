"""The capture programs: their own parsers accept them, the importers read what they print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from replay.spec.commands import commands_of
from traces.event import REGISTERS, Header, Smc, Told
from traces.formats import bpftrace, ftrace

CAPTURE = Path(__file__).resolve().parents[2] / "traces" / "capture"
PROGRAM = CAPTURE / "rmi.bt"
SCRIPT = CAPTURE / "ftrace.sh"

needs_bpftrace = pytest.mark.skipif(
    shutil.which("bpftrace") is None or os.geteuid() != 0,
    reason="needs bpftrace, which runs as root only",
)


def bpftrace_of(*options: str) -> subprocess.CompletedProcess[str]:
    """Nothing is attached; without the probed function it warns, which is no matter."""
    command = ["bpftrace", *options, str(PROGRAM)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if re.search("requires an argument|unrecognized option|USAGE", run.stderr):
        pytest.skip(f"this bpftrace has no plain {options[0]}")
    return run


# --- rmi.bt


@needs_bpftrace
def test_bpftrace_accepts_the_program() -> None:
    """Parsed, checked, made into LLVM code (-d: dry run)."""
    run = bpftrace_of("-d")
    assert run.returncode == 0, run.stderr
    assert "kretprobe:arm_smccc_1_2_smc" in run.stdout


@needs_bpftrace
def test_bpftrace_makes_an_object_of_it(tmp_path: Path) -> None:
    """The compiler for BPF refuses what needs more than the 512 bytes of its stack."""
    made = tmp_path / "rmi.elf"
    run = bpftrace_of("--emit-elf", str(made))
    assert made.is_file(), run.stderr
    assert made.read_bytes().startswith(b"\x7fELF")


def formats() -> list[str]:
    """What it prints with: a line an entry, a line a return."""
    found = re.findall(r'printf\("(.*)\\n"', PROGRAM.read_text())
    return [text.replace('\\"', '"').replace("%llu", "%d").replace("%llx", "%x") for text in found]


def test_what_the_program_prints_is_read_with_every_register() -> None:
    entry, back = formats()
    x, r = list(range(1, REGISTERS)), list(range(20, 20 + REGISTERS))
    lines = [entry % (5, 3, 77, 0xC400015C, *x), back % (9, 3, 77, 5, *r)]
    header, call = bpftrace.read(
        iter(enumerate([line.encode() for line in lines], 1)), name="t", strict=True, told=Told()
    )
    assert isinstance(header, Header)
    assert header.other["registers"] == {"x": REGISTERS - 1, "r": REGISTERS}
    assert call == Smc(2, 0xC400015C, [*x, 0], r, None, 3, 5, 9)


def test_the_program_takes_every_command_of_the_tables() -> None:
    bounds = re.findall(r"\$fid >= (0x\w+) && \$fid < (0x\w+)", PROGRAM.read_text())
    ranges = [range(int(first, 16), int(end, 16)) for first, end in bounds]
    fids = {fid for rmi in ("1.0", "2.0") for fid in commands_of(rmi)}
    assert fids
    assert all(any(fid in span for span in ranges) for fid in fids)


# --- ftrace.sh


@pytest.fixture
def tracefs(tmp_path: Path) -> Path:
    """A tracefs of plain files: what the kernel would make in it is there already."""
    (tmp_path / "kprobe_events").write_text("")
    (tmp_path / "kprobe_profile").write_text(
        "  in             12     0\n  out            12     3\n  other           1     0\n"
    )
    (tmp_path / "instances" / "rmi" / "events" / "rmi").mkdir(parents=True)
    return tmp_path


def script(tracefs: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(SCRIPT), *args],
        capture_output=True,
        text=True,
        timeout=30,
        env={"TRACEFS": str(tracefs), "PATH": "/usr/bin:/bin"},
    )


def test_the_shell_accepts_the_script() -> None:
    subprocess.run(["sh", "-n", str(SCRIPT)], check=True, timeout=30)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck")
def test_shellcheck_has_nothing_to_say() -> None:
    run = subprocess.run(["shellcheck", str(SCRIPT)], capture_output=True, text=True, timeout=60)
    assert run.stdout == ""


def test_the_script_defines_two_events_that_the_importer_reads(tracefs: Path) -> None:
    run = script(tracefs)
    assert run.returncode == 0, run.stderr
    entry, back = (tracefs / "kprobe_events").read_text().splitlines()
    assert entry.split()[:3] == ["p:rmi/in", "arm_smccc_1_2_smc", "fid=+0(%x0):x64"]
    assert entry.split()[3:] == [f"a{n}=+{8 * n}(%x0):x64" for n in range(1, REGISTERS)]
    assert back.split()[:2] == ["r:rmi/out", "arm_smccc_1_2_smc"]
    assert back.split()[2:] == [f"r{n}=+{8 * n}($arg2):x64" for n in range(REGISTERS)]
    instance = tracefs / "instances" / "rmi"
    assert (instance / "trace_clock").read_text() == "mono\n"
    assert (instance / "events" / "rmi" / "enable").read_text() == "1\n"

    def line(definition: str, event: str, time: str) -> bytes:
        """As the kernel prints an event with these fields."""
        names = [field.partition("=")[0] for field in definition.split()[2:]]
        fields = " ".join(f"{name}={0xC400015C + at:#x}" for at, name in enumerate(names))
        return f"  v-7  [003] d..1. {time}: {event}: (arm_smccc_1_2_smc+0x0/0x80) {fields}".encode()

    lines = [line(entry, "in", "1.000005"), line(back, "out", "1.000009")]
    _, call = ftrace.read(iter(enumerate(lines, 1)), name="t", strict=True, told=Told())
    numbers = [0xC400015C + at for at in range(REGISTERS)]
    expected = Smc(2, numbers[0], [*numbers[1:], 0], numbers, None, 3, 1000005000, 1000009000)
    assert call == expected


def test_the_script_removes_what_it_defined(tracefs: Path) -> None:
    (tracefs / "instances" / "rmi" / "events" / "rmi").rmdir()
    (tracefs / "instances" / "rmi" / "events").rmdir()
    for event in ("in", "out"):
        (tracefs / "events" / "rmi" / event).mkdir(parents=True)
    run = script(tracefs, "--stop")
    assert run.returncode == 0, run.stderr
    assert (tracefs / "kprobe_events").read_text() == "-:rmi/in\n-:rmi/out\n"
    assert not (tracefs / "instances" / "rmi").exists()
    assert "out            12     3" in run.stdout
    assert "other" not in run.stdout


def test_the_script_says_what_it_cannot_do(tracefs: Path) -> None:
    assert "expected no argument, or --stop" in script(tracefs, "start").stderr
    (tracefs / "events" / "rmi").mkdir(parents=True)
    run = script(tracefs)
    assert run.returncode == 1
    assert "is recording already" in run.stderr
    run = script(tracefs / "nowhere")
    assert run.returncode == 1
    assert "root? tracefs mounted?" in run.stderr
