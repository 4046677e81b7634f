"""Speed and memory of replay, as ratios to a floor of the same run.

    python bench/replay_speed.py [--calls N] [--memory] [TRACE...]

The floor is an untyped msgspec decode of the same lines: no reader of JSON lines
can be quicker.  Printed: delegation traffic (made here: granules delegated and
undelegated in random order), then each TRACE, as multiples of that floor and in
microseconds a call.  `--memory` adds the peak of resident memory for ten million
calls and for a terabyte delegated in one range and every second page.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from replay.engine import Engine
from traces.event import Header, Smc
from traces.formats.jsonl import read

HEADER = {
    "format": "rmi-trace/1",
    "source": "bench",
    "rmi": "1.0",
    "granule_size": 4096,
    "pa_width": 48,
    "memory": [{"base": "0x80000000", "size": "0x80000000", "kind": "conventional"}],
    "features": {"0": "0x28ffc104130"},
    "cpus": 1,
    "complete": True,
}


def traffic(calls: int) -> Iterator[bytes]:
    """A header and `calls` delegations and undelegations, all of which succeed."""
    rng = random.Random(1)
    yield msgspec.json.encode(HEADER) + b"\n"
    delegated: list[int] = []
    free = list(range(0x80000000, 0x100000000, 4096))
    rng.shuffle(free)
    for seq in range(calls):
        if delegated and (rng.random() < 0.5 or not free):
            at = rng.randrange(len(delegated))
            delegated[at], delegated[-1] = delegated[-1], delegated[at]
            addr, fid, name = delegated.pop(), "0xc4000152", "RMI_GRANULE_UNDELEGATE"
            free.append(addr)
        else:
            addr, fid, name = free.pop(), "0xc4000151", "RMI_GRANULE_DELEGATE"
            delegated.append(addr)
        yield (
            f'{{"seq":{seq},"fid":"{fid}","name":"{name}","x":["{addr:#x}"],"r":["0x0"]}}\n'
        ).encode()


def floor(text: bytes) -> float:
    """Seconds to decode every line, untyped."""
    lines = text.splitlines()
    decode = msgspec.json.Decoder().decode
    start = time.perf_counter()
    for line in lines:
        decode(line)
    return time.perf_counter() - start


def judged(text: bytes) -> tuple[float, int]:
    """Seconds to read and judge the trace, and its number of calls."""
    calls = 0
    start = time.perf_counter()
    items = read(io.BytesIO(text), name="bench")
    header = next(items)
    assert isinstance(header, Header)
    engine = Engine(header)
    for item in items:
        if isinstance(item, Smc):
            calls += 1
            engine.judge(item)
    return time.perf_counter() - start, calls


def compare(name: str, text: bytes, runs: int) -> None:
    """Print the median ratio of `runs` pairs."""
    pairs = []
    calls = 0
    for _ in range(runs):
        below = floor(text)
        above, calls = judged(text)
        pairs.append((above / below, above / calls * 1e6))
    ratio, micro = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name:40}{calls:>8} calls  {ratio:6.1f} x the floor  {micro:6.1f} us a call")


def memory(code: str) -> float:
    """Peak resident megabytes of a Python process that runs `code`."""
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent.parent)!r})\n{code}"
    script += "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1]) / 1024


def streamed(calls: int) -> float:
    """Peak resident megabytes of the command that judges `calls` calls from a pipe."""
    code = "import sys; from replay.cli import main; sys.exit(main(['-']))"
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent.parent)!r})\n{code}"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        for line in traffic(calls):
            process.stdin.write(line)
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss / 1024


TERABYTE = """
from replay.rmm.granules import Granules
g = Granules([(1 << 40, 1 << 40)])
"""
WHOLE = "g.set_range(1 << 40, 1 << 41, 1)"
# A chunk with one granule changed costs what one with every second changed does.
ALTERNATING = "for a in range(1 << 40, 1 << 41, 512 * 4096): g.set(a, 1)"


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Speed and memory of replay against a floor.")
    parser.add_argument("traces", nargs="*")
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    compare("delegation traffic", b"".join(traffic(options.calls)), options.runs)
    for path in options.traces:
        data = Path(path).read_bytes()
        compare(
            Path(path).name, gzip.decompress(data) if path.endswith(".gz") else data, options.runs
        )
    if options.memory:
        print(f"ten million calls from a pipe: {streamed(10_000_000):.1f} MB in all")
        bare = memory(TERABYTE)
        print(f"a terabyte delegated in one range: {memory(TERABYTE + WHOLE) - bare:.1f} MB")
        print(f"a terabyte, every second page: {memory(TERABYTE + ALTERNATING) - bare:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
