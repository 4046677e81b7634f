"""What `--witness` does: proves the findings of a report, one by one, in bounded time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from linter.finding import ERROR, INFO, WARNING
from linter.shell import Failure
from linter.witness import oracle
from linter.witness.explore import Clock
from linter.witness.prove import NONE, REFUTATION, WITNESS, Rulebook, Verdict, calls, prove
from linter.witness.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.finding import Finding, Report
    from linter.follow import Run
    from linter.witness.explore import Attempt
    from rules.registry import Rule

# For one finding, and for all of them: statements decide, seconds of CPU are a backstop.
_STEPS: Final = 25_000
_ONE: Final = 8.0
_ALL_STEPS: Final = 2_000_000
_ALL: Final = 120.0
_LATE: Final = Verdict(NONE, ("the time for all findings was over",))


def attach(
    report: Report, runs: Sequence[Run], rules: Sequence[Rule], directory: str | None
) -> None:
    """Sets `witness` of every finding whose rule has a scenario, and its severity.

    Raises RuleError for a scenario that fails, Failure if a trace cannot be written.
    """
    worlds = Worlds(runs)
    rulebook = Rulebook({rule.name: rule.folder for rule in rules})
    clock = Clock(_ALL, steps=_ALL_STEPS)
    for finding in report.findings:
        if rulebook.of(finding.rule) is None:
            continue
        verdict = _LATE
        if not clock.over:
            verdict = prove(finding, worlds, rulebook, Clock(_ONE, clock, _STEPS))
        trace = None
        if verdict.kind == WITNESS and directory is not None and verdict.attempt is not None:
            trace = _write(directory, finding, verdict, verdict.attempt)
        finding.witness = _field(finding, verdict, trace)
        finding.severity = _severity(finding.severity, verdict.kind)


def _severity(severity: str, kind: str) -> str:
    """A witness makes a warning an error; what is info for other reasons stays so."""
    if kind == REFUTATION:
        return INFO
    return ERROR if kind == WITNESS and severity == WARNING else severity


def _field(finding: Finding, verdict: Verdict, trace: str | None) -> dict[str, Any]:
    """The finding's `witness`: what JSON has of it."""
    attempt, control = verdict.attempt, verdict.control
    found: dict[str, Any] = {
        "kind": verdict.kind,
        "text": list(verdict.text),
        "severity": finding.severity,
        "trace": trace,
        "call": "",
        "scenario": "",
        "calls": [],
        "values": {},
        "assumptions": [],
        "ending": "",
        "control": "",
    }
    if attempt is not None:
        found["call"] = attempt.call
        found["scenario"] = str(attempt.scenario)
        found["calls"] = calls(attempt)
        found["assumptions"] = [str(a) for a in attempt.run.assume.log if a.open]
        found["ending"] = oracle.ending(attempt)
        if attempt.visits:
            found["values"] = {n: str(v) for n, v in attempt.visits[-1].locals.items()}
    if control is not None:
        found["control"] = f"{control.call} on {control.scenario}: {oracle.ending(control)}"
    return found


def _write(directory: str, finding: Finding, verdict: Verdict, attempt: Attempt) -> str:
    """Writes the calls of a witness, those of the set-up first; gives the file's path."""
    firmware = attempt.firmware
    firmware.note(f"{finding.path}:{finding.line} [{finding.rule}]: " + "; ".join(verdict.text))
    path = os.path.join(directory, f"{finding.rule}-{finding.fingerprint}.jsonl")
    try:
        os.makedirs(directory, exist_ok=True)
        with open(path, "wb") as file:
            firmware.write_trace(file)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None
    return path
