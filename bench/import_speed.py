"""Speed of the importers, as ratios to a floor of the same run.

    python bench/import_speed.py [--lines N]

The floor is one regular expression a line that finds its numbers, and an int() of each.
Printed for each format: lines a second, and the time as a multiple of the floor's.  The
goal is a million lines a minute.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import time
from collections.abc import Callable, Iterator

from traces.formats import read

NUMBER = re.compile(rb"\b(?:0x)?[0-9a-f]+\b")
GOAL = 1_000_000 / 60  # lines a second


def console(rng: random.Random) -> Iterator[str]:
    """TF-RMM's, with its prefix; every third line is of other software."""
    yield "[   rmm ] SMC_RMI_VERSION                   10000 > RMI_SUCCESS 10000 10000\n"
    while True:
        rd, ipa = rng.randrange(1 << 36) << 12, rng.randrange(1 << 28) << 12
        level = rng.randrange(4)
        yield f"[   rmm ] SMC_RMI_DATA_DESTROY              {rd:x} {ipa:x} > RMI_ERROR_RTT {level}"
        yield f" 0 {ipa + 4096:x}\n"
        yield f"[   rmm ] SMC_RMI_REC_CREATE                {rd:x} {ipa:x} {rd:x} > RMI_SUCCESS\n"
        yield f"[ linux ] [  123.456789] vcpu {level}: something about {ipa:#x} happened here\n"


def cut(rng: random.Random) -> Iterator[str]:
    """The same, each line cut in two."""
    yield "[   rmm ] SMC_RMI_VERSION                   10000 > RMI_SUCCESS 10000 10000\n"
    while True:
        rd = rng.randrange(1 << 36) << 12
        yield f"[   rmm ] SMC_RMI_REALM_CREATE              {rd:x}\n"
        yield f"[   rmm ] {rd + 4096:x} > RMI_SUCCESS\n"


def ftrace(rng: random.Random) -> Iterator[str]:
    yield "# tracer: nop\n"
    at = 812.0
    while True:
        at += 0.0001
        cpu, rd = rng.randrange(4), rng.randrange(1 << 36) << 12
        where = f"     vcpu{cpu}-123{cpu}    [00{cpu}] d..1.   "
        call = f"in: (arm_smccc_1_2_smc+0x0/0x80) fid=0xc400015d a1={rd:#x} a2=0x1\n"
        back = "out: (rmi_x+0x34/0x60 <- arm_smccc_1_2_smc) r0=0x0 r1=0x0\n"
        yield f"{where}{at:.6f}: {call}"
        yield f"{where}{at + 0.00005:.6f}: {back}"


def bpftrace(rng: random.Random) -> Iterator[str]:
    t = 0
    while True:
        t += 1000
        cpu, rd = rng.randrange(4), rng.randrange(1 << 36) << 12
        yield f'{{"t":{t},"cpu":{cpu},"fid":"0xc400015d","args":["{rd:#x}","0x1","0x2","0x3"]}}\n'
        yield f'{{"t":{t + 500},"cpu":{cpu},"res":["0x0","0x0","0x0","0x0","0x0"]}}\n'


def made(lines: Iterator[str], count: int) -> bytes:
    """`count` lines."""
    out: list[str] = []
    while count:
        out.append(next(lines))
        count -= out[-1].endswith("\n")
    return "".join(out).encode()


def floor(data: bytes) -> int:
    """Every number of every line; how many there are."""
    total = 0
    for line in io.BytesIO(data):
        total += len([int(number, 16) for number in NUMBER.findall(line)])
    return total


def imported(data: bytes) -> int:
    """How many calls, events and problems it gives."""
    return sum(1 for _ in read(io.BytesIO(data)))


def took(work: Callable[[bytes], int], data: bytes) -> float:
    """Seconds of this process, the best of three."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        work(data)
        best = min(best, time.process_time() - begun)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of the importers.")
    parser.add_argument("--lines", type=int, default=60_000)
    count = parser.parse_args().lines
    for lines in (console, cut, ftrace, bpftrace):
        data = made(lines(random.Random(1)), count)
        ours, least = took(imported, data), took(floor, data)
        speed = count / ours
        print(
            f"{lines.__name__:9} {speed:9,.0f} lines/s, {speed / GOAL:4.1f} times the goal, "
            f"{ours / least:4.1f} times the floor"
        )


if __name__ == "__main__":
    main()
