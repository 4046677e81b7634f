"""Runs cases: situation, call, what the model permits, what the case says.

A failure is compared three ways: the ids of the conditions that hold, the set of
results that they permit, and the judge's verdict on each result of the set and
on one outside of it.  A success: no condition holds, the judge takes it with the
outputs that the facts demand, and what comes after it is as they say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from replay.rmm.values import (
    RMI_ERROR_RTT,
    RMI_ERROR_RTT_AUX,
    RMI_INCOMPLETE,
    RMI_SUCCESS,
    result_name,
)
from replay.verdict import OK, VIOLATION
from tests.replay.conformance.cases import Case
from tests.replay.conformance.host import Run, SetUpError
from tests.replay.conformance.rmm_1_0 import letter
from tests.replay.conformance.rmm_1_0 import situation as rmm_1_0
from tests.replay.conformance.rmm_1_0.phrases import NotUnderstood
from tests.replay.conformance.rmm_2_0 import situation as rmm_2_0
from tests.replay.conformance.stimulus import NotRunnable, Stimulus
from traces.event import Smc


@dataclass(frozen=True)
class Version:
    """How the cases of one version of the specification are run.

    `wrong_ids` gets the ids of the conditions that hold, in the table's order, and
    says what is wrong with them.
    """

    situation: Callable[[Case], Stimulus]
    allowed: Callable[[Case, Stimulus], frozenset[int]]
    wrong_ids: Callable[[Case, list[str]], str]


VERSIONS: Final = {
    "1.0": Version(rmm_1_0.situation, letter.allowed, letter.wrong_ids),
    "2.0": Version(rmm_2_0.situation, rmm_2_0.allowed, rmm_2_0.wrong_ids),
}

PASSED: Final = "passed"
FAILED: Final = "failed"
REPORTED: Final = "reported"  # differs, but the case is not strict
NOT_RUN: Final = "not run"


@dataclass(frozen=True)
class Outcome:
    """What came of a case; `why` is empty for one that passed.

    `pretended`: part of the situation was written into the model.
    """

    case: Case
    result: str
    why: str = ""
    pretended: bool = False


def run(case: Case) -> Outcome:
    """Run one case."""
    version = VERSIONS[case.spec]
    try:
        stimulus = version.situation(case)
        wrong = list(compare(version, case, stimulus))
    except (NotRunnable, NotUnderstood) as reason:
        return Outcome(case, NOT_RUN, str(reason))
    except SetUpError as error:
        return Outcome(case, FAILED, f"set-up: {error}")
    except Exception as error:  # the model must not raise, whatever a call names
        return Outcome(case, FAILED, f"the model raised {error!r}")
    result = PASSED if not wrong else FAILED if case.strict else REPORTED
    return Outcome(case, result, "; ".join(wrong), stimulus.world.pretended)


def compare(version: Version, case: Case, stimulus: Stimulus) -> Iterator[str]:
    """What the model sees otherwise than the case."""
    w = stimulus.world
    allowed = version.allowed(case, stimulus)
    if not stimulus.judged_only:
        smc = _call(stimulus)
        command = w.engine.commands[smc.fid]
        w.engine.m.smc, w.engine.m.mem = smc, smc.memory
        held, _ = command.judge(w.engine.m, smc.x)
        rows = [row for row in held if not command.conditions[row[0]].permits]
        wrong = version.wrong_ids(case, [command.conditions[row[0]].id for row in rows])
        if wrong:
            yield wrong
        # Without a row the command does its work; what it then returns, the judge
        # knows where the effect decides on it.
        if rows or not (command.any_status or stimulus.x0):
            results = {row[1] for row in command.permitted(rows, w.engine.sequence)}
            results = results or {RMI_SUCCESS}
            if results != allowed:
                yield f"permitted: {_results(results)}, expected {_results(allowed)}"
                return
    if stimulus.wrong is not None:
        yield from _refuses_wrong_run(version, case)
    sees = case.realm_sees
    if sees is not None and stimulus.run is not None and len(stimulus.run.steps) > 2:
        assert stimulus.run.steps[2][1][0] == sees, "the story and its case differ"
    yield from _judged(stimulus, allowed)


def conditions(stimulus: Stimulus) -> tuple[list[str], set[str]]:
    """The ids of the conditions that hold, and the statuses that they permit."""
    w = stimulus.world
    smc = _call(stimulus)
    command = w.engine.commands[smc.fid]
    w.engine.m.smc, w.engine.m.mem = smc, smc.memory
    rows = command.conditions
    held = [row for row in command.judge(w.engine.m, smc.x)[0] if not rows[row[0]].permits]
    permitted = {rows[row[0]].status for row in command.permitted(held, w.engine.sequence)}
    return [rows[row[0]].id for row in held], permitted


def _call(stimulus: Stimulus, run: Run | None = None, *, done: bool = False) -> Smc:
    """The call; with what it writes, if it does its work."""
    return stimulus.world.smc(
        stimulus.name,
        *stimulus.args.values(),
        mem=stimulus.mem,
        run=run,
        mem_out=stimulus.mem_out if done else None,
    )


def _refuses_wrong_run(version: Version, case: Case) -> Iterator[str]:
    """The realm's side of the call, answered wrongly, in a world of its own."""
    stimulus = version.situation(case)
    if stimulus.world.judge(_call(stimulus, stimulus.wrong), RMI_SUCCESS).kind != VIOLATION:
        yield "a wrong answer to the realm, or a wrong exit, is not noticed"


def _judged(stimulus: Stimulus, allowed: frozenset[int]) -> Iterator[str]:
    """The verdicts on results inside and outside of the set."""
    w = stimulus.world
    # What works comes last, for it changes the state, right or wrong.
    works = frozenset(x0 for x0 in allowed if x0 & 0xFF in (RMI_SUCCESS, RMI_INCOMPLETE))
    if not works:
        works = frozenset({RMI_SUCCESS})
    fails = (allowed | {*_OUTSIDE}) - works - {RMI_SUCCESS}
    if stimulus.only_right or stimulus.after_failure is not None:
        fails, works = allowed - works, works & allowed
    for x0 in [*sorted(fails), *works]:
        done = x0 in works
        out = stimulus.out_fail
        if done:
            out = stimulus.out
        elif x0 & 0xFF in (RMI_ERROR_RTT, RMI_ERROR_RTT_AUX):
            out = stimulus.out_rtt
        verdict = w.judge(_call(stimulus, stimulus.run if done else None, done=done), x0, *out)
        fine = verdict.kind == OK and "order" not in verdict.notes
        if fine != (x0 in allowed):
            yield f"{result_name(x0)} {list(map(hex, out))} is {verdict.kind} ({verdict.why})"
            return
    after = stimulus.after if works & allowed else stimulus.after_failure
    if after is not None:
        try:
            after()
        except SetUpError as error:
            yield f"afterwards: {error}"


_OUTSIDE: Final = (1, 2, 3, 0x304)  # failures that no case has beside its own


def _results(results: Iterable[int]) -> str:
    return "{" + ", ".join(result_name(x0) for x0 in sorted(results)) + "}"


def table(outcomes: Iterable[Outcome]) -> str:
    """Cases by kind: all, run, passed, ..., and their shares."""
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        for kind in (outcome.case.kind, "all"):
            counts.setdefault(kind, Counter())[outcome.result] += 1
    columns = (PASSED, REPORTED, FAILED, NOT_RUN)
    lines = [
        f"{'kind':10} {'cases':>6} " + " ".join(f"{c:>9}" for c in columns) + "    run  passed"
    ]
    for kind, count in sorted(counts.items(), key=lambda item: (item[0] == "all", item[0])):
        total = count.total()
        ran = total - count[NOT_RUN]
        share = f"{ran / total:6.1%} {count[PASSED] / ran if ran else 0:7.1%}"
        cells = " ".join(f"{count[c]:>9}" for c in columns)
        lines.append(f"{kind:10} {total:>6} {cells} {share}")
    return "\n".join(lines)
