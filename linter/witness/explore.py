"""Runs a function under a scenario, again and again until every assumption has been tried.

Bounded in everything: statements and SMCs of a run, runs of a scenario, and what is left of a
`Clock`, which is looked at while a run goes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from linter.witness.assume import prefixes
from linter.witness.ctype import scalar
from linter.witness.outcome import STOPPED, Endless, Outcome, Stop
from linter.witness.scenario import Scenario, stage
from linter.witness.vocabulary import Budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linter.source.unit import Function
    from linter.source.world import World
    from linter.witness.firmware import Firmware
    from linter.witness.outcome import Event, Place
    from linter.witness.run import Run
    from linter.witness.value import Unknown, Value

BUDGET: Final = Budget(steps=30_000, smcs=600, depth=30, forks=40)
_REPEATS: Final = 24  # times that the same state comes again before a loop counts as endless
_PERIODS: Final = (1, 2, 3, 4)  # SMCs a round
_RUNS: Final = 8  # of one scenario
_STAGE: Final = 300  # statements that the set-up of a run counts as
_VISITS: Final = 64
_OFTEN: Final = 256  # statements between two looks at the clock


class Visit(NamedTuple):
    """The watched line is about to run: what had happened before, and the scalar locals."""

    events: int
    locals: dict[str, Value | Unknown]


class Attempt(NamedTuple):
    """One run to its end."""

    scenario: Scenario
    run: Run
    firmware: Firmware
    outcome: Outcome
    call: str
    began: int  # events of the set-up
    calls: int  # SMCs of the set-up
    visits: list[Visit]
    line: tuple[str, int]  # that was watched

    @property
    def events(self) -> list[Event]:
        """What happened in the function."""
        return self.run.trace[self.began :]

    @property
    def smcs(self) -> list[Event]:
        return [e for e in self.events if e.kind == "smc"]


class Clock:
    """What may still be used: statements, so that a verdict is the same everywhere, and CPU
    time, in seconds, lest a machine be slower than anybody thought.
    """

    def __init__(self, seconds: float, outer: Clock | None = None, steps: int = 1 << 40) -> None:
        self._end = time.process_time() + seconds
        self._outer = outer
        self._left = steps

    def use(self, steps: int) -> None:
        """Counts statements."""
        self._left -= steps
        if self._outer is not None:
            self._outer.use(steps)

    @property
    def over(self) -> bool:
        if self._left <= 0 or time.process_time() > self._end:
            return True
        return self._outer is not None and self._outer.over


class Exploration(NamedTuple):
    """All runs of a scenario; `cut`: there would have been more."""

    attempts: list[Attempt]
    cut: bool

    @property
    def problem(self) -> str:
        """Why no run came to an end, '' if one did."""
        for attempt in self.attempts:
            if attempt.outcome.kind != STOPPED:
                return ""
        return self.attempts[0].outcome.reason if self.attempts else "no run in the time given"


def explore(
    world: World,
    function: Function,
    scenario: Scenario,
    clock: Clock,
    line: tuple[str, int] = ("", 0),
    limit: int = _RUNS,
    smcs: int = BUDGET.smcs,
) -> Exploration:
    """Every run there is, up to `limit`; `line` is watched, a run has `smcs` SMCs at most."""
    attempts: list[Attempt] = []
    todo: list[list[bool]] = [[]]
    while todo and len(attempts) < limit and not clock.over:
        decisions = todo.pop()
        attempt = once(world, function, scenario, decisions, clock, line, smcs)
        attempts.append(attempt)
        todo += prefixes(attempt.run.assume.taken, len(decisions))
    return Exploration(attempts, bool(todo))


def once(
    world: World,
    function: Function,
    scenario: Scenario,
    decisions: list[bool],
    clock: Clock,
    line: tuple[str, int] = ("", 0),
    smcs: int = BUDGET.smcs,
) -> Attempt:
    """One run.  Raises Stop if the scenario cannot be made."""
    staged = stage(world, function, scenario, decisions, BUDGET._replace(smcs=smcs))
    clock.use(_STAGE)
    visits: list[Visit] = []
    staged.run.on_line = _watcher(visits, line, clock)
    outcome = staged.run.start(function.name, staged.args)
    return Attempt(scenario, staged.run, staged.firmware, outcome, staged.shown, staged.began,
                   staged.calls, visits, line)  # fmt: skip


def _watcher(
    visits: list[Visit], line: tuple[str, int], clock: Clock
) -> Callable[[Run, Place], None]:
    rounds: list[tuple[object, ...]] = []
    seen = 0

    def watch(run: Run, place: Place) -> None:
        nonlocal seen
        seen += 1
        if seen % _OFTEN == 0:
            clock.use(_OFTEN)
        if seen % _OFTEN == 0 and clock.over:
            raise Stop("the time for this finding is over")
        if place == line and len(visits) < _VISITS:
            visits.append(Visit(len(run.trace), _locals(run)))
        if run.trace and run.trace[-1].kind == "smc" and run.smcs > len(rounds):
            rounds.extend([()] * (run.smcs - len(rounds) - 1))
            rounds.append((place, *_state(run)))
            if _repeats(rounds):
                raise Endless(f"{_REPEATS} times round with nothing changed")

    return watch


def _state(run: Run) -> Iterator[object]:
    """The last SMC, and what stands in the locals of every call that is open."""
    last = run.trace[-1]
    yield last.text, str(last.values)
    for frame in run.frames:
        for scope in frame.scopes:
            for name, var in scope.names.items():
                if scalar(var.ctype):
                    bits = run.memory.load(var.address, run.types.size(var.ctype))
                    made = None if bits is None else run.memory.at(bits)
                    # Each time round a local has another address.
                    yield name, made.label if made is not None and made.kind == "local" else bits


def _repeats(rounds: list[tuple[object, ...]]) -> bool:
    """Have the last SMCs come again and again, with the same locals around them?"""
    for period in _PERIODS:
        if len(rounds) > period * _REPEATS and rounds[-1]:
            back = rounds[-1 - period * _REPEATS :]
            if all(one == other for one, other in zip(back, back[period:], strict=False)):
                return True
    return False


def _locals(run: Run) -> dict[str, Value | Unknown]:
    found: dict[str, Value | Unknown] = {}
    for scope in run.frame.scopes:
        for name, var in scope.names.items():
            try:
                found[name] = run.load(var.address, var.ctype, name)
            except Stop:
                continue
    return found
