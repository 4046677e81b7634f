"""The judge of incomplete traces: what it says wrongly, and what it still notices.

    python bench/replay_partial.py [--seeds N] [--faults N] [--seed S] TRACE...

Each complete trace is cut in several ways (CUTS).  A violation, or a difference at a
checkpoint, on a line where the complete trace has none is a false one: cutting cannot
make a permitted result wrong.  Then faults are planted (bench/replay_mutations.py), those
that the complete trace shows, and the cut traces are judged again: printed is the share
that is still noticed, of all faults and of those whose call is still in the cut trace.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from pathlib import Path
from random import Random
from typing import Final

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.replay_mutations import KINDS, faults, items_of, mutate
from replay.engine import Engine
from replay.partial import PartialEngine
from replay.rmm.values import RMI_INCOMPLETE, RMI_SUCCESS
from replay.verdict import VIOLATION, Difference
from traces.event import REGISTERS, Event, Header, Omission, Smc
from traces.formats.tfrmm_handlers import OMITS, logs

Items = list[Smc | Event]
# A cut trace.  The lines in the last argument, those of violations, are not left out: what
# such a call did must be seen, or what follows of it is wrong for no visible reason.
Cut = Callable[[Header, Items, Random, Set[int]], tuple[Header, Items]]

FAULTS: Final = KINDS[:5]  # `repeat` and `swap` of calls may well be what happened
PLACES: Final = 3000  # faults are planted in so many of a trace's first lines
AFTER: Final = 400  # and may be noticed in so many more
BITES: Final = ("console", "10 % dropped")  # the cuts in which faults are looked for


# --- cuts ---------------------------------------------------------------------------------


def console(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
    """What the log of TF-RMM has: no successes of many commands, no memory, no numbers."""
    del rng, keep
    engine, kept = Engine(header), []
    for item in items:
        if isinstance(item, Smc):
            command = engine.command(item)
            if item.r is None or command is None or not logs(command.name, item.r[0], header.rmi):
                continue
            item = _bare(item)
            item.seq = None
        kept.append(item)
    omits = OMITS[header.rmi[:3]]
    return (
        replace(header, complete=False, omits=omits, memory_contents=False, from_reset=True),
        kept,
    )


def dropped(percent: int, *, numbered: bool = True) -> Cut:
    """Calls are missing by chance; `numbered`: gaps in `seq` tell where."""

    def cut(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
        kept = [
            i
            for i in items
            if not isinstance(i, Smc) or i.line in keep or rng.randrange(100) >= percent
        ]
        if not numbered:
            kept = _unnumbered(kept)
        return replace(header, complete=False, omits="any", from_reset=True), kept

    return cut


def commands(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
    """Some commands are not captured where they succeed, as if a filter were set."""
    engine = Engine(header)
    names = sorted({c.name for i in items if isinstance(i, Smc) and (c := engine.command(i))})
    left = set(rng.sample(names, rng.randint(1, len(names))))

    def out(item: Smc | Event) -> bool:
        if not isinstance(item, Smc) or item.r is None or item.line in keep:
            return False
        command = engine.command(item)
        done = item.r[0] & 0xFF in (RMI_SUCCESS, RMI_INCOMPLETE)
        return done and command is not None and command.name in left

    kept = _unnumbered(item for item in items if not out(item))
    omits = tuple(Omission(name, s) for name in sorted(left) for s in ("SUCCESS", "INCOMPLETE"))
    return replace(header, complete=False, omits=omits, from_reset=True), kept


def lost(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
    """A ring buffer ran over now and then; the capture says where, and how often."""
    kept: Items = []
    missing = run = 0
    for item in items:
        if not run and rng.random() < 0.02:
            run = rng.choice((1, 2, 5, 40))
        if run and isinstance(item, Smc) and item.line not in keep:
            run -= 1
            missing += 1
            continue
        if missing:
            kept.append(Event(item.line, "lost", {"count": missing}))
            missing = 0
        kept.append(item)
    return replace(header, complete=False, from_reset=True), _unnumbered(kept)


def mid_life(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
    """The capture began later than the RMM."""
    del keep
    kept = _unnumbered(items[rng.randrange(len(items) // 2 + 1) :])
    return replace(header, complete=False, from_reset=False), kept


def no_memory(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
    """Registers only: no page that the host gave, nothing of what a realm did."""
    del rng, keep
    kept: Items = []
    for item in items:
        if isinstance(item, Smc):
            item = _bare(item)
        elif item.name == "realm_write":
            continue
        kept.append(item)
    return replace(header, memory_contents=False), kept


def no_map(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
    """Nobody said where memory is, and a tenth of the calls is missing."""
    header, kept = dropped(10)(header, items, rng, keep)
    return replace(header, memory=(), pa_width=52), kept


def no_result(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
    """A tenth of the calls has no result."""
    kept: Items = []
    for item in items:
        if isinstance(item, Smc) and item.line not in keep and rng.random() < 0.1:
            item = copy(item)
            item.r = item.mem_out = None
        kept.append(item)
    return replace(header, complete=False, from_reset=True), kept


def status_only(header: Header, items: Items, rng: Random, keep: Set[int]) -> tuple[Header, Items]:
    """Of each result 0 to 3 registers were seen; 0: the status in X0 only."""
    del keep
    kept: Items = []
    for item in items:
        if isinstance(item, Smc) and item.r is not None:
            item = copy(item)
            assert item.r is not None
            item.seen = seen = rng.randrange(4)
            x0 = item.r[0] & 0xFF if not seen and item.r[0] < 1 << 32 else item.r[0]
            item.r = [x0, *item.r[1 : max(seen, 1)]] + [0] * (REGISTERS - max(seen, 1))
        kept.append(item)
    return replace(header, complete=False, from_reset=True), kept


CUTS: Final[dict[str, Cut]] = {
    "console": console,
    "10 % dropped": dropped(10),
    "50 % dropped": dropped(50),
    "90 % dropped": dropped(90),
    "10 % dropped, no numbers": dropped(10, numbered=False),
    "commands left out": commands,
    "lost runs": lost,
    "mid-life": mid_life,
    "no memory": no_memory,
    "no memory map": no_map,
    "no results": no_result,
    "few registers": status_only,
}


def _bare(smc: Smc) -> Smc:
    """The call without what the host's or the realm's memory said."""
    smc = copy(smc)
    smc.mem = smc.mem_out = smc.realm = None
    return smc


def _unnumbered(items: Iterable[Smc | Event]) -> Items:
    kept: Items = []
    for item in items:
        if isinstance(item, Smc):
            item = copy(item)
            item.seq = None
        kept.append(item)
    return kept


# --- judging ------------------------------------------------------------------------------


def wrong(header: Header, items: Iterable[Smc | Event]) -> Iterator[tuple[int, str]]:
    """(line, what) of every violation and difference in a cut trace, as they come."""
    engine = PartialEngine(header)
    for item in items:
        if isinstance(item, Smc):
            verdict = engine.judge(item)
            if verdict.kind == VIOLATION:
                yield item.line, f"{verdict.command} {verdict.got}: {verdict.why}"
            continue
        for found in engine.event(item):
            if isinstance(found, Difference):
                yield item.line, found.text
            elif found.kind == VIOLATION:
                yield item.line, f"{found.command}: {found.why}"


def run_false(path: str, seeds: int) -> tuple[Counter[str], Counter[str], list[str]]:
    """(calls judged, false violations) by cut, and what they are."""
    header, items = items_of(path)
    known = {line for _, line in faults(header, items)}
    calls: Counter[str] = Counter()
    false: Counter[str] = Counter()
    texts: list[str] = []
    for name, cut in CUTS.items():
        for seed in range(seeds):
            cut_header, kept = cut(header, items, Random(f"{path} {name} {seed}"), known)
            calls[name] += sum(isinstance(item, Smc) for item in kept)
            for line, text in wrong(cut_header, kept):
                if line not in known:
                    false[name] += 1
                    texts.append(f"{Path(path).name}:{line}: {name}, seed {seed}: {text}")
    return calls, false, texts


def run_faults(path: str, per_kind: int, seed: int) -> Counter[tuple[str, str, str, str]]:
    """Counts of (cut, version, kind, what): `all`, `noticed`, `there` (the call is still in
    the cut trace), `noticed there`; of faults that the complete trace shows."""
    rng = Random(f"{seed} {Path(path).name}")
    header, items = items_of(path)
    known = {line for _, line in faults(header, items)}
    engine = Engine(header)
    found: Counter[tuple[str, str, str, str]] = Counter()
    for kind in FAULTS:
        made = 0
        for at in rng.sample(range(len(items)), len(items)):
            if at > PLACES:
                continue
            mutant = mutate(rng, engine, items[: at + AFTER], at, kind)
            if mutant is None or all(line in known for _, line in faults(header, mutant)):
                continue
            line = 0 if kind == "drop" else mutant[at].line
            for name in BITES:
                key = (name, header.rmi[:3], kind)
                cut_header, kept = CUTS[name](header, mutant, Random(at), frozenset())
                seen = any(line not in known for line, _ in wrong(cut_header, kept))
                there = any(item.line == line for item in kept)
                found[*key, "all"] += 1
                found[*key, "noticed"] += seen
                found[*key, "there"] += there
                found[*key, "noticed there"] += seen and there
            made += 1
            if made == per_kind:
                break
    return found


def _share(part: int, whole: int) -> str:
    return f"{part:>6} of {whole:<5}{part / whole:>7.1%}" if whole else " " * 22


def main() -> int:
    """Print both tables; 1 if there is a false violation."""
    parser = argparse.ArgumentParser(description="The judge of incomplete traces, tried out.")
    parser.add_argument("traces", nargs="+")
    parser.add_argument("--seeds", type=int, default=2, help="cuts of a kind of each trace")
    parser.add_argument("--faults", type=int, default=6, help="faults of a kind in each trace")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    calls: Counter[str] = Counter()
    false: Counter[str] = Counter()
    found: Counter[tuple[str, str, str, str]] = Counter()
    with ProcessPoolExecutor() as pool:
        cuts = [pool.submit(run_false, p, options.seeds) for p in options.traces]
        bites = [pool.submit(run_faults, p, options.faults, options.seed) for p in options.traces]
        print(f"{'cut':26}{'calls judged':>13}{'false':>8}")
        for cut in cuts:
            judged, said, texts = cut.result()
            calls += judged
            false += said
            for text in texts[:5]:
                print(f"  {text}", file=sys.stderr)
        for name in CUTS:
            print(f"{name:26}{calls[name]:>13}{false[name]:>8}")
        for bite in bites:
            found += bite.result()
    for name in BITES:
        print(f"\n{name:20}{'noticed, of all faults':>24}{'of those whose call is left':>30}")
        for rmi in ("1.0", "2.0"):
            for kind in (*FAULTS, "in all"):
                kinds = FAULTS if kind == "in all" else (kind,)
                count = {
                    what: sum(found[name, rmi, k, what] for k in kinds)
                    for what in ("all", "noticed", "there", "noticed there")
                }
                print(
                    f"RMM {rmi}  {kind:12}{_share(count['noticed'], count['all']):>22}"
                    f"{'':6}{_share(count['noticed there'], count['there'])}"
                )
    return int(bool(false))


if __name__ == "__main__":
    sys.exit(main())
