"""Traces through the engine: one pass a trace, several traces on all cores.

Nothing is kept of a call that is `ok`, so a trace may be of any length.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from linter.jobs import MOST_SENT, cores, in_order
from linter.shell import fault
from replay.coverage import Coverage
from replay.engine import Engine
from replay.machine import refusal, whole
from replay.result import (
    MOST_GROUPS,
    MOST_LISTED,
    Groups,
    Listed,
    Note,
    TraceResult,
    Violation,
    kind_of,
)
from replay.rmm.model import Unknown
from replay.rmm.traits import TraitError
from replay.state import dump
from replay.verdict import ASSUMED, OK, UNKNOWN, VIOLATION, Difference, Verdict
from replay.watch import Watching, watchers
from rules.registry import RuleError
from traces.event import BOOT, Event, Header, Problem, Smc, Told, TraceError
from traces.formats import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from replay.overlap.window import Overlaps
    from replay.recorder import Recorder
    from traces.event import Bank, Rmi
    from traces.formats.jsonl import Item

_TICK = 2048  # lines between two looks at the progress bar


@dataclass(frozen=True, slots=True)
class Options:
    """How traces are judged.

    rmi, memory  in place of what the header says
    strict       a line that cannot be read ends the trace
    stop_at      the last line that is judged
    state        keep the model at the end, as text
    coverage     count conditions
    every        keep every violation and note in full, not only the first of a kind
    record       keep what a picture needs
    """

    rmi: Rmi | None = None
    memory: tuple[Bank, ...] | None = None
    strict: bool = False
    stop_at: int | None = None
    state: bool = False
    coverage: bool = False
    every: bool = False
    record: bool = False


def run_paths(
    paths: list[str],
    options: Options,
    done: Callable[[int], None] | None = None,
    jobs: int | None = None,
    executor: str | None = None,
) -> Iterator[TraceResult]:
    """The results of several traces, in the order given; `-` is standard input.

    They are judged in so many processes (default: as many as there are cores), or on a
    cluster, to which they are sent (see `linter.jobs`).  `done` is told now and then how many
    are finished.
    """
    files = [path for path in paths if path != "-"]
    sent = executor is not None
    tasks = ((path, options, _bytes_of(path) if sent else None) for path in files)
    number = min(jobs or cores(), len(files))
    results = in_order(_judge, tasks, number, executor, done) if files else iter(())
    for path in paths:
        if path == "-":
            yield run_path(path, options)
        else:
            _, result = next(results)
            yield result or TraceResult(path, error="the process that judged it was killed")
    for _ in results:  # its end closes the pool
        pass


def _judge(task: tuple[str, Options, bytes | str | None]) -> TraceResult:
    """In a process: judge a trace of this machine, or one that was sent, or was not (why)."""
    path, options, data = task
    if data is None:
        return run_path(path, options)
    if isinstance(data, str):
        return TraceResult(path, error=data)
    return run_trace(BytesIO(data), path, options)


def _bytes_of(path: str) -> bytes | str:
    """What is in a file, or why it is not sent."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MOST_SENT + 1)
    except OSError as error:
        return error.strerror or str(error)
    if len(data) > MOST_SENT:
        return f"more than {MOST_SENT >> 20} MB: too large to be sent to a worker (gzip helps)"
    return data


def run_path(
    path: str, options: Options, tick: Callable[[BinaryIO, int], None] | None = None
) -> TraceResult:
    """Judge one trace; `-` is standard input.  `tick`: see `run_trace`."""
    if path == "-":
        if sys.stdin is None:
            return TraceResult(path, error="standard input is closed")
        return run_trace(sys.stdin.buffer, path, options, tick)
    try:
        with Path(path).open("rb") as stream:
            return run_trace(stream, path, options, tick)
    except OSError as error:
        return TraceResult(path, error=error.strerror or str(error))


def run_trace(
    stream: BinaryIO,
    name: str,
    options: Options,
    tick: Callable[[BinaryIO, int], None] | None = None,
) -> TraceResult:
    """Judge the trace in `stream`; what cannot be read is in the result, nothing is raised.

    `tick` is told the stream and the lines read, now and then.
    """
    result = TraceResult(name)
    try:
        told = Told(options.rmi, options.memory)
        items = read(stream, name=name, strict=options.strict, told=told)
        header = next(items)
        assert isinstance(header, Header)
        result.error_line = header.line  # of what is wrong with it
        result.error = refusal(header)
        if result.error:
            return result
        judged = _Run(header, result, options)
        result.rmi, result.error_line = header.rmi, 0
        judged.run(items if tick is None else _ticking(items, tick, stream))
    except TraceError as error:
        result.error_line, result.error = error.line, error.text
    except (TraitError, Unknown, RuleError) as error:
        result.error = str(error)  # of the machine (Unknown of a call is its verdict), or a rule
    except OSError as error:
        result.error = error.strerror or str(error)
    return result


class _Run:
    """One trace on its way through the engine."""

    def __init__(self, header: Header, result: TraceResult, options: Options) -> None:
        self.engine = judge_for(header)
        self.overlaps: Overlaps[Engine] | None = None
        if header.cpus > 1:
            from replay.overlap.window import Overlaps

            self.overlaps = Overlaps(header, self.engine)
        self.stopped = False  # at the line asked for
        self.result = result
        self.options = options
        self.watching = Watching(watchers(), self.engine, self._unread, every=options.every)
        self.tally: Counter[tuple[str, str]] = Counter()  # (command, kind)
        self.violations: Groups[Violation] = Groups(options.every)
        self.notes: Groups[Note] = Groups(options.every)
        self.coverage = Coverage() if options.coverage else None
        if self.coverage is not None:
            self.coverage.know(header.rmi, self.engine.commands)
        self.recorder: Recorder | None = None
        if options.record:
            from replay.recorder import Recorder

            self.recorder = Recorder(self.engine)

    def run(self, items: Iterable[Header | Item]) -> None:
        """Judge until the end, or to the line asked for; fill the result."""
        stop = self.options.stop_at
        try:
            items = self._to_stop(items)
            for item in items if self.overlaps is None else self.overlaps.ordered(items):
                self._take(item)
            if not self.stopped:
                if stop is not None:
                    self.result.error_line = self.result.last_line
                    self.result.error = f"the trace ends here, before line {stop}"
                self.watching.end()
        finally:  # what was judged counts, whatever ended it
            self._finish()

    def _to_stop(self, items: Iterable[Header | Item]) -> Iterator[Header | Item]:
        stop = self.options.stop_at
        for item in items:
            if stop is not None and item.line > stop:
                break
            self.result.last_line = item.line
            yield item
            if item.line == stop:
                break  # without waiting for a line more
        else:
            return
        self.stopped = True

    def _take(self, item: Header | Item) -> None:
        result = self.result
        try:
            if isinstance(item, Smc):
                result.calls += 1
                self.watching.before(item)
                verdict = self.engine.judge(item)
                if self.overlaps is not None:
                    verdict = self.overlaps.amended(verdict)
                if self.recorder is not None:
                    self.recorder.call(self.result.calls, verdict)
                self.watching.after(item, verdict)
                if verdict.kind != OK or verdict.notes or item.lock_leak is not None:
                    self._remark(verdict)
                if self.coverage is not None:
                    self._cover(item)
                self._count(verdict.command, verdict.kind)  # last: a fault below counts, too
            elif isinstance(item, Event):
                if self.recorder is not None:
                    self.recorder.event(item)
                self._event(item)
            elif isinstance(item, Problem):
                self._unread(item.line, item.text)
        except Exception as error:
            # A fault of ours must not cost the rest of the trace, nor look like a verdict.
            self._unread(item.line, f"not judged, {fault(error)}")
            if isinstance(item, Smc):
                command = self.engine.command(item)
                self._count(command.name if command is not None else f"{item.fid:#x}", UNKNOWN)

    def _event(self, event: Event) -> None:
        found = self.engine.event(event)
        if event.name == BOOT:
            self.watching.restart()
            if self.recorder is not None:
                self.recorder.restart()
        differences = [d.text for d in found if isinstance(d, Difference)]
        for verdict in found:
            if isinstance(verdict, Verdict):  # of a call that never returned
                self.result.calls += 1
                self._count(verdict.command, verdict.kind)
                if self.recorder is not None:
                    self.recorder.call(self.result.calls, verdict)
                self._remark(verdict)
        if differences:
            self.result.checkpoints_different += 1
            self.result.differences += [Listed(event.line, text) for text in differences]
            del self.result.differences[MOST_LISTED:]
        elif event.name in ("granules", "granule"):
            self.result.checkpoints_equal += 1

    def _count(self, command: str, kind: str) -> None:
        """One call more; a name that no table has is the trace's, so not more than so many."""
        key = (command, kind)
        if key not in self.tally and len(self.tally) >= MOST_GROUPS:
            key = ("(others)", kind)
        self.tally[key] += 1

    def _remark(self, verdict: Verdict) -> None:
        """Keep what a report says of a call."""
        smc = verdict.smc
        if verdict.kind == VIOLATION:
            key = (
                verdict.command,
                verdict.got,
                verdict.permitted,
                tuple(reason.id for reason in verdict.conditions),
                kind_of(verdict.why),
            )
            self.violations.add(key, smc.line, self._violation(verdict))
        elif verdict.kind == ASSUMED:
            assumed = (verdict.command, kind_of(verdict.why))
            if assumed in self.result.assumed or len(self.result.assumed) < MOST_GROUPS:
                self.result.assumed[assumed] += 1
        elif verdict.kind == UNKNOWN:
            unknown = (verdict.command, kind_of(verdict.why))
            if unknown in self.result.unknown or len(self.result.unknown) < MOST_GROUPS:
                self.result.unknown[unknown] += 1
        notes = () if verdict.kind == VIOLATION else verdict.notes
        if smc.lock_leak is not None:
            notes += (f"the RMM left the granule {smc.lock_leak:#x} locked",)
        for text in notes:
            note = Note(smc.line, verdict.command, text)
            self.notes.add((verdict.command, kind_of(text)), note.line, note)

    def _violation(self, verdict: Verdict) -> Violation:
        smc = verdict.smc
        command = self.engine.command(smc)
        names = command.inputs if command is not None else ()
        return Violation(
            smc.line,
            smc.seq,
            verdict.command,
            tuple(zip(names, smc.x, strict=False)),
            verdict.got,
            verdict.permitted,
            verdict.conditions,
            verdict.why,
            verdict.notes,
            verdict.view,
            verdict.story,
        )

    def _cover(self, smc: Smc) -> None:
        assert self.coverage is not None
        engine = self.engine
        command, m = engine.command(smc), engine.m
        if command is not None and engine.looked:
            self.coverage.count(m.rmi, command, engine.held)
        if m.judged is not None:
            self.coverage.count(m.rmi, *m.judged)
            m.judged = None

    def _unread(self, line: int, text: str) -> None:
        self.result.unread_count += 1
        if len(self.result.unread) < MOST_LISTED:
            self.result.unread.append(Listed(line, text))

    def _finish(self) -> None:
        result = self.result
        for (command, kind), count in sorted(self.tally.items()):
            result.by_command.setdefault(command, Counter())[kind] = count
        result.violations = self.violations.groups()
        result.hazards = self.watching.hazards.groups()
        result.notes = self.notes.groups()
        result.coverage = self.coverage
        if self.recorder is not None:
            result.record = self.recorder.record
        if self.options.state:
            result.state = dump(self.engine.m)


def judge_for(header: Header) -> Engine:
    """The judge that a trace needs."""
    if whole(header):
        return Engine(header)
    from replay.partial import PartialEngine

    return PartialEngine(header)


def _ticking(
    items: Iterable[Header | Item], tick: Callable[[BinaryIO, int], None], stream: BinaryIO
) -> Iterator[Header | Item]:
    for count, item in enumerate(items, 1):
        if not count % _TICK:
            tick(stream, count)
        yield item
