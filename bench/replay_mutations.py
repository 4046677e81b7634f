"""Can the judge fail?  Faults planted in real traces, and the share it notices.

    python bench/replay_mutations.py [--per-kind N] [--seed S] TRACE...

Each mutant is one trace with one fault.  It is noticed at the changed call if
the verdict there is a violation that the trace does not have without the fault,
later if a following call or checkpoint is.  Printed by kind:

    status   another status of the version in X0
    index    another index (level) in X0
    output   another value in a result register that the command defines
    address  a physical or intermediate address argument, one granule further
    drop     a state-changing call is missing
    repeat   a state-changing call stands twice, with its result
    swap     two neighbouring calls changed places

Nothing is expected of swapped calls that do not depend on each other, nor of
dropped ones that nothing later rests on: those two are what they are.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from pathlib import Path

from replay.engine import Engine
from replay.rmm.values import STATUS_NAME
from replay.verdict import VIOLATION, Difference
from traces.event import Event, Header, Smc
from traces.formats.jsonl import read

KINDS = ("status", "index", "output", "address", "drop", "repeat", "swap")
# Commands that change nothing: dropping or repeating one leaves no trace.
PURE = {
    "RMI_VERSION",
    "RMI_FEATURES",
    "RMI_RTT_READ_ENTRY",
    "RMI_REC_AUX_COUNT",
    "RMI_GRANULE_TRACKING_GET",
    "RMI_RMM_CONFIG_GET",
    "RMI_REC_ENTER",  # what the realm did in it is not repeated
}
ADDRESSES = {"addr", "rd", "rec", "rtt", "data", "ipa", "base", "rec_ptr", "oaddr"}


def items_of(path: str) -> tuple[Header, list[Smc | Event]]:
    """The whole trace in memory."""
    header: Header | None = None
    items: list[Smc | Event] = []
    with open(path, "rb") as stream:
        for item in read(stream, name=path):
            if isinstance(item, Header):
                header = item
            elif isinstance(item, Smc | Event):
                items.append(item)
    assert header is not None
    return header, items


def faults(header: Header, items: list[Smc | Event]) -> Iterator[tuple[int, int]]:
    """(position, line) of every violation and difference, as they come."""
    engine = Engine(header)
    for at, item in enumerate(items):
        if isinstance(item, Smc):
            if engine.judge(item).kind == VIOLATION:
                yield at, item.line
        else:
            for found in engine.event(item):
                if isinstance(found, Difference) or found.kind == VIOLATION:
                    yield at, item.line


def mutate(
    rng: random.Random, engine: Engine, items: list[Smc | Event], at: int, kind: str
) -> list[Smc | Event] | None:
    """The trace with a fault of `kind` at position `at`; None where there can be none."""
    smc = items[at]
    if not isinstance(smc, Smc) or smc.r is None:
        return None
    command = engine.commands.get(smc.fid)
    if command is None or not command.effect:
        return None
    rest = items[at + 1 :]
    changed = copy(smc)
    status = smc.r[0] & 0xFF
    if kind == "status":
        top = 5 if engine.header.rmi == "1.0" else 17
        others = [s for s in STATUS_NAME if s != status and s < top]
        changed.r = [rng.choice(others), *smc.r[1:]]
    elif kind == "index":
        if status not in (4, 7):
            return None
        level = (smc.r[0] >> 8) + rng.choice((1, 2, 3)) & 3
        changed.r = [status | level << 8, *smc.r[1:]]
    elif kind == "output":
        if status or not command.outputs:
            return None
        n = rng.randrange(len(command.outputs)) + 1
        changed.r = [*smc.r]
        changed.r[n] ^= 1 << rng.choice((0, 12, 13, 21))
    elif kind == "address":
        names = [i for i, name in enumerate(command.inputs) if name in ADDRESSES]
        if not names:
            return None
        changed.x = [*smc.x]
        changed.x[rng.choice(names)] += 4096
    elif command.name in PURE or status:
        return None
    elif kind == "drop":
        return [*items[:at], *rest]
    elif kind == "repeat":
        return [*items[:at], smc, smc, *rest]
    else:
        if not rest or not isinstance(rest[0], Smc) or rest[0].x == smc.x:
            return None
        return [*items[:at], rest[0], smc, *rest[1:]]
    return [*items[:at], changed, *rest]


def run(path: str, per_kind: int, seed: int) -> Counter[tuple[str, str]]:
    """Counts of (kind, "here" | "later" | "never") for mutants of one trace."""
    rng = random.Random(f"{seed} {Path(path).name}")
    header, items = items_of(path)
    known = {line for _, line in faults(header, items)}
    engine = Engine(header)
    found: Counter[tuple[str, str]] = Counter()
    for kind in KINDS:
        made = 0
        for at in rng.sample(range(len(items)), len(items)):
            mutant = mutate(rng, engine, items, at, kind)
            if mutant is None:
                continue
            here = {at, at + 1} if kind in ("repeat", "swap") else {at}
            first = next((p for p, line in faults(header, mutant) if line not in known), None)
            if kind == "repeat" and first is None and items[at].line in known:
                continue
            where = "never" if first is None else "here" if first in here else "later"
            found[kind, where] += 1
            made += 1
            if made == per_kind:
                break
    return found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Share of planted faults that the judge notices.")
    parser.add_argument("traces", nargs="+")
    parser.add_argument("--per-kind", type=int, default=20, help="faults of a kind in each trace")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    total: Counter[tuple[str, str]] = Counter()
    with ProcessPoolExecutor() as pool:
        jobs = [pool.submit(run, p, options.per_kind, options.seed) for p in options.traces]
        for job in jobs:
            total += job.result()
    print(f"{'kind':10}{'faults':>8}{'at the call':>13}{'later':>9}{'never':>9}")
    for kind in KINDS:
        here, later, never = (total[kind, where] for where in ("here", "later", "never"))
        if count := here + later + never:
            shares = "".join(
                f"{n / count:>{w}.1%}" for n, w in ((here, 13), (later, 9), (never, 9))
            )
            print(f"{kind:10}{count:>8}{shares}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
