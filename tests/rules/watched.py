"""What the rules' watchers say of a trace that a test makes up."""

from __future__ import annotations

from io import BytesIO

from replay.result import Hazard
from replay.run import Options, run_trace
from tests.replay.make_samples import SUCCESS, Script


def hazards(s: Script, rule: str) -> list[Hazard]:
    """What the rule's watcher says of a trace in which all is permitted."""
    result = run_trace(BytesIO(s.text()), "told", Options(every=True))
    assert result.complete
    assert set(result.verdicts) == {"ok"}, [v.why for g in result.violations for v in g.full]
    return [h for g in result.hazards for h in g.full if h.rule == rule]


def fired(s: Script, rule: str) -> list[str]:
    """The same, in words."""
    return [h.message for h in hazards(s, rule)]


def others(s: Script, number: int) -> None:
    """Calls that have nothing to do with anything."""
    for _ in range(number):
        s.call("FEATURES", 0, r=(SUCCESS, s.header.features[0]))
