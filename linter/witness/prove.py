"""Decides a finding by running the function that it is about.

A rule's `scenario.py` says

    CASES     scenarios that decide the claim, each with its control (`Case`); or a function
              of the finding that gives them
    REFUTES   True: if the trigger was met and the harm came in no case, the claim is refuted
    trigger   trigger(attempt, finding) -> bool: the line ran as the rule says; left out: it ran
    harm      harm(attempt, finding) -> str: what happened, '' for nothing

A witness needs its positive control: the same function without the trigger runs to its end
and the harm does not come.  If it comes there too, what we saw is no proof of anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from linter.plain import plain_error
from linter.witness import oracle
from linter.witness.entries import entries
from linter.witness.explore import BUDGET, Attempt, Clock, Exploration, explore
from linter.witness.machine import MACHINES
from linter.witness.outcome import ENDLESS, RETURNED, STOPPED, Stop
from linter.witness.scenario import Answer, Scenario
from rules.registry import RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linter.finding import Finding
    from linter.source.unit import Function
    from linter.source.world import World
    from linter.witness.worlds import Worlds

WITNESS: Final = "witness"
REFUTATION: Final = "refutation"
NONE: Final = "none"
_CONTROL: Final = 4.0  # seconds of CPU for a control
_CONTROL_STEPS: Final = 20_000
_FAULTS: Final = 14  # variations of one case
_SHOWN: Final = 6  # SMCs in the text of a witness
INPUT, REALM, RTT = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario and its control.

    `statuses` not empty: the scenario is the control, and what decides are its variations:
    every single SMC that it issues is answered with each of these statuses (X0) instead.
    `commands`: only SMCs whose name begins so.  `failing`: allocations fail as well.
    """

    scenario: Scenario
    control: Scenario | None = None
    statuses: tuple[int, ...] = ()
    commands: tuple[str, ...] = ("RMI_",)
    failing: bool = False

    @property
    def control_scenario(self) -> Scenario:
        return self.control or self.scenario


# Each SMC and each allocation fails once, on a page and on a block of 2 MiB: refused input,
# or a walk that ends at level 2 or 3.
EACH_FAILS = tuple(
    Case(Scenario(arguments=range_), statuses=(1, 0x204, 0x304), failing=True)
    for range_ in ("page", "block")
)


class Verdict(NamedTuple):
    """What came of a finding: `attempt` is the run that the text tells of."""

    kind: str
    text: tuple[str, ...]
    attempt: Attempt | None = None
    control: Attempt | None = None


class Rulebook:
    """The scenarios of the rules, loaded when one is asked for."""

    def __init__(self, folders: dict[str, str]) -> None:
        self._folders = folders
        self._known: dict[str, dict[str, Any] | None] = {}

    def of(self, rule: str) -> dict[str, Any] | None:
        """What a rule's scenario.py declares; None if it has none.  Raises RuleError."""
        from rules.registry import scenario

        if rule not in self._known:
            folder = self._folders.get(rule)
            self._known[rule] = None if folder is None else scenario(folder, rule)
        return self._known[rule]


def prove(finding: Finding, worlds: Worlds, rulebook: Rulebook, clock: Clock) -> Verdict:
    """Runs the cases of the finding's rule.  Raises RuleError for a scenario that fails.

    The function runs as its patch leaves it; if that decides nothing (what it needs comes
    later in the series), as it is at the end.
    """
    declared = rulebook.of(finding.rule)
    if declared is None:
        return Verdict(NONE, ("the rule says of no scenario that would decide it",))
    first = _verdict(finding, worlds, declared, clock)
    if first.kind != NONE or clock.over:
        return first
    later = worlds.at_the_end(finding)
    if later is None:
        return first
    second = _verdict(later, worlds, declared, clock)
    if second.kind == NONE:
        return first
    note = f"as it is at the end of the series ({later.path}:{later.line})"
    return second._replace(text=(note, *second.text))


def _verdict(finding: Finding, worlds: Worlds, declared: dict[str, Any], clock: Clock) -> Verdict:
    try:
        return _Trial(finding, worlds, declared, clock).verdict()
    except Stop as stop:
        return Verdict(NONE, (stop.reason,))
    except (RecursionError, MemoryError):
        return Verdict(NONE, ("the code is nested too deeply",))


class _Trial:
    def __init__(
        self, finding: Finding, worlds: Worlds, declared: dict[str, Any], clock: Clock
    ) -> None:
        self.finding = finding
        self.worlds = worlds
        cases = declared["CASES"]
        self.cases: tuple[Case, ...] = cases(finding) if callable(cases) else cases
        self.refutes: bool = declared.get("REFUTES", False)
        self.trigger: Callable[..., bool] = declared.get("trigger", visited)
        self.harm: Callable[..., str] = declared["harm"]
        self.clock = clock
        self.met = 0  # runs in which the trigger was met
        self.open = ""  # why what was met decides nothing
        self.why = ""  # the first reason for having nothing
        self.last: Attempt | None = None
        self.thrown = ""
        self.smcs = BUDGET.smcs

    def verdict(self) -> Verdict:
        for case in self.cases:
            world = self.worlds.of(self.finding, MACHINES[case.scenario.machine])
            if world is None:
                return Verdict(NONE, ("the file as the patch leaves it is not at hand",))
            runnable = list(entries(world, self.finding))
            if not runnable:
                name = self.finding.function
                self.why = f"{name}() is not here as a whole, and nothing calls it" if name else ""
            for function, line in runnable:
                found = self._case(case, world, function, line)
                if found is not None:
                    return found
                if self.clock.over:
                    break
        return self._nothing()

    def _nothing(self) -> Verdict:
        if self.clock.over:
            return Verdict(NONE, (self.thrown or "the time for one finding was over",))
        if self.met and not self.thrown and not self.open and self.refutes:
            times = f"{self.met} run{'s' if self.met > 1 else ''}"
            assert self.last is not None
            text = (
                f"{self.last.call} on {self.last.scenario}: {oracle.ending(self.last)}",
                f"the line ran as the rule says in {times}, and what it fears did not happen",
            )
            return Verdict(REFUTATION, text, self.last)
        if self.thrown:
            return Verdict(NONE, (self.thrown,))
        if self.met:
            return Verdict(NONE, (self.open or "the line ran, and nothing was seen to go wrong; "
                                  "the scenarios do not decide it",))  # fmt: skip
        return Verdict(NONE, (self.why or "no scenario comes to the line",))

    def _case(
        self, case: Case, world: World, function: Function, line: tuple[str, int]
    ) -> Verdict | None:
        """A witness if the case gives one."""
        control = None
        for scenario in self._scenarios(case, world, function):
            if self.clock.over:
                return None
            try:
                found = explore(world, function, scenario, self.clock, line, smcs=self.smcs)
            except Stop as stop:
                self.why = self.why or stop.reason
                continue
            self.why = self.why or found.problem
            for attempt in found.attempts:
                harm = self._look(attempt, found)
                if not harm:
                    continue
                if control is None:
                    control = self._control(case, world, function, line)
                if isinstance(control, str):
                    self.thrown = f"{harm}; but {control}: no proof"
                    return None
                return Verdict(WITNESS, tuple(_told(attempt, harm, control)), attempt, control)
        return None

    def _look(self, attempt: Attempt, found: Exploration) -> str:
        """The harm, if the trigger was met."""
        if not self._ask(self.trigger, attempt):
            return ""
        self.met += 1
        self.last = attempt
        harm = str(self._ask(self.harm, attempt))
        if not harm and attempt.outcome.kind == STOPPED:
            self.open = self.open or oracle.ending(attempt)
        elif not harm and found.cut:
            self.open = self.open or "more ways through the function than were tried"
        return harm

    def _control(
        self, case: Case, world: World, function: Function, line: tuple[str, int]
    ) -> Attempt | str:
        """A clean run without the trigger, or why there is none.

        Where the control forks, the harm may come on another assumption; it must not come on all.
        """
        try:
            # In time of its own: what was found must not go for want of a second.
            found = explore(
                world, function, case.control_scenario, Clock(_CONTROL, steps=_CONTROL_STEPS), line
            )
        except Stop as stop:
            return f"the control could not be made ({stop.reason})"
        clean = None
        for attempt in found.attempts:
            harm = self._ask(self.harm, attempt)
            bad = attempt.outcome.kind not in (RETURNED, STOPPED)
            if (harm or bad) and not any(a.open for a in attempt.run.assume.log):
                return f"the control does not run clean ({harm or oracle.ending(attempt)})"
            if not harm and oracle.succeeded(attempt):
                clean = clean or attempt
        if clean is None:
            told = oracle.ending(found.attempts[0]) if found.attempts else found.problem
            return f"the control does not succeed ({told})"
        return clean

    def _scenarios(self, case: Case, world: World, function: Function) -> Iterator[Scenario]:
        if not case.statuses and not case.failing:
            yield case.scenario
            return
        try:
            base = explore(world, function, case.scenario, self.clock, limit=3)
            self.smcs = 60 + max((len(a.smcs) for a in base.attempts), default=0)
        except Stop as stop:
            self.why = self.why or stop.reason
            return
        self.why = self.why or base.problem
        yield case.scenario
        made: list[Scenario] = []
        for attempt in base.attempts:
            for variation in _faults(case, attempt):
                if variation not in made and len(made) < _FAULTS:
                    made.append(variation)
        yield from made

    def _ask(self, question: Callable[..., Any], attempt: Attempt) -> Any:
        """What a rule's function says; RuleError if it raises."""
        try:
            return question(attempt, self.finding)
        except (Stop, RecursionError):
            raise
        except Exception as error:
            where = f"rule {self.finding.rule}: scenario.py failed"
            raise RuleError(f"{where}: {plain_error(error)}") from error


def _faults(case: Case, attempt: Attempt) -> Iterator[Scenario]:
    """Single faults of what a run asked of the RMM, then of the allocator."""
    counts: dict[str, int] = {}
    for event in attempt.smcs:
        nth = counts[event.text] = counts.get(event.text, -1) + 1
        if nth < 3 and event.text.startswith(case.commands):
            for status in case.statuses:
                if status & 0xFF != RTT or "RTT" in event.text or "DATA" in event.text:
                    answer = Answer(event.text, nth, (status,))
                    yield case.scenario.but(answers=(answer,))
    if case.failing:
        for number in range(sum(e.kind == "alloc" for e in attempt.events)):
            yield case.scenario.but(failing=frozenset((number,)))


def visited(attempt: Attempt, finding: Finding) -> bool:
    """The line ran (of a macro: an SMC was issued)."""
    return bool(attempt.visits) or (not attempt.line[1] and bool(attempt.smcs))


# --- the text ------------------------------------------------------------------------------------


def _told(attempt: Attempt, harm: str, control: Attempt) -> Iterator[str]:
    yield f"{attempt.call} on {attempt.scenario}:"
    yield from (f"  {line}" for line in calls(attempt))
    yield harm
    assumed = [str(a) for a in attempt.run.assume.log if a.open]
    if assumed:
        more = f" and {len(assumed) - 3} more" if len(assumed) > 3 else ""
        yield f"assumed: {'; '.join(assumed[:3])}{more}"
    outside = dict.fromkeys(e.text for e in attempt.events if e.kind == "outside")
    if outside:
        yield f"not run, as not of the series: {', '.join(f'{name}()' for name in outside)}"
    yield f"control: {control.call} on {control.scenario}: {oracle.ending(control)}"


def calls(attempt: Attempt) -> list[str]:
    """The SMCs as lines; equal ones in a row are counted, of many the middle is left out."""
    lines: list[str] = []
    times: list[int] = []
    for event in attempt.smcs:
        line = f"{oracle.call(event)}  [{event.path.rsplit('/', 1)[-1]}:{event.line}]"
        if lines and lines[-1] == line:
            times[-1] += 1
        else:
            lines.append(line)
            times.append(1)
    shown = [f"{x}  {n} times" if n > 1 else x for x, n in zip(lines, times, strict=True)]
    if len(shown) > _SHOWN:
        left = f"... {len(shown) - _SHOWN + 1} more"
        shown = [*shown[: _SHOWN - 3], left, *shown[-2:]]
    return shown


__all__ = ["ENDLESS", "Case", "Rulebook", "Verdict", "prove"]
