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
    from collections.abc import Callable, Iterable, Iterator

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
    missing: int  # so many; 0: not known
    cpu: int | None  # None: on any
    until: int = 0  # then at the latest; of any CPU only


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


def records(
    numbered: Iterator[tuple[int, bytes | str]], record: Callable[[bytes, int], Record | None]
) -> Iterator[Record]:
    """What `record` makes of each line and its number; a `str` line could not be had."""
    for number, line in numbered:
        found = Problem(number, line) if isinstance(line, str) else record(line, number)
        if found is not None:
            yield found


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
    number = count()
    for record in _placed(records):
        for time, item in pairs.take(record):
            yield time, next(number), item
    for time, item in pairs.end():
        yield time, next(number), item


def _placed(records: Iterable[Record]) -> Iterator[Record]:
    """The records, with a loss of any CPU when the line behind it is there: it ends there."""
    waiting: list[Lost] = []
    latest = 0
    for record in records:
        if isinstance(record, Lost) and record.cpu is None:
            waiting.append(record)
            continue
        if isinstance(record, Entry | Return):
            latest = max(latest, record.t)
            yield from (lost._replace(until=latest) for lost in waiting)
            waiting = []
        yield record
    yield from (lost._replace(until=latest) for lost in waiting)


class _Pairs:
    """The calls that have not returned yet.

    What comes of a record comes with the time at which it belongs.  What was lost belongs
    where it began to be missing: after the last line of its CPU, before what the others did
    meanwhile.  So does a call whose return is lost: when it was done is not known.
    """

    def __init__(self, promise: _Promise) -> None:
        self.promise = promise
        # By thread, or else by process and CPU; innermost last.
        self.open: dict[tuple[int, int], list[Entry]] = {}
        self.count = 0  # of them
        self.overtaken: set[int] = set()  # lines: a call made later has returned
        self.last: dict[int, int] = {}  # CPU -> time of its last line
        self.now = 0  # time of the last line of any
        self.line = 0
        self.others = 0  # calls that are none of the RMM's

    def take(self, record: Record) -> Iterator[tuple[int, Item]]:
        self.line = record.line
        if isinstance(record, Entry):
            self.now = record.t
            if len(record.x) < self.promise.x:
                yield self.now, _fewer(record, len(record.x), self.promise.x)
            else:
                yield from self.enter(record)
            self.last[record.cpu] = record.t
        elif isinstance(record, Return):
            self.now = record.t
            if len(record.r) < self.promise.r:
                yield self.now, _fewer(record, len(record.r), self.promise.r)
            else:
                yield from self.leave(record)
            self.last[record.cpu] = record.t
        elif isinstance(record, Lost):
            yield from self.lose(record)
        else:
            yield self.now, record

    def enter(self, entry: Entry) -> Iterator[tuple[int, Item]]:
        if self.count == _MOST_OPEN:
            yield entry.t, Problem(entry.line, f"more than {_MOST_OPEN} calls have not returned")
            yield from self.without_return(next(iter(self.open.values()))[0])
        stack = self.open.get(_key(entry), [])
        # A thread is in one place.  rmi.bt forgets the outer call if calls nest.
        over = [other for other in stack if self.promise.sure or other.cpu != entry.cpu]
        if not over and stack:
            text = f"the call of line {stack[-1].line} is not back: nested, or its return is lost"
            yield entry.t, Problem(entry.line, text)
            # An interrupt may make a call within a call, once.
            if len(stack) == 2 or stack[0].line in self.overtaken:
                over = stack[:1]
        for other in over:
            yield from self.without_return(other)
        self.open.setdefault(_key(entry), []).append(entry)
        self.count += 1

    def leave(self, back: Return) -> Iterator[tuple[int, Item]]:
        stack = self.open.get(_key(back), [])
        if stack and self.is_of(back, stack[-1]):
            entry = stack[-1]
            self.close(entry)
            if stack:
                self.overtaken.add(stack[-1].line)
            yield from self.call(entry, back)
            return
        since = self.last.get(back.cpu, 0)
        if back.cpu in self.last:  # else the capture began in mid-call
            yield since, Problem(back.line, "a return without its call")
        yield since, _lost(back.line, 1, back.cpu)
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

    def lose(self, lost: Lost) -> Iterator[tuple[int, Item]]:
        where = "" if lost.cpu is None else f" of CPU {lost.cpu}"
        number = f", at least {lost.missing}" if lost.missing else ""
        # Of any CPU it may have begun at any time.
        since = 0 if lost.cpu is None else self.last.get(lost.cpu, 0)
        yield since, Problem(lost.line, f"lines{where} are lost here{number}")
        yield since, _lost(lost.line, lost.missing, lost.cpu, lost.until)
        if self.promise.sure:
            return
        # The next return may be that of a call inside the gap.
        for entry in [entry for stack in self.open.values() for entry in stack]:
            if lost.cpu is None or entry.cpu == lost.cpu:
                self.close(entry)
                yield from self.call(entry, None)

    def end(self) -> Iterator[tuple[int, Item]]:
        """Calls that were under way when the capture ended."""
        for entry in sorted(entry for stack in self.open.values() for entry in stack):
            yield from self.call(entry, None)
        if self.others:
            text = f"{self.others} calls with function identifiers of others are left out"
            yield self.now, Event(self.line, "note", {"text": text})

    def without_return(self, entry: Entry) -> Iterator[tuple[int, Item]]:
        """A call whose return is missing."""
        self.close(entry)
        yield entry.t, _lost(entry.line, 1, entry.cpu)
        yield from self.call(entry, None)

    def close(self, entry: Entry) -> None:
        stack = self.open[_key(entry)]
        stack.remove(entry)
        if not stack:
            del self.open[_key(entry)]
        self.count -= 1
        self.overtaken.discard(entry.line)

    def call(self, entry: Entry, back: Return | None) -> Iterator[tuple[int, Item]]:
        if not is_rmi(entry.fid):
            self.others += 1
            return
        x = _filled(entry.x)
        if back is None:
            yield entry.t, Smc(entry.line, entry.fid, x, None, None, entry.cpu, entry.t)
        else:
            r, seen = _filled(back.r), len(back.r) if len(back.r) < REGISTERS else None
            smc = Smc(back.line, entry.fid, x, r, None, entry.cpu, entry.t, back.t, seen=seen)
            yield back.t, smc


def _key(record: Entry | Return) -> tuple[int, int]:
    return (record.task, 0 if record.task > 0 else record.cpu)


def _fewer(record: Entry | Return, count: int, expected: int) -> Problem:
    return Problem(record.line, f"{count} registers; the first line of the kind has {expected}")


def _lost(line: int, count: int, cpu: int | None, until: int = 0) -> Event:
    return Event(
        line, "lost", {"count": count} | ({"until": until} if cpu is None else {"cpu": cpu})
    )


def _filled(registers: list[int]) -> list[int]:
    """As calls hold them: eight at least, no zero behind the eighth."""
    registers = registers[: max(used(registers), REGISTERS)]
    return registers + [0] * (REGISTERS - len(registers))
