"""Results for `b4 review`: read with b4's own rules in test_b4, their content here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from linter.finding import INFO, PatchRef, Report
from linter.report.b4json import render

Make = Callable[..., Any]


def test_one_result_with_details(full: Report) -> None:
    (result,) = json.loads(render(full))
    assert {key: result[key] for key in ("tool", "status", "summary")} == {
        "tool": "rmilint",
        "status": "fail",
        "summary": "1 error, 1 warning, 1 info; not checked",
    }
    details = json.loads(result["details"])
    assert [entry["status"] for entry in details] == ["fail", "warn", "pass", "warn"]
    assert details[0] == {
        "status": "fail",
        "description": "drivers/firmware/lend.c:18:2: first is rounded down and then given to "
        "the RMM, which names memory below it [widened-range] (gone in 3/3)",
        "srcline": "first = ALIGN_DOWN(first, LEND_UNIT);",
    }


def test_a_clean_patch_passes_and_a_cover_letter_says_nothing(report: Make) -> None:
    assert json.loads(render(report([]))) == [
        {"tool": "rmilint", "status": "pass", "summary": "nothing found"}
    ]
    assert json.loads(render(report([], patches=0))) == []


def test_information_passes_and_what_was_not_checked_warns(finding: Make, report: Make) -> None:
    (result,) = json.loads(render(report([finding(severity=INFO)])))
    assert (result["status"], result["summary"]) == ("pass", "1 info")
    ref = PatchRef(1, 1, "[PATCH] x", "1@example.org")
    (result,) = json.loads(render(report([], unchecked_patches=[ref])))
    said = "names RMI, but nothing of it could be checked"
    assert (result["status"], result["summary"]) == ("warn", said)
