"""Entries and returns of one function, as a probe on it sees them, to calls.

For captures that write a line when the host makes a call and one when it is back
(`ftrace`, `bpftrace`).  Lines get lost there, and that is said only with the next line of
the same CPU; a task moves to another CPU in mid-call; an interrupt makes calls of its own.
Nothing is paired on a guess: what is not sure becomes a call without a result, or is left
out, and a `lost` event says so.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappushpop
from itertools import chain, count, islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from traces.event import REGISTERS, Event, Header, Problem, Rmi, Smc, Told, TraceError
from traces.formats.objects import used

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from traces.formats.jsonl import Item

MOST_CPUS = 1 << 16
WINDOW = 1 << 15  # lines; bpftrace empties the buffer of one CPU after that of another
_MOST_OPEN = 4096  # calls that have not returned
_CPUS = 1024  # for the header: how many there are is known at the end
_PA_WIDTH = 52  # bits, likewise


class Entry(NamedTuple):
    """A call is made."""

    line: int
    t: int  # ns
    cpu: int
    task: int  # thread; minus a process, of several threads perhaps; 0: not known
    fid: int
    x: list[int]  # X1.., as many as the capture takes


class Return(NamedTuple):
    """It is back."""

    line: int
    t: int
    cpu: int
    task: int
    r: list[int]  # X0.., likewise
    made: int | None = None  # `t` of the call it is of, if the capture says so


class Lost(NamedTuple):
    """The capture says that it dropped lines since the last one (of this CPU)."""

    line: int
    missing: int  # at least so many
    cpu: int | None  # None: on any


Record: TypeAlias = Entry | Return | Lost | Problem


def calls(
    records: Iterator[Record], *, source: str, name: str, strict: bool, told: Told
) -> Iterator[Header | Item]:
    """The header, then the calls in the order of their return, and what was lost.

    `records` are in the order of time CPU by CPU.  Of a line that says nothing sure a
    Problem comes; with `strict` it raises TraceError (`name` is for its text).  The first
    WINDOW calls are read before the header.
    """
    promise, ahead = _promise(records)
    items = _timed(chain(ahead, records), promise)
    window = list(islice(items, WINDOW))
    rmi = told.rmi or rmi_of(item for _, _, item in window)
    registers = {"x": promise.x, "r": promise.r}
    assumed = ["cpus", "granule_size", "pa_width"] + ([] if rmi else ["rmi"])
    yield Header(
        rmi=rmi or "1.0",
        source=source,
        granule_size=4096,
        pa_width=_PA_WIDTH,
        memory=told.memory or (),
        cpus=_CPUS,
        complete=False,  # it begins when the RMM has long been running
        memory_contents=False,
        other={"registers": registers, "assumed": assumed},
    )
    for item in _in_order(window, items):
        if strict and isinstance(item, Problem):
            raise TraceError(name, item.line, item.text)
        yield item


class _Promise(NamedTuple):
    """What the first lines say of all."""

    x: int  # registers that the capture takes; of a line with fewer nothing can be said
    r: int
    sure: bool  # a return says which call it is of


def _promise(records: Iterator[Record]) -> tuple[_Promise, list[Record]]:
    """And the records that it took to know."""
    x = r = 0
    sure = False
    ahead: list[Record] = []
    for record in records:
        ahead.append(record)
        if isinstance(record, Entry):
            x = x or len(record.x)
        elif isinstance(record, Return) and not r:
            r, sure = len(record.r), record.made is not None
        if (x and r) or len(ahead) == WINDOW:
            break
    return _Promise(x, r, sure), ahead


# --- which calls are the RMM's, and of which version

_FUNCTION = 0xFFFF_FFFF & ~(1 << 16)  # of X0, what names the function (SMCCC)
_RMI = (range(0xC4000150, 0xC4000190), range(0xC40001D0, 0xC40002D0))
_VERSION = 0xC4000150
_IN_1_0 = frozenset(
    (0xC4000151, 0xC4000152, 0xC4000154, 0xC4000155, 0xC400015F, 0xC4000162, 0xC4000167)
)
_IN_BOTH = frozenset((_VERSION, 0xC4000153, 0xC4000161)) | {
    *range(0xC4000157, 0xC400015F),
    *range(0xC4000164, 0xC4000167),
    *range(0xC4000168, 0xC400016A),
}


def is_rmi(fid: int) -> bool:
    """Is this a command of the RMM's interface for the host?"""
    function = fid & _FUNCTION
    return function in _RMI[0] or function in _RMI[1]


def rmi_of(items: Iterable[Item]) -> Rmi | None:
    """The version that an RMI_VERSION agreed on, or the one that alone has a command."""
    for item in items:
        if not isinstance(item, Smc):
            continue
        function = item.fid & _FUNCTION
        if function == _VERSION:
            if item.r is not None and item.r[0] == 0:
                return "1.0" if item.r[1] >> 16 == 1 else "2.0"
        elif function not in _IN_BOTH:
            return "1.0" if function in _IN_1_0 else "2.0"
    return None


# --- pairing, CPU by CPU as the lines come; then all in order of time

_Timed: TypeAlias = tuple[int, int, "Item"]  # time, a number of its own, what it is


def _in_order(window: list[_Timed], items: Iterator[_Timed]) -> Iterator[Item]:
    """By time, as far as the window reaches."""
    heapify(window)
    for timed in items:
        yield heappushpop(window, timed)[2]
    while window:
        yield heappop(window)[2]


def _timed(records: Iterable[Record], promise: _Promise) -> Iterator[_Timed]:
    pairs = _Pairs(promise)
    last: dict[int | None, int] = {}  # CPU -> time of its last line; None: of any
    number = count()
    for record in records:
        cpu = None if isinstance(record, Problem) else record.cpu
        items = pairs.take(record)
        if isinstance(record, Entry | Return):
            last[cpu] = last[None] = record.t
        # What was lost comes where it began to be missing: after the last line of its CPU,
        # before what the others did meanwhile.
        time = last.get(cpu, 0)
        for item in items:
            yield time, next(number), item
    for item in pairs.end():
        yield last.get(None, 0), next(number), item


class _Pairs:
    """The calls that have not returned yet."""

    def __init__(self, promise: _Promise) -> None:
        self.promise = promise
        # By thread, or else by process and CPU; innermost last.
        self.open: dict[tuple[int, int], list[Entry]] = {}
        self.count = 0  # of them
        self.overtaken: set[int] = set()  # lines: a call made later has returned
        self.cpus: set[int] = set()  # of which there was a line
        self.line = 0
        self.others = 0  # calls that are none of the RMM's

    def take(self, record: Record) -> Iterator[Item]:
        self.line = record.line
        if isinstance(record, Entry):
            if len(record.x) < self.promise.x:
                yield _fewer(record, len(record.x), self.promise.x)
            else:
                yield from self.enter(record)
            self.cpus.add(record.cpu)
        elif isinstance(record, Return):
            if len(record.r) < self.promise.r:
                yield _fewer(record, len(record.r), self.promise.r)
            else:
                yield from self.leave(record)
            self.cpus.add(record.cpu)
        elif isinstance(record, Lost):
            yield from self.lose(record)
        else:
            yield record

    def enter(self, entry: Entry) -> Iterator[Item]:
        if self.count == _MOST_OPEN:
            yield Problem(entry.line, f"more than {_MOST_OPEN} calls have not returned")
            yield from self.without_return(next(iter(self.open.values()))[0])
        stack = self.open.get(_key(entry), [])
        # A thread is in one place.  rmi.bt forgets the outer call if calls nest.
        over = [other for other in stack if self.promise.sure or other.cpu != entry.cpu]
        if not over and stack:
            text = f"the call of line {stack[-1].line} is not back: nested, or its return is lost"
            yield Problem(entry.line, text)
            # An interrupt may make a call within a call, once.
            if len(stack) == 2 or stack[0].line in self.overtaken:
                over = stack[:1]
        for other in over:
            yield from self.without_return(other)
        self.open.setdefault(_key(entry), []).append(entry)
        self.count += 1

    def leave(self, back: Return) -> Iterator[Item]:
        stack = self.open.get(_key(back), [])
        if stack and self.is_of(back, stack[-1]):
            entry = stack[-1]
            self.close(entry)
            if stack:
                self.overtaken.add(stack[-1].line)
            yield from self.call(entry, back)
            return
        if back.cpu in self.cpus:  # else the capture began in mid-call
            yield Problem(back.line, "a return without its call")
        yield _lost(back.line, 1, back.cpu)
        # If the thread was moved, this is perhaps the return of what it has open elsewhere;
        # or what was lost in between is not announced yet.
        if not self.promise.sure:
            for other in stack.copy():
                yield from self.without_return(other)

    def is_of(self, back: Return, entry: Entry) -> bool:
        """Is it the return of this call?"""
        if self.promise.sure:
            return back.made == entry.t
        return back.cpu == entry.cpu

    def lose(self, lost: Lost) -> Iterator[Item]:
        where = "" if lost.cpu is None else f" of CPU {lost.cpu}"
        yield Problem(lost.line, f"lines{where} are lost here, at least {lost.missing}")
        yield _lost(lost.line, lost.missing, lost.cpu)
        if self.promise.sure:
            return
        # The next return may be that of a call inside the gap.
        for entry in [entry for stack in self.open.values() for entry in stack]:
            if lost.cpu is None or entry.cpu == lost.cpu:
                self.close(entry)
                yield from self.call(entry, None)

    def end(self) -> Iterator[Item]:
        """Calls that were under way when the capture ended."""
        for entry in sorted(entry for stack in self.open.values() for entry in stack):
            yield from self.call(entry, None)
        if self.others:
            text = f"{self.others} calls with function identifiers of others are left out"
            yield Event(self.line, "note", {"text": text})

    def without_return(self, entry: Entry) -> Iterator[Item]:
        """A call whose return is missing."""
        self.close(entry)
        yield _lost(entry.line, 1, entry.cpu)
        yield from self.call(entry, None)

    def close(self, entry: Entry) -> None:
        stack = self.open[_key(entry)]
        stack.remove(entry)
        if not stack:
            del self.open[_key(entry)]
        self.count -= 1
        self.overtaken.discard(entry.line)

    def call(self, entry: Entry, back: Return | None) -> Iterator[Item]:
        if not is_rmi(entry.fid):
            self.others += 1
            return
        x = _filled(entry.x)
        if back is None:
            yield Smc(entry.line, entry.fid, x, None, None, entry.cpu, entry.t)
        else:
            r, seen = _filled(back.r), len(back.r) if len(back.r) < REGISTERS else None
            yield Smc(back.line, entry.fid, x, r, None, entry.cpu, entry.t, back.t, seen=seen)


def _key(record: Entry | Return) -> tuple[int, int]:
    return (record.task, 0 if record.task > 0 else record.cpu)


def _fewer(record: Entry | Return, count: int, expected: int) -> Problem:
    return Problem(record.line, f"{count} registers; the first line of the kind has {expected}")


def _lost(line: int, count: int, cpu: int | None) -> Event:
    return Event(line, "lost", {"count": count} if cpu is None else {"count": count, "cpu": cpu})


def _filled(registers: list[int]) -> list[int]:
    """As calls hold them: eight at least, no zero behind the eighth."""
    registers = registers[: max(used(registers), REGISTERS)]
    return registers + [0] * (REGISTERS - len(registers))
