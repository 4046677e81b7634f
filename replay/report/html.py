"""A trace as one HTML page: memory, realms and RECs over the calls, each call on demand.

The page draws itself from the data in it (picture/*.js); tables are plain HTML.
Everything that comes from a trace is text: escaped in the tables, set as text by the
scripts.  About 4 MB for 100,000 calls.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec

from linter.page import render as page
from linter.plain import plain
from replay.report.lanes import lanes
from replay.result import KINDS
from replay.rmm.values import GRANULE_NAME, result_name

if TYPE_CHECKING:
    from replay.record import Call, Life, Record
    from replay.result import Hazard, TraceResult
    from traces.event import Header

MOST_LANES: Final = 64
MOST_ROWS: Final = 200  # of a table of violations or hazards
MOST_HAZARDS: Final = 2_000  # that are marked in the picture
MOST_LINES: Final = 20  # of the calls that make up a hazard

STATES: Final = (*GRANULE_NAME, "not known")  # of a granule, by its number

_FOLDER = os.path.join(os.path.dirname(__file__), "picture")
_WORD = {"order": "another failure condition comes first in the reference's order of checks"}


def render(result: TraceResult) -> bytes:
    """The page for a trace that was judged with `Options.record`, as UTF-8."""
    record = result.record
    commands = sorted(result.by_command.items())
    return page(
        _FOLDER,
        "replay.html",
        path=result.path,
        name=os.path.basename(result.path),
        result=result,
        facts=[] if record is None else list(_facts(record.header)),
        kinds=[kind for kind in KINDS if result.verdicts[kind]],
        commands=commands,
        violations=result.violations[:MOST_ROWS],
        hazards=result.hazards[:MOST_ROWS],
        left_out=list(_left_out(result)),
        drawn=record is not None and bool(record.calls),
        data="" if record is None else _json(_data(result, record)),
        states=[] if record is None else _states(record),
    )


def _facts(header: Header) -> Iterator[str]:
    """The machine, in a few phrases."""
    yield f"RMI {header.rmi}"
    yield "1 CPU" if header.cpus == 1 else f"up to {header.cpus} CPUs"
    for bank in header.memory[:4]:
        kind = "memory" if bank.kind == "conventional" else "device memory"
        yield f"{kind} {bank.base:#x} to {bank.base + bank.size:#x}"
    if len(header.memory) > 4:
        yield f"{len(header.memory) - 4} banks more"
    if header.source:
        yield header.source[:200]


def _left_out(result: TraceResult) -> Iterator[str]:
    """What the page does not show, a sentence each."""
    record = result.record
    if result.error:
        yield f"The trace was judged only to line {result.last_line}: {result.error}."
    if result.unread_count:
        yield f"Lines that could not be read or judged: {result.unread_count}."
    for name, groups in (("violations", result.violations), ("hazards", result.hazards)):
        if len(groups) > MOST_ROWS:
            yield f"The table lists the first {MOST_ROWS} of {len(groups)} kinds of {name}."
    if record is None:
        return
    if record.first:
        yield "Calls are missing from the trace: states are drawn as they were last certain."
    marked = len(_marked(result))
    if marked < result.hazard_count:
        yield f"The picture marks {marked:,} of {result.hazard_count:,} hazards, some of each kind."
    if record.calls_until is not None:
        yield (
            f"The picture has all calls before call {record.calls_until:,}; after it only "
            f"{record.odd:,} whose verdict is not ok."
        )
    if record.changes_until is not None:
        yield f"Memory is drawn to call {record.changes_until:,}: too many changes."
    if record.untold:
        yield f"Calls whose verdict is not explained here (too many): {record.untold:,}."
    if record.lives_until is not None:
        yield f"Realms and RECs made after call {record.lives_until:,} are not drawn."
    if record.notes_until is not None:
        yield f"Notes of the trace are shown to call {record.notes_until:,}."


def _states(record: Record) -> list[tuple[int, str]]:
    """Of the legend: the states that granules ever had."""
    seen = {state for change in record.changes for state in (change.before, change.after)}
    return [(state, STATES[state]) for state in sorted(seen)]


# --- data for the scripts


def _json(data: dict[str, Any]) -> str:
    """The data as it may stand in a script element: nothing in it can end that."""
    return msgspec.json.encode(data).decode().replace("<", "\\u003c")


def _steps(column: Iterable[int]) -> list[int]:
    """The first value, then by how much each is larger than the one before: short to write."""
    values = [0, *column]
    return [b - a for a, b in pairwise(values)]


def _data(result: TraceResult, record: Record) -> dict[str, Any]:
    """What the scripts draw; columns where there is a row a call or a change.

    Addresses and registers are hex strings (they have 64 bits, a number of JavaScript
    has 53), in one table, `words`; granules are counted in granules.
    """
    words = _Table()
    reasons = _Table()
    size = record.header.granule_size
    return {
        "total": result.calls,
        "granule": size,
        "kinds": list(KINDS),
        "states": STATES,
        "first": record.first,
        "names": [[plain(n.name), n.inputs, n.outputs] for n in record.names],
        "calls": _calls(record.calls, words),
        "words": [f"{word:#x}" for word in words],
        "held": [
            [reasons.place((r.id, r.meaning, r.result)) for r in held] for held in record.held
        ],
        "reasons": list(reasons),
        "told": {
            number: {
                "why": plain(told.why),
                "permitted": told.permitted,
                "view": [plain(line) for line in told.view],
                "story": [plain(line) for line in told.story],
                "notes": [plain(_WORD.get(note, note)) for note in told.notes],
            }
            for number, told in record.told.items()
        },
        "changes": {
            "number": _steps(c.number for c in record.changes),
            "base": _steps(c.base // size for c in record.changes),
            "count": [(c.top - c.base) // size for c in record.changes],
            "before": [c.before for c in record.changes],
            "after": [c.after for c in record.changes],
        },
        "drawn_until": record.changes_until,
        "lanes": [
            [lane.base // size, lane.top // size, lane.size // size]
            for lane in lanes(((c.base, c.top) for c in record.changes), MOST_LANES)
        ],
        "realms": [_life(life) for life in record.realms],
        "recs": [_life(life) for life in record.recs],
        "notes": [[number, line, plain(text)] for number, line, text in record.notes],
        "hazards": [
            [one.line, one.rule, plain(one.message), one.lines[:MOST_LINES]]
            for one in _marked(result)
        ],
    }


def _marked(result: TraceResult) -> list[Hazard]:
    """The hazards that the picture has: all, or some of each kind."""
    few = result.hazard_count <= MOST_HAZARDS
    share = MOST_HAZARDS if few else MOST_HAZARDS // len(result.hazards) + 1
    return [one for group in result.hazards for one in group.full[:share]]


def _calls(calls: list[Call], words: _Table) -> dict[str, list[Any]]:
    """Columns; `x` and `r` are all arguments and results in a row, `nx` and `nr` how many each."""
    results = _Table()
    return {
        "number": _steps(c.number for c in calls),
        "line": _steps(c.line for c in calls),
        "name": [c.command for c in calls],
        "kind": [c.kind for c in calls],
        "mark": [c.mark for c in calls],
        "realm": [c.realm for c in calls],
        "rec": [c.rec for c in calls],
        "cpu": [c.cpu for c in calls],
        "held": [c.held for c in calls],
        "result": [results.place(result_name(c.r[0])) if c.r else -1 for c in calls],
        "nx": [len(c.x) for c in calls],
        "x": [words.place(value) for c in calls for value in c.x],
        "nr": [max(len(c.r) - 1, 0) for c in calls],
        "r": [words.place(value) for c in calls for value in c.r[1:]],
        "results": list(results),
    }


def _life(life: Life) -> dict[str, Any]:
    return {
        "addr": f"{life.addr:#x}",
        "begin": life.begin,
        "end": life.end,
        "realm": life.realm,
        "states": life.states,
    }


class _Table:
    """Values that come again and again, by their places in the order first seen."""

    def __init__(self) -> None:
        self._places: dict[Any, int] = {}

    def place(self, value: Any) -> int:
        return self._places.setdefault(value, len(self._places))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._places)
