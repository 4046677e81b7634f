"""`--witness`: the options, and the way to `linter.witness`, which nothing else imports.

Without the option neither the interpreter nor the model of the RMM is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from argparse import _ActionsContainer

    from linter.finding import Finding, Report
    from linter.follow import Run
    from rules.registry import Rule


def add_options(p: _ActionsContainer) -> None:
    p.add_argument(
        "--witness",
        action="store_true",
        help="run the functions that findings are about against the model of the RMM: a run that "
        "goes wrong (a witness) makes a finding an error, runs that do no harm make it info",
    )
    p.add_argument(
        "--witness-dir",
        metavar="DIR",
        help="the same, and write the calls of each witness to DIR, as a trace for replay",
    )


def wanted(options: argparse.Namespace) -> bool:
    """Are findings to be proved?  A diff has no use for it."""
    return bool(options.witness or options.witness_dir) and not options.diff


def attach(
    options: argparse.Namespace, report: Report, runs: list[Run] | None, rules: list[Rule]
) -> None:
    """Gives the findings their witnesses, if that is asked for.  Errors: RuleError, Failure."""
    if wanted(options):
        from linter.witness.command import attach as attach_all

        attach_all(report, runs or [], rules, options.witness_dir)


def lines(finding: Finding) -> list[str]:
    """The witness as lines of text, not indented; none without `--witness`."""
    found = finding.witness
    if not isinstance(found, dict) or not found["text"]:
        return []
    first, *rest = found["text"]
    head = {"witness": "witness: ", "refutation": "refuted: "}.get(found["kind"], "no witness: ")
    said = [f"{head}{first}", *rest]
    if found["severity"] != finding.severity:
        said.append(f"{finding.severity} for that, {found['severity']} by the rule")
    if found["trace"]:
        said.append(f"trace: {found['trace']}")
    return said


def refuted(finding: Finding) -> bool:
    """Is it info only because running it showed no harm?  It is told of all the same."""
    found = finding.witness
    return isinstance(found, dict) and found["kind"] == "refutation"
