"""`python -m tests.replay.conformance [1.0|2.0]`: the shares, and every case that did not pass."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from tests.replay.conformance.cases import load
from tests.replay.conformance.execute import NOT_RUN, PASSED, Outcome, run, table

SHARED = Path(__file__).resolve().parents[4] / "shared"


def main() -> None:
    """Run the cases of the versions that are named, or of all."""
    cases = load(SHARED)
    for spec in sys.argv[1:] or ["1.0", "2.0"]:
        print(f"\nRMM {spec}\n")
        report([run(case) for case in cases if case.spec == spec])


def report(outcomes: list[Outcome]) -> None:
    """The shares of one version, then the cases that did not pass."""
    print(table(outcomes))
    pretended = sum(outcome.pretended for outcome in outcomes)
    print(f"\n{pretended} with a part of the situation written into the model")
    reasons = defaultdict(list)
    for outcome in outcomes:
        name = f"{outcome.case.command} {outcome.case.id}"
        if outcome.result == NOT_RUN:
            reasons[outcome.why].append(name)
        elif outcome.result != PASSED:
            print(f"{outcome.result}: {name}: {outcome.why}")
    for reason, names in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(
            f"not run ({len(names)}): {reason}: {', '.join(names[:6])}{' ...' * (len(names) > 6)}"
        )


if __name__ == "__main__":
    main()
