"""Every failure condition of 2.0 that can be set up: it decides, with its status."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.replay.conformance.execute import conditions
from tests.replay.conformance.rmm_2_0.situation import build
from tests.replay.conformance.stimulus import Defects, NotRunnable


def test_each_condition_decides_where_only_it_is_wrong(shared: Path) -> None:
    wrong: list[str] = []
    run = 0
    for command in msgspec.json.decode((shared / "facts/commands-2.0.json").read_bytes()):
        for check in command["checks_in_impl_order"]:
            name, condition = command["name"], check["id"]
            try:
                stimulus = build(name, Defects(frozenset({condition})))
            except NotRunnable:
                continue
            if stimulus.judged_only or not stimulus.world.engine.sequence:
                continue  # only the reference's order of checks is known
            run += 1
            held, permitted = conditions(stimulus)
            if held[:1] != [condition] or permitted != {check["status"]}:
                wrong.append(f"{name} {condition}: {held} -> {permitted}, not {check['status']}")
    assert not wrong, "\n".join(wrong)
    assert run > 200
