"""The JSON report: its keys, and that it is the same for the same trace."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from replay.report.json import render
from replay.run import Options, run_trace
from tests.replay.make_samples import RAM, Script
from traces.event import PAGE


def report(script: Script, extra: bytes = b"", **options: object) -> dict[str, Any]:
    asked = Options(every=True, **options)  # type: ignore[arg-type]
    result = run_trace(BytesIO(script.text() + extra), "a.jsonl", asked)
    text = render([result], result.coverage)
    assert text.isascii()
    assert text.endswith("}\n")
    again = run_trace(BytesIO(script.text() + extra), "a.jsonl", asked)
    assert render([again], again.coverage) == text
    return json.loads(text)  # type: ignore[no-any-return]


def script() -> Script:
    s = Script("1.0")
    s.call("GRANULE_DELEGATE", RAM.base)
    s.call("GRANULE_DELEGATE", RAM.base, r=0)
    s.call("RMM_ACTIVATE", r=7)
    s.event("granule", addr=RAM.base, state="RD", ref=0)
    return s


def test_a_report_has_every_key_of_the_design() -> None:
    whole = report(script(), extra=b"{\n")
    assert whole["format"] == "replay/1"
    [trace] = whole["traces"]
    assert (trace["path"], trace["rmi"], trace["error"]) == ("a.jsonl", "1.0", None)
    assert trace["calls"] == 3
    assert trace["verdicts"] == {"ok": 1, "violation": 1, "unknown": 1, "assumed": 0}
    assert trace["commands"] == {
        "RMI_GRANULE_DELEGATE": {"ok": 1, "violation": 1},
        "RMI_RMM_ACTIVATE": {"unknown": 1},
    }
    assert trace["unknown"] == [
        {
            "command": "RMI_RMM_ACTIVATE",
            "why": "no such function in this version",
            "calls": 1,
        }
    ]
    assert trace["checkpoints"] == {"equal": 0, "different": 1}
    assert [item["line"] for item in trace["differences"]] == [5]
    assert trace["hazards"] == []
    assert (trace["notes"], trace["note_count"]) == ([], 0)
    assert [item["line"] for item in trace["unreadable"]] == [6]
    assert trace["unreadable_count"] == 1
    assert "state" not in trace


def test_a_violation_is_whole() -> None:
    [trace] = report(script())["traces"]
    [violation] = trace["violations"]
    conditions = violation.pop("conditions")
    assert violation == {
        "line": 3,
        "seq": 1,
        "command": "RMI_GRANULE_DELEGATE",
        "arguments": {"addr": "0x80000000"},
        "got": "SUCCESS",
        "permitted": ["ERROR_INPUT"],
        "why": "failure conditions hold",
        "notes": [],
        "view": ["addr 0x80000000: DELEGATED"],
        "story": ["line 2: RMI_GRANULE_DELEGATE 0x80000000 -> SUCCESS"],
    }
    assert [c["id"] for c in conditions] == ["gran_state", "gran_gpt"]
    assert conditions[0]["when"] == "gstate(addr) != UNDELEGATED"
    assert conditions[0]["result"] == "ERROR_INPUT"
    assert conditions[0]["meaning"]


def test_violations_stand_in_the_order_of_the_trace() -> None:
    s = Script("1.0")
    for n in (0, 1, 0, 1):  # must succeed, must fail, ...
        s.call("GRANULE_DELEGATE", RAM.base + PAGE, r=1) if n else s.call(
            "GRANULE_DELEGATE", RAM.base - PAGE
        )
    [trace] = report(s)["traces"]
    assert [v["line"] for v in trace["violations"]] == [2, 3, 4, 5]


def test_state_and_coverage_are_there_if_asked_for() -> None:
    whole = report(script(), state=True, coverage=True)
    [trace] = whole["traces"]
    assert trace["state"] == ["RMI 1.0", "granule 0x80000000: DELEGATED"]
    row = next(row for row in whole["coverage"] if row["command"] == "RMI_GRANULE_DELEGATE")
    assert (row["rmi"], row["calls"], row["free"]) == ("1.0", 2, 1)
    assert {"id": "gran_state", "held": 1, "alone": 0} in row["conditions"]
