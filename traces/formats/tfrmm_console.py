"""The log that TF-RMM writes to its console, at LOG_LEVEL 40 or more.

    [   rmm ] SMC_RMI_REALM_CREATE          882860000 880856000 > RMI_SUCCESS
    [   rmm ] SMC_RMI_REC_AUX_COUNT         882860000 > RMI_SUCCESS 10
    [   rmm ] SMC_RSI_IPA_STATE_SET         80000000 90000000 1 0 > RSI_SUCCESS 90000000 0

A line is a call that has returned (`tfrmm_handlers`: which calls are printed at all).
The RMM prints it in pieces (name, each argument, ` > ` and status, index, each result,
line end), so the pieces of two CPUs can be mixed, and whatever records the console can
put a line end and its own prefix between them.  A line that is a whole call is taken as
it stands; any other is taken piece by piece, each going to the one call that can take it.
If more than one can, that is said and the calls are left out: a guess could accuse the RMM.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from traces.event import BANNER, BOOT, REGISTERS, Event, Header, Problem, Smc, Told, TraceError
from traces.formats import tfrmm_pieces as lexer
from traces.formats.tfrmm_call import MOST, Call
from traces.formats.tfrmm_handlers import NAMES, NAMES_OF, OMITS, UNKNOWN_FUNCTION
from traces.formats.tfrmm_operations import settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from traces.event import Rmi
    from traces.formats.jsonl import Item
    from traces.formats.tfrmm_pieces import Piece

NAME = "TF-RMM console"

_COLOUR = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")  # and other things that a terminal does
_MARKS = (b"PSCI_", b"unknown function_id: ")
_LONGEST = 4096  # bytes of a line with calls; one has 200 or so
_MOST_OPEN = 16  # calls
_PATIENCE = 32  # lines until a call that was cut is given up
_LOOKAHEAD = 1000  # calls and events, for the version
_MAJOR: dict[int, Rmi] = {1: "1.0", 2: "2.0"}
_CPUS = 1 << 10  # for the header: how many there are is known at the end
_PA_WIDTH = 52  # bits, likewise


def claims(head: Sequence[bytes]) -> bool:
    """Do the first lines look like this format?"""
    return any(len(line) <= _LONGEST and lexer.has_call(line) for line in head)


def read(
    numbered: Iterator[tuple[int, bytes | str]], *, name: str, strict: bool, told: Told
) -> Iterator[Header | Item]:
    """The header, then calls, events (RSI, PSCI) and what could not be read."""
    items = settled(_items(numbered))
    first: list[Item] = []
    rmi: Rmi | None = None
    revisions: list[int] = []
    for item in items:
        first.append(item)
        rmi, revisions = _version(item)
        if rmi is not None or len(first) >= _LOOKAHEAD:
            break
    begins = next((i for i in first if isinstance(i, Smc) or _boots(i)), None)
    yield _header(
        told.rmi or rmi, revisions, told, from_reset=begins is not None and _boots(begins)
    )
    for item in chain(first, items):
        if strict and isinstance(item, Problem):
            raise TraceError(name, item.line, item.text)
        yield item


def _boots(item: Item) -> bool:
    return isinstance(item, Event) and item.name == BOOT


def _header(rmi: Rmi | None, revisions: list[int], told: Told, *, from_reset: bool) -> Header:
    assumed = ["cpus", "granule_size", "pa_width"]
    if rmi is None:
        assumed.append("rmi")
    if told.memory is None:
        assumed.append("memory")
    rmi = rmi or "1.0"
    return Header(
        rmi=rmi,
        source=NAME,
        granule_size=4096,
        pa_width=_PA_WIDTH,
        memory=told.memory or (),
        cpus=_CPUS,
        complete=False,
        omits=OMITS[rmi[:3]],
        memory_contents=False,
        from_reset=True if from_reset else None,
        implementation={"revisions": revisions} if revisions else {},
        other={"assumed": assumed},
    )


def _version(item: Item) -> tuple[Rmi | None, list[int]]:
    """The version that a call tells, and the revisions that the RMM serves (see its traits)."""
    if not isinstance(item, Smc) or item.name is None or item.r is None:
        return None, []
    if item.name != "RMI_VERSION":
        return NAMES_OF.get(item.name.removeprefix("RMI_")), []
    version: Rmi | None = _MAJOR.get(item.r[1] >> 16) if item.r[0] == 0 else None
    return version, sorted(set(item.r[1:3])) if version else []


def _items(numbered: Iterator[tuple[int, bytes | str]]) -> Iterator[Item]:
    log = _Log()
    for number, line in numbered:
        if not isinstance(line, str) and b"\x1b" in line:
            line = _COLOUR.sub(b"", line)
        if isinstance(line, str):
            yield Problem(number, line)
        elif BANNER in line:
            yield from log.end()
            yield Event(number, BOOT, {})
        elif b"SMC_" in line or log.open or any(mark in line for mark in _MARKS):
            if len(line) <= _LONGEST:
                yield from log.line(number, line)
            else:
                yield Problem(number, f"a line of {len(line)} bytes; expected one call")
    yield from log.end()


class _Log:
    """Lines to calls; `open` are those of which pieces are missing.

    A call that is `lost` has been told of, but is still there: its status and its line end
    are to come, and could be taken for another's.
    """

    def __init__(self) -> None:
        self.open: list[Call] = []
        self._arrow = False  # the last piece was one: now comes the status
        self._mixed = -_PATIENCE  # the last line with pieces of several calls

    def line(self, number: int, line: bytes) -> Iterator[Item]:
        """What the line completes."""
        name = lexer.first_name(line)
        rest = self._rest(line, len(line) if name is None else name) if self.open else None
        if rest is not None:
            shape, at = rest
            yield from self._piecewise(number, line[:at], shape, lexer.pieces(line, at))
        elif name is not None:
            yield from self._named(number, line, name)
        elif (fid := lexer.unknown_function(line)) is not None:
            x, r = [0] * REGISTERS, [UNKNOWN_FUNCTION] + [0] * (REGISTERS - 1)
            yield Smc(number, fid, x, r, cpu=lexer.cpu_of(line), seen=1)
        elif not line.strip():
            yield from self._ended(self.open)
        if self.open:
            patience = _PATIENCE if len(self.open) <= _MOST_OPEN else 1
            yield from self._close([c for c in self.open if number - c.since >= patience])

    def end(self) -> Iterator[Item]:
        """What is left when the log ends."""
        return self._close(self.open)

    def _rest(self, line: bytes, end: int) -> tuple[bytes, int] | None:
        """The prefix's shape and its end, if the line goes on with a call that was cut."""
        for shape in dict.fromkeys(call.shape for call in self.open):
            at = lexer.rest(line, shape, end)
            if at is not None:
                return shape, at
        return None

    def _named(self, number: int, line: bytes, at: int) -> Iterator[Item]:
        """A line with a name at `at`, and before it a prefix."""
        mixing = number - self._mixed < _PATIENCE
        call = _whole(number, line, at, exact=mixing or bool(self.open))
        if call is not None and not self.open:
            yield call.item()
            return
        shape = lexer.shape_of(line[:at])
        ours = [call for call in self.open if call.shape == shape]
        if not mixing:
            # Their line ended, and no more of it follows: there are fewer results.
            yield from self._close([call for call in ours if call.status is not None])
        if call is not None and not (ours and mixing):
            yield call.item()
        else:  # what looks whole may be pieces of two
            yield from self._piecewise(number, line[:at], shape, lexer.pieces(line, at))

    def _piecewise(
        self, number: int, prefix: bytes, shape: bytes, pieces: list[Piece]
    ) -> Iterator[Item]:
        """Gives each piece to the one call that can take it."""
        ours = [call for call in self.open if call.shape == shape]
        others = [call for call in self.open if call.shape != shape]
        here: set[Call] = set()  # calls with pieces on this line
        skip = False  # to the next name
        at_once: Call | None = None  # one of a realm is printed in one go
        for n, piece in enumerate(pieces):
            if piece.kind == "start":
                self._arrow, at_once = False, None
                skip = n + 1 < len(pieces) and pieces[n + 1].prose
                if not skip:
                    call = Call(number, piece.text.decode(), lexer.cpu_of(prefix), shape)
                    at_once = call if call.of_realm else None
                    lost = [other for other in ours if other.lost and not call.of_realm]
                    if lost or len(ours) == _MOST_OPEN:
                        yield call.lose()
                        call.since = min((other.since for other in lost), default=number)
                    if len(ours) < _MOST_OPEN:
                        ours.append(call)
                        here.add(call)
            elif skip:
                continue
            elif piece.kind == "arrow":
                self._arrow = True
            elif piece.kind == "other":
                # A prefix in the middle is passed over; what stands behind is not ours.
                skip = all(call.done for call in ours)
            else:
                status = piece.status if self._arrow or piece.kind == "status" else None
                self._arrow = False
                takers = [at_once] if at_once is not None else _takers(ours, status)
                if len(takers) == 1:
                    takers[0].take(piece.text, status)
                    here.add(takers[0])
                elif ours:
                    self._mixed = number
                    for call in ours:
                        if not call.lost and (not call.done or (status is None and call.values)):
                            yield call.lose()
                    waiting = [call for call in ours if call.lost and call.status is None]
                    if status is not None and waiting:  # it is one of theirs, no matter whose
                        waiting[0].status = status
        if len(here) > 1:
            self._mixed = number
        self.open = others + ours
        yield from self._ended(ours)

    def _ended(self, calls: list[Call]) -> Iterator[Item]:
        """A line of theirs has ended: that of those which are done, or else of a lost one."""
        done = [call for call in calls if call.done and not call.lost]
        lost = [call for call in calls if call.lost and call.status is not None]
        return self._close(done or lost[:1])

    def _close(self, calls: list[Call]) -> Iterator[Item]:
        """These get no more pieces."""
        self.open = [call for call in self.open if call not in calls]
        for call in calls:
            # A name alone, and of no command: it was in some other text.
            some = call.status is not None or call.args or call.name in NAMES
            if some and not call.lost:
                yield call.item()


def _whole(number: int, line: bytes, at: int, exact: bool) -> Call | None:
    """The call, if the line is one from `at` on and nothing but one.

    Unless `exact`, it may have more arguments and results than the table knows: those of
    another version.
    """
    whole = lexer.whole(line, at)
    if whole is None or max(len(whole.args), len(whole.values)) > MOST:
        return None
    call = Call(number, whole.start, lexer.cpu_of(line[:at]))
    call.args = whole.args
    call.answer(whole.status)
    call.values = whole.values
    if call.inputs is not None:
        if len(call.args) < call.inputs or len(call.values) < call.wanted:
            return None
        if exact and (len(call.args) > call.inputs or len(call.values) > call.most):
            return None
    return call


def _takers(calls: list[Call], status: str | int | None) -> list[Call]:
    """Those that the next piece can belong to: a status, or None for a number."""
    if any(call.lost for call in calls):
        return []
    if status is not None:
        unanswered = [call for call in calls if call.status is None]
        return [call for call in unanswered if call.ready] or unanswered
    hungry = [call for call in calls if call.hungry]
    return hungry or [call for call in calls if call.inputs is None]
