"""A trace and its verdicts as a story: what the text files in traces/samples hold.

A note of the trace is a paragraph.  Below it a line a call: line number, verdict,
the call in words, what came back; under a violation what the report says of it.
Run as `python -m tests.replay.stories` it writes the files anew: read the difference.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from textwrap import fill

from replay.engine import Engine
from replay.explain import call
from replay.report import text
from replay.result import TraceResult
from replay.rmm.values import result_name
from replay.run import Options, run_trace
from replay.verdict import Verdict
from tests.replay.make_samples import SAMPLES
from traces.event import Event, Header, Smc
from traces.formats.jsonl import read

WIDTH = 88


def render(path: Path) -> str:
    """The story of a sample."""
    items = read(BytesIO(path.read_bytes()), name=path.name)
    header = next(items)
    assert isinstance(header, Header)
    engine = Engine(header)
    reports = _reports(path)
    out = [_machine(header)]
    for item in items:
        if isinstance(item, Smc):
            verdict = engine.judge(item)
            out.append(_line(engine, item, verdict))
            out += reports.get(item.line, [])
        elif isinstance(item, Event) and item.name == "note":
            out += ["", fill(item.fields["text"], WIDTH)]
        elif isinstance(item, Event):
            assert not engine.event(item)
            smc = item.smc
            what = _call(engine, smc) + " begins" if smc is not None else _fields(item)
            out.append(f"{item.line:4} {'':9} {what}")
        else:
            raise AssertionError(item)
    return "\n".join(out) + "\n"


def verdicts(path: Path) -> TraceResult:
    """What `replay` says of a sample."""
    return run_trace(BytesIO(path.read_bytes()), path.name, Options(every=True))


def _machine(header: Header) -> str:
    banks = ", ".join(f"{b.base:#x} to {b.base + b.size:#x}" for b in header.memory)
    cpus = f"{header.cpus} CPU" + ("s" if header.cpus > 1 else "")
    return f"RMI {header.rmi}, {cpus}, memory {banks}"


def _line(engine: Engine, smc: Smc, verdict: Verdict) -> str:
    assert smc.r is not None
    command = engine.command(smc)
    outputs = zip(command.outputs if command else (), smc.r[1:], strict=False)
    results = [result_name(smc.r[0])] + [f"{name} {value:#x}" for name, value in outputs if value]
    row = f"{smc.line:4} {verdict.kind:9} {_call(engine, smc)} -> {', '.join(results)}"
    if smc.realm:
        row += f"\n{'':15}the realm: {', '.join(map(_step, smc.realm))}"
    return row + "".join(f"\n{'':15}note: {note}" for note in verdict.notes)


def _step(step: tuple[str, list[int]]) -> str:
    """What the realm did in REC_ENTER: calls with their first arguments, the rest by name."""
    kind, registers = step
    used = max((n for n, value in enumerate(registers, 1) if value), default=0)
    if kind not in ("enter", "smc") or not used:
        return kind
    return f"{kind} {' '.join(f'{value:#x}' for value in registers[:used])}"


def _call(engine: Engine, smc: Smc) -> str:
    command = engine.command(smc)
    told = str(smc.name) if command is None else call(command, smc.x)
    return told + (f" (CPU {smc.cpu})" if engine.header.cpus > 1 else "")


def _fields(event: Event) -> str:
    values = [f"{value:#x}" if isinstance(value, int) else value for value in event.fields.values()]
    return " ".join([event.name, *values])


def _reports(path: Path) -> dict[int, list[str]]:
    """Line of a violation, or of a hazard -> the report's lines on it, indented."""
    found: dict[int, list[str]] = {}
    result = verdicts(path)
    for group in result.violations:
        for violation in group.full:
            lines = text.violation(path.name, violation)
            found[violation.line] = [f"{'':15}{line}" for line in lines]
    for hazards in result.hazards:
        for hazard in hazards.full:
            told = [f"{'':15}{line}" for line in text.hazard(path.name, hazard)]
            found.setdefault(hazard.line, []).extend(told)
    return found


def main() -> int:
    for path in sorted(SAMPLES.glob("*.jsonl")):
        path.with_suffix(".txt").write_text(render(path), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
