"""The JSON report: every field, in valid JSON whatever the input."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from linter.finding import Finding, Report
from linter.intake.patch import Note
from linter.report.json import render

Make = Callable[..., Any]


def test_every_field_of_a_finding(full: Report) -> None:
    first = json.loads(render(full))["findings"][0]
    assert first == {
        "rule": "widened-range",
        "catalogue": ["RMI-RANGE-WIDEN", "ALIGN-WIDEN"],
        "severity": "error",
        "path": "drivers/firmware/lend.c",
        "line": 18,
        "line_text": "\tfirst = ALIGN_DOWN(first, LEND_UNIT);",
        "column": 2,
        "end": {"line": 18, "column": 38},
        "function": "lend_probe",
        "message": "first is rounded down and then given to the RMM, which names memory below it",
        "why": "Memory below the range may belong to someone else,\n"
        "or may not be memory at all; the RMM refuses it or, worse, takes it.",
        "fix": "Refuse a range that is not aligned.",
        "evidence": ["20260330205800.1@example.org"],
        "related": [
            {
                "path": "drivers/firmware/lend.c",
                "line": 22,
                "text": "passed to rmi_granule_tracking_get() here",
            },
            {"path": "include/linux/lend.h", "line": 5, "text": "LEND_UNIT is 1 GB"},
        ],
        "edits": [],
        "series": 0,
        "patch": {
            "index": 2,
            "total": 3,
            "subject": "[PATCH v2 2/3] firmware: lend memory",
            "message_id": "2@example.org",
        },
        "introduced_in": {
            "index": 2,
            "total": 3,
            "subject": "[PATCH v2 2/3] firmware: lend memory",
            "message_id": "2@example.org",
        },
        "removed_in": {
            "index": 3,
            "total": 3,
            "subject": "[PATCH v2 3/3] firmware: return an errno",
            "message_id": "3@example.org",
        },
        "fragment": False,
        "witness": None,
        "fingerprint": "0123abcd",
    }
    # A field that someone adds to Finding must reach the report.
    assert set(first) == set(Finding.__slots__)


def test_notes_and_summary(full: Report) -> None:
    whole = json.loads(render(full))
    assert list(whole) == ["format", "findings", "notes", "summary"]
    assert whole["format"] == "rmilint/1"
    assert whole["notes"] == [
        {"source": "lend.mbox", "line": 120, "text": "2 blank context lines were put back"},
        {"source": "lend.mbox", "line": 0, "text": "no base commit is known"},
        {
            "source": "[PATCH v2 1/3] firmware: probe",
            "line": 0,
            "text": "names RMI, but nothing of it could be checked",
        },
    ]
    assert whole["summary"] == {
        "patches": 3,
        "files": 2,
        "by_severity": {"error": 1, "warning": 1, "info": 1},
        "suppressed": 0,
        "not_checked_lines": 4,
    }


def test_clean_report_has_the_same_shape(report: Make) -> None:
    assert json.loads(render(report([]))) == {
        "format": "rmilint/1",
        "findings": [],
        "notes": [],
        "summary": {
            "patches": 1,
            "files": 1,
            "by_severity": {"error": 0, "warning": 0, "info": 0},
            "suppressed": 0,
            "not_checked_lines": 0,
        },
    }


def test_lone_surrogates_are_made_visible(report: Make, finding: Make) -> None:
    out = render(report([finding(path="a\udcff.c", message="\ud800")]))
    found = json.loads(out)["findings"][0]
    assert found["path"] == "a\\xff.c"
    assert found["message"] == "\\ud800"


anything = st.text(st.characters(), max_size=40)  # surrogates and controls included


@settings(deadline=None, max_examples=100)
@given(anything, anything, anything)
def test_any_text_gives_ascii_json_of_valid_unicode(
    report: Make, finding: Make, one: str, two: str, three: str
) -> None:
    out = render(report([finding(path=one, line_text=two)], notes=[Note(three, 1, one)]))
    assert out.isascii()
    assert out.replace("\n", "").isprintable()
    loaded = json.loads(out)
    loaded["findings"][0]["path"].encode("utf-8")
    loaded["findings"][0]["line_text"].encode("utf-8")
    if not any("\ud800" <= c <= "\udfff" for c in two):
        assert loaded["findings"][0]["line_text"] == two
