"""From a case of 1.0 to its call, in the situation that it wants."""

from __future__ import annotations

from typing import Final

from replay.rmm.values import RMI_ERROR_RTT
from tests.replay.conformance.cases import Case
from tests.replay.conformance.host import DEVICE
from tests.replay.conformance.rmm_1_0 import (  # noqa: F401  they fill FIXTURES and STORIES
    fixtures_data,
    fixtures_realm,
    fixtures_table,
    stories_data,
    stories_enter,
    stories_psci,
    stories_realm,
    stories_ripas,
    stories_rsi,
    stories_table,
)
from tests.replay.conformance.rmm_1_0.fixture import FIXTURES
from tests.replay.conformance.rmm_1_0.letter import by_the_letter, not_run
from tests.replay.conformance.rmm_1_0.phrases import defects
from tests.replay.conformance.rmm_1_0.stories import STORIES
from tests.replay.conformance.rmm_1_0.world import World, platform
from tests.replay.conformance.stimulus import Defects, NotRunnable, Stimulus
from traces.event import Header

_MECHANICAL: Final = ("fail", "prio", "free", "acs", "ok")
_POINTERS: Final = ("params_ptr", "run_ptr", "src")  # host memory that the RMM reads


def situation(case: Case) -> Stimulus:
    """The case's call in its situation.  Raises NotRunnable with the reason."""
    if reason := not_run(case):
        raise NotRunnable(reason)
    told = STORIES.get(f"{case.command} {case.id}")
    if case.kind not in _MECHANICAL:
        told = STORIES.get(case.id)
        if told is None:
            raise NotRunnable(f"no story written for {case.kind}.*")
    if told is not None:
        return told()
    return build(case.command, Defects(defects(case.stimulus), _rtt_level(case)))


def _rtt_level(case: Case) -> int | None:
    """The level that a case's ERROR_RTT carries: how far its walk shall get."""
    levels = {x0 >> 8 for x0 in by_the_letter(case) if x0 & 0xFF == RMI_ERROR_RTT}
    return levels.pop() if len(levels) == 1 else None


def build(command: str, bad: Defects) -> Stimulus:
    """The call with its defects, in a world of its own."""
    fixture = FIXTURES.get(command)
    if fixture is None:
        raise NotRunnable(f"no fixture for {command}")
    w = World(_platform(bad.wanted))
    stimulus = fixture(w, bad)
    for argument, value in stimulus.args.items():
        for words in bad.about(argument):
            value = _spoilt(w, words, value)
            stimulus.args[argument] = value
            if argument in _POINTERS:
                stimulus.mem = None  # the RMM cannot read what is not the host's
    if left := bad.left():
        raise NotRunnable(f"{command}: no way to bring about: {', '.join(sorted(left))}")
    return stimulus


def _platform(wanted: frozenset[str]) -> Header:
    """The machine on which the defects can be had."""
    if any(d.startswith("high ") for d in wanted):
        return platform(pa_width=52)
    if "recs full" in wanted:
        return platform(max_recs_order=1)
    if {"level 0", "level bad"} & wanted and "walk short" in wanted:
        return platform(pa_width=52, lpa2=True)
    return platform()


def _spoilt(w: World, words: list[str], value: int) -> int:
    """An argument made wrong in one way."""
    kind, argument = words[:2]
    if kind == "unaligned":
        return value + 8
    if kind == "device":
        return DEVICE
    if kind == "beyond":
        return 1 << 48
    if kind == "high":
        return w.high(delegate=argument != "desc")
    return w.granule_in(words[2])
